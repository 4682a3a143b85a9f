"""Find the ways themselves between places by sea: their lines, and the gates that they pass."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf
from typing import NamedTuple, Unpack

import numpy as np

from corridors.arrays import FloatArray, SmallArray
from corridors.data.geodata import SeaLanes, load_gates, load_sea_lanes
from corridors.domain.places import Gate, GateKind
from corridors.network.locate import Place
from corridors.network.sea.lane_access import LaneAccess, Point, beside, join
from corridors.network.sea.lane_search import way_back, ways_from
from corridors.network.sea.sea_distances import ONE_AT_A_TIME, GatesAsked, sea_network
from corridors.network.sea.sea_legs import drawn_line


@dataclass(frozen=True, slots=True, kw_only=True)
class SeaWay:
    """The shortest way by sea between two places."""

    origin: Place
    """Where it begins, with id and position."""
    destination: Place
    """Where it ends."""
    nm: float
    """Length in nautical miles; infinite if closed gates cut the places off."""
    gates: tuple[str, ...]
    """Ids of the canals, straits and capes that it passes, in their order."""
    line: tuple[tuple[float, float], ...]
    """Its (lon, lat) in degrees, at most 100 km apart; longitudes go on past 180."""


def sea_way(
    origin: str | Place,
    destination: str | Place,
    **gates: Unpack[GatesAsked],
) -> SeaWay:
    """Return the shortest way by sea between two places, as long as `sea_distance` says.

    Parameters are those of `distances`.

    Raises
    ------
    PlaceError
        A place or gate is unknown, or no ship reaches a place.
    ParameterError
        `draft_m` is not above 0.
    """
    (found,) = sea_ways((origin, destination), **gates)
    return found


def sea_ways(
    places: Iterable[str | Place],
    **asked: Unpack[GatesAsked],
) -> tuple[SeaWay, ...]:
    """Return the shortest ways by sea between every two places, by origin and destination.

    Parameters are those of `distances`.

    Raises
    ------
    PlaceError
        A place or gate is unknown, or no ship reaches a place.
    ParameterError
        `draft_m` is not above 0.
    """
    network = sea_network()
    with ONE_AT_A_TIME:
        listed = tuple(map(network.place, places))
        graph = network.graph(**asked)
    lanes = load_sea_lanes()
    # Those of `graph` have no foot to draw.
    accesses = [graph.opened(join(place, lanes)) for place in listed]
    sparse = graph.sparse
    gates = _gates_of_nodes(lanes)
    ways = []
    for row, one in enumerate(accesses[:-1]):
        (nm,), (before,) = ways_from([one.ends], sparse, before=True)
        for column in range(row + 1, len(listed)):
            ends = listed[row], listed[column]
            way = _Way.of(one, accesses[column], nm=nm, before=before)
            ways.append(
                SeaWay(
                    origin=ends[0],
                    destination=ends[1],
                    nm=way.nm,
                    gates=_passed(way.nodes, gates),
                    line=way.line(ends, lanes) if way.nm < inf else (),
                )
            )
    return tuple(ways)


class _Way(NamedTuple):
    """A way as nm, the nodes that it follows, and the points before and after them."""

    nm: float
    nodes: list[int]
    before: tuple[Point, ...] = ()
    after: tuple[Point, ...] = ()

    @classmethod
    def of(cls, one: LaneAccess, other: LaneAccess, *, nm: FloatArray, before: SmallArray) -> _Way:
        """Return the shortest way, given the nm from `one` to all nodes and the nodes before."""
        far, last = min((float(nm[node]) + off, node) for node, off in other.ends)
        apart = beside(one, other)
        if apart.nm <= far:
            return cls(apart.nm, [], apart.points)
        nodes = way_back(before, last)[::-1]
        return cls(far, nodes, one.between(nodes[0]), other.between(last))

    def line(self, ends: tuple[Place, Place], lanes: SeaLanes) -> tuple[Point, ...]:
        """Return the drawn line, from place to place."""
        on_lanes = zip(lanes.node_lon[self.nodes], lanes.node_lat[self.nodes], strict=True)
        first, last = ((end.lon, end.lat) for end in ends)
        points = np.array([first, *self.before, *on_lanes, *self.after, last], float)
        # A port lies at its node.
        moved = (points[1:] != points[:-1]).any(axis=1)
        if moved.any():
            points = points[np.append(True, moved)]
        return drawn_line(*points.T)


def _gates_of_nodes(lanes: SeaLanes) -> dict[int, list[tuple[Gate, str]]]:
    """Return by node the gates whose points it is, with the point."""
    node_of = dict(zip(lanes.point_ids, lanes.point_node.tolist(), strict=True))
    found: dict[int, list[tuple[Gate, str]]] = {}
    for gate in load_gates():
        for point in gate.points:
            if point in node_of:
                found.setdefault(node_of[point], []).append((gate, point))
    return found


def _passed(nodes: Sequence[int], gates: dict[int, list[tuple[Gate, str]]]) -> tuple[str, ...]:
    """Return the gates that nodes pass: of a canal both ends; boundaries of areas are none."""
    at = [found for node in nodes for found in gates.get(node, ())]
    points = {point for _, point in at}
    passed = (
        gate.id
        for gate, _ in at
        if gate.kind is not GateKind.AREA
        and (gate.kind is not GateKind.CANAL or points.issuperset(gate.points))
    )
    return tuple(dict.fromkeys(passed))
