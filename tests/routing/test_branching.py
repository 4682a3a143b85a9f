"""A place is met once: branching finds what enumeration finds where routes would turn round."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis.strategies import booleans, integers

from corridors.routing.dated import label_search
from corridors.routing.dated.label_search import (
    Wanted,
    bounded,
    cheapest,
    non_dominated,
    search_routes,
)
from corridors.routing.problem import Problem, is_dated
from corridors.routing.terms import Terms
from tests.enumeration import beats, dated_ahead, enumerate_vectors, travelled, undominated
from tests.routing.test_label_setting import drawn, five_hundred
from tests.strategies import corridors, terms


@five_hundred
@given(corridors(), terms(), booleans())
def test_the_front_of_a_corridor_equals_enumeration(
    problem: Problem, asked: Terms, fast: bool
) -> None:
    at_once = replace(asked, max_wait_days=0.0, fast=fast)
    found = non_dominated(bounded(problem, fast=fast), at_once)
    assert found.whole
    vectors = [route.vector for route in found.routes]
    if not dated_ahead(problem).any():
        assert set(vectors) == undominated(enumerate_vectors(problem, at_once))
    for vector in undominated(enumerate_vectors(problem, at_once)):
        assert any(beats(known, vector) for known in vectors)
    assert set(vectors) <= enumerate_vectors(problem, at_once, spare_places=True)
    assert vectors == sorted(set(vectors))
    for route in found.routes:
        assert len(set(route.places)) == len(route.places)
        assert travelled(problem, at_once, route) == route.vector


@drawn
@given(corridors(), terms(), integers(0, 2))
def test_beyond_the_tracked_places_the_problem_is_branched_on(
    problem: Problem, asked: Terms, tracked: int
) -> None:
    at_once = replace(asked, max_wait_days=0.0, fast=False)
    prepared = bounded(problem, fast=False)
    tracking = next(iter(cheapest(prepared, at_once, Wanted()).routes), None)
    with patch.object(label_search, "MOST_TRACKED", tracked):
        found = non_dominated(prepared, at_once)
        best = next(iter(cheapest(prepared, at_once, Wanted()).routes), None)
    vectors = {route.vector for route in found.routes}
    if not dated_ahead(problem).any():
        assert vectors == undominated(enumerate_vectors(problem, at_once))
        assert (best and best.vector) == (tracking and tracking.vector)
    for vector in undominated(enumerate_vectors(problem, at_once)):
        assert any(beats(known, vector) for known in vectors)
        assert best is not None
        assert best.vector[:2] <= vector[:2]
    assert vectors <= enumerate_vectors(problem, at_once, spare_places=True)


@drawn
@given(corridors(), terms())
def test_searches_take_the_same_steps_compiled_and_not(problem: Problem, asked: Terms) -> None:
    places = sorted(set(problem.place[problem.place >= 0].tolist()))[:3]
    slow, quick = (
        search_routes(
            bounded(problem, fast=fast).tracking(places, fast=fast),
            replace(asked, fast=fast),
            Wanted(best_only=False),
        )
        for fast in (False, True)
    )
    assert slow == quick


@five_hundred
@given(corridors(), terms(), booleans())
def test_the_best_route_of_a_corridor_is_the_cheapest_of_its_day(
    problem: Problem, asked: Terms, fast: bool
) -> None:
    at_once = replace(asked, fast=fast)
    found = cheapest(bounded(problem, fast=fast), at_once, Wanted()).routes
    enumerated = min((vector[:2] for vector in enumerate_vectors(problem, asked)), default=None)
    if not found:
        assert enumerated is None
        return
    assert len(set(found[0].places)) == len(found[0].places)
    assert travelled(problem, asked, found[0]) == found[0].vector
    assert enumerated is None or found[0].vector[:2] <= enumerated
    assert found[0].vector in enumerate_vectors(problem, asked, spare_places=True)


@drawn
@given(corridors(dated=False), terms())
def test_some_corridors_have_a_cheaper_path_that_meets_a_place_twice(
    problem: Problem, asked: Terms
) -> None:
    prepared = bounded(problem, fast=False)
    best = cheapest(prepared, asked, Wanted()).routes
    path = search_routes(prepared, asked, Wanted()).routes
    if best:
        assert path[0].vector[:2] <= best[0].vector[:2]


@drawn
@given(corridors(), terms())
def test_a_front_cut_short_says_so_and_holds_only_real_routes(
    problem: Problem, asked: Terms
) -> None:
    prepared = bounded(problem, fast=False)
    if not prepared.connected or dated_ahead(problem).any():
        return
    at_once = asked.leaving(0)
    cut = non_dominated(prepared, at_once, most_steps=300)
    known = undominated(enumerate_vectors(problem, at_once))
    if cut.whole:
        assert {route.vector for route in cut.routes} == known
    for route in cut.routes:
        assert travelled(problem, at_once, route) == route.vector
        assert any(beats(vector, route.vector) for vector in known)


@given(corridors(), integers(0, 3))
def test_a_node_knows_the_tracked_places_and_the_dated_arcs_ahead(
    problem: Problem, count: int
) -> None:
    places = np.unique(problem.place[problem.place >= 0])[:count].tolist()
    prepared = bounded(problem, fast=True).tracking(places, fast=True)
    bit, ahead = label_search._tracked(prepared)
    reached = reachable(problem)
    met = [
        int(np.bitwise_or.reduce(bit[reached[node, problem.tail]], initial=0))
        for node in range(problem.node_count)
    ]
    assert ahead.tolist() == met
    assert is_dated(problem) == dated_ahead(problem).any()


def reachable(problem: Problem) -> npt.NDArray[np.bool_]:
    """Return whether a way leads from one node to another, a node to itself included."""
    reached = np.eye(problem.node_count, dtype=bool)
    ends = list(zip(problem.tail.tolist(), problem.head.tolist(), strict=True))
    for _ in range(problem.node_count):
        for tail, head in ends:
            reached[tail] |= reached[head]
    return reached


@drawn
@given(corridors(), terms())
def test_a_search_of_too_many_ways_back_finds_none_and_says_so(
    problem: Problem, asked: Terms
) -> None:
    prepared = bounded(problem, fast=False)
    first = search_routes(prepared, asked, Wanted()).routes
    best = cheapest(prepared, asked, Wanted())
    with patch.object(label_search, "MOST_STEPS_OF_BEST", 0):
        cut = cheapest(prepared, asked, Wanted())
    comes_back = bool(first) and label_search.repeats(first[0])
    # A route that comes back to no place is found whatever its search takes.
    assert cut.whole is not comes_back
    assert cut.routes == (() if comes_back else best.routes)
