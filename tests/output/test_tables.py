"""Every table is declared once: its writers make the same of it, and its columns say what they are.

The tables are found where modules declare them, so a new one is held to this by being there.
"""

from __future__ import annotations

import csv
import io
import re
from functools import cache
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

import corridors
from corridors.cli.output import print_result_table
from corridors.output.html.report.report_tables import table_of
from corridors.output.listings import CARGO, LISTINGS
from corridors.output.tables import CHANGES, Column, Kind, Table, column, columns
from corridors.studies.option_tables import option_columns
from corridors.studies.result_base import extended
from docs.tools.generated import declared_tables
from tests.output.fixtures import example_comparison

PACKAGE = Path(corridors.__file__).parent
VALUES: dict[Kind, object] = {
    Kind.TEXT: "=SUM(1)",
    Kind.NUMBER: 0.125,
    Kind.WHOLE: 3,
    Kind.SHARE: 0.125,
    Kind.TRUTH: True,
    Kind.DAY: "2026-08-20",
    Kind.TIME: "2026-08-20T06:30Z",
    Kind.TEXTS: ["a", "b"],
    Kind.NUMBERS: [1.5, 2.5],
    Kind.PARTS: {"a": 1.5},
    Kind.OBJECTS: [{"a": 1}],
}


@cache
def tables() -> dict[str, Table]:
    return declared_tables()


def row_of(table: Table) -> SimpleNamespace:
    """Return a row with a value for each column, in a table that takes them as they are."""
    read = (*table.columns, *table.read_columns(on_page=True))
    return SimpleNamespace(**{one.name: VALUES[one.kind] for one in read})


def plain(table: Table) -> Table:
    """Return the table without what takes values from a result."""
    return Table(
        name=table.name,
        about=table.about,
        files=table.files,
        in_csv=table.in_csv,
        reads=table.reads,
        pages=table.pages,
        spare=table.spare,
        lists=table.lists,
    )


def test_there_are_tables_and_each_name_of_the_registry_is_used() -> None:
    assert len(tables()) >= 40
    named = {
        known
        for table in tables().values()
        for one in (*table.columns, *table.read_columns(on_page=True))
        for known in (one.name, f"{table.name}.{one.name}")
    }
    # The frame of options is made of the keys of an option, for which the registry has more words.
    named |= {f"options.{one.name}" for one in option_columns()}
    named |= {name.rpartition("_")[0] for name in named if name.rpartition("_")[2] in CHANGES}
    # Columns that a page reads of a table are named there.
    pages = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*page.py"))
    assert [name for name in columns() if not (name in named or "*" in name or name in pages)] == []


def test_a_column_says_what_it_means() -> None:
    for name, one in columns().items():
        assert one.meaning.endswith("."), one
        assert one.meaning[0].isupper() or one.meaning[0] == "`", one
        said = one.meaning.lower().rstrip(".")
        assert name == "name" or said != name.replace("_", " "), "it repeats its name"
        if one.is_figure and name.endswith(("_usd", "_km", "_days", "_teu", "_hours", "_kg")):
            assert one.unit, one


@pytest.mark.parametrize("name", sorted(tables()))
def test_every_writer_has_the_columns_that_the_table_declares(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CORRIDORS_WIDTH", raising=False)
    table = plain(tables()[name])
    rows = [row_of(table)]
    assert table.about.endswith(".")
    if table.files:
        (record,) = table.records(rows)
        assert tuple(record) == table.names
        head, cells = csv.reader(io.StringIO(table.csv(rows)))
        assert head == (table.in_csv or table.files).split()
        assert "=SUM(1)" not in cells
        frame = table.frame(rows)
        assert tuple(frame.columns) == table.names
        assert tuple(table.layer(rows)) == table.names
        assert table.model("Row").model_validate(record).model_dump() == record
    if not (table.reads or table.files):
        return
    print_result_table(table, rows)
    printed = capsys.readouterr().out.split("\n")[1]
    read = [one.above for one in table.read_columns()]
    heads = [" ".join(word for word in head.split("_")) for head in read]
    assert [head for head in heads if head.lower() not in printed.lower()] == []
    assert list(table.shown(rows).columns) == [one.titled for one in table.read_columns()]
    page = table_of(table, rows, "A caption")
    on_page = table.read_columns(on_page=True)
    assert page.count('<th scope="col"') == len(on_page)
    assert [one.name for one in on_page if one.meaning.split("`")[0][:20] not in page] == []
    spared = table.spare.replace("+", " ").split()
    assert set(spared) <= {one.name for one in table.read_columns()}


def test_a_column_that_nobody_explained_is_refused() -> None:
    with pytest.raises(KeyError, match=r"no_such_name: not in columns\.csv"):
        column("no_such_name")
    for change in CHANGES:
        assert column(f"days_{change}").unit == "days"


def test_people_read_rounded_figures_and_shares_in_percent() -> None:
    days = Column(name="days", kind=Kind.NUMBER, meaning="Days.", digits=1)
    assert [days.read(value) for value in (41.26, -0.01, None)] == [41.3, 0.0, None]
    usd = Column(name="usd", kind=Kind.NUMBER, meaning="Money.", digits=0)
    assert repr(usd.read(1260.4)) == "1260"
    share = Column(name="share", kind=Kind.SHARE, meaning="Part.", digits=1)
    assert share.read(0.581) == "58.1%"


def test_listings_are_the_tables_of_their_names() -> None:
    assert list(LISTINGS) == [
        *("corridors", "terminals", "gates", "services", "parameters", "sources", "projects"),
        *("cargo", "worlds", "lanes", "lines"),
    ]
    assert CARGO.frame(None)["value_usd_per_teu"].dtype == "float64"


@cache
def frames() -> dict[str, pd.DataFrame]:
    """Return frames of results that cost little, with their index as columns."""
    found = extended(corridors.Comparison, example_comparison())
    named = {
        name: getattr(found, name)
        for name in ("options", "legs", "cost_lines", "lines", "emissions", "fronts")
    }
    named |= {name: table.frame(None) for name, table in LISTINGS.items() if name != "lines"}
    return {name: frame.reset_index() for name, frame in named.items()}


def test_any_two_frames_join_on_their_keys() -> None:
    keys = {name for name, one in columns().items() if one.key}
    joined = 0
    for (one, left), (other, right) in combinations(frames().items(), 2):
        shared = sorted(keys & set(left.columns) & set(right.columns))
        for key in shared:
            assert left[key].dtype == right[key].dtype, (one, other, key)
            both = left[[key]].drop_duplicates().merge(right[[key]].drop_duplicates(), on=key)
            assert set(both[key]) == set(left[key]) & set(right[key]), (one, other, key)
            joined += len(both)
    assert joined > 20


def test_days_have_no_time_and_times_are_in_utc() -> None:
    days, times = {"departure", "next_usable_date", "opens"}, {"departs", "arrives", "arrival"}
    for name, frame in frames().items():
        for key in (days | times) & set(frame):
            kind = "datetime64[ns]" if key in days else "datetime64[ns, UTC]"
            assert str(frame[key].dtype) == kind, (name, key)


SMALL_WORDS = frozenset(
    ["the", "a", "an", "of", "its", "it", "is", "in", "to", "and", "per", "for"]
)


@pytest.mark.parametrize("name", sorted(columns()))
def test_a_meaning_says_more_than_the_name(name: str) -> None:
    told = set(re.findall(r"[a-z0-9]+", columns()[name].meaning.lower())) - SMALL_WORDS
    own = set(re.findall(r"[a-z0-9]+", name.rpartition(".")[2].lower()))
    assert {word.rstrip("s") for word in told} - {word.rstrip("s") for word in own}
