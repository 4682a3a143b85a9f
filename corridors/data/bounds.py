"""The bounds of parameters: by unit, or by parameter where they differ."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from corridors.data.columns import read_rows
from corridors.data.paths import listed
from corridors.domain.values import SourcedValue
from corridors.errors import GeodataError

BOUNDS_FILE = "bounds.csv"
# Units that add nothing to a sentence.
PLAIN = ("-", "0 or 1", "share")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The least and the most that a parameter may be, and its unit.

    A value of the tables is at most `widest` times its low, and a high that of its value.
    """

    least: float
    most: float
    widest: float
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
        A row fits nothing, a unit has no bounds, or a parameter is not called as its unit says. All
        faults are listed.
    """
    faults: list[str] = []
    rows: dict[str, Mapping[str, str]] = {}
    known = {unit for named in units.values() for unit in named}
    for cells in read_rows(folder / BOUNDS_FILE):
        name = cells["unit"] or cells["parameter"]
        where = f"{BOUNDS_FILE}:{cells['__line__']}: {name}"
        if bool(cells["unit"]) == bool(cells["parameter"]):
            faults.append(f"{where}: give one of unit and parameter")
        elif name not in (known if cells["unit"] else units):
            faults.append(f"{where}: no parameter is called so or has this unit")
        rows[name] = cells
    bounds: dict[str, Bounds] = {}
    for parameter, named in units.items():
        for unit in named:
            if unit not in rows:
                faults.append(f"{BOUNDS_FILE}: unit '{unit}' of {parameter} has no bounds")
            elif not any(fnmatchcase(parameter, name) for name in listed(rows[unit]["names"])):
                faults.append(f"{BOUNDS_FILE}: {parameter} is not among the names of unit '{unit}'")
        of_units = [rows[unit] for unit in named if unit in rows]
        own = [rows[parameter]] if parameter in rows else of_units
        if own:
            bounds[parameter] = Bounds(
                least=max(float(row["least"]) for row in own),
                most=min(float(row["most"]) for row in own),
                widest=max(float(row["widest"] or 0) for row in (*own, *of_units)),
                unit=" or ".join(named),
            )
    if faults:
        raise GeodataError("\n".join(dict.fromkeys(faults)))
    return bounds


def bound_faults(rows: Iterable[SourcedValue], bounds: Mapping[str, Bounds]) -> list[str]:
    """Return a sentence for each row with a value, low or high outside its bounds.

    A low and a high are also no further from the value than the parameter is known to be.
    """
    faults = []
    for row in rows:
        own = bounds[row.parameter]
        if what := own.fault(row.value, row.low, row.high):
            faults.append(f"{row.parameter}@{row.scope}: {what}")
        for less, more in ((row.low, row.value), (row.value, row.high)):
            if 0.0 < less * own.widest < more:
                faults.append(
                    f"{row.parameter}@{row.scope}: {_written(more)} is over {own.widest:g} times"
                    f" {_written(less)}; check low, value and high, or `widest` of {BOUNDS_FILE}"
                )
    return faults


def _written(value: float) -> str:
    return f"{value:,.10g}"
