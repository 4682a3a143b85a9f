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
from typing import Any, NamedTuple

import numpy as np

from corridors.costing.pace import ByDay, travel
from corridors.routing.labels import (
    ARC,
    BEFORE,
    CENTS,
    CLOCK,
    DOMINATED,
    GRAMS,
    MET,
    MINUTES,
    NEXT,
    NODE,
    OPEN,
    SETS,
    SETTLED,
    STATE,
    WAIT,
    WAITED,
    Arcs,
    grown,
    new_labels,
)
from corridors.routing.spans import Worth, least_of_span
from corridors.units import MINUTES_PER_DAY

NO_WAY = 1e300


class Duals(NamedTuple):
    """Dual prices: `by_month` (resource, month) and `by_set`; `month_of_day` numbers the months."""

    by_month: Any
    by_set: Any
    month_of_day: Any


class Uses(NamedTuple):
    """Resources that arcs use: arc `a` those from `first[a]` to `first[a + 1]`."""

    first: Any
    resource: Any
    amount: Any


class Kept(NamedTuple):
    """By arc whether a search may use it, the bit of its leg, and its sets (bits)."""

    arc: Any
    bit: Any
    sets: Any


class States(NamedTuple):
    """By node its bit, the mode of `stands_before`, and whether one may wait.

    `latest` are the minutes under way, without waits, after which no ice is entered.
    """

    bit: Any
    mode: Any
    waits: Any
    latest: Any


class Ahead(NamedTuple):
    """By node the least to the sink: the value without prices of sets, and the minutes.

    `may` and `must` are the sets that may and must still be met. Nodes with a row in `row_of` have
    a bound by time step of `length` minutes in `by_step`: by row, `steps` of them from its `first`.
    """

    value: Any
    minutes: Any
    may: Any
    must: Any
    row_of: Any
    by_step: Any
    first: Any
    steps: Any
    length: int


class Limits(NamedTuple):
    """What a search leaves out, and when it ends.

    No journey takes longer than `most_minutes`; `timed` makes minutes count in dominance, because
    there is a deadline. Beyond `most_labels` labels the search stops without a route.
    """

    max_wait_days: int
    cents_per_day: int
    most_minutes: int
    timed: bool
    most_value: float
    most_labels: int


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
    worth: Worth,
    cents_per_day: int,
) -> bool:
    """Return whether label `a` dominates label `b` at their common node.

    `mode` 0: nothing dated ahead; 1: dated ahead and waiting is possible; 2: dated ahead and
    waiting is impossible; 3: the sink. `timed` says whether there is a deadline, `may` which sets
    may still be met.
    """
    if mode == 3:
        return bool(values[a] <= values[b])
    if (labels[a, MET] & labels[b, MET]) != labels[a, MET] or values[a] > values[b]:
        return False
    later = labels[b, CLOCK] - labels[a, CLOCK]
    waiting = 0.0
    if mode == 0:
        if timed and labels[a, MINUTES] > labels[b, MINUTES]:
            return False
    else:
        if later < 0 or (mode == 2 and later != 0) or later % MINUTES_PER_DAY != 0:
            return False
        if (
            labels[a, WAITED] + later > labels[b, WAITED]
            or labels[a, MINUTES] + later > labels[b, MINUTES]
        ):
            return False
        waiting = later * worth.minutes + (later // MINUTES_PER_DAY) * cents_per_day * worth.cents
    lost = set_penalty(labels[a, SETS], labels[b, SETS], may, by_set)
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


def least_by_step(
    nodes: Any,
    row_of: Any,
    arcs: Arcs,
    by_day: ByDay,
    arc_kept: Any,
    uses: Uses,
    waits: Any,
    worth: Worth,
    duals: Duals,
    bound: Any,
    cents_per_day: int,
    first: Any,
    steps: Any,
    length: int,
) -> Any:
    """Return the least cost to the sink by row and time step, without prices of sets.

    `nodes` are those of the rows, and `row_of` the row of each node, -1 where `bound` applies at
    any time. A row has `steps` steps from its `first` one; at other times `bound` applies too.
    `waits` are the nodes where one may wait. The `length` of a step is in minutes; a day is a whole
    number of steps, so that a step has one day's speeds and prices.
    """
    a_day = MINUTES_PER_DAY // length
    wait = MINUTES_PER_DAY * worth.minutes + cents_per_day * worth.cents
    least = np.full((nodes.shape[0], max(1, steps.max())), NO_WAY)
    begin = np.zeros(nodes.shape[0] + 1, np.int64)
    for row in range(nodes.shape[0]):
        begin[row + 1] = begin[row]
        for arc in range(int(arcs.first[nodes[row]]), int(arcs.first[nodes[row] + 1])):
            if arc_kept[arc] and bound[arcs.head[arc]] < NO_WAY:
                begin[row + 1] += 1
    used = np.zeros(begin[-1], np.int64)
    row_of_use = np.zeros(begin[-1], np.int64)
    count = 0
    for row in range(nodes.shape[0]):
        for arc in range(int(arcs.first[nodes[row]]), int(arcs.first[nodes[row] + 1])):
            if arc_kept[arc] and bound[arcs.head[arc]] < NO_WAY:
                used[count] = arc
                row_of_use[count] = row
                count += 1
    cost = np.zeros(count)
    later = np.zeros((count, 2), np.int64)
    last_day = duals.month_of_day.shape[0] - 1
    for now in range((first + steps).max() - 1, first.min() - 1, -1):
        start = now * length
        month = int(duals.month_of_day[min(start // MINUTES_PER_DAY, last_day)])
        for place in range(count):
            row = int(row_of_use[place])
            if now < first[row] or now >= first[row] + steps[row]:
                continue
            arc = int(used[place])
            minutes = int(arcs.minutes[arc])
            value = (
                arcs.cents[arc] * worth.cents
                + minutes * worth.minutes
                + arcs.grams[arc] * worth.grams
            )
            soon = int(arcs.clock[arc])
            late = soon
            profile = int(arcs.profile[arc])
            if profile >= 0:
                more, soonest, latest = least_of_span(
                    profile, float(arcs.km[arc]), start, length, by_day, worth
                )
                value += max(more, 0.0)
                soon += soonest
                late += latest
                if soonest < 0:
                    value = NO_WAY
            for use in range(int(uses.first[arc]), int(uses.first[arc + 1])):
                value += uses.amount[use] * duals.by_month[uses.resource[use], month]
            cost[place] = value
            later[place, 0] = (start + soon) // length
            later[place, 1] = (start + length - 1 + late) // length
        changed = True
        # Arcs shorter than a step stay in the same step: repeat until nothing falls.
        while changed:
            changed = False
            for row in range(nodes.shape[0]):
                step = now - first[row]
                if step < 0 or step >= steps[row]:
                    continue
                low = least[row, step]
                for place in range(begin[row], begin[row + 1]):
                    if cost[place] >= low:
                        continue
                    head = int(arcs.head[used[place]])
                    other = int(row_of[head])
                    ahead = NO_WAY
                    if (
                        other < 0
                        or later[place, 0] < first[other]
                        or later[place, 1] >= first[other] + steps[other]
                    ):
                        ahead = bound[head]
                    else:
                        for when in range(later[place, 0], later[place, 1] + 1):
                            ahead = min(ahead, least[other, when - first[other]])
                    low = min(low, cost[place] + ahead)
                if waits[nodes[row]]:
                    if step + a_day < steps[row]:
                        low = min(low, wait + least[row, step + a_day])
                    else:
                        low = min(low, wait + bound[nodes[row]])
                if low < least[row, step]:
                    least[row, step] = low
                    changed = True
        for row in range(nodes.shape[0]):
            step = now - first[row]
            if 0 <= step < steps[row]:
                least[row, step] = max(least[row, step], bound[nodes[row]]) * (1.0 - 1e-12)
    return least


def priced_search(
    source: int,
    sink: int,
    start: int,
    arcs: Arcs,
    by_day: ByDay,
    kept: Kept,
    states: States,
    uses: Uses,
    worth: Worth,
    duals: Duals,
    ahead: Ahead,
    limits: Limits,
) -> tuple[Any, Any, float, int]:
    """Return the cheapest route below `most_value`: rows, figures, value, number of labels.

    Rows are (arc, start, wait) in order, none if there is no such route; figures are cents, minutes
    and grams.
    """
    last_day = duals.month_of_day.shape[0] - 1
    labels = new_labels()
    values = np.zeros(labels.shape[0])
    at = np.full(arcs.first.shape[0] - 1, -1, np.int64)
    heap = [(0.0, np.int64(0))]
    heap.pop()
    count = 0
    if ahead.value[source] < NO_WAY:
        labels[0, NODE] = source
        labels[0, CLOCK] = start
        labels[0, MET] = states.bit[source]
        labels[0, BEFORE] = -1
        labels[0, ARC] = -1
        labels[0, NEXT] = -1
        at[source] = 0
        count = 1
        heap.append((0.0, np.int64(0)))
    best = -1
    while len(heap) > 0:
        current = int(heapq.heappop(heap)[1])
        if labels[current, STATE] != OPEN:
            continue
        labels[current, STATE] = SETTLED
        node = int(labels[current, NODE])
        if node == sink:
            best = current
            break
        clock = int(labels[current, CLOCK])
        choices = 1
        if states.waits[node] and states.mode[node] > 0:
            choices += limits.max_wait_days - int(labels[current, WAITED]) // MINUTES_PER_DAY
        for days in range(choices):
            wait = days * MINUTES_PER_DAY
            for arc in range(int(arcs.first[node]), int(arcs.first[node + 1])):
                target = int(arcs.head[arc])
                if not kept.arc[arc] or ahead.value[target] >= NO_WAY:
                    continue
                bit = int(kept.bit[arc]) | int(states.bit[target])
                if (labels[current, MET] & bit) != 0:
                    continue
                begun = clock + wait
                minutes = int(arcs.minutes[arc])
                ticks = int(arcs.clock[arc])
                cents = int(arcs.cents[arc])
                grams = int(arcs.grams[arc])
                profile = int(arcs.profile[arc])
                if profile >= 0:
                    under_way = labels[current, MINUTES] - labels[current, WAITED]
                    if by_day.through[profile] and under_way > states.latest[node]:
                        continue
                    extra, more_cents, more_grams = travel(
                        profile, float(arcs.km[arc]), begun, by_day
                    )
                    if extra < 0:
                        continue
                    minutes += extra
                    ticks += extra
                    cents += more_cents
                    grams += more_grams
                minutes += wait
                cents += days * limits.cents_per_day
                taken = int(labels[current, MINUTES]) + minutes
                if taken + int(ahead.minutes[target]) > limits.most_minutes:
                    continue
                value = (
                    values[current]
                    + cents * worth.cents
                    + minutes * worth.minutes
                    + grams * worth.grams
                )
                month = int(duals.month_of_day[min(begun // MINUTES_PER_DAY, last_day)])
                for use in range(int(uses.first[arc]), int(uses.first[arc + 1])):
                    value += uses.amount[use] * duals.by_month[uses.resource[use], month]
                met = int(labels[current, SETS])
                fresh = int(kept.sets[arc]) & ~met
                left = met | fresh
                still = 0.0
                for number in range(duals.by_set.shape[0]):
                    if (fresh >> number) & 1:
                        value += duals.by_set[number]
                    if not (left >> number) & 1:
                        if (ahead.may[target] >> number) & 1:
                            still += min(duals.by_set[number], 0.0)
                        if (ahead.must[target] >> number) & 1:
                            still += max(duals.by_set[number], 0.0)
                low = value + still
                row = int(ahead.row_of[target])
                step = (begun + ticks) // ahead.length - ahead.first[row]
                if row >= 0 and 0 <= step < ahead.steps[row]:
                    low += ahead.by_step[row, step]
                else:
                    low += ahead.value[target]
                if low >= limits.most_value:
                    continue
                if count >= limits.most_labels:
                    return np.zeros((0, 3), np.int64), np.zeros(3, np.int64), 0.0, count
                if count == labels.shape[0]:
                    labels = grown(labels)
                    wider = np.zeros(labels.shape[0])
                    wider[:count] = values
                    values = wider
                labels[count, NODE] = target
                labels[count, CLOCK] = begun + ticks
                labels[count, CENTS] = labels[current, CENTS] + cents
                labels[count, MINUTES] = taken
                labels[count, GRAMS] = labels[current, GRAMS] + grams
                labels[count, MET] = labels[current, MET] | bit
                labels[count, WAITED] = labels[current, WAITED] + wait
                labels[count, BEFORE] = current
                labels[count, ARC] = arc
                labels[count, WAIT] = wait
                labels[count, STATE] = OPEN
                labels[count, SETS] = left
                values[count] = value
                kind = 3 if target == sink else int(states.mode[target])
                beaten = False
                other = int(at[target])
                while other >= 0 and not beaten:
                    beaten = stands_before(
                        labels,
                        values,
                        other,
                        count,
                        kind,
                        limits.timed,
                        int(ahead.may[target]),
                        duals.by_set,
                        worth,
                        limits.cents_per_day,
                    )
                    other = int(labels[other, NEXT])
                if beaten:
                    continue
                previous = -1
                other = int(at[target])
                while other >= 0:
                    following = int(labels[other, NEXT])
                    if stands_before(
                        labels,
                        values,
                        count,
                        other,
                        kind,
                        limits.timed,
                        int(ahead.may[target]),
                        duals.by_set,
                        worth,
                        limits.cents_per_day,
                    ):
                        labels[other, STATE] = DOMINATED
                        if previous < 0:
                            at[target] = following
                        else:
                            labels[previous, NEXT] = following
                    else:
                        previous = other
                    other = following
                labels[count, NEXT] = at[target]
                at[target] = count
                heapq.heappush(heap, (low, np.int64(count)))
                count += 1
    figures = np.zeros(3, np.int64)
    if best < 0:
        return np.zeros((0, 3), np.int64), figures, 0.0, count
    steps = 0
    label = best
    while labels[label, BEFORE] >= 0:
        steps += 1
        label = int(labels[label, BEFORE])
    rows = np.zeros((steps, 3), np.int64)
    label = best
    while labels[label, BEFORE] >= 0:
        steps -= 1
        rows[steps, 0] = labels[label, ARC]
        rows[steps, 1] = labels[labels[label, BEFORE], CLOCK] + labels[label, WAIT]
        rows[steps, 2] = labels[label, WAIT]
        label = int(labels[label, BEFORE])
    figures[0] = labels[best, CENTS]
    figures[1] = labels[best, MINUTES]
    figures[2] = labels[best, GRAMS]
    return rows, figures, values[best], count
