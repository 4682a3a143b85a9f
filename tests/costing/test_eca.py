"""Ships burn gas oil inside emission control areas that are in force on the day of departure."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from corridors.config import load_scenario
from corridors.costing import pricing
from corridors.costing.running import running_rate
from corridors.data.geodata import load_sea_legs
from corridors.data.sea_areas import load_eca_areas, load_leg_eca_nm, shares_inside
from corridors.domain.results import RouteOption
from corridors.domain.scenario import Override
from corridors.studies.compare.run import compare
from tests.costing.examples import BOX, PARAMETERS, SERVICES

AREAS = load_eca_areas()
NAMES = [area.id for area in AREAS]


def inside(*line: tuple[float, float]) -> dict[str, float]:
    return dict(zip(NAMES, shares_inside(line, AREAS), strict=True))


def test_areas_came_into_force_on_their_days() -> None:
    days = {area.id: area.first_day for area in AREAS}
    assert days["north-sea-baltic"] == date(2015, 1, 1)
    assert days["north-america"] == date(2012, 8, 1)
    assert days["mediterranean"] == date(2025, 5, 1)
    assert days["norwegian-sea"] == days["canadian-arctic"] == date(2027, 3, 1)


@pytest.mark.parametrize(
    ("where", "area"),
    [
        ((8.0, 54.3), "north-sea-baltic"),
        ((1.5, 51.0), "north-sea-baltic"),
        ((20.0, 58.0), "north-sea-baltic"),
        ((28.0, 60.0), "north-sea-baltic"),
        ((18.0, 35.0), "mediterranean"),
        ((25.0, 38.0), "mediterranean"),
        ((13.0, 45.0), "mediterranean"),
        ((-75.0, 38.0), "north-america"),
        ((-122.0, 35.0), "north-america"),
        ((15.0, 70.0), "norwegian-sea"),
        ((-80.0, 74.0), "canadian-arctic"),
    ],
)
def test_a_point_lies_in_its_area_alone(where: tuple[float, float], area: str) -> None:
    found = inside(where, (where[0] + 0.01, where[1]))
    assert [name for name, share in found.items() if share > 0.0] == [area]


@pytest.mark.parametrize(
    "where",
    [(29.0, 43.0), (28.0, 40.7), (33.0, 29.0), (-9.0, 45.0), (-7.0, 36.0), (100.0, 5.0)],
    ids=["Black Sea", "Marmara", "Red Sea", "Biscay", "off Cadiz", "Malacca"],
)
def test_other_waters_lie_in_none(where: tuple[float, float]) -> None:
    assert sum(inside(where, (where[0] + 0.01, where[1])).values()) == 0.0


def test_a_line_across_a_limit_is_inside_in_part() -> None:
    # from 60 to 64 N along 1 E: the North Sea ends at 62 N, where the Norwegian Sea begins
    found = inside((1.0, 60.0), (1.0, 64.0))
    assert found["north-sea-baltic"] == pytest.approx(0.5, abs=0.02)
    assert found["norwegian-sea"] == pytest.approx(0.5, abs=0.02)
    assert sum(inside((1.0, 60.0)).values()) == 0.0


def test_the_shipped_legs_are_measured_whole() -> None:
    legs, nm = load_sea_legs(), load_leg_eca_nm()
    assert nm.shape == (len(legs.leg_nm), len(AREAS))
    assert (nm >= 0.0).all()
    assert (nm.sum(axis=1) <= legs.leg_nm * (1.0 + 1e-5)).all()
    assert not np.any(nm[legs.leg_area > 0])  # none in the Northern Sea Route


def test_gas_oil_is_dearer_a_km_and_takes_as_long() -> None:
    # 98.0 t/d at 711 km a day over 11,593 TEU; 0.96 t of gas oil for a tonne of VLSFO;
    # 10.1 % on top
    usual, eca = (
        running_rate(SERVICES["sea/14k"], PARAMETERS, BOX, low_sulphur=low) for low in (False, True)
    )
    more = pricing.usd(eca.bill_per_km, PARAMETERS) - pricing.usd(usual.bill_per_km, PARAMETERS)
    vlsfo, mgo = (PARAMETERS.value(f"fuel.{name}_usd_per_t") for name in ("vlsfo", "mgo"))
    assert more == pytest.approx(98.0 / 711.2 / 11_593 * (0.96 * mgo - vlsfo) * 1.101, rel=0.002)
    assert eca.hours_per_km == usual.hours_per_km
    assert {line.driver for line in eca.bill_per_km} >= {"fuel.mgo", "energy.mgo"}
    assert not any(line.driver.endswith("vlsfo") for line in eca.bill_per_km)


def suez(day: str) -> RouteOption:
    asked = load_scenario(
        "shanghai-europe",
        departure=date.fromisoformat(day),
        set_values=["corridors=suez", "overrides.canal.rebate_share=0"],
    )
    return compare(asked).routes[0]


def gas_oil(option: RouteOption) -> float:
    return sum(line.usd_per_teu for line in option.cost_lines if line.driver == "fuel.mgo")


def test_the_mediterranean_costs_gas_oil_from_may_2025() -> None:
    before, after = suez("2025-04-30"), suez("2025-05-01")
    assert 0.0 < gas_oil(before) < gas_oil(after) / 3.0
    assert before.days == after.days
    # Dearer water is sailed a few metres less.
    assert before.km() == pytest.approx(after.km(), abs=1.0)


def test_the_cost_of_a_route_is_the_sum_of_its_lines_with_gas_oil_among_them() -> None:
    option = suez("2026-08-20")
    lines = sum(line.usd_per_teu for line in option.cost_lines)
    assert lines == pytest.approx(option.cost_usd_per_teu or 0.0)
    assert option.certificate.status == "agrees"
    assert option.certificate.cost_usd_per_teu == pytest.approx(lines, abs=0.2)


def test_a_ban_of_heavy_fuel_takes_gas_oil_along_the_northern_sea_route() -> None:
    asked = PARAMETERS.with_overrides([Override(parameter="nsr.hfo_ban", scope=None, value=1.0)])
    ship = SERVICES["sea/arctic-5k-ice1"]
    for regime, banned in (("light", True), ("", False)):
        drivers = {
            line.driver for line in running_rate(ship, asked, BOX, regime=regime).bill_per_km
        }
        assert ("fuel.mgo" in drivers) is banned
        assert ("fuel.vlsfo" in drivers) is not banned
    # As the rows stand heavy fuel is burnt there until no waiver is left, on 1 July 2029.
    for year, gas_oil in (("", False), ("2026", False), ("2029", False), ("2030", True)):
        rate = running_rate(ship, PARAMETERS, BOX, regime="light", year=year)
        assert ("fuel.mgo" in {line.driver for line in rate.bill_per_km}) is gas_oil


def test_a_class_may_run_on_lng_inside_emission_control_areas_too() -> None:
    on = PARAMETERS.with_overrides([Override(parameter="ship.runs_on_lng", scope=None, value=1.0)])
    ship = SERVICES["sea/14k"]
    inside, outside = (running_rate(ship, on, BOX, low_sulphur=low) for low in (True, False))
    assert inside.bill_per_km == outside.bill_per_km
    tonnes = sum(line.quantity for line in outside.bill_per_km if line.driver == "energy.lng")
    oil = running_rate(ship, PARAMETERS, BOX).bill_per_km
    burnt = sum(line.quantity for line in oil if line.driver == "energy.vlsfo")
    assert tonnes / burnt == pytest.approx(0.835)
    # 0.835 x 4,075 of LNG for 3,750 kg of a tonne of VLSFO
    ratio = pricing.co2e_wtw_kg(outside.bill_per_km, on) / pricing.co2e_wtw_kg(oil, PARAMETERS)
    assert ratio == pytest.approx(0.835 * 4075 / 3750)
