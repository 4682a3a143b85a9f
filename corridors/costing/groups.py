"""Arcs that take the same rate and the same operation, whatever prices and dates are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corridors.network.topology import ArcKind, Topology

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArcGroups:
    """Groups of the arcs that some corridor can use.

    By arc of the topology: `rate` and `operation`, the number of its group, -1 for an arc that has
    none or is not used. `rate_of` gives (service, country, halves) of a rate group (halves of its
    fuel that the EU rules count, see `policy`); `operation_of` one arc of an operation group, which
    stands for all. `eca_km` is (arc, area): km inside each emission control area.
    `hours` are those of the arcs over a user's own legs that have some, else nan; None where no
    leg has.
    """

    arcs: IntArray
    rate: IntArray
    rate_of: tuple[tuple[int, int, int], ...]
    operation: IntArray
    operation_of: tuple[int, ...]
    eca_km: FloatArray
    hours: FloatArray | None = None


def group_arcs(topology: Topology, arcs: IntArray, *, halves: IntArray | None = None) -> ArcGroups:
    """Return the groups of these arcs.

    Parameters
    ----------
    topology
        The network.
    arcs
        Indices of the arcs that some corridor can use, each once.
    halves
        By arc of the topology, the halves of its fuel that the EU rules count; none where None.
    """
    rate, operation = (np.full(topology.arc_count, -1, np.int64) for _ in range(2))
    # A transfer does not run, and a canal is passed as an operation.
    running = arcs[(topology.kind[arcs] == ArcKind.LEG) & (topology.canal[arcs] < 0)]
    counted = np.zeros(topology.arc_count, np.int64) if halves is None else halves
    columns = (topology.service, topology.country, counted)
    first, group = _grouped(*(column[running] for column in columns))
    rate[running] = group
    rows = np.stack([column[running[first]] for column in columns], axis=1).tolist()
    keys = [(service, country, halves_of) for service, country, halves_of in rows]
    first, group = _grouped(*_operation_key(topology, arcs))
    operation[arcs] = group
    return ArcGroups(
        arcs=arcs,
        rate=rate,
        rate_of=tuple(keys),
        operation=operation,
        operation_of=tuple(arcs[first].tolist()),
        eca_km=_eca_km(topology),
        hours=_own_hours(topology),
    )


def _own_hours(topology: Topology) -> FloatArray | None:
    own = [leg.land.hours if leg.land is not None else None for leg in topology.legs]
    if all(hours is None for hours in own):
        return None
    of_leg = np.array([*(np.nan if hours is None else hours for hours in own), np.nan])
    found: FloatArray = of_leg[topology.leg]
    return found


def _eca_km(topology: Topology) -> FloatArray:
    count = max((len(leg.eca_km) for leg in topology.legs), default=0)
    of_leg = np.zeros((len(topology.legs) + 1, count))  # the last row is for arcs without a leg
    for number, leg in enumerate(topology.legs):
        if leg.eca_km:
            of_leg[number] = leg.eca_km
    found: FloatArray = of_leg[topology.leg]
    return found


def _operation_key(topology: Topology, arcs: IntArray) -> tuple[IntArray, ...]:
    """Return what the operation of an arc depends on, a column a part."""
    kind = topology.kind[arcs]
    is_leg = kind == ArcKind.LEG
    at_head = is_leg | (kind == ArcKind.LOAD)
    tail, head = topology.tail[arcs], topology.head[arcs]
    place = topology.state_place[np.where(at_head, head, tail)]
    gate = np.array([bool(here.gate) for here in topology.places])
    place = np.where(is_leg & ~gate[place], -1, place)
    border = np.array([len(codes) > 1 for codes in topology.countries])
    return (
        kind,
        topology.service[arcs],
        np.where(is_leg, -1, topology.state_service[tail]),
        place,
        np.where(border[topology.country[arcs]], topology.country[arcs], -1),
        topology.canal[arcs],
    )


def _grouped(*columns: IntArray) -> tuple[IntArray, IntArray]:
    """Return the first row of each group of equal rows, in order of first rows, and the groups."""
    if columns[0].size == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    order = np.lexsort(columns)
    starts = np.zeros(order.shape[0], bool)
    starts[0] = True
    for column in columns:
        starts[1:] |= np.diff(column[order]) != 0
    of_row = np.empty(order.shape[0], np.int64)
    of_row[order] = np.cumsum(starts) - 1
    first = order[starts]  # lexsort is stable: the first of equal rows
    by_first = np.argsort(first)
    renumbered = np.empty(first.shape[0], np.int64)
    renumbered[by_first] = np.arange(first.shape[0])
    return first[by_first], renumbered[of_row]
