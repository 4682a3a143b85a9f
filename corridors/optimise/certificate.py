"""Find the cheapest route with OR-Tools, another algorithm on the same network.

See docs/explanation/how-it-works.md for an example.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from corridors.arrays import BoolArray, IntArray
from corridors.domain.objective import Objective
from corridors.domain.results import Certificate, CertificateStatus, RouteOption
from corridors.errors import CertificateError, CorridorsError
from corridors.routing.dated.label_search import best_first, bounded, from_source
from corridors.routing.ladder import SearchedCorridor, weighing_in
from corridors.routing.problem import SINK, SOURCE, Problem, changes_by_profile, is_dated
from corridors.routing.terms import JOURNEY_DAYS, DatedRoute, Terms
from corridors.units import CENTS_PER_USD, MINUTES_PER_DAY, MINUTES_PER_HOUR

# The time-expanded network of one departure: every way to a place, by the minute.

# Clock, cents, minutes and grams.
Figures = tuple[int, int, int, int]
FAR = 1 << 60


class TooMuchWorkError(CorridorsError):
    """The time-expanded network is too large."""


@dataclass(slots=True)
class Work:
    """Moves that may still be tried."""

    left: int

    def spend(self, moves: int) -> None:
        """Count moves; too many end the certificate."""
        self.left -= moves
        if self.left < 0:
            raise TooMuchWorkError


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which routes are sought: of at most these cents and minutes.

    Routes that one of `beaten` (cents and minutes) is no worse than are left out.
    """

    most_cents: int
    most_minutes: int = FAR
    beaten: tuple[tuple[int, int], ...] = ()

    def admits(self, cents: int, minutes: int) -> bool:
        """Return whether a route of at least these cents and minutes may be sought."""
        return (
            cents <= self.most_cents
            and minutes <= self.most_minutes
            and not any(c <= cents and m <= minutes for c, m in self.beaten)
        )


@dataclass(frozen=True, slots=True)
class Network:
    """Arcs of the time-expanded network from node 0 to node 1, with the arcs that they run."""

    tail: list[int] = field(default_factory=list)
    head: list[int] = field(default_factory=list)
    cents: list[int] = field(default_factory=list)
    minutes: list[int] = field(default_factory=list)
    arc: list[int] = field(default_factory=list)


def least_weights_to(problem: Problem, weight: IntArray, root: int) -> list[int]:
    """Return by node the least weight to the sink, or from the source; `FAR` without a way.

    `root` is one of the two.
    """
    nearer, further = problem.head.tolist(), problem.tail.tolist()
    if root == SOURCE:
        nearer, further = further, nearer
    by_nearer: list[list[int]] = [[] for _ in range(problem.node_count)]
    for arc, node in enumerate(nearer):
        by_nearer[node].append(arc)
    weights = weight.tolist()
    least = [FAR] * problem.node_count
    least[root] = 0
    heap = [(0, root)]
    while heap:
        here, node = heapq.heappop(heap)
        if here > least[node]:
            continue
        for arc in by_nearer[node]:
            if here + weights[arc] < least[further[arc]]:
                least[further[arc]] = here + weights[arc]
                heapq.heappush(heap, (least[further[arc]], further[arc]))
    return least


def longest_by_ice(problem: Problem, terms: Terms) -> float:
    """Return the most minutes that a route through ice may take when it enters the ice."""
    near, far = (least_weights_to(problem, problem.low_minutes, end) for end in (SOURCE, SINK))
    quickest = min(
        (
            near[problem.tail[arc]] + int(problem.low_minutes[arc]) + far[problem.head[arc]]
            for arc in np.flatnonzero(problem.profile >= 0).tolist()
            if problem.through[problem.profile[arc]]
        ),
        default=FAR,
    )
    return terms.longest_by_ice or terms.longest_round * max(1.0, quickest)


class Departure:
    """The time-expanded network of the departure on the first day of the terms.

    Parameters
    ----------
    problem
        The corridor, of which some arcs may be left out.
    terms
        The day, and how long a route through ice may take.
    longest_by_ice
        After how many minutes, those that are left at least included, no ice is entered.
    work
        Moves that may still be tried.
    """

    def __init__(
        self, problem: Problem, terms: Terms, *, longest_by_ice: float, work: Work
    ) -> None:
        self._problem, self._terms, self._work = problem, terms, work
        self._cents = least_weights_to(problem, problem.low_cents, SINK)
        self._minutes = least_weights_to(problem, problem.low_minutes, SINK)
        self._longest_by_ice = longest_by_ice

    def network(self, sought: Sought) -> Network:
        """Return the network of all ways that a route which is sought may take."""
        made = Network()
        heap: list[tuple[Figures, int, int, int, Figures]] = []
        start: Figures = (self._terms.begin, 0, 0, 0)
        heapq.heappush(heap, (start, SOURCE, 0, -1, start))
        kept: dict[int, list[Figures]] = {}
        ways = 0
        while heap:
            figures, node, before, arc, came = heapq.heappop(heap)
            others = kept.setdefault(node, [])
            if any(_no_worse(one, figures) for one in others):
                continue
            others.append(figures)
            # The source is node 0 and the sink node 1; every other way is a node of its own.
            ways += node not in (SOURCE, SINK)
            number = {SOURCE: 0, SINK: 1}.get(node, ways + 1)
            if arc >= 0:
                made.tail.append(before)
                made.head.append(number)
                made.cents.append(figures[1] - came[1])
                made.minutes.append(figures[2] - came[2])
                made.arc.append(arc)
            for on, after in self._onward(node, figures, sought):
                heapq.heappush(heap, (after, int(self._problem.head[on]), number, on, figures))
        return made

    def _onward(self, node: int, figures: Figures, sought: Sought) -> list[tuple[int, Figures]]:
        """Return the arcs by which a way may go on, with its figures after each."""
        problem = self._problem
        clock, cents, minutes, grams = figures
        arcs = range(int(problem.first_arc[node]), int(problem.first_arc[node + 1]))
        self._work.spend(len(arcs))
        found = []
        for arc in arcs:
            profile, head = int(problem.profile[arc]), int(problem.head[arc])
            late = minutes + self._minutes[node] > self._longest_by_ice
            if profile >= 0 and problem.through[profile] and late:
                continue
            extra, more_cents, more_grams = problem.travel(arc, clock)
            if extra < 0:
                continue
            after = (
                clock + int(problem.clock[arc]) + extra,
                cents + int(problem.cents[arc]) + more_cents,
                minutes + int(problem.minutes[arc]) + extra,
                grams + int(problem.grams[arc]) + more_grams,
            )
            least = after[1] + self._cents[head], after[2] + self._minutes[head]
            if after[0] <= self._terms.last_minute(problem) and sought.admits(*least):
                found.append((arc, after))
        return found


def _no_worse(one: Figures, other: Figures) -> bool:
    return all(a <= b for a, b in zip(one, other, strict=True))


# One lexicographic integer: cents, then minutes. A route takes less than `MINUTES` minutes; the
# solver truncates floats silently and was wrong beyond about 1e15, so sums stay below 1e13, and
# those of a problem weighed by another objective below `LARGEST_TOTAL`.
MINUTES = 1_000_000
# Moves tried for one certificate, about 10 microseconds each.
MOST_MOVES = 1_000_000
# Problems solved for one certificate, 3 to 20 ms each.
MOST_PATHS = 200


class CostsTooLargeError(CorridorsError):
    """Costs times the number of nodes do not fit into the integers of OR-Tools."""


class TooManyPathsError(CorridorsError):
    """Too many paths come to a place twice for a certificate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """Cents and minutes of the cheapest route by OR-Tools, None if it finds none.

    `minutes` are None too if they do not count between equally cheap routes; `took_minutes` are
    those of the path found, where there is one alone.
    """

    cents: int | None
    minutes: int | None
    method: str
    took_minutes: int = 0


def _cheapest(
    tail: IntArray, head: IntArray, cost: IntArray, source: int, sink: int
) -> tuple[int, IntArray] | None:
    """Return the least lexicographic cost of one unit from source to sink, and its arcs.

    None if none can pass. An unconnected source would give an empty OPTIMAL answer, so this is
    checked first.
    """
    if not (tail == source).any() or not (head == sink).any():
        return None
    # Here, since studies certify nothing, and it takes as long to load as a tenth of one.
    from ortools.graph.python import min_cost_flow

    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        tail.astype(np.int32), head.astype(np.int32), np.ones(tail.shape[0], np.int64), cost
    )
    solver.set_node_supply(source, 1)
    solver.set_node_supply(sink, -1)
    status = solver.solve()
    if status == solver.INFEASIBLE:
        return None
    if status == solver.BAD_COST_RANGE:
        raise CostsTooLargeError
    if status != solver.OPTIMAL:
        msg = f"SimpleMinCostFlow ended with status {status}"
        raise CertificateError(msg)
    return int(solver.optimal_cost()), np.flatnonzero(solver.flows(arcs))


def _meeting_places_once(
    problem: Problem, solve: Callable[[BoolArray], tuple[int, IntArray] | None]
) -> tuple[int, IntArray] | None:
    """Return the cheapest path that comes to no place and no node twice, with its cost.

    None if there is none.

    `solve` gets the arcs that may be used and returns the least cost and the arcs of its path. A
    path that comes to a place twice gives two problems: without the arcs by which it came first,
    those from the same place, and without all others. One that meets a node twice, to wait
    elsewhere, gives one without each of the arcs by which it comes there.

    Raises
    ------
    TooManyPathsError
        More than `MOST_PATHS` problems would have to be solved.
    """
    solved = 0
    came_from = _places(problem)[problem.tail]

    def cheapest(usable: BoolArray) -> tuple[int, IntArray] | None:
        nonlocal solved
        if solved == MOST_PATHS:
            raise TooManyPathsError
        solved += 1
        return solve(usable)

    def met_again(path: IntArray) -> tuple[list[int], list[int]]:
        """Return the places, and the nodes, that a path comes to twice."""
        numbers = problem.place[path[problem.place[path] >= 0]], problem.head[path]
        each = (np.unique(one, return_counts=True) for one in numbers)
        places, nodes = (one[times > 1].tolist() for one, times in each)
        return places, nodes

    def split(found: tuple[int, IntArray], usable: BoolArray) -> Iterator[BoolArray]:
        path = found[1]
        places, nodes = met_again(path)
        if not places:
            for arc in np.unique(path[problem.head[path] == nodes[0]]).tolist():
                left = usable.copy()
                left[arc] = False
                yield left
            return
        there = problem.place == places[0]
        first, second = np.sort(path[there[path]])[:2]
        part = there & (came_from == came_from[first])
        if came_from[first] == came_from[second]:
            part = np.zeros_like(there)
            part[first] = True
        yield usable & ~part
        yield usable & ~(there & ~part)

    every = np.ones(problem.base.shape[0], bool)
    paths = best_first(every, cheapest, split, key=lambda found: found[0])
    return next((found for found, _ in paths if not any(met_again(found[1]))), None)


def _places(problem: Problem) -> IntArray:
    """Return by node the place at which it is, -1 for the source."""
    found = np.full(problem.node_count, -1)
    found[problem.head] = problem.place
    # A change leads to another node of a place.
    stays = problem.place < 0
    while (lost := stays & (found[problem.head] < 0) & (found[problem.tail] >= 0)).any():
        found[problem.head[lost]] = found[problem.tail[lost]]
    return found


def _split(total: int, minutes: int | None, method: str) -> Certified:
    """Return the cents of a sum; with its minutes, the sum is of both."""
    cents = total if minutes is None else (total - minutes) // MINUTES
    return Certified(cents=cents, minutes=minutes, method=method)


def certify_static(
    problem: Problem,
    start_day: int,
    *,
    then_minutes: bool = True,
    most_cents: int | None = None,
    fast: bool = False,
) -> Certified:
    """Return the cheapest route on the network of the departure day that comes to no place twice.

    Of equally cheap ones it is the quickest; not unless `then_minutes`, where costs are weighed
    sums that leave no room for the minutes. With `most_cents`, arcs that are proved to be on dearer
    routes only are left out, and none is found above it. `fast` compiles what finds the proofs.

    Raises
    ------
    TooManyPathsError
        Too many paths come to a place twice.
    CostsTooLargeError
        The costs do not fit into the integers of OR-Tools.
    """
    unit = MINUTES if then_minutes else 1
    if most_cents is not None:
        most = most_cents + problem.more_cents
        problem = problem.only(~_proved_dearer(problem, most, fast=fast)).compact()
    minutes, cents = problem.minutes.copy(), problem.cents.copy()
    is_open = np.ones(minutes.shape[0], bool)
    for arc in np.flatnonzero(problem.profile >= 0).tolist():
        extra, more, _ = problem.travel(arc, start_day * MINUTES_PER_DAY)
        is_open[arc] = extra >= 0
        minutes[arc] += extra
        cents[arc] += more

    def solve(usable: BoolArray) -> tuple[int, IntArray] | None:
        arcs = np.flatnonzero(is_open & usable)
        cost = cents[arcs] * unit + (minutes[arcs] if then_minutes else 0)
        found = _cheapest(problem.tail[arcs], problem.head[arcs], cost, SOURCE, SINK)
        return None if found is None else (found[0], arcs[found[1]])

    best, method = _meeting_places_once(problem, solve), "SimpleMinCostFlow"
    if best is None:
        return Certified(cents=None, minutes=None, method=method)
    # The hours of one route may exceed `MINUTES`, so they are summed along it.
    took = int(minutes[best[1]].sum())
    total = best[0] - problem.more_cents * unit
    certified = _split(total, took if then_minutes else None, method)
    return replace(certified, took_minutes=took)


def _proved_dearer(problem: Problem, most_cents: int, *, fast: bool) -> BoolArray:
    """Return by arc whether every route over it costs more than `most_cents`, on any day.

    The bounds of the search say so, and are not taken on trust: a number by node is a lower bound
    of what is left to pay, or was paid, if it is none at the end and no arc costs less than the
    difference of its nodes (the dual of a shortest path). Where that does not hold, none is proved.
    """
    near = from_source(problem, fast=fast, criteria=1)[0]
    far = bounded(problem, fast=fast, criteria=1).bounds[0]
    low, tail, head = problem.low_cents, problem.tail, problem.head
    holds = near[SOURCE] == 0 and far[SINK] == 0
    holds = holds and bool((near[head] <= near[tail] + low).all())
    holds = holds and bool((far[tail] <= low + far[head]).all())
    if not holds:
        return np.zeros(tail.shape[0], bool)
    return np.asarray(near[tail] + low + far[head] > most_cents)


def certify_dated(
    problem: Problem,
    terms: Terms,
    *,
    most_cents: int,
    then_minutes: bool = True,
    costs: Problem | None = None,
) -> Certified | None:
    """Return the cheapest route on the time-expanded network; None if that is too large.

    It is the best over the days on which boxes may leave, without routes that a later day beats
    (see `corridors.routing.dated.departures`). Of equally cheap ones it is the quickest, unless not
    `then_minutes`: see `certify_static`. Only routes of at most `most_cents` are followed. `costs`
    is the problem with its costs if this one is weighed by another objective.

    Raises
    ------
    TooManyPathsError
        Too many paths come to a place twice.
    CostsTooLargeError
        The costs do not fit into the integers of OR-Tools.
    """
    work = Work(left=MOST_MOVES)
    days = _Days(problem, terms, work, then_minutes=then_minutes)
    by_cost = None if costs is None else _Days(costs, terms, work, then_minutes=True)
    rate = problem.wait_cents_per_day
    found: list[tuple[int, int]] = []
    try:
        for day in (by_cost or days).of(terms):
            most = most_cents - day * rate
            if by_cost is None:
                best = days.unbeaten(day, most)
            else:
                best = days.cheapest(day, Sought(most_cents=most))
                if best is not None and best.dated and by_cost.unbeaten(day, FAR) is None:
                    best = None
            if best is not None:
                found.append((best.cents + day * rate, best.minutes + day * MINUTES_PER_DAY))
    except TooMuchWorkError:
        return None
    cents, minutes = min(found, default=(None, None))
    return Certified(
        cents=cents,
        minutes=minutes if then_minutes else None,
        method="SimpleMinCostFlow, time-expanded",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfDay:
    """Cents and minutes of the cheapest route of a day, and whether something on it is dated."""

    cents: int
    minutes: int
    dated: bool


class _Days:
    """The cheapest routes of a problem by day of departure, on time-expanded networks."""

    def __init__(self, problem: Problem, terms: Terms, work: Work, *, then_minutes: bool) -> None:
        self._problem, self._terms, self._work = problem, terms, work
        self._then_minutes = then_minutes
        self._longest_by_ice = longest_by_ice(problem, terms)
        self._least_minutes = least_weights_to(problem, problem.low_minutes, SINK)[SOURCE]

    def of(self, terms: Terms) -> tuple[int, ...]:
        """Return the days on which boxes may leave (see `Terms.days`)."""
        return terms.days(
            lambda days: next((day for day in days if self.unbeaten(day, FAR) is not None), None)
        )

    def cheapest(self, day: int, sought: Sought) -> _OfDay | None:
        """Return the cheapest route that is sought and leaves on a day."""
        more = self._problem.more_cents
        sought = replace(
            sought,
            most_cents=sought.most_cents + more,
            beaten=tuple((cents + more, minutes) for cents, minutes in sought.beaten),
        )

        def solve(usable: BoolArray) -> tuple[int, IntArray] | None:
            departure = Departure(
                self._problem.only(usable),
                self._terms.leaving(day),
                longest_by_ice=self._longest_by_ice,
                work=self._work,
            )
            network = departure.network(sought)
            arrays = (network.tail, network.head, network.cents, network.minutes, network.arc)
            tail, head, cents, minutes, arc = (np.array(array, np.int64) for array in arrays)
            cost = cents * MINUTES + minutes if self._then_minutes else cents
            found = _cheapest(tail, head, cost, 0, 1)
            if found is None:
                return None
            return found[0], np.flatnonzero(usable)[arc[found[1]]]

        best = _meeting_places_once(self._problem, solve)
        if best is None:
            return None
        cents, minutes = best[0], 0
        if self._then_minutes:
            cents, minutes = divmod(best[0], MINUTES)
        profiles = self._problem.profile[best[1]]
        changes = changes_by_profile(self._problem)
        dated = bool(changes[profiles[profiles >= 0]].any())
        return _OfDay(cents=cents - more, minutes=minutes, dated=dated)

    def unbeaten(self, day: int, most_cents: int) -> _OfDay | None:
        """Return the cheapest route of a day that no later day beats."""
        beaten: tuple[tuple[int, int], ...] = ()
        while True:
            route = self.cheapest(day, Sought(most_cents=most_cents, beaten=beaten))
            if route is None or not route.dated:
                return route
            later = self._later(day, route)
            if later is None:
                return route
            beaten = (*beaten, later)

    def _later(self, day: int, route: _OfDay) -> tuple[int, int] | None:
        """Return from which cents and minutes on a later day beats a route; None if none does."""
        most_minutes, rate = route.minutes + MINUTES_PER_DAY - 1, self._problem.wait_cents_per_day
        spare = (most_minutes - self._least_minutes) // MINUTES_PER_DAY
        for days in range(spare, 0, -1):
            sought = Sought(
                most_cents=route.cents - days * rate,
                most_minutes=most_minutes - days * MINUTES_PER_DAY,
            )
            found = self.cheapest(day + days, sought)
            if found is not None:
                minutes = found.minutes + (days - 1) * MINUTES_PER_DAY + 1
                return found.cents + days * rate, minutes
        return None


def _least(problem: Problem) -> IntArray:
    """Return by arc the least cents of a route over it, on any day."""
    near = from_source(problem, fast=False, criteria=1)[0]
    far = bounded(problem, fast=False, criteria=1).bounds[0]
    return np.asarray(near[problem.tail] + problem.low_cents + far[problem.head])


def agrees(route: DatedRoute, certified: Certified) -> bool:
    """Return whether OR-Tools found the same cost and, where they count, the same hours."""
    same = certified.minutes is None or certified.minutes == route.minutes
    return same and route.cents == certified.cents


def meets_dates(problem: Problem, route: DatedRoute) -> bool:
    """Return whether an arc of the route changes between the departure and its arrival."""
    last = max(route.starts, default=0) // MINUTES_PER_DAY + 1
    # Arcs of a route count in the whole problem, of which this may be a part.
    arcs = np.searchsorted(problem.number, route.arcs)
    profiles = set(problem.profile[arcs].tolist()) - {-1}
    first = min(route.starts, default=0) // MINUTES_PER_DAY
    return bool(route.wait_days) or any(
        first < day <= last for profile in profiles for day in problem.change_days[profile]
    )


def without_dearer(problem: Problem, route: DatedRoute) -> Problem:
    """Return the problem without the changing arcs that only dearer routes can use."""
    changes = np.array([bool(days) for days in problem.change_days] or [False])
    dated = (problem.profile >= 0) & changes[np.maximum(problem.profile, 0)]
    return problem.only(~dated | (_least(problem) <= route.cents + problem.more_cents))


# Certify an option: OR-Tools must find the same cost and time by another algorithm.


def certify(option: RouteOption, found: SearchedCorridor, *, dated: bool = False) -> RouteOption:
    """Return an option with its certificate; a closed one is returned unchanged.

    Parameters
    ----------
    option
        The report of the best route.
    found
        The search it came from.
    dated
        Also certify a route that depends on dates, on the time-expanded network.

    Raises
    ------
    CertificateError
        OR-Tools and the label setting disagree.
    """
    if found.best is None:
        return option
    return replace(option, certificate=_certificate(found, found.best, dated=dated))


def _certificate(found: SearchedCorridor, best: DatedRoute, *, dated: bool) -> Certificate:
    try:
        return _proof(found, best, dated=dated)
    except TooManyPathsError:
        return Certificate(
            status=CertificateStatus.NONE,
            method="too many cheaper paths come to a place twice, which is refused",
        )
    except CostsTooLargeError:
        return Certificate(
            status=CertificateStatus.NONE, method="not certified: costs are too large"
        )


def _proof(found: SearchedCorridor, best: DatedRoute, *, dated: bool) -> Certificate:
    # The proof is of what the objective makes least, then the cost.
    weighing = weighing_in(found.question)
    by_cost = weighing.is_cost
    if not by_cost and found.weighed is None:
        method = "no route was weighed by the objective"
        return Certificate(status=CertificateStatus.NONE, method=method)
    problem = found.problem if by_cost else weighing.problem(found.problem)
    best = found.weighed or best
    if meets_dates(problem, best):
        return _dated_certificate(found, best, problem, dated=dated)
    asked = partial(
        certify_static,
        start_day=0,
        then_minutes=by_cost,
        most_cents=best.cents,
        fast=found.terms.fast,
    )
    certified = asked(problem)
    if not agrees(best, certified):
        # Today's network may have a cheaper route that is closed when the box arrives.
        kept = without_dearer(problem, best)
        if is_dated(kept):
            return _dated_certificate(found, best, kept, dated=dated)
        certified = asked(kept)
    return _agreed(found, best, certified)


def _dated_certificate(
    found: SearchedCorridor, best: DatedRoute, problem: Problem, *, dated: bool
) -> Certificate:
    if not dated:
        return Certificate(
            status=CertificateStatus.DATED, method="the network changes on the way: see --certify"
        )
    kept = without_dearer(problem, best)
    by_cost = found.weighed is None
    certified = certify_dated(
        kept,
        found.terms,
        most_cents=best.cents,
        then_minutes=by_cost,
        costs=None if by_cost else found.problem,
    )
    if certified is None:
        return Certificate(
            status=CertificateStatus.DATED,
            method="not certified: too many ways would have to be tried",
        )
    return _agreed(found, best, certified)


def _agreed(found: SearchedCorridor, best: DatedRoute, certified: Certified) -> Certificate:
    if not agrees(best, certified):
        # The network of one day has no clock: its cheapest route may be one that is not searched.
        if certified.took_minutes > JOURNEY_DAYS * MINUTES_PER_DAY:
            return Certificate(
                status=CertificateStatus.NONE,
                method=f"a cheaper route takes more than {JOURNEY_DAYS} days and is not searched",
            )
        msg = (
            f"{found.corridor.id}: label setting {best.cents} cents and {best.minutes} minutes,"
            f" {certified.method} {certified.cents} and {certified.minutes}"
        )
        raise CertificateError(msg)
    objective = found.question.scenario.objective
    by = "" if objective is Objective.COST else f", for the {objective.best_route}"
    return Certificate(
        status=CertificateStatus.AGREES,
        method=certified.method + by,
        cost_usd_per_teu=found.routes[0].cents / CENTS_PER_USD,
        hours=found.routes[0].minutes / MINUTES_PER_HOUR,
    )
