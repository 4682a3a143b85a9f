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
    TimeLimitOption,
    print_rows,
    progress,
)
from corridors.cli.study import command_line, publish
from corridors.cli.tables import say

if TYPE_CHECKING:
    from corridors.output.investment_result import Investment

OUTPUTS = ("invest.json", "invest.csv", "report.html", "map.html", "index.html")
COLUMNS = (
    *("project", "cost_USD_m", "annuity", "gain_alone", "gain_in_set", "benefit_cost", "built"),
)


def invest(
    context: typer.Context,
    plan: PlanArgument,
    out: OutOption = None,
    set_values: Annotated[
        list[str] | None,
        typer.Option("--set", help="Replace a value, e.g. budget_usd_m=2000. Repeatable."),
    ] = None,
    time_limit: TimeLimitOption = None,
    how: FormatOption = Format.TABLE,
) -> None:
    """Choose which projects to build within a budget."""
    from corridors.config.plan import load_plan
    from corridors.optimise.time_limit import TimeLimit
    from corridors.studies.invest import invest_plan
    from corridors.studies.result_files import investment_files

    reserve(out, OUTPUTS)
    with progress("Assigning the volumes with and without each project"):
        asked = load_plan(plan, command="invest", set_values=set_values or [])
        found = invest_plan(asked, limit=TimeLimit(time_limit or asked.time_limit_s))
    publish(
        how,
        investment_files(found, command=command_line(context)),
        table=lambda: _print_table(found),
        out=out,
        title=found.plan.name,
    )


def _print_table(found: Investment) -> None:
    from corridors.output.investment_result import (
        budget_from,
        curve_rows,
        nothing_text,
        phase_rows,
        project_rows,
    )

    titles = {project.id: project.title for project in found.projects}
    rows = [
        {
            "project": row["title"],
            "cost_USD_m": row["cost_usd_m"],
            "annuity": _figure(row["charge_usd_m_a_year"]),
            "gain_alone": _figure(row["alone_usd_m_a_year"]),
            "gain_in_set": _figure(row["in_set_usd_m_a_year"]),
            "benefit_cost": _figure(row["benefit_cost"]),
            "built": "in use" if row["in_use"] else "yes" if row["built"] else "",
        }
        for row in project_rows(found)
    ]
    title = f"{found.plan.name}: gains and annuities in million USD per year"
    print_rows(rows, columns=COLUMNS, how=Format.TABLE, title=title)
    for text in found.sentences:
        say(text)
    if found.plan.phases is not None:
        for row in phase_rows(found):
            names = [titles[str(project)] for project in _list(row["projects"])]
            say(f"From {row['from_year']}: {', '.join(names) or 'none'}.")
    last: object = None
    for number, step in enumerate(curve_rows(found)):
        chosen = _list(step["projects"])
        if chosen != last:
            built = ", ".join(titles[str(project)] for project in chosen)
            saved = f"{built}; saves {_figure(step['gain_usd_m_a_year'])} million USD a year"
            if chosen:
                say(f"With {budget_from(found, number):,.0f} million USD or more: {saved}.")
            else:
                say(f"With {step['budget_usd_m']:,.0f} million USD: {nothing_text(found, number)}.")
        last = chosen
    say(found.proof)
    for text in found.after.cautions:
        say(text)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _figure(value: object) -> float | None:
    return round(float(value), 3) if isinstance(value, (int, float)) else None
