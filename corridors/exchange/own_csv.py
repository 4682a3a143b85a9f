"""A network as own-data tables, `terminals.csv` and `legs.csv`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from corridors.data.own.own_files import OPTIONAL, REQUIRED
from corridors.exchange.model import SEA, ExchangeNetwork, wkt_of
from corridors.output.csv import csv_text

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
