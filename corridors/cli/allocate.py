"""`corridors allocate`: assign the volumes of a plan to routes at least cost."""

from __future__ import annotations

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
from corridors.cli.study import publish
from corridors.cli.tables import say

if TYPE_CHECKING:
    from corridors.output.allocation_result import Allocation

NOTHING_USABLE = 3
OUTPUTS = ("allocation.json", "flows.csv", "flows.gpkg", "map.html", "index.html")
COLUMNS = ("pair", "corridor", "TEU", "USD_per_TEU", "days", "t_CO2e_per_TEU")
MOST_SHOWN = 12
LEAST_TEU = 0.5


def allocate(
    plan: PlanArgument,
    out: OutOption = None,
    set_values: Annotated[
        list[str] | None,
        typer.Option("--set", help="Replace a value, e.g. limits.max_co2e_t=9000. Repeatable."),
    ] = None,
    time_limit: TimeLimitOption = None,
    how: FormatOption = Format.TABLE,
) -> None:
    """Assign the volumes of many pairs to routes at least cost."""
    from corridors.config.plan import load_plan
    from corridors.optimise.time_limit import TimeLimit
    from corridors.studies.allocate import allocate_plan
    from corridors.studies.result_files import allocation_files

    reserve(out, OUTPUTS)
    with progress("Reading the networks and assigning the volumes"):
        found = allocate_plan(
            load_plan(plan, set_values=set_values or []), limit=TimeLimit(time_limit)
        )
    publish(
        how,
        allocation_files(found),
        table=lambda: _print_table(found),
        out=out,
        title=found.plan.name,
    )
    # Less than a box: a budget of a dollar ships a thousandth of a TEU.
    if found.teu < LEAST_TEU:
        raise typer.Exit(NOTHING_USABLE)


def _print_table(found: Allocation) -> None:
    from corridors.output.display_names import capitalised, corridor_titles, limit_title

    titles = corridor_titles()
    sums: dict[tuple[str, str], list[float]] = {}
    for row in found.rows:
        into = sums.setdefault((row.pair, row.corridor), [0.0, 0.0, 0.0, 0.0])
        for i, figure in enumerate((1.0, row.usd_per_teu, row.days, row.co2e_kg_per_teu / 1000.0)):
            into[i] += row.teu * figure
    rows = [
        {
            "pair": pair,
            "corridor": corridor,
            "TEU": round(teu),
            "USD_per_TEU": round(usd / teu),
            "days": round(days / teu, 1),
            "t_CO2e_per_TEU": round(tonnes / teu, 2),
        }
        for (pair, corridor), (teu, usd, days, tonnes) in sums.items()
    ]
    print_rows(rows, columns=COLUMNS, how=Format.TABLE, title=found.plan.name)
    say(
        f"{found.teu:,.0f} TEU travel for USD {found.cost_usd:,.0f} with {found.co2e_t:,.0f} t"
        " CO2e."
    )
    say(found.proof)
    for text in found.cautions:
        say(text)
    worth = sorted(found.marginals, key=lambda m: -m.usd_per_unit)
    for marginal in worth[:MOST_SHOWN]:
        when = "" if marginal.month is None else f" in {marginal.month:%B %Y}"
        say(
            f"{capitalised(limit_title(marginal.name, titles))}{when}: one more"
            f" {marginal.unit} would save USD {marginal.usd_per_unit:,.2f}."
        )
    if worth:
        say("These shadow prices are not unique: others may explain the same plan.")
    for pair, month, teu in found.unmet:
        say(f"Left behind: {teu:,.0f} TEU of {pair} in {month:%B %Y}.")
