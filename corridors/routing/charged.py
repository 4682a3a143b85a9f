"""Search the cheapest route of a departure under charges by place and month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from corridors.errors import CorridorsError
from corridors.routing.charged_kernel import NO_WAY
from corridors.routing.engine import compiled_code
from corridors.routing.problem import SINK, SOURCE, Problem, dated_ahead
from corridors.routing.terms import JOURNEY_DAYS, LONGEST_ROUND
from corridors.units import CENTS_PER_USD, MINUTES_PER_DAY

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
# Beyond so many labels the search goes on as if earlier were always as good, and says so.
MAX_LABELS = 4_000
MAX_LABELS_CUT = 400_000
MAX_TRACKED = 62
GRAMS_PER_KG = 1000.0
ALIKE = 1e-12


class ChargedSearchError(CorridorsError):
    """The cheapest route under charges cannot be searched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What one unit weighs: USD, days and kg of CO2e, each in USD."""

    usd: float
    day: float
    kg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Charges:
    """What a TEU pays on its way, in USD.

    `by_month` is (resource, month), >= 0, for each unit of a resource; `by_set` is paid once where
    a route meets a set of arcs, and may be negative, a reward.
    """

    by_month: FloatArray
    by_set: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargedNetwork:
    """A problem, what its arcs use, and the sets they lie in.

    Arc `a` uses `use_amount[i]` of resource `use_resource[i]` for `i` from `use_first[a]` on, in
    the month it is begun. `sets` are bits by arc, `corridor` the number of the corridor it lies in.
    """

    problem: Problem
    use_first: IntArray
    use_resource: IntArray
    use_amount: FloatArray
    sets: IntArray
    corridor: IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRoute:
    """A route on its dates: what it costs, takes, emits, uses and meets.

    `uses` holds (resource, month, amount); `worth_usd` is what the objective counts for a TEU,
    charges left out. Arcs are those of the network's problem.
    """

    arcs: tuple[int, ...]
    starts: tuple[int, ...]
    waits: tuple[int, ...]
    cents: int
    minutes: int
    grams: int
    sets: int
    uses: tuple[tuple[int, int, float], ...]

    def worth_usd(self, worth: Worth) -> float:
        """Return what a TEU of it weighs in the objective."""
        return (
            self.cents / CENTS_PER_USD * worth.usd
            + self.minutes / MINUTES_PER_DAY * worth.day
            + self.grams / GRAMS_PER_KG * worth.kg
        )


def union(problems: Sequence[Problem]) -> tuple[Problem, IntArray]:
    """Return one problem that holds several between the same ends, and each arc's problem.

    They share source, sink and dated profiles, and no other node.
    """
    if len(problems) == 1:
        return problems[0], np.zeros(problems[0].base.shape[0], np.int64)
    offset, nodes = [], SINK + 1
    for problem in problems:
        offset.append(nodes - SINK - 1)
        nodes += problem.node_count - SINK - 1
    tails, heads = [], []
    for problem, more in zip(problems, offset, strict=True):
        tails.append(np.where(problem.tail > SINK, problem.tail + more, problem.tail))
        heads.append(np.where(problem.head > SINK, problem.head + more, problem.head))
    tail = np.concatenate(tails)
    order = np.argsort(tail, kind="stable")
    whose = np.repeat(np.arange(len(problems)), [p.base.shape[0] for p in problems])[order]
    by_arc = (
        *("base", "leg", "km", "minutes", "clock", "cents", "grams", "profile"),
        *("low_minutes", "low_cents", "low_grams"),
    )
    arrays: dict[str, Any] = {
        name: np.concatenate([getattr(problem, name) for problem in problems])[order]
        for name in by_arc
    }
    first_arc = np.searchsorted(tail[order], np.arange(nodes + 1)).astype(np.int64)
    waits = np.concatenate(
        [problems[0].waits[: SINK + 1], *(problem.waits[SINK + 1 :] for problem in problems)]
    )
    whole = replace(
        problems[0],
        first_arc=first_arc,
        number=np.arange(tail.shape[0]),
        tail=tail[order],
        head=np.concatenate(heads)[order],
        waits=waits,
        **arrays,
    )
    return whole, whose


class ChargedSearch:
    """Finds cheapest routes of one network, departure after departure, charges after charges.

    Parameters
    ----------
    network
        Where routes run.
    worth
        What a unit weighs in the objective.
    max_wait_days
        Whole days a route may wait on its way, at terminals.
    max_minutes
        The deadline, gate to gate; None for none.
    month_of_day
        The month of each day, by number; later days are of the last one.

    `cut` holds the departures whose search grew too large to compare times of day: their routes
    are real, but a cheaper one that hangs on being later may have been missed.
    """

    def __init__(
        self,
        network: ChargedNetwork,
        worth: Worth,
        *,
        max_wait_days: int,
        max_minutes: int | None,
        month_of_day: IntArray,
        longest_round: float = LONGEST_ROUND,
    ) -> None:
        self.network = network
        self.worth = worth
        self._max_wait_days = max_wait_days
        self._timed = max_minutes is not None
        journey = JOURNEY_DAYS * MINUTES_PER_DAY
        self._most_minutes = journey if max_minutes is None else min(max_minutes, journey)
        self._month_of_day = month_of_day
        problem = network.problem
        order = np.argsort(problem.head, kind="stable").astype(np.int64)
        first = np.searchsorted(problem.head[order], np.arange(problem.node_count + 1))
        self._into = first.astype(np.int64), order
        self._far_minutes = self._least(problem.low_minutes.astype(float))
        self._near_minutes = np.asarray(
            compiled_code().least_values(
                problem.first_arc,
                np.arange(problem.base.shape[0]),
                problem.head,
                problem.low_minutes.astype(float),
                SOURCE,
            )
        )
        self._latest = self._latest_into_ice(longest_round)
        self._arc_bit = np.zeros(problem.base.shape[0], np.int64)
        self._node_bit = np.zeros(problem.node_count, np.int64)
        self._tracked = 0
        self.cut: set[int] = set()
        self._dates_ahead = dated_ahead(problem)
        self._ahead: tuple[FloatArray, Worth, npt.NDArray[np.bool_]] | None = None
        self._bounds: dict[int, FloatArray] = {}

    @property
    def connected(self) -> bool:
        """Whether some way leads from source to sink in time on some day."""
        return bool(self._far_minutes[SOURCE] <= self._most_minutes)

    def cheapest(
        self, start_day: int, charges: Charges, *, worth: Worth, most_usd: float
    ) -> tuple[PlannedRoute, float] | None:
        """Return the cheapest route of a departure, and what it is worth with its charges.

        None where there is none below `most_usd`. No leg and no state is met twice.

        Parameters
        ----------
        start_day
            The day of departure, counted from the first of the problem.
        charges
            What is paid on the way.
        worth
            What a unit weighs now; the objective's own, or with what limits add to it.
        most_usd
            What the route must stay below.

        Raises
        ------
        ChargedSearchError
            More labels than can be held, or more legs met twice than can be tracked.
        """
        while True:
            found = self._search(start_day, charges, worth, most_usd)
            if found is None:
                return None
            route, value = found
            if not self._track_repeated(route):
                return route, value

    def _search(
        self, start_day: int, charges: Charges, worth: Worth, most_usd: float
    ) -> tuple[PlannedRoute, float] | None:
        problem, network = self.network.problem, self.network
        begin = start_day * MINUTES_PER_DAY
        bound = self._bound(int(self._month_of_day[start_day]), charges, worth)
        mode = np.where(self._dates(charges, worth), 1 if self._max_wait_days else 2, 0)
        cut = start_day in self.cut
        most_labels = MAX_LABELS_CUT if cut else MAX_LABELS
        if cut:
            mode = np.zeros_like(mode)
        elif self._max_wait_days:
            mode = np.where((mode > 0) & ~problem.waits, 2, mode)
        rows, figures, value, made = compiled_code().charged_search(
            SOURCE,
            SINK,
            begin,
            problem.first_arc,
            problem.head,
            problem.minutes,
            problem.clock,
            problem.cents,
            problem.grams,
            problem.km,
            problem.profile,
            self._arc_bit,
            self._node_bit,
            network.sets,
            network.use_first,
            network.use_resource,
            network.use_amount,
            mode.astype(np.int64),
            problem.waits,
            self._latest,
            problem.minutes_per_km,
            problem.cents_per_km,
            problem.grams_per_km,
            problem.fixed_cents,
            problem.fixed_grams,
            problem.through,
            worth.usd / CENTS_PER_USD,
            worth.day / MINUTES_PER_DAY,
            worth.kg / GRAMS_PER_KG,
            charges.by_month,
            self._month_of_day,
            charges.by_set,
            bound,
            self._far_minutes,
            self._max_wait_days,
            problem.wait_cents_per_day,
            self._most_minutes,
            self._timed,
            most_usd,
            most_labels,
        )
        if made >= most_labels and not cut:
            self.cut.add(start_day)
            return self._search(start_day, charges, worth, most_usd)
        if made >= most_labels:
            msg = "too many routes under the capacities: name fewer corridors or fewer services"
            raise ChargedSearchError(msg)
        if not rows.shape[0]:
            return None
        return self.route(rows, figures), float(value)

    def route(self, rows: IntArray, figures: IntArray) -> PlannedRoute:
        """Return a route of rows (arc, start, wait) and figures (cents, minutes, grams)."""
        network = self.network
        used: dict[tuple[int, int], float] = {}
        sets = 0
        last_day = self._month_of_day.shape[0] - 1
        for arc, start, _ in rows.tolist():
            sets |= int(network.sets[arc])
            month = int(self._month_of_day[min(start // MINUTES_PER_DAY, last_day)])
            for use in range(int(network.use_first[arc]), int(network.use_first[arc + 1])):
                key = int(network.use_resource[use]), month
                used[key] = used.get(key, 0.0) + float(network.use_amount[use])
        cents, minutes, grams = figures.tolist()
        return PlannedRoute(
            arcs=tuple(rows[:, 0].tolist()),
            starts=tuple(rows[:, 1].tolist()),
            waits=tuple(rows[:, 2].tolist()),
            cents=cents,
            minutes=minutes,
            grams=grams,
            sets=sets,
            uses=tuple((r, m, amount) for (r, m), amount in sorted(used.items())),
        )

    def _track_repeated(self, route: PlannedRoute) -> bool:
        """Track the legs and nodes a route meets twice; return whether there were any."""
        problem = self.network.problem
        legs = [leg for leg in problem.leg[list(route.arcs)].tolist() if leg >= 0]
        nodes = problem.head[list(route.arcs)].tolist()
        twice_legs = {leg for leg in legs if legs.count(leg) > 1}
        twice_nodes = {node for node in nodes if nodes.count(node) > 1}
        for leg in sorted(twice_legs):
            self._arc_bit[problem.leg == leg] = self._next_bit()
        for node in sorted(twice_nodes):
            self._node_bit[node] = self._next_bit()
        return bool(twice_legs or twice_nodes)

    def _next_bit(self) -> int:
        if self._tracked >= MAX_TRACKED:
            msg = "too many legs would be used there and back: narrow the corridors"
            raise ChargedSearchError(msg)
        self._tracked += 1
        return 1 << (self._tracked - 1)

    def _dates(self, charges: Charges, worth: Worth) -> npt.NDArray[np.bool_]:
        """Return by node whether something ahead of it changes with the date, charges included."""
        held = self._ahead
        if held is None or held[0] is not charges.by_month or held[1] != worth:
            held = charges.by_month, worth, self._with_charges_ahead(charges)
            self._ahead, self._bounds = held, {}
        return held[2]

    def _with_charges_ahead(self, charges: Charges) -> npt.NDArray[np.bool_]:
        problem, network = self.network.problem, self.network
        changing = np.ptp(charges.by_month, axis=1) > ALIKE
        if not changing.any():
            return self._dates_ahead
        ahead = self._dates_ahead.copy()
        arc_of_use = np.repeat(np.arange(problem.base.shape[0]), np.diff(network.use_first))
        ahead[problem.tail[arc_of_use[changing[network.use_resource]]]] = True
        while True:
            more = ahead.copy()
            more[problem.tail[ahead[problem.head]]] = True
            if (more == ahead).all():
                return ahead
            ahead = more

    def _bound(self, month: int, charges: Charges, worth: Worth) -> FloatArray:
        """Return by node the least still to pay for departures of a month; sets apart."""
        self._dates(charges, worth)
        if month not in self._bounds:
            problem, network = self.network.problem, self.network
            days = np.flatnonzero(self._month_of_day == month)
            last = min(int(days[-1]) + JOURNEY_DAYS, self._month_of_day.shape[0] - 1)
            until = int(self._month_of_day[last])
            least = charges.by_month[:, month : until + 1].min(axis=1)
            weight = (
                problem.low_cents * (worth.usd / CENTS_PER_USD)
                + problem.low_minutes * (worth.day / MINUTES_PER_DAY)
                + problem.low_grams * (worth.kg / GRAMS_PER_KG)
            )
            if network.use_resource.shape[0]:
                arc_of_use = np.repeat(np.arange(problem.base.shape[0]), np.diff(network.use_first))
                paid = network.use_amount * least[network.use_resource]
                weight += np.bincount(arc_of_use, paid, minlength=weight.shape[0])
            weight[self._never_open(days)] = NO_WAY
            # A hair less, so that no rounding of sums makes a bound too high.
            bound = self._least(weight)
            self._bounds[month] = np.where(bound < NO_WAY, bound * (1.0 - ALIKE), bound)
        return self._bounds[month]

    def _never_open(self, days: IntArray) -> IntArray:
        """Return the dated arcs shut whenever a route that leaves on one of these days may come."""
        problem = self.network.problem
        dated = np.flatnonzero(problem.profile >= 0)
        if not dated.size:
            return dated
        before = np.zeros((problem.minutes_per_km.shape[0], problem.days + 1), np.int64)
        before[:, 1:] = np.cumsum(problem.minutes_per_km >= 0.0, axis=1)
        tail, profile = problem.tail[dated], problem.profile[dated]
        begun = slice(int(problem.first_arc[SOURCE]), int(problem.first_arc[SOURCE + 1]))
        not_travelled = (problem.minutes[begun] - problem.clock[begun]).max(initial=0)
        most = np.full(dated.shape[0], float(self._most_minutes))
        ice = problem.through[profile]
        waited = self._max_wait_days * MINUTES_PER_DAY
        most[ice] = np.minimum(most[ice], self._latest[tail[ice]] + float(waited))
        # Minutes under way hold those before departure, which do not pass on the clock.
        least = np.clip(self._near_minutes[tail] - not_travelled, 0.0, most.max(initial=0.0))
        first = np.clip(days[0] + least // MINUTES_PER_DAY, 0, problem.days).astype(np.int64)
        last = np.clip(days[-1] + most // MINUTES_PER_DAY + 1, first, problem.days)
        return np.asarray(dated[before[profile, last.astype(np.int64)] <= before[profile, first]])

    def _least(self, weight: FloatArray) -> FloatArray:
        problem = self.network.problem
        found = compiled_code().least_values(*self._into, problem.tail, weight, SINK)
        return np.asarray(found)

    def _latest_into_ice(self, longest_round: float) -> IntArray:
        """Return by node the minutes under way after which no ice is entered."""
        problem = self.network.problem
        latest = np.full(problem.node_count, 1 << 60, np.int64)
        ice = np.flatnonzero(problem.profile >= 0)
        ice = ice[problem.through[problem.profile[ice]]]
        if not ice.size:
            return latest
        through = self._near_minutes[problem.tail[ice]] + problem.low_minutes[ice]
        quickest = float((through + self._far_minutes[problem.head[ice]]).min())
        left = longest_round * max(1.0, quickest) - self._far_minutes
        return np.clip(left, -1.0, float(1 << 60)).astype(np.int64)
