"""How sure the figures are: which rows are chance, what happens to one shipment, how prices move.

Levels (a price, a mean speed or dwell) are drawn by the rules of `uncertainty.csv`, what happens to
one shipment by the rows of `events.csv`. `volatility.csv` has how quickly prices leave the last one
known.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from corridors.data.columns import each_row, read_rows, value_of
from corridors.data.known import known_rows
from corridors.data.parameters import load_parameters
from corridors.data.paths import parameters_dir, shipped
from corridors.domain.values import SourcedValue, Status
from corridors.errors import GeodataError

RULES_FILE, EVENTS_FILE, VOLATILITY_FILE = "uncertainty.csv", "events.csv", "volatility.csv"
ANY = "*"
# Families share one factor on the width of their rows. "other cost" is paid by ships and trains.
FAMILIES = (
    *("sea cost", "rail cost", "other cost", "sea price", "rail price", "sea days", "rail days"),
    *("NSR", "CO2e"),
)
_YEARLY = re.compile(r"(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")


class Role(StrEnum):
    """Whether a row is chance: drawn, a choice or definition, or equal to or a function of one."""

    DRAWN = "drawn"
    SETTING = "setting"
    TIED = "tied"


class Horizon(StrEnum):
    """Where the spread of a drawn row comes from: its low and high, or the history of a series."""

    LEVEL = "level"
    SERIES = "series"


class EventKind(StrEnum):
    """What may happen to a shipment, and what `key` names (a glob in each case).

    Late arrival: the operator of the line of ships. Missed departure: the service. Dwell at a
    border: the pair of countries, with the place where two crossings differ (`CN-KZ@kz-dostyk`).
    Dwell at a change of gauge, congestion: the terminal. Wait for a ferry: the service or the port
    of loading. Queue: the gate. Closure: gate, border or terminal.

    Congestion is a part of what late arrivals measure: a ship takes the longer of the two.
    """

    LATE_ARRIVAL = "late_arrival"
    MISSED_DEPARTURE = "missed_departure"
    BORDER_DWELL = "border_dwell"
    GAUGE_DWELL = "gauge_dwell"
    FERRY_WAIT = "ferry_wait"
    CANAL_QUEUE = "canal_queue"
    PORT_CONGESTION = "port_congestion"
    CLOSURE = "closure"


class SharedBy(StrEnum):
    """Who has one draw: all that pass the place in one week, or each shipment its own."""

    PLACE_WEEK = "place+week"
    SHIPMENT = "shipment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is drawn of the rows that a parameter and a scope name; `*` stands for any text.

    Attributes
    ----------
    parameter, scope
        Patterns. The empty scope fits any.
    role
        Whether these rows are chance.
    tied_to
        Of tied rows, `parameter` or `parameter@scope` of the row whose quantile they take. Its `*`
        stands for what the `*` of the pattern fits, in a scope for the whole scope if that is
        empty. Rows with equal low, value and high so stay equal.
    factor, loading
        The common factor of drawn rows, and their correlation with it, 0 to 1: two rows of one
        factor have the product of their loadings as correlation.
    family
        One of `FAMILIES`, empty for settings.
    group
        Title of the group for sensitivities, empty for settings.
    horizon
        Where the spread comes from.
    source_id, status
        Of factor and loading; low and high have the source of their row.
    line
        Line in the file.
    """

    parameter: str
    scope: str
    role: Role
    tied_to: str
    factor: str
    loading: float
    family: str
    group: str
    horizon: Horizon
    source_id: str
    status: Status
    note: str
    line: int

    @property
    def rank(self) -> tuple[bool, int, bool, int]:
        """How specific it is: a literal name before a pattern, then the longer; then the scope."""
        literal = bool(self.scope) and ANY not in self.scope
        return ANY not in self.parameter, len(self.parameter), literal, len(self.scope)

    def fits(self, parameter: str, scope: str) -> bool:
        """Return whether it is about a row."""
        return fits(self.parameter, parameter) and (not self.scope or fits(self.scope, scope))

    def tie(self, parameter: str, scope: str) -> tuple[str, str]:
        """Return parameter and scope of the row to which a row is tied."""
        name, _, of = self.tied_to.partition("@")
        return (
            name.replace(ANY, _any_of(self.parameter, parameter)),
            of.replace(ANY, _any_of(self.scope or ANY, scope)),
        )


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """The rules of all rows, in the order of the file."""

    rules: tuple[Rule, ...]
    _named: Mapping[str, tuple[Rule, ...]] = field(init=False, repr=False, compare=False)
    _patterns: tuple[Rule, ...] = field(init=False, repr=False, compare=False)
    # A plan asks twice for the rule of each of a thousand rows.
    _rules: dict[tuple[str, str], Rule] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        named: dict[str, list[Rule]] = {}
        for rule in self.rules:
            named.setdefault(rule.parameter, []).append(rule)
        object.__setattr__(self, "_named", {name: tuple(of) for name, of in named.items()})
        patterns = tuple(rule for rule in self.rules if ANY in rule.parameter)
        object.__setattr__(self, "_patterns", patterns)

    def rules_of(self, parameter: str, scope: str) -> tuple[Rule, ...]:
        """Return the most specific rules about a row: one, unless the table has a fault."""
        about = self._named.get(parameter, ()) + self._patterns
        fitting = [rule for rule in about if rule.fits(parameter, scope)]
        most = max((rule.rank for rule in fitting), default=None)
        return tuple(rule for rule in fitting if rule.rank == most)

    def rule(self, row: SourcedValue) -> Rule:
        """Return the rule of a row.

        Raises
        ------
        GeodataError
            There is none.
        """
        key = row.parameter, row.scope
        if key not in self._rules:
            rules = self.rules_of(*key)
            if not rules:
                msg = f"{RULES_FILE}: no rule for {key[0]}@{key[1]}. Add one, or a pattern."
                raise GeodataError(msg)
            self._rules[key] = rules[0]
        return self._rules[key]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What may happen to one shipment at a place, between two days.

    Attributes
    ----------
    id, what, key
        Name, kind, and what it happens to (`EventKind`).
    first_day, last_day
        Its days, ISO dates, or month and day (`11-01`) for every year; empty for no limit.
    quantity
        The parameter whose value it multiplies, so that the mean stays that of the row; empty if it
        adds time.
    shape
        `none` for the mean alone, `lognormal`, or `erlang` of `stages`.
    stages
        Stages of the Erlang shape, 0 for others.
    probability
        The chance that it happens to a shipment, 0 to 1.
    least
        The least that it takes: the shape is of what goes beyond.
    mean, p10, p50, p90
        Mean and quantiles of what it takes where it happens, `least` included; None if not given.
    unit
        `d`, `h`, or `x` for a multiple of `quantity`.
    shared_by
        Who has one draw.
    """

    id: str
    what: EventKind
    key: str
    first_day: str
    last_day: str
    quantity: str
    shape: str
    stages: int
    probability: float
    least: float
    mean: float
    p10: float | None
    p50: float | None
    p90: float | None
    unit: str
    shared_by: SharedBy
    source_id: str
    status: Status
    note: str
    known_from: str = ""
    end_known_from: str = ""

    @property
    def rank(self) -> tuple[bool, int, bool, str]:
        """How specific it is: a literal key, the longer, then a season, then the later start."""
        return ANY not in self.key, len(self.key), self.yearly, self.first_day

    @property
    def yearly(self) -> bool:
        """Whether it is of the same days of every year."""
        return bool(_YEARLY.fullmatch(self.first_day))

    @property
    def sigma(self) -> float:
        """Standard deviation of the logarithm of what goes beyond `least`, of a log-normal shape.

        It is that of the log-normal with the given mean and P90 over P10 (or P50).
        """
        if self.shape != "lognormal" or self.p10 is None or self.p90 is None:
            return 0.0
        return math.log((self.p90 - self.least) / (self.p10 - self.least)) / (2.0 * Z90)

    @property
    def quantiles(self) -> tuple[float, float, float]:
        """P10, P50 and P90 by mean and shape; of an Erlang shape by the cube of a normal.

        References
        ----------
        E. B. Wilson and M. M. Hilferty (1931), The distribution of chi-square.
        """
        beyond, deviates = self.mean - self.least, (-Z90, 0.0, Z90)
        if self.stages:
            share = 1.0 / (9.0 * self.stages)
            factors = [(1.0 - share + z * math.sqrt(share)) ** 3 for z in deviates]
        else:
            factors = [math.exp(z * self.sigma - self.sigma**2 / 2.0) for z in deviates]
        low, middle, high = (self.least + beyond * factor for factor in factors)
        return low, middle, high

    def holds(self, day: date) -> bool:
        """Return whether a day is one of its days."""
        of = f"{day:%m-%d}" if self.yearly else day.isoformat()
        if self.yearly and self.last_day < self.first_day:
            return of >= self.first_day or of <= self.last_day
        return self.first_day <= of and (not self.last_day or of <= self.last_day)


CLOSE = 0.1
"""How near figures of a row that follow from each other must be, as a fraction."""
Z90 = 1.2815515655446004
"""The 90 % quantile of the standard normal distribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Volatility:
    """How the prices of a series move.

    Attributes
    ----------
    parameter, scope
        Patterns of the rows; the empty scope fits any.
    weekly_sd
        Standard deviation of the change of the logarithm in a week.
    half_life_weeks
        Weeks in which half of the distance to the long mean is lost; None if no such return was
        found.
    long_sd
        Standard deviation of the logarithm about its long mean: the spread at long lead; None where
        there is no half-life.
    quote_sd
        Standard deviation of the logarithm of what one house quotes about the price of the table in
        a week that is known.
    points, first, last
        How many prices it was computed from, and their first and last day, month or week.
    """

    parameter: str
    scope: str
    weekly_sd: float
    half_life_weeks: float | None
    long_sd: float | None
    quote_sd: float
    points: int
    first: str
    last: str
    source_id: str
    status: Status
    note: str

    def spread(self, weeks: float) -> float:
        """Return the standard deviation of the logarithm of a price so many weeks ahead.

        With a half-life it is that of an Ornstein-Uhlenbeck process, else of a random walk. In a
        week that is known it is what houses differ by.
        """
        times = weeks
        if self.half_life_weeks is not None:
            kept = 0.5 ** (2.0 * weeks / self.half_life_weeks)
            times = (1.0 - kept) / (1.0 - 0.5 ** (2.0 / self.half_life_weeks))
        return math.hypot(self.quote_sd, self.weekly_sd * math.sqrt(times))


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile("(.*)".join(map(re.escape, pattern.split(ANY))))


def fits(pattern: str, text: str) -> bool:
    """Return whether a text fits a pattern whose `*` stands for any text."""
    return pattern == text or (ANY in pattern and bool(_compiled(pattern).fullmatch(text)))


def _any_of(pattern: str, text: str) -> str:
    """Return what the first `*` of a pattern stands for in a text that fits it."""
    match = _compiled(pattern).fullmatch(text) if ANY in pattern else None
    return match[1] if match else ""


@shipped(parameters_dir)
def load_uncertainty(folder: Path) -> Uncertainty:
    """Return the rules of all rows of the parameter tables.

    Raises
    ------
    GeodataError
        A cell is invalid, a row has no rule or two equally specific ones, a rule is about no row,
        or a tie leads to no drawn row. All faults are listed.
    """
    rules = each_row(folder / RULES_FILE, _rule, "parameter", "scope")
    made = Uncertainty(tuple(rules))
    if faults := _rule_faults(made, load_parameters(folder).rows):
        raise GeodataError("\n".join(faults))
    return made


def events_known(known_on: date | None) -> tuple[Event, ...]:
    """Return what may happen to one shipment as known on a day, None for today."""
    return known_rows(
        load_events(), known_on, without_end=lambda event: replace(event, last_day="")
    )


@shipped(parameters_dir, EVENTS_FILE)
def load_events(path: Path) -> tuple[Event, ...]:
    """Return what may happen to one shipment.

    Raises
    ------
    GeodataError
        What a row says of its hours or days does not agree. All faults are listed.
    """
    return tuple(each_row(path, _event, "id"))


def event_of(events: Iterable[Event], what: EventKind, day: date, *keys: str) -> Event | None:
    """Return what may happen on a day to the first of some keys that has an event, None if none.

    Parameters
    ----------
    keys
        From the most to the least specific, such as a port and its country.
    """
    about = [event for event in events if event.what is what and event.holds(day)]
    for key in keys:
        fitting = [event for event in about if fits(event.key, key)]
        if fitting:
            return max(fitting, key=lambda event: event.rank)
    return None


@shipped(parameters_dir, VOLATILITY_FILE)
def load_volatility(path: Path) -> tuple[Volatility, ...]:
    """Return how the prices of series move.

    Raises
    ------
    GeodataError
        A spread at long lead is not that of its weekly one and half-life. All faults are listed.
    """
    return tuple(each_row(path, _volatility, "parameter", "scope"))


def volatility_of(
    series: Iterable[Volatility], parameter: str, scope: str = ""
) -> Volatility | None:
    """Return how the prices of a row move: the most specific entry about it, None if none is."""
    fitting = [
        one
        for one in series
        if fits(one.parameter, parameter) and (not one.scope or fits(one.scope, scope))
    ]
    rank = [(ANY not in one.parameter, len(one.parameter), len(one.scope)) for one in fitting]
    return fitting[rank.index(max(rank))] if rank else None


def _rule(cells: Mapping[str, str]) -> Rule:
    role = Role(cells["role"])
    loading = float(cells["loading"] or 0.0)
    tied, factor, family = cells["tied_to"], cells["factor"], cells["family"]
    stars = max(cells[name].count(ANY) for name in ("parameter", "scope"))
    setting = family or cells["group"] or cells["horizon"]
    _refuse(
        {
            "a pattern has at most two *, that of a tied row one": stars > (1 if tied else 2),
            "tied_to is for tied rows, and these need it": bool(tied) != (role is Role.TIED),
            "factor and loading are for drawn rows": role is not Role.DRAWN
            and bool(factor or cells["loading"]),
            "a factor needs a loading above 0, and a loading a factor": role is Role.DRAWN
            and bool(factor) != (loading > 0.0),
            "family, group and horizon are not for settings": role is Role.SETTING
            and bool(setting),
            f"needs a group, and a family of {', '.join(FAMILIES)}": role is not Role.SETTING
            and not (family and cells["group"]),
        }
    )
    return value_of(
        Rule,
        cells,
        loading=loading,
        horizon=Horizon(cells["horizon"] or Horizon.LEVEL),
        line=int(cells["__line__"]),
    )


def _rule_faults(table: Uncertainty, rows: Sequence[SourcedValue]) -> list[str]:
    """Return a sentence for each row without one rule, rule without a row, and tie to nothing."""
    faults = []
    used: set[int] = set()
    roles = {}
    ties = []
    for row in rows:
        name = f"{row.parameter}@{row.scope}"
        rules = table.rules_of(row.parameter, row.scope)
        if len(rules) != 1:
            lines = " and ".join(str(rule.line) for rule in rules) or "none"
            faults.append(f"{RULES_FILE}: {name} needs one rule, has lines {lines}")
            continue
        rule = rules[0]
        used.add(rule.line)
        roles[row.parameter, row.scope] = rule.role
        if rule.role is Role.TIED:
            ties.append((name, rule, rule.tie(row.parameter, row.scope)))
    for name, rule, key in ties:
        if roles.get(key) is not Role.DRAWN:
            shown = f"{key[0]}@{key[1]}"
            faults.append(f"{RULES_FILE}:{rule.line}: {name} is tied to {shown}, no drawn row")
    faults.extend(
        f"{RULES_FILE}:{rule.line}: {rule.parameter}@{rule.scope} is the rule of no row"
        for rule in table.rules
        if rule.line not in used
    )
    return faults


def _event(cells: Mapping[str, str]) -> Event:
    stages = int(cells["shape"].partition("-")[2] or 0)
    event = value_of(Event, cells, shape=cells["shape"].partition("-")[0], stages=stages)
    yearly = {bool(_YEARLY.fullmatch(day)) for day in (event.first_day, event.last_day) if day}
    _refuse(
        {
            "a log-normal needs p10 and p90 above the least": event.shape == "lognormal"
            and (event.p10 is None or not event.least < event.p10),
            "unit must be x with a quantity, else d or h": (event.unit == "x")
            != bool(event.quantity),
            "the mean of what multiplies a row must be 1": bool(event.quantity)
            and not math.isclose(event.mean, 1.0),
            "first_day and last_day must both be dates, or both month and day": len(yearly) > 1,
        }
    )
    for quantile, expected in zip((event.p10, event.p50, event.p90), event.quantiles, strict=True):
        if quantile is not None and not math.isclose(quantile, expected, rel_tol=CLOSE):
            msg = f"mean, p10, p50 and p90 do not fit the shape: {quantile:g} for {expected:.4g}"
            raise ValueError(msg)
    return event


def _volatility(cells: Mapping[str, str]) -> Volatility:
    series = value_of(Volatility, cells)
    long_sd = series.long_sd
    if long_sd is not None:
        limit = math.sqrt(max(series.spread(math.inf) ** 2 - series.quote_sd**2, 0.0))
        if not math.isclose(limit, long_sd, rel_tol=CLOSE):
            msg = f"long_sd must be what weekly_sd and half_life_weeks give, {limit:.4g}"
            raise ValueError(msg)
    return series


def _refuse(faults: Mapping[str, bool]) -> None:
    """Raise the first fault that is there."""
    for fault, rows in faults.items():
        if rows:
            raise ValueError(fault)


# How many times as wide as their low to high the rows of a family are drawn.

FILE = "width_factors.csv"


@shipped(parameters_dir, FILE)
def load_width_factors(path: Path) -> Mapping[str, float]:
    """Return by family the factor of the width of its rows; 1 for families that are not listed."""
    factors = {row["family"]: float(row["factor"]) for row in read_rows(path)}
    return MappingProxyType(dict.fromkeys(FAMILIES, 1.0) | factors)
