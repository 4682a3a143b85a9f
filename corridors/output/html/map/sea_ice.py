"""The ice of the seas of the Northern Sea Route by month, as drawn: a tone over each sea."""

from __future__ import annotations

from dataclasses import dataclass

from corridors.data.ice import AREA_NAMES, load_ice_seas, load_ice_table
from corridors.domain.scenario import Scenario
from corridors.output.html.encode import packed_line

# Outlines follow parallels and meridians, also on the globe: a point each so many degrees.
STEP_DEG = 2.5

Record = dict[str, object]
Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeaIce:
    """A sea of the Northern Sea Route with its areas, and its ice in each month.

    `rings` are its outline in (lon, lat), which runs over land between the limits at sea. `tenths`
    are twelve mid-month values, January first: the share of the sea covered by ice x its mean
    concentration, 0 to 10.
    """

    name: str
    areas: tuple[int, ...]
    rings: tuple[Ring, ...]
    tenths: tuple[float, ...]


def sea_ice(year: str) -> list[SeaIce]:
    """Return the ice of each sea in a year of the table; both halves of a sea have the same."""
    table = load_ice_table()
    found = []
    for sea in load_ice_seas():
        areas = tuple(n for n, name in enumerate(AREA_NAMES) if name.startswith(sea.title))
        tenths = table.monthly_tenths(areas[0], year)
        found.append(
            SeaIce(
                name=sea.title,
                areas=areas,
                rings=sea.rings,
                tenths=tuple(round(value, 1) for value in tenths),
            )
        )
    return found


def ice_content(scenario: Scenario) -> Record:
    """Return the ice of the scenario's year.

    Returns
    -------
    content
        `seas`: names. `tenths`: of each sea, twelve values of ice in tenths. `rings`: of each sea,
        its packed outline. The tone is that of the mean of the sea: where in it the edge of the ice
        lies is not known. `year`: `mean`, `best`, `worst` or a year.
    """
    seas = sea_ice(scenario.ice_year)
    return {
        "seas": [sea.name for sea in seas],
        "tenths": [list(sea.tenths) for sea in seas],
        "rings": [[packed_line(_closed(ring)) for ring in sea.rings] for sea in seas],
        "year": scenario.ice_year,
    }


def _closed(ring: Ring) -> list[tuple[float, float]]:
    """Return a ring with its first point again at its end, and points along its sides."""
    import shapely

    line = shapely.segmentize(shapely.LineString((*ring, ring[0])), STEP_DEG)
    return [(float(lon), float(lat)) for lon, lat in line.coords]
