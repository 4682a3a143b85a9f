"""Shipped designs against the whole integer programme of their columns, by scipy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import lil_matrix

from corridors.config.service_design import load_design
from corridors.optimise.planning.design_choice import choose_services
from corridors.optimise.planning.design_program import Column, Designed, DesignProgram
from corridors.studies import design
from corridors.studies.design import design_plan

MOVED = 0.1
CLOSE = 1e-6

pytestmark = pytest.mark.long


@dataclass(frozen=True, slots=True, kw_only=True)
class _Solved:
    program: DesignProgram
    columns: Sequence[Column]
    found: Designed
    scarce: bool


# No place can fill up in the shipped plans, so one of them is also asked with less of each.
SCARCE = ("design-arctic-loop", "capacity_share=0.04", "unmet_usd_per_teu=20000")


@pytest.fixture(
    scope="module", params=[("design-arctic-loop",), ("design-shanghai-kaliningrad",), SCARCE]
)
def solved(request: pytest.FixtureRequest) -> _Solved:
    """Return the program of a shipped design, its columns and what was found."""
    asked: list[_Solved] = []

    def chosen(program: DesignProgram, **given: Any) -> Designed:
        found = choose_services(program, **given)
        scarce = request.param == SCARCE
        asked.append(_Solved(program=program, columns=program.columns, found=found, scarce=scarce))
        return found

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(design, "choose_services", chosen)
        name, *values = request.param
        design_plan(load_design(name, set_values=values))
    return asked[0]


def _least_usd(
    program: DesignProgram, columns: Sequence[Column], *, chosen: Sequence[int | None] | None = None
) -> float:
    """Return the least cost of a design, or of one with these choices."""
    choices, fleets, lots = len(program.choices), len(program.fleets), len(program.teu)
    ship, stay, box = choices, choices + fleets, choices + fleets + lots
    count = box + len(columns)
    needed = {key[:2] for choice in program.choices for key in choice.needs}
    limits: list[tuple[dict[int, float], float, float]] = []
    for lot, teu in enumerate(program.teu):
        row = {box + n: 1.0 for n, column in enumerate(columns) if column.lot == lot}
        limits.append(({**row, stay + lot: 1.0}, teu, teu))
    for number, room in enumerate(program.rooms):
        row = {
            box + n: float(column.rooms.count(number))
            for n, column in enumerate(columns)
            if number in column.rooms
        }
        limits.append(({**row, room.choice: -room.teu}, -np.inf, 0.0))
    for place, teu in enumerate(program.capacities):
        row = {
            box + n: taken
            for n, column in enumerate(columns)
            for of, taken in column.uses
            if of == place
        }
        limits.append((row, -np.inf, teu))
    limits += [(dict.fromkeys(of, 1.0), -np.inf, 1.0) for of in program.services]
    for fleet, period in needed:
        row = {
            n: sum(ships for f, t, ships in choice.needs if (f, t) == (fleet, period))
            for n, choice in enumerate(program.choices)
        }
        limits.append(({**row, ship + fleet: -1.0}, -np.inf, 0.0))
    matrix = lil_matrix((len(limits), count))
    for number, (row, _, _) in enumerate(limits):
        for variable, amount in row.items():
            matrix[number, variable] = amount
    low, high = np.zeros(count), np.full(count, np.inf)
    high[:choices] = 1.0
    high[ship:stay] = [np.inf if f.most is None else f.most for f in program.fleets]
    if chosen is not None:
        low[:choices] = high[:choices] = [float(n in chosen) for n in range(choices)]
    answer = milp(
        np.array(
            [
                *map(program.usd_of, range(choices)),
                *(max(0.0, fleet.usd_idle_throughout) for fleet in program.fleets),
                *(program.unmet_usd for _ in range(lots)),
                *(column.usd for column in columns),
            ]
        ),
        integrality=np.arange(count) < choices,
        bounds=Bounds(low, high),
        constraints=LinearConstraint(
            matrix.tocsr(), [each[1] for each in limits], [each[2] for each in limits]
        ),
        options={"mip_rel_gap": 0.0},
    )
    assert answer.success, answer.message
    return float(answer.fun)


def test_no_choice_of_services_is_cheaper(solved: _Solved) -> None:
    found = solved.found
    assert found.bound_usd <= found.value_usd * (1.0 + CLOSE)
    assert found.value_usd == pytest.approx(_least_usd(solved.program, solved.columns), rel=CLOSE)


def test_no_way_of_a_box_is_cheaper_under_the_duals(solved: _Solved) -> None:
    program, flows = solved.program, solved.found.flows
    prices, carried = flows.prices, {id(column) for column, _ in flows.teu}
    running = {n for n in solved.found.chosen if n is not None}
    for column in solved.columns:
        choices = {program.rooms[room].choice for room in column.rooms}
        if choices <= running:
            paid = (
                column.usd
                + sum(float(prices.room_usd[room]) for room in column.rooms)
                + sum(teu * float(prices.capacity_usd[place]) for place, teu in column.uses)
            )
            assert paid >= float(prices.lot_usd[column.lot]) - 1e-4
            if id(column) in carried:
                assert paid == pytest.approx(float(prices.lot_usd[column.lot]), abs=1e-4)


def test_a_capacity_moved_by_a_tenth_moves_the_value_by_its_shadow_price(solved: _Solved) -> None:
    program, found = solved.program, solved.found
    value = found.value_usd

    def moved(place: int, part: float) -> float:
        capacities = [*program.capacities]
        capacities[place] *= 1.0 + part
        changed = replace(program, capacities=tuple(capacities))
        return _least_usd(changed, solved.columns, chosen=found.chosen)

    worth = found.flows.prices.capacity_usd
    assert bool(program.capacities) == solved.scarce == bool((worth > 1.0).any())
    for place, teu in enumerate(program.capacities):
        tenth = float(worth[place]) * MOVED * teu
        assert moved(place, -MOVED) - value >= tenth - CLOSE * value
        assert -CLOSE * value <= value - moved(place, MOVED) <= tenth + CLOSE * value
