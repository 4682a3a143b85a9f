"""How many times as wide as their low to high the rows of a family are drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from corridors.data.paths import parameters_dir, read_rows, shipped
from corridors.data.uncertainty import FAMILIES
from corridors.errors import GeodataError

FILE = "width_factors.csv"


@shipped(parameters_dir, FILE)
def load_width_factors(path: Path) -> Mapping[str, float]:
    """Return by family the factor of the width of its rows; 1 for families that are not listed.

    Raises
    ------
    GeodataError
        A family is unknown or repeated, or a factor is not above 0. All faults are listed.
    """
    faults: list[str] = []
    found = dict.fromkeys(FAMILIES, 1.0)
    seen: set[str] = set()
    for cells in read_rows(path, ("family", "factor", "cases", "note")):
        name = cells["family"]
        where = f"{path.name}:{cells['__line__']}: {name}"
        try:
            factor = float(cells["factor"])
        except ValueError as error:
            faults.append(f"{where}: {error}")
            continue
        if name not in found or name in seen:
            faults.append(f"{where}: must be each of {', '.join(FAMILIES)} once at most")
        if not 0.0 < factor < math.inf:
            faults.append(f"{where}: factor must be above 0, got {factor:g}")
        seen.add(name)
        found[name] = factor
    if faults:
        raise GeodataError("\n".join(faults))
    return MappingProxyType(found)
