"""Exact searches in single draws: the network weighed with the numbers of a draw.

The figures of all groups are made for all draws in one call; a draw then takes its column of them,
and the search is the one that a comparison runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from corridors.arrays import FloatArray, IntArray
from corridors.costing.drawn_groups import DrawnGroups
from corridors.costing.weights import weigh
from corridors.data.parameters import ParameterTable, is_price
from corridors.domain.objective import Objective
from corridors.domain.results import FOLDED_ABOVE
from corridors.domain.scenario import OTHER, PriceBasis
from corridors.domain.values import BillLine, SourcedValue
from corridors.routing.contract_ways import ContractQuestion
from corridors.routing.drawn_route import DrawnWorlds, RouteDraws
from corridors.routing.ladder import SearchedCorridor, search
from corridors.routing.question import Question
from corridors.routing.terms import DatedRoute
from corridors.uncertainty.draws import DrawnTable, Key, of_draw
from corridors.units import CENTS_PER_USD, GRAMS_PER_KG, MINUTES_PER_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnQuestion:
    """A question over an array of draws.

    `table` is at cost, without draws, and holds the freights of the week; `values` are drawn by
    row. `amounts` are the rows of what lanes pay, by draw. `ice_years` are the years whose ice
    may be met, `ice_of_draw` the number of that of each draw, and routes are evaluated in their
    `worlds`. `value_of_time` is by draw, in USD per TEU and day; None for that of the scenario.
    """

    question: Question
    table: ParameterTable
    values: Mapping[Key, FloatArray]
    ice_years: tuple[str, ...]
    ice_of_draw: IntArray
    groups: DrawnGroups
    amounts: tuple[SourcedValue, ...]
    worlds: DrawnWorlds
    value_of_time: FloatArray | None = None

    @classmethod
    def of(
        cls,
        question: Question,
        table: ParameterTable,
        values: Mapping[Key, FloatArray],
        *,
        ice_years: tuple[str, ...],
        ice_of_draw: IntArray,
        value_of_time: FloatArray | None = None,
        counts: Callable[[BillLine], bool] | None = None,
    ) -> DrawnQuestion:
        """Return a question at drawn values; only lines that `counts` accepts are paid for."""
        drawn = DrawnTable.of(table, values=values)
        # Prices multiply bills; any other figure that is drawn, or is another here, may be in them.
        moved = {parameter for parameter, _ in values}
        moved |= {row.parameter for row in table.unlike(question.parameters)}
        groups = DrawnGroups(
            question.pricer.at(drawn),
            question.bundle.groups,
            central=question.weights.priced,
            moved={parameter for parameter in moved if not is_price(parameter)},
            count=int(ice_of_draw.shape[0]),
            counts=counts,
            by=question.by if isinstance(question, ContractQuestion) else None,
        )
        amounts = question.amounts_in(drawn)
        return cls(
            amounts=amounts,
            question=question,
            table=table,
            values=values,
            ice_years=ice_years,
            ice_of_draw=ice_of_draw,
            groups=groups,
            worlds=DrawnWorlds(
                groups=groups,
                weights=question.weights,
                paid_by=question.paid_by,
                lane_usd={row.scope: row.value for row in amounts},
                ice_years=ice_years,
                ice_of_draw=ice_of_draw,
            ),
            value_of_time=value_of_time,
        )

    def value_of_a_day(self, draw: int) -> float:
        """Return the value of time in a draw, in USD per TEU and day."""
        if self.value_of_time is None:
            return self.question.scenario.shipment.value_of_time_usd_per_teu_day
        return float(self.value_of_time[draw])

    def in_draw(self, draw: int, *, quoted: bool) -> Question:
        """Return the question as it is in one draw, on one basis."""
        question = self.question
        ice = self.ice_years[int(self.ice_of_draw[draw])]
        parameters: ParameterTable = DrawnTable.of(self.table, values=self.values, draw=draw)
        if quoted:
            # What lanes pay in this draw follows from all that is drawn.
            parameters = parameters.with_rows([of_draw(row, draw) for row in self.amounts])
        pricer = question.pricer.at(parameters, ice_year=ice)
        basis = PriceBasis.PRICE if quoted else PriceBasis.COST
        shipment = replace(
            question.scenario.shipment, value_of_time_usd_per_teu_day=self.value_of_a_day(draw)
        )
        weights = question.weights
        priced = self.groups.priced(draw, weights.priced)
        # Which arcs share a profile follows from the network and its closures.
        profiles = tuple(self.worlds.profile(profile, draw) for profile in weights.profiles)
        return replace(
            question,
            scenario=replace(question.scenario, price_basis=basis, shipment=shipment),
            parameters=parameters,
            pricer=pricer,
            weights=weigh(
                pricer, question.bundle.groups, priced, dated=(weights.profile, profiles)
            ),
        )

    def searched(
        self, draw: int, *, quoted: bool, numbers: Sequence[int]
    ) -> tuple[SearchedCorridor, ...]:
        """Return the searches of some corridors of the question in one draw, on one basis."""
        here = self.in_draw(draw, quoted=quoted)
        return tuple(search(here, number, fronts=False, keep=False) for number in numbers)


# The candidates of a simulation: routes that are best in some draw, learned by exact searches.

BATCH = 10
MOST_BATCHES = 12
# Enough is learned if the pool misses less than these shares of the best, on average and in the
# worst hundredth of the searches of two batches: one alone may be lucky.
MEAN_MISS, WORST_MISS = 0.001, 0.01
WORST = 0.99
# Routes whose costs differ by less are one, found twice.
SAME_USD = 0.02


class RouteKey(NamedTuple):
    """What tells booked routes apart: corridor, arcs in the network, days of waiting, lines.

    `intervals` are by arc the minutes between departures of the line that it boards, 0 for none.
    Of a route by trips of a timetable `timed` are by arc its minutes (see `Layered.timed_at`), and
    `missed` the hours until the next trip where one is boarded.
    """

    corridor: str
    arcs: tuple[int, ...]
    wait_days: int
    intervals: tuple[int, ...]
    timed: tuple[int, ...] = ()
    missed: tuple[float, ...] = ()

    @classmethod
    def of(cls, search: SearchedCorridor, route: DatedRoute) -> RouteKey:
        """Return the key of a route of a search."""
        arcs, problem, timetable = list(route.arcs), search.problem, search.question.timetable
        intervals = problem.interval[arcs].tolist()
        key = cls(search.corridor.id, search.arcs(route), route.wait_days, tuple(intervals))
        if problem.timed is None or problem.trip is None or timetable is None:
            return key
        missed = [
            timetable.hours_to_next(trip) if trip >= 0 and interval else 0.0
            for trip, interval in zip(problem.trip[arcs].tolist(), intervals, strict=True)
        ]
        return key._replace(timed=tuple(problem.timed[arcs].tolist()), missed=tuple(missed))

    @property
    def booked(self) -> dict[str, Any]:
        """What `DrawnWorlds.route` asks for of it."""
        return {name: getattr(self, name) for name in ("arcs", "intervals", "wait_days", "timed")}


class Miss(NamedTuple):
    """By which shares of the best value a pool missed it in the searches of fresh draws.

    `corridors` has that of each search.
    """

    shares: tuple[float, ...] = ()
    corridors: tuple[str, ...] = ()

    @property
    def searches(self) -> int:
        """How many searches it was compared with."""
        return len(self.shares)

    @property
    def mean(self) -> float:
        """The mean share missed."""
        return float(np.mean(self.shares)) if self.shares else 0.0

    @property
    def worst(self) -> float:
        """The share that 99 of 100 searches keep below."""
        return float(np.quantile(self.shares, WORST)) if self.shares else 0.0

    def with_that_of(self, other: Miss) -> Miss:
        """Return what was missed in the draws of both."""
        return Miss(
            (*self.shares, *other.shares),
            (*self.corridors, *other.corridors),
        )

    def of(self, corridor: str) -> Miss:
        """Return what was missed of one corridor."""
        pairs = zip(self.shares, self.corridors, strict=True)
        shares = tuple(share for share, name in pairs if name == corridor)
        return Miss(shares, (corridor,) * len(shares))

    @property
    def is_small(self) -> bool:
        """Whether no more draws are needed."""
        return self.mean < MEAN_MISS and self.worst < WORST_MISS


@dataclass(slots=True)
class Pool:
    """Routes by key with what is noted of each, in the order in which they were found.

    `note` makes what is noted of a route of a search. `misses` are those of the batches. `by_date`
    says whether a route depends on the day on which it leaves, as through ice: each such route of a
    corridor is a candidate with every wait that one of them has, for the day left is chosen again
    in each draw.
    """

    note: Callable[[SearchedCorridor, DatedRoute], object]
    by_date: Callable[[tuple[int, ...]], bool] = lambda _arcs: False
    routes: dict[RouteKey, object] = field(default_factory=dict)
    misses: list[Miss] = field(default_factory=list)

    def add(self, search: SearchedCorridor, route: DatedRoute) -> RouteKey:
        """Add a route of a search, and return its key."""
        key = RouteKey.of(search, route)
        if key not in self.routes:
            self.routes[key] = self.note(search, route)
            if self.by_date(key.arcs):
                self._cross(key)
        return key

    def _cross(self, new: RouteKey) -> None:
        """Add a new route with the waits of the others of its corridor, and these with its wait."""
        others = [
            (key, noted)
            for key, noted in self.routes.items()
            if key.corridor == new.corridor and self.by_date(key.arcs)
        ]
        for key, noted in others:
            self.routes.setdefault(new._replace(wait_days=key.wait_days), self.routes[new])
            self.routes.setdefault(key._replace(wait_days=new.wait_days), noted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    """Teaches a pool by searches in the draws of a question.

    `numbers` are the corridors searched; `free` is that of any route, None to leave it out.
    """

    drawn: DrawnQuestion
    worlds: DrawnWorlds
    numbers: tuple[int, ...]
    free: int | None
    objective: Objective
    _figures: dict[RouteKey, RouteDraws] = field(default_factory=dict, repr=False)

    def draws_of(self, pool: Pool) -> dict[RouteKey, RouteDraws]:
        """Return what the routes of a pool take in the training draws."""
        for key in pool.routes:
            if key not in self._figures:
                self._figures[key] = self.worlds.route(**key.booked)
        return self._figures

    def learn(
        self,
        pool: Pool,
        *,
        batch: int = BATCH,
        most_batches: int = MOST_BATCHES,
        told: Callable[[int, int], None] = lambda _done, _of: None,
    ) -> None:
        """Add the best routes of batches of draws, to each corridor until two miss little of it.

        `told` is called with the batches done and their greatest number.
        """
        most = min(most_batches, self.drawn.groups.count // batch)
        corridors = self.drawn.question.corridors
        numbers, before = self.all_numbers, Miss()
        for number in range(most):
            told(number, most)
            draws = range(number * batch, (number + 1) * batch)
            miss = self.test(pool, draws, teach=True, numbers=numbers)
            pool.misses.append(miss)
            if number:
                both = before.with_that_of(miss)
                numbers = tuple(n for n in numbers if not both.of(corridors[n].id).is_small)
            if not numbers:
                return
            before = miss

    @property
    def all_numbers(self) -> tuple[int, ...]:
        """The corridors searched, that of any route last."""
        return (*self.numbers, *(() if self.free is None else (self.free,)))

    def test(
        self,
        pool: Pool,
        draws: Sequence[int],
        *,
        teach: bool,
        numbers: Sequence[int] | None = None,
    ) -> Miss:
        """Return what the pool misses in some draws; with `teach` their best routes are added.

        They are searched by what is quoted and by cost, every second one by either.
        Of corridors that are not among the `numbers`, by default all, the pool's routes count;
        so they do of those at more than `FOLDED_ABOVE` times the best of a draw.
        """
        shares: list[float] = []
        names: list[str] = []
        known = dict(self.draws_of(pool))
        numbers = self.all_numbers if numbers is None else numbers
        corridors = self.drawn.question.corridors
        for draw in draws:
            by_quote = draw % 2 == 1
            least: dict[str, float] = {}
            for key, figures in known.items():
                at = self._at(figures, draw, quoted=by_quote)
                least[key.corridor] = min(at, least.get(key.corridor, np.inf))
            bound = FOLDED_ABOVE * min(least.values(), default=np.inf)
            nearest = min((at for name, at in least.items() if name != OTHER), default=np.inf)
            near = [n for n in numbers if not bound < least.get(corridors[n].id, np.inf) < np.inf]
            for one in self.drawn.searched(draw, quoted=by_quote, numbers=near):
                route = one.best
                if route is None:
                    continue
                exact = self._exact(route, draw)
                # The best of all, searched last, is a route of its own where no corridor has it.
                if one.corridor.id == OTHER and exact > nearest - SAME_USD:
                    continue
                known_at = least.get(one.corridor.id, np.inf)
                if one.corridor.id == OTHER:
                    # Nobody would take another way of it than the best of what is known.
                    known_at = min(known_at, nearest)
                nearest = min(nearest, exact)
                missed = known_at - exact
                shares.append(max(min(missed / exact, 1.0), 0.0) if exact > 0.0 else 0.0)
                names.append(one.corridor.id)
                if teach:
                    pool.add(one, route)
        return Miss(tuple(shares), tuple(names))

    def _at(self, figures: RouteDraws, draw: int, *, quoted: bool) -> float:
        if not figures.is_open[draw]:
            return np.inf
        money = figures.price if quoted else figures.cost
        return self.objective.figure(
            float(money[draw]),
            float(figures.minutes[draw]) / MINUTES_PER_DAY,
            float(figures.kg[draw]),
            self.drawn.value_of_a_day(draw),
        )

    def _exact(self, route: DatedRoute, draw: int) -> float:
        return self.objective.figure(
            route.cents / CENTS_PER_USD,
            route.minutes / MINUTES_PER_DAY,
            route.grams / GRAMS_PER_KG,
            self.drawn.value_of_a_day(draw),
        )
