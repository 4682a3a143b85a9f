"""The hauls by road at the two ends of a scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from corridors.config import fault
from corridors.data.parameters import ParameterTable
from corridors.domain.places import Terminal
from corridors.domain.scenario import OwnSource, Scenario
from corridors.errors import ConfigError, PlaceError
from corridors.network.door import Haul, HaulKey, RoadWay, haul_between, terminals_near
from corridors.network.locate import Place, locate
from corridors.network.osm import road_way
from corridors.network.topology import ArcKind


def doors(
    scenario: Scenario,
    ends: tuple[Place, Place],
    parameters: ParameterTable,
    terminals: Mapping[str, Terminal],
) -> dict[HaulKey, Haul]:
    """Return the hauls by road by kind of arc and terminal: those of points, and of `scope: door`.

    A point is hauled to and from every terminal near it, whatever the scope: it is its own door.

    Raises
    ------
    ConfigError
        A door is no known place, or is given for an end that is a point; an extract serves no haul.
    """
    hauls: dict[HaulKey, Haul] = {}
    roads = Extracts(scenario.door.osm)
    radius_km = parameters.value("road.access_radius_km")
    for key, kind, terminal in (
        ("origin", ArcKind.LOAD, ends[0]),
        ("destination", ArcKind.UNLOAD, ends[1]),
    ):
        named, km = getattr(scenario.door, key), getattr(scenario.door, f"{key}_km")
        if terminal.kind != "point" and scenario.scope != "door":
            continue
        if terminal.kind == "point" and not (named is None and km is None):
            msg = f"{terminal.id} is a lon,lat, which is treated as the door: leave this out"
            raise ConfigError(fault(scenario, f"door.{key}", msg))
        near = [terminal]
        try:
            door = None if named is None else locate(named, terminals)
        except PlaceError as error:
            raise ConfigError(fault(scenario, f"door.{key}", str(error))) from None
        if terminal.kind == "point":
            found = terminals_near(terminal, terminals, radius_km=radius_km)
            near, door = [locate(listed.id, terminals) for listed in found], terminal
        for yard in near:
            scopes = parameters.country_scopes(yard.country)
            hauls[int(kind), yard.id] = haul_between(
                yard,
                door,
                outbound=kind is ArcKind.LOAD,
                circuity=parameters.value("road.circuity", *scopes),
                local_km=parameters.value("road.local_km", *scopes),
                km=km,
                road=roads.way,
            )
    unused = [source for source in scenario.door.osm if source.path not in roads.used]
    if unused:
        told = "; ".join(roads.told) or "no haul is measured: give a place as the door, without km"
        raise ConfigError(fault(scenario, "door.osm", f"{unused[0].name} serves no haul: {told}"))
    return hauls


class Extracts:
    """OpenStreetMap extracts asked in their order for the way of a haul."""

    def __init__(self, sources: Sequence[OwnSource]) -> None:
        self.sources = sources
        self.used: set[str] = set()
        self.told: list[str] = []

    def way(self, start: Place, end: Place) -> RoadWay | None:
        """Return the way on the roads of the first extract that has one, None for none."""
        for source in self.sources:
            ends = ((start.lon, start.lat), (end.lon, end.lat))
            try:
                km, line = road_way(Path(source.path), *ends)
            except PlaceError as error:
                self.told.append(str(error))
                continue
            self.used.add(source.path)
            by = f"OpenStreetMap extract {source.name} ({source.sha256[:12]})"
            return RoadWay(km=km, lon_lat=line, source=by)
        return None
