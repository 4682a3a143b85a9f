"""Names of the parts of cost and time, and their chart colours."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from html import escape
from itertools import accumulate

from corridors.data.access import load_worlds, title_over
from corridors.data.cities import name_of
from corridors.domain.answer import BOXES
from corridors.domain.results import Exceeded, RouteOption
from corridors.domain.scenario import PriceBasis, Scenario
from corridors.domain.simulation import RouteFans
from corridors.domain.values import CostLine
from corridors.output.answer import money
from corridors.output.comparison import Comparison
from corridors.output.contract import Totals
from corridors.output.display_names import (
    capitalised,
    corridor_titles,
    end_title,
    limit_text,
    on_page,
)
from corridors.output.html.palette import (
    BLUE,
    GREEN,
    GREY,
    NAVY,
    NOTHING,
    ORANGE,
    PEACH,
    PINK,
    PURPLE,
    YELLOW,
    element,
    number,
)
from corridors.output.html.report.report_tables import Cell, headings, table_html
from corridors.output.monthly import Sweep, SweptKey
from corridors.output.verdict import SHARE, titles_of
from corridors.units import HOURS_PER_DAY

# Parts shared by the reports.

LIMITS_OF_KNOWLEDGE = (
    "<ul>"
    "<li>Costs are operating costs or published tariffs and rates, not offers. A carrier's quote "
    "on a given day can be far higher or lower.</li>"
    "<li>Congestion and the availability of slots are not modelled. The wait for a departure is "
    "half the interval between departures. Listed capacities of crossings and ferries produce "
    "warnings; they restrict the recommendation only if the scenario limits their use.</li>"
    "<li>Ice follows a mean year unless the scenario names another one. It is not a forecast.</li>"
    "<li>Sanctions and insurance appear as warnings where a source is known. Whether a cargo may "
    "be moved is a legal question.</li>"
    "<li>The low and high of a cost line are those of its source: limits, not "
    "probabilities.</li>"
    "</ul>"
)
# Words of an answer box under its first sentence; the first screen of a page has 300 at most.
_SHOWN_WORDS = 100
# Longer titles are cut in a table; the list has them in full.
SHORT_TITLE = 34
NO_SOURCE = ("", "assumption", "scenario")
LICENCE = (
    "Network data: © OpenStreetMap contributors, Open Database License (ODbL) 1.0; land and sea "
    "lanes from Natural Earth, public domain."
)


def answer_box(sentences: Sequence[str], *, warn: bool = False) -> str:
    """Return the answer box: the first sentence large, others below, those after a screen folded.

    The last one, which is what the answer rests on, is never folded.
    """
    first, *rest = sentences or [""]
    kind = "answer warn" if warn else "answer"
    words = accumulate(len(text.split()) for text in rest)
    shown = sum(count <= _SHOWN_WORDS for count in words)
    paragraphs = [element("p", text) for text in rest]
    if folded := paragraphs[shown:-1]:
        more = f"<details><summary>{len(folded)} more</summary>{''.join(folded)}</details>"
        paragraphs[shown:-1] = [more]
    return (
        f'<div class="{kind}" role="region" aria-label="The answer">'
        f"{element('p', first, class_='first')}{''.join(paragraphs)}</div>"
    )


def shortened(title: str) -> str:
    """Return the start of a source's title, for a table."""
    return textwrap.shorten(title, SHORT_TITLE, placeholder="…") or title[:SHORT_TITLE]


@dataclass(frozen=True, slots=True)
class Citations:
    """The sources of a report, numbered in the order of their ids, with their titles."""

    titles: Mapping[str, str]

    def cell(self, source_id: str) -> Cell:
        """Return a source as a cell: a link to its row in the list, `[12] Tariff of 2025`.

        What is in no list, such as an assumption, stays as it is.
        """
        number = self._numbers.get(source_id)
        if number is None:
            return Cell(text=source_id)
        title = self.titles[source_id] or source_id
        text = shortened(title)
        start = f'<a class="cite" href="#source-{number}" title="{escape(title)}">'
        return Cell(text=f"[{number}] {text}", before=start, after="</a>")

    def link(self, source_id: str) -> str:
        """Return the link to a source as markup; empty for what is in no list."""
        cell = self.cell(source_id)
        return f"{cell.before}{escape(cell.text)}{cell.after}" if cell.before else ""

    def list_html(self) -> str:
        """Return the list of sources, to which the links lead."""
        items = "".join(
            f'<li id="source-{number}">[{number}] {escape(self.titles[key] or "(no title)")}'
            f" {element('code', key)}</li>"
            for key, number in self._numbers.items()
        )
        return f'<ul class="sources">{items}</ul>' if items else "<p>None cited.</p>"

    @property
    def _numbers(self) -> dict[str, int]:
        kept = (key for key in sorted(self.titles) if key not in NO_SOURCE)
        return {key: number for number, key in enumerate(kept, start=1)}


def reproduce(
    command: str,
    manifest: Mapping[str, str],
    values: Mapping[str, str],
    *,
    heading: str,
    text: str = "",
    text_heading: str = "",
) -> str:
    """Return the command and inputs that give the same result.

    Parameters
    ----------
    command
        The command line; not shown if empty.
    manifest
        Versions and hashes by name.
    values
        Scenario values by dotted key.
    heading
        Heading of the values.
    text
        Full text of an input file.
    text_heading
        Heading of the file.
    """
    pair = headings("Key", "Value")
    parts = [element("pre", command)] if command else []
    if text:
        parts.append(
            f"<details><summary>{escape(text_heading)}</summary>{element('pre', text)}</details>"
        )
    if values:
        table = table_html(heading, pair, list(values.items()), hidden_caption=True, classes="keys")
        parts.append(f"<details><summary>{escape(heading)}</summary>{table}</details>")
    if manifest:
        table = table_html(
            "Versions and hashes", pair, list(manifest.items()), hidden_caption=True, classes="keys"
        )
        parts.append(f"<details><summary>Versions and hashes</summary>{table}</details>")
    return "".join(parts)


def licence() -> str:
    """Return the attribution and licence of the data."""
    return element("p", LICENCE, class_="note")


# By the first part of a driver (`fuel` of `fuel.vlsfo`), in the order of the bars.
_COST_TITLES: Mapping[str, str] = {
    "ship_days": "Ship time",
    "ship": "Ship time",
    "fuel": "Marine fuel",
    "port_calls": "Port dues",
    "canal": "Canal tolls",
    "nsr": "Arctic escort, pilot, insurance",
    "war_risk": "War-risk premium",
    "ets": "EU allowances and FuelEU",
    "fueleu": "EU allowances and FuelEU",
    "sea": "Shipping line overhead and margin",
    "ferry": "Ferries",
    "river": "River freight",
    "rail": "Rail freight",
    "border": "Borders",
    "gauge_change": "Gauge change",
    "road": "Road haulage",
    "thc": "Terminals and transhipment",
    "transhipment": "Terminals and transhipment",
    "terminal": "Terminals and transhipment",
    "storage": "Storage",
    "insurance": "Cargo insurance",
    "risk": "Security",
    "repositioning": "Empty container return",
    "reefer": "Reefer power",
}
_TIME_TITLES: Mapping[str, str] = {
    "export_dwell": "Dwell at origin",
    "schedule_wait": "Waiting for departure",
    "season_wait": "Waiting for the season",
    "sea": "Sailing",
    "ice": "Sailing in ice",
    "port_calls": "Port calls",
    "canal": "Canals",
    "ferry": "Ferries",
    "river": "River",
    "rail": "Rail",
    "border": "Borders",
    "queue": "Queue after a closure",
    "gauge_change": "Gauge change",
    "risk_delay": "Expected delay from security risks",
    "road": "Road",
    "door": "Loading and delivery at the door",
    "transfer": "Transfers",
    "import_dwell": "Dwell at destination",
}
# What bars show apart: the parts that one colour stands for.
_GROUPS: Mapping[str, tuple[str, ...]] = {
    "Ship": ("Ship time", "Shipping line overhead and margin"),
    "At sea": ("Sailing", "Sailing in ice", "Expected delay from security risks"),
    "Ship fuel": ("Marine fuel",),
    "Canals, ice, war risk": ("Canal tolls", "Arctic escort, pilot, insurance", "War-risk premium"),
    "Ports and terminals": (
        *("Port dues", "Terminals and transhipment", "Storage"),
        *("Dwell at origin", "Dwell at destination", "Transfers", "Port calls", "Canals"),
    ),
    "Rail": ("Rail freight", "Rail"),
    "Borders and gauge": ("Borders", "Gauge change"),
    "Road, river, ferry": (
        *("Road haulage", "River freight", "Ferries", "Road", "River"),
        "Loading and delivery at the door",
    ),
    "EU allowances and FuelEU": ("EU allowances and FuelEU",),
    "Waiting": ("Waiting for departure", "Waiting for the season", "Queue after a closure"),
}
OTHER = "Insurance and other"
_GROUP_OF = {title: group for group, titles in _GROUPS.items() for title in titles}
_COLOURS: Mapping[str, str] = {
    "Ship": NAVY,
    "At sea": NAVY,
    "Ship fuel": BLUE,
    "Canals, ice, war risk": YELLOW,
    "Ports and terminals": GREEN,
    "Rail": ORANGE,
    "Borders and gauge": PEACH,
    "Road, river, ferry": PURPLE,
    "EU allowances and FuelEU": PINK,
    "Waiting": GREY,
    OTHER: GREY,
}


def cost_title(name: str) -> str:
    """Return the part that a cost driver belongs to."""
    return _COST_TITLES.get(name.partition(".")[0], _readable(name))


def time_title(name: str) -> str:
    """Return the name of a part of the time."""
    return _TIME_TITLES.get(name, _readable(name))


def grouped(titles: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Return the sums by what bars show apart, of parts by their titles, in the order of bars."""
    summed: dict[str, float] = {}
    for title, size in titles:
        group = _GROUP_OF.get(title, OTHER)
        summed[group] = summed.get(group, 0.0) + size
    return {group: summed[group] for group in _COLOURS if group in summed}


def group_of(driver: str) -> str:
    """Return what bars show a cost driver under."""
    return _GROUP_OF.get(cost_title(driver), OTHER)


def cost_by_part(lines: Sequence[CostLine], *, boxes: float = 1.0) -> dict[str, float]:
    """Return USD by what bars show apart, of so many TEU."""
    return grouped((cost_title(line.driver), boxes * line.usd_per_teu) for line in lines)


def days_by_part(hours_by_part: Mapping[str, float]) -> dict[str, float]:
    """Return days by what bars show apart."""
    return grouped(
        (time_title(name), hours / HOURS_PER_DAY) for name, hours in hours_by_part.items()
    )


def part_colours() -> Mapping[str, str]:
    """Return the colour of what bars show apart, in their order."""
    return _COLOURS


def _readable(name: str) -> str:
    text = name.replace("_", " ").replace(".", ", ").strip() or "Other"
    return text[0].upper() + text[1:]


# Figures of options as reports have them, what their low and high are, and limits they break.


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Figures of a route per box of the equipment asked for, rounded in the files per TEU.

    `low` and `high` are those of the comparison: 10 and 90 % of its draws, or without any the sums
    of all lows and of all highs; `cost_span` the same of what carriage costs, whatever basis is
    compared. `days_span` are 10 and 90 % of the days of one shipment, late
    ships and queues among them; None without draws.
    """

    usd: float
    low: float
    high: float
    cost_span: tuple[float, float]
    days_span: tuple[float, float] | None
    transit_days: float
    days: float
    co2e_kg: float


def figures(option: RouteOption, teu: float = 1.0) -> Figures:
    """Return the figures of a usable option, per box of so many TEU."""
    totals, at_cost = Totals.of(option), option.price_basis is PriceBasis.COST
    (low, high), fans = option.low_and_high, option.fans
    cost_span = option.outer_bounds if fans is None else (fans.cost.p10, fans.cost.p90)
    return Figures(
        usd=teu * ((totals.cost_usd if at_cost else totals.price_usd) or 0.0),
        low=teu * low,
        high=teu * high,
        cost_span=(teu * cost_span[0], teu * cost_span[1]),
        days_span=(fans.days.p10, fans.days.p90) if isinstance(fans, RouteFans) else None,
        transit_days=totals.transit_days,
        days=totals.days,
        co2e_kg=teu * totals.co2e_kg,
    )


@dataclass(frozen=True, slots=True)
class PerBox:
    """What pages count money and emissions per: a box of `teu`, `unit` in words."""

    teu: float
    unit: str

    @classmethod
    def of(cls, scenario: Scenario) -> PerBox:
        """Return it for the equipment that a scenario asks for."""
        equipment = scenario.shipment.equipment
        return cls(equipment.teu_per_box, BOXES[equipment])

    @property
    def money(self) -> str:
        """The unit of money, as the answer has it: `USD/40'`."""
        return f"USD/{self.unit}"

    def usd(self, usd_per_teu: float | None) -> Cell:
        """Return money per TEU as a cell per box, to three digits as in the answer."""
        if usd_per_teu is None:
            return Cell(text=NOTHING)
        per_box = self.teu * usd_per_teu
        return Cell(text=money(per_box), sort=per_box)


def range_text(usable: Sequence[RouteOption]) -> str:
    """Return what the low and high of options are."""
    if any(option.fans is not None for option in usable):
        return "where 8 of 10 cases of prices, speeds and waits fall (P10 to P90)"
    return "from all cost lines at their low value to all at their high value"


def outside_limits(comparison: Comparison, option: RouteOption) -> list[str]:
    """Return the limits that an option breaks, with how much: `at most 45 days, by 3.6 days`."""
    texts, titles = [], titles_of(comparison)
    for broken in option.exceeds:
        text = on_page(limit_text(comparison.scenario.limits, broken.limit, titles))
        share = broken.unit == SHARE
        texts.append(text if share else f"{text}, by {number(round(broken.by, 1))}{_unit(broken)}")
    return texts


def _unit(broken: Exceeded) -> str:
    return " days" if broken.unit.startswith("days") else f" {broken.unit}"


# Names in place of the ids that inputs of a batch have as values.

WHAT_IF = "What if "
_WORLD, _DEPARTURE = "world", "departure"
_ENDS = ("origin", "destination")
# Values that are words or names as they are.
_PLAIN = ("variant", "departure", "shipment.cargo", "ice_year", "objective", "scope", "speed")


def with_names(sweep: Sweep) -> Sweep:
    """Return a sweep in which worlds, corridors, places and services have names, not ids.

    The scenarios that are named after their values have the names too.
    """
    days = _departures(sweep)

    def named(key: SweptKey) -> SweptKey:
        values = tuple(value_name(key.key, value, days) for value in key.values)
        return replace(key, values=_distinct(values, key.values))

    keys = tuple(map(named, sweep.keys))
    variants = {
        variant: {key: value_name(key, value, days) for key, value in changes.items()}
        for variant, changes in sweep.variants.items()
    }
    return replace(
        sweep,
        keys=keys,
        scenarios=sweep.renamed(keys),
        variants=variants,
        base={key: value_name(key, value, days) for key, value in sweep.base.items()},
    )


def _departures(sweep: Sweep) -> tuple[date, ...]:
    """Return the days on which the scenarios of a batch leave, each once."""
    swept = [value for key in sweep.keys if key.key == _DEPARTURE for value in key.values]
    of_base = [values[_DEPARTURE] for values in (sweep.base,) if _DEPARTURE in values]
    changed = [changes[_DEPARTURE] for changes in sweep.variants.values() if _DEPARTURE in changes]
    return tuple(dict.fromkeys(map(date.fromisoformat, (*(swept or of_base), *changed))))


def value_name(key: str, value: str, days: Collection[date] = ()) -> str:
    """Return what a value of an input is called; the value itself if it is no id.

    The world `red-sea-closed` is `The Red Sea is closed to container ships`; its title is that on
    the days of departure, by default that of the latest day known.
    """
    if key == _WORLD:
        title = title_over(value, days) if value in load_worlds() else ""
        return capitalised(title.removeprefix(WHAT_IF)) if title else value
    if key in _ENDS:
        return end_title(value)
    if key in _PLAIN:
        return value
    titles = corridor_titles()
    return ", ".join(_named(part, titles) for part in value.split(", "))


def _named(value: str, titles: Mapping[str, str]) -> str:
    return titles.get(value) or name_of(value)


def _distinct(names: tuple[str, ...], ids: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names, or the ids if two of them have one name."""
    return names if len(set(names)) == len(names) else ids
