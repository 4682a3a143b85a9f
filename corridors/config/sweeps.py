"""The values of a sweep: lists, ranges of numbers or days, pairs of places."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, Field, Strict, ValidationError

from corridors.config.checks import LAST_DAY, Day, Number, PlaceText, Strictly, Word
from corridors.config.config_files import shown_as
from corridors.config.faults import as_written, describe, place_of
from corridors.config.nodes import Node, read_text
from corridors.config.scenario import key_path, marked
from corridors.domain.windows import months_later
from corridors.errors import ConfigError

MAX_VALUES = 20_000
PAIR_COLUMNS = ("origin", "destination")
Model = TypeVar("Model", bound=BaseModel)
KeyPath = tuple[str | int, ...]
Count = Annotated[int, Strict(), Field(ge=1, le=MAX_VALUES)]


class DaysModel(Strictly):
    """A range of days, limited by its last day or their number."""

    first: Day = Field(alias="from")
    to: Day | None = None
    every: Literal["day", "week", "month"]
    count: Count | None = None


class NumbersModel(Strictly):
    """A range of numbers, ends included, in a number of steps or by a step size."""

    first: Number = Field(alias="from")
    to: Number
    steps: Annotated[int, Strict(), Field(ge=2, le=MAX_VALUES)] | None = None
    step: Annotated[Number, Field(gt=0)] | None = None


class CsvModel(Strictly):
    """A CSV file of pairs, relative to the batch file."""

    csv: Word


class EndsModel(Strictly):
    """An origin and a destination."""

    origin: PlaceText
    destination: PlaceText
    name: Word | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A value for a dotted key, with its `path` in a scenario and the `start` of its faults."""

    key: str
    path: tuple[str, ...]
    node: Node
    start: str

    @property
    def text(self) -> str:
        """The value for display."""
        return shown_value(self.node.plain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One choice of a key: its label, its value and its changes."""

    shown: str
    value: object
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The batch file, for the positions of its keys."""

    root: Node
    shown: str
    folder: Path

    def at(self, line: int) -> str:
        """Return the position of a line; values that a program gives have none."""
        return f"{self.shown}:{line}" if line else self.shown

    def start(self, key: KeyPath) -> str:
        """Return the prefix of faults at a key."""
        return place_of(self.root, key, shown=self.shown)[1]

    def change(self, key: str, node: Node, at: KeyPath) -> Change:
        """Return the change for a value at the position `at` in the batch file."""
        line = place_of(self.root, at, shown=self.shown)[0]
        given = marked(node, self.at(line))
        return Change(key=key, path=key_path(key), node=given, start=self.start(at))


def sweep_values(key: str, node: Node, place: Place) -> tuple[Choice, ...]:
    """Return the choices of a swept key.

    A list holds the choices. A mapping is a range: of days for `departure`, of numbers for other
    keys. Anything else is a single choice.

    Raises
    ------
    ConfigError
        The range is wrong, or the list is empty.
    """
    at: KeyPath = ("sweeps", key)
    if node.items is not None:
        values = days(node, place, at) if key == "departure" else numbers(node, place, at)
        nodes = [Node(node.line, value=value) for value in values]
        places = [at] * len(nodes)
    else:
        nodes = list(node.entries) if node.entries is not None else [node]
        places = [(*at, i) for i in range(len(nodes))] if node.entries is not None else [at]
    if not nodes:
        msg = f"{place.start(at)}needs at least one value"
        raise ConfigError(msg)
    return tuple(
        Choice(
            shown=shown_value(value.plain),
            value=value.plain if value.entries is None else shown_value(value.plain),
            changes=(place.change(key, value, where),),
        )
        for value, where in zip(nodes, places, strict=True)
    )


def days(node: Node, place: Place, at: KeyPath) -> list[str]:
    """Return the days of a range. Monthly days keep the day of the month, if the month has it."""
    model = checked(DaysModel, node, place, at)
    if (model.to is None) == (model.count is None):
        msg = f"{place.start(at)}give one of to and count"
        raise ConfigError(msg)
    if model.to is not None and model.to < model.first:
        msg = f"{place.start((*at, 'to'))}{model.to} is before {model.first}; swap the days"
        raise ConfigError(msg)
    values: list[str] = []
    for day in days_from(model.first, model.every):
        if len(values) == model.count or (model.to is not None and day > model.to):
            break
        if day > LAST_DAY:
            msg = f"{place.start(at)}runs past {LAST_DAY}, the last day of the tables"
            raise ConfigError(msg)
        values.append(day.isoformat())
    return values


def days_from(first: date, every: str) -> Iterator[date]:
    """Yield days at an interval, without end."""
    for number in itertools.count():
        if every == "month":
            yield months_later(first, number)
        else:
            yield first + timedelta(days=number * (7 if every == "week" else 1))


def numbers(node: Node, place: Place, at: KeyPath) -> list[float | int]:
    """Return the numbers of a range, calculated in decimals."""
    model = checked(NumbersModel, node, place, at)
    if (model.steps is None) == (model.step is None):
        msg = f"{place.start(at)}give one of steps and step"
        raise ConfigError(msg)
    first, last = Decimal(repr(model.first)), Decimal(repr(model.to))
    if last <= first:
        msg = f"{place.start((*at, 'to'))}must be above the first value, {as_written(model.first)}"
        raise ConfigError(msg)
    if model.steps is not None:
        count, apart = model.steps, (last - first) / (model.steps - 1)
    else:
        apart = Decimal(repr(model.step))
        if (last - first) / apart >= MAX_VALUES:
            msg = f"{place.start((*at, 'step'))}gives more than {MAX_VALUES:,} values; use fewer"
            raise ConfigError(msg)
        count = int((last - first) / apart) + 1
    return [number_of(first + apart * i) for i in range(count)]


def number_of(value: Decimal) -> float | int:
    """Return a decimal rounded to twelve digits, as an integer if it is whole."""
    rounded = float(f"{value:.12g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e15 else rounded


def pairs_in(node: Node, place: Place, *, files: dict[str, str]) -> tuple[Choice, ...]:
    """Return the pairs of a list, or of a CSV file, whose text is added to `files`.

    Raises
    ------
    ConfigError
        The file or an entry is wrong. All faults are listed.
    """
    at: KeyPath = ("sweeps", "pairs")
    if node.entries is None:
        name = checked(CsvModel, node, place, at).csv
        shown = shown_as(place.folder / name)
        text = read_text(place.folder / name, shown=shown)
        files["pairs_file"] = text
        rows = list(csv_pairs(text, shown=shown))
        if not rows:
            msg = f"{shown}:2: no pairs; give at least one"
            raise ConfigError(msg)
        return tuple(rows)
    if not node.entries:
        msg = f"{place.start(at)}needs at least one pair"
        raise ConfigError(msg)
    pairs = []
    for number, entry in enumerate(node.entries):
        model = checked(EndsModel, entry, place, (*at, number))
        start = place.at(entry.line)
        pairs.append(pair(model.origin, model.destination, model.name, start=start))
    return tuple(pairs)


def csv_pairs(text: str, *, shown: str) -> Iterator[Choice]:
    """Yield the pairs of a CSV text with the columns origin, destination and, optionally, name."""
    try:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        header = [cell.strip() for cell in next(reader, [])]
        if tuple(header[:2]) != PAIR_COLUMNS or header[2:] not in ([], ["name"]):
            msg = f"{shown}:1: the columns must be origin,destination or origin,destination,name"
            raise ConfigError(msg)
        for cells in reader:
            yield from csv_pair(cells, width=len(header), start=f"{shown}:{reader.line_num}")
    except csv.Error as error:
        msg = f"{shown}:{reader.line_num or 1}: not CSV: {error}"
        raise ConfigError(msg) from None


def csv_pair(cells: Sequence[str], *, width: int, start: str) -> Iterator[Choice]:
    """Yield the pair of a row, none for an empty line."""
    if not any(cell.strip() for cell in cells):
        return
    if len(cells) != width:
        msg = f"{start}: {len(cells)} cells, {width} expected"
        raise ConfigError(msg)
    for column, cell in zip((*PAIR_COLUMNS, "name"), cells, strict=False):
        if not cell.strip() and column != "name":
            msg = f"{start}: {column}: must not be empty"
            raise ConfigError(msg)
        if len(cell) > 200:
            msg = f"{start}: {column}: must not be longer than 200 characters"
            raise ConfigError(msg)
    name = cells[2].strip() if len(cells) > 2 else ""
    yield pair(cells[0].strip(), cells[1].strip(), name or None, start=start)


def pair(origin: str, destination: str, name: str | None, *, start: str) -> Choice:
    """Return a pair whose faults begin with `start`."""
    ends = zip(PAIR_COLUMNS, (origin, destination), strict=True)
    shown = name or f"{origin} - {destination}"
    changes = tuple(
        Change(key=key, path=(key,), node=Node(0, value=end, origin=start), start=f"{start}: ")
        for key, end in ends
    )
    return Choice(shown=shown, value=shown, changes=changes)


def checked(model: type[Model], node: Node, place: Place, at: KeyPath) -> Model:
    """Return the validated model of a part of the batch file."""
    try:
        return model.model_validate(node.plain)
    except ValidationError as error:
        errors = error.errors(include_url=False)
    faults = [
        place.start((*at, *part["loc"])) + describe(part, model=model, key=tuple(part["loc"]))
        for part in errors
    ]
    raise ConfigError(list(dict.fromkeys(faults)))


def shown_value(value: object) -> str:
    """Return a value for display."""
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.12g}"
        case list():
            return ", ".join(shown_value(item) for item in value)
        case dict():
            return ", ".join(f"{key}: {shown_value(item)}" for key, item in value.items())
        case _:
            return str(value)
