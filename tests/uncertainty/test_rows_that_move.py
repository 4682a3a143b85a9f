"""A row whose move changes a bill is drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import pytest

from corridors.config import load_scenario
from corridors.studies.decided import decided
from corridors.studies.session import Session
from corridors.studies.simulate.run import sample_booked
from corridors.uncertainty.evaluation import plan_for, table_at_cost


# Quotes by sea and by rail, a train whose lane follows another, ice, tolls, a cooled box.
@pytest.mark.first_case
@pytest.mark.parametrize(
    "asked",
    [
        ("shanghai-europe", "corridors=[suez, northern-sea-route, trans-siberian]"),
        ("chongqing-duisburg", "price_basis=price", "corridors=[kazakhstan-dostyk]"),
        pytest.param(
            ("yiwu-madrid", "departure=2025-09-10", "corridors=[suez, kazakhstan-dostyk]"),
            marks=pytest.mark.long,
        ),
        ("shenzhen-piraeus", "prices=2024-03", "corridors=[cape]", "shipment.equipment=40RF"),
    ],
    ids=lambda asked: asked[0],
)
def test_a_row_whose_move_changes_a_bill_is_among_those_drawn(asked: tuple[str, ...]) -> None:
    name, *values = asked
    session = Session()
    made = decided(load_scenario(name, set_values=values), session=session)
    sampled = sample_booked(made, draws=16, seed=1, session=session)
    table = table_at_cost(made.question)
    drivers = plan_for(made.question, table, ice=False).drivers
    # In each world one row is at one of its ends, in the first none. The rows of a plain table hold
    # the worlds, so that it does not matter how they are asked for.
    worlds = 1 + 2 * len(drivers)
    rows = {(row.parameter, row.scope): row for row in table.rows}
    for number, driver in enumerate(drivers):
        value = np.full(worlds, rows[driver.key].value)
        value[1 + 2 * number : 3 + 2 * number] = driver.spread.at(np.array([-1.0, 1.0]))
        rows[driver.key] = replace(rows[driver.key], value=cast("float", value))
    moved = replace(table, rows=tuple(rows.values()))
    found = replace(sampled.evaluator, table=moved).at_values({}, count=worlds).worlds
    moves = np.zeros(worlds, bool)
    for one in sampled.evaluator.routes:
        taken = found.route(one.key.arcs, wait_days=one.key.wait_days)
        for figure in (taken.cost, taken.price, taken.kg, taken.minutes):
            moves |= figure != figure[0]
    moving = {
        driver.key for driver, at in zip(drivers, moves[1:].reshape(-1, 2), strict=True) if at.any()
    }
    assert len(moving) > 30
    quotes = [key for key in moving if key[0].startswith("market.") and "freight" in key[0]]
    assert quotes
    assert moving <= set(sampled.draws.asked)
