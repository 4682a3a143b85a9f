"""What passing a border, a canal or a strait takes besides the km."""

from __future__ import annotations

from corridors.catalogue.parameters import ParameterTable
from corridors.costing.lines import Ship, charge, operation_of, ship_of, with_ship_surcharges
from corridors.domain.places import Family, Gate, Service
from corridors.domain.rates import Operation
from corridors.domain.scenario import Shipment
from corridors.domain.values import BillLine
from corridors.units import HOURS_PER_DAY


def border(
    countries: str, service: Service, parameters: ParameterTable, shipment: Shipment
) -> Operation:
    """Return what a border leg takes besides its km.

    Parameters
    ----------
    countries
        Countries of the leg: `KZ;RU`. One country is no border.
    service
        What crosses.
    parameters
        Dwell and fees by pair (`BY-PL`, codes in alphabetical order), else by customs territories
        (`EAEU-EU`), else anywhere. The change of gauge is not in it.
    shipment
        Fees are charged on its boxes.
    """
    codes = sorted({code for code in countries.split(";") if code})
    if len(codes) < 2 or service.family not in (Family.RAIL, Family.ROAD):
        return Operation(key=f"border|{countries}|{service.id}", label="")
    scopes = ["-".join(codes)]
    zones = sorted(parameters.customs.get(code, "") for code in codes)
    if all(zones):
        scopes.append("-".join(zones))
    hours = parameters.value("border.dwell_hours", *scopes)
    bill = []
    fee = parameters.get("border.fee", *scopes)
    if fee.value > 0.0:
        bill.append(charge("border.fee", fee, shipment, label="Border fees"))
    consignment = parameters.find("border.consignment_change", *scopes)
    if consignment is not None and consignment.value > 0.0 and service.family is Family.RAIL:
        bill.append(
            charge("border.consignment", consignment, shipment, label="Change of consignment note")
        )
    return operation_of(
        f"border|{scopes[0]}|{service.id}", f"Border {scopes[0]}", {"border": hours}, bill
    )


def canal(
    gate: Gate,
    service: Service,
    parameters: ParameterTable,
    shipment: Shipment,  # noqa: ARG001 the same for every box today; reefer surcharges come later
) -> Operation:
    """Return what a canal leg takes instead of its km: toll, hours with the wait, ship and fuel.

    The ship is paid for the hours at its port consumption.
    """
    ship = ship_of(service, parameters)
    hours = parameters.value("canal.hours", f"{gate.id}@{service.id}", gate.id)
    days = hours / HOURS_PER_DAY
    paid, burnt = ship.fuel(days * ship.port_t_per_day)
    lines = [ship.days(days), paid, _toll(gate, ship, parameters)]
    bill = [*with_ship_surcharges(tuple(lines), parameters), burnt]
    return operation_of(f"canal|{gate.id}|{service.id}", gate.name, {"canal": hours}, bill)


def gate(
    gate: Gate,
    service: Service,
    parameters: ParameterTable,
    shipment: Shipment,  # noqa: ARG001 part of the common form of operations
) -> Operation:
    """Return what passing a strait or cape costs: a war-risk premium on the hull, where due."""
    key = f"gate|{gate.id}|{service.id}"
    share = parameters.find("war_risk.hull_share", gate.id)
    if service.family is not Family.SEA or share is None or share.high <= 0.0:
        return Operation(key=key, label=gate.name)
    ship = ship_of(service, parameters)
    hull_usd = parameters.value("ship.hull_value_musd", service.id) * 1e6
    line = ship.line(
        "war_risk",
        label="War-risk premium on the hull",
        amount=hull_usd,
        unit="USD of hull",
        price="war_risk.hull_share",
        scope=share.scope,
    )
    return operation_of(key, gate.name, {}, [line])


def _toll(gate: Gate, ship: Ship, parameters: ParameterTable) -> BillLine:
    scopes = (f"{gate.id}@{ship.service.id}", gate.id)
    label = f"Toll of {gate.name}"
    per_teu = parameters.find("canal.toll_usd_per_teu_capacity", *scopes)
    if per_teu is not None:
        amount, unit, price = ship.capacity_teu, "TEU capacity", per_teu
    else:
        amount, unit, price = 1.0, "transit", parameters.get("canal.toll_usd", *scopes)
    return ship.line(
        "canal.toll",
        label=label,
        amount=amount,
        unit=unit,
        price=price.parameter,
        scope=price.scope,
    )
