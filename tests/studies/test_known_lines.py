"""What is recommended where only known lines are, on the shipped network."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

from corridors.cli.compare import columns_of
from corridors.config import load_scenario
from corridors.domain.results import Sails
from corridors.output.comparison import Comparison, options_csv
from corridors.output.contract import OptionRecord
from corridors.output.display_names import other_world_text
from corridors.output.line_notes import line_notes
from corridors.studies.session import Session
from corridors.studies.worlds import compare_in_both_worlds

SESSION = Session()
BY_SEA = "corridors=[cape, panama, northern-sea-route]"


@cache
def asked(world: str) -> Comparison:
    values = ["destination=Rotterdam", BY_SEA, f"world={world}", "objective=days"]
    scenario = load_scenario("shanghai-europe", set_values=values, departure=date(2026, 8, 20))
    return compare_in_both_worlds(scenario, session=SESSION, fronts=False)


def test_what_no_line_sails_is_no_answer_though_it_is_quicker() -> None:
    found = asked("current")
    assert found.decision.recommended == "cape"
    # No loop joins the two by Panama, and no Arctic voyage of 2026 was found.
    assert found.decision.without_line == ("panama", "northern-sea-route")
    assert {step.corridor for step in found.ladder} == {"cape"}
    assert {route.corridor for route in found.routes} >= {"cape", "panama", "northern-sea-route"}
    assert (
        "Panama Canal, Northern Sea Route: no line found on this date (searched 29 November 2026),"
        " so not recommended"
    ) in found.warnings


def test_where_all_that_is_open_is_compared_the_answer_says_that_no_line_was_found() -> None:
    here, there = asked("current"), asked("reference-open")
    assert here.other_world is not None
    assert here.other_world.recommended == there.decision.recommended == "northern-sea-route"
    assert not there.decision.without_line
    assert there.other_world is not None
    assert there.other_world.recommended == "cape"
    assert (
        "Northern Sea Route: no line found on this date (searched 29 November 2026); there may be"
        " one all the same"
    ) in there.warnings
    # Who sails is told of things as they are, which the column and the sentence say.
    assert "sails" in columns_of(here)
    assert "sails_in_fact" in columns_of(there)
    assert "Only sailings known in that world" in other_world_text(
        there.other_world, there.scenario.departure
    )
    assert "Sailings" not in other_world_text(here.other_world, here.scenario.departure)


def test_an_option_that_leaves_seldom_is_recommended_with_a_warning() -> None:
    found = asked("current")
    cape = next(route for route in found.routes if route.corridor == "cape")
    assert cape.offer is not None
    monthly = replace(cape.offer, sailings="1 a month", wait_days=15.2)
    said = (
        "Cape of Good Hope: 1 departure a month known on this date; a box that misses one waits"
        " about 30 days for the next"
    )
    for offer, told in ((cape.offer, []), (monthly, [said])):
        decision = replace(found.decision, without_line=())
        assert list(line_notes([replace(cape, offer=offer)], decision, lines_hold=True)) == told


def test_every_row_and_file_says_who_sails() -> None:
    found = asked("current")
    by_id = {route.corridor: route for route in found.routes}
    record = OptionRecord.of(by_id["cape"]).plain()
    assert record["sails"] == "scheduled"
    assert str(record["sailings"]).endswith("a week")
    lines = record["lines"]
    assert isinstance(lines, list)
    assert {"operator", "loop", "sailings", "per", "source_id", "last_seen"} <= lines[0].keys()
    assert by_id["panama"].sails is Sails.NONE_KNOWN
    assert "sails,sailings,lines" in options_csv(found).splitlines()[0]
