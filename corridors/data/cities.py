"""Places of GeoNames by name, cities that people ship from, and names in place of ids.

The table is kept as bytes and searched for a name, which takes a millisecond; making an index of
its 25,000 rows would take longer than most routes.
"""

from __future__ import annotations

import csv
import gzip
import unicodedata
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from types import MappingProxyType

import numpy as np

from corridors.arrays import FloatArray
from corridors.data.columns import read_rows
from corridors.data.geodata import load_gates, load_services, load_terminals
from corridors.data.paths import (
    cached_while_unchanged,
    listed,
    network_dir,
    parameters_dir,
    shipped,
)
from corridors.data.sea_areas import great_circle_km
from corridors.errors import GeodataError

# Names in place of ids: places, countries, services, legs, borders and capacities.

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


FILE = "places.csv.gz"
SUGGESTED = 100_000
"""Population from which a place is suggested for an unknown name."""
HEADER = "name,names,country,country_name,lon,lat,population"
# Letters that Unicode does not decompose into a plain one and an accent.
LETTERS = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "\u0131": "i",
        "ħ": "h",
        "ŋ": "n",
        "ə": "a",
    }
)
PUNCTUATION = {code: " " for code in range(128) if not chr(code).isalnum()}
"""A space for every ASCII character that is neither letter nor digit."""
# Everyday names of countries that GeoNames calls otherwise.
ALSO_CALLED = {
    "uk": "GB",
    "great britain": "GB",
    "england": "GB",
    "usa": "US",
    "uae": "AE",
    "holland": "NL",
    "the netherlands": "NL",
    "turkiye": "TR",
    "korea": "KR",
    "czech republic": "CZ",
    "viet nam": "VN",
    "ivory coast": "CI",
    "burma": "MM",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPlace:
    """A place of GeoNames: `names` are all its names as `plain` returns them, its own first.

    Longitude and latitude in degrees; `population` is 0 where GeoNames has none.
    """

    name: str
    names: tuple[str, ...]
    country: str
    country_name: str
    lon: float
    lat: float
    population: int


@lru_cache(maxsize=16_384)
def plain(text: str) -> str:
    """Return a name without accents, case and punctuation, in its own script."""
    if text.isascii():
        return " ".join(text.lower().translate(PUNCTUATION).split())
    # Signs such as the service mark decompose into capitals.
    lowered = unicodedata.normalize("NFKD", text).lower().translate(LETTERS)
    decomposed = unicodedata.normalize("NFKD", lowered)
    folded = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in folded).split())


@cached_while_unchanged
def _table(path: Path) -> bytes:
    try:
        table = gzip.decompress(path.read_bytes())
        table.decode()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        msg = f"{path.name}: cannot be read: {error}. Install the package again"
        raise GeodataError(msg) from error
    if not table.startswith(f"{HEADER}\n".encode()):
        msg = f"{path.name}:1: the header must be {HEADER}"
        raise GeodataError(msg)
    return table


def _lines(path: Path) -> list[str]:
    """Return the lines of the table below its header."""
    return _table(path).decode().splitlines()[1:]


def _row(line: str) -> NamedPlace:
    name, names, country, country_name, lon, lat, population = next(csv.reader([line]))
    return NamedPlace(
        name=name,
        names=tuple(names.strip(";").split(";")),
        country=country,
        country_name=country_name,
        lon=float(lon),
        lat=float(lat),
        population=int(population),
    )


def places_named(name: str) -> tuple[NamedPlace, ...]:
    """Return the places with a name, in any of its spellings, the largest first."""
    path = network_dir() / FILE
    return _named(_table(path), plain(name)) if plain(name) and path.exists() else ()


@lru_cache(maxsize=1024)
def _named(table: bytes, name: str) -> tuple[NamedPlace, ...]:
    wanted, rows, at = f";{name};".encode(), [], 0
    while (at := table.find(wanted, at)) >= 0:
        begins, ends = table.rfind(b"\n", 0, at) + 1, table.find(b"\n", at)
        rows.append(_row(table[begins:ends].decode()))
        at = ends
    return tuple(rows)


def places_begun(name: str, *, most: int) -> tuple[NamedPlace, ...]:
    """Return the places of which a name begins so, in any of its spellings, the largest first.

    Parameters
    ----------
    name
        The beginning of a name.
    most
        How many are returned.
    """
    path = network_dir() / FILE
    return _begun(_table(path), plain(name), most) if plain(name) and path.exists() else ()


@lru_cache(maxsize=1024)
def _begun(table: bytes, name: str, most: int) -> tuple[NamedPlace, ...]:
    wanted, at = f";{name}".encode(), 0
    rows: list[tuple[int, bytes]] = []
    while (at := table.find(wanted, at)) >= 0:
        begins, ends = table.rfind(b"\n", 0, at) + 1, table.find(b"\n", at)
        line = table[begins:ends]
        rows.append((-int(line.rpartition(b",")[2]), line))
        at = ends
    return tuple(_row(line.decode()) for _, line in sorted(rows)[:most])


def people_by_name() -> Mapping[tuple[str, str], int]:
    """Return the people of the largest place by its names, as `plain` returns them, and country."""
    path = network_dir() / FILE
    return _people(path) if path.exists() else {}


@cached_while_unchanged
def _people(path: Path) -> Mapping[tuple[str, str], int]:
    people: dict[tuple[str, str], int] = {}
    for row in map(_row, _lines(path)):
        for name in row.names:
            key = name, row.country
            people[key] = max(people.get(key, 0), row.population)
    return MappingProxyType(people)


@cached_while_unchanged
def _large(path: Path) -> tuple[str, ...]:
    rows = (_row(line) for line in _lines(path))
    return tuple(row.name for row in rows if row.population >= SUGGESTED)


def large_places() -> tuple[str, ...]:
    """Return the names of places of `SUGGESTED` people and more."""
    path = network_dir() / FILE
    return _large(path) if path.exists() else ()


@cached_while_unchanged
def _countries(path: Path) -> Mapping[str, str]:
    return MappingProxyType(dict(_country(line) for line in _lines(path)))


def _country(line: str) -> tuple[str, str]:
    if '"' in line:
        row = _row(line)
        return row.country, row.country_name
    _, code, name, *_ = line.rsplit(",", 5)
    return code, name


@cached_while_unchanged
def _positions(path: Path) -> tuple[FloatArray, FloatArray, tuple[str, ...]]:
    """Return the lon, lat and country of every place."""
    cells = [line.rsplit(",", 3) for line in _lines(path)]
    # A country's name may have a comma, and is quoted then.
    codes = tuple(
        _row(",".join(line)).country if '"' in line[0] else line[0].rsplit(",", 2)[1]
        for line in cells
    )
    return np.array([float(c[1]) for c in cells]), np.array([float(c[2]) for c in cells]), codes


def country_at(lon: float, lat: float, *, within_km: float) -> str:
    """Return the country of the place nearest to a point, empty if none is within reach."""
    path = network_dir() / FILE
    if not path.exists():
        return ""
    lons, lats, codes = _positions(path)
    off = great_circle_km(lon, lat, lons, lats)
    nearest = int(off.argmin())
    return codes[nearest] if off[nearest] <= within_km else ""


def countries_along(line: Sequence[tuple[float, float]], *, within_km: float) -> tuple[str, ...]:
    """Return the countries that a line of (lon, lat) passes, in order, by the places nearest to it.

    Points without a place within reach are left out.
    """
    countries = (country_at(lon, lat, within_km=within_km) for lon, lat in line)
    return tuple(code for code, _ in groupby(filter(None, countries)))


def country_names() -> Mapping[str, str]:
    """Return the names of countries by their code, of those that have a place in the table."""
    path = network_dir() / FILE
    return _countries(path) if path.exists() else {}


def country_code(text: str) -> str:
    """Return the code of a country by its code or name, empty if there is none."""
    wanted = plain(text)
    if wanted in ALSO_CALLED:
        return ALSO_CALLED[wanted]
    names = country_names()
    if text.strip().upper() in names:
        return text.strip().upper()
    return next((code for code, name in names.items() if plain(name) == wanted), "")
