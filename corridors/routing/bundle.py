"""The network bundle of two ends: network, corridor layers and price groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from corridors.costing.groups import PricedGroups, group_arcs
from corridors.costing.policy import ends_halves, leg_halves
from corridors.data.parameters import load_parameters
from corridors.domain.scenario import Corridor
from corridors.network.base import BaseKey, BaseNetwork
from corridors.network.calendar import RuleArcs
from corridors.network.carriage import NO_CARRIAGE, Carriage
from corridors.network.drayage import AccessRadius
from corridors.network.ends import attach
from corridors.network.fan import Fan
from corridors.network.layers import Layered, SharedCarriage, layer
from corridors.network.locate import Place
from corridors.network.topology import ArcKind, Topology


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkBundle:
    """What does not depend on prices and dates: the network and its corridor layers.

    `halves` is the number of ends in the EU or EEA, 0 to 2.
    """

    topology: Topology
    layers: tuple[Layered, ...]
    groups: PricedGroups
    rule_arcs: RuleArcs
    halves: int
    carriage: Carriage


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleKey:
    """Everything that a network bundle depends on."""

    base: BaseKey
    origin: Place
    destination: Place
    access: AccessRadius
    corridors: tuple[Corridor, ...]
    carriage: Carriage = NO_CARRIAGE


def named_by(corridors: Iterable[Corridor]) -> frozenset[str]:
    """Return the terminals and gates that corridors pass, which their network must have."""
    return frozenset(place for c in corridors for entry in c.must_pass for place in entry.any_of)


def build_bundle(key: BundleKey, base_of: Callable[[BaseKey], BaseNetwork]) -> NetworkBundle:
    """Build the network between two places and its layers.

    `base_of` returns the base network of a key, new or kept.

    Raises
    ------
    EndError
        Origin and destination are the same place, or no service reaches one of them.
    """
    topology = attach(base_of(key.base), key.origin, key.destination, key.access)
    shared: SharedCarriage = {}
    # A single corridor is cut in less time than it takes to load what is compiled.
    fast = len(key.corridors) > 1
    layers = tuple(
        layer(corridor, topology, key.carriage, shared=shared, fast=fast)
        for corridor in key.corridors
    )
    used = np.zeros(topology.arc_count, bool)
    for layered in layers:
        used[layered.base] = True
    groups = group_arcs(
        topology, np.flatnonzero(used), halves=leg_halves(topology, load_parameters())
    )
    return NetworkBundle(
        topology=topology,
        layers=layers,
        groups=groups,
        rule_arcs=RuleArcs(topology),
        halves=ends_halves(topology, load_parameters()),
        carriage=key.carriage,
    )


def fan_bundle(fan: Fan, key: BundleKey) -> NetworkBundle:
    """Return the bundle of a network to many terminals for one of them, without layers.

    It serves all that have the rules of this one, and as many ends under the rules of emissions.
    """
    topology = replace(fan.topology, destination=key.destination.id)
    present = np.flatnonzero(topology.kind != ArcKind.ABSENT)
    return NetworkBundle(
        topology=topology,
        layers=(),
        groups=group_arcs(topology, present, halves=leg_halves(topology, load_parameters())),
        rule_arcs=RuleArcs(topology),
        halves=ends_halves(topology, load_parameters()),
        carriage=key.carriage,
    )
