"""Questions that were searched for minutes, or in gigabytes, take seconds."""

from __future__ import annotations

import time

import pytest

from corridors.config import load_scenario
from corridors.domain.results import OptionStatus
from corridors.studies.compare.run import compare, compare_in_both_worlds

# What the campaign of drawn scenarios allows.
MOST_SECONDS = 10.0


@pytest.mark.parametrize(
    "sets",
    [
        # 193 s of the processor once: an April of many ships and no limit.
        ["origin=Mumbai", "destination=Istanbul", "world=current", "departure=2022-04-04"],
        # 23 s.
        pytest.param(["departure=2022-04-04"], marks=pytest.mark.long),
        # 138 s, and 2.9 GB.
        pytest.param(
            ["origin=Hamburg", "destination=Tianjin", "objective=days"], marks=pytest.mark.long
        ),
    ],
    ids=" ".join,
)
def test_no_question_is_searched_for_minutes(sets: list[str]) -> None:
    began = time.process_time()
    found = compare(load_scenario("shanghai-europe", set_values=sets), figures_only=True)
    assert time.process_time() - began < MOST_SECONDS
    assert any(route.status is OptionStatus.USABLE for route in found.routes)


@pytest.mark.long
def test_routes_that_nobody_sells_take_no_searches_of_their_own() -> None:
    # 71 s once, 40 of them for the note on the other world.
    ends = ["origin=Bukhara", "destination=Smolensk", "departure=2024-03-22"]
    sets = [*ends, "objective=days", "world=current"]
    began = time.process_time()
    found = compare_in_both_worlds(load_scenario("shanghai-europe", set_values=sets))
    assert time.process_time() - began < MOST_SECONDS
    assert found.decision.recommended == "russia-rail"
