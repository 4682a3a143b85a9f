"""Places as they are typed or clicked: cities, terminals, ports and towns, in any name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from corridors.data.cities import people_by_name, places_begun, places_named, plain
from corridors.data.geodata import load_terminals
from corridors.data.lines import WEEKS_PER
from corridors.data.parameters import load_parameters
from corridors.data.sea_areas import great_circle_km
from corridors.errors import PlaceError
from corridors.network.locate import Place, PlaceKind, container_ports, locate, world_ports
from corridors.output.display_names import place_label

MOST_PLACES = 50
LONGEST_QUERY = 80
_TOWNS = 40
"""Towns looked at for what is typed, the largest first."""
_UNKNOWN_PEOPLE = 100_000
"""People that a place counts as having which the table of towns does not have: a border station."""
_CALLED = 10
"""How many times its people a place counts in which boxes change: a city with terminals, a port at
which lines call."""
_WHOLE = 10
"""How many times as likely a place is meant whose name is typed whole."""
_BY_ANOTHER_NAME, _BY_A_LATER_WORD = 0.02, 0.01
"""How likely a place is meant by the beginning of a name other than its own, or of another word."""
_WEEKLY_BOXES = "port.capacity_teu_per_week"
"""What a port has handled in a week."""
Record = dict[str, object]


class _Named(NamedTuple):
    """A text that names a place, how it may be typed, its own name first, and how much it counts.

    `is_end` says whether a press on the map near it may mean it.
    """

    text: str
    typed: tuple[str, ...]
    size: float
    is_end: bool


@lru_cache(maxsize=1)
def _listed() -> tuple[_Named, ...]:
    """Return the cities with terminals, the terminals, and the ports of the world list."""
    people, boxes = people_by_name(), _yearly_boxes()

    def size(name: str, country: str, *, called: bool, traffic: float = 0.0) -> float:
        known = people.get((plain(name), country), _UNKNOWN_PEOPLE)
        return (known + traffic) * (_CALLED if called else 1)

    terminals = load_terminals().values()
    cities: dict[tuple[str, str], dict[str, None]] = {}
    traffic: dict[tuple[str, str], float] = {}
    found = []
    for one in terminals:
        here = (one.city, one.country)
        traffic[here] = traffic.get(here, 0.0) + boxes.get(one.id, 0.0)
        names = map(plain, (one.city, *(one.aliases if one.main else ())))
        cities.setdefault((one.city, one.country), {}).update(dict.fromkeys(names))
        typed = filter(None, map(plain, (one.name, one.id, one.unlocode, *one.aliases)))
        # Behind its city, which has the same people.
        beside = size(one.city, one.country, called=False)
        found.append(_Named(one.id, tuple(typed), beside, is_end=False))
    named = [
        _Named(
            f"{city}, {country}",
            tuple(names),
            size(city, country, called=True, traffic=traffic[city, country]),
            is_end=True,
        )
        for (city, country), names in cities.items()
    ]
    called = {port.id for port in container_ports()}
    ports = [
        _Named(
            port.id,
            (plain(port.name), plain(port.id)),
            size(port.name, port.country, called=port.id in called),
            is_end=port.id in called,
        )
        for port in world_ports()
    ]
    return (*named, *found, *ports)


def _yearly_boxes() -> dict[str, float]:
    """Return the TEU that ports handle in a year by terminal, of those of which it is known."""
    rows = load_parameters().rows_of(_WEEKLY_BOXES)
    return {row.scope: WEEKS_PER["year"] * row.value for row in rows}


def places_like(query: str, *, limit: int) -> list[Record]:
    """Return the places that a text may be the beginning of, the likeliest first.

    A name counts from the beginning of any of its words, in its own script or in English. The
    likeliest is the one with the most people, to which the boxes of its ports in a year are added;
    a city with terminals and a port where container ships call count `_CALLED` times. It is less so
    by another name or a later word.
    """
    typed = plain(query[:LONGEST_QUERY])
    if not typed:
        return []
    ranked = [(one.size * _likely(one.typed, typed), one.text) for one in _listed()]
    ranked += [
        (max(town.population, 1) * _likely(town.names, typed), f"{town.name}, {town.country}")
        for town in places_begun(typed, most=_TOWNS)
    ]
    ranked.sort(key=lambda row: -row[0])
    found = _records((text for likely, text in ranked if likely), limit=limit)
    if not typed.isascii():
        for record in found:
            record["native"] = _native(record, typed)
    return found


def _native(record: Record, typed: str) -> str:
    """Return the name of a place that begins as typed, empty if only a port's name does."""
    towns = places_named(str(record["name"]).partition(",")[0])
    names = (name for town in towns if town.country == record["country"] for name in town.names)
    return next((name for name in names if name.startswith(typed)), "")


def _likely(names: Sequence[str], typed: str) -> float:
    """Return how likely one of the names of a place, its own first, is meant; 0 if none is."""
    found = 0.0
    for number, name in enumerate(names):
        if f" {typed}" in f" {name}":
            begins = _BY_ANOTHER_NAME if number else 1.0
            share = begins if name.startswith(typed) else _BY_A_LATER_WORD
            found = max(found, share * (_WHOLE if name == typed else 1))
    return found


def places_near(lon: float, lat: float, *, limit: int) -> list[Record]:
    """Return the cities and ports nearest to a point with their distance, then the point itself."""
    named = [one for one in _listed() if one.is_end]
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
    points = [{**cities, **by_id}[one.text] for one in _listed() if one.is_end]
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
    kind = _KINDS.get(place.kind, "town" if place.has_name else "point")
    return {
        "place": place.id,
        "name": _short(text, place.id),
        "label": place_label(place),
        "country": place.country,
        "kind": kind,
        "lat": round(place.lat, 4),
        "lon": round(place.lon, 4),
    }
