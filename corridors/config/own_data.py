"""The own data of a scenario, and the names they add."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from corridors.config.allowed_names import Names
from corridors.config.faults import Key, Node, place_of
from corridors.data.own import Overlay, shipped_overlay, source_at
from corridors.data.spreadsheets import MOST_BYTES
from corridors.domain.scenario import OnConflict, OwnSource, Scenario
from corridors.errors import ConfigError
from corridors.files import read_whole

DOOR_OSM = ("door", "osm")
CONTRACTS, SCHEDULES = "contracts", "schedules"
KEY, CONFLICT = "own_data", "on_conflict"
OPTION = "--own-data"
OPTIONS = {KEY: OPTION, CONTRACTS: "--contracts", SCHEDULES: "--schedules"}
MAX_EXTRACT_BYTES = 200_000_000


def with_own_data(node: Node, paths: Sequence[str], *, key: str = KEY) -> Node:
    """Return a scenario's tree with the own data, or other files, of the command line."""
    option = OPTIONS[key]
    entries = tuple(Node(0, value=path, origin=option) for path in paths)
    given = Node(0, entries=entries, origin=option)
    return replace(node, items={**(node.items or {}), key: given})


def own_sources(node: Node, *, shown: str) -> tuple[OwnSource, ...]:
    """Return the own data named in a scenario's tree, relative to its file's folder.

    Raises
    ------
    ConfigError
        With every path that does not exist or is too large.
    """
    return _sources(node, shown, (KEY,), lambda path: source_at(path, shown=str(path)))


def door_extracts(node: Node, *, shown: str) -> tuple[OwnSource, ...]:
    """Return the OpenStreetMap extracts under `door.osm`, relative to the file's folder.

    Raises
    ------
    ConfigError
        With every path that cannot be read.
    """
    return _sources(node, shown, DOOR_OSM, _file_of(MAX_EXTRACT_BYTES))


def listed_sources(node: Node, key: str, *, shown: str) -> tuple[OwnSource, ...]:
    """Return the files under `contracts` or `schedules`, relative to the file's folder.

    Raises
    ------
    ConfigError
        With every path that cannot be read.
    """
    return _sources(node, shown, (key,), _file_of(MOST_BYTES))


def _file_of(most: int) -> Callable[[Path], OwnSource]:
    """Return what makes a source of a file of so many bytes at most."""

    def source(path: Path) -> OwnSource:
        content = read_whole(path, shown=str(path), most=most)
        digest = hashlib.sha256(content).hexdigest()
        return OwnSource(name=path.name, sha256=digest, path=str(path))

    return source


def _sources(
    node: Node, shown: str, keys: tuple[str, ...], read: Callable[[Path], OwnSource]
) -> tuple[OwnSource, ...]:
    sources: list[OwnSource] = []
    faults: list[str] = []
    for path, start in _paths(node, shown, keys):
        try:
            sources.append(read(path))
        except ConfigError as error:
            faults.extend(f"{start}{fault}" for fault in error.faults)
    if faults:
        raise ConfigError(faults)
    return tuple(sources)


def _paths(node: Node, shown: str, keys: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    """Yield the paths under a key with the prefix of their faults; skip values that are no text."""
    given: Node | None = node
    for name in keys:
        given = (given.items or {}).get(name) if given is not None else None
    if given is None:
        return
    entries = given.entries if given.entries is not None else (given,)
    for number, entry in enumerate(entries):
        if not isinstance(entry.value, str) or not entry.value or "\0" in entry.value:
            continue
        at: Key = (*keys, number) if given.entries is not None else keys
        folder = Path() if entry.origin in OPTIONS.values() else Path(shown).parent
        yield folder / entry.value, place_of(node, at, shown=shown)[1]


def names_for(node: Node, names: Names, *, shown: str) -> Names:
    """Return the names that a scenario's tree may use, including those of its own data.

    Raises
    ------
    ConfigError
        With every fault of the own data.
    """
    sources = own_sources(node, shown=shown)
    if not sources:
        return names
    rule = (node.items or {}).get(CONFLICT)
    last = rule is not None and rule.value == OnConflict.LAST
    return Names(_combined(sources, OnConflict.LAST if last else OnConflict.ERROR))


def overlay_for(scenario: Scenario) -> Overlay:
    """Return the network and rates of a scenario: the shipped ones plus its own data.

    Raises
    ------
    ConfigError
        The own data cannot be read, or they contradict each other.
    """
    return _combined(scenario.own_data, scenario.on_conflict)


def _combined(sources: Sequence[OwnSource], on_conflict: OnConflict) -> Overlay:
    if not sources:
        return shipped_overlay()
    # What reads own files takes a twentieth of a command's imports.
    from corridors.data.own.combine import overlay_of

    return overlay_of(sources, on_conflict=on_conflict)
