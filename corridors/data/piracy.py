"""Reported piracy incidents by area and year."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from corridors.data.columns import read_rows
from corridors.data.paths import parameters_dir, shipped
from corridors.data.rows import value_of

LonLat = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """The number of incidents reported in a year, of any severity."""

    year: int
    incidents: int
    source_id: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PiracyArea:
    """A rectangle in degrees, with its reports in order of years; years may be missing."""

    id: str
    title: str
    rings: tuple[tuple[LonLat, ...], ...]
    reported: tuple[Reported, ...]

    def latest(self, year: int) -> Reported | None:
        """Return the latest report up to a year, None if all are later."""
        return next((report for report in reversed(self.reported) if report.year <= year), None)


@shipped(parameters_dir, "piracy.csv")
def load_piracy_areas(path: Path) -> tuple[PiracyArea, ...]:
    """Return the areas of `piracy.csv` in file order."""
    rows: dict[str, list[dict[str, str]]] = {}
    for cells in read_rows(path):
        rows.setdefault(cells["area"], []).append(cells)
    return tuple(_area(name, reports) for name, reports in rows.items())


def _area(name: str, rows: list[dict[str, str]]) -> PiracyArea:
    west, south, east, north = (float(rows[0][edge]) for edge in ("west", "south", "east", "north"))
    return PiracyArea(
        id=name,
        title=rows[0]["title"],
        rings=(((west, south), (east, south), (east, north), (west, north)),),
        reported=tuple(
            value_of(Reported, cells)
            for cells in sorted(rows, key=lambda cells: int(cells["year"]))
        ),
    )
