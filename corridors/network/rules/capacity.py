"""Find the arcs that use a capacity of a border, port or leg, and the share a shipment takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from corridors.data.names import capacity_title
from corridors.data.parameters import ParameterTable
from corridors.domain.places import Family
from corridors.domain.results import CapacityShare
from corridors.network.states.topology import SINK, ArcKind, Topology

FloatArray = npt.NDArray[np.float64]
MONTHS_A_YEAR, WEEKS_A_YEAR = 12.0, 52.0


def border_use(topology: Topology, scope: str) -> FloatArray:
    """Return by arc how often it crosses a border, `CN-KZ`, or `CN-KZ@place` for one station."""
    pair, _, place = scope.partition("@")
    wanted = sorted(pair.split("-"))
    crosses = np.array([sorted(c) == wanted for c in topology.countries])
    used = crosses[topology.country] & (topology.kind == ArcKind.LEG)
    if place:
        used &= _touches(topology, place)
    return np.asarray(used, float)


def ferry_use(topology: Topology, scope: str) -> FloatArray:
    """Return by arc how often it uses a ferry from or to a port."""
    ferries = np.array([s.family is Family.FERRY for s in topology.services])
    used = ferries[topology.service] & (topology.kind == ArcKind.LEG)
    return np.asarray(used & _touches(topology, scope), float)


def port_use(topology: Topology, scope: str) -> FloatArray:
    """Return by arc the number of moves over the quay of a port; ship to ship is two."""
    sails = np.array([s.family is Family.SEA for s in topology.services])
    state = np.where(topology.kind == ArcKind.LOAD, topology.head, topology.tail)
    handled = (topology.kind != ArcKind.LEG) & (state > SINK)
    here = np.array([place.id == scope for place in topology.places])
    handled &= here[topology.state_place[state]]
    moves = sails[topology.service].astype(float)
    change = topology.kind == ArcKind.CHANGE
    moves[change] += sails[topology.state_service[topology.tail[change]]]
    return np.where(handled, moves, 0.0)


def rail_use(topology: Topology, scope: str) -> FloatArray:
    """Return by arc how often it uses a rail leg, named by its id."""
    named = np.array([leg.id == scope for leg in topology.legs], bool)
    legs = topology.leg >= 0
    used = np.zeros(topology.arc_count)
    used[legs] = named[topology.leg[legs]]
    return used


def sailing_use(topology: Topology, scope: str) -> FloatArray:
    """Return by arc how often a box boards a ship class."""
    is_class = np.array([service.id == scope for service in topology.services])
    boards = (topology.kind == ArcKind.LOAD) | (topology.kind == ArcKind.CHANGE)
    return np.asarray(boards & is_class[topology.service], float)


def passes(topology: Topology, kind: str, key: str) -> npt.NDArray[np.bool_]:
    """Return which arcs lie in a country or enter a gate."""
    if kind == "country":
        inside = np.array([key in c for c in topology.countries])
        return np.asarray(inside[topology.country])
    gates = np.array([key in (place.gate, place.id) for place in topology.places])
    entered = topology.head > SINK
    found = np.zeros(topology.arc_count, bool)
    found[entered] = gates[topology.state_place[topology.head[entered]]]
    return found


def _touches(topology: Topology, place: str) -> npt.NDArray[np.bool_]:
    here = np.array([p.id == place for p in topology.places])
    inner = (topology.tail > SINK) & (topology.head > SINK)
    found = np.zeros(topology.arc_count, bool)
    tail = topology.state_place[topology.tail[inner]]
    head = topology.state_place[topology.head[inner]]
    found[inner] = here[tail] | here[head]
    return found


USERS = {
    "border.capacity_teu_per_week": border_use,
    "ferry.capacity_teu_per_week": ferry_use,
    "port.capacity_teu_per_week": port_use,
    "rail.capacity_teu_per_week": rail_use,
    "sea.capacity_teu_per_week": sailing_use,
}


class ListedCapacities:
    """The listed capacities on one network, for one shipment.

    Parameters
    ----------
    topology
        The network.
    parameters
        The table with the rows `*.capacity_teu_per_week`.
    teu_per_month
        Volume of the shipment.
    """

    def __init__(
        self, topology: Topology, parameters: ParameterTable, teu_per_month: float
    ) -> None:
        self._teu_per_week = teu_per_month * MONTHS_A_YEAR / WEEKS_A_YEAR
        self._used: list[tuple[str, float, FloatArray]] = []
        for row in parameters.rows:
            if row.parameter in USERS:
                used = topology.once(
                    (row.parameter, row.scope),
                    lambda: USERS[row.parameter](topology, row.scope),  # noqa: B023 called at once
                )
                name = f"{row.parameter.partition('.')[0]} {row.scope}"
                if used.any():
                    self._used.append((name, row.value, used))

    def along(self, arcs: Sequence[int]) -> tuple[CapacityShare, ...]:
        """Return the capacities that arcs use, and the share of each that all TEU would take."""
        found = []
        for name, teu_per_week, used in self._used:
            amount = float(used[list(arcs)].sum())
            if amount > 0.0:
                asked = amount * self._teu_per_week
                # A capacity of 0 is exceeded by any volume.
                share = asked / teu_per_week if teu_per_week > 0.0 else float("inf")
                found.append(
                    CapacityShare(
                        place=name,
                        teu_per_week=teu_per_week,
                        asked_teu_per_week=asked,
                        used_share=share,
                    )
                )
        return tuple(found)


def capacity_warnings(shares: Sequence[CapacityShare], most: float) -> Iterator[str]:
    """Yield a warning for each capacity of which more than the share `most` would be used."""
    for share in shares:
        if share.used_share > most + 1e-9:
            part = f"{share.used_share:.0%}" if share.teu_per_week > 0.0 else "more than all"
            yield (
                f"{capacity_title(share.place)}: {share.asked_teu_per_week:,.0f} TEU per week are"
                f" {part} of its capacity of {share.teu_per_week:,.0f}, more than the {most:.0%}"
                " that one shipper is assumed to get"
            )
