"""Take a posed question apart for the oracle: its network, its prices, its tables.

Every arc is priced, also those that the product's layers leave out, so that what they leave out by
mistake is missed.
"""

from __future__ import annotations

import numpy as np

from corridors.costing.groups import group_arcs
from corridors.costing.pace import ByDay, travel
from corridors.costing.ships import leg_halves
from corridors.costing.weights import Weights, weigh
from corridors.data.parameters import load_country_groups, load_parameters
from corridors.data.paths import configs_dir, network_dir
from corridors.network.states.topology import ArcKind, Topology
from corridors.routing.question import Question
from tests.oracle.chains import Arc, Net, Place, Terms
from tests.oracle.files import BOUND, Chain, bounds_of, chain_in, trunks_in


def terms_of(question: Question) -> Terms:
    """Return the bounds and trunk places of a question, from its parameters and the table."""
    services = [service.id for service in question.bundle.topology.services]
    rows = [(row.scope, row.value) for row in question.parameters.rows if row.parameter == BOUND]
    return Terms(bounds=bounds_of(rows, services), trunks=trunks_in(network_dir() / "trunk.csv"))


def shipped_chain(corridor: str) -> Chain:
    """Return the chain of a shipped corridor from its file."""
    return chain_in(configs_dir() / "corridors" / f"{corridor}.yaml", load_country_groups())


def net_of(question: Question) -> Net:
    """Return the network of a question with a price on every usable arc."""
    topology = question.bundle.topology
    halves = leg_halves(topology, load_parameters())
    present = np.flatnonzero(topology.kind != ArcKind.ABSENT)
    groups = group_arcs(topology, present, halves=halves)
    weights = weigh(question.pricer, groups)
    arcs = (_arc(topology, weights, number) for number in range(topology.arc_count))
    places = tuple(
        Place(id=p.id, country=p.country, lon=p.lon, lat=p.lat, gate=bool(p.gate))
        for p in topology.places
    )
    by_id = {place.id: place for place in places}
    return Net(
        services=tuple(service.id for service in topology.services),
        usual=frozenset(service.id for service in topology.services if service.default),
        places=places,
        place=tuple(topology.state_place.tolist()),
        service=tuple(topology.state_service.tolist()),
        arcs=tuple(arc for arc in arcs if arc is not None),
        ends=(by_id[topology.origin], by_id[topology.destination]),
    )


def _arc(topology: Topology, weights: Weights, number: int) -> Arc | None:
    """Return an arc with its figures at departure, or the least of any day where they change."""
    if not weights.usable[number]:
        return None
    cents, minutes = int(weights.cents[number]), int(weights.minutes[number])
    profile, km, dates = int(weights.profile[number]), float(topology.km[number]), weights.dates
    dated = profile >= 0 and bool(dates.change_days[profile])
    if dated:
        per_minute, per_cent, _, fixed, _ = dates.least[profile].tolist()
        minutes += max(0, int(np.floor(km * per_minute - 1e-6)))
        cents += max(0, int(np.floor(km * per_cent + fixed - 1e-6)))
    elif profile >= 0:
        extra, more, _ = travel(
            profile,
            km,
            0,
            ByDay(*(getattr(dates, name) for name in ByDay._fields)),
        )
        if extra < 0:
            return None
        minutes, cents = minutes + extra, cents + more
    head, tail = int(topology.head[number]), int(topology.tail[number])
    return Arc(
        tail=tail,
        head=head,
        kind=int(topology.kind[number]),
        service=int(topology.service[number]),
        km=km,
        countries=topology.countries[int(topology.country[number])],
        cents=cents,
        minutes=minutes,
        dated=dated,
        canal=bool(topology.canal[number] >= 0),
    )
