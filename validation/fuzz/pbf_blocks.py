"""Files of OpenStreetMap's PBF made by hand, small ones that unpack to much among them.

References
----------
OpenStreetMap Wiki, "PBF Format", and the `.proto` files that it names.
"""

from __future__ import annotations

import zlib
from pathlib import Path

# Fields of contents, and of a head.
RAW, RAW_SIZE, ZLIB = 1, 2, 3
TYPE, DATA_SIZE = 1, 3


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


def contents(unpacked: bytes) -> bytes:
    """Return the contents of a block, packed."""
    return number(RAW_SIZE << 3) + number(len(unpacked)) + text(ZLIB, zlib.compress(unpacked))


def packed(size: int) -> bytes:
    """Return contents of zeros that unpack to a size."""
    return contents(bytes(size))


def dense(count: int) -> bytes:
    """Return contents of so many nodes without a number or a place, three bytes each."""
    nodes = b"".join(text(field, bytes(count)) for field in (1, 8, 9))
    return contents(text(1, text(1, b"")) + text(2, text(2, nodes)))


def roads(count: int) -> bytes:
    """Return contents of so many roads, each along the nodes 1 and 2, of 14 bytes."""
    names = b"".join(text(1, name) for name in (b"", b"highway", b"primary"))
    road = number(1 << 3) + number(5) + text(2, b"\x01") + text(3, b"\x02") + text(8, b"\x02\x02")
    return contents(text(1, names) + text(2, text(3, road) * count))


def file_of(path: Path, *blocks: bytes) -> Path:
    """Write an .osm.pbf of such contents."""
    head = contents(text(4, b"OsmSchema-V0.6") + text(4, b"DenseNodes"))
    path.write_bytes(b"".join((block(head, b"OSMHeader"), *map(block, blocks))))
    return path
