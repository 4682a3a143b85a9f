"""Shut every gate in turn, and try what must hold of any distance by sea.

A gate is shut by the points that it has on the lanes. Whether a way passes them is found by a
search from these points, apart from the labels that distances use.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

from corridors.arrays import FloatArray
from corridors.data.geodata import load_gates, load_sea_lanes
from corridors.data.sea_areas import great_circle_km
from corridors.network.locate import Place
from corridors.network.sea.sea_distances import (
    SeaGraph,
    distances,
    sea_distance,
    sea_network,
    shut_by_default,
)
from validation.campaigns.lane_regions import ports_on_lanes
from validation.campaigns.lane_tables import Section

ROUNDING_NM = 1e-3
NEIGHBOURS = 6
"""Ports drawn beside each gate, so that ways pass it.

With them and up to 50 others, distances are searched; beyond `LABELS_PAY` of `distances` every gate
would take labels of its own, 40 seconds each.
"""

DEAD_ENDS = ("gate-hormuz", "gate-dardanelles", "gate-bosporus", "gate-yenisei")
"""Gates that are the only way into a sea, so that shutting them parts its ports from the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shut:
    """What shutting a gate did to pairs of ports.

    `shorter` and `changed` are faults: pairs that got shorter, and pairs that changed although
    their way does not pass the gate.
    """

    gate: str
    pairs: int
    passing: int
    longer: int
    cut_off: int
    shorter: tuple[str, ...]
    changed: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{self.gate:<28}{self.pairs:>7}{self.passing:>9}{self.longer:>8}{self.cut_off:>9}"
            f"{len(self.shorter):>9}{len(self.changed):>9}"
        )


def drawn_ports(count: int, *, seed: int) -> list[Place]:
    """Return ports drawn from the whole world list."""
    return random.Random(f"{seed} gates").sample(ports_on_lanes(), count)


def beside(gate: str, ports: Sequence[Place], count: int = NEIGHBOURS) -> list[Place]:
    """Return the ports nearest to the points of a gate."""
    lanes = load_sea_lanes()
    nodes = [
        int(node)
        for point, node in zip(lanes.point_ids, lanes.point_node, strict=True)
        if point.split("#")[0] == gate
    ]
    km = [
        great_circle_km(
            float(lanes.node_lon[node]),
            float(lanes.node_lat[node]),
            [port.lon for port in ports],
            [port.lat for port in ports],
        )
        for node in nodes
    ]
    order = np.argsort(np.min(km, axis=0))
    return [ports[k] for k in order[:count].tolist()]


def through(gate: str, graph: SeaGraph, ports: Sequence[Place]) -> FloatArray:
    """Return the nm of the shortest ways between ports that pass a point of a gate."""
    lanes = load_sea_lanes()
    first, heads, length = graph.edges
    matrix = csr_matrix((length, heads, first), shape=(first.shape[0] - 1,) * 2)
    best = np.full((len(ports), len(ports)), np.inf)
    for point, node in zip(lanes.point_ids, lanes.point_node.tolist(), strict=True):
        if point.split("#")[0] == gate:
            far = dijkstra(matrix, indices=node)
            away = np.array(
                [min(far[end] + off for end, off in graph.access(port).ends) for port in ports]
            )
            best = np.minimum(best, away[:, None] + away[None, :])
    return best


def shut(gate: str, ports: Sequence[Place]) -> Shut:
    """Return what shutting a gate does to all pairs of ports.

    Every other gate is open but those for small ships, which only open for their own turn.
    """
    allow = [gate] if gate in shut_by_default() else []
    graph = sea_network().graph(arctic=True, kiel=True, allow=allow)
    before = distances(ports, arctic=True, kiel=True, allow=allow).nm
    after = distances(ports, avoid=[gate], arctic=True, kiel=True).nm
    passes = through(gate, graph, ports) <= before + ROUNDING_NM
    one, other = np.triu_indices(len(ports), 1)
    joined = np.isfinite(before[one, other])
    one, other = one[joined], other[joined]
    more = after[one, other] - before[one, other]
    passing = passes[one, other]

    def named(which: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> tuple[str, ...]:
        return tuple(
            f"{ports[i].id}-{ports[j].id} without {gate}: {after[i, j]:.3f} nm,"
            f" {before[i, j]:.3f} with it"
            for i, j in zip(one[which].tolist(), other[which].tolist(), strict=True)
        )

    return Shut(
        gate=gate,
        pairs=int(one.size),
        passing=int(passing.sum()),
        longer=int(((more > ROUNDING_NM) & np.isfinite(more)).sum()),
        cut_off=int(np.isinf(more).sum()),
        shorter=named(more < -ROUNDING_NM),
        changed=named(~passing & (np.abs(more) > ROUNDING_NM)),
    )


def stranded(gate: str, ports: Sequence[Place]) -> list[str]:
    """Return the ports that a shut gate parts from the largest sea, if it joins it otherwise."""
    closed = _apart(sea_network().graph(avoid=[gate], arctic=True, kiel=True), ports)
    return sorted(closed - _apart(sea_network().graph(arctic=True, kiel=True), ports))


def _apart(graph: SeaGraph, ports: Sequence[Place]) -> set[str]:
    """Return the ports that join no node of the largest part of the lanes."""
    first, heads, length = graph.edges
    matrix = csr_matrix((length, heads, first), shape=(first.shape[0] - 1,) * 2)
    parts = connected_components(matrix, directed=False)[1]
    largest = np.bincount(parts).argmax()
    return {
        port.id
        for port in ports
        if all(parts[node] != largest for node, _ in graph.access(port).ends)
    }


def asymmetric(ports: Sequence[Place]) -> list[str]:
    """Return neighbours in the list whose distance differs by direction."""
    faults = []
    for one, other in pairwise(ports):
        there, back = sea_distance(one, other), sea_distance(other, one)
        if not (there == back or abs(there - back) <= ROUNDING_NM):
            faults.append(f"{one.id}-{other.id}: {there:.4f} nm, {back:.4f} back")
    return faults


def shortcuts(ports: Sequence[Place]) -> list[str]:
    """Return pairs for which a way by a third port is shorter than the shortest way."""
    nm = distances(ports).nm
    faults = []
    for k, middle in enumerate(ports):
        by = nm[:, k, None] + nm[None, k, :]
        for i, j in zip(*np.nonzero(by < nm - ROUNDING_NM), strict=True):
            if i < j:
                faults.append(
                    f"{ports[i].id}-{ports[j].id}: {nm[i, j]:.4f} nm, {by[i, j]:.4f} by {middle.id}"
                )
    return faults


def turned(ports: Sequence[Place]) -> list[str]:
    """Return pairs whose distance changes when 360 degrees are added to a port's longitude.

    A port moved that way is not looked up, but joined to the lanes as any point is.
    """
    plain = distances(ports).nm
    faults = []
    for turn in (360.0, -360.0):
        moved = distances([replace(port, lon=port.lon + turn) for port in ports]).nm
        same = (moved == plain) | (np.abs(moved - plain) <= ROUNDING_NM)
        for i, j in zip(*np.nonzero(~same), strict=True):
            if i < j:
                faults.append(
                    f"{ports[i].id}-{ports[j].id}: {plain[i, j]:.4f} nm,"
                    f" {moved[i, j]:.4f} with longitudes {turn:+.0f}"
                )
    return faults


def gates_section(*, ports: int, seed: int) -> Section:
    """Return what every gate does, and the faults of symmetry, triangles and longitudes."""
    drawn = drawn_ports(ports, seed=seed)
    heads = f"{'gate shut':<28}{'pairs':>7}{'passing':>9}{'longer':>8}{'cut off':>9}"
    lines = [f"{heads}{'shorter':>9}{'changed':>9}"]
    failures: list[str] = []
    for gate in load_gates():
        near = [port for port in beside(gate.id, ports_on_lanes()) if port not in drawn]
        found = shut(gate.id, [*drawn, *near])
        lines.append(str(found))
        failures += [*found.shorter, *found.changed]
    open_coasts = [gate.id for gate in load_gates() if gate.id not in DEAD_ENDS]
    lines += [
        f"{gate} shut strands ports on an open coast: {', '.join(names)}"
        for gate in open_coasts
        if (names := stranded(gate, ports_on_lanes()))
    ]
    for title, faults in (
        ("another length backwards", asymmetric(drawn)),
        ("shorter by a third port", shortcuts(drawn)),
        ("another length with longitudes turned", turned(drawn)),
    ):
        lines.append(f"{title}: {len(faults)} pairs of {ports} ports")
        failures += faults
    shown = (*failures[:20], *([f"and {len(failures) - 20} more"] if len(failures) > 20 else []))
    return Section(title="Gates, symmetry, triangles", lines=tuple(lines), failures=shown)
