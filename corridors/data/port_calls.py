"""The largest ships that call at each port, from published rotations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from corridors.data.columns import read_rows
from corridors.data.paths import parameters_dir, shipped

OTHER_PORTS = "other"
"""The row for ports of the world list without a row of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PortCalls:
    """The size of ships that call at ports.

    `largest_teu` is the capacity in TEU of the largest ship in a port's rotations, by terminal id
    or UN/LOCODE. `smallest_of_class_teu` is that of the smallest ships of a class, by service.
    `arctic` are the own ports of ships with an ice class.
    """

    largest_teu: Mapping[str, float]
    arctic: frozenset[str]
    smallest_of_class_teu: Mapping[str, float]

    def takes(self, port: str, service: str) -> bool:
        """Return whether ships of a class call at a port; any ship does at one without a row."""
        largest = self.largest_teu.get(port)
        smallest = self.smallest_of_class_teu.get(service)
        return largest is None or smallest is None or smallest <= largest

    def takes_off_the_table(self, port: str, service: str) -> bool:
        """Return the same for a port of the world list, with the row `other` for those without."""
        return self.takes(port if port in self.largest_teu else OTHER_PORTS, service)


@shipped(parameters_dir)
def load_port_calls(folder: Path) -> PortCalls:
    """Return the table `port_calls.csv`, with the size of ship classes from `vessels.csv`."""
    rows = read_rows(folder / "port_calls.csv")
    smallest = {
        row["scope"]: float(row["low"])
        for row in read_rows(folder / "vessels.csv")
        if row["parameter"] == "ship.capacity_teu"
    }
    return PortCalls(
        largest_teu=MappingProxyType({row["port"]: float(row["largest_ship_teu"]) for row in rows}),
        smallest_of_class_teu=MappingProxyType(smallest),
        arctic=frozenset(row["port"] for row in rows if row["arctic"] == "1"),
    )
