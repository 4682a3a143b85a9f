"""Lower bounds of the cost from the source and to the sink by time; numba can compile it.

The least over all days is a weak bound where ice and closures change with the date: what opens in
August does not help a ship that is there in July. Here time is cut into spans, and the bound of a
node in a span holds for every minute of it.

A wait costs the same a minute wherever it is spent. What a route costs is therefore that rate times
all its minutes, and the cost of its arcs less the rate for the minutes they take. Counted like
this a wait is free, and the least over all later departures holds for a wait until then.

How long a route may wait in all is no part of a place and time. It counts by a price: each minute
waited costs `wait_cents` more, and what the longest wait would cost is taken off the whole. No
route then costs more than it does, whatever the price, and one well chosen makes the bounds close
(Lagrangian relaxation: Fisher, Management Science 27, 1981). Of a wait from one span into another
only the minutes that it lasts at least are priced.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from corridors.costing.pace import ByDay
from corridors.routing.dated.bounds import UNREACHABLE
from corridors.routing.labels import Arcs
from corridors.routing.spans import Worth, alike, alike_until, least_of_span
from corridors.units import MINUTES_PER_DAY


class Spans(NamedTuple):
    """Spans of time, and what arcs that change with the day cost and take within them.

    Span number n has `minutes` minutes from `begin` + n * `minutes`; `begin` is a midnight, and
    `minutes` divides a day. `row` is by arc its row, -1 for one that does not change; arcs that run
    alike share it. By row and span: `cents` at least, less `cents_per_minute` for each minute,
    `soonest` minutes from the begin of the span and `latest` from its end, -1 if closed. By arc,
    without what changes: `fixed` cents, less the same, and the first and last span in which it ends
    if begun in the first (`ends_first`, `ends_last`).
    """

    begin: int
    minutes: int
    cents_per_minute: float
    row: Any
    cents: Any
    soonest: Any
    latest: Any
    fixed: Any
    ends_first: Any
    ends_last: Any


def spans_of(
    arcs: Arcs, by_day: ByDay, begin: int, spans: int, span: int, cents_per_minute: float
) -> Any:
    """Return the spans of the arcs of a problem."""
    changing = np.zeros(arcs.head.shape[0], np.bool_)
    for arc in range(arcs.head.shape[0]):
        changing[arc] = arcs.profile[arc] >= 0
    row, first = alike(arcs, changing, False)
    rows = first.shape[0]
    cents = np.zeros((rows, spans))
    soonest = np.full((rows, spans), -1, np.int64)
    latest = np.full((rows, spans), -1, np.int64)
    worth = Worth(1.0, -cents_per_minute, 0.0)
    for number in range(rows):
        profile, km = int(arcs.profile[first[number]]), float(arcs.km[first[number]])
        paces, through = by_day.minutes_per_km[profile], by_day.through[profile]
        usd, emitted = by_day.fixed_cents[profile], by_day.fixed_grams[profile]
        # On days alike a span is as the one before: most of them are.
        same = until = -1
        for here in range(spans):
            start = begin + here * span
            day = start // MINUTES_PER_DAY
            if day >= paces.shape[0] or paces[day] < 0.0:
                continue
            ends = start + span - 1
            if day <= until and usd[day] == usd[same] and emitted[day] == emitted[same]:
                took = soonest[number, here - 1]
                if not through or (ends + took) // MINUTES_PER_DAY <= until:
                    cents[number, here] = cents[number, here - 1]
                    soonest[number, here] = took
                    latest[number, here] = latest[number, here - 1]
                    continue
            cents[number, here], soonest[number, here], latest[number, here] = least_of_span(
                profile, km, start, span, by_day, worth
            )
            same, until = day, alike_until(day, profile, by_day)
            took = soonest[number, here]
            if through and (took < 0 or (ends + took) // MINUTES_PER_DAY > until):
                until = -1
    fixed = np.zeros(arcs.head.shape[0])
    ending = np.zeros((2, arcs.head.shape[0]), np.int64)
    for arc in range(arcs.head.shape[0]):
        ticks = int(arcs.clock[arc])
        fixed[arc] = float(arcs.cents[arc]) - ticks * cents_per_minute
        ending[0, arc], ending[1, arc] = ticks // span, (span - 1 + ticks) // span
    return Spans(
        begin, span, cents_per_minute, row, cents, soonest, latest, fixed, ending[0], ending[1]
    )


def step_of(arc: int, here: int, arcs: Arcs, spans: Spans) -> tuple[float, int, int]:
    """Return the least cents of an arc begun in a span, and the first and last span it ends in.

    The cents are less those of a wait as long. The spans are -1 if the arc is closed.
    """
    row = int(spans.row[arc])
    if row < 0:
        return spans.fixed[arc], here + spans.ends_first[arc], here + spans.ends_last[arc]
    if spans.soonest[row, here] < 0:
        return 0.0, -1, -1
    ticks = int(arcs.clock[arc])
    return (
        spans.fixed[arc] + spans.cents[row, here],
        here + (ticks + spans.soonest[row, here]) // spans.minutes,
        here + (spans.minutes - 1 + ticks + spans.latest[row, here]) // spans.minutes,
    )


def costs_of_reaching(
    source: int,
    arcs: Arcs,
    spans: Spans,
    is_short: Any,
    waits: Any,
    last_wait: int,
    wait_cents: float,
) -> Any:
    """Return by node and span the least cents from the source of a route that is there then.

    They are less `cents_per_minute` for every minute from `begin` on, whether under way or waiting;
    infinite if no route is there then. A route may leave the source in the spans up to `last_wait`,
    and wait where `waits` says. The last column is for any later time than the spans. For
    `is_short` see `costs_of_leaving`.
    """
    nodes, count = arcs.first.shape[0] - 1, spans.cents.shape[1]
    priced = spans.minutes * wait_cents
    # `least` is of routes that came in the span or have waited since an earlier one.
    came = np.full((nodes, count + 1), np.inf)
    least = np.full((nodes, count + 1), np.inf)
    waiting = np.full(nodes, np.inf)
    for here in range(count):
        for node in range(nodes):
            if here > 0 and waits[node]:
                waiting[node] = min(came[node, here - 1], waiting[node] + priced)
            least[node, here] = min(came[node, here], waiting[node])
        least[source, here] = here * priced if here <= last_wait else np.inf
        # Short arcs until none that arrives in this span lowers a bound, then the others once.
        again = shorts = True
        while again or shorts:
            shorts = again
            again = False
            for node in range(nodes):
                value = least[node, here]
                if value == np.inf:
                    continue
                for arc in range(int(arcs.first[node]), int(arcs.first[node + 1])):
                    if bool(is_short[arc]) != shorts:
                        continue
                    cents, first, last = step_of(arc, here, arcs, spans)
                    if first < 0:
                        continue
                    target = int(arcs.head[arc])
                    for there in range(min(first, count), min(last, count) + 1):
                        paid = max(cents, 0.0) if there == here else cents
                        came[target, there] = min(came[target, there], value + paid)
                        if there == here and value + paid < least[target, here]:
                            least[target, here] = value + paid
                            again = True
    for node in range(nodes):
        least[node, count] = came[node, count]
        if waits[node]:
            # However long: later than the spans.
            for here in range(count):
                least[node, count] = min(least[node, count], came[node, here])
    return least


def costs_of_leaving(
    sink: int,
    arcs: Arcs,
    spans: Spans,
    is_short: Any,
    waits: Any,
    bound_cents: Any,
    first_span: Any,
    wait_cents: float,
) -> Any:
    """Return by node and span the least cents to the sink of a route that leaves in the span.

    It pays `cents_per_minute` for every minute from `begin` until it leaves as well. The last
    column, after the spans, is for any later time. `is_short` are the arcs that may arrive in the
    span they leave in; there they cost nothing at least, which keeps round trips within a span from
    paying. `bound_cents` are the least cents to the sink on any day, `first_span` by node the first
    span in which a route can be there; earlier ones stay infinite.
    """
    nodes, count = arcs.first.shape[0] - 1, spans.cents.shape[1]
    rate = spans.minutes * spans.cents_per_minute
    priced = spans.minutes * wait_cents
    # `least` is of routes that are there in the span and may wait, `later` of those that have
    # waited for the span after it.
    least = np.full((nodes, count + 1), np.inf)
    leaving = np.full((nodes, count + 1), np.inf)
    later = np.full(nodes, np.inf)
    for node in range(nodes):
        if bound_cents[node] < UNREACHABLE:
            least[node, count] = bound_cents[node] + count * rate
            leaving[node, count] = least[node, count]
            later[node] = least[node, count]
    for here in range(count - 1, -1, -1):
        least[sink, here] = here * rate
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
                    value = later[node]
                leave = leaving[node, here]
                for arc in range(int(arcs.first[node]), int(arcs.first[node + 1])):
                    target = int(arcs.head[arc])
                    if bound_cents[target] >= UNREACHABLE or (rounds > 0 and not is_short[arc]):
                        continue
                    cents, first, last = step_of(arc, here, arcs, spans)
                    if first < 0:
                        continue
                    for there in range(min(first, count), min(last, count) + 1):
                        paid = max(cents, 0.0) if there == here else cents
                        leave = min(leave, paid + least[target, there])
                leaving[node, here] = leave
                value = min(value, leave)
                if value < least[node, here]:
                    least[node, here] = value
                    again = True
            rounds += 1
        for node in range(nodes):
            later[node] = min(leaving[node, here], later[node] + priced)
    return leaving
