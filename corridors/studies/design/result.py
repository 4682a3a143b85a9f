"""The result of a service design: what runs, ships, flows; in sentences, tables and files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from corridors.config.scenario import plain_of
from corridors.data.cities import capacity_title
from corridors.data.geodata import load_services
from corridors.domain.allocation import DesignFlow, FleetRow, FullPlace, Idle, ServiceRow
from corridors.domain.plan import Plan
from corridors.output.allocation_result import Bounded
from corridors.output.display_names import capitalised, listed
from corridors.output.store import as_text
from corridors.output.tables import Beside, Table
from corridors.studies.result_base import REPORT_HEIGHT, Files, Page, Terminal, Written, page_of
from corridors.units import USD_PER_USD_M, in_percent

if TYPE_CHECKING:
    import pandas as pd
    from pydantic import BaseModel

    from corridors.output.html.map.folium_page import DrawnMap

# With more candidates, those that do not run have a line each.
MOST_WHOLE = 6
LEAST_SHIPS = 0.05
LEAST_TEU = 0.5
IDLE_WORDS = {
    Idle.LAY_UP: ("are laid up and cost", "laid up"),
    Idle.CHARTER_OUT: ("are chartered out and earn", "chartered out"),
    Idle.RETURN: ("go back to their owners and save", "returned to their owners"),
}


@dataclass(frozen=True, kw_only=True, repr=False)
class ServiceDesign(Written, Bounded):
    """The weekly services of a year at least cost, value of time included."""

    plan: Plan
    """The plan that was solved."""
    services: tuple[ServiceRow, ...]
    """Each candidate: departures a week, boxes, cost and gain."""
    fleets: tuple[FleetRow, ...]
    """Ships and train sets that the services take."""
    flows: tuple[DesignFlow, ...]
    """TEU by pair, season and way."""
    full: tuple[FullPlace, ...]
    """Capacities that are used up, those worth most first."""
    unmet: tuple[tuple[str, int, float], ...]
    """Boxes left behind: pair, number of the season and TEU."""
    value_usd: float
    """What the plan takes, in USD a year."""
    bound_usd: float
    """What no design undercuts, in USD a year."""
    root_usd: float
    """The bound of the linear relaxation, in USD a year."""
    services_usd: float
    """Departures and vehicles, in USD a year: a part of `value_usd`."""
    without_usd: float | None
    """What the plan takes with none of the services; None if boxes then have no way."""
    stopped: str
    """What ended the search early, empty if nothing did."""
    columns: int
    """How many routes the problem had in the end."""
    choices: int
    """How many numbers of departures it chose from."""
    decided: tuple[str, ...] = ()
    """What is booked and built beside, in sentences."""

    _more = (
        ".table .frequency_table .flow_table are frames; .services, .fleets, .map(), .save(folder)"
    )

    @property
    def run(self) -> tuple[ServiceRow, ...]:
        """The services that run."""
        return tuple(service for service in self.services if service.departures)

    @property
    def teu(self) -> float:
        """TEU that travel in the year."""
        return sum(flow.teu for flow in self.flows)

    @property
    def gain_usd(self) -> float | None:
        """What the plan saves a year against running none of the services, None if it must."""
        return None if self.without_usd is None else self.without_usd - self.value_usd

    @property
    def table(self) -> pd.DataFrame:
        """One row per candidate service, columns as in `design.csv`."""
        return SERVICES.frame(self)

    @property
    def frequency_table(self) -> pd.DataFrame:
        """One row per service and number of departures a week, the others as designed."""
        return FREQUENCIES.frame(self)

    @property
    def flow_table(self) -> pd.DataFrame:
        """One row per pair, season and way."""
        return FLOWS.frame(self)

    def map(self) -> DrawnMap:
        """Return the map of the services, those that run in colour, a `folium.Map`."""
        from corridors.output.html.map.folium_page import DrawnMap
        from corridors.studies.design.page import design_map

        return DrawnMap(design_map(self))

    def report(self) -> Page:
        """Return the page of the design."""
        return page_of(self._files(), "design.html", self._texts()[0], REPORT_HEIGHT)

    def show(self, terminal: Terminal) -> None:
        """Print each service by departures a week, the answer, and what declares it."""
        whole = len(self.services) <= MOST_WHOLE
        rows = [row for service in self.services for row in _told(service, whole=whole)]
        title = (
            f"{self.plan.name}: departures a week, * marks those chosen; gain in million USD a year"
        )
        title += "" if whole else "; of others only the best number"
        terminal.table(FREQUENCIES.given.counted_in(self.plan.box), rows, title=title)
        for text in design_texts(self):
            terminal.say(text)
        if self.run:
            terminal.say("To ask with these services, paste this into a scenario:")
            terminal.echo(declared_text(self))

    def _texts(self) -> list[str]:
        return [f"Service design of {self.plan.name}", *design_texts(self)]

    def _shown(self) -> pd.DataFrame:
        return SERVICES.counted_in(self.plan.box).shown(self)

    def _files(self, *, command: str = "") -> Files:
        from corridors.output.html.map.map_frame import filled, shipped_frame
        from corridors.studies.design.page import design_map, render_design

        return {
            "design.json": lambda: design_json(self),
            "design.csv": lambda: SERVICES.csv(self),
            "frequencies.csv": lambda: FREQUENCIES.csv(self),
            "design.html": lambda: render_design(self, command=command),
            "design-map.html": lambda: filled(shipped_frame(), design_map(self, linked=True)),
        }


def _told(service: ServiceRow, *, whole: bool) -> list[Beside]:
    """Return the rows of a service: all, or of one that does not run the best number alone."""
    rows = frequencies_of(service)
    if whole or service.departures:
        return rows
    known = [row for row in rows if row.departures and row.gain_usd is not None]
    return sorted(known, key=lambda row: -(row.gain_usd or 0.0))[:1]


def season_title(plan: Plan, season: int) -> str:
    """Return the months of a season: `2026-07 to 2026-09`."""
    months = plan.seasons[season]
    return f"{months[0]:%Y-%m} to {months[-1]:%Y-%m}"


def season_text(plan: Plan, season: int) -> str:
    """Return the months of a season in words: `July to September 2026`."""
    first, *_, last = plan.seasons[season]
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first:%B}{year} to {last:%B %Y}"


def _of_chosen(name: str, default: float | None = 0.0) -> Callable[[ServiceRow], object]:
    """Return what takes a figure of a service at its departures as designed."""
    return lambda row: default if row.chosen is None else getattr(row.chosen, name)


SERVICES = Table(
    name="design",
    about="A candidate service, as designed.",
    rows_of=attrgetter("services"),
    files="service corridor vehicle begins ends departures_per_week vehicles round_trip_days"
    " seasons teu_a_year fill fixed_usd_a_year usd_per_teu gain_usd_a_year why_not",
    reads="service departures_per_week vehicles teu_a_year usd_per_teu gain_usd_a_year",
    of={
        "service": "name",
        "begins": lambda row: row.ends[0],
        "ends": lambda row: row.ends[1],
        "departures_per_week": "departures",
        "seasons": lambda row: len(row.seasons),
        "vehicles": _of_chosen("vehicles", 0),
        "teu_a_year": _of_chosen("teu"),
        "fill": _of_chosen("fill"),
        "fixed_usd_a_year": _of_chosen("fixed_usd"),
        "usd_per_teu": _of_chosen("usd_per_teu", None),
        "gain_usd_a_year": _of_chosen("gain_usd", None),
    },
)
FREQUENCIES = Table(
    name="frequencies",
    about="A service at a number of departures a week, the others as designed.",
    rows_of=lambda design: [row for service in design.services for row in frequencies_of(service)],
    files="service departures_per_week chosen vehicles teu_a_year fill fixed_usd_a_year"
    " usd_per_teu gain_usd_a_year missing_teu_a_year",
    reads="service departures vehicles teu_a_year fill usd_per_teu gain_usd_m_a_year",
    spare="fill vehicles",
    of={
        "departures": lambda row: f"{row.departures:g}{' *' * row.chosen}",
        "departures_per_week": "departures",
        "teu_a_year": "teu",
        "fixed_usd_a_year": "fixed_usd",
        "fixed_usd_m_a_year": lambda row: row.fixed_usd / USD_PER_USD_M,
        "gain_usd_a_year": "gain_usd",
        "gain_usd_m_a_year": lambda row: row.gain_usd and row.gain_usd / USD_PER_USD_M,
        "missing_teu_a_year": "missing_teu",
    },
)
SHIPS = Table(
    name="ships",
    about="The ships of a class.",
    rows_of=attrgetter("fleets"),
    lists="in_service",
    files="ship held in_service idle held_usd_a_year idle_usd_a_year if_laid_up_usd_a_year"
    " if_chartered_out_usd_a_year if_returned_usd_a_year",
    of={
        "in_service": "used",
        "held_usd_a_year": "held_usd",
        "idle_usd_a_year": "idle_usd",
        "if_laid_up_usd_a_year": lambda row: row.if_idle_usd[Idle.LAY_UP],
        "if_chartered_out_usd_a_year": lambda row: row.if_idle_usd[Idle.CHARTER_OUT],
        "if_returned_usd_a_year": lambda row: row.if_idle_usd[Idle.RETURN],
    },
)
FLOWS = Table(
    name="flows",
    about="TEU of a pair and season by one way; `services` is empty for what others run.",
    rows_of=lambda design: _by_season(design, design.flows),
    files="pair season services corridors teu usd_per_teu days co2e_kg_per_teu"
    " lane_usd_per_teu co2e_wtw_kg_per_teu",
    of={"co2e_wtw_kg_per_teu": "co2e_kg_per_teu"},
    reads="pair season way teu usd_per_teu days",
)
FULL = Table(
    name="full",
    about="A capacity used up in a season, and what one more TEU would save.",
    rows_of=lambda design: _by_season(design, design.full),
    files="capacity season teu usd_per_teu",
    of={"capacity": "name"},
)
UNMET = Table(
    name="unmet",
    about="TEU left behind.",
    rows_of=lambda design: [
        Beside(None, pair=pair, season=season_title(design.plan, season), teu=teu)
        for pair, season, teu in design.unmet
    ],
    files="pair season teu",
)
RECORD = Table(
    name="design",
    about="`design.json`: the result of `corridors design`.",
    rows_of=lambda design: [design],
    files="plan value_usd bound_usd gap_usd proved relaxation_usd without_services_usd"
    " stopped columns choices decided teu declared",
    of={
        "plan": "plan.name",
        "relaxation_usd": "root_usd",
        "without_services_usd": "without_usd",
        "declared": lambda design: [plain_of(one) for row in design.run for one in row.declared],
    },
)
FRAMES = {
    "design.json": {
        "table": (SERVICES, "services"),
        "frequency_table": (FREQUENCIES, "frequencies"),
        "flow_table": (FLOWS, "flows"),
    }
}
LISTS = {
    "services": SERVICES,
    "frequencies": FREQUENCIES,
    "ships": SHIPS,
    "flows": FLOWS,
    "full": FULL,
    "unmet": UNMET,
}


def frequencies_of(service: ServiceRow) -> list[Beside]:
    """Return a row per number of departures of a service."""
    return [Beside(row, service=service.name) for row in service.frequencies]


def _by_season(design: ServiceDesign, rows: Iterable[DesignFlow | FullPlace]) -> list[Beside]:
    return [Beside(row, season=season_title(design.plan, row.season)) for row in rows]


def design_model() -> type[BaseModel]:
    """Return `design.json` as a model, for its schema and to read it back."""
    return RECORD.model("Result of corridors design", **LISTS)


def design_json(design: ServiceDesign) -> str:
    """Return the text of `design.json`."""
    (record,) = RECORD.records(design)
    lists = {name: table.records(design) for name, table in LISTS.items()}
    first = {"services": lists.pop("services"), "declared": record.pop("declared")}
    return as_text({**record, **first, **lists})


def design_texts(design: ServiceDesign) -> list[str]:
    """Return what a design says, the most important first."""
    parts = (_gains, _answer, _revenue, _ships, _full, _unmet)
    told = [*(text for part in parts for text in part(design)), proof_text(design)]
    return [*design.decided, *told, *filter(None, [design.plan.undated])]


def declared_text(design: ServiceDesign) -> str:
    """Return the services that run as the block of a scenario that declares them."""
    rows = ["services:"]
    for plain in (plain_of(one) for row in design.run for one in row.declared):
        # What is not so by default.
        told = {key: value for key, value in plain.items() if value is not False}
        rows += [
            f"{'  ' if n else '- '}{key}: {json.dumps(value, ensure_ascii=False)}"
            for n, (key, value) in enumerate(told.items())
        ]
    return "\n".join(rows)


def proof_text(design: ServiceDesign) -> str:
    """Return what is proved about a design."""
    cost = f"The year costs USD {design.value_usd:,.0f} in all, value of time included."
    bound = f"lower bound USD {design.bound_usd:,.0f}"
    if design.proved:
        return f"{cost} No other choice of these services is cheaper ({bound})."
    ended = {"time": "stopped at the time limit", "interrupt": "was interrupted"}
    why = ended.get(design.stopped, "stopped early")
    return (
        f"{cost} The search {why}: another choice may be cheaper by up to USD"
        f" {design.gap_usd:,.0f} ({in_percent(design.gap_share, 2)}%; {bound})."
    )


def box_usd(plan: Plan, usd_per_teu: float) -> str:
    """Return what a box of a plan costs: `USD 6,592 per 40'`."""
    teu, box = plan.box
    return f"USD {teu * usd_per_teu:,.0f} per {box}"


def departures_text(departures: float) -> str:
    """Return departures a week in words: `2 departures a week`, `1 departure every 2 weeks`."""
    if departures >= 1.0:
        return f"{departures:g} departure{'s' if departures != 1.0 else ''} a week"
    return f"1 departure every {1.0 / departures:g} weeks"


def vehicles_text(service: ServiceRow, count: int) -> str:
    """Return a number of ships or train sets in words."""
    by_ship = service.vehicle.startswith("sea/")
    word = "ship" if by_ship else "train set"
    return f"{count} {word}{'s' if count != 1 else ''}"


def rule_text(service: ServiceRow) -> str:
    """Return by what rule there are so many ships or train sets."""
    out, back = service.way_days
    return (
        f"({service.round_trip_days:.1f} days of a round trip, {out:.1f} out and {back:.1f} back,"
        " times the departures a day, rounded up)"
    )


def ship_title(ship: str) -> str:
    """Return the title of a class of ships."""
    titles = {service.id: service.title for service in load_services()}
    return titles.get(ship, ship)


def _gains(design: ServiceDesign) -> Iterator[str]:
    """Yield what all services save by what idle ships do, as much of it may be an assumption."""
    if design.gain_usd is None or not any(any(fleet.idle_ships) for fleet in design.fleets):
        return

    told = []
    for use, (_, how) in IDLE_WORDS.items():
        more_usd = sum(fleet.if_idle_usd[use] - fleet.idle_usd for fleet in design.fleets)
        gain_usd_m = (design.gain_usd - more_usd) / USD_PER_USD_M
        told.append(f"{gain_usd_m:,.1f} if they are {how}")
    yield f"What idle ships do decides: the plan saves million USD {listed(told)} a year."


def _answer(design: ServiceDesign) -> Iterator[str]:
    if not design.run:
        yield "Run none of these services: at these volumes and prices none pays for itself."
    for service in design.run:
        row = service.chosen
        if row is None:
            continue
        cost = "" if row.usd_per_teu is None else f" at {box_usd(design.plan, row.usd_per_teu)}"
        gain = (
            f"Without it, {service.frequencies[0].missing_teu:,.0f} TEU a year have no route"
            if row.gain_usd is None
            else f"This saves USD {row.gain_usd / USD_PER_USD_M:,.1f} million a year, value of time"
            " included"
        )
        yield f"Run {service.name}, {departures_text(service.departures)}{cost}. {gain}."
        yield (
            f"{capitalised(vehicles_text(service, row.vehicles))} {rule_text(service)}"
            f" {'carries' if row.vehicles == 1 else 'carry'}"
            f" {row.teu:,.0f} TEU a year ({in_percent(row.fill)}% full)."
        )
        paying = [each for each in service.frequencies if (each.gain_usd or 0.0) > 0.0]
        most = max(paying, key=lambda each: each.departures, default=row)
        if most.departures > service.departures:
            yield (
                f"{capitalised(departures_text(most.departures))} would still be cheaper than not"
                " running it."
            )
    for service in design.services:
        if service.why_not:
            yield f"{service.name} was not tried: {service.why_not}."


def _revenue(design: ServiceDesign) -> Iterator[str]:
    """Yield what carriers would earn at what lanes pay today, beside what shippers gain."""
    carried = [flow for flow in design.flows if flow.services]
    priced = [(flow, usd) for flow in carried if (usd := flow.lane_usd_per_teu) is not None]
    teu = sum(flow.teu for flow, _ in priced)
    left_teu = sum(flow.teu for flow in carried) - teu
    if not priced:
        if carried:
            yield "What carriers would earn is not known: nothing is quoted between these places."
        return
    pay = sum(flow.teu * usd for flow, usd in priced)
    beside = sum(flow.teu * flow.usd_per_teu for flow, _ in priced)
    keep = pay - beside - design.services_usd
    text = (
        f"At what shippers are quoted today {teu:,.0f} TEU on these services pay USD"
        f" {pay / USD_PER_USD_M:,.1f} million a year, of which USD"
        f" {beside / USD_PER_USD_M:,.1f} million go to handling and to what brings them there and"
        f" on. Departures and vehicles take USD {design.services_usd / USD_PER_USD_M:,.1f} million"
    )
    if left_teu < LEAST_TEU:
        yield f"{text}: carriers keep USD {keep / USD_PER_USD_M:,.1f} million."
        return
    even_usd = box_usd(design.plan, max(0.0, -keep) / left_teu)
    yield (
        f"{text}. Of {left_teu:,.0f} TEU more no price is known: carriers break even if they bring"
        f" {even_usd} beyond what others do for them."
    )


def _ships(design: ServiceDesign) -> Iterator[str]:
    sailed = {service.vehicle for service in design.services}
    for ships in design.plan.fleets:
        if ships.ship not in sailed:
            yield f"No candidate sails ships of {ships.ship}: its entry in fleets does nothing."
    for fleet in design.fleets:
        idle = fleet.idle_ships
        count = f"{fleet.held} {'ship' if fleet.held == 1 else 'ships'}"
        text = f"This takes {count} of the class {ship_title(fleet.ship)}"
        if not any(idle):
            yield f"{text}, in service all year."
            continue
        used = [
            f"{ships:.1f} from {season_text(design.plan, n)}"
            for n, ships in enumerate(fleet.used)
            if ships >= LEAST_SHIPS
        ]
        yield (
            f"{text}. In use on average, with the ways to the first departure and from the last"
            f" return: {', '.join(used)}. Idle ships {IDLE_WORDS[fleet.idle][0]} USD"
            f" {abs(fleet.idle_usd) / USD_PER_USD_M:,.1f} million a year. Capital or hire costs USD"
            f" {fleet.held_usd / USD_PER_USD_M:,.1f} million a year."
        )


def _full(design: ServiceDesign) -> Iterator[str]:
    """Yield the places that are full, each with its seasons."""
    for full in dict.fromkeys(place.name for place in design.full):
        places = sorted((p for p in design.full if p.name == full), key=lambda p: p.season)
        title = capacity_title(full)
        when = ", ".join(season_text(design.plan, place.season) for place in places)
        if len(places) == len(design.plan.seasons):
            when = "all seasons"
        box, name = design.plan.box
        worth = dict.fromkeys(f"{box * place.usd_per_teu:,.0f}" for place in places)
        yield (
            f"{title[0].upper()}{title[1:]} is full in {when}: the plan sends"
            f" {sum(place.teu for place in places):,.0f} TEU there, all that it may, and one more"
            f" {name} would save USD {' or '.join(worth)}."
        )


def _unmet(design: ServiceDesign) -> Iterator[str]:
    away = sum(teu for _, _, teu in design.unmet)
    if away >= LEAST_TEU:
        yield (
            f"{away:,.0f} TEU a year are left behind: the price of unmet demand is lower than the"
            " cost of carrying them."
        )
