"""Distances by sea: one answer from searches and labels, closed gates, places beside the lanes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra
from typer.testing import CliRunner

import corridors
from corridors.cli.main import command_line
from corridors.data.geodata import load_sea_lanes, load_sea_legs, load_terminals
from corridors.data.paths import data_root
from corridors.data.sea_areas import great_circle_km
from corridors.errors import GeodataError, PlaceError
from corridors.network.locate import Place, PlaceKind, locate, of_terminal, port_of, world_ports
from corridors.network.sea import label_joins
from corridors.network.sea import sea_distances as module
from corridors.network.sea.hub_labels import build_labels
from corridors.network.sea.label_joins import Hubs, Labels
from corridors.network.sea.lane_access import join
from corridors.network.sea.sea_distances import SeaGraph, graph_of, sea_network
from corridors.units import km_from_nm

BUILD = Path(__file__).resolve().parents[3] / "geodata" / "build" / "sea_labels.py"
MIXED = ("Shanghai", "Rotterdam", "GBSOU", "FRBES", "Mombasa", "Santos", "2.5,51.6", "ru-sabetta")


SETTINGS: tuple[dict[str, Any], ...] = (
    {},
    {"avoid": ["gate-suez"]},
    {"avoid": ["gate-panama"], "kiel": True},
    {"avoid": ["gate-panama", "gate-suez"]},
    {"arctic": True},
    {"arctic": True, "kiel": True},
)
"""With shipped labels; the sets of other gates have none."""


@pytest.fixture(scope="module", autouse=True)
def labels() -> None:
    """Build the labels where there are none that fit, as `make labels` does."""
    subprocess.run([sys.executable, str(BUILD)], check=True)


def fresh(**closed: Any) -> SeaGraph:
    """Return a graph without labels, on which nothing was found yet."""
    kept = sea_network().graph(**closed)
    return SeaGraph(closed=kept.closed, ports=kept.ports)


@pytest.mark.long
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_labels_give_the_distances_of_a_search_on_any_graph(data: st.DataObject) -> None:
    nodes = data.draw(st.integers(2, 14))
    pair = st.tuples(st.integers(0, nodes - 1), st.integers(0, nodes - 1))
    edges = {
        (min(a, b), max(a, b)): nm
        for (a, b), nm in data.draw(
            st.lists(st.tuples(pair, st.integers(1, 30)), min_size=1, max_size=40)
        )
        if a != b
    }
    tail, head = (np.array([key[k] for key in edges], int) for k in (0, 1))
    nm = np.array(list(edges.values()), float)
    graph = coo_matrix(
        (np.r_[nm, nm], (np.r_[tail, head], np.r_[head, tail])), shape=(nodes, nodes)
    ).tocsr()
    labels = build_labels(
        graph.indptr.astype(np.int32),
        graph.indices.astype(np.int32),
        graph.data.astype(float),
        order=np.array(data.draw(st.permutations(range(nodes))), np.int32),
    )
    wanted = dijkstra(graph)
    assert labels.matrix() == pytest.approx(wanted)
    backwards = Labels.of([labels[node] for node in range(nodes)[::-1]])
    assert backwards.matrix() == pytest.approx(wanted[::-1, ::-1])
    assert Hubs(labels[0]).distance(Hubs(labels[nodes - 1])) == pytest.approx(wanted[0, -1])
    # A place 2 from the first node and 5 from the last.
    beside = Hubs(labels.at(((0, 2.0), (nodes - 1, 5.0))))
    for node in range(nodes):
        nm = min(2.0 + wanted[0, node], 5.0 + wanted[nodes - 1, node])
        assert beside.distance(Hubs(labels[node])) == pytest.approx(nm)


@pytest.mark.long
def test_labels_built_once_searches_took_as_long_give_the_answer_of_searches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    places = [port_of(locate(text)) for text in MIXED]
    graph, searching = fresh(), fresh()
    searched = searching.matrix(places)
    assert searching.searched == len(places) - 1
    monkeypatch.setattr(module, "LABELS_PAY", 4)
    assert graph.matrix(places[:3]) == pytest.approx(searched[:3, :3], abs=1e-9)
    # Of three places that join each other, two were searched from.
    assert (graph.searched, graph.label(places[0])) == (2, None)
    assert graph.matrix(places) == pytest.approx(searched, abs=1e-6)
    assert (graph.searched, graph.label(places[0]) is None) == (2, False)
    for i, one in enumerate(places):
        for j, other in enumerate(places):
            here, there = (graph.hubs_of(place, place) for place in (one, other))
            if here is None or there is None:
                assert PlaceKind.POINT in (one.kind, other.kind)
                continue
            assert here.distance(there) == pytest.approx(searched[i, j], abs=1e-6)


@pytest.mark.parametrize(
    "setting",
    [
        pytest.param(setting, marks=[pytest.mark.long] * (number % 2), id=str(setting))
        for number, setting in enumerate(SETTINGS)
    ],
)
def test_shipped_labels_give_the_distances_of_a_search(setting: dict[str, Any]) -> None:
    shipped = graph_of(sea_network().graph(**setting).closed)
    assert shipped.shipped is not None
    ports = [*world_ports()[::61], *map(of_terminal, load_terminals().values())]
    places = [place for place in ports if place.key in shipped.ports.row][::3]
    nm, searched = shipped.matrix(places), fresh(**setting)
    assert shipped.searched == 0
    assert len(places) > 60
    for row in range(0, len(places), 9):
        some = [places[row], *places[row + 1 : row + 9]]
        at = slice(row, row + len(some))
        searched.searched = 0
        assert nm[at, at] == pytest.approx(searched.matrix(some), abs=1e-9)
    one, other = places[0], places[-1]
    assert corridors.sea_distance(one, other, **setting) == nm[0, -1]


def test_shipped_places_join_the_lanes_where_a_search_finds_the_nearest() -> None:
    graph, lanes = sea_network().graph(), load_sea_lanes()
    on_lanes = [port for port in world_ports() if port.id in lanes.ports]
    assert len(on_lanes) > 3000
    assert all(port.key in graph.ports.row for port in on_lanes)
    for place in on_lanes[::40]:
        assert graph_of(graph.closed).access(place) == join(place, lanes)


def test_a_matrix_of_many_ports_is_that_of_their_pairs() -> None:
    lanes = load_sea_lanes()
    ports = [port for port in world_ports() if port.id in lanes.ports][::4]
    assert len(ports) > label_joins.SMALL + 200
    nm = corridors.distances(ports).nm
    for first in (0, label_joins.SMALL - 20, len(ports) - 40):
        part = slice(first, first + 40)
        assert np.array_equal(nm[part, part], corridors.distances(ports[part]).nm)
    for one, other in ((3, 700), (700, 3), (511, 512), (40, 41)):
        assert nm[one, other] == corridors.sea_distance(ports[one], ports[other])


def test_a_point_among_shipped_ports_is_searched_from_alone() -> None:
    places = [port_of(locate(text)) for text in MIXED]
    graph = graph_of(sea_network().graph().closed)
    mixed = graph.matrix(places)
    assert graph.searched == sum(place.key not in graph.ports.row for place in places) == 1
    assert mixed == pytest.approx(fresh().matrix(places), abs=1e-9)
    assert mixed[0, 1] == corridors.sea_distance(places[0], places[1])


def test_a_matrix_is_symmetric_and_keeps_the_triangle_by_way_of_ports() -> None:
    found = corridors.distances(MIXED)
    nm = found.nm
    assert np.array_equal(nm, nm.T)
    assert not np.diag(nm).any()
    # A point joins what it sees, and may lie where no lane leads.
    ports = [k for k, place in enumerate(found.places) if place.kind is not PlaceKind.POINT]
    assert len(ports) == len(MIXED) - 1
    for k in ports:
        assert (nm <= nm[:, [k]] + nm[[k], :] + 1e-6).all()


def test_no_way_by_sea_is_shorter_than_the_great_circle() -> None:
    on_lanes = [port for port in world_ports() if port.id in load_sea_lanes().ports]
    ports = [port for port in on_lanes if port.id[:2] in {"GB", "NO", "GR"}][:90]
    found = corridors.distances(ports)
    for i, one in enumerate(ports):
        direct = great_circle_km(one.lon, one.lat, [p.lon for p in ports], [p.lat for p in ports])
        assert (km_from_nm(1.0) * found.nm[i] >= 0.99 * direct - 5.0).all(), one


def test_a_leg_of_the_network_is_no_shorter_than_the_distance_and_some_are_equal() -> None:
    legs, graph = load_sea_legs(), sea_network().graph(arctic=True)
    ids = [point for point in legs.point_ids if not point.startswith("gate-")]
    places = [locate(port) for port in ids]
    nm = graph.matrix(places)
    equal = 0
    for a, b, leg_nm in zip(legs.leg_from, legs.leg_to, legs.leg_nm, strict=True):
        ends = legs.point_ids[int(a)], legs.point_ids[int(b)]
        if ends[0] in ids and ends[1] in ids:
            between = nm[ids.index(ends[0]), ids.index(ends[1])]
            assert between <= leg_nm + 0.1, ends
            equal += between == pytest.approx(leg_nm, abs=0.1)
    assert equal > 100


def test_closed_gates_lead_to_a_detour_or_cut_off() -> None:
    by_suez = corridors.sea_distance("Shanghai", "Rotterdam")
    by_cape = corridors.sea_distance("Shanghai", "Rotterdam", avoid=["gate-suez", "gate-panama"])
    arctic = corridors.sea_distance("Shanghai", "Rotterdam", arctic=True)
    # Published: 10,525 to 10,600 nm, and 13,843.
    assert 0.99 * 10525 < by_suez < 1.01 * 10600
    assert by_cape == pytest.approx(13843, rel=0.01)
    assert arctic < 0.8 * by_suez
    cut_off = corridors.sea_distance("Odesa", "Piraeus", avoid=["gate-bosporus"])
    assert np.isinf(cut_off)


def test_a_point_off_its_lane_has_that_way_in_its_distance() -> None:
    found = corridors.distances(["2.5,51.6", "Rotterdam"])
    assert found.names == ("2.5000,51.6000", "Rotterdam")
    assert found.snap_km[1] == 0.0
    assert 0.0 < found.snap_km[0] < 75.0
    assert found.nm[0, 1] > found.snap_km[0] / 1.852


def test_two_points_beside_one_lane_are_as_far_apart_as_they_lie() -> None:
    lanes = load_sea_lanes()
    # Short enough for its chord on the map to be the way.
    fits = (lanes.edge_gate < 0) & (lanes.edge_nm < 150.0)
    long = int(np.argmax(np.where(fits, lanes.edge_nm, 0.0)))
    ends = [int(nodes[long]) for nodes in (lanes.edge_from, lanes.edge_to)]
    lon, lat = ([float(xs[node]) for node in ends] for xs in (lanes.node_lon, lanes.node_lat))
    points = [
        Place(
            id=f"p{share}",
            name=f"p{share}",
            country="",
            lon=lon[0] + share * (lon[1] - lon[0]),
            lat=lat[0] + share * (lat[1] - lat[0]),
            kind=PlaceKind.POINT,
        )
        for share in (0.4, 0.6, 0.6)
    ]
    nm = fresh().matrix(points)
    assert nm[0, 1] == pytest.approx(0.2 * float(lanes.edge_nm[long]), rel=0.05)
    assert nm[1, 0] == nm[0, 1]
    assert nm[1, 2] == 0.0


@pytest.mark.parametrize(
    ("places", "avoid", "expected"),
    [
        (["Shanghai", "Urumqi"], [], "km from the nearest sea lane, with land or ice between"),
        (["Shanghai", "Rottredam"], [], "did you mean 'Rotterdam'?"),
        (["Shanghai", "Rotterdam"], ["gate-sues"], "unknown gate 'gate-sues', did you mean"),
        ([], [], "no places given"),
    ],
)
def test_a_fault_is_reported(places: list[str], avoid: list[str], expected: str) -> None:
    with pytest.raises(PlaceError, match=expected):
        corridors.distances(places, avoid=avoid)


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the network folder of a copy of the shipped data, which is used."""
    shutil.copytree(data_root(), tmp_path / "data", ignore=shutil.ignore_patterns("build"))
    monkeypatch.setenv("CORRIDORS_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.0)
    return tmp_path / "data" / "network"


def test_a_place_is_read_again_after_its_file_changed(copied: Path) -> None:
    before = corridors.sea_distance("NLRTM", "GBSOU")
    assert corridors.sea_distance("NLRTM", "GBSOU") == before
    text = (copied / "ports.csv").read_text(encoding="utf-8")
    rows = [row for row in text.splitlines() if not row.startswith("FRBES,")]
    assert corridors.sea_distance("FRBES", "GBSOU") > 0
    (copied / "ports.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(PlaceError, match="unknown place 'FRBES'"):
        corridors.sea_distance("FRBES", "GBSOU")


def test_an_order_of_hubs_of_other_lanes_is_refused(copied: Path) -> None:
    np.savez_compressed(copied / "sea_hubs.npz", hub_node=np.arange(9, dtype=np.uint16))
    with pytest.raises(GeodataError, match=r"run geodata/build/sea_hubs\.py"):
        fresh().build()


def test_labels_of_other_lanes_are_not_used(copied: Path) -> None:
    before = corridors.sea_distance("NLRTM", "GBSOU")
    with np.load(copied / "sea_lanes.npz") as lanes:
        arrays = {key: lanes[key] for key in lanes.files}
    arrays["edge_nm"] = arrays["edge_nm"] * 2
    np.savez_compressed(copied / "sea_lanes.npz", **arrays)
    assert corridors.sea_distance("NLRTM", "GBSOU") == pytest.approx(2 * before, rel=1e-9)
    assert sea_network().graph().searched > 0


def test_without_labels_the_command_prints_the_same_distances(
    copied: Path,
) -> None:
    asked = ["Shanghai", "Rotterdam", "GBSOU", "Mombasa", "2.5,51.6", "ru-sabetta"]

    def printed() -> str:
        result = CliRunner().invoke(command_line(), ["distances", *asked, "--format", "csv"])
        assert result.exit_code == 0, result.output
        return result.stdout

    labelled = printed()
    assert labelled.count("\n") > len(asked)
    (copied.parent / "derived" / "sea_labels.npz").unlink()
    assert printed() == labelled
    assert sea_network().graph().searched > 0


def test_another_folder_of_data_is_used_at_once(
    copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 3600.0)
    text = (copied / "ports.csv").read_text(encoding="utf-8")
    rows = [row for row in text.splitlines() if not row.startswith("FRBES,")]
    (copied / "ports.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(PlaceError, match="unknown place 'FRBES'"):
        corridors.sea_distance("FRBES", "GBSOU")
    monkeypatch.delenv("CORRIDORS_DATA")
    assert corridors.sea_distance("FRBES", "GBSOU") > 0


def test_a_gate_left_open_once_is_closed_again() -> None:
    by_suez = corridors.sea_distance("Shanghai", "Rotterdam")
    by_cape = corridors.sea_distance("Shanghai", "Rotterdam", avoid=["gate-suez"])
    assert by_cape > by_suez + 2000
    for _ in range(2):
        assert corridors.sea_distance("Shanghai", "Rotterdam") == by_suez
        assert corridors.sea_distance("Shanghai", "Rotterdam", avoid=["gate-suez"]) == by_cape
