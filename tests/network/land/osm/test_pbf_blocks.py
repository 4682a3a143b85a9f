"""The blocks of an .osm.pbf are measured before they are unpacked."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from corridors.errors import GeodataError
from corridors.network.land.osm_extract import read_extract
from corridors.network.land.pbf_blocks import refuse_large_blocks, unpacked_sizes

RAW, RAW_SIZE, ZLIB, TYPE, DATA_SIZE = 1, 2, 3, 1, 3


def number(value: int) -> bytes:
    """Return a number as Protocol Buffers write it."""
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def text(field: int, value: bytes) -> bytes:
    """Return a field of bytes."""
    return number(field << 3 | 2) + number(len(value)) + value


def block(body: bytes, kind: bytes = b"OSMData") -> bytes:
    """Return a block with these contents."""
    head = text(TYPE, kind) + number(DATA_SIZE << 3) + number(len(body))
    return len(head).to_bytes(4, "big") + head + body


def packed(size: int) -> bytes:
    """Return contents of zeros that unpack to a size."""
    return number(RAW_SIZE << 3) + number(size) + text(ZLIB, zlib.compress(bytes(size)))


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
    with pytest.raises(GeodataError, match=r"a\.osm\.pbf: blocks of over 8,000,000 bytes"):
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
