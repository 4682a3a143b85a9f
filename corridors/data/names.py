"""Names in place of ids: places, countries, services, legs, borders and capacities."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from corridors.data.columns import read_rows
from corridors.data.geodata import load_gates, load_services, load_terminals
from corridors.data.paths import listed, parameters_dir, shipped

CAPACITIES = {
    "border": "border crossing",
    "canal": "canal",
    "ferry": "ferries at",
    "port": "port",
    "rail": "railway line",
    "sea": "ship class",
}


@shipped(parameters_dir, "countries.csv")
def names_by_id(path: Path) -> Mapping[str, str]:
    """Return the names of countries, services, terminals and gates by id."""
    rows = read_rows(path)
    return MappingProxyType(
        {
            **{cells["country"]: cells["name"] for cells in rows},
            **{service.id: service.title for service in load_services()},
            **{
                terminal.id: terminal.name.partition(" (")[0]
                for terminal in load_terminals().values()
            },
            **{gate.id: gate.name for gate in load_gates()},
        }
    )


@shipped(parameters_dir, "countries.csv")
def said_by(path: Path) -> Mapping[str, tuple[str, ...]]:
    """Return the countries that no name of a way leaves out, with the words that say each."""
    rows = {cells["country"]: listed(cells["said_by"]) for cells in read_rows(path)}
    return MappingProxyType({country: words for country, words in rows.items() if words})


def to_be_said(passed: Iterable[str], ends: Collection[str] = ()) -> tuple[str, ...]:
    """Return the countries among what a way passes that its name says, but for those of its ends.

    A freight desk asks of Russia, Belarus or Iran before it asks for the price.
    """
    return tuple(key for key in dict.fromkeys(passed) if key in said_by() and key not in ends)


def name_of(key: str) -> str:
    """Return the name of a place, country or service; of a leg or border its ends; else the key.

    `gate-suez#2` is the Suez Canal, `CN-KZ@kz-dostyk` is China-Kazakhstan, Dostyk.
    """
    known = names_by_id()
    key = key.partition("#")[0]
    if key in known:
        return known[key]
    ends, at, place = key.partition("@")
    parts = ends.split("--") if "--" in ends else ends.split("-")
    if all(part in known for part in parts):
        return "-".join(known[part] for part in parts) + (f", {name_of(place)}" if at else "")
    return f"{known[ends]}, {name_of(place)}" if ends in known else key


def capacity_title(resource: str) -> str:
    """Return a capacity in words: `border CN-KZ@kz-dostyk` is a border crossing, with its name."""
    kind, _, scope = resource.partition(" ")
    if resource == "sea arctic":
        return "Arctic season"
    name = name_of(scope)
    # The Suez Canal is no canal Suez Canal.
    return name if kind == "canal" and "Canal" in name else f"{CAPACITIES.get(kind, kind)} {name}"


def capacity_label(resource: str, place: str) -> str:
    """Return what a map writes beside a capacity that is drawn at a place.

    A border, port or canal has the name of the place. A railway line and ships are drawn where most
    boxes meet them, and have their own: `Kazan-Moscow`, `Arctic season`.
    """
    kind, _, scope = resource.partition(" ")
    if kind == "rail":
        return name_of(scope)
    return capacity_title(resource) if kind == "sea" else place
