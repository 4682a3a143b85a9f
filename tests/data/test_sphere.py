"""Lines along great circles: close enough points, none moved, the date line included."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridors.data.sea_areas import STEP_KM, along_great_circles, bearing_deg, great_circle_km

POINTS = st.lists(
    st.tuples(st.floats(-180.0, 180.0), st.floats(-80.0, 80.0)), min_size=2, max_size=6
)


def steps_km(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    pairs = zip(lon, lat, lon[1:], lat[1:], strict=False)
    return np.array([float(great_circle_km(a, b, c, d)) for a, b, c, d in pairs])


@given(POINTS)
def test_points_are_added_on_the_great_circle_until_they_are_close(
    points: list[tuple[float, float]],
) -> None:
    lon, lat = np.array(points).T
    wanted = steps_km(lon, lat)
    if (wanted > 19_000.0).any():  # nearly half the globe
        return
    dense_lon, dense_lat = along_great_circles(lon, lat)
    found = steps_km(dense_lon, dense_lat)
    assert (found <= STEP_KM * (1.0 + 1e-6)).all()
    assert found.sum() == pytest.approx(wanted.sum(), rel=1e-6, abs=1e-3)
    kept = set(zip(dense_lon.tolist(), dense_lat.tolist(), strict=True))
    assert kept.issuperset(points)


def test_a_line_of_short_pieces_stays_as_it_is() -> None:
    lon, lat = np.array([179.8, -179.9, -179.2]), np.array([51.1, 51.2, 51.9])
    found = along_great_circles(lon, lat)
    assert np.array_equal(found[0], lon)
    assert np.array_equal(found[1], lat)


def test_the_great_circle_from_japan_to_california_bends_north() -> None:
    _, lat = along_great_circles(np.array([140.0, -122.0]), np.array([35.0, 37.0]))
    # Yokohama to San Francisco passes about 48 N.
    assert lat.max() == pytest.approx(48.3, abs=0.5)


def test_bearings_turn_clockwise_from_north() -> None:
    found = bearing_deg(10.0, 0.0, [10.0, 11.0, 10.0, 9.0], [1.0, 0.0, -1.0, 0.0])
    assert found == pytest.approx([0.0, 90.0, 180.0, 270.0])
