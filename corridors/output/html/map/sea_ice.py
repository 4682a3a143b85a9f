"""The ice of the Northern Sea Route by month, as drawn: a tone along the lanes of each sea."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from corridors.data.geodata import load_ice_lanes
from corridors.data.ice import AREA_NAMES, IceTable, load_ice_table
from corridors.domain.scenario import Scenario
from corridors.output.drawn_lines import unwrapped
from corridors.output.html.encode import packed_line

Record = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeaIce:
    """A sea of the Northern Sea Route with its areas, and its ice in each month.

    `tenths` are twelve mid-month values, January first: the share of the sea covered by ice x its
    mean concentration, 0 to 10.
    """

    name: str
    areas: tuple[int, ...]
    tenths: tuple[float, ...]


def sea_ice(year: str, table: IceTable | None = None) -> list[SeaIce]:
    """Return the ice of each sea in a year of the table; both halves of a sea have the same."""
    table = table or load_ice_table()
    seas: dict[str, list[int]] = {}
    for area, name in enumerate(AREA_NAMES):
        if name:
            seas.setdefault(f"{name.partition(' Sea')[0]} Sea", []).append(area)
    return [
        SeaIce(
            name=name,
            areas=tuple(areas),
            tenths=tuple(round(value, 1) for value in table.monthly_tenths(areas[0], year)),
        )
        for name, areas in seas.items()
    ]


def ice_content(scenario: Scenario) -> Record:
    """Return the ice of the scenario's year.

    Returns
    -------
    content
        `seas`: names. `tenths`: of each sea, twelve values of ice in tenths. `lanes`: of each sea,
        the packed lines of its sea lanes, along which the ice is drawn: where its edge lies is not
        known. `year`: `mean`, `best`, `worst` or a year.
    """
    lanes: Mapping[int, tuple[tuple[tuple[float, float], ...], ...]] = load_ice_lanes()
    seas = sea_ice(scenario.ice_year)
    return {
        "seas": [sea.name for sea in seas],
        "tenths": [list(sea.tenths) for sea in seas],
        "lanes": [
            [packed_line(unwrapped(line)) for area in sea.areas for line in lanes[area]]
            for sea in seas
        ],
        "year": scenario.ice_year,
    }
