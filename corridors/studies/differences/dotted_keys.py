"""Turn a scenario into dotted keys and back, and find the keys that differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from corridors.config.allowed_names import Names
from corridors.config.nodes import Node
from corridors.config.scenario import to_scenario, validated, written
from corridors.domain.scenario import Scenario
from corridors.studies.differences.difference_parts import Change

Keys = dict[str, object]

OVERRIDE = "overrides."
PROJECT = "projects."
CLOSURE = "closures."
ORDER = "overrides (order)"
# What tells the entries of a list apart.
LISTED = {"closures": "place", "projects": "id"}


def keys_of(scenario: Scenario) -> Keys:
    """Return a scenario as plain values by dotted key, as a file would give them.

    A closed place is one key with a list of closures, and so is a project with its opening day.
    """
    return dict(_dotted(written(scenario), ""))


def _dotted(values: Mapping[str, Any], before: str) -> Iterator[tuple[str, object]]:
    for name, value in values.items():
        if name in LISTED:
            entries: dict[str, list[object]] = {}
            for entry in value:
                head = f"{name}.{entry[LISTED[name]]}"
                entries.setdefault(head, []).append(
                    {key: of for key, of in entry.items() if key != LISTED[name]}
                )
            yield from entries.items()
        elif isinstance(value, Mapping):
            yield from _dotted(value, f"{before}{name}.")
        else:
            yield before + name, value


def order_of(scenario: Scenario) -> tuple[str, ...]:
    """Return the dotted keys in the order of a scenario's file."""
    found: list[str] = []

    def visit(value: object, key: str) -> None:
        if isinstance(value, Mapping):
            for name, inner in value.items():
                visit(inner, f"{key}.{name}" if key else str(name))
        elif key in LISTED and isinstance(value, list):
            names = (e[LISTED[key]] if isinstance(e, Mapping) else e for e in value)
            found.extend(f"{key}.{name}" for name in names)
        else:
            found.append(key)

    visit(scenario.text.get("values", {}), "")
    return tuple(dict.fromkeys(found))


def changes(old: Keys, new: Keys, *, order: Sequence[str] = ()) -> tuple[Change, ...]:
    """Return the keys that differ: first those of `order`, then the others.

    A different order of overrides counts, because the last one that touches a row wins.
    """
    place = {key: number for number, key in enumerate(order)}
    every = dict.fromkeys((*new, *old))
    differ = [key for key in every if old.get(key) != new.get(key)]
    differ.sort(key=lambda key: place.get(key, len(place)))
    found = [Change(key=key, old=old.get(key), new=new.get(key)) for key in differ]
    were, are = _common_overrides(old, new), _common_overrides(new, old)
    if were != are:
        found.append(Change(key=ORDER, old=were, new=are))
    return tuple(found)


def applied(keys: Keys, change: Change, *, towards: Keys) -> Keys:
    """Return the keys after one change; a new override gets its position in `towards`."""
    if change.key == ORDER:
        first = {key: keys[key] for key in towards if key in keys}
        return {**first, **{key: value for key, value in keys.items() if key not in first}}
    if change.new is None:
        return {key: value for key, value in keys.items() if key != change.key}
    if change.key in keys:
        return {**keys, change.key: change.new}
    before = list(towards)[: list(towards).index(change.key)]
    after = next((key for key in reversed(before) if key in keys), None)
    made: Keys = {} if after is not None else {change.key: change.new}
    for key, value in keys.items():
        made[key] = value
        if key == after:
            made[change.key] = change.new
    return made


def scenario_of(keys: Keys, names: Names) -> Scenario:
    """Return the scenario of dotted keys.

    Raises
    ------
    ConfigError
        A value or a combination is not valid in a scenario file.
    """
    plain: dict[str, Any] = {}
    for key, value in keys.items():
        head, _, name = key.partition(".")
        if head in LISTED:
            entries = [{LISTED[head]: name, **entry} for entry in as_list(value)]
            plain.setdefault(head, []).extend(entries)
            continue
        # A name may have dots, and stands last: of a parameter, or of what a share is of.
        *path, last = key.split(".", 1 if head == "overrides" else 2)
        inner = plain
        for part in path:
            inner = inner.setdefault(part, {})
        inner[last] = value
    return scenario_from(plain, shown="scenario", names=names)


def scenario_from(plain: Mapping[str, object], *, shown: str, names: Names) -> Scenario:
    """Return the scenario of plain values under the keys of a scenario file.

    Raises
    ------
    ConfigError
        With every error; each starts with `shown` and the key, without a line.
    """
    node = node_of(plain, origin=shown)
    model = validated(node, shown=shown, names=names)
    return replace(to_scenario(model, node=node, shown=""), source_path="", text={})


def node_of(value: object, *, origin: str = "") -> Node:
    """Return plain values as the tree that validation reads."""
    if isinstance(value, Mapping):
        return Node(
            0, items={str(key): node_of(item) for key, item in value.items()}, origin=origin
        )
    if isinstance(value, (list, tuple)):
        return Node(0, entries=tuple(node_of(item) for item in value), origin=origin)
    return Node(0, value=value, origin=origin)


def as_list(value: object) -> list[Any]:
    """Return a value that is a list by construction."""
    if not isinstance(value, list):
        msg = f"expected a list, got {value!r}"
        raise TypeError(msg)
    return value


def _common_overrides(of: Keys, other: Keys) -> list[str]:
    names = [key for key in of if key.startswith(OVERRIDE) and key in other]
    return [key.removeprefix(OVERRIDE) for key in names]
