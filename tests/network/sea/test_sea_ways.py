"""A way by sea is as long as the distance, drawn as long as it is, and names its gates."""

from __future__ import annotations

from itertools import pairwise
from math import inf
from typing import Any

import numpy as np
import pytest

import corridors
from corridors.data.geodata import load_gates
from corridors.data.sea_areas import STEP_KM, great_circle_km
from corridors.errors import ParameterError, PlaceError
from corridors.network.sea.sea_ways import sea_ways
from corridors.units import km_from_nm

PLACES = ("Shanghai", "Rotterdam", "GBSOU", "FRBES", "Santos", "2.5,51.6", "20N,40W", "Los Angeles")
SETTINGS: tuple[dict[str, Any], ...] = (
    {},
    {"avoid": ["gate-suez"], "kiel": True},
    {"avoid": ["gate-malacca", "gate-dover"]},
    {"arctic": True},
    {"draft_m": 16.0},
)


@pytest.mark.first_case
@pytest.mark.parametrize(
    "setting",
    [
        pytest.param(setting, marks=[pytest.mark.long] * (number % 2), id=str(setting))
        for number, setting in enumerate(SETTINGS)
    ],
)
def test_a_way_is_as_long_as_the_distance_and_its_line(setting: dict[str, Any]) -> None:
    nm = corridors.distances(PLACES, **setting).nm
    ways = iter(sea_ways(PLACES, **setting))
    for row in range(len(PLACES)):
        for column in range(row + 1, len(PLACES)):
            way = next(ways)
            assert way.nm == pytest.approx(nm[row, column], abs=1e-6)
            km = [float(great_circle_km(*a, *b)) for a, b in pairwise(way.line)]
            assert max(km) <= STEP_KM * (1.0 + 1e-6)
            # On a sphere, of lengths on WGS 84 and up to 10 % more near land.
            assert 0.99 * sum(km) - 0.1 <= km_from_nm(way.nm) <= 1.105 * sum(km) + 0.1
            assert np.abs(np.diff([lon for lon, _ in way.line])).max() <= 180.0
            ends = way.line[0], way.line[-1]
            for place, (lon, lat) in zip((way.origin, way.destination), ends, strict=True):
                assert (lon - place.lon) % 360.0 == pytest.approx(0.0, abs=1e-9)
                assert lat == place.lat
    assert next(ways, None) is None


def test_a_way_names_its_gates_in_order_and_backwards_in_reverse() -> None:
    way = corridors.sea_way("Shanghai", "Rotterdam")
    order = [gate for gate in way.gates if gate in ("gate-malacca", "gate-suez", "gate-gibraltar")]
    assert order == ["gate-malacca", "gate-suez", "gate-gibraltar"]
    assert corridors.sea_way("Rotterdam", "Shanghai").gates == way.gates[::-1]


def test_closing_a_gate_of_a_way_leads_to_another_and_closing_others_does_not() -> None:
    way = corridors.sea_way("Shanghai", "Rotterdam")
    for gate in way.gates:
        other = corridors.sea_way("Shanghai", "Rotterdam", avoid=[gate])
        assert gate not in other.gates
        assert other.nm > way.nm - 1e-6
    unused = [gate.id for gate in load_gates() if gate.id not in way.gates]
    areas = [gate.id for gate in load_gates() if gate.kind.value == "area"]
    away = [gate for gate in unused if gate not in areas]
    assert corridors.sea_way("Shanghai", "Rotterdam", avoid=away).nm == pytest.approx(way.nm)


def test_a_canal_is_passed_only_by_both_its_ends() -> None:
    assert "gate-suez" not in corridors.sea_way("Port Said", "Piraeus").gates
    assert "gate-suez" in corridors.sea_way("Piraeus", "Jeddah").gates


def test_no_way_has_no_line() -> None:
    way = corridors.sea_way("Odesa", "Piraeus", avoid=["gate-bosporus"])
    assert (way.nm, way.gates, way.line) == (inf, (), ())


def test_a_draft_closes_the_gates_that_are_too_shallow() -> None:
    pair = ("Rotterdam", "Gdansk")
    limits = {gate.id: gate.max_draft_m for gate in load_gates()}
    assert limits["gate-oresund"] is not None
    assert limits["gate-great-belt"] is not None
    shallow = corridors.sea_way(*pair, draft_m=limits["gate-oresund"])
    assert "gate-oresund" in shallow.gates
    deep = corridors.sea_way(*pair, draft_m=limits["gate-oresund"] + 0.1)
    assert "gate-great-belt" in deep.gates
    assert shallow.nm < deep.nm
    assert corridors.sea_distance(*pair, draft_m=limits["gate-great-belt"] + 0.1) == inf
    assert corridors.sea_distance(*pair, draft_m=limits["gate-great-belt"]) == deep.nm
    # The Kiel Canal takes 9.5 m.
    assert "gate-kiel" in corridors.sea_way(*pair, kiel=True, draft_m=9.5).gates
    assert "gate-kiel" not in corridors.sea_way(*pair, kiel=True, draft_m=9.6).gates


def test_a_gate_that_is_shut_by_default_is_opened_by_its_name() -> None:
    pair = ("Hamburg", "Gdansk")
    kiel = corridors.sea_distance(*pair, kiel=True)
    assert corridors.sea_distance(*pair, allow=["gate-kiel"]) == kiel
    assert corridors.sea_distance(*pair, allow=["gate-kiel"], avoid=["gate-kiel"]) > kiel
    assert corridors.sea_distance("Yokohama", "Rotterdam", allow=["gate-bering"]) < 8_000


def test_the_east_river_is_open_to_coasters_alone() -> None:
    # Port Reading - Stamford: 43 nm as the crow flies; round Long Island it is over 200.
    pair = ("USPRD", "USSTM")
    assert 200 < corridors.sea_distance(*pair) < 240
    through = corridors.sea_way(*pair, allow=["gate-east-river"], draft_m=9.6)
    assert through.gates == ("gate-east-river",)
    assert 42 < through.nm < 52
    assert corridors.sea_way(*pair, allow=["gate-east-river"], draft_m=9.7).nm > 200


@pytest.mark.parametrize(
    ("origin", "destination", "straight_nm", "most_nm"),
    [
        # Tampico - Nautla, round Cabo Rojo: 138 nm by way of 97.25 W 21.6 N.
        ("MXTAM", "MXNAU", 136.0, 150.0),
        # Manggar - Toboali, round Belitung: 128 nm by way of 108.15 and 107.6 E, 3.28 S.
        ("IDMAN", "IDTOB", 107.4, 150.0),
    ],
)
def test_a_port_whose_water_is_narrow_has_roads(
    origin: str, destination: str, straight_nm: float, most_nm: float
) -> None:
    assert straight_nm < corridors.sea_distance(origin, destination) < most_nm


@pytest.mark.parametrize("draft_m", [0.0, -3.0, float("nan"), float("inf"), 30.1])
def test_a_draft_that_no_ship_has_is_refused(draft_m: float) -> None:
    with pytest.raises(ParameterError, match="the draft must be in metres, above 0 and at most 30"):
        corridors.sea_distance("Hamburg", "Gdansk", draft_m=draft_m)


def test_an_unknown_gate_to_open_is_refused() -> None:
    with pytest.raises(PlaceError, match="unknown gate 'gate-keel', did you mean 'gate-kiel'"):
        corridors.sea_way("Hamburg", "Gdansk", allow=["gate-keel"])
