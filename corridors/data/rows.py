"""Rows of tables as frozen values: the column named as a field fills it, by the field's type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from corridors.data.columns import read_rows
from corridors.data.paths import listed, number_or_none, rings_of
from corridors.errors import GeodataError

Made = TypeVar("Made")


def _whole_or_none(cell: str) -> int | None:
    return int(cell) if cell else None


def _truth(cell: str) -> bool:
    return cell == "1"


def _whole_numbers(cell: str) -> tuple[int, ...]:
    return tuple(map(int, listed(cell)))


def _set(cell: str) -> frozenset[str]:
    return frozenset(listed(cell))


READERS: Mapping[object, Callable[[str], object]] = {
    str: str,
    int: int,
    float: float,
    float | None: number_or_none,
    int | None: _whole_or_none,
    bool: _truth,
    date: date.fromisoformat,
    tuple[str, ...]: listed,
    tuple[int, ...]: _whole_numbers,
    frozenset[str]: _set,
    tuple[tuple[tuple[float, float], ...], ...]: rings_of,
}
"""What reads a cell, by the type of its field; a word of an enumeration is read by that."""


@lru_cache
def _readers(kind: Any) -> tuple[tuple[str, Callable[[str], object]], ...]:
    """Return the fields of a frozen value that a cell may hold, each with what reads it."""
    hints = get_type_hints(kind)
    readers = []
    for field in fields(kind):
        hint = hints[field.name]
        is_word = isinstance(hint, type) and issubclass(hint, StrEnum)
        if reader := hint if is_word else READERS.get(hint):
            readers.append((field.name, reader))
    return tuple(readers)


def value_of(kind: type[Made], row: Mapping[str, str], /, **given: object) -> Made:
    """Return a row as a frozen value.

    Parameters
    ----------
    kind
        A dataclass. A field without a column in the table needs a default.
    row
        Cells by column. An empty cell is None where a number may be missing; truth is `1`.
    given
        Fields whose columns have another name or form.

    Raises
    ------
    ValueError
        A cell does not fit the type of its field.
    """
    whole: Any = kind
    cells = {
        name: read(row[name]) for name, read in _readers(whole) if name not in given and name in row
    }
    return kind(**cells, **given)


def each_row(path: Path, read: Callable[[dict[str, str]], Made], *names: str) -> list[Made]:
    """Return what a function makes of each row of a table.

    Parameters
    ----------
    path
        The table.
    read
        Makes a value of a row; a ValueError says what is wrong with it.
    names
        The columns that name a row in faults.

    Raises
    ------
    GeodataError
        The table cannot be read, or rows are wrong. All faults are listed, each with its line.
    """
    made, faults = [], []
    for row in read_rows(path):
        try:
            made.append(read(row))
        except ValueError as error:
            named = "@".join(row[name] for name in names)
            faults.append(f"{path.name}:{row['__line__']}: {named}: {error}")
    if faults:
        raise GeodataError("\n".join(faults))
    return made
