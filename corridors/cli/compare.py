"""`corridors compare`: rank the corridors of a scenario and write the result files."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corridors.cli.output import (
    ContractsOption,
    DepartureOption,
    Format,
    FormatOption,
    OwnDataOption,
    ScenarioArgument,
    SetOption,
    print_listing,
    print_result,
    print_rows,
    progress,
)
from corridors.cli.publishing import asked_for, command_line
from corridors.cli.study_commands import Printer
from corridors.cli.tables import Spare, say
from corridors.errors import ConfigError
from corridors.units import TEU_PER_FEU, in_percent

if TYPE_CHECKING:
    from corridors.domain.results import RouteOption
    from corridors.output.comparison import Comparison

NOTHING_USABLE = 3
MOST_ALTERNATIVES = 20
# New objects after which Python by itself looks for garbage in cycles.
USUAL = 700
OUTPUTS = (
    *("comparison.json", "options.csv", "emissions.csv", "legs.gpkg", "map.html", "report.html"),
    "index.html",
)
MONTHS_FILE = "months.csv"
COLUMNS = (
    *("corridor", "main_carriage", "status", "USD_per_TEU", "USD_per_FEU", "low", "high"),
    *("price_per_TEU", "price_per_FEU", "price_is"),
    *("transit_days", "days", "km", "t_CO2e_per_TEU", "sails", "certificate"),
)

GENERALISED_COLUMN = "USD_with_time"
# Who sails as things are, in a world in which other ways are open.
SAILS, SAILS_IN_FACT = "sails", "sails_in_fact"
# What the rows are ranked by, where that is not the cost.
RANKED_BY = {"days": "days", "co2e": "t_CO2e_per_TEU", "generalised": GENERALISED_COLUMN}
# What a narrow terminal does without, the least important first. A desk reads what it costs, what
# is quoted, how long it takes, who sails, and then what it emits.
SPARE: tuple[Spare, ...] = (
    *("certificate", "road_km", "km", "USD_per_FEU", "price_per_FEU", "price_is"),
    *("main_carriage", "status", "best_in", ("low", "high"), "transit_days"),
    *("t_CO2e_per_TEU", "sails", "sails_in_fact", "days"),
)
# Columns that a narrow terminal breaks into words.
SLIM = frozenset({"status", SAILS, SAILS_IN_FACT})
AFTER_KM = COLUMNS.index("km") + 1
DOOR_COLUMNS = (*COLUMNS[:AFTER_KM], "road_km", *COLUMNS[AFTER_KM:])


def compare(
    context: typer.Context,
    scenario: ScenarioArgument,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the result files and the map.")
    ] = None,
    set_values: SetOption = None,
    departure: DepartureOption = None,
    speed: Annotated[
        str | None,
        typer.Option("--speed", help="Ship speed in open water: reference, best, or knots."),
    ] = None,
    own_data: OwnDataOption = None,
    contracts: ContractsOption = None,
    certify: Annotated[
        bool,
        typer.Option("--certify", help="Also certify routes that depend on dates (slower)."),
    ] = False,
    front: Annotated[
        bool,
        typer.Option("--front", help="Print all non-dominated routes (cost, days and CO2e)."),
    ] = False,
    alternatives: Annotated[
        int,
        typer.Option(
            "--alternatives",
            min=0,
            max=MOST_ALTERNATIVES,
            help="Print this many routes that differ in gates, borders or modes.",
        ),
    ] = 0,
    every: Annotated[
        bool,
        typer.Option(
            "--all",
            help="Show every option with every column, also those that others beat; with --front"
            " every route.",
        ),
    ] = False,
    notes: Annotated[
        bool, typer.Option("--notes", help="Print what each note says, with date and source.")
    ] = False,
    months: Annotated[
        bool,
        typer.Option(
            "--months",
            help="Compare departures of the same day in 12 months, and let the map show each.",
        ),
    ] = False,
    tiles: Annotated[
        bool, typer.Option("--tiles", help="Let the map load OpenStreetMap tiles when online.")
    ] = False,
    table: Annotated[
        Path | None,
        typer.Option(
            "--table",
            help="Answer each row of a CSV or Excel file: origin, destination, departure, boxes,"
            " paid_usd and any key of a scenario are columns.",
        ),
    ] = None,
    how: FormatOption = Format.TABLE,
) -> None:
    """Compare the corridors of a scenario in cost, days and CO2e.

    With --out it also writes a map, a report and data files.
    """
    from corridors.output.answer import answer_of
    from corridors.studies.months import by_month
    from corridors.studies.session import Session
    from corridors.studies.worlds import compare_in_both_worlds as run
    from corridors.uncertainty.booked import Ranges

    if months and (front or alternatives):
        msg = "--months: prints a row a month; leave out --front and --alternatives"
        raise ConfigError(msg)
    set_values = [*(set_values or []), *([] if speed is None else [f"speed={speed}"])]
    outputs = (*OUTPUTS, MONTHS_FILE) if months else OUTPUTS
    if table is not None:
        from corridors.cli.shipments import compare_shipments

        flags = {"--certify": certify, "--front": front, "--alternatives": alternatives}
        flags |= {"--all": every, "--notes": notes, "--months": months, "--tiles": tiles}
        base = asked_for(scenario, set_values, departure, own_data=own_data, contracts=contracts)
        others = [flag for flag, is_given in flags.items() if is_given]
        compare_shipments(table, base, how=how, out=out, others=others)
        return
    asked = asked_for(
        scenario,
        set_values,
        departure,
        own_data=own_data,
        contracts=contracts,
        out=out,
        outputs=outputs,
    )
    if out is not None:
        # The sliders of the report take some thirty questions, whose cycles add up.
        gc.set_threshold(USUAL)
    with progress("Reading the network") as show:
        session = Session(keeps_searches=False)
        comparison = run(
            asked,
            session=session,
            certify=certify,
            alternatives=alternatives,
            # The table does not show them.
            fronts=front or out is not None or how is Format.JSON,
            what_if=out is not None,
            # The table has those of money alone.
            ranges=Ranges.MONEY if out is None and how is Format.TABLE else Ranges.ALL,
            progress=show,
        )
        year = by_month(asked, session=session, first=comparison, progress=show) if months else ()
        if year:
            comparison = replace(year[0], answer=answer_of(year[0], later=year[1]))
            year = (comparison, *year[1:])
        del session
        if out is not None:
            _write(
                comparison,
                out,
                months=year,
                tiles="osm" if tiles else None,
                command=command_line(context),
            )
    if front:
        _print_front(comparison, how, every=every)
    elif alternatives:
        _print_alternatives(comparison, how)
    elif months:
        _print_months(year, how)
    else:
        _print(comparison, how, every=every, notes=notes, command=command_line(context))
    if out is not None and how is Format.TABLE:
        say(f"Wrote {', '.join(outputs)} to {out}")
    if not any(one.usable for one in (comparison, *year)):
        raise typer.Exit(NOTHING_USABLE)


def _write(
    comparison: Comparison,
    out: Path,
    *,
    months: Sequence[Comparison],
    tiles: str | None,
    command: str,
) -> None:
    from corridors.cli.publishing import write_study
    from corridors.output.display_names import scenario_title
    from corridors.output.html.gallery.thumbnail import thumbnail_svg
    from corridors.output.html.map.basemap import shipped_land
    from corridors.processes import return_freed
    from corridors.studies.result_files import comparison_files

    # Of the networks, which are not needed any more.
    return_freed()
    files = comparison_files(comparison, command=command, months=months, tiles=tiles)
    title, answer = scenario_title(comparison.scenario), comparison.answer.said
    picture = thumbnail_svg(comparison, shipped_land())
    write_study(out, files, title=title, answer=answer, picture=picture)


def _print_alternatives(comparison: Comparison, how: Format) -> None:
    from corridors.studies.route.result import ALTERNATIVES, alternative_rows, show_alternatives

    scenario, found = comparison.scenario, comparison.alternatives
    title = f"{scenario.name}, departing {scenario.departure.isoformat()}"
    print_result(
        how,
        json=lambda: alternative_rows(found),
        csv=lambda: ALTERNATIVES.csv(found),
        table=lambda: show_alternatives(Printer(), found, title),
    )


def _print_months(months: Sequence[Comparison], how: Format) -> None:
    from corridors.output.monthly import BEST, best_rows

    scenario = months[0].scenario
    title = f"{scenario.name}, departing on day {scenario.departure.day} of each month"
    print_listing(BEST, best_rows(months), how, title=title)


def _print_front(comparison: Comparison, how: Format, *, every: bool) -> None:
    from corridors.optimise.candidates import folded_front
    from corridors.output.comparison import PRINTED_FRONT

    # Files are for programs and hold every route.
    shown = comparison.front
    if how is Format.TABLE and not every:
        shown = folded_front(comparison.front)
    scenario = comparison.scenario
    title = (
        f"{scenario.name}, departing {scenario.departure.isoformat()}: the routes of each"
        " corridor that no other of its routes beats in cost, days and CO2e (overall: none of any"
        " corridor does)"
    )
    print_listing(PRINTED_FRONT, shown, how, title=title)
    if hidden := len(comparison.front) - len(shown):
        routes = "1 more route is" if hidden == 1 else f"{hidden} more routes are"
        say(
            f"{routes} not shown, being within 1 % in cost and CO2e and half a day of one above."
            " --all shows every route."
        )


def _print(comparison: Comparison, how: Format, *, every: bool, notes: bool, command: str) -> None:
    from corridors.output.comparison import comparison_json, options_csv

    print_result(
        how,
        json=lambda: comparison_json(comparison),
        csv=lambda: options_csv(comparison),
        table=lambda: _print_shown(comparison, every=every, notes=notes, command=command),
    )


def _print_shown(comparison: Comparison, *, every: bool, notes: bool, command: str) -> None:
    """Print the answer, or every option with every column and every sentence."""
    from corridors.cli.tables import print_answer

    if every or not comparison.answer.finding:
        _print_table(comparison)
    else:
        print_answer(comparison.answer, command=command, notes=notes)


def _print_table(comparison: Comparison) -> None:
    from corridors.domain.objective import Objective
    from corridors.domain.scenario import PriceBasis, Scope
    from corridors.output.display_names import name_by, named_list, why_not
    from corridors.output.verdict import certificates_text, over_limits

    scenario = comparison.scenario
    shown = comparison.routes
    rows = [marked_row(comparison, option) for option in shown]
    marked = any(row["status"] != "usable" for row in rows)
    quoted = any(row["price_per_TEU"] != row["USD_per_TEU"] for row in rows)
    print_rows(
        rows,
        columns=columns_of(comparison),
        how=Format.TABLE,
        title=f"{scenario.name}, departing {scenario.departure.isoformat()}"
        + ", door to door" * (scenario.scope is Scope.DOOR)
        + ", ranked by price" * (scenario.price_basis is PriceBasis.PRICE)
        + f": each corridor's {scenario.objective.best_route}"
        * (scenario.objective is not Objective.COST),
        spare=_spare(comparison, marked=marked, quoted=quoted),
        slim=SLIM,
    )
    for text in over_limits(comparison):
        say(text)
    reasons: dict[str, list[str]] = {}
    for option in comparison.routes:
        if not option.usable:
            reasons.setdefault(why_not(option), []).append(name_by(option))
    for reason, corridors in reasons.items():
        say(f"{named_list(corridors)}, {reason}")
    doubts: dict[str, list[str]] = {}
    for option in shown:
        for warning in option.warnings:
            doubts.setdefault(warning, []).append(name_by(option))
    for warning, corridors in doubts.items():
        say(f"! {named_list(corridors)}: {warning}")
    for warning in comparison.warnings:
        say(f"! {warning}")
    for text in (certificates_text(comparison), *comparison.answer.said):
        say(text)


def _spare(comparison: Comparison, *, marked: bool, quoted: bool) -> list[Spare]:
    """Return the columns to leave out, never that of the rank nor a status that marks an option.

    Where nothing is quoted, the price is the cost in every row and the first to go.
    """
    ranked_by = RANKED_BY.get(comparison.scenario.objective)
    spare = [*SPARE, "transit_days"] if ranked_by else list(SPARE)
    spare = spare if quoted else ["price_per_TEU", *spare]
    kept = {ranked_by, "status" if marked else None}
    return [column for column in spare if column not in kept]


def columns_of(comparison: Comparison) -> list[str]:
    """Return the columns of the table: road km from door to door, value of time if it counts."""
    from corridors.domain.objective import Objective
    from corridors.domain.scenario import Scope

    scenario = comparison.scenario
    columns = list(COLUMNS if scenario.scope is not Scope.DOOR else DOOR_COLUMNS)
    if scenario.objective is Objective.GENERALISED:
        columns.insert(columns.index("USD_per_TEU"), GENERALISED_COLUMN)
    if not comparison.lines_hold:
        columns[columns.index(SAILS)] = SAILS_IN_FACT
    if any(route.chances for route in comparison.routes):
        columns.insert(columns.index("high") + 1, "best_in")
    return columns


def marked_row(comparison: Comparison, option: RouteOption) -> dict[str, object]:
    """Return the row of an option with its status in the comparison: tied, over a limit."""
    from corridors.output.verdict import mark_of

    return {**option_row(option), "status": mark_of(comparison, option)}


def option_row(option: RouteOption) -> dict[str, object]:
    """Return an option as a row of the table; figures of an unusable one are None."""
    from corridors.domain.scenario import PriceBasis
    from corridors.output.display_names import main_carriage, sailings_text, way_in_title

    co2e = option.co2e_wtw_kg_per_teu
    usable = option.usable
    cost, price = option.printed_usd_per_teu, option.price_usd_per_teu
    if option.price_basis is PriceBasis.PRICE:
        cost, price = option.cost_usd_per_teu, cost
    return {
        "corridor": option.corridor,
        "main_carriage": main_carriage(option) + way_in_title(option),
        "status": option.status.value,
        "USD_per_TEU": None if cost is None else round(cost),
        "USD_per_FEU": None if cost is None else round(cost * TEU_PER_FEU),
        GENERALISED_COLUMN: None
        if option.generalised_usd_per_teu is None
        else round(option.generalised_usd_per_teu),
        "price_per_TEU": None if price is None else round(price),
        "price_per_FEU": None if price is None else round(price * TEU_PER_FEU),
        "price_is": None if option.price_status is None else option.price_status.value,
        "low": None if not usable else round(option.low_and_high[0]),
        "high": None if not usable else round(option.low_and_high[1]),
        "best_in": None if option.chances is None else f"{in_percent(option.chances.best)}%",
        "transit_days": _rounded(option.transit_days, 1),
        "days": _rounded(option.days, 1),
        "km": None if not usable else round(option.km() or 0.0),
        "road_km": None if not usable else round(option.km("road") or 0.0),
        "t_CO2e_per_TEU": None if co2e is None else round(co2e / 1000.0, 2),
        SAILS: sailings_text(option),
        SAILS_IN_FACT: sailings_text(option),
        "certificate": option.certificate.status,
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
