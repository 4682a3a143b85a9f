"""`corridors simulate`: how the options of a scenario fare where figures are not sure."""

from __future__ import annotations

from datetime import datetime
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
    from corridors.output.simulated import Simulation

OUTPUTS = ("simulation.json", "simulation.csv", "simulate.html", "index.html")


def simulate(
    context: typer.Context,
    scenario: ScenarioArgument,
    draws: Annotated[
        int, typer.Option("--draws", help="How many worlds to draw, up to 30,000.")
    ] = 10_000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same figures.")] = 1,
    by: Annotated[
        datetime | None,
        typer.Option("--by", formats=["%Y-%m-%d"], help="Day by which boxes must be there."),
    ] = None,
    out: OutOption = None,
    set_values: SetOption = None,
    departure: DepartureOption = None,
    how: FormatOption = Format.TABLE,
) -> None:
    """Draw prices and delays, and count which corridor is best.

    The table has the 10, 50 and 90 % quantiles of what is compared and of the days of one shipment.
    """
    from corridors.output.display_names import scenario_title
    from corridors.studies.result_files import simulation_files
    from corridors.studies.simulate import simulate as run

    asked = asked_for(scenario, set_values, departure, out=out, outputs=OUTPUTS)
    with progress("Reading the network") as show:
        found = run(asked, draws=draws, seed=seed, by=by.date() if by else None, progress=show)
    publish(
        how,
        simulation_files(found, command=command_line(context)),
        table=lambda: _print(found),
        out=out,
        title=scenario_title(asked),
    )
    if not found.usable:
        raise typer.Exit(NOTHING_USABLE)


def _print(found: Simulation) -> None:
    from corridors.output.simulated import OPTIONS, answers

    asked = found.scenario
    print_result_table(
        OPTIONS if found.by is not None else OPTIONS.without("arrives_by"),
        found,
        title=f"{asked.name}, departing {asked.departure.isoformat()}, {found.draws:,} draws",
    )
    for sentence in answers(found):
        say(sentence)
