"""Terminals, gates, services and access rules, and the windows of days of such rules."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache

from corridors.units import MONTHS_PER_YEAR

# Closure windows: between two dates, or between two days of every year; and days by month.

BEGINNING = date(1900, 1, 1)
END = date(2200, 1, 1)
# Month and day of every year, as in ISO 8601 before 2004: `--10-16`.
_YEARLY = re.compile(r"--(\d{2}-\d{2})")
_SOME_YEAR = 2001


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureWindow:
    """A range of days, inclusive.

    If `yearly`, it applies in every year; `last_day` lies in the following year if the window
    includes the new year.
    """

    first_day: date
    last_day: date
    yearly: bool = False

    def within(self, first_day: date, last_day: date) -> tuple[tuple[date, date], ...]:
        """Return in order the occurrences that overlap a range of days, not cut to the range."""
        if not self.yearly:
            touches = self.first_day <= last_day and self.last_day >= first_day
            return ((self.first_day, self.last_day),) if touches else ()
        longer = self.last_day.year - self.first_day.year
        occurrences = (
            (self.first_day.replace(year=year), self.last_day.replace(year=year + longer))
            for year in range(first_day.year - longer, last_day.year + 1)
        )
        return tuple(
            (begins, ends)
            for begins, ends in occurrences
            if begins <= last_day and ends >= first_day
        )


def window_of(first_day: str, last_day: str) -> ClosureWindow:
    """Return the window between two days as written in tables.

    Parameters
    ----------
    first_day, last_day
        ISO dates, empty if open-ended; or both `--MM-DD`, for every year.

    Raises
    ------
    ValueError
        A day has another form, only one of them is yearly, or a yearly day is 29 February.
    """
    yearly = [_YEARLY.fullmatch(text) for text in (first_day, last_day)]
    one, other = yearly
    if one and other:
        days = [f"{_SOME_YEAR}-{one[1]}", f"{_SOME_YEAR}-{other[1]}"]
        begins, ends = (date.fromisoformat(day) for day in days)
        if ends < begins:
            ends = ends.replace(year=_SOME_YEAR + 1)
        return ClosureWindow(first_day=begins, last_day=ends, yearly=True)
    if any(yearly):
        msg = f"'{first_day}' and '{last_day}': give both days as --MM-DD, or none"
        raise ValueError(msg)
    return ClosureWindow(
        first_day=date.fromisoformat(first_day) if first_day else BEGINNING,
        last_day=date.fromisoformat(last_day) if last_day else END,
    )


def months_from(first: date, count: int) -> tuple[date, ...]:
    """Return the same day of so many months in succession."""
    return tuple(months_later(first, number) for number in range(count))


def begun_in(months: Sequence[date], year: int) -> tuple[date, ...]:
    """Return the first days of months as if the first of them were in a year."""
    later = (year - months[0].year) * MONTHS_PER_YEAR
    return tuple(months_later(month, later) for month in months)


def first_full_month(day: date) -> date:
    """Return the first of the month of a day, or of the next if it is another day."""
    return day if day.day == 1 else months_later(day.replace(day=1), 1)


def months_later(day: date, months: int) -> date:
    """Return the same day so many months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


class TerminalKind(StrEnum):
    """Kinds of terminals."""

    SEAPORT = "seaport"
    RAIL_TERMINAL = "rail_terminal"
    BORDER_STATION = "border_station"
    GAUGE_YARD = "gauge_yard"
    FERRY_PORT = "ferry_port"
    RIVER_PORT = "river_port"
    DRY_PORT = "dry_port"
    JUNCTION = "junction"
    PORT = "port"
    POINT = "point"


class GateKind(StrEnum):
    """Kinds of gates. An `area` is a boundary between two sea areas, not a passage."""

    CANAL = "canal"
    STRAIT = "strait"
    CAPE = "cape"
    PASSAGE = "passage"
    AREA = "area"


class Family(StrEnum):
    """The mode of a service: the first part of its id."""

    SEA = "sea"
    RAIL = "rail"
    FERRY = "ferry"
    RIVER = "river"
    ROAD = "road"


@cache
def family_of(service: str) -> Family:
    """Return the mode of a service id: `river` for `river/lena`.

    Raises
    ------
    ValueError
        The id begins with no known mode.
    """
    return Family(service.split("/", maxsplit=1)[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """A place where boxes are loaded, unloaded or transferred, or where rail lines meet.

    `services` lists what can be loaded there: `sea` (the ship classes that call), or one service.
    Trucks need no entry where boxes are lifted. `unlocode` and `source` are empty if unknown.
    Longitude and latitude in degrees, WGS 84.
    """

    id: str
    name: str
    city: str
    main: bool
    aliases: tuple[str, ...]
    kind: TerminalKind
    country: str
    lon: float
    lat: float
    unlocode: str
    services: tuple[str, ...]
    gauges_mm: tuple[int, ...]
    source: str
    status: str
    note: str = ""

    @property
    def lifts_boxes(self) -> bool:
        """Whether boxes are lifted between vehicles here, so that a truck can take one."""
        at_line = (TerminalKind.JUNCTION, TerminalKind.BORDER_STATION)
        return bool(self.services) and self.kind not in at_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A passage recorded on every sea route that uses it; limits in metres, None for no limit.

    `part_laden` are the ship classes that pass although their full draft is too deep, because they
    come with part of their load. Ships with an ice class, which serve the Arctic, pass only where
    `ice_ships`. `cut` is a line of (lon, lat) from coast to coast through the points: no way leads
    across it but through them. Distances that name no ship leave out a gate that is
    `shut_by_default`.
    """

    id: str
    name: str
    kind: GateKind
    points: tuple[str, ...]
    max_draft_m: float | None
    max_beam_m: float | None
    max_loa_m: float | None
    country: str
    source: str
    status: str
    note: str = ""
    part_laden: tuple[str, ...] = ()
    ice_ships: bool = True
    cut: tuple[tuple[float, float], ...] = ()
    shut_by_default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A transport operation category (ISO 14083): ship class, train product, ferry, truck.

    `systems` are the rail systems it uses. It runs in `countries`, or anywhere if empty; a ship
    calls only there. Dimensions in metres, None if they do not apply. `mean_ship_to` is the group
    of countries whose trade with the trade regions or countries `mean_ship_from` has ships of this
    class on average; empty for none.
    """

    id: str
    title: str
    family: Family
    systems: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    ice_class: str = ""
    draft_m: float | None = None
    beam_m: float | None = None
    loa_m: float | None = None
    default: bool = True
    mean_ship_to: str = ""
    mean_ship_from: tuple[str, ...] = ()
    colour: str = "#444444"

    @property
    def has_ice_class(self) -> bool:
        """Whether it is a ship built for ice."""
        return self.ice_class not in ("", "none")

    def calls_in(self, country: str) -> bool:
        """Return whether it is handled in a country."""
        return not self.countries or country in self.countries


class AccessKind(StrEnum):
    """What a rule applies to.

    `port` are the ships of a place, `feeder` are its feeders from and to other countries, `transit`
    is a country that holds neither end of the route, `railways` are those of a country, `customs`
    is where boxes come under the customs of a country: not where they only change ships, `trade` is
    the whole way between two countries, whatever it passes: the rule's origin and destination say
    between which.
    `any` is anything of that name, since closures of a scenario give no kind.
    """

    PLACE = "place"
    PORT = "port"
    FEEDER = "feeder"
    LEG = "leg"
    BORDER = "border"
    COUNTRY = "country"
    TRANSIT = "transit"
    RAILWAYS = "railways"
    CUSTOMS = "customs"
    TRADE = "trade"
    SERVICE = "service"
    ANY = "any"


class Effect(StrEnum):
    """Effect of a rule.

    `barred` is `closed` in a world whose bans hold, and a warning in others. `unknown` becomes a
    warning. `delay` lets boxes pass, later.
    """

    CLOSED = "closed"
    BARRED = "barred"
    WARNING = "warning"
    UNKNOWN = "unknown"
    DELAY = "delay"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRule:
    """A dated fact about access: a closure, a ban, a delay, or a doubt that becomes a warning.

    `keys` name what it applies to, none for `trade`. Dates are ISO, inclusive, empty if open-ended;
    or both are `--MM-DD`, for every year. The rule applies to boxes of a class in `cargo`, or any
    cargo if empty, from a country of `origin` to one of `destination`: country codes, `!` before
    those that are left out, any country if empty. `law` is the authority with the article, of a
    ban. `hours` are those of a delay on its first and on its last day; a straight line joins them.
    `subject` says in a few words what a warning is about. `known_from` and `end_known_from` are the
    days from which it and its last day are known, empty for always.
    """

    id: str
    what: AccessKind
    keys: tuple[str, ...]
    effect: Effect
    first_day: str
    last_day: str
    text: str
    source_id: str
    status: str
    as_of: str
    origin: tuple[str, ...] = ()
    destination: tuple[str, ...] = ()
    cargo: tuple[str, ...] = ()
    law: str = ""
    hours: tuple[float, float] = (0.0, 0.0)
    subject: str = ""
    known_from: str = ""
    end_known_from: str = ""

    @property
    def window(self) -> ClosureWindow:
        """The days on which it applies."""
        return window_of(self.first_day, self.last_day)

    @property
    def without_end(self) -> AccessRule:
        """The rule as long as nobody knows its end; a delay stays what it is on its first day."""
        if self.effect is not Effect.DELAY:
            return replace(self, last_day="")
        return replace(self, last_day=END.isoformat(), hours=(self.hours[0], self.hours[0]))

    @property
    def reason(self) -> str:
        """Its text, with authority, article and first day if it is a ban."""
        if not self.law:
            return self.text
        since = f", since {self.first_day}" if self.first_day else ""
        return f"{self.text.removesuffix('.')} ({self.law}{since})."

    @property
    def news(self) -> str:
        """The day of its last news in words."""
        day = date.fromisoformat(self.as_of)
        return f"as of {day.day} {day:%B %Y}"

    @property
    def dated_reason(self) -> str:
        """Its reason, with the day of the last news where it began and no source ends it."""
        is_open = self.first_day and not self.last_day
        return f"{self.reason} ({self.news})" if is_open else self.reason

    def hours_on(self, day: date) -> float:
        """Return the hours by which it delays boxes on a day, 0 outside its days."""
        window, (first, last) = self.window, self.hours
        if not window.within(day, day):
            return 0.0
        share = (day - window.first_day).days / max((window.last_day - window.first_day).days, 1)
        return first + share * (last - first)
