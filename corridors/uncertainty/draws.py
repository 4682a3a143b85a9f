"""Draw the levels of a question: one number by row and draw, in a table that prices them at once.

A row's normal score is `loading * factor + sqrt(1 - loading^2) * own`: a Gaussian copula, so that
two rows of one factor have the product of their loadings as correlation. All scores come from one
scrambled Sobol sequence, factors first, since its first dimensions are the most even. A tied row
takes the score of the row to which it is tied: equal ones stay equal in every draw.

References
----------
Owen, Monte Carlo theory, methods and examples (2013), chapter 17, on scrambled nets.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import NormalDist
from typing import cast

import numpy as np

from corridors.arrays import FloatArray
from corridors.data.parameters import ParameterTable
from corridors.data.uncertainty import Horizon, Role, Uncertainty
from corridors.domain.values import SourcedValue
from corridors.errors import ParameterError
from corridors.uncertainty.distributions import Z95, Spread

Key = tuple[str, str]
# Scores nearer to 0 or 1 than a draw in a billion are moved there.
NEAREST = 1e-9
ICE, WORLD = "the ice of the year", "what is closed"
"""Dimensions of a question's draws that are no row."""


@dataclass(frozen=True, slots=True)
class WatchedTable(ParameterTable):
    """A table that notes which rows are asked for, in `seen` by parameter and scope."""

    seen: dict[Key, None] = field(default_factory=dict, repr=False, compare=False)

    def find(self, parameter: str, *scopes: str) -> SourcedValue | None:
        """Return what a table does, and note the row."""
        row = ParameterTable.find(self, parameter, *scopes)
        if row is not None:
            self.seen[row.parameter, row.scope] = None
        return row


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """A drawn row: its distribution, its factor, the group and family to which it belongs.

    `leader` is the row whose score it takes: itself, or that to which it is tied.
    """

    key: Key
    leader: Key
    spread: Spread
    factor: str
    loading: float
    group: str
    family: str


def drivers_of(
    table: ParameterTable,
    keys: Iterable[Key],
    rules: Uncertainty,
    *,
    widths: Mapping[str, float] | None = None,
    series: Mapping[Key, float] | None = None,
) -> tuple[Driver, ...]:
    """Return the drawn rows among some, in the order of the table.

    Parameters
    ----------
    table
        The rows with their low, value and high.
    keys
        Parameter and scope of the rows that are needed.
    rules
        What is drawn.
    widths
        By family, how many times as wide as its rows' ranges; 1 for those that are not given.
    series
        By row of a series, the standard deviation of its logarithm at the lead of the question.
        Those that are not given keep their low and high.
    """
    rows = {(row.parameter, row.scope): row for row in table.rows}
    wanted = set(keys)
    known = series or {}
    found = []
    for key, row in rows.items():
        if key not in wanted:
            continue
        rule = rules.rule(row)
        if rule.role is Role.SETTING:
            continue
        leader, led = key, rule
        if rule.role is Role.TIED:
            leader = rule.tie(*key)
            led = rules.rule(rows[leader]) if leader in rows else rule
        width = (widths or {}).get(rule.family, 1.0)
        bounds = table.bounds.get(row.parameter)
        least, most = (-math.inf, math.inf) if bounds is None else (bounds.least, bounds.most)
        low, high = row.low, row.high
        if rule.horizon is Horizon.SERIES and key in known and row.value > 0.0 and low < high:
            moved = math.exp(known[key] * Z95)
            low, high = row.value / moved, row.value * moved
        spread = Spread.of_range(low, row.value, high, least=least, most=most, width=width)
        if spread.is_flat:
            continue
        found.append(
            Driver(
                key=key,
                leader=leader,
                spread=spread,
                factor=led.factor,
                loading=led.loading,
                group=rule.group,
                family=rule.family,
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which dimension of a sequence draws what.

    `dimensions` are named: factors, then rows on their own, then what is no row. `mixed` is the
    lower triangle by which correlated factors are mixed.
    """

    drivers: tuple[Driver, ...]
    factors: tuple[str, ...]
    own: tuple[Key, ...]
    others: tuple[str, ...]
    mixed: FloatArray

    @property
    def dimensions(self) -> int:
        """How many numbers a draw takes."""
        return len(self.factors) + len(self.own) + len(self.others)

    def groups(self) -> dict[str, list[int]]:
        """Return by group the dimensions that move it, each in one group.

        A factor belongs to the group of most of its rows, the first one of equals.
        """
        votes: dict[str, dict[str, int]] = {}
        of: dict[str, list[int]] = {}
        for driver in self.drivers:
            if driver.factor:
                tally = votes.setdefault(driver.factor, {})
                tally[driver.group] = tally.get(driver.group, 0) + 1
        group_of = {driver.leader: driver.group for driver in self.drivers}
        named = [max(votes[name], key=lambda g: votes[name][g]) for name in self.factors]
        named += [group_of[key] for key in self.own]
        named += list(self.others)
        for number, name in enumerate(named):
            of.setdefault(name, []).append(number)
        return of


def plan_of(
    drivers: Sequence[Driver],
    *,
    others: Sequence[str] = (),
    correlations: Mapping[tuple[str, str], float] | None = None,
) -> Plan:
    """Return which dimension draws what.

    Parameters
    ----------
    drivers
        The drawn rows.
    others
        Names of further dimensions: the ice, events.
    correlations
        Between two factors; others are independent.

    Raises
    ------
    ParameterError
        A factor is unknown, or the correlations contradict each other.
    """
    factors = tuple(dict.fromkeys(driver.factor for driver in drivers if driver.factor))
    own = tuple(dict.fromkeys(driver.leader for driver in drivers if driver.loading < 1.0))
    matrix = np.eye(len(factors))
    place = {name: number for number, name in enumerate(factors)}
    for (one, other), value in (correlations or {}).items():
        if one in place and other in place:
            matrix[place[one], place[other]] = matrix[place[other], place[one]] = value
    try:
        mixed = np.linalg.cholesky(matrix).astype(np.float64)
    except np.linalg.LinAlgError:
        named = ", ".join(f"{one} and {other}" for one, other in correlations or {})
        msg = (
            f"the correlations of {named} contradict each other: their matrix is not positive"
            " definite. Make them smaller"
        )
        raise ParameterError(msg) from None
    return Plan(drivers=tuple(drivers), factors=factors, own=own, others=tuple(others), mixed=mixed)


def uniform_scores(count: int, dimensions: int, seed: int) -> FloatArray:
    """Return (draw, dimension) numbers in 0 to 1 of one scrambled Sobol sequence."""
    from scipy.stats import qmc

    if not dimensions:
        return np.zeros((count, 0))
    sequence = qmc.Sobol(dimensions, scramble=True, seed=np.random.default_rng(seed))
    # Its first numbers by powers of two are the most even; the rest of the last one is dropped.
    drawn = sequence.random_base2(max(count - 1, 1).bit_length())[:count]
    found: FloatArray = np.clip(drawn, NEAREST, 1.0 - NEAREST)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """The drawn numbers of a plan: `scores` are (draw, dimension), uniform in 0 to 1.

    `normal` are the same as standard normal scores; None to make them where they are asked for.
    `first_is_median` says whether the first draw is the median of all rows, their values.
    """

    plan: Plan
    scores: FloatArray
    normal: FloatArray | None = None
    first_is_median: bool = False

    @classmethod
    def stratified(cls, plan: Plan, count: int, seed: int) -> Draws:
        """Return draws of which the first is the median of all, the others a Latin hypercube.

        Each dimension takes the middles of `count` equal shares of chance once, in an order of its
        own. Of sums, which bills nearly are, quantiles of a thousand such draws lie as near as
        those of many more without; and no library need be loaded, which a comparison waits for.

        References
        ----------
        McKay, Beckman and Conover, Technometrics 21 (1979), 239-245.
        """
        middles = (np.arange(count) + 0.5) / count
        columns = np.tile(np.arange(count), (plan.dimensions, 1))
        order = np.random.default_rng(seed).permuted(columns, axis=1).T
        z = np.array([NormalDist().inv_cdf(share) for share in middles.tolist()])
        return cls(
            plan=plan,
            scores=np.vstack([np.full((1, plan.dimensions), 0.5), middles[order]]),
            normal=np.vstack([np.zeros((1, plan.dimensions)), z[order]]),
            first_is_median=True,
        )

    def _normal(self, columns: slice | int) -> FloatArray:
        """Return the standard normal scores of some dimensions."""
        if self.normal is not None:
            return self.normal[:, columns]
        from scipy import special

        found: FloatArray = special.ndtri(self.scores[:, columns])
        return found

    @property
    def count(self) -> int:
        """Number of draws."""
        return int(self.scores.shape[0])

    def of(self, name: str) -> FloatArray:
        """Return the uniform scores of a dimension that is no row."""
        plan = self.plan
        return self.scores[:, len(plan.factors) + len(plan.own) + plan.others.index(name)]

    def values(self, keys: Iterable[Key] | None = None) -> dict[Key, FloatArray]:
        """Return by row its drawn values, of all rows or of those given."""
        plan, wanted = self.plan, None if keys is None else set(keys)
        common = self._normal(slice(len(plan.factors))) @ plan.mixed.T
        of_factor = {name: common[:, n] for n, name in enumerate(plan.factors)}
        place = {key: len(plan.factors) + n for n, key in enumerate(plan.own)}
        found = {}
        for driver in plan.drivers:
            if wanted is not None and driver.key not in wanted:
                continue
            score: FloatArray = np.zeros(self.count)
            if driver.loading < 1.0:
                own = self._normal(place[driver.leader])
                score = math.sqrt(1.0 - driver.loading**2) * own
            if driver.factor:
                score = score + driver.loading * of_factor[driver.factor]
            found[driver.key] = driver.spread.at(score)
        return found


@dataclass(frozen=True, slots=True)
class DrawnTable(ParameterTable):
    """A table whose rows take the numbers of one draw where they are asked for.

    A search asks for a tenth of the rows; to replace all of them takes longer than the search.
    """

    values: Mapping[Key, FloatArray] = field(default_factory=dict, repr=False, compare=False)
    draw: int = 0

    def find(self, parameter: str, *scopes: str) -> SourcedValue | None:
        """Return what a table does, with the number of the draw."""
        row = ParameterTable.find(self, parameter, *scopes)
        drawn = None if row is None else self.values.get((row.parameter, row.scope))
        if row is None or drawn is None:
            return row
        return replace(row, value=float(drawn[self.draw]))

    def rows_of(self, parameter: str) -> tuple[SourcedValue, ...]:
        """Return what a table does, with the numbers of the draw."""
        rows = ParameterTable.rows_of(self, parameter)
        return tuple(row for one in rows if (row := self.find(parameter, one.scope)) is not None)


def of_draw(row: SourcedValue, draw: int) -> SourcedValue:
    """Return a row with the number of one draw."""
    drawn = np.asarray(row.value, np.float64)
    return replace(row, value=float(drawn[draw] if drawn.ndim else drawn))


def with_values(table: ParameterTable, values: Mapping[Key, FloatArray]) -> ParameterTable:
    """Return a table whose rows hold arrays of drawn values."""

    def row_of(row: SourcedValue) -> SourcedValue:
        drawn = values.get((row.parameter, row.scope))
        # Rows of arrays are for `costing.amounts`, whose functions take them like numbers.
        return row if drawn is None else replace(row, value=cast("float", drawn))

    return replace(table, rows=tuple(map(row_of, table.rows)))
