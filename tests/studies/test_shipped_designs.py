"""Shipped designs against the whole integer programme of their columns, by scipy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import lil_matrix

from corridors.arrays import FloatArray
from corridors.config.plan import load_plan
from corridors.optimise.planning.deciding import Deciding
from corridors.optimise.planning.program import Decided, Model, Offer, Program, Taken
from corridors.studies import design
from corridors.studies.design.run import design_plan

MOVED = 0.1
CLOSE = 1e-6

pytestmark = pytest.mark.long


@dataclass(frozen=True, slots=True, kw_only=True)
class _Solved:
    model: Model
    offers: Sequence[Offer]
    found: Decided
    scarce: bool

    @property
    def program(self) -> Program:
        """The design in numbers."""
        return self.model.programs[0]

    @property
    def places(self) -> list[tuple[int, int]]:
        """The capacities that no service brings, by season."""
        capacity = self.program.capacity
        return [(n, t) for n, t in np.argwhere(np.isfinite(capacity) & (capacity > 0.0)).tolist()]


# No place can fill up in the shipped plans, so one of them is also asked with less of each.
SCARCE = ("design-arctic-loop", "capacity_share=0.04", "unmet_usd_per_teu=20000")


@pytest.fixture(
    scope="module", params=[("design-arctic-loop",), ("design-shanghai-kaliningrad",), SCARCE]
)
def solved(request: pytest.FixtureRequest) -> _Solved:
    """Return the model of a shipped design, its ways and what was found."""
    asked: list[_Solved] = []

    class Noting(Deciding):
        def best(self, *given: Any, **more: Any) -> Decided:
            found = super().best(*given, **more)
            (offers,) = self._known
            scarce = request.param == SCARCE
            asked.append(_Solved(model=self.model, offers=offers, found=found, scarce=scarce))
            return found

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(design, "Deciding", Noting)
        name, *values = request.param
        design_plan(load_plan(name, command="design", set_values=values))
    return asked[0]


def _least_usd(solved: _Solved, *, capacity: FloatArray, taken: Taken | None = None) -> float:
    """Return the least cost of a design, or of one with these decisions."""
    model, program, offers = solved.model, solved.program, solved.offers
    option = {
        key: n
        for n, key in enumerate(
            (d, n) for d, count in enumerate(model.options) for n in range(count)
        )
    }
    ship = len(option)
    stay = ship + len(model.fleets)
    box = stay + len(program.lots)
    rows: list[tuple[dict[int, float], float, float]] = []
    for lot, asked in enumerate(program.lots):
        row = {box + n: 1.0 for n, offer in enumerate(offers) if offer.lot == lot}
        rows.append(({**row, stay + lot: 1.0}, asked.teu, asked.teu))
    for decision, count in enumerate(model.options):
        rows.append(({option[decision, n]: 1.0 for n in range(count)}, 1.0, 1.0))
    used: dict[tuple[int, int], dict[int, float]] = {}
    for n, offer in enumerate(offers):
        for place, season, amount in offer.route.uses:
            used.setdefault((place, season), {})[box + n] = amount
    for key, row in used.items():
        room = {option[d, n]: -teu for d, n, teu in program.room.get(key, ())}
        rows.append(({**row, **room}, -np.inf, float(capacity[key])))
    for number, fleet in enumerate(model.fleets):
        rows += [
            (
                {ship + number: -1.0, **{option[key]: ships for key, ships in needs.items()}},
                -np.inf,
                0.0,
            )
            for needs in fleet.needed.values()
        ]
    matrix = lil_matrix((len(rows), box + len(offers)))
    for number, (row, _, _) in enumerate(rows):
        for variable, amount in row.items():
            matrix[number, variable] = amount
    low, high = np.zeros(box + len(offers)), np.full(box + len(offers), np.inf)
    high[:ship] = 1.0
    high[ship:stay] = [fleet.most for fleet in model.fleets]
    if taken is not None:
        low[:ship] = high[:ship] = [float(taken[d] == n) for d, n in option]
    answer = milp(
        np.array(
            [
                *(model.usd[d][n] for d, n in option),
                *(fleet.usd_each for fleet in model.fleets),
                *(program.unmet_usd or 0.0 for _ in program.lots),
                *(_usd(program, offer) for offer in offers),
            ]
        ),
        integrality=np.arange(box + len(offers)) < ship,
        bounds=Bounds(low, high),
        constraints=LinearConstraint(
            matrix.tocsr(), [each[1] for each in rows], [each[2] for each in rows]
        ),
        options={"mip_rel_gap": 0.0},
    )
    assert answer.success, answer.message
    return float(answer.fun)


def _usd(program: Program, offer: Offer) -> float:
    return offer.route.objective_usd(program.objective_weights[program.lots[offer.lot].pair])


def test_no_choice_of_services_is_cheaper(solved: _Solved) -> None:
    found, capacity = solved.found, solved.program.capacity
    assert found.bound_usd <= found.value_usd * (1.0 + CLOSE)
    assert found.value_usd == pytest.approx(_least_usd(solved, capacity=capacity), rel=CLOSE)


def test_no_way_of_a_box_is_cheaper_under_the_duals(solved: _Solved) -> None:
    program, flows = solved.program, solved.found.scenarios[0]
    prices, carried = flows.prices, {one.offer.key for one in flows.flows}
    for offer in solved.offers:
        if all(solved.found.taken[d] in options for d, options in offer.needs):
            paid = _usd(program, offer) + sum(
                amount * float(prices.by_month[place, season])
                for place, season, amount in offer.route.uses
            )
            assert paid >= float(prices.lot_usd[offer.lot]) - 1e-4
            if offer.key in carried:
                assert paid == pytest.approx(float(prices.lot_usd[offer.lot]), abs=1e-4)


def test_a_capacity_moved_by_a_tenth_moves_the_value_by_its_shadow_price(solved: _Solved) -> None:
    program, found = solved.program, solved.found
    value, worth = found.value_usd, found.scenarios[0].prices.by_month

    def moved(key: tuple[int, int], part: float) -> float:
        capacity = program.capacity.copy()
        capacity[key] *= 1.0 + part
        return _least_usd(solved, capacity=capacity, taken=found.taken)

    places = solved.places
    assert bool(places) == solved.scarce == any(worth[key] > 1.0 for key in places)
    for key in places:
        tenth = float(worth[key]) * MOVED * program.capacity[key]
        assert moved(key, -MOVED) - value >= tenth - CLOSE * value
        assert -CLOSE * value <= value - moved(key, MOVED) <= tenth + CLOSE * value


def test_a_summer_loop_sails_back_once_it_is_there_and_keeps_ships_until_home() -> None:
    plan = load_plan("design-arctic-loop", command="design")
    found = design_plan(plan)
    (service,), (fleet,) = found.run, found.fleets
    (declared,) = service.declared
    first, last, end = declared.first_day, declared.last_day, date(2026, 10, 1)
    assert first is not None
    assert last is not None
    # On 1 July the way is shut to its ships, and whoever leaves in late September cannot come back.
    assert date(2026, 7, 1) < first < last < date(2026, 9, 30)
    assert service.chosen is not None
    a_day = service.departures / 7.0
    out_days = math.ceil(service.way_days[0])
    out = ((last - first).days + 1) * a_day
    back = (end - first - timedelta(days=out_days)).days * a_day
    assert service.chosen.teu == pytest.approx((out + back) * service.capacity_teu, rel=1e-6)
    # A ship is in use from a week before it first leaves to a week after it is back: sailings times
    # their round trip, rounded up to whole ships, and the two weeks of each ship.
    season, after = (used * days for used, days in zip(fleet.used, (92, 92), strict=False))
    days = (last - first).days + 1 + 14
    assert season + after == pytest.approx(fleet.held * days, rel=1e-6)
    assert fleet.used[2:] == (0.0, 0.0)
    assert service.chosen.vehicles == fleet.held
