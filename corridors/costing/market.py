"""Sea freight at market rates, which replace the costs of a ship.

Under `price_basis: market` a freight per FEU by lane and year of departure, plus announced
surcharges, replaces the lines of a ship (days, fuel, dues, tolls, overhead). Freights are quoted
from port to port. Routes only partly by sea, ice-class ships and ends outside the lanes have no
quoted rate and are not priced.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from corridors.costing.lines import charge
from corridors.data.parameters import ParameterTable
from corridors.data.paths import kept_while_unchanged, listed, parameters_dir, read_rows, shipped
from corridors.domain.places import Family, Service
from corridors.domain.scenario import Shipment
from corridors.domain.values import BillLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A trade lane with one quoted freight, by the countries of its base ports."""

    id: str
    title: str
    origins: frozenset[str]
    destinations: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """The lane of a question and the year of departure; `lane` is None if none is quoted."""

    lane: Lane | None
    year: int

    @property
    def why_barred(self) -> str:
        """The reason why a route by sea has no market price."""
        quoted = ", ".join(lane.title for lane in load_lanes())
        return f"no freight is quoted for it: lanes known are {quoted}, by ship all the way"

    def quotes(self, service: Service, parameters: ParameterTable) -> bool:
        """Return whether a freight is quoted for a voyage by a service.

        Quotes are for the ships of the lane: no ice class, and a least capacity.
        """
        if service.family is not Family.SEA:
            return True
        if self.lane is None or service.ice_class not in ("", "none"):
            return False
        least = parameters.value("market.least_capacity_teu", self.lane.id)
        return parameters.value("ship.capacity_teu", service.id) >= least


@shipped(parameters_dir, "lanes.csv")
def load_lanes(path: Path) -> tuple[Lane, ...]:
    """Return the lanes of `lanes.csv`."""
    return tuple(
        Lane(
            id=row["lane"],
            title=row["title"],
            origins=frozenset(listed(row["from"])),
            destinations=frozenset(listed(row["to"])),
        )
        for row in read_rows(path, ("lane", "title", "from", "to"))
    )


@kept_while_unchanged
def _held(path: Path) -> MappingProxyType[str, str]:
    return MappingProxyType(
        {row["driver"]: row["note"] for row in read_rows(path, ("driver", "note"))}
    )


def market_of(origin_country: str, destination_country: str, year: int) -> Market:
    """Return the market of a question by the countries of its ends."""
    lane = next(
        (
            lane
            for lane in load_lanes()
            if origin_country in lane.origins and destination_country in lane.destinations
        ),
        None,
    )
    return Market(lane=lane, year=year)


def without_held(bill: tuple[BillLine, ...]) -> tuple[BillLine, ...]:
    """Return a ship's bill without the lines that a market freight includes; energy stays."""
    held = _held(parameters_dir() / "freight_holds.csv")
    return tuple(line for line in bill if line.driver not in held)


def freight(market: Market, parameters: ParameterTable, shipment: Shipment) -> tuple[BillLine, ...]:
    """Return the freight of a voyage for one TEU, and its surcharges.

    Raises
    ------
    ParameterError
        The lane has no rate.
    """
    if market.lane is None:
        return ()
    rate = parameters.get(
        "market.sea_freight_usd_per_feu", f"{market.lane.id}@{market.year}", market.lane.id
    )
    lines = [charge("freight.sea", rate, shipment, label=f"Sea freight, {market.lane.title}")]
    more = parameters.get("market.sea_surcharges_usd_per_feu", market.lane.id)
    if more.high > 0.0:
        lines.append(
            charge("freight.sea_surcharges", more, shipment, label="Surcharges on sea freight")
        )
    return tuple(lines)
