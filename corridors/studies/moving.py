"""Options over values of one or two drivers: the draws of a simulation are a grid here.

A driver is a parameter (`fuel.vlsfo_usd_per_t`, with `@scope` for one row of it) or the value of
time. Routes are evaluated on the grid by the array bills of `simulate`; exact searches at the
points where the best option changes add what is missing. Where a driver enters linearly the least
of all routes is a lower envelope, and one that no search at its corners improves is exact.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from corridors.arrays import FloatArray, IntArray
from corridors.config import fault
from corridors.config.checks import advice
from corridors.config.config_files import overlay_for
from corridors.config.scenario import override_faults
from corridors.data.uncertainty import Role, load_uncertainty
from corridors.domain.objective import Objective
from corridors.domain.results import Candidate, Decision
from corridors.domain.scenario import OTHER, Limits, Override, PriceBasis, Scenario
from corridors.errors import ConfigError, OptionError
from corridors.optimise.candidates import candidate_in
from corridors.output.display_names import in_sentence, name_of_ways
from corridors.progress import Progress, quiet
from corridors.routing.ladder import SearchedCorridor
from corridors.routing.question import parameters_on
from corridors.studies.decided import Decided, decided, with_free_route
from corridors.studies.option_tables import is_contract
from corridors.studies.sampled import Evaluated
from corridors.studies.session import Session
from corridors.studies.simulate.run import Noted, pool_of, within_caps
from corridors.uncertainty.booked import least
from corridors.uncertainty.draws import Key
from corridors.uncertainty.evaluation import Taken, table_at_cost
from corridors.uncertainty.searches import DrawnQuestion, RouteKey

VALUE_OF_TIME = "shipment.value_of_time_usd_per_teu_day"
ALSO_VALUE_OF_TIME = (VALUE_OF_TIME, "value_of_time", "value_of_time_usd_per_teu_day")
HIGHEST_VALUE_OF_TIME = 300.0
MOST_VALUE_OF_TIME = 1e5
"""As a scenario allows."""
# A range that is not given goes from half to twice a value without one.
OF_A_POINT = 2.0
MOST_TABLED = 200
"""Values at which the figures of all arcs are kept: more take a gigabyte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """What is moved: a parameter's rows, or the value of time (no rows), between two values.

    `value` is that of the scenario.
    """

    key: str
    rows: tuple[Key, ...]
    unit: str
    value: float
    first: float
    last: float

    @property
    def is_value_of_time(self) -> bool:
        """Whether it is the value of time."""
        return not self.rows

    def set_in(self, scenario: Scenario, value: float) -> Scenario:
        """Return the scenario with this value of the driver."""
        if self.is_value_of_time:
            shipment = replace(scenario.shipment, value_of_time_usd_per_teu_day=value)
            return replace(scenario, shipment=shipment)
        name, at, scope = self.key.removeprefix("overrides.").partition("@")
        set_to = Override(parameter=name, scope=scope if at else None, value=value)
        return replace(scenario, overrides=(*scenario.overrides, set_to))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the comparison of a scenario recommends, beside what a study of it names.

    `tied` are the corridors about as good as the recommended one, itself among them, `without_line`
    those that nobody is known to sail. `counted_days` says that the study gives a day a value that
    the comparison does not.
    """

    corridor: str
    title: str
    tied: tuple[str, ...]
    without_line: tuple[str, ...] = ()
    counted_days: bool = False

    @classmethod
    def of(
        cls, decision: Decision, titles: Mapping[str, str], *, counted_days: bool = False
    ) -> Self:
        """Return what a decision recommends."""
        name = decision.recommended or ""
        tied = tuple(one.corridor for one in decision.tied)
        return cls(
            corridor=name,
            title="your contract" if is_contract(name) else titles.get(name, name),
            tied=tied,
            without_line=decision.without_line,
            counted_days=counted_days,
        )

    def against(self, named: str) -> str:
        """Return that the comparison recommends another option than the one named, and why."""
        if not self.corridor:
            return "The comparison recommends nothing: no option meets its limits."
        if named == self.corridor:
            return ""
        why = "it takes another route of the corridor within the limits"
        if is_contract(self.corridor):
            why = "this study knows the rates of the market alone"
        elif named in self.tied:
            why = "the two are about the same, and it is the quicker"
        elif named in self.without_line:
            why = "no line is known to sail the other"
        elif self.corridor == OTHER:
            why = "this study asks of the corridors alone"
        elif self.counted_days:
            why = "it gives the days no value"
        return f"The comparison recommends {in_sentence(self.title)}: {why}."


def driver_of(
    key: str,
    scenario: Scenario,
    *,
    option: str,
    session: Session,
    first: float | None = None,
    last: float | None = None,
) -> Driver:
    """Return what a key names, and the range over which it is moved.

    Parameters
    ----------
    key
        `parameter`, `parameter@scope`, or `shipment.value_of_time_usd_per_teu_day`.
    scenario, session
        The scenario, and what keeps its ends.
    option
        The option that gives the key, for errors.
    first, last
        The range; by default low to high of the row, or half to twice its value.

    Raises
    ------
    ConfigError
        The key is unknown, is a setting that changes what is possible, or the range is empty or
        beyond the bounds of the parameter.
    """
    if key in ALSO_VALUE_OF_TIME:
        value = scenario.shipment.value_of_time_usd_per_teu_day
        low, high = (0.0, HIGHEST_VALUE_OF_TIME)
        found = Driver(
            key=VALUE_OF_TIME,
            rows=(),
            unit="USD/TEU/day",
            value=value,
            first=low if first is None else first,
            last=high if last is None else last,
        )
        if not 0.0 <= found.first < found.last <= MOST_VALUE_OF_TIME:
            msg = (
                f"`{option}` {key}: the range must rise, from 0 or more to"
                f" {MOST_VALUE_OF_TIME:,.0f} at most, got {found.first:g} to {found.last:g}"
            )
            raise OptionError(msg)
        return found
    wrong = override_faults(scenario)
    if wrong:
        raise ConfigError(wrong)
    ends, overlay = session.ends_of(scenario), overlay_for(scenario)
    table, _ = parameters_on(scenario, scenario.departure, overlay=overlay, ends=ends)
    name, at, scope = key.removeprefix("overrides.").partition("@")
    rows = [row for row in table.rows_of(name) if not at or row.scope == scope]
    if not rows:
        known = table.rows_of(name)
        names = (
            [f"{name}@{row.scope}" if row.scope else name for row in known]
            if known
            else sorted({row.parameter for row in table.rows})
        )
        msg = f"`{option}` {key}: unknown parameter, {advice(key, names)}"
        raise OptionError(msg)
    rules = load_uncertainty()
    if any(rules.rule(row).role is Role.SETTING for row in rows):
        msg = (
            f"`{option}` {key}: a setting, which changes what is possible, not a price, speed or"
            " wait. Compare scenarios, or ask a batch"
        )
        raise OptionError(msg)
    main = next((row for row in rows if not row.scope), rows[0])
    low, high = min(row.low for row in rows), max(row.high for row in rows)
    if low == high:
        low, high = sorted((main.value / OF_A_POINT, main.value * OF_A_POINT))
    low, high = low if first is None else first, high if last is None else last
    fault = table.out_of_bounds(name, low, high)
    if fault:
        msg = f"`{option}` {key}: {fault}"
        raise OptionError(msg)
    if not low < high:
        msg = (
            f"`{option}` {key}: the range must rise, got {low:g} to {high:g}. Give"
            f" `first` and `last`"
        )
        raise OptionError(msg)
    return Driver(
        key=key,
        rows=tuple((row.parameter, row.scope) for row in rows),
        unit=main.unit,
        value=main.value,
        first=low,
        last=high,
    )


def objective_for(scenario: Scenario, keys: Collection[str]) -> Scenario:
    """Return the scenario with the objective that drivers of these keys need.

    The value of time counts in the generalised objective only.
    """
    if any(key in ALSO_VALUE_OF_TIME for key in keys):
        return replace(scenario, objective=Objective.GENERALISED)
    return scenario


class OptionsByDriver:
    """The options of a decided scenario while drivers move.

    `pool` grows with what is learned; `names` are the corridors by the rows of figures.
    """

    def __init__(
        self,
        made: Decided,
        drivers: Sequence[Driver],
        *,
        own: Decision,
        progress: Progress = quiet,
    ) -> None:
        self.made = made
        self.drivers = tuple(drivers)
        self.own = own
        self.progress = progress
        self.table = table_at_cost(made.question)
        # No events are drawn, so it does not matter who sails.
        self.pool = pool_of(made, note=lambda *of: Noted(candidate=candidate_in(*of), operator=""))

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        keys: Mapping[str, str],
        *,
        first: float | None = None,
        last: float | None = None,
        session: Session | None = None,
        progress: Progress = quiet,
    ) -> Self:
        """Return the options of a scenario over its drivers.

        Parameters
        ----------
        scenario
            The scenario; its objective and limits hold.
        keys
            The key of each driver, by the option that gives it (see `driver_of`).
        first, last
            The range; by default low to high of the parameter.
        session
            Keeps networks and tables between scenarios; a new one by default.
        progress
            Called with the current step, how many are done and how many there are.

        Raises
        ------
        ConfigError
            A driver or its range is wrong, a key of the scenario is, or the scenario has a limit
            that needs draws.
        """
        if scenario.limits.on_time is not None:
            text = "needs draws, and nothing is drawn here: use limits.deadline, or simulate"
            raise ConfigError(fault(scenario, "limits.on_time", text))
        session = session or Session()
        asked = objective_for(scenario, keys.values())
        drivers = [
            driver_of(key, scenario, option=option, session=session, first=first, last=last)
            for option, key in keys.items()
        ]
        moved = [row for driver in drivers for row in driver.rows or (driver.key,)]
        if len(set(moved)) < len(moved):
            options = " and ".join(f"`{name}`" for name in keys)
            names = " and ".join(keys.values())
            msg = f"{options} move the same figure: {names}. Give two that differ"
            raise OptionError(msg)
        made = decided(asked, session=session, progress=progress)
        # The comparison weighs what the scenario does, which the drivers may have changed.
        own = made if asked == scenario else decided(scenario, session=session, progress=progress)
        return cls(made, drivers, own=own.decision, progress=progress)

    @property
    def scenario(self) -> Scenario:
        """The scenario, with the objective that the drivers need."""
        return self.made.question.scenario

    @property
    def names(self) -> list[str]:
        """The corridors that have a route, in the order of the rows of figures."""
        return list(dict.fromkeys(key.corridor for key in self.pool.routes))

    @property
    def titles(self) -> dict[str, str]:
        """The names of the corridors by id, by the ways of their routes."""
        ways: dict[str, list[tuple[str, ...]]] = {}
        for candidate in self.candidates:
            ways.setdefault(candidate.corridor, []).append(candidate.way)
        corridors = self.made.question.corridors
        return {one.id: name_of_ways(one.title, ways.get(one.id, ())) for one in corridors}

    @property
    def standing(self) -> Standing:
        """What the comparison recommends at the values of the scenario."""
        counted = self.own.objective is not self.scenario.objective
        return Standing.of(self.own, self.titles, counted_days=counted)

    @property
    def candidates(self) -> list[Candidate]:
        """The routes of the pool as candidates."""
        return [noted.candidate for noted in self.pool.routes.values() if isinstance(noted, Noted)]

    def is_sailed(self, route: RouteKey) -> bool:
        """Return whether a route of any corridor that may be recommended is in the pool."""
        barred = self.made.without_line
        return any(key[1:] == route[1:] and key.corridor not in barred for key in self.pool.routes)

    def learn(self, points: FloatArray) -> bool:
        """Search exactly at (point, driver); return whether a better route was found."""
        return Grid(self, points).learn(range(points.shape[0]))


class Grid:
    """Points of the drivers, (point, driver), at which each route of the pool is evaluated once.

    At each point routes may be recommended as in a comparison there. Of the value of time the bills
    do not depend: points that differ in it alone share them.
    """

    def __init__(self, moving: OptionsByDriver, points: FloatArray) -> None:
        self.moving, self.points = moving, points
        question, drivers = moving.made.question, moving.drivers
        is_priced = [not driver.is_value_of_time for driver in drivers]
        if any(is_priced):
            rows, back = np.unique(points[:, is_priced], axis=0, return_inverse=True)
        else:
            rows, back = np.zeros((1, 0)), np.zeros(points.shape[0], np.int64)
        self._back: IntArray = back.reshape(-1)
        values: dict[Key, FloatArray] = {}
        for column, driver in zip(rows.T, (d for d in drivers if d.rows), strict=True):
            values |= dict.fromkeys(driver.rows, column)
        self._of_a_day = None if all(is_priced) else points[:, is_priced.index(False)]
        self._drawn = DrawnQuestion.of(
            question,
            moving.table,
            values,
            ice_years=(question.scenario.ice_year,),
            ice_of_draw=np.zeros(rows.shape[0], np.int64),
        )
        self._worlds = self._drawn.worlds
        self._takens: dict[RouteKey, Taken] = {}

    def figures(self) -> FloatArray:
        """Return (corridor, point) the objective of the best allowed route, infinite for none."""
        by_route = self._by_route(range(self.points.shape[0]))
        corridors = [key.corridor for key in self.moving.pool.routes]
        rows = [
            by_route[[one == name for one in corridors]].min(axis=0) for name in self.moving.names
        ]
        return np.stack(rows) if rows else np.zeros((0, self.points.shape[0]))

    def _by_route(self, points: Sequence[int]) -> FloatArray:
        """Return (route, point) the objective of the routes, infinite if not to be recommended."""
        moving, scenario, count = self.moving, self.moving.scenario, len(points)
        at = np.array(points, np.int64)
        takens: dict[RouteKey, Taken] = {}
        for key in moving.pool.routes:
            if key not in self._takens:
                self._takens[key] = self._taken(key)
            takens[key] = Taken._make(column[at] for column in self._takens[key])
        if not takens:
            return np.zeros((0, count))
        found = Evaluated(
            scenario=scenario,
            count=count,
            takens=takens,
            routes={},
            allowed=frozenset(),
            value_of_time=None if self._of_a_day is None else self._of_a_day[at],
        )
        quoted = found.on_price
        within = np.stack([found.within(key, quoted=quoted) for key in takens])
        candidates = moving.candidates
        kept = within_caps(dict(zip(takens, candidates, strict=True)), scenario)
        barred = moving.made.without_line
        within[[key not in kept or key.corridor in barred for key in takens]] = np.inf
        return within

    def best(self) -> IntArray:
        """Return by point the row of the best corridor, -1 if none meets the limits."""
        return least(self.figures())

    def _taken(self, key: RouteKey) -> Taken:
        found = self._worlds.route(**key.booked)
        none = np.zeros(found.cost.shape[0])
        taken = Taken.of(found, late=none, late_on_the_way=none)
        return Taken._make(column[self._back] for column in taken)

    def learn(self, which: Sequence[int]) -> bool:
        """Search exactly at some points; return whether a new route was found.

        The best of all routes is searched first: where it is known, and known to sail, no corridor
        has a better one. Limits may forbid it, so with any all corridors are searched.
        """
        moving, pool = self.moving, self.moving.pool
        if self._drawn.groups.count > MOST_TABLED:
            return moving.learn(self.points[list(which)])
        corridors = moving.made.question.corridors
        named = tuple(n for n, one in enumerate(corridors) if one.id != OTHER)
        limited = moving.scenario.limits != Limits()
        before = len(pool.routes)
        for done, point in enumerate(which):
            moving.progress("searches", done, len(which))
            (free,) = self._searched(point, (len(corridors) - 1,))
            if free.best is None or (
                not limited and moving.is_sailed(RouteKey.of(free, free.best))
            ):
                continue
            found = with_free_route(
                self._searched(point, named), free, listed=moving.made.listed_other
            ).searches
            for one in found:
                self._add(one)
        return len(pool.routes) > before

    def _add(self, found: SearchedCorridor) -> None:
        if found.best is not None:
            self.moving.pool.add(found, found.best)

    def _searched(self, point: int, numbers: Sequence[int]) -> tuple[SearchedCorridor, ...]:
        """Return the searches of some corridors at a point, on the basis of the scenario."""
        drawn, row = self._drawn, int(self._back[point])
        if self._of_a_day is not None:
            of_a_day = np.full(drawn.groups.count, self._of_a_day[point])
            drawn = replace(drawn, value_of_time=of_a_day)
        quoted = self.moving.scenario.price_basis is PriceBasis.PRICE
        return drawn.searched(row, quoted=quoted, numbers=numbers)
