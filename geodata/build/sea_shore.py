"""Measure the land under arcs by the map itself, and refuse the arcs that cross too much of it.

The raster of `sea_water.py` finds which nodes see each other, but it draws no land that is narrower
than a cell, and an arc is a great circle there, not the geodesic that it is as long as. So the arcs
that are left are measured on the polygons.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from common import BUILD, GEOD, Point, read_rows
from scipy.spatial import cKDTree
from sea_coast import vectors
from sea_water import EARTH_KM

CELL_DEGREES = 2
CHORD_KM = 25.0
GAP_KM = 0.05
"""Water in a row that does not part two stretches of land: the edges of the cells."""
MOST_IN_A_ROW_KM = 1.0
"""Land in a row that an arc may cross where there is no port near."""
NEAR_PORT_KM = 10.0
MOST_AT_PORT_KM = 5.0
"""Land that an arc from a port may cross in all: the map draws harbours as land."""


@dataclass(frozen=True)
class Stretches:
    """Land in a row under arcs: the number of the arc, km, and the middle as (lon, lat)."""

    arc: Any
    km: Any
    lon: Any
    lat: Any


class Shore:
    """Polygons of land cut by a grid of degrees, which makes crossings quick to find."""

    def __init__(self, polygons: Iterable[Any]) -> None:
        whole = shapely.make_valid(shapely.get_parts(np.asarray(list(polygons), object)))
        tree, pieces = shapely.STRtree(whole), []
        for west in range(-180, 180, CELL_DEGREES):
            for south in range(-90, 90, CELL_DEGREES):
                box = (west, south, west + CELL_DEGREES, south + CELL_DEGREES)
                near = np.sort(tree.query(shapely.box(*box)))
                pieces.append(shapely.get_parts(shapely.clip_by_rect(whole[near], *box)))
        parts = np.concatenate(pieces)
        self.pieces = parts[shapely.get_type_id(parts) == 3]
        self.tree = shapely.STRtree(self.pieces)

    def stretches(self, one: Any, other: Any) -> Stretches:
        """Return the land under geodesics between two arrays of (lon, lat), a row an arc.

        A piece of at most `CHORD_KM` that crosses 180 degrees is left out.
        """
        bearing, _, metres = GEOD.inv(one[:, 0], one[:, 1], other[:, 0], other[:, 1])
        whole = metres / 1000.0
        count = np.maximum(1, np.ceil(whole / CHORD_KM)).astype(np.int64)
        arc = np.repeat(np.arange(len(count)), count)
        number = np.arange(len(arc)) - np.repeat(np.cumsum(count) - count, count)
        low, high = (whole[arc] * (number + k) / count[arc] for k in (0, 1))
        ends = [
            np.stack(GEOD.fwd(one[arc, 0], one[arc, 1], bearing[arc], 1000.0 * km)[:2], axis=1)
            for km in (low, high)
        ]
        first, last = number == 0, number == count[arc] - 1
        ends[0][first], ends[1][last] = one[arc[first]], other[arc[last]]
        inside = np.abs(ends[0][:, 0] - ends[1][:, 0]) < 180.0
        arc, low, ends = arc[inside], low[inside], [end[inside] for end in ends]
        chords = shapely.linestrings(np.stack(ends, axis=1))
        chord, piece = self.tree.query(chords, predicate="intersects")
        crossed, of = shapely.get_parts(
            shapely.intersection(chords[chord], self.pieces[piece]), return_index=True
        )
        lines = (shapely.get_type_id(crossed) == 1) & ~shapely.is_empty(crossed)
        chord, crossed = chord[of[lines]], crossed[lines]
        km = []
        for k in (0, -1):
            x, y = shapely.get_coordinates(shapely.get_point(crossed, k)).T
            start = ends[0][chord]
            km.append(low[chord] + GEOD.inv(start[:, 0], start[:, 1], x, y)[2] / 1000.0)
        return _merged(arc[chord], np.minimum(*km), np.maximum(*km), one, bearing)

    def km(self, one: Point, other: Point) -> float:
        """Return how many km of the geodesic between two (lon, lat) lie on land."""
        return float(self.stretches(np.array([one]), np.array([other])).km.sum())


def _merged(arc: Any, low: Any, high: Any, one: Any, bearing: Any) -> Stretches:
    """Return stretches of land with those that touch as one."""
    order = np.lexsort((high, low, arc))
    rows: list[list[float]] = []
    for k in order.tolist():
        if rows and rows[-1][0] == arc[k] and low[k] - rows[-1][2] < GAP_KM:
            rows[-1][2] = max(rows[-1][2], high[k])
        else:
            rows.append([arc[k], low[k], high[k]])
    found = np.array(rows).reshape(-1, 3)
    number = found[:, 0].astype(np.int64)
    middle = 500.0 * (found[:, 1] + found[:, 2])
    lon, lat, _ = GEOD.fwd(one[number, 0], one[number, 1], bearing[number], middle)
    return Stretches(number, found[:, 2] - found[:, 1], lon, lat)


class Refusal:
    """Which arcs cross more land than ships may: see `MOST_IN_A_ROW_KM`, `MOST_AT_PORT_KM`.

    Land in the waters of `sea_waters.csv` does not count, since ships sail there.
    """

    def __init__(self, shore: Shore, ports: Sequence[Point]) -> None:
        self.shore = shore
        self.ports = cKDTree(vectors(*np.array(ports).T))
        columns = ("west", "south", "east", "north")
        self.waters = [
            (row["waters"], *(float(row[name]) for name in columns))
            for row in read_rows(BUILD / "sea_waters.csv")
        ]

    def refused(self, one: Any, other: Any, at_port: Any) -> Any:
        """Return which arcs between two arrays of (lon, lat) are refused.

        `at_port` tells which of them end at a port.
        """
        return self._over(self.shore.stretches(one, other), at_port, "")

    def needing(self, one: Any, other: Any, at_port: Any) -> dict[str, Any]:
        """Return by named water which arcs would be refused if it had no name."""
        found = self.shore.stretches(one, other)
        anyway = self._over(found, at_port, "")
        names = dict.fromkeys(name for name, *_ in self.waters)
        return {name: self._over(found, at_port, name) & ~anyway for name in names}

    def _over(self, found: Stretches, at_port: Any, nameless: str) -> Any:
        """Return which arcs cross too much land, with one water counted as if it had no name."""
        counts = np.ones(len(found.arc), bool)
        for name, west, south, east, north in self.waters:
            if name != nameless:
                inside = (west <= found.lon) & (found.lon < east)
                counts &= ~(inside & (south <= found.lat) & (found.lat < north))
        away = self.ports.query(vectors(found.lon, found.lat))[0] * EARTH_KM > NEAR_PORT_KM
        out = np.zeros(len(at_port), bool)
        out[found.arc[counts & away & (found.km > MOST_IN_A_ROW_KM)]] = True
        land = np.bincount(found.arc[counts], found.km[counts], minlength=len(at_port))
        return out | (at_port & (land > MOST_AT_PORT_KM))
