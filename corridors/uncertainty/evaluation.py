"""What booked routes take in each draw: levels by array bills, events on top.

Levels are centred: a row's range is often one-sided, and a sum of many such rows has a median above
the answer at the rows' values. So each figure of a route is multiplied by one number, the answer at
the values over the median of its draws, by which shapes alone move no median. What the ice of
other years than the question's moves stays, and events are added after it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corridors.arrays import BoolArray, FloatArray
from corridors.config import fault
from corridors.data.parameters import ParameterTable
from corridors.data.sea_areas import MEAN_YEAR, load_ice_table
from corridors.data.series import with_freights_of_week
from corridors.data.uncertainty import (
    Event,
    Horizon,
    Uncertainty,
    Volatility,
    load_uncertainty,
    load_volatility,
    load_width_factors,
    volatility_of,
)
from corridors.domain.scenario import DEPARTURE, Scenario
from corridors.domain.values import BillLine
from corridors.errors import ConfigError, ParameterError
from corridors.routing.drawn_route import RouteDraws
from corridors.routing.question import Question
from corridors.uncertainty.draws import ICE, Z95, Draws, Key, Plan, Shape, drivers_of, plan_of
from corridors.uncertainty.events import Met, RouteEvents
from corridors.uncertainty.searches import DrawnQuestion, RouteKey
from corridors.units import DAYS_PER_WEEK, HOURS_PER_DAY, MINUTES_PER_DAY

# Plan the draws of a question: which rows of the tables are drawn, how widely, how together.

OF_TWO = " and "
"""Between the two factors of a correlation."""
LEAST_LEAD_WEEKS = 1.0
"""A quote of a week or month is not that of the day on which a box is booked."""


def table_at_cost(question: Question) -> ParameterTable:
    """Return the table of a question at cost, with the freights of the week of its prices."""
    table = question.quoted.at_cost
    if question.scenario.prices != DEPARTURE:
        return table
    return with_freights_of_week(table, question.scenario.prices_day)


def plan_for(
    question: Question, table: ParameterTable, *, ice: bool, others: Sequence[str] = ()
) -> Plan:
    """Return what draws the rows of a question, as its scenario says.

    Of all rows, since any may move a price: numbers are made of those that bills ask for. `others`
    are further dimensions, after that of the ice.

    Raises
    ------
    ConfigError
        The correlations of the scenario contradict each other.
    """
    scenario, rules = question.scenario, load_uncertainty()
    chance = scenario.draws
    asked = dict(chance.widths)
    widths = {
        name: chance.width * asked.get(name, 1.0) * factor
        for name, factor in load_width_factors().items()
    }
    series = spreads_of_series(table, rules, load_volatility(), scenario.prices_day)
    drivers = drivers_of(table, rules, widths=widths, series=series)
    pairs = {two_factors(names): value for names, value in chance.correlations}
    try:
        return plan_of(drivers, others=(*((ICE,) if ice else ()), *others), correlations=pairs)
    except ParameterError as error:
        raise ConfigError(fault(scenario, "draws.correlations", str(error))) from None


def two_factors(names: str) -> tuple[str, str]:
    """Return the two factors that a correlation names."""
    one, _, other = names.partition(OF_TWO)
    return one, other


def ice_years_of(scenario: Scenario) -> tuple[str, ...]:
    """Return the years whose ice is drawn from; none where the scenario names one."""
    if not scenario.draws.ice or scenario.ice_year != MEAN_YEAR:
        return ()
    return load_ice_table().years


def spreads_of_series(
    table: ParameterTable, rules: Uncertainty, series: Sequence[Volatility], day: date
) -> dict[Key, float]:
    """Return by row of a series the standard deviation of its logarithm on a day.

    The lead is that from the last price known to the day, a week at least. Rows whose history does
    not reach the day from before, or of which none is known, are left out.
    """
    spreads = {}
    for row in table.rows:
        key = row.parameter, row.scope
        if rules.rule(row).horizon is not Horizon.SERIES:
            continue
        of = volatility_of(series, *key)
        if of is None or not of.last or date.fromisoformat(of.first) > day:
            continue
        lead = (day - date.fromisoformat(of.last)).days / DAYS_PER_WEEK
        spread = of.spread(max(lead, LEAST_LEAD_WEEKS))
        if of.half_life_weeks is None and 0.0 < row.low < row.high:
            # A handful of prices says nothing of a year ahead: no wider than the row's own range.
            spread = min(spread, math.log(row.high / row.low) / (2.0 * Z95))
        spreads[key] = spread
    return spreads


# Draws evaluated at once: arrays of so many numbers stay in the caches of a processor.
AT_ONCE = 4_096
MIDDLE_TENTH = (0.45, 0.55)


class Taken(NamedTuple):
    """By draw what a route takes: levels in USD, kg and days, and the days that events add.

    `late` are those of all events, `late_on_the_way` without those before the departure. Figures
    are infinite where the route is closed.
    """

    cost: FloatArray
    price: FloatArray
    kg: FloatArray
    days: FloatArray
    transit: FloatArray
    arrival: FloatArray
    late: FloatArray
    late_on_the_way: FloatArray
    is_open: BoolArray

    @classmethod
    def of(cls, draws: RouteDraws, *, late: FloatArray, late_on_the_way: FloatArray) -> Taken:
        """Return what a route takes by itself, with what events add."""
        return cls(
            cost=draws.cost,
            price=draws.price,
            kg=draws.kg,
            days=draws.minutes / MINUTES_PER_DAY,
            transit=draws.transit / MINUTES_PER_DAY,
            arrival=draws.arrival / MINUTES_PER_DAY,
            late=late,
            late_on_the_way=late_on_the_way,
            is_open=draws.is_open,
        )

    @property
    def days_with_events(self) -> FloatArray:
        """Days from gate-in to gate-out of one shipment."""
        return self.days + self.late

    @property
    def transit_with_events(self) -> FloatArray:
        """Transit days of one shipment."""
        return self.transit + self.late_on_the_way

    @property
    def arrival_with_events(self) -> FloatArray:
        """Days from the start of the day of departure to gate-out of one shipment."""
        return self.arrival + self.late


class Centre(NamedTuple):
    """The numbers by which levels are multiplied: cost, price, CO2e, time."""

    cost: float = 1.0
    price: float = 1.0
    kg: float = 1.0
    days: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """A route as it is booked: who runs its ships (empty if unknown)."""

    key: RouteKey
    operator: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluator:
    """Evaluates booked routes of a question in draws of a plan.

    `table` is at cost and holds the freights of the week. `central_ice` is the question's own,
    `ice_years` those drawn from; empty if the ice is not drawn. Only lines that `counts` accepts
    are paid for; by default all.
    """

    question: Question
    table: ParameterTable
    routes: tuple[Booked, ...]
    events: tuple[Event, ...]
    ice_years: tuple[str, ...]
    counts: Callable[[BillLine], bool] | None = None
    centres: dict[RouteKey, Centre] = field(default_factory=dict)
    _central: dict[RouteKey, RouteDraws] = field(default_factory=dict, repr=False)
    _begins: dict[RouteKey, tuple[float, ...]] = field(default_factory=dict, repr=False)

    @property
    def central_ice(self) -> str:
        """The ice of the question."""
        return self.question.scenario.ice_year

    def at_values(self, values: Mapping[Key, FloatArray], *, count: int = 1) -> DrawnQuestion:
        """Return the question at `count` drawn values, in its own ice.

        The years of its worlds are its own, then those drawn from.
        """
        return DrawnQuestion.of(
            self.question,
            self.table,
            values,
            ice_years=(self.central_ice, *self.ice_years),
            ice_of_draw=np.zeros(count, np.int64),
            counts=self.counts,
        )

    def central(self) -> dict[RouteKey, RouteDraws]:
        """Return what the routes take at the values of the rows, in one draw."""
        if not self._central:
            worlds = self.at_values({}).worlds
            for one in self.routes:
                draws = worlds.route(**one.key.booked)
                self._central[one.key] = draws
        return self._central

    def _starts(self) -> dict[RouteKey, tuple[float, ...]]:
        """Return by route when its arcs begin at the values of the rows, in minutes."""
        if not self._begins:
            self._begins.update(
                (key, tuple(float(start[0]) for start in draws.starts))
                for key, draws in self.central().items()
            )
        return self._begins

    def groups_of_events(self) -> dict[str, str]:
        """Return by name of a score of an event that the routes meet its group."""
        finder = self._finder(self.at_values({}))
        return {met.name: met.group for one in self.routes for met in self._met(finder, one)}

    def _finder(self, drawn: DrawnQuestion) -> RouteEvents:
        return RouteEvents(
            worlds=drawn.worlds,
            table=drawn.groups.pricer.parameters,
            events=self.events,
            first_day=self.question.weights.first_day,
        )

    def _met(self, finder: RouteEvents, one: Booked) -> tuple[Met, ...]:
        if not self.events:
            return ()
        return finder.met(
            one.key.arcs,
            self._starts()[one.key],
            intervals=one.key.intervals,
            corridor=one.key.corridor,
            operator=one.operator,
            missed=one.key.missed,
        )

    def taken(
        self,
        draws: Draws,
        *,
        keys: Iterable[RouteKey] | None = None,
        told: Callable[[int, int], None] = lambda _done, _of: None,
    ) -> dict[RouteKey, Taken]:
        """Return what routes take in draws, by default all of them, centred if that was noted."""
        wanted = None if keys is None else set(keys)
        routes = [one for one in self.routes if wanted is None or one.key in wanted]
        return {key: taken for key, taken, _ in self._evaluated(draws, routes, told)}

    def centred(
        self,
        draws: Draws,
        told: Callable[[int, int], None] = lambda _done, _of: None,
    ) -> dict[RouteKey, Taken]:
        """Return centred what routes take in draws, and note by what they are multiplied.

        The median of a route through ice is that in the ice of the question. Of draws that begin
        with the median of all rows, nothing else is evaluated.
        """
        self.centres.clear()
        centred = {}
        for key, taken, alike in self._evaluated(draws, self.routes, told):
            at = alike if draws.sample.first_is_median else _levels(self.central()[key])
            pairs = zip(at, alike, strict=True)
            self.centres[key] = Centre(*(_over_median(float(mid[0]), of) for mid, of in pairs))
            centred[key] = _times(taken, self.centres[key])
        return centred

    def _evaluated(
        self, draws: Draws, routes: Sequence[Booked], told: Callable[[int, int], None]
    ) -> Iterator[tuple[RouteKey, Taken, tuple[FloatArray, ...]]]:
        """Yield routes with what they take, and their levels in the question's own ice."""
        parts: dict[RouteKey, list[tuple[Taken, tuple[FloatArray, ...]]]] = {}
        for done, chunk in _chunks(draws):
            told(done, draws.count)
            for one, taken, alike in self._taken(chunk, routes):
                parts.setdefault(one.key, []).append((taken, alike))
        for key, pieces in parts.items():
            takens, levels = zip(*pieces, strict=True)
            yield key, Taken(*_joined(takens)), tuple(_joined(levels))

    def _taken(
        self, draws: Draws, routes: Sequence[Booked]
    ) -> Iterator[tuple[Booked, Taken, tuple[FloatArray, ...]]]:
        drawn = self.at_values(draws.values(), count=draws.count)
        own_ice = worlds = drawn.worlds
        if self.ice_years:
            years = 1 + (draws.of(ICE) * len(self.ice_years)).astype(np.int64)
            worlds = replace(own_ice, ice_of_draw=years)
        finder = self._finder(drawn)
        known: dict[tuple[str, Shape], FloatArray] = {}
        for one in routes:
            found = own_ice.route(**one.key.booked)
            alike = _levels(found)
            if self.ice_years and self.sails_ice(one.key):
                found = worlds.route(**one.key.booked)
            late, on_the_way = np.zeros(draws.count), np.zeros(draws.count)
            for met in self._met(finder, one):
                # Of a wait that is 0 at the rows' values no event is drawn.
                if met.name not in draws.plan.others:
                    continue
                days = met.extra(draws.of(met.name), known) / HOURS_PER_DAY
                late = late + days
                on_the_way = on_the_way + (0.0 if met.before else days)
            taken = Taken.of(found, late=late, late_on_the_way=on_the_way)
            yield one, _times(taken, self.centres.get(one.key, Centre())), alike

    def sails_ice(self, key: RouteKey) -> bool:
        """Return whether a route passes the areas of the Northern Sea Route."""
        return self.question.bundle.topology.is_in_ice(key.arcs)


def _chunks(draws: Draws) -> Iterator[tuple[int, Draws]]:
    for first in range(0, draws.count, AT_ONCE):
        yield first, draws.rows(slice(first, first + AT_ONCE))


def _joined(chunks: Iterable[Iterable[npt.NDArray[Any]]]) -> list[npt.NDArray[Any]]:
    return [np.concatenate(column) for column in zip(*chunks, strict=True)]


def _levels(draws: RouteDraws) -> tuple[FloatArray, ...]:
    """Return the figures that are centred, in the order of `Centre`."""
    return draws.cost, draws.price, draws.kg, draws.minutes / MINUTES_PER_DAY


def _over_median(central: float, drawn: FloatArray) -> float:
    """Return a figure over the median of its draws; 1 where either is not known."""
    known = drawn[np.isfinite(drawn)]
    median = median_of(known) if known.size else 0.0
    return central / median if np.isfinite(central) and median > 0.0 else 1.0


def median_of(drawn: FloatArray) -> float:
    """Return the median of a positive figure from its draws, less noisy than that of the sample.

    Of a thousand draws the sample's median is off by some USD 10 a TEU, as much as lies between
    two close options; their means are 20 times nearer, since draws are stratified. So the median
    is that of a Cornish-Fisher expansion of the logarithm, from its mean and third moment, where
    that lies in the middle tenth of the sample; of two heaps of draws it does not.

    References
    ----------
    Cornish and Fisher, Revue de l'Institut international de statistique 5 (1938), 307-320.
    """
    low, high = (float(at) for at in np.quantile(drawn, MIDDLE_TENTH))
    if drawn.min() <= 0.0:
        return float(np.median(drawn))
    logs = np.log(drawn)
    off = logs - logs.mean()
    variance = float((off**2).mean())
    skewed = float((off**3).mean()) / variance / 6.0 if variance > 0.0 else 0.0
    return min(max(float(np.exp(logs.mean() - skewed)), low), high)


def objective_of(
    taken: Taken,
    scenario: Scenario,
    *,
    quoted: bool,
    days: FloatArray | None = None,
    value_of_time: FloatArray | None = None,
) -> FloatArray:
    """Return by draw the objective of a route, infinite where it is closed.

    Parameters
    ----------
    taken
        What the route takes.
    scenario
        Its objective counts.
    quoted
        Whether what is quoted counts, not the cost.
    days
        Days from gate-in to gate-out; by default those expected of the levels of each draw.
    value_of_time
        By draw, in USD per TEU and day; by default that of the scenario.
    """
    aim, value = scenario.objective.aim, scenario.shipment.value_of_time_usd_per_teu_day
    of_a_day = value if value_of_time is None else value_of_time
    taking = taken.days + float(taken.late.mean()) if days is None else days
    # A figure or value of nothing must not multiply the infinity of a closed route.
    figure = np.where(taken.is_open, 0.0, np.inf)
    if aim.usd:
        figure = figure + aim.usd * (taken.price if quoted else taken.cost)
    if aim.days or aim.value_of_time:
        open_days = np.where(taken.is_open, taking, 0.0)
        figure = figure + (aim.days + of_a_day * aim.value_of_time) * open_days
    return figure + aim.kg * taken.kg if aim.kg else figure


def _times(taken: Taken, centre: Centre) -> Taken:
    return taken._replace(
        cost=taken.cost * centre.cost,
        price=taken.price * centre.price,
        kg=taken.kg * centre.kg,
        days=taken.days * centre.days,
        transit=taken.transit * centre.days,
        arrival=taken.arrival * centre.days,
    )


def plan_groups(plan: Plan, of_events: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the dimensions of a plan by group, those of events by the group of the event."""
    groups: dict[str, list[str]] = {}
    for name, dimensions in plan.groups().items():
        groups.setdefault(of_events.get(name, name), []).extend(dimensions)
    return groups
