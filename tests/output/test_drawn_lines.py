"""Lines across 180 degrees."""

from __future__ import annotations

import itertools

from hypothesis import example, given
from hypothesis import strategies as st

from corridors.output.drawn_lines import split_at_antimeridian, unwrapped_lines
from tests.output.fixtures import example_comparison

_steps = st.tuples(st.floats(-80.0, 80.0), st.floats(-80.0, 80.0))


def test_a_line_on_one_side_is_left_whole() -> None:
    line = ((10.0, 50.0), (120.0, 30.0))
    assert split_at_antimeridian(line) == (line,)


def test_a_line_across_is_cut_where_it_crosses() -> None:
    assert split_at_antimeridian(((170.0, 0.0), (190.0, 10.0))) == (
        ((170.0, 0.0), (180.0, 5.0)),
        ((-180.0, 5.0), (-170.0, 10.0)),
    )


def test_a_line_that_starts_at_180_has_no_empty_part() -> None:
    assert split_at_antimeridian(((180.0, 0.0), (190.0, 10.0))) == (
        ((-180.0, 0.0), (-170.0, 10.0)),
    )
    assert split_at_antimeridian(((180.0, 0.0), (170.0, 10.0))) == (((180.0, 0.0), (170.0, 10.0)),)


@given(st.floats(-180.0, 180.0), st.lists(_steps, min_size=1, max_size=12))
@example(179.99999999999997, [(0.0, 0.0)])
def test_parts_stay_on_the_globe_and_keep_every_degree(
    start: float, moves: list[tuple[float, float]]
) -> None:
    line = [(start, 0.0)]
    for east, lat in moves:
        line.append((line[-1][0] + east, lat))
    parts = split_at_antimeridian(line)
    assert all(-180.0 <= lon <= 180.0 for part in parts for lon, _ in part)
    travelled = sum(abs(b[0] - a[0]) for a, b in itertools.pairwise(line))
    kept = sum(abs(b[0] - a[0]) for part in parts for a, b in itertools.pairwise(part))
    assert abs(travelled - kept) < 1e-6


def test_a_route_over_the_pacific_is_continuous() -> None:
    panama = example_comparison().routes[1]
    lons = [lon for line in unwrapped_lines(panama.steps) for lon, _ in line]
    assert max(abs(b - a) for a, b in itertools.pairwise(lons)) < 180.0
    assert lons[0] == 121.8
    assert abs(lons[-1] - 369.9) < 1e-9
