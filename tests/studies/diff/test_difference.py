"""The effects of the inputs, one by one and alone, and what they sum to."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from corridors.studies.diff.ends import DATA_AND_PROGRAM, Effect, read_end
from corridors.studies.diff.result import Difference, difference_record
from corridors.studies.diff.run import explain
from tests.studies.diff.files import ASKED, result_file, result_record, scenario_file

# 30 USD more for handling a TEU in China, 25 more for the empty box: both corridors pay both once.
DEARER = "overrides: {port.thc@CN: 130, sea.repositioning_usd_per_teu: 200}\n"


def differ(folder: Path, more: str, *, text: str = ASKED) -> Difference:
    old = scenario_file(folder, "a.yaml")
    return explain(read_end(old), read_end(scenario_file(folder, "b.yaml", more, text=text)))


def cost_change(effect: Effect, corridor: str) -> Decimal:
    assert effect.after is not None
    now, was = effect.after.of(corridor), effect.before.of(corridor)
    assert now.cost_usd_per_teu is not None
    assert was.cost_usd_per_teu is not None
    return now.cost_usd_per_teu - was.cost_usd_per_teu


def keys(effects: tuple[Effect, ...]) -> list[list[str]]:
    return [[change.key for change in effect.changes] for effect in effects]


def assert_follows(difference: Difference) -> None:
    """Check that the effects lead from the old answers to the new ones without a gap."""
    reached = difference.old
    for effect in difference.accounted:
        assert effect.before == reached
        assert effect.after is not None
        reached = effect.after
    assert reached == difference.new


def test_two_prices_account_for_what_was_worked_by_hand(tmp_path: Path) -> None:
    difference = differ(tmp_path, DEARER)
    for corridor in ("suez", "cape"):
        assert [cost_change(effect, corridor) for effect in difference.accounted] == [30, 25]
        assert [cost_change(effect, corridor) for effect in difference.alone] == [30, 25]
    assert_follows(difference)
    record = difference_record(difference)
    rows: Any = record["outputs"]
    assert {row["corridor"]: row["cost_usd_per_teu_change"] for row in rows} == {
        "suez": 55.0,
        "cape": 55.0,
    }
    lines = [(line["driver"], line["change"]) for line in rows[0]["cost_lines"]]
    assert lines == [("thc", 30.0), ("repositioning", 25.0)]


def test_effects_sum_to_the_whole_change_to_the_cent(tmp_path: Path) -> None:
    text = ASKED.replace("Hamburg", "Rotterdam").replace("08-20", "11-05")
    more = "overrides: {fuel.vlsfo_usd_per_t: 911.37}\n"
    difference = differ(tmp_path, more, text=text)
    assert len(difference.accounted) == 3
    assert_follows(difference)
    rows: Any = difference_record(difference)
    for corridor in ("suez", "cape"):
        for figure in ("cost_usd_per_teu_change", "days_change"):
            steps = [row[figure] for row in rows["accounted"] if row["corridor"] == corridor]
            (whole,) = (row[figure] for row in rows["outputs"] if row["corridor"] == corridor)
            assert sum(Decimal(str(step)) for step in steps) == Decimal(str(whole))


def test_the_input_that_closes_a_corridor_is_named(tmp_path: Path) -> None:
    difference = differ(tmp_path, "closures: [{place: gate-suez, reason: a strike}]\n" + DEARER)
    closing, *others = difference.accounted
    assert keys((closing,)) == [["closures.gate-suez"]]
    assert closing.before.recommended == "suez"
    assert closing.after is not None
    assert closing.after.recommended == "cape"
    assert closing.after.of("suez").status == "closed"
    assert [cost_change(effect, "cape") for effect in others] == [30, 25]
    assert_follows(difference)
    rows: Any = difference_record(difference)["outputs"]
    (suez,) = (row for row in rows if row["corridor"] == "suez")
    assert (suez["status_old"], suez["status_new"]) == ("usable", "closed")
    assert suez["cost_usd_per_teu_new"] is None
    assert suez["cost_usd_per_teu_change"] is None
    assert suez["cost_lines"] == []


def test_inputs_that_cannot_stand_alone_are_changed_together(tmp_path: Path) -> None:
    there = ASKED.replace("Shanghai", "X").replace("Hamburg", "Shanghai").replace("X", "Hamburg")
    difference = differ(tmp_path, "", text=there)
    assert keys(difference.accounted) == [["origin", "destination"]]
    assert_follows(difference)
    assert [effect.after for effect in difference.alone] == [None, None]
    assert all("origin" in effect.why_not for effect in difference.alone)
    rows: Any = difference_record(difference)
    assert rows["accounted"][0]["input"] == "origin + destination"
    assert rows["accounted"][0]["old"] == "Shanghai + Hamburg"
    assert [row["corridor"] for row in rows["alone"]] == [None, None]


def test_a_corridor_asked_of_one_end_only_has_no_change(tmp_path: Path) -> None:
    difference = differ(tmp_path, "", text=ASKED.replace("[suez, cape]", "[suez]"))
    rows: Any = difference_record(difference)["outputs"]
    (row,) = rows
    assert (row["corridor"], row["status_old"], row["status_new"]) == (
        "cape",
        "usable",
        "not asked",
    )
    assert row["cost_usd_per_teu_change"] is None
    assert row["name"] == "Cape of Good Hope"


def test_a_name_changes_no_answer(tmp_path: Path) -> None:
    difference = differ(tmp_path, "name: another\n")
    assert [change.key for change in difference.inputs] == ["name"]
    assert difference.old == difference.new
    assert not difference.empty


def test_the_same_scenario_has_no_difference(tmp_path: Path) -> None:
    difference = differ(tmp_path, "")
    assert difference.empty
    assert difference_record(difference) == {
        "inputs": [],
        "outputs": [],
        "accounted": [],
        "alone": [],
    }


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return result_record(scenario_file(tmp_path_factory.mktemp("asked"), "a.yaml"))


def test_a_result_equals_its_scenario(recorded: dict[str, Any], tmp_path: Path) -> None:
    old = result_file(tmp_path / "r", recorded)
    assert explain(read_end(old), read_end(scenario_file(tmp_path, "a.yaml"))).empty


def test_what_another_program_answered_is_a_row_of_its_own(
    recorded: dict[str, Any], tmp_path: Path
) -> None:
    # As if the data of then had made Suez 100 USD dearer, in its first cost line.
    suez = next(option for option in recorded["options"] if option["corridor"] == "suez")
    line, *lines = suez["cost_lines"]
    dearer = {
        **suez,
        "cost_usd_per_teu": round(suez["cost_usd_per_teu"] + 100, 2),
        "cost_lines": [{**line, "usd_per_teu": round(line["usd_per_teu"] + 100, 2)}, *lines],
    }
    others = [option for option in recorded["options"] if option is not suez]
    hashes = {**recorded["manifest"]["sha256"], "geodata": "0" * 64}
    then = {
        **recorded,
        "options": [*others, dearer],
        "manifest": {**recorded["manifest"], "sha256": hashes},
    }
    old = read_end(result_file(tmp_path / "then", then))
    difference = explain(old, read_end(scenario_file(tmp_path, "b.yaml", DEARER)))
    assert [(change.kind, change.key) for change in difference.inputs] == [
        ("scenario", "overrides.port.thc@CN"),
        ("scenario", "overrides.sea.repositioning_usd_per_teu"),
        ("data", "sha256.geodata"),
    ]
    assert keys(difference.accounted)[0] == [DATA_AND_PROGRAM]
    (then_and_now,) = difference.accounted[0].changes
    assert (then_and_now.old, then_and_now.new) == ("as recorded in A", "as installed")
    assert [cost_change(effect, "suez") for effect in difference.accounted] == [-100, 30, 25]
    assert [cost_change(effect, "suez") for effect in difference.alone] == [30, 25]
    assert_follows(difference)
    back = explain(read_end(scenario_file(tmp_path, "c.yaml")), old)
    assert keys(back.accounted) == [[DATA_AND_PROGRAM]]
    (now_and_then,) = back.accounted[0].changes
    assert (now_and_then.old, now_and_then.new) == ("as installed", "as recorded in B")
    assert [cost_change(effect, "suez") for effect in back.accounted] == [100]
    assert_follows(back)


def test_no_cell_of_the_table_is_a_formula(tmp_path: Path) -> None:
    difference = differ(tmp_path, "name: '=1+1'\n" + DEARER)
    text = str(difference._files()["diff.csv"]())
    assert ",'=1+1," in text
    assert not [
        cell
        for line in text.splitlines()
        for cell in line.split(",")
        if cell.startswith(("=", "@"))
    ]
