"""Drayage by road between a door and the terminal where boxes join the network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from corridors.config import fault
from corridors.data.cities import countries_along
from corridors.data.parameters import ParameterTable, load_parameters
from corridors.data.sea_areas import along_great_circles, great_circle_km
from corridors.domain.places import Family, Terminal
from corridors.domain.scenario import OwnSource, Scenario, Scope
from corridors.errors import ConfigError, PlaceError
from corridors.network.locate import (
    Place,
    PlaceKind,
    container_ports,
    distance_km,
    locate,
    of_terminal,
)
from corridors.network.sea.land_crossed import land_km, lands_at
from corridors.network.states.topology import ArcKind

LonLat = tuple[float, float]
LEAST_KM = 0.1
# A place without a terminal near by has those at most so many times as far as the nearest.
FURTHER = 1.25
# A long haul inside a country or customs union may round a bay, so that much of its straight line
# lies on water. One to a neighbour may not: it would cross a strait, as from Yemen to Djibouti.
MOST_WATER_SHARE_INSIDE, MOST_WATER_SHARE_ABROAD = 0.4, 0.1
# How finely the countries on a haul are told, by the town nearest to each point.
BORDER_STEP_KM = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadPath:
    """A path by road: km, and its line in degrees from the first place to the second."""

    km: float
    lon_lat: tuple[LonLat, ...]
    source: str


DrayageKey = tuple[int, str]
"""Kind of the arc (`ArcKind.LOAD` or `UNLOAD`) and id of the terminal of a drayage."""

RoadKm = Callable[[Place, Place], RoadPath | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drayage:
    """The drayage of a box between a door and its terminal, in the direction of travel.

    `country` is that of the terminal, whose rates apply; `source` is the source of the km.
    """

    from_id: str
    from_name: str
    to_id: str
    to_name: str
    country: str
    km: float
    lon_lat: tuple[LonLat, ...]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRadius:
    """How far in km a door is trucked to terminals, and a city to those of other names.

    A place with a name that has none so near is trucked up to `most_km`, or else `longest_km`.
    """

    door_km: float
    city_km: float
    most_km: float
    longest_km: float = 0.0


def access_radius(parameters: ParameterTable) -> AccessRadius:
    """Return the radii of a table of parameters."""
    return AccessRadius(
        door_km=parameters.value("road.access_radius_km"),
        city_km=parameters.value("road.city_radius_km"),
        most_km=parameters.value("road.access_most_km"),
        longest_km=parameters.value("road.access_longest_km"),
    )


def terminals_near(
    point: Place, terminals: Mapping[str, Terminal], *, radius_km: float
) -> tuple[Terminal, ...]:
    """Return the terminals with services within a radius of a point, by great circle."""
    served = [terminal for terminal in terminals.values() if terminal.services]
    lons, lats = [t.lon for t in served], [t.lat for t in served]
    off = great_circle_km(point.lon, point.lat, lons, lats)
    return tuple(served[n] for n in np.flatnonzero(off <= radius_km).tolist())


def access_of(
    end: Place, terminals: Mapping[str, Terminal], radius: AccessRadius
) -> tuple[Place, ...]:
    """Return the terminals and ports to which boxes of an end are trucked; none for a terminal.

    A city has all that bear its name, and others within the city radius; a point has those within
    the radius of a door. From a place with a name, whose country is known, trucks cross no customs
    border, since its dwell and fees are not those of a haul; only where no terminal lies on their
    side do they go to those of neighbours. If there is none at all, they go on (see `_far_from`).
    """
    if not end.by_road:
        return ()
    radius_km = radius.city_km if end.kind is PlaceKind.CITY else radius.door_km
    own = [member for member in end.members if member.terminal is None or member.terminal.services]
    named = {member.id for member in own}
    near = [
        of_terminal(terminal)
        for terminal in terminals_near(end, terminals, radius_km=radius_km)
        if terminal.id not in named
    ]
    if not end.has_name:
        return (*own, *near)
    inside = _on_its_side(end, near)
    found = (*own, *(inside if inside or own else near))
    for abroad in (False, True):
        for within_km in (radius.most_km, radius.longest_km):
            found = found or _far_from(end, terminals, radius, within_km=within_km, abroad=abroad)
    return found


def _on_its_side(end: Place, yards: Sequence[Place]) -> list[Place]:
    """Return the places on an end's side of customs borders."""
    customs = load_parameters().customs
    home = customs.get(end.country) or end.country
    return [yard for yard in yards if (customs.get(yard.country) or yard.country) == home]


def _far_from(
    end: Place,
    terminals: Mapping[str, Terminal],
    radius: AccessRadius,
    *,
    within_km: float,
    abroad: bool,
) -> tuple[Place, ...]:
    """Return where boxes are trucked from a place that has no terminal within its radius.

    Within some km, on its side of customs borders or `abroad`, to terminals, and to ports in
    rotations of container ships. Of those with ships, and of those without, the nearest and those
    up to `FURTHER` times as far over no more borders.
    """
    near = terminals_near(end, terminals, radius_km=within_km)
    yards = [of_terminal(terminal) for terminal in near]
    with_ships = [yard for yard in yards if _has_ships(yard)]
    yards += [
        port
        for port in container_ports()
        if distance_km(end, port) <= within_km
        and all(distance_km(port, yard) > radius.city_km for yard in with_ships)
    ]
    here, *lands = lands_at([(place.lon, place.lat) for place in (end, *yards)])
    joined = [yard for yard, land in zip(yards, lands, strict=True) if land == here]
    most_water = MOST_WATER_SHARE_ABROAD if abroad else MOST_WATER_SHARE_INSIDE
    there = joined if abroad else _on_its_side(end, joined)
    kept = [yard for yard in there if _water_share(end, yard) <= most_water]
    return tuple(
        yard
        for group in (
            [yard for yard in kept if _has_ships(yard) is ships] for ships in (True, False)
        )
        for yard in _about_as_near(end, group)
    )


def _about_as_near(end: Place, yards: Sequence[Place]) -> list[Place]:
    """Return the place nearest to an end, and those about as near over no more borders."""
    if not yards:
        return []
    nearest = min(yards, key=lambda yard: distance_km(end, yard))
    most_km, borders = FURTHER * distance_km(end, nearest), _borders(end, nearest)
    return [
        yard
        for yard in yards
        if distance_km(end, yard) <= most_km and _borders(end, yard) <= borders
    ]


def _borders(start: Place, end: Place) -> int:
    """Return how many borders the great circle between two places crosses."""
    if start.country == end.country:
        return 0
    return _borders_between((start.lon, start.lat), (end.lon, end.lat))


@lru_cache(maxsize=10_000)
def _borders_between(start: LonLat, end: LonLat) -> int:
    lon, lat = along_great_circles(
        np.array([start[0], end[0]]), np.array([start[1], end[1]]), step_km=BORDER_STEP_KM
    )
    line = list(zip(lon.tolist(), lat.tolist(), strict=True))
    return len(countries_along(line, within_km=BORDER_STEP_KM)) - 1


def _has_ships(yard: Place) -> bool:
    """Return whether container ships call at a terminal or port."""
    services = () if yard.terminal is None else yard.terminal.services
    return yard.terminal is None or any(s.split("/")[0] == Family.SEA for s in services)


def _water_share(start: Place, end: Place) -> float:
    """Return how much of the straight line between two places lies on water."""
    line = ((start.lon, start.lat), (end.lon, end.lat))
    return 1.0 - land_km(line) / distance_km(start, end)


def far_note(end: Place, yards: Sequence[Place], radius: AccessRadius) -> str:
    """Return the warning that boxes of an end go farther by road than its radius; empty if not."""
    within = radius.city_km if end.kind is PlaceKind.CITY else radius.door_km
    members = {member.id for member in end.members}
    if not yards or any(yard.id in members or distance_km(end, yard) <= within for yard in yards):
        return ""
    named = " or ".join(f"{yard.name} ({distance_km(end, yard):.0f} km)" for yard in yards)
    return (
        f"{end.name} has no terminal within {within:.0f} km in a straight line: boxes go by road"
        f" to {named}"
    )


def truck_would_do(origin: Place, destination: Place, radius: AccessRadius) -> bool:
    """Return whether two places are so near over land that a truck would go all the way."""
    if distance_km(origin, destination) > radius.longest_km:
        return False
    here, there = lands_at([(place.lon, place.lat) for place in (origin, destination)])
    return here == there and _water_share(origin, destination) <= MOST_WATER_SHARE_ABROAD


def access_of_ends(
    ends: tuple[Place, Place], terminals: Mapping[str, Terminal], radius: AccessRadius
) -> dict[str, tuple[Place, ...]]:
    """Return the terminals and ports by road of each end, by its id.

    One that serves both ends serves the nearer, or boxes would be trucked there and back.
    """
    first, last = (access_of(end, terminals, radius) for end in ends)
    both = {yard.id for yard in first} & {yard.id for yard in last}

    def kept(yards: Sequence[Place], here: Place, there: Place, *, ties: bool) -> tuple[Place, ...]:
        return tuple(
            yard
            for yard in yards
            if yard.id not in both
            or distance_km(yard, here) < distance_km(yard, there)
            or (ties and distance_km(yard, here) == distance_km(yard, there))
        )

    return {
        ends[0].id: kept(first, ends[0], ends[1], ties=True),
        ends[1].id: kept(last, ends[1], ends[0], ties=False),
    }


def drayage_between(
    terminal: Place,
    door: Place | None,
    *,
    outbound: bool,
    circuity: float,
    local_km: float,
    km: float | None = None,
    road: RoadKm | None = None,
) -> Drayage:
    """Return the drayage between a terminal and a door.

    Parameters
    ----------
    terminal
        Where the box joins or leaves the network.
    door
        Where it is loaded or delivered; None for a place within the terminal's city.
    outbound
        Whether the box travels from the door to the terminal, or back.
    circuity
        Road km per km of great circle.
    local_km
        Road km of a drayage within the city.
    km
        Road km, if known.
    road
        Finds a path on a road network, used if no km are given; it may return None.
    """
    here = Place.where(
        terminal,
        id=f"door-{terminal.id}",
        name=f"door in {terminal.terminal.city if terminal.terminal else terminal.name}",
        kind=PlaceKind.POINT,
    )
    there = here if door is None or door.id == terminal.id else door
    ends = (there, terminal) if outbound else (terminal, there)
    line = tuple((end.lon, end.lat) for end in ends)
    source = "km given by the scenario"
    if km is None and there is here:
        km, source = local_km, "road.local_km"
    if km is None and road is not None:
        path = road(*ends)
        if path is not None:
            km, line, source = path.km, path.lon_lat, path.source
    if km is None:
        straight = float(great_circle_km(there.lon, there.lat, terminal.lon, terminal.lat))
        km, source = straight * circuity, f"great circle x {circuity:g} (road.circuity)"
    return Drayage(
        from_id=ends[0].id,
        from_name=ends[0].name,
        to_id=ends[1].id,
        to_name=ends[1].name,
        country=terminal.country,
        km=max(km, LEAST_KM),
        lon_lat=() if there is here else line,
        source=source,
    )


def drayage_of_ends(
    scenario: Scenario,
    ends: tuple[Place, Place],
    parameters: ParameterTable,
    terminals: Mapping[str, Terminal],
    by_road: Mapping[str, Sequence[Place]],
) -> dict[DrayageKey, Drayage]:
    """Return the drayages of cities, points and `scope: door`, by arc kind and terminal.

    Cities and points have a drayage in any scope, to each of their terminals: from the reference
    point of a city, or from the door that the scenario gives instead; a point is its own door.
    `by_road` is what `access_of_ends` returns.

    Raises
    ------
    ConfigError
        A door is unknown, or is given for an end that is a point; or an extract is not used.
    """
    drayages: dict[DrayageKey, Drayage] = {}
    roads = Extracts(scenario.door.osm)
    for key, kind, end in (
        ("origin", ArcKind.LOAD, ends[0]),
        ("destination", ArcKind.UNLOAD, ends[1]),
    ):
        named, km = getattr(scenario.door, key), getattr(scenario.door, f"{key}_km")
        if not end.by_road and scenario.scope is not Scope.DOOR:
            continue
        if end.kind is PlaceKind.POINT and not (named is None and km is None):
            what = "a lon,lat" if not end.has_name else "a place without terminals of its name"
            msg = f"{end.name} is {what}, which is treated as the door: leave this out"
            raise ConfigError(fault(scenario, f"door.{key}", msg))
        try:
            door = None if named is None else locate(named, terminals)
        except PlaceError as error:
            raise ConfigError(fault(scenario, f"door.{key}", str(error))) from None
        if end.by_road and door is None:
            door = end
        for yard in by_road[end.id] if end.by_road else (end,):
            scopes = parameters.country_scopes(yard.country)
            drayages[int(kind), yard.id] = drayage_between(
                yard,
                door,
                outbound=kind is ArcKind.LOAD,
                circuity=parameters.value("road.circuity", *scopes),
                local_km=parameters.value("road.local_km", *scopes),
                km=km,
                road=roads.path,
            )
    unused = [source for source in scenario.door.osm if source.path not in roads.used]
    if unused:
        why = "; ".join(roads.faults) or "no haul is measured: give a place as the door, without km"
        raise ConfigError(fault(scenario, "door.osm", f"{unused[0].name} serves no haul: {why}"))
    return drayages


class Extracts:
    """OpenStreetMap extracts, tried in order for the path of a drayage."""

    def __init__(self, sources: Sequence[OwnSource]) -> None:
        self.sources = sources
        self.used: set[str] = set()
        self.faults: list[str] = []

    def path(self, start: Place, end: Place) -> RoadPath | None:
        """Return the path on the roads of the first extract that has one, or None."""
        if not self.sources:
            return None
        # What reads extracts is loaded by who has some.
        from corridors.network.land.osm import road_path

        for source in self.sources:
            ends = ((start.lon, start.lat), (end.lon, end.lat))
            try:
                km, line = road_path(Path(source.path), *ends)
            except PlaceError as error:
                self.faults.append(str(error))
                continue
            self.used.add(source.path)
            by = f"OpenStreetMap extract {source.name} ({source.sha256[:12]})"
            return RoadPath(km=km, lon_lat=line, source=by)
        return None
