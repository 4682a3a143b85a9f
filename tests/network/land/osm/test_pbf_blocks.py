"""The blocks of an .osm.pbf are measured before they are unpacked."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from corridors.config import load_scenario
from corridors.errors import CorridorsError, GeodataError
from corridors.network.land import osm
from corridors.network.land.osm import read_extract, refuse_large_blocks, unpacked_sizes
from corridors.studies.compare.run import compare
from validation.fuzz.pbf_blocks import RAW, block, dense, file_of, packed, roads, text


def test_the_sizes_are_those_of_the_contents_unpacked() -> None:
    content = block(text(RAW, bytes(300)), b"OSMHeader") + block(packed(70_000)) + block(packed(5))
    assert list(unpacked_sizes(content)) == [300, 70_000, 5]
    refuse_large_blocks(content, shown="a", most=70_000, most_in_all=70_305)
    for most, in_all in ((69_999, 70_305), (70_000, 70_304)):
        with pytest.raises(GeodataError, match=r"a: blocks of over"):
            refuse_large_blocks(content, shown="a", most=most, most_in_all=in_all)


def test_a_small_file_that_unpacks_to_much_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("osmium")
    path = tmp_path / "a.osm.pbf"
    path.write_bytes(block(text(RAW, b""), b"OSMHeader") + block(packed(30_000_000)))
    assert path.stat().st_size < 40_000
    with pytest.raises(GeodataError, match=r"a\.osm\.pbf: blocks of over 4,000,000 bytes"):
        read_extract(path, kind="rail")


@pytest.mark.parametrize("length", range(1, 24))
def test_a_file_cut_off_is_one_sentence(length: int) -> None:
    with pytest.raises(GeodataError, match=r"a: invalid \.osm\.pbf: not made of blocks"):
        refuse_large_blocks(block(packed(9))[:length], shown="a", most=10, most_in_all=10)


def test_a_file_of_osmium_is_made_of_blocks(tmp_path: Path) -> None:
    osmium = pytest.importorskip("osmium")
    path = tmp_path / "a.osm.pbf"
    writer = osmium.SimpleWriter(str(path))
    for node in range(1, 20_001):
        writer.add_node(osmium.osm.mutable.Node(id=node, location=(25 + node / 1e5, 60)))
    writer.close()
    sizes = list(unpacked_sizes(path.read_bytes()))
    assert len(sizes) >= 3
    assert max(sizes) < 1_000_000


def test_nodes_that_no_road_has_are_passed_over_at_once(tmp_path: Path) -> None:
    pytest.importorskip("osmium")
    # Asked one at a time by Python, they took a minute.
    path = file_of(tmp_path / "a.osm.pbf", roads(1), *[dense(1_300_000)] * 12)
    assert path.stat().st_size < 60_000
    began = time.process_time()
    with pytest.raises(GeodataError, match="contains no road"):
        read_extract(path, kind="road")
    assert time.process_time() - began < 10.0


def test_more_ways_than_the_limit_are_refused_before_they_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("osmium")
    monkeypatch.setattr(osm, "MAX_WAYS", 1_000)
    path = file_of(tmp_path / "a.osm.pbf", roads(900), roads(101))
    with pytest.raises(GeodataError, match=r"1,001 ways of road; the limit is 1,000: cut"):
        read_extract(path, kind="road")
    with pytest.raises(GeodataError, match="contains no railway=rail"):
        read_extract(path, kind="rail")


def test_a_door_on_a_dense_extract_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    osmium = pytest.importorskip("osmium")
    monkeypatch.setattr(osmium, "FileProcessor", lambda *_: pytest.fail("unpacked"))
    file_of(tmp_path / "city.osm.pbf", dense(1_400_000))
    (tmp_path / "s.yaml").write_text(
        "origin: Helsinki\ndestination: Moscow\ndeparture: 2026-08-20\nscope: door\n"
        "shipment: {teu_per_month: 10}\nservices: [rail]\n"
        'door: {origin: "24.94,60.17", osm: city.osm.pbf}\n',
        encoding="utf-8",
    )
    with pytest.raises(CorridorsError, match=r"city\.osm\.pbf: blocks of over 4,000,000 bytes"):
        compare(load_scenario(tmp_path / "s.yaml"))
