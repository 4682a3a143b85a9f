"""Findings at sea: connected parts, gates without alternative, seaports off their lane."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from corridors.data.geodata import LandLeg, SeaLanes, SeaLegs
from corridors.data.sea_areas import great_circle_km
from corridors.domain.places import Family, Gate, Terminal, family_of
from corridors.network.locate import PlaceKind, of_terminal
from corridors.network.sea.lane_access import join
from corridors.units import km_from_nm
from validation.network_state.findings import Finding, Worse, cutting, listing, spread
from validation.network_state.graphs import Graph
from validation.network_state.land_findings import component_finding

SERVED = Family.SEA


@dataclass(frozen=True, slots=True, kw_only=True)
class Seas:
    """Gates, sea legs and lanes."""

    gates: tuple[Gate, ...]
    legs: SeaLegs
    lanes: SeaLanes


def sea_findings(
    terminals: Mapping[str, Terminal], legs: Sequence[LandLeg], seas: Seas
) -> Iterator[Finding]:
    """Yield the components of the sea and of the network, the gates, and the ports off their lane.

    Parameters
    ----------
    terminals
        Terminals by id. A user's own seaport joins the nearest lane.
    legs
        Legs on land, including those of projects.
    seas
        Gates, sea legs and lanes.
    """
    names = seas.legs.point_ids
    pairs = [
        (names[a], names[b])
        for a, b in zip(seas.legs.leg_from.tolist(), seas.legs.leg_to.tolist(), strict=True)
    ]
    off = _offsets(terminals, seas.lanes)
    pairs += [(port, point) for port, (point, _) in off.items() if port != point]
    sea = Graph.of(pairs, more=names)
    here = [leg.ends for leg in legs if not leg.project]
    whole = Graph.of([*here, *pairs], more=tuple(terminals))
    built = Graph.of([*(leg.ends for leg in legs), *pairs], more=tuple(terminals))
    yield component_finding("sea", sea)
    yield component_finding("land and sea", whole)
    yield component_finding("land and sea, every project built", built)
    yield from _gates(seas.gates, sea, whole)
    yield from _joined(off)


def _gates(gates: Sequence[Gate], sea: Graph, whole: Graph) -> Iterator[Finding]:
    yield listing(
        "names", "gates", tuple(gate.id for gate in gates), worse=Worse.LOST, unit="gates"
    )
    points = [gate.points for gate in gates]
    for what, graph in (("by sea", sea), ("by sea and land", whole)):
        cut = {
            gate.id: [place for place in lost if not place.startswith("gate-")]
            for gate, lost in zip(gates, graph.cut_by_places(points), strict=True)
        }
        yield cutting(f"gates whose loss cuts places off {what}", cut, unit="gates")


def _joined(off: Mapping[str, tuple[str, float]]) -> Iterator[Finding]:
    """Yield the distances from seaports to their lanes."""
    away = {port: km for port, (_, km) in off.items()}
    yield from spread("seaport to its lane", away, worst="farthest")


def _offsets(terminals: Mapping[str, Terminal], lanes: SeaLanes) -> dict[str, tuple[str, float]]:
    """Return by seaport the point at which it joins the lanes, and the km to it.

    A listed port is a node joined to the lanes by one edge, whose length counts. A user's own port
    joins the nearest edge in a search, and here the nearest listed point.
    """
    nodes = dict(zip(lanes.point_ids, lanes.point_node.tolist(), strict=True))
    nearest: dict[int, float] = {}
    for a, b, nm in zip(
        lanes.edge_from.tolist(), lanes.edge_to.tolist(), lanes.edge_nm.tolist(), strict=True
    ):
        for node in (a, b):
            nearest[node] = min(nm, nearest.get(node, nm))
    where = list(nodes.values())
    lon, lat = lanes.node_lon[where], lanes.node_lat[where]
    found: dict[str, tuple[str, float]] = {}
    for terminal in terminals.values():
        if not any(family_of(service) == SERVED for service in terminal.services):
            continue
        if terminal.id in nodes:
            km = km_from_nm(nearest.get(nodes[terminal.id], 0.0))
            found[terminal.id] = (terminal.id, km)
        else:
            away = great_circle_km(terminal.lon, terminal.lat, lon, lat)
            point = lanes.point_ids[int(away.argmin())]
            port = replace(of_terminal(terminal), kind=PlaceKind.PORT)
            found[terminal.id] = (point, join(port, lanes).off_km)
    return found
