"""The sizes of the blocks of an .osm.pbf, read before any of them is unpacked.

References
----------
OpenStreetMap Wiki, "PBF Format": a file is a row of blocks; each is the length of its head in four
bytes, the head (`BlobHeader`), and its contents (`Blob`), as Protocol Buffers.
"""

from __future__ import annotations

from collections.abc import Iterator

from corridors.errors import GeodataError

MAX_HEAD_BYTES = 64 * 1024
# Fields of a message: `datasize` of a head; `raw` and `raw_size` of contents.
DATA_SIZE, RAW, RAW_SIZE = 3, 1, 2
VARINT, FIXED_64, BYTES, FIXED_32 = 0, 1, 2, 5


def refuse_large_blocks(content: bytes, *, shown: str, most: int, most_in_all: int) -> None:
    """Refuse a file with a block that is too large once it is unpacked, or too many of them.

    Parameters
    ----------
    content
        The file.
    shown
        Its name in faults.
    most, most_in_all
        Bytes of a block unpacked, and of all.

    Raises
    ------
    GeodataError
        A block is larger, or the file is not made of blocks.
    """
    in_all = 0
    try:
        for size in unpacked_sizes(content):
            in_all += size
            if size > most or in_all > most_in_all:
                msg = (
                    f"{shown}: blocks of over {most:,} bytes, or {most_in_all:,} in all:"
                    " write it again with osmium, or cut it"
                )
                raise GeodataError(msg)
    except (IndexError, ValueError):
        msg = f"{shown}: invalid .osm.pbf: not made of blocks"
        raise GeodataError(msg) from None


def unpacked_sizes(content: bytes) -> Iterator[int]:
    """Yield the bytes that each block says to have unpacked, which is all that osmium unpacks.

    Raises
    ------
    IndexError, ValueError
        The file is cut off or damaged.
    """
    at = 0
    while at < len(content):
        head_at = at + 4
        length = int.from_bytes(content[at:head_at], "big")
        if not 0 < length <= MAX_HEAD_BYTES:
            msg = "length of a head"
            raise ValueError(msg)
        body_at = head_at + length
        head = dict(_fields(content, head_at, body_at))
        at = body_at + head.get(DATA_SIZE, 0)
        body = dict(_fields(content, body_at, at))
        yield max(body.get(RAW, 0), body.get(RAW_SIZE, 0))


def _fields(content: bytes, at: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the fields of a message: a number, or the length of what is no number."""
    if end > len(content):
        msg = "cut off"
        raise ValueError(msg)
    while at < end:
        key, at = _number(content, at)
        field, kind = key >> 3, key & 7
        if kind == VARINT:
            value, at = _number(content, at)
        elif kind == BYTES:
            value, at = _number(content, at)
            at += value
        elif kind in (FIXED_32, FIXED_64):
            value = 4 if kind == FIXED_32 else 8
            at += value
        else:
            msg = "kind of a field"
            raise ValueError(msg)
        yield field, value
    if at != end:
        msg = "length of a field"
        raise ValueError(msg)


def _number(content: bytes, at: int) -> tuple[int, int]:
    """Return a number of seven bits a byte, the lowest first, and where it ends."""
    value = shift = 0
    while shift < 70:
        byte = content[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
    msg = "length of a number"
    raise ValueError(msg)
