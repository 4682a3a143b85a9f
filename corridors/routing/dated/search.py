"""Run the label setting on a corridor and read its routes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from corridors.errors import CorridorsError
from corridors.routing.dated import kernel
from corridors.routing.dated.bounds import UNREACHABLE
from corridors.routing.dated.prepared import Prepared
from corridors.routing.engine import plain
from corridors.routing.problem import SINK, SOURCE, Problem
from corridors.routing.terms import FoundRoute, Terms, TooManyLabelsError, Vector
from corridors.units import MINUTES_PER_DAY

IntArray = npt.NDArray[np.int64]
# 40 MB; the Northern Sea Route needs 3,000 to 85,000 where the cheapest ship leaves at once.
MAX_LABELS = 400_000
# Beyond this the cheapest route is searched only over whole days of waiting.
MAX_LABELS_OF_BEST = 8_000
MAX_TRACKED_LEGS = 62


def repeated(route: FoundRoute) -> set[int]:
    """Return the physical legs a route uses more than once."""
    return {leg for leg in route.legs if route.legs.count(leg) > 1}


def elementary(
    prepared: Prepared,
    terms: Terms,
    *,
    best_only: bool,
    most_cents: int = UNREACHABLE,
    known: Sequence[Vector] = (),
) -> tuple[FoundRoute, ...]:
    """Return the routes that use no physical leg twice.

    Legs used twice are tracked in the labels and the search is repeated until there are none.
    """
    tracked: dict[int, int] = {}
    while True:
        found = search_routes(
            prepared, terms, tracked, best_only=best_only, most_cents=most_cents, known=known
        )
        twice = set().union(*(repeated(route) for route in found))
        if not twice:
            return found
        for leg in sorted(twice):
            if len(tracked) >= MAX_TRACKED_LEGS:
                msg = f"more than {MAX_TRACKED_LEGS} legs would be used twice: narrow the corridor"
                raise CorridorsError(msg)
            tracked[leg] = 1 << len(tracked)


def search_routes(
    prepared: Prepared,
    terms: Terms,
    tracked: dict[int, int],
    *,
    best_only: bool,
    most_cents: int = UNREACHABLE,
    known: Sequence[Vector] = (),
) -> tuple[FoundRoute, ...]:
    """Return the routes of one run of the label setting, cheapest first.

    Parameters
    ----------
    prepared
        The corridor.
    terms
        When it starts and how it is run.
    tracked
        Bits of the physical legs that may not be used twice.
    best_only
        Search only the cheapest, then quickest route.
    most_cents
        Upper limit of the cost.
    known
        Cents, minutes and grams of known routes; routes that they beat are skipped.

    Raises
    ------
    TooManyLabelsError
        There are more labels than the limit.
    """
    problem, fast = prepared.problem, terms.fast
    bit = np.zeros(problem.base.shape[0], np.int64)
    for leg, value in tracked.items():
        bit[problem.leg == leg] = value
    search = _kernel(fast=fast)
    most_labels = MAX_LABELS_OF_BEST if best_only else MAX_LABELS
    grams = np.zeros_like(problem.grams) if best_only else problem.grams
    bound_grams = np.zeros_like(prepared.timed[2]) if best_only else prepared.timed[2]
    by_node = (
        problem.first_arc, problem.head, problem.minutes, problem.clock, problem.cents, grams,
    )  # fmt: skip
    labels = search(
        SOURCE,
        SINK,
        terms.begin,
        *(plain(array, fast) for array in by_node),
        problem.km,
        *(plain(array, fast) for array in (problem.profile, bit, prepared.mode)),
        problem.waits & (terms.max_wait_days > 0),
        plain(prepared.candidate_first, fast),
        plain(prepared.candidates, fast),
        problem.minutes_per_km,
        problem.cents_per_km,
        np.zeros_like(problem.grams_per_km) if best_only else problem.grams_per_km,
        problem.fixed_cents,
        problem.fixed_grams,
        problem.through,
        *(plain(array, fast) for array in (*prepared.timed[:2], bound_grams)),
        prepared.span,
        prepared.spans,
        plain(prepared.latest, fast),
        int(terms.max_wait_days * MINUTES_PER_DAY),
        problem.wait_cents_per_day,
        best_only,
        most_cents,
        terms.last_minute(problem),
        np.array(known, np.int64).reshape(-1, 3),
        most_labels,
    )
    if labels.shape[0] >= most_labels:
        msg = "too many routes that no other beats: narrow the corridor or its services"
        raise TooManyLabelsError(msg)
    at_sink = np.flatnonzero((labels[:, 0] == SINK) & (labels[:, 11] == 1) & (labels[:, 8] >= 0))
    found = [_route(problem, labels, int(label)) for label in at_sink]
    return tuple(sorted(found, key=lambda r: (*r.vector, r.arcs)))


def _kernel(*, fast: bool) -> Callable[..., Any]:
    if not fast:
        return kernel.search
    # Importing numba takes 0.3 s, which a command for a single route should not spend.
    from corridors.routing.dated import compiled

    return compiled.search


def _route(problem: Problem, labels: IntArray, label: int) -> FoundRoute:
    arcs, starts, waits = [], [], []
    cents, minutes = int(labels[label, 2]), int(labels[label, 3])
    while labels[label, 7] >= 0:
        before = int(labels[label, 7])
        wait = int(labels[label, 9])
        arcs.append(int(labels[label, 8]))
        waits.append(wait)
        starts.append(int(labels[before, 1]) + wait)
        label = before
    arcs.reverse()
    starts.reverse()
    return FoundRoute(
        arcs=tuple(problem.number[arcs].tolist()),
        legs=tuple(leg for leg in problem.leg[arcs].tolist() if leg >= 0),
        starts=tuple(starts),
        waits=tuple(reversed(waits)),
        cents=cents,
        minutes=minutes,
        grams=sum(_grams(problem, arc, start) for arc, start in zip(arcs, starts, strict=True)),
    )


def _grams(problem: Problem, arc: int, start: int) -> int:
    """Return the CO2e of an arc begun at a minute, in grams."""
    return int(problem.grams[arc]) + problem.travel(arc, start)[2]
