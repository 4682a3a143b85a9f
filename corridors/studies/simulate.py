"""Simulate a scenario: draw what is uncertain, and count how the options fare.

Levels (prices, mean speeds and dwells) are known when booking, events (a late ship, a queue) are
not: in each draw of levels the option with the best expected objective is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import reduce

import numpy as np
import numpy.typing as npt

from corridors.config import fault
from corridors.config.allowed_names import advice
from corridors.data.parameters import ParameterTable
from corridors.data.uncertainty import FAMILIES, load_events, load_uncertainty
from corridors.domain.results import Candidate
from corridors.domain.scenario import OTHER, Closure, Limits, PriceBasis, Scenario
from corridors.domain.simulation import ARRIVAL_CHANCES, GroupEffect, OptionChances
from corridors.errors import ConfigError
from corridors.optimise.candidates import candidate_in
from corridors.optimise.limits import alone_within
from corridors.output.simulated import Simulation, Training
from corridors.progress import Progress, quiet
from corridors.routing.corridor_search import SearchedCorridor
from corridors.routing.terms import DatedRoute
from corridors.routing.who_sails import offer_of
from corridors.studies.compare import Decided, compare, decided
from corridors.studies.session import Session
from corridors.uncertainty.draws import (
    ICE,
    WORLD,
    Draws,
    Key,
    Plan,
    WatchedTable,
    uniform_scores,
)
from corridors.uncertainty.evaluation import (
    Booked,
    Evaluator,
    Taken,
    objective_of,
    plan_groups,
)
from corridors.uncertainty.figures import (
    chances,
    least,
    mean_of_worst,
    picked,
    regret,
    route_fans,
)
from corridors.uncertainty.planning import (
    all_rows,
    ice_years_of,
    plan_for,
    table_at_cost,
    two_factors,
)
from corridors.uncertainty.pool import (
    BATCH,
    MOST_BATCHES,
    Learner,
    Miss,
    Pool,
    RouteKey,
    is_sold,
)
from corridors.uncertainty.searches import DrawnQuestion, quoted_table
from corridors.uncertainty.sensitivities import total_indices, worth_of_knowing
from corridors.units import MINUTES_PER_DAY

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
DRAWS = 10_000
MOST_DRAWS = 200_000
"""More take a gigabyte by 30,000 draws, and change no printed figure."""
OF_SENSITIVITY = 512
MET = (0.90, 0.95)


CLOSED = OptionChances()
"""What the draws say of a corridor that is open in none."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What is kept of a route of the pool: its figures for limits, and who runs its ships."""

    candidate: Candidate
    operator: str


def simulate(
    scenario: Scenario,
    *,
    draws: int = DRAWS,
    seed: int = 1,
    by: date | None = None,
    most_batches: int = MOST_BATCHES,
    session: Session | None = None,
    progress: Progress = quiet,
) -> Simulation:
    """Return how the options of a scenario fare over draws of what is uncertain.

    Parameters
    ----------
    scenario
        The scenario; its `draws` say what is drawn, its `chances` mix worlds.
    draws
        How many worlds are drawn, 1 to `MOST_DRAWS`.
    seed
        Of all sequences: the same seed gives the same figures.
    by
        A day, for the chance that a box is available at its destination by its end.
    most_batches
        How often at most training draws are searched for further candidates.
    session
        Keeps networks and tables between scenarios; a new one by default.
    progress
        Called with the current step, how many are done and how many there are.

    Raises
    ------
    ConfigError
        A key of the scenario is wrong, or `draws` or `by` is out of range.
    """
    _refuse(scenario, draws, seed, by)
    session = session or Session()
    comparison = compare(scenario, session=session, figures_only=True, progress=progress)
    made = decided(scenario, session=session)
    sampled = sample(
        made,
        draws=draws,
        seed=seed,
        session=session,
        most_batches=most_batches,
        progress=progress,
    )
    progress("sensitivities", 0, 1)
    found = {option.corridor: option for option in sampled.options(by)}
    shown = [(route.corridor, route.title, route.colour) for route in comparison.routes]
    rows = {name for name, _, _ in shown}
    shown += [(name, one.title, "") for name, one in found.items() if name not in rows]
    return Simulation(
        scenario=scenario,
        options=tuple(
            replace(found.get(name, CLOSED), corridor=name, title=title, colour=colour)
            for name, title, colour in shown
        ),
        effects=sampled.effects(seed),
        recommended=comparison.decision.recommended,
        draws=draws,
        seed=seed,
        by=by,
        worth_of_all=sampled.worth_of_all,
        training=sampled.training,
        drawn_rows=len(sampled.plan.drivers),
        warnings=comparison.warnings,
        manifest=comparison.manifest,
    )


def _refuse(scenario: Scenario, draws: int, seed: int, by: date | None) -> None:
    if not 1 <= draws <= MOST_DRAWS:
        text = f"--draws must be from 1 to {MOST_DRAWS:,}, got {draws:,}"
        if draws > MOST_DRAWS:
            gigabytes = draws / 30_000
            text += f": so many take some {gigabytes:,.0f} GB and change no printed figure"
        raise ConfigError(text)
    if seed < 0:
        msg = f"--seed must be 0 or more, got {seed}"
        raise ConfigError(msg)
    _refuse_names(scenario)
    if by is not None and by < scenario.departure:
        msg = f"--by {by} is before the departure on {scenario.departure}"
        raise ConfigError(msg)


def _refuse_names(scenario: Scenario) -> None:
    """Raise for a family or a factor that no row has."""
    for name, _ in scenario.draws.widths:
        if name not in FAMILIES:
            hint = advice(name, FAMILIES)
            text = f"unknown family '{name}', {hint}"
            raise ConfigError(fault(scenario, "draws.widths", text))
    factors = sorted({rule.factor for rule in load_uncertainty().rules} - {""})
    for names, _ in scenario.draws.correlations:
        one, other = two_factors(names)
        for name in (one, other):
            if name not in factors:
                text = (
                    f"'{names}': name two common factors, such as 'bunker and charter';"
                    f" unknown '{name}', {advice(name, factors)}"
                )
                raise ConfigError(fault(scenario, "draws.correlations", text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """The draws of a scenario's options.

    `value_of_time` is by draw, in USD per TEU and day; None for that of the scenario.
    """

    made: Decided
    plan: Plan
    evaluator: Evaluator
    scores: FloatArray
    takens: dict[RouteKey, Taken]
    routes: dict[str, list[RouteKey]]
    booked: dict[str, RouteKey]
    allowed: frozenset[RouteKey]
    training: Training
    of_events: dict[str, str]
    value_of_time: FloatArray | None = None

    @property
    def scenario(self) -> Scenario:
        """The scenario."""
        return self.made.question.scenario

    def expected(self, key: RouteKey, *, quoted: bool) -> FloatArray:
        """Return by draw of levels the expected objective of a route, infinite where closed."""
        return objective_of(
            self.takens[key], self.scenario, quoted=quoted, value_of_time=self.value_of_time
        )

    def by_corridor(self, *, quoted: bool) -> FloatArray:
        """Return (corridor, draw) the expected objective of the best allowed route."""
        rows = []
        for keys in self.routes.values():
            kept = [self._within(key, quoted=quoted) for key in keys if key in self.allowed]
            none = np.full(self.scores.shape[0], np.inf)
            rows.append(np.min(kept, axis=0) if kept else none)
        return np.stack(rows) if rows else np.zeros((0, self.scores.shape[0]))

    def _within(self, key: RouteKey, *, quoted: bool) -> FloatArray:
        """Return the expected objective, infinite where a limit per box is broken."""
        taken, scenario = self.takens[key], self.scenario
        limits, expected = scenario.limits, self.expected(key, quoted=quoted)
        money = taken.price if scenario.price_basis is PriceBasis.PRICE else taken.cost
        late = float(taken.late.mean())
        last = None
        if limits.deadline is not None:
            last = (limits.deadline - scenario.departure).days + 1.0
        bounds = (
            (limits.max_transit_days, taken.transit + float(taken.late_on_the_way.mean())),
            (limits.max_days, taken.days + late),
            (limits.shelf_life_days, taken.days + late),
            (limits.max_usd_per_teu, money),
            (limits.max_co2e_kg_per_teu, taken.kg),
            (last, taken.arrival + late),
        )
        for bound, figure in bounds:
            if bound is not None:
                expected = np.where(figure <= bound + 1e-9, expected, np.inf)
        due = limits.on_time
        if due is not None and self.arrives_by(key, due.by) < due.probability:
            return np.full_like(expected, np.inf)
        return expected

    def arrives_by(self, key: RouteKey, day: date) -> float:
        """Return the chance that a route, kept whatever happens, arrives by the end of a day."""
        taken = self.takens[key]
        days = (day - self.scenario.departure).days + 1.0
        return float((taken.is_open & (taken.arrival_with_events <= days)).mean())

    @property
    def on_price(self) -> bool:
        """Whether the scenario compares what is quoted."""
        return self.scenario.price_basis is PriceBasis.PRICE

    def options(self, by: date | None) -> tuple[OptionChances, ...]:
        """Return what the draws say of each corridor."""
        names = list(self.routes)
        if not names:
            return ()
        mine = self.by_corridor(quoted=self.on_price)
        best = dict(zip(names, chances(mine), strict=True))
        others = chances(self.by_corridor(quoted=not self.on_price))
        other = dict(zip(names, others, strict=True))
        return tuple(
            self._option(name, by, mine, float(best[name]), float(other[name])) for name in names
        )

    def _option(
        self, name: str, by: date | None, values: FloatArray, best: float, other: float
    ) -> OptionChances:
        keys = self.routes[name]
        by_route = np.stack([self.expected(key, quoted=self.on_price) for key in keys])
        again = picked([self.takens[key] for key in keys], least(by_route))
        booked = self.takens.get(self.booked[name]) if name in self.booked else None
        central = self.evaluator.central().get(self.booked[name]) if name in self.booked else None
        share = float(again.is_open.mean())
        lost = worst = None
        days: tuple[float | None, ...] = ()
        arrives = day_90 = day_95 = None
        if booked is not None:
            figures = self.expected(self.booked[name], quoted=self.on_price)
            lost = regret(np.vstack([figures, values]), 0)
            worst = mean_of_worst(figures) if lost else None
            arrival = np.where(booked.is_open, booked.arrival_with_events, np.inf)
            first = self.scenario.departure
            if by is not None:
                arrives = self.arrives_by(self.booked[name], by)
            day_90, day_95 = (_day_met(arrival, share, first) for share in MET)
            if booked.is_open.any():
                reached = np.quantile(arrival, ARRIVAL_CHANCES, method="inverted_cdf").tolist()
                days = tuple(day if np.isfinite(day) else None for day in reached)
        money = None
        if central is not None:
            figures = central.price if self.on_price else central.cost
            money = float(figures[0])
        return OptionChances(
            corridor=name,
            title=self.made.question.corridors[-1].title,
            usd_per_teu=money,
            days=None if central is None else float(central.minutes[0]) / MINUTES_PER_DAY,
            best=best,
            best_on_other_basis=other,
            open=share,
            booked=None if booked is None else route_fans(booked),
            chosen_again=route_fans(again),
            arrives_by=arrives,
            day_met_90=day_90,
            day_met_95=day_95,
            expected_regret=None if lost is None else lost[0],
            greatest_regret=None if lost is None else lost[1],
            mean_of_worst=worst,
            arrival_days=days,
        )

    @property
    def finite(self) -> FloatArray:
        """Return (corridor, draw) the expected objective, where closed the greatest of all."""
        values = self.by_corridor(quoted=self.on_price)
        kept: FloatArray = values[np.isfinite(values).any(axis=1)]
        if not kept.size:
            return kept
        return np.where(np.isfinite(kept), kept, kept[np.isfinite(kept)].max())

    @property
    def worth_of_all(self) -> float:
        """How much lower the mean objective is if all levels are known before booking."""
        values = self.finite
        if not values.size:
            return 0.0
        return float(values.mean(axis=1).min() - values.min(axis=0).mean())

    def effects(self, seed: int) -> tuple[GroupEffect, ...]:
        """Return what groups of drivers do to the two best options, greatest first."""
        if not self.routes or not self.plan.dimensions:
            return ()
        values = self.by_corridor(quoted=self.on_price)
        names, share = list(self.routes), chances(values)
        order = sorted(range(len(names)), key=lambda n: (-share[n], np.median(values[n])))
        two = [self.booked[names[n]] for n in order if names[n] in self.booked][:2]
        groups = plan_groups(self.plan, self.of_events)
        if not two:
            return ()

        def evaluate(scores: FloatArray) -> FloatArray:
            taken = self.evaluator.taken(Draws(plan=self.plan, scores=scores), keys=two)
            figures = [
                objective_of(
                    taken[key],
                    self.scenario,
                    quoted=self.on_price,
                    days=taken[key].days_with_events,
                    value_of_time=self.value_of_time,
                )
                for key in two
            ]
            money = taken[two[0]].price if self.on_price else taken[two[0]].cost
            days = taken[two[0]].days_with_events
            is_open = np.logical_and.reduce([taken[key].is_open for key in two])
            # Of draws in which one of the two is closed the means count: they add no variance.
            outputs = np.stack([np.where(is_open, row, 0.0) for row in (money, days, *figures)])
            means = outputs.sum(axis=1, keepdims=True) / max(int(is_open.sum()), 1)
            filled = np.where(is_open, outputs, means)
            return np.stack([filled[0], filled[1], filled[2] - filled[-1]])

        found = total_indices(
            evaluate,
            groups,
            dimensions=self.plan.dimensions,
            count=OF_SENSITIVITY,
            seed=seed + 1,
        )
        finite = self.finite
        effects = [
            GroupEffect(
                group=name,
                money=float(index[0]),
                days=float(index[1]),
                difference=float(index[2]),
                worth=worth_of_knowing(finite, self.scores[:, groups[name]])
                if finite.size
                else 0.0,
            )
            for name, index in found.items()
        ]
        return tuple(sorted(effects, key=lambda one: (-one.difference, -one.money, one.group)))


def _day_met(arrival: FloatArray, share: float, first: date) -> date | None:
    """Return the first day by whose end a share of all draws has arrived, None if there is none."""
    ordered = np.sort(arrival)
    at = ordered[min(int(np.ceil(share * ordered.size)), ordered.size) - 1]
    return None if not np.isfinite(at) else first + timedelta(days=int(np.ceil(at)) - 1)


def sample(
    made: Decided,
    *,
    draws: int,
    seed: int,
    session: Session,
    batch: int = BATCH,
    most_batches: int = MOST_BATCHES,
    progress: Progress = quiet,
) -> Sampled:
    """Draw the levels and events of a decided scenario, and evaluate its routes in them.

    Parameters
    ----------
    made
        The scenario as searched and decided.
    draws, seed, session, progress
        As in `simulate`.
    batch, most_batches
        How many training draws are searched at once, and how often at most.
    """
    chance = made.question.scenario.draws
    table = table_at_cost(made.question)
    ice_years = ice_years_of(made.question.scenario)
    progress("drawn rows", 0, 1)
    mixed = _mixed(made, session)
    pool = _pool(*(there for _, there in mixed))
    everywhere = plan_for(made.question, table, all_rows(table), ice=bool(ice_years))
    for _, there in mixed if everywhere.dimensions else ():
        learner = _learner(there, table, everywhere, ice_years, seed, batch * most_batches)
        learner.learn(
            pool,
            batch=batch,
            most_batches=most_batches,
            told=lambda done, of: progress("training searches", done, of),
        )
    evaluator = Evaluator(
        question=made.question,
        table=table,
        routes=tuple(
            Booked(key=key, operator=noted.operator)
            for key, noted in pool.routes.items()
            if isinstance(noted, Noted)
        ),
        events=load_events() if chance.events else (),
        ice_years=ice_years,
    )
    of_events = evaluator.groups_of_events()
    others = (*of_events, *((WORLD,) if len(mixed) > 1 else ()))
    plan = plan_for(made.question, table, rows_of(evaluator), ice=bool(ice_years), others=others)
    main = Draws(plan=plan, scores=uniform_scores(draws, plan.dimensions, seed))
    takens = evaluator.centred(main, told=lambda done, of: progress("draws", done, of))
    if len(mixed) > 1:
        takens = _mixed_takens(evaluator, main, takens, mixed)
    routes: dict[str, list[RouteKey]] = {}
    for key in pool.routes:
        routes.setdefault(key.corridor, []).append(key)
    return Sampled(
        made=made,
        plan=plan,
        evaluator=evaluator,
        scores=main.scores,
        takens=takens,
        routes=routes,
        booked={
            one.corridor.id: _key(one, one.best) for one in made.held.found if one.best is not None
        },
        allowed=frozenset().union(*(_allowed(there, pool) for _, there in mixed)),
        training=_training(pool),
        of_events=of_events,
    )


def _key(one: SearchedCorridor, route: DatedRoute) -> RouteKey:
    arcs = tuple(one.problem.base[list(route.arcs)].tolist())
    return RouteKey(one.corridor.id, arcs, route.wait_days)


def _training(pool: Pool) -> Training:
    last = reduce(Miss.with_that_of, pool.misses[-2:], Miss())
    return Training(
        routes=len(pool.routes),
        searches=sum(miss.searches for miss in pool.misses),
        loopholes=sum(miss.loopholes for miss in pool.misses),
        mean_miss=last.mean,
        worst_miss=last.worst,
    )


def _mixed(made: Decided, session: Session) -> tuple[tuple[float, Decided], ...]:
    """Return the worlds that the chances of a scenario mix, with their probabilities.

    The first is that without them; those of no probability are left out.
    """
    scenario = made.question.scenario
    found = [(1.0, made)]
    for chance in scenario.chances:
        closure = Closure(
            place=chance.place,
            first_day=chance.first_day,
            last_day=chance.last_day,
            reason=chance.reason,
        )
        more = []
        for share, there in found:
            if chance.probability > 0.0:
                closures = (*there.question.scenario.closures, closure)
                closed = replace(there.question.scenario, closures=closures)
                more.append((share * chance.probability, decided(closed, session=session)))
        found = [(share * (1.0 - chance.probability), there) for share, there in found] + more
    return tuple(found)


def _mixed_takens(
    evaluator: Evaluator,
    draws: Draws,
    takens: dict[RouteKey, Taken],
    mixed: Sequence[tuple[float, Decided]],
) -> dict[RouteKey, Taken]:
    """Return what routes take where each draw is of one of the worlds."""
    ends = np.cumsum([share for share, _ in mixed])
    world = np.minimum(np.searchsorted(ends, draws.of(WORLD), side="right"), len(mixed) - 1)
    found = takens
    for number, (_, there) in enumerate(mixed[1:], start=1):
        here = replace(evaluator, question=there.question).taken(draws)
        found = {
            key: Taken(
                *(
                    np.where(world == number, one, other)
                    for one, other in zip(here[key], taken, strict=True)
                )
            )
            for key, taken in found.items()
        }
    return found


def _pool(*worlds: Decided, sold_only: bool = True) -> Pool:
    """Return the pool of the routes that comparisons found; the best are always among them."""

    def note(found: SearchedCorridor, route: DatedRoute) -> Noted:
        operators = {line.operator for line in offer_of(found, route).lines}
        operator = operators.pop() if len(operators) == 1 else ""
        return Noted(candidate=candidate_in(found, route), operator=operator)

    network = worlds[0].question.bundle.topology

    def by_date(arcs: tuple[int, ...]) -> bool:
        return bool((network.area[list(arcs)] > 0).any())

    pool = Pool(note=note, by_date=by_date)
    for one in (one for made in worlds for one in made.held.found):
        for route in one.routes:
            arcs = one.problem.base[list(route.arcs)].tolist()
            if route is one.best or not sold_only or is_sold(network, arcs):
                pool.add(one, route)
    return pool


def rows_of(evaluator: Evaluator) -> tuple[Key, ...]:
    """Return the rows that the routes of a pool ask for, their quotes and events among them."""
    watched = WatchedTable.of(evaluator.table)
    apart = replace(evaluator, table=watched, centres={}, _central={}, _begins={})
    apart.central()
    apart.names_of_events()
    if evaluator.ice_years:
        # Other years may hold regimes that the question's own has not.
        every = np.arange(1 + len(evaluator.ice_years), dtype=np.int64)
        worlds = replace(apart.at_values({}, count=every.size).worlds, ice_of_draw=every)
        for one in evaluator.routes:
            worlds.route(one.key.arcs, wait_days=one.key.wait_days)
    quoted_table(evaluator.question, watched)
    return tuple(watched.seen)


def _learner(
    made: Decided,
    table: ParameterTable,
    plan: Plan,
    ice_years: tuple[str, ...],
    seed: int,
    count: int,
) -> Learner:
    question = made.question
    # Not the numbers of the main sequence, of which the first would be the training draws.
    draws = Draws(plan=plan, scores=uniform_scores(count, plan.dimensions, seed + 1_000_003))
    if ice_years:
        ice = (draws.of(ICE) * len(ice_years)).astype(np.int64)
        years = ice_years
    else:
        years, ice = (question.scenario.ice_year,), np.zeros(count, np.int64)
    drawn = DrawnQuestion.of(question, table, draws.values(), ice_years=years, ice_of_draw=ice)
    numbers = tuple(n for n, corridor in enumerate(question.corridors) if corridor.id != OTHER)
    return Learner(
        drawn=drawn,
        worlds=drawn.worlds,
        numbers=numbers,
        free=len(numbers) if made.listed_other else None,
        objective=question.scenario.objective,
    )


def _allowed(made: Decided, pool: Pool) -> frozenset[RouteKey]:
    """Return the routes that may be recommended: offered, and alone within the caps on shares."""
    scenario = made.question.scenario
    noted = {key: one for key, one in pool.routes.items() if isinstance(one, Noted)}
    kept = {key: one.candidate for key, one in noted.items() if made.offered.allows(one.candidate)}
    if scenario.limits == Limits():
        return frozenset(kept)
    # Limits per box are looked at draw by draw.
    caps = replace(
        Limits(),
        max_share_country=scenario.limits.max_share_country,
        max_share_gate=scenario.limits.max_share_gate,
        max_share_corridor=scenario.limits.max_share_corridor,
        capacity_share=scenario.limits.capacity_share,
    )
    alone = {id(one) for one in alone_within(list(kept.values()), caps)}
    return frozenset(key for key, one in kept.items() if id(one) in alone)
