"""Terminals, borders and gates of the routes, each once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from corridors.domain.results import RouteOption, RouteStep
from corridors.output.html.encode import lat_lon

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
