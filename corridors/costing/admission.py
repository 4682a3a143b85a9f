"""Decide whether a ship may enter an area of the Northern Sea Route on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from corridors.data.ice import AREA_NAMES, IceClass, IceTable
from corridors.data.parameters import ParameterTable
from corridors.domain.places import Service
from corridors.domain.rates import Admission, IceState
from corridors.errors import ParameterError

_NAMES, _HEAVY = ("open", "light", "medium"), "heavy"
_WINTER_AND_SPRING = (12, 1, 2, 3, 4, 5, 6)
_TYPE_MARK = {"T": 0, "S": 1, "L": 2}
_TYPE_WORD = {"T": "heavy", "S": "medium", "L": "light"}


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

    def state(self, day: date, tenths: float) -> IceState:
        """Return admission, speed and risk for a concentration of ice in tenths on a day."""
        regime = next((name for name, top in self.limits if tenths <= top), _HEAVY)
        rio = (
            self.risk["ice_free"] * (10.0 - tenths) + self.risk[self.stages[day.month - 1]] * tenths
        )
        admission, reason = self._admission(day, tenths, rio)
        return IceState(
            area=self.area,
            regime=regime,
            concentration_tenths=tenths,
            admission=admission,
            speed_kn=0.0 if admission is Admission.REFUSED else self.speeds[regime],
            polaris_rio=rio,
            reason=reason,
        )

    def _admission(self, day: date, tenths: float, rio: float) -> tuple[Admission, str]:
        name = f"ice class {self.ice_class.id} in the {AREA_NAMES[self.area]}"
        first, last = self.ice_class.season_first, self.ice_class.season_last
        if first and not first <= f"{day:%m-%d}" <= last:
            season = f"from {_in_words(first)} to {_in_words(last)} only"
            return Admission.REFUSED, f"{name}: navigation is allowed {season}"
        ice_type = next((mark for mark, top in self.type_limits if tenths <= top), "T")
        thick = self._thickness(day, tenths)
        alone = (
            self._allowed(Admission.INDEPENDENT, ice_type) or tenths <= self.independent_max < 10.0
        )
        alone &= thick <= (self.ice_class.alone_m or thick)
        if alone and tenths <= self.independent_max and rio >= self.min_rio:
            return Admission.INDEPENDENT, f"{name}: sails without escort"
        if thick > (most := self.ice_class.escorted_m or thick):
            return Admission.REFUSED, f"{name}: not made for ice of {thick:g} m, {most:g} m at most"
        if self.too_wide:
            return Admission.REFUSED, f"{name}: {self.too_wide}"
        escorted = self._allowed(Admission.ESCORTED, ice_type)
        if escorted and rio + self.bonus >= self.min_rio:
            return Admission.ESCORTED, f"{name}: needs an icebreaker"
        if not escorted:
            return Admission.REFUSED, f"{name}: refused in {_TYPE_WORD[ice_type]} ice conditions"
        return (
            Admission.REFUSED,
            f"{name}: POLARIS index below {self.min_rio:g} even with an escort",
        )

    def _thickness(self, day: date, tenths: float) -> float:
        # The Register's limits are not applied in summer, when the ice decays.
        if day.month not in _WINTER_AND_SPRING or tenths <= self.limits[0][1]:
            return 0.0
        return self.thickness_m[day.month - 1]

    def _allowed(self, mode: Admission, ice_type: str) -> bool:
        marks = self.marks[mode]
        return marks is None or marks[_TYPE_MARK[ice_type]] == "+"


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
