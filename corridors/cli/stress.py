"""`corridors stress`: what happens when places on the best route close."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from corridors.cli.compare import NOTHING_USABLE
from corridors.cli.output import (
    DepartureOption,
    Format,
    FormatOption,
    OutOption,
    ScenarioArgument,
    SetOption,
    print_result_table,
    progress,
)
from corridors.cli.study import asked_for, command_line, publish
from corridors.cli.tables import say

if TYPE_CHECKING:
    from corridors.studies.closures.stress_records import Stress

OUTPUTS = ("stress.json", "stress.csv", "stress.gpkg", "stress.html", "index.html")
SHOWN = 30


def stress(
    context: typer.Context,
    scenario: ScenarioArgument,
    out: OutOption = None,
    kinds: Annotated[
        list[str] | None,
        typer.Option(
            "--kinds",
            help="What to close: gates, borders or terminals; all without it. Repeatable.",
        ),
    ] = None,
    pairs: Annotated[
        bool, typer.Option("--pairs/--no-pairs", help="Also close pairs of places.")
    ] = True,
    set_values: SetOption = None,
    departure: DepartureOption = None,
    how: FormatOption = Format.TABLE,
) -> None:
    """Close places on the best route and rank the closures."""
    from corridors.output.display_names import scenario_title
    from corridors.studies.closures.closable_places import KINDS, closable_kinds
    from corridors.studies.result_files import stress_files
    from corridors.studies.stress import stress as run

    wanted = closable_kinds(",".join(kinds)) if kinds else KINDS
    asked = asked_for(scenario, set_values, departure, out=out, outputs=OUTPUTS)
    with progress("Closing places"):
        found = run(asked, kinds=wanted, pairs=pairs)
    if found is None:
        typer.echo("no corridor is usable on this date, so there is no route to close", err=True)
        raise typer.Exit(NOTHING_USABLE)
    publish(
        how,
        stress_files(found, command=command_line(context)),
        table=lambda: print_stress(found),
        out=out,
        title=f"Stress test: {scenario_title(asked)}",
    )


def print_stress(found: Stress) -> None:
    """Print the closures, the worst first."""
    from corridors.output.display_names import in_sentence
    from corridors.studies.closures.stress_records import CLOSURES, folded

    asked = found.scenario
    usual = (
        f"{in_sentence(found.title)}, USD {found.usd_per_teu:,.0f} per TEU, {found.days:.1f} days"
    )
    rows = CLOSURES.records(found)
    shown = folded(rows)
    print_result_table(
        CLOSURES.given,
        shown[:SHOWN],
        title=f"{asked.name}, departing {asked.departure.isoformat()}; best route: {usual}",
    )
    say(found.measure)
    if len(shown) > SHOWN:
        say(f"{len(shown) - SHOWN} more rows that are less bad are not shown")
    if len(shown) < len(rows):
        say(f"{len(rows)} closures in total; --format csv lists each one")
    lost = [row for row in rows if row["corridor"] is None]
    if lost:
        alone = [str(row["name"]) for row in lost if "+" not in str(row["place"])]
        what = f"; closing {' or '.join(alone)} alone is enough" if alone else ""
        say(f"{len(lost)} of these closures leave no usable route{what}.")
    say(f"By land: {found.severed.text}.")
