"""The commands that answer a plan: `allocate`, `book`, `design`, `invest`.

They read one kind of file and share their options; each has its own first words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
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
from corridors.cli.study import INDEX, command_line, publish
from corridors.cli.tables import say
from corridors.units import USD_PER_USD_M, in_percent

if TYPE_CHECKING:
    from corridors.domain.plan import Plan
    from corridors.domain.service_design import FrequencyRow, ServiceRow
    from corridors.output.allocation_result import Allocation
    from corridors.output.booking_result import Booking
    from corridors.output.design_result import ServiceDesign
    from corridors.output.investment_result import Investment
    from corridors.progress import Progress
    from corridors.studies.result_files import Files

NOTHING_USABLE = 3
MOST_SHOWN = 12
LEAST_TEU = 0.5
# With more candidates, those that do not run have a line each.
MOST_WHOLE = 6
FLOWS = ("pair", "corridor", "TEU", "USD_per_TEU", "days", "t_CO2e_per_TEU")
BOOKED = ("contract", "book", "share_%", "if_likeliest", "carried", "unused")
OUTCOMES = ("scenario", "chance_%", "million_USD", "TEU", "unused", "left_behind")
RUNNING = ("service", "a_week", "vehicles", "TEU_a_year", "full_%", "USD_per_TEU", "gain_USD_m")
PROJECTS = (
    *("project", "cost_USD_m", "annuity", "gain_alone", "gain_in_set", "benefit_cost", "built"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The answer to a plan: what makes its files for a command line, and prints its table.

    `exit_code` is that of the command once both are done.
    """

    files: Callable[[str], Files]
    table: Callable[[], None]
    exit_code: int = 0


def _command(
    name: str,
    about: str,
    outputs: tuple[str, ...],
    *,
    step: str,
    answer: Callable[[Plan, Progress], Answered],
) -> Callable[..., None]:
    """Return a command that answers a plan.

    Parameters
    ----------
    name, about
        Its name and its help.
    outputs
        The files that it writes, beside the start page.
    step
        What the terminal shows while it runs.
    answer
        Answers the plan.
    """

    def ask(
        context: typer.Context,
        plan: PlanArgument,
        out: OutOption = None,
        set_values: Annotated[
            list[str] | None,
            typer.Option("--set", help="Replace a value, e.g. time_limit_s=60. Repeatable."),
        ] = None,
        time_limit: TimeLimitOption = None,
        how: FormatOption = Format.TABLE,
    ) -> None:
        from corridors.config.plan import load_plan

        reserve(out, (*outputs, INDEX))
        asked = load_plan(plan, command=name, set_values=set_values or [])
        if time_limit is not None:
            asked = replace(asked, time_limit_s=time_limit)
        with progress(step) as shown:
            found = answer(asked, shown)
        publish(
            how,
            found.files(command_line(context)),
            table=found.table,
            out=out,
            title=asked.name,
        )
        if found.exit_code:
            raise typer.Exit(found.exit_code)

    ask.__name__, ask.__doc__ = name, about
    return ask


def _allocated(plan: Plan, shown: Progress) -> Answered:
    from corridors.studies.allocate import allocate_plan
    from corridors.studies.result_files import allocation_files

    found = allocate_plan(plan, progress=shown)
    return Answered(
        files=lambda _: allocation_files(found),
        table=partial(_print_allocation, found),
        # Less than a box: a budget of a dollar ships a thousandth of a TEU.
        exit_code=NOTHING_USABLE if found.teu < LEAST_TEU else 0,
    )


def _booked(plan: Plan, shown: Progress) -> Answered:
    from corridors.studies.book import book_plan
    from corridors.studies.result_files import booking_files

    found = book_plan(plan, progress=shown)
    return Answered(
        files=lambda command: booking_files(found, command=command),
        table=partial(print_booking, found),
    )


def _designed(plan: Plan, shown: Progress) -> Answered:
    from corridors.studies.design import design_plan
    from corridors.studies.result_files import design_files

    found = design_plan(plan, progress=shown)
    return Answered(
        files=lambda command: design_files(found, command=command),
        table=partial(_print_design, found),
    )


def _built(plan: Plan, shown: Progress) -> Answered:
    from corridors.studies.invest import invest_plan
    from corridors.studies.result_files import investment_files

    found = invest_plan(plan, progress=shown)
    return Answered(
        files=lambda command: investment_files(found, command=command),
        table=partial(print_investment, found),
    )


def _print_allocation(found: Allocation) -> None:
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
    print_rows(rows, columns=FLOWS, how=Format.TABLE, title=found.plan.name)
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


def print_booking(found: Booking) -> None:
    """Print what to book, what each scenario then costs, and what is to be known about it."""
    from corridors.output.booking_result import booking_texts, contract_records

    months = len(found.plan.scenarios[0].plan.months)
    rows = [
        {
            "contract": each.contract.name,
            "book": round(each.teu),
            "share_%": int(in_percent(each.share)),
            "if_likeliest": round(each.likeliest_teu),
            "carried": round(row.expected_carried_teu / months),
            "unused": round(row.expected_unused_teu / months),
        }
        for each, row in zip(found.contracts, contract_records(found), strict=True)
    ]
    title = (
        f"{found.plan.name}, TEU a month: to book, to book if the likeliest scenario were certain,"
        " and on average carried on it and booked but unused"
    )
    print_rows(rows, columns=BOOKED, how=Format.TABLE, title=title)
    outcomes = [
        {
            "scenario": each.name,
            "chance_%": float(f"{100.0 * each.probability:.3g}"),
            "million_USD": round(each.usd / USD_PER_USD_M, 2),
            "TEU": round(each.teu),
            "unused": round(sum(each.unused)),
            "left_behind": round(each.unmet),
        }
        for each in found.outcomes
    ]
    over = "in the month" if months == 1 else f"over {months} months"
    print_rows(
        outcomes,
        columns=OUTCOMES,
        how=Format.TABLE,
        title=f"Cost and TEU {over} in each scenario with these bookings",
    )
    for text in booking_texts(found):
        say(text)


def _shown(service: ServiceRow, *, whole: bool) -> tuple[FrequencyRow, ...]:
    """Return the rows of a service: all, or of one that does not run the best number alone."""
    rows = service.frequencies
    if whole or service.departures:
        return rows
    known = [row for row in rows if row.departures and row.gain_usd is not None]
    return tuple(sorted(known, key=lambda row: -(row.gain_usd or 0.0))[:1])


def _print_design(found: ServiceDesign) -> None:
    from corridors.output.design_words import declared_text, design_texts

    rows = [
        {
            "service": service.name if n == 0 else "",
            "a_week": f"{row.departures:g}{' *' if row.chosen else ''}",
            "vehicles": row.vehicles,
            "TEU_a_year": round(row.teu),
            "full_%": int(in_percent(row.fill)),
            "USD_per_TEU": None if row.usd_per_teu is None else round(row.usd_per_teu),
            "gain_USD_m": None
            if row.gain_usd is None
            else round(row.gain_usd / USD_PER_USD_M, 1) + 0.0,
        }
        for service in found.services
        for n, row in enumerate(_shown(service, whole=len(found.services) <= MOST_WHOLE))
    ]
    title = f"{found.plan.name}: departures a week; * marks those chosen"
    if len(found.services) > MOST_WHOLE:
        title += "; of others only the best number"
    print_rows(rows, columns=RUNNING, how=Format.TABLE, title=title, spare=("full_%", "vehicles"))
    for text in design_texts(found):
        say(text)
    if found.run:
        say("To ask with these services, paste this into a scenario:")
        typer.echo(declared_text(found))


def print_investment(found: Investment) -> None:
    """Print what each project is worth, and what is built with how much money."""
    from corridors.output.investment_result import (
        budget_from,
        curve_rows,
        nothing_text,
        phase_titles,
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
    print_rows(rows, columns=PROJECTS, how=Format.TABLE, title=title)
    for text in found.sentences:
        say(text)
    if found.plan.phases is not None:
        for begins, open_then in zip(phase_titles(found), found.schedule, strict=True):
            names = ", ".join(titles[project] for project in open_then)
            say(f"From {begins}: {names or 'none'}.")
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


allocate = _command(
    "allocate",
    "Assign the volumes of many pairs to routes at least cost.",
    ("allocation.json", "flows.csv", "flows.gpkg", "map.html"),
    step="Reading the networks and assigning the volumes",
    answer=_allocated,
)
book = _command(
    "book",
    "Decide how much space to book before closures are known.",
    ("book.json", "book.csv", "scenarios.csv", "book.html"),
    step="Reading the networks of the scenarios",
    answer=_booked,
)
design = _command(
    "design",
    "Choose which weekly trains and loops to run, and how often.",
    ("design.json", "design.csv", "frequencies.csv", "design.html"),
    step="Reading the networks and pricing the services",
    answer=_designed,
)
invest = _command(
    "invest",
    "Choose which projects to build within a budget.",
    ("invest.json", "invest.csv", "report.html", "map.html"),
    step="Assigning the volumes with and without each project",
    answer=_built,
)
