"""Draw the levels of a question: one number by row and draw, in a table that prices them at once.

A row's normal score is `loading * factor + sqrt(1 - loading^2) * own`: a Gaussian copula, so that
two rows of one factor have the product of their loadings as correlation. A tied row takes the
score of the row to which it is tied: equal ones stay equal in every draw.

Every row of the tables is drawn, and its numbers are made where a bill asks for them. The scores of
a row follow from its name and the seed, so that they are the same whatever else is drawn.

References
----------
McKay, Beckman and Conover, Technometrics 21 (1979), 239-245: the Latin hypercube.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from statistics import NormalDist
from typing import cast

import numpy as np

from corridors.arrays import FloatArray, IntArray
from corridors.data.parameters import ParameterTable
from corridors.data.uncertainty import Horizon, Role, Uncertainty
from corridors.domain.values import SourcedValue
from corridors.errors import ParameterError

# Quantile functions: of a row through its low, value and high, and of what happens to a shipment.

Z95 = 1.6448536269514722
"""The 95 % quantile of the standard normal distribution."""
Z99 = 2.3263478740408408
"""Its 99 % quantile. Beyond 1 and 99 % a range says nothing, and none is drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The distribution of a row.

    `below` and `above` are standard deviations on either side of `value`, >= 0: of the logarithm
    if `of_log`, else in the row's unit. `least` and `most` bound it.
    """

    value: float
    below: float
    above: float
    of_log: bool
    least: float = -math.inf
    most: float = math.inf

    @classmethod
    def of_range(
        cls,
        low: float,
        value: float,
        high: float,
        *,
        least: float = -math.inf,
        most: float = math.inf,
        width: float = 1.0,
    ) -> Spread:
        """Return the distribution through low, value and high at 5, 50 and 95 %.

        `width` multiplies both spreads: 0.5 halves them, 0 leaves the value alone.
        """
        of_log = low > 0.0
        below, above = (
            (math.log(value / low), math.log(high / value))
            if of_log
            else (value - low, high - value)
        )
        return cls(
            value=value,
            below=width * below / Z95,
            above=width * above / Z95,
            of_log=of_log,
            least=least,
            most=most,
        )

    @property
    def is_flat(self) -> bool:
        """Whether nothing is drawn."""
        return self.below == self.above == 0.0

    def at(self, z: FloatArray) -> FloatArray:
        """Return the values at standard normal scores, ascending in them."""
        moved = np.clip(z, -Z99, Z99) * np.where(z < 0.0, self.below, self.above)
        values = self.value * np.exp(moved) if self.of_log else self.value + moved
        return np.clip(values, self.least, self.most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What an event takes where it happens, with a probability: `least` and what goes beyond.

    Beyond `least` lies an Erlang distribution of `stages`, or with none a log-normal of `sigma`,
    or with sigma 0 the `mean` alone. `mean` includes `least`.
    """

    probability: float
    least: float
    mean: float
    stages: int = 0
    sigma: float = 0.0

    @property
    def expected(self) -> float:
        """The mean over all shipments, those to which it does not happen among them."""
        return self.probability * self.mean

    def at(self, u: FloatArray) -> FloatArray:
        """Return what it takes at uniform scores in 0 to 1, ascending in them; 0 if nothing."""
        happens = u > 1.0 - self.probability
        share = np.where(happens, 1.0 - (1.0 - u) / max(self.probability, 1e-300), 0.0)
        beyond = self.mean - self.least
        if self.stages:
            taken = erlang_quantiles(share, self.stages) * beyond / self.stages
        elif self.sigma:
            of_log = math.log(beyond) - self.sigma**2 / 2.0
            taken = np.exp(of_log + self.sigma * normal_quantiles(share))
        else:
            taken = np.full_like(u, beyond)
        values: FloatArray = np.where(happens, self.least + taken, 0.0)
        return values


# Both functions are in SciPy too, of which the import takes longer than all draws of a comparison.
def normal_quantiles(shares: FloatArray) -> FloatArray:
    """Return the quantiles of the standard normal distribution at shares of chance from 0 to 1."""
    inside = (shares > 0.0) & (shares < 1.0)
    scores = np.where(shares > 0.0, math.inf, -math.inf)
    scores[inside] = list(map(NormalDist().inv_cdf, shares[inside].tolist()))
    return scores


def erlang_quantiles(shares: FloatArray, stages: int) -> FloatArray:
    """Return when a number of stages, each of mean 1 and without memory, have all passed.

    The chance that they have not passed at x is `exp(-x) * sum(x**i / i! for i < stages)`. Its
    logarithm is concave and falls, so Newton's steps from any x > 0 lie beyond the quantile from
    the first one on, and come down to it.

    Parameters
    ----------
    shares
        Shares of chance, >= 0 and < 1.
    stages
        How many stages, >= 1.
    """
    left = np.log1p(-shares)

    def closer(at: FloatArray) -> FloatArray:
        term = total = np.ones_like(at)
        for number in range(1, stages):
            term = term * at / number
            total = total + term
        waits: FloatArray = at + (np.log(total) - at - left) * total / term
        return waits

    waits = closer(np.full_like(shares, float(stages)))
    while True:
        step = closer(waits)
        # Rounding alone leads up again, or below 0 where next to nothing has passed.
        falls = (step < waits) & (step > 0.0)
        if not falls.any():
            return np.where(shares > 0.0, waits, 0.0)
        waits = np.where(falls, step, waits)


Key = tuple[str, str]
ICE, WORLD = "the ice of the year", "what is closed"
"""Dimensions of a question's draws that are no row."""


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
    rules: Uncertainty,
    *,
    widths: Mapping[str, float] | None = None,
    series: Mapping[Key, float] | None = None,
) -> tuple[Driver, ...]:
    """Return the drawn rows of a table, in its order.

    Parameters
    ----------
    table
        The rows with their low, value and high.
    rules
        What is drawn.
    widths
        By family, how many times as wide as its rows' ranges; 1 for those that are not given.
    series
        By row of a series, the standard deviation of its logarithm at the lead of the question.
        Those that are not given keep their low and high.
    """
    rows = {(row.parameter, row.scope): row for row in table.rows}
    known = series or {}
    drivers = []
    for key, row in rows.items():
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
        drivers.append(
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
    return tuple(drivers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is drawn, and which dimensions of a sample it takes, by their names.

    `others` are the dimensions of what is no row. `mixed` is the lower triangle by which
    correlated factors are mixed.
    """

    drivers: tuple[Driver, ...]
    factors: tuple[str, ...]
    others: tuple[str, ...]
    mixed: FloatArray

    @property
    def is_empty(self) -> bool:
        """Whether nothing is drawn."""
        return not self.drivers and not self.others

    def only(self, keys: Collection[Key]) -> Plan:
        """Return the plan of some of its rows."""
        kept = tuple(driver for driver in self.drivers if driver.key in keys)
        return replace(self, drivers=kept)

    def groups(self) -> dict[str, list[str]]:
        """Return by group the dimensions that move it, each in one group.

        A factor belongs to the group of most of its rows, the first one of equals.
        """
        votes: dict[str, dict[str, int]] = {}
        of: dict[str, list[str]] = {}
        for driver in self.drivers:
            if driver.factor:
                tally = votes.setdefault(driver.factor, {})
                tally[driver.group] = tally.get(driver.group, 0) + 1
        named = {
            name_of_factor(name): max(votes[name], key=lambda g: votes[name][g])
            for name in self.factors
            if name in votes
        }
        for driver in self.drivers:
            if driver.loading < 1.0:
                named[name_of_row(driver.leader)] = driver.group
        named |= {name: name for name in self.others}
        for name, group in named.items():
            of.setdefault(group, []).append(name)
        return of


def name_of_factor(factor: str) -> str:
    """Return the dimension of a common factor."""
    return f"factor {factor}"


def name_of_row(key: Key) -> str:
    """Return the dimension of what a row has of its own."""
    return "@".join(key)


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
    return Plan(drivers=tuple(drivers), factors=factors, others=tuple(others), mixed=mixed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Scores by dimension and draw, each column made where it is asked for.

    A draw is in one of equal shares of chance, of which `middles` and `normal` have the uniform
    and the standard normal score. `shares_of` returns by draw the number of that of a dimension.
    `first_is_median` says whether all is at its median in the first draw.
    """

    count: int
    middles: FloatArray
    normal: FloatArray
    shares_of: Callable[[str], IntArray]
    first_is_median: bool = False
    # By dimension, for parts of the draws that are evaluated one after another.
    _known: dict[str, IntArray] = field(default_factory=dict, repr=False)

    @classmethod
    def stratified(
        cls, count: int, seed: int, *, stream: int = 0, median_first: bool = False
    ) -> Sample:
        """Return a Latin hypercube.

        Each dimension takes the middles of `count` equal shares of chance once, in an order that
        follows from its name. Of sums, which bills nearly are, quantiles of a thousand such draws
        lie as near as those of many more without. No library of other sequences need be loaded,
        which takes longer than a comparison.

        Parameters
        ----------
        count
            How many draws.
        seed, stream
            Of the orders: each stream of a seed is a sample of its own.
        median_first
            Whether a draw in which all is at its median comes before the others.
        """
        middles = ((np.arange(count) + 0.5) / count).tolist()
        # The share of the median is the last.
        shares = [*middles, 0.5]
        first = [count] if median_first else []

        def shares_of(name: str) -> IntArray:
            digest = int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big")
            order = np.random.default_rng((seed, stream, digest)).permutation(count)
            return np.concatenate([np.array(first, np.int64), order])

        return cls(
            count=count + len(first),
            middles=np.array(shares),
            normal=np.array([NormalDist().inv_cdf(share) for share in shares]),
            shares_of=shares_of,
            first_is_median=median_first,
        )

    def _shares(self, name: str) -> IntArray:
        if name not in self._known:
            self._known[name] = self.shares_of(name)
        return self._known[name]

    def uniform(self, name: str) -> FloatArray:
        """Return the scores of a dimension, uniform in 0 to 1."""
        scores: FloatArray = self.middles[self._shares(name)]
        return scores

    def score(self, name: str) -> FloatArray:
        """Return the standard normal scores of a dimension."""
        scores: FloatArray = self.normal[self._shares(name)]
        return scores

    def rows(self, part: slice) -> Sample:
        """Return some of the draws."""
        count = len(range(self.count)[part])
        return replace(
            self, count=count, shares_of=lambda name: self._shares(name)[part], _known={}
        )

    def swapped(self, other: Sample, groups: Iterable[Collection[str]]) -> Sample:
        """Return these draws, the other ones, then by group these with its dimensions of those."""
        listed = [frozenset(), None, *map(frozenset, groups)]

        def shares_of(name: str) -> IntArray:
            mine, its = self._shares(name), other._shares(name)
            return np.concatenate(
                [its if names is None or name in names else mine for names in listed]
            )

        return replace(self, count=self.count * len(listed), shares_of=shares_of, _known={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """The drawn numbers of a plan at a sample; `asked` notes the rows that were asked for."""

    plan: Plan
    sample: Sample
    asked: dict[Key, None] = field(default_factory=dict, repr=False, compare=False)

    @property
    def count(self) -> int:
        """Number of draws."""
        return self.sample.count

    def rows(self, part: slice) -> Draws:
        """Return some of the draws, which note in the same place what is asked for."""
        return replace(self, sample=self.sample.rows(part))

    def of(self, name: str) -> FloatArray:
        """Return the uniform scores of a dimension that is no row."""
        return self.sample.uniform(name)

    def values(self) -> DrawnValues:
        """Return by row its drawn values."""
        return DrawnValues(self)


class DrawnValues(Mapping[Key, FloatArray]):
    """By row its drawn values, made where they are asked for."""

    def __init__(self, draws: Draws) -> None:
        self._draws = draws
        self._drivers = {driver.key: driver for driver in draws.plan.drivers}
        self._factors: dict[str, FloatArray] = {}
        self._made: dict[Key, FloatArray] = {}

    def __len__(self) -> int:
        return len(self._drivers)

    def __iter__(self) -> Iterator[Key]:
        return iter(self._drivers)

    def __contains__(self, key: object) -> bool:
        return key in self._drivers

    def __getitem__(self, key: Key) -> FloatArray:
        if key not in self._made:
            self._made[key] = self._of(self._drivers[key])
            self._draws.asked[key] = None
        return self._made[key]

    def _of(self, driver: Driver) -> FloatArray:
        score: FloatArray = np.zeros(self._draws.count)
        if driver.loading < 1.0:
            own = self._draws.sample.score(name_of_row(driver.leader))
            score = math.sqrt(1.0 - driver.loading**2) * own
        if driver.factor:
            score = score + driver.loading * self._factor(driver.factor)
        return driver.spread.at(score)

    def _factor(self, factor: str) -> FloatArray:
        """Return the scores of a common factor, mixed with those that it goes with."""
        if factor not in self._factors:
            plan = self._draws.plan
            shares = plan.mixed[plan.factors.index(factor)]
            self._factors[factor] = sum(
                (
                    shares[n] * self._draws.sample.score(name_of_factor(plan.factors[n]))
                    for n in np.flatnonzero(shares).tolist()
                ),
                np.zeros(self._draws.count),
            )
        return self._factors[factor]


@dataclass(frozen=True, slots=True)
class DrawnTable(ParameterTable):
    """A table whose rows take drawn numbers where they are asked for.

    A bill asks for a tenth of the rows, a search too. Without a `draw` a row holds the array of
    its numbers, for `costing.amounts`, whose functions take arrays like numbers.
    """

    values: Mapping[Key, FloatArray] = field(default_factory=dict, repr=False, compare=False)
    draw: int | None = None
    # What was asked for, and the rows by scope that were found for it.
    _asked: dict[tuple[str, ...], SourcedValue | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _rows: dict[Key, SourcedValue] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def find(self, parameter: str, *scopes: str) -> SourcedValue | None:
        """Return what a table does, with the drawn numbers."""
        asked = parameter, *scopes
        if asked not in self._asked:
            row = ParameterTable.find(self, parameter, *scopes)
            self._asked[asked] = None if row is None else self._with_numbers(row)
        return self._asked[asked]

    def _with_numbers(self, row: SourcedValue) -> SourcedValue:
        key = row.parameter, row.scope
        if key not in self.values:
            return row
        if key not in self._rows:
            drawn = replace(row, value=cast("float", self.values[key]))
            self._rows[key] = drawn if self.draw is None else of_draw(drawn, self.draw)
        return self._rows[key]


def of_draw(row: SourcedValue, draw: int) -> SourcedValue:
    """Return a row with the number of one draw."""
    drawn = np.asarray(row.value, np.float64)
    value = float(drawn[draw] if drawn.ndim else drawn)
    return replace(row, value=value, low=value, high=value)
