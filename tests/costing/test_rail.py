"""Rail freight: by section, by one through-rate, with a subsidy; and what a box may weigh."""

from __future__ import annotations

from dataclasses import replace

import pytest

from corridors.config import load_scenario
from corridors.costing.pricing import usd
from corridors.costing.running import freight_lines, overweight, running_rate, train_speed
from corridors.data.geodata import load_services
from corridors.data.parameters import ParameterTable, load_parameters
from corridors.domain.scenario import Equipment, Override
from corridors.errors import ParameterError
from corridors.studies.compare.run import compare
from tests.costing.examples import BOX

TABLE = load_parameters()
RATE_1520 = TABLE.value("rail.rate_usd_per_feu_km", "rail/1520")
SERVICES = {service.id: service for service in load_services()}
SHIPMENT = load_scenario("shanghai-europe").shipment


def with_values(**values: float) -> ParameterTable:
    return TABLE.with_overrides(
        [
            Override(parameter=f"rail.{key}", scope=None, value=value)
            for key, value in values.items()
        ]
    )


def per_km(parameters: ParameterTable, service: str, country: str) -> float:
    lines = freight_lines(SERVICES[service], parameters, SHIPMENT, section=country)
    return usd(lines, parameters)


def test_each_section_has_its_rate() -> None:
    # USD per FEU-km, halved for a TEU.
    assert per_km(TABLE, "rail/cn-1435", "CN") == pytest.approx(0.3 / 2)
    assert per_km(TABLE, "rail/1520", "KZ") == pytest.approx(RATE_1520 / 2)
    assert per_km(TABLE, "rail/1520", "AZ") == pytest.approx(1.19 / 2)
    assert per_km(TABLE, "rail/tr-1435", "TR") == pytest.approx(0.49 / 2)


def test_one_through_rate_takes_the_place_of_the_sections() -> None:
    through = with_values(through_rate=1.0)
    # (5,400 - 1,050) USD/FEU over 9,797 km, half of it a TEU, on every section.
    expected = (5400 - 870) / 9797 / 2
    assert per_km(through, "rail/cn-1435", "CN") == pytest.approx(expected)
    assert per_km(through, "rail/eu-1435", "DE") == pytest.approx(expected)


def test_the_index_moves_sections_and_through_rate_alike() -> None:
    assert per_km(with_values(index=0.85), "rail/1520", "RU") == pytest.approx(0.85 * RATE_1520 / 2)
    both = with_values(index=2.0, through_rate=1.0)
    assert per_km(both, "rail/1520", "RU") == pytest.approx((5400 - 870) / 9797)


def test_a_subsidy_is_a_line_below_nothing_on_the_km_of_its_country() -> None:
    assert len(freight_lines(SERVICES["rail/cn-1435"], TABLE, SHIPMENT, section="CN")) == 1
    helped = with_values(subsidy_share=0.3)
    lines = freight_lines(SERVICES["rail/cn-1435"], helped, SHIPMENT, section="CN")
    assert [line.driver for line in lines] == ["rail.feu_km", "rail.subsidy"]
    assert usd(lines[1:], helped) == pytest.approx(-0.3 * 0.3 / 2)
    assert per_km(helped, "rail/1520", "KZ") == per_km(TABLE, "rail/1520", "KZ")


def test_a_scenario_takes_the_subsidies_found_for_its_year() -> None:
    def subsidy(departure: str, *changes: str) -> float:
        asked = [f"departure={departure}", "corridors=[kazakhstan-dostyk]", *changes]
        (option,) = compare(load_scenario("shanghai-europe", set_values=asked)).routes
        lines = {line.driver: line.usd_per_teu for line in option.cost_lines}
        return lines.get("rail.subsidy", 0.0)

    # 4,586 km in China at 0.3 USD per FEU-km: 688 USD per TEU, of which 30 % in 2020.
    assert subsidy("2020-08-20", "subsidies=found") == pytest.approx(-0.3 * 687.9, abs=0.5)
    assert subsidy("2020-08-20") == 0.0
    # They were to end in 2022.
    assert subsidy("2026-08-20", "subsidies=found") == 0.0


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"subsidy_share": 1.5}, "must be from 0 to 1 USD/USD of rail freight, got 1.5"),
        ({"subsidy_share": -0.1}, "must be from 0 to 1 USD/USD of rail freight, got -0.1"),
        ({"through_rate": 1.0, "through_rate_usd_per_feu": 800.0}, "above what it holds, 870"),
    ],
)
def test_what_is_no_share_and_no_rate_is_refused(values: dict[str, float], expected: str) -> None:
    with pytest.raises(ParameterError, match=expected):
        per_km(with_values(**values), "rail/cn-1435", "CN")


@pytest.mark.parametrize(
    ("equipment", "t_per_teu", "trains"),
    [
        (Equipment.HC40, 10.0, []),
        (Equipment.HC40, 10.6, ["rail/cn-1435"]),
        (Equipment.HC40, 14.0, ["rail/cn-1435", "rail/1520"]),
        (Equipment.DV20, 21.8, []),
        (Equipment.DV20, 21.9, ["rail/cn-1435"]),
        (Equipment.RF40, 10.2, ["rail/cn-1435"]),
    ],
)
def test_a_box_too_heavy_for_a_train_is_reported(
    equipment: Equipment, t_per_teu: float, trains: list[str]
) -> None:
    heavy = replace(SHIPMENT, equipment=equipment, cargo_t_per_teu=t_per_teu)
    used = [SERVICES[name] for name in ("rail/cn-1435", "rail/1520", "sea/14k")]
    texts = overweight(used, TABLE, heavy)
    assert [text.partition(":")[0] for text in texts] == [SERVICES[one].title for one in trains]
    assert all(equipment.value in text for text in texts)


@pytest.mark.parametrize(
    ("train", "country", "burnt"),
    [
        # 10 t of cargo and 10 t of wagon and box, and a quarter more for empties: 25 t;
        # electricity with 10 % lost in the grid.
        ("rail/cn-1435", "CN", {"electricity": 25.0 * 0.0104 * 1.1}),
        (
            "rail/1520",
            "KZ",
            {"electricity": 25 * 0.0108 * 1.1 * 0.56, "diesel": 25 * 0.0042 * 0.44},
        ),
        ("rail/mn-1520", "MN", {"diesel": 25.0 * 0.0042}),
        # 13 t of wagon in Europe, and 9 % for empties: 25.07 t
        (
            "rail/eu-1435",
            "DE",
            {"electricity": 25.07 * 0.0166 * 1.1 * 0.8, "diesel": 25.07 * 0.0055 * 0.2},
        ),
    ],
)
def test_a_train_takes_power_for_its_gross_tonnes_by_hand(
    train: str, country: str, burnt: dict[str, float]
) -> None:
    rate = running_rate(SERVICES[train], TABLE, BOX, country=country)
    found = {
        line.driver.removeprefix("energy."): line.quantity
        for line in rate.bill_per_km
        if line.driver.startswith("energy.")
    }
    assert found == pytest.approx(burnt)


def test_a_train_has_the_speed_of_its_year_where_one_is_known() -> None:
    train = SERVICES["rail/1520"]

    def days(country: str, year: str) -> float:
        rate = running_rate(train, TABLE, SHIPMENT, country=country, year=year)
        return rate.hours_per_km * 5_430.0 / 24.0

    # Border to border: 5.5 d (UTLC) and 5.13 (Russian Railways) in 2019, 4.9 d in 2020 (UTLC),
    # 5 to 7 d in 2024 (Russian Railways).
    for year, published in (("2019", 5.31), ("2020", 4.92), ("2024", 6.0), ("", 6.0)):
        assert days("KZ", year) == pytest.approx(published, rel=0.002)
    # A country's own speed comes before the year's.
    assert days("GE", "2020") == days("GE", "2024")


def test_trains_that_end_in_russia_run_at_the_speed_of_its_imports() -> None:
    bound = with_values(ends_in_russia=1.0)

    def speed(parameters: ParameterTable, year: str, country: str = "RU") -> float:
        found = {
            train_speed(SERVICES[train], parameters, country=country, year=year).value
            for train in ("rail/1520", "rail/tsr-1520")
        }
        assert len(found) == 1
        return found.pop()

    # Transit trains keep their schedule. All container trains: 839 in 2020, held for 2019 too;
    # imports: 575 in 2022, 663 from 2023, held after it.
    assert [speed(TABLE, year) for year in ("2019", "2022", "2026")] == [1022, 905, 905]
    assert [speed(bound, year) for year in ("2019", "2022", "2026")] == [839, 575, 663]
    # In Kazakhstan they are not in Russia yet.
    assert speed(bound, "2026", "KZ") == 905


def test_trains_on_one_section_have_one_rate_and_one_speed_whatever_their_name() -> None:
    for section in ("RU", "BY", "KZ", "RU-east"):
        paid = {
            usd(freight_lines(SERVICES[train], TABLE, SHIPMENT, section=section), TABLE)
            for train in ("rail/1520", "rail/tsr-1520")
        }
        assert len(paid) == 1
    for year in range(2018, 2028):
        speeds = {
            train_speed(SERVICES[train], TABLE, country="RU", year=str(year)).value
            for train in ("rail/1520", "rail/tsr-1520")
        }
        assert len(speeds) == 1


def test_the_east_of_russia_has_the_rate_that_the_through_price_leaves() -> None:
    # Zabaikalsk to Brest by our legs: 3,325 km to Novosibirsk, and 4,340 from there to Brest.
    east, west = (
        usd(freight_lines(SERVICES["rail/tsr-1520"], TABLE, SHIPMENT, section=name), TABLE) * 2
        for name in ("RU-east", "RU")
    )
    assert 3_325 * east + 4_340 * west == pytest.approx(3_289, rel=0.1)
    scenario = load_scenario("shanghai-europe", set_values=["corridors=[trans-siberian]"])
    (option,) = compare(scenario).routes
    lines = {line.scope: line for line in option.cost_lines if line.driver == "rail.feu_km"}
    assert 2 * lines["RU-east"].quantity == pytest.approx(3_325, abs=30)
    assert 2 * lines["rail/tsr-1520"].quantity == pytest.approx(4_340, abs=30)
