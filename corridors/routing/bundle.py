"""The network bundle of a question: network, corridor layers and price groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from corridors.arrays import BoolArray
from corridors.bounded_cache import BoundedCache
from corridors.costing.groups import PricedGroups, group_arcs
from corridors.costing.ships import ends_halves, leg_halves
from corridors.data.parameters import load_parameters
from corridors.domain.scenario import Corridor
from corridors.network.corridor import NO_CARRIAGE, Carriage, CorridorLayers, Layered
from corridors.network.hauls import connect
from corridors.network.land.drayage_legs import AccessRadius
from corridors.network.locate import Place
from corridors.network.rules.calendar import RuleArcs
from corridors.network.states.base import BaseKey, BaseNetwork
from corridors.network.states.topology import ArcKind, Topology

# Layers that are kept in all bundles of a session: of some twenty corridors, in a few months. With
# what was searched on them, one takes some 5 MB.
MOST_KNOWN = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkBundle:
    """What does not depend on prices and dates: the network and its corridor layers.

    `topology` is the network of one destination, with what is added for others if there are any.
    `layers` are by corridor those of a bundle to one destination, `layering` builds others. `known`
    keeps those of any way, and those in which only lines of a day run.
    `halves` is the number of ends in the EU or EEA, 0 to 2.
    """

    topology: Topology
    layering: CorridorLayers
    layers: tuple[Layered, ...]
    groups: PricedGroups
    rule_arcs: RuleArcs
    halves: int
    known: BoundedCache[Layered] = field(
        default_factory=lambda: BoundedCache(MOST_KNOWN), repr=False, compare=False
    )

    def of(self, destination: str) -> NetworkBundle:
        """Return the bundle with the rules and price groups of one of its destinations."""
        if destination == self.topology.destination:
            return self
        topology = replace(self.topology, destination=destination)
        return _with_groups(topology, self.layering, self.layers)

    def free_searches(self, most: int = 0) -> None:
        """Free what was searched on each layer, but the `most` shapes and problems used last."""
        for layered in (*self.layers, *self.known.values()):
            layered.kept.shrink(most)


def bound_known(bundles: Sequence[NetworkBundle]) -> None:
    """Keep `MOST_KNOWN` layers of known ways in all, those of the bundles used last, at the end."""
    left = MOST_KNOWN
    for bundle in reversed(bundles):
        bundle.known.shrink(left)
        left -= len(bundle.known)


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleKey:
    """Everything that a network bundle depends on.

    Several destinations share a network, and its corridors have no layers until they are asked for.
    """

    base: BaseKey
    origin: Place
    destinations: tuple[Place, ...]
    access: AccessRadius
    corridors: tuple[Corridor, ...]
    carriage: Carriage = NO_CARRIAGE


def named_by(corridors: Iterable[Corridor]) -> frozenset[str]:
    """Return the terminals and gates that corridors pass, which their network must have."""
    return frozenset(place for c in corridors for entry in c.must_pass for place in entry.any_of)


def build_bundle(key: BundleKey, base: BaseNetwork) -> NetworkBundle:
    """Build the network between an origin and its destinations, with the rules of the first.

    `base` is the network of `key.base`.

    Raises
    ------
    EndError
        Origin and destination are the same place, or no service reaches one of them.
    """
    network = connect(base, key.origin, key.destinations, key.access)
    layering = CorridorLayers(network, key.carriage)
    alone = len(key.destinations) == 1
    layers = tuple(layering.to(corridor) for corridor in key.corridors) if alone else ()
    return _with_groups(network.topology, layering, layers)


def _with_groups(
    topology: Topology, layering: CorridorLayers, layers: tuple[Layered, ...]
) -> NetworkBundle:
    """Return a bundle that prices the arcs of its layers, or all arcs if it has none yet."""
    used: BoolArray = topology.kind != ArcKind.ABSENT
    if layers:
        used = np.zeros(topology.arc_count, bool)
        for layered in layers:
            used[layered.base] = True
        # Boxes change from ship to ship of one class only where lines meet.
        used |= topology.relays()
    halves = leg_halves(topology, load_parameters())
    return NetworkBundle(
        topology=topology,
        layering=layering,
        layers=layers,
        groups=group_arcs(topology, np.flatnonzero(used), halves=halves),
        rule_arcs=RuleArcs(topology),
        halves=ends_halves(topology, load_parameters()),
    )
