"""The ice of the Northern Sea Route by month, as drawn: a tone along the lanes of each sea."""

from __future__ import annotations

from corridors.data.geodata import load_ice_lanes
from corridors.data.ice import AREA_NAMES, IceTable, load_ice_table
from corridors.domain.scenario import Scenario
from corridors.output.drawn_lines import unwrapped
from corridors.output.html.encode import packed_line

Record = dict[str, object]
AREAS = range(1, len(AREA_NAMES))


def ice_content(scenario: Scenario) -> Record:
    """Return the ice of the scenario's year.

    Returns
    -------
    content
        `areas`: names. `tenths`: of each area, twelve mid-month values, January first: the share
        of the sea covered by ice x its mean concentration, in tenths. `lanes`: of each area, the
        packed lines of its sea lanes, along which the ice is drawn: its limits are not known.
        `year`: `mean`, `best`, `worst` or a year.
    """
    lanes = load_ice_lanes()
    return {
        "areas": list(AREA_NAMES[1:]),
        "tenths": [list(row) for row in tenths_by_area(load_ice_table(), scenario.ice_year)],
        "lanes": [[packed_line(unwrapped(line)) for line in lanes[area]] for area in AREAS],
        "year": scenario.ice_year,
    }


def tenths_by_area(table: IceTable, year: str) -> list[tuple[float, ...]]:
    """Return twelve values of ice in tenths for each area, to one decimal."""
    return [tuple(round(value, 1) for value in table.monthly_tenths(area, year)) for area in AREAS]
