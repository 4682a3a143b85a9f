"""Weeks before the Arctic opens: closed, until when, and no way round the world to meet it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from corridors.config import load_scenario
from corridors.domain.results import OptionStatus
from corridors.studies.compare import compare


@pytest.mark.parametrize("month", [4, 5, 6])
def test_no_ship_goes_round_the_world_to_meet_an_open_arctic(month: int) -> None:
    # By the Cape and Panama it would be in the Kara Sea in July, after a hundred days.
    asked = replace(
        load_scenario("shanghai-europe", departure=date(2026, month, 15)),
        world="red-sea-closed",
        destination="Piraeus",
        corridors=("northern-sea-route",),
    )
    (arctic,) = compare(asked, figures_only=True).routes
    assert arctic.status is OptionStatus.CLOSED
    # From 3 to 7 July `compare` finds only ships that sail a detour, 711 km a day, until it opens.
    assert arctic.next_usable_date == date(2026, 7, 8)


def test_six_weeks_before_the_season_the_arctic_is_closed_and_says_until_when() -> None:
    asked = load_scenario("shanghai-europe", departure=date(2026, 5, 15))
    found = compare(replace(asked, corridors=("northern-sea-route",)), figures_only=True)
    arctic = found.routes[0]
    assert arctic.status is OptionStatus.CLOSED
    assert arctic.next_usable_date is not None
    assert date(2026, 6, 25) <= arctic.next_usable_date <= date(2026, 7, 15)
