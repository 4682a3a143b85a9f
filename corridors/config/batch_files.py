"""Loading batch files: a base scenario, variants and sweeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BeforeValidator, ConfigDict, Field

from corridors.config.allowed_names import Names
from corridors.config.checks import Strictly, Word
from corridors.config.config_files import find_file, shown_as
from corridors.config.corridors import load_corridors
from corridors.config.faults import place_of, validate
from corridors.config.nodes import Node, read_text, read_yaml
from corridors.config.scenario import (
    node_of,
    placed,
    plain_value,
    to_scenario,
    validated,
    written,
)
from corridors.config.sweeps import Change, Choice, Place, pairs_in, sweep_values
from corridors.domain.scenario import Scenario
from corridors.errors import ConfigError
from corridors.files import told_as

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
