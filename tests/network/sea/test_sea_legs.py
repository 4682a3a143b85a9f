"""Sea legs of a port outside the table follow the lanes, and no port joins a canal."""

from __future__ import annotations

import numpy as np
import pytest

from corridors.data.geodata import load_gates, load_sea_lanes, load_sea_legs
from corridors.data.sea_areas import great_circle_km
from corridors.errors import PlaceError
from corridors.network.locate import Place, PlaceKind, locate, world_ports
from corridors.network.sea.lane_access import join, snap
from corridors.network.sea.sea_distances import sea_distance
from corridors.network.sea.sea_ways import SeaLeg, leg_between, legs_of_port, reach_of
from corridors.units import km_from_nm

GATES = frozenset(point for gate in load_gates() for point in gate.points)


def all_legs_of(port: Place) -> list[SeaLeg]:
    """Return the legs of a port to every point of its sea."""
    return legs_of_port(reach_of(port, load_sea_legs(), GATES), load_sea_lanes().point_ids)


def between(one: str, other: str) -> SeaLeg | None:
    """Return the leg between two ports outside the shipped legs."""
    legs = load_sea_legs()
    return leg_between(*(reach_of(port_of(code), legs, GATES) for code in (one, other)))


def port_of(code: str) -> Place:
    """Return a port of the world list."""
    return next(port for port in world_ports() if port.id == code)


def drawn_km(leg: SeaLeg) -> float:
    """Return the length of a leg's line."""
    lon, lat = np.array(leg.lon_lat).T
    parts = zip(lon, lat, lon[1:], lat[1:], strict=False)
    return sum(float(great_circle_km(a, b, [c], [d])[0]) for a, b, c, d in parts)


def assert_as_long_as_drawn(leg: SeaLeg) -> None:
    """Ships sail up to 10 % more than the line near land; rivers are longer than they are drawn."""
    drawn = drawn_km(leg)
    assert 0.97 * drawn - 10.0 <= leg.km <= 1.105 * drawn + 10.0, leg.id


@pytest.mark.parametrize("code", ["GBSOU", "FRBES"])
def test_a_leg_of_a_world_port_is_as_long_as_its_line_on_the_lanes(code: str) -> None:
    legs = all_legs_of(locate(code))
    assert len(legs) > 5
    for leg in legs:
        assert_as_long_as_drawn(leg)


@pytest.mark.parametrize(
    "ends",
    [
        ("ESVGO", "IEDUB"),  # Vigo-Dublin: 1,291 nm by Brest before
        ("FIRAU", "FITOK"),  # Rauma-Tolkkinen: 1,325 nm by the Sound before
        ("IDSUB", "IDSRG"),  # on the same edge of the lanes
    ],
)
def test_a_leg_between_world_ports_is_the_shortest_way_over_open_water(
    ends: tuple[str, str],
) -> None:
    leg = between(*ends)
    assert leg is not None
    assert leg.km == pytest.approx(km_from_nm(sea_distance(*map(port_of, ends))), abs=0.01)
    assert_as_long_as_drawn(leg)
    back = between(*reversed(ends))
    assert back is not None
    assert back.km == pytest.approx(leg.km, abs=1e-6)
    assert back.eca_km == pytest.approx(leg.eca_km, abs=11.0)


def test_the_baltic_side_of_a_leg_lies_in_its_emission_control_area() -> None:
    leg = between("FIRAU", "FITOK")
    assert leg is not None
    assert max(leg.eca_km) == pytest.approx(leg.km)


def test_no_leg_between_world_ports_passes_a_gate() -> None:
    assert between("ESVGO", "ROMID") is None  # Midia: Gibraltar, the Dardanelles, the Bosporus


def test_a_listed_port_sought_as_a_world_port_has_the_shipped_legs() -> None:
    listed = locate("gb-felixstowe")
    port = Place(
        id="x",
        name="x",
        country="GB",
        lon=listed.lon,
        lat=listed.lat,
        kind=PlaceKind.POINT,
        terminal=None,
    )
    found = {leg.to_point: leg.km for leg in all_legs_of(port)}
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
    with pytest.raises(PlaceError, match="km from the nearest sea lane, with land or ice between"):
        join(inland, load_sea_lanes())
