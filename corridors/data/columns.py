"""The contract of each table, `columns.csv`: what a cell may hold, and which cells must agree.

A row is about a column of a table, or about several columns (`low;value;high`) that must agree. All
tables are read through it, and the published cases too.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, get_type_hints

from corridors.data.paths import (
    cached_while_unchanged,
    csv_rows,
    listed,
    number_or_none,
    parameters_dir,
    rings_of,
    shipped,
)
from corridors.domain.values import SourcedValue
from corridors.errors import GeodataError

FILE = "columns.csv"
ANY_TABLE = "*"
NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
_LIST = re.compile("[;|]")
_SEPARATORS = MappingProxyType({"list of ": _LIST, "scope of ": re.compile("[@>]")})
KEY_OF = "@"
_YEARLY = re.compile(r"(--)?\d\d-\d\d")
_OR_EMPTY = " or empty"
Rows = Sequence[Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class Column:
    """What the cells of a column may hold.

    `kind` is `number`, `whole`, `day`, `yearly day` (`10-16`), `name` or `text`. `of` are, of a
    name, patterns and the columns that it may be a key of (`@sources.csv source_id`); of a number,
    one with as many decimals. A number is from `least` to `most`, a day of these years. A cell of
    several is split by `separator`.
    """

    name: str
    kind: str
    of: tuple[str, ...]
    least: float
    most: float
    may_be_empty: bool
    separator: re.Pattern[str] | None

    @cached_property
    def keys_of(self) -> tuple[str, ...]:
        """The columns of other tables that a name may be a key of."""
        return tuple(one.removeprefix(KEY_OF) for one in self.of if one.startswith(KEY_OF))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(one for one in self.of if not one.startswith(KEY_OF)))

    @cached_property
    def number(self) -> re.Pattern[str]:
        """How its numbers are written."""
        if self.kind == "whole":
            return re.compile(r"-?(?:0|[1-9]\d*)")
        decimals = len(self.of[0].partition(".")[2]) if self.of else 0
        return re.compile(rf"-?(?:0|[1-9]\d*)\.\d{{{decimals}}}") if decimals else NUMBER

    def parts(self, cell: str) -> list[str]:
        """Return what a cell holds; a name that is left out (`!RU`) without its mark."""
        if self.separator is None:
            return [cell]
        return [part.strip().lstrip("!") for part in self.separator.split(cell)]

    def is_word(self, part: str) -> bool:
        """Return whether a name fits a pattern of the column, so that it need not be a key."""
        return bool(self._pattern.fullmatch(part))

    def fault(self, cell: str) -> str:
        """Return what a cell must be, empty if it is that."""
        if not cell:
            return "" if self.may_be_empty else "must not be empty"
        check = _FAULTS[self.kind]
        if self.separator is None:
            return check(self, cell)
        parts = self.parts(cell)
        if self.separator is _LIST and self.kind == "name" and len(set(parts)) < len(parts):
            return "must not name anything twice"
        return next(filter(None, (check(self, part) for part in parts)), "")

    @property
    def bounds(self) -> str:
        """The bounds in words."""
        if math.isinf(self.most):
            return "" if math.isinf(self.least) else f" from {self.least:g}"
        return f" from {self.least:.10g} to {self.most:.10g}"


def _number_fault(column: Column, cell: str) -> str:
    if column.number.fullmatch(cell) and column.least <= float(cell) <= column.most:
        return ""
    finely = f", written as {column.of[0]}" if column.of else ""
    return f"must be a {'whole ' * (column.kind == 'whole')}number{column.bounds}{finely}"


def _day_fault(column: Column, cell: str) -> str:
    yearly = column.kind == "yearly day" and bool(_YEARLY.fullmatch(cell))
    try:
        day = date.fromisoformat(f"2023-{cell.removeprefix('--')}" if yearly else cell)
    except ValueError:
        pass
    else:
        if yearly or (column.least <= day.year <= column.most and day.isoformat() == cell):
            return ""
    also = " or every year, as 10-16" if column.kind == "yearly day" else ""
    return f"must be a day, as 2026-05-31{also}{column.bounds}"


def _name_fault(column: Column, cell: str) -> str:
    if cell and (column.keys_of or column.is_word(cell)):
        return ""
    known = ", ".join(one.replace("|", ", ") for one in column.of)
    return f"must be {'made of' if column.separator else 'one of'} {known}"


_FAULTS: Mapping[str, Callable[[Column, str], str]] = {
    "number": _number_fault,
    "whole": _number_fault,
    "day": _day_fault,
    "yearly day": _day_fault,
    "name": _name_fault,
    "text": lambda _, cell: "" if cell.isprintable() else "must be one line of text",
}


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Columns that must agree; `kind` is a key of `_AGREEMENTS`, which say how.

    `held` are what other columns hold in the rows that it is about.
    """

    columns: tuple[str, ...]
    kind: str
    of: tuple[str, ...]
    held: Mapping[str, str]
    least: float
    most: float

    def about(self, rows: Rows) -> list[Mapping[str, str]]:
        """Return the rows that it is about."""
        if not self.held:
            return list(rows)
        return [row for row in rows if all(row[key] == cell for key, cell in self.held.items())]

    def faults(self, rows: Rows) -> Iterator[tuple[Mapping[str, str], str]]:
        """Yield each row that breaks it, with what is wrong."""
        for row, why in _AGREEMENTS[self.kind](self, self.about(rows)):
            cells = ", ".join(f"'{row[name]}'" for name in self.columns)
            yield row, f"{', '.join(self.columns)}: {why}, got {cells}"


Broken = Iterator[tuple[Mapping[str, str], str]]


def _unique(agreement: Agreement, rows: Rows) -> Broken:
    keys = list(map(itemgetter(*agreement.columns), rows))
    if len(set(keys)) == len(keys):
        return
    seen: dict[object, str] = {}
    for row, key in zip(rows, keys, strict=True):
        if key in seen and any(key):
            yield row, f"appears twice, also on line {seen[key]}; keep one"
        seen[key] = row["__line__"]


def _in_order(agreement: Agreement, rows: Rows) -> Broken:
    falls = agreement.kind == "falling"
    for row in rows:
        # Days of every year may be those of a winter.
        cells = [row[name] for name in agreement.columns if _is_ordered(row[name])]
        are_numbers = all(map(NUMBER.fullmatch, cells))
        given: list[Any] = [float(cell) for cell in cells] if are_numbers else cells
        if given != sorted(given, reverse=falls):
            yield row, f"are out of order: they must not {'rise' if falls else 'fall'}"


def _together(agreement: Agreement, rows: Rows) -> Broken:
    for row in rows:
        if len({bool(row[name]) for name in agreement.columns}) > 1:
            yield row, "belong together: give all or none"


def _near(agreement: Agreement, rows: Rows) -> Broken:
    (name,), (other,) = agreement.columns, agreement.of
    for row in rows:
        one, two = float(row[name] or 0.0), float(row[other] or 0.0)
        if one and two and not agreement.least <= one / two <= agreement.most:
            bounds = f"{agreement.least:g} to {agreement.most:g}"
            yield row, f"must be {bounds} times {other}, which is {two:g}"


def _grouped(agreement: Agreement, rows: Rows) -> Iterable[list[Mapping[str, str]]]:
    groups: dict[tuple[str, ...], list[Mapping[str, str]]] = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in agreement.of), []).append(row)
    return groups.values()


def _same(agreement: Agreement, rows: Rows) -> Broken:
    for group in _grouped(agreement, rows):
        cells = [tuple(row[name] for name in agreement.columns) for row in group]
        usual = max(cells, key=cells.count)
        for row, own in zip(group, cells, strict=True):
            if own != usual:
                said = ", ".join(usual)
                yield row, f"must be as in other rows of its {' and '.join(agreement.of)}: {said}"


def _ordered(agreement: Agreement, rows: Rows) -> Broken:
    (name,) = agreement.columns
    for group in _grouped(agreement, rows):
        for before, row in pairwise(group):
            if not (len(before[name]), before[name]) < (len(row[name]), row[name]):
                yield row, f"must come after '{before[name]}' of the row before it"


def _is_ordered(cell: str) -> bool:
    return bool(cell) and not _YEARLY.fullmatch(cell)


_AGREEMENTS: Mapping[str, Callable[[Agreement, Rows], Broken]] = {
    "unique": _unique,
    "rising": _in_order,
    "falling": _in_order,
    "together": _together,
    "near": _near,
    "same": _same,
    "ordered": _ordered,
    "way": lambda *_: iter(()),
    "drawn": lambda *_: iter(()),
}
"""How columns agree: none appears twice; left to right they rise, or fall; all or none is given;
one is a multiple of another; they are the same in all rows of a group; or in a group they rise
from row to row. `corridors check` holds a length to its great circle and to its drawn line."""


@dataclass(frozen=True, kw_only=True)
class Contract:
    """The columns of a table, of which `needed` must be there, and how they agree."""

    columns: Mapping[str, Column]
    needed: frozenset[str]
    agreements: tuple[Agreement, ...]

    def faults(self, rows: Rows, header: Collection[str]) -> list[tuple[str, str]]:
        """Return what is wrong with a table: the line of each fault, and what it is."""
        faults = [("1", f"no column {name}") for name in sorted(self.needed - set(header))]
        unknown = [name for name in header if name not in self.columns]
        faults += [("1", f"unknown column {name}; it has no row in {FILE}") for name in unknown]
        if faults:
            return faults
        for name in header:
            fault = self.columns[name].fault
            if wrong := {cell: why for cell in {row[name] for row in rows} if (why := fault(cell))}:
                faults += [
                    (row["__line__"], f"{name}: {wrong[row[name]]}, got '{row[name]}'")
                    for row in rows
                    if row[name] in wrong
                ]
        if not faults:
            faults = [
                (row["__line__"], why)
                for agreement in self.agreements
                for row, why in agreement.faults(rows)
            ]
        return faults


NO_CONTRACT = Contract(columns=MappingProxyType({}), needed=frozenset(), agreements=())


def contract_of(path: Path) -> Contract:
    """Return the contract of a table by its name, `NO_CONTRACT` if it has none."""
    contracts = _contracts()
    return contracts.get(f"{path.parent.name}/{path.name}") or contracts.get(path.name, NO_CONTRACT)


@shipped(parameters_dir, FILE)
def _contracts(path: Path) -> Mapping[str, Contract]:
    by_table: dict[str, list[Mapping[str, str]]] = {}
    for row in csv_rows(path):
        for name in listed(row["table"]):
            by_table.setdefault(name, []).append(row)
    everywhere = {row["column"]: _column(row) for row in by_table.pop(ANY_TABLE)}
    return MappingProxyType({name: _contract(rows, everywhere) for name, rows in by_table.items()})


def _contract(own: Rows, everywhere: Mapping[str, Column]) -> Contract:
    named = {row["column"]: _column(row) for row in own if row["kind"] not in _AGREEMENTS}
    return Contract(
        columns={**everywhere, **named},
        needed=frozenset(named),
        agreements=tuple(
            Agreement(
                columns=listed(row["column"]),
                kind=row["kind"],
                held=dict(one.split("=") for one in listed(row["of"]) if "=" in one),
                **_limits(row),
            )
            for row in own
            if row["kind"] in _AGREEMENTS
        ),
    )


def _column(row: Mapping[str, str]) -> Column:
    kind = row["kind"].removesuffix(_OR_EMPTY)
    start = next((start for start in _SEPARATORS if kind.startswith(start)), "")
    return Column(
        name=row["column"],
        kind=kind.removeprefix(start),
        may_be_empty=row["kind"].endswith(_OR_EMPTY),
        separator=_SEPARATORS.get(start),
        **_limits(row),
    )


def _limits(row: Mapping[str, str]) -> dict[str, Any]:
    return {
        "of": tuple(one for one in listed(row["of"]) if "=" not in one),
        "least": float(row["least"] or -math.inf),
        "most": float(row["most"] or math.inf),
    }


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table as dictionaries of its header, checked by its contract.

    Returns
    -------
    rows
        One dictionary per row, in file order; `__line__` is the line number.

    Raises
    ------
    GeodataError
        The file is missing, cut off, no UTF-8, or has a row of too few or too many cells; or a
        column, a cell or a row breaks the contract. All faults are listed, each with its line.
    """
    rows = csv_rows(path)
    contract, marks = contract_of(path), _sound(path)
    if contract is not NO_CONTRACT and rows and not marks:
        header = [name for name in rows[0] if name != "__line__"]
        if faults := contract.faults(rows, header):
            raise GeodataError("\n".join(f"{path.name}:{line}: {why}" for line, why in faults))
        marks.append(path)
    return rows


@cached_while_unchanged
def _sound(_: Path) -> list[Path]:
    """Return a list that has the path once the table is known to keep its contract."""
    return []


# The bounds of parameters: by unit, or by parameter where they differ.

BOUNDS_FILE = "bounds.csv"
# Units that add nothing to a sentence.
PLAIN = ("-", "0 or 1", "share")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The least and the most that a parameter may be, and its unit.

    A value of the tables is at most `widest` times its low, and a high that of its value.
    """

    least: float
    most: float
    widest: float
    unit: str

    def fault(self, *values: float) -> str:
        """Return what is wrong with the first value outside the bounds; empty if none is."""
        outside = [value for value in values if not self.least <= value <= self.most]
        if not outside:
            return ""
        unit = "" if self.unit in PLAIN else f" {self.unit}"
        return (
            f"must be from {_written(self.least)} to {_written(self.most)}{unit},"
            f" got {_written(outside[0])}"
        )


def read_bounds(folder: Path, units: Mapping[str, Collection[str]]) -> dict[str, Bounds]:
    """Return the bounds of each parameter.

    Parameters
    ----------
    folder
        The folder of the parameter tables.
    units
        The units of each parameter. One in several, such as USD and EUR per box, has the narrowest
        of their bounds.

    Raises
    ------
    GeodataError
        A row fits nothing, a unit has no bounds, or a parameter is not called as its unit says. All
        faults are listed.
    """
    faults: list[str] = []
    rows: dict[str, Mapping[str, str]] = {}
    known = {unit for named in units.values() for unit in named}
    for cells in read_rows(folder / BOUNDS_FILE):
        name = cells["unit"] or cells["parameter"]
        where = f"{BOUNDS_FILE}:{cells['__line__']}: {name}"
        if bool(cells["unit"]) == bool(cells["parameter"]):
            faults.append(f"{where}: give one of unit and parameter")
        elif name not in (known if cells["unit"] else units):
            faults.append(f"{where}: no parameter is called so or has this unit")
        rows[name] = cells
    bounds: dict[str, Bounds] = {}
    for parameter, named in units.items():
        for unit in named:
            if unit not in rows:
                faults.append(f"{BOUNDS_FILE}: unit '{unit}' of {parameter} has no bounds")
            elif not any(fnmatchcase(parameter, name) for name in listed(rows[unit]["names"])):
                faults.append(f"{BOUNDS_FILE}: {parameter} is not among the names of unit '{unit}'")
        of_units = [rows[unit] for unit in named if unit in rows]
        own = [rows[parameter]] if parameter in rows else of_units
        if own:
            bounds[parameter] = Bounds(
                least=max(float(row["least"]) for row in own),
                most=min(float(row["most"]) for row in own),
                widest=max(float(row["widest"] or 0) for row in (*own, *of_units)),
                unit=" or ".join(named),
            )
    if faults:
        raise GeodataError("\n".join(dict.fromkeys(faults)))
    return bounds


def bound_faults(rows: Iterable[SourcedValue], bounds: Mapping[str, Bounds]) -> list[str]:
    """Return a sentence for each row with a value, low or high outside its bounds.

    A low and a high are also no further from the value than the parameter is known to be.
    """
    faults = []
    for row in rows:
        own = bounds[row.parameter]
        if what := own.fault(row.value, row.low, row.high):
            faults.append(f"{row.parameter}@{row.scope}: {what}")
        for less, more in ((row.low, row.value), (row.value, row.high)):
            if 0.0 < less * own.widest < more:
                faults.append(
                    f"{row.parameter}@{row.scope}: {_written(more)} is over {own.widest:g} times"
                    f" {_written(less)}; check low, value and high, or `widest` of {BOUNDS_FILE}"
                )
    return faults


def _written(value: float) -> str:
    return f"{value:,.10g}"


# Rows of tables as frozen values: the column named as a field fills it, by the field's type.

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
