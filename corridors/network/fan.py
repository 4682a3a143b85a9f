"""Attach many destinations to one network, each as if it were the only one.

A network between two ends differs from that to another destination by the legs of a port that the
base network lacks and by where boxes are unloaded. Here all of them are attached at once, so that
prices are found once, and a view of the network rules out what belongs to other destinations. Arcs
and states of a view have the order that they have in the network of its two ends alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from corridors.data.geodata import load_sea_legs
from corridors.errors import EndError
from corridors.network.base import BaseNetwork
from corridors.network.drayage import AccessRadius
from corridors.network.ends import (
    add_handling,
    add_ports,
    freeze,
    handled_at,
    on_the_lanes,
    reached_by_road,
    unserved,
)
from corridors.network.locate import Place
from corridors.network.topology import ArcKind, IntArray, Topology

NOBODY = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Fan:
    """The network between an origin and many terminals.

    `topology` has what is attached for all destinations. `owner` is by arc the number of the
    destination that it is attached for, -1 for the arcs of all, and `state_owner` the same by
    state; `destinations` are their ids.
    """

    topology: Topology
    owner: IntArray
    state_owner: IntArray
    destinations: tuple[str, ...]

    @property
    def served(self) -> dict[str, int]:
        """The numbers of the destinations at which something can be unloaded, by id."""
        unloads = self.topology.kind == ArcKind.UNLOAD
        numbers = np.unique(self.owner[unloads]).tolist()
        return {self.destinations[number]: number for number in numbers}

    def towards(self, number: int) -> Topology:
        """Return the network to one destination: arcs attached for others are absent."""
        foreign = (self.owner != NOBODY) & (self.owner != number)
        return replace(
            self.topology,
            kind=np.where(foreign, ArcKind.ABSENT, self.topology.kind),
            destination=self.destinations[number],
        )

    def nowhere_like(self, number: int) -> Topology:
        """Return the network with the country of a destination, but without a place to unload."""
        unloads = self.topology.of_kind(ArcKind.UNLOAD)
        return replace(
            self.topology,
            kind=np.where(unloads, ArcKind.ABSENT, self.topology.kind),
            destination=self.destinations[number],
        )


def joins_a_fan(destination: Place, origin: Place, base: BaseNetwork) -> bool:
    """Return whether a destination can be one of a fan: a terminal inland or on shipped sea legs.

    A city or a point has terminals of its own choice, and a user's port its own legs.
    """
    terminal = destination.terminal
    if terminal is None or destination.by_road or not destination.country:
        return False
    if destination.id in {origin.id, *(member.id for member in origin.members)}:
        return False
    name = terminal.id
    on_legs = name in base.points or name in load_sea_legs().point_ids
    return name == destination.id and (on_legs or not base.access.takes.get(name))


def attach_each(
    base: BaseNetwork, origin: Place, destinations: Sequence[Place], radius: AccessRadius
) -> Fan:
    """Return the network between an origin and terminals, to each of which it is that of `attach`.

    Parameters
    ----------
    base
        The network of services, gates and hubs.
    origin
        Any place.
    destinations
        Terminals that `joins_a_fan` admits. Those at which nothing can be unloaded have no arcs.
        Their prices and rules may differ, but not their corridors and services.
    radius
        How far the origin is trucked to terminals.

    Raises
    ------
    EndError
        No service reaches the origin.
    """
    services, terminals = base.key.services, base.key.overlay.terminals
    draft = base.draft.to_attach()
    names = [destination.id for destination in destinations]
    pairs = [(origin, destination) for destination in destinations]
    by_road = reached_by_road(pairs[0], services, terminals, radius=radius)
    at_sea = dict.fromkeys(place for pair in pairs for place in on_the_lanes(pair, by_road))
    new = [name for name in names if name not in base.points]
    yards = [yard for yards in by_road.values() for yard in yards]
    add_ports(draft, base, [*at_sea, *yards], apart=frozenset(new))
    reached = {state[:2] for state in draft.states}
    loaded = handled_at(origin, by_road, draft, reached)
    if not loaded:
        raise EndError(unserved(origin, by_road, base), key="origin")
    unloaded = [one for place in destinations for one in handled_at(place, by_road, draft, reached)]
    for end in (origin, *destinations):
        draft.place_index.setdefault(end.id, len(draft.place_index))
    add_handling(draft, loaded, ArcKind.LOAD)
    add_handling(draft, unloaded, ArcKind.UNLOAD)
    ends = (origin, *destinations, *at_sea)
    topology = freeze(base, draft, ends, frozenset(one.place for one in loaded))
    number_of = {name: number for number, name in enumerate(names)}
    of_place = np.array([number_of.get(place.id, NOBODY) for place in topology.places])
    of_state = of_place[np.maximum(topology.state_place, 0)]
    of_state[topology.state_place < 0] = NOBODY
    state_owner = of_state.copy()
    state_owner[: len(base.draft.state_place)] = NOBODY
    owner = np.maximum(state_owner[topology.tail], state_owner[topology.head])
    unloads = topology.kind == ArcKind.UNLOAD
    owner[unloads] = of_state[topology.tail[unloads]]
    return Fan(topology=topology, owner=owner, state_owner=state_owner, destinations=tuple(names))
