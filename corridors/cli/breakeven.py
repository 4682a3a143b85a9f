"""`corridors breakeven`: at which value of a figure another option becomes the best one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

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
from corridors.cli.study import asked_for, publish
from corridors.cli.tables import say

if TYPE_CHECKING:
    from corridors.output.driver_moves import BreakEven

OUTPUTS = ("breakeven.json", "breakeven.csv", "index.html")
OverOption = Annotated[
    str,
    typer.Option(
        "--over",
        help="A parameter, such as fuel.vlsfo_usd_per_t or rail.speed_km_per_day@rail/1520, or"
        " value_of_time.",
    ),
]


def breakeven(
    scenario: ScenarioArgument,
    over: OverOption,
    first: Annotated[
        float | None, typer.Option("--from", help="Least value. Default: the parameter's low.")
    ] = None,
    last: Annotated[
        float | None, typer.Option("--to", help="Greatest value. Default: the parameter's high.")
    ] = None,
    out: OutOption = None,
    set_values: SetOption = None,
    departure: DepartureOption = None,
    how: FormatOption = Format.TABLE,
) -> None:
    """Find the price or value at which another corridor is best."""
    from corridors.output.display_names import scenario_title
    from corridors.studies.breakeven import break_even as run
    from corridors.studies.result_files import break_even_files

    asked = asked_for(scenario, set_values, departure, out=out, outputs=OUTPUTS)
    with progress("Searching") as show:
        found = run(asked, over, first=first, last=last, progress=show)
    publish(
        how,
        break_even_files(found),
        table=lambda: _print(found),
        out=out,
        title=scenario_title(asked),
    )


def _print(found: BreakEven) -> None:
    from corridors.output.driver_moves import STEPS

    asked = found.scenario
    print_result_table(
        STEPS,
        found,
        title=f"{asked.name}, departing {asked.departure.isoformat()}: {found.key} in"
        f" {found.unit}; figures in {asked.objective.aim.unit}",
    )
    for sentence in found.sentences:
        say(sentence)
