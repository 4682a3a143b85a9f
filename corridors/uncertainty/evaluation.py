"""What booked routes take in each draw: levels by array bills, events on top.

Levels are centred: a row's range is often one-sided, and a sum of many such rows has a median above
the answer at the rows' values. So each figure of a route is multiplied by one number, the answer at
the values over the median of its draws, by which shapes alone move no median. What the ice of
other years than the question's moves stays, and events are added after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corridors.data.parameters import ParameterTable
from corridors.data.uncertainty import Event
from corridors.domain.values import BillLine
from corridors.routing.drawn_route import RouteDraws
from corridors.routing.question import Question
from corridors.uncertainty.distributions import Shape
from corridors.uncertainty.draws import ICE, Draws, Key, Plan
from corridors.uncertainty.events import Met, RouteEvents
from corridors.uncertainty.pool import RouteKey
from corridors.uncertainty.searches import DrawnQuestion
from corridors.units import HOURS_PER_DAY, MINUTES_PER_DAY

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
# Draws evaluated at once: arrays of so many numbers stay in the caches of a processor.
AT_ONCE = 4_096


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

    def at_values(
        self, values: Mapping[Key, FloatArray], *, ice: IntArray | None = None, count: int = 1
    ) -> DrawnQuestion:
        """Return the question at `count` drawn values; without ice that of the question."""
        years = (self.central_ice,) if ice is None else self.ice_years
        ice = np.zeros(count, np.int64) if ice is None else ice
        return DrawnQuestion.of(
            self.question,
            self.table,
            values,
            ice_years=years,
            ice_of_draw=ice,
            counts=self.counts,
        )

    def central(self) -> dict[RouteKey, RouteDraws]:
        """Return what the routes take at the values of the rows, in one draw."""
        if not self._central:
            worlds = self.at_values({}).worlds
            for one in self.routes:
                found = worlds.route(one.key.arcs, wait_days=one.key.wait_days)
                self._central[one.key] = found
        return self._central

    def _starts(self) -> dict[RouteKey, tuple[float, ...]]:
        """Return by route when its arcs begin at the values of the rows, in minutes."""
        if not self._begins:
            self._begins.update(
                (key, tuple(float(start[0]) for start in found.starts))
                for key, found in self.central().items()
            )
        return self._begins

    def names_of_events(self) -> tuple[str, ...]:
        """Return the names of the scores of all events that the routes meet."""
        finder = self._finder(self.at_values({}))
        return tuple(
            dict.fromkeys(met.name for one in self.routes for met in self._met(finder, one))
        )

    def groups_of_events(self) -> dict[str, str]:
        """Return by name of a score its group."""
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
        return finder.met(
            one.key.arcs,
            self._starts()[one.key],
            corridor=one.key.corridor,
            operator=one.operator,
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
        parts: dict[RouteKey, list[Taken]] = {one.key: [] for one in routes}
        for done, chunk in _chunks(draws):
            told(done, draws.count)
            for one, taken in self._taken(chunk, routes):
                parts[one.key].append(taken)
        return {
            key: Taken(*(np.concatenate(column) for column in zip(*found, strict=True)))
            for key, found in parts.items()
        }

    def _taken(self, draws: Draws, routes: Sequence[Booked]) -> Iterator[tuple[Booked, Taken]]:
        ice = None
        if self.ice_years:
            ice = (draws.of(ICE) * len(self.ice_years)).astype(np.int64)
        drawn = self.at_values(draws.values(), ice=ice, count=draws.count)
        worlds = drawn.worlds
        finder = self._finder(drawn)
        known: dict[tuple[str, Shape], FloatArray] = {}
        for one in routes:
            found = worlds.route(one.key.arcs, wait_days=one.key.wait_days)
            late, on_the_way = np.zeros(draws.count), np.zeros(draws.count)
            for met in self._met(finder, one):
                # Of a wait that is 0 at the rows' values no event is drawn.
                if met.name not in draws.plan.others:
                    continue
                days = met.extra(draws.of(met.name), known) / HOURS_PER_DAY
                late = late + days
                on_the_way = on_the_way + (0.0 if met.before else days)
            taken = Taken(
                cost=found.cost,
                price=found.price,
                kg=found.kg,
                days=found.minutes / MINUTES_PER_DAY,
                transit=found.transit / MINUTES_PER_DAY,
                arrival=found.arrival / MINUTES_PER_DAY,
                late=late,
                late_on_the_way=on_the_way,
                is_open=found.is_open,
            )
            yield one, _times(taken, self.centres.get(one.key, Centre()))

    def centred(self, draws: Draws, takens: Mapping[RouteKey, Taken]) -> dict[RouteKey, Taken]:
        """Return centred what routes take in draws, and note by what they are multiplied.

        `takens` are those of `taken` before anything was centred. The median of a route through
        ice is that in the ice of the question.
        """
        sea_ice = {one.key for one in self.routes if self._sails_ice(one.key)}
        again: dict[RouteKey, Taken] = {}
        if self.ice_years and sea_ice:
            alike = replace(self, ice_years=(), events=(), centres={})
            again = alike.taken(draws, keys=sea_ice)
        for key, taken in takens.items():
            at, drawn = self.central()[key], again.get(key, taken)
            pairs = (
                (at.cost[0], drawn.cost),
                (at.price[0], drawn.price),
                (at.kg[0], drawn.kg),
                (at.minutes[0] / MINUTES_PER_DAY, drawn.days),
            )
            self.centres[key] = Centre(*(_over_median(float(mid), of) for mid, of in pairs))
        return {key: _times(taken, self.centres[key]) for key, taken in takens.items()}

    def _sails_ice(self, key: RouteKey) -> bool:
        network = self.question.bundle.topology
        return bool((network.area[list(key.arcs)] > 0).any())


def _chunks(draws: Draws) -> Iterator[tuple[int, Draws]]:
    for first in range(0, draws.count, AT_ONCE):
        yield first, replace(draws, scores=draws.scores[first : first + AT_ONCE])


def _over_median(central: float, drawn: FloatArray) -> float:
    """Return a figure over the median of its draws; 1 where either is not known."""
    known = drawn[np.isfinite(drawn)]
    median = float(np.median(known)) if known.size else 0.0
    return central / median if np.isfinite(central) and median > 0.0 else 1.0


def _times(taken: Taken, centre: Centre) -> Taken:
    return taken._replace(
        cost=taken.cost * centre.cost,
        price=taken.price * centre.price,
        kg=taken.kg * centre.kg,
        days=taken.days * centre.days,
        transit=taken.transit * centre.days,
        arrival=taken.arrival * centre.days,
    )


def plan_groups(plan: Plan, of_events: Mapping[str, str]) -> dict[str, list[int]]:
    """Return the dimensions of a plan by group, those of events by the group of the event."""
    found: dict[str, list[int]] = {}
    for name, places in plan.groups().items():
        found.setdefault(of_events.get(name, name), []).extend(places)
    return found
