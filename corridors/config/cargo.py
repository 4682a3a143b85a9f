"""Cargo presets: what a TEU of some goods weighs and is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from corridors.catalogue.paths import kept_while_unchanged, read_rows
from corridors.errors import GeodataError


@dataclass(frozen=True, slots=True, kw_only=True)
class Cargo:
    """A preset: tonnes of cargo per TEU, and its value in USD per TEU."""

    id: str
    title: str
    cargo_t_per_teu: float
    value_usd_per_teu: float
    source_id: str
    status: str
    note: str = ""


@kept_while_unchanged
def load_cargo(path: Path) -> Mapping[str, Cargo]:
    """Return the cargo presets of a table by id, in its order.

    Raises
    ------
    GeodataError
        A weight or a value is not a number above zero, or an id stands twice.
    """
    presets: dict[str, Cargo] = {}
    faults = []
    columns = ("id", "title", "cargo_t_per_teu", "value_usd_per_teu", "source_id", "status")
    for row in read_rows(path, columns):
        where = f"{path.name}:{row['__line__']}: {row['id']}"
        try:
            weight, value = float(row["cargo_t_per_teu"]), float(row["value_usd_per_teu"])
        except ValueError:
            faults.append(f"{where}: weight and value must be numbers")
            continue
        if not (0 < weight <= 30 and 0 < value < float("inf")):
            faults.append(f"{where}: weight must lie in 0 to 30 t, value above 0 USD")
        if row["id"] in presets:
            faults.append(f"{where}: given twice, keep one")
        presets[row["id"]] = Cargo(
            id=row["id"],
            title=row["title"],
            cargo_t_per_teu=weight,
            value_usd_per_teu=value,
            source_id=row["source_id"],
            status=row["status"],
            note=row.get("note", ""),
        )
    if faults:
        raise GeodataError("\n".join(faults))
    return MappingProxyType(presets)
