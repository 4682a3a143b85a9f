"""The layers of a corridor from an origin on, for any destination: all but its on-carriage."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from corridors.domain.scenario import Corridor, MustPass
from corridors.kept import Kept
from corridors.network.carriage import Carriage
from corridors.network.fan import Fan
from corridors.network.layers import (
    MAIN,
    Chain,
    IntArray,
    Near,
    SharedCarriage,
    entries_of,
    runs_forward,
)
from corridors.network.reach import by_node, reach
from corridors.network.topology import SINK, SOURCE, ArcKind, BoolArray, Topology

# The entries and directions that the destinations of one network need, for all corridors.
MOST_LAYERS = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Outward:
    """Nodes (state, entries reached, part) that the origin reaches, and arcs in CSR order.

    Node 0 is the source, 1 the sink, to which no arc leads. `base` is by arc that of the fan's
    topology. `complete` is by state the node of main carriage with all entries reached, -1 if there
    is none. `leaves` are the transfers of the topology by which on-carriage may begin. `mask` and
    `part` are by node as in `Layered`, with those of a destination for the sink.
    """

    state: IntArray
    mask: IntArray
    part: IntArray
    first_arc: IntArray
    tail: IntArray
    head: IntArray
    base: IntArray
    complete: IntArray
    leaves: BoolArray


@dataclass(frozen=True, slots=True)
class OutwardKey:
    """What the outward layers of a corridor take from the destination."""

    entries: tuple[MustPass, ...]
    forward: bool


def outward_key(corridor: Corridor, topology: Topology, near: Near) -> OutwardKey | None:
    """Return what the outward layers of a corridor take from the destination of a network.

    None if the destination satisfies an entry itself, which then counts in any order. `near` keeps
    distances for other destinations.
    """
    entries = entries_of(corridor, topology)
    if any(topology.destination in entry.any_of for entry in entries):
        return None
    return OutwardKey(entries, runs_forward(corridor, topology, near))


class OutwardLayers:
    """The outward layers of corridors on the network of a fan, each found once.

    Parameters
    ----------
    fan
        The network of all destinations.
    carriage
        The bounds of carriage.
    """

    def __init__(self, fan: Fan, carriage: Carriage) -> None:
        self.fan = fan
        self.carriage = carriage
        self._shared: SharedCarriage = {}
        self._known: Kept[Outward] = Kept(MOST_LAYERS)

    @cached_property
    def unbounded(self) -> OutwardLayers:
        """The same without bounds of carriage."""
        return OutwardLayers(self.fan, self.carriage.unbounded)

    def of(self, corridor: Corridor, key: OutwardKey, number: int) -> Outward:
        """Return the layers of a corridor for all destinations with a key, `number` among them."""
        return self._known.of((corridor.id, key), lambda: self._find(corridor, number))

    def _find(self, corridor: Corridor, number: int) -> Outward:
        topology = self.fan.nowhere_like(number)
        return _outward(Chain(corridor, topology, self.carriage, self._shared, fast=True), topology)


def _outward(chain: Chain, topology: Topology) -> Outward:
    parts = chain.outward()
    layers = len(parts)
    layer_of = {(part.mask, part.part): layer for layer, part in enumerate(parts)}
    number_of = np.full((chain.full + 1, 3), -1, np.int64)
    for (mask, part), layer in layer_of.items():
        number_of[mask, part] = layer
    base = np.concatenate([part.base for part in parts])
    tail_layer = np.concatenate([np.full(p.base.shape[0], n) for n, p in enumerate(parts)])
    head_layer = np.concatenate([number_of[part.head_mask, part.head_part] for part in parts])
    tail = topology.tail[base] * layers + tail_layer
    head = topology.head[base] * layers + head_layer
    nodes = topology.state_count * layers
    seen = reach(nodes, tail, head, SOURCE * layers, fast=True)
    keep = seen[tail]
    seen[SINK * layers] = True
    used = np.flatnonzero(seen)
    used = np.concatenate([[SOURCE * layers, SINK * layers], used[used >= 2 * layers]])
    node_of = np.full(nodes, -1, np.int64)
    node_of[used] = np.arange(used.shape[0])
    tail, head, base = node_of[tail[keep]], node_of[head[keep]], base[keep]
    first_arc, order = by_node(tail, used.shape[0], fast=True)
    complete = np.full(topology.state_count, -1, np.int64)
    last = layer_of.get((chain.full, MAIN))
    if last is not None:
        complete[:] = node_of[np.arange(topology.state_count) * layers + last]
        complete[[SOURCE, SINK]] = -1
    barred = chain.rules.barred(chain.full)
    stays = chain.into_main & ~barred.services[topology.service]
    mask_of_layer = np.array([part.mask for part in parts])
    part_of_layer = np.array([part.part for part in parts])
    mask_of = mask_of_layer[used % layers]
    mask_of[SINK] = chain.full
    return Outward(
        state=used // layers,
        mask=mask_of,
        part=part_of_layer[used % layers],
        first_arc=first_arc,
        tail=tail[order],
        head=head[order],
        base=base[order],
        complete=complete,
        leaves=(topology.kind == ArcKind.CHANGE) & chain.from_main & ~stays,
    )
