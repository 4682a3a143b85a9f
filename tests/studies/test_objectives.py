"""Each row of a comparison is the best route of its corridor by the scenario's objective."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from corridors.config import load_scenario
from corridors.domain.objective import Objective
from corridors.domain.results import Candidate, RouteOption
from corridors.output.answer import answer_of, rounded
from corridors.output.comparison import Comparison
from corridors.output.html.report.details import render_report
from corridors.output.verdict import other_route
from corridors.routing.ladder import SearchedCorridor, search
from corridors.routing.question import ANY_CORRIDOR
from corridors.studies.compare.run import compare
from corridors.studies.explain.run import explain_option
from corridors.studies.result_base import option_of
from corridors.studies.session import Session

TWO = "corridors=[suez, cape]"
VALUE_OF_TIME = "shipment.value_of_time_usd_per_teu_day=40"
QUESTIONS = (
    ("destination=Genoa",),
    ("origin=Ningbo", "destination=Istanbul"),
    ("origin=Warsaw", "destination=Xi'an"),
    ("departure=2026-09-25",),
)
OTHERS = (Objective.DAYS, Objective.CO2E, Objective.GENERALISED)
# Each question by two of them, of which the gate takes one of every other question.
ASKED = [
    pytest.param(
        values,
        objective,
        marks=[pytest.mark.long] * ((first + place) % len(OTHERS) == 2 or first % 2 == 1),
    )
    for first, values in enumerate(QUESTIONS)
    for place, objective in enumerate(OTHERS)
    if (first + place) % len(OTHERS)
]


@pytest.fixture(scope="module")
def session() -> Session:
    return Session()


@cache
def asked(session: Session, objective: Objective, *values: str) -> Comparison:
    scenario = load_scenario(
        "shanghai-europe", set_values=[*values, VALUE_OF_TIME, f"objective={objective}"]
    )
    return compare(scenario, session=session)


def value(figures: RouteOption | Candidate, objective: Objective) -> float:
    usd, days = figures.cost_usd_per_teu or 0.0, figures.days or 0.0
    if isinstance(figures, Candidate):
        kg = figures.co2e_kg_per_teu
    else:
        kg = figures.co2e_wtw_kg_per_teu or 0.0
    values = {"cost": usd, "days": days, "co2e": kg, "generalised": usd + 40.0 * days}
    return values[objective]


@pytest.mark.long
@pytest.mark.first_case
@pytest.mark.parametrize(("values", "objective"), ASKED)
def test_rows_are_best_by_the_objective(
    session: Session, values: tuple[str, ...], objective: Objective
) -> None:
    comparison = asked(session, objective, *values)
    least: dict[str, float] = {}
    for point in comparison.front:
        known = least.get(point.corridor, float("inf"))
        least[point.corridor] = min(known, value(point, objective))
    for row in comparison.usable:
        # Lines are rounded one by one, arcs to a cent, a minute and a gram.
        assert value(row, objective) == pytest.approx(least[row.corridor], rel=1e-4)
    ranked = [value(row, objective) for row in comparison.usable]
    assert ranked == sorted(ranked)


@pytest.mark.parametrize(("values", "objective"), ASKED)
def test_the_recommended_row_is_the_route_recommended(
    session: Session, values: tuple[str, ...], objective: Objective
) -> None:
    comparison = asked(session, objective, *values)
    best, decision = comparison.recommended, comparison.decision
    assert best is not None
    assert value(best, objective) == pytest.approx(decision.value, rel=1e-4)
    assert other_route(comparison) is None
    # The best row is the free optimum.
    question = session.pose(comparison.scenario, (ANY_CORRIDOR,))
    free = option_of(question)
    assert value(comparison.usable[0], objective) == pytest.approx(value(free, objective), rel=1e-4)


@pytest.mark.long
def test_the_quickest_of_a_corridor_is_no_slower_than_its_cheapest(session: Session) -> None:
    cheap, quick = (
        {row.corridor: row for row in asked(session, objective).usable}
        for objective in (Objective.COST, Objective.DAYS)
    )
    slower = {name: cheap[name].days or 0.0 for name in cheap}
    assert all((quick[name].days or 0.0) <= days + 1e-9 for name, days in slower.items())
    assert (quick["suez"].days or 0.0) < (cheap["suez"].days or 0.0) - 1.0
    assert (quick["suez"].cost_usd_per_teu or 0.0) > (cheap["suez"].cost_usd_per_teu or 0.0)


@pytest.mark.parametrize("objective", list(Objective))
def test_explain_shows_the_row(session: Session, objective: Objective) -> None:
    comparison = asked(session, objective, TWO)
    row = next(row for row in comparison.usable if row.corridor == "suez")
    option = explain_option(comparison.scenario, "suez").option
    assert option.cost_usd_per_teu == pytest.approx(row.cost_usd_per_teu)
    assert option.days == pytest.approx(row.days)


def test_the_front_of_all_ways_is_searched_for_a_row_of_its_own_alone(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    def searched(*given: Any, fronts: bool, keep: bool) -> SearchedCorridor:
        asked.append(fronts)
        return search(*given, fronts=False, keep=keep)  # quicker, and enough to count

    monkeypatch.setattr("corridors.studies.decided.search", searched)
    for corridors, fronts, rows in (("[suez]", [False], 1), ("[suez, other]", [False], 2)):
        # Only limits may need a front.
        sets = ["objective=days", f"corridors={corridors}"]
        scenario = load_scenario("shanghai-europe", set_values=sets)
        found = compare(scenario, session=session, figures_only=True)
        assert (asked, len(found.routes)) == (fronts, rows)
        asked.clear()


def test_limits_may_ask_for_another_route_and_the_decision_says_so(session: Session) -> None:
    quick = asked(session, Objective.DAYS, "corridors=[suez]")
    usd = quick.usable[0].cost_usd_per_teu or 0.0
    held = asked(
        session, Objective.DAYS, "corridors=[suez]", f"limits.max_usd_per_teu={usd - 100:.0f}"
    )
    assert held.usable[0].cost_usd_per_teu == usd
    assert [broken.limit for broken in held.usable[0].exceeds] == ["max_usd_per_teu"]
    taken = other_route(held)
    assert taken is not None
    assert f", {rounded(taken.days)} days" in answer_of(held).finding


@pytest.mark.parametrize(
    ("objective", "words"),
    [
        (Objective.DAYS, "Each corridor is shown by its quickest route."),
        (Objective.CO2E, "Each corridor is shown by its route of least CO₂e."),
        (Objective.COST, ""),
    ],
)
def test_pages_say_which_route_of_a_corridor_they_show(
    session: Session, objective: Objective, words: str
) -> None:
    comparison = asked(session, objective, TWO)
    page = render_report(comparison, sources={})
    assert ("Each corridor is shown by" in page) == bool(words)
    assert words in page


@pytest.mark.long
@pytest.mark.parametrize(
    "objective",
    [
        Objective.DAYS,
        pytest.param(Objective.CO2E, marks=pytest.mark.long),
        pytest.param(Objective.GENERALISED, marks=pytest.mark.long),
    ],
)
def test_or_tools_certifies_the_same_objective(session: Session, objective: Objective) -> None:
    comparison = asked(session, objective, TWO)
    certificates = {row.corridor: row.certificate for row in comparison.usable}
    assert certificates["suez"].status == "agrees"
    assert certificates["suez"].method == f"SimpleMinCostFlow, for the {objective.best_route}"
    certified = compare(
        replace(comparison.scenario, corridors=("northern-sea-route",)),
        session=session,
        certify=True,
        fronts=False,
    )
    assert certified.usable[0].certificate.method == (
        f"SimpleMinCostFlow, time-expanded, for the {objective.best_route}"
    )
