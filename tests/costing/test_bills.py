"""Bills add up, keep their ranges in order, and answer to their parameters."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridors.costing import operations, pricing
from corridors.costing.running import running_rate
from corridors.data.series import with_prices_of
from corridors.domain.places import Family
from corridors.domain.scenario import Equipment, Override
from corridors.domain.values import BillLine
from corridors.errors import ParameterError
from tests.costing.examples import (
    BOX,
    CAPE,
    DOSTYK_BREST,
    HAMBURG,
    NSR,
    PARAMETERS,
    SERVICES,
    SHANGHAI,
    SUEZ,
    Trip,
    canal_gate,
    shipment,
    terminal,
)

TRIPS = {"suez": SUEZ, "cape": CAPE, "nsr": NSR, "dostyk-brest": DOSTYK_BREST}
COUNTRIES = ("CN", "KZ", "RU", "BY", "PL", "DE", "MN", "AZ", "GE", "TR", "ES", "XX", "")


def with_value(parameter: str, value: float, scope: str | None = None) -> Trip:
    override = Override(parameter=parameter, scope=scope, value=value)
    return Trip(parameters=PARAMETERS.with_overrides([override]))


@pytest.mark.parametrize("name", TRIPS)
def test_lines_sum_to_the_price_of_the_bill(name: str) -> None:
    trip = TRIPS[name]
    lines = pricing.cost_lines(trip.bill, PARAMETERS)
    assert sum(line.usd_per_teu for line in lines) == pytest.approx(trip.usd)
    energy = pricing.energy_lines(trip.bill, PARAMETERS)
    assert sum(line.co2e_wtw_kg for line in energy) == pytest.approx(trip.co2e_kg)


@pytest.mark.parametrize("name", TRIPS)
def test_ranges_hold_their_values_and_lines_come_dearest_first(name: str) -> None:
    lines = pricing.cost_lines(TRIPS[name].bill, PARAMETERS)
    assert all(line.low <= line.usd_per_teu <= line.high for line in lines)
    dearest = [line.usd_per_teu for line in lines]
    assert dearest == sorted(dearest, reverse=True)
    assert all(line.quantity * line.unit_price_usd == line.usd_per_teu for line in lines)


@pytest.mark.parametrize("name", TRIPS)
def test_every_line_names_its_source_and_no_driver_stands_twice(name: str) -> None:
    lines = pricing.cost_lines(TRIPS[name].bill, PARAMETERS)
    known = PARAMETERS.sources
    assert all(line.source_id in known for line in lines)
    assert len({(line.driver, line.scope) for line in lines}) == len(lines)
    assert {line.driver for line in lines} <= set(pricing.load_bases())


# Pairs are no tests of their own: two thousand would cost more than what they ask.
@pytest.mark.parametrize("service", SERVICES)
def test_every_service_runs_in_every_country(service: str) -> None:
    for country in COUNTRIES:
        rate = running_rate(SERVICES[service], PARAMETERS, BOX, country=country)
        assert rate.hours_per_km > 0.0, country
        assert pricing.co2e_wtw_kg(rate.bill_per_km, PARAMETERS) > 0.0, country
        assert rate.time_part == SERVICES[service].family.value, country


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_loads_and_unloads(service: str) -> None:
    made = operations.load(SERVICES[service], SHANGHAI, PARAMETERS, BOX)
    assert made.hours > 0.0
    assert "export_dwell" in made.time_parts
    made = operations.unload(SERVICES[service], HAMBURG, PARAMETERS, BOX)
    assert set(made.time_parts) - {"port_calls"} == {"import_dwell"}


@pytest.mark.parametrize("before", SERVICES)
def test_every_pair_of_services_changes(before: str) -> None:
    for after in SERVICES:
        made = operations.change(
            SERVICES[before], SERVICES[after], terminal("ru-kaliningrad"), PARAMETERS, BOX
        )
        assert all(hours > 0.0 for hours in made.time_parts.values()), after
        assert math.isfinite(pricing.usd(made.bill, PARAMETERS)), after


@given(
    km=st.floats(1.0, 20_000.0),
    more=st.floats(0.0, 5_000.0),
    service=st.sampled_from(sorted(SERVICES)),
)
def test_a_longer_leg_never_costs_less(km: float, more: float, service: str) -> None:
    short = Trip().run(service, km, country="RU")
    long = Trip().run(service, km + more, country="RU")
    assert long.usd >= short.usd
    assert long.co2e_kg >= short.co2e_kg
    assert long.days() >= short.days()


@given(low=st.floats(100.0, 1_000.0), more=st.floats(0.0, 1_000.0))
def test_dearer_fuel_never_makes_a_sea_trip_cheaper(low: float, more: float) -> None:
    cheap, dear = (
        with_value("fuel.vlsfo_usd_per_t", price).run("sea/14k", 20_000.0)
        for price in (low, low + more)
    )
    assert dear.usd >= cheap.usd
    assert dear.co2e_kg == cheap.co2e_kg


@given(slow=st.floats(10.0, 18.0), more=st.floats(0.0, 6.0))
def test_a_slower_ship_never_burns_more(slow: float, more: float) -> None:
    late, soon = (
        with_value("ship.reference_speed_kn", speed).run("sea/14k", 20_000.0)
        for speed in (slow, slow + more)
    )
    assert late.co2e_kg <= soon.co2e_kg * (1.0 + 1e-12)
    assert late.days() >= soon.days()


@given(tonnes=st.floats(1.0, 13.0), more=st.floats(0.0, 13.0))
def test_a_heavier_box_never_emits_less_on_rail(tonnes: float, more: float) -> None:
    light, heavy = (
        running_rate(
            SERVICES["rail/1520"],
            PARAMETERS,
            shipment(cargo_t_per_teu=cargo),
            country="KZ",
        )
        for cargo in (tonnes, tonnes + more)
    )
    light_kg, heavy_kg = (
        pricing.co2e_wtw_kg(rate.bill_per_km, PARAMETERS) for rate in (light, heavy)
    )
    assert heavy_kg >= light_kg


def test_rail_energy_is_what_the_literature_decided() -> None:
    # 0.020 to 0.030 kWh per net tkm on Chinese and 1520 block trains, losses apart.
    for country in ("CN", "RU", "BY"):
        rate = running_rate(SERVICES["rail/1520"], PARAMETERS, BOX, country=country)
        kwh = sum(line.quantity for line in rate.bill_per_km if line.unit == "kWh") / 10.0
        assert 0.018 < kwh < 0.030


def test_emissions_by_sea_are_shared_by_the_round_trip_load() -> None:
    # 0.825 pay and 0.7 emit: the burnt fuel of a TEU is 0.825 / 0.7 of the paid fuel.
    bill = Trip().run("sea/14k", 1_000.0).bill
    paid, burnt = (
        sum(line.quantity for line in bill if line.driver == driver)
        for driver in ("fuel.vlsfo", "energy.vlsfo")
    )
    assert burnt / paid == pytest.approx(0.825 / 0.7)


def test_a_20_foot_box_pays_the_whole_charge_per_box_and_half_a_wagon() -> None:
    small = shipment(Equipment.DV20)
    made = operations.unload(SERVICES["sea/14k"], HAMBURG, PARAMETERS, small)
    thc = [line for line in made.bill if line.driver == "thc"]
    assert pricing.usd(thc, PARAMETERS) == pytest.approx(295.0 * 1.1202)
    rates = [
        running_rate(SERVICES["rail/1520"], PARAMETERS, box, country="KZ").bill_per_km[0].quantity
        for box in (small, BOX)
    ]
    assert rates == [0.5, 0.5]


def test_one_country_is_no_border_and_one_customs_territory_takes_no_time() -> None:
    for countries in (("KZ",), ("KZ", "RU"), ("BY", "RU"), ("DE", "PL")):
        made = operations.border(countries, SERVICES["rail/1520"], PARAMETERS, BOX)
        assert made.hours == 0.0
        assert made.bill == ()


def test_a_border_is_the_same_both_ways() -> None:
    one, other = (
        operations.border(pair, SERVICES["rail/1520"], PARAMETERS, BOX)
        for pair in (("BY", "PL"), ("PL", "BY"))
    )
    assert one == other
    assert "border.consignment" in {line.driver for line in one.bill}


def test_a_strait_costs_nothing_until_a_premium_is_set() -> None:
    gate = canal_gate("gate-bab-el-mandeb")
    free = operations.gate(gate, SERVICES["sea/14k"], PARAMETERS, BOX)
    assert free.bill == ()
    # 0.5 % of 189 million USD over 11,593 TEU is 81.5
    war = PARAMETERS.with_overrides(
        [Override(parameter="war_risk.hull_share", scope=None, value=0.005)]
    )
    made = operations.gate(gate, SERVICES["sea/14k"], war, BOX)
    assert pricing.usd(made.bill, war) == pytest.approx(81.5, abs=0.1)


def test_only_ships_call_at_the_ports_of_a_rotation() -> None:
    for service in SERVICES.values():
        made = operations.load(service, SHANGHAI, PARAMETERS, BOX)
        drivers = {line.driver for line in made.bill}
        assert ("port_calls" in drivers) == (service.family is Family.SEA)
    # A ship that sails direct, as a feeder here, loses no time.
    feeder = operations.load(SERVICES["sea/feeder"], SHANGHAI, PARAMETERS, BOX)
    assert "port_calls" not in feeder.time_parts


def test_a_box_sails_past_the_calls_of_both_sides_of_its_rotation_once() -> None:
    ship = "sea/14k"
    whole = Trip().load(ship).unload(ship)
    assert whole.days("port_calls") == pytest.approx(PARAMETERS.value("sea.port_calls_days"))
    dues = PARAMETERS.value("sea.port_calls") * PARAMETERS.value("sea.port_call_usd", ship)
    assert whole.usd_by_driver()["port_calls"] == pytest.approx(dues / (14_052 * 0.825))
    # The first call of Europe: none before it, and all of North Europe's left for whoever joins.
    early, late = Trip().load(ship).change(ship, "rail/eu-1435", "gr-piraeus"), Trip()
    late = late.load(ship, terminal("gr-piraeus")).unload(ship)
    assert early.days("port_calls") == pytest.approx(6.6 * 0.67)
    assert late.days("port_calls") == pytest.approx(6.6 * 0.33)
    through = early.then(
        operations.change(
            SERVICES["sea/feeder"], SERVICES[ship], terminal("gr-piraeus"), PARAMETERS, BOX
        )
    )
    assert through.unload(ship).days("port_calls") == pytest.approx(whole.days("port_calls"))


@pytest.mark.parametrize("scope", ["CN", "JP", "KR", "TW"])
def test_the_calls_of_a_whole_rotation_are_one_rotation(scope: str) -> None:
    assert PARAMETERS.value("sea.calls_share", scope) + PARAMETERS.value(
        "sea.calls_share"
    ) == pytest.approx(1.0)


def test_waiting_a_day_costs_the_storage_row() -> None:
    hour = pricing.usd(operations.storage(PARAMETERS, BOX), PARAMETERS)
    assert hour * 24.0 == pytest.approx(PARAMETERS.value("storage.usd_per_teu_day"))


def test_the_scenario_is_the_source_of_what_it_replaces() -> None:
    trip = with_value("fuel.vlsfo_usd_per_t", 600.0).run("sea/14k", 1_000.0)
    line = next(
        line
        for line in pricing.cost_lines(trip.bill, trip.parameters)
        if line.driver == "fuel.vlsfo"
    )
    assert (line.unit_price_usd, line.status.value, line.source_id) == (
        600.0,
        "scenario",
        "scenario",
    )


def test_two_prices_for_one_driver_and_scope_are_a_fault() -> None:
    line = BillLine(
        driver="thc",
        scope="",
        label="",
        quantity=1.0,
        unit="box",
        price_parameter="port.thc",
    )
    other = replace(line, price_parameter="terminal.lift")
    with pytest.raises(ParameterError, match=r"thc@: two prices for one driver and scope"):
        pricing.cost_lines([line, other], PARAMETERS)


@pytest.mark.parametrize("share", [0.0, 1.5, -0.2])
def test_a_load_factor_outside_0_to_1_is_refused(share: float) -> None:
    with pytest.raises(ParameterError, match=r"must be from 0\.05 to 1, got"):
        with_value("ship.load_factor_headhaul", share).run("sea/14k", 1.0)


def test_a_box_that_leaves_the_ship_for_a_train_pays_its_return_by_land() -> None:
    # 550 by land for 175 by sea on the headhaul; nothing back.
    table = with_prices_of(PARAMETERS, date(2026, 8, 20))
    lines = operations.return_by_land(Family.RAIL, table, BOX)
    assert pricing.usd(lines, table) == pytest.approx(550.0 - 175.0)
    back = table.with_overrides([Override(parameter="ship.backhaul", scope=None, value=1.0)])
    assert operations.return_by_land(Family.RAIL, back, BOX) == ()
