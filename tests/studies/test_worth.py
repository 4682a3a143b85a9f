"""What a project is worth by phase, with figures worked by hand."""

from __future__ import annotations

import pytest

from corridors.domain.investment import Phases, annuity_share
from corridors.studies.worth import worth_by_phase

THIRTY = Phases(years=(2034, 2044), until=2064, demand_growth=0.04, budgets_usd_m=(1600.0, 0.0))
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
    one = Phases(years=(2034,), until=2036, demand_growth=0.0, budgets_usd_m=(1.0,))
    assert one.discounted_years(0, 0.25) == pytest.approx(0.8 + 0.64)
