"""`corridors invest`: choose the projects to build within a budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from corridors.cli.ending import reserve
from corridors.cli.output import (
    Format,
    FormatOption,
    OutOption,
    PlanArgument,
    print_rows,
    progress,
)
from corridors.cli.study import command_line, publish
from corridors.cli.tables import say

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
    from corridors.studies.invest import invest_plan
    from corridors.studies.result_files import investment_files

    reserve(out, OUTPUTS)
    with progress("Assigning the volumes with and without each project"):
        found = invest_plan(load_investment(plan, set_values=set_values or []))
    publish(
        how,
        investment_files(found, command=command_line("invest", plan, set_values)),
        table=lambda: _print_table(found),
        out=out,
        title=found.plan.name,
    )


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
    say(
        f"Build {names}: it costs {found.cost_usd_m:,.0f} of {found.plan.budget_usd_m:,.0f} million"
        f" USD and saves {found.gain_usd_m_a_year:,.3f} million USD a year."
    )
    last: object = None
    for step in curve_rows(found):
        chosen = step["projects"]
        if chosen != last and isinstance(chosen, list):
            say(
                f"With {step['budget_usd_m']:,.0f} million USD or more: "
                + (", ".join(titles[project] for project in chosen) or "none")
                + f"; saves {_figure(step['gain_usd_m_a_year'])} a year."
            )
        last = chosen
    how = "Every set that could be best was tried" if found.method == "every set" else "By Benders"
    say(
        f"{how} ({found.valued} allocations): "
        + ("no better set exists." if found.proved else "a better set may exist, time ran out.")
    )
    if found.assumed:
        say(
            "Assumed never to make the plan dearer: "
            + ", ".join(titles[project] for project in found.assumed)
            + "."
        )


def _figure(value: object) -> float | None:
    return round(float(value), 3) if isinstance(value, (int, float)) else None
