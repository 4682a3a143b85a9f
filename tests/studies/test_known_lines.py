"""What is recommended where only known lines are, on the shipped network."""

from __future__ import annotations

from datetime import date
from functools import cache

from corridors.config import load_scenario
from corridors.domain.results import Sails
from corridors.output.comparison import Comparison, options_csv
from corridors.output.contract import OptionRecord
from corridors.studies.worlds import compare_in_both_worlds


@cache
def asked(world: str, *changes: str) -> Comparison:
    values = ["destination=Rotterdam", "corridors=[cape, panama]", f"world={world}", *changes]
    scenario = load_scenario("shanghai-europe", set_values=values, departure=date(2026, 8, 20))
    return compare_in_both_worlds(scenario, fronts=False)


def test_panama_is_no_answer_from_shanghai_to_rotterdam_though_it_is_quicker() -> None:
    found = asked("current", "objective=days")
    assert found.decision.recommended == "cape"
    assert found.decision.without_line == ("panama",)
    assert {step.corridor for step in found.ladder} == {"cape"}
    assert {route.corridor for route in found.routes} == {"cape", "panama"}
    assert (
        "panama: no line found on this date (searched 29 November 2026), so not recommended in"
        " this world"
    ) in found.warnings
    # The same route is the quickest where everything open is compared, and says which it is.
    other = found.other_world
    assert other is not None
    assert other.recommended == "panama"
    there = asked("reference-open", "objective=days")
    assert there.decision.recommended == "panama"
    assert any("an empty cell is no proof" in text for text in there.warnings)


def test_every_row_and_file_says_who_sails() -> None:
    found = asked("current", "objective=days")
    by_id = {route.corridor: route for route in found.routes}
    record = OptionRecord.of(by_id["cape"]).plain()
    assert record["sails"] == "scheduled"
    assert str(record["sailings"]).endswith("a week")
    lines = record["lines"]
    assert isinstance(lines, list)
    assert {"operator", "loop", "sailings", "per", "source_id", "last_seen"} <= lines[0].keys()
    assert by_id["panama"].sails is Sails.NONE_KNOWN
    assert "sails,sailings,lines" in options_csv(found).splitlines()[0]
