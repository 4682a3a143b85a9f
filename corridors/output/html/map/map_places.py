"""Terminals, borders and gates of the routes, each once."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from corridors.data.paths import data_root, read_json
from corridors.data.sea_areas import AREA_NAMES, load_ice_seas, load_ice_table
from corridors.domain.results import RouteOption, RouteStep
from corridors.domain.scenario import Scenario
from corridors.errors import GeodataError
from corridors.output.drawn_lines import unwrapped
from corridors.output.html.palette import LonLat, lat_lon, packed_line

Record = dict[str, object]

# Kinds of places, by priority of their labels.
_KINDS = ("end", "change", "passage", "border", "via")


@dataclass(slots=True)
class _Place:
    """Data of a place collected from the routes."""

    name: str
    lon: float
    lat: float
    kind: str
    routes: list[int] = field(default_factory=list)
    operations: list[Record] = field(default_factory=list)


def place_records(routes: Sequence[RouteOption]) -> list[tuple[Record, list[Record]]]:
    """Return the places of the routes, most important first, longitudes in -180 to 180.

    With each place come the operations at it.

    `kind` is `end` (origin or destination), `change` (loading, unloading or transfer), `passage`,
    `border` or `via`. Boundaries between two sea areas are left out.
    """
    places: dict[str, _Place] = {}
    for number, route in enumerate(routes):
        for place_id, found in _places_of(route):
            place = places.setdefault(place_id, found)
            if number not in place.routes:
                place.routes.append(number)
            if _KINDS.index(found.kind) < _KINDS.index(place.kind):
                place.kind = found.kind
        for step in route.operations:
            if (place_id := _base(step.from_id)) in places:
                places[place_id].operations.append(_operation(number, step))
    ordered = sorted(
        places.items(), key=lambda item: (_KINDS.index(item[1].kind), -len(item[1].routes), item[0])
    )
    return [(_record(place_id, place), place.operations) for place_id, place in ordered]


def _places_of(route: RouteOption) -> Iterator[tuple[str, _Place]]:
    legs = [step for step in route.legs if len(step.lon_lat) > 1]
    changed = {_base(step.from_id) for step in route.operations}
    at_border = {
        _base(place) for step in legs if step.border for place in (step.from_id, step.to_id)
    }
    passed = {*route.passages}
    for i, step in enumerate(legs):
        for last, place_id, name, (lon, lat) in (
            (False, step.from_id, step.from_name, step.lon_lat[0]),
            (True, step.to_id, step.to_name, step.lon_lat[-1]),
        ):
            base = _base(place_id)
            at_end = i == (len(legs) - 1 if last else 0)
            if base.startswith("gate-"):
                if not passed & {place_id, base, name}:
                    continue
                kind = "passage"
            elif at_end:
                kind = "end"
            elif base in changed:
                kind = "change"
            else:
                kind = "border" if base in at_border else "via"
            yield base, _Place(name=name, lon=lon, lat=lat, kind=kind)


def _operation(number: int, step: RouteStep) -> Record:
    return {
        "route": number,
        "label": step.label or step.kind,
        "hours": round(step.hours, 1),
        "usd": round(step.usd_per_teu, 1),
    }


def _record(place_id: str, place: _Place) -> Record:
    lat, lon = lat_lon(((place.lon + 180.0) % 360.0 - 180.0, place.lat))
    return {
        "id": place_id,
        "name": place.name,
        "lat": round(lat, 3),
        "lon": round(lon, 3),
        "kind": place.kind,
        "routes": place.routes,
    }


def _base(place_id: str) -> str:
    """Return the id without the number of a gate point: both ends of a canal are one place."""
    return place_id.split("#", 1)[0]


# The ice of the seas of the Northern Sea Route by month, as drawn: a tone over each sea.

# Outlines follow parallels and meridians, also on the globe: a point each so many degrees.
STEP_DEG = 2.5

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeaIce:
    """A sea of the Northern Sea Route with its areas, and its ice in each month.

    `rings` are its outline in (lon, lat), which runs over land between the limits at sea. `tenths`
    are twelve mid-month values, January first: the share of the sea covered by ice x its mean
    concentration, 0 to 10.
    """

    name: str
    areas: tuple[int, ...]
    rings: tuple[Ring, ...]
    tenths: tuple[float, ...]


def sea_ice(year: str) -> list[SeaIce]:
    """Return the ice of each sea in a year of the table; both halves of a sea have the same."""
    table = load_ice_table()
    found = []
    for sea in load_ice_seas():
        areas = tuple(n for n, name in enumerate(AREA_NAMES) if name.startswith(sea.title))
        tenths = table.monthly_tenths(areas[0], year)
        found.append(
            SeaIce(
                name=sea.title,
                areas=areas,
                rings=sea.rings,
                tenths=tuple(round(value, 1) for value in tenths),
            )
        )
    return found


def ice_content(scenario: Scenario) -> Record:
    """Return the ice of the scenario's year.

    Returns
    -------
    content
        `seas`: names. `tenths`: of each sea, twelve values of ice in tenths. `rings`: of each sea,
        its packed outline. The tone is that of the mean of the sea: where in it the edge of the ice
        lies is not known. `year`: `mean`, `best`, `worst` or a year.
    """
    seas = sea_ice(scenario.ice_year)
    return {
        "seas": [sea.name for sea in seas],
        "tenths": [list(sea.tenths) for sea in seas],
        "rings": [[packed_line(_closed(ring)) for ring in sea.rings] for sea in seas],
        "year": scenario.ice_year,
    }


def _closed(ring: Ring) -> list[tuple[float, float]]:
    """Return a ring with its first point again at its end, and points along its sides."""
    import shapely

    line = shapely.segmentize(shapely.LineString((*ring, ring[0])), STEP_DEG)
    return [(float(lon), float(lat)) for lon, lat in line.coords]


# Land and borders under the routes, and the names on them.

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
