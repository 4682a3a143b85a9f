"""An option in plain values: the keys and the rounding of every file that holds results.

Every option has every key. Figures of a corridor that cannot be used are None and never 0. Parts
are rounded first and totals are sums of the rounded parts, so that a reader who adds the lines
gets the total that is printed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from math import floor, log10

from corridors.costing.piracy import piracy_rows
from corridors.domain.places import Family, family_of
from corridors.domain.results import RouteOption, RouteStep, StepKind
from corridors.domain.values import CostLine, EnergyLine
from corridors.units import HOURS_PER_DAY, nm_from_km

USD_DECIMALS = 2
HOURS_DECIMALS = 3
DAYS_DECIMALS = 3
KM_DECIMALS = 2
KG_DECIMALS = 3
SIGNIFICANT_DIGITS = 7
SHARE_DECIMALS = 4

Record = dict[str, object]


def option_record(option: RouteOption) -> Record:
    """Return the option under the keys of `comparison.json`.

    Returns
    -------
    record
        Money in USD per TEU to the cent, hours and days to a thousandth, km to a hundredth,
        CO2e in kg per TEU to the gram, times as `2026-08-20T00:00Z`.
    """
    cost_lines = [cost_record(line) for line in option.cost_lines] if option.usable else []
    energy_lines = [energy_record(line) for line in option.energy_lines] if option.usable else []
    legs = [
        leg_record(step) for step in option.steps if step.kind is StepKind.LEG and option.usable
    ]
    parts = (
        {name: _rounded(hours, HOURS_DECIMALS) for name, hours in option.time_parts.items()}
        if option.usable
        else {}
    )
    return {
        "corridor": option.corridor,
        "title": option.title,
        "status": option.status.value,
        "reason": option.reason,
        "next_usable_date": _iso_day(option),
        "cost_usd_per_teu": _total(cost_lines, "usd_per_teu", USD_DECIMALS, option),
        "transit_days": _maybe(option.transit_days if option.usable else None, DAYS_DECIMALS),
        "days": (
            _rounded(sum(parts.values()) / HOURS_PER_DAY, DAYS_DECIMALS) if option.usable else None
        ),
        "distance_km": _km(legs, option),
        "sea_nm": _sea_nm(legs, option),
        "rail_km": _km(legs, option, Family.RAIL),
        "road_km": _km(legs, option, Family.ROAD),
        "ferry_km": _km(legs, option, Family.FERRY),
        "river_km": _km(legs, option, Family.RIVER),
        "co2e_wtw_kg_per_teu": _total(energy_lines, "co2e_wtw_kg", KG_DECIMALS, option),
        "co2e_ttw_kg_per_teu": _total(energy_lines, "co2e_ttw_kg", KG_DECIMALS, option),
        "passages": list(option.passages) if option.usable else [],
        "borders": list(option.borders) if option.usable else [],
        "gauge_changes": list(option.gauge_changes) if option.usable else [],
        "countries": list(option.countries) if option.usable else [],
        "piracy": piracy_rows(option),
        "departure": iso_time(option.departure) if option.usable else None,
        "arrival": iso_time(option.arrival) if option.usable else None,
        "cost_lines": cost_lines,
        "energy_lines": energy_lines,
        "time_parts": parts,
        "legs": legs,
        "operations": [
            operation_record(step)
            for step in option.steps
            if step.kind is not StepKind.LEG and option.usable
        ],
        "certificate": {
            "status": option.certificate.status,
            "method": option.certificate.method,
            "cost_usd_per_teu": _maybe(option.certificate.cost_usd_per_teu, USD_DECIMALS),
            "hours": _maybe(option.certificate.hours, HOURS_DECIMALS),
        },
        "capacity": [
            {
                "place": share.place,
                "teu_per_week": share.teu_per_week,
                "asked_teu_per_week": _rounded(share.asked_teu_per_week, SHARE_DECIMALS),
                # No number stands for a place that takes nothing.
                "used_share": _rounded(share.used_share, SHARE_DECIMALS)
                if share.teu_per_week > 0.0
                else None,
            }
            for share in option.capacity
        ],
        "warnings": list(option.warnings),
    }


def cost_record(line: CostLine) -> Record:
    """Return a cost line in plain values; quantity and price to seven significant digits."""
    return {
        "driver": line.driver,
        "scope": line.scope,
        "label": line.label,
        "quantity": significant(line.quantity),
        "unit": line.unit,
        "unit_price_usd": significant(line.unit_price_usd),
        "usd_per_teu": _rounded(line.usd_per_teu, USD_DECIMALS),
        "basis": line.basis.value,
        "source_id": line.source_id,
        "status": line.status.value,
        "low": _rounded(line.low, USD_DECIMALS),
        "high": _rounded(line.high, USD_DECIMALS),
    }


def energy_record(line: EnergyLine) -> Record:
    """Return an energy line in plain values, greenhouse gases in kg CO2e per TEU."""
    return {
        "driver": line.driver,
        "scope": line.scope,
        "label": line.label,
        "quantity": significant(line.quantity),
        "unit": line.unit,
        "co2e_wtw_kg": _rounded(line.co2e_wtw_kg, KG_DECIMALS),
        "co2e_ttw_kg": _rounded(line.co2e_ttw_kg, KG_DECIMALS),
        "source_id": line.source_id,
        "status": line.status.value,
    }


def leg_record(step: RouteStep) -> Record:
    """Return a travelled leg in plain values, without its line (`legs.gpkg` holds that)."""
    return {
        "from": step.from_id,
        "to": step.to_id,
        "from_name": step.from_name,
        "to_name": step.to_name,
        "service": step.service,
        "km": _rounded(step.km, KM_DECIMALS),
        "hours": _rounded(step.hours, HOURS_DECIMALS),
        "departs": iso_time(step.departs),
        "arrives": iso_time(step.arrives),
        "usd_per_teu": _rounded(step.usd_per_teu, USD_DECIMALS),
        "co2e_wtw_kg": _rounded(step.co2e_wtw_kg, KG_DECIMALS),
        "countries": list(step.countries),
        "gate": step.gate or None,
        "border": step.border or None,
        "calibrated": step.calibrated,
        "source": step.source,
    }


def operation_record(step: RouteStep) -> Record:
    """Return what is done at one place: loading, a change of service, waiting, unloading."""
    return {
        "kind": step.kind,
        "at": step.from_id,
        "name": step.from_name,
        "service": step.service,
        "label": step.label,
        "hours": _rounded(step.hours, HOURS_DECIMALS),
        "time_parts": {
            name: _rounded(hours, HOURS_DECIMALS) for name, hours in step.time_parts.items()
        },
        "starts": iso_time(step.departs),
        "ends": iso_time(step.arrives),
        "usd_per_teu": _rounded(step.usd_per_teu, USD_DECIMALS),
        "co2e_wtw_kg": _rounded(step.co2e_wtw_kg, KG_DECIMALS),
    }


def iso_time(moment: datetime | None) -> str | None:
    """Return a time as `2026-08-20T00:00Z`; one without a time zone is taken as UTC."""
    if moment is None:
        return None
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="minutes") + "Z"


def significant(value: float, digits: int = SIGNIFICANT_DIGITS) -> float:
    """Return the value rounded to so many significant digits."""
    if value == 0:
        return 0.0
    return round(value, digits - 1 - floor(log10(abs(value))))


def _rounded(value: float, decimals: int) -> float:
    return round(value, decimals) + 0.0  # + 0.0 turns -0.0 into 0.0


def _maybe(value: float | None, decimals: int) -> float | None:
    return None if value is None else _rounded(value, decimals)


def _iso_day(option: RouteOption) -> str | None:
    return None if option.next_usable_date is None else option.next_usable_date.isoformat()


def _total(lines: Iterable[Record], key: str, decimals: int, option: RouteOption) -> float | None:
    if not option.usable:
        return None
    return _rounded(sum(number(line[key]) for line in lines), decimals)


def _km(legs: Iterable[Record], option: RouteOption, family: Family | None = None) -> float | None:
    if not option.usable:
        return None
    lengths = (
        number(leg["km"])
        for leg in legs
        if family is None or family_of(str(leg["service"])) is family
    )
    return _rounded(sum(lengths), KM_DECIMALS)


def _sea_nm(legs: Iterable[Record], option: RouteOption) -> float | None:
    sea_km = _km(legs, option, Family.SEA)
    return None if sea_km is None else _rounded(nm_from_km(sea_km), KM_DECIMALS)


def number(value: object) -> float:
    """Return a record's figure as a float; anything else is a fault of the program."""
    if isinstance(value, (int, float)):
        return float(value)
    msg = f"expected a number, got {value!r}"
    raise TypeError(msg)
