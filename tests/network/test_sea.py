"""Sea legs of a port outside the table follow the lanes, and no port joins a canal."""

from __future__ import annotations

import numpy as np
import pytest

from corridors.data.geodata import load_gates, load_sea_lanes, load_sea_legs
from corridors.data.sphere import great_circle_km
from corridors.errors import PlaceError
from corridors.network.locate import Place, PlaceKind, locate
from corridors.network.sea import legs_of_port, snap
from corridors.units import km_from_nm

GATES = frozenset(point for gate in load_gates() for point in gate.points)


@pytest.mark.parametrize("code", ["GBSOU", "FRBES"])
def test_a_leg_of_a_world_port_is_as_long_as_its_line_on_the_lanes(code: str) -> None:
    legs = legs_of_port(locate(code), load_sea_legs(), GATES)
    assert len(legs) > 5
    for leg in legs:
        lon, lat = np.array(leg.lon_lat).T
        drawn = sum(
            float(great_circle_km(a, b, [c], [d])[0])
            for a, b, c, d in zip(lon, lat, lon[1:], lat[1:], strict=False)
        )
        assert leg.km == pytest.approx(drawn, rel=0.03, abs=40.0), leg.id


def test_a_listed_port_sought_as_a_world_port_has_the_shipped_legs() -> None:
    listed = locate("gb-felixstowe")
    port = Place(
        id="x",
        name="x",
        country="GB",
        lon=listed.lon,
        lat=listed.lat,
        kind=PlaceKind.PORT,
        terminal=None,
    )
    found = {leg.to_point: leg.km for leg in legs_of_port(port, load_sea_legs(), GATES)}
    table = load_sea_legs()
    here = table.point_ids.index(listed.id)
    compared = 0
    for a, b, nm in zip(table.leg_from, table.leg_to, table.leg_nm, strict=True):
        if here in (a, b):
            other = table.point_ids[int(b if a == here else a)]
            if other in found:
                compared += 1
                assert found[other] == pytest.approx(km_from_nm(float(nm)), abs=60.0), other
    assert compared > 10


def test_no_port_joins_a_lane_inside_a_canal() -> None:
    lanes = load_sea_lanes()
    middle = Place(id="x", name="x", country="EG", lon=32.5, lat=29.95, kind=PlaceKind.PORT)
    assert lanes.edge_gate[snap(middle, lanes).edge] < 0
    assert (lanes.edge_gate >= 0).any()


def test_a_place_far_from_the_sea_is_refused() -> None:
    inland = Place(id="x", name="Urumqi", country="CN", lon=87.6, lat=43.8, kind=PlaceKind.POINT)
    with pytest.raises(PlaceError, match="km from the nearest sea lane, more than 75 km"):
        snap(inland, load_sea_lanes())
