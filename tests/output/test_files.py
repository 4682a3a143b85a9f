"""The files of a run: CSV, GeoPackage, and all or none."""

from __future__ import annotations

import csv
import io
import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import geopandas
import pyogrio
import pytest

from corridors.domain.values import ChainPart
from corridors.errors import ConfigError
from corridors.output.comparison import options_csv, with_equals
from corridors.output.contract import OPTION_COLUMNS
from corridors.output.geopackage_writer import write_geopackage
from corridors.output.html.report.details import render_report
from corridors.output.store import check_folder, csv_text, write_outputs
from corridors.studies.compare.result import EVERY_OPTION, marked_options
from tests.output.fixtures import HOSTILE, example_comparison, hostile_comparison


def test_options_csv_has_a_row_per_corridor_with_empty_figures_where_closed() -> None:
    rows = list(csv.DictReader(io.StringIO(options_csv(example_comparison()))))
    assert [row["rank"] for row in rows] == ["1", "2", "3", ""]
    assert tuple(rows[0]) == OPTION_COLUMNS
    assert rows[0]["recommended"] == "yes"
    assert rows[2]["gauge_changes"] == "Dostyk; Malaszewicze"
    assert rows[3]["cost_usd_per_teu"] == ""
    assert rows[3]["next_usable_date"] == "2027-07-12"


def test_a_corridor_with_the_route_of_another_says_so_and_has_no_rank() -> None:
    found = example_comparison()
    suez, *rest = found.routes
    again = replace(suez, corridor="again", title="Again")
    dearer = replace(suez, corridor="slow", steps=(*suez.steps, *rest[0].steps))
    routes = with_equals((suez, again, dearer, *rest))
    assert [route.equals for route in routes[:3]] == ["", suez.corridor, ""]
    assert routes[1].warnings[0] == f"the same route as {suez.title}, and not ranked again"
    rows = list(csv.DictReader(io.StringIO(options_csv(replace(found, routes=routes)))))
    assert [row["rank"] for row in rows] == ["1", "", "2", "3", "4", ""]
    assert rows[1]["equals"] == suez.corridor
    again_found = replace(found, routes=routes)
    assert EVERY_OPTION.read(marked_options(again_found))[1]["status"] == "same route"
    page = render_report(again_found, sources={})
    assert f"same route: {suez.title}" in page


def test_a_route_on_other_days_or_ships_is_another_route() -> None:
    suez = example_comparison().routes[0]
    later = [replace(step, departs=step.departs + timedelta(days=1)) for step in suez.steps]
    other = [replace(step, service="sea/4k") for step in suez.steps]
    # The part of the chain makes no difference: each corridor has a main carriage of its own.
    parts = [replace(step, part=ChainPart.PRE) for step in suez.steps]
    drawn = [
        replace(suez, corridor=str(n), steps=tuple(s)) for n, s in enumerate((later, other, parts))
    ]
    assert [route.equals for route in with_equals((suez, *drawn))] == ["", "", "", suez.corridor]


def test_a_cell_that_a_spreadsheet_would_run_is_disarmed() -> None:
    text = csv_text([{"name": '=HYPERLINK("x")', "value": -1.5, "known": True}], ("name", "value"))
    assert text == 'name,value\n"\'=HYPERLINK(""x"")",-1.5\n'
    assert csv_text([{"a": [], "b": ("@x", "=y")}], ("a", "b")) == "a,b\n,\"'@x; '=y\"\n"


@pytest.mark.parametrize("text", ["\uff1d1", "\u200b=1", "\ufeff @x", "\u2060\u00ad+1"])
def test_a_hidden_or_full_width_sign_is_one_too(text: str) -> None:
    assert csv_text([{"a": text}], ("a",)) == f"a\n'{text}\n"


def test_a_cell_with_a_semicolon_or_spaces_at_its_ends_is_quoted() -> None:
    rows = [{"a": text} for text in ("x;y", " x", "x ", 'x"', "x,y", "x y", None, 1.5, True)]
    text = csv_text(rows, ("a",))
    assert text == 'a\n"x;y"\n" x"\n"x "\n"x"""\n"x,y"\nx y\n\n1.5\nyes\n'


def test_the_geopackage_opens_with_both_layers(tmp_path: Path) -> None:
    path = tmp_path / "legs.gpkg"
    write_geopackage(example_comparison(), path)
    assert {name for name, _ in pyogrio.list_layers(path)} == {
        *("legs", "terminals", "layer_styles"),
    }
    legs = geopandas.read_file(path, layer="legs")
    assert len(legs) == 4 + 2 + 5
    assert legs.crs.to_epsg() == 4326
    assert set(legs.geom_type) == {"MultiLineString"}
    assert legs.total_bounds[0] == -180.0
    assert legs.total_bounds[2] == 180.0
    assert legs.loc[0, "departs"] == "2026-08-20T00:00Z"
    assert legs.loc[4, "from_name"] == "Shanghai"
    places = geopandas.read_file(path, layer="terminals").set_index("id")
    assert places.loc["cn-shanghai", "corridors"] == "suez;panama;kazakhstan-dostyk"
    assert abs(places.loc["gate-panama"].geometry.x + 79.7) < 1e-9


def test_a_haul_without_length_has_no_line(tmp_path: Path) -> None:
    found = example_comparison()
    suez, *others = found.routes
    number = next(n for n, step in enumerate(suez.steps) if step.lon_lat)
    steps = list(suez.steps)
    steps[number] = replace(steps[number], lon_lat=(steps[number].lon_lat[0],) * 2)
    write_geopackage(
        replace(found, routes=(replace(suez, steps=tuple(steps)), *others)), tmp_path / "legs.gpkg"
    )
    assert len(geopandas.read_file(tmp_path / "legs.gpkg", layer="legs")) == 4 + 2 + 5 - 1


def test_the_geopackage_is_sound_by_sqlites_own_check(tmp_path: Path) -> None:
    write_geopackage(hostile_comparison(), tmp_path / "legs.gpkg")
    with closing(sqlite3.connect(tmp_path / "legs.gpkg")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("SELECT title FROM legs LIMIT 1").fetchone() == (HOSTILE,)
    database.close()


def test_the_geopackage_has_the_same_bytes_twice(tmp_path: Path) -> None:
    for name in ("a.gpkg", "b.gpkg"):
        write_geopackage(example_comparison(), tmp_path / name)
    assert (tmp_path / "a.gpkg").read_bytes() == (tmp_path / "b.gpkg").read_bytes()
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None


def test_a_geopackage_with_nothing_usable_has_empty_layers(tmp_path: Path) -> None:
    closed = replace(example_comparison(), routes=example_comparison().routes[3:])
    write_geopackage(closed, tmp_path / "legs.gpkg")
    assert len(geopandas.read_file(tmp_path / "legs.gpkg", layer="legs")) == 0


def test_a_second_run_replaces_the_first_and_leaves_other_files(tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    write_outputs(out, {"a.txt": "first\n", "b.bin": b"1"})
    (out / "mine.txt").write_text("kept")
    paths = write_outputs(out, {"a.txt": "second\n"})
    assert paths == (out / "a.txt",)
    assert (out / "a.txt").read_bytes() == b"second\n"
    assert sorted(path.name for path in out.iterdir()) == ["a.txt", "b.bin", "mine.txt"]


def test_a_failure_leaves_the_first_run_as_it_was(tmp_path: Path) -> None:
    def fails(path: Path) -> None:
        path.write_text("half")
        message = "broken"
        raise RuntimeError(message)

    write_outputs(tmp_path, {"a.txt": "first"})
    with pytest.raises(RuntimeError, match="broken"):
        write_outputs(tmp_path, {"a.txt": "second", "b.txt": fails})
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "first"
    with pytest.raises(RuntimeError, match="broken"):
        write_outputs(tmp_path / "x" / "y", {"b.txt": fails})
    assert not (tmp_path / "x").exists()


def test_a_disk_that_refuses_is_one_line(tmp_path: Path) -> None:
    def full(path: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(ConfigError) as refused:
        write_outputs(tmp_path / "out", {"a.txt": full})
    expected = f"{tmp_path / 'out'}: cannot write the results: No space left on device"
    assert str(refused.value) == expected


def test_a_geopackage_on_a_full_disk_is_one_line(tmp_path: Path) -> None:
    def full(path: Path) -> None:
        with closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA max_page_count = 2")
            database.execute("CREATE TABLE a (b)")
            database.execute("INSERT INTO a VALUES (zeroblob(99999))")

    with pytest.raises(ConfigError) as refused:
        write_outputs(tmp_path / "out", {"places.gpkg": full})
    assert str(refused.value) == "places.gpkg: cannot write the results: database or disk is full"
    assert not (tmp_path / "out").exists()


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(ConfigError) as refused:
        check_folder(tmp_path / "out")
    assert str(refused.value) == f"{tmp_path / 'out'}: is a file; give a folder"
    with pytest.raises(ConfigError, match="is a file"):
        write_outputs(tmp_path / "out" / "deeper", {"a.txt": ""})
    (tmp_path / "b" / "a.txt").mkdir(parents=True)
    with pytest.raises(ConfigError, match=r"a\.txt: is a folder"):
        write_outputs(tmp_path / "b", {"a.txt": ""})


@pytest.mark.skipif(os.name != "posix", reason="needs named pipes")
def test_only_a_file_is_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for name in ("pipe", "link"):
        with pytest.raises(ConfigError, match=f"{name}: is a link, a pipe or a device"):
            write_outputs(tmp_path, {name: ""})
    assert (tmp_path / "pipe").is_fifo()
    assert not (tmp_path / "elsewhere").exists()
