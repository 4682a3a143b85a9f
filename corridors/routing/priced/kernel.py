"""The search for the cheapest route under dual prices, written so that numba can compile it.

A dual price is paid per TEU at a place in a month (for a capacity), or once for a set of places
however often it is met (for a share, or for a minimum volume, whose price is negative). Times
matter because months do: where prices or dates lie ahead, a label only dominates another one at the
same minute, or a whole number of days later where waiting is possible.

Through ice, across closures and from month to month the day decides the cost of what lies ahead.
Bounds for the best day are far too low there, and the search would try many routes that differ by
hours. `least_by_step` computes bounds backwards, one time step after the other.
"""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np

from corridors.costing.pace import start_that_ends, travel
from corridors.units import MINUTES_PER_DAY

NO_WAY = 1e300
# Minutes; a day is a whole number of steps, so that a step has one day's speeds and prices.
STEP = 360
# Columns of a label: node, clock, cents, minutes, grams, tracked legs and nodes (bits), minutes
# waited, previous label, arc, wait before the arc, next label of the node, state (0 open, 1
# settled, 2 dominated), sets met (bits).
COLUMNS = 13


def least_values(first_into: Any, arc_into: Any, arc_tail: Any, weight: Any, sink: int) -> Any:
    """Return the least weight from every node to the sink, `NO_WAY` if there is no path.

    `first_into` and `arc_into` list the arcs by head; weights are >= 0, and `NO_WAY` for arcs that
    are not to be used.
    """
    least = np.full(first_into.shape[0] - 1, NO_WAY)
    least[sink] = 0.0
    heap = [(0.0, np.int64(sink))]
    while len(heap) > 0:
        value, node = heapq.heappop(heap)
        if value > least[node]:
            continue
        for place in range(int(first_into[node]), int(first_into[node + 1])):
            arc = int(arc_into[place])
            tail = int(arc_tail[arc])
            through = value + weight[arc]
            if through < least[tail] and through < NO_WAY:
                least[tail] = through
                heapq.heappush(heap, (through, np.int64(tail)))
    return least


def sets_met(
    first_into: Any, arc_into: Any, arc_tail: Any, sets: Any, sink: int
) -> tuple[Any, Any]:
    """Return by node the sets (bits) met by some path to the sink, and those met by all paths.

    Nodes without a path may meet nothing and must meet everything. Arcs are listed by head.
    """
    nodes = first_into.shape[0] - 1
    may = np.zeros(nodes, np.int64)
    must = np.full(nodes, -1, np.int64)
    must[sink] = 0
    reached = np.zeros(nodes, np.bool_)
    reached[sink] = True
    waiting = np.zeros(nodes, np.bool_)
    queue = [np.int64(sink)]
    begin = 0
    # Propagate changes backwards until nothing changes.
    while begin < len(queue):
        node = queue[begin]
        begin += 1
        waiting[node] = False
        for place in range(int(first_into[node]), int(first_into[node + 1])):
            arc = int(arc_into[place])
            tail = int(arc_tail[arc])
            some = may[tail] | may[node] | sets[arc]
            every = must[tail] & (must[node] | sets[arc])
            if reached[tail] and some == may[tail] and every == must[tail]:
                continue
            reached[tail] = True
            may[tail] = some
            if tail != sink:
                must[tail] = every
            if not waiting[tail]:
                waiting[tail] = True
                queue.append(np.int64(tail))
    return may, must


def set_penalty(held: int, other: int, may: int, by_set: Any) -> float:
    """Return the most that a label in the sets `held` can lose in prices to one in `other`.

    Only sets that `may` still be met count.
    """
    lost = 0.0
    differ = (held ^ other) & may
    number = 0
    while differ:
        if differ & 1:
            price = by_set[number]
            if (other >> number) & 1:
                lost += max(price, 0.0)
            else:
                lost += max(-price, 0.0)
        differ >>= 1
        number += 1
    return lost


def stands_before(
    labels: Any,
    values: Any,
    a: int,
    b: int,
    mode: int,
    timed: bool,
    may: int,
    by_set: Any,
    wait_value_per_minute: float,
    cents_per_day: int,
    cents_value: float,
) -> bool:
    """Return whether label `a` dominates label `b` at their common node.

    `mode` 0: nothing dated ahead; 1: dated ahead and waiting is possible; 2: dated ahead and
    waiting is impossible; 3: the sink. `timed` says whether there is a deadline, `may` which sets
    may still be met.
    """
    if mode == 3:
        return bool(values[a] <= values[b])
    if (labels[a, 5] & labels[b, 5]) != labels[a, 5] or values[a] > values[b]:
        return False
    later = labels[b, 1] - labels[a, 1]
    waiting = 0.0
    if mode == 0:
        if timed and labels[a, 3] > labels[b, 3]:
            return False
    else:
        if later < 0 or (mode == 2 and later != 0) or later % MINUTES_PER_DAY != 0:
            return False
        if labels[a, 6] + later > labels[b, 6] or labels[a, 3] + later > labels[b, 3]:
            return False
        waiting = (
            later * wait_value_per_minute + (later // MINUTES_PER_DAY) * cents_per_day * cents_value
        )
    lost = set_penalty(labels[a, 12], labels[b, 12], may, by_set)
    return bool(values[a] + waiting + lost <= values[b])


def leads_to(first_into: Any, arc_into: Any, arc_tail: Any, kept: Any, marked: Any) -> Any:
    """Return by node whether a path over `kept` arcs leads from it over a `marked` one."""
    found = np.zeros(first_into.shape[0] - 1, np.bool_)
    stack = [np.int64(0)]
    stack.pop()
    for arc in range(kept.shape[0]):
        tail = int(arc_tail[arc])
        if kept[arc] and marked[arc] and not found[tail]:
            found[tail] = True
            stack.append(np.int64(tail))
    while len(stack) > 0:
        node = stack.pop()
        for place in range(int(first_into[node]), int(first_into[node + 1])):
            arc = int(arc_into[place])
            tail = int(arc_tail[arc])
            if kept[arc] and not found[tail]:
                found[tail] = True
                stack.append(np.int64(tail))
    return found


def least_of_step(
    profile: int,
    km: float,
    start: int,
    minutes_per_km: Any,
    cents_per_km: Any,
    grams_per_km: Any,
    fixed_cents: Any,
    fixed_grams: Any,
    through: Any,
    cents_value: float,
    minutes_value: float,
    grams_value: float,
) -> tuple[float, int, int]:
    """Return the least cost of a dated arc begun within a step, and its least and most minutes.

    Minutes are from the begin and from the end of the step, -1 if the arc is closed. The cost is
    linear between the starts that end at a midnight, up to rounding, and is evaluated there.
    """
    last = start + STEP - 1
    took, cents, grams = travel(
        profile, km, start, minutes_per_km, cents_per_km, grams_per_km, fixed_cents, fixed_grams,
        through,
    )  # fmt: skip
    # Within a day, an arc closed to an earlier start is closed to a later one.
    if took < 0:
        return 0.0, -1, -1
    least = cents * cents_value + took * minutes_value + grams * grams_value
    if not through[profile]:
        return least, took, took
    end = (start + took) // MINUTES_PER_DAY + 1
    latest = start + took
    begun = start
    while begun < last:
        stop = start_that_ends(km, float(end * MINUTES_PER_DAY), minutes_per_km[profile][::-1])
        until = last if stop < 0.0 or stop >= last else int(stop)
        for minute in (until, min(until + 1, last)):
            more, cents, grams = travel(
                profile, km, minute, minutes_per_km, cents_per_km, grams_per_km, fixed_cents,
                fixed_grams, through,
            )  # fmt: skip
            if more >= 0:
                value = cents * cents_value + more * minutes_value + grams * grams_value
                least = min(least, value)
                latest = max(latest, minute + more)
        begun = until + 1
        end += 1
    least -= cents_value + minutes_value + grams_value
    return max(least, 0.0), took, latest - last


def least_by_step(
    nodes: Any,
    row_of: Any,
    first_arc: Any,
    arc_head: Any,
    arc_kept: Any,
    arc_minutes: Any,
    arc_clock: Any,
    arc_cents: Any,
    arc_grams: Any,
    arc_km: Any,
    arc_profile: Any,
    use_first: Any,
    use_resource: Any,
    use_amount: Any,
    wait_allowed: Any,
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
    bound: Any,
    may_wait: bool,
    cents_per_day: int,
    first_step: int,
    steps: int,
) -> Any:
    """Return the least cost to the sink by row and time step, without prices of sets.

    `nodes` are those of the rows, and `row_of` the row of each node, -1 where `bound` applies at
    any time. After the last step `bound` applies too.
    """
    a_day = MINUTES_PER_DAY // STEP
    wait = MINUTES_PER_DAY * minutes_value + cents_per_day * cents_value
    least = np.full((nodes.shape[0], steps), NO_WAY)
    begin = np.zeros(nodes.shape[0] + 1, np.int64)
    for row in range(nodes.shape[0]):
        begin[row + 1] = begin[row]
        for arc in range(int(first_arc[nodes[row]]), int(first_arc[nodes[row] + 1])):
            if arc_kept[arc] and bound[arc_head[arc]] < NO_WAY:
                begin[row + 1] += 1
    arcs = np.zeros(begin[-1], np.int64)
    count = 0
    for row in range(nodes.shape[0]):
        for arc in range(int(first_arc[nodes[row]]), int(first_arc[nodes[row] + 1])):
            if arc_kept[arc] and bound[arc_head[arc]] < NO_WAY:
                arcs[count] = arc
                count += 1
    cost = np.zeros(count)
    later = np.zeros((count, 2), np.int64)
    last_day = month_of_day.shape[0] - 1
    for step in range(steps - 1, -1, -1):
        start = (first_step + step) * STEP
        month = int(month_of_day[min(start // MINUTES_PER_DAY, last_day)])
        for place in range(count):
            arc = int(arcs[place])
            minutes = int(arc_minutes[arc])
            value = (
                arc_cents[arc] * cents_value
                + minutes * minutes_value
                + arc_grams[arc] * grams_value
            )
            soon = int(arc_clock[arc])
            late = soon
            profile = int(arc_profile[arc])
            if profile >= 0:
                more, soonest, latest = least_of_step(
                    profile, float(arc_km[arc]), start, minutes_per_km, cents_per_km,
                    grams_per_km, fixed_cents, fixed_grams, through, cents_value, minutes_value,
                    grams_value,
                )  # fmt: skip
                value += more
                soon += soonest
                late += latest
                if soonest < 0:
                    value = NO_WAY
            for use in range(int(use_first[arc]), int(use_first[arc + 1])):
                value += use_amount[use] * by_month[use_resource[use], month]
            cost[place] = value
            later[place, 0] = (start + soon) // STEP - first_step
            later[place, 1] = (start + STEP - 1 + late) // STEP - first_step
        changed = True
        # Arcs shorter than a step stay in the same step: repeat until nothing falls.
        while changed:
            changed = False
            for row in range(nodes.shape[0]):
                low = least[row, step]
                for place in range(begin[row], begin[row + 1]):
                    if cost[place] >= low:
                        continue
                    head = int(arc_head[arcs[place]])
                    other = int(row_of[head])
                    ahead = NO_WAY
                    if other < 0 or later[place, 1] >= steps:
                        ahead = bound[head]
                    else:
                        for when in range(later[place, 0], later[place, 1] + 1):
                            ahead = min(ahead, least[other, when])
                    low = min(low, cost[place] + ahead)
                if may_wait and wait_allowed[nodes[row]]:
                    if step + a_day < steps:
                        low = min(low, wait + least[row, step + a_day])
                    else:
                        low = min(low, wait + bound[nodes[row]])
                if low < least[row, step]:
                    least[row, step] = low
                    changed = True
        for row in range(nodes.shape[0]):
            least[row, step] = max(least[row, step], bound[nodes[row]]) * (1.0 - 1e-12)
    return least


def priced_search(
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
    """Return the cheapest route below `most_value`: rows, figures, value, number of labels.

    Rows are (arc, start, wait) in order, none if there is no such route; figures are cents, minutes
    and grams. Only `arc_kept` arcs are used. `bound` and `bound_minutes` are by node the least to
    the sink, without prices of sets; `may` and `must` the sets that may and must still be met.
    Nodes with a row in `row_of` have a bound by time step in `by_step`. No journey takes longer
    than `most_minutes`; `timed` makes minutes count in dominance, because there is a deadline.
    Beyond `max_labels` labels the search stops without rows.
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
