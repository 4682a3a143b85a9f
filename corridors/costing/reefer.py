"""Power of refrigerated boxes on ships, at terminals, on trains, trucks and ferries.

A reefer is without power only for minutes, so every hour counts: from the ship's auxiliary engines,
from a plug of the terminal, or from a clip-on diesel generator on trains and trucks. Dry boxes do
not share this cost.
"""

from __future__ import annotations

from dataclasses import replace

from corridors.costing.pricing import any_above, charge, energy_line
from corridors.costing.ships import Ship
from corridors.data.parameters import ParameterTable
from corridors.domain.places import Family, Service
from corridors.domain.scenario import Equipment, Shipment
from corridors.domain.values import BillLine, Operation, RunningRate
from corridors.units import HOURS_PER_DAY, KG_PER_TONNE

SCOPE = "reefer"
LABEL = "Power of the reefer"
PLUGGED = frozenset(("export_dwell", "schedule_wait", "transfer", "import_dwell", "season_wait"))


def is_reefer(shipment: Shipment) -> bool:
    """Return whether the box needs power."""
    return shipment.equipment is Equipment.RF40


def running(
    rate: RunningRate,
    service: Service,
    parameters: ParameterTable,
    shipment: Shipment,
    *,
    ship: Ship | None = None,
    low_sulphur: bool = False,
) -> RunningRate:
    """Return a rate with the power of the box for the hours of a km.

    Parameters
    ----------
    rate
        The rate of a dry box.
    service
        The service that carries the box.
    parameters
        Draw, fuel per kWh, generators and plugs.
    shipment
        The box; a dry one leaves the rate unchanged.
    ship
        The ship, if the service is one.
    low_sulphur
        Whether its engines burn gas oil.
    """
    if not is_reefer(shipment):
        return rate
    lines = _carried(service, rate.hours_per_km, parameters, shipment, ship, low_sulphur)
    return replace(rate, bill_per_km=(*rate.bill_per_km, *lines))


def supplied(
    operation: Operation,
    service: Service,
    parameters: ParameterTable,
    shipment: Shipment,
    *,
    country: str,
    ship: Ship | None = None,
) -> Operation:
    """Return an operation with the power of the box for its hours.

    Parameters
    ----------
    operation
        The operation of a dry box.
    service
        The service that powers the box while it is not plugged in: canals, calls, borders, delays.
    parameters, shipment, ship
        As in `running`.
    country
        Country of the terminal, whose grid feeds the plug.
    """
    if not is_reefer(shipment):
        return operation
    parts = operation.time_parts
    plugged = sum(hours for part, hours in parts.items() if part in PLUGGED)
    carried = sum(parts.values()) - plugged
    lines = [
        *plug_lines(plugged, parameters, shipment, country=country),
        *_carried(service, carried, parameters, shipment, ship, low_sulphur=False),
    ]
    return replace(operation, bill=(*operation.bill, *lines)) if lines else operation


def plug_lines(
    hours: float, parameters: ParameterTable, shipment: Shipment, *, country: str = ""
) -> tuple[BillLine, ...]:
    """Return the price of the plug at a terminal, and its electricity, which the price includes."""
    if not any_above(hours) or not is_reefer(shipment):
        return ()
    price = parameters.price("reefer.plug", *parameters.country_scopes(country))
    days = hours / HOURS_PER_DAY
    return (
        charge("reefer.plug", price, shipment, label="Plug and monitoring of the reefer")
        .times(days),
        _drawn("electricity", "kWh", country, hours, 1.0, parameters, shipment),
    )  # fmt: skip


def generator_lines(
    hours: float, parameters: ParameterTable, shipment: Shipment
) -> tuple[BillLine, ...]:
    """Return the hire of a diesel generator on a train or truck, and the fuel it includes."""
    if not any_above(hours) or not is_reefer(shipment):
        return ()
    hire = charge(
        "reefer.genset",
        parameters.price("reefer.genset"),
        shipment,
        label="Generator of the reefer",
        units=hours / HOURS_PER_DAY,
    )
    burn = parameters.get("reefer.genset_kg_per_hour")
    kg = hours * burn.value / shipment.equipment.teu_per_box
    return hire, energy_line("diesel", burn, scope=SCOPE, label=LABEL, quantity=kg)


def _carried(
    service: Service,
    hours: float,
    parameters: ParameterTable,
    shipment: Shipment,
    ship: Ship | None,
    low_sulphur: bool,
) -> tuple[BillLine, ...]:
    if not any_above(hours):
        return ()
    if service.family in (Family.RAIL, Family.ROAD):
        return generator_lines(hours, parameters, shipment)
    kg_per_kwh = parameters.value("reefer.fuel_kg_per_kwh")
    if ship is None:  # a ferry, whose plug costs the same as a terminal's
        plug, _ = plug_lines(hours, parameters, shipment)
        return plug, _drawn("diesel", "kg", SCOPE, hours, kg_per_kwh, parameters, shipment)
    carrier, tonnes = "vlsfo", kg_per_kwh / KG_PER_TONNE
    if any_above(ship.lng_t_per_t):
        carrier, tonnes = "lng", tonnes * ship.lng_t_per_t
    elif low_sulphur:
        carrier, tonnes = "mgo", tonnes * parameters.value("fuel.mgo_t_per_t_vlsfo")
    burnt = _drawn(carrier, "t", SCOPE, hours, tonnes, parameters, shipment)
    paid = replace(
        burnt,
        driver=f"fuel.{carrier}",
        label="Fuel for the reefer",
        price_parameter=f"fuel.{carrier}_usd_per_t",
    )
    return paid, burnt


def _drawn(
    carrier: str,
    unit: str,
    scope: str,
    hours: float,
    per_kwh: float,
    parameters: ParameterTable,
    shipment: Shipment,
) -> BillLine:
    draw = parameters.get("reefer.kw_per_box")
    used = hours * draw.value * per_kwh / shipment.equipment.teu_per_box
    return energy_line(carrier, draw, scope=scope, label=LABEL, quantity=used, unit=unit)
