"""Ship classes, the lines of their days and fuel, and the EU's climate rules for ships."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from corridors.arrays import IntArray
from corridors.costing.pricing import all_above, any_above, at_least, in_words, ratio
from corridors.data.parameters import ParameterTable
from corridors.domain.places import Family, Service
from corridors.domain.values import BillLine, SourcedValue
from corridors.errors import ParameterError
from corridors.network.rules.calendar import end_countries
from corridors.network.states.topology import ArcKind, Topology
from corridors.units import KG_PER_TONNE, in_percent

SHIP_LINES_UNIT = "USD of ship lines"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ship:
    """One ship class at a speed and in a direction.

    `paying_teu` are the TEU that share its costs on the headhaul, `emission_teu` those that share
    its emissions over the round trip (ISO 14083): the headhaul load alone would understate them,
    because the ship returns half empty. `running_share` is the part of a day's price that is crew
    and running costs, `crew_share` the crew's part of that.

    Out and back are one voyage. `cost_share` is what a box of this direction pays of the cost of
    one way, per slot filled out: below 1 against the headhaul, above it on the headhaul, 1 where
    there is none (see `shares_of_a_round_trip`).
    """

    service: Service
    capacity_teu: float
    paying_teu: float
    emission_teu: float
    load_low_factor: float
    load_high_factor: float
    speed_kn: float
    sea_t_per_day: float
    burn_low_factor: float
    burn_high_factor: float
    port_t_per_day: float
    running_share: float
    crew_share: float
    lng_t_per_t: float = 0.0
    cost_share: float = 1.0
    share_low_factor: float = 1.0
    share_high_factor: float = 1.0

    def line(
        self,
        driver: str,
        *,
        label: str,
        amount: float,
        unit: str,
        price: str,
        scope: str = "",
        low_factor: float = 1.0,
        high_factor: float = 1.0,
    ) -> BillLine:
        """Return a line for an amount of the ship: its share per paying TEU."""
        share = in_words(self.cost_share)
        if share > 1.0:
            label = f"{label} (headhaul, with {in_percent(share - 1.0)}% of the way back)"
        elif share < 1.0:
            label = f"{label} (backhaul, {in_percent(share)}% of the way)"
        return BillLine(
            driver=driver,
            scope=scope or self.service.id,
            label=label,
            quantity=amount * self.cost_share / self.paying_teu,
            unit=unit,
            price_parameter=price,
            low_factor=low_factor * self.load_low_factor * self.share_low_factor,
            high_factor=high_factor * self.load_high_factor * self.share_high_factor,
        )

    def days(
        self, days: float, *, low_factor: float = 1.0, high_factor: float = 1.0
    ) -> tuple[BillLine, ...]:
        """Return the lines of days of the ship: capital or hire, crew, other running costs.

        Each is a part of the price of a day, so that they sum to it.
        """
        crew = self.running_share * self.crew_share
        parts = (
            ("ship_days", "Ship time: capital or hire", 1.0 - self.running_share),
            ("ship.crew", "Ship time: crew", crew),
            ("ship.running", "Ship time: stores, repairs, insurance", self.running_share - crew),
        )
        return tuple(
            self.line(
                driver,
                label=label,
                amount=days * part,
                unit="ship-day",
                price="ship.day_usd",
                low_factor=low_factor,
                high_factor=high_factor,
            )
            for driver, label, part in parts
        )

    def fuel(
        self,
        tonnes: float,
        *,
        carrier: str = "vlsfo",
        low_factor: float = 1.0,
        high_factor: float = 1.0,
    ) -> tuple[BillLine, BillLine]:
        """Return the paid fuel and the burnt fuel, which are divided by different TEU.

        `tonnes` are VLSFO or gas oil; a ship on LNG burns `lng_t_per_t` for each tonne of VLSFO.
        """
        if any_above(self.lng_t_per_t):
            carrier, tonnes = "lng", tonnes * self.lng_t_per_t
        words = {"mgo": "Marine gas oil", "lng": "LNG"}.get(carrier, "")
        paid = self.line(
            f"fuel.{carrier}",
            label=words or "Bunker fuel",
            amount=tonnes,
            unit="t",
            price=f"fuel.{carrier}_usd_per_t",
            low_factor=low_factor,
            high_factor=high_factor,
        )
        burnt = BillLine(
            driver=f"energy.{carrier}",
            scope=self.service.id,
            label=f"{words or 'Marine fuel'} burnt",
            quantity=tonnes / self.emission_teu,
            unit="t",
            price_parameter=None,
            low_factor=low_factor,
            high_factor=high_factor,
        )
        return paid, burnt


def shares_of_a_round_trip(back_over_out: float) -> tuple[float, float]:
    """Return what a box out and a box back pay of the cost of one way, per slot filled out.

    A ship sails out and back, and all of its boxes pay for it. Every slot filled on the headhaul is
    filled on the way back too, by a laden box or by an empty one that returns. Which direction
    causes a cost cannot be told apart, so each pays what it can bear: a box back pays
    `back_over_out` of what a box out pays, as their freights do (`ship.backhaul_cost_share`). An
    empty pays as a laden box back; those who sent it laden pay for it (`repositioning`).

    Example: at 0.25 a way of 800 USD a slot makes 1,280 USD out and 320 back, together 1,600.
    """
    out = 2.0 / (1.0 + back_over_out)
    return out, out * back_over_out


def ship_of(
    service: Service,
    parameters: ParameterTable,
    *,
    speed_kn: float | None = None,
) -> Ship:
    """Return a ship class at a speed, by default its reference.

    Daily burn is `aux + b v^n`, fitted on yearly means of the EU MRV.

    Raises
    ------
    ParameterError
        A number of the class is missing, or its speed is not above 0.
    """
    scope = service.id
    capacity = parameters.value("ship.capacity_teu", scope)
    load = parameters.get("ship.load_factor_headhaul", scope)
    is_back = parameters.value("ship.backhaul") > 0.0
    bears = parameters.get("ship.backhaul_cost_share", scope)
    share, *ends = (
        shares_of_a_round_trip(ratio)[is_back] for ratio in (bears.value, bears.low, bears.high)
    )
    emission_load = parameters.value("ship.load_factor_emissions", scope)
    speed = parameters.value("ship.reference_speed_kn", scope) if speed_kn is None else speed_kn
    if not all_above(speed):
        msg = f"ship.reference_speed_kn@{scope} must be above 0, got {in_words(speed):g}"
        raise ParameterError(msg)
    aux = parameters.value("ship.aux_t_per_day", scope)
    burn = parameters.get("ship.burn_b", scope)
    power = speed ** parameters.value("ship.burn_exponent", scope)
    at_sea = aux + burn.value * power
    return Ship(
        service=service,
        capacity_teu=capacity,
        paying_teu=capacity * load.value,
        emission_teu=capacity * emission_load,
        load_low_factor=load.value / load.high,
        load_high_factor=load.value / load.low if load.low > 0.0 else 1.0,
        speed_kn=speed,
        sea_t_per_day=at_sea,
        burn_low_factor=(aux + burn.low * power) / at_sea,
        burn_high_factor=(aux + burn.high * power) / at_sea,
        port_t_per_day=parameters.value("ship.port_t_per_day", scope),
        running_share=parameters.value("ship.running_share", scope),
        crew_share=parameters.value("ship.crew_share", scope),
        lng_t_per_t=parameters.value("fuel.lng_t_per_t_vlsfo")
        if parameters.value("ship.runs_on_lng", scope) > 0.0
        else 0.0,
        cost_share=share,
        share_low_factor=min(ends) / share,
        share_high_factor=max(ends) / share,
    )


def berth_fuel(
    ship: Ship, days: float, parameters: ParameterTable, *, country: str
) -> tuple[float, str]:
    """Return the tonnes and the carrier that a ship burns in days at berth.

    Gas oil in the countries of `sea.gas_oil_at_berth`, unless the ship runs on LNG.
    """
    tonnes = days * ship.port_t_per_day
    scopes = parameters.country_scopes(country)
    if any_above(ship.lng_t_per_t) or parameters.value("sea.gas_oil_at_berth", *scopes) <= 0.0:
        return tonnes, "vlsfo"
    return tonnes * parameters.value("fuel.mgo_t_per_t_vlsfo"), "mgo"


def with_ship_surcharges(lines: tuple[BillLine, ...]) -> tuple[BillLine, ...]:
    """Return the lines of one ship with overhead and margin, which are shares of their cost."""
    paid = tuple(line for line in lines if line.price_parameter is not None)
    if not paid:
        return lines
    scope = next((line.scope for line in paid if line.scope), "")
    shares = (
        ("sea.overhead", "Overhead of the ship lines", "sea.overhead_share"),
        ("sea.margin", "Margin of the ship lines", "sea.margin_share"),
    )
    return lines + tuple(
        BillLine(
            driver=driver,
            scope=scope,
            label=label,
            quantity=1.0,
            unit=SHIP_LINES_UNIT,
            price_parameter=parameter,
            share_of=paid,
        )
        for driver, label, parameter in shares
    )


# EU climate rules for ships by year: emission allowances (ETS) and the fuel standard (FuelEU).

FUEL = "fuel."
FIRST_YEAR = 2019
HALF = 0.5


def in_emission_area(parameters: ParameterTable) -> Callable[[str], bool]:
    """Return a test whether the rules apply in a country: the EU and what `ets.area` adds."""

    def inside(country: str) -> bool:
        return parameters.customs.get(country) == "EU" or (
            parameters.value("ets.area", country) > 0.0
        )

    return inside


def ends_halves(topology: Topology, parameters: ParameterTable) -> int:
    """Return the number of ends of the question in the EU or EEA: 0, 1 or 2."""
    inside = in_emission_area(parameters)
    return sum(inside(country) for country in end_countries(topology))


def leg_halves(topology: Topology, parameters: ParameterTable) -> IntArray:
    """Return by arc the halves of its fuel that the rules count: 0, 1 or 2; 0 for no ship."""
    inside = in_emission_area(parameters)
    ends = ends_halves(topology, parameters)
    is_port = np.array([not place.gate for place in topology.places])
    is_inside = is_port & np.array([inside(place.country) for place in topology.places])
    tail, head = (np.maximum(topology.state_place[s], 0) for s in (topology.tail, topology.head))
    ports = is_port[tail].astype(np.int64) + is_port[head]
    eu_ports = is_inside[tail].astype(np.int64) + is_inside[head]
    outside = np.where(ports > 0, min(ends, 1), ends)
    one = np.where(ports == 2, 1, max(ends, 1))
    counted = np.select([eu_ports == 2, eu_ports == 1], [2, one], outside)
    at_sea = np.array([service.family is Family.SEA for service in topology.services])
    sails = (topology.kind == ArcKind.LEG) & at_sea[topology.service]
    return np.where(sails, counted, 0)


def with_policy(
    bill: Sequence[BillLine],
    parameters: ParameterTable,
    *,
    year: int,
    halves: int,
    price_year: int = 0,
) -> tuple[BillLine, ...]:
    """Return a ship's bill with the lines `ets` and `fueleu`.

    Allowances: t CO2e of the fuel, x halves / 2 (of a half, the share of the voyage after the last
    port of call outside), x the share to surrender for emissions of the year, at the price of an
    allowance. The factor includes CH4 and N2O from 2026. FuelEU: the
    tonnes by which the fuel misses the year's limit, at the penalty, without pooling or banking.

    Parameters
    ----------
    bill
        Any bill; only lines with a driver `fuel.*` count.
    parameters
        Shares, factors, limits and prices.
    year
        Calendar year of the departure, also for emissions after New Year's Eve.
    price_year
        Calendar year whose price of an allowance holds; by default `year`.
    halves
        Halves of the fuel that the rules count: 0, 1 or 2.

    Raises
    ------
    ParameterError
        A fuel has no factor.
    """
    fuels = [line for line in bill if line.driver.startswith(FUEL)]
    if halves <= 0 or not fuels:
        return tuple(bill)
    if halves == 1:
        fuels = [_after_last_call(line, parameters) for line in fuels]
    surrendered = in_year(parameters, "ets.surrendered_share", year)
    limit = in_year(parameters, "fueleu.limit_g_per_mj", year)
    added = []
    for line in fuels:
        fuel = line.driver.removeprefix(FUEL)
        if surrendered is not None and any_above(surrendered.value):
            factor = in_year(parameters, "ets.kg_co2e_per_t", year, prefix=f"{fuel}@")
            row = factor or parameters.get("ets.kg_co2e_per_t", fuel)
            added.append(
                replace(
                    line,
                    driver="ets",
                    scope=str(price_year or year),
                    label="EU emission allowances (ETS)",
                    quantity=line.quantity
                    * halves
                    * HALF
                    * surrendered.value
                    * row.value
                    / KG_PER_TONNE,
                    unit="t CO2e",
                    price_parameter="ets.price_eur_per_t",
                )
            )
        if limit is not None:
            intensity = parameters.value("fueleu.g_per_mj", fuel)
            missed = at_least(1.0 - limit.value / intensity, 0.0)
            energy = parameters.value("fueleu.vlsfo_equivalent", fuel)
            if any_above(missed):
                added.append(
                    replace(
                        line,
                        driver="fueleu",
                        scope="",
                        label="FuelEU Maritime penalty",
                        quantity=line.quantity * halves * HALF * energy * missed,
                        unit="t VLSFO-eq missing",
                        price_parameter="fueleu.penalty_eur_per_t",
                    )
                )
    return (*bill, *added)


def _after_last_call(line: BillLine, parameters: ParameterTable) -> BillLine:
    """Return the fuel of a ship from the last port of call outside the EU on, by its class."""
    share = parameters.get("ets.voyage_share", line.scope)
    return replace(
        line,
        quantity=line.quantity * share.value,
        low_factor=line.low_factor * ratio(share.low, share.value),
        high_factor=line.high_factor * ratio(share.high, share.value),
    )


def in_year(
    parameters: ParameterTable, parameter: str, year: int, *, prefix: str = ""
) -> SourcedValue | None:
    """Return the row of the latest year up to this one, None if the rule starts later."""
    for earlier in range(year, FIRST_YEAR - 1, -1):
        found = parameters.find(parameter, f"{prefix}{earlier}")
        if found is not None and found.scope:
            return found
    return None
