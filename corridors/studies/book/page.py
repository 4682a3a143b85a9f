"""`book.html` and its map: what to book of each contract, and what each scenario then costs."""

from __future__ import annotations

from corridors.output.display_names import listed
from corridors.output.html.palette import counted
from corridors.output.html.report.batch_report import Section
from corridors.output.html.report.report_tables import table_of
from corridors.output.html.start_page import study_page
from corridors.studies.book.result import (
    CONTRACTS,
    LEAST_TEU,
    SCENARIOS,
    Booking,
    booking_texts,
)
from corridors.units import USD_PER_USD_M, in_percent


def render_booking(booking: Booking, *, command: str = "") -> str:
    """Return the page as HTML text; `command` is the command line that gives it."""
    sections = (
        Section(
            "contracts",
            "What to book",
            table_of(CONTRACTS, booking, "Bookings, TEU a month", hidden_caption=True),
        ),
        Section(
            "scenarios",
            "Cost and volume by scenario",
            table_of(SCENARIOS, booking, "Scenarios", sortable=True, hidden_caption=True),
        ),
    )
    texts = booking_texts(booking)
    return study_page(booking.plan.name, _asked(booking), texts, sections, command=command)


def said_of(booking: Booking) -> dict[str, object]:
    """Return what the panel of the map says of bookings, by the names of `PanelText`."""
    booked = [each for each in booking.contracts if each.teu > 0.0]
    names = [f"{each.teu:,.0f} TEU of “{each.contract.name}”" for each in booked]
    texts = booking_texts(booking)
    likeliest = booking.outcomes[booking.plan.likeliest]
    saved = booking.spot_only_usd - booking.value_usd
    figures = (
        ("Expected, million USD", f"{booking.expected_usd / USD_PER_USD_M:,.1f}", ""),
        ("Worst cases", f"{booking.cvar_usd / USD_PER_USD_M:,.1f}", ""),
        ("Booking saves", f"{saved / USD_PER_USD_M:,.2f}", ""),
    )
    return {
        "asked": _asked(booking),
        "finding": f"Each month, book {listed(names)}" if booked else "Book nothing ahead",
        "lead": f"Drawn are the boxes of the likeliest scenario, {likeliest.name}.",
        "figures": figures,
        "changed": "If another scenario comes",
        "changes": [
            (
                f"{each.name} ({in_percent(each.probability)} %)",
                f"USD {each.usd / USD_PER_USD_M:,.1f} million",
                f"{sum(each.unused):,.0f} TEU booked but unused"
                + f", {each.unmet:,.0f} left behind" * (each.unmet >= LEAST_TEU),
                -1,
            )
            for each in booking.outcomes
        ],
        "notes": texts,
        "rests": "Widths follow the square root of TEU.",
    }


def _asked(booking: Booking) -> str:
    plan, months = booking.plan, booking.months
    return (
        f"{counted(len(plan.contracts), 'contract')} to book before it is known which of"
        f" {counted(len(plan.scenarios), 'scenario')} comes true, for"
        f" {counted(len(months), 'month')} from {months[0]:%B %Y}."
    )
