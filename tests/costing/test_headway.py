"""How long a box waits for its ship: weekly loops less blank sailings, or a season's sailings."""

from __future__ import annotations

import pytest

from corridors.costing.operations import schedule_wait_hours
from corridors.domain.scenario import Override
from tests.costing.examples import PARAMETERS, SERVICES, terminal

SHANGHAI = terminal("cn-shanghai")


def wait(service: str, year: str) -> float:
    return schedule_wait_hours(SERVICES[service], SHANGHAI, PARAMETERS, year=year)


def test_blank_sailings_stretch_the_week() -> None:
    # 7 days over 0.93 in 2025 and over 0.9 in 2024, half of it waited.
    assert wait("sea/14k", "2025") == pytest.approx(168 / 0.93 / 2)
    assert wait("sea/14k", "2024") == pytest.approx(168 / 0.9 / 2)
    assert wait("sea/14k", "2031") == wait("sea/14k", "2025")
    assert wait("sea/feeder", "2024") == 126 / 2


def test_the_wait_for_an_arctic_ship_is_its_season_over_its_sailings() -> None:
    # 106 days of 2025, 14 sailings both ways: one west in 15.1 days.
    assert wait("sea/arctic-5k-ice1", "2025") == pytest.approx(106 * 24 / 7 / 2)
    # Fewer sailings in a longer season wait longer.
    assert wait("sea/arctic-5k-ice1", "2023") > wait("sea/arctic-5k-ice1", "2024")
    assert wait("sea/arctic-5k-ice1", "2024") > wait("sea/arctic-5k-ice1", "2025")


def test_more_sailings_are_a_scenario_s_to_set() -> None:
    twice = PARAMETERS.with_overrides(
        [Override(parameter="nsr.season_sailings", scope=None, value=28.0)]
    )
    ship = SERVICES["sea/arctic-4k-arc4"]
    assert schedule_wait_hours(ship, SHANGHAI, twice, year="2025") == pytest.approx(106 * 24 / 28)


def test_a_ship_from_ice_free_murmansk_does_not_wait_for_the_season() -> None:
    ship, murmansk = SERVICES["sea/arctic-5k-ice1"], terminal("ru-murmansk")
    assert (
        schedule_wait_hours(ship, murmansk, PARAMETERS, year="2025") < wait(ship.id, "2025") / 1.9
    )
