"""Quantities for moving and handling a box, before distance and prices apply."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from corridors.domain.values import BillLine


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningRate:
    """Hours and quantities per km of a service in one country, sea area or ice regime.

    Quantities of `bill_per_km` are per TEU and km. `time_part` is `sea`, `ice`, `rail`, `ferry` or
    `road`.
    """

    key: str
    time_part: str
    hours_per_km: float
    bill_per_km: tuple[BillLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A transfer, border, canal or gate: hours by part, and a bill of quantities per TEU."""

    key: str
    label: str
    time_parts: dict[str, float] = field(default_factory=dict)
    bill: tuple[BillLine, ...] = ()

    @property
    def hours(self) -> float:
        """Total hours."""
        return sum(self.time_parts.values())


class Admission(StrEnum):
    """Admission of a ship to ice."""

    INDEPENDENT = "independent"
    ESCORTED = "escorted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class IceState:
    """The ice of a sea area on one day, and its effect on one ship.

    `speed_kn` is 0 if the ship is refused. `polaris_rio` is the POLARIS risk index outcome of the
    ship's class in this ice.
    """

    area: int
    regime: str
    concentration_tenths: float
    admission: Admission
    speed_kn: float
    polaris_rio: float
    reason: str
