"""What an allocation answers: flows, what scarce things are worth, what was held off its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRow:
    """TEU of a pair on one route, leaving on one day.

    `route` is its signature: services, gates, borders. Figures are per TEU; `legs` are the ids of
    the physical legs run over.
    """

    pair: str
    origin: str
    destination: str
    month: date
    departure: date
    corridor: str
    route: str
    gates: tuple[str, ...]
    borders: tuple[str, ...]
    services: tuple[str, ...]
    countries: tuple[str, ...]
    teu: float
    usd_per_teu: float
    days: float
    co2e_kg_per_teu: float
    legs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Marginal:
    """What one more unit of a limit is worth in USD; other dual values may be as right.

    `used` and `limit` are in `unit`; `month` is None where the limit holds for the whole plan.
    """

    kind: str
    name: str
    month: date | None
    used: float
    limit: float
    unit: str
    usd_per_unit: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spill:
    """TEU of a pair and month that left the way they would take were nothing scarce.

    `extra_usd_per_teu` is what that costs them; `because` names what is scarce on that way.
    """

    pair: str
    month: date
    teu: float
    from_route: str
    extra_usd_per_teu: float
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LegLoad:
    """TEU over one physical leg in the whole plan, with its drawn line in (lon, lat)."""

    leg: str
    service: str
    from_name: str
    to_name: str
    teu: float
    lon_lat: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityUse:
    """A listed capacity in one month: TEU of the plan through it, and what the plan may use.

    `name` is that of its marginal value; `place` an id, empty where no route could use it, and
    then without coordinates. `usd_per_teu` is what one more TEU is worth, 0 where it is not scarce;
    dual values are not unique.
    """

    name: str
    title: str
    place: str
    place_name: str
    lon: float | None
    lat: float | None
    month: date
    used_teu: float
    limit_teu: float
    usd_per_teu: float

    @property
    def share(self) -> float:
        """What part of what the plan may use it uses; 1 where it may use nothing, and does not."""
        return self.used_teu / self.limit_teu if self.limit_teu > 0.0 else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EndLoad:
    """A place where boxes begin or end their way, with their TEU in the whole plan."""

    place: str
    name: str
    lon: float
    lat: float
    out_teu: float
    in_teu: float
