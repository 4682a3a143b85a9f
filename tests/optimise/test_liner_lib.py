"""Published liner networks: their flows give their profits, and a selection is never worse."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from corridors.optimise.highs_process import HighsProcess
from tests.optimise.designs import choose_services
from tests.optimise.liner_lib import (
    FOLDER,
    Rotations,
    published,
    sailed,
    ship_classes,
)

pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="LINER-LIB is not here")
INSTANCES = [
    *("Baltic", "WAF", "Mediterranean"),
    pytest.param("EuropeAsia", marks=pytest.mark.long),
]


@pytest.mark.parametrize("instance", INSTANCES)
def test_flows_on_published_rotations_give_the_published_profit(instance: str) -> None:
    rotations, profit = published(instance)
    network = Rotations(instance, rotations)
    flows = network.flows(range(len(rotations)))
    assert -flows.value_usd == pytest.approx(profit, rel=0.002)


@pytest.mark.parametrize("instance", ["Baltic", "WAF"])
def test_costs_of_published_rotations_are_calculated_to_the_dollar(instance: str) -> None:
    by_capacity = {one.capacity: one for one in ship_classes(instance)[0]}
    for rotation in published(instance)[0]:
        made = sailed(rotation.ports, rotation.nm, by_capacity[rotation.capacity], rotation.ships)
        assert made is not None
        assert made.call_usd == pytest.approx(rotation.call_usd, rel=1e-5)
        assert made.bunker_usd == pytest.approx(rotation.bunker_usd, rel=1e-4)
        assert made.hire_usd == pytest.approx(rotation.hire_usd, rel=1e-5)


@pytest.mark.long
def test_a_selection_for_west_africa_is_better_than_the_published_network() -> None:
    start, profit = published("WAF")
    classes, most = ship_classes("WAF")
    by_capacity = {one.capacity: one for one in classes}
    # Rotations published for cheaper and dearer ships too, at the costs of the base case.
    ways = [
        *start,
        *(
            rotation
            for name in ("WAF_low", "WAF_high")
            for rotation in published(name)[0]
            if rotation.capacity in by_capacity
        ),
    ]
    made = [sailed(way.ports, way.nm, by_capacity[way.capacity], way.ships) for way in ways]
    pool = [rotation for rotation in made if rotation is not None]
    assert len(pool) == len(ways)
    # Ways that some design needs, by as many ships as it likes.
    drawn, rng = Rotations("WAF", pool), np.random.default_rng(1)
    for _ in range(60):
        drawn.flows([n if rng.random() < 0.5 else None for n in range(len(pool))])
    network = Rotations("WAF", pool, most=most)
    network.program = replace(network.program, columns=drawn.program.columns)
    known = [n if n < len(start) else None for n in range(len(pool))]
    assert -network.flows(known).value_usd == pytest.approx(profit, rel=0.002)
    with HighsProcess() as highs:
        found = choose_services(network.program, time_limit_s=30.0, highs=highs)
    assert -found.value_usd >= 1.01 * profit
    assert found.bound_usd <= found.value_usd
    used = dict.fromkeys(most, 0)
    for n in found.chosen:
        if n is not None:
            used[pool[n].capacity] += pool[n].ships
    assert all(used[capacity] <= count for capacity, count in most.items())
