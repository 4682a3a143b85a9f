"""`book.html`: what to book of each contract, and what each scenario then costs."""

from __future__ import annotations

from corridors.output.html.encode import counted
from corridors.output.html.pages.study_page import study_page
from corridors.output.html.report.report_page import Section
from corridors.output.html.report.report_tables import table_of
from corridors.studies.book.result import CONTRACTS, SCENARIOS, Booking, booking_texts


def render_booking(booking: Booking, *, command: str = "") -> str:
    """Return the page as HTML text; `command` is the command line that gives it."""
    plan = booking.plan
    months = booking.months
    asked = (
        f"{counted(len(plan.contracts), 'contract')} to book before it is known which of"
        f" {counted(len(plan.scenarios), 'scenario')} comes true, for"
        f" {counted(len(months), 'month')} from {months[0]:%B %Y}."
    )
    sections = (
        Section(
            id="contracts",
            heading="What to book",
            body=table_of(CONTRACTS, booking, "Bookings, TEU a month", hidden_caption=True),
        ),
        Section(
            id="scenarios",
            heading="Cost and volume by scenario",
            body=table_of(SCENARIOS, booking, "Scenarios", sortable=True, hidden_caption=True),
        ),
    )
    return study_page(plan.name, asked, booking_texts(booking), sections, command=command)
