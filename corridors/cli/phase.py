"""`corridors phase`: which option is best over the ranges of two figures."""

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
    progress,
)
from corridors.cli.study import asked_for, command_line, publish
from corridors.cli.tables import say
from corridors.units import in_percent

if TYPE_CHECKING:
    from corridors.output.driver_moves import Phase

OUTPUTS = ("phase.json", "phase.csv", "phase.html", "index.html")
# Characters of a terminal are twice as high as wide.
WIDE, HIGH = 60, 20
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def phase(
    context: typer.Context,
    scenario: ScenarioArgument,
    x: Annotated[
        str, typer.Option("--x", help="A parameter, or value_of_time, from left to right.")
    ],
    y: Annotated[str, typer.Option("--y", help="Another one, from below upwards.")],
    cells: Annotated[int, typer.Option("--cells", help="Cells along each side, up to 400.")] = 100,
    out: OutOption = None,
    set_values: SetOption = None,
    departure: DepartureOption = None,
    how: FormatOption = Format.TABLE,
) -> None:
    """Draw which corridor is best over the ranges of two figures."""
    from corridors.output.display_names import scenario_title
    from corridors.studies.phase import phase as run
    from corridors.studies.result_files import phase_files

    asked = asked_for(scenario, set_values, departure, out=out, outputs=OUTPUTS)
    with progress("Searching") as show:
        found = run(asked, x, y, cells=cells, progress=show)
    publish(
        how,
        phase_files(
            found,
            command=command_line(context),
        ),
        table=lambda: _print(found),
        out=out,
        title=scenario_title(asked),
    )


def _print(found: Phase) -> None:
    from corridors.output.display_names import driver_title

    asked = found.scenario
    typer.echo(f"{asked.name}, departing {asked.departure.isoformat()}")
    numbers = list(dict.fromkeys(number for row in found.best for number in row))
    letter = {n: LETTERS[i % len(LETTERS)] if n >= 0 else "." for i, n in enumerate(numbers)}
    rows, columns = len(found.best), len(found.best[0])
    high, wide = min(rows, HIGH), min(columns, WIDE)
    up, across = found.y, found.x
    typer.echo(f"{driver_title(up.key)}, {up.unit}: {up.values[-1]:,.4g} at the top")
    for line in reversed(range(high)):
        row = found.best[line * rows // high]
        typer.echo(" |" + "".join(letter[row[n * columns // wide]] for n in range(wide)))
    typer.echo(f"{up.values[0]:,.4g} at the bottom")
    typer.echo(
        f"{driver_title(across.key)}, {across.unit}: {across.values[0]:,.4g} to"
        f" {across.values[-1]:,.4g}"
    )
    for (title, share), number in zip(found.shares, _by_share(found), strict=True):
        typer.echo(f"{letter[number]} {title}: best in {in_percent(share)}% of the chart")
    for sentence in found.sentences:
        say(sentence)


def _by_share(found: Phase) -> list[int]:
    cells = [number for row in found.best for number in row]
    return sorted(dict.fromkeys(cells), key=lambda number: -cells.count(number))
