"""`corridors network`: an extract becomes own data that `check` and `route` take."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from corridors.checks import check_files
from corridors.cli.main import command_line
from corridors.data.own import source_at
from corridors.data.own.combine import overlay_of
from corridors.errors import GeodataError
from corridors.exchange import from_osm
from corridors.exchange.from_osm import exchange_of_osm
from corridors.exchange.network_files import own_tables
from corridors.network.land.osm import OsmLeg, OsmNetwork, read_extract

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
        (("--system", "road"), "--system road: no such system; known: 1520, "),
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


def test_a_pipe_is_no_extract(tmp_path: Path) -> None:
    for name in ("a.osm", "a.osm.pbf"):
        os.mkfifo(tmp_path / name)
        with pytest.raises(GeodataError, match="not a file; give an extract"):
            read_extract(tmp_path / name, kind="rail")


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


def test_check_takes_what_is_made_of_any_tracks(tmp_path: Path) -> None:
    # Two nodes at one point, a leg from a node to itself, and two tracks of one gauge side by side.
    nodes = {1: (24.9, 60.1), 2: (24.9, 60.1), 3: (25.0, 60.2), 4: (25.1, 60.2)}

    def leg(a: int, b: int, km: float, gauge: str) -> OsmLeg:
        return OsmLeg(from_node=a, to_node=b, km=km, gauge=gauge, line=(nodes[a], nodes[b]))

    legs = (
        *(leg(1, 2, 0.0, "1524"), leg(3, 3, 1.0, "1524"), leg(1, 3, 12.6, "1520;1435")),
        *(leg(3, 1, 12.5, "1524"), leg(3, 4, 5.6, "1524"), leg(2, 4, 20.0, "1435")),
    )
    found = exchange_of_osm(
        OsmNetwork(nodes=nodes, legs=legs, cut=0),
        kind="rail",
        country="FI",
        system="1520",
        terminals={},
        join_km=2.0,
    )
    assert [(link.from_id, link.to_id, link.km) for link in found.links] == [
        ("osm-1", "osm-2", 0.001),
        ("osm-3", "osm-1", 12.5),
        ("osm-3", "osm-4", 5.6),
    ]
    for name, text in own_tables(found, source="OpenStreetMap").items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert check_files([tmp_path]) == (1, ())


def test_more_tracks_than_own_data_may_have_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = {n: (24.9 + n / 100, 60.1) for n in range(5)}
    legs = tuple(
        OsmLeg(from_node=n, to_node=n + 1, km=1.0, gauge="", line=(nodes[n], nodes[n + 1]))
        for n in range(4)
    )
    monkeypatch.setattr(from_osm, "MAX_ROWS", 4)
    with pytest.raises(GeodataError, match="5 nodes and 4 legs; own data have at most 4 of each"):
        exchange_of_osm(
            OsmNetwork(nodes=nodes, legs=legs, cut=0),
            kind="road",
            country="FI",
            system=None,
            terminals={},
            join_km=2.0,
        )
