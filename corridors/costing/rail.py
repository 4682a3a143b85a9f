"""Rates by rail: hours, energy, freight by section or through-rate, and weight limits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from corridors.costing.amounts import all_above, any_above, in_words
from corridors.costing.bill_lines import above_zero, charge, energy_line
from corridors.costing.policy import in_year
from corridors.data.parameters import ParameterTable
from corridors.domain.places import Family, Service
from corridors.domain.rates import RunningRate
from corridors.domain.scenario import Shipment
from corridors.domain.values import BillLine, SourcedValue
from corridors.errors import ParameterError
from corridors.units import hours_per_km_from_km_per_day, in_percent

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
