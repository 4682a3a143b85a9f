"""`corridors catchments`: which corridor is best from one origin to each of many destinations."""

from __future__ import annotations

from pathlib import Path
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
    print_rows,
    progress,
)
from corridors.cli.study import asked_for, command_line, publish
from corridors.errors import ConfigError

if TYPE_CHECKING:
    from corridors.domain.scenario import Scenario
    from corridors.output.catchment_records import Catchments, CatchmentsOver

OUTPUTS = ("catchments.json", "catchments.csv", "catchments.html", "index.html")
OVER_OUTPUTS = ("catchments-over.json", "catchments-over.csv", "index.html")


def catchments(
    context: typer.Context,
    scenario: ScenarioArgument,
    to: Annotated[
        list[str] | None,
        typer.Option("--to", help="A destination: a city, code, terminal or lon,lat. Repeatable."),
    ] = None,
    countries: Annotated[
        list[str] | None,
        typer.Option("--in", help="All terminals in a country, e.g. DE. Repeatable."),
    ] = None,
    over: Annotated[
        str | None,
        typer.Option(
            "--over",
            help="Move a parameter, or value_of_time, and print where the best corridor changes.",
        ),
    ] = None,
    first: Annotated[float | None, typer.Option("--from", help="Least value of --over.")] = None,
    last: Annotated[
        float | None, typer.Option("--to-value", help="Greatest value of --over.")
    ] = None,
    values: Annotated[
        int | None,
        typer.Option("--values", help="At how many values of --over to compare, 2 to 50; else 5."),
    ] = None,
    set_values: SetOption = None,
    departure: DepartureOption = None,
    out: OutOption = None,
    how: FormatOption = Format.TABLE,
) -> None:
    """Compare the corridors from one origin to many destinations.

    With --out it also writes a map of their regions.
    """
    from corridors.studies.catchments import terminals_in

    given = {"--from": first, "--to-value": last, "--values": values}
    alone = [option for option, value in given.items() if value is not None]
    if over is None and alone:
        msg = f"{', '.join(alone)}: goes with --over, which names what is moved"
        raise ConfigError(msg)
    outputs = OUTPUTS if over is None else OVER_OUTPUTS
    asked = asked_for(scenario, set_values, departure, out=out, outputs=outputs)
    names = [*(to or []), *terminals_in(asked, countries or [])]
    if over is not None:
        _over(asked, names, over, (first, last, values), how, out)
        return
    from corridors.output.display_names import end_title
    from corridors.studies.catchments import catchments as run
    from corridors.studies.result_files import catchment_files

    with progress("Searching") as show:
        found = run(asked, names, progress=show)
    publish(
        how,
        catchment_files(found, command=command_line(context)),
        table=lambda: _print(found),
        out=out,
        title=f"Catchments from {end_title(asked.origin)}",
    )
    if not any(one.best for one in found.to):
        raise typer.Exit(NOTHING_USABLE)


def _print(found: Catchments) -> None:
    from corridors.output.catchment_records import BEST

    print_result_table(BEST, found, title=_title(found.scenario))
    if found.note:
        typer.echo(f"! {found.note}")
    for one in found.to:
        if one.reason:
            typer.echo(f"! {one.asked}: {one.reason}")


def _title(asked: Scenario) -> str:
    return f"From {asked.origin}, departing {asked.departure.isoformat()}"


def _over(
    asked: Scenario,
    destinations: list[str],
    over: str,
    given: tuple[float | None, float | None, int | None],
    how: Format,
    out: Path | None,
) -> None:
    """Print, and write, where the best corridor changes while a driver moves."""
    from corridors.output.display_names import end_title
    from corridors.studies.catchments_over import VALUES, catchments_over
    from corridors.studies.result_files import moved_catchment_files

    first, last, values = given
    with progress("Searching") as show:
        moved = catchments_over(
            asked,
            destinations,
            over,
            first=first,
            last=last,
            count=VALUES if values is None else values,
            progress=show,
        )
    publish(
        how,
        moved_catchment_files(moved),
        table=lambda: _print_over(moved),
        out=out,
        title=f"Catchments from {end_title(asked.origin)} over {moved.key}",
    )


def _print_over(moved: CatchmentsOver) -> None:
    from corridors.output.catchment_records import labelled

    rows = []
    turns = {turn.destination: turn for turn in reversed(moved.turns)}
    labels = [label for label, _ in labelled(moved.at[0].to)]
    for label, *columns in zip(labels, *(one.to for one in moved.at), strict=True):
        row: dict[str, object] = {"destination": label}
        for value, column in zip(moved.values, columns, strict=True):
            row[f"at_{value:,.4g}"] = column.winner.name if column.winner else None
        turn = turns.get(columns[0].asked)
        row["first_change_at"] = None if turn is None else float(f"{turn.at:.4g}")
        rows.append(row)
    print_rows(
        rows,
        columns=tuple(rows[0]),
        how=Format.TABLE,
        title=f"{_title(moved.scenario)}: best corridor by {moved.key} in {moved.unit}",
    )
