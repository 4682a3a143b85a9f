"""Lower bounds of the cost to the sink by time; numba can compile it.

The least over all days is a weak bound where ice and closures change with the date: what opens in
August does not help a ship that is there in July. Here time is cut into spans, and the bound of a
node in a span holds for every minute of it.

A wait costs the same a minute wherever it is spent. What a route costs is therefore that rate times
all its minutes, and the cost of its arcs less the rate for the minutes they take. Counted like
this a wait is free, and the least over all later departures holds for a wait until then. How long a
route may wait is left out, which makes the bound lower.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from corridors.costing.pace import ByDay
from corridors.routing.dated.bounds import UNREACHABLE
from corridors.routing.labels import Arcs
from corridors.routing.spans import Worth, least_of_span


def costs_of_leaving(
    sink: int,
    arcs: Arcs,
    by_day: ByDay,
    is_short: Any,
    waits: Any,
    bound_cents: Any,
    first_span: Any,
    begin: int,
    spans: int,
    span: int,
    cents_per_minute: float,
) -> Any:
    """Return by node and span the least cents to the sink of a route that leaves in the span.

    It pays `cents_per_minute` for every minute from `begin` until it leaves as well. A span divides
    a day and `begin` is a midnight; the last column, after `spans`, is for any later time.
    `is_short` are the arcs that may arrive in the span they leave in; there they cost nothing at
    least, which keeps round trips within a span from paying. `bound_cents` are the least cents to
    the sink on any day, `first_span` by node the first span in which a route can be there; earlier
    ones stay infinite.
    """
    nodes = arcs.first.shape[0] - 1
    worth = Worth(1.0, -cents_per_minute, 0.0)
    # `least` is of routes that are there in the span and may wait.
    least = np.full((nodes, spans + 1), np.inf)
    leaving = np.full((nodes, spans + 1), np.inf)
    for node in range(nodes):
        if bound_cents[node] < UNREACHABLE:
            least[node, spans] = bound_cents[node] + spans * span * cents_per_minute
            leaving[node, spans] = least[node, spans]
    for here in range(spans - 1, -1, -1):
        least[sink, here] = here * span * cents_per_minute
        # In later rounds, arcs that arrive in the span they leave in.
        again = True
        rounds = 0
        while again and rounds <= nodes:
            again = False
            for node in range(nodes):
                if node == sink or bound_cents[node] >= UNREACHABLE or here < first_span[node]:
                    continue
                value = least[node, here]
                if rounds == 0 and waits[node]:
                    value = least[node, here + 1]
                leave = leaving[node, here]
                for arc in range(int(arcs.first[node]), int(arcs.first[node + 1])):
                    target = int(arcs.head[arc])
                    if bound_cents[target] >= UNREACHABLE or (rounds > 0 and not is_short[arc]):
                        continue
                    profile = int(arcs.profile[arc])
                    ticks = int(arcs.clock[arc])
                    if profile < 0:
                        cents = arcs.cents[arc] - ticks * cents_per_minute
                        first = min(here + ticks // span, spans)
                        last = min(here + (ticks + span - 1) // span, spans)
                        for there in range(first, last + 1):
                            paid = max(cents, 0.0) if there == here else cents
                            leave = min(leave, paid + least[target, there])
                        continue
                    start = begin + here * span
                    cents, soonest, latest = least_of_span(
                        profile, float(arcs.km[arc]), start, span, by_day, worth
                    )
                    if soonest < 0:
                        continue
                    cents += arcs.cents[arc] - ticks * cents_per_minute
                    first = min(here + (soonest + ticks) // span, spans)
                    last = min(here + (span - 1 + latest + ticks) // span, spans)
                    for there in range(first, last + 1):
                        paid = max(cents, 0.0) if there == here else cents
                        leave = min(leave, paid + least[target, there])
                leaving[node, here] = leave
                value = min(value, leave)
                if value < least[node, here]:
                    least[node, here] = value
                    again = True
            rounds += 1
    return leaving
