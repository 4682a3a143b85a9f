"""Points at sea or on the coast: whether ships can come there, by the shipped map of land."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from corridors.data.geodata import load_sea_lanes, network_file
from corridors.data.paths import kept_while_unchanged
from corridors.errors import PlaceError
from corridors.network.locate import Place
from corridors.network.sea import MAX_SNAP_KM, Snap, snap
from corridors.units import EARTH_RADIUS_KM

if TYPE_CHECKING:
    from shapely import STRtree

ACCESS_LAND_KM = 5.0
"""Land that the straight way to a lane may cross: the map is drawn to 2 to 10 km."""


def land_km(line: Sequence[tuple[float, float]]) -> float:
    """Return how many km of a line of (lon, lat), drawn straight, lie on land of the map.

    Longitudes may run past 180; a part on both of two polygons counts once.
    """
    import shapely
    from pyproj import Geod

    tree, earth = _land(network_file("basemap.json")), Geod(a=EARTH_RADIUS_KM * 1000.0, f=0.0)
    parts: list[shapely.Geometry] = []
    for turn in (-360.0, 0.0, 360.0):
        moved = shapely.LineString([(lon + turn, lat) for lon, lat in line])
        if moved.bounds[2] < -180.0 or moved.bounds[0] > 180.0:
            continue
        found = tree.query(moved, predicate="intersects")
        parts.extend(shapely.intersection(moved, tree.geometries[found]))
    return abs(earth.geometry_length(shapely.union_all(parts))) / 1000.0 if parts else 0.0


def joined(place: Place) -> Snap | None:
    """Return where an end of a shipment joins a lane for ships, None where it does not.

    A listed port joins the nearest lane; so does a point at sea or on the coast, unless the
    straight way crosses more than `ACCESS_LAND_KM` of land. A terminal has its own legs.

    Raises
    ------
    PlaceError
        A listed port lies too far off.
    """
    if place.kind == "port":
        return snap(place, load_sea_lanes())
    if place.kind != "point":
        return None
    return _joined_point(network_file("basemap.json"), place)


def off_the_lanes(point: Place, *, by_sea: bool) -> str:
    """Return why a point joins no lane, as a part of a sentence; nothing where no ship sails."""
    if not by_sea:
        return ""
    try:
        off_km = snap(point, load_sea_lanes()).off_km
    except PlaceError:
        return f", over {MAX_SNAP_KM:.0f} km from any sea lane"
    return f", {off_km:.0f} km from the nearest sea lane with land between"


@lru_cache(maxsize=64)
def _joined_point(_path: Path, place: Place) -> Snap | None:
    lanes = load_sea_lanes()
    try:
        found = snap(place, lanes)
    except PlaceError:
        return None
    return found if land_km(((place.lon, place.lat), found.foot)) <= ACCESS_LAND_KM else None


@kept_while_unchanged
def _land(path: Path) -> STRtree:
    import shapely

    polygons = []
    for rings in json.loads(path.read_text(encoding="utf-8"))["land"]:
        shells = [list(zip(ring[::2], ring[1::2], strict=True)) for ring in rings]
        polygons.append(shapely.make_valid(shapely.Polygon(shells[0], shells[1:])))
    return shapely.STRtree(shapely.get_parts(polygons))
