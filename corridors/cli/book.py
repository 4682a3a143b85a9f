"""`corridors book`: book space ahead under scenarios with probabilities."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from corridors.cli.ending import reserve
from corridors.cli.output import (
    Format,
    FormatOption,
    OutOption,
    PlanArgument,
    TimeLimitOption,
    print_rows,
    progress,
)
from corridors.cli.study import command_line, publish
from corridors.cli.tables import say
from corridors.units import USD_PER_USD_M, in_percent

if TYPE_CHECKING:
    from corridors.output.booking_result import Booking

OUTPUTS = ("book.json", "book.csv", "scenarios.csv", "book.html", "index.html")
COLUMNS = ("contract", "book", "share_%", "if_likeliest", "carried", "unused")
OUTCOMES = ("scenario", "chance_%", "million_USD", "TEU", "unused", "left_behind")


def book(
    context: typer.Context,
    plan: PlanArgument,
    out: OutOption = None,
    set_values: Annotated[
        list[str] | None,
        typer.Option("--set", help="Replace a value, e.g. risk.weight=0.5. Repeatable."),
    ] = None,
    time_limit: TimeLimitOption = None,
    how: FormatOption = Format.TABLE,
) -> None:
    """Decide how much space to book before closures are known."""
    from corridors.config.plan import load_plan
    from corridors.studies.book import book_plan
    from corridors.studies.result_files import booking_files

    reserve(out, OUTPUTS)
    asked = load_plan(plan, command="book", set_values=set_values or [])
    if time_limit is not None:
        asked = replace(asked, time_limit_s=time_limit)
    with progress("Reading the networks of the scenarios") as shown:
        found = book_plan(asked, progress=shown)
    publish(
        how,
        booking_files(found, command=command_line(context)),
        table=lambda: _print_table(found),
        out=out,
        title=found.plan.name,
    )


def _print_table(found: Booking) -> None:
    from corridors.output.booking_result import booking_texts, contract_records

    months = len(found.plan.scenarios[0].plan.months)
    rows = [
        {
            "contract": each.contract.name,
            "book": round(each.teu),
            "share_%": int(in_percent(each.share)),
            "if_likeliest": round(each.likeliest_teu),
            "carried": round(row.expected_carried_teu / months),
            "unused": round(row.expected_unused_teu / months),
        }
        for each, row in zip(found.contracts, contract_records(found), strict=True)
    ]
    title = (
        f"{found.plan.name}, TEU a month: to book, to book if the likeliest scenario were certain,"
        " and on average carried on it and booked but unused"
    )
    print_rows(rows, columns=COLUMNS, how=Format.TABLE, title=title)
    outcomes = [
        {
            "scenario": each.name,
            "chance_%": float(f"{100.0 * each.probability:.3g}"),
            "million_USD": round(each.usd / USD_PER_USD_M, 2),
            "TEU": round(each.teu),
            "unused": round(sum(each.unused)),
            "left_behind": round(each.unmet),
        }
        for each in found.outcomes
    ]
    over = "in the month" if months == 1 else f"over {months} months"
    print_rows(
        outcomes,
        columns=OUTCOMES,
        how=Format.TABLE,
        title=f"Cost and TEU {over} in each scenario with these bookings",
    )
    for text in booking_texts(found):
        say(text)
