"""Shipped plans: capacities do not leak, are worth their shadow prices, and no route is better."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from corridors.config.plan import load_plan
from corridors.domain.plan import Plan
from corridors.optimise.highs_process import TimeLimit
from corridors.optimise.planning.generation import allocate
from corridors.output.allocation_result import TOLD_SHARE
from corridors.output.planned import Planned, allocation_of
from corridors.routing.priced.priced_network import DualPrices
from corridors.studies.lanes import month_numbers
from corridors.studies.searched_plans import SearchedPlan, search_plans, searched_as, times
from tests.optimise.second_path import SecondPath

# The plan of a month is checked in the gate, those of a year in `make test-long`.
QUICK = "allocate-moscow-kazan"
LONG = ("allocate-eurasia-2026", "invest-eurasia", "invest-founding", "invest-growth")
NAMES = (QUICK, *(pytest.param(name, marks=pytest.mark.long) for name in LONG))
MOVED = 0.1
# Capacities moved in a plan: those of most USD, and some without a price.
MOST_MOVED, MOST_FREE = 12, 3
CLOSE_USD = 1e-3


def _plan(name: str) -> Plan:
    return load_plan(name) if name.startswith("allocate") else load_plan(name, command="invest")


@pytest.fixture(scope="module", params=NAMES)
def solved(request: pytest.FixtureRequest) -> tuple[SearchedPlan, Planned]:
    (searched,) = search_plans([_plan(request.param)])
    return searched, searched.solve()


@pytest.mark.long
def test_no_place_without_a_capacity_takes_over_a_tenth_unsaid(
    solved: tuple[SearchedPlan, Planned],
) -> None:
    found = allocation_of(solved[1])
    told = " ".join(found.leaks).lower()
    for way in found.uncapped:
        assert way.share <= TOLD_SHARE or way.title.lower() in told
    # The tables cap what most boxes pass: a plan that ships with the program leaks nowhere.
    assert [way.name for way in found.uncapped if way.share > TOLD_SHARE] == []


def test_a_capacity_moved_by_a_tenth_moves_the_value_by_its_shadow_price(
    solved: tuple[SearchedPlan, Planned],
) -> None:
    searched, planned = solved
    program, price = planned.program, planned.solved.prices.by_month
    worth = price * np.where(np.isfinite(program.capacity), program.capacity, 0.0)
    by_worth = sorted(zip(*np.nonzero(worth > 1.0), strict=True), key=lambda at: -worth[at])
    used = {(r, m) for flow in planned.solved.flows for r, m, _ in flow.offer.route.uses}
    free = [at for at in sorted(used) if worth[at] <= 1.0 and np.isfinite(program.capacity[at])]
    assert by_worth or free
    value, rounding = planned.solved.value_usd, 1e-6 * planned.solved.value_usd

    # Routes that were found for one capacity are good ones to begin with for the next.
    known = [*planned.solved.offers]

    def moved(at: tuple[int, int], part: float) -> float:
        capacity = program.capacity.copy()
        capacity[at] *= 1.0 + part
        found = allocate(replace(program, capacity=capacity), searched.offers, known=known)
        known[:] = found.offers
        return found.value_usd

    # The value is convex in a capacity, and its shadow price a slope at the capacity as it is: a
    # tenth less costs at least the price, a tenth more saves at most that. Where the plan may be
    # explained by other prices too, the two sides differ.
    for at in [*by_worth[:MOST_MOVED], *free[:MOST_FREE]]:
        tenth = float(price[at]) * MOVED * float(program.capacity[at])
        less, more = moved(at, -MOVED), moved(at, MOVED)
        assert less - value >= tenth - rounding
        assert -rounding <= value - more <= tenth + rounding
        # Within a thousandth the price holds on one side at least, up to that of the other side.
        down = (moved(at, -MOVED / 100) - value) / (MOVED / 100)
        up = (value - moved(at, MOVED / 100)) / (MOVED / 100)
        whole = float(price[at]) * float(program.capacity[at])
        assert up - 100 * rounding <= whole <= down + 100 * rounding


def test_a_second_search_finds_no_better_route_for_any_departure(
    solved: tuple[SearchedPlan, Planned],
) -> None:
    searched, planned = solved
    program, prices = planned.program, planned.solved.prices
    cheapest: dict[int, float] = {}
    for pair, lanes in searched.offers._lanes.items():
        for lane in lanes:
            whole = lane.shared.whole(lane.number)
            months = month_numbers(planned.plan, lane.first_day)
            second_path = partial(SecondPath, whole.network, months)
            lots = [
                (number, lot, prices.dual_prices(program, lot.month))
                for number, lot in enumerate(program.lots)
                if lot.pair == pair and lane.departures.get(lot.month)
            ]
            # Prices of capacities only add to what a route costs without them.
            near = second_path(
                month=None,
                duals=DualPrices(
                    by_month=np.zeros(program.capacity.shape), by_set=np.zeros(program.sets)
                ),
                weights=program.objective_weights[pair],
                most_usd=max(
                    float(prices.lot_usd[number]) + CLOSE_USD - duals.by_set.clip(max=0.0).sum()
                    for number, _, duals in lots
                ),
                max_minutes=None,
            )
            for number, lot, duals in lots:
                second = second_path(
                    month=lot.month,
                    duals=duals,
                    weights=prices.objective(program.objective_weights[pair]),
                    most_usd=float(prices.lot_usd[number]) + CLOSE_USD,
                    max_minutes=whole._max_minutes,
                    arcs=near.arcs,
                )
                days = lane.departures[lot.month]
                for found in map(second.below, days):
                    if found is not None:
                        cheapest[number] = min(found, cheapest.get(number, np.inf))
            lane.shared.release()
    # A lot pays what its cheapest route costs with the duals, and all that is shipped has one.
    for number, usd in cheapest.items():
        assert usd == pytest.approx(prices.lot_usd[number], abs=CLOSE_USD), planned.name_of(
            "lot", number
        )
    left_behind = set(np.flatnonzero(planned.solved.missing > 1e-6).tolist())
    assert set(range(len(program.lots))) - left_behind <= set(cheapest)


def test_a_search_that_ends_at_once_has_the_bound_of_a_plan_without_limits(
    solved: tuple[SearchedPlan, Planned],
) -> None:
    searched, planned = solved
    least_usd, program = searched.least_usd(planned.program), planned.program
    free = [found.value_usd for found in planned.free if found is not None]
    assert least_usd <= sum(lot.teu * usd for lot, usd in zip(program.lots, free, strict=True)) * (
        1.0 + 1e-12
    )
    offers = searched.offers
    stopped = allocate(
        program, offers, known=offers.found, limit=TimeLimit(1e-9), least_usd=least_usd
    )
    # The first plan that keeps all limits may be the best.
    assert stopped.stopped or stopped.bound_usd == pytest.approx(stopped.value_usd, rel=1e-9)
    assert 0.0 < least_usd <= stopped.bound_usd <= planned.solved.value_usd * (1.0 + 1e-9)


def test_plans_of_other_volumes_share_a_search() -> None:
    plan = _plan(QUICK)
    assert searched_as(plan) == searched_as(times(plan, 1.2))
    away = replace(plan.pairs[0], teu=(0.0,) * len(plan.months))
    assert searched_as(plan) != searched_as(replace(plan, pairs=(away, *plan.pairs[1:])))
    closed = load_plan(QUICK, set_values=["scenario.closures=[{place: RU}]"])
    assert searched_as(plan) != searched_as(closed)
