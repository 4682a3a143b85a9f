"""How many times as wide as their low to high the rows of a family are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from corridors.data.columns import read_rows
from corridors.data.paths import parameters_dir, shipped
from corridors.data.uncertainty import FAMILIES

FILE = "width_factors.csv"


@shipped(parameters_dir, FILE)
def load_width_factors(path: Path) -> Mapping[str, float]:
    """Return by family the factor of the width of its rows; 1 for families that are not listed."""
    factors = {row["family"]: float(row["factor"]) for row in read_rows(path)}
    return MappingProxyType(dict.fromkeys(FAMILIES, 1.0) | factors)
