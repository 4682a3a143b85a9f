"""`corridors design`: choose which weekly trains and loops to run."""

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
from corridors.units import in_percent

if TYPE_CHECKING:
    from corridors.domain.service_design import FrequencyRow, ServiceRow
    from corridors.output.design_result import ServiceDesign

OUTPUTS = ("design.json", "design.csv", "frequencies.csv", "design.html", "index.html")
# With more candidates, those that do not run have a line each.
MOST_WHOLE = 6
COLUMNS = ("service", "a_week", "vehicles", "TEU_a_year", "full_%", "USD_per_TEU", "gain_USD_m")


def design(
    context: typer.Context,
    plan: PlanArgument,
    out: OutOption = None,
    set_values: Annotated[
        list[str] | None,
        typer.Option("--set", help="Replace a value, e.g. time_limit_s=60. Repeatable."),
    ] = None,
    time_limit: TimeLimitOption = None,
    how: FormatOption = Format.TABLE,
) -> None:
    """Choose which weekly trains and loops to run, and how often."""
    from corridors.config.plan import load_plan
    from corridors.studies.design import design_plan
    from corridors.studies.result_files import design_files

    reserve(out, OUTPUTS)
    asked = load_plan(plan, command="design", set_values=set_values or [])
    if time_limit is not None:
        asked = replace(asked, time_limit_s=time_limit)
    with progress("Reading the networks and pricing the services") as shown:
        found = design_plan(asked, progress=shown)
    publish(
        how,
        design_files(found, command=command_line(context)),
        table=lambda: _print_table(found),
        out=out,
        title=found.plan.name,
    )


def _shown(service: ServiceRow, *, whole: bool) -> tuple[FrequencyRow, ...]:
    """Return the rows of a service: all, or of one that does not run the best number alone."""
    rows = service.frequencies
    if whole or service.departures:
        return rows
    known = [row for row in rows if row.departures and row.gain_usd is not None]
    return tuple(sorted(known, key=lambda row: -(row.gain_usd or 0.0))[:1])


def _print_table(found: ServiceDesign) -> None:
    from corridors.output.design_words import declared_text, design_texts
    from corridors.units import USD_PER_USD_M

    rows = [
        {
            "service": service.name if n == 0 else "",
            "a_week": f"{row.departures:g}{' *' if row.chosen else ''}",
            "vehicles": row.vehicles,
            "TEU_a_year": round(row.teu),
            "full_%": int(in_percent(row.fill)),
            "USD_per_TEU": None if row.usd_per_teu is None else round(row.usd_per_teu),
            "gain_USD_m": None
            if row.gain_usd is None
            else round(row.gain_usd / USD_PER_USD_M, 1) + 0.0,
        }
        for service in found.services
        for n, row in enumerate(_shown(service, whole=len(found.services) <= MOST_WHOLE))
    ]
    title = f"{found.plan.name}: departures a week; * marks those chosen"
    if len(found.services) > MOST_WHOLE:
        title += "; of others only the best number"
    print_rows(rows, columns=COLUMNS, how=Format.TABLE, title=title, spare=("full_%", "vehicles"))
    for text in design_texts(found):
        say(text)
    if found.run:
        say("To ask with these services, paste this into a scenario:")
        typer.echo(declared_text(found))
