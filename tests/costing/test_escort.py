"""The icebreaker's fee follows the published ladder: one zone costs half of seven."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridors.costing import pricing
from corridors.costing.passages import escort, zone_shares
from tests.costing.examples import PARAMETERS, SERVICES


def fee(zones: set[int]) -> float:
    """Return the share of the fee for seven zones, escorted through these on one day."""
    escorted = {area: np.array([area in zones]) for area in range(1, 8)}
    return sum(float(zone_shares(area, escorted, PARAMETERS)[0]) for area in zones)


# FTS order 45-t/1 of 2014, table 8, Arc4, RUB per GT for one to seven zones.
PUBLISHED = (670.26, 804.32, 938.37, 1072.42, 1206.47, 1340.53, 1340.53)


@pytest.mark.parametrize("count", range(1, 8))
def test_zones_in_a_row_cost_the_published_ladder(count: int) -> None:
    for first in range(1, 9 - count):
        run = set(range(first, first + count))
        assert fee(run) == pytest.approx(PUBLISHED[count - 1] / PUBLISHED[-1], abs=1e-4)


@given(zones=st.sets(st.integers(1, 7), min_size=1))
def test_open_water_between_escorted_zones_begins_no_second_ladder(zones: set[int]) -> None:
    assert fee(zones) == pytest.approx(PUBLISHED[len(zones) - 1] / PUBLISHED[-1], abs=1e-4)


def test_seven_zones_of_the_shuttle_by_hand() -> None:
    # 50,963 GT x 5 USD / 3,002.7 TEU = 84.9, and 10.1 % on top; Arc7 pays 0.98 of a smaller ship's
    made = escort(3, SERVICES["sea/arctic-5k-ice1"], PARAMETERS, share=1.0)
    assert pricing.usd(made.bill, PARAMETERS) == pytest.approx(84.9 * 1.101, abs=0.2)
    strong, weak = (
        pricing.usd(escort(3, SERVICES[name], PARAMETERS, share=0.5).bill, PARAMETERS)
        for name in ("sea/arctic-4k-arc7", "sea/arctic-4k-arc4")
    )
    assert strong / weak == pytest.approx(0.98)
