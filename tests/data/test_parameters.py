"""The table of parameters: complete, sourced, with clear errors."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corridors.data.columns import read_rows
from corridors.data.parameters import load_parameters, load_sources
from corridors.data.paths import configs_dir, data_root, parameters_dir
from corridors.domain.scenario import Override
from corridors.domain.values import SourcedValue, Status
from corridors.errors import GeodataError, ParameterError
from validation.shipped_data import source_faults

TABLE = load_parameters()


def test_every_row_has_a_unit_a_range_and_a_known_source() -> None:
    assert source_faults(TABLE) == ()
    assert len(TABLE.rows) > 200
    for row in TABLE.rows:
        assert row.low <= row.value <= row.high
        assert row.unit


def test_an_assumption_says_so_in_both_places_or_in_its_note() -> None:
    for row in TABLE.rows:
        if row.source_id == "assumption":
            assert row.status is Status.ASSUMPTION, row
        elif row.status is Status.ASSUMPTION:
            # A figure of the source, times or beside one that is assumed.
            assert "assum" in row.note, row


def test_at_most_a_quarter_of_the_numbers_are_assumptions() -> None:
    assumed = sum(row.status is Status.ASSUMPTION for row in TABLE.rows)
    assert assumed <= 0.25 * len(TABLE.rows)


def test_every_source_is_cited_and_every_citation_is_a_source() -> None:
    cited = {row.source_id for row in TABLE.rows}
    for path in parameters_dir().glob("*.csv"):
        if path.name != "sources.csv":
            cited |= {row["source_id"] for row in read_rows(path) if "source_id" in row}
    assert cited <= set(load_sources())


def test_the_most_specific_scope_wins() -> None:
    rate = "rail.rate_usd_per_feu_km"
    assert TABLE.get(rate, "rail/1520@AZ", "rail/1520").scope == "rail/1520@AZ"
    assert TABLE.get(rate, "rail/1520@KZ", "rail/1520").scope == "rail/1520"
    assert TABLE.get("port.thc", "jp-tokyo", "JP").scope == ""
    assert TABLE.country_scopes("DE") == ("DE", "EU")
    assert TABLE.country_scopes("CN") == ("CN",)


def test_a_missing_parameter_proposes_the_near_one() -> None:
    with pytest.raises(ParameterError) as caught:
        TABLE.get("fuel.vlsfo_usd_per_ton")
    assert str(caught.value) == (
        "unknown parameter 'fuel.vlsfo_usd_per_ton', did you mean 'fuel.vlsfo_usd_per_t'?"
    )


def test_a_missing_scope_lists_those_there_are() -> None:
    with pytest.raises(
        ParameterError, match=r"rail.speed_km_per_day: no value for scope 'rail/xx'"
    ):
        TABLE.get("rail.speed_km_per_day", "rail/xx")


def test_an_override_is_kept_with_what_it_replaced() -> None:
    table = TABLE.with_overrides(
        [Override(parameter="fuel.vlsfo_usd_per_t", scope="", value=600.0)]
    )
    new = table.get("fuel.vlsfo_usd_per_t")
    assert (new.value, new.low, new.high, new.status) == (600.0, 600.0, 600.0, Status.SCENARIO)
    ((old, kept),) = table.replaced
    assert (old, kept) == (TABLE.get("fuel.vlsfo_usd_per_t"), new)
    assert old.value != new.value


def test_an_override_without_scope_leaves_no_specific_row_behind() -> None:
    table = TABLE.with_overrides(
        [Override(parameter="service.headway_hours", scope=None, value=24.0)]
    )
    values = {row.value for row in table.rows if row.parameter == "service.headway_hours"}
    assert values == {24.0}


def test_an_override_with_scope_touches_that_row_alone() -> None:
    table = TABLE.with_overrides(
        [Override(parameter="rail.speed_km_per_day", scope="rail/1520@AZ", value=500.0)]
    )
    assert [new.scope for _, new in table.replaced] == ["rail/1520@AZ"]


def test_wrong_overrides_are_reported_all_at_once() -> None:
    with pytest.raises(ParameterError) as caught:
        TABLE.with_overrides(
            [
                Override(parameter="fule.vlsfo_usd_per_t", scope=None, value=1.0),
                Override(parameter="fuel.mgo_usd_per_t", scope=None, value=float("nan")),
            ]
        )
    assert str(caught.value).splitlines() == [
        "unknown parameter 'fule.vlsfo_usd_per_t', did you mean 'fuel.vlsfo_usd_per_t'?",
        "overrides.fuel.mgo_usd_per_t: must be from 0 to 50,000 USD/t, got nan",
    ]


def test_faulty_rows_are_named_by_file_and_line(tmp_path: Path) -> None:
    folder = tmp_path / "parameters"
    shutil.copytree(parameters_dir(), folder)
    header = (folder / "fuel.csv").read_text(encoding="utf-8").splitlines()[0]
    rows = ["a.b,,x,1,2,USD,,assumption,assumption,", "a.c,,1,2,3,USD,,,assumption,"]
    (folder / "fuel.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    with pytest.raises(GeodataError) as caught:
        load_parameters(folder)
    assert str(caught.value).splitlines() == [
        "fuel.csv:2: value: must be a number, got 'x'",
        "fuel.csv:3: source_id: must not be empty, got ''",
    ]


def test_catalogue_and_costing_import_no_heavy_module() -> None:
    code = (
        "import sys, corridors.data.parameters, corridors.data.sea_areas,"
        " corridors.costing.operations, corridors.costing.running, corridors.costing.ship_in_ice,"
        " corridors.costing.pricing;"
        "heavy = {'pandas', 'geopandas', 'pydantic', 'yaml', 'numba', 'ortools'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def test_the_data_folder_is_found_and_can_be_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (data_root() / "parameters" / "services.csv").is_file()
    assert configs_dir().name == "configs"
    monkeypatch.setenv("CORRIDORS_DATA", str(tmp_path))
    with pytest.raises(GeodataError, match="no folder 'parameters'"):
        data_root()
    (tmp_path / "parameters").mkdir()
    assert data_root() == tmp_path


def test_a_row_with_too_few_cells_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1\n", encoding="utf-8")
    with pytest.raises(GeodataError, match=r"x.csv:2: 1 cells, 2 expected"):
        read_rows(path)
    path.with_name("cargo.csv").write_text("id,b\n1,2\n", encoding="utf-8")
    with pytest.raises(GeodataError, match=r"cargo.csv:1: no column title"):
        read_rows(path.with_name("cargo.csv"))


def test_a_source_that_is_repeated_is_named(tmp_path: Path) -> None:
    rows = ["source_id,title,author,year,published,url,kind", *["a,A,,,,,web"] * 2]
    (tmp_path / "sources.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(GeodataError, match=r"sources.csv:3: source_id: appears twice"):
        load_sources(tmp_path)


ORIGINS = {
    "the feeder": "sea/feeder",
    "the Ice1 shuttle": "sea/arctic-5k-ice1",
    "China": "CN",
    "the 2,000 TEU class": "sea/2k",
    "the ordinary train in China": "rail/cn-1435",
    "electronics": "electronics",
    "machinery": "machinery",
}


def origin_of(row: SourcedValue) -> SourcedValue | None:
    """The row whose figure a copied one has, where its note names parameter, year or scope."""
    named = re.match(r"(?:as|equal to) ([a-z]+\.[a-z_]+|\d{4}|rail/[\w-]+)(?![\w>])", row.note)
    words = next((word for word in ORIGINS if row.note.startswith(f"as {word}")), None)
    name = ORIGINS[words] if words else named[1] if named else None
    if name is None:
        return None
    held = {(one.parameter, one.scope): one for one in TABLE.rows}
    if "." in name:
        return held.get((name, row.scope))
    if name.isdigit():
        return held.get((row.parameter, re.sub(r"\d{4}$", name, row.scope)))
    moved = re.sub(r"^(?:sea|rail)/[\w-]+", name, row.scope)
    first = held.get((row.parameter, moved)) or held.get((row.parameter, name))
    # Boxes of a kind alone, where the train has no row of its own.
    return first or held.get((row.parameter, row.scope.rpartition("@")[2]))


def test_a_copied_row_has_the_figure_of_the_row_that_it_names() -> None:
    pairs = [(row, origin_of(row)) for row in TABLE.rows if row.status is Status.COPIED]
    resolved = [(row, origin) for row, origin in pairs if origin is not None]
    assert len(resolved) >= 90
    assert [row for row, origin in resolved if row.value != origin.value] == []
    weaker = (Status.ASSUMPTION, Status.RECALLED)
    assert [row for row, origin in resolved if origin.status in weaker] == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"note": "as the feeder"}, "status must be copied by its source and note, got computed"),
        ({"status": Status.COPIED, "note": "middle"}, "begin the note with 'as' and that row"),
        ({"source_id": "class-registers"}, "status must be recalled by its source and note, got"),
    ],
)
def test_a_row_is_no_surer_than_what_it_rests_on(changes: dict[str, Any], said: str) -> None:
    row = TABLE.get("ship.burn_b", "sea/14k")
    assert row.status is Status.COMPUTED
    changed = replace(row, **changes)
    table = replace(TABLE, rows=(changed,))
    (fault,) = source_faults(table)
    assert fault.startswith("ship.burn_b@sea/14k: ")
    assert said in fault
