"""Lines for risk: cargo insurance, security charges, expected delays, and demurrage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from corridors.costing.policy import in_year
from corridors.costing.pricing import any_above, at_least, charge
from corridors.data.parameters import ParameterTable
from corridors.data.sea_areas import load_piracy_areas, shares_inside
from corridors.domain.places import Family, Service
from corridors.domain.results import PiracyMet, RouteStep, StepKind
from corridors.domain.scenario import Shipment
from corridors.domain.values import BillLine, Operation, RunningRate
from corridors.units import HOURS_PER_DAY, nm_from_km

# Find the piracy areas that an option sails through, and the incidents reported there.

PIRACY_TITLE = "Piracy and robbery on the way: all incidents reported, attacks of war left out"


# Routes of one trade sail the same legs.
_shares_inside = lru_cache(maxsize=1_000)(shares_inside)


def piracy_met(steps: Sequence[RouteStep], *, year: int) -> tuple[PiracyMet, ...]:
    """Return the areas that drawn steps sail through, in file order.

    Parameters
    ----------
    steps
        All steps of a route; those without a line are ignored.
    year
        Calendar year of the departure.
    """
    areas = load_piracy_areas()
    inside = [0.0] * len(areas)
    for step in steps:
        if step.kind is StepKind.LEG and step.service.startswith("sea/") and step.lon_lat:
            for number, share in enumerate(_shares_inside(step.lon_lat, areas)):
                inside[number] += share * step.km
    met = []
    for area, km in zip(areas, inside, strict=True):
        if km <= 0.0:
            continue
        found = area.latest(year)
        met.append(
            PiracyMet(
                area=area.id,
                title=area.title,
                sea_nm=nm_from_km(km),
                incidents=found.incidents if found else None,
                year=found.year if found else None,
                source_id=found.source_id if found else "",
                status=found.status if found else "",
            )
        )
    return tuple(met)


def insured(
    loading: Operation,
    service: Service,
    parameters: ParameterTable,
    shipment: Shipment,
    *,
    before: Service | None = None,
) -> Operation:
    """Return a loading, or a change of mode, with its cargo insurance.

    Insurance is a share of the insured value, by cargo where the cargo has a row, else by mode. One
    policy covers a route at the share of its dearest mode: loading adds the share of the first
    mode, a change from `before` the difference to a dearer one. A route that changes from ship to
    train twice pays that difference twice.
    """
    families = service.family, None if before is None else before.family
    lines = _insurance(*families, parameters, shipment)
    return replace(loading, bill=(*loading.bill, *lines)) if lines else loading


def _insurance(
    mode: Family, before: Family | None, parameters: ParameterTable, shipment: Shipment
) -> tuple[BillLine, ...]:
    value = shipment.value_usd_per_teu * parameters.value("insurance.value_factor")
    if not any_above(value):
        return ()
    share = parameters.get("insurance.cargo_share", shipment.cargo, mode.value)
    if before is not None:
        covered = parameters.value("insurance.cargo_share", shipment.cargo, before.value)
        if before is mode or not any_above(share.value, covered):
            return ()
        value *= at_least(1.0 - covered / share.value, 0.0)
    line = BillLine(
        driver="insurance.cargo",
        scope=share.scope,
        label="Cargo insurance",
        quantity=value,
        unit="USD insured",
        price_parameter="insurance.cargo_share",
    )
    return (line,)


def insured_in_ice(
    rate: RunningRate, parameters: ParameterTable, shipment: Shipment
) -> RunningRate:
    """Return a rate on the Northern Sea Route with the insurance of the crossing, per km."""
    value = shipment.value_usd_per_teu * parameters.value("insurance.value_factor")
    if not any_above(value):
        return rate
    line = BillLine(
        driver="insurance.arctic",
        scope=parameters.get("insurance.arctic_share", shipment.cargo).scope,
        label="Cargo insurance, Arctic part",
        quantity=value / parameters.value("nsr.crossing_km"),
        unit="USD insured",
        price_parameter="insurance.arctic_share",
    )
    return replace(rate, bill_per_km=(*rate.bill_per_km, line))


def with_demurrage(
    unloading: Operation, parameters: ParameterTable, shipment: Shipment
) -> Operation:
    """Return an unloading with demurrage for the days beyond the free ones."""
    days = unloading.time_parts.get("import_dwell", 0.0) / HOURS_PER_DAY
    beyond = at_least(days - parameters.value("demurrage.free_days"), 0.0)
    if not any_above(beyond):
        return unloading
    price = parameters.price("demurrage.usd_per_teu_day")
    line = charge("storage.demurrage", price, shipment, label="Demurrage", units=beyond)
    return replace(unloading, bill=(*unloading.bill, line))


def exposure(
    place: str, parameters: ParameterTable, shipment: Shipment, *, year: int
) -> Operation | None:
    """Return the expected delay and security charge of passing a place; None if both are 0.

    Parameters
    ----------
    place
        A border pair (`BY-PL`) or the id of a gate.
    parameters
        `risk.delay_probability` by place and year (`BY-PL@2026`, valid until a later row) times
        `risk.delay_hours` by place; `risk.security` by place.
    shipment
        The box; the charge is per box or TEU.
    year
        Calendar year of the departure.
    """
    probability = in_year(parameters, "risk.delay_probability", year, prefix=f"{place}@")
    hours = 0.0
    if probability is not None:
        hours = probability.value * parameters.value("risk.delay_hours", place)
    price = parameters.get("risk.security", place)
    if not any_above(hours) and not any_above(price.value):
        return None
    bill: tuple[BillLine, ...] = ()
    if any_above(price.value):
        bill = (charge("risk.security", price, shipment, label="Security charge"),)
    times = {"risk_delay": hours} if any_above(hours) else {}
    return Operation(key=f"risk|{place}|{year}", label="", time_parts=times, bill=bill)
