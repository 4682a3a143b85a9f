"""Time and bill of passing a border, a canal or a strait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from corridors.costing.amounts import any_above, in_words
from corridors.costing.bill_lines import charge, operation_of
from corridors.costing.policy import in_year
from corridors.costing.ships import ship_of, with_ship_surcharges
from corridors.costing.tolls import toll_lines
from corridors.data.parameters import ParameterTable
from corridors.domain.places import Family, Gate, Service, Terminal
from corridors.domain.rates import Operation
from corridors.domain.scenario import CUSTOMS_OF_TODAY, Customs, Shipment
from corridors.units import HOURS_PER_DAY

EAEU = "EAEU"
ENTRIES = (
    ("border.fee", "Border fees"),
    ("border.t1", "Transit declaration (T1)"),
    ("border.broker", "Customs broker at the border"),
)


def border(
    countries: Sequence[str],
    service: Service,
    parameters: ParameterTable,
    shipment: Shipment,
    *,
    customs: Customs = CUSTOMS_OF_TODAY,
    places: Sequence[str] = (),
    year: str = "",
) -> Operation:
    """Return the operation of crossing a border.

    Parameters
    ----------
    countries
        Countries of the leg, in either order. One country is no border.
    service
        The train or truck.
    parameters
        Dwell and fees by pair (`BY-PL`, codes in alphabetical order), else by customs territories
        (`EAEU-EU`), else the default, without a change of gauge. A dwell measured in a year applies
        only to that year: at a crossing (`CN-KZ@kz-dostyk@2021`), else at all of the pair. A train
        with a row of its own (`CN-KZ@rail/express-cn`) waits as that says, in every year, and so
        do trains that end in Central Asia (`rail.ends_in_central_asia`; `CN-KZ@CENTRAL-ASIA`, or
        `CN-KZ@CENTRAL-ASIA@2019` in that year). Trains from Russia to China
        (`rail.russia_to_china`) wait as the latest year known says (`CN-RU@FROM-RUSSIA@2023`).
    shipment
        Its boxes pay the fees.
    customs
        Without the EAEU, a border of two members costs what `EAEU-apart` says. A country that joins
        it loses fees, declarations and the customs part of the dwell at borders with members.
        Trains still wait there for wagons, crews and the other gauge.
    places
        Ids of the terminals on either side.
    year
        Year of the departure; empty for the dwell without a year.
    """
    codes = sorted(set(countries))
    if len(codes) < 2 or service.family not in (Family.RAIL, Family.ROAD):
        return Operation(key=f"border|{';'.join(countries)}|{service.id}", label="")
    pair = "-".join(codes)
    zones = sorted(parameters.customs.get(code, "") for code in codes)
    scopes = [pair, "-".join(zones)] if all(zones) else [pair]
    inner = all(parameters.customs.get(code) == EAEU or code in customs.extend_to for code in codes)
    joined = inner and any(code in customs.extend_to for code in codes)
    if zones == [EAEU, EAEU] and not customs.eaeu:
        scopes = ["EAEU-apart"]
    measured = [f"{pair}@{place}@{year}" for place in places] + [f"{pair}@{year}"]
    dated = measured if scopes[0] == pair else []
    own = [f"{pair}@{service.id}"]
    if service.family is Family.RAIL and parameters.value("rail.ends_in_central_asia") > 0.0:
        own += [f"{pair}@CENTRAL-ASIA@{year}", f"{pair}@CENTRAL-ASIA"]
    dwell = parameters.get("border.dwell_hours", *own, *dated, *scopes)
    if service.family is Family.RAIL and parameters.value("rail.russia_to_china") > 0.0 and year:
        prefix = f"{pair}@FROM-RUSSIA@"
        dwell = in_year(parameters, "border.dwell_hours", int(year), prefix=prefix) or dwell
    hours = dwell.value
    if joined:
        hours *= 1.0 - parameters.value("border.customs_share_of_dwell", pair)
        scopes = [f"{EAEU}-{EAEU}"]
    bill = []
    for driver, label in ENTRIES:
        price = parameters.find(driver, *scopes)
        if price is not None and any_above(price.value):
            bill.append(charge(driver, price, shipment, label=label))
    note = parameters.find("border.consignment_change", *scopes)
    changed = service.family is Family.RAIL and not customs.common_note
    if changed and note is not None and any_above(note.value):
        bill.append(
            charge("border.consignment", note, shipment, label="Change of consignment note")
        )
    return operation_of(
        f"border|{pair}|{service.id}|{customs}|{in_words(hours):g}",
        f"Border {pair}",
        {"border": hours},
        bill,
    )


def canal(
    gate: Gate,
    service: Service,
    parameters: ParameterTable,
    shipment: Shipment,  # noqa: ARG001 the same for every box today; reefer surcharges come later
    *,
    year: str = "",
) -> Operation:
    """Return the operation of a canal leg: toll, hours with the wait, ship and fuel.

    It replaces the cost per km. The hours include the wait for the convoy or the locks; fuel is the
    consumption in port. `year` is that of the departure, for tolls by year; empty for the newest.
    """
    ship = ship_of(service, parameters)
    hours = sum(
        parameters.value(name, f"{gate.id}@{service.id}", gate.id)
        for name in ("canal.transit_hours", "canal.queue_hours")
    )
    days = hours / HOURS_PER_DAY
    paid, burnt = ship.fuel(days * ship.port_t_per_day)
    lines = [*ship.days(days), paid, *toll_lines(gate, ship, parameters, year)]
    bill = [*with_ship_surcharges(tuple(lines)), burnt]
    return operation_of(f"canal|{gate.id}|{service.id}", gate.name, {"canal": hours}, bill)


def gate(
    gate: Gate,
    service: Service,
    parameters: ParameterTable,
    shipment: Shipment,  # noqa: ARG001 part of the common form of operations
    *,
    year: str = "",
) -> Operation:
    """Return the operation of passing a strait or cape: a war-risk premium on the hull, if due."""
    return war_risk(gate.id, gate.name, service, parameters, year=year)


def war_risk(
    place: str, name: str, service: Service, parameters: ParameterTable, *, year: str = ""
) -> Operation:
    """Return the war-risk premium on the hull for passing a gate or calling at a port, if due.

    With `war_risk.dated` at 1 the premium is that of the year of departure, if known. A quote
    covers seven days, so a place is paid once.
    """
    key = f"gate|{place}|{service.id}"
    if service.family is not Family.SEA:
        return Operation(key=key, label=name)
    share = parameters.find("war_risk.hull_share", place)
    of_year = parameters.find("war_risk.hull_share", f"{place}@{year}", place)
    # Few places have a row by year, and only they depend on what the world says.
    if of_year is not share and parameters.value("war_risk.dated") > 0.0:
        share = of_year
    if share is None or share.high <= 0.0:
        return Operation(key=key, label=name)
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
    return operation_of(key, name, {}, [line])


def with_calls(
    made: Operation,
    port: Terminal,
    ships: Sequence[Service],
    parameters: ParameterTable,
    *,
    year: str,
) -> Operation:
    """Return an operation at a port with the war-risk premiums of the ships' calls, if due."""
    lines = [
        line
        for ship in ships
        if ship.family is Family.SEA
        for line in war_risk(port.id, port.name, ship, parameters, year=year).bill
    ]
    return replace(made, bill=(*made.bill, *lines)) if lines else made


def merged(made: Sequence[Operation]) -> Operation | None:
    """Return the sum of the passages of one arc, None if there are none."""
    if not made:
        return None
    if len(made) == 1:
        return made[0]
    hours: dict[str, float] = {}
    for operation in made:
        for part, value in operation.time_parts.items():
            hours[part] = hours.get(part, 0.0) + value
    return Operation(
        key="+".join(operation.key for operation in made),
        label="; ".join(operation.label for operation in made),
        time_parts=hours,
        bill=tuple(line for operation in made for line in operation.bill),
    )
