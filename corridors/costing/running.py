"""The rate of one kilometre of a service: hours, paid quantities, energy."""

from __future__ import annotations

from typing import assert_never

from corridors.costing import reefer
from corridors.costing.amounts import any_above, at_least, at_most
from corridors.costing.bill_lines import above_zero, charge, energy_line
from corridors.costing.policy import in_year
from corridors.costing.rail import train_rate
from corridors.costing.ships import Ship, ship_of, with_ship_surcharges
from corridors.data.parameters import ParameterTable
from corridors.domain.places import Family, Service
from corridors.domain.rates import RunningRate
from corridors.domain.scenario import Shipment
from corridors.units import HOURS_PER_DAY, hours_per_km_from_km_per_day, hours_per_km_from_knots

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
            return reefer.running(rate, service, parameters, shipment, ship=ship, low_sulphur=clean)
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
    return reefer.running(rate, service, parameters, shipment)


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
