"""A service that a scenario declares runs as any line of the table does, in every command."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml

from corridors.checks import scenario_faults
from corridors.config import given_scenario, load_scenario
from corridors.config.checks import Names
from corridors.config.plan import load_plan
from corridors.config.scenario import written
from corridors.data.lines import load_lines
from corridors.domain.results import RouteOption, Sails
from corridors.domain.scenario import Scenario
from corridors.domain.values import ChainPart
from corridors.errors import ConfigError
from corridors.network.lines.laying import place_named
from corridors.output.comparison import comparison_json
from corridors.output.display_names import line_text, sailings_text
from corridors.studies.allocate.run import allocate_plan
from corridors.studies.catchments.run import catchments
from corridors.studies.compare.run import compare
from corridors.studies.design.result import declared_text
from corridors.studies.design.run import design_plan
from corridors.studies.invest.run import invest_plan
from corridors.studies.route.run import routes_between
from corridors.studies.session import Session
from tests.conftest import LONG, in_both
from tests.docs.page_blocks import ROOT

SESSION = Session()
PAGE = (ROOT / "docs/how-to/deciding.md").read_text(encoding="utf-8")
# The example of the page: Shanghai to Murmansk in August, where the table has no line by sea.
EXAMPLE = yaml.safe_load(PAGE.partition("declared services\n")[2].split("```")[1][len("yaml") :])
LOOP = yaml.safe_dump(EXAMPLE["services"][0])
ARCTIC = "northern-sea-route"


def asked(*services: str, **values: object) -> Scenario:
    """Return the example with these services."""
    given = {
        **{key: value for key, value in EXAMPLE.items() if key != "services"},
        "destination": "ru-murmansk",
        **({"services": [*map(yaml.safe_load, services)]} if services else {}),
        **values,
    }
    return given_scenario(None, given, shown="test")


def by_the_arctic(scenario: Scenario) -> RouteOption:
    found = compare(scenario, session=SESSION)
    return next(route for route in found.routes if route.corridor == ARCTIC)


def test_a_declared_loop_is_the_answer_where_no_line_was_known() -> None:
    without, found = (compare(scenario, session=SESSION) for scenario in (asked(), asked(LOOP)))
    assert without.decision.recommended != ARCTIC
    assert not next(route for route in without.routes if route.corridor == ARCTIC).usable
    assert found.decision.recommended == ARCTIC
    route = next(route for route in found.routes if route.corridor == ARCTIC)
    assert (route.sails, sailings_text(route)) == (Sails.DECLARED, "1 a week, declared")
    said = "Weekly Arctic loop (declared in the scenario), 1 a week"
    assert [line_text(line) for line in route.lines] == [said]
    assert route.lines[0].source_id == "scenario"
    assert f"only on {said}" in " ".join(found.warnings)
    assert '"declared"' in comparison_json(found)


@pytest.mark.long
def test_a_project_may_build_a_service(tmp_path: Path) -> None:
    project = tmp_path / "own-loop.yaml"
    project.write_text(
        "{id: own-loop, title: Own loop, description: A loop of our own.,"
        " opens: {day: 2026-08-01}, cost_usd_m: {value: 0.1, low: 0.1, high: 0.2, year: 2025}}",
        encoding="utf-8",
    )
    own = LOOP + f"project: {project}\n"
    # Without the project it does not run, nor before it opens.
    for projects, opens, runs in (([], "", False), ([1], "2026-08-20", False), ([1], "", True)):
        built = [{"id": str(project), **({"opens": opens} if opens else {})} for _ in projects]
        assert by_the_arctic(asked(own, projects=built)).usable is runs
    given = [yaml.safe_load(own)]
    plan = {
        "first_month": "2026-01",
        "departures": [10],
        "corridors": EXAMPLE["corridors"],
        "scenario": {"services": given, "price_basis": "cost"},
        "pairs": [
            {
                "origin": "Shanghai",
                "destination": "ru-murmansk",
                # The loop ends in October: no line is known in November with it or without it.
                "teu_per_month": [0, 0, 0, 0, 0, 0, 0, 500, 0, 0, 500, 0],
            }
        ],
        "unmet_usd_per_teu": 12000,
        "budget_usd_m": 1,
        "projects": [str(project)],
    }
    file = tmp_path / "plan.yaml"
    file.write_text(yaml.safe_dump(plan), encoding="utf-8")
    found = invest_plan(load_plan(file, command="invest"))
    assert [gain.id for gain in found.built] == [str(project)]
    assert not found.after.unmet
    # What it gains is what a plan saves in which the loop runs anyhow.
    for given_project, answer in ((project, found.before), (None, found.after)):
        (service,) = given
        service["project"] = str(given_project) if given_project else None
        file.write_text(
            yaml.safe_dump(
                {k: v for k, v in plan.items() if k not in ("projects", "budget_usd_m")}
            ),
            encoding="utf-8",
        )
        own_cost = allocate_plan(load_plan(file)).value_usd
        assert own_cost == pytest.approx(answer.value_usd, rel=1e-9)


@pytest.mark.long
def test_it_runs_on_its_own_days_alone() -> None:
    # The box of June may wait a fortnight, and no loop leaves on its first day.
    for day in (date(2026, 6, 10), date(2026, 10, 16)):
        assert not by_the_arctic(asked(LOOP, departure=day)).usable
    assert by_the_arctic(asked(LOOP, departure=date(2026, 10, 1))).usable


@pytest.mark.long
def test_it_takes_the_ship_that_it_names() -> None:
    small = LOOP.replace("arctic-5k-ice1", "arctic-4k-arc4")
    for text, ship in ((LOOP, "sea/arctic-5k-ice1"), (small, "sea/arctic-4k-arc4")):
        route = by_the_arctic(asked(text))
        main = [step for step in route.steps if step.km and step.part is ChainPart.MAIN]
        assert {step.service for step in main} == {ship}


def test_all_commands_have_the_figures_of_a_comparison(tmp_path: Path) -> None:
    scenario = asked(LOOP)
    best = by_the_arctic(scenario)
    (one,) = catchments(scenario, ["ru-murmansk"], session=SESSION).to
    reached = next(each for each in one.reached if each.corridor == ARCTIC)
    assert reached.cost_usd_per_teu == pytest.approx(best.cost_usd_per_teu, abs=0.05)
    route, _, _ = routes_between(
        scenario.origin,
        scenario.destination,
        services=scenario.services,
        departure=scenario.departure,
        corridor=ARCTIC,
        session=SESSION,
    )
    assert route.lines == best.lines
    plan = tmp_path / "plan.yaml"
    values = {key: written(scenario)[key] for key in ("services", "objective")}
    pair = {"origin": scenario.origin, "destination": scenario.destination, "teu_per_month": 10}
    plan.write_text(
        yaml.safe_dump(
            {"first_month": "2026-08", "months": 1, "corridors": EXAMPLE["corridors"]}
            | {"scenario": values, "pairs": [pair]}
        )
    )
    rows = allocate_plan(load_plan(plan), session=SESSION).rows
    assert {row.corridor for row in rows} == {ARCTIC}


@pytest.mark.long
def test_a_corridor_file_declares_it_too(tmp_path: Path) -> None:
    shipped = Path("configs/corridors/northern-sea-route.yaml").read_text(encoding="utf-8")
    own = yaml.safe_load(shipped) | {"id": "loop", "services": [yaml.safe_load(LOOP)]}
    (tmp_path / "loop.yaml").write_text(yaml.safe_dump(own))
    given = asked(corridors=["trans-siberian", str(tmp_path / "loop.yaml")])
    found = compare(given, session=SESSION)
    assert found.decision.recommended == "loop"
    route = next(route for route in found.routes if route.corridor == "loop")
    assert route.lines[0].operator == "declared in corridor loop"
    with pytest.raises(ConfigError, match="is also the name of a service of the scenario"):
        SESSION.pose(replace(given, services=asked(LOOP).services), SESSION.corridors_of(given))


TRAIN = """\
name: By Kazan and Moscow
stops: [Chongqing, Kazan, Moscow, Duisburg]
way: [kz-dostyk, KZ-RU, BY-PL]
frequency: 3
"""


def test_a_train_runs_from_stop_to_stop_and_passes_what_it_names_on_one_of_these_ways() -> None:
    scenario = asked(TRAIN, origin="Chongqing", destination="Duisburg")
    laid = SESSION.pose(scenario, SESSION.corridors_of(scenario)).declared
    out, home = laid
    places = {place_named(end) for leg in out.legs for end in leg.removeprefix("-").split("--")}
    assert {"kz-dostyk", "by-brest"} <= places
    assert any("kazan" in place for place in places & out.loads & out.unloads)
    assert out.loads - out.unloads == home.unloads - home.loads
    assert not [place for place in out.unloads if "chongqing" in place]


WRONG = {
    "stops: [Shanghai, Rotterdarm]": "unknown place 'Rotterdarm', did you mean 'Rotterdam'?",
    "stops: [Shanghai, Ulaanbaatar]": "no terminal where a ship calls lies within 60 km of"
    " Ulaanbaatar",
    "stops: [Shanghai, Hamburg, shanghai]": "stops at Shanghai twice",
    "stops: [Shanghai]": "needs at least 2, got 1",
    "way: []": "the shortest way passes gate-",
    "way: gate-berring": "did you mean 'gate-bering'?",
    "way: [gate-bering, KZ-RU]": "no way for a ship joins Shanghai - Murmansk",
    "bars: gate-bering": "without gate-bering",
    "frequency: 0": "must be at least 0.001, got 0",
    "frequency: .nan": "must be a finite number, got nan",
    "per: season": "unknown value 'season', known: week, month, year",
    "ship: sea/arctic-4k": "unknown class of ships 'sea/arctic-4k', did you mean 'sea/arctic",
    "ship: rail": "unknown class of ships 'rail'",
    "last_day: 2026-06-30": "ends on 2026-06-30 before it begins on 2026-07-01",
    "stop: Hull": "unknown key, did you mean 'stops'?",
    f"name: {load_lines().lines[0].loop}": "is also the name of a line of the table",
}


@in_both
@pytest.mark.parametrize("edit", [*WRONG] if LONG else [*WRONG][1::3])
def test_what_cannot_run_is_refused_with_a_sentence(edit: str) -> None:
    key, _, value = edit.partition(": ")
    changed = yaml.safe_load(LOOP) | {key: yaml.safe_load(value)}
    try:
        (told,) = scenario_faults(asked(yaml.safe_dump(changed)), names=Names())
    except ConfigError as error:
        (told,) = error.faults
    assert "services[0]" in told
    assert WRONG[edit] in told


def test_two_services_of_one_name_and_a_border_that_stays_closed_are_refused() -> None:
    with pytest.raises(ConfigError, match="two services are called weekly Arctic loop; rename one"):
        asked(LOOP, LOOP.replace("Weekly", "weekly"))
    train = "{name: By Vainikkala, stops: [Helsinki, Moscow], way: FI-RU, frequency: 1}"
    scenario = asked(train, origin="Helsinki", destination="Moscow")
    with pytest.raises(ConfigError, match="Finland-Russia, which is closed as long as it runs"):
        SESSION.pose(scenario, SESSION.corridors_of(scenario))


DESIGN = """\
first_month: 2026-01
services:
  - name: Block train to Kaliningrad
    stops: [Shanghai, Kaliningrad]
    way: [kz-altynkol|kz-dostyk, KZ-RU, BY-RU, BY-LT, LT-RU]
    frequency: 2
alternatives: [cape]
capacity_share: 0.5
scenario: {world: reference-open}
pairs:
  - {origin: Shanghai, destination: Kaliningrad, cargo: electronics, teu_per_month: 850,
     value_of_time_usd_per_teu_day: 80}
"""


@pytest.mark.long
def test_a_comparison_finds_the_services_that_a_design_prints(tmp_path: Path) -> None:
    (tmp_path / "design.yaml").write_text(DESIGN)
    design = design_plan(load_plan(tmp_path / "design.yaml", command="design"))
    block = yaml.safe_load(declared_text(design))
    assert block["services"][0]["frequency"] == 2
    scenario = "origin: Shanghai\ndestination: Kaliningrad\ndeparture: 2026-08-20\n"
    scenario += "shipment: {teu_per_month: 100}\ncorridors: [kaliningrad]\n"
    (tmp_path / "pasted.yaml").write_text(scenario + declared_text(design))
    (route,) = compare(load_scenario(tmp_path / "pasted.yaml"), session=SESSION).routes
    assert sailings_text(route) == "2 a week, declared"


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "best", "before"),
    [
        ("arctic-loop", ARCTIC, "cape"),
        ("moscow-kazan-train", "cape", "cape"),
        ("shanghai-kaliningrad-train", "kaliningrad", "kaliningrad"),
    ],
)
def test_the_shipped_services_change_what_the_founding_questions_say(
    name: str, best: str, before: str
) -> None:
    scenario = load_scenario(name)
    assert compare(scenario, session=SESSION).decision.recommended == best
    without = replace(scenario, services=())
    assert compare(without, session=SESSION).decision.recommended == before
