"""Loading batch files: a base scenario, variants and sweeps."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, ValidationError

from corridors.config.checks import LAST_DAY, Day, Names, Number, PlaceText, Strictly, Word
from corridors.config.config_files import find_file, shown_as
from corridors.config.corridors import load_corridors
from corridors.config.faults import (
    Node,
    as_written,
    describe,
    place_of,
    read_text,
    read_yaml,
    validate,
)
from corridors.config.scenario import (
    key_path,
    marked,
    node_of,
    placed,
    plain_value,
    to_scenario,
    validated,
    written,
)
from corridors.domain.places import months_later
from corridors.domain.scenario import Scenario
from corridors.errors import ConfigError
from corridors.files import told_as

# The values of a sweep: lists, ranges of numbers or days, pairs of places.

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


VARIANT, PAIR = "variant", "pair"
BATCH_FILE = "batch_file"
MAX_VARIANTS = 200


def nothing_to_none(value: object) -> object:
    """Return an empty mapping for a key without a value."""
    return {} if value is None else value


Values = Annotated[dict[Word, Any], BeforeValidator(nothing_to_none)]


class VariantModel(Strictly):
    """A named set of changes to the base scenario."""

    name: Word
    """Name of the variant."""
    set: Values = Field(default_factory=dict)
    """Values that replace those of the base, by dotted key such as `limits.max_days`."""


class BatchModel(Strictly):
    """A batch file; the values of `sweeps` are read by `sweep_values`."""

    model_config = ConfigDict(title="Batch of scenarios")

    name: Word | None = None
    """Name of the batch. Default: the name of the file."""
    title: Word | None = None
    """Title of the report. Default: the name."""
    base: Word
    """Base scenario: a file, or the name of a shipped scenario."""
    set: Values = Field(default_factory=dict)
    """Values that replace those of the base, by dotted key such as `limits.max_days`."""
    variants: Annotated[tuple[VariantModel, ...], Field(max_length=MAX_VARIANTS)] = ()
    """Named sets of changes. Each one is run."""
    sweeps: Values = Field(default_factory=dict)
    """Lists or ranges of values by dotted key. Every combination is run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key that varies, with its choices in the order of the file.

    `key` is a dotted key of a scenario, `variant` or `pair`.
    """

    key: str
    choices: tuple[Choice, ...]

    @property
    def heads(self) -> set[str]:
        """The top-level scenario keys that it changes."""
        return {change.path[0] for choice in self.choices for change in choice.changes}

    @property
    def numeric(self) -> bool:
        """Whether every value is a number."""
        return all(
            isinstance(choice.value, (int, float)) and not isinstance(choice.value, bool)
            for choice in self.choices
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A validated batch file.

    `base` is the tree of the base scenario's file, `start` the same after `set`. Scenarios are the
    product of the choices of all `keys`; the last key varies fastest. `files` holds the texts of
    `batch_file`, `base_file` and, if there is one, `pairs_file`.
    """

    name: str
    title: str
    shown: str
    base_shown: str
    base: Node
    start: Node
    keys: tuple[Key, ...]
    variants: Mapping[str, Mapping[str, str]]
    files: Mapping[str, str]

    def one_by_one(self, wanted: Callable[[Key], bool] = lambda _: True) -> Iterator[list[int]]:
        """Yield the first choice of every key, then each other choice of the wanted keys alone."""
        first = [0] * len(self.keys)
        yield first
        for number, key in enumerate(self.keys):
            if wanted(key):
                for choice in range(1, len(key.choices)):
                    yield [*first[:number], choice, *first[number + 1 :]]

    def scenario(self, choices: Sequence[int], *, names: Names) -> Scenario:
        """Return the scenario of one choice by key.

        Raises
        ------
        ConfigError
            The values do not make a valid scenario.
        """
        node = self.start
        for key, number in zip(self.keys, choices, strict=True):
            for change in key.choices[number].changes:
                node = placed(node, change.path, change.node)
        model = validated(node, shown=self.base_shown, names=names)
        return to_scenario(model, node=node, shown=self.base_shown)


def load_batch(path: Path | str) -> Batch:
    """Return the batch of a file, or of a shipped batch's name.

    Every value is checked in a scenario with the first choice of all other keys.

    Raises
    ------
    ConfigError
        With every fault of the file, its base and its pairs.
    """
    file, shown = find_file(path, "batch")
    node = read_yaml(file, shown=shown)
    model = validate(BatchModel, node, shown=shown, names=Names())
    base_file, base_shown = base_of(model.base, file, node=node, shown=shown)
    base = _Base(
        node=read_yaml(base_file, shown=base_shown),
        shown=base_shown,
        text=read_text(base_file, shown=base_shown),
    )
    text = read_text(file, shown=shown)
    return _batch(node, model, base, text=text, file=file, shown=shown)


def given_batch(
    values: Mapping[str, object], base: Scenario, *, shown: str, name: str = "batch"
) -> Batch:
    """Return the batch of the keys of a batch file, given by a program, over a scenario.

    Parameters
    ----------
    values
        `set`, `variants`, `sweeps`, `name` and `title`, as a file has them; see `plain_value`.
    base
        The base scenario.
    shown
        What faults begin with, such as `batch()`.
    name
        Name of a batch without one.

    Raises
    ------
    ConfigError
        With every fault.
    """
    given = written(base)
    # Once, since a generator gives its values once.
    keys: Any = plain_value({"base": "scenario.yaml", **values})
    text = yaml.safe_dump(keys, sort_keys=False)
    node = node_of(keys, shown=shown)
    model = validate(BatchModel, node, shown=shown, names=Names())
    of = _Base(
        node=node_of(given, shown=base.source_path or shown),
        shown=base.source_path or shown,
        text=yaml.safe_dump(given, sort_keys=False),
    )
    return _batch(node, model, of, text=text, file=Path(f"{name}.yaml"), shown=shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Base:
    """The base scenario: its tree, its name in faults, and its text."""

    node: Node
    shown: str
    text: str


def _batch(node: Node, model: Any, base: _Base, *, text: str, file: Path, shown: str) -> Batch:
    """Return the batch of a validated tree; `file` gives its name and the folder of its pairs."""
    place = Place(root=node, shown=shown, folder=file.parent)
    faults: list[str] = []
    files = {BATCH_FILE: text, "base_file": base.text}
    keys = keys_of(node, place, faults=faults, files=files)
    changes = changes_in(node, ("set",), place)
    faults.extend(clashes(keys, changes))
    if faults:
        raise ConfigError(faults)
    start = with_corridors(base.node)
    for change in changes:
        start = placed(start, change.path, change.node)
    batch = Batch(
        name=model.name or file.stem,
        title=model.title or model.name or file.stem,
        shown=shown,
        base_shown=base.shown,
        base=base.node,
        start=start,
        keys=keys,
        variants=variants_of(keys),
        files=files,
    )
    faults = list(dict.fromkeys(faults_of(batch)))
    if faults:
        raise ConfigError(faults)
    return batch


def base_of(base: str, file: Path, *, node: Node, shown: str) -> tuple[Path, str]:
    """Return the base scenario's file, relative to the batch file, and its name in faults."""
    beside = file.parent / base
    with told_as(shown):
        there = beside.is_file()
    if there:
        return beside, shown_as(beside)
    try:
        return find_file(base, "scenario")
    except ConfigError as error:
        start = place_of(node, ("base",), shown=shown)[1]
        msg = f"{start}{error}"
        raise ConfigError(msg) from None


def with_corridors(base: Node) -> Node:
    """Return the base with `corridors: all` as a list of ids, so that files are read only once."""
    given = (base.items or {}).get("corridors")
    if given is not None and given.value != "all":
        return base
    line = base.line if given is None else given.line
    entries = tuple(Node(line, value=corridor.id) for corridor in load_corridors("all"))
    return placed(base, ("corridors",), Node(line, entries=entries))


def keys_of(
    node: Node, place: Place, *, faults: list[str], files: dict[str, str]
) -> tuple[Key, ...]:
    """Return the variants, then the sweeps in the order of the file; add to faults and files."""
    items = node.items or {}
    keys = []
    variants = items["variants"].entries or () if "variants" in items else ()
    if variants:
        choices = []
        for number, variant in enumerate(variants):
            name = str((variant.items or {})["name"].value)
            changes = changes_in(variant, ("variants", number, "set"), place)
            choices.append(Choice(shown=name, value=name, changes=changes))
        keys.append(Key(key=VARIANT, choices=tuple(choices)))
    sweeps = items["sweeps"].items or {} if "sweeps" in items else {}
    for name in sweeps:
        try:
            if name == "pairs":
                keys.append(Key(key=PAIR, choices=pairs_in(sweeps[name], place, files=files)))
            else:
                keys.append(Key(key=name, choices=sweep_values(name, sweeps[name], place)))
        except ConfigError as error:
            faults.extend(error.faults)
    for key in keys:
        faults.extend(repeated(key, place))
    return tuple(keys)


def changes_in(node: Node, key: tuple[str | int, ...], place: Place) -> tuple[Change, ...]:
    """Return the changes of a `set` mapping, which is the last part of `key`."""
    given = (node.items or {}).get(str(key[-1]))
    items = (given.items if given is not None else None) or {}
    return tuple(place.change(name, item, (*key, name)) for name, item in items.items())


def repeated(key: Key, place: Place) -> Iterator[str]:
    """Yield a fault for each repeated choice of a key."""
    seen: set[str] = set()
    for choice in key.choices:
        if choice.shown in seen:
            where = "variants" if key.key == VARIANT else "sweeps"
            path = (where,) if key.key == VARIANT else (where, key.key)
            yield f"{place.start(path)}'{choice.shown[:80]}' is given twice; keep one"
        seen.add(choice.shown)


def clashes(keys: Iterable[Key], changes: Sequence[Change]) -> Iterator[str]:
    """Yield a fault for each change that another one would overwrite."""
    taken: dict[tuple[str, ...], str] = {}
    for key in keys:
        # Choices of one key exclude each other, so only changes of different keys can clash.
        paths: dict[tuple[str, ...], Change] = {}
        for change in (change for choice in key.choices for change in choice.changes):
            paths.setdefault(change.path, change)
        for path, change in paths.items():
            if path == ("name",):
                yield f"{change.start}scenarios are named after the keys that vary; leave it out"
            for other, name in taken.items():
                if path[: len(other)] == other or other[: len(path)] == path:
                    yield f"{change.start}'{name}' also changes it; keep one"
        taken.update((path, key.key) for path in paths)
    for change in changes:
        for other, name in taken.items():
            if change.path[: len(other)] == other:
                yield f"{change.start}'{name}' replaces it; keep one"


def variants_of(keys: Iterable[Key]) -> dict[str, dict[str, str]]:
    """Return the changes of each variant, as text by dotted key."""
    return {
        choice.shown: {change.key: change.text for change in choice.changes}
        for key in keys
        if key.key == VARIANT
        for choice in key.choices
    }


def faults_of(batch: Batch) -> Iterator[str]:
    """Yield the faults of each value, with the first choice of the other keys."""
    names = Names()
    for choices in batch.one_by_one():
        try:
            batch.scenario(choices, names=names)
        except ConfigError as error:
            yield from error.faults
