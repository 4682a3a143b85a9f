"""Places join the lanes by what they see: water, no land, no gate in between."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corridors
from corridors.data.geodata import SeaLanes, load_gates, load_sea_lanes
from corridors.data.sea_areas import great_circle_km
from corridors.errors import PlaceError
from corridors.network.locate import Place, PlaceKind, locate, world_ports
from corridors.network.sea import lane_access
from corridors.network.sea.land_crossed import Lines, is_inland, land_km, lands_km
from corridors.network.sea.lane_access import ACCESS_LAND_KM, MORE_LAND_KM, join
from corridors.units import km_from_nm


def point(lon: float, lat: float) -> Place:
    """Return a point with an id of its own."""
    name = f"{lon:.4f},{lat:.4f}"
    return Place(id=name, name=name, country="", lon=lon, lat=lat, kind=PlaceKind.POINT)


def lanes_of(nodes: list[tuple[float, float]], edges: list[tuple[int, int]]) -> SeaLanes:
    """Return lanes of some arcs, without gates."""
    lon, lat = np.array(nodes).T
    tail, head = np.array(edges, np.int32).T
    km = [float(great_circle_km(*nodes[a], *nodes[b])) for a, b in edges]
    return SeaLanes(
        node_lon=lon,
        node_lat=lat,
        edge_from=tail,
        edge_to=head,
        edge_nm=np.array(km) / 1.852,
        edge_gate=np.full(tail.size, -1, np.int32),
        point_ids=(),
        point_node=np.empty(0, np.int32),
    )


@pytest.mark.long
@settings(max_examples=40, deadline=None)
@given(st.floats(-60.0, -20.0), st.floats(-35.0, 45.0), st.floats(0.0, 360.0))
def test_points_that_see_each_other_are_a_great_circle_apart(
    lon: float, lat: float, bearing: float
) -> None:
    turn = np.radians(bearing)
    there = point(
        lon + 0.45 * float(np.sin(turn)) / float(np.cos(np.radians(lat))),
        lat + 0.45 * float(np.cos(turn)),
    )
    here = point(lon, lat)
    if land_km(((lon, lat), (there.lon, there.lat))) > 0.0:
        return
    try:
        nm = corridors.sea_distance(here, there)
    except PlaceError:
        assert is_inland(lon, lat, within_km=1.0) or is_inland(there.lon, there.lat, within_km=1.0)
        return
    direct = float(great_circle_km(lon, lat, there.lon, there.lat))
    assert km_from_nm(nm) == pytest.approx(direct, rel=0.01)
    assert corridors.sea_distance(there, here) == nm


def test_a_point_in_mid_ocean_joins_nodes_across_it() -> None:
    corners = [(-9.5, 38.7), (-61.0, 14.5), (-17.6, 14.7), (-52.6, 47.5)]
    lanes = lanes_of(corners, [(0, 1), (0, 2), (1, 3), (0, 3)])
    access = join(point(-40.0, 20.0), lanes)
    assert {node for node, _ in access.ends} == {0, 1, 2, 3}
    nearest = min(float(great_circle_km(-40.0, 20.0, *corner)) for corner in corners)
    assert access.off_km == pytest.approx(nearest, rel=0.005)
    assert access.off_km > 2_000.0


def test_a_port_that_is_a_node_joins_there_and_others_are_refused() -> None:
    port, other = (next(p for p in world_ports() if p.id == code) for code in ("GBPLY", "FRBES"))
    lanes = replace(load_sea_lanes(), ports=MappingProxyType({"GBPLY": 17}))
    assert join(port, lanes).ends == ((17, 0.0),)
    assert join(port, lanes).off_km == 0.0
    with pytest.raises(PlaceError, match=r"^Brest \(FRBES\) has no water nearby that ships reach"):
        join(other, lanes)
    assert join(other, load_sea_lanes()).ends == ((load_sea_lanes().ports["FRBES"], 0.0),)


@pytest.mark.parametrize(
    ("text", "off_km"),
    [
        ("51,40", 806),  # the Caspian, by land from the Black Sea
        ("8.68,50.11", 326),  # Frankfurt
        ("60,45", 1475),  # the Aral Sea
        ("87W,43N", 944),  # Lake Michigan, above locks
        ("170W,75N", 401),  # north of the Bering Strait, under ice
    ],
)
def test_a_point_that_no_ship_reaches_is_refused_in_one_sentence(text: str, off_km: int) -> None:
    name = locate(text).name
    with pytest.raises(PlaceError) as caught:
        corridors.distances([text, "Rotterdam"])
    found = str(caught.value)
    start, _, rest = found.partition(" km ")
    assert start.startswith(f"{name} lies ")
    assert int(start.split()[-1]) == pytest.approx(off_km, rel=0.3)
    assert rest == (
        "from the nearest sea lane, with land or ice between: name a port or a point at sea"
    )


@pytest.mark.parametrize("text", ["4.0,52.0", "20N,40W", "121.9,30.9", "38.0,46.0", "9.5W,38.6N"])
def test_no_way_to_the_lanes_crosses_more_land_than_the_limit(text: str) -> None:
    place, lanes = locate(text), load_sea_lanes()
    access = join(place, lanes)
    by_foot = {node for node, nm in access.ends if (node, nm) in access.edge_ends}
    assert len(access.ends) > len(by_foot)
    for node, nm in access.ends:
        if node in by_foot:
            continue
        end = float(lanes.node_lon[node]), float(lanes.node_lat[node])
        direct = float(great_circle_km(place.lon, place.lat, *end))
        assert km_from_nm(nm) == pytest.approx(direct, rel=0.006, abs=1e-6)
        assert km_from_nm(nm) >= access.off_km - 1e-6
        if direct < 100.0:
            land = land_km(((place.lon, place.lat), end))
            assert land <= min(access.land_km + MORE_LAND_KM, ACCESS_LAND_KM) + 0.01


@pytest.mark.long
@pytest.mark.parametrize(
    ("gate", "one", "other", "apart"),
    [
        ("gate-gibraltar", (-6.3, 35.9), (-4.9, 35.95), 75),
        pytest.param("gate-bosporus", (28.9, 40.9), (29.3, 41.4), 45, marks=pytest.mark.long),
        ("gate-bab-el-mandeb", (43.2, 13.2), (43.8, 12.2), 80),
        pytest.param("gate-hormuz", (55.8, 26.0), (57.2, 26.0), 110, marks=pytest.mark.long),
        pytest.param("gate-dover", (1.2, 50.8), (2.0, 51.2), 45, marks=pytest.mark.long),
        ("gate-sunda", (105.5, -6.2), (106.3, -5.6), 75),
    ],
)
def test_points_on_both_sides_of_a_strait_meet_in_its_gate_only(
    gate: str, one: tuple[float, float], other: tuple[float, float], apart: float
) -> None:
    ends = point(*one), point(*other)
    through = corridors.sea_distance(*ends)
    assert through == pytest.approx(apart, abs=30)
    assert corridors.sea_way(*ends).gates == (gate,)
    # Round the land, if there is a way at all.
    assert corridors.sea_distance(*ends, avoid=[gate]) > through + 100


@pytest.mark.long
@pytest.mark.parametrize("stretches", [4, pytest.param(2, marks=pytest.mark.long)])
def test_a_point_on_the_cut_of_a_gate_joins_at_the_gate_alone(stretches: int) -> None:
    lanes = load_sea_lanes()
    for gate in load_gates():
        nodes = {int(lanes.point_node[lanes.point_ids.index(name)]) for name in gate.points}
        for (lon, lat), (next_lon, next_lat) in [*pairwise(gate.cut)][::stretches]:
            here = (lon + next_lon) / 2.0, (lat + next_lat) / 2.0
            try:
                access = join(point(*here), lanes)
            except PlaceError:
                continue
            assert {node for node, _ in access.ends} <= nodes, gate.id


def test_a_point_at_a_port_is_near_it() -> None:
    found = corridors.distances(["4.4424,51.9044", "Rotterdam", "Santos"])
    assert found.snap_km[0] == pytest.approx(0.0, abs=1e-9)
    assert found.nm[0, 1] == pytest.approx(0.0, abs=1e-9)
    assert found.nm[0, 2] == pytest.approx(found.nm[1, 2], abs=1e-6)


def test_land_is_measured_for_many_lines_at_once() -> None:
    lines = [((-30.0, 35.0), (-25.0, 36.0)), ((-10.0, 40.0), (2.0, 40.0)), ((4.0, 52.0),) * 2]
    assert lands_km(Lines.of(lines)) == pytest.approx([land_km(line) for line in lines])
    assert lands_km(Lines.of([])).size == 0
    assert is_inland(8.68, 50.11, within_km=5.0)
    assert not is_inland(4.0, 52.0, within_km=5.0)
    assert not is_inland(51.0, 40.0, within_km=5.0)


def test_only_long_ways_in_waters_under_ice_are_in_ice() -> None:
    kara, sound, bight = (70.0, 74.0), (-80.0, 74.0), (5.0, 55.0)
    ways = [
        *([(lon, lat), (lon + 5.0, lat)] for lon, lat in (kara, sound, bight)),
        [kara, (70.5, 74.0)],
        [(lon + 360.0, lat) for lon, lat in (kara, (75.0, 74.0))],
        [(lon + 360.0, lat) for lon, lat in (bight, (10.0, 55.0))],
        # North of the capes of Norway the sea is open.
        [(20.0, 72.0), (26.0, 72.0)],
    ]
    found = lane_access._in_ice(Lines.of(ways)).tolist()
    assert found == [True, True, False, False, True, False, False]
