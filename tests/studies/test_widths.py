"""Scores and intervals by which widths are judged, against closed forms."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import special

from corridors.data.uncertainty import FAMILIES, load_width_factors
from corridors.domain.scenario import AS_THE_TABLES_SAY
from corridors.studies.validate.cases import HALF_A, HALF_B, load_cases
from corridors.studies.validate.run import (
    DAYS,
    MONEY,
    DrawnCase,
    best_factor,
    coverage_of,
    coverage_records,
    crps,
    drawn_cases,
    wilson,
)

NORMAL = special.ndtri((np.arange(20_000) + 0.5) / 20_000)


def drawn(place: float, *, spread: float = 0.2) -> DrawnCase:
    """Return a case at a score of log-normal draws."""
    case = replace(load_cases()[0], published=100.0 * math.exp(0.2 * place))
    return DrawnCase(
        case=case, family="sea days", ours=100.0, draws=100.0 * np.exp(spread * NORMAL)
    )


def test_the_score_of_a_normal_forecast_is_the_published_one() -> None:
    # Gneiting and Raftery (2007), eq. 21, for a standard normal and an observation of 0 and 1.
    at_the_middle = 2.0 / math.sqrt(2.0 * math.pi) - 1.0 / math.sqrt(math.pi)
    assert crps(NORMAL, 0.0) == pytest.approx(at_the_middle, rel=1e-3)
    dense, below = math.exp(-0.5) / math.sqrt(2 * math.pi), 0.8413447
    wanted = 1.0 * (2.0 * below - 1.0) + 2.0 * dense - 1.0 / math.sqrt(math.pi)
    assert crps(NORMAL, 1.0) == pytest.approx(wanted, rel=1e-3)
    assert crps(np.array([3.0]), 5.0) == 2.0


def test_the_interval_of_a_share_is_that_of_wilson() -> None:
    # Eight of ten: 0.490 to 0.943 (Newcombe 1998, table).
    assert wilson(8, 10) == pytest.approx((0.490, 0.943), abs=1e-3)
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.long
def test_draws_that_are_half_as_wide_are_told_to_be_twice_as_wide() -> None:
    # Published figures spread by 0.2 in logarithm, the draws by 0.1.
    places = special.ndtri((np.arange(40) + 0.5) / 40)
    narrow = [drawn(place, spread=0.1) for place in places]
    assert best_factor(narrow) == 2.0
    assert best_factor([drawn(place) for place in places]) == 1.0
    # Too few cases say nothing.
    assert best_factor(narrow[:9]) == 1.0
    found = coverage_of([drawn(place) for place in places], "sea days", HALF_B)
    assert found.held == 32
    assert found.places == (4,) * 10


@pytest.mark.long
def test_half_a_tells_the_factor_that_it_asks_for() -> None:
    places = special.ndtri((np.arange(20) + 0.5) / 20)
    narrow = [drawn(place, spread=0.1) for place in places]
    held = [replace(one, draws=one.draws[::100]) for one in narrow]
    by_half = [replace(one, case=replace(one.case, id=name)) for name in ("a", "c") for one in held]
    halves = {one.case.half for one in by_half}
    assert halves == {HALF_A, HALF_B}
    asked = {row["half"]: row["asks_for"] for row in coverage_records(by_half)[:2]}
    assert asked == {"A": 2.0, "B": None}


def test_each_family_has_a_factor() -> None:
    found = load_width_factors()
    assert set(found) == set(FAMILIES)
    assert found["rail days"] > found["sea days"] > 1.0 > found["sea price"]


@pytest.mark.long
def test_eighty_per_cent_intervals_hold_eighty_per_cent_of_half_b() -> None:
    records = coverage_records(drawn_cases(AS_THE_TABLES_SAY))
    rows = {row["family"]: row for row in records if row["half"] == "B"}
    for name, least in ((DAYS, 60), (MONEY, 38)):
        row = rows[name]
        assert row["cases"] >= least  # type: ignore[operator]
        assert row["from"] <= 0.8 <= row["to"]  # type: ignore[operator]
