"""The effect of a day's ice on a ship: admission, speed, risk index, escort.

Ice on the track is the ice of the sea (share covered x concentration, by month, linear between the
middles of months) times a declared factor, because the track follows the coast. Thickness is that
of the month's stage. Seas are not split: each of the seven areas has the ice of its sea.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from functools import lru_cache
from typing import overload

import numpy as np
import numpy.typing as npt

from corridors.bounded_cache import BoundedCache
from corridors.costing.admission import AdmissionRules, admission_rules
from corridors.data.ice import MEAN_YEAR, MONTHS, IceTable
from corridors.data.parameters import ParameterTable
from corridors.domain.places import Service
from corridors.domain.rates import Admission, IceState
from corridors.domain.values import SourcedValue
from corridors.units import MINUTES_PER_HOUR, hours_per_km_from_knots

_MID_MONTH = 15
# Seven areas, a dozen ships, the figures of half a dozen scenarios.
MOST_ICE_YEARS = 512
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_LEAP_MONTH_DAYS = (31, 29, *_MONTH_DAYS[2:])
_A_LEAP_YEAR = date(2024, 1, 1)


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

    states: tuple[IceState, ...]
    regimes: tuple[str, ...]
    regime: npt.NDArray[np.int64]
    escorted: npt.NDArray[np.bool_]
    minutes_per_km: npt.NDArray[np.float64]

    def days(self, first_day: date, count: int) -> npt.NDArray[np.int64]:
        """Return the index of each of `count` days from a first one."""
        calendar = np.datetime64(first_day) + np.arange(count)
        month = calendar.astype("datetime64[M]")
        before = np.concatenate([[0], np.cumsum(_LEAP_MONTH_DAYS)])
        of_month = (calendar - month).astype(np.int64)
        found: npt.NDArray[np.int64] = before[month.astype(np.int64) % MONTHS] + of_month
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
    days = (_A_LEAP_YEAR + timedelta(days=number) for number in range(sum(_LEAP_MONTH_DAYS)))
    states = tuple(track.rules.state(day, _on_day(track.tenths, day)) for day in days)
    regimes = tuple(dict.fromkeys(s.regime for s in states if s.speed_kn))
    year = IceYear(
        states=states,
        regimes=regimes,
        regime=np.array([-1 if not s.speed_kn else regimes.index(s.regime) for s in states]),
        escorted=np.array([s.admission is Admission.ESCORTED for s in states]),
        minutes_per_km=np.array([_pace(state.speed_kn) for state in states]),
    )
    # Shared by all who ask: nobody may write into it.
    for column in (year.regime, year.escorted, year.minutes_per_km):
        column.flags.writeable = False
    return year


def _pace(speed_kn: float) -> float:
    return hours_per_km_from_knots(speed_kn) * MINUTES_PER_HOUR if speed_kn else -1.0


def _on_day(monthly: Sequence[float], day: date) -> float:
    month = day.month - 1
    if day.day >= _MID_MONTH:
        before, after = month, (month + 1) % MONTHS
        passed = day.day - _MID_MONTH
    else:
        before, after = (month - 1) % MONTHS, month
        passed = day.day + _MONTH_DAYS[before] - _MID_MONTH
    share = min(passed / _MONTH_DAYS[before], 1.0)
    return monthly[before] * (1.0 - share) + monthly[after] * share
