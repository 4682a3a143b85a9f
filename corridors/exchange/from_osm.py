"""OpenStreetMap networks as own-data tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from corridors.data.geodata import load_services
from corridors.data.own.own_rows import MAX_ROWS
from corridors.data.own.own_tables import COUNTRY, SAME_GAUGE_MM
from corridors.data.sea_areas import great_circle_km
from corridors.domain.places import Terminal
from corridors.errors import GeodataError
from corridors.exchange.model import ExchangeLink, ExchangeNetwork, ExchangeNode
from corridors.network.land.osm import OsmLeg, OsmNetwork

SOURCE = "OpenStreetMap, (c) OpenStreetMap contributors, ODbL 1.0"
NOTICE = (
    "(c) OpenStreetMap contributors, ODbL 1.0\nhttps://opendatacommons.org/licenses/odbl/1-0/\n"
)
ROAD = "road"
MOST_DIGITS = 4


def exchange_of_osm(
    found: OsmNetwork,
    *,
    kind: str,
    country: str,
    system: str | None,
    terminals: Mapping[str, Terminal],
    join_km: float,
) -> ExchangeNetwork:
    """Return tracks or roads as a network, joined to shipped terminals nearby.

    Parameters
    ----------
    found
        From `corridors.network.land.osm`.
    kind
        `rail` or `road`.
    country
        Two-letter code of the country.
    system
        Rail system; None chooses the only one with the gauge. Tracks of other gauges are left out.
    terminals, join_km
        Terminals of the kind within `join_km` of a node are joined to it by a straight leg.

    Raises
    ------
    GeodataError
        No track has the gauge, several systems have it, the system or the country is unknown, or
        there are more rows than own data may have.
    """
    known = _systems()
    if system and system not in known:
        msg = f"--system {system[:40]}: no such system; known: {', '.join(known)}"
        raise GeodataError(msg)
    if not COUNTRY.fullmatch(country):
        msg = f"--country {country[:40]}: must be two letters, such as FI"
        raise GeodataError(msg)
    chosen = ROAD if kind == ROAD else system or _system(found, country)
    gauge = 0 if kind == ROAD else int(chosen.rpartition("-")[2])
    nodes = {
        number: ExchangeNode(
            id=f"osm-{number}", name=f"OSM node {number}", country=country, lon=lon, lat=lat
        )
        for number, (lon, lat) in found.nodes.items()
    }
    links = [
        ExchangeLink(
            id=f"osm-{leg.from_node}--osm-{leg.to_node}",
            from_id=f"osm-{leg.from_node}",
            to_id=f"osm-{leg.to_node}",
            system=chosen,
            km=max(round(leg.km, 4), 0.001),
            gauge_mm=gauge,
            countries=country,
            source=SOURCE,
            line=leg.line,
        )
        for leg in _one_between_two(
            leg for leg in found.legs if kind == ROAD or gauge in _gauges(leg.gauge)
        )
    ]
    if not links:
        msg = f"no track of {gauge} mm in the extract: give another --system"
        raise GeodataError(msg)
    used = {end for link in links for end in (link.from_id, link.to_id)}
    kept = [node for node in nodes.values() if node.id in used]
    links += _joined(kept, kind=kind, system=chosen, terminals=terminals, join_km=join_km)
    if max(len(kept), len(links)) > MAX_ROWS:
        msg = (
            f"{len(kept):,} nodes and {len(links):,} legs; own data have at most {MAX_ROWS:,} of"
            " each: give a smaller extract"
        )
        raise GeodataError(msg)
    return ExchangeNetwork(nodes=tuple(kept), links=tuple(links))


def _one_between_two(legs: Iterable[OsmLeg]) -> list[OsmLeg]:
    """Return the shortest leg between every two nodes: tracks of `1520` and of `1520;1435` are two.

    Legs from a node to itself are left out.
    """
    shortest: dict[tuple[int, int], OsmLeg] = {}
    for leg in legs:
        ends = min(leg.from_node, leg.to_node), max(leg.from_node, leg.to_node)
        if ends[0] != ends[1] and (ends not in shortest or leg.km < shortest[ends].km):
            shortest[ends] = leg
    return list(shortest.values())


def _systems() -> dict[str, int]:
    names = {system for service in load_services() for system in service.systems}
    return {name: int(name.rpartition("-")[2]) for name in sorted(names)}


def _gauges(text: str) -> set[int]:
    """Return the known gauges in a tag such as `1520;1435`."""
    parts = [part.strip() for part in text.replace("|", ";").split(";")]
    tagged = [int(part) for part in parts if part.isdecimal() and len(part) <= MOST_DIGITS]
    known = set(_systems().values())
    return {g for g in known if any(abs(g - mm) <= SAME_GAUGE_MM for mm in tagged)}


def _system(network: OsmNetwork, country: str) -> str:
    """Return the system of the gauge with most km: the country's, the general or the only one."""
    km: dict[int, float] = {}
    for leg in network.legs:
        for gauge in _gauges(leg.gauge):
            km[gauge] = km.get(gauge, 0.0) + leg.km
    most = max(km, key=lambda gauge: (km[gauge], gauge), default=0)
    fitting = [name for name, gauge in _systems().items() if gauge == most]
    for name in (f"{country.lower()}-{most}", str(most)):
        if name in fitting:
            return name
    if len(fitting) != 1:
        several = f"{most} mm is the gauge of {', '.join(fitting)}" if fitting else "no known gauge"
        msg = f"{several}: give one with --system ({', '.join(_systems())})"
        raise GeodataError(msg)
    return fitting[0]


def _joined(
    nodes: list[ExchangeNode],
    *,
    kind: str,
    system: str,
    terminals: Mapping[str, Terminal],
    join_km: float,
) -> list[ExchangeLink]:
    lon, lat = np.array([n.lon for n in nodes]), np.array([n.lat for n in nodes])
    gauge = 0 if kind == ROAD else int(system.rpartition("-")[2])
    links = []
    for terminal in terminals.values():
        if not (terminal.services if kind == ROAD else gauge in terminal.gauges_mm):
            continue
        off = great_circle_km(terminal.lon, terminal.lat, lon, lat)
        nearest = int(np.argmin(off))
        if off[nearest] > join_km:
            continue
        node = nodes[nearest]
        links.append(
            ExchangeLink(
                id=f"{terminal.id}--{node.id}",
                from_id=terminal.id,
                to_id=node.id,
                system=system,
                km=max(round(float(off[nearest]) + 0.001, 4), 0.001),
                gauge_mm=gauge,
                countries=";".join(dict.fromkeys((terminal.country, node.country))),
                source="straight join of a terminal to the nearest node, an assumption",
                line=((terminal.lon, terminal.lat), (node.lon, node.lat)),
            )
        )
    return links
