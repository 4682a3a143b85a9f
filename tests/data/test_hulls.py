"""Ships stand on one basis: capital of new hulls of one year, and calls of known voyages."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from corridors.data.geodata import load_services
from corridors.data.parameters import load_parameters
from corridors.data.paths import parameters_dir
from corridors.domain.places import Family

BUILD = Path(__file__).resolve().parents[2] / "geodata" / "build"
TABLE = load_parameters()
SHIPS = {one.id: one for one in load_services() if one.family is Family.SEA}
OPEN_WATER = [ship for ship in SHIPS if "arctic" not in ship]
ARCTIC = [ship for ship in SHIPS if "arctic" in ship]


def hull_musd(ship: str) -> float:
    return TABLE.value("ship.hull_value_musd", ship)


def test_hulls_and_days_are_as_computed_from_orders() -> None:
    done = subprocess.run(
        [sys.executable, BUILD / "hulls.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}renew them: python geodata/build/hulls.py"


@pytest.mark.parametrize("ship", SHIPS)
def test_a_day_is_a_tenth_of_a_new_hull_a_year_and_what_the_ship_takes_to_run(
    ship: str,
) -> None:
    hull, day = (TABLE.get(f"ship.{name}", ship) for name in ("hull_value_musd", "day_usd"))
    assert hull.currency_year == day.currency_year == 2024
    teu = TABLE.value("ship.capacity_teu", ship)
    # 7,750 USD a day at 4,250 TEU and 12,000 at 14,052, by a power of TEU.
    running = 12_000.0 if ship == "sea/14k" else 7_750.0 * (teu / 4_250.0) ** 0.367
    assert day.value == pytest.approx(hull.value * 1e6 * 0.1 / 365.0 + running, abs=51.0)
    share = TABLE.value("ship.running_share", ship)
    assert share == pytest.approx(running / day.value, abs=0.001)


@pytest.mark.parametrize("ship", ARCTIC)
def test_an_ice_class_makes_no_hull_cheaper_than_a_smaller_one_in_open_water(ship: str) -> None:
    teu = TABLE.value("ship.capacity_teu", ship)
    smaller = [one for one in OPEN_WATER if TABLE.value("ship.capacity_teu", one) <= teu]
    assert hull_musd(ship) > max((hull_musd(one) for one in smaller), default=0.0)


def test_a_higher_ice_class_of_one_hull_costs_more() -> None:
    for size, classes in (("5k", ("ice1", "ice2", "ice3")), ("4k", ("arc4", "arc5", "arc7"))):
        prices = [hull_musd(f"sea/arctic-{size}-{one}") for one in classes]
        assert prices == sorted(set(prices))


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_arctic_ships_call_as_often_as_known_voyages() -> None:
    # Voyages one way whose ship is known, and more calls than the first and the last.
    stops = [
        len(row["from"].split(";")) + len(row["to"].split(";"))
        for row in rows_of(parameters_dir() / "lines.csv")
        if "gate-bering" in row["ways"] and row["one_way"] and row["teu"] and not row["sum"]
    ]
    stops = [number for number in stops if number > 2]
    half = sum(stops) / len(stops) / 2.0
    # Days of a call: between two ports, less what the farther takes a ship that sails direct.
    seen = rows_of(BUILD / "arctic_calls.csv")
    days = [
        float(row["days"]) - float(row["direct_nm"]) / float(row["speed_kn"]) / 24.0 for row in seen
    ]
    a_call = sum(days) / sum(int(row["calls"]) for row in seen)
    # Those of Dudinka sail to one port and back.
    for ship in (ship for ship in ARCTIC if ship != "sea/arctic-650-arc7"):
        assert TABLE.value("sea.port_calls", ship) == pytest.approx(half, abs=0.05)
        other = TABLE.value("sea.port_calls_days", ship)
        assert other == pytest.approx((half - 1.0) * a_call, abs=0.05)
