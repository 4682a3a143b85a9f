"""A network in plain values, the common form of all exchange formats."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from corridors.data.geodata import (
    LandLeg,
    line_of,
    load_gates,
    load_sea_lanes,
    load_sea_legs,
    load_services,
)
from corridors.data.own import Overlay
from corridors.data.own.own_rows import refuse
from corridors.domain.places import Family
from corridors.network.sea.sea_ways import shipped_line
from corridors.units import km_from_nm

Line = tuple[tuple[float, float], ...]
SEA = "sea"
# What stands before the row of a leg at sea in the id of its link.
SEA_ROW = "#sea"
COORDINATE_DECIMALS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeNode:
    """A terminal or a gate point; degrees in WGS 84."""

    id: str
    name: str
    country: str
    lon: float
    lat: float
    kind: str = ""
    unlocode: str = ""
    services: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeLink:
    """A leg between two nodes, in both directions; the gauge is 0 without rails."""

    id: str
    from_id: str
    to_id: str
    system: str
    km: float
    gauge_mm: int
    countries: str
    source: str
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeNetwork:
    """Nodes and links of a network."""

    nodes: tuple[ExchangeNode, ...]
    links: tuple[ExchangeLink, ...]


def family_of(system: str) -> str:
    """Return the mode of a system: `rail`, `ferry`, `river`, `road` or `sea`."""
    families = {service.id: service.family for service in load_services()}
    family = families.get(system, Family.SEA if system == SEA else Family.RAIL)
    return family.value


def exchange_network(overlay: Overlay, *, sea: bool = True) -> ExchangeNetwork:
    """Return the terminals and legs of a network, with sea legs and gates by default."""
    nodes = {
        t.id: ExchangeNode(
            id=t.id,
            name=t.name,
            country=t.country,
            lon=t.lon,
            lat=t.lat,
            kind=t.kind.value,
            unlocode=t.unlocode,
            services=";".join(t.services),
        )
        for t in overlay.terminals.values()
    }
    links = [_land(leg) for leg in overlay.legs]
    if sea:
        links += _sea(nodes)
    return ExchangeNetwork(nodes=tuple(nodes.values()), links=tuple(links))


def part_of(network: ExchangeNetwork, legs: Collection[str | int]) -> ExchangeNetwork:
    """Return some links of a network, with their nodes.

    Parameters
    ----------
    network
        The network.
    legs
        Land legs by id, legs at sea by their row of the shipped lanes.
    """
    kept = tuple(
        link
        for link in network.links
        if (int(link.id.rpartition(SEA_ROW)[2]) if link.system == SEA else link.id) in legs
    )
    ends = {end for link in kept for end in (link.from_id, link.to_id)}
    return ExchangeNetwork(nodes=tuple(n for n in network.nodes if n.id in ends), links=kept)


def _land(leg: LandLeg) -> ExchangeLink:
    return ExchangeLink(
        id=leg.id,
        from_id=leg.from_id,
        to_id=leg.to_id,
        system=leg.system,
        km=leg.length_km,
        gauge_mm=leg.gauge_mm,
        countries=";".join(leg.countries),
        source=leg.source,
        line=_rounded(line_of(leg)),
    )


def _sea(nodes: dict[str, ExchangeNode]) -> list[ExchangeLink]:
    lanes, legs = load_sea_lanes(), load_sea_legs()
    gate_of = {point: gate for gate in load_gates() for point in gate.points}
    for point, node in zip(lanes.point_ids, lanes.point_node.tolist(), strict=True):
        gate = gate_of.get(point)
        if point not in nodes:
            nodes[point] = ExchangeNode(
                id=point,
                name=gate.name if gate else point,
                country=gate.country if gate else "",
                lon=float(lanes.node_lon[node]),
                lat=float(lanes.node_lat[node]),
                kind=gate.kind.value if gate else "port",
            )
    names = legs.point_ids
    ends = zip(legs.leg_from.tolist(), legs.leg_to.tolist(), legs.leg_nm.tolist(), strict=True)
    return [
        ExchangeLink(
            id=f"{names[a]}--{names[b]}{SEA_ROW}{row}",
            from_id=names[a],
            to_id=names[b],
            system=SEA,
            km=km_from_nm(nm),
            gauge_mm=0,
            countries="",
            source="sea lanes",
            line=_rounded(shipped_line(row, lanes)),
        )
        for row, (a, b, nm) in enumerate(ends)
    ]


def _rounded(line: Line) -> Line:
    return tuple(
        (round(lon, COORDINATE_DECIMALS), round(lat, COORDINATE_DECIMALS)) for lon, lat in line
    )


def wkt_of(line: Line) -> str:
    """Return a line as WKT; empty for an empty line."""
    if not line:
        return ""
    return f"LINESTRING ({', '.join(f'{lon:.10g} {lat:.10g}' for lon, lat in line)})"


def line_of_wkt(text: str) -> Line:
    """Return the points of a WKT line.

    Raises
    ------
    ValueError
        The text is not a line of pairs of numbers.
    """
    inside = text.strip().removeprefix("LINESTRING").strip()
    if not inside or inside == "EMPTY":
        return ()
    if not (inside.startswith("(") and inside.endswith(")")):
        msg = "not a line"
        raise ValueError(msg)
    pairs = [pair.split() for pair in inside[1:-1].split(",")]
    return tuple((float(lon), float(lat)) for lon, lat in pairs)


LONGITUDES = (-360.0, 360.0)
LATITUDES = (-90.0, 90.0)
LONGEST_KM = 40_000.0
_GAUGE = re.compile(r"\d{1,4}(\.0*)?")
MAX_CHARACTERS = 40


def number_in(text: str, at: str, bounds: tuple[float, float]) -> float:
    """Return a cell as a number within bounds.

    Raises
    ------
    ConfigError
        It is no number, not finite, or outside of the bounds.
    """
    try:
        value = float(text) if len(text) <= MAX_CHARACTERS else float("nan")
    except ValueError:
        value = float("nan")
    low, high = bounds
    if not low <= value <= high:
        refuse(at, f"must be a number from {low:g} to {high:g}, got '{text[:MAX_CHARACTERS]}'")
    return value


def gauge_in(text: str, at: str) -> int:
    """Return a gauge in whole mm, 0 for an empty cell.

    Raises
    ------
    ConfigError
        It is no whole number of at most four digits.
    """
    if not text:
        return 0
    if not _GAUGE.fullmatch(text):
        refuse(at, f"the gauge must be a whole number of mm, got '{text[:MAX_CHARACTERS]}'")
    return int(text.partition(".")[0])


def line_in(text: str, at: str) -> Line:
    """Return the points of a WKT line in degrees, none for an empty cell.

    Raises
    ------
    ConfigError
        It is no line, or a point lies outside of the globe.
    """
    try:
        line = line_of_wkt(text)
    except ValueError:
        refuse(at, "geometry: must be a WKT LINESTRING")
    for lon, lat in line:
        if not (LONGITUDES[0] <= lon <= LONGITUDES[1] and LATITUDES[0] <= lat <= LATITUDES[1]):
            refuse(at, f"geometry: {lon:g} {lat:g} is no longitude and latitude in degrees")
    return line
