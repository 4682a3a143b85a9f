"""Label setting by date: one departure, no waits on the way. Numba can compile it.

A label is a way from the source to a node, with its cost, minutes, CO2e and the minute at which it
arrives. Labels are settled in the order of the least that a route over them costs (A*); the lower
bounds of what lies ahead are those of any day.

The rule of dominance (`dominates`): a label rules out another one at its node if it is no worse in
cost, minutes and CO2e and arrives no later. Where nothing depends on the day and only the cheapest
route counts, the cheaper one rules the other out, of equally cheap ones the quicker, then the one
that emits less (`in_order`).

Where something ahead depends on the day, being early may be of no use: a gate is still closed. A
way that is dearer, slower and emits more would then meet an open gate that the better way finds
closed. It is ruled out all the same. It is no better than the other way with a wait half way, and
nobody holds boxes half way: they leave the origin some days later instead, which is another search
(see `departures`). A ship does not sail a detour to let time pass.

For example: by ship A boxes reach the ice on day 10 for 900 USD, by feeder B on day 13 for 1,000.
B is ruled out, also where the ice opens on day 12; leaving two days later, A is there in time. If B
cost 850 USD, it would be kept: it is slower, but cheaper.

docs/explanation/how-it-works.md follows a search step by step.

References
----------
Mandow, L. and Perez de la Cruz, J. L. (2010), Multiobjective A* search with consistent
heuristics, Journal of the ACM 57(5). Righini, G. and Salani, M. (2008), New dynamic programming
algorithms for the resource constrained elementary shortest path problem, Networks 51(3), for the
tracked places.
"""

from __future__ import annotations

import heapq
from typing import Any, NamedTuple

import numpy as np

from corridors.costing.pace import ByDay, travel
from corridors.routing.problem import (
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
    Arcs,
    grown,
    new_labels,
)

# Lower bounds for the label setting; numba can compile it.

UNREACHABLE = 1 << 60
# Children of an entry of the heap: four take fewer moves than two.
CHILDREN = 4


def lower_bounds(
    first: Any, ends: Any, weight: Any, root: int, least: Any, heap: Any, place: Any, sets: int
) -> None:
    """Write the least weight from every node to the root into `least`, by the sets met.

    Dijkstra's search with a heap that knows the place of each node (D. B. Johnson, Efficient
    algorithms for shortest paths in sparse networks, 1977). What it settles are states: a node
    times `2**sets`, with a bit for each set that the path meets; without sets, nodes.

    Parameters
    ----------
    first, ends, weight
        Arcs in CSR order by the end nearer to the root, the states of their other ends with the
        sets of the arc alone, and their weights >= 0.
    root
        A state.
    least
        By state; `UNREACHABLE` before, and after where there is no path.
    heap, place
        Room by state; `place` is -1.
    sets
        The number of sets, >= 0.
    """
    met = (1 << sets) - 1
    least[root], heap[0], place[root], size = 0, root, 0, 1
    while size > 0:
        node = heap[0]
        here = least[node]
        place[node] = -1
        size -= 1
        last, at = heap[size], 0
        far = least[last]
        while CHILDREN * at + 1 < size:
            nearest = CHILDREN * at + 1
            near = least[heap[nearest]]
            for other in range(nearest + 1, min(nearest + CHILDREN, size)):
                beyond = least[heap[other]]
                if beyond < near:
                    nearest, near = other, beyond
            if near >= far:
                break
            heap[at] = heap[nearest]
            place[heap[at]] = at
            at = nearest
        if size > 0:
            heap[at], place[last] = last, at
        for arc in range(first[node >> sets], first[(node >> sets) + 1]):
            end = ends[arc] | node & met
            through = here + weight[arc]
            if through < least[end]:
                least[end] = through
                at = place[end]
                if at < 0:
                    at = size
                    size += 1
                while at > 0:
                    above = (at - 1) // CHILDREN
                    if least[heap[above]] <= through:
                        break
                    heap[at] = heap[above]
                    place[heap[at]] = at
                    at = above
                heap[at], place[end] = end, at


def mark_below(
    tail: Any, head: Any, weight: Any, met: Any, near: Any, far: Any, below: Any, kept: Any
) -> None:
    """Mark the arcs of paths that weigh less than `below` of the sets that they meet.

    Parameters
    ----------
    tail, head, weight, met
        By arc its ends, its weight, and the sets that it lies in, as bits.
    near, far
        By node and sets met the least weight of a path to it, and of one from it.
    below
        By sets met, at most `UNREACHABLE`.
    kept
        By arc; not marked before.
    """
    for arc in range(tail.shape[0]):
        before, after = near[tail[arc]], far[head[arc]]
        for one in range(below.shape[0]):
            through = before[one] + weight[arc]
            if through < UNREACHABLE:
                for other in range(below.shape[0]):
                    if through + after[other] < below[one | other | met[arc]]:
                        kept[arc] = True


# A label kept counts as this many steps: it takes memory and a place in the order.
STEPS_OF_LABEL = 50
# So many labels looked at take as long as a step.
LOOKS_OF_STEP = 20


class Tracked(NamedTuple):
    """Places that no route may come to twice, a bit each.

    `bit` is by arc that of its place, `ahead` by node those of the arcs ahead, and `detours` by bit
    and node, flat, the least cents to the sink without the place.
    """

    bit: Any
    ahead: Any
    detours: Any


class Sets(NamedTuple):
    """Sets of arcs whose price a route pays once, however often it meets them; a reward is below 0.

    `of_arc` are by arc the sets that it belongs to, as bits, `place` the place that it comes to or
    -1, `cents` the prices by set. `may` and `must` are by node the sets that a way from it may
    still meet, and cannot miss.
    """

    of_arc: Any
    place: Any
    cents: Any
    may: Any
    must: Any


class Bounds(NamedTuple):
    """By node the least cents, minutes and grams to the sink on any day.

    Ice is not entered from a node after more than its `latest` minutes. `ice_ahead` says whether
    every way from a node leads through ice.
    """

    cents: Any
    minutes: Any
    grams: Any
    latest: Any
    ice_ahead: Any


class Limits(NamedTuple):
    """What a search leaves out, and when it ends.

    With `best_only` it is for the cheapest, then quickest route; `in_order` says that a dearer way
    is then of no use, as it is where minutes are limited. Labels are dropped if their bound
    exceeds `most_cents` or `most_minutes`, if they end after `last_minute`, or if a row of `known`
    (cents, minutes and grams) is no worse than their bound. It ends at `most_steps`, or when `stop`
    holds a number other than 0.
    """

    best_only: bool
    in_order: bool
    most_cents: int
    most_minutes: int
    last_minute: int
    known: Any
    most_steps: int
    stop: Any


def most_lost(held: int, other: int, may: int, prices: Any) -> int:
    """Return the most cents that a way in the sets `held` may lose to one in `other`.

    Only sets that `may` still be met count: it pays a price that the other has paid, or the other
    gains a reward that it has gained.
    """
    lost = 0
    for number in range(prices.shape[0]):
        if ((held ^ other) & may) >> number & 1:
            price = int(prices[number])
            lost += max(price, 0) if other >> number & 1 else max(-price, 0)
    return lost


def dominates(labels: Any, a: int, b: int, in_order: bool) -> bool:
    """Return whether label `a` rules out label `b` at their node, prices of sets left aside.

    The head of this module says why. Tracked places that `a` has met and `b` has not may still be
    met by `b` alone.
    """
    if in_order:
        for figure in (CENTS, MINUTES, GRAMS):
            if labels[a, figure] != labels[b, figure]:
                if labels[a, figure] > labels[b, figure]:
                    return False
                break
        return bool((labels[a, MET] & labels[b, MET]) == labels[a, MET])
    return bool(
        labels[a, CENTS] <= labels[b, CENTS]
        and labels[a, MINUTES] <= labels[b, MINUTES]
        and labels[a, GRAMS] <= labels[b, GRAMS]
        and labels[a, CLOCK] <= labels[b, CLOCK]
        and (labels[a, MET] & labels[b, MET]) == labels[a, MET]
    )


def pays_no_more(labels: Any, a: int, b: int, sets: Sets) -> bool:
    """Return whether label `a` costs no more than `b`, whatever sets both meet from here on."""
    if labels[a, SETS] == labels[b, SETS]:
        return True
    may = int(sets.may[labels[b, NODE]])
    lost = most_lost(int(labels[a, SETS]), int(labels[b, SETS]), may, sets.cents)
    return bool(labels[a, CENTS] + lost <= labels[b, CENTS])


def extend(
    labels: Any, current: int, new: int, arc: int, arcs: Arcs, by_day: ByDay, sets: Sets
) -> bool:
    """Write the label of a way that goes on by an arc; return False if the arc is closed then.

    The places that it has met are written by the caller.
    """
    minutes, ticks = int(arcs.minutes[arc]), int(arcs.clock[arc])
    cents, grams = int(arcs.cents[arc]), int(arcs.grams[arc])
    profile = int(arcs.profile[arc])
    if profile >= 0:
        extra, more_cents, more_grams = travel(
            profile, float(arcs.km[arc]), int(labels[current, CLOCK]), by_day
        )
        if extra < 0:
            return False
        minutes += extra
        ticks += extra
        cents += more_cents
        grams += more_grams
    held = int(labels[current, SETS])
    for number in range(sets.cents.shape[0]):
        if (sets.of_arc[arc] & ~held) >> number & 1:
            cents += int(sets.cents[number])
            held |= 1 << number
    labels[new, SETS] = held
    labels[new, NODE] = arcs.head[arc]
    labels[new, CLOCK] = labels[current, CLOCK] + ticks
    labels[new, CENTS] = labels[current, CENTS] + cents
    labels[new, MINUTES] = labels[current, MINUTES] + minutes
    labels[new, GRAMS] = labels[current, GRAMS] + grams
    labels[new, BEFORE] = current
    labels[new, ARC] = arc
    labels[new, STATE] = OPEN
    return True


def turns_in_a_place(labels: Any, current: int, arc: int, node: int, sets: Sets) -> bool:
    """Return whether a way comes by an arc to a node that it has met, and to no place since.

    One that comes to a place twice for a reward may yet be searched: who barred it here would also
    bar what it beats on the way, which comes to no place twice.
    """
    label, by = current, arc
    while label >= 0 and sets.place[by] < 0:
        if labels[label, NODE] == node:
            return True
        by = int(labels[label, ARC])
        label = int(labels[label, BEFORE])
    return False


def least_left(
    labels: Any, label: int, nodes: int, bounds: Bounds, tracked: Tracked, sets: Sets
) -> int:
    """Return the least cents to the sink, without the tracked places that a way has met."""
    node, met, held = int(labels[label, NODE]), int(labels[label, MET]), int(labels[label, SETS])
    left = int(bounds.cents[node])
    row = node
    while met != 0:
        if (met & 1) != 0:
            left = max(left, int(tracked.detours[row]))
        met >>= 1
        row += nodes
    for number in range(sets.cents.shape[0]):
        price = int(sets.cents[number])
        met_by = sets.may[node] if price < 0 else sets.must[node]
        if (met_by & ~held) >> number & 1:
            left += price
    return left


def is_matched(low: tuple[int, int, int], known: Any) -> bool:
    """Return whether a known route is no worse than the least cents, minutes and grams."""
    for row in range(known.shape[0]):
        if known[row, 0] <= low[0] and known[row, 1] <= low[1] and known[row, 2] <= low[2]:
            return True
    return False


def is_arrived(
    labels: Any, sink: int, heads: Any, low: tuple[int, int, int], best_only: bool
) -> tuple[bool, int]:
    """Return whether a label at the sink is no worse than `low`, and how many were looked at.

    The one that is is put first in their list: it is likely to be so of the next ones too.
    """
    looked, previous = 0, -1
    other = int(heads[sink])
    while other >= 0:
        looked += 1
        cents, minutes, grams = labels[other, CENTS], labels[other, MINUTES], labels[other, GRAMS]
        if best_only:
            found = cents < low[0] or (cents == low[0] and minutes < low[1])
            found = found or (cents == low[0] and minutes == low[1] and grams <= low[2])
        else:
            found = cents <= low[0] and minutes <= low[1] and grams <= low[2]
        if found and labels[other, STATE] != DOMINATED:
            put_first(labels, sink, heads, other, previous)
            return True, looked
        previous = other
        other = int(labels[other, NEXT])
    return False, looked


def is_dominated(labels: Any, new: int, heads: Any, in_order: bool, sets: Sets) -> tuple[bool, int]:
    """Return whether a label of its node dominates a new one, and how many were looked at.

    The one that does is put first in their list: it is likely to dominate the next ones too.
    """
    looked, previous = 0, -1
    node = int(labels[new, NODE])
    other = int(heads[node])
    while other >= 0:
        looked += 1
        if dominates(labels, other, new, in_order) and pays_no_more(labels, other, new, sets):
            put_first(labels, node, heads, other, previous)
            return True, looked
        previous = other
        other = int(labels[other, NEXT])
    return False, looked


def put_first(labels: Any, node: int, heads: Any, label: int, previous: int) -> None:
    """Put a label first in the list of its node, in which it comes after `previous`."""
    if previous >= 0:
        labels[previous, NEXT] = labels[label, NEXT]
        labels[label, NEXT] = heads[node]
        heads[node] = label


def keep(labels: Any, new: int, heads: Any, in_order: bool, sets: Sets) -> None:
    """Put a label first in the list of its node, and take out those that it dominates."""
    node = int(labels[new, NODE])
    previous = -1
    other = int(heads[node])
    while other >= 0:
        following = int(labels[other, NEXT])
        if dominates(labels, new, other, in_order) and pays_no_more(labels, new, other, sets):
            labels[other, STATE] = DOMINATED
            if previous < 0:
                heads[node] = following
            else:
                labels[previous, NEXT] = following
        else:
            previous = other
        other = following
    labels[new, NEXT] = heads[node]
    heads[node] = new


def search(
    source: int,
    sink: int,
    start: int,
    arcs: Arcs,
    by_day: ByDay,
    tracked: Tracked,
    sets: Sets,
    bounds: Bounds,
    limits: Limits,
) -> Any:
    """Return the labels and the steps of work that they took.

    The sink's non-dominated labels are settled. A step is an arc tried, or other work that takes as
    long. Nodes are layered states; the sink has no arcs. No way meets a node twice: the way until
    the first time dominates it, unless it has gained a reward on its round. Where it came to a
    place on that, whoever asks sees the place twice and bars it.
    """
    nodes = arcs.first.shape[0] - 1
    labels = new_labels()
    # By node the first of its labels, which form a list.
    heads = np.full(nodes, -1, np.int64)
    heap = [(np.int64(0), np.int64(0), np.int64(0), np.int64(0))]
    heap.pop()
    count = 0
    steps, looks = 0, 0
    if bounds.cents[source] < UNREACHABLE:
        labels[0, NODE], labels[0, CLOCK] = source, start
        labels[0, BEFORE], labels[0, ARC], labels[0, NEXT] = -1, -1, -1
        heads[source] = 0
        count = 1
        heap.append((np.int64(bounds.cents[source]), np.int64(0), np.int64(0), np.int64(0)))
    while len(heap) > 0:
        current = int(heapq.heappop(heap)[3])
        if labels[current, STATE] != OPEN:
            continue
        labels[current, STATE] = SETTLED
        node = int(labels[current, NODE])
        if node == sink:
            if limits.best_only:
                break
            continue
        for arc in range(int(arcs.first[node]), int(arcs.first[node + 1])):
            steps += 1 + looks // LOOKS_OF_STEP
            looks %= LOOKS_OF_STEP
            if steps >= limits.most_steps or limits.stop[0] != 0:
                return labels[:count], steps
            target, profile = int(arcs.head[arc]), int(arcs.profile[arc])
            if bounds.cents[target] >= UNREACHABLE:
                continue
            if (labels[current, MET] & tracked.bit[arc]) != 0:
                continue
            # A ship that has been under way for too long sails no ice: it would only let time pass
            # until the season.
            into_ice = profile >= 0 and by_day.through[profile]
            if into_ice and labels[current, MINUTES] > bounds.latest[node]:
                continue
            if count == labels.shape[0]:
                labels = grown(labels)
            if not extend(labels, current, count, arc, arcs, by_day, sets):
                continue
            met = int(labels[current, MET] | tracked.bit[arc]) & int(tracked.ahead[target])
            labels[count, MET] = met
            if sets.cents.shape[0] > 0 and turns_in_a_place(labels, current, arc, target, sets):
                continue
            left = least_left(labels, count, nodes, bounds, tracked, sets)
            if left >= UNREACHABLE or labels[count, CLOCK] > limits.last_minute:
                continue
            if bounds.ice_ahead[target] and labels[count, MINUTES] > bounds.latest[target]:
                continue
            low = (
                int(labels[count, CENTS]) + left,
                int(labels[count, MINUTES] + bounds.minutes[target]),
                int(labels[count, GRAMS] + bounds.grams[target]),
            )
            if low[0] > limits.most_cents or low[1] > limits.most_minutes:
                continue
            if is_matched(low, limits.known):
                continue
            looks += limits.known.shape[0]
            arrived, looked = is_arrived(labels, sink, heads, low, limits.best_only)
            looks += looked
            if arrived:
                continue
            dominated, looked = is_dominated(labels, count, heads, limits.in_order, sets)
            looks += looked
            if dominated:
                continue
            keep(labels, count, heads, limits.in_order, sets)
            heapq.heappush(
                heap, (np.int64(low[0]), np.int64(low[1]), np.int64(low[2]), np.int64(count))
            )
            count += 1
            steps += STEPS_OF_LABEL
    return labels[:count], steps
