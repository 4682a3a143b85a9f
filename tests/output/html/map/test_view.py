"""Lines at sea as drawn: smooth, as long as they are, and never over land."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely

import corridors
from corridors.output.html.map.map_frame import line_km, smoothed, turned
from corridors.output.html.map.map_places import shipped_land
from tests.conftest import in_both

Line = list[tuple[float, float]]
WAYS = [
    ("Shanghai", "Hamburg", ()),
    ("Busan", "St Petersburg", ("suez",)),
    ("Yokohama", "New York", ()),
    ("Chennai", "Odesa", ()),
]


@pytest.fixture(scope="module")
def land() -> shapely.STRtree:
    rings = [ring for ring in shipped_land().land if len(ring) > 3]
    return shapely.STRtree([shapely.make_valid(shapely.Polygon(ring)) for ring in rings])


def over_land(line: Line, land: shapely.STRtree) -> float:
    """Return degrees of a line over land, counted by whole rings and not by crossings."""
    whole = shapely.LineString(line)
    found = 0.0
    for turn in (-360.0, 0.0, 360.0):
        moved = shapely.transform(whole, lambda at, by=turn: np.add(at, (by, 0.0)))
        rings = land.geometries[land.query(moved, predicate="intersects")]
        found += sum(moved.intersection(ring).length for ring in rings)
    return float(found)


def turns(line: Line) -> float:
    """Return how far a line turns in all, in radians, in pieces of a degree and more."""
    at = shapely.LineString(line).simplify(0.2).coords
    ways = [complex(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(at)]
    return max(abs((b / a).imag) / abs(b / a) for a, b in pairwise(ways))


@in_both
@pytest.mark.parametrize(("origin", "destination", "avoid"), WAYS)
def test_a_way_by_sea_is_smooth_and_never_over_land(
    origin: str, destination: str, avoid: tuple[str, ...], land: shapely.STRtree
) -> None:
    way = corridors.sea_way(origin, destination, avoid=avoid)
    line, _ = turned(way.line)
    drawn = smoothed(line)
    assert (drawn[0], drawn[-1]) == (line[0], line[-1])
    assert max(abs(b[0] - a[0]) + abs(b[1] - a[1]) for a, b in pairwise(drawn)) < 1.0
    assert over_land([*drawn], land) <= over_land([*line], land) + 0.02
    assert line_km(drawn) == pytest.approx(line_km(line), rel=0.005)


def test_a_corner_in_the_open_sea_becomes_a_bend(land: shapely.STRtree) -> None:
    # In the Indian Ocean, and round the Cape, where the line has to keep its corner.
    corner = ((70.0, -30.0), (80.0, -20.0), (90.0, -30.0))
    drawn = smoothed(corner)
    assert over_land([*drawn], land) == 0.0
    assert turns([*drawn]) < 0.5 < turns([*corner])
    cape = ((10.0, -30.0), (18.4, -34.5), (20.0, -35.0), (30.0, -33.0))
    before, after = (over_land([*line], land) for line in (cape, smoothed(cape)))
    assert after <= before + 0.02
