"""Checks of own terminals, legs and rates against the shipped network and tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from math import hypot

from corridors.data.own.own_tables import Line, Placed
from corridors.data.parameters import load_parameters
from corridors.data.services import load_services
from corridors.data.sphere import great_circle_km
from corridors.domain.places import Terminal
from corridors.errors import MOST_SHOWN

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
