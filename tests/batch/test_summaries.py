"""The summaries agree with the data set, and hostile text stays inert in them."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from corridors.config.faults import UNPRINTABLE
from corridors.output.html.report.parts import value_name
from corridors.output.store import one_line
from corridors.output.xlsx import Column, Sheet, write_workbook
from corridors.studies.batch.run import Outcome, run_batch
from corridors.studies.batch.scenarios import base_values, make_plan
from corridors.studies.batch.sheets import shifts, summary_csv, wins
from tests.batch.samples import loaded
from tests.conftest import LONG, in_both

SHEETS = [
    "Answer",
    "Scenarios",
    "Options",
    "Winners by key",
    "Rank changes",
    "Inputs that differ",
    "Weakest figures",
    "Failed",
    "How to reproduce",
]
PAYLOADS = (
    *("<img src=x onerror=alert(1)>\"'", "=1+1", "+", "-", "@", "\tx", "\r=1+1", "\0", "\n=1"),
    *("=cmd|' /C calc'!A0", "@SUM(1)", "-2+3", "+1", "http://x.example", "_x0041_", "\x1b[31m"),
    *("</script><script>alert(2)</script>", "${7*7}", "{{7*7}}", "../../x", "/etc/passwd", "%00"),
    *("\u202egnp", "\u2028=1", "\ufeff=1", "\uffff", "\x85=1", " =1", '"=1"', "'=1", ";=1", ",=1"),
)
DRAWN = (
    *PAYLOADS,
    # The gate does without those put together.
    *(f"{a}{b}{i}" for i, a in enumerate(PAYLOADS[: 9 * LONG]) for b in PAYLOADS[9:24:3]),
)
HOSTILE = [*{" ".join(text.split()): text for text in DRAWN if not UNPRINTABLE.search(text)}]
"""What a batch file may hold, as its loader reads it: on one line, and characters that cannot be
printed are refused."""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    """A batch whose name, title and variants are hostile, more than 50 in `make test-long`."""
    folder = tmp_path_factory.mktemp("hostile")
    variants = "".join(f"  - {{name: {json.dumps(name)}}}\n" for name in HOSTILE)
    title = json.dumps(HOSTILE[0])
    text = f"name: {title}\ntitle: {title}\nbase: base.yaml\nset: {{corridors: [suez]}}\n"
    plan = make_plan(loaded(folder, f"{text}variants:\n{variants}"))
    return folder / "out", run_batch(plan, folder / "out", workers=1)


def cells_of(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(path)
    return {sheet.title: list(sheet.iter_rows()) for sheet in book}


def test_the_csv_has_a_row_a_scenario(twelve: tuple[Path, Outcome]) -> None:
    folder, outcome = twelve
    text = (folder / "summary.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    sweep = outcome.sweep
    assert [int(row["scenario"]) for row in rows] == list(range(12))
    assert {row["status"] for row in rows} == {"ran"}
    first, second = rows[0], rows[1]
    assert first["overrides.fuel.vlsfo_usd_per_t"] == "400"
    assert first["change_against_first_usd_per_teu"] == "0.0"
    best = int(sweep.recommended[0])
    assert float(first["cost_usd_per_teu"]) == sweep.cost[0, best]
    assert float(first["second_best_gap_usd_per_teu"]) == pytest.approx(
        sweep.cost[0, 1 - best] - sweep.cost[0, best], abs=0.006
    )
    # The Red Sea is closed: one corridor is left, and there is no second best.
    assert (second["recommended"], second["usable_corridors"]) == ("cape", "1")
    assert second["second_best"] == ""
    assert float(second["change_against_first_usd_per_teu"]) == pytest.approx(
        sweep.cost[1, 1] - sweep.cost[0, best], abs=0.006
    )


def test_the_csv_names_what_is_tied_and_what_a_day_is_worth(twelve: tuple[Path, Outcome]) -> None:
    folder, outcome = twelve
    text = (folder / "summary.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    sweep = outcome.sweep
    for number, row in enumerate(rows):
        ids = {sweep.corridors[i].id for i in np.flatnonzero(sweep.tied[number])}
        assert set(row["tied"].split("; ")) - {""} == ids
        # Within 3 %, by hand from the costs of the two corridors.
        near = sweep.cost[number] <= 1.03 * np.nanmin(sweep.cost[number])
        assert (len(ids) > 1) == (int(near.sum()) > 1)
        steps = row["value_ladder"].split(" < ")
        assert steps[-1] in {"suez", "cape"}
        edges = [float(edge) for edge in steps[1::2]]
        assert edges == sorted(edges)
    assert any(row["tied"] for row in rows)


def test_the_workbook_has_a_sheet_a_question(twelve: tuple[Path, Outcome]) -> None:
    book = openpyxl.load_workbook(twelve[0] / "summary.xlsx")
    assert book.sheetnames == SHEETS
    # The first is a page to print: the answer, two tables and their charts on one sheet of paper.
    first, *others = book
    texts = [cell.value for row in first.iter_rows() for cell in row if cell.value]
    assert texts[0] == twelve[1].sweep.title
    assert texts[1 : 1 + len(twelve[1].answer)] == list(twelve[1].answer)
    assert "Recommended corridor" in texts
    assert len(first._charts) == 3
    assert first.sheet_properties.pageSetUpPr.fitToPage
    for sheet in others:
        assert sheet.freeze_panes == "A2", sheet.title
        assert sheet.auto_filter.ref, sheet.title
    page = book["Scenarios"]
    header = [cell.value for cell in page[1]]
    column = header.index("USD per TEU")
    assert page.max_row == 13
    assert isinstance(page[2][column].value, float)
    assert page[2][column].number_format == "#,##0"
    assert book["Options"].max_row == 25
    assert book["Failed"].max_row == 1


def test_inputs_that_differ_are_reported_old_and_new(twelve: tuple[Path, Outcome]) -> None:
    rows = [
        tuple(cell.value for cell in row)
        for row in cells_of(twelve[0] / "summary.xlsx")["Inputs that differ"][1:]
    ]
    assert ("variant", "as it is", "nothing", None, None) in rows
    assert ("variant", "light", "shipment.cargo", "general", "apparel") in rows
    worlds = [value_name("world", name) for name in ("reference-open", "red-sea-closed")]
    assert ("world", worlds[1], "world", *worlds) in rows


def test_wins_count_what_is_recommended(twelve: tuple[Path, Outcome]) -> None:
    sweep = twelve[1].sweep
    found = {(w.key, w.value, w.corridor): (w.wins, w.of) for w in wins(sweep)}
    assert found["world", "red-sea-closed", "Cape of Good Hope"] == (6, 6)
    assert sum(count for (key, _, _), (count, _) in found.items() if key == "world") == 12


def test_a_shift_compares_scenarios_that_differ_in_one_key(twelve: tuple[Path, Outcome]) -> None:
    sweep = twelve[1].sweep
    found = {(s.key, s.after, s.corridor): s for s in shifts(sweep)}
    suez = found["world", "red-sea-closed", "Suez Canal"]
    assert (suez.pairs, suez.closed, suez.opened, suez.wins_after) == (6, 6, 0, 0)
    assert np.isnan(suez.change_usd_per_teu)
    dear = found["overrides.fuel.vlsfo_usd_per_t", "800", "Cape of Good Hope"]
    cost = sweep.cost.reshape(2, 3, 2, 2)
    assert dear.change_usd_per_teu == pytest.approx(
        float((cost[:, 2, :, 1] - cost[:, 0, :, 1]).mean())
    )
    assert dear.change_usd_per_teu > 0


@pytest.mark.long
def test_hostile_names_stay_names_in_the_csv(hostile: tuple[Path, Outcome]) -> None:
    folder, outcome = hostile
    assert len(HOSTILE) > 50
    assert outcome.ran == len(HOSTILE)
    text = (folder / "summary.csv").read_bytes().decode("utf-8")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) == len(HOSTILE) + 1
    assert len(text.splitlines()) == len(rows)
    for row in rows:
        for cell in (cell for cell in row if not number(cell)):
            assert not cell.lstrip().startswith(("=", "+", "-", "@")), cell
            assert not re.search("[\x00-\x1f\x7f-\x9f]", cell), cell


def number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@pytest.mark.long
def test_hostile_names_stay_names_in_the_workbook(hostile: tuple[Path, Outcome]) -> None:
    path = hostile[0] / "summary.xlsx"
    for title, rows in cells_of(path).items():
        for row in rows:
            for cell in row:
                assert cell.data_type != "f", (title, cell.value)
                assert cell.hyperlink is None, (title, cell.value)
                if isinstance(cell.value, str):
                    assert not cell.value.startswith(("=", "+", "-", "@", "\t", "\r"))
    rows = cells_of(path)["Scenarios"][1:]
    # The format writes _x0041_ for A; xlsxwriter escapes a text that looks so, openpyxl reads raw.
    found = [row[2].value.replace("_x005F_", "_") for row in rows]
    assert found == [one_line(name) for name in HOSTILE]
    with zipfile.ZipFile(path) as book:
        for name in book.namelist():
            assert b"<f>" not in book.read(name), name
            assert "hyperlink" not in name


@in_both
def test_hostile_names_are_kept_as_they_are_in_the_data(hostile: tuple[Path, Outcome]) -> None:
    import pandas as pd

    frame = pd.read_parquet(hostile[0] / "data" / "table=scenarios").sort_values("scenario")
    assert list(frame["variant"]) == HOSTILE


def test_hostile_names_are_no_paths(hostile: tuple[Path, Outcome]) -> None:
    folder = hostile[0]
    assert sorted(path.name for path in folder.iterdir()) == [
        "batch.journal",
        "data",
        "index.html",
        "report.html",
        "summary.csv",
        "summary.xlsx",
    ]
    assert sorted(path.name for path in folder.parent.iterdir()) == ["b.yaml", "base.yaml", "out"]


def test_hostile_names_are_no_markup_in_the_report(hostile: tuple[Path, Outcome]) -> None:
    text = (hostile[0] / "report.html").read_text(encoding="utf-8")
    assert "<img src=x" not in text
    assert "<script>alert(2)" not in text


def test_the_same_sheets_are_the_same_bytes(tmp_path: Path) -> None:
    sheets = [Sheet(title="A", columns=(Column(title="x"),), rows=[("a",), (None,), (1.5,)])]
    for name in ("one", "two"):
        write_workbook(tmp_path / name, sheets, title="t")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_text_that_is_too_long_for_a_cell_is_cut(tmp_path: Path) -> None:
    rows = [("x" * 40_000,)]
    write_workbook(
        tmp_path / "b.xlsx", [Sheet(title="A", columns=(Column(title="x"),), rows=rows)], title=""
    )
    assert len(cells_of(tmp_path / "b.xlsx")["A"][1][0].value) == 32_000


def test_the_summary_of_many_scenarios_keeps_its_pace(twelve: tuple[Path, Outcome]) -> None:
    """A key of many values costs as much a row as one of few."""
    from dataclasses import replace

    sweep = twelve[1].sweep
    first = date(2020, 1, 1)
    days = tuple((first + timedelta(days=i)).isoformat() for i in range(3000))
    many = replace(
        sweep,
        keys=(replace(sweep.keys[0], key="departure", values=days),),
        scenarios=days,
        choice=np.arange(3000)[:, None],
        recommended=np.zeros(3000, np.int64),
        tied=np.zeros((3000, 2), np.bool_),
        ladders=("",) * 3000,
        names=("Suez Canal",) * 3000,
        cost=np.resize(sweep.cost[:1], (3000, 2)),
        low=np.resize(sweep.low[:1], (3000, 2)),
        high=np.resize(sweep.high[:1], (3000, 2)),
        transit_days=np.resize(sweep.transit_days[:1], (3000, 2)),
        days=np.resize(sweep.days[:1], (3000, 2)),
        co2e_kg=np.resize(sweep.co2e_kg[:1], (3000, 2)),
    )
    assert summary_csv(many).count("\n") == 3001


def test_the_values_of_a_batch_are_those_that_it_sets(tmp_path: Path) -> None:
    text = (
        "name: b\nbase: base.yaml\nset: {departure: 2024-06-15, world: current}\nvariants:\n"
        "  - {name: as it is}\n  - {name: light, set: {shipment.cargo: apparel}}\n"
    )
    base = base_values(make_plan(loaded(tmp_path, text)))
    assert (base["departure"], base["world"]) == ("2024-06-15", "current")
    assert base["shipment.cargo"] == "general"
