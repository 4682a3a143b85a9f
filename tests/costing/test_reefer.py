"""The power of a refrigerated box, worked by hand; a dry box draws none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridors.costing import operations, pricing, running
from corridors.costing.running import running_rate
from corridors.costing.ships import ship_of
from corridors.domain.scenario import Equipment
from corridors.domain.values import BillLine, Operation
from tests.costing.examples import BOX, PARAMETERS, SERVICES, shipment, terminal

REEFER = shipment(Equipment.RF40)
KW = PARAMETERS.value("reefer.kw_per_box")
KG_PER_KWH = PARAMETERS.value("reefer.fuel_kg_per_kwh")


def drawn(bill: tuple[BillLine, ...]) -> dict[str, BillLine]:
    """Return the lines of a bill that a dry box has not, by driver."""
    return {line.driver: line for line in bill if "reefer" in line.label}


def test_a_day_at_sea_burns_what_a_generator_needs() -> None:
    rate = running_rate(SERVICES["sea/14k"], PARAMETERS, REEFER)
    lines = drawn(rate.bill_per_km)
    a_day = 24.0 / rate.hours_per_km
    tonnes = KW / 2.0 * 24.0 * KG_PER_KWH / 1000.0  # a 40-foot box is two TEU
    assert lines["fuel.vlsfo"].quantity * a_day == pytest.approx(tonnes)
    assert lines["energy.vlsfo"].quantity * a_day == pytest.approx(tonnes)
    # 10 USD and 43 kg of CO2e a TEU and day: 838 USD and 3,750 kg a tonne.
    assert pricing.usd(lines.values(), PARAMETERS) * a_day == pytest.approx(9.6, rel=0.01)
    assert pricing.co2e_wtw_kg(lines.values(), PARAMETERS) * a_day == pytest.approx(43.0, rel=0.01)


def test_gas_oil_is_burnt_where_the_ship_burns_it() -> None:
    rate = running_rate(SERVICES["sea/14k"], PARAMETERS, REEFER, low_sulphur=True)
    assert set(drawn(rate.bill_per_km)) == {"fuel.mgo", "energy.mgo"}


@pytest.mark.parametrize("service", ["rail/1520", "road"])
def test_a_train_or_truck_carries_a_diesel_generator(service: str) -> None:
    rate = running_rate(SERVICES[service], PARAMETERS, REEFER, country="KZ")
    lines = drawn(rate.bill_per_km)
    a_day = 24.0 / rate.hours_per_km
    assert lines["reefer.genset"].quantity * a_day == pytest.approx(0.5)
    burnt = 24.0 * PARAMETERS.value("reefer.genset_kg_per_hour") / 2.0
    assert lines["energy.diesel"].quantity * a_day == pytest.approx(burnt)
    assert lines["energy.diesel"].price_parameter is None  # the hire holds it


def test_a_terminal_charges_the_plug_by_the_day_and_its_grid_feeds_it() -> None:
    port, ship = terminal("de-hamburg"), SERVICES["sea/14k"]
    made = Operation(key="unload", label="", time_parts={"import_dwell": 48.0})
    bill = running.supplied(
        made, ship, PARAMETERS, REEFER, country=port.country, ship=ship_of(ship, PARAMETERS)
    ).bill
    lines = drawn(bill)
    assert set(lines) == {"reefer.plug", "energy.electricity"}
    assert lines["reefer.plug"].quantity == pytest.approx(1.0)  # two days, half a box
    assert lines["energy.electricity"].quantity == pytest.approx(KW * 24.0)
    assert lines["energy.electricity"].scope == "DE"


def test_hours_aboard_in_a_port_are_the_ships() -> None:
    ship = SERVICES["sea/14k"]
    made = Operation(key="calls", label="", time_parts={"port_calls": 24.0, "export_dwell": 24.0})
    lines = drawn(
        running.supplied(
            made, ship, PARAMETERS, REEFER, country="CN", ship=ship_of(ship, PARAMETERS)
        ).bill
    )
    assert lines["fuel.vlsfo"].quantity == pytest.approx(KW / 2.0 * 24.0 * KG_PER_KWH / 1000.0)
    assert lines["reefer.plug"].quantity == pytest.approx(0.5)


@given(hours=st.floats(min_value=0.1, max_value=1000.0), service=st.sampled_from(sorted(SERVICES)))
def test_a_dry_box_draws_nothing_and_a_reefer_always_something(hours: float, service: str) -> None:
    carrier = SERVICES[service]
    ship = ship_of(carrier, PARAMETERS) if service.startswith("sea") else None
    made = Operation(key="border", label="", time_parts={"border": hours})
    dry = running.supplied(made, carrier, PARAMETERS, BOX, country="PL", ship=ship)
    assert dry == made
    cold = running.supplied(made, carrier, PARAMETERS, REEFER, country="PL", ship=ship)
    assert pricing.usd(cold.bill, PARAMETERS) > 0.0
    assert pricing.co2e_wtw_kg(cold.bill, PARAMETERS) > 0.0


def test_waiting_costs_a_reefer_its_plug() -> None:
    dry, cold = (operations.storage(PARAMETERS, box) for box in (BOX, REEFER))
    more = pricing.usd(cold, PARAMETERS) - pricing.usd(dry, PARAMETERS)
    plug = PARAMETERS.value("reefer.plug") * PARAMETERS.value("currency.usd_per_eur")
    assert more == pytest.approx(plug / 2.0 / 24.0)
