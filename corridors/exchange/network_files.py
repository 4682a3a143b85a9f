"""The network as a GeoPackage for QGIS or as CSV tables, with the columns of own data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from corridors.data.own.own_files import OPTIONAL, REQUIRED
from corridors.exchange.model import SEA, ExchangeNetwork, family_of, wkt_of
from corridors.output.drawn_lines import split_at_antimeridian
from corridors.output.geopackage_writer import (
    REAL,
    TEXT,
    Geometry,
    Layer,
    LineStyle,
    PointStyle,
    write_layers,
)
from corridors.output.records import csv_text

# The network as a GeoPackage for QGIS, with the columns of own data.

_MODES = {
    "sea": ("Sea", "#4a90c2", "dash"),
    "rail": ("Rail", "#22303a", "solid"),
    "ferry": ("Ferry", "#7a4fa3", "dot"),
    "river": ("River", "#2a8c5f", "dash dot"),
    "road": ("Road", "#b5651d", "solid"),
}
# Names of all terminals fit on maps of countries, not of continents.
_NAMED_FROM = 15_000_000


def write_network_geopackage(network: ExchangeNetwork, path: Path) -> None:
    """Write the layers `terminals` (points) and `legs` (lines, split at 180 degrees), EPSG:4326."""
    nodes, links = network.nodes, network.links
    layers = (
        Layer(
            name="terminals",
            geometry=Geometry.POINT,
            shapes=[[[(node.lon, node.lat)]] for node in nodes],
            columns={
                key: (TEXT, [getattr(node, key) for node in nodes])
                for key in ("id", "name", "country", "kind", "unlocode", "services")
            },
            style=PointStyle(label="name", far_scale=_NAMED_FROM),
        ),
        Layer(
            name="legs",
            geometry=Geometry.MULTILINESTRING,
            shapes=[split_at_antimeridian(link.line) for link in links],
            columns={
                "from": (TEXT, [link.from_id for link in links]),
                "to": (TEXT, [link.to_id for link in links]),
                "system": (TEXT, [link.system for link in links]),
                "km": (REAL, [link.km for link in links]),
                "gauge_mm": (TEXT, [str(link.gauge_mm or "") for link in links]),
                "countries": (TEXT, [link.countries for link in links]),
                "source": (TEXT, [link.source for link in links]),
                "note": (TEXT, [family_of(link.system) for link in links]),
            },
            style=LineStyle(column="note", classes=_MODES, width="0.4"),
        ),
    )
    write_layers(path, layers)


# A network as own-data tables, `terminals.csv` and `legs.csv`.

TERMINAL_COLUMNS = (
    *REQUIRED["terminals"],
    *("kind", "unlocode", "services", "source", "status"),
)
STATUS = "computed"
LEG_COLUMNS = (*REQUIRED["legs"], *(name for name in OPTIONAL["legs"] if name != "note"))


def own_tables(network: ExchangeNetwork, *, source: str) -> dict[str, str]:
    """Return the texts of `terminals.csv` and `legs.csv`.

    Sea legs, nodes that only they reach, and gates are left out: ships use the shipped lanes.

    Parameters
    ----------
    network
        The network.
    source
        Source of legs and terminals without one.
    """
    land = [link for link in network.links if link.system != SEA]
    used = {end for link in land for end in (link.from_id, link.to_id)}
    terminals: list[Mapping[str, object]] = [
        {**asdict(node), "source": source, "status": STATUS}
        for node in network.nodes
        if node.id in used or node.services
    ]
    legs: list[Mapping[str, object]] = [
        {
            "from": link.from_id,
            "to": link.to_id,
            "system": link.system,
            "km": link.km,
            "gauge_mm": link.gauge_mm or "",
            "countries": link.countries,
            "line": wkt_of(link.line),
            "source": link.source or source,
            "status": STATUS,
        }
        for link in land
    ]
    return {
        "terminals.csv": csv_text(terminals, TERMINAL_COLUMNS),
        "legs.csv": csv_text(legs, LEG_COLUMNS),
    }
