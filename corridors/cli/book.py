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

if TYPE_CHECKING:
    from corridors.output.booking_result import Booking

OUTPUTS = ("book.json", "book.csv", "scenarios.csv", "book.html", "index.html")
COLUMNS = ("contract", "TEU_a_month", "share_%", "if_certain", "carried", "unused")


def book(
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
    from corridors.config.booking import load_booking
    from corridors.studies.book import book_plan
    from corridors.studies.result_files import booking_files

    reserve(out, OUTPUTS)
    asked = load_booking(plan, set_values=set_values or [])
    if time_limit is not None:
        asked = replace(asked, time_limit_s=time_limit)
    with progress("Reading the networks of the scenarios") as shown:
        found = book_plan(asked, progress=shown)
    publish(
        how,
        booking_files(found, command=command_line("book", plan, set_values)),
        table=lambda: _print_table(found),
        out=out,
        title=found.plan.name,
    )


def _print_table(found: Booking) -> None:
    from corridors.output.booking_result import booking_texts, contract_rows, scenario_rows

    rows = [
        {
            "contract": each.contract.name,
            "TEU_a_month": round(each.teu),
            "share_%": round(100.0 * each.share),
            "if_certain": round(each.likeliest_teu),
            "carried": row["expected_through_teu"],
            "unused": row["expected_unused_teu"],
        }
        for each, row in zip(found.contracts, contract_rows(found), strict=True)
    ]
    for row in rows:
        row |= {key: round(float(str(row[key]))) for key in ("carried", "unused")}
    title = (
        f"{found.plan.name}: TEU to book, TEU to book if the likeliest scenario were certain, and"
        " the mean TEU carried and unused"
    )
    print_rows(rows, columns=COLUMNS, how=Format.TABLE, title=title)
    outcomes = [
        {
            "scenario": row["scenario"],
            "chance_%": round(100.0 * float(str(row["probability"])), 1),
            "USD": round(float(str(row["usd"]))),
            "TEU": round(float(str(row["teu"]))),
            "left_behind": round(float(str(row["unmet_teu"]))),
        }
        for row in scenario_rows(found)
    ]
    print_rows(
        outcomes,
        columns=("scenario", "chance_%", "USD", "TEU", "left_behind"),
        how=Format.TABLE,
        title="Cost and volume in each scenario with these bookings",
    )
    for text in booking_texts(found):
        say(text)
