"""Dated access rules of a world."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType

from corridors.data.columns import read_rows, value_of
from corridors.data.known import known_rows
from corridors.data.lines import load_coverage, load_legs_without_line
from corridors.data.parameters import load_country_groups
from corridors.data.paths import cached_while_unchanged, listed, parameters_dir, shipped
from corridors.domain.places import END, AccessKind, AccessRule, Effect
from corridors.domain.scenario import PriceBasis
from corridors.errors import ConfigError, GeodataError

# Trade lanes: which direction between two regions is the headhaul.

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


# The title of a world over days on which it has several.
ON_EACH_DAY = "As things are on each day of departure"


@shipped(parameters_dir, "worlds.csv")
def _load_worlds(path: Path) -> Mapping[str, Mapping[str, str]]:
    """Return the row of each world by id."""
    rows = read_rows(path)
    return MappingProxyType({cells["id"]: MappingProxyType(cells) for cells in rows})


def load_worlds(folder: Path | None = None) -> tuple[str, ...]:
    """Return the ids of the worlds that a scenario may name."""
    return tuple(_load_worlds(folder))


def load_world_titles() -> Mapping[str, tuple[str, str]]:
    """Return the title of each world by id, as of the latest day known, and its note."""
    worlds = _load_worlds().items()
    return {name: (title_on(name, None), cells["note"]) for name, cells in worlds}


def title_on(world: str, day: date | None, *, known_on: date | None = None) -> str:
    """Return the title of a world for a departure on a day; the id if it is not listed.

    A world may have two titles: one while it closes a place, and one for all other days. The month
    that a title tells is that of the day, at latest that of the newest source, or `known_on`. None
    is the latest day known.
    """
    cells = _load_worlds().get(world)
    if cells is None:
        return world
    day, title = day or END, cells["title"]
    if place := cells["while_closed"]:
        closes = [
            rule
            for rule in load_access(world, known_on=known_on)
            if (rule.what, rule.effect) == (AccessKind.PLACE, Effect.CLOSED)
            and place in rule.keys
            and rule.window.within(day, day)
        ]
        title = title if closes else cells["title_else"]
        day = min([day, *(date.fromisoformat(rule.as_of) for rule in closes if not rule.last_day)])
        day = min(day, known_on or day)
    return title.format(month=f"{day:%B %Y}")


def world_words(world: str) -> str:
    """Return a world in a few words: `things as they are`."""
    cells = _load_worlds().get(world)
    return world if cells is None else cells["words"]


def title_over(world: str, days: Collection[date]) -> str:
    """Return the title of a world for departures on several days; see `title_on`.

    Where the title is another on some of them, it says that the world is that of each departure.
    None is the latest day known.
    """
    titles = {title_on(world, day) for day in days} or {title_on(world, None)}
    return titles.pop() if len(titles) == 1 else ON_EACH_DAY


def war_risk_is_dated(world: str, folder: Path | None = None) -> bool:
    """Return whether a world uses the war-risk premiums of the year of departure."""
    return _is_set(world, "war_risk_dated", folder)


def _is_set(world: str, switch: str, folder: Path | None) -> bool:
    return _load_worlds(folder).get(world, {}).get(switch) == "1"


def load_worlds_of_lines(folder: Path | None = None) -> frozenset[str]:
    """Return the worlds that recommend only what is known to be scheduled or chartered."""
    return frozenset(
        world for world in load_worlds(folder) if _is_set(world, "known_lines", folder)
    )


def basis_in(world: str) -> PriceBasis:
    """Return what a world compares by default: what is quoted where lines are known to run."""
    return PriceBasis.PRICE if world in load_worlds_of_lines() else PriceBasis.COST


def lines_count(world: str, day: date, ends: tuple[str, str]) -> bool:
    """Return whether a world recommends known lines between two countries on a day.

    It does where `coverage.csv` says that their trade's lines are listed from that day or before:
    elsewhere an empty cell means nothing.
    """
    return world in load_worlds_of_lines() and is_trade_listed(day, ends)


def is_trade_listed(day: date, ends: tuple[str, str]) -> bool:
    """Return whether the lines between two countries are listed on a day, by `coverage.csv`."""
    sides = [{country, region_of(country)} for country in ends]
    trades = {frozenset({one, other}) for one in sides[0] for other in sides[1]}
    return any(first <= day and trade in trades for trade, first in load_coverage())


def load_access(
    world: str, folder: Path | None = None, *, known_on: date | None = None
) -> tuple[AccessRule, ...]:
    """Return the rules of a world, its bans closed if they hold in it, else warnings.

    Parameters
    ----------
    world
        A row of `worlds.csv`. A rule applies if its `worlds` lists it; `*` is every world, and
        `*;!2019` every world but one. Worlds that recommend known lines also close the sea legs
        that no line is known to sail.
    folder
        Folder of the CSV files. None for the shipped one.
    known_on
        The day as of which rules are known, None for today.

    Raises
    ------
    ConfigError
        The world is unknown.
    GeodataError
        A rule has an unknown kind or effect, its days are neither ISO dates nor both yearly
        (`--10-16`), it ends after its last news, or the hours of a delay are no numbers.
    """
    worlds = load_worlds(folder)
    if world not in worlds:
        import difflib

        near = difflib.get_close_matches(world, worlds, n=1, cutoff=0.4)
        hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(worlds)}"
        msg = f"world: unknown world '{world}', {hint}"
        raise ConfigError(msg)
    rules = _rules((folder or parameters_dir()) / "access.csv")
    bars = Effect.CLOSED if _is_set(world, "bans", folder) else Effect.WARNING
    held = known_rows(
        [rule for held_in, rule in rules if _names(held_in, world)],
        known_on,
        without_end=attrgetter("without_end"),
    )
    if known_on is not None:
        held = tuple(replace(rule, as_of=min(rule.as_of, f"{known_on}")) for rule in held)
    found = tuple(
        replace(rule, effect=bars) if rule.effect is Effect.BARRED else rule for rule in held
    )
    if world not in load_worlds_of_lines(folder):
        return found
    return (*found, *load_legs_without_line(folder))


def rules_for(
    rules: Sequence[AccessRule], *, cargo: Collection[str], ends: tuple[str, str]
) -> tuple[AccessRule, ...]:
    """Return the rules that apply to boxes between two countries.

    `cargo` are the classes of the goods, `ends` the country codes of origin and destination.
    """
    origin, destination = ends
    return tuple(
        rule
        for rule in rules
        if (not rule.cargo or set(rule.cargo) & set(cargo))
        and _names(rule.origin, origin)
        and _names(rule.destination, destination)
        and (rule.what is not AccessKind.TRADE or origin != destination)
    )


def _names(listed: Collection[str], name: str) -> bool:
    """Return whether a list names something: itself, by `*`, or by only leaving others out."""
    if f"!{name}" in listed:
        return False
    return name in listed or "*" in listed or all(one.startswith("!") for one in listed)


@cached_while_unchanged
def _rules(path: Path) -> tuple[tuple[frozenset[str], AccessRule], ...]:
    """Return every rule with its worlds."""
    rules = []
    groups = load_country_groups()
    for cells in read_rows(path):
        _check(cells)
        first, _, last = (cells["hours"] or "0").partition(">")
        rule = value_of(
            AccessRule,
            cells,
            keys=listed(cells["key"]),
            origin=_countries(cells["origin"], groups),
            destination=_countries(cells["destination"], groups),
            hours=(float(first), float(last or first)),
        )
        rules.append((frozenset(listed(cells["worlds"])), rule))
    return tuple(rules)


def _countries(text: str, groups: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return country codes, those of groups one by one, with the `!` of what is left out."""
    return tuple(
        f"{'!' * name.startswith('!')}{code}"
        for name in listed(text)
        for code in groups.get(name.lstrip("!"), (name.lstrip("!"),))
    )


def _check(cells: dict[str, str]) -> None:
    where = f"access.csv:{cells['__line__']}: {cells['id']}"
    days = (cells["first_day"], cells["last_day"])
    if (cells["effect"] == Effect.DELAY) != bool(cells["hours"]):
        msg = f"{where}: hours '{cells['hours']}': give those of a delay, as 90 or 90>0, else none"
        raise GeodataError(msg)
    if cells["hours"] and not all(day[:1].isdigit() for day in days):
        msg = f"{where}: a delay needs its first and its last day"
        raise GeodataError(msg)
    if not cells["law"] and not days[1].startswith("--") and cells["as_of"] < days[1]:
        msg = f"{where}: ends on {days[1]}, after its last news of {cells['as_of']}: leave it open"
        msg += ", or say in law what ends it"
        raise GeodataError(msg)
    if len({day.startswith("--") for day in days}) > 1:
        msg = f"{where}: first_day and last_day must both be dates, or both days of every year"
        raise GeodataError(msg)
