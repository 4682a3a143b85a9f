"""The names that a configuration file may use, and suggestions for unknown ones."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar, cast

from corridors.data.access import load_worlds
from corridors.data.cargo import load_cargo
from corridors.data.cities import country_names
from corridors.data.columns import read_rows
from corridors.data.own import Overlay
from corridors.data.parameters import (
    CAPACITIES,
    GONE,
    PARAMETER_FILES,
    load_country_groups,
    load_sources,
)
from corridors.data.paths import cached_while_unchanged, configs_dir, network_dir, parameters_dir
from corridors.domain.places import Family

# Kinds of names, as faults call them, and the tables that define them.
TABLES: dict[str, tuple[str, ...]] = {
    "corridor": ("corridors",),
    "project": ("projects",),
    "service": ("services",),
    "class of ships": ("ships",),
    "world": ("worlds",),
    "parameter": ("parameters",),
    "cargo": ("cargo",),
    "cargo class": ("cargo_classes",),
    "gate": ("gates",),
    "terminal": ("terminals",),
    "country": ("countries",),
    "source": ("sources",),
    "country or group": ("groups", "countries"),
    "terminal or gate": ("terminals", "gates"),
    "terminal, gate or country": ("terminals", "gates", "countries"),
    "terminal, gate, leg, country or service": (
        *("terminals", "gates", "legs", "countries", "services"),
    ),
}


Read = TypeVar("Read")


class Names:
    """All names that the shipped tables and corridor files define, read on demand.

    Files that use them are read once for all who share them (`once`).

    Parameters
    ----------
    own
        The shipped network with the user's own data. None for the shipped network.
    """

    def __init__(self, own: Overlay | None = None) -> None:
        self._own = own
        self._of_kind: dict[str, dict[str, None]] = {}
        self._read: dict[Path, object] = {}

    def once(self, path: Path, read: Callable[[], Read]) -> Read:
        """Return what a file holds, read when it is first asked for; faults are raised each time.

        A path is always read by the same kind of reader.
        """
        if path not in self._read:
            self._read[path] = read()
        return cast(Read, self._read[path])

    @cached_property
    def corridors(self) -> tuple[str, ...]:
        """Ids of the shipped corridors."""
        return tuple(path.stem for path in sorted((configs_dir() / "corridors").glob("*.yaml")))

    @cached_property
    def projects(self) -> tuple[str, ...]:
        """Ids of the shipped projects."""
        return tuple(path.stem for path in sorted((configs_dir() / "projects").glob("*.yaml")))

    @cached_property
    def services(self) -> tuple[str, ...]:
        """Service families and ids of services."""
        return tuple(Family) + column(parameters_dir() / "services.csv", "id")

    @cached_property
    def ships(self) -> tuple[str, ...]:
        """Ids of the classes of ships."""
        return tuple(name for name in self.services if name.startswith(f"{Family.SEA}/"))

    @cached_property
    def terminals(self) -> tuple[str, ...]:
        """Ids of terminals."""
        shipped = column(network_dir() / "terminals.csv", "id")
        return shipped if self._own is None else tuple(self._own.terminals)

    @cached_property
    def gates(self) -> tuple[str, ...]:
        """Ids of gates."""
        return column(network_dir() / "gates.csv", "id")

    @cached_property
    def legs(self) -> tuple[str, ...]:
        """Ids of rail, ferry, river and road legs."""
        if self._own is not None:
            return tuple(leg.id for leg in self._own.legs)
        files = ("rail_legs.csv", "ferry_legs.csv", "road_legs.csv")
        return tuple(name for file in files for name in column(network_dir() / file, "id"))

    @cached_property
    def countries(self) -> tuple[str, ...]:
        """Codes of the countries that have a terminal or belong to a group."""
        own = self._own.terminals.values() if self._own is not None else ()
        shipped = column(network_dir() / "terminals.csv", "country")
        grouped = (code for codes in load_country_groups().values() for code in codes)
        return tuple(sorted({*shipped, *grouped, *(terminal.country for terminal in own)}))

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """Names of groups of countries."""
        return tuple(load_country_groups())

    @cached_property
    def worlds(self) -> tuple[str, ...]:
        """Ids of the worlds."""
        return load_worlds()

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """Names of parameters."""
        files = (parameters_dir() / name for name in PARAMETER_FILES)
        names = (name for path in files for name in column(path, "parameter"))
        return tuple(name for name in dict.fromkeys((*names, *CAPACITIES)) if name)

    @cached_property
    def cargo(self) -> tuple[str, ...]:
        """Ids of cargo presets."""
        return column(parameters_dir() / "cargo.csv", "id")

    @cached_property
    def cargo_classes(self) -> tuple[str, ...]:
        """Classes of cargo that bans refer to."""
        return tuple(
            dict.fromkeys(name for one in load_cargo().values() for name in one.cargo_classes)
        )

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Keys of the sources of figures."""
        return tuple(load_sources())

    def of(self, kind: str) -> Collection[str]:
        """Return the names of a kind, a key of `TABLES`, in the order of its tables."""
        if kind not in self._of_kind:
            listed = (name for table in TABLES[kind] for name in getattr(self, table))
            self._of_kind[kind] = dict.fromkeys(listed)
        return self._of_kind[kind].keys()

    def called(self, kind: str) -> Mapping[str, str]:
        """Return the codes of countries by their names, where a kind has countries."""
        if "countries" not in TABLES[kind]:
            return {}
        known = self.of(kind)
        return {name: code for code, name in country_names().items() if code in known}


def column(path: Path, name: str) -> tuple[str, ...]:
    """Return a column of a shipped CSV file."""
    columns = _columns(path)
    if name in columns:
        return columns[name]
    return tuple(row[name] for row in read_rows(path))  # raises if it is missing


@cached_while_unchanged
def _columns(path: Path) -> Mapping[str, tuple[str, ...]]:
    rows = read_rows(path)
    names = rows[0] if rows else ()
    return MappingProxyType({name: tuple(row[name] for row in rows) for name in names})


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name most like another, empty if none is similar."""
    folded = {candidate.casefold(): candidate for candidate in known}
    near = difflib.get_close_matches(name[:80].casefold(), list(folded), n=1, cutoff=0.6)
    return folded[near[0]] if near else ""


def advice(name: object, known: Iterable[str], *, called: Mapping[str, str] | None = None) -> str:
    """Return a suggestion for an unknown name: a similar one, else the list if it is short.

    `called` are other names of some that are known, such as those of countries.
    """
    if gone := GONE.get(str(name)):
        return gone
    names, others = list(known), called or {}
    if near := nearest(str(name), [*names, *others]):
        return f"did you mean '{others.get(near, near)}'?"
    if 0 < len(names) <= 24:
        return f"known: {', '.join(names)}"
    return "no known name is similar"
