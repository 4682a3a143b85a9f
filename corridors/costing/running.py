"""The rate of one kilometre of a service: hours, quantities, energy, reefer power."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import assert_never

from corridors.costing.pricing import (
    above_zero,
    all_above,
    any_above,
    at_least,
    at_most,
    charge,
    energy_line,
    in_words,
)
from corridors.costing.ships import Ship, in_year, ship_of, with_ship_surcharges
from corridors.data.parameters import ParameterTable
from corridors.domain.places import Family, Service
from corridors.domain.scenario import Equipment, Shipment
from corridors.domain.values import BillLine, Operation, RunningRate, SourcedValue
from corridors.errors import ParameterError
from corridors.units import (
    HOURS_PER_DAY,
    KG_PER_TONNE,
    hours_per_km_from_km_per_day,
    hours_per_km_from_knots,
    in_percent,
)

# Power of refrigerated boxes on ships, at terminals, on trains, trucks and ferries.

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


# Rates by rail: hours, energy, freight by section or through-rate, and weight limits.

BROAD, SCHEDULED = "1520", "CENTRAL-ASIA-EUROPE"


def freight_lines(
    service: Service,
    parameters: ParameterTable,
    shipment: Shipment,
    *,
    section: str,
    year: str = "",
) -> tuple[BillLine, ...]:
    """Return the freight of one km by rail for one TEU, and a subsidy on it if there is one.

    Parameters
    ----------
    service
        The train; rates are by section: China, the 1520 mm network, Europe, Turkey.
    parameters
        Rates. With `rail.through_rate` at 1 a quoted rate from end to end replaces them. It is
        reduced by the borders, gauges and lifts that it includes (which keep their own lines) and
        spread over the km of the quoted route. `rail.index` scales either, and against the headhaul
        `rail.backhaul_rate_share`.
    shipment
        The box.
    section
        Country code of the leg, `RU-east` in the east of Russia; subsidies are by country.
    year
        Year of the subsidies, if `rail.subsidies_paid` is above 0.

    Returns
    -------
    lines
        The freight in FEU-km, or in FEU of the quotation; a subsidy in USD below 0.

    Raises
    ------
    ParameterError
        A rate is missing, a quotation is not above what it includes, or a subsidy is not in 0 to 1.
    """
    index = parameters.value("rail.index")
    if parameters.value("rail.through_rate") > 0.0:
        price = parameters.price("rail.through_rate_usd_per_feu")
        quoted = parameters.value(price.parameter)
        held = parameters.value("rail.through_held_usd_per_feu")
        if not all_above(quoted, held):
            msg = (
                f"{price.parameter} must be above what it holds, {in_words(held):g},"
                f" got {in_words(quoted):g}"
            )
            raise ParameterError(msg)
        units = (1.0 - held / quoted) / parameters.value("rail.through_km")
        label = "Rail freight by one through-rate"
    else:
        scopes = (f"{service.id}@{section}", section, service.id)
        price = parameters.price("rail.rate_usd_per_feu_km", *scopes)
        units, label = 1.0, "Rail freight"
    if parameters.value("ship.backhaul") > 0.0:
        share = parameters.value("rail.backhaul_rate_share", service.id)
        if any_above(1.0, share):
            units *= share
            label = f"{label} (backhaul, {in_percent(in_words(share))}% of the rate)"
    freight = charge("rail.feu_km", price, shipment, label=label, units=units * index)
    country = section.partition("-")[0]
    subsidised = parameters.find("rail.subsidy_share", country)
    if year and parameters.value("rail.subsidies_paid") > 0.0:
        asked = parameters, "rail.subsidy_share", int(year)
        subsidised = in_year(*asked, prefix=f"{country}@") or subsidised
    if subsidised is None or not any_above(abs(subsidised.value)):
        return (freight,)
    subsidy = replace(
        freight,
        driver="rail.subsidy",
        scope=subsidised.scope,
        label="Subsidy on rail freight",
        quantity=-1.0,
        unit="USD of rail freight",
        price_parameter=subsidised.parameter,
        share_of=(freight,),
    )
    return freight, subsidy


def overweight(
    services: Iterable[Service], parameters: ParameterTable, shipment: Shipment
) -> tuple[str, ...]:
    """Return a sentence for each train whose limit of cargo per box the shipment exceeds.

    Parameters
    ----------
    services
        The services used.
    parameters
        `rail.payload_t_per_box` in tonnes, by train and equipment, else by equipment.
    shipment
        Its cargo per TEU and its equipment.
    """
    box = shipment.equipment
    tonnes = shipment.cargo_t_per_teu * box.teu_per_box
    texts = []
    for service in services:
        if service.family is not Family.RAIL:
            continue
        limit = parameters.value("rail.payload_t_per_box", f"{service.id}@{box.value}", box.value)
        if tonnes > limit:
            texts.append(
                f"{service.title}: {tonnes:g} t of cargo in a {box.value}, trains take {limit:g} t:"
                " load less in a box, or expect a refusal"
            )
    return tuple(texts)


def train_rate(
    service: Service,
    parameters: ParameterTable,
    shipment: Shipment,
    *,
    section: str,
    year: str,
) -> RunningRate:
    """Return the rate of one km by train; `running_rate` and `freight_lines` say by what."""
    country = section.partition("-")[0]
    speed = train_speed(service, parameters, country=country, year=year)
    freight = freight_lines(service, parameters, shipment, section=section, year=year)
    return RunningRate(
        key=f"{service.id}|{section}",
        time_part="rail",
        hours_per_km=hours_per_km_from_km_per_day(above_zero(speed)),
        bill_per_km=(*freight, *_traction(service, parameters, shipment, country=country)),
    )


def train_speed(
    service: Service, parameters: ParameterTable, *, country: str = "", year: str = ""
) -> SourcedValue:
    """Return the km per day of a train in a country, in the year of departure.

    Transit trains run to a schedule; trains that end in Russia do not. If the destination is there
    (`rail.ends_in_russia`), the country's latest `rail.import_speed_km_per_day` up to the year
    applies, whatever line the train came by. Between Central Asia and Europe
    (`rail.central_asia_europe`) no transit trains are known: boxes ride in scheduled trains on
    broad gauge, at that speed, but where a country has a speed of its own.
    """
    if parameters.value("rail.ends_in_russia") > 0.0 and year:
        prefix = f"{country}@"
        slower = in_year(parameters, "rail.import_speed_km_per_day", int(year), prefix=prefix)
        if slower is not None:
            return slower
    own = f"{service.id}@{country}"
    if parameters.value("rail.central_asia_europe") > 0.0 and BROAD in service.systems:
        found = parameters.find("rail.speed_km_per_day", own)
        return found or parameters.get("rail.import_speed_km_per_day", SCHEDULED)
    scopes = (own, f"{service.id}@{year}", service.id)
    return parameters.get("rail.speed_km_per_day", *scopes)


def _traction(
    service: Service, parameters: ParameterTable, shipment: Shipment, *, country: str
) -> tuple[BillLine, ...]:
    """Return the energy that moves one TEU one km; the rail rate includes its price.

    Gross weight is cargo plus the TEU's part of wagon, box and locomotive, and a share of empty
    wagons and boxes, which ISO 14083 counts for every mode. Tare and consumption depend on the
    country, then on the service: a 1520 mm train in Lithuania is not a European one.
    """
    scopes = (country, service.id)
    tare = parameters.get("rail.tare_t_per_teu", *scopes)
    empties = parameters.value("rail.empties_factor", *scopes)
    gross_t = (tare.value + shipment.cargo_t_per_teu) * empties
    diesel_share = parameters.value("rail.diesel_share", *parameters.country_scopes(country))
    electricity = parameters.get("rail.electric_kwh_per_gross_tkm", *scopes)
    diesel = parameters.get("rail.diesel_kg_per_gross_tkm", *scopes)
    losses = parameters.value("rail.grid_losses_factor")
    lines = []
    if any_above(1.0, diesel_share):
        kwh = gross_t * electricity.value * losses * (1.0 - diesel_share)
        label = "Traction electricity"
        lines.append(
            energy_line(
                "electricity", electricity, scope=country, label=label, quantity=kwh, unit="kWh"
            )
        )
    if any_above(diesel_share):
        kg = gross_t * diesel.value * diesel_share
        label = "Traction diesel"
        lines.append(energy_line("diesel", diesel, scope=country, label=label, quantity=kg))
    return tuple(lines)


OPEN_WATER = ("", "open")


def running_rate(
    service: Service,
    parameters: ParameterTable,
    shipment: Shipment,
    *,
    country: str = "",
    regime: str = "",
    speed_kn: float | None = None,
    low_sulphur: bool = False,
    year: str = "",
    is_east: bool = False,
) -> RunningRate:
    """Return the rate of one km of a service for one TEU.

    Parameters
    ----------
    service
        The ship class, train, ferry, river line or truck.
    parameters
        Speeds, rates, burn, energy.
    shipment
        Its cargo weight and box count.
    country
        Country code of the leg; empty at sea.
    regime
        Ice regime of a Northern Sea Route leg: `open`, `light`, `medium`, `heavy`; empty on other
        water. A named regime adds the insurance and the ice pilot of the crossing.
    speed_kn
        Speed of a ship in open water; by default, and in any regime, the reference of its class.
    low_sulphur
        Whether a ship burns marine gas oil, as in an emission control area. In an ice regime it
        does if `nsr.hfo_ban` of the year, or the latest year before, is above 0.
    year
        Year of the departure, for speeds of trains by year.
    is_east
        Whether a train runs in the east of Russia.

    Returns
    -------
    rate
        `key` names everything it depends on, for caches.

    Raises
    ------
    ParameterError
        A number is missing, or a speed is not above 0.
    """
    match service.family:
        case Family.SEA:
            ship = ship_of(service, parameters, speed_kn=None if regime else speed_kn)
            banned = bool(regime) and _hfo_is_banned(parameters, year)
            clean = low_sulphur or banned
            rate = _sea(ship, parameters, regime=regime, low_sulphur=clean)
            return running(rate, service, parameters, shipment, ship=ship, low_sulphur=clean)
        case Family.RAIL:
            where = f"{country}-east" if is_east else country
            rate = train_rate(service, parameters, shipment, section=where, year=year)
        case Family.FERRY:
            rate = _ferry(service, parameters)
        case Family.RIVER:
            rate = _river(service, parameters, shipment)
        case Family.ROAD:
            rate = _road(service, parameters, shipment, country=country)
        case _:
            assert_never(service.family)
    return running(rate, service, parameters, shipment)


def _hfo_is_banned(parameters: ParameterTable, year: str) -> bool:
    dated = in_year(parameters, "nsr.hfo_ban", int(year)) if year else None
    row = dated or parameters.get("nsr.hfo_ban")
    return row.value > 0.0


def _sea(ship: Ship, parameters: ParameterTable, *, regime: str, low_sulphur: bool) -> RunningRate:
    speed_kn = ship.speed_kn
    tonnes_per_day = ship.sea_t_per_day
    slow = fast = 1.0
    if regime:
        row = parameters.get("ice.speed_kn", regime)
        speed_kn = at_most(above_zero(row), speed_kn)
        slow = speed_kn / at_most(row.low, speed_kn)
        fast = speed_kn / at_most(row.high, at_least(speed_kn, ship.speed_kn))
    if regime not in OPEN_WATER:
        # The power saved by a lower speed is spent on the ice: no cube law here.
        tonnes_per_day *= parameters.value("ice.burn_factor", regime)
    if low_sulphur and not any_above(ship.lng_t_per_t):
        tonnes_per_day *= parameters.value("fuel.mgo_t_per_t_vlsfo")
    hours_per_km = hours_per_km_from_knots(speed_kn)
    days_per_km = hours_per_km / HOURS_PER_DAY
    paid, burnt = ship.fuel(
        days_per_km * tonnes_per_day,
        carrier="mgo" if low_sulphur else "vlsfo",
        low_factor=ship.burn_low_factor * fast,
        high_factor=ship.burn_high_factor * slow,
    )
    lines = [*ship.days(days_per_km, low_factor=fast, high_factor=slow), paid]
    if regime:
        crossing = parameters.get("nsr.crossing_km")
        lines += [
            ship.line(
                "nsr.insurance",
                label="Extra insurance of the Arctic crossing",
                amount=1.0 / crossing.value,
                unit="crossing",
                price="nsr.insurance_usd_per_crossing",
            ),
            ship.line(
                "nsr.ice_pilot",
                label="Ice pilot",
                amount=days_per_km,
                unit="pilot-day",
                price="nsr.ice_pilot_usd_per_day",
                low_factor=fast,
                high_factor=slow,
            ),
        ]
    bill = (*with_ship_surcharges(tuple(lines)), burnt)
    return RunningRate(
        key=f"{ship.service.id}|{regime}" + "|eca" * low_sulphur,
        time_part="sea" if regime in OPEN_WATER else "ice",
        hours_per_km=hours_per_km,
        bill_per_km=bill,
    )


def _ferry(service: Service, parameters: ParameterTable) -> RunningRate:
    speed = parameters.get("ferry.speed_kn", service.id)
    fuel = parameters.get("ferry.fuel_kg_per_teu_km", service.id)
    return RunningRate(
        key=service.id,
        time_part="ferry",
        hours_per_km=hours_per_km_from_knots(above_zero(speed)),
        bill_per_km=(
            energy_line("diesel", fuel, scope=service.id, label="Ferry fuel", quantity=fuel.value),
        ),
    )


def _river(service: Service, parameters: ParameterTable, shipment: Shipment) -> RunningRate:
    """Return the rate of a river line: one speed, the mean of upstream and downstream."""
    speed = parameters.get("river.speed_km_per_day", service.id)
    fuel = parameters.get("river.fuel_kg_per_teu_km", service.id)
    price = parameters.price("river.rate_usd_per_feu_km", service.id)
    return RunningRate(
        key=service.id,
        time_part="river",
        hours_per_km=hours_per_km_from_km_per_day(above_zero(speed)),
        bill_per_km=(
            charge("river.feu_km", price, shipment, label="River freight"),
            energy_line(
                "diesel",
                fuel,
                scope=service.id,
                label="Fuel of the river fleet",
                quantity=fuel.value,
            ),
        ),
    )


def _road(
    service: Service, parameters: ParameterTable, shipment: Shipment, *, country: str
) -> RunningRate:
    """Return the rate of a truck between terminals, which finds a load for most of its way back."""
    scopes = parameters.country_scopes(country)
    haulage = charge(
        "road.box_km",
        parameters.price("road.rate_usd_per_box_km", *scopes),
        shipment,
        label="Road haulage",
        units=parameters.value("road.paid_km_per_km", service.id),
    )
    diesel = parameters.get("road.diesel_kg_per_net_tkm", *scopes)
    kg = diesel.value * shipment.cargo_t_per_teu
    burnt = energy_line("diesel", diesel, scope=service.id, label="Truck diesel", quantity=kg)
    speed = parameters.get("road.speed_km_per_day", *scopes)
    return RunningRate(
        key=f"{service.id}|{country}",
        time_part="road",
        hours_per_km=hours_per_km_from_km_per_day(above_zero(speed)),
        bill_per_km=(haulage, burnt),
    )
