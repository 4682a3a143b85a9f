"""A service design in sentences, for the terminal, the page and Python."""

from __future__ import annotations

import json
from collections.abc import Iterator

from corridors.config.scenario import plain_of
from corridors.data.names import capacity_title
from corridors.data.services import load_services
from corridors.domain.service_design import Idle, ServiceRow
from corridors.output.design_result import ServiceDesign, season_text
from corridors.output.display_names import capitalised, listed
from corridors.units import USD_PER_USD_M, in_percent

LEAST_SHIPS = 0.05
LEAST_TEU = 0.5
IDLE_WORDS = {
    Idle.LAY_UP: ("are laid up and cost", "laid up"),
    Idle.CHARTER_OUT: ("are chartered out and earn", "chartered out"),
    Idle.RETURN: ("go back to their owners and save", "returned to their owners"),
}


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
        cost = "" if row.usd_per_teu is None else f" at USD {row.usd_per_teu:,.0f} per TEU"
        gain = (
            f"Without it, {service.frequencies[0].missing_teu:,.0f} TEU a year have no route"
            if row.gain_usd is None
            else f"This saves USD {row.gain_usd / USD_PER_USD_M:,.1f} million a year, value of time"
            " included"
        )
        yield (
            f"Run {service.name}, {departures_text(service.departures)}:"
            f" {vehicles_text(service, row.vehicles)} {rule_text(service)}"
            f" {'carries' if row.vehicles == 1 else 'carry'}"
            f" {row.teu:,.0f} TEU a year ({in_percent(row.fill)}% full){cost}. {gain}."
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
    even_usd = max(0.0, -keep) / left_teu
    yield (
        f"{text}. Of {left_teu:,.0f} TEU more no price is known: carriers break even if they bring"
        f" USD {even_usd:,.0f} each beyond what others do for them."
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
    for name in dict.fromkeys(place.name for place in design.full):
        places = sorted((p for p in design.full if p.name == name), key=lambda p: p.season)
        title = capacity_title(name)
        when = ", ".join(season_text(design.plan, place.season) for place in places)
        if len(places) == len(design.plan.seasons):
            when = "all seasons"
        worth = dict.fromkeys(f"{place.usd_per_teu:,.0f}" for place in places)
        yield (
            f"{title[0].upper()}{title[1:]} is full in {when}: the plan sends"
            f" {sum(place.teu for place in places):,.0f} TEU there, all that it may, and one more"
            f" would save USD {' or '.join(worth)}."
        )


def _unmet(design: ServiceDesign) -> Iterator[str]:
    away = sum(teu for _, _, teu in design.unmet)
    if away >= LEAST_TEU:
        yield (
            f"{away:,.0f} TEU a year are left behind: the price of unmet demand is lower than the"
            " cost of carrying them."
        )
