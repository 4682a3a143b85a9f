"""`corridors explain`: every leg, cost line and source of one corridor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from corridors.cli import completing
from corridors.cli.compare import NOTHING_USABLE, place_names
from corridors.cli.output import (
    DepartureOption,
    Format,
    FormatOption,
    ScenarioArgument,
    SetOption,
    print_result,
    progress,
    why_not,
)
from corridors.cli.publishing import asked_for
from corridors.cli.tables import print_table, say

if TYPE_CHECKING:
    from corridors.studies.explain import Explained

MOST_WEAK = 8
ROUTE_COLUMNS = ("starts", "label", "service", "km", "hours", "usd_per_teu", "co2e_wtw_kg")
COST_COLUMNS = (
    *("USD", "low", "high", "line", "quantity_x_unit_price_USD", "basis", "status", "source"),
)
TIME_COLUMNS = ("label", "hours", "days")
ENERGY_COLUMNS = (
    *("label", "scope", "quantity", "unit", "co2e_wtw_kg", "co2e_ttw_kg", "status", "source_id"),
)
WEAK_COLUMNS = ("range_USD", "low", "high", "line", "status", "source")


def explain(
    scenario: ScenarioArgument,
    corridor: Annotated[
        str,
        typer.Argument(
            help="A shipped corridor, or a corridor file.", autocompletion=completing.corridors
        ),
    ],
    set_values: SetOption = None,
    departure: DepartureOption = None,
    how: FormatOption = Format.TABLE,
) -> None:
    """Show every leg, cost line and source of one corridor."""
    from corridors.output.csv import csv_text
    from corridors.output.records import as_text
    from corridors.studies.explain import (
        ROW_COLUMNS,
        explain_option,
        explained_record,
        explained_rows,
    )

    asked = asked_for(scenario, set_values, departure)
    with progress("Searching"):
        found = explain_option(asked, corridor)
    print_result(
        how,
        json=lambda: as_text(explained_record(found)),
        csv=lambda: csv_text(explained_rows(found), ROW_COLUMNS),
        table=lambda: _print(found),
    )
    if not found.option.usable:
        raise typer.Exit(NOTHING_USABLE)


def _print(found: Explained) -> None:
    from corridors.costing.piracy_exposure import PIRACY_TITLE
    from corridors.data.names import name_of
    from corridors.output.contract import PIRACY_COLUMNS, piracy_rows
    from corridors.output.display_names import name_by
    from corridors.studies.explain import (
        cost_rows,
        energy_rows,
        route_rows,
        short_cost_row,
        short_weak_row,
        source_rows,
        sums,
        time_rows,
        weakest_rows,
    )

    option, scenario = found.option, found.scenario
    say(f"{scenario.name}: {name_by(option)}, departing {scenario.departure.isoformat()}")
    if not option.usable:
        say(why_not(option))
        return
    names = place_names(option)
    for name, passed in (("Gates", option.passages), ("Borders", option.borders)):
        if passed:
            say(f"{name}: {', '.join(names.get(place, name_of(place)) for place in passed)}")
    for text in (*found.warnings, *option.warnings):
        say(f"! {text}")
    costs = [short_cost_row(row) for row in cost_rows(found)]
    weak = [short_weak_row(row) for row in weakest_rows(found)[:MOST_WEAK]]
    for title, columns, rows in (
        ("Route", ROUTE_COLUMNS, route_rows(option)),
        ("Cost lines, USD per TEU, largest first", COST_COLUMNS, costs),
        ("Time, from gate-in to gate-out", TIME_COLUMNS, time_rows(option)),
        ("Energy and CO2e per TEU", ENERGY_COLUMNS, energy_rows(found)),
        (PIRACY_TITLE, PIRACY_COLUMNS, piracy_rows(option)),
        ("Weakest cost lines (assumption or recalled), widest range first", WEAK_COLUMNS, weak),
    ):
        if rows:
            print_table(rows, columns=columns, title=title)
    say("Sources")
    for row in source_rows(found):
        say(f"  {row['source_id']}: {row['source']}", indent="    ")
        if row["url"]:
            say(f"    {row['url']}")
    for text in sums(found):
        say(text)
