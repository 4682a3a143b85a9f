"""A plan that begins in several years has the prices and rules of each, on one network a pair."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from corridors.config.plan import load_plan
from corridors.data.parameters import load_parameters
from corridors.data.series import last_dated, load_dated_years
from corridors.domain.plan import Plan
from corridors.domain.scenario import Closure
from corridors.errors import ConfigError
from corridors.optimise.highs_process import HighsProcess
from corridors.routing.priced.priced_network import ObjectiveWeights
from corridors.routing.question import price_key
from corridors.studies.allocate.run import solve_plan
from corridors.studies.building import work_of
from corridors.studies.lanes import lanes_of
from corridors.studies.searched_plans import times
from corridors.studies.session import Session

PLAN = """\
first_month: {first}
months: {months}
departures: [10]
corridors: [cape]
unmet_usd_per_teu: 12000
scenario: {{world: reference-open}}
pairs:
  - {{origin: Shanghai, destination: Hamburg, teu_per_month: 10}}
"""
PHASED = """\
projects: [malaszewicze, khorgos-second-terminal]
budget_usd_m: 1500
annuity: {rate: 0.05}
phases: {years: [2034, 2036, 2041, 2051], until: 2055, demand_growth: 0.02}
"""
YEARS = (2036, 2038, 2041)


def planned(folder: Path, first: str = "2036-11", *, months: int = 1, more: str = "") -> Plan:
    file = folder / "plan.yaml"
    file.write_text(more + PLAN.format(first=first, months=months), encoding="utf-8")
    return load_plan(file, command="invest" if more else "allocate")


def shared_years(plan: Plan) -> tuple[list[list[int]], int]:
    """Return by lane the years that it serves, and the number of networks."""
    found = lanes_of(
        plan,
        plan.pairs[0],
        session=Session(),
        members=(),
        resources=(),
        objective=ObjectiveWeights(usd=1.0, day=0.0, kg=0.0),
        years=YEARS,
    )
    return sorted(sorted(lane.years) for lane in found), len({id(lane.shared) for lane in found})


def test_years_without_a_price_of_their_own_have_one_key(tmp_path: Path) -> None:
    scenario = planned(tmp_path).pairs[0].scenario
    ends = Session().ends_of(scenario)
    keys = {
        year: price_key(replace(scenario, departure=date(year, 5, 10)), ends)
        for year in (2034, 2036, 2039, 2041, 2060)
    }
    # The limit of the fuel standard falls in 2035, 2040, 2045 and 2050.
    assert keys[2036] == keys[2039]
    assert len(set(keys.values())) == 4
    shipped = load_parameters()
    own = replace(shipped.get("ets.price_eur_per_t", "2026"), scope="2038", value=200.0)
    table = shipped.with_rows([own])
    assert [last_dated(table, year) for year in (2037, 2039)] == [2035, 2038]


@pytest.mark.long
def test_years_of_one_price_share_their_departures(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    assert shared_years(plan) == ([[0, 1], [2]], 1)
    (pair,) = plan.pairs
    shut = (Closure(place="gate-good-hope", first_day=date(2038, 12, 1)),)
    closed = replace(pair.scenario, closures=shut)
    # What closes on a day of one year parts it from those before; later ones lack its arcs.
    apart = replace(plan, pairs=(replace(pair, scenario=closed),))
    assert shared_years(apart) == ([[0], [1], [2]], 2)


@pytest.mark.long
def test_a_phase_costs_what_a_plan_of_its_year_does(tmp_path: Path) -> None:
    plan = planned(tmp_path, "2034-01", months=12, more=PHASED)
    assert plan.phases is not None
    with HighsProcess() as highs:
        works = work_of(plan, session=Session(), highs=highs).works
        found = [works.usd(frozenset(), phase) for phase in range(4)]
    alone = replace(plan, projects=(), phases=None)
    for phase, year in enumerate(plan.phases.years):
        own = solve_plan(times(alone.begun_in(year), plan.phases.factor(phase)))
        assert found[phase] == pytest.approx(own.solved.value_usd, rel=1e-9)
    assert found[3] > found[2] * plan.phases.factor(3) / plan.phases.factor(2)


def test_months_go_on_as_far_as_phases_and_say_what_is_not_dated(tmp_path: Path) -> None:
    prices, rules = load_dated_years()
    assert planned(tmp_path, f"{prices}-01").undated == ""
    assert planned(tmp_path, f"{prices + 1}-01").undated.startswith(
        f"No price is known after {prices}: "
    )
    assert f"no rule dated after {rules}" in planned(tmp_path, f"{rules + 1}-01").undated
    assert planned(tmp_path, "2120-01").pairs[0].scenario.departure == date(2120, 1, 1)
    with pytest.raises(ConfigError, match="in the years 2019 to 2120"):
        planned(tmp_path, "2121-01")
