"""The sailings of a report: the next departures, the month as a calendar, how late they came."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from html import escape

from corridors.domain.trips import Departure, ListedTrip, Sailings
from corridors.output.answer import money, rounded
from corridors.output.comparison import Comparison
from corridors.output.display_names import name_by, on_page
from corridors.output.html.encode import element
from corridors.output.html.report.report_tables import Cell, headings, numeric, table_html
from corridors.units import DAYS_PER_WEEK

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def sailings_section(comparison: Comparison) -> str:
    """Return the departures, the calendar and the delays; nothing without files of sailings."""
    found = comparison.sailings
    if found is None:
        return ""
    box = comparison.scenario.shipment.equipment
    by = next((name_by(one) for one in comparison.usable if one.corridor == found.corridor), "")
    parts = []
    if found.departures:
        parts.append(
            table_html(
                on_page(f"Next departures by {by}"),
                headings("Departs", "Cut-off", "Arrives", "By", numeric("days", "USD"), "Row"),
                [_departure(one, box.teu_per_box) for one in found.departures],
                classes="narrow",
            )
        )
    if found.month:
        first = comparison.scenario.departure
        parts.append(
            table_html(
                "Sailings by day: those of the departures above by their number,"
                " blanked ones struck out",
                headings(*_WEEKDAYS),
                list(_weeks(found, first)),
            )
        )
    if found.late:
        parts.append(
            table_html(
                "Days late by operator, of the trips whose arrival is in your files",
                headings("Operator", numeric("trips", "half up to", "nine of ten up to")),
                [
                    [one.operator, str(one.trips), *_days(one.p50_days, one.p90_days)]
                    for one in found.late
                ],
                classes="narrow",
            )
        )
    said = "Cut-offs and times are those of the place, days gate to gate from the day asked for."
    return "".join(parts) + element("p", said, class_="note")


def _days(*days: float) -> list[str]:
    return [rounded(one, 1) for one in days]


def _departure(one: Departure, teu: float) -> list[Cell | str]:
    return [
        _moment(one.departs),
        _moment(one.cut_off),
        _moment(one.arrives),
        one.vehicle or one.service or one.operator,
        rounded(one.days),
        money(teu * one.usd_per_teu) + " (expired)" * one.expired,
        one.place,
    ]


def _moment(moment: datetime) -> str:
    text = moment.isoformat(sep=" ", timespec="minutes")
    return text.removesuffix(" 00:00")


def _weeks(found: Sailings, first: date) -> Iterator[list[Cell | str]]:
    """Yield the weeks of the month from a day on, a cell a day with its sailings."""
    by_day: dict[date, list[ListedTrip]] = {}
    for trip in found.month:
        by_day.setdefault(trip.departs.date(), []).append(trip)
    several = len({(trip.origin, trip.destination) for trip in found.month}) > 1
    day = first - timedelta(days=first.weekday())
    while day < found.until:
        week: list[Cell | str] = []
        for number in range(DAYS_PER_WEEK):
            here = day + timedelta(days=number)
            inside = first <= here < found.until
            shown = f"{here.day} {here:%b}" if here == first or here.day == 1 else f"{here.day}"
            each = (_trip(trip, of_several=several) for trip in by_day.get(here, ()))
            marks = "".join(f"<div>{text}</div>" for text in each)
            week.append(Cell(text=shown if inside else "", after=marks))
        yield week
        day += timedelta(days=DAYS_PER_WEEK)


def _trip(trip: ListedTrip, *, of_several: bool) -> str:
    """Return a trip in its day: its number, its ship or train, its ends where these differ."""
    by = trip.vehicle or trip.service or trip.operator
    text = escape(f"{by} {trip.origin} to {trip.destination}" if of_several else by)
    if trip.blanked:
        return f"<s>{text}</s> blanked"
    closes = f"cut-off {trip.cut_off.day} {trip.cut_off:%b}"
    return f"{f'<b>{trip.number}.</b> ' * bool(trip.number)}{text}, {closes}"
