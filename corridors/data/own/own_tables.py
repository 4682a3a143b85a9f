"""Turning rows of own tables into terminals, legs and rates."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from corridors.data.geodata import LandLeg
from corridors.data.own.own_files import OwnRow
from corridors.data.paths import listed
from corridors.data.services import gauge_mm, load_services
from corridors.domain.places import Family, Service, Terminal, TerminalKind
from corridors.domain.values import SourcedValue, Status
from corridors.errors import ConfigError

ID = re.compile(r"[a-z0-9]+([-_.][a-z0-9]+)*")
COUNTRY = re.compile(r"[A-Z]{2}")
UNLOCODE = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")
WKT = re.compile(r"\s*LINESTRING\s*\(([^()]*)\)\s*", re.IGNORECASE)
MAX_ID_CHARACTERS = 60
MOST_FAULTS = 1000
SAME_GAUGE_MM = 5
LONGEST_KM = 20_000.0
KINDS = tuple(kind for kind in TerminalKind if kind not in (TerminalKind.PORT, TerminalKind.POINT))
STATUSES = tuple(status for status in Status if status is not Status.SCENARIO)

Made = TypeVar("Made")
Line = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A terminal, leg or rate, with its position in faults (`where`) and in outputs (`brief`)."""

    where: str
    brief: str
    terminal: Terminal | None = None
    leg: LandLeg | None = None
    rate: SourcedValue | None = None


class Few(list[str]):
    """Faults, up to `MOST_FAULTS`: data with that many are not what was meant."""

    def append(self, fault: str) -> None:
        """Add a fault.

        Raises
        ------
        ConfigError
            There are too many.
        """
        super().append(fault)
        if len(self) >= MOST_FAULTS:
            raise ConfigError(self)

    def extend(self, faults: Iterable[str]) -> None:
        """Add faults one by one."""
        for fault in faults:
            self.append(fault)


class Faults:
    """Collects the faults of rows, up to `MOST_FAULTS`."""

    def __init__(self) -> None:
        self.found = Few()

    def add(self, row: OwnRow, column: str, what: str) -> None:
        """Add a fault of a cell.

        Raises
        ------
        ConfigError
            There are too many.
        """
        self.found.append(f"{row.where}: {column}: {what}")

    def number(self, row: OwnRow, column: str, *, least: float, most: float) -> float:
        """Return a cell as a number within bounds; otherwise add a fault and return nan."""
        text = row.get(column)
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not least <= value <= most:
            given = f"'{text[:40]}'" if text else "nothing"
            self.add(row, column, f"must be a number from {least:g} to {most:g}, got {given}")
            return math.nan
        return value

    def one_of(self, row: OwnRow, column: str, known: Iterable[str], *, default: str = "") -> str:
        """Return a cell that must be one of some words; empty cells take the default."""
        text = row.get(column) or default
        words = [str(word) for word in known]
        if text not in words:
            self.add(row, column, f"unknown '{text[:80]}', use {', '.join(words)}")
        return text


def terminals_of(rows: Iterable[OwnRow], faults: Faults) -> list[Placed]:
    """Return the terminals of own rows; add to faults."""
    services = load_services()
    known = ["sea", "hub", *(service.id for service in services)]
    return _each(
        rows,
        faults,
        lambda row: Placed(
            where=row.where, brief=row.brief, terminal=_terminal(row, known, services, faults)
        ),
    )


def _terminal(
    row: OwnRow, known: list[str], services: tuple[Service, ...], faults: Faults
) -> Terminal:
    name, city = row.get("name"), row.get("city")
    _check_id(row, "id", faults)
    if not name:
        faults.add(row, "name", "must not be empty")
    if not COUNTRY.fullmatch(row.get("country")):
        faults.add(
            row, "country", f"must be a code of two letters, got '{row.get('country')[:40]}'"
        )
    if row.get("unlocode") and not UNLOCODE.fullmatch(row.get("unlocode")):
        faults.add(row, "unlocode", f"'{row.get('unlocode')[:40]}' is not a UN/LOCODE")
    offered = listed(row.get("services"))
    for service in offered:
        if service not in known:
            faults.add(row, "services", f"unknown '{service[:80]}', use {', '.join(known)}")
    usual = "junction" if not offered else "seaport" if "sea" in offered else "rail_terminal"
    kind = faults.one_of(row, "kind", KINDS, default=usual)
    gauges = {gauge_mm(s) for s in services if s.id in offered and s.family is Family.RAIL}
    given = listed(row.get("gauges_mm"))
    if not all(gauge.isdecimal() for gauge in given):
        faults.add(
            row, "gauges_mm", f"must be whole mm separated by ;, got '{';'.join(given)[:40]}'"
        )
        given = ()
    return Terminal(
        id=row.get("id"),
        name=name,
        city=city or name,
        main=faults.one_of(row, "main", ("0", "1"), default="0") == "1",
        aliases=listed(row.get("aliases")),
        kind=TerminalKind(kind) if kind in KINDS else TerminalKind.JUNCTION,
        country=row.get("country"),
        lon=faults.number(row, "lon", least=-180.0, most=180.0),
        lat=faults.number(row, "lat", least=-90.0, most=90.0),
        unlocode=row.get("unlocode"),
        services=offered,
        gauges_mm=tuple(int(gauge) for gauge in given) or tuple(sorted(g for g in gauges if g)),
        source=row.get("source") or f"own data, {row.brief}",
        status=faults.one_of(row, "status", STATUSES, default="assumption"),
        note=row.get("note"),
    )


def legs_of(rows: Iterable[OwnRow], faults: Faults) -> list[Placed]:
    """Return the legs of own rows; add to faults."""
    systems: dict[str, int] = {"road": 0}
    for service in load_services():
        if service.family in (Family.FERRY, Family.RIVER):
            systems[service.id] = 0
        for system in service.systems:
            systems[system] = gauge_mm(service) or 0
    return _each(
        rows,
        faults,
        lambda row: Placed(where=row.where, brief=row.brief, leg=_leg(row, systems, faults)),
    )


def _leg(row: OwnRow, systems: Mapping[str, int], faults: Faults) -> LandLeg:
    ends = row.get("from"), row.get("to")
    for column in ("from", "to"):
        _check_id(row, column, faults)
    if ends[0] == ends[1]:
        faults.add(row, "to", f"'{ends[1][:80]}' is also where the leg begins")
    system = faults.one_of(row, "system", systems)
    gauge = systems.get(system, 0)
    if row.get("gauge_mm") not in ("", str(gauge)):
        faults.add(
            row,
            "gauge_mm",
            f"system {system[:40]} uses {gauge} mm, not {row.get('gauge_mm')[:20]}",
        )
    countries = listed(row.get("countries"))
    if len(countries) > 2 or not all(COUNTRY.fullmatch(code) for code in countries):
        faults.add(
            row, "countries", "must be one code of two letters, or two separated by ; at a border"
        )
    hours = row.get("hours")
    source = row.get("source")
    return LandLeg(
        id=f"{ends[0]}--{ends[1]}",
        from_id=ends[0],
        to_id=ends[1],
        system=system,
        countries=countries,
        gauge_mm=gauge,
        length_km=faults.number(row, "km", least=0.001, most=LONGEST_KM),
        published_km=None,
        calibrated=False,
        source=f"{source} (own data, {row.brief})" if source else f"own data, {row.brief}",
        status=faults.one_of(row, "status", STATUSES, default="assumption"),
        project=row.get("project"),
        line_index=-1,
        row=0,
        line=_line(row, faults),
        hours=faults.number(row, "hours", least=0.01, most=2000.0) if hours else None,
    )


def _line(row: OwnRow, faults: Faults) -> Line:
    text = row.get("line")
    if not text:
        return ()
    match = WKT.fullmatch(text)
    points = []
    try:
        for pair in match[1].split(",") if match else ():
            lon, lat = pair.split()
            points.append((float(lon), float(lat)))
    except ValueError:
        points = []
    if len(points) < 2 or not all(abs(lon) <= 360 and abs(lat) <= 90 for lon, lat in points):
        faults.add(row, "line", "must be WKT in degrees, such as LINESTRING (60.1 55.2, 60.3 55.4)")
        return ()
    return tuple(points)


def rates_of(rows: Iterable[OwnRow], faults: Faults) -> list[Placed]:
    """Return the rates of own rows; add to faults."""
    return _each(
        rows, faults, lambda row: Placed(where=row.where, brief=row.brief, rate=_rate(row, faults))
    )


def _rate(row: OwnRow, faults: Faults) -> SourcedValue:
    most = 1e12
    value = faults.number(row, "value", least=-most, most=most)
    low, high = (
        faults.number(row, column, least=-most, most=most) if row.get(column) else value
        for column in ("low", "high")
    )
    if low > value or value > high:
        faults.add(row, "value", f"low {low:g}, value {value:g}, high {high:g} are out of order")
    if not row.get("source_id"):
        faults.add(row, "source_id", "must not be empty: a key of sources.csv, or your own words")
    year = row.get("currency_year")
    if year and not re.fullmatch(r"(19|20)\d\d", year):
        faults.add(row, "currency_year", f"must be a year such as 2025, got '{year[:40]}'")
        year = ""
    status = faults.one_of(row, "status", STATUSES)
    return SourcedValue(
        parameter=row.get("parameter"),
        scope=row.get("scope"),
        value=value,
        low=low,
        high=high,
        unit=row.get("unit"),
        currency_year=int(year) if year else None,
        source_id=row.get("source_id"),
        status=Status(status) if status in STATUSES else Status.ASSUMPTION,
        note=row.get("note") or f"own data, {row.brief}",
    )


def _check_id(row: OwnRow, column: str, faults: Faults) -> None:
    text = row.get(column)
    if not ID.fullmatch(text) or len(text) > MAX_ID_CHARACTERS:
        what = f"at most {MAX_ID_CHARACTERS} lower-case letters and digits, with - _ . between them"
        faults.add(row, column, f"an id is {what}, got '{text[:80]}'")


def _each(rows: Iterable[OwnRow], faults: Faults, make: Callable[[OwnRow], Made]) -> list[Made]:
    """Return the values of the rows without faults."""
    made = []
    for row in rows:
        before = len(faults.found)
        one = make(row)
        if len(faults.found) == before:
            made.append(one)
    return made
