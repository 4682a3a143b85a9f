"""A table of shipments: each question once, the answers on its rows, what cannot be asked named."""

from __future__ import annotations

from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

import corridors
from corridors.cli.main import command_line
from corridors.errors import ConfigError, CorridorsError, MissingPackageError, StoppedError
from corridors.studies.shipments.result import table_of
from corridors.studies.shipments.run import Questions

FEW: Any = {"corridors": ["suez", "cape"], "world": "reference-open"}
ROWS = [
    # reference, origin, destination, departure, boxes, cargo, paid
    ("A", "Shanghai", "Hamburg", "2026-08-20", 10, "electronics", 40_000),
    ("B", "Ningbo", "Hamburg", "2026-08-20", 1, None, None),
    ("C", "Shanghai", "Hamburg", "2026-08-20", 4, "electronics", 10_000),
    ("D", "Shanghai", None, "2026-08-20", 2, None, 1_000),
    ("E", "Shanghai", "Hambrug", "2026-08-20", 2, None, 1_000),
    ("F", "Shanghai", "Hamburg", "20.8.2026", 2, None, 1_000),
    ("G", "Shanghai", "Hamburg", "2026-08-20", -2, None, 1_000),
]
NAMES = [
    *("reference", "origin", "destination", "departure", "boxes", "shipment.cargo", "paid_usd"),
]


def frame() -> pd.DataFrame:
    return pd.DataFrame(ROWS, columns=NAMES).set_index("reference")


@cache
def found() -> corridors.Shipments:
    return corridors.compare_many(frame(), **FEW)


def test_answers_stand_on_the_index_of_the_table() -> None:
    answers = found().answers
    assert list(answers.index) == list("ABCDEFG")
    assert list(answers["status"]) == ["answered"] * 3 + ["not asked"] * 4
    assert list(answers["reason"].head(3)) == [""] * 3


def test_each_answer_is_that_of_the_same_question_asked_alone() -> None:
    answers = found().answers
    for name, row in frame().iloc[:3].iterrows():
        cargo = {} if pd.isna(row["shipment.cargo"]) else {"cargo": row["shipment.cargo"]}
        ends: Any = {key: row[key] for key in ("origin", "destination", "departure")}
        alone = corridors.compare(**ends, shipment=cargo, **FEW).recommended
        assert alone is not None
        answer: Any = answers.loc[str(name)]
        assert answer["recommended"] == alone.corridor
        # As in every table, a cost is the sum of its lines, each rounded to the cent.
        assert answer["cost_usd_per_teu"] == pytest.approx(alone.cost_usd_per_teu, abs=0.05)
        assert answer["days"] == pytest.approx(alone.days, abs=0.001)


def test_a_question_of_two_rows_is_asked_once() -> None:
    assert found().questions == 2
    answers = found().answers
    alike = ["recommended", "usd_per_box", "days"]
    first, _, third = answers[alike].head(3).to_numpy().tolist()
    assert first == third


def test_rows_that_cannot_be_asked_keep_their_reason() -> None:
    reasons = found().answers["reason"]
    assert reasons["D"] == "destination: is empty"
    assert reasons["E"] == "destination: unknown place 'Hambrug', did you mean 'Hamburg'?"
    assert reasons["F"] == "departure: must be a date such as 2026-08-20"
    assert reasons["G"] == "boxes: must be a number of 0 or more, got -2"
    assert found().answers["usd_per_box"].tail(4).isna().all()


def test_sums_are_those_of_the_boxes_beside_what_was_paid() -> None:
    a, b, c = (found().answers.loc[name] for name in "ABC")
    # A box of 40 feet is two TEU; ten, one and four of them.
    assert a["usd_per_box"] == pytest.approx(2 * a["cost_usd_per_teu"], abs=0.01)
    usd = 10 * a["usd_per_box"] + b["usd_per_box"] + 4 * c["usd_per_box"]
    every, paid = found().totals.loc["all answered"], found().totals.loc["with what was paid"]
    assert every["counted"] == 3
    assert every["boxes"] == 15
    assert every["usd"] == pytest.approx(usd, abs=0.05)
    assert every["mean_days"] == pytest.approx((10 * a["days"] + b["days"] + 4 * c["days"]) / 15)
    kg = 2 * (10 * a["co2e_wtw_kg_per_teu"] + b["co2e_wtw_kg_per_teu"])
    kg += 2 * 4 * c["co2e_wtw_kg_per_teu"]
    assert every["co2e_t"] == pytest.approx(kg / 1000, abs=0.001)
    # Of B nothing is known to have been paid; what D to G paid has no answer beside it.
    assert paid["counted"] == 2
    assert paid["paid_usd"] == 50_000
    assert paid["paid_more_usd"] == pytest.approx(50_000 - 14 * a["usd_per_box"], abs=0.05)


def test_the_table_keeps_the_columns_of_the_user() -> None:
    given = frame().assign(status="arrived", **{"our note": "x"})
    table = corridors.compare_many(given.head(1), **FEW).table
    assert list(table["given_status"]) == ["arrived"]
    assert list(table["our note"]) == ["x"]
    assert list(table["status"]) == ["answered"]
    assert list(table["boxes"]) == [10]


def test_an_empty_cell_is_a_key_that_is_not_given() -> None:
    given = pd.DataFrame(
        {
            "origin": ["Shanghai"] * 4,
            "destination": ["Hamburg"] * 4,
            "departure": [date(2026, 8, 20), pd.NaT, np.datetime64("2026-08-20"), "2026-08-20"],
            "limits.max_days": [np.nan, None, pd.NA, 5],
        }
    )
    answers = corridors.compare_many(given, "shanghai-europe", **FEW)
    assert answers.questions == 2
    assert list(answers.answers["status"]) == ["answered"] * 3 + ["no option"]
    assert answers.answers["reason"][3].startswith("max_days would have to rise from 5 to ")


def test_files_give_what_their_frame_does(tmp_path: Path) -> None:
    text = "reference;Origin;Destination;Departure;Boxes;shipment.cargo;Paid USD\n"
    for name, origin, destination, day, boxes, cargo, paid in ROWS:
        cells = (name, origin, destination, day, boxes, cargo, paid)
        text += ";".join("" if cell is None else str(cell) for cell in cells) + "\n"
    file = tmp_path / "shipments.csv"
    file.write_text(text, encoding="utf-8")
    book = openpyxl.Workbook()
    book.active.append(["reference", "origin", "destination", "departure", "boxes"])
    book.active.append([])
    book.active.append(["A", "Shanghai", "Hamburg", date(2026, 8, 20), 10])
    book.save(tmp_path / "shipments.xlsx")
    csv = corridors.compare_many(file, **FEW)
    assert csv.answers.index.name == "row"
    assert list(csv.answers.index) == [2, 3, 4, 5, 6, 7, 8]
    assert csv.answers["usd"].to_list() == pytest.approx(
        found().answers["usd"].to_list(), nan_ok=True
    )
    excel = corridors.compare_many(str(tmp_path / "shipments.xlsx"), **FEW)
    assert list(excel.answers.index) == [3]
    assert excel.questions == 1


def test_the_command_answers_a_table(tmp_path: Path) -> None:
    file = tmp_path / "ships.csv"
    file.write_text("origin,boxes\nNingbo,3\nShanghai,2\nNowhereville,1\n", encoding="utf-8")
    asked = ["compare", "shanghai-europe", "--table", str(file)]
    sets = ["--set", "corridors=[suez, cape]"]
    run = partial(CliRunner().invoke, command_line())
    ended = run([*asked, *sets, "--out", str(tmp_path / "o")])
    assert ended.exit_code == 0
    assert "2 of 3 shipments answered from 2 distinct questions" in ended.stdout
    assert "Row 4: not asked: origin: unknown place 'Nowhereville'" in ended.stdout
    written = (tmp_path / "o" / "shipments.csv").read_text(encoding="utf-8")
    assert written.splitlines()[0].startswith("row,origin,status,reason,recommended,")
    refused = run([*asked, "--months"])
    assert str(refused.exception) == (
        "--table: asks each row for its answer alone; leave out --months"
    )


@pytest.mark.parametrize(
    ("columns", "fault"),
    [
        ({"origin": ["Ningbo"]}, "no column destination"),
        (
            {"origin": ["A"], "destination": ["B"], "shipment.carg": ["toys"]},
            "no key 'shipment.carg' in a scenario, did you mean 'shipment.cargo'?",
        ),
        ({"origin": ["A"], "Origin": ["A"], "destination": ["B"]}, "two columns are the origin"),
    ],
)
def test_a_wrong_column_is_refused(columns: dict[str, list[str]], fault: str) -> None:
    with pytest.raises(ConfigError, match="compare_many") as refused:
        corridors.compare_many(pd.DataFrame(columns))
    assert fault in str(refused.value)


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorridorsError, match="give a frame or the path of a table"):
        corridors.compare_many(3)  # type: ignore[arg-type]
    (tmp_path / "t.ods").write_bytes(b"")
    with pytest.raises(ConfigError, match=r"give a table as \.xlsx or \.csv"):
        table_of(tmp_path / "t.ods")
    (tmp_path / "t.csv").write_bytes(b"origin,origin\nA,B\n")
    with pytest.raises(ConfigError, match="'origin' is twice in the heading, row 1"):
        table_of(tmp_path / "t.csv")
    (tmp_path / "t.xlsx").write_bytes(b"PK no")
    with pytest.raises(ConfigError, match="is not a workbook that can be read"):
        table_of(tmp_path / "t.xlsx")


def test_without_a_reader_of_excel_a_sentence_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    (tmp_path / "t.xlsx").write_bytes(b"PK")
    with pytest.raises(MissingPackageError, match=r"pip install 'corridors\[excel\]'"):
        table_of(tmp_path / "t.xlsx")


def test_two_processes_answer_as_one() -> None:
    asked = frame().head(3)
    # A chunk of one question, so that there are two.
    chunk = property(lambda _: 1)
    before, Questions.chunk_size = Questions.chunk_size, chunk  # type: ignore[assignment]
    try:
        two = corridors.compare_many(asked, workers=2, **FEW).answers
    finally:
        Questions.chunk_size = before  # type: ignore[method-assign]
    assert two.equals(found().answers.head(3))


def test_a_worker_that_died_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def parts_of(*_: object, **__: object) -> None:
        msg = "a worker died"
        raise StoppedError(msg)

    monkeypatch.setattr("corridors.studies.shipments.run.parts_of", parts_of)
    with pytest.raises(CorridorsError, match=r"compare_many\(\): stopped: a worker died"):
        corridors.compare_many(frame().head(1), **FEW)
