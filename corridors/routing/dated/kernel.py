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
from typing import Any

import numpy as np

from corridors.costing.pace import travel
from corridors.routing.dated.bounds import UNREACHABLE
from corridors.units import MINUTES_PER_DAY


def dominates(labels: Any, a: int, b: int, mode: int, cents_per_day: int) -> bool:
    """Return whether label `a` dominates label `b` at their common node.

    `mode` 0: nothing dated ahead, plain dominance; 1: dated ahead and waiting is possible;
    2: dated ahead and waiting is impossible. There a label that never waited bars what is no better
    in anything, waits left out, if neither waited or nothing on either way changes with the day.
    Columns: see `COLUMNS`.
    """
    if (labels[a, 11] & labels[b, 11]) != labels[a, 11]:
        return False
    if labels[a, 4] > labels[b, 4]:
        return False
    if mode == 0:
        return bool(labels[a, 2] <= labels[b, 2] and labels[a, 3] <= labels[b, 3])
    later = labels[b, 1] - labels[a, 1]
    if later < 0:
        return False
    if labels[a, 5] == 0 and (labels[b, 5] == 0 or (labels[a, 12] == 0 and labels[b, 12] == 0)):
        # Without their waits; of two ways that are level, both may be waited on.
        cents = labels[b, 2] - labels[b, 13] - labels[a, 2]
        slower = labels[b, 3] - labels[b, 5] - labels[a, 3]
        ticks = later - labels[b, 5]
        if cents >= 0 and slower >= 0 and ticks >= 0:
            level = cents == 0 and slower == 0 and ticks == 0 and labels[a, 4] == labels[b, 4]
            if labels[b, 5] == 0 or not level:
                return True
    waited = labels[a, 5] + later
    minutes = labels[a, 3] + later
    if (mode == 2 and later != 0) or waited > labels[b, 5] or minutes > labels[b, 3]:
        return False
    # What is barred from ways on which others may go on must not dominate these.
    is_free = waited > 0 and labels[a, 12] != 0
    if not is_free and (labels[b, 12] != 0 or waited != labels[b, 5]):
        return False
    waiting = (later * cents_per_day + MINUTES_PER_DAY - 1) // MINUTES_PER_DAY
    return bool(labels[a, 2] + waiting <= labels[b, 2])


# Columns of a label: node, clock (minutes since the scenario's departure day), cents, minutes,
# grams, minutes waited, previous label, arc, wait before the arc, next label of the node, state
# (0 open, 1 settled, 2 dominated), tracked legs run that may lie ahead once more (bits), whether an
# arc on the way changes with the day, cents of the waits.
COLUMNS = 14
BUCKETS = 1 << 16
# A label kept counts as this many steps: it takes memory and a place in the order.
STEPS_OF_LABEL = 50


def search(
    source: int,
    sink: int,
    start: int,
    first_arc: Any,
    arc_head: Any,
    arc_minutes: Any,
    arc_clock: Any,
    arc_cents: Any,
    arc_grams: Any,
    arc_km: Any,
    arc_profile: Any,
    arc_bit: Any,
    bits_ahead: Any,
    detours: Any,
    mode: Any,
    wait_allowed: Any,
    candidate_first: Any,
    candidates: Any,
    minutes_per_km: Any,
    cents_per_km: Any,
    grams_per_km: Any,
    fixed_cents: Any,
    fixed_grams: Any,
    through: Any,
    changes: Any,
    bound_cents: Any,
    bound_minutes: Any,
    bound_grams: Any,
    latest: Any,
    max_wait: int,
    cents_per_day: int,
    best_only: bool,
    most_cents: int,
    last_minute: int,
    known: Any,
    most_steps: int,
) -> Any:
    """Return the labels, an int64 array of `COLUMNS`, and the steps of work that they took.

    The sink's non-dominated labels have state 1. A step is an arc tried or a label looked at; the
    search ends at `most_steps`. A leg with a bit in `arc_bit` is run once at most; `bits_ahead`
    are by node those of the arcs ahead, and `detours` by bit and node, flat, the least cents to the
    sink without the leg.

    Nodes are layered states; arcs lie in CSR order by tail. The sink has no arcs. With `best_only`
    the search is for the cheapest, then quickest route. Labels are dropped if their bound exceeds
    `most_cents`, if they end after `last_minute`, or if a row of `known` (cents, minutes and grams
    of a known route) is no worse than their bound. Bounds to the sink hold for any day. Ice is not
    entered from a node after more than its `latest` minutes, without waits.
    """
    nodes = first_arc.shape[0] - 1
    labels = np.zeros((1024, COLUMNS), np.int64)
    # Where waiting is impossible, labels of other minutes need not be compared: there is one list
    # per minute, and several lists may share a bucket.
    head = np.full(nodes + BUCKETS, -1, np.int64)
    heap = [(np.int64(0), np.int64(0), np.int64(0), np.int64(0))]
    heap.pop()
    count = 0
    steps = 0
    if bound_cents[source] < UNREACHABLE:
        labels[0, 0] = source
        labels[0, 1] = start
        labels[0, 6] = -1
        labels[0, 7] = -1
        labels[0, 9] = -1
        head[source] = 0
        count = 1
        heap.append(
            (
                np.int64(bound_cents[source]),
                np.int64(bound_minutes[source]),
                np.int64(bound_grams[source]),
                np.int64(0),
            )
        )
    at_once = True
    while True:
        current = -1
        node = -1
        while len(heap) > 0 and current < 0:
            label = int(heapq.heappop(heap)[3])
            if labels[label, 10] == 0:
                current = label
                labels[current, 10] = 1
                node = int(labels[current, 0])
        if current < 0 or (best_only and node == sink):
            if not at_once or max_wait <= 0:
                break
            # All labels that did not wait are known. Now they wait.
            at_once = False
            heap.clear()
            for label in range(count):
                node = int(labels[label, 0])
                if labels[label, 10] == 1 and mode[node] > 0 and wait_allowed[node]:
                    labels[label, 10] = 0
                    heap.append(
                        (
                            np.int64(labels[label, 2] + bound_cents[node]),
                            np.int64(labels[label, 3] + bound_minutes[node]),
                            np.int64(labels[label, 4] + bound_grams[node]),
                            np.int64(label),
                        )
                    )
            heapq.heapify(heap)
            continue
        if node == sink:
            continue
        clock = int(labels[current, 1])
        met_before = int(labels[current, 11])
        first = 0
        last = 0
        if wait_allowed[node] and not at_once:
            first = int(candidate_first[node])
            last = int(candidate_first[node + 1])
        # Leave at once, at each candidate, and after the longest remaining wait.
        sooner = first - 1 if at_once or labels[current, 5] > 0 else first
        choices = last + 1 if wait_allowed[node] and mode[node] > 0 and not at_once else last
        for choice in range(sooner, choices):
            wait = 0
            if choice >= first:
                wait = max_wait - int(labels[current, 5])
                if choice < last:
                    wait = int(candidates[choice]) - clock
                if wait <= 0 or labels[current, 5] + wait > max_wait:
                    continue
            waiting = (wait * cents_per_day + MINUTES_PER_DAY - 1) // MINUTES_PER_DAY
            for arc in range(int(first_arc[node]), int(first_arc[node + 1])):
                target = int(arc_head[arc])
                steps += 1
                if bound_cents[target] >= UNREACHABLE:
                    continue
                bit = int(arc_bit[arc])
                if (met_before & bit) != 0:
                    continue
                minutes = int(arc_minutes[arc])
                ticks = int(arc_clock[arc])
                cents = int(arc_cents[arc])
                grams = int(arc_grams[arc])
                profile = int(arc_profile[arc])
                if profile >= 0:
                    under_way = labels[current, 3] - labels[current, 5]
                    if through[profile] and under_way > latest[node]:
                        continue
                    extra, more_cents, more_grams = travel(
                        profile,
                        float(arc_km[arc]),
                        clock + wait,
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
                arrival = clock + wait + ticks
                if arrival > last_minute:
                    continue
                # On a dated network a round trip could replace a wait: no state twice.
                again = False
                if mode[target] > 0:
                    earlier = current
                    while earlier >= 0 and not again:
                        again = labels[earlier, 0] == target
                        earlier = int(labels[earlier, 6])
                if again:
                    continue
                if steps >= most_steps:
                    return labels[:count], steps
                if count == labels.shape[0]:
                    larger = np.zeros((2 * count, COLUMNS), np.int64)
                    larger[:count] = labels
                    labels = larger
                labels[count, 0] = target
                labels[count, 1] = arrival
                labels[count, 2] = labels[current, 2] + cents + waiting
                labels[count, 3] = labels[current, 3] + minutes + wait
                labels[count, 4] = labels[current, 4] + grams
                labels[count, 5] = labels[current, 5] + wait
                labels[count, 6] = current
                labels[count, 7] = arc
                labels[count, 8] = wait
                labels[count, 10] = 0
                met = (met_before | bit) & int(bits_ahead[target])
                labels[count, 11] = met
                dated = labels[current, 12] != 0 or (profile >= 0 and changes[profile])
                labels[count, 12] = 1 if dated else 0
                labels[count, 13] = labels[current, 13] + waiting
                still = bound_cents[target]
                row = target
                while met != 0:
                    steps += 1
                    if (met & 1) != 0:
                        still = max(still, detours[row])
                    met >>= 1
                    row += nodes
                if still >= UNREACHABLE:
                    continue
                low_cents = labels[count, 2] + still
                low_minutes = labels[count, 3] + bound_minutes[target]
                low_grams = labels[count, 4] + bound_grams[target]
                beaten = False
                if low_cents > most_cents:
                    continue
                for row in range(known.shape[0]):
                    steps += 1
                    if (
                        known[row, 0] <= low_cents
                        and known[row, 1] <= low_minutes
                        and known[row, 2] <= low_grams
                    ):
                        beaten = True
                        break
                if beaten:
                    continue
                other = int(head[sink])
                while other >= 0 and not beaten:
                    steps += 1
                    if labels[other, 10] != 2:
                        if best_only:
                            beaten = bool(
                                labels[other, 2] < low_cents
                                or (
                                    labels[other, 2] == low_cents
                                    and labels[other, 3] <= low_minutes
                                )
                            )
                        else:
                            beaten = bool(
                                labels[other, 2] <= low_cents
                                and labels[other, 3] <= low_minutes
                                and labels[other, 4] <= low_grams
                            )
                    other = int(labels[other, 9])
                if beaten:
                    continue
                kind = 0 if target == sink else int(mode[target])
                other = int(head[target])
                while other >= 0 and not beaten:
                    steps += 1
                    if labels[other, 10] != 2:
                        beaten = dominates(labels, other, count, kind, cents_per_day)
                    other = int(labels[other, 9])
                bucket = target
                if kind == 2 and not at_once:
                    bucket = nodes + (arrival * nodes + target) % BUCKETS
                    other = int(head[bucket])
                    while other >= 0 and not beaten:
                        steps += 1
                        if labels[other, 10] != 2 and labels[other, 0] == target:
                            beaten = dominates(labels, other, count, kind, cents_per_day)
                        other = int(labels[other, 9])
                if beaten:
                    continue
                previous = -1
                other = int(head[bucket])
                while other >= 0:
                    following = int(labels[other, 9])
                    if labels[other, 10] == 2 or (
                        labels[other, 0] == target
                        and dominates(labels, count, other, kind, cents_per_day)
                    ):
                        labels[other, 10] = 2
                        if previous < 0:
                            head[bucket] = following
                        else:
                            labels[previous, 9] = following
                    else:
                        previous = other
                    other = following
                labels[count, 9] = head[bucket]
                head[bucket] = count
                heapq.heappush(heap, (low_cents, low_minutes, low_grams, np.int64(count)))
                count += 1
                steps += STEPS_OF_LABEL
    return labels[:count], steps
