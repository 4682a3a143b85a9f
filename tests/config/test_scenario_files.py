"""Scenario files: defaults and error messages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corridors.config import fault, find_file, load_corridors, load_scenario, where
from corridors.config.scenario import given_scenario, in_world
from corridors.domain.objective import Objective
from corridors.domain.scenario import Equipment, Limits, Override
from corridors.errors import ConfigError
from tests.config.samples import SCENARIO, scenario_faults

MINIMAL = """\
origin: Shanghai
destination: Hamburg
departure: 2026-08-20
shipment: {teu_per_month: 100}
"""


def test_defaults_are_filled_in(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(MINIMAL)
    scenario = load_scenario(tmp_path / "s.yaml")
    assert scenario.name == "Shanghai to Hamburg"
    assert scenario.shipment.equipment is Equipment.HC40
    assert (scenario.shipment.cargo, scenario.shipment.cargo_t_per_teu) == ("general", 10.0)
    # The capital in goods of 40,000 USD at 9 % a year.
    assert scenario.shipment.value_of_time_usd_per_teu_day == 9.86
    assert scenario.corridors == tuple(corridor.id for corridor in load_corridors("all"))
    assert (scenario.world, scenario.price_basis, scenario.scope) == (
        "current",
        "price",
        "cy-cy",
    )
    assert scenario.objective is Objective.GENERALISED
    assert (scenario.max_wait_days, scenario.ice_year) == (14.0, "mean")
    assert scenario.speed == "reference"
    assert scenario.limits == Limits()
    assert (scenario.services, scenario.closures, scenario.overrides) == ((), (), ())


@pytest.mark.parametrize(
    ("world", "basis", "found"),
    [
        ("current", "", "price"),
        ("2026", "", "price"),
        ("reference-open", "", "cost"),
        ("red-sea-closed", "", "cost"),
        ("current", "price_basis: cost", "cost"),
        ("reference-open", "price_basis: price", "price"),
    ],
)
def test_a_world_of_lines_compares_prices_unless_the_file_says(
    world: str, basis: str, found: str, tmp_path: Path
) -> None:
    (tmp_path / "s.yaml").write_text(f"{MINIMAL}world: {world}\n{basis}\n")
    scenario = load_scenario(tmp_path / "s.yaml")
    assert scenario.price_basis == found
    # In another world it follows that, unless it is given: also of the plain values of a program.
    for other in ("current", "reference-open"):
        expected = found if basis else {"current": "price", "reference-open": "cost"}[other]
        assert in_world(scenario, other).price_basis == expected
        asked = given_scenario(scenario, {"world": other}, shown="compare()")
        assert asked.price_basis == expected


def test_every_fault_of_a_file_is_reported_in_its_order(tmp_path: Path) -> None:
    text = """\
orgin: Shanghai
destination: Hamburg
departure: 2026-13-40
shipment:
  teu_per_month: -5
  equipment: 40HQ
  cargo: electronic
  value_of_time_usd_per_teu_day: .nan
corridors:
  - suez
  - kazakhstan-dostik
services: [rails]
world: reference-opn
price_basis: spot
scope: dor
objective: price
ice_year: 2030
prices: 2025-13
limits: {max_transit_day: 40, max_share_country: {RU: 1.5}}
overrides:
  fuel.vlsfo_usd_per_tt: 600
"""
    assert scenario_faults(tmp_path, text) == [
        "s.yaml:1: orgin: unknown key, did you mean 'origin'?",
        "s.yaml:3: departure: must be a date such as 2026-08-20, got 2026-13-40",
        "s.yaml:5: shipment.teu_per_month: must be at least 0.001, got -5",
        "s.yaml:6: shipment.equipment: unknown value '40HQ', did you mean '40HC'?",
        "s.yaml:7: shipment.cargo: unknown cargo 'electronic', did you mean 'electronics'?",
        "s.yaml:8: shipment.value_of_time_usd_per_teu_day: must be a finite number, got nan",
        "s.yaml:11: corridors[1]: unknown corridor 'kazakhstan-dostik', "
        "did you mean 'kazakhstan-dostyk'?",
        "s.yaml:12: services[0]: unknown service 'rails', did you mean 'rail'?",
        "s.yaml:13: world: unknown world 'reference-opn', did you mean 'reference-open'?",
        "s.yaml:14: price_basis: unknown value 'spot', known: cost, price",
        "s.yaml:15: scope: unknown value 'dor', did you mean 'door'?",
        "s.yaml:16: objective: unknown value 'price', known: cost, days, co2e, generalised",
        "s.yaml:17: ice_year: unknown ice year '2030', "
        "use mean, best, worst or a year from 2010 to 2024",
        "s.yaml:18: prices: must be departure or a month from 2019-01 to 2035-12, got 2025-13",
        "s.yaml:19: limits.max_share_country.RU: must be at most 1, got 1.5",
        "s.yaml:19: limits.max_transit_day: unknown key, did you mean 'max_transit_days'?",
        "s.yaml:21: overrides.fuel.vlsfo_usd_per_tt: unknown parameter 'fuel.vlsfo_usd_per_tt', "
        "did you mean 'fuel.vlsfo_usd_per_t'?",
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("teu_per_month: 100", "teu_per_month: 0", "must be at least 0.001, got 0"),
        ("teu_per_month: 100", "teu_per_month: 1e7", "must be at most 1,000,000, got 10,000,000"),
        ("teu_per_month: 100", "teu_per_month: .inf", "must be a finite number, got inf"),
        ("teu_per_month: 100", "teu_per_month: many", "must be a number, got many"),
        ("teu_per_month: 100", "teu_per_month: true", "must be a number, got true"),
        ("teu_per_month: 100", "teu_per_month: '100'", "must be a number, got 100"),
        ("teu_per_month: 100", "teu_per_month: [1]", "must be a number, got a list"),
        ("teu_per_month: 100", "teu_per_month:", "must be a number, got nothing"),
    ],
)
def test_a_wrong_quantity_is_refused(old: str, new: str, expected: str, tmp_path: Path) -> None:
    faults = scenario_faults(tmp_path, SCENARIO.replace(old, new))
    assert faults == [f"s.yaml:6: shipment.teu_per_month: {expected}"]


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("fuel.vlsfo_usd_per_t", "-500", "must be from 0 to 50,000 USD/t, got -500"),
        ("fuel.vlsfo_usd_per_t", "1.0e+300", "must be from 0 to 50,000 USD/t, got 1e+300"),
        ("canal.toll_usd", "-1.0e+6", "must be from 0 to 10,000,000 USD/transit, got -1,000,000"),
        ("service.blank_share", "1", "must be from 0 to 0.9, got 1"),
        ("rail.speed_km_per_day@rail/1520", "0", "must be from 50 to 3,000 km/d, got 0"),
        ("rail.capacity_teu_per_week@x", "-1", "must be from 0 to 10,000,000 TEU/week, got -1"),
    ],
)
def test_an_override_outside_its_bounds_is_refused(
    key: str, value: str, expected: str, tmp_path: Path
) -> None:
    text = f"{SCENARIO}overrides:\n  {key}: {value}\n"
    line = text.count("\n")
    assert scenario_faults(tmp_path, text) == [f"s.yaml:{line}: overrides.{key}: {expected}"]
    assert scenario_faults(tmp_path, SCENARIO, f"overrides.{key}={value}") == [
        f"--set overrides.{key}: {expected}"
    ]


@pytest.mark.parametrize("day", ["2018-12-31", "2036-01-01"])
def test_a_day_the_tables_do_not_cover_is_refused(day: str, tmp_path: Path) -> None:
    assert scenario_faults(tmp_path, SCENARIO.replace("2026-08-20", day)) == [
        f"s.yaml:4: departure: {day} is outside 2019 to 2035, the years of the tables"
    ]


@pytest.mark.parametrize("day", ["20260820", "August", "[1]", "2026-02-30", "1.5"])
def test_what_is_no_day_is_refused(day: str, tmp_path: Path) -> None:
    faults = scenario_faults(tmp_path, SCENARIO.replace("2026-08-20", day))
    assert len(faults) == 1
    assert faults[0].startswith("s.yaml:4: departure: must be a date such as 2026-08-20")


def test_what_is_missing_is_named_with_an_example(tmp_path: Path) -> None:
    assert scenario_faults(tmp_path, "name: x\nshipment: {}\n") == [
        "s.yaml:1: origin: missing, give a place, a UN/LOCODE, an id or `lon,lat`",
        "s.yaml:1: destination: missing, give a place, a UN/LOCODE, an id or `lon,lat`",
        "s.yaml:1: departure: missing, give the day the first vessel or train leaves, "
        "such as 2026-08-20",
        "s.yaml:2: shipment.teu_per_month: missing, give the TEU per month, such as 100",
    ]


def test_a_list_in_place_of_a_mapping_is_refused(tmp_path: Path) -> None:
    text = MINIMAL.replace("{teu_per_month: 100}", "[1, 2]") + "corridors: 5\nclosures: {a: 1}\n"
    assert scenario_faults(tmp_path, text) == [
        "s.yaml:4: shipment: must be a mapping of keys to values, got a list",
        "s.yaml:5: corridors: must be 'all' or a list of corridors, such as [suez, cape]",
        "s.yaml:6: closures: must be a list, got a mapping",
    ]


@pytest.mark.parametrize(("given", "kind"), [("{chemicals: last}", "mapping"), ("[1]", "list")])
def test_a_word_is_not_a_list_or_a_mapping(given: str, kind: str, tmp_path: Path) -> None:
    assert scenario_faults(tmp_path, f"{MINIMAL}on_conflict: {given}\n") == [
        f"s.yaml:5: on_conflict: unknown value 'a {kind}', known: error, last"
    ]


def test_closures_are_read_and_checked(tmp_path: Path) -> None:
    closures = """\
closures:
  - {place: gate-suez, first_day: 2026-01-01, last_day: 2026-12-31, reason: war}
  - {place: RU}
"""
    (tmp_path / "s.yaml").write_text(MINIMAL + closures)
    first, second = load_scenario(tmp_path / "s.yaml").closures
    assert (first.place, first.last_day, first.reason) == ("gate-suez", date(2026, 12, 31), "war")
    assert (second.place, second.first_day, second.reason) == ("RU", None, "closed by the scenario")
    swapped = closures.replace("2026-12-31", "2025-12-31").replace("place: RU", "place: gate-sues")
    assert scenario_faults(tmp_path, MINIMAL + swapped) == [
        "s.yaml:6: closures[0]: ends on 2025-12-31 before it begins on 2026-01-01, swap the days",
        "s.yaml:7: closures[1].place: unknown terminal, gate, leg, country or service "
        "'gate-sues', did you mean 'gate-suez'?",
    ]


def test_values_of_the_command_line_replace_those_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(SCENARIO)
    scenario = load_scenario(
        tmp_path / "s.yaml",
        set_values=[
            "shipment.teu_per_month=250",
            "corridors=[panama]",
            "limits.max_transit_days=40",
            "overrides.fuel.vlsfo_usd_per_t=700",
            "origin=121.5,31.2",
        ],
        departure=date(2027, 1, 2),
    )
    assert scenario.shipment.teu_per_month == 250
    assert scenario.corridors == ("panama",)
    assert scenario.limits.max_transit_days == 40
    assert scenario.overrides == (
        Override(parameter="fuel.vlsfo_usd_per_t", scope=None, value=700),
    )
    assert scenario.origin == "121.5,31.2"
    assert scenario.departure == date(2027, 1, 2)
    assert where(scenario, "origin") == "--set origin"
    assert fault(scenario, "origin", "wrong") == "--set origin: wrong"
    assert fault(scenario, "corridors[0]", "wrong") == "--set corridors: corridors[0]: wrong"
    assert fault(scenario, "departure", "wrong") == "--departure: wrong"


def test_faults_of_the_command_line_name_it(tmp_path: Path) -> None:
    assert scenario_faults(
        tmp_path,
        SCENARIO,
        "shipment.teu_per_month=-1",
        "limits.max_day=3",
        "world",
        "corridors=[a",
        "a..b=1",
        "departure=1999-01-01",
    ) == [
        "--set world: give key=value, such as limits.max_days=40",
        "--set corridors: not YAML: did not find expected ',' or ']'",
        "--set a..b: not a key of a scenario",
        "--set departure: 1999-01-01 is outside 2019 to 2035, the years of the tables",
        "--set shipment.teu_per_month: must be at least 0.001, got -1",
        "--set limits.max_day: unknown key, did you mean 'max_days'?",
    ]


def test_a_later_fault_finds_the_line_of_its_key(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(SCENARIO)
    scenario = load_scenario(tmp_path / "s.yaml")
    assert where(scenario, "destination") == f"{tmp_path}/s.yaml:3"
    assert fault(scenario, "corridors[1]", "wrong") == f"{tmp_path}/s.yaml:8: corridors[1]: wrong"
    made = replace(scenario, text={}, source_path="")
    assert fault(made, "origin", "wrong") == "origin: wrong"


def test_a_name_finds_a_shipped_scenario_and_a_near_one_is_proposed() -> None:
    assert find_file("shanghai-europe", "scenario")[1] == "configs/scenarios/shanghai-europe.yaml"
    assert load_scenario("shanghai-europe").source_path.endswith("shanghai-europe.yaml")
    with pytest.raises(ConfigError) as caught:
        load_scenario("shanghai-europa")
    assert str(caught.value) == (
        "shanghai-europa: no such scenario file, did you mean 'shanghai-europe'?"
    )


def test_a_corridor_file_is_named_from_the_folder_of_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(SCENARIO.replace("[suez, cape]", "[suez, mine.yaml, suez]"))
    assert load_scenario(tmp_path / "s.yaml").corridors == ("suez", str(tmp_path / "mine.yaml"))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    teu=st.floats(0.5, 1e6),
    name=st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=40),
    days=st.none() | st.floats(1, 400),
    departure=st.dates(date(2019, 1, 1), date(2035, 12, 31)),
    corridors=st.just("all") | st.lists(st.sampled_from(["suez", "cape", "piraeus"]), min_size=1),
)
def test_a_scenario_survives_a_round_trip_through_yaml(
    tmp_path: Path,
    teu: float,
    name: str,
    days: float | None,
    departure: date,
    corridors: object,
) -> None:
    values = {
        "name": name,
        "origin": "Shanghai",
        "destination": "Hamburg",
        "departure": departure.isoformat(),
        "shipment": {"teu_per_month": teu},
        "corridors": corridors,
        "limits": {} if days is None else {"max_days": days},
    }
    file = tmp_path / "s.yaml"
    file.write_text(yaml.safe_dump(values, allow_unicode=True), encoding="utf-8")
    first = load_scenario(file)
    assert (first.name, first.departure, first.shipment.teu_per_month) == (name, departure, teu)
    file.write_text(yaml.safe_dump(first.text["values"], allow_unicode=True), encoding="utf-8")
    assert load_scenario(file) == first


@pytest.mark.parametrize(("given", "speed"), [("best", "best"), ("14", 14.0), ("13.5", 13.5)])
def test_speed_is_a_word_or_knots(tmp_path: Path, given: str, speed: object) -> None:
    (tmp_path / "s.yaml").write_text(f"{MINIMAL}speed: {given}\n")
    assert load_scenario(tmp_path / "s.yaml").speed == speed


@pytest.mark.parametrize("given", ["fast", "0", "-3", "40", ".nan", "true", "[14]"])
def test_another_speed_is_a_fault_with_its_line(tmp_path: Path, given: str) -> None:
    (tmp_path / "s.yaml").write_text(f"{MINIMAL}speed: {given}\n")
    with pytest.raises(ConfigError, match=r"s\.yaml:\d+: speed: must be reference, best, or knots"):
        load_scenario(tmp_path / "s.yaml")


def test_what_takes_the_place_of_a_parameter_that_went_is_told() -> None:
    gone = "overrides.market.sea_above_cost_share=0.2"
    with pytest.raises(ConfigError, match="which is gone: a price is what a lane pays"):
        load_scenario("shanghai-europe", set_values=[gone])
