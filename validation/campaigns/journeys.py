"""Set the forty journeys beside published days and the freight index, in two worlds.

`make check-journeys` prints for each journey the way expected and the way found, the days beside
those that operators publish, and the cost of the voyage beside the index of its month. With
`--write` it also writes the tables of docs/findings/journeys.md, which are never edited by hand.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from corridors.config import load_scenario
from corridors.costing.market import drivers_in_freight, market_of
from corridors.data.geodata import load_gates
from corridors.data.lines import Stop
from corridors.data.parameters import load_parameters
from corridors.domain.places import Family, family_of
from corridors.domain.results import RouteOption, RouteStep, StepKind
from corridors.network.locate import world_ports
from corridors.studies.session import Session
from corridors.units import HOURS_PER_DAY, TEU_PER_FEU
from tests.cases.forwarder import (
    AS_EXPECTED_AT_LEAST,
    CURRENT,
    OPEN,
    WORLDS,
    Outcome,
    Way,
    days_content,
    is_one_of,
    journeys,
    name_of,
    outcome,
    terminals,
)
from validation.campaigns.page_tables import write_figures, write_table

TITLES = {OPEN: "With every route open", CURRENT: "With the Red Sea avoided, as in 2026"}
TABLES = {OPEN: "journeys-open", CURRENT: "journeys-avoiding"}
REST = "margin or scarcity"
HEAD = {
    OPEN: ("journey", "expected", "found", "days", "published", "cost", "voyage", "index", REST),
    CURRENT: ("journey", "found", "days", "published", "cost", "voyage", "index", REST),
}
ONE_FIGURE = 0.1
"""A single published figure stands for itself and this share more or less."""
NAMED = 3
"""Ports that an expected way names in the table; of more, it says how many."""
GATES = ("gate-suez", "gate-good-hope", "gate-panama", "gate-bering", "gate-bosporus")
BORDERS = (
    *("kz-dostyk", "kz-altynkol", "ru-zabaikalsk", "mn-zamyn-uud", "ru-naushki", "by-brest"),
)
"""Ids that a way found names where it touches them, gates with its ships."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Days of an answer beside the published range of its way, of the same measure."""

    found: float
    low: float
    high: float
    measure: str
    computed: bool

    @property
    def inside(self) -> bool:
        """Whether the days lie in the range, both rounded to whole days."""
        return round(self.low) <= round(self.found) <= round(self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Freight:
    """Cost of a voyage that an index is quoted for, and the index; USD per 40-foot box."""

    cost_usd: float
    index_usd: float
    index: str
    near: bool

    @property
    def rest_usd(self) -> float:
        """What the index leaves above cost: margin or scarcity; below 0, a loss."""
        return self.index_usd - self.cost_usd


def kind_of(way: Way) -> str:
    """Return the kind of a way, as journey_days.yaml names it."""
    if not way.ports:
        return "rail"
    if "gate-suez" in way.touched:
        return "suez"
    if "gate-good-hope" in way.touched:
        return "cape"
    return "far-east-ports" if {"ru-vostochny", "ru-vladivostok"} & way.touched else "other"


def at_sea(option: RouteOption) -> list[RouteStep]:
    """Return the steps of a route under way or at calls on a seagoing ship."""
    return [
        step
        for step in option.steps
        if step.kind in (StepKind.CALLS, StepKind.LEG)
        and step.service
        and family_of(step.service) is Family.SEA
    ]


def sea_days(option: RouteOption) -> float | None:
    """Return days from the departure of the first ship to the arrival of the last, with calls.

    Calls where a train or barge meets a ship lie within the transfer.
    """
    held = at_sea(option)
    if not held:
        return None
    steps = list(option.steps)
    first, last = steps.index(held[0]), steps.index(held[-1])
    beside = (
        one
        for one in (steps[first - 1], *steps[last + 1 : last + 2])
        if one.kind is StepKind.TRANSFER
    )
    hours = sum(one.time_parts.get("port_calls", 0.0) for one in beside)
    return (held[-1].arrives - held[0].departs).total_seconds() / 86_400 + hours / HOURS_PER_DAY


def ranges(name: str) -> Iterator[Mapping[str, Any]]:
    """Yield the published ranges of a journey, then those computed for the Cape."""
    row = days_content()["journeys"][name]
    published = row.get("published", ())
    yield from published
    if any(one["by"] == "cape" for one in published) or "cape_adds" not in row:
        return
    adds = days_content()["cape_adds"][row["cape_adds"]]["range"]
    for one in published:
        if one["by"] == "suez":
            low, high = (days + more for days, more in zip(one["range"], adds, strict=True))
            yield {**one, "by": "cape", "range": [low, high], "status": "computed"}


def days_beside(found: Outcome) -> Days | None:
    """Return the days of an answer beside the range of its way, None if none is published."""
    if found.option is None or found.way is None:
        return None
    for one in ranges(found.id):
        ports = one.get("last_port")
        last = found.way.ports[-1] if found.way.ports else ""
        if one["by"] != kind_of(found.way) or (ports and not is_one_of(last, ports)):
            continue
        by_sea = one["measure"] == "sea"
        days = sea_days(found.option) if by_sea else found.option.transit_days
        if days is None:
            continue
        low, high = one["range"]
        if low == high:
            low, high = low * (1 - ONE_FIGURE), high * (1 + ONE_FIGURE)
        return Days(
            found=days,
            low=low,
            high=high,
            measure=one["measure"],
            computed=one["status"] == "computed",
        )
    return None


@cache
def port_countries() -> Mapping[str, str]:
    return {port.id: port.country for port in world_ports()}


def country_of(place: str) -> str:
    """Return the country code of a terminal, a port or a city's id."""
    if place in terminals():
        return terminals()[place].country
    return port_countries().get(place) or place.split("-")[1].upper()


def in_country(place: str) -> Stop:
    """Return a place as lanes by sea serve it, by its country."""
    return Stop(place, place, country_of(place), 0.0, 0.0)


def freight_beside(found: Outcome) -> Freight | None:
    """Return the cost of the voyage beside the index of its lane, None if none is quoted.

    One ship of the lane's size, between ports of its countries. A near lane counts too, and is
    marked.
    """
    option, row = found.option, journeys()[found.id]
    steps = at_sea(option) if option else []
    if option is None or not steps or len({step.service for step in steps}) > 1:
        return None
    market = market_of(
        (in_country(steps[0].from_id), in_country(steps[-1].to_id)),
        date.fromisoformat(str(row["departure"])),
        load_parameters(),
        load_scenario("shanghai-europe").shipment,
    )
    by_sea = (quote for quote in market.quotes if quote.lane.family is Family.SEA)
    quote = min(by_sea, key=lambda quote: quote.near, default=None)
    if quote is None or steps[0].service not in market.line_haul:
        return None
    held = drivers_in_freight()
    cost = sum(line.usd_per_teu for line in option.cost_lines if line.driver in held)
    return Freight(
        cost_usd=cost * TEU_PER_FEU,
        index_usd=quote.row.value,
        index=f"{quote.lane.index.removeprefix('Drewry WCI ')}, {quote.of}",
        near=quote.near,
    )


@cache
def gate_names() -> Mapping[str, str]:
    return {gate.id: gate.name for gate in load_gates()}


def place_name(place: str) -> str:
    return gate_names().get(place) or name_of(place)


def listed(names: Iterable[str]) -> str:
    """Return names as `Genoa, La Spezia or 2 more`."""
    every = list(names)
    if len(every) > NAMED + 1:
        every = [*every[:NAMED], f"{len(every) - NAMED} more"]
    return " or ".join([", ".join(every[:-1]), every[-1]] if len(every) > 1 else every)


def expected_words(row: Mapping[str, Any]) -> str:
    """Return the expected way of a journey in words."""
    expected = row["expected"]
    parts = []
    if "first_port" in expected and "last_port" in expected:
        parts.append(f"ship {listed(expected['first_port'])} to {listed(expected['last_port'])}")
    if "by" in expected:
        parts.append(" or ".join(expected["by"]))
    names = (listed(map(place_name, group)) for group in expected.get("through", ()))
    parts.append(f"by {' and '.join(names)}")
    if "change_at" in expected:
        parts.append(f"changed at {listed(expected['change_at'])}")
    if expected.get("direct"):
        parts.append("direct")
    others = len(row.get("accepted", ()))
    more = f" ({others} other way{'s' * (others > 1)} accepted)" if others else ""
    return ", ".join(parts) + more


@cache
def port_label(port: str) -> str:
    """Return the name of a port: its city's, but Piraeus for Athens (Piraeus, Neo Ikonio)."""
    terminal = terminals().get(port)
    if terminal is None:
        return name_of(port)
    names = (one.name for one in world_ports() if one.id == terminal.unlocode)
    return next((name for name in names if name in terminal.name), name_of(port))


def passed(way: Way, places: Iterable[str]) -> str:
    names = [place_name(place) for place in places if place in way.touched]
    return f" by {' and '.join(names)}" if names else ""


def found_words(way: Way) -> str:
    """Return a way found in words: `road, ship Shanghai to London by Suez Canal, rail, road`."""
    parts = list(way.before)
    if way.ports:
        first, *changes, last = map(port_label, way.ports)
        parts.append(f"ship {first} to {last}{passed(way, GATES)}")
        if changes:
            parts.append(f"changed at {' and '.join(changes)}")
        parts += [*way.between, *way.after]
    return ", ".join(parts) + passed(way, BORDERS)


def named(text: str) -> str:
    """Return a text with the names of gates and terminals for their ids."""
    return re.sub(r"[a-z]+-[a-z-]+[a-z]", lambda match: place_name(match[0]), text)


def verdict_words(found: Outcome) -> str:
    if found.verdict == "accepted":
        return " (accepted)"
    faults = named("; ".join(found.faults)) or found.reason
    return "" if found.good else f" (**miss**: {faults})"


def published_words(days: Days | None) -> str:
    if days is None:
        return "-"
    low, high = round(days.low), round(days.high)
    span = f"{low} to {high}"
    if days.computed:
        span += ", computed"
    what = "by sea" if days.measure == "sea" else "in all"
    off = round(days.found) - (high if days.found > high else low)
    text = "inside" if days.inside else f"**{abs(off)} {'more' if off > 0 else 'fewer'}**"
    return f"{span}: {days.found:.0f} {what}, {text}"


def journey_words(row: Mapping[str, Any]) -> str:
    day = date.fromisoformat(str(row["departure"]))
    asked = {"cheapest-rail": " by rail"}.get(row.get("ask", ""), "")
    if row.get("max_transit_days"):
        asked = f" in {row['max_transit_days']} days"
    return f"{row['origin']} to {row['destination']}{asked}, {day.day} {day:%B}"


def table_row(found: Outcome) -> tuple[str, ...]:
    """Return the cells of a journey in the table of its world, as in `HEAD`."""
    row = journeys()[found.id]
    cells = [journey_words(row)]
    if found.world == OPEN:
        cells.append(expected_words(row))
    way = found_words(found.way) if found.way else "-"
    cells.append(way + verdict_words(found))
    option, freight = found.option, freight_beside(found)
    main = option.main_transit_days if option else None
    usd = option.cost_usd_per_teu if option else None
    cells += [
        "-" if main is None else f"{main:.0f}",
        published_words(days_beside(found)),
        "-" if usd is None else f"{usd * TEU_PER_FEU:,.0f}",
    ]
    if freight is None:
        cells += ["-", "-", "-"]
    else:
        near = "near lane " if freight.near else ""
        cells += [
            f"{freight.cost_usd:,.0f}",
            f"{freight.index_usd:,.0f} ({near}{freight.index})",
            f"{'loss of ' * (freight.rest_usd < 0)}{abs(freight.rest_usd):,.0f}",
        ]
    return tuple(cells)


def figures(found: Sequence[Outcome]) -> str:
    """Return in one sentence each how ways, days and costs compare."""
    good = sum(one.good for one in found)
    days = [one for one in map(days_beside, found) if one]
    computed = [one for one in days if one.computed]
    text = f"{good} of {len(found)} journeys go as expected or accepted."
    inside = sum(one.inside for one in days)
    text += f" {len(days)} have a published range for the way found, and {inside} are inside it"
    if computed:
        held = sum(one.inside for one in computed)
        text += f" ({len(computed)} of the ranges are computed, {held} of these hold)"
    priced = [one for one in map(freight_beside, found) if one]
    text += ". "
    for near, what in ((False, "have an index"), (True, "have the index of a near lane")):
        rests = sorted(one.rest_usd for one in priced if one.near is near)
        if rests:
            text += f"{len(rests)} {what}: it leaves {rests[0]:,.0f} to {rests[-1]:,.0f} USD per"
            text += " 40-foot box above the cost of the voyage. "
    return text.strip()


def section(world: str, found: Sequence[Outcome]) -> str:
    """Return the section of a world on the page: its figures and the link to its table."""
    title = f"All journeys {TITLES[world][0].lower()}{TITLES[world][1:]}"
    return f"## {TITLES[world]}\n\n{figures(found)}\n\n[{title}](tables/{TABLES[world]}.csv)"


def main() -> int:
    """Print both tables; 1 if too few journeys go as expected with every route open."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the page and its tables")
    chosen = parser.parse_args()
    sections, good = [], {}
    for world in WORLDS:
        session, found = Session(), []
        sys.stdout.write(f"\n{TITLES[world]}\n")
        for row in journeys().values():
            found.append(outcome(row, session, world))
            sys.stdout.write(f"{' | '.join(table_row(found[-1]))}\n")
            sys.stdout.flush()
        sys.stdout.write(f"{figures(found)}\n")
        sections.append(section(world, found))
        good[world] = sum(one.good for one in found)
        if chosen.write:
            write_table(TABLES[world], HEAD[world], map(table_row, found))
    if chosen.write:
        write_figures("journeys", "\n\n".join(sections))
    return int(good[OPEN] < AS_EXPECTED_AT_LEAST)


if __name__ == "__main__":
    sys.exit(main())
