"""Search the best route that is known to sail, where the best of all is not.

What no line is known to serve hides what one does: of Helsinki to Almaty the cheapest train leaves
Tallinn, where none is listed, and the next cheapest Riga, where one is.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import NamedTuple

from corridors.data.lines import LineKind, Lines, load_lines
from corridors.domain.places import Family
from corridors.domain.results import Listing
from corridors.domain.scenario import Limits
from corridors.network.states.topology import ArcKind, Topology
from corridors.routing.corridor_search import (
    Routes,
    SearchedCorridor,
    routes_of,
    weighing_in,
    without,
)
from corridors.routing.problem import Problem
from corridors.routing.terms import DatedRoute, Terms
from corridors.routing.weighing import Weighing
from corridors.routing.who_sails import Section, goes, offer_of, sections_of
from corridors.units import MINUTES_PER_DAY

# Beyond it nobody is known to sail a section.
KNOWN_DOUBT = Listing.COUNTED.doubt
# Parts of a corridor that are searched for a route on known lines.
MOST_SEARCHES = 6


def on_known_lines(found: SearchedCorridor, most_times: float, *, fronts: bool) -> SearchedCorridor:
    """Return a search with the best route that is known to sail; unchanged if there is none near.

    The problem is searched without the terminal where the first section that no line serves begins,
    and without that where it ends, the best first. With limits the other routes of the search
    stay, after it.

    Parameters
    ----------
    found
        The search.
    most_times
        How many times the cost and the time of the best of all it may take.
    fronts
        Also search the front.
    """
    best = found.best
    if best is None or (gap := _gap(found, best)) is None or not _is_sailed(found, gap):
        return found
    question, problem, terms = found.question, found.problem, found.terms
    weighing = weighing_in(question)

    def lacks(routes: Routes) -> tuple[int, ...]:
        gap = _gap(found, routes.routes[0])
        return () if gap is None else gap.ends

    known = _best_that_lacks_nothing(problem, terms, weighing, found, lacks)
    if known is None:
        return found
    first = known.routes[0]
    if first.cents > most_times * best.cents or first.minutes > most_times * best.minutes:
        return found
    barred = known.barred
    if fronts:
        known = routes_of(without(problem, barred), terms, weighing, fronts=True)
    others = found.routes if question.scenario.limits != Limits() else ()
    return replace(
        found,
        routes=tuple(dict.fromkeys((*known.routes, *others))),
        whole=known.whole,
        weighed=known.weighed,
        barred=barred,
    )


def _best_that_lacks_nothing(
    problem: Problem,
    terms: Terms,
    weighing: Weighing,
    found: Routes,
    lacks: Callable[[Routes], tuple[int, ...]],
) -> Routes | None:
    """Return the best routes of a problem whose first one is as wanted; None if there is none.

    Nor is there if it takes more than `MOST_SEARCHES`.

    Parameters
    ----------
    problem, terms, weighing
        As in `routes_of`.
    found
        What was found in it, without the arcs `found.barred`.
    lacks
        Returns arcs of the network of which a first route as wanted has not all; none if it is.
    """
    tried = {found.barred}
    order = count()
    queue = [(weighing.key(found.routes[0]), next(order), found)]
    while queue:
        *_, best = heapq.heappop(queue)
        together = lacks(best)
        if not together:
            return best
        less = {best.barred | {arc} for arc in together} - tried
        if len(tried) + len(less) > MOST_SEARCHES + 1:
            return None
        tried |= less
        for barred in sorted(less, key=sorted):
            left = routes_of(without(problem, barred), terms, weighing, fronts=False)
            if left.routes:
                entry = weighing.key(left.routes[0]), next(order), replace(left, barred=barred)
                heapq.heappush(queue, entry)
    return None


class _Gap(NamedTuple):
    """A section that is not known to sail, its day, and the arcs by which boxes board and leave."""

    section: Section
    day: date
    ends: tuple[int, int]


def _gap(found: SearchedCorridor, route: DatedRoute) -> _Gap | None:
    """Return the first section of a route that is not known to sail; None if all are."""
    doubted = {name for name, one in offer_of(found, route).sections if one.doubt > KNOWN_DOUBT}
    topology = found.question.bundle.topology
    arcs = found.problem.base[list(route.arcs)]
    sections, begins = sections_of(topology, arcs, found.parts(route))
    for section, begin in zip(sections, begins, strict=True):
        if section.names in doubted:
            end = next(
                n for n in range(begin, arcs.size) if _leaves(topology, section, int(arcs[n]))
            )
            day = found.question.weights.first_day + timedelta(
                days=route.starts[begin] // MINUTES_PER_DAY
            )
            return _Gap(section, day, (int(arcs[begin - 1]), int(arcs[end])))
    return None


def _leaves(topology: Topology, section: Section, arc: int) -> bool:
    """Return whether boxes leave a section by an arc that follows its first leg."""
    # Trains that change gauge carry the same boxes on.
    by_rail = topology.services[int(topology.service[arc])].family is Family.RAIL
    goes_on = section.family is Family.RAIL and by_rail and topology.kind[arc] == ArcKind.CHANGE
    return topology.kind[arc] != ArcKind.LEG and not goes_on


def _is_sailed(found: SearchedCorridor, gap: _Gap) -> bool:
    """Return whether any line runs between the trade regions of a section; at sea, its way.

    Trains of another border may lead to the same place.
    """
    section = gap.section
    lines: Lines = found.question.bundle.topology.once("known lines", load_lines)
    ends = {section.start.id, section.end.id}
    return any(
        line.kind in (LineKind.SCHEDULED, LineKind.CHARTERED)
        and line.runs_on(gap.day)
        and (section.family is not Family.SEA or goes(line, section.passed - ends, ends))
        for line in lines.between_regions(section.start, section.end, frozenset({section.family}))
    )
