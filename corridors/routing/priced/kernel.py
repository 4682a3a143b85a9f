"""The cheapest route under charges by place and month, written so that numba can compile it.

A charge is what one TEU pays at a place in a month (the dual value of a capacity), or once for a
set of places however often it is met (the dual value of a share or of a minimum volume, which is
negative). Times matter because months do: where charges or dates lie ahead, a label only dominates
another that is there at the same minute, or a whole number of days later where waiting is possible.
"""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np

from corridors.costing.pace import travel
from corridors.routing.priced.labels import NO_WAY, stands_before
from corridors.routing.priced.timed import STEP
from corridors.units import MINUTES_PER_DAY

# Columns of a label: node, clock, cents, minutes, grams, tracked legs and nodes (bits), minutes
# waited, previous label, arc, wait before the arc, next label of the node, state (0 open, 1
# settled, 2 dominated), sets met (bits).
COLUMNS = 13


def charged_search(
    source: int,
    sink: int,
    start: int,
    first_arc: Any,
    arc_head: Any,
    arc_kept: Any,
    arc_minutes: Any,
    arc_clock: Any,
    arc_cents: Any,
    arc_grams: Any,
    arc_km: Any,
    arc_profile: Any,
    arc_bit: Any,
    node_bit: Any,
    arc_sets: Any,
    use_first: Any,
    use_resource: Any,
    use_amount: Any,
    mode: Any,
    wait_allowed: Any,
    latest: Any,
    minutes_per_km: Any,
    cents_per_km: Any,
    grams_per_km: Any,
    fixed_cents: Any,
    fixed_grams: Any,
    through: Any,
    cents_value: float,
    minutes_value: float,
    grams_value: float,
    by_month: Any,
    month_of_day: Any,
    by_set: Any,
    bound: Any,
    bound_minutes: Any,
    may: Any,
    must: Any,
    row_of: Any,
    by_step: Any,
    first_step: int,
    max_wait_days: int,
    cents_per_day: int,
    most_minutes: int,
    timed: bool,
    most_value: float,
    max_labels: int,
) -> tuple[Any, Any, float, int]:
    """Return the cheapest route worth less than `most_value`: rows, figures, value, labels made.

    Rows are (arc, start, wait) in order, none where there is no such route; figures are cents,
    minutes and grams. Only arcs `arc_kept` are taken. `bound` and `bound_minutes` hold by node the
    least still to come, charges of sets apart; `may` and `must` the sets that may and must still be
    met. Nodes with a row in `row_of` have another bound for each step of the clock, in `by_step`.
    No journey takes longer than `most_minutes`; `timed` says that one well might, so that minutes
    count in dominance. Where more than `max_labels` are made there are no rows, and
    that many.
    """
    last_day = month_of_day.shape[0] - 1
    labels = np.zeros((512, COLUMNS), np.int64)
    values = np.zeros(512)
    at = np.full(first_arc.shape[0] - 1, -1, np.int64)
    heap = [(0.0, np.int64(0))]
    heap.pop()
    count = 0
    if bound[source] < NO_WAY:
        labels[0, 0] = source
        labels[0, 1] = start
        labels[0, 5] = node_bit[source]
        labels[0, 7] = -1
        labels[0, 8] = -1
        labels[0, 10] = -1
        at[source] = 0
        count = 1
        heap.append((0.0, np.int64(0)))
    best = -1
    while len(heap) > 0:
        current = int(heapq.heappop(heap)[1])
        if labels[current, 11] != 0:
            continue
        labels[current, 11] = 1
        node = int(labels[current, 0])
        if node == sink:
            best = current
            break
        clock = int(labels[current, 1])
        choices = 1
        if wait_allowed[node] and mode[node] > 0:
            choices += max_wait_days - int(labels[current, 6]) // MINUTES_PER_DAY
        for days in range(choices):
            wait = days * MINUTES_PER_DAY
            for arc in range(int(first_arc[node]), int(first_arc[node + 1])):
                target = int(arc_head[arc])
                if not arc_kept[arc] or bound[target] >= NO_WAY:
                    continue
                bit = int(arc_bit[arc]) | int(node_bit[target])
                if (labels[current, 5] & bit) != 0:
                    continue
                begun = clock + wait
                minutes = int(arc_minutes[arc])
                ticks = int(arc_clock[arc])
                cents = int(arc_cents[arc])
                grams = int(arc_grams[arc])
                profile = int(arc_profile[arc])
                if profile >= 0:
                    under_way = labels[current, 3] - labels[current, 6]
                    if through[profile] and under_way > latest[node]:
                        continue
                    extra, more_cents, more_grams = travel(
                        profile,
                        float(arc_km[arc]),
                        begun,
                        minutes_per_km,
                        cents_per_km,
                        grams_per_km,
                        fixed_cents,
                        fixed_grams,
                        through,
                    )
                    if extra < 0:
                        continue
                    minutes += extra
                    ticks += extra
                    cents += more_cents
                    grams += more_grams
                minutes += wait
                cents += days * cents_per_day
                taken = int(labels[current, 3]) + minutes
                if taken + int(bound_minutes[target]) > most_minutes:
                    continue
                value = (
                    values[current]
                    + cents * cents_value
                    + minutes * minutes_value
                    + grams * grams_value
                )
                month = int(month_of_day[min(begun // MINUTES_PER_DAY, last_day)])
                for use in range(int(use_first[arc]), int(use_first[arc + 1])):
                    value += use_amount[use] * by_month[use_resource[use], month]
                met = int(labels[current, 12])
                fresh = int(arc_sets[arc]) & ~met
                left = met | fresh
                still = 0.0
                for number in range(by_set.shape[0]):
                    if (fresh >> number) & 1:
                        value += by_set[number]
                    if not (left >> number) & 1:
                        if (may[target] >> number) & 1:
                            still += min(by_set[number], 0.0)
                        if (must[target] >> number) & 1:
                            still += max(by_set[number], 0.0)
                low = value + still
                step = (begun + ticks) // STEP - first_step
                if row_of[target] >= 0 and 0 <= step < by_step.shape[1]:
                    low += by_step[row_of[target], step]
                else:
                    low += bound[target]
                if low >= most_value:
                    continue
                if count >= max_labels:
                    return np.zeros((0, 3), np.int64), np.zeros(3, np.int64), 0.0, count
                if count == labels.shape[0]:
                    larger = np.zeros((2 * count, COLUMNS), np.int64)
                    larger[:count] = labels
                    labels = larger
                    wider = np.zeros(2 * count)
                    wider[:count] = values
                    values = wider
                labels[count, 0] = target
                labels[count, 1] = begun + ticks
                labels[count, 2] = labels[current, 2] + cents
                labels[count, 3] = taken
                labels[count, 4] = labels[current, 4] + grams
                labels[count, 5] = labels[current, 5] | bit
                labels[count, 6] = labels[current, 6] + wait
                labels[count, 7] = current
                labels[count, 8] = arc
                labels[count, 9] = wait
                labels[count, 11] = 0
                labels[count, 12] = left
                values[count] = value
                kind = 3 if target == sink else int(mode[target])
                beaten = False
                other = int(at[target])
                while other >= 0 and not beaten:
                    beaten = stands_before(
                        labels, values, other, count, kind, timed, int(may[target]), by_set,
                        minutes_value, cents_per_day, cents_value,
                    )  # fmt: skip
                    other = int(labels[other, 10])
                if beaten:
                    continue
                previous = -1
                other = int(at[target])
                while other >= 0:
                    following = int(labels[other, 10])
                    if stands_before(
                        labels, values, count, other, kind, timed, int(may[target]), by_set,
                        minutes_value, cents_per_day, cents_value,
                    ):  # fmt: skip
                        labels[other, 11] = 2
                        if previous < 0:
                            at[target] = following
                        else:
                            labels[previous, 10] = following
                    else:
                        previous = other
                    other = following
                labels[count, 10] = at[target]
                at[target] = count
                heapq.heappush(heap, (low, np.int64(count)))
                count += 1
    figures = np.zeros(3, np.int64)
    if best < 0:
        return np.zeros((0, 3), np.int64), figures, 0.0, count
    steps = 0
    label = best
    while labels[label, 7] >= 0:
        steps += 1
        label = int(labels[label, 7])
    rows = np.zeros((steps, 3), np.int64)
    label = best
    while labels[label, 7] >= 0:
        steps -= 1
        rows[steps, 0] = labels[label, 8]
        rows[steps, 1] = labels[labels[label, 7], 1] + labels[label, 9]
        rows[steps, 2] = labels[label, 9]
        label = int(labels[label, 7])
    figures[:] = labels[best, 2:5]
    return rows, figures, values[best], count
