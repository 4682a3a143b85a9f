"""The rail inputs that are kept by hand, and the values that the build writes."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

GAUGE_MM = {
    "cn-1435": 1435,
    "1520": 1520,
    "bam-1520": 1520,
    "mn-1520": 1520,
    "eu-1435": 1435,
    "tr-1435": 1435,
    "ir-1435": 1435,
    "es-1668": 1668,
    "in-1676": 1676,
    "road": 0,
}
BAIKAL_AMUR = "bam-1520"
"""The Baikal-Amur line, part of the network of 1520 mm: Trans-Siberian trains do not take it."""
WEAVING = {
    "KZ": {"KZ", "RU", "KG", "UZ"},
    "RU": {"RU", "KZ", "UA"},
    "TM": {"TM", "UZ", "IR", "KZ"},
    "UZ": {"UZ", "TM", "TJ", "KG", "KZ"},
    "KG": {"KG", "KZ", "UZ"},
    "AM": {"AM"},
}
"""Countries whose lines weave over each other's borders on one gauge."""


EUROPE = {
    "AT",
    "BE",
    "BG",
    "CH",
    "CZ",
    "DE",
    "DK",
    "ES",
    "FR",
    "GB",
    "GR",
    "HR",
    "HU",
    "IT",
    "LU",
    "MK",
    "NL",
    "PL",
    "PT",
    "RO",
    "RS",
    "SI",
    "SK",
    "BA",
    "XK",
    "LI",
}
"""Countries among which eu-1435 tracks may pass; their borders carry no break of gauge."""


DRAWN = "drawn;"
"""How the `via` of a line begins that is there, but not in the graph."""


@dataclass
class LegInput:
    """A row of `rail_legs_in.csv`: what is known of a leg before it is routed."""

    from_id: str
    to_id: str
    system: str
    published_km: float | None
    via: str
    chain: str
    source: str
    status: str
    note: str
    project: str
    """The project that builds it, empty for a line that is there."""
    countries: tuple[str, ...]
    """Country of the two ends, once if it is the same."""

    @property
    def id(self) -> str:
        """Return the leg id."""
        by = "#road" if self.system == "road" else ""
        return f"{self.from_id}--{self.to_id}{by}"

    @property
    def drawn(self) -> bool:
        """Return whether no track is in the graph: the line is drawn from stop to stop."""
        return bool(self.project) or self.system == "road" or self.via.startswith(DRAWN)

    @property
    def passable(self) -> set[str]:
        """Return the countries that the track may touch."""
        here: set[str] = set(self.countries)
        if self.system == "eu-1435":
            here |= EUROPE
        if self.system in ("1520", BAIKAL_AMUR):
            for country in self.countries:
                here |= WEAVING.get(country, set())
        return here


@dataclass
class Place:
    """A row of `rail_places.csv`, and where it was put on the rail graph."""

    row: dict[str, str]
    lon: float
    lat: float
    node: int = -1
    off_km: float = 0.0
    systems: set[str] = field(default_factory=set)

    @property
    def id(self) -> str:
        """Return the terminal id."""
        return self.row["id"]

    @property
    def keeps_point(self) -> bool:
        """Return whether the point is a berth, which the rail graph does not move."""
        return self.row["kind"] in {"seaport", "ferry_port", "river_port"}


@dataclass(frozen=True)
class Chain:
    """A published length shared by several legs in proportion to their routed length."""

    name: str
    published_km: float
    source: str
    status: str
    note: str


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def read_legs(folder: Path, places: dict[str, Place]) -> list[LegInput]:
    """Return the legs kept by hand; their countries are those of their ends."""
    legs = []
    for row in read_rows(folder / "rail_legs_in.csv"):
        km = row.pop("published_km")
        ends = [places[row[end]].row["country"] for end in ("from_id", "to_id")]
        countries = tuple(dict.fromkeys(ends))
        published = float(km) if km else None
        legs.append(LegInput(**row, published_km=published, countries=countries))
    return legs


def read_places(folder: Path) -> dict[str, Place]:
    """Return the places kept by hand, by id."""
    rows = read_rows(folder / "rail_places.csv")
    return {row["id"]: Place(row=row, lon=float(row["lon"]), lat=float(row["lat"])) for row in rows}


def read_chains(folder: Path) -> dict[str, Chain]:
    """Return the shared lengths, by name."""
    chains = {}
    for row in read_rows(folder / "rail_chains.csv"):
        name = row.pop("chain")
        km = float(row.pop("published_km"))
        chains[name] = Chain(name=name, published_km=km, **row)
    return chains


def write_rows(path: Path, rows: list[dict[str, object]]) -> None:
    """Write rows as CSV with the keys of the first row as header."""
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
