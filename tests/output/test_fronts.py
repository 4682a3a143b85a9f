"""What is on the front, worked by hand."""

from __future__ import annotations

from corridors.optimise.decision import Candidate
from corridors.optimise.fronts import front_points, unbeaten


def candidate(corridor: str, cost: float, days: float, co2e: float) -> Candidate:
    return Candidate(
        corridor=corridor,
        cost_usd_per_teu=cost,
        days=days,
        transit_days=days,
        co2e_kg_per_teu=co2e,
        countries=frozenset(),
        gates=frozenset(),
    )


CHEAP = candidate("suez", 1000.0, 45.0, 1100.0)
QUICK = candidate("suez", 1500.0, 38.0, 2400.0)
QUICKER = candidate("rail", 1400.0, 20.0, 1700.0)


def test_a_route_worse_in_all_three_is_beaten() -> None:
    assert unbeaten([CHEAP, QUICK, QUICKER]) == (CHEAP, QUICKER)


def test_equal_routes_do_not_beat_each_other() -> None:
    twin = candidate("cape", 1000.0, 45.0, 1100.0)
    assert unbeaten([CHEAP, twin]) == (CHEAP, twin)


def test_a_corridors_own_route_may_be_beaten_by_another_corridors() -> None:
    assert [p.overall for p in front_points([CHEAP, QUICK, QUICKER])] == [True, False, True]
