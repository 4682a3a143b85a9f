"""`legs.gpkg`: legs and places for QGIS and other GIS programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from corridors.domain.results import RouteOption, RouteStep
from corridors.output.comparison import Comparison
from corridors.output.contract import LegRecord
from corridors.output.drawn_lines import split_at_antimeridian, unwrapped_lines
from corridors.output.geopackage_writer import (
    REAL,
    TEXT,
    WHOLE,
    Geometry,
    Layer,
    LineStyle,
    PointStyle,
    write_layers,
)

_LegRow = tuple[RouteOption, RouteStep, int, tuple[tuple[tuple[float, float], ...], ...]]
_PlaceRow = tuple[str, str, float, float, str]


def write_geopackage(comparison: Comparison, path: Path) -> None:
    """Write the layers `legs` (MultiLineString) and `terminals` (Point) in EPSG:4326.

    `legs` has one row per leg: corridor, title, rank, number, from, to, from_name,
    to_name, service, km, hours, departs, arrives, usd_per_teu, co2e_wtw_kg, calibrated, source.
    Lines across 180 degrees are split there. `terminals` has one row per end of a
    leg: id, name, corridors. QGIS draws them in the colours of the corridors.

    Parameters
    ----------
    comparison
        The result; only usable corridors have rows.
    path
        The file; replaced if it exists.
    """
    legs = list(drawn_legs(comparison))
    places = _place_rows(legs)
    drawn = Layer(
        name="legs",
        geometry=Geometry.MULTILINESTRING,
        shapes=[parts for *_, parts in legs],
        columns=_leg_columns(comparison, legs),
        style=LineStyle(
            column="corridor",
            classes={route.corridor: (route.title, route.colour, "solid") for route, *_ in legs},
        ),
    )
    ends = Layer(
        name="terminals",
        geometry=Geometry.POINT,
        shapes=[[[(lon, lat)]] for _, _, lon, lat, _ in places],
        columns={
            "id": (TEXT, [place[0] for place in places]),
            "name": (TEXT, [place[1] for place in places]),
            "corridors": (TEXT, [place[4] for place in places]),
        },
        style=PointStyle(label="name"),
    )
    write_layers(path, (drawn, ends))


def drawn_legs(comparison: Comparison) -> Iterator[_LegRow]:
    """Yield the legs of the usable corridors that have a line.

    Each as its option, step and number from 1, and the parts of its line, split at 180 degrees.
    """
    for route in comparison.usable:
        # A haul within a port has no length to draw.
        drawn = [step for step in route.legs if len(set(step.lon_lat)) > 1]
        for i, (step, line) in enumerate(zip(drawn, unwrapped_lines(drawn), strict=True)):
            yield route, step, i + 1, split_at_antimeridian(line)


def _place_rows(legs: Sequence[_LegRow]) -> list[_PlaceRow]:
    names: dict[str, tuple[str, float, float]] = {}
    users: dict[str, list[str]] = {}
    for route, step, _, parts in legs:
        ends = (
            (step.from_id, step.from_name, parts[0][0]),
            (step.to_id, step.to_name, parts[-1][-1]),
        )
        for place, name, (lon, lat) in ends:
            names.setdefault(place, (name, lon, lat))
            if route.corridor not in users.setdefault(place, []):
                users[place].append(route.corridor)
    return [
        (place, name, lon, lat, ";".join(users[place]))
        for place, (name, lon, lat) in sorted(names.items())
    ]


def _leg_columns(
    comparison: Comparison, legs: Sequence[_LegRow]
) -> dict[str, tuple[str, list[object]]]:
    ranks = {route.corridor: i + 1 for i, route in enumerate(comparison.routes)}
    records = [LegRecord.model_validate(step).plain() for _, step, _, _ in legs]

    def of_legs(kind: str, *keys: str) -> dict[str, tuple[str, list[object]]]:
        return {key: (kind, [record[key] for record in records]) for key in keys}

    return {
        "corridor": (TEXT, [route.corridor for route, *_ in legs]),
        "title": (TEXT, [route.title for route, *_ in legs]),
        "rank": (WHOLE, [ranks[route.corridor] for route, *_ in legs]),
        "number": (WHOLE, [number for _, _, number, _ in legs]),
        **of_legs(TEXT, "from", "to", "from_name", "to_name", "service", "part"),
        **of_legs(REAL, "km", "hours"),
        **of_legs(TEXT, "departs", "arrives"),
        **of_legs(REAL, "usd_per_teu", "co2e_wtw_kg"),
        "calibrated": (TEXT, [_yes_no(step.calibrated) for _, step, _, _ in legs]),
        **of_legs(TEXT, "source"),
    }


def _yes_no(known: bool | None) -> str:
    return "" if known is None else "yes" if known else "no"
