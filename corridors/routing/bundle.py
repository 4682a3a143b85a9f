"""The network bundle of two ends: network, corridor layers and price groups."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from corridors.costing.groups import PricedGroups, group_arcs
from corridors.costing.policy import ends_halves, leg_halves
from corridors.data.own import Overlay, shipped_overlay
from corridors.data.parameters import load_parameters
from corridors.domain.places import Service
from corridors.domain.scenario import Corridor
from corridors.network.build import build_topology
from corridors.network.calendar import RuleArcs
from corridors.network.carriage import NO_CARRIAGE, Carriage
from corridors.network.drayage import AccessRadius
from corridors.network.layers import Layered, SharedCarriage, layer
from corridors.network.locate import Place
from corridors.network.topology import Topology


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

    origin: Place
    destination: Place
    services: tuple[Service, ...]
    access: AccessRadius
    corridors: tuple[Corridor, ...]
    drafts: tuple[tuple[str, float], ...] = ()
    overlay: Overlay = field(default_factory=shipped_overlay)
    projects: tuple[str, ...] = ()
    carriage: Carriage = NO_CARRIAGE
    any_hull_in_ice: bool = False


def build_bundle(key: BundleKey) -> NetworkBundle:
    """Build the network between two places and its layers.

    Raises
    ------
    EndError
        Origin and destination are the same place, or no service reaches one of them.
    """
    named = {place for c in key.corridors for entry in c.must_pass for place in entry.any_of}
    topology = build_topology(
        key.origin,
        key.destination,
        key.services,
        access_km=key.access.door_km,
        city_km=key.access.city_km,
        must_include=named,
        drafts=key.drafts,
        overlay=key.overlay,
        projects=key.projects,
        any_hull_in_ice=key.any_hull_in_ice,
    )
    shared: SharedCarriage = {}
    layers = tuple(
        layer(corridor, topology, key.carriage, shared=shared) for corridor in key.corridors
    )
    used = np.unique(np.concatenate([layered.base for layered in layers]))
    groups = group_arcs(topology, used, halves=leg_halves(topology, load_parameters()))
    return NetworkBundle(
        topology=topology,
        layers=layers,
        groups=groups,
        rule_arcs=RuleArcs(topology),
        halves=ends_halves(topology, load_parameters()),
        carriage=key.carriage,
    )
