"""Land is cut into tiles that cover it once."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from corridors.network.sea.land_crossed import TILE_DEG, Lines, _grid, _land

# 25 by 13 degrees of land with a lake of 2 by 1, and an island of 1 by 1 beyond the date line's.
MAINLAND = [3.0, -6.0, 28.0, -6.0, 28.0, 7.0, 3.0, 7.0]
LAKE = [10.0, 1.0, 12.0, 1.0, 12.0, 2.0, 10.0, 2.0]
ISLAND = [-180.0, 60.0, -179.0, 60.0, -179.0, 61.0, -180.0, 61.0]


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    file = tmp_path / "map.json"
    file.write_text(json.dumps({"land": [[MAINLAND, LAKE], [ISLAND]]}), encoding="utf-8")
    return file


def test_tiles_have_the_area_of_the_land_and_none_is_larger_than_ten_degrees(drawn: Path) -> None:
    tiles = _land(drawn).geometries
    assert sum(tile.area for tile in tiles) == pytest.approx(25.0 * 13.0 - 2.0 + 1.0)
    for tile in tiles:
        west, south, east, north = tile.bounds
        assert max(east - west, north - south) <= TILE_DEG + 1e-9
    west, south, east, north = np.array([tile.bounds for tile in tiles]).T
    assert (west.min(), south.min(), east.max(), north.max()) == (-180.0, -6.0, 28.0, 61.0)


def test_the_coarse_grid_has_land_where_the_middle_of_a_cell_is_on_land(drawn: Path) -> None:
    grid = _grid(drawn)
    cells = grid.shape[0] / 180.0, grid.shape[1] / 360.0

    def is_land(lon: float, lat: float) -> bool:
        return bool(grid[int((lat + 90.0) * cells[0]), int((lon + 180.0) * cells[1])])

    assert is_land(4.1, -5.1)
    assert is_land(27.1, 6.1)
    assert is_land(-179.4, 60.6)
    for lon, lat in (
        (11.1, 1.6),
        (2.1, 0.1),
        (29.1, 0.1),
        (15.1, 8.1),
        (15.1, -7.1),
        (179.4, 60.6),
    ):
        assert not is_land(lon, lat)
    # A cell is a square degree divided by the cells in one.
    assert grid.sum() == pytest.approx((25 * 13 - 2 + 1) * cells[0] * cells[1])


def test_a_straight_line_goes_on_past_the_antimeridian() -> None:
    ends = np.array([[179.0, 0.0]]), np.array([[-179.0, 0.0]])
    for (start, end), lons in ((ends, (179.0, 181.0)), (ends[::-1], (-179.0, -181.0))):
        line = Lines.straight(start, end, step_km=10.0).points
        assert (line[0, 0], line[-1, 0]) == pytest.approx(lons)
        # Two degrees are 222 km, in steps of 10 km at most.
        assert len(line) > 22
        assert np.abs(np.diff(line[:, 0])).max() < 0.1
        assert line[:, 1] == pytest.approx(0.0, abs=1e-9)
