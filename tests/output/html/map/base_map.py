"""A base map of three boxes, one of them across 180 degrees."""

from __future__ import annotations

from corridors.output.html.map.map_places import BaseMap

BASE_MAP = BaseMap(
    land=(
        ((-10.0, 36.0), (140.0, 36.0), (140.0, 70.0), (-10.0, 70.0), (-10.0, 36.0)),
        ((170.0, 60.0), (-170.0, 60.0), (-170.0, 70.0), (170.0, 70.0), (170.0, 60.0)),
        ((-180.0, -90.0), (180.0, -90.0), (180.0, -70.0), (-180.0, -70.0), (-180.0, -90.0)),
    ),
    borders=(((30.0, 40.0), (30.0, 60.0)),),
)
