"""Show every leg, cost line and source of one corridor of a scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from corridors.config import load_corridors
from corridors.data.parameters import Source, load_sources
from corridors.domain.results import RouteOption
from corridors.domain.scenario import OTHER, PriceBasis, Scenario
from corridors.domain.values import Status
from corridors.output.contract import CostRecord, EnergyRecord, option_record
from corridors.output.records import Record, iso_time, number, significant
from corridors.routing.report import run_warnings
from corridors.studies.option import option_of
from corridors.studies.session import Session
from corridors.units import HOURS_PER_DAY, in_percent

WEAK = (Status.ASSUMPTION.value, Status.RECALLED.value)
ROW_COLUMNS = (
    *("section", "label", "scope", "service", "quantity", "unit", "unit_price_usd", "usd_per_teu"),
    *("low", "high", "basis", "status", "source_id", "source", "url", "starts", "ends", "km"),
    *("hours", "co2e_wtw_kg", "co2e_ttw_kg"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """An option with its scenario, the warnings of the run and all sources."""

    scenario: Scenario
    option: RouteOption
    warnings: tuple[str, ...]
    sources: Mapping[str, Source]

    @property
    def record(self) -> Record:
        """The option as `comparison.json` holds it."""
        return option_record(self.option)


def explain_option(
    scenario: Scenario, corridor: str, *, session: Session | None = None
) -> Explained:
    """Return the option of one corridor, which the scenario need not list.

    Parameters
    ----------
    scenario
        The scenario.
    corridor
        Id of a shipped corridor, or the path of a corridor file.
    session
        Keeps networks and tables between scenarios; a new one by default.

    Raises
    ------
    ConfigError
        A place, corridor, service or parameter is unknown.
    """
    asked, session = replace(scenario, corridors=(corridor,)), session or Session()
    # Whether it is by price or by cost is judged as in a comparison, by all of its corridors.
    listed = session.corridors_of(scenario) if scenario.price_basis is PriceBasis.PRICE else ()
    (own,) = load_corridors([corridor])
    others = session.free if any(one.id == OTHER for one in listed) else listed
    question = session.pose(scenario, (own, *(one for one in others if one.id != own.id)))
    option = option_of(question)
    return Explained(
        scenario=asked,
        option=option,
        warnings=run_warnings(question, (option,)) if option.usable else (),
        sources=load_sources(),
    )


def explained_rows(explained: Explained) -> list[Record]:
    """Return every line of an option as rows; `section` names the kind.

    `route` rows have times, km and hours; `cost` rows quantity, price, basis and range; `time` rows
    hours; `energy` rows quantity and greenhouse gases. Cost and energy rows have the source.
    """
    return [
        *({"section": "route", **row} for row in route_rows(explained.option)),
        *({"section": "cost", **row} for row in cost_rows(explained)),
        *({"section": "time", **row} for row in time_rows(explained.option)),
        *({"section": "energy", **row} for row in energy_rows(explained)),
    ]


def route_rows(option: RouteOption) -> list[Record]:
    """Return a row per step of the route, with times, km, hours, USD and kg CO2e."""
    return [
        {
            "label": step.label,
            "service": step.service,
            "starts": iso_time(step.departs),
            "ends": iso_time(step.arrives),
            "km": round(step.km, 1),
            "hours": round(step.hours, 1),
            "usd_per_teu": round(step.usd_per_teu, 2),
            "co2e_wtw_kg": round(step.co2e_wtw_kg, 1),
        }
        for step in option.steps
    ]


def cost_rows(explained: Explained) -> list[Record]:
    """Return the cost lines, dearest first, each with the title and URL of its source."""
    rows = [CostRecord.model_validate(line).plain() for line in explained.option.cost_lines]
    return [row | _source(explained, row) for row in rows]


def short_cost_row(row: Record) -> Record:
    """Return a cost line in the fewer columns of a page."""
    price = number(row["unit_price_usd"])
    return {
        "USD": row["usd_per_teu"],
        "low": row["low"],
        "high": row["high"],
        "line": _line_of(row),
        "quantity_x_unit_price_USD": f"{_short(row['quantity'])} {row['unit']} x {price:,.6g}",
        "basis": row["basis"],
        "status": row["status"],
        "source": row["source_id"],
    }


def short_weak_row(row: Record) -> Record:
    """Return a weak line in the columns of a page."""
    return {
        "range_USD": row["range_usd"],
        "low": row["low"],
        "high": row["high"],
        "line": _line_of(row),
        "status": row["status"],
        "source": row["source"],
    }


def energy_rows(explained: Explained) -> list[Record]:
    """Return the energy lines, each with the source of its factor."""
    rows = [EnergyRecord.model_validate(line).plain() for line in explained.option.energy_lines]
    return [row | _source(explained, row) for row in rows]


def time_rows(option: RouteOption) -> list[Record]:
    """Return hours and days by part, longest first."""
    parts = sorted(option.time_parts.items(), key=lambda item: -item[1])
    return [
        {"label": name, "hours": round(hours, 3), "days": round(hours / HOURS_PER_DAY, 2)}
        for name, hours in parts
    ]


def weakest_rows(explained: Explained) -> list[Record]:
    """Return the cost lines based on assumptions or memory, widest range first."""
    weak = [row for row in cost_rows(explained) if row["status"] in WEAK]
    for row in weak:
        row["range_usd"] = round(number(row["high"]) - number(row["low"]), 2)
    return sorted(weak, key=lambda row: -number(row["range_usd"]))


def source_rows(explained: Explained) -> list[Record]:
    """Return the sources that the lines cite, with title, author, year and URL."""
    cited = {str(row["source_id"]) for row in (*cost_rows(explained), *energy_rows(explained))}
    found = (explained.sources[key] for key in sorted(cited) if key in explained.sources)
    return [
        {
            "source_id": source.id,
            "source": ", ".join(
                part for part in (source.title, source.author, source.year) if part
            ),
            "url": source.url,
        }
        for source in found
    ]


def explained_record(explained: Explained) -> Record:
    """Return an explanation as JSON holds it."""
    return {
        "rows": explained_rows(explained),
        "sums": sums(explained),
        "warnings": list(explained.warnings),
        "option": explained.record,
    }


def sums(explained: Explained) -> list[str]:
    """Return a sentence for each total; none for a corridor without a route."""
    record, option = explained.record, explained.option
    if not option.usable:
        return []
    costs = cost_rows(explained)
    bases = {
        basis: _sum((row for row in costs if row["basis"] == basis), "usd_per_teu")
        for basis in dict.fromkeys(str(row["basis"]) for row in costs)
    }
    total = option.printed_usd_per_teu or 0.0
    weak = _sum(weakest_rows(explained), "usd_per_teu")
    tonne_km = number(record["distance_km"]) * explained.scenario.shipment.cargo_t_per_teu
    wtw, ttw = (number(record[f"co2e_{chain}_kg_per_teu"]) for chain in ("wtw", "ttw"))
    share = weak / total if total else 0.0
    by_basis = " + ".join(f"{basis} {usd:,.2f}" for basis, usd in bases.items())
    return [
        f"{option.price_basis.value.capitalize()}: {len(costs)} lines, {by_basis} ="
        f" {total:,.2f} USD per TEU; bounds"
        f" {_sum(costs, 'low'):,.0f} to {_sum(costs, 'high'):,.0f}, with every line at its low or"
        " high value.",
        f"Time: {len(option.time_parts)} parts = {number(record['days']):,.2f} days from gate-in to"
        f" gate-out, of which {number(record['transit_days']):,.2f} between the first departure and"
        " the last arrival.",
        f"CO2e: {len(option.energy_lines)} lines = {wtw:,.1f} kg per TEU well-to-wake, of which"
        f" {ttw:,.1f} tank-to-wake; on {explained.scenario.shipment.cargo_t_per_teu:g} t of cargo"
        f" over {number(record['distance_km']):,.0f} km"
        f" {significant(wtw * 1000.0 / tonne_km, 3):g} g per t-km.",
        f"Weakest: {in_percent(share)}% of the cost rests on assumptions and figures"
        " cited from memory.",
    ]


def _source(explained: Explained, row: Record) -> Record:
    source = explained.sources.get(str(row["source_id"]))
    return {"source": source.title if source else "", "url": source.url if source else ""}


def _sum(rows: Iterable[Record], key: str) -> float:
    return sum(number(row[key]) for row in rows)


def _line_of(row: Record) -> str:
    return f"{row['label']} ({row['scope']})" if row["scope"] else str(row["label"])


def _short(quantity: object) -> str:
    return f"{significant(number(quantity), 4):,.10g}"
