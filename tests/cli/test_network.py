"""`corridors network`: an extract becomes own data that `check` and `route` take."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corridors.cli.main import command_line
from corridors.data.own import source_at
from corridors.data.own.combine import overlay_of

EXTRACT = Path(__file__).parents[1] / "network" / "land" / "osm" / "helsinki-rail.osm"


def run(*arguments: object) -> str:
    result = CliRunner().invoke(command_line(), [str(part) for part in arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_an_extract_becomes_own_legs_of_the_gauge(tmp_path: Path) -> None:
    pytest.importorskip("osmnx")
    told = run("network", "osm", EXTRACT, "--country", "FI", "--out", tmp_path / "own")
    assert "LICENCE.txt" in told
    own = overlay_of([source_at(tmp_path / "own", shown="own")])
    legs = [leg for leg in own.legs if leg.from_id.startswith("osm-")]
    assert len(legs) > 100
    assert {leg.gauge_mm for leg in legs} == {1520}
    assert "OpenStreetMap contributors" in (tmp_path / "own" / "LICENCE.txt").read_text()


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (("--system", "foo"), "--system foo: no such system; known: 1520, "),
        (("--system", "1520-"), "--system 1520-: no such system"),
        (("--country", "FIN"), "--country FIN: must be two letters, such as FI"),
    ],
)
def test_what_own_data_refuses_is_not_written(
    option: tuple[str, str], told: str, tmp_path: Path
) -> None:
    pytest.importorskip("osmnx")
    asked = ["network", "osm", str(EXTRACT), "--country", "FI", "--out", str(tmp_path), *option]
    result = CliRunner().invoke(command_line(), asked)
    assert told in str(result.exception)
    assert not [*tmp_path.iterdir()]


def test_an_export_comes_back(tmp_path: Path) -> None:
    run("network", "export", "--as", "gmns", "--no-sea", "--out", tmp_path / "gmns")
    run("network", "import", tmp_path / "gmns", "--out", tmp_path / "own")
    assert run("check", tmp_path / "own").startswith("1 checked, no errors")


def test_an_import_says_how_many_places_and_legs_it_brings(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "node.csv").write_text(
        "node_id,name,x_coord,y_coord,country\n"
        "a,A,20.0,52.0,PL\nb,B,21.0,52.0,PL\nc,C,22.0,52.0,PL\n"
    )
    (mine / "link.csv").write_text(
        "link_id,from_node_id,to_node_id,gauge_mm,length,allowed_uses\n"
        "1,a,b,1435,70,rail\n2,b,c,1435,70,rail\n"
    )
    told = run("network", "import", mine, "--out", tmp_path / "own", "--format", "json")
    rows = json.loads(told)["rows"]
    assert {(row["nodes"], row["land_legs"]) for row in rows} == {(3, 2)}
