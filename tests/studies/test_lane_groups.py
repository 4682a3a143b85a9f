"""The departures of a plan are grouped by what changes their prices, on one network a pair."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from corridors.config.plan import load_plan
from corridors.domain.plan import Minimum, MinimumKind, Plan
from corridors.domain.scenario import PriceBasis, ProjectChoice
from corridors.optimise.planning.generation import MISSING_USD
from corridors.routing.priced.priced_network import ObjectiveWeights
from corridors.studies.lanes import Member, _alike, lanes_of, month_numbers
from corridors.studies.pair_network import Lane
from corridors.studies.session import Session

COST = ObjectiveWeights(usd=1.0, day=0.0, kg=0.0)
PLAN = """\
first_month: {first}
months: {months}
departures: [10, 20]
corridors: any
scenario: {{world: reference-open}}
pairs:
  - {{origin: Chongqing, destination: Duisburg, teu_per_month: 10}}
"""


def planned(folder: Path, first: str, months: int = 3) -> Plan:
    """Return a plan that leaves on days 10 and 20 of some months."""
    file = folder / "plan.yaml"
    file.write_text(PLAN.format(first=first, months=months), encoding="utf-8")
    return load_plan(file)


def lanes(plan: Plan) -> tuple[Lane, ...]:
    members = (Member(kind="gate", key="suez"), Member(kind="country", key="KZ"))
    return lanes_of(
        plan, plan.pairs[0], session=Session(), members=members, resources=(), objective=COST
    )


def test_months_of_one_price_are_one_lane_and_a_new_year_is_another(tmp_path: Path) -> None:
    # No price is known for 2034 yet: the latest ones hold.
    found = lanes(planned(tmp_path, "2034-11"))
    # 10 November to 20 December are 40 days.
    assert [lane.departures for lane in found] == [{0: (0, 10), 1: (30, 40)}, {2: (0, 10)}]
    assert len({id(lane.shared) for lane in found}) == 1


def test_a_month_with_a_price_of_its_own_is_a_lane_on_the_same_network(tmp_path: Path) -> None:
    found = lanes(planned(tmp_path, "2026-02"))
    assert [sorted(lane.departures) for lane in found] == [[0], [1], [2]]
    assert len({id(lane.shared) for lane in found}) == 1


def test_what_is_quoted_by_the_week_parts_departures_of_a_month(tmp_path: Path) -> None:
    scenario = planned(tmp_path, "2025-07").pairs[0].scenario
    days = [date(2025, 7, 1), date(2025, 7, 21)]
    assert _alike(scenario, days, Session()) == [days]
    quoted = replace(scenario, price_basis=PriceBasis.PRICE)
    assert _alike(quoted, days, Session()) == [days[:1], days[1:]]


def test_an_area_or_project_counts_from_its_first_day_on(tmp_path: Path) -> None:
    scenario = planned(tmp_path, "2027-02").pairs[0].scenario
    # The emission control area of the Norwegian Sea is in force from 1 March 2027 on.
    days = [date(2027, 2, 10), date(2027, 3, 10), date(2027, 3, 20)]
    assert _alike(scenario, days, Session()) == [days[:1], days[1:]]
    faster = (ProjectChoice(id="moscow-kazan-hsr", opens=date(2027, 3, 15)),)
    built = replace(scenario, projects=faster)
    assert _alike(built, days, Session()) == [[day] for day in days]
    # More room changes no price.
    wider = (ProjectChoice(id="bakhty-ayagoz", opens=date(2027, 3, 15)),)
    assert _alike(replace(scenario, projects=wider), days, Session()) == [days[:1], days[1:]]


def test_only_a_set_with_a_minimum_is_told_apart(tmp_path: Path) -> None:
    least = (Minimum(kind=MinimumKind.COUNTRY, key="KZ", teu_per_month=10.0),)
    (first,) = lanes(replace(planned(tmp_path, "2034-09", 2), minimums=least))
    assert first.shared.part.groups == (0b10,)
    assert first.shared._rewards.tolist() == [0.0, -MISSING_USD[0]]


def test_the_days_after_a_departure_fall_in_the_months_of_the_plan(tmp_path: Path) -> None:
    numbers = month_numbers(planned(tmp_path, "2026-11"), date(2026, 11, 20))
    # 11 days to the end of November, 31 in December; months go on beyond the plan.
    assert np.flatnonzero(np.diff(numbers))[:2].tolist() == [10, 41]
    assert (numbers[0], numbers[11], numbers[42], numbers[42 + 31]) == (0, 1, 2, 3)
