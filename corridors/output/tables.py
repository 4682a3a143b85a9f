"""Tables, each declared once, and the registry of their columns.

A name means one thing in every table: `columns.csv` says for each what kind of cell it heads, its
unit and bounds, what stands above it where people read, and what it means. A `Table` says which of
these names its files have, which of them people read, and how a value is taken from a row.
Terminal, CSV, JSON, frames, GeoPackages, notebooks, pages, schemas and the page of columns in the
documentation are made from the two.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from corridors.domain.answer import BOXES
from corridors.domain.scenario import Equipment
from corridors.output.store import Record, csv_text, iso_time, plain
from corridors.units import in_percent

if TYPE_CHECKING:
    import pandas as pd
    from pydantic import BaseModel

PER_TEU = "per TEU"
REGISTRY = Path(__file__).with_name("columns.csv")
Getter = str | Callable[[Any], object]
"""Attributes of a row with dots between them, or a function of the row."""


class Kind(StrEnum):
    """What the cells of a column hold; any of them may be missing."""

    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole"
    SHARE = "share"
    TRUTH = "truth"
    DAY = "day"
    TIME = "time"
    TEXTS = "texts"
    NUMBERS = "numbers"
    PARTS = "parts"
    OBJECTS = "objects"


# How a kind is held in a schema, a frame and a layer of a GeoPackage.
_TYPES: Mapping[Kind, tuple[Any, Any, str]] = {
    Kind.TEXT: (str, "object", "TEXT"),
    Kind.NUMBER: (float, "float64", "REAL"),
    Kind.WHOLE: (int, "int64", "MEDIUMINT"),
    Kind.SHARE: (float, "float64", "REAL"),
    Kind.TRUTH: (bool, "bool", "TEXT"),
    Kind.DAY: (str, "datetime64[ns]", "TEXT"),
    Kind.TIME: (str, "datetime64[ns, UTC]", "TEXT"),
    Kind.TEXTS: (list[str], "object", "TEXT"),
    Kind.NUMBERS: (list[float], "object", "TEXT"),
    Kind.PARTS: (dict[str, float], "object", "TEXT"),
    Kind.OBJECTS: (list[dict[str, object]], "object", "TEXT"),
}
# In a frame, of what may be missing.
_OPTIONAL = {"int64": "Int64", "bool": "boolean"}
# What may follow a name, what it adds to the head and to the meaning.
CHANGES: Mapping[str, tuple[str, str]] = {
    "old": ("A", "in A"),
    "new": ("B", "in B"),
    "before": ("before", "before the input changes"),
    "after": ("after", "after the input has changed"),
    "change": ("change", "how much it rises"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What a name means, in every table that has it.

    `head` stands above the column where people read, figures with so many decimals, `digits`, or
    significant ones, `figures`, times `factor`; `meaning` is a sentence. `key` marks what joins
    tables, `optional` what may be missing, `signed` shares that people read with a plus or a minus.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    least: float | None = None
    most: float | None = None
    head: str = ""
    digits: int | None = None
    figures: int | None = None
    key: bool = False
    optional: bool = False
    signed: bool = False
    factor: float = 1.0

    @property
    def above(self) -> str:
        """What stands above it on a terminal: its head, or its name in words."""
        return self.head or self.name

    @property
    def is_figure(self) -> bool:
        """Whether it holds figures, which stand to the right."""
        return self.kind in (Kind.NUMBER, Kind.WHOLE, Kind.SHARE)

    @property
    def dtype(self) -> str:
        """Its type in a frame; texts are `str` from pandas 3 on."""
        held: str = _TYPES[self.kind][1]
        return _OPTIONAL.get(held, held) if self.optional else held

    @property
    def titled(self) -> str:
        """What stands above it in notebooks and on pages: with the unit, if it does not say it."""
        head = self.head or self.name.replace("_", " ")
        said = {*head.lower().split()} >= {*self.unit.lower().split()}
        says = said or self.unit.lower() in head.lower() or self.kind is Kind.SHARE
        return head if says else f"{head}, {self.unit}"

    def per_box(self, teu: float, box: str) -> Column:
        """Return the column of figures per TEU as one per box; others as they are."""
        if not self.unit.endswith(PER_TEU) or self.kind not in {Kind.NUMBER, Kind.WHOLE}:
            return self
        unit = f"{self.unit.removesuffix(PER_TEU)}per {box}"
        head = self.head.replace(PER_TEU, f"per {box}")
        return replace(self, unit=unit, head=head, factor=teu)

    def read(self, value: Any) -> Any:
        """Return a value as people read it: rounded, a whole figure as such, shares in percent."""
        if not self.is_figure or not isinstance(value, (int, float)):
            return value
        if self.kind is Kind.SHARE:
            return f"{in_percent(value, self.digits or 0, signed=self.signed)}%"
        # A whole figure stays one.
        value = value if self.factor == 1.0 else value * self.factor
        if self.figures is not None:
            return float(f"{value:.{self.figures}g}")
        # `+ 0` turns -0.0 into 0.0.
        return value if self.digits is None else round(value, self.digits or None) + 0


@cache
def columns() -> Mapping[str, Column]:
    """Return the registry: each column by its name."""
    with REGISTRY.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return MappingProxyType({row["name"]: _column(row) for row in rows})


def _column(row: Mapping[str, str]) -> Column:
    least, most = (float(row[end]) if row[end] else None for end in ("least", "most"))
    digits = row["digits"]
    return Column(
        name=row["name"],
        meaning=row["meaning"],
        unit=row["unit"],
        head=row["head"],
        kind=Kind(row["kind"]),
        least=least,
        most=most,
        digits=int(digits) if digits.isdecimal() else None,
        figures=int(digits[:-1]) if digits.endswith("g") else None,
        key="key" in row["marks"],
        optional="optional" in row["marks"],
        signed="signed" in row["marks"],
    )


def column(name: str) -> Column:
    """Return the column of a name, of its pattern (`booked_days_*`), or how it changes: `days_old`.

    Raises
    ------
    KeyError
        The registry does not have it.
    """
    known = columns()
    if name in known:
        return known[name]
    like = next((row for row in known if "*" in row and fnmatchcase(name, row)), None)
    if like is not None:
        return replace(known[like], name=name)
    base, _, change = name.rpartition("_")
    if base in known and change in CHANGES:
        found, (tail, says) = known[base], CHANGES[change]
        words = f"{found.meaning.removesuffix('.')}: {says}."
        head = f"{found.above.replace('_', ' ')} {tail}"
        return replace(found, name=name, meaning=words, head=head, key=False, optional=True)
    msg = f"{name}: not in {REGISTRY.name}; add a row that says what it means"
    raise KeyError(msg)


def is_declared(table: Table, name: str) -> bool:
    """Return whether the registry knows a name; the inputs that a batch varies it does not."""
    return name in columns() or f"{table.name}.{name}" in columns()


class Beside:
    """A row with other values beside its own, such as those of the result that it is part of."""

    def __init__(self, row: object, **more: object) -> None:
        self._row, self._more = row, more

    def __getattr__(self, name: str) -> Any:
        return self._more[name] if name in self._more else getattr(self._row, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: what a row of it is, its columns, and the rows that a result has.

    Parameters
    ----------
    name
        That of its file or frame.
    about
        What a row is.
    files
        Names of the columns of files and frames, in their order, with spaces between them.
    in_csv
        Those of CSV files, where they are others.
    reads
        Those that people read, on terminals, in notebooks and on pages; by default those of CSV.
    pages
        What pages have beside `reads`.
    spare
        What a narrow terminal does without, the least important first; `low+high` go together.
    slim
        Columns to read of a few words, which a narrow terminal may break.
    lists
        Names whose cells are lists of what the registry says.
    of
        Where the value of a name is not the attribute of the row.
    rows_of
        Takes the rows from a result; by default it is given them.
    exact
        Rounds the figures of files.
    box
        TEU and name of the box that people read figures per, where files have them per TEU.
    """

    name: str
    about: str
    files: str = ""
    in_csv: str = ""
    reads: str = ""
    pages: str = ""
    spare: str = ""
    slim: str = ""
    lists: str = ""
    of: Mapping[str, Getter] = field(default_factory=dict)
    rows_of: Callable[[Any], Iterable[Any]] = iter
    exact: Callable[[float], float] | None = None
    box: tuple[float, str] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns of its files and its frame."""
        return tuple(self.files.split())

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of its files and its frame."""
        return tuple(map(self.column, self.names))

    @property
    def given(self) -> Table:
        """The table of rows that are given in place of a result."""
        return replace(self, rows_of=iter)

    def reading(self, names: str) -> Table:
        """Return the table with other columns to read."""
        return replace(self, reads=names, pages="")

    def boxed(self, equipment: Equipment) -> Table:
        """Return the table as people read it: what is per TEU in files per box of an equipment."""
        return self.counted_in((equipment.teu_per_box, BOXES[equipment]))

    def counted_in(self, box: tuple[float, str]) -> Table:
        """Return the table as people read it, per box of these TEU and this name."""
        return replace(self, box=box)

    def without(self, name: str) -> Table:
        """Return the table without one of its columns to read."""
        return self.reading(" ".join(one for one in self.reads.split() if one != name))

    def column(self, name: str) -> Column:
        """Return the column of a name in this table: `TABLE.NAME` if the registry has it."""
        known = columns()
        own = f"{self.name}.{name}"
        found = replace(known[own], name=name) if own in known else column(name)
        is_text = found.kind is Kind.TEXT
        if name not in self.lists.split():
            return found
        return replace(found, kind=Kind.TEXTS if is_text else Kind.NUMBERS)

    def read_columns(self, *, on_page: bool = False) -> tuple[Column, ...]:
        """Return the columns that people read."""
        names = self.reads or self.in_csv or self.files
        read = map(self.column, f"{names} {self.pages if on_page else ''}".split())
        if self.box is None:
            return tuple(read)
        return tuple(one.per_box(*self.box) for one in read)

    def value(self, row: Any, name: str) -> Any:
        """Return the value of a row."""
        of = self.of.get(name, name)
        if callable(of):
            return of(row)
        return row.get(of) if isinstance(row, Mapping) else attrgetter(of)(row)

    def records(self, result: Any) -> list[Record]:
        """Return the rows in plain values, as JSON holds them."""
        kept = [(one.name, one.kind) for one in self.columns]
        return [
            {name: self._written(self.value(row, name), kind) for name, kind in kept}
            for row in self.rows_of(result)
        ]

    def _written(self, value: Any, kind: Kind) -> object:
        match kind, value:
            case _, datetime():
                return iso_time(value)
            case ((Kind.NUMBER | Kind.SHARE), int() | float()):
                return float(value) if self.exact is None else self.exact(float(value))
            case Kind.NUMBERS, _:
                return [float(each) for each in value]
            case _, StrEnum():
                return value.value
        return plain(value)

    def csv(self, result: Any) -> str:
        """Return the rows as CSV."""
        return csv_text(self.records(result), self.in_csv.split() or self.names)

    def frame(self, result: Any) -> pd.DataFrame:
        """Return the rows as a DataFrame: days without a time, times in UTC."""
        return typed(self.records(result), self.columns)

    def layer(self, result: Any) -> dict[str, tuple[str, list[object]]]:
        """Return the columns of a layer of a GeoPackage, each with its type."""
        records = self.records(result)
        return {
            one.name: (_TYPES[one.kind][2], [_in_layer(row[one.name]) for row in records])
            for one in self.columns
        }

    def read(self, result: Any) -> list[Record]:
        """Return the rows as people read them on a terminal, by what stands above the columns."""
        read = self.read_columns()
        return [
            {one.above: one.read(self.value(row, one.name)) for one in read}
            for row in self.rows_of(result)
        ]

    def shown(self, result: Any) -> pd.DataFrame:
        """Return what a notebook shows."""
        # Imported here because pandas takes longer to import than most commands take to run.
        import pandas as pd

        read = self.read_columns()
        rows = (
            [one.read(self.value(row, one.name)) for one in read] for row in self.rows_of(result)
        )
        return pd.DataFrame(rows, columns=[one.titled for one in read])

    def model(self, title: str, **inside: Table) -> type[BaseModel]:
        """Return a row as a model, for schemas and to read files back; `inside` are lists in it."""
        from pydantic import BaseModel, ConfigDict, Field, create_model

        described: Any = Field
        fields: dict[str, Any] = {}
        for one in self.columns:
            plain_kind = _TYPES[one.kind][0]
            bounds = {"ge": one.least, "le": one.most} if one.is_figure else {}
            words = described(description=one.meaning, **bounds)
            fields[one.name] = (plain_kind | None if one.optional else plain_kind, words)
        for name, table in inside.items():
            kind: Any = table.model(f"{name} of {title}")
            fields[name] = (list[kind], described(description=table.about))

        class Row(BaseModel):
            model_config = ConfigDict(frozen=True, extra="forbid", title=title)

        made: type[BaseModel] = create_model(
            title.title().replace(" ", ""), __base__=Row, __doc__=self.about, **fields
        )
        return made


def typed(records: Sequence[Record], kept: Sequence[Column]) -> pd.DataFrame:
    """Return records as a DataFrame in which each kind of column has one type."""
    import pandas as pd

    made = pd.DataFrame(records, columns=[one.name for one in kept])
    # `str` from pandas 3 on, `object` before.
    texts = pd.Series(["text"]).dtype
    for one in kept:
        if one.kind in (Kind.DAY, Kind.TIME):
            made[one.name] = pd.to_datetime(made[one.name], utc=one.kind is Kind.TIME)
        kind: Any = texts if one.kind is Kind.TEXT else one.dtype
        made[one.name] = made[one.name].astype(kind)
    return made


def _in_layer(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "; ".join(map(str, value)) if isinstance(value, list) else value
