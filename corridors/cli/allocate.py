"""`corridors allocate`: assign the volumes of a plan to routes at least cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from corridors.cli.output import (
    Format,
    FormatOption,
    OutOption,
    PlanArgument,
    print_result,
    print_rows,
)

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
    how: FormatOption = Format.TABLE,
) -> None:
    """Assign the volumes of many pairs to routes at least cost."""
    from corridors.config.plan import load_plan
    from corridors.output.allocation_result import allocation_json, flows_csv
    from corridors.output.html.pages.start_page import write_with_start_page
    from corridors.output.store import check_folder
    from corridors.studies.allocate import allocate_plan
    from corridors.studies.result_files import allocation_files

    if out is not None:
        check_folder(out, OUTPUTS)
    found = allocate_plan(load_plan(plan, set_values=set_values or []))
    if out is not None:
        write_with_start_page(out, allocation_files(found), title=found.plan.name)
    print_result(
        how,
        json=lambda: allocation_json(found),
        csv=lambda: flows_csv(found),
        table=lambda: _print_table(found),
        wrote=(out, OUTPUTS),
    )
    # Less than a box: a budget of a dollar ships a thousandth of a TEU.
    if found.teu < LEAST_TEU:
        raise typer.Exit(NOTHING_USABLE)


def _print_table(found: Allocation) -> None:
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
    typer.echo(
        f"{found.teu:,.0f} TEU, {found.cost_usd:,.0f} USD, {found.co2e_t:,.0f} t CO2e; exact"
    )
    worth = sorted(found.marginals, key=lambda m: -m.usd_per_unit)
    for marginal in worth[:MOST_SHOWN]:
        when = "" if marginal.month is None else f" in {marginal.month:%Y-%m}"
        typer.echo(
            f"shadow price of {marginal.name}{when}: {marginal.usd_per_unit:,.2f} USD"
            f" per {marginal.unit} (not unique)"
        )
    for pair, month, teu in found.unmet:
        typer.echo(f"left behind: {teu:,.0f} TEU from {pair} in {month:%Y-%m}")
