"""Turning rows of own tables into terminals, legs and rates."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from math import hypot
from typing import TypeVar

from corridors.data.geodata import LandLeg, gauge_mm, load_services
from corridors.data.own.own_rows import OwnRow
from corridors.data.parameters import load_parameters
from corridors.data.paths import listed
from corridors.data.sea_areas import great_circle_km
from corridors.domain.places import Family, Service, Terminal, TerminalKind
from corridors.domain.values import SourcedValue, Status
from corridors.errors import MOST_SHOWN, ConfigError

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


# Checks of own terminals, legs and rates against the shipped network and tables.

# A terminal that replaces a shipped one takes over its legs, so it must be the same place.
SAME_PLACE_KM = 50.0
# A drawn line must run from terminal to terminal.
LINE_END_KM = 25.0
# Distances on a sphere are off by up to 0.5 %, and lengths are rounded to 0.1 km.
SHORTEST = 0.994
ROUNDING_KM = 0.1


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the great-circle distance of two points (lon, lat) in km."""
    return float(great_circle_km(*a, *b))


def spot(terminal: Terminal) -> tuple[float, float]:
    """Return the position of a terminal, (lon, lat)."""
    return terminal.lon, terminal.lat


def terminal_faults(
    row: Placed, shipped: Terminal | None, codes: Mapping[str, str]
) -> Iterator[str]:
    """Yield the faults of an own terminal that moves a shipped one or takes its UN/LOCODE."""
    terminal = row.terminal
    if terminal is None:
        return
    if shipped is not None:
        off_km = distance_km(spot(terminal), spot(shipped))
        if off_km > SAME_PLACE_KM:
            yield (
                f"{row.where}: lies {off_km:.0f} km from the shipped {terminal.id}, whose legs it"
                f" would use; the limit is {SAME_PLACE_KM:.0f} km. Give it another id"
            )
    holder = codes.get(terminal.unlocode, terminal.id)
    if terminal.unlocode and holder != terminal.id:
        yield (
            f"{row.where}: unlocode {terminal.unlocode} belongs to the shipped {holder};"
            f" leave it empty, or use the id {holder} to replace it"
        )


def fitted_legs(
    rows: Iterable[Placed], places: Mapping[str, Terminal], *, faults: list[str]
) -> list[Placed]:
    """Return own legs with countries and line completed from their terminals; add to faults."""
    fitted = []
    for row in rows:
        leg = row.leg
        if leg is None:
            continue
        missing = [end for end in (leg.from_id, leg.to_id) if end not in places]
        if missing:
            faults.extend(
                f"{row.where}: no terminal '{end}'"
                + (_near(end, places) if len(faults) < MOST_SHOWN else "")
                for end in missing
            )
            continue
        a, b = places[leg.from_id], places[leg.to_id]
        direct_km = distance_km(spot(a), spot(b))
        if leg.length_km < direct_km * SHORTEST - ROUNDING_KM:
            faults.append(
                f"{row.where}: km: {leg.length_km:g} is shorter than the great circle,"
                f" {direct_km:.1f} km. Correct the length, or the positions of the terminals"
            )
        ends = (spot(a), spot(b))
        line = _directed(leg.line, ends)
        off_km = max(map(distance_km, (line[0], line[-1]), ends))
        if off_km > LINE_END_KM:
            faults.append(
                f"{row.where}: line: ends {off_km:.0f} km from its terminal; the limit"
                f" is {LINE_END_KM:.0f} km"
            )
        countries = leg.countries or tuple(dict.fromkeys((a.country, b.country)))
        fitted.append(replace(row, leg=replace(leg, countries=countries, line=line)))
    return fitted


def _directed(line: Line, ends: tuple[tuple[float, float], tuple[float, float]]) -> Line:
    """Return the line in the direction of the ends, or a straight one if there is none."""
    if not line:
        return ends

    def off(line: Line) -> float:
        return hypot(distance_km(line[0], ends[0]), distance_km(line[-1], ends[1]))

    return line if off(line) <= off(line[::-1]) else line[::-1]


def _near(end: str, places: Mapping[str, Terminal]) -> str:
    import difflib

    close = difflib.get_close_matches(end, places, n=1, cutoff=0.7)
    return f", did you mean '{close[0]}'?" if close else ", add it to terminals.csv"


def rate_faults(rows: Iterable[Placed], places: Mapping[str, Terminal]) -> Iterator[str]:
    """Yield the faults of own rates: unknown parameters, unused scopes, other units, bounds."""
    table = load_parameters()
    units: dict[str, dict[str, None]] = {}
    for value in table.rows:
        units.setdefault(value.parameter, {})[value.unit] = None
    services = load_services()
    countries = {t.country for t in places.values() if t.country} | set(table.regions)
    scopes = {value.scope for value in table.rows} | {"", *places, *countries}
    scopes |= {service.id for service in services}
    scopes |= {f"{a}-{b}" for a, b in combinations(sorted(countries), 2)}
    unknown = 0
    for row in rows:
        rate = row.rate
        if rate is None:
            continue
        known = units.get(rate.parameter)
        if known is None:
            unknown += 1
            near = _near_parameter(rate.parameter, units) if unknown <= MOST_SHOWN else ""
            yield f"{row.where}: parameter: unknown '{rate.parameter[:80]}'{near}"
            continue
        if rate.unit not in known:
            yield (
                f"{row.where}: unit: '{rate.unit[:40]}' differs from the unit in the table,"
                f" '{' or '.join(known)}'. Convert the value"
            )
        outside = table.out_of_bounds(rate.parameter, rate.value, rate.low, rate.high)
        if outside:
            yield f"{row.where}: value: {outside}"
        if not all(part in scopes for part in rate.scope.split("@")):
            yield (
                f"{row.where}: scope: '{rate.scope[:80]}' is not a scope. A scope is empty, a"
                " country, a terminal, a service, a border such as CN-KZ, two of them joined by @,"
                " or one that the parameter already has"
            )


def _near_parameter(name: str, known: Iterable[str]) -> str:
    import difflib

    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f", did you mean '{close[0]}'?" if close else ". See: corridors list parameters"
