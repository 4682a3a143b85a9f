"""The outlines of the seas of the Northern Sea Route, which the map draws ice over."""

from __future__ import annotations

from itertools import combinations

import pytest
import shapely
from pyproj import Geod

from corridors.data.parameters import load_sources
from corridors.data.sea_areas import AREA_NAMES, load_ice_seas
from corridors.output.html.map.map_frame import shipped_base_map

GEOD = Geod(ellps="WGS84")
# NOAA NCEI, regional sea ice: km2 of the regions that NSIDC's monthly table is made of.
PUBLISHED_KM2 = {"Kara Sea": 924_699, "Laptev Sea": 885_109}


def outlines() -> dict[str, shapely.Polygon]:
    return {
        sea.title: shapely.segmentize(shapely.Polygon(ring), 1.0)
        for sea in load_ice_seas()
        for ring in sea.rings
    }


def water_km2(outline: shapely.Polygon) -> float:
    land = [shapely.make_valid(shapely.Polygon(ring)) for ring in shipped_base_map().land]
    water = outline
    for part in land:
        if part.intersects(water):
            water = water.difference(part)
    return abs(GEOD.geometry_area_perimeter(water)[0]) / 1e6


def test_every_sea_with_ice_has_an_outline_and_a_source() -> None:
    named = {name.partition(" Sea")[0] + " Sea" for name in AREA_NAMES if name}
    assert {sea.title for sea in load_ice_seas()} == named
    assert {sea.source_id for sea in load_ice_seas()} <= set(load_sources())


def test_outlines_are_whole_and_apart() -> None:
    found = outlines()
    assert all(outline.is_valid for outline in found.values())
    for one, other in combinations(found.values(), 2):
        assert one.intersection(other).area < 0.5


@pytest.mark.parametrize("sea", PUBLISHED_KM2)
def test_the_water_inside_is_that_of_the_region_measured(sea: str) -> None:
    """Within 8 %: the regions count cells of 25 km with the coast in them."""
    assert water_km2(outlines()[sea]) == pytest.approx(PUBLISHED_KM2[sea], rel=0.08)


def test_the_name_of_a_sea_lies_in_it() -> None:
    names = {one.name: (one.lon, one.lat) for one in shipped_base_map().names if one.kind == "sea"}
    for title, outline in outlines().items():
        assert outline.contains(shapely.Point(names[title]))
