"""The effect of a day's ice on a ship: admission, speed, risk index, escort.

Ice on the track is the ice of the sea (share covered x concentration, by month, linear between the
middles of months) times a declared factor, because the track follows the coast. Thickness is that
of the month's stage. Seas are not split: each of the seven areas has the ice of its sea.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from enum import IntEnum
from functools import lru_cache
from typing import overload

import numpy as np

from corridors.arrays import BoolArray, FloatArray, IntArray
from corridors.bounded_cache import BoundedCache
from corridors.data.parameters import ParameterTable
from corridors.data.sea_areas import AREA_NAMES, MEAN_YEAR, MONTHS, IceClass, IceTable
from corridors.domain.places import Service
from corridors.domain.values import Admission, IceState, SourcedValue
from corridors.errors import ParameterError
from corridors.units import MINUTES_PER_HOUR, hours_per_km_from_knots

# Decide whether a ship may enter an area of the Northern Sea Route on a day.

_NAMES, _HEAVY = ("open", "light", "medium"), "heavy"
_WINTER_AND_SPRING = (12, 1, 2, 3, 4, 5, 6)
_TYPES = ("L", "S", "T")
"""Types of ice, the lightest first."""
_TYPE_MARK = {"T": 0, "S": 1, "L": 2}
_TYPE_WORD = {"T": "heavy", "S": "medium", "L": "light"}


class Outcome(IntEnum):
    """Why a ship is admitted or refused."""

    OUT_OF_SEASON = 0
    ALONE = 1
    TOO_THICK = 2
    TOO_WIDE = 3
    ESCORTED = 4
    REFUSED_TYPE = 5
    TOO_RISKY = 6


_ADMISSION = {Outcome.ALONE: Admission.INDEPENDENT, Outcome.ESCORTED: Admission.ESCORTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmissionRules:
    """The admission rules of one ship and area."""

    area: int
    ice_class: IceClass
    risk: Mapping[str, int]
    stages: tuple[str, ...]
    thickness_m: tuple[float, ...]
    limits: tuple[tuple[str, float], ...]
    speeds: Mapping[str, float]
    type_limits: tuple[tuple[str, float], ...]
    independent_max: float
    bonus: float
    min_rio: float
    marks: Mapping[Admission, str | None]
    too_wide: str

    def on_days(self, months: IntArray, of_month: IntArray, tenths: FloatArray) -> IceDaysOfShip:
        """Return admission, speed and risk for concentrations of ice in tenths on some days.

        Parameters
        ----------
        months, of_month
            The days: month from 1 to 12, and day of the month.
        tenths
            By day the concentration.
        """
        names = (*(name for name, _ in self.limits), _HEAVY)
        regime = np.searchsorted([top for _, top in self.limits], tenths)
        risk = np.array([self.risk[stage] for stage in self.stages], float)[months - 1]
        rio = self.risk["ice_free"] * (10.0 - tenths) + risk * tenths
        # The Register's limits are not applied in summer, when the ice decays.
        cold = np.isin(months, _WINTER_AND_SPRING) & (tenths > self.limits[0][1])
        thick = np.where(cold, np.array(self.thickness_m)[months - 1], 0.0)
        ice_type = np.searchsorted([top for _, top in self.type_limits], tenths)
        allowed = {mode: self._allowed(mode)[ice_type] for mode in self.marks}
        loose = (tenths <= self.independent_max) & (self.independent_max < 10.0)
        alone = (allowed[Admission.INDEPENDENT] | loose) & (tenths <= self.independent_max)
        alone &= (thick <= (self.ice_class.alone_m or np.inf)) & (rio >= self.min_rio)
        escorted = allowed[Admission.ESCORTED]
        outcome = np.select(
            [
                self._out_of_season(months, of_month),
                alone,
                thick > (self.ice_class.escorted_m or np.inf),
                np.full(tenths.shape, bool(self.too_wide)),
                escorted & (rio + self.bonus >= self.min_rio),
                ~escorted,
            ],
            [
                *(Outcome.OUT_OF_SEASON, Outcome.ALONE, Outcome.TOO_THICK, Outcome.TOO_WIDE),
                *(Outcome.ESCORTED, Outcome.REFUSED_TYPE),
            ],
            Outcome.TOO_RISKY,
        )
        speeds = np.array([self.speeds[name] for name in names])[regime]
        return IceDaysOfShip(
            rules=self,
            names=names,
            regime=regime,
            tenths=tenths,
            rio=rio,
            thick=thick,
            ice_type=ice_type,
            outcome=outcome,
            speed_kn=np.where(np.isin(outcome, (Outcome.ALONE, Outcome.ESCORTED)), speeds, 0.0),
        )

    def _out_of_season(self, months: IntArray, of_month: IntArray) -> BoolArray:
        first, last = self.ice_class.season_first, self.ice_class.season_last
        if not first:
            return np.zeros(months.shape, bool)
        bounds = [date.fromisoformat(f"2024-{end}") for end in (first, last)]
        day = months * 100 + of_month
        begins, ends = (bound.month * 100 + bound.day for bound in bounds)
        return (day < begins) | (day > ends)

    def _allowed(self, mode: Admission) -> BoolArray:
        """Return by type of ice, lightest first, whether a mode of sailing is allowed."""
        marks = self.marks[mode]
        return np.array([marks is None or marks[_TYPE_MARK[kind]] == "+" for kind in _TYPES])

    def reason(self, outcome: Outcome, thick: float, ice_type: int) -> str:
        """Return an outcome as a sentence: for ice of a thickness in m, and of a type."""
        ship, most = self.ice_class, self.ice_class.escorted_m or thick
        season = (
            ""
            if not ship.season_first
            else (f"from {_in_words(ship.season_first)} to {_in_words(ship.season_last)} only")
        )
        what = {
            Outcome.OUT_OF_SEASON: f"navigation is allowed {season}",
            Outcome.ALONE: "sails without escort",
            Outcome.TOO_THICK: f"not made for ice of {thick:g} m, {most:g} m at most",
            Outcome.TOO_WIDE: self.too_wide,
            Outcome.ESCORTED: "needs an icebreaker",
            Outcome.REFUSED_TYPE: f"refused in {_TYPE_WORD[_TYPES[ice_type]]} ice conditions",
            Outcome.TOO_RISKY: f"POLARIS index below {self.min_rio:g} even with an escort",
        }[outcome]
        return f"ice class {ship.id} in the {AREA_NAMES[self.area]}: {what}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IceDaysOfShip(Sequence[IceState]):
    """The ice of days for one ship; a state is made when it is asked for.

    By day: `regime` as an index of `names`, `tenths`, `rio`, thickness in m where it limits,
    `ice_type` as an index, `outcome`, and `speed_kn`, 0 where the ship is refused.
    """

    rules: AdmissionRules
    names: tuple[str, ...]
    regime: IntArray
    tenths: FloatArray
    rio: FloatArray
    thick: FloatArray
    ice_type: IntArray
    outcome: IntArray
    speed_kn: FloatArray

    @overload
    def __getitem__(self, day: int) -> IceState: ...

    @overload
    def __getitem__(self, day: slice) -> Sequence[IceState]: ...

    def __getitem__(self, day: int | slice) -> IceState | Sequence[IceState]:
        """Return the ice of a day."""
        if isinstance(day, slice):
            return [self[number] for number in range(len(self))[day]]
        outcome = Outcome(int(self.outcome[day]))
        return IceState(
            area=self.rules.area,
            regime=self.names[int(self.regime[day])],
            concentration_tenths=float(self.tenths[day]),
            admission=_ADMISSION.get(outcome, Admission.REFUSED),
            speed_kn=float(self.speed_kn[day]),
            polaris_rio=float(self.rio[day]),
            reason=self.rules.reason(outcome, float(self.thick[day]), int(self.ice_type[day])),
        )

    def __len__(self) -> int:
        """Return the number of days."""
        return int(self.regime.shape[0])


def admission_rules(
    area: int, service: Service, ice: IceTable, parameters: ParameterTable
) -> AdmissionRules:
    """Return the admission rules of a ship in an area.

    Raises
    ------
    ParameterError
        The ice class is unknown.
    """
    wanted = service.ice_class or "none"
    ice_class = ice.classes.get(wanted)
    if ice_class is None:
        msg = f"{service.id}: unknown ice class '{wanted}', use {', '.join(ice.classes)}"
        raise ParameterError(msg)
    reference, names = parameters.value("ship.reference_speed_kn", service.id), _NAMES
    channel_m = parameters.value("ice.channel_width_m", wanted)
    too_wide = (service.beam_m or 0.0) > channel_m
    return AdmissionRules(
        area=area,
        ice_class=ice_class,
        risk=ice.risk_values[ice_class.polaris_class],
        stages=ice.stages,
        thickness_m=ice.thickness_m,
        limits=tuple((name, parameters.value("ice.regime_max_tenths", name)) for name in names),
        speeds={
            name: min(parameters.value("ice.speed_kn", name), reference)
            for name in (*names, _HEAVY)
        },
        type_limits=tuple(
            (mark, parameters.value("ice.type_max_tenths", mark)) for mark in ("L", "S")
        ),
        independent_max=parameters.value("ice.independent_max_tenths", wanted),
        bonus=parameters.value("ice.polaris_escort_bonus"),
        min_rio=parameters.value("ice.polaris_min_rio"),
        marks={
            mode: ice.admission.get((ice_class.admission_class, mode, area))
            for mode in (Admission.INDEPENDENT, Admission.ESCORTED)
        },
        too_wide=f"{service.beam_m:g} m wide, a channel in the ice is {channel_m:g} m"
        if too_wide
        else "",
    )


def _in_words(month_day: str) -> str:
    """Return a day of the year in words: 1 July for 07-01."""
    day = date.fromisoformat(f"2024-{month_day}")
    return f"{day.day} {day:%B}"


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
