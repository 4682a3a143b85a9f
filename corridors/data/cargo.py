"""Cargo presets: weight, value, container type and shelf life of goods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from corridors.data.columns import read_rows, value_of
from corridors.data.paths import listed, parameters_dir, shipped
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


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsGroup:
    """A group of the goods in the boxes of a trade: its share of the TEU and its value.

    `low` and `high` bound the value in USD per TEU; `year` is that of the money.
    """

    id: str
    title: str
    share_of_teu: float
    value_usd_per_teu: float
    low: float
    high: float
    year: int
    source_id: str
    status: str
    note: str = ""


@shipped(parameters_dir, "goods_groups.csv")
def load_goods_groups(path: Path) -> tuple[GoodsGroup, ...]:
    """Return the groups of goods by value, the least value first."""
    return tuple(value_of(GoodsGroup, row) for row in read_rows(path))


@shipped(parameters_dir, "cargo.csv")
def load_cargo(path: Path) -> Mapping[str, Cargo]:
    """Return the cargo presets by id, in file order."""
    return MappingProxyType({row["id"]: _preset(row) for row in read_rows(path)})


def _preset(row: Mapping[str, str]) -> Cargo:
    loses = float(row["loses_a_year"] or 0.0)
    return value_of(Cargo, row, cargo_classes=listed(row["classes"]), loses_a_year=loses)
