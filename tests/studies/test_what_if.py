"""Stored routes at other prices cost what the program says, and no new search beats the floor."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf

import numpy as np
import pytest
from scipy.optimize import linprog

from corridors.config import load_scenario
from corridors.domain.allocation import Floor, WhatIf
from corridors.domain.objective import Objective
from corridors.domain.results import RouteOption
from corridors.domain.scenario import PriceBasis, Scenario
from corridors.output.comparison import Comparison
from corridors.routing.ladder import search
from corridors.studies.compare.run import compare
from corridors.studies.result_base import option_of
from corridors.studies.session import Session
from corridors.studies.what_if import SUBSIDY, at_factors

# Half a cent in each of two sums.
CENT = 0.0051


@dataclass(frozen=True)
class Case:
    """A comparison, its stored bills, and the session that made it."""

    scenario: Scenario
    session: Session
    comparison: Comparison

    @property
    def what_if(self) -> WhatIf:
        assert self.comparison.what_if is not None
        return self.comparison.what_if


def made(name: str) -> Case:
    scenario, session = load_scenario(name), Session()
    return Case(scenario, session, compare(scenario, session=session, what_if=True, fronts=False))


@pytest.fixture(scope="module")
def case() -> Case:
    return made("shanghai-europe")


def drawn(what_if: WhatIf, count: int) -> Iterator[tuple[PriceBasis, dict[str, float]]]:
    """Yield settings: one slider moved, then two, and so on; every third time at quoted prices."""
    rng = random.Random(42)
    for number in range(count):
        moved = rng.sample(what_if.sliders, 1 + number % len(what_if.sliders))
        basis = PriceBasis.PRICE if number % 3 == 2 else PriceBasis.COST
        yield basis, {one.id: round(rng.uniform(one.low, one.high), 2) for one in moved}


def test_stored_routes_cost_what_explain_says_and_no_search_beats_the_floor(case: Case) -> None:
    check(case, 3)


@pytest.mark.long
@pytest.mark.parametrize(
    "name", ["shanghai-europe", "chongqing-duisburg", "shanghai-kaliningrad", "mumbai-moscow"]
)
def test_200_drawn_settings(name: str) -> None:
    check(made(name), 200)


def check(case: Case, count: int) -> None:
    """Price every stored route at drawn settings as `explain` does, and search each corridor."""
    stored = {option.corridor: option for option in case.comparison.usable}
    same, beaten = 0, []
    for basis, settings in drawn(case.what_if, count):
        asked = at_factors(case.scenario, case.what_if.sliders, settings)
        asked = replace(asked, price_basis=basis, objective=Objective.COST)
        corridors = (*case.session.corridors_of(asked), *case.session.free)
        question = case.session.pose(asked, corridors)
        number_of = {corridor.id: number for number, corridor in enumerate(corridors)}
        for route in case.what_if.routes:
            mine = case.what_if.usd(route, settings, quoted=basis is PriceBasis.PRICE)
            option = option_of(question, number_of[route.corridor])
            if not option.usable:
                # None of its ways has a price.
                assert mine == inf, route.corridor
                continue
            usd = option.usd_per_teu or 0.0
            if way(option) == way(stored[route.corridor]):
                same += 1
                assert mine == pytest.approx(usd, abs=CENT), (route.corridor, basis, settings)
            else:
                assert usd < mine + 0.05, (route.corridor, basis, settings)
        if basis is PriceBasis.COST and case.what_if.floor is not None:
            best = [search(question, number, fronts=False).best for number in number_of.values()]
            least = min(route.cents for route in best if route is not None) / 100
            floor = floor_at(case.what_if.floor, settings)
            # A search rounds each arc to the cent.
            if least < floor - 0.5:
                beaten.append((least, floor, settings))
    assert beaten == []
    assert same > count * len(stored) / 3


def test_at_the_usual_prices_both_bases_are_those_of_the_table(case: Case) -> None:
    for route in case.what_if.routes:
        option = next(o for o in case.comparison.usable if o.corridor == route.corridor)
        assert case.what_if.usd(route, {}) == pytest.approx(option.cost_usd_per_teu, abs=CENT)
        price = case.what_if.usd(route, {}, quoted=True)
        known = inf if option.price_usd_per_teu is None else option.price_usd_per_teu
        assert price == pytest.approx(known, abs=CENT)
    floor = case.what_if.floor
    assert floor is not None
    cheapest = min(case.what_if.usd(route, {}) for route in case.what_if.routes)
    assert floor_at(floor, {}) == pytest.approx(cheapest, abs=0.5)


@pytest.mark.first_case
@pytest.mark.parametrize("name", ["shanghai-europe", "mumbai-moscow"])
def test_the_floor_at_moved_prices_is_that_of_a_search_among_them(name: str, case: Case) -> None:
    of = case if name == "shanghai-europe" else made(name)
    floor = of.what_if.floor
    assert floor is not None
    sliders = {slider.id: slider for slider in of.what_if.sliders}
    corridors = (*of.session.corridors_of(of.scenario), *of.session.free)
    # At the first all are moved.
    for point in (0, 5, 9):
        factors = dict(zip(floor.sliders, floor.points[point], strict=True))
        asked = at_factors(of.scenario, list(sliders.values()), factors)
        asked = replace(asked, price_basis=PriceBasis.COST, objective=Objective.COST)
        question = of.session.pose(asked, corridors)
        best = [search(question, n, fronts=False).best for n in range(len(corridors))]
        usd = min(route.cents for route in best if route is not None) / 100
        # On each arc what each slider moves is rounded to the cent.
        assert floor.usd_per_teu[point] == pytest.approx(usd, abs=0.1)


def test_a_ship_at_its_best_speed_has_no_sliders_of_what_sets_it() -> None:
    scenario = replace(load_scenario("shanghai-europe"), corridors=("suez",), speed="best")
    found = compare(scenario, what_if=True, fronts=False).what_if
    assert found is not None
    assert {slider.id for slider in found.sliders}.isdisjoint({"fuel", "ships"})
    assert "tolls" in {slider.id for slider in found.sliders}


def way(option: RouteOption) -> list[tuple[str, float, float]]:
    """Return the steps of a route by what tells them apart."""
    return [(step.label, round(step.km, 3), round(step.hours, 3)) for step in option.steps]


def floor_at(floor: Floor, settings: dict[str, float]) -> float:
    """Return the best mean of the costs found, whose point is at most the factors asked for."""
    factors = [settings.get(name, 1.0) for name in floor.sliders]
    if "rail" in floor.sliders:
        factors[floor.sliders.index("rail")] *= 1.0 - settings.get(SUBSIDY, 0.0)
    found = linprog(
        -np.array(floor.usd_per_teu),
        A_ub=np.array(floor.points).T,
        b_ub=factors,
        A_eq=np.ones((1, len(floor.points))),
        b_eq=[1.0],
        bounds=(0, None),
    )
    return -float(found.fun)
