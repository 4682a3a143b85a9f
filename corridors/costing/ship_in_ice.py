"""The effect of a day's ice on a ship: admission, speed, risk index, escort.

Ice on the track is the ice of the sea (share covered x concentration, by month, linear between the
middles of months) times a declared factor, because the track follows the coast. Thickness is that
of the month's stage. Seas are not split: each of the seven areas has the ice of its sea.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from functools import lru_cache
from typing import overload

import numpy as np

from corridors.arrays import BoolArray, FloatArray, IntArray
from corridors.bounded_cache import BoundedCache
from corridors.costing.admission import AdmissionRules, IceDaysOfShip, Outcome, admission_rules
from corridors.data.ice import MEAN_YEAR, MONTHS, IceTable
from corridors.data.parameters import ParameterTable
from corridors.domain.places import Service
from corridors.domain.rates import IceState
from corridors.domain.values import SourcedValue
from corridors.units import MINUTES_PER_HOUR, hours_per_km_from_knots

_MID_MONTH = 15
# Seven areas, a dozen ships, the figures of half a dozen scenarios.
MOST_ICE_YEARS = 512
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_LEAP_MONTH_DAYS = (31, 29, *_MONTH_DAYS[2:])
_A_LEAP_YEAR = (
    np.repeat(np.arange(1, 13), _LEAP_MONTH_DAYS),
    np.concatenate([np.arange(1, days + 1) for days in _LEAP_MONTH_DAYS]),
)
"""Month and day of the month of each of its days."""


def polaris_rio(
    polaris_class: str,
    tenths: Mapping[str, float],
    risk_values: Mapping[str, Mapping[str, int]],
) -> float:
    """Return the POLARIS risk index outcome of a class in a mixture of ice.

    Parameters
    ----------
    polaris_class
        `PC1` to `PC7`, `IA Super`, `IA`, `IB`, `IC` or `NIS`.
    tenths
        Concentration by stage of development, ice-free water included; they sum to 10.
    risk_values
        The table of risk index values.

    Returns
    -------
    rio
        -80 to 30; below 0 the ice exceeds the class.

    References
    ----------
    IMO MSC.1/Circ.1519, RIO = sum of C_i x RIV_i, table 1.3.
    """
    row = risk_values[polaris_class]
    return sum(share * row[stage] for stage, share in tenths.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class IceYear:
    """The ice of one area on each day of a leap year from 1 January, for one ship.

    `regimes` names the regimes of admitted days; `regime` is each day's index in it and
    `minutes_per_km` its pace, both -1 if the ship is refused.
    """

    states: IceDaysOfShip
    regimes: tuple[str, ...]
    regime: IntArray
    escorted: BoolArray
    minutes_per_km: FloatArray

    def days(self, first_day: date, count: int) -> IntArray:
        """Return the index of each of `count` days from a first one."""
        calendar = np.datetime64(first_day) + np.arange(count)
        month = calendar.astype("datetime64[M]")
        before = np.concatenate([[0], np.cumsum(_LEAP_MONTH_DAYS)])
        of_month = (calendar - month).astype(np.int64)
        found: IntArray = before[month.astype(np.int64) % MONTHS] + of_month
        return found


class IceDays(Sequence[IceState]):
    """The ice of a number of days from a first one."""

    def __init__(self, year: IceYear, first_day: date, count: int) -> None:
        self.day_of_year = year.days(first_day, count)
        self._year = year

    @overload
    def __getitem__(self, day: int) -> IceState: ...

    @overload
    def __getitem__(self, day: slice) -> Sequence[IceState]: ...

    def __getitem__(self, day: int | slice) -> IceState | Sequence[IceState]:
        """Return the ice of a day, counted from the first."""
        if isinstance(day, slice):
            return [self._year.states[index] for index in self.day_of_year[day].tolist()]
        return self._year.states[int(self.day_of_year[day])]

    def __len__(self) -> int:
        """Return the number of days."""
        return int(self.day_of_year.shape[0])


class IceCalendars:
    """Ice years of one table; the last `MOST_ICE_YEARS` are cached."""

    def __init__(self, table: IceTable) -> None:
        self._table = table
        self._years: BoundedCache[IceYear] = BoundedCache(MOST_ICE_YEARS)

    def year(
        self, area: int, service: Service, parameters: ParameterTable, year_kind: str
    ) -> IceYear:
        """Return the ice of an area through a year; see `ice_year`."""
        key = (area, service.id, year_kind, ice_figures(parameters))
        return self._years.of(
            key, lambda: ice_year(area, service, self._table, parameters, year_kind)
        )


def ice_figures(parameters: ParameterTable) -> tuple[SourcedValue, ...]:
    """Return the replaced parameters on which the ice of a day can depend."""
    own = (new for _, new in parameters.replaced)
    return tuple(row for row in own if row.parameter.startswith(("ice.", "ship.")))


def ice_year(
    area: int,
    service: Service,
    ice_table: IceTable,
    parameters: ParameterTable,
    year_kind: str = MEAN_YEAR,
) -> IceYear:
    """Return the ice of one area through a year, for one ship.

    Parameters
    ----------
    area
        1 to 7, see `AREA_NAMES`.
    service
        A ship class, whose `ice_class` decides.
    ice_table
        Ice and rules.
    parameters
        Thresholds, speeds and factors.
    year_kind
        `mean`, `best`, `worst`, or a year of the table.

    Returns
    -------
    year
        A state per day, from 00:00 to 24:00 UTC.

    Raises
    ------
    ConfigError
        The year is unknown.
    ParameterError
        The ice class is unknown.
    """
    monthly = ice_table.monthly_tenths(area, year_kind)
    factors = (parameters.value("ice.track_factor", f"{n:02d}") for n in range(1, MONTHS + 1))
    track = tuple(value * factor for value, factor in zip(monthly, factors, strict=True))
    rules = admission_rules(area, service, ice_table, parameters)
    return _year_on(_Track(by_value=(track, *_values_of(rules)), tenths=track, rules=rules))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Track:
    """What the ice of a year follows from: twelve mid-month tenths, and the rules of a ship.

    `by_value` holds every figure of both; two tracks are equal if these are.
    """

    by_value: tuple[object, ...]
    tenths: tuple[float, ...] = field(compare=False)
    rules: AdmissionRules = field(compare=False)


def _values_of(rules: AdmissionRules) -> tuple[object, ...]:
    values = (getattr(rules, one.name) for one in fields(rules))
    return tuple(tuple(one.items()) if isinstance(one, Mapping) else one for one in values)


@lru_cache(maxsize=MOST_ICE_YEARS)
def _year_on(track: _Track) -> IceYear:
    months, of_month = _A_LEAP_YEAR
    states = track.rules.on_days(months, of_month, _by_day(track.tenths))
    admitted = states.speed_kn > 0.0
    first_of, place = np.unique(states.regime[admitted], return_index=True)
    # In the order in which the year meets them.
    order = first_of[np.argsort(place)]
    number = np.full(len(states.names), -1, np.int64)
    number[order] = np.arange(order.size)
    speeds = (track.rules.speeds[name] for name in states.names)
    paces = np.array([hours_per_km_from_knots(speed) * MINUTES_PER_HOUR for speed in speeds])
    year = IceYear(
        states=states,
        regimes=tuple(states.names[one] for one in order.tolist()),
        regime=np.where(admitted, number[states.regime], -1),
        escorted=states.outcome == Outcome.ESCORTED,
        minutes_per_km=np.where(admitted, paces[states.regime], -1.0),
    )
    # Shared by all who ask: nobody may write into it.
    for column in (year.regime, year.escorted, year.minutes_per_km):
        column.flags.writeable = False
    return year


def _by_day(monthly: Sequence[float]) -> FloatArray:
    """Return by day of a leap year a figure known in the middle of each month."""
    months, of_month = _A_LEAP_YEAR
    late = of_month >= _MID_MONTH
    before = np.where(late, months - 1, months - 2) % MONTHS
    passed = of_month - _MID_MONTH + np.where(late, 0, np.array(_MONTH_DAYS)[before])
    share = np.minimum(passed / np.array(_MONTH_DAYS)[before], 1.0)
    figures = np.array(monthly)
    found: FloatArray = figures[before] * (1.0 - share) + figures[(before + 1) % MONTHS] * share
    return found
