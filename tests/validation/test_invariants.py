"""Commands agree on drawn questions; a relation that does not hold is told with its command."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from corridors.domain.scenario import OTHER
from corridors.output.answer import answer_of
from corridors.output.html.planner_parts import answer_parts
from corridors.output.verdict import ladder_cell
from corridors.studies.compare.run import by_month
from corridors.studies.session import Session
from validation.campaigns import invariants
from validation.campaigns.invariants import (
    RELATIONS,
    Asked,
    Check,
    Question,
    Relation,
    hold,
    question,
)

SEED = 56
SESSION = Session()
OUTSIDE = Question(
    number=0,
    changes=(
        "origin=Oslo",
        "destination=Thiruvananthapuram",
        "departure=2026-08-20",
        "world=reference-open",
    ),
    limit="",
    values_usd_per_day=(40.0, 250.0),
)
# A corridor holds this one's best at 100 USD a day but for the bounds of its carriage.
BEYOND_BOUNDS = Question(
    number=1,
    changes=(
        "origin=Baku",
        "destination=jp-yokohama",
        "departure=2026-11-24",
        "world=reference-open",
    ),
    limit="",
    values_usd_per_day=(100.0,),
)


@cache
def asked(which: Question) -> Asked:
    return Asked(which, Session())


@pytest.mark.parametrize("which", [OUTSIDE, BEYOND_BOUNDS], ids=["outside", "beyond bounds"])
def test_the_step_of_the_ladder_at_a_value_is_the_answer_asked_there(which: Question) -> None:
    checks = list(invariants.ladder(asked(which)))
    assert len(checks) == 3 * len(which.values_usd_per_day)
    assert [check for check in checks if not check.agrees] == []


@pytest.mark.parametrize(
    "limit",
    [
        "limits.max_days=38",
        pytest.param("limits.max_usd_per_teu=2587", marks=pytest.mark.long),
        pytest.param("limits.avoid.countries=[RU]", marks=pytest.mark.long),
    ],
)
def test_so_it_is_within_limits(limit: str) -> None:
    # Without limits a corridor holds the best route at 400 USD a day; within them none does.
    ends = ("origin=Bangkok", 'destination="12.196,55.821"', "departure=2022-12-19")
    which = Question(
        number=2,
        changes=(*ends, "world=reference-open"),
        limit=limit,
        values_usd_per_day=(20.0, 400.0),
    )
    checks = list(invariants.ladder(Asked(which, SESSION)))
    assert checks
    assert [check for check in checks if not check.agrees] == []


def test_ways_outside_the_corridors_are_steps_wherever_a_ladder_is_shown() -> None:
    found = asked(OUTSIDE).compared()
    assert OTHER in {step.corridor for step in found.ladder}
    assert any("by the Suez Canal" in change.text for change in answer_of(found).changes)
    assert f"< {OTHER}" in ladder_cell(found.ladder)
    (first,) = by_month(found.scenario, count=1)
    assert first.ladder == found.ladder
    shown: Any = answer_parts(found)["ladder"]
    titles = [step["title"] for step in shown]
    assert titles[1] == "Other route by the Suez Canal"
    assert OTHER not in titles


def test_a_scenario_that_lists_no_way_outside_its_corridors_has_none_in_its_ladder() -> None:
    named = replace(asked(OUTSIDE).scenario, corridors=("suez", "cape", "trans-siberian"))
    steps = asked(OUTSIDE).compared(scenario=replace(named, max_wait_days=13.0)).ladder
    assert {step.corridor for step in steps} <= {*named.corridors}


@pytest.mark.parametrize(
    ("relations", "number"),
    [
        pytest.param(["ladder", "objectives"], 1, marks=pytest.mark.long),
        (["pages", "route", "catchments", "batch"], 0),
    ],
)
def test_commands_agree_on_a_drawn_question(relations: list[str], number: int) -> None:
    told: list[str] = []
    tally = hold([question(number, SEED)], relations, every=True, tell=told.append)
    assert min(tally.checks[relation] for relation in relations) > 1
    assert told == []


@pytest.mark.long
def test_commands_agree_on_drawn_questions() -> None:
    told: list[str] = []
    hold([question(number, SEED) for number in range(20)], [*RELATIONS], tell=told.append)
    assert told == []


def test_a_question_is_that_of_its_number_and_seed() -> None:
    assert question(7, SEED) == question(7, SEED)
    assert question(7, SEED) != question(8, SEED)
    assert len({question(number, SEED).changes for number in range(50)}) == 50


def test_what_differs_is_counted_and_told_with_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    def checks(_: Asked) -> list[Check]:
        return [
            Check("same", 1.0, 1.05, "USD"),
            Check("dearer", 1.0, 2.0, "USD", "corridors compare x"),
            Check("wider", 1.0, 2.0, "USD", note="beyond the bounds of its corridor"),
        ]

    monkeypatch.setitem(RELATIONS, "ladder", Relation(lambda of: iter(checks(of))))
    told: list[str] = []
    tally = hold([replace(OUTSIDE, number=5)], ["ladder"], tell=told.append)
    assert (tally.checks["ladder"], tally.faults["ladder"], tally.may_differ["ladder"]) == (3, 1, 1)
    assert told[0] == "5 ladder: dearer: 1.0 against 2.0\n    corridors compare x\n"
    assert tally.lines.splitlines()[1].split() == ["ladder", "1", "3", "1", "1"]
