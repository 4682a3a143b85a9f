"""Hauls by road between a door and the terminal where boxes join the network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from corridors.data.sphere import great_circle_km
from corridors.domain.places import Terminal
from corridors.network.locate import Place, PlaceKind

LonLat = tuple[float, float]
LEAST_KM = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadWay:
    """A way by road: km, and its line in degrees from the first place to the second."""

    km: float
    lon_lat: tuple[LonLat, ...]
    source: str


HaulKey = tuple[int, str]
"""Kind of the arc (`ArcKind.LOAD` or `UNLOAD`) and id of the terminal of a haul."""

RoadKm = Callable[[Place, Place], RoadWay | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Haul:
    """The haul of a box between a door and its terminal, in the direction in which it runs.

    `country` is that of the terminal, whose rates it takes; `source` says where the km are from.
    """

    from_id: str
    from_name: str
    to_id: str
    to_name: str
    country: str
    km: float
    lon_lat: tuple[LonLat, ...]
    source: str


def terminals_near(
    point: Place, terminals: Mapping[str, Terminal], *, radius_km: float
) -> tuple[Terminal, ...]:
    """Return the terminals to which boxes of a point are driven: those that handle any there."""
    served = [terminal for terminal in terminals.values() if terminal.services]
    lons, lats = [t.lon for t in served], [t.lat for t in served]
    off = great_circle_km(point.lon, point.lat, lons, lats)
    return tuple(served[n] for n in np.flatnonzero(off <= radius_km).tolist())


def haul_between(
    terminal: Place,
    door: Place | None,
    *,
    outbound: bool,
    circuity: float,
    local_km: float,
    km: float | None = None,
    road: RoadKm | None = None,
) -> Haul:
    """Return the haul between a terminal and a door.

    Parameters
    ----------
    terminal
        Where the box joins or leaves the network.
    door
        Where it is loaded or delivered; None for a place within the terminal's city.
    outbound
        Whether the box is hauled from the door to the terminal; else from there to the door.
    circuity
        Road km by km of great circle.
    local_km
        Road km of a haul within the city.
    km
        Road km that are known; they are taken as they are.
    road
        Finds a way on a road network; asked where no km are given, and may know none.

    """
    here = Place(
        id=f"door-{terminal.id}",
        name=f"door in {terminal.name}",
        country=terminal.country,
        lon=terminal.lon,
        lat=terminal.lat,
        kind=PlaceKind.POINT,
    )
    there = here if door is None or door.id == terminal.id else door
    ends = (there, terminal) if outbound else (terminal, there)
    line = tuple((end.lon, end.lat) for end in ends)
    source = "km given by the scenario"
    if km is None and there is here:
        km, source = local_km, "road.local_km"
    if km is None and road is not None:
        way = road(*ends)
        if way is not None:
            km, line, source = way.km, way.lon_lat, way.source
    if km is None:
        straight = float(great_circle_km(there.lon, there.lat, terminal.lon, terminal.lat))
        km, source = straight * circuity, f"great circle x {circuity:g} (road.circuity)"
    return Haul(
        from_id=ends[0].id,
        from_name=ends[0].name,
        to_id=ends[1].id,
        to_name=ends[1].name,
        country=terminal.country,
        km=max(km, LEAST_KM),
        lon_lat=() if there is here else line,
        source=source,
    )
