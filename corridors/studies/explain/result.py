"""Show every leg, cost line and source of one corridor of a scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from corridors.costing.passages import PIRACY_TITLE
from corridors.data.cities import name_of
from corridors.data.parameters import Source
from corridors.domain.answer import BOXES
from corridors.domain.results import RouteOption
from corridors.domain.scenario import Scenario
from corridors.domain.values import Status
from corridors.output.contract import (
    PIRACY_COLUMNS,
    CostRecord,
    EnergyRecord,
    option_record,
    piracy_rows,
)
from corridors.output.display_names import name_by, place_names, why_not
from corridors.output.store import Record, as_text, frame, iso_time, number, significant
from corridors.output.tables import Table
from corridors.studies.compare.result import COMMAND
from corridors.studies.one_route import OneRoute
from corridors.studies.result_base import Files, Terminal
from corridors.units import HOURS_PER_DAY, in_percent

if TYPE_CHECKING:
    import pandas as pd

WEAK = (Status.ASSUMPTION.value, Status.RECALLED.value)
MOST_WEAK = 8
EXPLAINED = Table(
    name="explain",
    about="A line of a route: a step, a cost line, a part of the time, or an energy line.",
    files="section label scope service quantity unit unit_price_usd usd_per_teu low high pays basis"
    " status source_id source url starts ends km hours co2e_wtw_kg co2e_ttw_kg",
)
STEPS = replace(EXPLAINED, reads="starts label service km hours usd_per_teu co2e_wtw_kg", files="")
TIMES = Table(
    name="explain",
    about="A part of the time from gate-in to gate-out.",
    reads="label hours days",
)
ENERGY = Table(
    name="explain",
    about="A fuel or electricity that the route takes.",
    reads="label scope quantity unit co2e_wtw_kg co2e_ttw_kg status source_id",
)
COSTS = Table(
    name="explain",
    about="A cost line.",
    reads="usd_per_teu low high line amount pays basis status source_id",
)
WEAKEST = Table(
    name="explain",
    about="A cost line that rests on an assumption or on memory.",
    files="driver scope label quantity unit unit_price_usd usd_per_teu basis source_id status low"
    " high part at pays source url range_usd",
    reads="range_usd low high line status source",
)
PIRACY = Table(
    name="piracy",
    about="An area with attacks on ships that the route passes.",
    reads=" ".join(PIRACY_COLUMNS),
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


def _said(row: Record, teu: float) -> Record:
    """Return a cost line with what people read of it: its name, and its amount at its price.

    The amount is that of a box of `teu`, as its money is.
    """
    price = number(row["unit_price_usd"])
    amount = f"{_short(teu * number(row['quantity']))} {row['unit']} x {price:,.6g}"
    return {**row, "line": _line_of(row), "amount": amount}


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
    equipment = explained.scenario.shipment.equipment
    teu, box = equipment.teu_per_box, BOXES[equipment]
    by_basis = " + ".join(f"{basis} {teu * usd:,.2f}" for basis, usd in bases.items())
    return [
        f"{option.price_basis.value.capitalize()}: {len(costs)} lines, {by_basis} ="
        f" {teu * total:,.2f} USD per {box}; bounds"
        f" {teu * _sum(costs, 'low'):,.0f} to {teu * _sum(costs, 'high'):,.0f}, with every line at"
        " its low or high value.",
        f"Time: {len(option.time_parts)} parts = {number(record['days']):,.2f} days from gate-in to"
        f" gate-out, of which {number(record['transit_days']):,.2f} between the first departure and"
        " the last arrival.",
        f"CO2e: {len(option.energy_lines)} lines = {teu * wtw:,.1f} kg per {box} well-to-wake, of"
        f" which {teu * ttw:,.1f} tank-to-wake; on"
        f" {teu * explained.scenario.shipment.cargo_t_per_teu:g} t of cargo"
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


@dataclass(frozen=True, kw_only=True, repr=False)
class Explanation(OneRoute):
    """Every leg, cost line and source of one corridor."""

    _more = (
        ".legs .cost_lines .lines .emissions .times .sources .weakest are frames;"
        " .sums, .map(), .save(folder)"
    )

    explained: Explained
    """The route with the sources of its figures and what its lines sum to."""

    @property
    def sums(self) -> tuple[str, ...]:
        """A sentence for each total: cost, time, emissions, and what rests on weak figures."""
        return tuple(sums(self.explained))

    @property
    def times(self) -> pd.DataFrame:
        """Hours and days by part, the longest first; they sum to the days."""
        return frame(time_rows(self.option), columns=["label", "hours", "days"])

    @property
    def sources(self) -> pd.DataFrame:
        """The sources that the cost and energy lines cite."""
        return frame(source_rows(self.explained), columns=["source_id", "source", "url"])

    @property
    def weakest(self) -> pd.DataFrame:
        """The cost lines that rest on assumptions or memory, the widest range first."""
        return WEAKEST.frame(weakest_rows(self.explained))

    def _texts(self) -> list[str]:
        texts = super()._texts()
        return [text for text in (*texts, *self.sums[-1:]) if text]

    def _shown(self) -> pd.DataFrame:
        lines: Any = self.cost_lines
        columns = {
            "label": "cost line",
            "scope": "for",
            "usd_per_teu": "USD per TEU",
            "outer_low_usd_per_teu": "low",
            "outer_high_usd_per_teu": "high",
            "status": "figure is",
            "source_id": "source",
        }
        frame: pd.DataFrame = lines[list(columns)].rename(columns=columns)
        return frame

    def show(self, terminal: Terminal) -> None:
        """Print the route, its cost lines, times, energy and sources."""
        found, option, scenario = self.explained, self.option, self.scenario
        terminal.say(
            f"{scenario.name}: {name_by(option)}, departing {scenario.departure.isoformat()}"
        )
        for text in self._texts()[1:2] if option.usable else ():
            terminal.say(text)
        if not option.usable:
            terminal.say(why_not(option))
            return
        names = place_names(option)
        for name, passed in (("Gates", option.passages), ("Borders", option.borders)):
            if passed:
                terminal.say(
                    f"{name}: {', '.join(names.get(place, name_of(place)) for place in passed)}"
                )
        for text in (*found.warnings, *option.warnings):
            terminal.say(f"! {text}")
        equipment = scenario.shipment.equipment
        teu, box = equipment.teu_per_box, BOXES[equipment]
        weak = [_said(row, teu) for row in weakest_rows(found)[:MOST_WEAK]]
        costs = [_said(row, teu) for row in cost_rows(found)]
        of_cost = COSTS if scenario.incoterm else COSTS.without("pays")
        for title, table, rows in (
            ("Route", STEPS, route_rows(option)),
            (f"Cost lines, USD per {box}, largest first", of_cost, costs),
            ("Time, from gate-in to gate-out", TIMES, time_rows(option)),
            (f"Energy and CO2e per {box}", ENERGY, energy_rows(found)),
            (PIRACY_TITLE, PIRACY, piracy_rows(option)),
            ("Weakest cost lines (assumption or recalled), widest range first", WEAKEST, weak),
        ):
            if listed := list(rows):
                terminal.table(table.boxed(equipment), listed, title=title)
        terminal.say("Sources")
        for row in source_rows(found):
            terminal.say(f"  {row['source_id']}: {row['source']}", indent="    ")
            if row["url"]:
                terminal.say(f"    {row['url']}")
        for text in sums(found):
            terminal.say(text)

    @property
    def _is_usable(self) -> bool:
        return self.usable

    def _files(self, *, command: str = COMMAND) -> Files:
        return {
            "explain.json": lambda: as_text(explained_record(self.explained)),
            "explain.csv": lambda: EXPLAINED.csv(explained_rows(self.explained)),
            **super()._files(command=command),
        }
