"""Cargo presets: weight, value, container type and shelf life of goods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from corridors.data.paths import listed, number_or_none, parameters_dir, read_rows, shipped
from corridors.data.rows import value_of
from corridors.domain.scenario import Equipment
from corridors.errors import GeodataError
from corridors.units import DAYS_PER_YEAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Cargo:
    """A cargo preset.

    `equipment` is the only suitable container type, empty for any. `shelf_life_days` is None for
    goods that do not spoil. `cargo_classes` are what bans and warnings call such goods.
    `loses_a_year` is the share of its value that it loses in a year under way, by fashion or decay.
    """

    id: str
    title: str
    cargo_t_per_teu: float
    value_usd_per_teu: float
    source_id: str
    status: str
    note: str = ""
    equipment: str = ""
    shelf_life_days: float | None = None
    loses_a_year: float = 0.0
    cargo_classes: tuple[str, ...] = ()

    def value_of_a_day(self, value_usd_per_teu: float, capital_rate: float) -> float:
        """Return what a day costs goods of this kind, in USD per TEU, to the cent.

        Parameters
        ----------
        value_usd_per_teu
            Their value.
        capital_rate
            Cost of capital, a share a year.
        """
        return round(value_usd_per_teu * (capital_rate + self.loses_a_year) / DAYS_PER_YEAR, 2)


@shipped(parameters_dir, "cargo.csv")
def load_cargo(path: Path) -> Mapping[str, Cargo]:
    """Return the cargo presets by id, in file order.

    Raises
    ------
    GeodataError
        A weight, value or shelf life is not a number above zero, a container type is unknown, or
        an id is repeated.
    """
    presets: dict[str, Cargo] = {}
    faults = []
    columns = ("id", "title", "cargo_t_per_teu", "value_usd_per_teu", "source_id", "status")
    for row in read_rows(path, columns):
        where = f"{path.name}:{row['__line__']}: {row['id']}"
        try:
            weight, value = float(row["cargo_t_per_teu"]), float(row["value_usd_per_teu"])
            shelf = number_or_none(row.get("shelf_life_days", ""))
        except ValueError:
            faults.append(f"{where}: weight, value and shelf life must be numbers")
            continue
        box = row.get("equipment", "")
        if box and box not in set(Equipment):
            faults.append(f"{where}: equipment must be one of {', '.join(Equipment)}, or empty")
        if shelf is not None and not 0 < shelf < float("inf"):
            faults.append(f"{where}: shelf life must be above 0 days, or empty")
        if not (0 < weight <= 30 and 0 < value < float("inf")):
            faults.append(f"{where}: weight must be from 0 to 30 t, value above 0 USD")
        if row["id"] in presets:
            faults.append(f"{where}: given twice; keep one")
        classes = listed(row.get("classes", ""))
        loses = number_or_none(row.get("loses_a_year", "")) or 0.0
        presets[row["id"]] = value_of(Cargo, row, cargo_classes=classes, loses_a_year=loses)
    if faults:
        raise GeodataError("\n".join(faults))
    return MappingProxyType(presets)
