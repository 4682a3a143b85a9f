"""Cargo presets: weight, value, container type and shelf life of goods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from corridors.data.columns import read_rows
from corridors.data.paths import listed, parameters_dir, shipped
from corridors.data.rows import value_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Cargo:
    """A cargo preset.

    `equipment` is the only suitable container type, empty for any. `shelf_life_days` is None for
    goods that do not spoil. `cargo_classes` are what bans and warnings call such goods.
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
    cargo_classes: tuple[str, ...] = ()


@shipped(parameters_dir, "cargo.csv")
def load_cargo(path: Path) -> Mapping[str, Cargo]:
    """Return the cargo presets by id, in file order."""
    return MappingProxyType(
        {
            row["id"]: value_of(Cargo, row, cargo_classes=listed(row["classes"]))
            for row in read_rows(path)
        }
    )
