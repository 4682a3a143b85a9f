"""What one arc takes apart from running, before market prices and rules on ships."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corridors.costing import operations, passages, risk
from corridors.domain.rates import Operation
from corridors.network.topology import ArcKind

if TYPE_CHECKING:
    from corridors.costing.pricer import Pricer


def bare_operation(pricer: Pricer, arc: int) -> Operation | None:
    """Return the operation of an arc of a pricer's network, None for nothing."""
    network = pricer.topology
    service = network.services[int(network.service[arc])]
    kind = ArcKind(int(network.kind[arc]))
    given = (pricer.parameters, pricer.shipment)
    if kind is ArcKind.LOAD:
        here = pricer.terminal(int(network.state_place[network.head[arc]]))
        loaded = operations.load(service, here, *given, year=pricer.year)
        called = passages.with_calls(loaded, here, [service], pricer.parameters, year=pricer.year)
        return risk.insured(called, service, *given)
    if kind is ArcKind.UNLOAD:
        here = pricer.terminal(int(network.state_place[network.tail[arc]]))
        left = operations.unload(service, here, *given)
        called = passages.with_calls(left, here, [service], pricer.parameters, year=pricer.year)
        return risk.kept(called, *given)
    if kind is ArcKind.CHANGE:
        tail = int(network.tail[arc])
        before = network.services[int(network.state_service[tail])]
        here, ships = pricer.terminal(int(network.state_place[tail])), [before, service]
        changed = operations.change(before, service, here, *given, year=pricer.year)
        called = passages.with_calls(changed, here, ships, pricer.parameters, year=pricer.year)
        return risk.insured(called, service, *given, before=before)
    made: list[Operation | None] = []
    year = pricer.first_day.year
    countries = network.countries[int(network.country[arc])]
    at_border = len(countries) > 1
    if at_border:
        ends = (network.place_of(int(at[arc])).id for at in (network.tail, network.head))
        crossed = passages.border(
            countries,
            service,
            *given,
            customs=pricer.customs,
            places=tuple(ends),
            year=pricer.year,
        )
        made.append(crossed)
        pair = "-".join(sorted(countries))
        made.append(risk.exposure(pair, *given, year=year))
    if network.canal[arc] >= 0:
        gate = network.gates[int(network.canal[arc])]
        made.append(passages.canal(gate, service, *given, year=pricer.year))
    entered = network.places[int(network.state_place[network.head[arc]])].gate
    if entered and network.canal[arc] < 0:
        found = next(gate for gate in network.gates if gate.id == entered)
        made.append(passages.gate(found, service, *given, year=pricer.year))
        made.append(risk.exposure(entered, *given, year=year))
    return passages.merged([o for o in made if o and (o.bill or o.time_parts or at_border)])
