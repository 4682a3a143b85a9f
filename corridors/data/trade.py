"""Trade lanes: which direction between two regions is the headhaul."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from corridors.data.columns import read_rows
from corridors.data.paths import parameters_dir, shipped
from corridors.data.rows import value_of

WITHIN_A_REGION = "within-a-region"
"""The scope of what holds for trade within one region or country."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A region of the container trade: a title and its country codes."""

    id: str
    title: str
    countries: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeLane:
    """A trade lane, written in the direction of its headhaul.

    `laden_m_teu` and `laden_back_m_teu` are millions of laden TEU a year, None if unknown.
    """

    id: str
    title: str
    origin: Region
    destination: Region
    laden_m_teu: float | None
    laden_back_m_teu: float | None
    year: str
    source_id: str
    status: str
    note: str

    @property
    def empty_share(self) -> float | None:
        """Boxes that go back empty, as a share of those that arrive laden; None if unknown."""
        if self.laden_m_teu is None or self.laden_back_m_teu is None:
            return None
        return 1.0 - self.laden_back_m_teu / self.laden_m_teu


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """The trade lane between two countries and whether boxes travel against its headhaul."""

    lane: TradeLane
    is_back: bool

    @property
    def title(self) -> str:
        """The lane in the direction of travel: `Europe to Far East, backhaul`."""
        ends = (self.lane.origin.title, self.lane.destination.title)
        start, end = reversed(ends) if self.is_back else ends
        return f"{start} to {end}, {'backhaul' if self.is_back else 'headhaul'}"


@shipped(parameters_dir, "trade_regions.csv")
def load_regions(path: Path) -> Mapping[str, Region]:
    """Return the regions of the container trade by id."""
    rows = read_rows(path)
    return MappingProxyType(
        {row["region"]: value_of(Region, row, id=row["region"]) for row in rows}
    )


@shipped(parameters_dir, "trade_regions.csv")
def _load_region_of(path: Path) -> Mapping[str, str]:
    """Return the region of each country; of two that list it, the first."""
    regions = reversed(tuple(load_regions(path.parent).values()))
    return MappingProxyType(
        {country: region.id for region in regions for country in region.countries}
    )


@shipped(parameters_dir)
def load_trade_lanes(folder: Path) -> tuple[TradeLane, ...]:
    """Return the trade lanes of `trade_lanes.csv`."""
    regions = load_regions(folder)
    return tuple(
        value_of(
            TradeLane,
            row,
            id=row["lane"],
            origin=regions[row["from"]],
            destination=regions[row["to"]],
        )
        for row in read_rows(folder / "trade_lanes.csv")
    )


def direction_of(origin_country: str, destination_country: str) -> Direction | None:
    """Return the trade lane between two countries and its direction; None if none is listed."""
    for lane in load_trade_lanes():
        out, back = lane.origin.countries, lane.destination.countries
        if origin_country in out and destination_country in back:
            return Direction(lane=lane, is_back=False)
        if origin_country in back and destination_country in out:
            return Direction(lane=lane, is_back=True)
    return None


def trade_of(origin_country: str, destination_country: str) -> str:
    """Return the scope of what holds for the trade between two countries.

    The id of a trade lane, in either direction, or `WITHIN_A_REGION`; empty if it is neither.
    """
    direction = direction_of(origin_country, destination_country)
    if direction is not None:
        return direction.lane.id
    known = origin_country and destination_country
    inside = known and within_a_region(origin_country, destination_country)
    return WITHIN_A_REGION if inside else ""


def region_of(country: str) -> str:
    """Return the region of the container trade in which a country lies, else the country itself."""
    return _load_region_of().get(country, country)


def countries_beside(country: str) -> frozenset[str]:
    """Return the countries of the region in which a country lies, else the country alone."""
    region = load_regions().get(region_of(country))
    return frozenset((country,)) if region is None else region.countries


def within_a_region(one: str, other: str) -> bool:
    """Return whether two countries are the same or lie in one region of the container trade."""
    return region_of(one) == region_of(other)
