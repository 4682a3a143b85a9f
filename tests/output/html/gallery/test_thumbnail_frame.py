"""The part of the world a picture shows, by numbers worked by hand."""

from __future__ import annotations

import pytest

from corridors.output.drawn_lines import unwrapped
from corridors.output.html.gallery.gallery_page import WORLD, Frame, frame_of

SQUARE = Frame(west=0.0, east=64.0, south=0.0, north=32.0)  # ten pixels a degree


def test_places_lie_where_they_are_from_the_upper_left() -> None:
    assert SQUARE.point(0.0, 32.0) == (0.0, 0.0)
    assert SQUARE.point(64.0, 0.0) == (640.0, 320.0)
    assert SQUARE.point(16.0, 24.0) == (160.0, 80.0)


def test_a_line_is_drawn_at_each_turn_that_is_in_the_frame() -> None:
    assert list(SQUARE.copies(((370.0, 10.0), (380.0, 20.0)))) == [((100.0, 220.0), (200.0, 120.0))]
    assert list(SQUARE.copies(((100.0, 10.0), (110.0, 10.0)))) == []
    assert list(SQUARE.copies(((10.0, -20.0), (20.0, -10.0)))) == []


def test_a_route_over_the_pacific_leaves_in_the_east_and_returns_in_the_west() -> None:
    pacific = ((121.0, 31.0), (200.0, 45.0), (280.0, 9.0), (370.0, 53.0))
    assert frame_of([pacific]) == WORLD
    assert len(list(WORLD.copies(pacific))) == 2
    eurasia = ((121.0, 31.0), (100.0, 1.0), (33.0, 30.0), (10.0, 53.0))
    assert len(list(WORLD.copies(eurasia))) == 1


def test_the_arctic_is_in_the_world() -> None:
    # Bering Strait lies at 169 W, which is 191 E of a route from the west.
    assert WORLD.point(191.0, 77.0)[0] < 640.0
    assert WORLD.point(191.0, 77.0)[1] > 0.0


@pytest.mark.parametrize(
    "line",
    [((0.0, 40.0), (100.0, 50.0)), ((30.0, 10.0), (32.0, 70.0)), ((5.0, 79.0), (8.0, 80.0))],
)
def test_a_frame_holds_its_routes_without_stretching_them(
    line: tuple[tuple[float, float], ...],
) -> None:
    frame = frame_of([line])
    for lon, lat in line:
        x, y = frame.point(lon, lat)
        assert 0 < x < 640
        assert 0 < y < 320
    # 640 by 320 pixels, and a degree north 1.28 times as long as one east.
    assert (frame.east - frame.west) / (frame.north - frame.south) == pytest.approx(2 * 1.28)


def test_nothing_to_show_is_shown_on_the_world() -> None:
    assert frame_of([]) == WORLD


def test_a_ring_across_180_degrees_stays_in_one_piece() -> None:
    ring = ((170.0, 60.0), (-170.0, 60.0), (-170.0, 70.0), (170.0, 60.0))
    assert unwrapped(ring) == ((170.0, 60.0), (190.0, 60.0), (190.0, 70.0), (170.0, 60.0))
