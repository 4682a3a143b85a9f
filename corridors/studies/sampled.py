"""What draws say of a decided scenario: chances, quantiles, regret, and what decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from corridors.arrays import FloatArray
from corridors.domain.results import Candidate
from corridors.domain.scenario import PriceBasis, Scenario
from corridors.domain.simulation import ARRIVAL_CHANCES, GroupEffect, OptionChances, Training
from corridors.optimise.limits import box_limits
from corridors.studies.decided import Decided
from corridors.uncertainty.booked import (
    chances,
    least,
    mean_of_worst,
    picked,
    regret,
    route_fans,
    total_indices,
    worth_of_knowing,
)
from corridors.uncertainty.draws import (
    Draws,
    Sample,
)
from corridors.uncertainty.evaluation import (
    Evaluator,
    Taken,
    objective_of,
    plan_groups,
)
from corridors.uncertainty.searches import RouteKey
from corridors.units import MINUTES_PER_DAY

OF_SENSITIVITY = 256
"""Draws of a base sample: shares of a variance are then known to some three hundredths."""
MET = (0.90, 0.95)
DRAWN_FIGURES = (*("transit_days", "days", "cost_usd_per_teu", "co2e_kg_per_teu", "arrival_days"),)
"""Figures of a `Candidate` that draws move."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """The routes of a scenario's corridors over `count` draws, or values of a driver.

    `allowed` are those that may be recommended. `value_of_time` is by draw, in USD per TEU and day;
    None for that of the scenario.
    """

    scenario: Scenario
    count: int
    takens: dict[RouteKey, Taken]
    routes: dict[str, list[RouteKey]]
    allowed: frozenset[RouteKey]
    value_of_time: FloatArray | None = None

    def expected(self, key: RouteKey, *, quoted: bool) -> FloatArray:
        """Return by draw of levels the expected objective of a route, infinite where closed."""
        return objective_of(
            self.takens[key], self.scenario, quoted=quoted, value_of_time=self.value_of_time
        )

    def by_corridor(self, *, quoted: bool) -> FloatArray:
        """Return (corridor, draw) the expected objective of the best allowed route."""
        rows = []
        for keys in self.routes.values():
            kept = [self.within(key, quoted=quoted) for key in keys if key in self.allowed]
            rows.append(np.min(kept, axis=0) if kept else np.full(self.count, np.inf))
        return np.stack(rows) if rows else np.zeros((0, self.count))

    def within(self, key: RouteKey, *, quoted: bool) -> FloatArray:
        """Return the expected objective, infinite where a limit per box is broken."""
        taken, scenario = self.takens[key], self.scenario
        limits, expected = scenario.limits, self.expected(key, quoted=quoted)
        money = taken.price if scenario.price_basis is PriceBasis.PRICE else taken.cost
        late = float(taken.late.mean())
        on_the_way = taken.transit + float(taken.late_on_the_way.mean())
        figures = (on_the_way, taken.days + late, money, taken.kg, taken.arrival + late)
        drawn = dict(zip(DRAWN_FIGURES, figures, strict=True))
        for bounded in box_limits(limits, scenario.departure):
            # What draws do not move was judged when the route was allowed.
            if (figure := drawn.get(bounded.limit.figure)) is not None:
                expected = np.where(figure <= bounded.bound + 1e-9, expected, np.inf)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled(Evaluated):
    """The draws of a scenario's options.

    `candidates` are the learned routes with the figures that limits need. `in_worlds` closes routes
    in the draws of worlds that `chances` mix in; None without any.
    """

    made: Decided
    draws: Draws
    evaluator: Evaluator
    booked: dict[str, RouteKey]
    training: Training
    of_events: dict[str, str]
    candidates: Mapping[RouteKey, Candidate] = field(default_factory=dict)
    in_worlds: Callable[[Draws, dict[RouteKey, Taken]], dict[RouteKey, Taken]] | None = None

    def taken(self, draws: Draws, keys: Iterable[RouteKey]) -> dict[RouteKey, Taken]:
        """Return what routes take in draws of the worlds that the scenario mixes."""
        found = self.evaluator.taken(draws, keys=keys)
        return found if self.in_worlds is None else self.in_worlds(draws, found)

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
        if not self.routes or self.draws.plan.is_empty:
            return ()
        values = self.by_corridor(quoted=self.on_price)
        names, share = list(self.routes), chances(values)
        order = sorted(range(len(names)), key=lambda n: (-share[n], np.median(values[n])))
        two = [self.booked[names[n]] for n in order if names[n] in self.booked][:2]
        groups = plan_groups(self.draws.plan.only(self.draws.asked), self.of_events)
        if not two:
            return ()

        def evaluate(sample: Sample) -> FloatArray:
            taken = self.taken(Draws(plan=self.draws.plan, sample=sample), two)
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
            outputs = np.stack([np.where(is_open, row, 0.0) for row in (money, days)])
            means = outputs.sum(axis=1, keepdims=True) / max(int(is_open.sum()), 1)
            filled = np.where(is_open, outputs, means)
            # A closure decides between them as if the closed one were the worst of all draws.
            known = np.stack(figures)
            worst = known[np.isfinite(known)].max(initial=0.0)
            known = np.where(np.isfinite(known), known, worst)
            return np.stack([*filled, known[0] - known[-1]])

        found = total_indices(
            evaluate,
            groups,
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
                worth=worth_of_knowing(
                    finite,
                    np.stack([self.draws.sample.score(one) for one in groups[name]], axis=1),
                )
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
