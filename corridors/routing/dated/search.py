"""Run the label setting on a corridor and read its routes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from corridors.engine import plain, until_stopped
from corridors.routing.dated import kernel
from corridors.routing.dated.bounds import UNREACHABLE
from corridors.routing.dated.prepared import Prepared
from corridors.routing.labels import (
    ARC,
    BEFORE,
    CENTS,
    CHANGED,
    CLOCK,
    MINUTES,
    NODE,
    SETTLED,
    STATE,
    WAIT,
)
from corridors.routing.problem import SINK, SOURCE, Problem
from corridors.routing.terms import FoundRoute, Terms, Vector
from corridors.units import MINUTES_PER_DAY

IntArray = npt.NDArray[np.int64]
# More steps and minutes than any search takes.
ANY_NUMBER = 1 << 60
# Some tenths of a second of work, after which a search begins anew in a thread and hears Ctrl-C.
STEPS_AT_ONCE = 300_000
# A tenth of a second, to spare the search of waits more than that.
MOST_STEPS_WITHOUT_WAITS = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """The routes of one run of the label setting, cheapest first.

    `steps` is its work, the same on any machine; `whole` whether it ran to its end.
    """

    routes: tuple[FoundRoute, ...]
    steps: int
    whole: bool


def search_routes(
    prepared: Prepared,
    terms: Terms,
    *,
    best_only: bool,
    most_cents: int = UNREACHABLE,
    known: Sequence[Vector] = (),
    most_steps: int = ANY_NUMBER,
    endless: bool = False,
) -> Searched:
    """Return the routes of one run of the label setting.

    They run no tracked leg twice; another leg they may.

    Parameters
    ----------
    prepared
        The corridor.
    terms
        When it starts and how it is run.
    best_only
        Search only the cheapest, then quickest route.
    most_cents
        Upper limit of the cost.
    known
        Cents, minutes and grams of known routes; routes that are no better in any are skipped.
    most_steps
        The search ends after this much work; the routes found until then are non-dominated.
    endless
        Routes may take longer than the longest journey, for bounds.
    """
    problem = prepared.problem
    labels, steps = _labels(
        prepared,
        terms,
        best_only=best_only,
        most_cents=most_cents,
        known=known,
        most_steps=most_steps,
        endless=endless,
    )
    at_sink = np.flatnonzero(
        (labels[:, NODE] == SINK) & (labels[:, STATE] == SETTLED) & (labels[:, ARC] >= 0)
    )
    found = [_route(problem, labels, int(label)) for label in at_sink]
    return Searched(
        routes=tuple(sorted(found, key=lambda r: (*r.vector, r.arcs))),
        steps=int(steps),
        whole=bool(steps < most_steps),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WaysBefore:
    """The ways that a route which waits may take before an arc that changes with the day.

    `arcs` says by arc whether one of them uses it, `slowest` by node how many minutes they take to
    it on the clock at most.
    """

    arcs: npt.NDArray[np.bool_]
    slowest: IntArray


def ways_before_changes(
    prepared: Prepared, terms: Terms, *, best_only: bool, most_cents: int, known: Sequence[Vector]
) -> WaysBefore:
    """Return the ways that a route which waits may take before an arc that changes with the day.

    These are the ways that, without a wait, no other way beats: a ship does not sail a detour to
    let time pass. Every way may be taken if finding out is too much work.
    """
    labels, steps = _labels(
        prepared,
        terms.leaving(0),
        best_only=best_only,
        most_cents=most_cents,
        known=known,
        most_steps=MOST_STEPS_WITHOUT_WAITS,
        endless=False,
    )
    arcs, nodes = prepared.problem.base.shape[0], prepared.problem.node_count
    if steps >= MOST_STEPS_WITHOUT_WAITS:
        return WaysBefore(arcs=np.ones(arcs, bool), slowest=np.full(nodes, ANY_NUMBER, np.int64))
    ways = labels[labels[:, CHANGED] == 0]
    used = np.zeros(arcs, bool)
    used[ways[ways[:, ARC] >= 0, ARC]] = True
    slowest = np.full(nodes, -1, np.int64)
    np.maximum.at(slowest, ways[:, NODE], ways[:, CLOCK] - terms.begin)
    return WaysBefore(arcs=used, slowest=slowest)


def _labels(
    prepared: Prepared,
    terms: Terms,
    *,
    best_only: bool,
    most_cents: int,
    known: Sequence[Vector],
    most_steps: int,
    endless: bool,
) -> tuple[IntArray, int]:
    """Return the labels of one run and its steps; see `kernel.search`."""
    problem, fast = prepared.problem, terms.fast
    search = _kernel(fast=fast)
    changes = np.array([bool(days) for days in problem.change_days], bool)
    # Where dates matter, a way that emits less is no detour: it counts for the cheapest route too.
    emits = not best_only or bool(changes[problem.profile[problem.profile >= 0]].any())
    grams = problem.grams if emits else np.zeros_like(problem.grams)
    grams_per_km = problem.grams_per_km if emits else np.zeros_like(problem.grams_per_km)
    bound_grams = prepared.bounds[2] if emits else np.zeros_like(prepared.bounds[2])
    bit, ahead = _tracked(prepared)
    detours = np.concatenate([np.zeros(0, np.int64), *prepared.detours])
    limits = kernel.Limits(
        best_only=best_only,
        most_cents=most_cents,
        last_minute=ANY_NUMBER if endless else terms.last_minute(problem),
        known=np.array(known, np.int64).reshape(-1, 3),
        most_steps=min(most_steps, STEPS_AT_ONCE) if fast else most_steps,
        stop=np.zeros(1, np.int64),
    )
    given = (
        SOURCE,
        SINK,
        terms.begin,
        problem.arcs(fast=fast)._replace(grams=plain(grams, fast)),
        problem.by_day._replace(grams_per_km=grams_per_km),
        kernel.Tracked(*(plain(array, fast) for array in (bit, ahead, detours))),
        kernel.Waits(
            mode=plain(prepared.mode, fast),
            allowed=problem.waits & (terms.max_wait_days > 0),
            first=plain(prepared.candidate_first, fast),
            minutes=plain(prepared.candidates, fast),
            changes=changes,
            most=int(terms.max_wait_days * MINUTES_PER_DAY),
            cents_per_day=problem.wait_cents_per_day,
        ),
        kernel.Bounds(
            cents=plain(prepared.bounds[0], fast),
            minutes=plain(prepared.bounds[1], fast),
            grams=plain(bound_grams, fast),
            latest=plain(prepared.latest, fast),
        ),
        _by_time(prepared),
    )
    labels, steps = search(*given, limits)
    if limits.most_steps <= steps < most_steps:
        # Most searches end before; starting a thread takes as long as many of them.
        longer = limits._replace(most_steps=most_steps)
        labels, steps = until_stopped(lambda stop: search(*given, longer._replace(stop=stop)))
    return labels, int(steps)


def _by_time(prepared: Prepared) -> kernel.ByTime:
    """Return the bounds by time of routes that wait; without rows if they are not known."""
    known = prepared.by_time
    if known is None:
        return kernel.ByTime(np.zeros((0, 0)), 0, 1, 0.0, 0.0)
    return kernel.ByTime(
        known.of_being_there,
        known.begin,
        known.span,
        known.cents_per_minute,
        known.wait_cents,
    )


def _tracked(prepared: Prepared) -> tuple[IntArray, IntArray]:
    """Return the bits of tracked legs by arc, and by node those of the arcs ahead."""
    problem = prepared.problem
    bit = np.zeros(problem.base.shape[0], np.int64)
    ahead = np.zeros(problem.node_count, np.int64)
    if not prepared.tracked:
        return bit, ahead
    for number, leg in enumerate(prepared.tracked):
        bit[problem.leg == leg] = 1 << number
    tracked = np.flatnonzero(bit)
    np.bitwise_or.at(ahead, problem.tail[tracked], bit[tracked])
    changed = ahead != 0
    while changed.any():
        # Only arcs to a node that met more legs can tell their tail of more.
        into = np.flatnonzero(changed[problem.head])
        before = ahead.copy()
        np.bitwise_or.at(ahead, problem.tail[into], before[problem.head[into]])
        changed = ahead != before
    return bit, ahead


def _kernel(*, fast: bool) -> Callable[..., Any]:
    if not fast:
        return kernel.search
    # Importing numba takes 0.3 s, which a command for a single route should not spend.
    from corridors.routing.dated import compiled

    return compiled.search


def _route(problem: Problem, labels: IntArray, label: int) -> FoundRoute:
    chain = [label]
    while (before := int(labels[chain[-1], BEFORE])) >= 0:
        chain.append(before)
    chain.reverse()
    rows = labels[chain]
    arcs, waits = rows[1:, ARC], rows[1:, WAIT]
    starts = (rows[:-1, CLOCK] + waits).tolist()
    leg, dated = problem.leg[arcs], problem.profile[arcs] >= 0
    grams = int(problem.grams[arcs].sum())
    for step in np.flatnonzero(dated).tolist():
        grams += problem.travel(int(arcs[step]), starts[step])[2]
    return FoundRoute(
        arcs=tuple(problem.number[arcs].tolist()),
        legs=tuple(leg[leg >= 0].tolist()),
        starts=tuple(starts),
        waits=tuple(waits.tolist()),
        cents=int(rows[-1, CENTS]),
        minutes=int(rows[-1, MINUTES]),
        grams=grams,
    )
