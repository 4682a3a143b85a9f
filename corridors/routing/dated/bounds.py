"""Lower bounds for the label setting; numba can compile it.

Where ice and closures change with the date, the least over all days is a weak bound: what opens in
August does not help a ship that arrives in July. There time is cut into spans, and the bound of a
node in a span holds for every minute of the span.
"""

from __future__ import annotations

import heapq
import math
from typing import Any

import numpy as np

from corridors.costing.pace import travel
from corridors.units import MINUTES_PER_DAY

UNREACHABLE = 1 << 60


def lower_bounds(first_arc: Any, arc_tail: Any, weight: Any, sink: int) -> Any:
    """Return the least weight from every node to the sink; `UNREACHABLE` if there is no path.

    `first_arc` and `arc_tail` are the CSR arrays of the arcs by head; weights are >= 0.
    """
    nodes = first_arc.shape[0] - 1
    least = np.full(nodes, UNREACHABLE, np.int64)
    least[sink] = 0
    heap = [(np.int64(0), np.int64(sink))]
    while len(heap) > 0:
        distance, node = heapq.heappop(heap)
        if distance > least[node]:
            continue
        for arc in range(int(first_arc[node]), int(first_arc[node + 1])):
            tail = int(arc_tail[arc])
            through = distance + weight[arc]
            if through < least[tail]:
                least[tail] = through
                heapq.heappush(heap, (np.int64(through), np.int64(tail)))
    return least


def span_of(
    profile: int,
    km: float,
    start: int,
    span: int,
    minutes_per_km: Any,
    per_km: Any,
    fixed: Any,
    through: Any,
    rate: float,
    stretch: float,
    least_minutes: int,
) -> tuple[int, int, float]:
    """Return the earliest and latest arrival and the least weight of a dated arc begun in a span.

    Arrivals are -1 if the arc is closed throughout. An arc that is open somewhere in a span is open
    at its first or last minute, since openings begin at midnight. If it is begun `later` minutes
    later, it weighs at most `later * rate` less and arrives at most `later * stretch` later.
    """
    last = start + span - 1
    first_minutes, first_weight, _ = travel(
        profile, km, start, minutes_per_km, per_km, per_km, fixed, fixed, through
    )
    last_minutes, last_weight, _ = travel(
        profile, km, last, minutes_per_km, per_km, per_km, fixed, fixed, through
    )
    if first_minutes < 0 and last_minutes < 0:
        return -1, -1, 0.0
    if not through[profile]:
        minutes, weight = first_minutes, first_weight
        if first_minutes < 0:
            minutes, weight = last_minutes, last_weight
        return start + minutes, last + minutes, float(weight)
    if first_minutes < 0:
        return start + least_minutes, last + last_minutes, last_weight - rate * span - 1.0
    earliest = start + first_minutes
    if last_minutes < 0:
        latest = earliest + math.ceil(span * stretch) + 1
        return earliest, latest, first_weight - rate * span - 1.0
    middle = (first_weight + last_weight - rate * span) / 2.0
    return earliest, last + last_minutes, min(first_weight, last_weight, middle) - 1.0


def timed_bounds(
    sink: int,
    start: int,
    span: int,
    spans: int,
    first_arc: Any,
    arc_head: Any,
    arc_clock: Any,
    arc_weight: Any,
    arc_km: Any,
    arc_profile: Any,
    arc_low_minutes: Any,
    arc_low_weight: Any,
    wait_allowed: Any,
    wait_per_day: int,
    minutes_per_km: Any,
    per_km: Any,
    fixed: Any,
    through: Any,
    static: Any,
) -> Any:
    """Return the least weight to the sink by node and span, flat: node * (spans + 1) + span.

    Weights are cents: `arc_weight` by arc, plus `per_km` and `fixed` by profile and day for the
    dated part, which is at least `arc_low_minutes` and `arc_low_weight` on any day. The last span
    of a node holds the `static` bound, valid at any later time. A span divides a day; `start` is
    the first minute of a day. A wait weighs `wait_per_day` and has no limit here.
    """
    nodes = first_arc.shape[0] - 1
    width = spans + 1
    profiles = minutes_per_km.shape[0]
    rate, stretch = np.zeros(profiles), np.ones(profiles)
    for profile in range(profiles):
        slowest, quickest = 0.0, 1e300
        for day in range(minutes_per_km.shape[1]):
            pace = minutes_per_km[profile, day]
            if pace > 0.0:
                slowest, quickest = max(slowest, pace), min(quickest, pace)
                rate[profile] = max(rate[profile], per_km[profile, day] / pace)
        if slowest > 0.0:
            stretch[profile] = slowest / quickest
    wait = span * wait_per_day / MINUTES_PER_DAY
    least = np.full((nodes, width), float(UNREACHABLE))
    departing = np.full((nodes, width), float(UNREACHABLE))
    for node in range(nodes):
        least[node, spans] = static[node]
        departing[node, spans] = static[node]
    least[sink, :] = 0.0
    arcs = arc_head.shape[0]
    earliest = np.zeros(arcs, np.int64)
    latest = np.zeros(arcs, np.int64)
    weight = np.zeros(arcs)
    for reversed_span in range(spans):
        here = spans - 1 - reversed_span
        begin = start + here * span
        for arc in range(arcs):
            profile = int(arc_profile[arc])
            earliest[arc] = begin + int(arc_clock[arc])
            latest[arc] = earliest[arc] + span - 1
            weight[arc] = float(arc_weight[arc])
            if profile >= 0:
                # `arc_clock` and `arc_weight` hold the undated part of the arc.
                first, last, dated = span_of(
                    profile,
                    float(arc_km[arc]),
                    begin,
                    span,
                    minutes_per_km,
                    per_km,
                    fixed,
                    through,
                    float(rate[profile]),
                    float(stretch[profile]),
                    int(arc_low_minutes[arc]),
                )
                if first < 0:
                    earliest[arc] = -1
                    continue
                earliest[arc] = first + int(arc_clock[arc])
                latest[arc] = last + int(arc_clock[arc])
                weight[arc] += max(float(arc_low_weight[arc]), dated)
        for node in range(nodes):
            if node != sink and wait_allowed[node]:
                # A wait into the next span may be one minute long, so the first is free.
                later = departing[node, here + 1]
                least[node, here] = min(least[node, here], later)
        changed = True
        while changed:
            changed = False
            for node in range(nodes):
                best = least[node, here]
                leave = departing[node, here]
                for arc in range(int(first_arc[node]), int(first_arc[node + 1])):
                    if earliest[arc] < 0:
                        continue
                    target = int(arc_head[arc])
                    first = min((earliest[arc] - start) // span, spans)
                    last = min((latest[arc] - start) // span, spans)
                    ahead = float(UNREACHABLE)
                    for when in range(first, last + 1):
                        ahead = min(ahead, least[target, when])
                    leave = min(leave, weight[arc] + ahead)
                departing[node, here] = min(departing[node, here], leave)
                best = min(best, leave)
                if best < least[node, here]:
                    least[node, here] = best
                    changed = True
        for node in range(nodes):
            if wait_allowed[node] and here + 1 <= spans:
                # From here on `departing` includes waits of full spans.
                later = departing[node, here + 1] + wait
                departing[node, here] = min(departing[node, here], later)
    found = np.full(nodes * width, UNREACHABLE, np.int64)
    for node in range(nodes):
        for when in range(width):
            if least[node, when] < UNREACHABLE:
                found[node * width + when] = max(0, math.floor(least[node, when] + 1e-6))
    return found
