"""A real, clipped extract of Helsinki becomes tracks and roads."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from corridors.data.sea_areas import great_circle_km
from corridors.errors import GeodataError, MissingPackageError, PlaceError
from corridors.network.land.osm import network_of_extract, read_extract, road_km

# It takes a second to import, which the first test of it does.
pytestmark = pytest.mark.skipif(find_spec("osmnx") is None, reason="osmnx is not installed")
HERE = Path(__file__).parent
RAIL, ROADS = HERE / "helsinki-rail.osm", HERE / "helsinki-roads.osm"


def test_clipped_ways_lose_only_the_nodes_the_extract_lacks() -> None:
    extract = read_extract(RAIL, kind="rail")
    assert extract.cut > 0
    assert all(node in extract.nodes for way in extract.ways for node in way.nodes)


def test_tracks_keep_their_gauge_and_their_length() -> None:
    found = network_of_extract(RAIL, kind="rail")
    assert {leg.gauge for leg in found.legs} == {"1524"}
    for leg in found.legs:
        pieces = zip(leg.line, leg.line[1:], strict=False)
        drawn = sum(float(great_circle_km(*a, *b)) for a, b in pieces)
        assert leg.km == pytest.approx(drawn, rel=0.01, abs=0.002)
        assert leg.line[0] == pytest.approx(found.nodes[leg.from_node])


def test_one_extract_gives_one_network() -> None:
    assert network_of_extract(RAIL, kind="rail") == network_of_extract(RAIL, kind="rail")


def test_a_truck_drives_further_than_a_bird_flies() -> None:
    points = (24.9414, 60.1719), (24.9384, 60.1650)
    km = road_km(ROADS, *points)
    direct = float(great_circle_km(*points[0], *points[1]))
    assert direct < km < 5 * direct


def test_a_point_far_from_the_extract_is_refused() -> None:
    with pytest.raises(PlaceError, match=r"km from a road of helsinki-roads\.osm"):
        road_km(ROADS, (24.94, 60.17), (30.3, 59.9))


def test_an_extract_without_tracks_is_refused() -> None:
    with pytest.raises(GeodataError, match="contains no railway=rail"):
        read_extract(ROADS, kind="rail")


def test_without_osmnx_the_fault_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "osmnx", None)
    with pytest.raises(MissingPackageError, match=r"pip install 'corridors\[osm\]'"):
        network_of_extract(RAIL, kind="rail")
