"""Rows of docs/findings/founding-questions.md on services and bookings, by the program."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from corridors.config.plan import load_plan
from corridors.domain.allocation import Idle
from corridors.studies.book.result import Booking
from corridors.studies.book.run import book_plan
from corridors.studies.design.result import ServiceDesign
from corridors.studies.design.run import design_plan
from corridors.studies.session import Session

VOLUMES = (0.5, 1.0, 2.0, 4.0)
CHANCES = (0.05, 0.1, 0.2)
WEIGHTS = (0.0, 0.5)


@lru_cache
def session() -> Session:
    """Return the session of all rows."""
    return Session(pairs=4)


def train_rows() -> list[str]:
    """Return the best frequency by rail at some multiples of the volumes."""
    plan = load_plan("design-shanghai-kaliningrad", command="design")
    rows = []
    for factor in VOLUMES:
        pairs = tuple(
            replace(pair, teu=tuple(teu * factor for teu in pair.teu)) for pair in plan.pairs
        )
        found = design_plan(replace(plan, pairs=pairs), session=session())
        year = sum(sum(pair.teu) * 3 for pair in pairs)
        for service in found.run or (None,):
            row = None if service is None else service.chosen
            if service is None or row is None or row.usd_per_teu is None:
                rows.append(f"| {year:,.0f} | none | - | - | - | - |")
                continue
            rows.append(
                f"| {year:,.0f} | {service.departures:g} | {row.vehicles} | {row.fill:.0%} |"
                f" {row.usd_per_teu:,.0f} | {(row.gain_usd or 0.0) / 1e6:,.1f} |"
            )
    return rows


@lru_cache
def arctic(idle: Idle) -> ServiceDesign:
    """Return the Arctic loop with one use of idle ships."""
    plan = load_plan("design-arctic-loop", command="design")
    fleets = tuple(replace(fleet, idle=idle) for fleet in plan.fleets)
    return design_plan(replace(plan, fleets=fleets), session=session())


def arctic_rows() -> list[str]:
    """Return what the weekly loop takes by what its ships do outside the season."""
    words = {
        Idle.CHARTER_OUT: "chartered out",
        Idle.LAY_UP: "laid up",
        Idle.RETURN: "hired for the season alone",
    }
    rows = []
    for idle, text in words.items():
        service = arctic(idle).services[0]
        row = next(each for each in service.frequencies if each.departures == 1.0)
        rows.append(
            f"| {text} | {row.vehicles} | {row.usd_per_teu or 0.0:,.0f} |"
            f" {(row.gain_usd or 0.0) / 1e6:,.1f} | {service.departures:g} |"
        )
    return rows


def booking(chance: float, weight: float) -> Booking:
    """Return the bookings at a chance of closure and a weight of CVaR."""
    plan = load_plan("book-russia-closure", command="book")
    scenarios = tuple(
        replace(each, probability=p)
        for each, p in zip(plan.scenarios, (1.0 - chance, chance), strict=True)
    )
    return book_plan(
        replace(plan, scenarios=scenarios, weight=weight, perfect_information=False),
        session=session(),
    )


def booking_rows() -> list[str]:
    """Return the share booked through Russia by chance of closure, indifferent and cautious."""
    rows = []
    for chance in CHANCES:
        cells = []
        for weight in WEIGHTS:
            russia, _, sea = booking(chance, weight).contracts
            cells += [f"{russia.share:.0%}", f"{sea.share:.0%}"]
        rows.append(f"| {chance:.0%} | {' | '.join(cells)} |")
    return rows
