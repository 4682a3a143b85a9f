"""The names a configuration file may use, and the nearest one to a name it may not."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from corridors.catalogue.paths import data_root

FAMILIES = ("sea", "rail", "ferry", "road")

# Members of the European Union since 2020; a corridor file may write EU for all of them.
EU = (
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
    *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Every name that the shipped tables and corridor files define."""

    corridors: tuple[str, ...]
    services: tuple[str, ...]
    terminals: tuple[str, ...]
    gates: tuple[str, ...]
    legs: tuple[str, ...]
    countries: tuple[str, ...]
    worlds: tuple[str, ...]
    parameters: tuple[str, ...]
    cargo: tuple[str, ...]

    @property
    def places(self) -> tuple[str, ...]:
        """Terminals and gates: what a corridor may pass or avoid."""
        return self.terminals + self.gates

    def of(self, kind: str) -> tuple[str, ...]:
        """Return the names of a kind as faults call it: `corridor`, `service`, `place`, ..."""
        table = {
            "corridor": self.corridors,
            "service": FAMILIES + self.services,
            "place": self.places,
            "gate": self.gates,
            "closure": self.places + self.legs + self.countries + FAMILIES + self.services,
            "country": self.countries,
            "country or group": ("EU", *self.countries),
            "world": self.worlds,
            "parameter": self.parameters,
            "cargo": self.cargo,
        }
        return table[kind]


def known_names(root: Path | None = None) -> Names:
    """Return the names of the shipped data, or of the data under `root`."""
    root = root or data_root()
    terminals = root / "network" / "terminals.csv"
    parameters = sorted((root / "parameters").glob("*.csv"))
    return Names(
        corridors=tuple(path.stem for path in sorted((root / "configs/corridors").glob("*.yaml"))),
        services=column(root / "parameters" / "services.csv", "id"),
        terminals=column(terminals, "id"),
        gates=column(root / "network" / "gates.csv", "id"),
        legs=column(root / "network" / "rail_legs.csv", "id")
        + column(root / "network" / "ferry_legs.csv", "id"),
        countries=tuple(sorted(set(column(terminals, "country")) | set(EU))),
        worlds=unique(column(root / "parameters" / "access.csv", "world")),
        parameters=unique(name for path in parameters for name in column(path, "parameter")),
        cargo=column(root / "parameters" / "cargo.csv", "id"),
    )


def column(path: Path, name: str) -> tuple[str, ...]:
    """Return a column of a CSV file; nothing where the file has no such column."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        header = next(rows, [])
        if name not in header:
            return ()
        index = header.index(name)
        return tuple(row[index] for row in rows if len(row) > index)


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names without repetition and without the empty one, in their order."""
    return tuple(name for name in dict.fromkeys(names) if name)


def advice(name: object, known: Iterable[str]) -> str:
    """Return what would do instead of an unknown name.

    The nearest known name where one is near, else the whole list where it is short.
    """
    names = list(known)
    folded = {candidate.casefold(): candidate for candidate in names}
    near = difflib.get_close_matches(str(name)[:80].casefold(), list(folded), n=1, cutoff=0.6)
    if near:
        return f"did you mean '{folded[near[0]]}'?"
    if 0 < len(names) <= 24:
        return f"known: {', '.join(names)}"
    return "no known name is near"
