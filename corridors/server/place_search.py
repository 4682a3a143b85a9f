"""Places as they are typed or clicked: cities, terminals, ports and towns, in any name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from corridors.data.cities import country_names, places_begun, places_named, plain
from corridors.data.geodata import load_terminals
from corridors.data.sphere import great_circle_km
from corridors.errors import PlaceError
from corridors.network.locate import Place, PlaceKind, container_ports, locate, world_ports

MOST_PLACES = 50
LONGEST_QUERY = 80
LARGE = 1_000_000
"""People of a town that is looked for as often as a port."""
_TOWNS = 40
"""Towns looked at for what is typed, the largest first."""
Record = dict[str, object]


class _Named(NamedTuple):
    """A text that names a place, how it may be typed, and how much trade it has: 0 is the most."""

    text: str
    typed: tuple[str, ...]
    tier: int


@lru_cache(maxsize=1)
def _listed() -> tuple[_Named, ...]:
    """Return the cities with terminals, the terminals, and the ports of the world list."""
    terminals = load_terminals().values()
    cities: dict[tuple[str, str], set[str]] = {}
    found = []
    for one in terminals:
        names = {plain(name) for name in (one.city, *(one.aliases if one.main else ()))}
        cities.setdefault((one.city, one.country), set()).update(names)
        typed = (one.name, one.id, one.unlocode, *one.aliases)
        found.append(_Named(one.id, tuple(filter(None, map(plain, typed))), 2))
    named = [
        _Named(f"{city}, {country}", tuple(sorted(names)), 0)
        for (city, country), names in cities.items()
    ]
    called = {port.id for port in container_ports()}
    ports = [
        _Named(port.id, (plain(port.name), plain(port.id)), 1 if port.id in called else 3)
        for port in world_ports()
    ]
    return (*named, *found, *ports)


def places_like(query: str, *, limit: int) -> list[Record]:
    """Return the places that a text may be the beginning of, the likeliest first.

    A name counts from the beginning of any of its words, in its own script or in English: first
    those that are typed whole, then cities with terminals, ports where container ships call,
    terminals, other ports, and towns by how many people live there.
    """
    typed = plain(query[:LONGEST_QUERY])
    if not typed:
        return []
    ranked: list[tuple[bool, bool, int, str]] = []
    for one in _listed():
        near = _nearness(one.typed, typed)
        if near is not None:
            ranked.append((*near, one.tier, one.text))
    for number, town in enumerate(places_begun(typed, most=_TOWNS)):
        whole = typed != town.names[0]
        # A large town is looked for more often than a terminal of a small one.
        ranked.append(
            (
                whole,
                False,
                1 if town.population > LARGE else 4 + number,
                f"{town.name}, {town.country}",
            )
        )
    ranked.sort(key=lambda row: row[:3])
    found = _records((text for *_, text in ranked), limit=limit)
    if not typed.isascii():
        for record in found:
            record["native"] = _native(record, typed)
    return found


def _native(record: Record, typed: str) -> str:
    """Return the name of a place that begins as typed, empty if only a port's name does."""
    towns = places_named(str(record["name"]).partition(",")[0])
    names = (name for town in towns if town.country == record["country"] for name in town.names)
    return next((name for name in names if name.startswith(typed)), "")


def _nearness(names: Iterable[str], typed: str) -> tuple[bool, bool] | None:
    """Return whether no name is the one typed, and whether none begins so; None if no word does."""
    found = None
    for name in names:
        if name == typed:
            return False, False
        if name.startswith(typed):
            found = True, False
        elif f" {typed}" in name:
            found = found or (True, True)
    return found


def places_near(lon: float, lat: float, *, limit: int) -> list[Record]:
    """Return the cities and ports nearest to a point with their distance, then the point itself."""
    named = [one for one in _listed() if one.tier < 2]
    lons, lats = _positions()
    off_km = great_circle_km(lon, lat, lons, lats)
    nearest = np.argsort(off_km, kind="stable")[: 3 * limit]
    found = _records((named[number].text for number in nearest), limit=max(1, limit - 1))
    for record in found:
        there: Any = record["lon"], record["lat"]
        record["km"] = round(float(great_circle_km(lon, lat, *there)), 1)
    return [*found, *_records([f"{lon:.4f},{lat:.4f}"], limit=1)]


@lru_cache(maxsize=1)
def _positions() -> tuple[list[float], list[float]]:
    by_id = {port.id: (port.lon, port.lat) for port in world_ports()}
    cities = {f"{one.city}, {one.country}": (one.lon, one.lat) for one in load_terminals().values()}
    points = [{**cities, **by_id}[one.text] for one in _listed() if one.tier < 2]
    return [lon for lon, _ in points], [lat for _, lat in points]


def _records(texts: Iterable[str], *, limit: int) -> list[Record]:
    """Return places as records, each once; what names none is left out."""
    found: dict[str, Record] = {}
    for text, place in _located(texts):
        found.setdefault(place.id, _record(text, place))
        if len(found) == limit:
            break
    return list(found.values())


def _located(texts: Iterable[str]) -> Iterator[tuple[str, Place]]:
    for text in texts:
        place = _place(text)
        if place is not None:
            yield text, place


@lru_cache(maxsize=8192)
def _place(text: str) -> Place | None:
    try:
        return locate(text, advised=False)
    except PlaceError:
        return None


@lru_cache(maxsize=8192)
def _short(text: str, place: str) -> str:
    """Return the shortest text that names the same place: `Hamburg` for `Hamburg, DE`."""
    name = text.rpartition(", ")[0]
    short = _place(name) if name else None
    return name if short is not None and short.id == place else text


_KINDS = {PlaceKind.CITY: "city", PlaceKind.PORT: "port", PlaceKind.TERMINAL: "terminal"}


def _record(text: str, place: Place) -> Record:
    country = country_names().get(place.country, place.country)
    kind = _KINDS.get(place.kind, "town" if place.has_name else "point")
    return {
        "name": _short(text, place.id),
        "label": ", ".join(filter(None, (place.name, country))),
        "country": place.country,
        "kind": kind,
        "lat": round(place.lat, 4),
        "lon": round(place.lon, 4),
    }
