"""A place is found by name, alias, UN/LOCODE, id or lon,lat, and ambiguous names are refused."""

from __future__ import annotations

import pytest

from corridors.errors import PlaceError
from corridors.network.locate import locate


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Shanghai", "cn-shanghai"),
        (" shanghai ", "cn-shanghai"),
        ("CNSHA", "cn-shanghai"),
        ("cn sha", "cn-shanghai"),
        ("cn-shanghai-rail", "cn-shanghai-rail"),
        ("Yangshan", "cn-shanghai-yangshan"),
        ("Waigaoqiao", "cn-shanghai"),
        ("Minhang", "cn-shanghai-rail"),
        ("Brest-Litovsk", "by-brest"),
        ("FRBES", "FRBES"),
        ("GBHUL", "GBHUL"),
        ("GBFXT", "gb-felixstowe"),
    ],
)
def test_a_place_is_found_by_each_of_its_names(text: str, found: str) -> None:
    assert locate(text).id == found


@pytest.mark.parametrize(
    ("text", "lon", "lat"),
    [("8.68,50.11", 8.68, 50.11), ("-3, 40.5", -3.0, 40.5), ("190.5,65", -169.5, 65.0)],
)
def test_a_point_is_longitude_then_latitude(text: str, lon: float, lat: float) -> None:
    place = locate(text)
    assert place.kind == "point"
    assert place.lon == pytest.approx(lon)
    assert place.lat == pytest.approx(lat)


def test_two_cities_of_one_name_are_distinguished_by_the_user() -> None:
    with pytest.raises(PlaceError) as fault:
        locate("Brest")
    assert str(fault.value) == (
        "'Brest' is the name of several cities: BYBQT (Brest, BY); FRBES (Brest, FR)."
        " Give one of these codes or ids"
    )


def test_an_unknown_place_gets_a_suggestion() -> None:
    with pytest.raises(PlaceError) as fault:
        locate("Shangai")
    assert str(fault.value) == "unknown place 'Shangai', did you mean 'Shanghai'?"


def test_a_point_off_the_globe_is_refused() -> None:
    with pytest.raises(PlaceError) as fault:
        locate("50.0,120.0")
    assert str(fault.value) == (
        "'50.0,120.0' is not a lon,lat: longitude -180 to 360, latitude -90 to 90"
    )
