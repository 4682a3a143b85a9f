"""What one kilometre takes by train: hours, freight, energy."""

from __future__ import annotations

from corridors.costing.lines import above_zero
from corridors.costing.policy import in_year
from corridors.costing.rail import freight_lines
from corridors.data.parameters import ParameterTable
from corridors.domain.places import Service
from corridors.domain.rates import RunningRate
from corridors.domain.scenario import Shipment
from corridors.domain.values import BillLine, SourcedValue
from corridors.units import hours_per_km_from_km_per_day


def train_rate(
    service: Service,
    parameters: ParameterTable,
    shipment: Shipment,
    *,
    country: str,
    market_year: str,
    year: str,
) -> RunningRate:
    """Return what one km takes by train; see `running_rate`."""
    speed = train_speed(service, parameters, country=country, year=year)
    freight = freight_lines(service, parameters, shipment, country=country, year=market_year)
    return RunningRate(
        key=f"{service.id}|{country}",
        time_part="rail",
        hours_per_km=hours_per_km_from_km_per_day(above_zero(speed)),
        bill_per_km=(*freight, *_traction(service, parameters, shipment, country=country)),
    )


def train_speed(
    service: Service, parameters: ParameterTable, *, country: str = "", year: str = ""
) -> SourcedValue:
    """Return the km a day of a train in a country, in the year of departure.

    Transit trains run to a schedule that trains to Russia itself do not have: where the way ends
    there (`rail.ends_in_russia`), the latest `rail.import_speed_km_per_day` up to the year holds.
    """
    if parameters.value("rail.ends_in_russia") > 0.0 and year:
        prefix = f"{service.id}@"
        slower = in_year(parameters, "rail.import_speed_km_per_day", int(year), prefix=prefix)
        if slower is not None:
            return slower
    scopes = (f"{service.id}@{country}", f"{service.id}@{year}", service.id)
    return parameters.get("rail.speed_km_per_day", *scopes)


def _traction(
    service: Service, parameters: ParameterTable, shipment: Shipment, *, country: str
) -> tuple[BillLine, ...]:
    """Return the energy that moves one TEU one km: it is paid for in the rail rate.

    Gross weight is cargo plus the TEU's part of wagon, box and locomotive. How heavy and how
    thirsty a train is depends on the country, then on the service: a 1520 mm train in Lithuania
    is no European one.
    """
    scopes = (country, service.id)
    tare = parameters.get("rail.tare_t_per_teu", *scopes)
    gross_t = tare.value + shipment.cargo_t_per_teu
    diesel_share = parameters.value("rail.diesel_share", *parameters.country_scopes(country))
    electricity = parameters.get("rail.electric_kwh_per_gross_tkm", *scopes)
    diesel = parameters.get("rail.diesel_kg_per_gross_tkm", *scopes)
    losses = parameters.value("rail.grid_losses_factor")
    lines = []
    if diesel_share < 1.0:
        lines.append(
            BillLine(
                driver="energy.electricity",
                scope=country,
                label="Traction electricity",
                quantity=gross_t * electricity.value * losses * (1.0 - diesel_share),
                unit="kWh",
                price_parameter=None,
                low_factor=electricity.low / electricity.value,
                high_factor=electricity.high / electricity.value,
            )
        )
    if diesel_share > 0.0:
        lines.append(
            BillLine(
                driver="energy.diesel",
                scope=country,
                label="Traction diesel",
                quantity=gross_t * diesel.value * diesel_share,
                unit="kg",
                price_parameter=None,
                low_factor=diesel.low / diesel.value,
                high_factor=diesel.high / diesel.value,
            )
        )
    return tuple(lines)
