"""Where the km of a drayage come from, with a terminal on the equator and a door east of it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from corridors.network.land.drayage_legs import Drayage, drayage_between
from corridors.network.locate import Place, PlaceKind

YARD = Place(id="yard", name="Yard", country="XX", lon=0.0, lat=0.0, kind=PlaceKind.TERMINAL)
DOOR = Place(id="1,0", name="1,0", country="XX", lon=1.0, lat=0.0, kind=PlaceKind.POINT)
# A degree of a great circle on a sphere of 6,371 km, and a quarter more by road.
STRAIGHT_KM = 111.19
ROUND_ABOUT_KM = 1.25 * STRAIGHT_KM


def drayage(
    *, door: Place | None = DOOR, km: float | None = None, by_road: float | None = 150.0
) -> Drayage:
    def road(start: Place, end: Place) -> SimpleNamespace | None:
        line = ((start.lon, start.lat), (end.lon, end.lat))
        return None if by_road is None else SimpleNamespace(km=by_road, lon_lat=line, source="road")

    return drayage_between(
        YARD, door, outbound=True, circuity=1.25, local_km=12.0, km=km,
        road=road,  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("door", "km", "by_road", "expected", "source"),
    [
        (DOOR, 99.0, 150.0, 99.0, "km given by the scenario"),
        (None, 99.0, 150.0, 99.0, "km given by the scenario"),
        (None, None, 150.0, 12.0, "road.local_km"),
        (DOOR, None, 150.0, 150.0, "road"),
        (DOOR, None, None, ROUND_ABOUT_KM, "great circle x 1.25 (road.circuity)"),
    ],
)
def test_given_km_come_before_those_of_the_city_the_road_and_the_great_circle(
    door: Place | None, km: float | None, by_road: float | None, expected: float, source: str
) -> None:
    found = drayage(door=door, km=km, by_road=by_road)
    assert found.km == pytest.approx(expected, rel=1e-3)
    assert found.source == source


def test_a_box_leaves_its_door_for_the_terminal_and_the_other_way_at_the_end() -> None:
    out = drayage()
    assert (out.from_id, out.to_id) == ("1,0", "yard")
    back = drayage_between(YARD, DOOR, outbound=False, circuity=1.25, local_km=12.0)
    assert (back.from_id, back.to_id) == ("yard", "1,0")
    assert back.lon_lat == ((0.0, 0.0), (1.0, 0.0))
