"""Projects in an answer: legs and rows that count from the day they open, and not before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from corridors.config import load_scenario
from corridors.config.checks import Names
from corridors.domain.results import RouteOption
from corridors.domain.scenario import ProjectChoice, Scenario
from corridors.routing.question import ANY_CORRIDOR
from corridors.studies.diff.ends import keys_of, scenario_of
from corridors.studies.result_base import option_of
from corridors.studies.session import Session

CKU = "china-kyrgyzstan-uzbekistan"


def asked(**changes: object) -> Scenario:
    base = load_scenario("shanghai-europe")
    given: dict[str, object] = {"origin": "Kashgar", "destination": "Andijan", **changes}
    return replace(base, text={}, source_path="", **given)  # type: ignore[arg-type]


def answered(scenario: Scenario) -> RouteOption:
    question = Session().pose(scenario, (ANY_CORRIDOR,))
    return option_of(question)


def km(scenario: Scenario) -> float:
    return sum(step.km for step in answered(scenario).steps)


def test_a_leg_is_there_from_the_day_its_project_opens() -> None:
    built = (ProjectChoice(id=CKU, opens=date(2026, 8, 1)),)
    late = (ProjectChoice(id=CKU, opens=date(2030, 12, 31)),)
    without = km(asked())
    assert km(asked(projects=built)) < 600 < without
    assert km(asked(projects=late)) == without


def test_rows_count_for_departures_from_the_opening_on() -> None:
    choice = ProjectChoice(id="malaszewicze", opens=date(2026, 9, 1))
    ends = {"origin": "Moscow", "destination": "Warsaw", "projects": (choice,)}
    before = answered(asked(**ends, departure=date(2026, 8, 31))).transit_days
    after = answered(asked(**ends, departure=date(2026, 9, 1))).transit_days
    assert before is not None
    assert after is not None
    assert before - after > 0.5


def test_an_override_has_the_last_word_over_a_project() -> None:
    scenario = load_scenario(
        "shanghai-europe",
        set_values=["projects=[dostyk-moyynty]", "overrides.rail.speed_km_per_day=500"],
    )
    question = Session().pose(scenario, (ANY_CORRIDOR,))
    row = question.parameters.get("rail.speed_km_per_day", "rail/1520@KZ")
    assert (row.value, row.status) == (500.0, "scenario")


def test_projects_survive_the_way_through_dotted_keys() -> None:
    scenario = load_scenario("shanghai-europe", set_values=["projects=[belkomur, rasht-astara]"])
    keys = keys_of(scenario)
    assert keys["projects.belkomur"] == [{"opens": "2034-12-31"}]
    assert scenario_of(keys, Names()).projects == scenario.projects
