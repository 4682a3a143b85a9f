"""`book.html`: what to book of each contract, and what each scenario then costs."""

from __future__ import annotations

from corridors.domain.plan import Contract
from corridors.output.booking_result import Booking, booking_texts, contract_records
from corridors.output.html.encode import counted
from corridors.output.html.pages.study_page import study_page
from corridors.output.html.report.report_page import Section
from corridors.output.html.report.report_tables import Cell, headings, numeric, table_html
from corridors.units import USD_PER_USD_M, in_percent


def render_booking(booking: Booking, *, command: str = "") -> str:
    """Return the page as HTML text; `command` is the command line that gives it."""
    plan = booking.plan
    months = plan.scenarios[0].plan.months
    asked = (
        f"{counted(len(plan.contracts), 'contract')} to book before it is known which of"
        f" {counted(len(plan.scenarios), 'scenario')} comes true, for"
        f" {counted(len(months), 'month')} from {months[0]:%B %Y}."
    )
    sections = (
        Section(id="contracts", heading="What to book", body=_contracts(booking)),
        Section(id="scenarios", heading="Cost and volume by scenario", body=_scenarios(booking)),
    )
    return study_page(plan.name, asked, booking_texts(booking), sections, command=command)


def _contracts(booking: Booking) -> str:
    months = len(booking.plan.scenarios[0].plan.months)
    columns = headings(
        "Contract",
        numeric("Book, TEU a month", "Share of the volume"),
        numeric("If the likeliest scenario were certain", hint="TEU a month to book"),
        numeric("Carried, TEU a month", hint="Boxes on the contract, mean over scenarios"),
        numeric("Unused, TEU a month", hint="Booked but not carried, mean over scenarios"),
        numeric("Saving on spot or rate, USD per TEU", "Charge if unused, USD per TEU"),
    )
    rows = [
        [
            each.contract.name,
            f"{each.teu:,.0f}",
            f"{in_percent(each.share)}%",
            f"{each.likeliest_teu:,.0f}",
            f"{row.expected_carried_teu / months:,.0f}",
            f"{row.expected_unused_teu / months:,.0f}",
            _price(each.contract),
            f"{each.contract.unused_usd:,.0f}",
        ]
        for each, row in zip(booking.contracts, contract_records(booking), strict=True)
    ]
    return table_html("Bookings", columns, rows, hidden_caption=True)


def _price(contract: Contract) -> str:
    """Return what a booked TEU that travels saves, or its rate."""
    if contract.rate_usd is None:
        return f"{contract.saves_usd or 0.0:,.0f}"
    return f"rate {contract.rate_usd:,.0f}"


def _scenarios(booking: Booking) -> str:
    columns = headings(
        "Scenario",
        numeric("Probability", "Cost, million USD"),
        numeric(
            *(f"{each.contract.name}, TEU" for each in booking.contracts), hint="On the contract"
        ),
        numeric("Unused, TEU", "Left behind, TEU"),
    )
    rows: list[list[Cell | str]] = [
        [
            outcome.name,
            Cell(text=f"{100.0 * outcome.probability:.3g}%", sort=outcome.probability),
            Cell(text=f"{outcome.usd / USD_PER_USD_M:,.2f}", sort=outcome.usd),
            *(f"{teu:,.0f}" for teu in outcome.carried),
            f"{sum(outcome.unused):,.0f}",
            f"{outcome.unmet:,.0f}",
        ]
        for outcome in booking.outcomes
    ]
    return table_html("Scenarios", columns, rows, sortable=True, hidden_caption=True)
