"""What a report says of parameters that a scenario or a project replaces."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from corridors.costing.pricer import IN_WORDS
from corridors.data.parameters import load_parameters
from corridors.domain.values import SourcedValue, Status
from corridors.routing.report import _replacements
from tests.output.fixtures import example_comparison

DATED = "war_risk.dated"
MONTHS = (("2020-06", 335.0), ("2022-05", 989.6))


def row(parameter: str, value: float, *, scope: str = "", unit: str = "USD/t") -> SourcedValue:
    drawn = load_parameters().rows[0]
    return replace(
        drawn, parameter=parameter, scope=scope, value=value, unit=unit, status=Status.SCENARIO
    )


def said(
    *pairs: tuple[SourcedValue, SourcedValue], own: tuple[str, ...] = (), driver: str = "fuel"
) -> list[str]:
    built = row("hours.x", 9.0, scope="kz", unit="h")
    question: Any = SimpleNamespace(
        built=[SimpleNamespace(rows=[built])],
        parameters=SimpleNamespace(replaced=pairs),
        scenario=SimpleNamespace(overrides=[SimpleNamespace(parameter=name) for name in own]),
    )
    route = example_comparison().routes[0]
    line = replace(route.cost_lines[0], driver=driver)
    return list(_replacements(question, [replace(route, cost_lines=(line,))]))


def test_a_price_of_the_scenario_is_named_with_the_old_and_the_new_figure() -> None:
    fuel = row("fuel.x", 600.0), row("fuel.x", 650.5)
    assert said(fuel) == ["fuel.x: 600 -> 650.5 USD/t (scenario)"]
    by_place = row("fuel.x", 600.0, scope="cn"), row("fuel.x", 7.0, scope="cn")
    assert said(by_place, own=("fuel.x",)) == ["fuel.x@cn: 600 -> 7 USD/t (scenario)"]
    new = row("fuel.x", 5.0)
    assert said((new, new)) == ["fuel.x: 5 USD/t (scenario)"]


def test_of_other_rows_only_those_of_its_projects_are_named() -> None:
    def listed(value: float, scope: str) -> SourcedValue:
        return replace(row("hours.x", value, scope=scope, unit="h"), status=Status.ASSUMPTION)

    pairs = ((listed(12.0, place), listed(9.0, place)) for place in ("kz", "cn"))
    assert said(*pairs) == ["hours.x@kz: 12 -> 9 h (project)"]


def test_a_switch_is_said_in_words_where_it_matters_unless_the_scenario_sets_it_by_name() -> None:
    switch = row(DATED, 1.0, unit="0 or 1"), row(DATED, 0.0, unit="0 or 1")
    assert said(switch, driver="war_risk") == [IN_WORDS[DATED]]
    assert said(switch) == []
    assert said(switch, own=(DATED,)) == [f"{DATED}: 1 -> 0 (scenario)"]


def test_rows_of_one_parameter_that_become_one_number_share_a_sentence() -> None:
    months = [
        (row("fuel.x", was, scope=month), row("fuel.x", 7.0, scope=month)) for month, was in MONTHS
    ]
    # The row of the month in force is replaced twice, the second time by itself.
    again = row("fuel.x", 7.0), row("fuel.x", 7.0)
    whole = row("fuel.x", 600.0), row("fuel.x", 7.0)
    assert said(whole, *months, again) == ["fuel.x, 3 rows: 335 to 989.6 -> 7 USD/t (scenario)"]
    other = row("fuel.x", 3.0, scope="cn"), row("fuel.x", 9.0, scope="cn")
    assert said(*months, other)[1:] == ["fuel.x@cn: 3 -> 9 USD/t (scenario)"]
