"""The departures of a plan are grouped by what changes their prices."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from corridors.domain.plan import Minimum, MinimumKind, Plan
from corridors.domain.scenario import ProjectChoice
from corridors.optimise.allocation.generation import MISSING_USD
from corridors.routing.priced.priced_network import ObjectiveWeights
from corridors.studies import lanes
from corridors.studies.lanes import Lane, Member, lanes_of, month_numbers
from corridors.studies.session import Session
from tests.output.html.map.flows import example_allocation

COST = ObjectiveWeights(usd=1.0, day=0.0, kg=0.0)


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """Return a plan that leaves on days 10 and 20 from November to January."""
    months = (date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1))
    drawn = example_allocation(tmp_path).plan
    return replace(drawn, months=months, departures=(10, 20), any_corridor=True)


def groups(
    plan: Plan, monkeypatch: pytest.MonkeyPatch, *, area: date, opens: date
) -> tuple[Lane, ...]:
    monkeypatch.setattr(lanes, "load_eca_areas", lambda: (SimpleNamespace(first_day=area),))
    pair = plan.pairs[0]
    built = (ProjectChoice(id="drawn", opens=opens),)
    pair = replace(pair, scenario=replace(pair.scenario, projects=built))
    members = (Member(kind="gate", key="suez"), Member(kind="country", key="KZ"))
    return lanes_of(plan, pair, session=Session(), members=members, resources=(), objective=COST)


def test_departures_are_days_from_the_first_of_their_group(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago = date(2000, 1, 1)
    found = groups(plan, monkeypatch, area=long_ago, opens=long_ago)
    # 10 November to 20 December are 40 days; a new year has other prices.
    assert [lane.departures for lane in found] == [{0: (0, 10), 1: (30, 40)}, {2: (0, 10)}]


def test_an_area_or_project_counts_from_its_first_day_on(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = groups(plan, monkeypatch, area=date(2026, 11, 20), opens=date(2026, 12, 20))
    assert [lane.departures for lane in found] == [
        {0: (0,)},  # 10 November: neither
        {0: (0,), 1: (20,)},  # 20 November, the first day of the area, and 10 December
        {1: (0,)},  # 20 December, the first day of the project
        {2: (0, 10)},  # January
    ]


def test_only_a_set_with_a_minimum_is_told_apart(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    least = (Minimum(kind=MinimumKind.COUNTRY, key="KZ", teu_per_month=10.0),)
    day = date(2000, 1, 1)
    (first, _) = groups(replace(plan, minimums=least), monkeypatch, area=day, opens=day)
    assert first._part.groups == (0b10,)
    assert first._rewards.tolist() == [0.0, -MISSING_USD[0]]


def test_the_days_after_a_departure_fall_in_the_months_of_the_plan(plan: Plan) -> None:
    numbers = month_numbers(plan, date(2026, 11, 20))
    # 11 days to the end of November, 31 in December; months go on beyond the plan.
    assert np.flatnonzero(np.diff(numbers))[:2].tolist() == [10, 41]
    assert (numbers[0], numbers[11], numbers[42], numbers[42 + 31]) == (0, 1, 2, 3)
