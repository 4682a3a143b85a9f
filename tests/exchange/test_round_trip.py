"""The shipped network through GMNS, GraphML and GeoPackage, and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from corridors.config import load_scenario
from corridors.data.own import shipped_overlay, source_at
from corridors.data.own.combine import overlay_of
from corridors.exchange import model
from corridors.exchange.model import ExchangeNetwork, exchange_network, part_of
from corridors.exchange.network_files import (
    gmns_files,
    graphml_text,
    own_tables,
    read_gmns,
    read_graphml,
    write_network_geopackage,
)
from corridors.output.store import write_outputs
from corridors.studies.session import legs_of_corridor
from tests.conftest import LONG, in_both


@pytest.fixture(scope="module")
def network() -> ExchangeNetwork:
    """Return the whole network; outside `make test-long` with short lines at sea.

    What is written and read of a line is the same by land, and the 8,000 at sea take ten seconds.
    """
    with pytest.MonkeyPatch.context() as patch:
        if not LONG:
            patch.setattr(model, "shipped_line", lambda row, lanes: ((row * 0.01, 1.5), (7.0, 2.0)))
        return exchange_network(shipped_overlay())


@pytest.fixture(scope="module")
def land() -> ExchangeNetwork:
    return exchange_network(shipped_overlay(), sea=False)


def check_same(back: ExchangeNetwork, network: ExchangeNetwork) -> None:
    """Hold nodes, and id, ends, system, gauge and length of every link."""
    assert back.nodes == network.nodes
    mine, theirs = (
        [(k.id, k.from_id, k.to_id, k.system, k.gauge_mm) for k in one.links]
        for one in (back, network)
    )
    assert mine == theirs
    lengths = [link.km for link in network.links]
    assert [link.km for link in back.links] == pytest.approx(lengths, abs=1e-6)


@in_both
def test_gmns_keeps_lengths_gauges_and_connectivity(
    network: ExchangeNetwork, tmp_path: Path
) -> None:
    write_outputs(tmp_path / "gmns", dict(gmns_files(network)))
    back = read_gmns(tmp_path / "gmns")
    check_same(back, network)
    assert [link.line for link in back.links] == [link.line for link in network.links]


@pytest.mark.first_case
@pytest.mark.parametrize(
    ("part", "typed"),
    [("land", True), ("land", False), pytest.param("network", True, marks=pytest.mark.long)],
)
def test_graphml_keeps_lengths_gauges_and_connectivity(
    part: str, typed: bool, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    sent: ExchangeNetwork = request.getfixturevalue(part)
    path = tmp_path / "network.graphml"
    path.write_text(graphml_text(sent, typed=typed), encoding="utf-8")
    check_same(read_graphml(path), sent)


def test_networkx_reads_lengths_as_numbers(land: ExchangeNetwork, tmp_path: Path) -> None:
    networkx = pytest.importorskip("networkx")
    path = tmp_path / "network.graphml"
    path.write_text(graphml_text(land), encoding="utf-8")
    graph = networkx.read_graphml(path, force_multigraph=True)
    total = sum(length for *_, length in graph.edges(data="length")) / 2000.0
    assert total == pytest.approx(sum(link.km for link in land.links))


def test_a_corridor_is_exported_as_it_can_be_used(network: ExchangeNetwork) -> None:
    legs = legs_of_corridor(load_scenario("chongqing-duisburg"), "kazakhstan-dostyk")
    part = part_of(network, legs)
    places = {node.id for node in part.nodes}
    # It passes Dostyk and Brest, and has no way round the Cape.
    assert {"cn-chongqing-rail", "kz-dostyk", "by-brest"} <= places or "kz-dostyk" in places
    assert 0 < len(part.links) < len(network.links)
    assert all({link.from_id, link.to_id} <= places for link in part.links)


def test_osmnx_reads_our_graphml(land: ExchangeNetwork, tmp_path: Path) -> None:
    osmnx = pytest.importorskip("osmnx")
    path = tmp_path / "network.graphml"
    path.write_text(graphml_text(land, typed=False), encoding="utf-8")
    graph = osmnx.load_graphml(path)
    assert graph.number_of_nodes() == len(land.nodes)
    assert graph.number_of_edges() == 2 * len(land.links)
    total = sum(length for *_, length in graph.edges(data="length")) / 2000.0
    assert total == pytest.approx(sum(link.km for link in land.links))


def test_a_network_comes_back_as_own_data_with_every_leg(
    network: ExchangeNetwork, tmp_path: Path
) -> None:
    write_outputs(tmp_path / "own", dict(own_tables(network, source="round trip")))
    own = overlay_of([source_at(tmp_path / "own", shown="own")])
    shipped = shipped_overlay()
    assert [(k.id, k.length_km, k.gauge_mm, k.system) for k in own.legs] == [
        (k.id, k.length_km, k.gauge_mm, k.system) for k in shipped.legs
    ]


def test_a_geopackage_of_the_land_network_is_own_data_too(
    land: ExchangeNetwork, tmp_path: Path
) -> None:
    path = tmp_path / "network.gpkg"
    write_network_geopackage(land, path)
    first = path.read_bytes()
    write_network_geopackage(land, path)
    assert path.read_bytes() == first
    own = overlay_of([source_at(path, shown="network.gpkg")])
    assert [leg.length_km for leg in own.legs] == [leg.length_km for leg in shipped_overlay().legs]
