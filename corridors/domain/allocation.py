"""Results of an allocation: flows, shadow prices, spills and use of capacities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRow:
    """TEU of a pair on one route and departure day.

    `route` is its signature: services, gates, borders. `legs` are the ids of its physical legs.
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
    """The shadow price of a limit in USD per unit. Shadow prices are not unique.

    `used` and `limit` are in `unit`; `month` is None for a limit on the plan as a whole.
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
    """TEU of a pair and month that do not take the route they would take without scarcity.

    `extra_usd_per_teu` is the extra cost; `because` names what is scarce on the preferred route.
    """

    pair: str
    month: date
    teu: float
    from_route: str
    extra_usd_per_teu: float
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LegLoad:
    """TEU of the plan over one physical leg, with its drawn line in (lon, lat)."""

    leg: str
    service: str
    from_name: str
    to_name: str
    teu: float
    lon_lat: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityUse:
    """A listed capacity in one month: the TEU that the plan uses and may use.

    `name` is that of its `Marginal`. `place` is an id; it is empty, and the coordinates None, if
    no route can use the capacity. `usd_per_teu` is the shadow price, 0 if it is not scarce.
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
        """Fraction used of what the plan may use; 1 if it may use nothing."""
        return self.used_teu / self.limit_teu if self.limit_teu > 0.0 else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class UncappedWay:
    """A crossing, ferry, canal, port or Arctic sailing without a capacity, and the TEU through it.

    `name` is that of the row it would have, `title` in words. `share` is the fraction of the boxes
    that travel by its `mode` (rail, sea or ferry), 0 to 1.
    """

    name: str
    title: str
    mode: str
    teu: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsailedWay:
    """A way by ship that no line is known to sail, though lines join its ends, and its TEU.

    `corridor` is its id, `ends` in words (`Shanghai to Hamburg`), `share` a fraction of all boxes.
    """

    corridor: str
    ends: str
    teu: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EndLoad:
    """An origin or destination, with the TEU of the plan."""

    place: str
    name: str
    lon: float
    lat: float
    out_teu: float
    in_teu: float
