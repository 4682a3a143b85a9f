"""Options over values of one or two drivers: the draws of a simulation are a grid here.

A driver is a parameter (`fuel.vlsfo_usd_per_t`, with `@scope` for one row of it) or the value of
time. Routes are evaluated on the grid by the array bills of `simulate`; exact searches at the
points where the best option changes add what is missing. Where a driver enters linearly the least
of all routes is a lower envelope, and one that no search at its corners improves is exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from corridors.config.allowed_names import advice
from corridors.data.parameters import ParameterTable
from corridors.data.uncertainty import Role, load_uncertainty
from corridors.domain.objective import Objective
from corridors.domain.scenario import OTHER, Scenario
from corridors.errors import ConfigError
from corridors.output.simulated import Training
from corridors.studies.compare import Decided
from corridors.studies.sampled import Sampled
from corridors.studies.simulate import Noted, _allowed, _key, _pool
from corridors.uncertainty.draws import Key, plan_of
from corridors.uncertainty.evaluation import Booked, Evaluator, Taken
from corridors.uncertainty.planning import table_at_cost
from corridors.uncertainty.pool import Learner, Pool, RouteKey
from corridors.uncertainty.searches import DrawnQuestion
from corridors.units import MINUTES_PER_DAY

FloatArray = npt.NDArray[np.float64]
VALUE_OF_TIME = "shipment.value_of_time_usd_per_teu_day"
HIGHEST_VALUE_OF_TIME = 300.0
# A range that is not given goes from half to twice a value without one.
OF_A_POINT = 2.0


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


def driver_of(
    key: str,
    scenario: Scenario,
    table: ParameterTable,
    *,
    option: str,
    first: float | None = None,
    last: float | None = None,
) -> Driver:
    """Return what a key names, and the range over which it is moved.

    Parameters
    ----------
    key
        `parameter`, `parameter@scope`, or `shipment.value_of_time_usd_per_teu_day`.
    scenario, table
        The scenario and its parameters.
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
    if key in (VALUE_OF_TIME, "value_of_time", "value_of_time_usd_per_teu_day"):
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
        if not 0.0 <= found.first < found.last:
            msg = f"{option} {key}: the range must rise from 0 or more, got {first} to {last}"
            raise ConfigError(msg)
        return found
    name, at, scope = key.removeprefix("overrides.").partition("@")
    rows = [row for row in table.rows_of(name) if not at or row.scope == scope]
    if not rows:
        known = table.rows_of(name)
        names = (
            [f"{name}@{row.scope}" if row.scope else name for row in known]
            if known
            else sorted({row.parameter for row in table.rows})
        )
        msg = f"{option} {key}: unknown parameter, {advice(key, names)}"
        raise ConfigError(msg)
    rules = load_uncertainty()
    if any(rules.rule(row).role is Role.SETTING for row in rows):
        msg = (
            f"{option} {key}: a setting, which changes what is possible, not a price, speed or"
            " wait. Compare scenarios with --set or a batch instead"
        )
        raise ConfigError(msg)
    main = next((row for row in rows if not row.scope), rows[0])
    low, high = min(row.low for row in rows), max(row.high for row in rows)
    if low == high:
        low, high = sorted((main.value / OF_A_POINT, main.value * OF_A_POINT))
    low, high = low if first is None else first, high if last is None else last
    fault = table.out_of_bounds(name, low, high)
    if fault:
        msg = f"{option} {key}: {fault}"
        raise ConfigError(msg)
    if not low < high:
        msg = f"{option} {key}: the range must rise, got {low:g} to {high:g}. Give --from and --to"
        raise ConfigError(msg)
    return Driver(
        key=key,
        rows=tuple((row.parameter, row.scope) for row in rows),
        unit=main.unit,
        value=main.value,
        first=low,
        last=high,
    )


def objective_for(scenario: Scenario, drivers: Sequence[Driver]) -> Scenario:
    """Return the scenario with the objective that its drivers need.

    The value of time counts in the generalised objective only.
    """
    if any(driver.is_value_of_time for driver in drivers):
        return replace(scenario, objective=Objective.GENERALISED)
    return scenario


class Moving:
    """The options of a decided scenario while drivers move.

    `pool` grows with what is learned.
    """

    def __init__(self, made: Decided, drivers: Sequence[Driver]) -> None:
        self.made = made
        self.drivers = tuple(drivers)
        self.table = table_at_cost(made.question)
        self.pool: Pool = _pool(made, sold_only=False)
        self._quoted = made.question.scenario.price_basis.value == "price"

    def _values(self, points: FloatArray) -> tuple[Mapping[Key, FloatArray], FloatArray | None]:
        """Return the values of rows at (point, driver), and the value of time if it moves."""
        values: dict[Key, FloatArray] = {}
        of_a_day = None
        for column, driver in zip(points.T, self.drivers, strict=True):
            if driver.is_value_of_time:
                of_a_day = column
            values |= dict.fromkeys(driver.rows, column)
        return values, of_a_day

    def _question(self, points: FloatArray) -> DrawnQuestion:
        values, of_a_day = self._values(points)
        return DrawnQuestion.of(
            self.made.question,
            self.table,
            values,
            ice_years=(self.made.question.scenario.ice_year,),
            ice_of_draw=np.zeros(points.shape[0], np.int64),
            value_of_time=of_a_day,
        )

    def learn(self, points: FloatArray) -> bool:
        """Search exactly at (point, driver); return whether a better route was found."""
        drawn = self._question(points)
        question = self.made.question
        learner = Learner(
            drawn=drawn,
            worlds=drawn.worlds,
            numbers=tuple(n for n, one in enumerate(question.corridors) if one.id != OTHER),
            free=len(question.corridors) - 1 if self.made.listed_other else None,
            objective=question.scenario.objective,
            # What a comparison at these values would find counts.
            sold_only=False,
        )
        before = len(self.pool.routes)
        learner.test(self.pool, range(points.shape[0]), teach=True, quoted=self._quoted)
        return len(self.pool.routes) > before

    def at(self, points: FloatArray) -> Sampled:
        """Return what the options take at (point, driver)."""
        evaluator = Evaluator(
            question=self.made.question,
            table=self.table,
            routes=tuple(
                Booked(key=key, operator=noted.operator)
                for key, noted in self.pool.routes.items()
                if isinstance(noted, Noted)
            ),
            events=(),
            ice_years=(),
        )
        drawn = self._question(points)
        worlds, takens = drawn.worlds, {}
        none = np.zeros(points.shape[0])
        for key in self.pool.routes:
            found = worlds.route(key.arcs, wait_days=key.wait_days)
            takens[key] = Taken(
                cost=found.cost,
                price=found.price,
                kg=found.kg,
                days=found.minutes / MINUTES_PER_DAY,
                transit=found.transit / MINUTES_PER_DAY,
                arrival=found.arrival / MINUTES_PER_DAY,
                late=none,
                late_on_the_way=none,
                is_open=found.is_open,
            )
        routes: dict[str, list[RouteKey]] = {}
        for key in self.pool.routes:
            routes.setdefault(key.corridor, []).append(key)
        return Sampled(
            made=self.made,
            plan=plan_of(()),
            evaluator=evaluator,
            scores=np.zeros((points.shape[0], 0)),
            takens=takens,
            routes=routes,
            booked={
                one.corridor.id: _key(one, one.best)
                for one in self.made.held.found
                if one.best is not None
            },
            allowed=_allowed(self.made, self.pool),
            training=Training(
                routes=len(takens), searches=0, loopholes=0, mean_miss=0.0, worst_miss=0.0
            ),
            of_events={},
            value_of_time=drawn.value_of_time,
        )

    def titles(self) -> dict[str, str]:
        """Return the titles of the corridors by id."""
        return {one.id: one.title for one in self.made.question.corridors}
