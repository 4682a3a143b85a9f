"""Land and borders under the routes, and the names on them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from corridors.data.paths import data_root, read_json
from corridors.errors import GeodataError
from corridors.output.drawn_lines import unwrapped
from corridors.output.html.encode import LonLat, packed_line

# The shipped map has two decimals.
UNITS_PER_DEG = 100
NAME_KINDS = ("sea", "country", "city")


@dataclass(frozen=True, slots=True, kw_only=True)
class MapName:
    """A name on the map: a `sea`, `country` or `city`, shown from a zoom of the map on."""

    kind: str
    name: str
    lon: float
    lat: float
    zoom: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseMap:
    """Land as closed rings and country borders as lines, longitudes in -180 to 180; names.

    A ring inside a ring is a lake or an inland sea (even-odd rule).
    """

    land: tuple[tuple[LonLat, ...], ...]
    borders: tuple[tuple[LonLat, ...], ...]
    names: tuple[MapName, ...] = ()

    def packed(self) -> dict[str, object]:
        """Return packed rings and borders, and the names by kind, in hundredths of a degree."""
        return {
            "units": UNITS_PER_DEG,
            "land": [packed_line(unwrapped(ring), UNITS_PER_DEG) for ring in self.land],
            "borders": [packed_line(unwrapped(line), UNITS_PER_DEG) for line in self.borders],
            "names": {
                kind: [
                    [one.name, *(round(at * UNITS_PER_DEG) for at in (one.lat, one.lon)), one.zoom]
                    for one in self.names
                    if one.kind == kind
                ]
                for kind in NAME_KINDS
            },
        }


def with_names(base_map: BaseMap, path: Path) -> BaseMap:
    """Return a base map with the names of `map_names.csv`.

    Raises
    ------
    GeodataError
        The file is missing or malformed.
    """
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            names = tuple(
                MapName(
                    kind=row["kind"],
                    name=row["name"],
                    lon=float(row["lon"]),
                    lat=float(row["lat"]),
                    zoom=int(row["zoom"]),
                )
                for row in csv.DictReader(stream)
            )
    except (OSError, ValueError, KeyError, TypeError) as fault:
        msg = f"{path.name}: not a table of names (kind, name, lon, lat, zoom): {fault}"
        raise GeodataError(msg) from fault
    return replace(base_map, names=names)


def shipped_land() -> BaseMap:
    """Return the shipped land and borders, without names."""
    return load_base_map(data_root() / "network" / "basemap.json")


def load_base_map(path: Path) -> BaseMap:
    """Read `basemap.json`: `land`, polygons as lists of rings, and `borders`, lines.

    A ring or a line is flat: `[lon, lat, lon, lat, ...]`.

    Raises
    ------
    GeodataError
        The file is missing or malformed.
    """
    return read_json(
        path,
        lambda found: BaseMap(
            land=tuple(_points(ring) for polygon in found["land"] for ring in polygon),
            borders=tuple(_points(line) for line in found["borders"]),
        ),
    )


def _points(flat: Sequence[float]) -> tuple[LonLat, ...]:
    if len(flat) % 2 or len(flat) < 4:
        msg = f"a row of {len(flat)} numbers"
        raise ValueError(msg)
    return tuple(zip(map(float, flat[::2]), map(float, flat[1::2]), strict=True))
