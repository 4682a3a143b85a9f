"""The value ladder is the lower envelope of all routes, on drawn networks."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from corridors.routing.dated.departures import best_route
from corridors.routing.dated.label_search import bounded
from corridors.routing.ladder import HIGHEST_USD_PER_DAY, Rung, ladder
from corridors.routing.problem import SOURCE, Problem
from corridors.routing.terms import DatedRoute, Terms
from tests.enumeration import enumerate_vectors, travelled, unbeaten
from tests.strategies import problems, terms

drawn = settings(
    max_examples=150,
    phases=[Phase.explicit, Phase.generate],
    database=None,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
TOP = Fraction(HIGHEST_USD_PER_DAY * 100, 1440)


@dataclass(frozen=True)
class Done:
    problem: Problem
    terms: Terms
    cheapest: DatedRoute | None

    @property
    def least_minutes(self) -> int:
        return int(bounded(self.problem, fast=True, criteria=2).bounds[1][SOURCE])

    def rest(self) -> None:
        """Nothing is freed."""


def searched(drawn_problems: list[Problem], asked: Terms) -> list[Done]:
    return [Done(p, asked, best_route(p, asked)) for p in drawn_problems]


def values_to_try(figures: set[tuple[int, int]], rungs: tuple[Rung, ...]) -> list[Fraction]:
    """Every value at which two routes are equal, the middles between them, 0 and the highest."""
    equal = {
        Fraction(a[0] - b[0], b[1] - a[1]) for a in figures for b in figures if a[1] != b[1]
    } | {rung.above for rung in rungs}
    edges = sorted({Fraction(0), TOP, *(v for v in equal if 0 <= v <= TOP)})
    return [*edges, *((a + b) / 2 for a, b in pairwise(edges))]


def undominated(figures: set[tuple[int, int]]) -> set[tuple[int, int]]:
    return {
        f for f in figures if not any(g != f and g[0] <= f[0] and g[1] <= f[1] for g in figures)
    }


def rung_at(rungs: tuple[Rung, ...], value: Fraction) -> Rung:
    return [rung for rung in rungs if rung.above <= value][-1]


@drawn
@given(st.lists(problems(dated=False, most_nodes=6), min_size=1, max_size=3), terms())
def test_the_ladder_equals_enumeration(several: list[Problem], asked: Terms) -> None:
    figures = {(v[0], v[1]) for one in several for v in enumerate_vectors(one, asked)}
    rungs = ladder(searched(several, asked))
    assert bool(rungs) == bool(figures)
    for value in values_to_try(undominated(figures), rungs) if rungs else ():
        best = min(cents + value * minutes for cents, minutes in figures)
        rung = rung_at(rungs, value)
        assert rung.cents + value * rung.minutes == best, float(value)


@drawn
@given(problems(most_nodes=6), terms())
def test_every_rung_can_be_travelled_at_its_cost_and_no_route_beats_it(
    problem: Problem, asked: Terms
) -> None:
    rungs = ladder(searched([problem], asked))
    for rung in rungs:
        assert travelled(problem, asked, rung.route) == rung.route.vector
    rate, usable = problem.wait_cents_per_day, unbeaten(problem, asked)
    figures = {
        (cents + day * rate, minutes + day * 1440)
        for day, vectors in usable.items()
        if day <= asked.max_wait_days
        for cents, minutes, _ in vectors
    }
    for value in values_to_try(undominated(figures), rungs) if rungs else ():
        rung = rung_at(rungs, value)
        assert all(rung.cents + value * rung.minutes <= c + value * m for c, m in figures)


@drawn
@given(st.lists(problems(most_nodes=6), min_size=1, max_size=2), terms())
def test_each_rung_is_dearer_and_quicker_than_the_one_before(
    several: list[Problem], asked: Terms
) -> None:
    rungs = ladder(searched(several, asked))
    for low, high in pairwise(rungs):
        assert low.cents < high.cents
        assert low.minutes > high.minutes
        assert low.above <= high.above
