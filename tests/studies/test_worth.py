"""What a project is worth by phase, with figures worked by hand."""

from __future__ import annotations

from datetime import date
from functools import partial

import numpy as np
import pytest

from corridors.domain.plan import Phases, annuity_share
from corridors.studies.worth import CLOSE, MOST_FACTOR, volume_factor, worth_by_phase

THIRTY = Phases(
    starts=(date(2034, 1, 1), date(2044, 1, 1)),
    until=2064,
    demand_growth=0.04,
    budgets_usd_m=(1600.0, 0.0),
)
COST = 1.6e9


def test_annuities_of_a_whole_life_are_worth_the_cost() -> None:
    # Thirty years at 5 % from the first of them on: what gains nothing loses its cost, no more.
    charge = COST * annuity_share(0.05, 30)
    nothing = worth_by_phase([0.0, 0.0], COST, charge, phases=THIRTY, rate=0.05, opens=0)
    assert nothing.net_present_usd == pytest.approx(-COST)
    # What gains its annuity every year is worth nothing, and is paid back before its life ends.
    even = worth_by_phase([charge, charge], COST, charge, phases=THIRTY, rate=0.05, opens=0)
    assert even.net_present_usd == pytest.approx(0.0, abs=1.0)
    assert even.benefit_cost == pytest.approx(1.0)


def test_a_year_is_discounted_from_its_end() -> None:
    one = Phases(starts=(date(2034, 1, 1),), until=2036, demand_growth=0.0, budgets_usd_m=(1.0,))
    assert one.discounted_years(0, 0.25) == pytest.approx(0.8 + 0.64)


def test_the_smallest_factor_is_found_where_gains_fall_again() -> None:
    for seed in range(40):
        _holds(seed)


def _holds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    # Two convex costs, by lines: what is scarce without the project, and later with it.
    lines = {
        built: [(float(rng.uniform(0, 40)), float(rng.uniform(-60, 60))) for _ in range(5)]
        for built in (False, True)
    }
    asked = set()

    def at(built: bool, factor: float) -> tuple[float, float]:
        asked.add(factor)
        return max((slope * factor + usd, slope) for slope, usd in lines[built])

    def gain(factor: float) -> float:
        without, with_it = (
            max(slope * factor + usd for slope, usd in lines[built]) for built in (False, True)
        )
        return without - with_it

    grid = np.geomspace(1.0, MOST_FACTOR, 1000)
    charge = float(rng.uniform(0.5, 1.1)) * max(map(gain, grid.tolist()))
    found = volume_factor(partial(at, False), partial(at, True), charge)
    enough = [factor for factor in grid.tolist() if gain(factor) >= charge]
    if found is None:
        # Only what is narrower than 2 % may be passed over.
        assert not enough or enough[-1] / enough[0] <= CLOSE**2
        return
    assert gain(found) >= charge - 1e-9
    before = [factor for factor in enough if factor < found / CLOSE * (1.0 - 3e-3)]
    assert not before or max(before) / min(before) <= CLOSE**2
    assert len(asked) < 40
