"""Which ways are on a lane that is quoted: a walk through stages, beside the layers of a corridor.

A lane is a filter and one amount. Boxes are hauled inside the region of origin, are on the ship or
train of one lane, and are hauled inside the region of destination:

- *hauled*: any service inside its region at cost; ships only as feeders, on their own coast.
- *on a ship*: from a port of the lane to one of its other side, where its amount is paid; boxes may
  change ships. No ship through Arctic ice is on a lane.
- *on a train*: the amount is paid where the train comes to the broad gauge, by the service there
  (`rail/tsr-1520` is by Siberia); it runs on by rail alone,
  on rails as those of the reference way.

So a way on a lane pays one amount, once. A truck or a ferry between the two regions is on none, nor
is a ship after a train. A way that is on several, as when it meets ports of two, pays the least.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from corridors.arrays import BoolArray, IntArray
from corridors.costing.market import Market, Quote
from corridors.data.access import region_of
from corridors.data.geodata import is_broad, load_terminals, load_trunk_places
from corridors.data.lines import Stop, stop_of
from corridors.domain.places import Family, Service
from corridors.domain.values import BillLine
from corridors.network.corridor import Layered, new_cache, on_paths
from corridors.network.states.chain import LayerArcs
from corridors.network.states.topology import SINK, SOURCE, ArcKind, NetworkPlace, Topology

# Stages of a way: before any lane, then two by lane: on its ship unpaid, or paid.
BEFORE = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What a way pays on its lane: the scope of the amount, its line, and at which of its arcs."""

    at: int
    scope: str
    line: BillLine


class Stages:
    """The stages of ways on a network, by the lanes between its ends.

    `moves` are (stage before, stage after, by arc whether it leads from the one to the other).

    Parameters
    ----------
    topology
        The network.
    market
        What is quoted between its ends.
    near_km
        How far from a port of a lane its freights hold.
    ends
        The countries of origin and destination.
    """

    def __init__(
        self, topology: Topology, market: Market, *, near_km: float, ends: tuple[str, str]
    ) -> None:
        self.topology = topology
        self.quotes = market.quotes
        self._near_km = near_km
        regions = [region_of(place.country) for place in topology.places]
        # The last place stands for source and sink.
        self._here, self._there = (
            np.array([*(one == region_of(end) for one in regions), False]) for end in ends
        )
        self.moves = tuple(self._moves())

    @property
    def count(self) -> int:
        """The number of stages."""
        return 1 + 2 * len(self.quotes)

    def lane_of(self, stage: IntArray) -> IntArray:
        """Return the numbers of the lanes of stages, from 1 on, below 0 where not yet paid."""
        lane = (stage + 1) // 2
        return np.where(stage % 2 == 1, -lane, lane)

    def _moves(self) -> list[tuple[int, int, BoolArray]]:
        t = self.topology
        kind, tail, head = t.kind, t.tail, t.head
        before, after = t.state_service[tail], t.state_service[head]
        begins, ends = t.state_place[tail], t.state_place[head]
        is_leg, unloads = kind == ArcKind.LEG, kind == ArcKind.UNLOAD
        here, there, trunk = self._here, self._there, load_trunk_places()
        sails, by_rail, broad = (
            np.array([*map(of, t.services), False]) for of in (_sails, _runs_on_rails, is_broad)
        )
        # Straits that name no main carriage, by which feeders sail too.
        straits = np.array([*(bool(p.gate) and p.gate not in trunk for p in t.places), False])
        # A transfer is at one place; that of source and sink is none.
        at = np.where(tail == SOURCE, ends, begins)
        sea_leg = is_leg & sails[after] & (t.area == 0)
        dry_leg = is_leg & ~sails[after]

        def hauls(region: BoolArray, coast: BoolArray) -> BoolArray:
            by_land, met = dry_leg & region[begins] & region[ends], coast | straits
            found: BoolArray = by_land | (sea_leg & met[begins] & met[ends])
            return found

        transfers = (kind == ArcKind.LOAD) | (kind == ArcKind.CHANGE)
        # A train goes on to where the broad gauge begins, in whatever country.
        to_gauge = by_rail[after] & ~broad[after] & (is_leg | (transfers & by_rail[before]))
        hauled = hauls(here, here) | (transfers & here[at])
        trains = [q.way.broad for q in self.quotes if q.way.broad]
        found = [(BEFORE, BEFORE, hauled | to_gauge if trains else hauled)]
        for number, quote in enumerate(self.quotes):
            on, paid = 1 + 2 * number, 2 + 2 * number
            lifted = (transfers | unloads) & there[at]
            if not quote.way.broad:
                loads, discharges = (self._ports(quote, at_origin=side) for side in (True, False))
                boards = transfers & sails[after] & loads[at]
                changes = transfers & sails[before] & sails[after]
                leaves = (transfers | unloads) & sails[before] & discharges[at]
                found += [
                    (BEFORE, on, boards),
                    (on, on, sea_leg | changes),
                    (on, paid, leaves),
                    (paid, paid, hauls(there, discharges) | lifted),
                ]
                continue
            # The first way stands for trains without one of their own, as by Mongolia.
            of_way = [one.id if one.id in trains else trains[0] for one in t.services]
            mine = broad & np.array([*(name == quote.way.broad for name in of_way), False])
            comes = transfers & mine[after] & ~broad[before] & (by_rail[before] | here[at])
            # Beyond the broad gauge it takes the rails of the reference way or of the region: a
            # train by Iran is another one.
            quoted = {section.service for section in quote.way.sections}
            as_quoted = broad | np.array([*(one.id in quoted for one in t.services), False])
            runs = is_leg & by_rail[after] & ~here[ends] & (as_quoted[after] | there[ends])
            runs |= transfers & by_rail[before] & by_rail[after]
            by_land = hauls(there, there) & ~sails[after]
            found += [
                (BEFORE, paid, comes),
                (paid, paid, runs | by_land | (lifted & ~sails[after])),
            ]
        return found

    def _ports(self, quote: Quote, *, at_origin: bool) -> BoolArray:
        """Return by place whether a lane takes boxes there, or brings them; the last is none."""
        inside = self._here if at_origin else self._there
        found = np.zeros(inside.shape[0], bool)
        for number in np.flatnonzero(inside).tolist():
            stop = _stop_at(self.topology.places[number])
            found[number] = quote.lane.serves(stop, self._near_km, at_origin=at_origin)
        return found

    def only(self, layered: Layered) -> Layered:
        """Return layers with only the ways that are on a lane; `lane` says which is paid where."""
        nodes, tails, base = layered.node_count, layered.tail, layered.base
        parts = []
        for begins, ends, leads in self.moves:
            here = np.flatnonzero(leads[base])
            heads = layered.head[here]
            to = np.where(heads == SINK, SINK, ends * nodes + heads)
            parts.append(LayerArcs(begins * nodes + tails[here], to, base[here]))
        # The sink is met from paid stages alone, and by the arc that pays.
        arcs = LayerArcs.joined(*parts)
        stage = arcs.tail // nodes
        cut = on_paths(arcs, nodes * self.count, source=SOURCE, sink=SINK)
        node, stage = cut.nodes % nodes, cut.nodes // nodes
        carrier, interval = layered.carrier, layered.interval
        return replace(
            layered,
            state=layered.state[node],
            mask=layered.mask[node],
            part=layered.part[node],
            carrier=None if carrier is None else carrier[node],
            interval=None if interval is None else interval[node],
            first_arc=cut.first_arc,
            head=cut.head,
            base=cut.base,
            lane=self.lane_of(stage),
            lanes=tuple(quote.amount.scope for quote in self.quotes),
            kept=new_cache(),
        )

    def paid_by(self, arcs: Sequence[int], usd: Mapping[str, float]) -> Paid | None:
        """Return what a way pays on its lane; None if it is on none.

        Parameters
        ----------
        arcs
            Its arcs in the network, from source to sink.
        usd
            The amounts by scope, of which the least counts.
        """
        # By stage the arc at which its lane was paid, -1 if it was not.
        stages = {BEFORE: -1}
        for number, arc in enumerate(arcs):
            reached: dict[int, int] = {}
            for begins, ends, leads in self.moves:
                if begins in stages and leads[arc]:
                    pays = begins != ends and ends % 2 == 0
                    reached.setdefault(ends, number if pays else stages[begins])
            stages = reached
        lanes = [(usd[self.quotes[s // 2 - 1].amount.scope], s) for s in stages if s and s % 2 == 0]
        if not lanes:
            return None
        stage = min(lanes)[1]
        quote = self.quotes[stage // 2 - 1]
        return Paid(at=stages[stage], scope=quote.amount.scope, line=quote.line)


def _sails(service: Service) -> bool:
    return service.family is Family.SEA


def _runs_on_rails(service: Service) -> bool:
    return service.family is Family.RAIL


def _stop_at(place: NetworkPlace) -> Stop:
    """Return a place as lanes may serve it."""
    known = load_terminals().get(place.id)
    if known is not None:
        return stop_of(known)
    return Stop(place.id, place.id, place.country, place.lon, place.lat)
