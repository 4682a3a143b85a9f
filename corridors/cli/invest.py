"""`corridors invest`: choose the projects to build within a budget."""

from __future__ import annotations

import shlex
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
    from corridors.output.investment_result import Investment

OUTPUTS = ("invest.json", "invest.csv", "report.html", "map.html", "index.html")
COLUMNS = (
    *("project", "cost_USD_m", "built", "gain_alone", "gain_in_set"),
    "never_dearer",
)


def invest(
    plan: PlanArgument,
    out: OutOption = None,
    set_values: Annotated[
        list[str] | None,
        typer.Option("--set", help="Replace a value, e.g. budget_usd_m=2000. Repeatable."),
    ] = None,
    how: FormatOption = Format.TABLE,
) -> None:
    """Choose which projects to build within a budget."""
    from corridors.config.investment import load_investment
    from corridors.output.html.pages.start_page import write_with_start_page
    from corridors.output.investment_result import (
        investment_csv,
        investment_json,
    )
    from corridors.output.store import check_folder
    from corridors.studies.invest import invest_plan
    from corridors.studies.result_files import investment_files

    if out is not None:
        check_folder(out, OUTPUTS)
    found = invest_plan(load_investment(plan, set_values=set_values or []))
    if out is not None:
        command = shlex.join(["corridors", "invest", plan, *_sets(set_values)])
        contents = investment_files(found, command=command)
        write_with_start_page(out, contents, title=found.plan.name)
    print_result(
        how,
        json=lambda: investment_json(found),
        csv=lambda: investment_csv(found),
        table=lambda: _print_table(found),
        wrote=(out, OUTPUTS),
    )


def _sets(values: list[str] | None) -> list[str]:
    return [part for value in values or [] for part in ("--set", value)]


def _print_table(found: Investment) -> None:
    from corridors.output.investment_result import curve_rows, project_rows

    titles = {project.id: project.title for project in found.projects}
    rows = [
        {
            "project": row["title"],
            "cost_USD_m": row["cost_usd_m"],
            "built": "yes" if row["built"] else "",
            "gain_alone": _figure(row["alone_usd_m_a_year"]),
            "gain_in_set": _figure(row["in_set_usd_m_a_year"]),
            "never_dearer": "certain" if row["never_dearer"] else "",
        }
        for row in project_rows(found)
    ]
    title = f"{found.plan.name}: gains in million USD per year"
    print_rows(rows, columns=COLUMNS, how=Format.TABLE, title=title)
    names = ", ".join(project.title for project in found.built) or "none"
    typer.echo(
        f"Build {names}: costs {found.cost_usd_m:,.0f} of {found.plan.budget_usd_m:,.0f} million"
        f" USD, gains {found.gain_usd_m_a_year:,.3f} million USD per year"
    )
    last: object = None
    for step in curve_rows(found):
        chosen = step["projects"]
        if chosen != last and isinstance(chosen, list):
            typer.echo(
                f"From a budget of {step['budget_usd_m']:,.0f} million USD: "
                + (", ".join(titles[project] for project in chosen) or "none")
                + f"; gains {_figure(step['gain_usd_m_a_year'])}"
            )
        last = chosen
    how = "every set that could be best was tried" if found.method == "every set" else "Benders"
    typer.echo(
        f"{how}, {found.valued} allocations; "
        + ("proved optimal" if found.proved else "not proved optimal: time limit reached")
    )
    if found.assumed:
        typer.echo(
            "assumed never to make the plan more expensive: "
            + ", ".join(titles[project] for project in found.assumed)
        )


def _figure(value: object) -> float | None:
    return round(float(value), 3) if isinstance(value, (int, float)) else None
