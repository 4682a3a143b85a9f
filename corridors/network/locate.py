"""Find a place by plain name, UN/LOCODE, id, alias or `lon,lat`."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from corridors.data.geodata import load_terminals, network_file
from corridors.data.paths import kept_while_unchanged, listed, read_rows
from corridors.data.sphere import great_circle_km
from corridors.domain.places import Terminal
from corridors.errors import PlaceError

SAME_CITY_DEGREES = 1.0
SAME_COUNTRY_KM = 150.0


class PlaceKind(StrEnum):
    """Kinds of an end of a shipment."""

    TERMINAL = "terminal"
    PORT = "port"
    POINT = "point"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An end of a shipment: a terminal (with `terminal`), a port of the world list or a point."""

    id: str
    name: str
    country: str
    lon: float
    lat: float
    kind: PlaceKind
    terminal: Terminal | None = None


@cache
def plain(text: str) -> str:
    """Return a name without accents, case and punctuation."""
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join("".join(c if c.isalnum() else " " for c in folded.lower()).split())


def world_ports() -> tuple[Place, ...]:
    """Return the ports of the world list, by UN/LOCODE."""
    return _world_ports(network_file("ports.csv"))


@kept_while_unchanged
def _world_ports(path: Path) -> tuple[Place, ...]:
    return tuple(
        Place(
            id=row["unlocode"],
            name=row["name"],
            country=row["country"],
            lon=float(row["lon"]),
            lat=float(row["lat"]),
            kind=PlaceKind.PORT,
        )
        for row in read_rows(path, ("unlocode", "lon", "lat"))
    )


@kept_while_unchanged
def _ports_by_code(path: Path) -> Mapping[str, Place]:
    return {port.id: port for port in _world_ports(path)}


@kept_while_unchanged
def _other_codes(path: Path) -> Mapping[str, str]:
    """Return the UN/LOCODE by other codes of a port, such as those of LINER-LIB."""
    rows = read_rows(path, ("unlocode", "lon", "lat"))
    return {code: row["unlocode"] for row in rows for code in listed(row.get("aliases", ""))}


def _of_terminal(terminal: Terminal) -> Place:
    return Place(
        id=terminal.id,
        name=terminal.city or terminal.name,
        country=terminal.country,
        lon=terminal.lon,
        lat=terminal.lat,
        kind=PlaceKind.TERMINAL,
        terminal=terminal,
    )


def _point(text: str, terminals: Mapping[str, Terminal]) -> Place | None:
    parts = text.split(",")
    if len(parts) != 2:
        return None
    try:
        lon, lat = (float(part) for part in parts)
    except ValueError:
        return None
    if not (-180.0 <= lon <= 360.0 and -90.0 <= lat <= 90.0):
        msg = f"'{text}' is not a lon,lat: longitude -180 to 360, latitude -90 to 90"
        raise PlaceError(msg)
    lon = (lon + 180.0) % 360.0 - 180.0
    name = f"{lon:.4f},{lat:.4f}"
    country = _country_near(lon, lat, terminals)
    return Place(id=name, name=name, country=country, lon=lon, lat=lat, kind=PlaceKind.POINT)


def _country_near(lon: float, lat: float, terminals: Mapping[str, Terminal]) -> str:
    """Return the country of the terminal nearest to a point, empty if none is near.

    Rules that depend on the ends, such as EU emissions trading, use it as the point's.
    """
    listed = list(terminals.values())
    off = great_circle_km(lon, lat, [t.lon for t in listed], [t.lat for t in listed])
    nearest = int(off.argmin())
    return listed[nearest].country if off[nearest] <= SAME_COUNTRY_KM else ""


def _is_same_city(a: Place, b: Place) -> bool:
    return (
        abs(a.lat - b.lat) <= SAME_CITY_DEGREES
        and abs((a.lon - b.lon + 180) % 360 - 180) <= 2 * SAME_CITY_DEGREES
    )


def _distinct_cities(places: Iterable[Place]) -> list[Place]:
    cities: list[Place] = []
    for place in places:
        if not any(_is_same_city(place, city) for city in cities):
            cities.append(place)
    return cities


def _named(text: str, terminals: Mapping[str, Terminal]) -> list[Place]:
    """Return the main place of each city with that name."""
    wanted = plain(text)
    cities = [t for t in terminals.values() if plain(t.city) == wanted]
    cities.sort(key=lambda t: not t.main)
    aliases = [
        t
        for t in terminals.values()
        if plain(t.name) == wanted or wanted in (plain(a) for a in t.aliases)
    ]
    ports = [port for port in world_ports() if plain(port.name) == wanted]
    return _distinct_cities([*map(_of_terminal, cities), *map(_of_terminal, aliases), *ports])


def known_names(terminals: Mapping[str, Terminal]) -> list[str]:
    """Return the names, ids and aliases of all places."""
    names: dict[str, None] = {}
    for terminal in terminals.values():
        for name in (terminal.city, terminal.id, terminal.name, *terminal.aliases):
            names[name] = None
    names.update({port.name: None for port in world_ports()})
    return list(names)


def suggestion(text: str, names: Iterable[str]) -> str:
    """Return `, did you mean 'x'?` for the nearest name, else an empty string."""
    by_plain = {plain(name): name for name in names}
    close = difflib.get_close_matches(plain(text), list(by_plain), n=1, cutoff=0.7)
    return f", did you mean '{by_plain[close[0]]}'?" if close else ""


def locate(text: str, terminals: Mapping[str, Terminal] | None = None) -> Place:
    """Return the place that a text names.

    Parameters
    ----------
    text
        A plain city name, an alias, a terminal id, a UN/LOCODE, or `lon,lat` in degrees.
    terminals
        The terminals by id; by default the shipped ones.

    Raises
    ------
    PlaceError
        The name is unknown, or several cities have it.
    """
    text = text.strip()
    terminals = load_terminals() if terminals is None else terminals
    if text in terminals:
        return _of_terminal(terminals[text])
    point = _point(text, terminals)
    if point is not None:
        return point
    code = text.replace(" ", "").upper()
    if len(code) == 5 and code.isalnum():
        code = _other_codes(network_file("ports.csv")).get(code, code)
        listed = [t for t in terminals.values() if t.unlocode == code]
        if listed:
            return _of_terminal(min(listed, key=lambda t: not t.main))
        port = _ports_by_code(network_file("ports.csv")).get(code)
        if port is not None:
            return port
    found = _named(text, terminals)
    if len(found) == 1:
        return found[0]
    if found:
        options = "; ".join(
            f"{p.terminal.unlocode or p.id if p.terminal else p.id} ({p.name}, {p.country})"
            for p in found
        )
        msg = f"'{text}' is the name of several cities: {options}. Give one of these codes or ids"
        raise PlaceError(msg)
    msg = f"unknown place '{text}'{suggestion(text, known_names(terminals))}"
    raise PlaceError(msg)
