"""The label setting, written so that numba can compile it and Python can run it.

Labels are settled in the order of their bound (cost, then minutes). One label dominates another
only as `model.md` section 4 allows: where the network ahead is dated and waiting is possible, a
label must not be later, and must be no worse after paying for the wait until the other's arrival.

No route lets time pass on a detour to meet an opening. What never waits is therefore searched
first, with bounds of any day: there a way that is no better than another in anything leads nowhere,
even if on these dates the other one finds a gate closed. What waits may, until the first arc that
changes with the day, only take the ways that are left.

References
----------
Mandow, L. and Perez de la Cruz, J. L. (2010), Multiobjective A* search with consistent
heuristics, Journal of the ACM 57(5). Righini, G. and Salani, M. (2008), New dynamic programming
algorithms for the resource constrained elementary shortest path problem, Networks 51(3), for the
tracked legs.
"""

from __future__ import annotations

import heapq
from typing import Any, NamedTuple

import numpy as np

from corridors.costing.pace import ByDay, travel
from corridors.routing.dated.bounds import UNREACHABLE
from corridors.routing.labels import (
    ARC,
    BEFORE,
    CENTS,
    CHANGED,
    CLOCK,
    DOMINATED,
    GRAMS,
    MET,
    MINUTES,
    NEXT,
    NODE,
    OPEN,
    SETTLED,
    STATE,
    WAIT,
    WAIT_CENTS,
    WAITED,
    Arcs,
    grown,
    new_labels,
)
from corridors.units import MINUTES_PER_DAY


def dominates(labels: Any, a: int, b: int, mode: int, cents_per_day: int) -> bool:
    """Return whether label `a` dominates label `b` at their common node.

    `mode` 0: nothing dated ahead, plain dominance; 1: dated ahead and waiting is possible;
    2: dated ahead and waiting is impossible. There a label that never waited bars what is no better
    in anything, waits left out, if neither waited or nothing on either way changes with the day.
    """
    if (labels[a, MET] & labels[b, MET]) != labels[a, MET]:
        return False
    if labels[a, GRAMS] > labels[b, GRAMS]:
        return False
    cents = labels[b, CENTS] - labels[a, CENTS]
    minutes = labels[b, MINUTES] - labels[a, MINUTES]
    if mode == 0:
        return bool(cents >= 0 and minutes >= 0)
    later = labels[b, CLOCK] - labels[a, CLOCK]
    if later < 0:
        return False
    unchanged = labels[a, CHANGED] == 0 and labels[b, CHANGED] == 0
    if labels[a, WAITED] == 0 and (labels[b, WAITED] == 0 or unchanged):
        # Without their waits; of two ways that are level, both may be waited on.
        dearer = cents - labels[b, WAIT_CENTS]
        slower = minutes - labels[b, WAITED]
        ticks = later - labels[b, WAITED]
        if dearer >= 0 and slower >= 0 and ticks >= 0:
            level = dearer == 0 and slower == 0 and ticks == 0
            level = level and labels[a, GRAMS] == labels[b, GRAMS]
            if labels[b, WAITED] == 0 or not level:
                return True
    waited = labels[a, WAITED] + later
    if (mode == 2 and later != 0) or waited > labels[b, WAITED] or later > minutes:
        return False
    # What is barred from ways on which others may go on must not dominate these.
    is_free = waited > 0 and labels[a, CHANGED] != 0
    if not is_free and (labels[b, CHANGED] != 0 or waited != labels[b, WAITED]):
        return False
    waiting = (later * cents_per_day + MINUTES_PER_DAY - 1) // MINUTES_PER_DAY
    return bool(waiting <= cents)


BUCKETS = 1 << 16
# A label kept counts as this many steps: it takes memory and a place in the order.
STEPS_OF_LABEL = 50


class Tracked(NamedTuple):
    """Legs that no route may run twice, a bit each.

    `bit` is by arc that of its leg, `ahead` by node those of the arcs ahead, and `detours` by bit
    and node, flat, the least cents to the sink without the leg.
    """

    bit: Any
    ahead: Any
    detours: Any


class Waits(NamedTuple):
    """Where and until when a route may wait, and what that costs.

    By node: the `mode` of `dominates`, whether it may wait, and the minutes worth waiting for, from
    `first[n]` to `first[n + 1]`. `changes` is by profile whether it changes with the day; `most`
    are the minutes of all waits together.
    """

    mode: Any
    allowed: Any
    first: Any
    minutes: Any
    changes: Any
    most: int
    cents_per_day: int


class Bounds(NamedTuple):
    """By node the least cents, minutes and grams to the sink on any day.

    Ice is not entered from a node after more than its `latest` minutes, without waits.
    """

    cents: Any
    minutes: Any
    grams: Any
    latest: Any


class ByTime(NamedTuple):
    """Least cents to the sink by time, of routes that have waited.

    `cents` has a row by node, then again by node for routes that an arc which changes with the day
    lies behind, and a column for each `span` of minutes from `begin` on and for any later time. The
    wait since `begin` is paid in it. It has no rows if nothing is known. Each minute waited is
    priced at `wait_cents` more; see `timed`.
    """

    cents: Any
    begin: int
    span: int
    cents_per_minute: float
    wait_cents: float


def still_to_pay(
    by_time: ByTime, nodes: int, node: int, changed: int, clock: int, may_wait: int
) -> float:
    """Return the least cents to the sink of a route that has waited, from a node at a minute."""
    if by_time.cents.shape[0] == 0:
        return 0.0
    since = clock - by_time.begin
    span = min(since // by_time.span, by_time.cents.shape[1] - 1)
    paid = since * by_time.cents_per_minute
    left = float(by_time.cents[node + nodes * changed, span]) - paid
    return left - may_wait * by_time.wait_cents


class Limits(NamedTuple):
    """What a search leaves out, and when it ends.

    With `best_only` it is for the cheapest, then quickest route. Labels are dropped if their bound
    exceeds `most_cents`, if they end after `last_minute`, or if a row of `known` (cents, minutes
    and grams of a known route) is no worse than their bound. It ends at `most_steps`, or when
    `stop` holds a number other than 0.
    """

    best_only: bool
    most_cents: int
    last_minute: int
    known: Any
    most_steps: int
    stop: Any


def search(
    source: int,
    sink: int,
    start: int,
    arcs: Arcs,
    by_day: ByDay,
    tracked: Tracked,
    waits: Waits,
    bounds: Bounds,
    by_time: ByTime,
    limits: Limits,
) -> Any:
    """Return the labels and the steps of work that they took.

    The sink's non-dominated labels are settled. A step is an arc tried or a label looked at. Nodes
    are layered states; the sink has no arcs.
    """
    nodes = arcs.first.shape[0] - 1
    labels = new_labels()
    # Where waiting is impossible, labels of other minutes need not be compared: there is one list
    # per minute, and several lists may share a bucket.
    head = np.full(nodes + BUCKETS, -1, np.int64)
    heap = [(np.int64(0), np.int64(0), np.int64(0), np.int64(0))]
    heap.pop()
    count = 0
    steps = 0
    if bounds.cents[source] < UNREACHABLE:
        labels[0, NODE] = source
        labels[0, CLOCK] = start
        labels[0, BEFORE] = -1
        labels[0, ARC] = -1
        labels[0, NEXT] = -1
        head[source] = 0
        count = 1
        heap.append(
            (
                np.int64(bounds.cents[source]),
                np.int64(bounds.minutes[source]),
                np.int64(bounds.grams[source]),
                np.int64(0),
            )
        )
    at_once = True
    while limits.stop[0] == 0:
        current = -1
        node = -1
        while len(heap) > 0 and current < 0:
            label = int(heapq.heappop(heap)[3])
            if labels[label, STATE] == OPEN:
                current = label
                labels[current, STATE] = SETTLED
                node = int(labels[current, NODE])
        if current < 0 or (limits.best_only and node == sink):
            if not at_once or waits.most <= 0:
                break
            # All labels that did not wait are known. Now they wait.
            at_once = False
            heap.clear()
            for label in range(count):
                node = int(labels[label, NODE])
                if labels[label, STATE] != SETTLED or waits.mode[node] == 0:
                    continue
                left = still_to_pay(
                    by_time,
                    nodes,
                    node,
                    int(labels[label, CHANGED]),
                    int(labels[label, CLOCK]),
                    waits.most - int(labels[label, WAITED]),
                )
                if labels[label, CENTS] + left > limits.most_cents:
                    continue
                if waits.allowed[node]:
                    labels[label, STATE] = OPEN
                    heap.append(
                        (
                            np.int64(labels[label, CENTS] + bounds.cents[node]),
                            np.int64(labels[label, MINUTES] + bounds.minutes[node]),
                            np.int64(labels[label, GRAMS] + bounds.grams[node]),
                            np.int64(label),
                        )
                    )
            heapq.heapify(heap)
            continue
        if node == sink:
            continue
        clock = int(labels[current, CLOCK])
        met_before = int(labels[current, MET])
        first = 0
        last = 0
        if waits.allowed[node] and not at_once:
            first = int(waits.first[node])
            last = int(waits.first[node + 1])
        # Leave at once, at each candidate, and after the longest remaining wait.
        sooner = first - 1 if at_once or labels[current, WAITED] > 0 else first
        choices = last + 1 if waits.allowed[node] and waits.mode[node] > 0 and not at_once else last
        for choice in range(sooner, choices):
            wait = 0
            if choice >= first:
                wait = waits.most - int(labels[current, WAITED])
                if choice < last:
                    wait = int(waits.minutes[choice]) - clock
                if wait <= 0 or labels[current, WAITED] + wait > waits.most:
                    continue
            waiting = (wait * waits.cents_per_day + MINUTES_PER_DAY - 1) // MINUTES_PER_DAY
            for arc in range(int(arcs.first[node]), int(arcs.first[node + 1])):
                target = int(arcs.head[arc])
                steps += 1
                if bounds.cents[target] >= UNREACHABLE:
                    continue
                bit = int(tracked.bit[arc])
                if (met_before & bit) != 0:
                    continue
                minutes = int(arcs.minutes[arc])
                ticks = int(arcs.clock[arc])
                cents = int(arcs.cents[arc])
                grams = int(arcs.grams[arc])
                profile = int(arcs.profile[arc])
                if profile >= 0:
                    under_way = labels[current, MINUTES] - labels[current, WAITED]
                    if by_day.through[profile] and under_way > bounds.latest[node]:
                        continue
                    extra, more_cents, more_grams = travel(
                        profile, float(arcs.km[arc]), clock + wait, by_day
                    )
                    if extra < 0:
                        continue
                    minutes += extra
                    ticks += extra
                    cents += more_cents
                    grams += more_grams
                arrival = clock + wait + ticks
                if arrival > limits.last_minute:
                    continue
                # On a dated network a round trip could replace a wait: no state twice.
                again = False
                if waits.mode[target] > 0:
                    earlier = current
                    while earlier >= 0 and not again:
                        again = labels[earlier, NODE] == target
                        earlier = int(labels[earlier, BEFORE])
                if again:
                    continue
                if steps >= limits.most_steps or limits.stop[0] != 0:
                    return labels[:count], steps
                if count == labels.shape[0]:
                    labels = grown(labels)
                labels[count, NODE] = target
                labels[count, CLOCK] = arrival
                labels[count, CENTS] = labels[current, CENTS] + cents + waiting
                labels[count, MINUTES] = labels[current, MINUTES] + minutes + wait
                labels[count, GRAMS] = labels[current, GRAMS] + grams
                labels[count, WAITED] = labels[current, WAITED] + wait
                labels[count, BEFORE] = current
                labels[count, ARC] = arc
                labels[count, WAIT] = wait
                labels[count, STATE] = OPEN
                met = (met_before | bit) & int(tracked.ahead[target])
                labels[count, MET] = met
                dated = labels[current, CHANGED] != 0 or (profile >= 0 and waits.changes[profile])
                labels[count, CHANGED] = 1 if dated else 0
                labels[count, WAIT_CENTS] = labels[current, WAIT_CENTS] + waiting
                still = bounds.cents[target]
                row = target
                while met != 0:
                    steps += 1
                    if (met & 1) != 0:
                        still = max(still, tracked.detours[row])
                    met >>= 1
                    row += nodes
                if still >= UNREACHABLE:
                    continue
                low_cents = labels[count, CENTS] + still
                low_minutes = labels[count, MINUTES] + bounds.minutes[target]
                low_grams = labels[count, GRAMS] + bounds.grams[target]
                beaten = False
                if low_cents > limits.most_cents:
                    continue
                if labels[count, WAITED] > 0 and target != sink:
                    left = still_to_pay(
                        by_time,
                        nodes,
                        target,
                        int(labels[count, CHANGED]),
                        arrival,
                        waits.most - int(labels[count, WAITED]),
                    )
                    if labels[count, CENTS] + left > limits.most_cents:
                        continue
                for row in range(limits.known.shape[0]):
                    steps += 1
                    if (
                        limits.known[row, 0] <= low_cents
                        and limits.known[row, 1] <= low_minutes
                        and limits.known[row, 2] <= low_grams
                    ):
                        beaten = True
                        break
                if beaten:
                    continue
                other = int(head[sink])
                while other >= 0 and not beaten:
                    steps += 1
                    if labels[other, STATE] != DOMINATED:
                        if limits.best_only:
                            beaten = bool(
                                labels[other, CENTS] < low_cents
                                or (
                                    labels[other, CENTS] == low_cents
                                    and labels[other, MINUTES] <= low_minutes
                                )
                            )
                        else:
                            beaten = bool(
                                labels[other, CENTS] <= low_cents
                                and labels[other, MINUTES] <= low_minutes
                                and labels[other, GRAMS] <= low_grams
                            )
                    other = int(labels[other, NEXT])
                if beaten:
                    continue
                kind = 0 if target == sink else int(waits.mode[target])
                other = int(head[target])
                while other >= 0 and not beaten:
                    steps += 1
                    if labels[other, STATE] != DOMINATED:
                        beaten = dominates(labels, other, count, kind, waits.cents_per_day)
                    other = int(labels[other, NEXT])
                bucket = target
                if kind == 2 and not at_once:
                    bucket = nodes + (arrival * nodes + target) % BUCKETS
                    other = int(head[bucket])
                    while other >= 0 and not beaten:
                        steps += 1
                        if labels[other, STATE] != DOMINATED and labels[other, NODE] == target:
                            beaten = dominates(labels, other, count, kind, waits.cents_per_day)
                        other = int(labels[other, NEXT])
                if beaten:
                    continue
                previous = -1
                other = int(head[bucket])
                while other >= 0:
                    following = int(labels[other, NEXT])
                    if labels[other, STATE] == DOMINATED or (
                        labels[other, NODE] == target
                        and dominates(labels, count, other, kind, waits.cents_per_day)
                    ):
                        labels[other, STATE] = DOMINATED
                        if previous < 0:
                            head[bucket] = following
                        else:
                            labels[previous, NEXT] = following
                    else:
                        previous = other
                    other = following
                labels[count, NEXT] = head[bucket]
                head[bucket] = count
                heapq.heappush(heap, (low_cents, low_minutes, low_grams, np.int64(count)))
                count += 1
                steps += STEPS_OF_LABEL
    return labels[:count], steps
