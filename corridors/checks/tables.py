"""Checks of the parameter tables and the access rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import combinations

from corridors.config import shown_as
from corridors.config.names import Names, advice
from corridors.data.access import load_access, load_worlds
from corridors.data.cargo import load_cargo
from corridors.data.parameters import load_parameters, source_faults
from corridors.data.paths import listed, parameters_dir, read_rows
from corridors.errors import CorridorsError


def parameter_faults() -> Iterable[str]:
    """Parameters and cargo that cannot be read, or whose source is not listed."""
    folder = parameters_dir()
    try:
        table = load_parameters()
        yield from (f"{shown_as(folder)}: {sentence}" for sentence in source_faults(table))
        sources = table.sources
        for row in load_cargo(folder).values():
            if row.source_id not in sources:
                where = shown_as(folder / "cargo.csv")
                yield f"{where}: {row.id}: no source_id '{row.source_id}' in sources.csv"
    except CorridorsError as error:
        yield from str(error).splitlines()


def access_faults(places: Collection[str], legs: Collection[str]) -> Iterable[str]:
    """Access rules that cannot be read, or that name a place, leg, country or service unknown."""
    path = parameters_dir() / "access.csv"
    names = Names()
    known = {
        "place": sorted(places),
        "leg": sorted(legs),
        "border": [f"{a}-{b}" for a, b in combinations(names.countries, 2)],
        "country": names.countries,
        "transit": names.countries,
        "service": names.services,
    }
    try:
        for world in load_worlds():
            load_access(world)
        rows = read_rows(path, ("id", "what", "key", "cargo"))
        cargo = tuple(load_cargo())
    except CorridorsError as error:
        yield from str(error).splitlines()
        return
    for row in rows:
        for name in listed(row["cargo"]):
            if name not in cargo:
                where = f"{shown_as(path)}:{row['__line__']}: {row['id']}"
                yield f"{where}: unknown cargo '{name}', {advice(name, cargo)}"
        allowed = known[row["what"]]
        if row["key"] not in allowed:
            where = f"{shown_as(path)}:{row['__line__']}: {row['id']}"
            yield f"{where}: unknown {row['what']} '{row['key']}', {advice(row['key'], allowed)}"
