"""Published liner networks: their flows give their profits, and a selection is never worse."""

from __future__ import annotations

import pytest

from corridors.optimise.design.relaxation import Relaxation
from corridors.optimise.design.selection import choose_services
from corridors.optimise.highs_process import HighsProcess
from tests.optimise.liner_lib import FOLDER, Rotations, published

pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="LINER-LIB is not here")
INSTANCES = [
    *("Baltic", "WAF", "Mediterranean"),
    pytest.param("EuropeAsia", marks=pytest.mark.long),
]


@pytest.mark.parametrize("instance", INSTANCES)
def test_flows_on_published_rotations_give_the_published_profit(instance: str) -> None:
    rotations, profit = published(instance)
    network = Rotations(instance, rotations)
    everything = tuple(range(len(rotations)))
    flows = Relaxation(network.program, network).solve(everything)
    assert -flows.value_usd == pytest.approx(profit, rel=0.002)


@pytest.mark.parametrize("seconds", [1.5, pytest.param(60.0, marks=pytest.mark.long)])
def test_a_selection_for_west_africa_is_no_worse_than_the_published_network(
    seconds: float,
) -> None:
    start, profit = published("WAF")
    # Rotations published for cheaper and dearer hire, at the hire of the base case.
    hire = {rotation.capacity: rotation.hire_usd / rotation.ships for rotation in start}
    others = [
        rotation
        for name in ("WAF_low", "WAF_high")
        for rotation in published(name)[0]
        if rotation.capacity in hire
    ]
    pool = [
        *start,
        *(
            type(one)(
                ports=one.ports,
                capacity=one.capacity,
                ships=one.ships,
                call_usd=one.call_usd,
                bunker_usd=one.bunker_usd,
                hire_usd=hire[one.capacity] * one.ships,
            )
            for one in others
        ),
    ]
    network = Rotations("WAF", pool, most={450.0: 14.0, 800.0: 28.0})
    known = tuple(n if n < len(start) else None for n in range(len(pool)))
    with HighsProcess() as highs:
        found = choose_services(
            network.program,
            network,
            time_limit_s=seconds,
            highs=highs,
            start=known,
        )
    assert -found.value_usd >= profit * (1.0 - 1e-6)
    assert found.bound_usd <= found.value_usd
    used = dict.fromkeys((450.0, 800.0), 0)
    for n in found.chosen:
        if n is not None:
            used[pool[n].capacity] += pool[n].ships
    assert used[450.0] <= 14
    assert used[800.0] <= 28
