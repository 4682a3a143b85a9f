"""Lines known to run: loops of ships, ferries and block trains, from `lines.csv`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from corridors.arrays import FloatArray
from corridors.data.columns import each_row, read_rows, value_of
from corridors.data.geodata import (
    OTHER_PORTS,
    load_land_legs,
    load_port_calls,
    load_sea_legs,
    load_terminals,
    load_trunk_kinds,
)
from corridors.data.known import not_yet_known
from corridors.data.parameters import load_parameters
from corridors.data.paths import listed, network_dir, parameters_dir, shipped
from corridors.data.sea_areas import great_circle_km
from corridors.domain.places import (
    BEGINNING,
    END,
    AccessKind,
    AccessRule,
    ClosureWindow,
    Effect,
    Family,
    Service,
    Terminal,
    window_of,
)
from corridors.domain.values import Status

WEEKS_PER = MappingProxyType({"week": 1.0, "month": 52 / 12, "year": 52.0, "season": 0.0})
"""Weeks in the period of a frequency; a season has no fixed length."""


def departures(a_week: float) -> str:
    """Return how often something leaves, in words: `1.5 a week`, `2 a month`."""
    for per, weeks in list(WEEKS_PER.items())[:3]:
        if a_week * weeks >= 0.95:  # 0.99 a week is one
            count = a_week * weeks
            return f"{count:.{0 if count >= 10 else 1}f} a {per}".replace(".0 ", " ")
    return "less than 1 a year"


class LineKind(StrEnum):
    """Kinds of rows.

    `NONE` says that no line joins the two ends, by a search or a report; `WHOLE` that all lines and
    voyages by its ways are listed, between its two ends or anywhere. `DECLARED` is in no table: a
    scenario or corridor takes it as run.
    """

    SCHEDULED = "scheduled"
    CHARTERED = "chartered"
    DECLARED = "declared"
    NONE = "none"
    WHOLE = "whole"


class Stop(NamedTuple):
    """A terminal as a line may serve it: id, UN/LOCODE (the id without one), country, position."""

    id: str
    unlocode: str
    country: str
    lon: float
    lat: float


# These are compared by identity: arrays have no hash, and the table has each line once.
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calls:
    """Ports and terminals, with the longitudes and latitudes of those of each country."""

    codes: frozenset[str]
    positions: Mapping[str, tuple[FloatArray, FloatArray]]

    def near(self, stop: Stop, near_km: float) -> bool:
        """Return whether a terminal is one of them, or near one in its country."""
        if stop.unlocode in self.codes:
            return True
        if stop.country not in self.positions:
            return False
        lons, lats = self.positions[stop.country]
        return bool((great_circle_km(stop.lon, stop.lat, lons, lats) <= near_km).any())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LineEnds:
    """The ports, terminals and countries on one side of a line.

    `served` has every country with an end in it, none if the side is anywhere; `whole` are
    countries served as such; `calls` are the ports that the line is listed with, and `some` those
    of its regions. Of countries and regions it calls at some ports, which are not known: not at one
    whose largest ships are smaller than its own, of `teu`.
    """

    calls: Calls
    some: Calls
    whole: frozenset[str]
    served: frozenset[str]
    teu: float = 0.0

    def serve(self, stop: Stop, near_km: float) -> bool:
        """Return whether the line calls at a terminal, near it in its country, or serves that."""
        if stop.country not in self.served:
            return not self.served
        if self.calls.near(stop, near_km):
            return True
        if stop.country not in self.whole and not self.some.near(stop, near_km):
            return False
        return not self.teu or _largest_teu(stop) >= self.teu


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Line:
    """A line between the ends of two sides.

    `ways` are gates, terminals and borders that it passes, each one place or a set of alternatives.
    `frequency` is in sailings or trains per `per`, each way; None if unknown. `is_sum` marks counts
    of several lines, which are not added to single ones. `season` are the days of each year on
    which it runs, None for all; `last_seen` is the month or year of the newest source. `stops` are
    its calls in order, from the first side to the other, where these are told. It runs with the
    `services` of its modes, none for all of them. `known_from` and `end_known_from` are the days
    from which it and its last day are known, empty for always.
    """

    loop: str
    operator: str
    kind: LineKind
    modes: frozenset[Family]
    ways: tuple[frozenset[str], ...]
    one: LineEnds
    other: LineEnds
    one_way: bool
    frequency: float | None
    per: str
    window: ClosureWindow
    season: ClosureWindow | None
    is_sum: bool
    last_seen: str
    searched: date
    source_id: str
    status: Status
    bars: frozenset[str] = frozenset()
    stops: tuple[LineEnds, ...] = ()
    services: frozenset[str] = frozenset()
    known_from: str = ""
    end_known_from: str = ""

    def as_known(self, day: date) -> Line:
        """Return the line as one knew it on a day: seen till then at most, its end if known."""
        seen, window = min(self.last_seen, f"{day:%Y-%m}"), self.window
        if not_yet_known(self.end_known_from, day):
            window = replace(window, last_day=END)
        return replace(self, last_seen=seen, window=window)

    @property
    def runs(self) -> bool:
        """Whether it is a line, not a row on what is listed."""
        return self.kind not in (LineKind.NONE, LineKind.WHOLE)

    def runs_with(self, service: Service) -> bool:
        """Return whether it runs with ships or trains of a service."""
        return service.family in self.modes and (not self.services or service.id in self.services)

    @property
    def a_week(self) -> float:
        """The departures in a week, 0 where they are not known or a season's."""
        return (self.frequency or 0.0) / WEEKS_PER[self.per] if WEEKS_PER[self.per] else 0.0

    def joins(self, start: Stop, end: Stop, near_km: float) -> bool:
        """Return whether the line serves both terminals, in its direction."""
        if self.one.serve(start, near_km) and self.other.serve(end, near_km):
            return True
        return (
            not self.one_way and self.other.serve(start, near_km) and self.one.serve(end, near_km)
        )

    def runs_on(self, day: date) -> bool:
        """Return whether the line is known to run on a day; rows that are inferred never do."""
        inside = bool(self.window.within(day, day)) and self.frequency != 0.0
        in_season = self.season is None or bool(self.season.within(day, day))
        return inside and in_season and self.status is not Status.ASSUMPTION

    def stale_on(self, day: date, months: float) -> bool:
        """Return whether the newest source is older than this many months on a day, or undated.

        What a scenario declares, or lists in a timetable, is never old.
        """
        if not self.last_seen:
            return self.status is not Status.SCENARIO
        year, month = int(self.last_seen[:4]), int(self.last_seen[5:7] or 12)
        return (day.year - year) * 12 + day.month - month > months


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lines:
    """The known lines; `searched` is the last day on which lines were looked for."""

    lines: tuple[Line, ...]
    searched: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call of a dated voyage: the loop and voyage, the port's UN/LOCODE and the day.

    `departs` unless it is an arrival.
    """

    loop: str
    voyage: str
    unlocode: str
    day: date
    departs: bool
    known_from: date = BEGINNING


@shipped(parameters_dir, "voyages.csv")
def load_voyages(path: Path) -> Mapping[str, tuple[Call, ...]]:
    """Return the calls of the dated voyages of each loop, in file order."""
    voyages: dict[str, list[Call]] = {}
    for row in read_rows(path):
        call = value_of(Call, row, departs=row["kind"] == "departs")
        voyages.setdefault(call.loop, []).append(call)
    return MappingProxyType({loop: tuple(calls) for loop, calls in voyages.items()})


def known_calls(calls: Sequence[Call], known_on: date | None) -> tuple[Call, ...]:
    """Return the calls known on a day, None for today."""
    return tuple(call for call in calls if not not_yet_known(call.known_from, known_on))


@shipped(parameters_dir, "coverage.csv")
def load_coverage(path: Path) -> tuple[tuple[frozenset[str], date], ...]:
    """Return the trades whose lines are listed, as two regions or countries, and from which day."""
    return tuple(
        (frozenset({row["one"], row["other"]}), date.fromisoformat(f"{row['from_month']}-01"))
        for row in read_rows(path)
        if row["from_month"]
    )


@shipped(parameters_dir, "line_regions.csv")
def load_regions(path: Path) -> Mapping[str, tuple[str, ...]]:
    """Return the UN/LOCODEs and countries of each region of `line_regions.csv`."""
    rows = read_rows(path)
    return MappingProxyType({row["region"]: listed(row["ends"]) for row in rows})


def ends_of(names: tuple[str, ...]) -> LineEnds:
    """Return the ends that UN/LOCODEs, country codes and names of regions stand for.

    Raises
    ------
    ValueError
        A name is none of these.
    """
    return _ends(names, _Known(load_regions(), load_positions(), 0.0), anywhere=False)


@shipped(parameters_dir)
def load_lines(folder: Path) -> Lines:
    """Return the lines of `lines.csv`, with the regions of `line_regions.csv`.

    Raises
    ------
    GeodataError
        A row has an unknown kind, mode, status or end, or a day or a number that is none.
    """
    known = _Known(
        regions=load_regions(folder),
        positions=load_positions(),
        loop_teu=load_parameters().value("lines.loop_teu"),
    )
    lines = each_row(folder / "lines.csv", lambda row: _line(row, known), "loop")
    return Lines(lines=tuple(lines), searched=max(line.searched for line in lines))


@shipped(parameters_dir)
def load_legs_without_line(folder: Path) -> tuple[AccessRule, ...]:
    """Return a closure for each sea leg between two ports that no line is known to join.

    These are the rows of kind `none`; they hold in worlds that recommend known lines. A closed leg
    is closed to every mode, so that no pair is closed which a railway joins too (St Petersburg and
    Tallinn).
    """
    lines = load_lines(folder)
    near_km = load_parameters(folder).value("lines.near_km")
    ports = {t.id: t for t in load_terminals().values() if "sea" in t.services}
    stops = {name: stop_of(terminal) for name, terminal in ports.items()}
    legs = load_sea_legs()
    pairs = zip(legs.leg_from.tolist(), legs.leg_to.tolist(), strict=True)
    named = ((legs.point_ids[a], legs.point_ids[b]) for a, b in pairs)
    by_land = {frozenset(leg.id.split("--")) for leg in load_land_legs()}
    joined = [(a, b) for a, b in named if a in ports and b in ports and {a, b} not in by_land]
    return tuple(
        AccessRule(
            id=f"no-line-{start}--{end}",
            what=AccessKind.LEG,
            keys=(f"{start}--{end}",),
            effect=Effect.CLOSED,
            first_day=line.window.first_day.isoformat(),
            last_day=line.window.last_day.isoformat(),
            text=f"No container line is known to sail between {ports[start].name} and"
            f" {ports[end].name}.",
            source_id=line.source_id,
            status=line.status.value,
            as_of=line.searched.isoformat(),
        )
        for line in lines.lines
        if line.kind is LineKind.NONE and Family.SEA in line.modes
        for start, end in joined
        if line.joins(stops[start], stops[end], near_km)
    )


def stop_of(terminal: Terminal) -> Stop:
    """Return a terminal as lines may serve it."""
    code = terminal.unlocode or terminal.id
    return Stop(terminal.id, code, terminal.country, terminal.lon, terminal.lat)


@shipped(network_dir)
def load_positions(folder: Path) -> Mapping[str, tuple[float, float]]:
    """Return longitude and latitude by UN/LOCODE; a terminal has precedence over the world list."""
    ports = read_rows(folder / "ports.csv")
    positions = {row["unlocode"]: (float(row["lon"]), float(row["lat"])) for row in ports}
    for terminal in reversed(tuple(load_terminals(folder).values())):
        if terminal.unlocode:
            positions[terminal.unlocode] = terminal.lon, terminal.lat
    return MappingProxyType(positions)


def _largest_teu(stop: Stop) -> float:
    """Return the capacity of the largest ships that call at a terminal."""
    largest = load_port_calls().largest_teu
    return largest.get(stop.id) or largest.get(stop.unlocode) or largest[OTHER_PORTS]


class _Known(NamedTuple):
    """What rows refer to; `loop_teu` is the least of the ships of a loop whose size is not told."""

    regions: Mapping[str, tuple[str, ...]]
    positions: Mapping[str, tuple[float, float]]
    loop_teu: float


def _ships_teu(row: Mapping[str, str], named: Sequence[str], known: _Known) -> float:
    """Return the least size of the ships of a loop between oceans; 0 for any other line.

    Where it is not told, it is no larger than the ships that call at a port of the row.
    """
    kinds = load_trunk_kinds()
    passed = (name for way in listed(row["ways"]) for name in way.split("|"))
    if not any(kinds.get(name) == "ocean" for name in passed):
        return 0.0
    if row["teu"]:
        return float(row["teu"])
    largest = load_port_calls().largest_teu
    by_code = {t.unlocode: largest[t.id] for t in load_terminals().values() if t.id in largest}
    return min((known.loop_teu, *(by_code[code] for code in named if code in by_code)))


def _line(row: Mapping[str, str], known: _Known) -> Line:
    # Both days stand in a row or none, which its columns are held to.
    season = (f"--{row['season_from']}", f"--{row['season_to']}") if row["season_from"] else None
    kind = LineKind(row["kind"])
    sides = [listed(row[side]) for side in ("from", "to")]
    # Rows of absence, and that all are listed, hold for ports of any size.
    runs = kind not in (LineKind.NONE, LineKind.WHOLE)
    teu = _ships_teu(row, [*sides[0], *sides[1]], known) if runs else 0.0
    one, other = (_ends(side, known, anywhere=kind is LineKind.WHOLE, teu=teu) for side in sides)
    return value_of(
        Line,
        row,
        modes=frozenset(map(Family, listed(row["mode"]))),
        ways=tuple(frozenset(way.split("|")) for way in listed(row["ways"])),
        one=one,
        other=other,
        window=window_of(row["first_day"], row["last_day"]),
        season=window_of(*season) if season else None,
        is_sum=row["sum"] == "1",
    )


def _ends(names: tuple[str, ...], known: _Known, *, anywhere: bool, teu: float = 0.0) -> LineEnds:
    """Return the ends of a side: UN/LOCODEs, country codes and regions; none may mean anywhere."""
    in_regions = [end for name in names for end in known.regions.get(name, ())]
    given = [name for name in names if name not in known.regions]
    ends = [*given, *in_regions]
    wrong = [end for end in ends if len(end) not in (2, 5) or not end.isalnum()]
    if wrong or not (ends or anywhere):
        msg = f"'{';'.join(wrong)}' is no UN/LOCODE, country or region of line_regions.csv"
        raise ValueError(msg)
    return LineEnds(
        calls=_calls(given, known.positions),
        some=_calls(in_regions, known.positions),
        whole=frozenset(end for end in ends if len(end) == 2),
        served=frozenset(end[:2] for end in ends),
        teu=teu,
    )


def ends_at(calls: Mapping[str, tuple[float, float]], country: str) -> LineEnds:
    """Return the ends of a line at a place of a country: its terminals and their positions."""
    lon, lat = np.array([*calls.values()]).T
    positions = MappingProxyType({country: (lon, lat)})
    nowhere = Calls(codes=frozenset(), positions=MappingProxyType({}))
    return LineEnds(
        calls=Calls(codes=frozenset(calls), positions=positions),
        some=nowhere,
        whole=frozenset(),
        served=frozenset([country]),
    )


def _calls(ends: Sequence[str], positions: Mapping[str, tuple[float, float]]) -> Calls:
    codes = frozenset(end for end in ends if len(end) == 5)
    by_country: dict[str, list[tuple[float, float]]] = {}
    for code in sorted(codes & positions.keys()):
        by_country.setdefault(code[:2], []).append(positions[code])
    points = {country: np.array(points).T for country, points in by_country.items()}
    found = MappingProxyType({c: (lon, lat) for c, (lon, lat) in points.items()})
    return Calls(codes=codes, positions=found)
