"""`corridors invest`: its answer, its files, and plans that cannot be met."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import corridors
from corridors.cli import invest as printing
from corridors.cli.main import run
from corridors.config import load_projects
from corridors.config.investment import load_investment
from corridors.config.plan import load_plan
from corridors.domain.scenario import ProjectChoice, Scenario
from corridors.errors import ConfigError
from corridors.studies import building
from corridors.studies import invest as investing
from corridors.studies.allocate import allocate_plan, solve_plan
from corridors.studies.building import PlanValuer, widens
from corridors.studies.lanes import Resource
from corridors.studies.session import Session
from tests.output.html.map.flows import example_allocation
from tests.output.html.report.investments import example_investment

PLAN = """budget_usd_m: 1500
projects: [khorgos-second-terminal, malaszewicze, bakhty-ayagoz]
allocation:
  first_month: 2031-03
  months: 1
  departures: [10]
  objective: generalised
  corridors: any
  unmet_usd_per_teu: 12000
  pairs:
    - origin: Chongqing
      destination: Lodz
      value_of_time_usd_per_teu_day: 80
      teu_per_month: 16000
"""


def _plan(folder: Path, text: str = PLAN) -> Path:
    file = folder / "plan.yaml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> corridors.Investment:
    """Return the answer to the plan, found by trying every set."""
    return corridors.invest(_plan(tmp_path_factory.mktemp("tried")))


def test_the_best_set_is_the_best_of_all_affordable_sets(
    tried: corridors.Investment, tmp_path: Path
) -> None:
    plan = load_investment(_plan(tmp_path))
    projects = load_projects([choice.id for choice in plan.projects])
    valuer = PlanValuer(plan.allocation, plan.projects, projects)
    session = Session()
    usd = {
        chosen: allocate_plan(valuer.with_built(frozenset(chosen)), session=session).value_usd
        for size in range(4)
        for chosen in combinations(range(3), size)
        if sum(projects[p].cost.value for p in chosen) <= plan.budget_usd_m
    }
    found = tried
    assert found.after.value_usd == pytest.approx(min(usd.values()), rel=1e-9)
    assert found.gain_usd == pytest.approx(usd[()] - min(usd.values()), rel=1e-9)
    assert found.gain_usd > 0.0
    for p, gain in enumerate(found.projects):
        assert gain.alone_usd == pytest.approx(usd[()] - usd[p,], abs=1e-3)
    built = {gain.id: gain for gain in found.built}
    # Malaszewicze frees the Polish border, Khorgos the Kazakh one: together 1,380 million.
    assert set(built) == {"khorgos-second-terminal", "malaszewicze"}
    gain = built["khorgos-second-terminal"]
    assert gain.in_set_usd == pytest.approx(usd[2,] - usd[1, 2], abs=1e-3)
    assert (found.proved, found.method, found.assumed) == (True, "every set", ())


def test_benders_finds_what_trying_every_set_finds(
    tried: corridors.Investment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(investing, "MOST_TRIED", 1)
    found = corridors.invest(_plan(tmp_path))
    assert found.method == "benders"
    assert found.proved
    assert [gain.id for gain in found.built] == [gain.id for gain in tried.built]
    assert [step.gain_usd for step in found.curve] == pytest.approx(
        [step.gain_usd for step in tried.curve]
    )
    assert found.assumed == ("bakhty-ayagoz", "malaszewicze")


def test_the_curve_rises_with_the_budget(tried: corridors.Investment) -> None:
    curve = tried.curve
    assert all(step.cost_usd_m <= step.budget_usd_m for step in curve)
    gains = [step.gain_usd for step in curve]
    assert gains == sorted(gains)
    assert gains[0] == 0.0


def test_with_an_annuity_only_what_pays_for_itself_is_built(tmp_path: Path) -> None:
    found = corridors.invest(_plan(tmp_path, PLAN + "annuity: {rate: 0.05, years: 30}\n"))
    # A month of 300 million USD at 5 % over 30 years; the works gain this plan less.
    assert found.projects[1].charge_usd == pytest.approx(300e6 * 0.0650514 / 12, rel=1e-5)
    assert found.built == ()
    assert found.gain_usd == 0.0


def test_a_project_widens_a_crossing_from_the_month_after_it_opens(tmp_path: Path) -> None:
    text = PLAN.replace("months: 1", "months: 2").replace(
        "[khorgos-second-terminal", "[{id: khorgos-second-terminal, opens: 2031-04-01}"
    )
    plan = load_investment(_plan(tmp_path, text))
    projects = load_projects([choice.id for choice in plan.projects])
    valuer = PlanValuer(plan.allocation, plan.projects, projects)
    number = next(p for p, q in enumerate(projects) if q.id == "khorgos-second-terminal")
    planned = solve_plan(valuer.with_built(frozenset({number})))
    crossing = planned.resources.index("border CN-KZ@kz-altynkol")
    assert planned.program.capacity[crossing, 0] == pytest.approx(10400 * 0.1 * 31 / 7)
    assert planned.program.capacity[crossing, 1] == pytest.approx(24750 * 0.1 * 30 / 7)
    assert planned.months[0] == plan.allocation.months[0]


def test_only_works_that_widen_what_is_listed_are_certain_never_to_cost() -> None:
    certain = [project.id for project in load_projects("all") if widens(project)]
    assert "khorgos-second-terminal" in certain
    assert "belkomur" in certain, "it only opens legs"
    assert "malaszewicze" not in certain, "boxes arrive earlier, perhaps in a fuller month"


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("malaszewicze", "malaszevice", "did you mean 'malaszewicze'"),
        ("budget_usd_m: 1500", "budget_usd_m: 200",
         "200 million USD are too little for any project; the cheapest is khorgos-second-terminal"),
        ("projects: [khorgos-second-terminal, malaszewicze, bakhty-ayagoz]", "projects: []",
         "plan.yaml:2: projects"),
        ("budget_usd_m: 1500", "budget_usd_m: -5", "plan.yaml:1: budget_usd_m"),
        ("first_month: 2031-03", "first_month: 2026-03", "opens after the last month of the plan"),
        ("teu_per_month: 16000", "teu_per_month: -1", "plan.yaml:14: "),
        ("  unmet_usd_per_teu: 12000\n", "", "without any project"),
        ("  pairs:", "  scenario: {projects: [malaszewicze]}\n  pairs:",
         "already in the scenario of the plan; leave it out here"),
    ],
)  # fmt: skip
def test_a_bad_plan_ends_in_a_sentence(tmp_path: Path, old: str, new: str, named: str) -> None:
    assert old in PLAN
    text = PLAN.replace(old, new)
    if "without any" in named:
        text = text.replace("  corridors: any", "  corridors: [kazakhstan-khorgos]")
    with pytest.raises(ConfigError) as caught:
        corridors.invest(_plan(tmp_path, text))
    assert named in str(caught.value)


def test_an_allocation_may_be_a_file_beside_the_plan(tmp_path: Path) -> None:
    inner = "\n".join(line[2:] for line in PLAN.splitlines()[3:])
    (tmp_path / "freight.yaml").write_text(inner, encoding="utf-8")
    head = "\n".join(PLAN.splitlines()[:2]) + "\nallocation: freight.yaml\n"
    plan = load_investment(_plan(tmp_path, head))
    assert plan.allocation == load_plan(tmp_path / "freight.yaml")
    assert plan.projects[0] == ProjectChoice(
        id="bakhty-ayagoz", opens=load_projects(["bakhty-ayagoz"])[0].opens
    )


def test_the_command_writes_its_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = PLAN.replace(", bakhty-ayagoz", "")
    with pytest.raises(SystemExit) as ended:
        run(["invest", str(_plan(tmp_path, text)), "--out", str(tmp_path / "out"),
             "--format", "json"])  # fmt: skip
    assert ended.value.code == 0
    told = json.loads(capsys.readouterr().out)
    assert told == json.loads((tmp_path / "out" / "invest.json").read_text(encoding="utf-8"))
    assert told["built"] == ["khorgos-second-terminal", "malaszewicze"]
    assert len(told["budget_curve"]) == 10
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"invest.json", "invest.csv", "report.html", "map.html", "index.html"}
    rows = (tmp_path / "out" / "invest.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 3


def test_the_table_says_what_is_built_and_from_which_budget_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = example_investment(tmp_path)
    (none, both) = found.curve
    again = replace(both, budget_usd_m=1200.0)
    printing._print_table(replace(found, curve=(none, both, again)))
    text = capsys.readouterr().out
    lines = text.splitlines()
    # 500,000 USD in two months are 3 million a year; the other project gains half as much alone.
    assert (
        "Build Second terminal: it costs 300 of 1,000 million USD and saves 3.000 million USD a"
        " year." in lines
    )
    assert [line for line in lines if line.startswith("With ")] == [
        "With 100 million USD or more: none; saves 0.0 a year.",
        "With 1,000 million USD or more: Second terminal; saves 3.0 a year.",
    ]
    assert "Every set that could be best was tried (4 allocations): no better set exists." in lines
    (bakhty,) = (line for line in lines if "Bakhty" in line)
    (second,) = (line for line in lines if "Second terminal" in line and "yes" in line)
    assert "1.5" in bakhty
    assert "yes" not in bakhty
    assert second.split()[-3:] == ["3", "3", "certain"]
    assert "assumed" not in text


def test_the_table_says_what_is_not_proved_and_what_is_assumed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = replace(
        example_investment(tmp_path), proved=False, method="benders", assumed=("bakhty-ayagoz",)
    )
    printing._print_table(found)
    lines = capsys.readouterr().out.splitlines()
    assert "By Benders (4 allocations): a better set may exist, time ran out." in lines
    assert "Assumed never to make the plan dearer: Bakhty." in lines


def test_the_gain_of_widening_is_bounded_by_what_the_added_room_is_worth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = example_allocation(tmp_path).plan
    choice = ProjectChoice(id="drawn", opens=date(2026, 1, 1))
    valuer = PlanValuer(plan, [choice], [])

    def listed(scenario: Scenario, months: Sequence[date]) -> tuple[Resource, ...]:
        built = bool(scenario.projects)
        border, port = (100.0, 150.0 if built else 100.0), (50.0, 75.0 if built else 50.0)
        return (
            Resource(parameter="border.capacity_teu_per_week", scope="A-B", teu_per_week=border),
            Resource(parameter="port.capacity_teu_per_week", scope="c", teu_per_week=port),
        )

    monkeypatch.setattr(building, "resources_of", listed)
    planned: Any = SimpleNamespace(
        months=plan.months,
        solved=SimpleNamespace(
            prices=SimpleNamespace(by_month=np.array([[7.0, 30.0], [9.0, 0.0]]))
        ),
        program=SimpleNamespace(capacity=np.array([[400.0, 400.0], [200.0, 200.0]])),
    )
    # The border is half as wide again in the second month: 200 TEU more at 30 USD. In the first
    # nothing is wider, and nobody would pay for the port.
    assert valuer._most_gain(0, frozenset(), planned) == pytest.approx(200.0 * 30.0)
