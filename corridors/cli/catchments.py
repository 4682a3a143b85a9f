"""`corridors catchments`: which corridor is best from one origin to each of many destinations."""

from __future__ import annotations

import shlex
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
    print_rows,
    progress,
)

if TYPE_CHECKING:
    from corridors.domain.scenario import Scenario
    from corridors.output.catchment_records import Catchment

OUTPUTS = ("catchments.csv", "catchments.html", "index.html")
SHOWN = ("destination", "best", "USD_per_TEU", "days", "next", "more_USD", "more_days")


def catchments(
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
        int, typer.Option("--values", help="At how many values of --over to compare, up to 50.")
    ] = 5,
    set_values: SetOption = None,
    departure: DepartureOption = None,
    out: OutOption = None,
    how: FormatOption = Format.TABLE,
) -> None:
    """Compare the corridors from one origin to many destinations.

    With --out it also writes a map of their regions.
    """
    from corridors.config import load_scenario
    from corridors.output.catchment_records import COLUMNS
    from corridors.studies.catchments import catchments as run
    from corridors.studies.catchments import terminals_in

    asked = load_scenario(
        scenario,
        set_values=set_values or [],
        departure=departure.date() if departure else None,
    )
    if out is not None:
        from corridors.output.store import check_folder

        check_folder(out, OUTPUTS)
    if over is not None:
        names = [*(to or []), *terminals_in(asked, countries or [])]
        _over(asked, names, over, (first, last, values), how)
        return
    with progress("Searching") as step:
        found = run(asked, [*(to or []), *terminals_in(asked, countries or [])], progress=step)
    if out is not None:
        from corridors.cli.compare import command_text
        from corridors.output.display_names import end_title
        from corridors.output.html.pages.start_page import write_with_start_page
        from corridors.studies.result_files import catchment_files

        command = command_text(scenario, set_values or [], departure, certify=False)
        ends = [("--to", name) for name in to or []] + [("--in", code) for code in countries or []]
        more = shlex.join([word for pair in ends for word in pair])
        command = f"{command.replace('compare', 'catchments', 1)} {more}"
        contents = catchment_files(found, command=command)
        write_with_start_page(out, contents, title=f"Catchments from {end_title(asked.origin)}")
    if how is Format.TABLE:
        print_rows(
            [_short(one) for one in found.to],
            columns=SHOWN,
            how=how,
            title=f"From {asked.origin}, departing {asked.departure.isoformat()}",
        )
        for one in found.to:
            if one.reason:
                typer.echo(f"! {one.asked}: {one.reason}")
        if out is not None:
            typer.echo(f"Wrote {', '.join(OUTPUTS)} to {out}")
    else:
        print_rows(found.records, columns=COLUMNS, how=how)
    if not any(one.best for one in found.to):
        raise typer.Exit(NOTHING_USABLE)


def _over(
    asked: Scenario,
    destinations: list[str],
    over: str,
    given: tuple[float | None, float | None, int],
    how: Format,
) -> None:
    """Print where the best corridor changes while a driver moves."""
    from corridors.output.catchment_records import TURN_COLUMNS
    from corridors.studies.catchments_over import catchments_over

    first, last, count = given
    with progress("Searching") as step:
        moved = catchments_over(
            asked, destinations, over, first=first, last=last, count=count, progress=step
        )
    if how is not Format.TABLE:
        print_rows(moved.records, columns=TURN_COLUMNS, how=how)
        return
    rows = []
    turns = {turn.destination: turn for turn in reversed(moved.turns)}
    for columns in zip(*(one.to for one in moved.at), strict=True):
        row: dict[str, object] = {"destination": f"{columns[0].name} ({columns[0].place})"}
        for value, column in zip(moved.values, columns, strict=True):
            row[f"at_{value:,.4g}"] = column.winner.title if column.winner else None
        turn = turns.get(columns[0].asked)
        row["first_change_at"] = None if turn is None else float(f"{turn.at:.4g}")
        rows.append(row)
    print_rows(
        rows,
        columns=tuple(rows[0]),
        how=how,
        title=f"From {asked.origin}, departing {asked.departure.isoformat()}: best corridor by"
        f" {moved.key} in {moved.unit}",
    )


def _short(one: Catchment) -> dict[str, object]:
    """Return the row of a destination: its best corridor and the next cheapest."""
    best, following = one.winner, one.runner_up
    row: dict[str, object] = {"destination": f"{one.name} ({one.place})"}
    if best is None or best.cost_usd_per_teu is None or best.days is None:
        return row
    row |= {
        "best": best.title,
        "USD_per_TEU": round(best.cost_usd_per_teu),
        "days": round(best.days, 1),
    }
    if following and following.cost_usd_per_teu is not None and following.days is not None:
        row |= {
            "next": following.title,
            "more_USD": round(following.cost_usd_per_teu - best.cost_usd_per_teu),
            "more_days": round(following.days - best.days, 1),
        }
    return row
