"""Whole trips, worked by hand from the rows: Shanghai to Hamburg, one TEU in a 40-foot box.

Run `pytest -s tests/costing/test_hand_sums.py` to see the sums.
"""

from __future__ import annotations

import pytest

from corridors.costing import operations, pricing
from tests.costing.examples import (
    BOX,
    CAPE,
    DOSTYK_BREST,
    NSR,
    PARAMETERS,
    SERVICES,
    SUEZ,
    Trip,
    terminal,
)


def shown(name: str, trip: Trip) -> Trip:
    print(f"{name}: {trip.usd:.0f} USD, {trip.co2e_kg:.0f} kg CO2e, {trip.days():.1f} d")  # noqa: T201
    for line in pricing.cost_lines(trip.bill, PARAMETERS):
        print(f"  {line.usd_per_teu:8.1f} ({line.low:.0f} to {line.high:.0f}) {line.label}")  # noqa: T201
    return trip


def ship_time(parts: dict[str, float]) -> float:
    return sum(parts[driver] for driver in ("ship_days", "ship.crew", "ship.running"))


def test_suez_by_hand() -> None:
    # 20,100 km / 1.852 / 16 kn / 24 = 28.26 d. Burn 9.4 + 0.02163 x 16^3 = 98.0 t/d.
    # Paying TEU 14,052 x 0.825 = 11,593; emitting TEU 14,052 x 0.7 = 9,836.
    # Ship: (28.26 + 6.6 + 19/24) d x 63,800 / 11,593          = 196.2
    # Fuel: (28.26 x 98.0 + 7.392 d x 8.8) t x 837.8 / 11,593   = 204.9
    # Toll: 1,049,300 / 11,593                                  =  90.5
    # Calls: 5.5 x 150,000 / 11,593                             =  71.2
    # Overhead and margin: 10.1 % of 563.2                      =  56.9
    # Repositioning 175, THC 100 + 295 x 1.1202 / 2 = 265.2     = 440.2
    trip = shown("Suez", SUEZ)
    parts = trip.usd_by_driver()
    assert ship_time(parts) == pytest.approx(196.2, abs=0.2)
    # Of which a third of 6.6 d x 8.8 t at berth in Europe, x 0.96 x 1,203 / 11,593 = 1.9 of gas oil
    assert parts["fuel.vlsfo"] == pytest.approx(204.9 - 1.4, abs=0.2)
    assert parts["fuel.mgo"] == pytest.approx(1.91, abs=0.02)
    assert parts["canal.toll"] == pytest.approx(90.5, abs=0.1)
    assert parts["thc"] == pytest.approx(265.2, abs=0.1)
    assert trip.usd == pytest.approx(1_060.3, abs=1.0)
    assert 835.0 < trip.usd < 1_415.0
    # CO2e: 2,835 t / 9,836 x 3,750 = 1,080.6, and two port moves of a half box = 10
    assert trip.co2e_kg == pytest.approx(1_090.6, abs=2.0)
    # 28.26 sea + 6.6 calls + 0.79 canal, and half a week of schedule wait
    assert trip.days("sea", "port_calls", "canal") == pytest.approx(35.65, abs=0.02)


def test_the_cape_costs_about_what_suez_does_and_takes_longer() -> None:
    trip = shown("Cape", CAPE)
    assert 0.95 < trip.usd / SUEZ.usd < 1.15
    assert 7.0 < trip.days() - SUEZ.days() < 14.0


def test_the_arctic_shuttle_by_hand() -> None:
    # 16 kn on 12,820 km: 18.03 d; 11.9 kn on 2,350 km: 4.44 d; together 22.47 d at 57.0 t/d.
    # Paying and emitting TEU 4,843 x 0.62 = 3,003. Other calls take 2.9 d, half at each end.
    # Ship 25.37 x 27,900 / 3,003 = 235.7; fuel 22.47 x 57.0 x 837.8 / 3,003 = 357.3, at berth 6.7 t
    # a day: 1.45 x 6.7 x 837.8 / 3,003 = 2.7 more, and as much gas oil in Europe
    # Insurance 73,000 / 3,003 = 24.3; pilot 7.23 d x 673 / 3,003 = 1.6; 2.4 calls of 60,000 47.9
    # Overhead and margin 10.1 % of what is the ship's; repositioning and THC 440.2
    trip = shown("NSR", NSR)
    parts = trip.usd_by_driver()
    assert ship_time(parts) == pytest.approx(235.7, abs=0.5)
    assert parts["fuel.vlsfo"] == pytest.approx(360.0, abs=0.8)
    assert parts["port_calls"] == pytest.approx(47.9, abs=0.1)
    assert parts["nsr.insurance"] == pytest.approx(24.3, abs=0.1)
    assert 940.0 < trip.usd < 1_800.0
    assert 0.9 < trip.usd / SUEZ.usd < 1.8
    assert 1_400.0 < trip.co2e_kg < 1_800.0
    assert trip.days("sea", "ice") == pytest.approx(22.47, abs=0.05)


def test_dostyk_to_brest_is_the_published_rate_and_time() -> None:
    # ERAI of July 2024: 3,289 USD per FEU over 5,430 km; 5 to 7 d, borders inside, in April.
    trip = shown("Dostyk-Brest", DOSTYK_BREST)
    assert trip.usd * 2.0 == pytest.approx(3_290.0, abs=5.0)
    assert trip.days() == pytest.approx(6.0, abs=0.01)


def test_kazakhstan_by_hand() -> None:
    # Freight per FEU: 4,600 x 0.30 + 5,430 x 0.606 + 1,100 x 0.92 = 5,682.6, half of it 2,841.3
    # Gauge (329 + 225) / 2 = 277; fees 215/2 + (60 + 10) x 1.1202/2 + 45 x 1.1202/2 = 171.9
    # Lifts 50/2 + 46.9 x 1.1202/2 = 51.3; one-way box 250
    trip = Trip().load("rail/cn-1435").run("rail/cn-1435", 4_600.0, country="CN")
    trip = trip.border("CN-KZ", "rail/cn-1435").change("rail/cn-1435", "rail/1520", "kz-dostyk")
    trip = Trip(trip.bill + DOSTYK_BREST.bill, trip.hours + DOSTYK_BREST.hours)
    trip = trip.border("BY-PL", "rail/1520").change("rail/1520", "rail/eu-1435", "pl-malaszewicze")
    trip = trip.run("rail/eu-1435", 650.0, country="PL").border("DE-PL", "rail/eu-1435")
    trip = trip.run("rail/eu-1435", 450.0, country="DE").unload("rail/eu-1435")
    shown("Kazakhstan", trip)
    assert trip.usd == pytest.approx(3_591.5, abs=2.0)
    assert 2.0 < trip.usd / SUEZ.usd < 4.5
    assert 2_000.0 < trip.co2e_kg < 2_500.0
    # Border and gauge: 36 h at Dostyk, 48 h at Brest, 40 h until the onward train
    assert trip.days("border", "gauge_change") == pytest.approx(124 / 24)
    assert 13.0 < trip.days("rail", "border", "gauge_change") < 23.0


def test_altynkol_to_poti_takes_twelve_days_and_the_delay_of_the_ferry() -> None:
    # 3,331 km at 905 = 3.68; wait 104 h = 4.33; 508 km at 11.5 kn = 0.99: Absheron 9.0, scheduled 9
    # 6 h in port, half of 25 h, 781 km at 350 = 2.23, 12 h at the border: Poti 12.5, scheduled 12
    # The ferry is waited for 137 h, not 104: half of what winter's trains were late by.
    late = (137.0 - 104.0) / 24.0
    trip = Trip().run("rail/1520", 3_331.0, country="KZ")
    trip = trip.change("rail/1520", "ferry/caspian", "kz-aktau").run("ferry/caspian", 508.0)
    assert trip.days() - late == pytest.approx(9.0, abs=0.1)
    trip = trip.change("ferry/caspian", "rail/1520", "az-alat")
    trip = trip.run("rail/1520", 500.0, country="AZ").border("AZ-GE", "rail/1520")
    trip = shown("Altynkol-Poti", trip.run("rail/1520", 281.0, country="GE"))
    assert trip.days() - late == pytest.approx(12.0, rel=0.1)


def test_piraeus_lies_between_sea_and_rail() -> None:
    trip = Trip().load("sea/14k").run("sea/14k", 14_900.0).canal("gate-suez", "sea/14k")
    trip = trip.change("sea/14k", "rail/eu-1435", "gr-piraeus")
    for country, km in (("GR", 550.0), ("MK", 220.0), ("RS", 620.0), ("HU", 250.0), ("DE", 940.0)):
        trip = trip.run("rail/eu-1435", km, country=country)
    for pair in ("GR-MK", "MK-RS", "HU-RS"):
        trip = trip.border(pair, "rail/eu-1435")
    trip = shown("Piraeus", trip.unload("rail/eu-1435"))
    assert SUEZ.usd < trip.usd < 3_000.0
    assert 33.0 < trip.days() - 3.5 < 44.0


def test_naushki_hands_the_train_over_without_a_change_of_gauge() -> None:
    made = operations.change(
        SERVICES["rail/mn-1520"],
        SERVICES["rail/tsr-1520"],
        terminal("ru-naushki"),
        PARAMETERS,
        BOX,
    )
    assert "gauge_change" not in made.time_parts
    assert made.bill == ()
