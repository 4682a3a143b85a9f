"""Run the label setting on a prepared problem and read its routes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from corridors.arrays import IntArray
from corridors.engine import plain, until_stopped
from corridors.routing.dated import label_setting
from corridors.routing.dated.bounded_problem import Prepared
from corridors.routing.dated.shortest_paths import UNREACHABLE
from corridors.routing.labels import ARC, BEFORE, CENTS, CLOCK, MINUTES, NODE, SETTLED, STATE
from corridors.routing.problem import SINK, SOURCE, Problem, is_dated
from corridors.routing.terms import JOURNEY_DAYS, DatedRoute, Terms, Vector
from corridors.units import MINUTES_PER_DAY

# More steps and minutes than any search takes.
ANY_NUMBER = 1 << 60
# Some tenths of a second of work, after which a search begins anew in a thread and hears Ctrl-C.
STEPS_AT_ONCE = 300_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which routes a search is for: at most `most_cents` and `most_minutes`.

    With `best_only` the cheapest, then quickest one; else the front. Routes that one of `known`
    (cents, minutes and grams) is no worse than are left out. The search ends after `most_steps` of
    work. `sets` have prices that are paid once (see `label_setting.Sets`); None if there are none.
    """

    best_only: bool = True
    most_cents: int = UNREACHABLE
    most_minutes: int = ANY_NUMBER
    known: Sequence[Vector] = ()
    most_steps: int = ANY_NUMBER
    sets: label_setting.Sets | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """The routes of one run of the label setting, cheapest first.

    `steps` is its work, the same on any machine; `whole` whether it ran to its end. If no route of
    the most cents was found, boxes that leave up to `alike_days` later find none either. `tracked`
    are the places that it could not come to twice.
    """

    routes: tuple[DatedRoute, ...]
    steps: int
    whole: bool
    alike_days: int = 0
    tracked: tuple[int, ...] = ()


def search_routes(prepared: Prepared, terms: Terms, wanted: Wanted) -> Searched:
    """Return the routes that leave on the first day of the terms, of one run of the label setting.

    They come to no tracked place twice; to another they may.
    """
    problem, fast = prepared.problem, terms.fast
    search = _kernel(fast=fast)
    last_minute = terms.last_minute(problem)
    # Without a limit that a dearer way may keep, only the order of cost, time and CO2e counts.
    unlimited = wanted.most_minutes >= ANY_NUMBER and not wanted.known
    in_order = wanted.best_only and unlimited and not is_dated(problem)
    none = np.zeros(0, np.int64)
    sets = wanted.sets or label_setting.Sets(of_arc=none, cents=none, may=none, must=none)
    bit, ahead = problem.for_arcs(("tracked", prepared.tracked), lambda: _tracked(prepared))
    detours = np.concatenate([np.zeros(0, np.int64), *prepared.detours])
    known = np.array(wanted.known, np.int64).reshape(-1, 3)
    known[:, 0] += problem.more_cents
    limits = label_setting.Limits(
        best_only=wanted.best_only,
        in_order=in_order,
        most_cents=wanted.most_cents + problem.more_cents,
        most_minutes=wanted.most_minutes,
        last_minute=ANY_NUMBER if in_order else last_minute,
        known=known,
        most_steps=min(wanted.most_steps, STEPS_AT_ONCE) if fast else wanted.most_steps,
        stop=np.zeros(1, np.int64),
    )
    given = (
        SOURCE,
        SINK,
        terms.begin,
        problem.arcs(fast=fast),
        problem.by_day,
        label_setting.Tracked(*(plain(array, fast) for array in (bit, ahead, detours))),
        label_setting.Sets(*(plain(array, fast) for array in sets)),
        label_setting.Bounds(
            cents=plain(prepared.bounds[0], fast),
            minutes=plain(prepared.bounds[1], fast),
            grams=plain(prepared.bounds[2], fast),
            latest=plain(prepared.latest, fast),
            ice_ahead=plain(prepared.ice_ahead, fast),
        ),
    )

    def run(limits: label_setting.Limits) -> tuple[IntArray, int]:
        labels, steps = search(*given, limits)
        if limits.most_steps <= steps < wanted.most_steps:
            # Most searches end before; starting a thread takes as long as many of them.
            longer = limits._replace(most_steps=wanted.most_steps)
            labels, steps = until_stopped(lambda stop: search(*given, longer._replace(stop=stop)))
        return labels, steps

    labels, steps = run(limits)
    ends = labels[labels[:, NODE] == SINK, CLOCK]
    if in_order and ends.size and ends.max() > last_minute:
        # The cheapest route takes too long, or longer than prices are known: a dearer one may not.
        labels, steps = run(limits._replace(in_order=False, last_minute=last_minute))
    at_sink = np.flatnonzero(
        (labels[:, NODE] == SINK) & (labels[:, STATE] == SETTLED) & (labels[:, ARC] >= 0)
    )
    found = [_route(problem, labels, int(label)) for label in at_sink]
    return Searched(
        routes=tuple(sorted(found, key=lambda r: (*r.vector, r.arcs))),
        steps=int(steps),
        whole=bool(steps < wanted.most_steps),
        alike_days=_alike_days(problem, labels) if unlimited and not found else 0,
    )


def _alike_days(problem: Problem, labels: IntArray) -> int:
    """Return how many days later the ways of a search meet every dated arc as on its day.

    An arc is met alike until the day before the next change of its profile. If a change lies within
    the days that it takes, no later day is taken to be alike.
    """
    settled = labels[labels[:, STATE] == SETTLED]
    # In the order of nodes.
    node, day = np.unique(
        np.stack([settled[:, NODE], settled[:, CLOCK] // MINUTES_PER_DAY]), axis=1
    )
    dated = np.flatnonzero(problem.profile >= 0)
    first, after = (np.searchsorted(node, problem.tail[dated], side) for side in ("left", "right"))
    alike = JOURNEY_DAYS
    for at in np.flatnonzero(first < after).tolist():
        arc, days = int(dated[at]), day[first[at] : after[at]]
        profile = int(problem.profile[arc])
        if not problem.change_days[profile]:
            continue
        days = days[days < problem.days]
        changes = np.array([*problem.change_days[profile], problem.days])
        paces = problem.minutes_per_km[profile, days].clip(0.0)
        last = days + (problem.km[arc] * paces / MINUTES_PER_DAY).astype(np.int64) + 1
        until = changes[np.minimum(np.searchsorted(changes, days, "right"), changes.shape[0] - 1)]
        alike = min(alike, int((until - 1 - np.minimum(last, problem.days)).min(initial=alike)))
    return max(0, alike)


def _tracked(prepared: Prepared) -> tuple[IntArray, IntArray]:
    """Return the bits of tracked places by arc, and by node those of the arcs ahead."""
    problem = prepared.problem
    bit = np.zeros(problem.base.shape[0], np.int64)
    ahead = np.zeros(problem.node_count, np.int64)
    if not prepared.tracked:
        return bit, ahead
    for number, place in enumerate(prepared.tracked):
        bit[problem.place == place] = 1 << number
    tracked = np.flatnonzero(bit)
    np.bitwise_or.at(ahead, problem.tail[tracked], bit[tracked])
    changed = ahead != 0
    while changed.any():
        # Only arcs to a node that met more places can tell their tail of more.
        into = np.flatnonzero(changed[problem.head])
        before = ahead.copy()
        np.bitwise_or.at(ahead, problem.tail[into], before[problem.head[into]])
        changed = ahead != before
    return bit, ahead


def _kernel(*, fast: bool) -> Callable[..., Any]:
    if not fast:
        return label_setting.search
    # Importing numba takes 0.3 s, which a command without a search should not spend.
    from corridors.routing.dated import compiled_search

    return compiled_search.search


def _route(problem: Problem, labels: IntArray, label: int) -> DatedRoute:
    chain = [label]
    while (before := int(labels[chain[-1], BEFORE])) >= 0:
        chain.append(before)
    chain.reverse()
    rows = labels[chain]
    arcs, starts = rows[1:, ARC], rows[:-1, CLOCK].tolist()
    place, dated = problem.place[arcs], problem.profile[arcs] >= 0
    grams = int(problem.grams[arcs].sum())
    for step in np.flatnonzero(dated).tolist():
        grams += problem.travel(int(arcs[step]), starts[step])[2]
    return DatedRoute(
        arcs=tuple(problem.number[arcs].tolist()),
        places=tuple(place[place >= 0].tolist()),
        starts=tuple(starts),
        cents=int(rows[-1, CENTS]) - problem.more_cents,
        minutes=int(rows[-1, MINUTES]),
        grams=grams,
    )
