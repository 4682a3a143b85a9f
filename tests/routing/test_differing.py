"""Routes that differ in what they pass: on drawn networks, those that enumeration finds."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice, pairwise

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from corridors.routing.dated.departures import best_route
from corridors.routing.ladder import NO_MARK, Differing, Marked, differing_routes
from corridors.routing.problem import SINK, SOURCE
from corridors.routing.terms import Terms
from tests.enumeration import run, travelled
from tests.strategies import problems, terms

drawn = settings(
    max_examples=300,
    phases=[Phase.explicit, Phase.generate],
    database=None,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
few = settings(drawn, max_examples=100)
NAMES = (("suez",), ("cape",), ("border",), ("rail",), ("border", "rail"))
Signature = frozenset[str]
Costs = tuple[int, int]


@st.composite
def marked(draw: st.DrawFn, *, dated: bool = True) -> Marked:
    """Draw a network whose arcs pass something, to a place the same; most pass one thing."""
    problem = draw(problems(dated=dated))
    numbers = st.sampled_from((NO_MARK, *range(len(NAMES))))
    of_place = {int(place): draw(numbers) for place in np.unique(problem.place)}
    of_place[-1] = NO_MARK
    mark = np.array([of_place[int(place)] for place in problem.place], np.int64)
    return Marked(problem=problem, mark=mark, names=NAMES)


def cheapest_by_signature(asked: Marked, at: Terms) -> dict[Signature, Costs]:
    """Return cents and minutes of the cheapest simple route of each signature, all tried."""
    problem, found = asked.problem, dict[Signature, Costs]()

    def extend(path: tuple[int, ...], clock: int, spent: Costs, arcs: tuple[int, ...]) -> None:
        node = path[-1]
        if node == SINK:
            met = asked.mark[list(arcs)].tolist()
            passed = frozenset(name for mark in met if mark != NO_MARK for name in NAMES[mark])
            found[passed] = min(spent, found.get(passed, spent))
            return
        for arc in range(int(problem.first_arc[node]), int(problem.first_arc[node + 1])):
            head, took = int(problem.head[arc]), run(problem, arc, clock)
            if head in path or took is None or clock + took[0] > at.last_minute(problem):
                continue
            # No route comes to one place twice.
            if problem.place[arc] >= 0 and problem.place[arc] in problem.place[list(arcs)]:
                continue
            after = (spent[0] + took[2], spent[1] + took[1])
            extend((*path, head), clock + took[0], after, (*arcs, arc))

    extend((SOURCE,), at.begin, (0, 0), ())
    return found


def costs(found: Differing) -> Costs:
    return found.route.cents, found.route.minutes


def hold_to(every: dict[Signature, Costs], found: dict[Signature, Differing]) -> None:
    """Check that these are the cheapest of their signatures, and that no other is left out."""
    for signature, one in found.items():
        assert costs(one) <= every.get(signature, costs(one))
        assert not any(s < signature and c < costs(one) for s, c in every.items())
    for signature, least in every.items():
        assert any(s <= signature and costs(one) <= least for s, one in found.items())


# Where arcs change with the day, a closure may admit a way that let time pass beside a closed one.
@drawn
@given(marked(dated=False), terms(), st.booleans())
def test_they_equal_enumeration(asked: Marked, at: Terms, fast: bool) -> None:
    at = replace(at, max_wait_days=0.0, fast=fast)
    every = cheapest_by_signature(asked, at)
    found = {frozenset(one.passed): one for one in differing_routes([asked], at)}
    hold_to(every, found)


@drawn
@given(marked(dated=False), marked(dated=False), terms())
def test_two_corridors_give_one_list(one: Marked, two: Marked, at: Terms) -> None:
    at = replace(at, max_wait_days=0.0)
    every = cheapest_by_signature(one, at)
    for signature, other in cheapest_by_signature(two, at).items():
        every[signature] = min(other, every.get(signature, other))
    found = list(differing_routes([one, two], at))
    assert all(costs(a) <= costs(b) for a, b in pairwise(found))
    assert len({frozenset(a.passed) for a in found}) == len(found)
    hold_to(every, {frozenset(route.passed): route for route in found})


@few
@given(marked(), terms())
def test_the_first_is_the_best_and_each_can_be_travelled(asked: Marked, at: Terms) -> None:
    found = list(islice(differing_routes([asked], at), 4))
    best = best_route(asked.problem, at)
    assert (best is None) == (not found)
    if best is not None:
        assert costs(found[0]) == (best.cents, best.minutes)
    for one in found:
        assert travelled(asked.problem, at, one.route) == one.route.vector


@few
@given(marked(), terms())
def test_each_avoids_something_of_every_one_before(asked: Marked, at: Terms) -> None:
    found = [set(one.passed) for one in differing_routes([asked], at)]
    for number, passed in enumerate(found):
        assert all(before - passed for before in found[:number])
