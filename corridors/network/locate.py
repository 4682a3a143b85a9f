"""Find a place by name, UN/LOCODE, id, alias or `lon,lat`.

A terminal's id is that terminal. A city's name or code is the city with all its terminals. The name
of any other city is a door there, and `lon,lat` is a door.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from corridors.data.cities import (
    NamedPlace,
    country_at,
    country_code,
    country_names,
    large_places,
    places_named,
    plain,
)
from corridors.data.columns import read_rows
from corridors.data.geodata import load_port_calls, load_terminals, network_file
from corridors.data.paths import cached_while_unchanged, listed
from corridors.data.sea_areas import great_circle_km
from corridors.domain.places import Terminal, TerminalKind
from corridors.errors import PlaceError

SAME_COUNTRY_KM = 150.0
"""A point without a city near it has the country of a terminal this near, else none."""
SAME_CITY_KM = 100.0
"""How far a terminal may lie from the place of GeoNames that its city is; Yangshan lies 88 km."""
PORT_OF_CITY_KM = 40.0
"""How far a port of the world list may lie from the city of its name."""
SWAPPED_KM = 50.0
"""A `lat,lon` is suspected where the swapped point is this near a terminal."""
MEANT = 10
"""A place this many times as large as its namesakes is meant without asking."""
ALIKE, ALIKE_PLACE = 0.7, 0.8
"""How alike, from 0 to 1, a name is that may have been meant: not Trento for Toronto."""
# Names looked at that may have been meant, and how much less alike than the best one may be.
MOST_ALIKE, AS_NEAR = 8, 0.08
KNOWN_BY_NAME = (
    ": the program knows ports, towns of Europe, Asia and Africa, and large cities elsewhere within"
    " 400 km of a container port. Name a port, or give lon,lat"
)
SIMILAR = 0.75
MOST_LISTED = 8
CITY = "city-"
POINT = re.compile(
    r"\s*([+-]?\d+(?:\.\d*)?)\s*([EWNS]?)\s*,\s*([+-]?\d+(?:\.\d*)?)\s*([EWNS]?)\s*", re.IGNORECASE
)


class PlaceKind(StrEnum):
    """Kinds of an end of a shipment."""

    TERMINAL = "terminal"
    PORT = "port"
    POINT = "point"
    CITY = "city"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An end of a shipment.

    A terminal (with `terminal`), a port of the world list, a city or a point. A city has as
    `members` the terminals whose `city` names it, or the ports of the world list that do; its
    position is its reference point, from which boxes are trucked to them. A point may have a name.
    """

    id: str
    name: str
    country: str
    lon: float
    lat: float
    kind: PlaceKind
    terminal: Terminal | None = None
    members: tuple[Place, ...] = ()

    @classmethod
    def where(cls, there: Place | Terminal | NamedPlace, **given: Any) -> Place:
        """Return a place that lies where another does; `given` are its other fields."""
        return cls(country=there.country, lon=there.lon, lat=there.lat, **given)

    @property
    def key(self) -> tuple[str, float, float]:
        """Its id, lon and lat: enough to know where it joins the lanes."""
        return self.id, self.lon, self.lat

    @property
    def has_name(self) -> bool:
        """Whether it is more than a `lon,lat`."""
        return self.name != self.id

    @property
    def called(self) -> str:
        """Its name, with its id where a scenario may give that: that of a city is its name."""
        plainly = self.kind is PlaceKind.CITY or not self.has_name
        return self.name if plainly else f"{self.name} ({self.id})"

    @property
    def by_road(self) -> bool:
        """Whether boxes are trucked between this place and terminals."""
        return self.kind in (PlaceKind.POINT, PlaceKind.CITY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A place that a name may mean; `population` is 0 if unknown.

    `listed` by the terminals, or `port` by the world list, or else known from GeoNames only.
    `first` names are the place's main one.
    """

    place: Place
    population: int
    listed: bool = False
    port: bool = False
    first: bool = True


def world_ports() -> tuple[Place, ...]:
    """Return the ports of the world list, by UN/LOCODE."""
    return _world_ports(network_file("ports.csv"))


def container_ports() -> tuple[Place, ...]:
    """Return the ports of the world list known to lie in a rotation of container ships."""
    calls = load_port_calls()
    return tuple(port for port in world_ports() if port.id in calls.largest_teu)


class WorldPorts(NamedTuple):
    """The rows of the world list by UN/LOCODE, and that by other codes, such as LINER-LIB's."""

    rows: Mapping[str, Mapping[str, str]]
    other_codes: Mapping[str, str]

    def port(self, code: str) -> Place | None:
        """Return the port of a UN/LOCODE, None if it has none."""
        row = self.rows.get(code)
        if row is None:
            return None
        return Place(
            id=code,
            name=row["name"],
            country=row["country"],
            lon=float(row["lon"]),
            lat=float(row["lat"]),
            kind=PlaceKind.PORT,
        )


@cached_while_unchanged
def _world(path: Path) -> WorldPorts:
    rows = {row["unlocode"]: row for row in read_rows(path)}
    others = {other: code for code, row in rows.items() for other in listed(row.get("aliases", ""))}
    return WorldPorts(rows=MappingProxyType(rows), other_codes=MappingProxyType(others))


@cached_while_unchanged
def _world_ports(path: Path) -> tuple[Place, ...]:
    world = _world(path)
    return tuple(port for port in map(world.port, world.rows) if port is not None)


@cached_while_unchanged
def _codes_by_name(path: Path) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for code, row in _world(path).rows.items():
        found.setdefault(plain(row["name"]), []).append(code)
    return found


class CodeTables(NamedTuple):
    """What UN/LOCODEs are looked up in: `by_code` has the main terminals of a code first."""

    terminals: Mapping[str, Terminal]
    by_code: Mapping[str, Sequence[Terminal]]
    by_country: Mapping[str, Sequence[Terminal]]
    world: WorldPorts


def code_tables(terminals: Mapping[str, Terminal]) -> CodeTables:
    """Return what the codes of these terminals and of the world list are looked up in."""
    by_code: dict[str, list[Terminal]] = {}
    by_country: dict[str, list[Terminal]] = {}
    for terminal in terminals.values():
        by_country.setdefault(terminal.country, []).append(terminal)
        by_code.setdefault(terminal.unlocode, []).append(terminal)
    for having in by_code.values():
        having.sort(key=lambda t: not t.main)
    return CodeTables(
        terminals=terminals,
        by_code=by_code,
        by_country=by_country,
        world=_world(network_file("ports.csv")),
    )


def of_terminal(terminal: Terminal) -> Place:
    """Return a terminal as an end: that terminal alone."""
    kind = PlaceKind.TERMINAL
    return Place.where(terminal, id=terminal.id, name=terminal.name, kind=kind, terminal=terminal)


def distance_km(one: Place | Terminal | NamedPlace, other: Place | Terminal | NamedPlace) -> float:
    """Return the great-circle distance between two places."""
    return float(great_circle_km(one.lon, one.lat, other.lon, other.lat))


def _city_of(terminal: Terminal, terminals: Mapping[str, Terminal]) -> Candidate:
    """Return the city that a terminal names, with all its terminals."""
    name, country = plain(terminal.city), terminal.country
    yards = _yards_of(terminal, terminals)
    near = [row for row in places_named(name) if _is_of(row, yards)]
    # A city is where its people are, not a village of the same name nearby.
    point = max(near, key=lambda row: row.population, default=None)
    return Candidate(
        place=Place.where(
            point or yards[0],
            id=CITY + "-".join([country.lower(), *name.split()]),
            name=yards[0].city,
            kind=PlaceKind.CITY,
            members=_members_of(yards, terminals),
        ),
        population=point.population if point else 0,
        listed=True,
    )


def _yards_of(terminal: Terminal, terminals: Mapping[str, Terminal]) -> list[Terminal]:
    """Return the terminals of the city that a terminal names, the main ones first."""
    name, country = plain(terminal.city), terminal.country
    yards = [t for t in terminals.values() if t.country == country and plain(t.city) == name]
    return sorted(yards, key=lambda t: not t.main)


def _members_of(yards: Sequence[Terminal], terminals: Mapping[str, Terminal]) -> tuple[Place, ...]:
    """Return the terminals of a city, and its ports of the world list if no ship calls at those."""
    at_sea = any("sea" in yard.services for yard in yards)
    ports = () if at_sea else _ports_of(plain(yards[0].city), yards, terminals)
    return (*map(of_terminal, yards), *ports)


def _is_of(row: NamedPlace, yards: Sequence[Terminal]) -> bool:
    return any(
        yard.country == row.country and distance_km(row, yard) <= SAME_CITY_KM for yard in yards
    )


def _ports_of(
    name: str, yards: Sequence[Terminal | NamedPlace], terminals: Mapping[str, Terminal]
) -> tuple[Place, ...]:
    """Return the ports of the world list that have a name, near one of these places."""
    return tuple(
        port
        for port in _ports_named(name, terminals)
        if any(
            port.country == yard.country and distance_km(port, yard) <= PORT_OF_CITY_KM
            for yard in yards
        )
    )


def _with_rotations(ports: Sequence[Place], city: NamedPlace) -> list[Place]:
    """Return the ports of a city, with the container ports nearby if it has none of its own.

    The boxes of Lagos are loaded at Apapa, those of San Francisco in Oakland.
    """
    if not ports or any(port.terminal for port in ports):
        return list(ports)
    in_rotation = container_ports()
    if not set(ports).isdisjoint(in_rotation):
        return list(ports)
    return [
        *ports,
        *(
            port
            for port in in_rotation
            if port.country == city.country and distance_km(port, city) <= PORT_OF_CITY_KM
        ),
    ]


def _ports_named(name: str, terminals: Mapping[str, Terminal]) -> tuple[Place, ...]:
    """Return the ports of the world list with a name; one that is listed too as its terminal.

    A yard for trains that has the code of a port is not that port.
    """
    by_code = {t.unlocode: t for t in terminals.values() if t.unlocode and "sea" in t.services}
    path = network_file("ports.csv")
    world, codes = _world(path), _codes_by_name(path).get(name, ())
    ports = (port for code in codes if (port := world.port(code)) is not None)
    return tuple(of_terminal(by_code[port.id]) if port.id in by_code else port for port in ports)


def _door(row: NamedPlace, wanted: str, terminals: Mapping[str, Terminal]) -> Candidate:
    """Return what a place of GeoNames is: a city with terminals or a port, else a door."""
    first = row.names[0] == wanted
    for terminal in terminals.values():
        if terminal.country == row.country and plain(terminal.city) in row.names:
            city = _city_of(terminal, terminals)
            if _is_of(row, [member.terminal for member in city.place.members if member.terminal]):
                # Another place of that name, such as a suburb, is that city too.
                return replace(city, first=first)
    named = [port for name in row.names for port in _ports_of(name, [row], terminals)]
    ports = [
        *_with_rotations(named, row),
        *(
            of_terminal(terminal)
            for terminal in terminals.values()
            if terminal.country == row.country
            and not {plain(alias) for alias in terminal.aliases}.isdisjoint(row.names)
            and _is_of(row, [terminal])
        ),
    ]
    name = f"{row.lon:.4f},{row.lat:.4f}"
    place = Place.where(row, id=name, name=row.name, kind=PlaceKind.POINT)
    if ports:
        slug = "-".join([row.country.lower(), *row.names[0].split()])
        members = tuple(dict.fromkeys(ports))
        place = replace(place, id=CITY + slug, kind=PlaceKind.CITY, members=members)
    return Candidate(place=place, population=row.population, port=bool(ports), first=first)


def _point(text: str, terminals: Mapping[str, Terminal]) -> Place | None:
    match = POINT.fullmatch(text)
    if match is None:
        return None
    first, second = float(match[1]), float(match[3])
    letters = (match[2] + match[4]).upper()
    if len(letters) == 1 or (len(letters) == 2 and not re.fullmatch("[EW][NS]|[NS][EW]", letters)):
        msg = f"'{text}': write both letters, such as 8.68E,50.11N, or none"
        raise PlaceError(msg)
    first, second = (
        -abs(value) if letter.upper() in ("W", "S") else value
        for value, letter in ((first, match[2]), (second, match[4]))
    )
    lon, lat = (second, first) if letters[:1] in ("N", "S") and letters else (first, second)
    if not (-180.0 <= lon <= 360.0 and -90.0 <= lat <= 90.0):
        msg = f"'{text}' is not a lon,lat: longitude -180 to 360, latitude -90 to 90"
        if not letters and abs(lon) <= 90.0 and abs(lat) <= 180.0:
            msg += f"; did you mean lon,lat = {lat:g},{lon:g}?"
        raise PlaceError(msg)
    if not letters:
        _refuse_swapped(text, lon, lat, terminals)
    lon = (lon + 180.0) % 360.0 - 180.0
    name = f"{lon:.4f},{lat:.4f}"
    country = _country_near(lon, lat, terminals)
    return Place(id=name, name=name, country=country, lon=lon, lat=lat, kind=PlaceKind.POINT)


def _refuse_swapped(text: str, lon: float, lat: float, terminals: Mapping[str, Terminal]) -> None:
    """Refuse a point far from every terminal that lies near one if its numbers are swapped.

    Raises
    ------
    PlaceError
        With the point that was probably meant.
    """
    if abs(lon) > 90.0 or _nearest(lon, lat, terminals)[1] <= SAME_COUNTRY_KM:
        return
    there, off_km = _nearest(lat, lon, terminals)
    if off_km <= SWAPPED_KM:
        ew, ns = ("W" if lon < 0 else "E"), ("S" if lat < 0 else "N")
        msg = (
            f"'{text}': no terminal lies within {SAME_COUNTRY_KM:.0f} km, but {lat:g},{lon:g} is"
            f" {off_km:.0f} km from {there.name}; did you mean lon,lat = {lat:g},{lon:g}?"
            f" If not, write {abs(lon):g}{ew},{abs(lat):g}{ns}"
        )
        raise PlaceError(msg)


def _nearest(lon: float, lat: float, terminals: Mapping[str, Terminal]) -> tuple[Terminal, float]:
    served = [t for t in terminals.values() if t.services] or list(terminals.values())
    off = great_circle_km(lon, lat, [t.lon for t in served], [t.lat for t in served])
    nearest = int(off.argmin())
    return served[nearest], float(off[nearest])


def _country_near(lon: float, lat: float, terminals: Mapping[str, Terminal]) -> str:
    """Return the country of the city nearest to a point, else of the nearest terminal, if near.

    Rules that depend on the ends, such as EU emissions trading, use it as the point's.
    """
    code = country_at(lon, lat, within_km=SAME_CITY_KM)
    if code:
        return code
    listed = list(terminals.values())
    off = great_circle_km(lon, lat, [t.lon for t in listed], [t.lat for t in listed])
    nearest = int(off.argmin())
    return listed[nearest].country if off[nearest] <= SAME_COUNTRY_KM else ""


def _of_code(code: str, terminals: Mapping[str, Terminal]) -> Place | None:
    """Return the city, terminal or port of a UN/LOCODE."""
    meant = _meant_by_code(code, code_tables(terminals))
    return _city_of(meant, terminals).place if isinstance(meant, Terminal) else meant


def _meant_by_code(code: str, tables: CodeTables) -> Place | Terminal | None:
    """Return the place of a UN/LOCODE, or a terminal whose city it means.

    The code of a terminal means its city, unless the world list has it under another name: that is
    a port of its own, such as `CNYTN` (Yantian) or `TRAMR` (Ambarli).
    """
    code = tables.world.other_codes.get(code, code)
    port = tables.world.port(code)
    having = tables.by_code.get(code)
    if having:
        terminal = having[0]
        if port is None:
            own = "sea" in terminal.services and plain(terminal.name) != plain(terminal.city)
        else:
            own = not _is_called(port.name, terminal)
        return of_terminal(terminal) if own else terminal
    if port is None:
        return None
    name = plain(port.name)
    return next(
        (
            terminal
            for terminal in tables.by_country.get(port.country, ())
            if plain(terminal.city) == name and distance_km(terminal, port) <= SAME_CITY_KM
        ),
        port,
    )


def _is_called(name: str, terminal: Terminal) -> bool:
    """Return whether a name is that of a terminal's city, in any spelling."""
    wanted, city = plain(name), plain(terminal.city)
    if wanted == city or (terminal.main and _is_alike(wanted, city)):
        return True
    return any(wanted in row.names for row in places_named(city) if _is_of(row, [terminal]))


def _is_alike(one: str, other: str) -> bool:
    """Return whether two names may be one: the world list has `Gotthenburg`, `Rijeka Bakar`."""
    if one.startswith(other) or other.startswith(one):
        return True
    return difflib.SequenceMatcher(None, one, other).ratio() >= SIMILAR


def _candidates(wanted: str, terminals: Mapping[str, Terminal]) -> list[Candidate]:
    """Return every place that a name may mean, each once; `wanted` is plain."""
    found: dict[str, Candidate] = {}
    aliases = []
    for terminal in terminals.values():
        if plain(terminal.city) == wanted:
            city = _city_of(terminal, terminals)
            found[city.place.id] = city
        elif plain(terminal.name) == wanted or wanted in map(plain, terminal.aliases):
            aliases.append(terminal)
    for terminal in aliases:
        # `Wien` is the city, `Halkali` a yard of it, `Mumbai` a city that Nhava Sheva serves.
        city = _city_of(terminal, terminals)
        near = [row for row in places_named(wanted) if _is_of(row, [terminal])]
        if any(plain(terminal.city) in row.names for row in near):
            meant = city
        elif near and near[0].population > city.population:
            meant = _door(near[0], wanted, terminals)
        else:
            meant = Candidate(place=of_terminal(terminal), population=0)
        found.setdefault(meant.place.id, replace(meant, listed=True))
    for row in places_named(wanted):
        door = _door(row, wanted, terminals)
        if not any(_is_one(door, other) for other in found.values()):
            found.setdefault(door.place.id, door)
    for port in _ports_named(wanted, terminals):
        alone = Candidate(place=port, population=0, port=True)
        if not any(_is_one(alone, other) for other in found.values()):
            found.setdefault(port.id, alone)
    return list(found.values())


def _is_one(one: Candidate, other: Candidate) -> bool:
    """Return whether two candidates are the same city."""
    a, b = one.place, other.place
    if a.country != b.country:
        return False
    off = min(
        float(great_circle_km(p.lon, p.lat, q.lon, q.lat))
        for p in (a, *a.members)
        for q in (b, *b.members)
    )
    return off <= PORT_OF_CITY_KM


def _meant(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates that may be meant: one if it is clear which.

    - A place called so in the first place wins over one with that other name, unless the other is
      `MEANT` times as large.
    - A terminal's city or name wins over places without a port that only GeoNames knows.
    - A place `MEANT` times as large as all others wins.
    """
    first = [c for c in candidates if c.first]
    largest = max((c.population for c in first), default=0)
    pool = [c for c in candidates if c.first or not first or c.population >= MEANT * largest > 0]
    served = [c for c in pool if c.listed and _is_served(c.place)]
    if served:
        ports = [c for c in pool if c.port and not c.listed and c.population]
        pool = [*served, *(ports if all(c.population for c in served) else ())]
    pool.sort(key=lambda c: -c.population)
    if len(pool) > 1 and pool[0].population >= max(1, MEANT * pool[1].population):
        return pool[:1]
    return pool


def _is_served(place: Place) -> bool:
    return any(
        member.terminal is None or member.terminal.services for member in place.members or (place,)
    )


def names_of_terminals(terminals: Mapping[str, Terminal]) -> list[str]:
    """Return the names, ids and aliases of all terminals and ports, and the names of big cities."""
    names: dict[str, None] = {}
    for terminal in terminals.values():
        for name in (terminal.city, terminal.id, terminal.name, *terminal.aliases):
            names[name] = None
    names.update({port.name: None for port in world_ports()})
    names.update(dict.fromkeys(large_places()))
    return list(names)


def suggestion(text: str, names: Iterable[str], *, alike: float = ALIKE) -> str:
    """Return `, did you mean 'x'?` for the nearest name that is so alike, else an empty string.

    Of names that are about as near, one with the same letters is meant, then the largest city:
    Shanghia is Shanghai, not Shangzhi. A name without the `gate-` of its id is that gate.
    """
    by_plain: dict[str, str] = {}
    for name in names:
        by_plain.setdefault(plain(name), name)
    wanted = plain(text)
    if (gate := plain(f"gate-{text}")) in by_plain:
        return f", did you mean '{by_plain[gate]}'?"
    close = difflib.get_close_matches(wanted, list(by_plain), n=MOST_ALIKE, cutoff=alike)
    if not close:
        return ""

    def nearness(name: str) -> tuple[bool, float]:
        people = max((place.population for place in places_named(name)), default=0)
        return sorted(name) == sorted(wanted), people

    near = [name for name in close if _alike(name, wanted) >= _alike(close[0], wanted) - AS_NEAR]
    return f", did you mean '{by_plain[max(near, key=nearness)]}'?"


def _alike(name: str, other: str) -> float:
    return difflib.SequenceMatcher(None, other, name).ratio()


def locate(
    text: str, terminals: Mapping[str, Terminal] | None = None, *, advised: bool = True
) -> Place:
    """Return the place that a text names.

    Parameters
    ----------
    text
        A city's name, if need be with its country (`Brest, FR` or `Brest France`); a terminal's
        id, name or alias; a UN/LOCODE; or `lon,lat` in degrees.
    terminals
        The terminals by id; by default the shipped ones.
    advised
        Whether to look for a name that is similar to an unknown one, which takes time.

    Raises
    ------
    PlaceError
        The name is unknown, several places have it, or a point looks like `lat,lon`.
    """
    text = text.strip()
    terminals = load_terminals() if terminals is None else terminals
    if text in terminals:
        return of_terminal(terminals[text])
    point = _point(text, terminals)
    if point is not None:
        return point
    code = _code_in(text)
    place = _of_code(code, terminals) if code else None
    if place is not None:
        return place
    name, country = text, ""
    if text.startswith(CITY):
        country, _, slug = text.removeprefix(CITY).partition("-")
        name, country = slug.replace("-", " "), country.upper()
    candidates = _candidates(plain(name), terminals)
    if not candidates and "," not in text:
        text = _with_comma(text, terminals)
    if not candidates and "," in text:
        name, _, said = (part.strip() for part in text.rpartition(","))
        country = country_code(said)
        candidates = _candidates(plain(name), terminals)
        if candidates and not country:
            here = ", ".join(sorted({c.place.country for c in candidates}))
            msg = f"'{text}': unknown country '{said}'; {name} is in {here}"
            raise PlaceError(msg)
    if country:
        there = [c for c in candidates if c.place.country == country]
        if candidates and not there:
            here = ", ".join(sorted({c.place.country for c in candidates}))
            msg = f"'{text}': no {name} in {_country_name(country)}; there is one in {here}"
            raise PlaceError(msg)
        candidates = there
    found = _meant(candidates)
    if len(found) == 1:
        return found[0].place
    if found:
        raise PlaceError(_several(name, found))
    near = ""
    if advised:
        near = suggestion(text, names_of_terminals(terminals), alike=ALIKE_PLACE) or KNOWN_BY_NAME
    msg = f"unknown place '{text}'{near}"
    raise PlaceError(msg)


def _with_comma(text: str, terminals: Mapping[str, Terminal]) -> str:
    """Return a known name followed by a country as `Xi'an, China`; any other text as it is."""
    words = text.split()
    for first in range(len(words) - 1, 0, -1):
        name, country = " ".join(words[:first]), " ".join(words[first:])
        if country_code(country) and _candidates(plain(name), terminals):
            return f"{name}, {country}"
    return text


def locate_port(text: str, tables: CodeTables) -> Place:
    """Return the place that a text names for ships: of a city its first seaport, named as the city.

    The same as `port_of(locate(text, tables.terminals))`, without a look at the list of cities
    where none is needed.

    Raises
    ------
    PlaceError
        As `locate`.
    """
    text, terminals = text.strip(), tables.terminals
    code = _code_in(text)
    if code and text not in terminals:
        meant = _meant_by_code(code, tables)
        if isinstance(meant, Place):
            return meant
        yards = _yards_of(meant, terminals) if meant else []
        port = _first_port(_members_of(yards, terminals)) if yards else None
        if port is not None:
            return replace(port, name=yards[0].city)
    return port_of(locate(text, terminals))


def port_of(place: Place) -> Place:
    """Return the first seaport of a city, named as the city; any other place itself.

    A city whose terminals are all inland has the port of the world list with its code, if any.
    """
    port = _first_port(place.members) or _listed_port(place.members)
    return place if port is None else replace(port, name=place.name)


def _first_port(members: Iterable[Place]) -> Place | None:
    for member in members:
        if member.terminal is None or member.terminal.kind is TerminalKind.SEAPORT:
            return member
    return None


def _listed_port(members: Iterable[Place]) -> Place | None:
    world = _world(network_file("ports.csv"))
    codes = (member.terminal.unlocode for member in members if member.terminal is not None)
    return next(filter(None, map(world.port, codes)), None)


def _code_in(text: str) -> str:
    """Return a text as a UN/LOCODE in capitals, empty if it has not the form of one."""
    code = text.replace(" ", "").upper()
    return code if len(code) == 5 and code.isalnum() else ""


def _several(name: str, found: Sequence[Candidate]) -> str:
    """Return the sentence that lists namesakes, and how to write each."""
    countries = [c.place.country for c in found]
    shown = []
    for candidate in found[:MOST_LISTED]:
        place = candidate.place
        written = f"{name}, {place.country}"
        if countries.count(place.country) > 1:
            written = place.id
        people = f", {candidate.population:,} people" if candidate.population else ""
        shown.append(f"'{written}' ({place.name}, {_country_name(place.country)}{people})")
    more = f" and {len(found) - MOST_LISTED} more" if len(found) > MOST_LISTED else ""
    return f"'{name}' is the name of several places: {'; '.join(shown)}{more}. Give one of these"


def _country_name(code: str) -> str:
    return country_names().get(code, code)
