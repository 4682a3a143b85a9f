"""What moving and handling a box takes, before it is multiplied by distance and priced."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from corridors.domain.values import BillLine


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningRate:
    """What one kilometre of one service takes in one country, sea area or ice regime.

    Quantities of `bill_per_km` are per TEU and km. `time_part` names the part of the hours
    (`sea`, `ice`, `rail`, `ferry`, `road`).
    """

    key: str
    time_part: str
    hours_per_km: float
    bill_per_km: tuple[BillLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What one transfer, border, canal or gate takes: hours by part, and a bill per TEU."""

    key: str
    label: str
    time_parts: dict[str, float] = field(default_factory=dict)
    bill: tuple[BillLine, ...] = ()

    @property
    def hours(self) -> float:
        """Hours in all."""
        return sum(self.time_parts.values())


class Admission(StrEnum):
    """How a ship is let into ice."""

    INDEPENDENT = "independent"
    ESCORTED = "escorted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class IceState:
    """The ice of one sea area on one day, and what it means for one ship.

    `speed_kn` is 0 where the ship is refused.
    `polaris_rio` is the POLARIS risk index outcome of the ship's class in this ice.
    """

    area: int
    regime: str
    concentration_tenths: float
    admission: Admission
    speed_kn: float
    polaris_rio: float
    reason: str
