"""`corridors invest`: its answer, its files, and plans that cannot be met."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest

import corridors
from corridors.cli.main import run
from corridors.cli.study_commands import Printer
from corridors.config import load_projects
from corridors.config.plan import load_plan
from corridors.domain.scenario import ProjectChoice, Scenario
from corridors.errors import ConfigError
from corridors.optimise.highs_process import HighsProcess
from corridors.studies import building
from corridors.studies.allocate.run import allocate_plan, solve_plan
from corridors.studies.building import Works, with_projects_built
from corridors.studies.invest.result import _told
from corridors.studies.lanes import Resource
from corridors.studies.searched_plans import capacity_of
from corridors.studies.session import Session
from corridors.studies.worth import worth_over_life
from tests.output.html.report.investments import example_investment

PLAN = """budget_usd_m: 1500
projects: [khorgos-second-terminal, malaszewicze, bakhty-ayagoz]
annuity: {rate: 0, years: 200}
allocation:
  first_month: 2031-01
  months: 12
  departures: [10]
  objective: generalised
  corridors: any
  unmet_usd_per_teu: 12000
  pairs:
    - origin: Chongqing
      destination: Lodz
      value_of_time_usd_per_teu_day: 80
      teu_per_month: [32000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
  scenario: {price_basis: cost}
"""


def _plan(folder: Path, text: str = PLAN) -> Path:
    file = folder / "plan.yaml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> corridors.Investment:
    """Return the answer to the plan, found by trying every set."""
    return corridors.invest(_plan(tmp_path_factory.mktemp("tried"), at_new_year(PLAN)))


@pytest.mark.long
def test_the_best_set_is_the_best_of_all_affordable_sets(
    tried: corridors.Investment, tmp_path: Path
) -> None:
    plan = load_plan(_plan(tmp_path, at_new_year(PLAN)), command="invest")
    projects = load_projects([choice.id for choice in plan.projects])
    session = Session()
    cost = [project.cost.value for project in projects]
    usd = {
        chosen: allocate_plan(
            with_projects_built(plan, [plan.projects[p] for p in chosen]),
            session=session,
        ).value_usd
        for size in range(4)
        for chosen in combinations(range(3), size)
    }
    # At no interest over 200 years a project costs half a per cent of its cost a year.
    whole = {
        chosen: value + sum(cost[p] for p in chosen) * 1e6 / 200
        for chosen, value in usd.items()
        if sum(cost[p] for p in chosen) <= plan.budget_usd_m
    }
    best = min(whole, key=lambda chosen: whole[chosen])
    assert best
    assert {gain.id for gain in tried.built} == {plan.projects[p].id for p in best}
    assert tried.value_usd == pytest.approx(whole[best], rel=1e-9)
    assert tried.gain_usd == pytest.approx(usd[()] - usd[best], rel=1e-9)
    assert tried.charge_usd == pytest.approx(sum(cost[p] for p in best) * 1e6 / 200)
    assert tried.proved
    assert tried.gap_usd < 1.0
    for p, gain in enumerate(tried.projects):
        assert gain.alone_usd == pytest.approx(usd[()] - usd[p,], abs=1e-2)
        others = tuple(other for other in range(3) if other != p)
        assert gain.with_others is not None
        assert gain.with_others.gain_usd == pytest.approx(usd[others] - usd[0, 1, 2], abs=1e-2)
        if p in best:
            fewer = tuple(other for other in best if other != p)
            assert gain.in_set_usd == pytest.approx(usd[fewer] - usd[best], abs=1e-2)
        # Worth over the life: 200 years of gain less the cost; nothing is discounted.
        assert gain.alone.net_present_usd == pytest.approx(
            200 * gain.alone_usd - cost[p] * 1e6, rel=1e-6
        )
        assert gain.alone.benefit_cost == pytest.approx(200 * gain.alone_usd / cost[p] / 1e6)


@pytest.mark.long
def test_the_curve_rises_with_the_budget(tried: corridors.Investment) -> None:
    curve = tried.curve
    assert all(step.cost_usd_m <= step.budget_usd_m for step in curve)
    gains = [step.gain_usd for step in curve]
    assert gains == sorted(gains)
    assert gains[0] == 0.0


USUAL = PLAN.replace("annuity: {rate: 0, years: 200}\n", "")
FEWER = USUAL.replace("[khorgos-second-terminal, malaszewicze, bakhty-ayagoz]", "[malaszewicze]")


@pytest.fixture(scope="module")
def fewer(tmp_path_factory: pytest.TempPathFactory) -> corridors.Investment:
    """Return the answer to the plan with one project."""
    return corridors.invest(_plan(tmp_path_factory.mktemp("fewer"), at_new_year(FEWER)))


@pytest.mark.long
def test_what_does_not_pay_is_not_recommended_and_says_what_would(
    fewer: corridors.Investment,
) -> None:
    found = fewer
    (yard,) = found.projects
    # 1,080 million USD at 5 % over the 30 years of its file.
    assert yard.charge_usd == pytest.approx(1080e6 * 0.0650514, rel=1e-5)
    assert found.built == ()
    assert found.sentences[1].startswith("Build nothing")
    broken = yard.break_even
    assert broken is not None
    assert broken.subsidy_usd == pytest.approx(yard.charge_usd - yard.alone_usd)
    assert broken.teu > 0.0
    assert broken.toll_usd_per_teu == pytest.approx(yard.charge_usd / broken.teu)
    assert broken.worth_usd_per_teu == pytest.approx(yard.alone_usd / broken.teu, rel=1e-3)
    told = found.sentences[2]
    assert told.startswith("Malaszewicze reloading area does not pay: built alone it saves ")
    assert f"a subsidy of {broken.subsidy_usd / 1e6:,.2f} million USD a year" in told


@pytest.mark.long
def test_at_the_volume_told_a_project_pays_and_below_it_does_not(tmp_path: Path) -> None:
    text = PLAN.replace(
        "khorgos-second-terminal, malaszewicze, bakhty-ayagoz", "khorgos-second-terminal"
    )
    text = text.replace("32000", "12000")
    found = corridors.invest(_plan(tmp_path, text))
    broken = found.projects[0].break_even
    assert broken is not None
    factor = broken.volume_factor
    assert factor is not None
    assert factor > 1.05
    for times, built in ((factor, True), (factor / 1.05, False)):
        again = corridors.invest(_plan(tmp_path, text.replace("12000,", f"{12000 * times:.6f},")))
        assert bool(again.built) is built


def at_new_year(text: str) -> str:
    """Return the plan with its boxes leaving on the first day of the month.

    Those that leave on the 10th may go slowly, to reach a full border in the next month. Which of
    these ways a search finds is chance (docs/how-to/plans.md), so that two plans compare to a
    percent only.
    """
    return text.replace("departures: [10]", "departures: [1]")


@pytest.mark.long
def test_what_is_in_use_is_part_of_the_plan_and_never_built(tmp_path: Path) -> None:
    def usd(text: str) -> float:
        return allocate_plan(load_plan(_plan(tmp_path, text), command="invest")).value_usd

    last = at_new_year(FEWER)
    text = last.replace("[malaszewicze]", "[malaszewicze, dostyk-moyynty]")
    found = corridors.invest(_plan(tmp_path, text))
    track = next(gain for gain in found.projects if gain.id == "dostyk-moyynty")
    assert track.in_use
    assert not track.built
    assert track.break_even is None
    assert found.plan.projects[0].id == "dostyk-moyynty"
    with_track = usd(last.replace("basis: cost", "basis: cost, projects: [dostyk-moyynty]"))
    assert found.before.value_usd == pytest.approx(with_track)
    assert track.alone_usd == pytest.approx(usd(last) - with_track)
    assert any("open since 30 September 2025" in text for text in found.sentences)


def test_volumes_grow_without_phases(tmp_path: Path) -> None:
    text = PLAN.replace("allocation:", "demand_growth: 0.02\nallocation:")
    phases = load_plan(_plan(tmp_path, text), command="invest").phases
    assert phases is not None
    assert (phases.years, phases.until) == ((2031, 2037, 2043, 2049, 2055), 2061)
    assert phases.budgets_usd_m == (1500.0, 0.0, 0.0, 0.0, 0.0)
    assert phases.factor(1) == pytest.approx(1.02**6)


def test_a_phase_is_split_where_a_project_opens_within_it(tmp_path: Path) -> None:
    given = "phases: {years: [2029, 2036], until: 2040, budgets_usd_m: [300, 1200]}\nallocation:"
    phases = load_plan(_plan(tmp_path, PLAN.replace("allocation:", given)), command="invest").phases
    assert phases is not None
    # Malaszewicze opens on the last day of 2030; the others are open in 2029.
    assert (phases.years, phases.budgets_usd_m) == ((2029, 2031, 2036), (300.0, 0.0, 1200.0))


def test_a_project_that_opens_within_a_year_counts_for_the_rest_of_it(tmp_path: Path) -> None:
    text = PLAN.replace("allocation:", "phases: {years: [2031], until: 2033}\nallocation:").replace(
        "malaszewicze,", "{id: malaszewicze, opens: 2031-01-02},"
    )
    plan = load_plan(_plan(tmp_path, text), command="invest")
    phases = plan.phases
    assert phases is not None
    # Its first full month is February; January alone is lost.
    assert phases.starts == (date(2031, 1, 1), date(2031, 2, 1))
    assert phases.discounted_years(0, 0.25) == pytest.approx(31 / 365 * 0.8)
    assert phases.discounted_years(1, 0.25) == pytest.approx(334 / 365 * 0.8 + 0.64)


PHASED = PLAN.replace(
    "allocation:",
    "phases: {years: [2031, 2036], until: 2040, demand_growth: 0.1, budgets_usd_m: [300, 1200]}\n"
    "allocation:",
).replace(", bakhty-ayagoz", "")


@pytest.fixture(scope="module")
def phased(tmp_path_factory: pytest.TempPathFactory) -> corridors.Investment:
    """Return the answer to the plan in two phases."""
    return corridors.invest(_plan(tmp_path_factory.mktemp("phased"), at_new_year(PHASED)))


@pytest.mark.long
def test_phases_open_projects_as_money_comes_and_volumes_grow(
    phased: corridors.Investment,
) -> None:
    found = phased
    assert found.years == (2031, 2036)
    # The money of 2031 pays for Khorgos alone.
    assert found.schedule[0] in ((), ("khorgos-second-terminal",))
    assert set(found.schedule[0]) <= set(found.schedule[1])
    # Five and four years at no interest.
    for gain in found.projects:
        assert gain.by_phase[1] >= gain.by_phase[0] > 0.0
        expected = 5 * gain.by_phase[0] + 4 * gain.by_phase[1] - 9 * gain.charge_usd
        assert gain.alone.net_present_usd == pytest.approx(expected, rel=1e-6)


@pytest.mark.long
def test_a_phase_gains_what_a_plan_of_its_volumes_does(
    phased: corridors.Investment, tmp_path: Path
) -> None:
    found = phased
    grown = [
        corridors.invest(
            _plan(
                tmp_path,
                at_new_year(PLAN).replace(", bakhty-ayagoz", "").replace("32000", f"{teu:.6f}"),
            )
        )
        for teu in (32000, 32000 * 1.1**5)
    ]
    for number, gain in enumerate(found.projects):
        alone = [one.projects[number].alone_usd for one in grown]
        # A route found under one set of prices may be too slow for the search under others, which
        # lets no time pass on the way: at a scarcity of a thousand USD, 0.003 % of the plan's cost.
        near = 1e-4 * found.before.value_usd
        assert list(gain.by_phase) == pytest.approx(alone, abs=near)
    assert found.before.value_usd == pytest.approx(grown[1].before.value_usd, rel=1e-9)


@pytest.mark.long
def test_a_time_limit_returns_the_best_found_with_a_bound(tmp_path: Path) -> None:
    found = corridors.invest(_plan(tmp_path), time_limit_s=0.001)
    assert not found.proved
    assert "stopped" in found.proof
    assert 0.0 < found.bound_usd <= found.value_usd


def test_a_project_widens_a_crossing_from_the_month_after_it_opens(tmp_path: Path) -> None:
    text = PLAN.replace(
        "[khorgos-second-terminal", "[{id: khorgos-second-terminal, opens: 2031-02-01}"
    )
    plan = load_plan(_plan(tmp_path, text), command="invest")
    projects = load_projects([choice.id for choice in plan.projects])
    number = next(p for p, q in enumerate(projects) if q.id == "khorgos-second-terminal")
    planned = solve_plan(with_projects_built(plan, [plan.projects[number]]))
    crossing = planned.resources.index("border CN-KZ@kz-altynkol")
    assert planned.program.capacity[crossing, 0] == pytest.approx(10400 * 0.1 * 31 / 7)
    assert planned.program.capacity[crossing, 1] == pytest.approx(24750 * 0.1 * 28 / 7)
    assert planned.months[0] == plan.months[0]


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("malaszewicze", "malaszevice", "did you mean 'malaszewicze'"),
        ("budget_usd_m: 1500", "budget_usd_m: 200",
         "200 million USD is too little for any project; the cheapest is khorgos-second-terminal"),
        ("projects: [khorgos-second-terminal, malaszewicze, bakhty-ayagoz]", "projects: []",
         "plan.yaml:2: projects"),
        ("budget_usd_m: 1500", "budget_usd_m: -5", "plan.yaml:1: budget_usd_m"),
        ("first_month: 2031-01", "first_month: 2026-01", "opens after the last month of the plan"),
        ("[32000, 0,", "[-1, 0,", "plan.yaml:15: "),
        ("  unmet_usd_per_teu: 12000\n", "", "without any project"),
        ("months: 12", "months: 24",
         "plan.yaml:15: pairs[0].teu_per_month: 12 volumes for 24 months; give one or 24"),
        ("[32000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]", "32000",
         "plan.yaml:6: months: 2 months; gains are per year: months: 12"),
        ("projects: [khorgos-second-terminal, malaszewicze, bakhty-ayagoz]",
         "projects: [dostyk-moyynty]", "all are in use (dostyk-moyynty since 2025-09-30)"),
        ("allocation:", "phases: {years: [2036, 2031], until: 2040}\nallocation:",
         "years [2036, 2031] until 2040 must ascend"),
        ("allocation:",
         "phases: {years: [2031], until: 2040, budgets_usd_m: [100, 1400]}\nallocation:",
         "2 budgets for 1 phases; give one each"),
        ("allocation:",
         "phases: {years: [2031], until: 2040, budgets_usd_m: [100]}\nallocation:",
         "budgets_usd_m add up to 100, but budget_usd_m is 1,500; change one of the two"),
        ("allocation:", "phases: {years: [2026, 2028], until: 2030}\nallocation:",
         "opens after the last phase begins, 2029; add a later phase"),
        ("allocation:",
         "demand_growth: 0.02\nphases: {years: [2031], until: 2040}\nallocation:",
         "demand_growth: given beside phases; give phases.demand_growth"),
        ("{price_basis: cost}", "{price_basis: cost, projects: [malaszewicze]}",
         "already in the scenario of the plan; leave it out here"),
    ],
)  # fmt: skip
def test_a_bad_plan_ends_in_a_sentence(tmp_path: Path, old: str, new: str, named: str) -> None:
    assert old in PLAN
    text = PLAN.replace(old, new)
    if "2 months" in named:
        text = text.replace("months: 12", "months: 2")
    if "without any" in named:
        text = text.replace("  corridors: any", "  corridors: [kazakhstan-khorgos]")
    with pytest.raises(ConfigError) as caught:
        corridors.invest(_plan(tmp_path, text))
    assert named in str(caught.value)


def test_an_allocation_may_be_a_file_beside_the_plan(tmp_path: Path) -> None:
    inner = "\n".join(line[2:] for line in PLAN.splitlines()[4:])
    (tmp_path / "freight.yaml").write_text(inner, encoding="utf-8")
    head = "\n".join(PLAN.splitlines()[:3]) + "\nallocation: freight.yaml\n"
    plan = load_plan(_plan(tmp_path, head), command="invest")
    assert plan.pairs == load_plan(tmp_path / "freight.yaml").pairs
    assert plan.projects[0] == ProjectChoice(
        id="bakhty-ayagoz", opens=load_projects(["bakhty-ayagoz"])[0].opens
    )


@pytest.mark.long
def test_the_command_writes_its_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = PLAN.replace(", bakhty-ayagoz", "")
    with pytest.raises(SystemExit) as ended:
        run(["invest", str(_plan(tmp_path, text)), "--out", str(tmp_path / "out"),
             "--format", "json"])  # fmt: skip
    assert ended.value.code == 0
    told = json.loads(capsys.readouterr().out)
    assert told == json.loads((tmp_path / "out" / "invest.json").read_text(encoding="utf-8"))
    assert told["built"] == [gain["project"] for gain in told["projects"] if gain["built"]]
    assert len(told["budget_curve"]) == 10
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"invest.json", "invest.csv", "report.html", "map.html", "index.html"}
    rows = (tmp_path / "out" / "invest.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 3


def test_the_table_says_what_is_built_and_from_which_budget_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    found = example_investment(tmp_path)
    (none, both) = found.curve
    again = replace(both, budget_usd_m=1200.0)
    replace(found, curve=(none, both, again)).show(Printer())
    text = capsys.readouterr().out
    lines = text.splitlines()
    assert (
        "Build Second terminal: 300 of 1,000 million USD. This saves 3.00 million USD a year,"
        " against an annuity of 2.00." in lines
    )
    assert [line for line in lines if line.startswith("With ")] == [
        "With 100 million USD: no project can be paid; the cheapest takes 300.",
        "With 300 million USD or more: Second terminal; saves 3.0 million USD a year.",
    ]
    assert lines[-1].startswith("Lowest cost found: USD ")
    assert "No set of projects within the budget is better; 4 sets of projects were valued." in text
    (bakhty,) = (line for line in lines if line.startswith("Bakhty  "))
    (second,) = (line for line in lines if line.startswith("Second terminal  "))
    assert bakhty.split()[1:] == ["700", "5.00", "1.50", "0.30"]
    assert second.split()[2:] == ["300", "2.00", "3.00", "3.00", "1.50", "yes"]
    assert (
        "Bakhty does not pay: built alone it saves 1.50 million USD a year, against an annuity of"
        " 5.00 (benefit-cost ratio 0.30, net present value -490 million USD). It would pay with a"
        " subsidy of 3.50 million USD a year or with 4.0 times the volumes of this plan. No toll"
        " would be enough: it would have to be USD 100 on each 40' of the 100,000 TEU a year"
        " that benefit, and the project saves them USD 30." in lines
    )
    loses = [replace(one, alone=replace(one.alone, gain_usd=-1.5e6)) for one in found.projects]
    replace(found, projects=tuple(loses)).show(Printer())
    assert "built alone it makes the plan dearer by 1.50 million USD" in capsys.readouterr().out


def test_the_table_says_what_is_not_proved_and_what_volumes_gain(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    found = example_investment(tmp_path)
    bakhty, second = found.projects
    told = replace(bakhty, by_volume=((0.9, 2e6), (1.0, 1.5e6), (1.2, 3e6)))
    stopped = replace(found, bound_usd=0.5 * found.value_usd, projects=(told, second))
    stopped.show(Printer())
    lines = capsys.readouterr().out.splitlines()
    assert any("stopped early: a better set may save up to the gap" in one for one in lines)
    gains = "Gain alone in million USD a year at 0.9, 1 and 1.2 times the volumes: Bakhty 2.0, 1.5"
    gains += ", 3.0."
    # What to build is said first, gains by volume after it.
    assert lines.index(gains) > next(n for n, one in enumerate(lines) if one.startswith("Build "))


def test_too_many_projects_that_change_speeds_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "MOST_APART", 0)
    plan = load_plan(_plan(tmp_path), command="invest")
    projects = load_projects([choice.id for choice in plan.projects])
    with (
        HighsProcess() as highs,
        pytest.raises(ConfigError, match=r"1 projects change .* \(malaszewicze\); give at most 0"),
    ):
        Works(
            plan, plan.projects, projects,
            weights=(1.0,), factors=(1.0,), charges_usd=(0.0,) * 3, highs=highs,
        )  # fmt: skip


def test_what_a_project_begins_to_limit_is_free_until_it_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = load_plan(_plan(tmp_path), command="invest")

    def listed(scenario: Scenario, months: Sequence[date]) -> tuple[Resource, ...]:
        border = (100.0,) * len(months), (150.0 if scenario.projects else 100.0,) * len(months)
        found = [("border.capacity_teu_per_week", "A-B", border[1])]
        if scenario.projects:
            found.append(("port.capacity_teu_per_week", "c", border[0]))
        return tuple(Resource(parameter=p, scope=s, teu_per_week=teu) for p, s, teu in found)

    monkeypatch.setattr(building, "resources_of", listed)
    works = object.__new__(Works)
    works._choices = plan.projects[:1]
    resources, (wider,) = works._resources(plan, [], [])
    assert [each.scope for each in resources] == ["A-B", "c"]
    base = capacity_of(plan, resources)
    january = 31 / 7 * 0.1
    assert base[:, 0].tolist() == pytest.approx([100.0 * january, (100.0 + 1e6) * january])
    ((project, more),) = wider[0, 0]
    assert project == 0
    assert more == pytest.approx(50.0 * january)
    assert base[1, 0] + wider[1, 0][0][1] == pytest.approx(100.0 * january)
    # On its own legs it is there with the project alone, as they are.
    own, _ = works._resources(plan, [0], [])
    assert capacity_of(plan, own)[1, 0] == pytest.approx(100.0 * january)


@pytest.mark.parametrize(
    ("saved_usd", "built", "said"),
    [
        (9e6, True, " pays: "),
        (9e6, False, " pays: "),
        (1e6, True, " pays as part of the best set: "),
        (1e6, False, " does not pay: "),
    ],
)
def test_a_project_pays_alone_or_as_part_of_the_best_set(
    saved_usd: float, said: str, tmp_path: Path, *, built: bool
) -> None:
    investment = example_investment(tmp_path)
    alone = worth_over_life(saved_usd, 50e6, 4e6, life_years=30.0)
    one = replace(investment.projects[0], alone=alone, built=built, charge_usd=4e6)
    assert said in _told(investment, one)
