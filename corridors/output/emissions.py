"""`emissions.csv`: the transport chain elements of every usable corridor (ISO 14083, GLEC).

Each step of a route is an element: a leg or a hub operation. An element has a row per energy
carrier; one without energy use has a row without a carrier, so that the chain is complete.
"""

from __future__ import annotations

from collections.abc import Iterator

from corridors.domain.results import RouteOption, RouteStep, StepKind
from corridors.domain.values import EnergyLine
from corridors.output.comparison import Comparison
from corridors.output.records import Record, significant
from corridors.output.tables import Table
from corridors.units import GRAMS_PER_KG

LEG, HUB = "leg", "hub operation"


# What a step without energy has none of.
OF_CARRIERS = ("energy_carrier", "scope", "unit", "factor_source_id", "factor_status")


def emission_rows(comparison: Comparison) -> list[Record]:
    """Return a row per usable corridor, element and energy carrier, best corridor first.

    Returns
    -------
    rows
        `element` counts from 1 along the route. `part` is pre-carriage, main carriage or
        on-carriage. `service` is the transport operation category.
        Distance travelled in km and activity in t-km of cargo per TEU; None for hub operations.
        Quantity of the carrier per TEU, in `unit`. Well-to-wake and tank-to-wake in kg CO2e per
        TEU and per t of cargo, and in g per t-km. The rows of a corridor sum to its totals.
    """
    cargo_t = comparison.scenario.shipment.cargo_t_per_teu
    return [
        row
        for option in comparison.routes
        if option.usable
        for row in _option_rows(option, cargo_t)
    ]


def _option_rows(option: RouteOption, cargo_t: float) -> Iterator[Record]:
    for number, step in enumerate(option.steps, start=1):
        element = _element(step, cargo_t) | {"corridor": option.corridor, "element": number}
        if not step.energy:
            yield element
        for line in step.energy:
            yield element | _burnt(line, step, cargo_t)


def _element(step: RouteStep, cargo_t: float) -> Record:
    is_leg = step.kind is StepKind.LEG
    return {
        "part": step.part.value,
        "kind": LEG if is_leg else HUB,
        "service": step.service,
        "label": step.label,
        "from": step.from_id,
        "to": step.to_id,
        "distance_km": round(step.km, 2) if is_leg else None,
        "cargo_t_per_teu": significant(cargo_t),
        "activity_t_km_per_teu": significant(step.km * cargo_t) if is_leg else None,
        **dict.fromkeys(OF_CARRIERS, ""),
    }


def _burnt(line: EnergyLine, step: RouteStep, cargo_t: float) -> Record:
    activity = step.km * cargo_t if step.kind is StepKind.LEG else 0.0
    row: Record = {
        "energy_carrier": line.driver.partition(".")[2],
        "scope": line.scope,
        "quantity_per_teu": significant(line.quantity),
        "unit": line.unit,
        "factor_source_id": line.source_id,
        "factor_status": line.status.value,
    }
    for chain, kg in (("wtw", line.co2e_wtw_kg), ("ttw", line.co2e_ttw_kg)):
        row[f"co2e_{chain}_kg_per_teu"] = significant(kg)
        row[f"co2e_{chain}_kg_per_t"] = significant(kg / cargo_t) if cargo_t else None
        row[f"co2e_{chain}_g_per_t_km"] = (
            significant(kg * GRAMS_PER_KG / activity) if activity else None
        )
    return row


EMISSIONS = Table(
    name="emissions",
    about="A step of the route of a usable corridor and one of its energy carriers.",
    rows_of=emission_rows,
    files="corridor element part kind service label from to distance_km cargo_t_per_teu"
    " activity_t_km_per_teu energy_carrier scope quantity_per_teu unit co2e_wtw_kg_per_teu"
    " co2e_ttw_kg_per_teu co2e_wtw_kg_per_t co2e_ttw_kg_per_t co2e_wtw_g_per_t_km"
    " co2e_ttw_g_per_t_km factor_source_id factor_status",
)
