"""The bounds of parameters: by unit, or by parameter where they differ."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from corridors.data.paths import read_rows
from corridors.domain.values import SourcedValue
from corridors.errors import GeodataError

FILE = "bounds.csv"
# Units that add nothing to a sentence.
PLAIN = ("-", "0 or 1", "share")
COLUMNS = ("unit", "parameter", "least", "most", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The least and the most that a parameter may be, and its unit."""

    least: float
    most: float
    unit: str

    def fault(self, *values: float) -> str:
        """Return what is wrong with the first value outside the bounds; empty if none is."""
        outside = [value for value in values if not self.least <= value <= self.most]
        if not outside:
            return ""
        unit = "" if self.unit in PLAIN else f" {self.unit}"
        return (
            f"must be from {_written(self.least)} to {_written(self.most)}{unit},"
            f" got {_written(outside[0])}"
        )


def read_bounds(folder: Path, units: Mapping[str, Collection[str]]) -> dict[str, Bounds]:
    """Return the bounds of each parameter.

    Parameters
    ----------
    folder
        The folder of the parameter tables.
    units
        The units of each parameter. One in several, such as USD and EUR per box, has the narrowest
        of their bounds.

    Raises
    ------
    GeodataError
        A bound is not a number, a row is repeated or fits nothing, or a unit has no bounds. All
        faults are listed.
    """
    faults: list[str] = []
    by_unit, by_parameter = _read(folder / FILE, units, faults)
    found: dict[str, Bounds] = {}
    for parameter, named in units.items():
        missing = [unit for unit in named if unit not in by_unit]
        faults.extend(f"{FILE}: unit '{unit}' of {parameter} has no bounds" for unit in missing)
        if missing:
            continue
        least, most = by_parameter.get(parameter) or (
            max(by_unit[unit][0] for unit in named),
            min(by_unit[unit][1] for unit in named),
        )
        found[parameter] = Bounds(least=least, most=most, unit=" or ".join(named))
    if faults:
        raise GeodataError("\n".join(dict.fromkeys(faults)))
    return found


def bound_faults(rows: Iterable[SourcedValue], bounds: Mapping[str, Bounds]) -> list[str]:
    """Return a sentence for each row with a value, low or high outside its bounds."""
    found = []
    for row in rows:
        what = bounds[row.parameter].fault(row.value, row.low, row.high)
        if what:
            found.append(f"{row.parameter}@{row.scope}: {what}")
    return found


def _read(
    path: Path, units: Mapping[str, Collection[str]], faults: list[str]
) -> tuple[dict[str, tuple[float, float]], dict[str, tuple[float, float]]]:
    by_unit: dict[str, tuple[float, float]] = {}
    by_parameter: dict[str, tuple[float, float]] = {}
    known = {unit for named in units.values() for unit in named}
    for cells in read_rows(path, COLUMNS):
        unit, parameter = cells["unit"], cells["parameter"]
        where = f"{path.name}:{cells['__line__']}: {unit or parameter}"
        try:
            pair = float(cells["least"]), float(cells["most"])
        except ValueError as error:
            faults.append(f"{where}: {error}")
            continue
        if not (all(map(math.isfinite, pair)) and pair[0] <= pair[1]):
            faults.append(f"{where}: least {pair[0]:g} and most {pair[1]:g} are out of order")
        if bool(unit) == bool(parameter):
            faults.append(f"{where}: give one of unit and parameter")
            continue
        table, name, names = (
            (by_unit, unit, known) if unit else (by_parameter, parameter, set(units))
        )
        if name in table:
            faults.append(f"{where}: appears twice")
        if name not in names:
            faults.append(f"{where}: no parameter is called so or has this unit")
        table[name] = pair
    return by_unit, by_parameter


def _written(value: float) -> str:
    return f"{value:,.10g}"
