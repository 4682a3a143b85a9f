"""Plans with several kinds of decisions equal every choice, worked out from plain allocations."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

import corridors
from corridors.config.plan import load_plan
from corridors.domain.plan import annuity_share
from corridors.errors import ConfigError

LEGS = "from,to,system,km,countries,project\nkz-almaty,ru-moscow,1520,3200,KZ;RU,steppe-line\n"
PROJECT = """id: steppe-line
title: Steppe line
description: A straight railway from Almaty to Moscow.
opens: {day: 2030-01-01}
cost_usd_m: {value: 50, year: 2024}
life_years: {value: 30}
"""
BASE = """first_month: 2031-01
months: 12
departures: [10]
corridors: any
unmet_usd_per_teu: 12000
scenario: {world: reference-open, price_basis: cost, own_data: [legs.csv]BUILT}
pairs:
  - {origin: Almaty, destination: Moscow, value_of_time_usd_per_teu_day: 40, teu_per_month: 3000}
"""
MIXED = f"""{BASE.replace("BUILT", "")}
annuity: {{rate: 0.05}}
projects: [./steppe-line.yaml]
budget_usd_m: 100
contracts:
  - name: Rail
    country: RU
    saves_usd_per_teu: 40
    unused_usd_per_teu: 100
    step_teu: 1000
    most_teu_per_month: 3000
scenarios:
  - {{name: Usual, probability: 0.7}}
  - {{name: Half, probability: 0.3, demand: 0.5}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("legs.csv").write_text(LEGS, encoding="utf-8")
    Path("steppe-line.yaml").write_text(PROJECT, encoding="utf-8")
    Path("mixed.yaml").write_text(MIXED, encoding="utf-8")
    return tmp_path


@pytest.mark.long
def test_a_railway_of_its_own_and_a_contract_under_chance_equal_every_choice(folder: Path) -> None:
    usd = {}
    for built in (False, True):
        Path("plain.yaml").write_text(
            BASE.replace("BUILT", ", projects: [./steppe-line.yaml]" if built else "")
        )
        usd[built] = corridors.allocate("plain.yaml").value_usd
    charge = 50e6 * annuity_share(0.05, 30.0)

    def value(teu: int, *, built: bool) -> float:
        # In the second scenario half the boxes travel. All pass Russia, on the contract first.
        half = 12.0 * (100.0 * max(teu - 1500, 0) - 40.0 * min(teu, 1500)) + usd[built] / 2.0
        return charge * built + 0.7 * (usd[built] - 12.0 * 40.0 * teu) + 0.3 * half

    choices = {
        (teu, built): value(teu, built=built)
        for teu, built in product((0, 1000, 2000, 3000), (False, True))
    }
    best = min(choices, key=choices.__getitem__)
    booked, invested = corridors.book("mixed.yaml"), corridors.invest("mixed.yaml")
    assert booked.value_usd == pytest.approx(choices[best], rel=1e-7)
    assert invested.value_usd == pytest.approx(choices[best], rel=1e-7)
    assert booked.bound_usd == pytest.approx(choices[best], rel=1e-6)
    assert booked.contracts[0].teu == best[0]
    assert booked.built.startswith("Build Steppe line") == best[1]
    assert invested.booked == f"Book {best[0]:,} TEU a month of “Rail”."
    # What the line gains is told with what is booked.
    gain = choices[best[0], False] - (choices[best[0], True] - charge)
    assert invested.projects[0].alone_usd == pytest.approx(gain, rel=1e-6)
    assert invested.gain_usd == pytest.approx(gain, rel=1e-6)


def test_a_plan_of_several_kinds_is_read_by_the_commands_of_each(folder: Path) -> None:
    for command in ("book", "invest"):
        plan = load_plan("mixed.yaml", command=command)
        assert [one.id for one in plan.projects] == ["steppe-line.yaml"]
        assert [one.probability for one in plan.chances] == [0.7, 0.3]
        assert plan.chances[1].plan.pairs[0].teu == (1500.0,) * 12
    with pytest.raises(ConfigError, match="a plan of `corridors book`; run that"):
        load_plan("mixed.yaml")


def test_what_services_do_not_count_is_refused(folder: Path) -> None:
    text = MIXED + "propose: corridors\n"
    Path("mixed.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load_plan("mixed.yaml", command="design")
    told = [one for one in refused.value.faults if "not counted in a plan with services" in one]
    assert [one.split(": ")[1] for one in told] == [*("corridors", "departures")]


def test_what_nothing_in_a_plan_counts_is_refused(folder: Path) -> None:
    text = BASE.replace("BUILT", "")
    decided = "contracts or projects or services or propose"
    for key, value, beside in (
        ("scenarios", "[{name: A, probability: 1}]", decided),
        ("risk", "{weight: 0.5}", "scenarios"),
        ("phases", "{years: [2031], until: 2040}", "projects"),
        ("fleets", "[{ship: sea/4k}]", "services or propose"),
    ):
        Path("plain.yaml").write_text(f"{text}{key}: {value}\n", encoding="utf-8")
        with pytest.raises(ConfigError, match=f"{key}: counts only beside {beside}; leave it out"):
            load_plan("plain.yaml")


def test_the_dearest_cases_are_those_of_one_year(folder: Path) -> None:
    Path("mixed.yaml").write_text(f"{MIXED}demand_growth: 0.02\n", encoding="utf-8")
    load_plan("mixed.yaml", command="invest")
    with pytest.raises(ConfigError, match=r"risk.weight: the dearest cases are those of a year"):
        load_plan("mixed.yaml", command="invest", set_values=["risk.weight=0.5"])


def test_what_is_set_under_allocation_counts_before_the_rest(folder: Path) -> None:
    values = ["allocation.capacity_share=0.3", "allocation.scenario.world=open"]
    plan = load_plan("invest-founding", command="invest", set_values=values[:1])
    assert plan.capacity_share == 0.3
    with pytest.raises(ConfigError, match="open"):
        load_plan("invest-founding", command="invest", set_values=values)
