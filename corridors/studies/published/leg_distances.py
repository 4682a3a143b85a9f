"""Shortest routes on the shipped legs by length alone, without ship size, price or date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from corridors.arrays import FloatArray, IntArray
from corridors.data.geodata import load_gates, load_rail_legs, load_sea_legs
from corridors.errors import GeodataError
from corridors.studies.published.cases import Case, Ours, SeaRoute
from corridors.units import km_from_nm, nm_from_km

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

SHARE = "fraction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Legs:
    """Undirected legs between named places, the shortest of each pair; lengths in km."""

    names: tuple[str, ...]
    ends: IntArray
    km: FloatArray

    def search(self, starts: Sequence[str], barred: frozenset[str]) -> dict[str, FloatArray]:
        """Return for each start the km to every place by routes that avoid the barred places.

        Raises
        ------
        GeodataError
            No leg ends at a start.
        """
        from scipy.sparse.csgraph import dijkstra

        index, graph = self._known(starts), self._open(barred)
        numbers = [index[name] for name in starts]
        return dict(zip(starts, dijkstra(graph, directed=False, indices=numbers), strict=True))

    def path(self, start: str, end: str, barred: frozenset[str]) -> tuple[float, list[str]]:
        """Return the km of the shortest route that avoids the barred places, and its places.

        The km are infinite, and there are no places, where no route leads.

        Raises
        ------
        GeodataError
            No leg ends at the start or the end.
        """
        from scipy.sparse.csgraph import dijkstra

        index = self._known((start, end))
        away, before = dijkstra(
            self._open(barred), directed=False, indices=index[start], return_predecessors=True
        )
        place, places = index[end], []
        if np.isfinite(away[place]):
            while place >= 0:
                places.append(self.names[place])
                place = int(before[place])
        return float(away[index[end]]), places

    def _known(self, names: Sequence[str]) -> dict[str, int]:
        index = self.index()
        if unknown := [name for name in names if name not in index]:
            msg = f"published cases: no leg at {', '.join(unknown)}"
            raise GeodataError(msg)
        return index

    def _open(self, barred: frozenset[str]) -> csr_matrix:
        """Return the matrix of the legs between places that are not barred."""
        from scipy.sparse import csr_matrix

        closed = np.array([name in barred for name in self.names])
        open_legs = ~(closed[self.ends[:, 0]] | closed[self.ends[:, 1]])
        tail, head = self.ends[open_legs].T
        size = len(self.names)
        return csr_matrix((self.km[open_legs], (tail, head)), shape=(size, size))

    def index(self) -> dict[str, int]:
        """Return the number of each place."""
        return {name: number for number, name in enumerate(self.names)}


def shortest_of_each_pair(pairs: Sequence[tuple[str, str]], km: Sequence[float]) -> Legs:
    """Return legs that join each pair of places once, by the shortest leg."""
    best: dict[tuple[str, str], float] = {}
    for (one, two), length in zip(pairs, km, strict=True):
        key = (min(one, two), max(one, two))
        best[key] = min(length, best.get(key, np.inf))
    names = tuple(sorted({name for pair in best for name in pair}))
    index = {name: number for number, name in enumerate(names)}
    ends = np.array([(index[one], index[two]) for one, two in best], np.int64)
    return Legs(names=names, ends=ends, km=np.array(list(best.values())))


class Rail:
    """Routes by rail over every system."""

    def __init__(self) -> None:
        legs = [leg for leg in load_rail_legs() if not leg.project]
        self._legs = shortest_of_each_pair(
            [(leg.from_id, leg.to_id) for leg in legs], [leg.length_km for leg in legs]
        )

    def km(self, stops: Sequence[Sequence[str]], avoid: Sequence[str]) -> float:
        """Return the km of the shortest routes past each list of stops, summed over the lists.

        A route turns back at no stop: each stretch avoids the places passed before it, unless its
        end can then not be reached, as from a yard at the end of a spur.
        """
        return sum(self._past(part, frozenset(avoid)) for part in stops)

    def _past(self, stops: Sequence[str], avoid: frozenset[str]) -> float:
        passed: set[str] = set()
        total = 0.0
        for one, two in pairwise(stops):
            km, places = self._legs.path(one, two, avoid | (passed - {one, two}))
            if not np.isfinite(km):
                km, places = self._legs.path(one, two, avoid)
            passed.update(places)
            total += km
        return total


class Sea:
    """Routes by sea through named gates, with others barred."""

    def __init__(self) -> None:
        legs, gates = load_sea_legs(), load_gates()
        names = legs.point_ids
        self._points = {gate.id: gate.points for gate in gates}
        canals = legs.leg_gate >= 0
        pairs = [(names[a], names[b]) for a, b in zip(legs.leg_from, legs.leg_to, strict=True)]
        km = [km_from_nm(float(nm)) for nm in legs.leg_nm]
        self._legs = shortest_of_each_pair(pairs, km)
        self._index = self._legs.index()
        self._canal_km = {
            gates[int(gate)].id: km[row]
            for row, gate in zip(np.flatnonzero(canals), legs.leg_gate[canals], strict=True)
        }
        self._searches: dict[SeaRoute, dict[str, FloatArray]] = {}

    def prepare(self, wanted: Mapping[SeaRoute, set[str]]) -> None:
        """Search once for each route, from its ends and from its gates."""
        for route, ends in wanted.items():
            gates = {point for gate in route.passes for point in self._points[gate]}
            barred = frozenset(point for gate in route.bars for point in self._points[gate])
            self._searches[route] = self._legs.search(sorted(ends | gates), barred)

    def km(self, origin: str, destination: str, route: SeaRoute) -> float:
        """Return the least km through every gate of a route, in order or reversed.

        A canal is passed from end to end, any other gate at one of its points.
        """
        away = self._searches[route]

        def through(gates: Sequence[str]) -> float:
            reached = {origin: 0.0}
            for gate in gates:
                reached = {
                    leaves: min(
                        km + float(away[place][self._index[enters]]) + crossing
                        for place, km in reached.items()
                    )
                    for enters, leaves, crossing in self._crossings(gate)
                }
            last = self._index[destination]
            return min(km + float(away[place][last]) for place, km in reached.items())

        return min(through(route.passes), through(route.passes[::-1]))

    def _crossings(self, gate: str) -> list[tuple[str, str, float]]:
        """Return the ways to pass a gate: point of entry, point of exit, km between them."""
        points = self._points[gate]
        if gate not in self._canal_km:
            return [(point, point, 0.0) for point in points]
        one, two = points
        return [(one, two, self._canal_km[gate]), (two, one, self._canal_km[gate])]


def measured_sea(cases: Sequence[Case]) -> dict[str, Ours]:
    """Return our distances by sea by case id, in the unit of the case."""
    sea = Sea()
    wanted: dict[SeaRoute, set[str]] = {}
    for case in cases:
        for route in (case.sea_route, case.less_sea_route):
            if route is not None:
                wanted.setdefault(route, set()).update((case.origin, case.destination))
    sea.prepare(wanted)
    found = {}
    for case in cases:
        if case.sea_route is None:
            continue
        km = sea.km(case.origin, case.destination, case.sea_route)
        if case.less_sea_route is not None:
            longer = sea.km(case.origin, case.destination, case.less_sea_route)
            km = (longer - km) / longer if case.unit == SHARE else longer - km
        found[case.id] = Ours(nm_from_km(km) if case.unit == "nm" else km)
    return found


def measured_rail(cases: Sequence[Case]) -> dict[str, Ours]:
    """Return our distances by rail in km, by case id."""
    rail = Rail()
    return {case.id: Ours(rail.km(case.stops, case.avoid)) for case in cases}
