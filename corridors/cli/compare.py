"""`corridors compare`: rank the corridors of a scenario and write the result files."""

from __future__ import annotations

import gc
import shlex
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corridors.cli.alternatives import AlternativesOption, print_alternatives
from corridors.cli.ending import reserve
from corridors.cli.output import (
    DepartureOption,
    Format,
    FormatOption,
    OwnDataOption,
    ScenarioArgument,
    SetOption,
    print_result,
    print_rows,
    progress,
    why_not,
)
from corridors.units import TEU_PER_FEU

if TYPE_CHECKING:
    from corridors.domain.results import RouteOption, RouteStep
    from corridors.output.comparison import Comparison

NOTHING_USABLE = 3
# New objects after which Python by itself looks for garbage in cycles.
USUAL = 700
OUTPUTS = (
    *("comparison.json", "options.csv", "emissions.csv", "legs.gpkg", "map.html", "report.html"),
    "index.html",
)
MONTHS_FILE = "months.csv"
FRONT_COLUMNS = (*("corridor", "USD_per_TEU", "transit_days", "days", "t_CO2e_per_TEU", "overall"),)
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
MARKS = ("tied", "over limit")
# Left out on a narrow terminal, the first ones first.
SPARE = (
    *("certificate", "km", "road_km", "status", "USD_per_FEU", "price_per_FEU"),
    *("days", "low", "high", "price_is", "t_CO2e_per_TEU", "sails", "sails_in_fact"),
)
AFTER_KM = COLUMNS.index("km") + 1
DOOR_COLUMNS = (*COLUMNS[:AFTER_KM], "road_km", *COLUMNS[AFTER_KM:])


def compare(
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
    certify: Annotated[
        bool,
        typer.Option("--certify", help="Also certify routes that depend on dates (slower)."),
    ] = False,
    front: Annotated[
        bool,
        typer.Option("--front", help="Print all non-dominated routes (cost, days and CO2e)."),
    ] = False,
    alternatives: AlternativesOption = 0,
    every: Annotated[
        bool,
        typer.Option(
            "--all",
            help="Show every option, also those that others beat and that cost twice the least or"
            " go much farther; with --front every route.",
        ),
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
    how: FormatOption = Format.TABLE,
) -> None:
    """Compare the corridors of a scenario in cost, days and CO2e.

    With --out it also writes a map, a report and data files.
    """
    from corridors.config import load_scenario
    from corridors.errors import ConfigError
    from corridors.studies.months import by_month
    from corridors.studies.worlds import compare_in_both_worlds as run
    from corridors.studies.worlds import session_for

    if months and (front or alternatives):
        msg = "--months: prints a row a month; leave out --front and --alternatives"
        raise ConfigError(msg)
    set_values = [*(set_values or []), *([] if speed is None else [f"speed={speed}"])]
    asked = load_scenario(
        scenario,
        set_values=set_values,
        departure=departure.date() if departure else None,
        own_data=own_data or (),
    )
    if out is not None:
        reserve(out, (*OUTPUTS, MONTHS_FILE) if months else OUTPUTS)
        # The sliders of the report take some thirty questions, whose cycles add up.
        gc.set_threshold(USUAL)
    with progress("Reading the network") as show:
        session = session_for(asked)
        comparison = run(
            asked,
            session=session,
            certify=certify,
            alternatives=alternatives,
            # The table does not show them.
            fronts=front or out is not None or how is Format.JSON,
            what_if=out is not None,
            progress=show,
        )
        year = by_month(asked, session=session, first=comparison, progress=show) if months else ()
        if asked.draws.count or asked.limits.on_time is not None:
            from corridors.studies.drawn_comparison import with_draws

            comparison = with_draws(comparison, session=session, progress=show)
        del session
        if out is not None:
            _write(
                comparison,
                out,
                months=year,
                tiles="osm" if tiles else None,
                command=command_text(
                    scenario,
                    set_values,
                    departure,
                    certify=certify,
                    alternatives=alternatives,
                    months=months,
                    own_data=own_data or (),
                ),
            )
    if front:
        _print_front(comparison, how, every=every)
    elif alternatives:
        print_alternatives(
            comparison.alternatives,
            how,
            title=f"{asked.name}, departing {asked.departure.isoformat()}",
        )
    elif months:
        _print_months(year, how)
    else:
        _print(comparison, how, every=every)
    if out is not None and how is Format.TABLE:
        written = (*OUTPUTS, MONTHS_FILE) if months else OUTPUTS
        typer.echo(f"Wrote {', '.join(written)} to {out}")
    if not any(one.usable for one in (comparison, *year)):
        raise typer.Exit(NOTHING_USABLE)


def command_text(
    scenario: str,
    set_values: Sequence[str],
    departure: datetime | None,
    *,
    certify: bool,
    alternatives: int = 0,
    months: bool = False,
    own_data: Sequence[str] = (),
) -> str:
    """Return the command that reproduces this result, without its output folder."""
    parts = ["corridors", "compare", scenario]
    for value in set_values:
        parts += ["--set", value]
    if departure is not None:
        parts += ["--departure", departure.date().isoformat()]
    for path in own_data:
        parts += ["--own-data", Path(path).name]
    if certify:
        parts.append("--certify")
    if alternatives:
        parts += ["--alternatives", str(alternatives)]
    if months:
        parts.append("--months")
    return shlex.join(parts)


def _write(
    comparison: Comparison,
    out: Path,
    *,
    months: Sequence[Comparison],
    tiles: str | None,
    command: str,
) -> None:
    from corridors.data.parameters import load_sources
    from corridors.memory import return_freed
    from corridors.output.comparison import comparison_json, options_csv
    from corridors.output.display_names import scenario_title
    from corridors.output.emissions import emissions_csv
    from corridors.output.gpkg import write_geopackage
    from corridors.output.html.map.map_page import render_map
    from corridors.output.html.pages.start_page import write_with_start_page
    from corridors.output.html.report.single import render_report
    from corridors.output.monthly import months_csv

    # Of the networks, which are not needed any more.
    return_freed()
    sources = {key: source.title for key, source in load_sources().items()}
    write_with_start_page(
        out,
        {
            "comparison.json": comparison_json(comparison),
            "options.csv": options_csv(comparison),
            "emissions.csv": emissions_csv(comparison),
            "legs.gpkg": lambda path: write_geopackage(comparison, path),
            "map.html": render_map(comparison, tiles=tiles, sources=sources, months=months),
            "report.html": render_report(comparison, sources=sources, command=command),
            **({MONTHS_FILE: months_csv(months)} if months else {}),
        },
        title=scenario_title(comparison.scenario),
    )


def _print_months(months: Sequence[Comparison], how: Format) -> None:
    from corridors.output.monthly import BEST_COLUMNS, best_rows

    scenario = months[0].scenario
    print_rows(
        best_rows(months),
        columns=BEST_COLUMNS,
        how=how,
        title=f"{scenario.name}, departing on day {scenario.departure.day} of each month",
        spare=("its_days", "quickest"),
    )


def _print_front(comparison: Comparison, how: Format, *, every: bool) -> None:
    from corridors.optimise.fronts import folded_front

    # Files are for programs and hold every route.
    shown = comparison.front
    if how is Format.TABLE and not every:
        shown = folded_front(comparison.front)
    rows = [
        {
            "corridor": point.corridor,
            "USD_per_TEU": round(point.cost_usd_per_teu, 2),
            "transit_days": round(point.transit_days, 2),
            "days": round(point.days, 2),
            "t_CO2e_per_TEU": round(point.co2e_kg_per_teu / 1000.0, 4),
            "overall": point.overall,
        }
        for point in shown
    ]
    scenario = comparison.scenario
    print_rows(
        rows,
        columns=FRONT_COLUMNS,
        how=how,
        title=f"{scenario.name}, departing {scenario.departure.isoformat()}: non-dominated"
        " routes of each corridor (cost, days, CO2e); overall: non-dominated in all corridors",
    )
    if hidden := len(comparison.front) - len(shown):
        routes = "1 route" if hidden == 1 else f"{hidden} routes"
        typer.echo(
            f"{routes} within 1 % in cost and CO2e and half a day of another of the corridor"
            f" {'is' if hidden == 1 else 'are'} folded into it; --all shows every one"
        )


def _print(comparison: Comparison, how: Format, *, every: bool) -> None:
    from corridors.output.comparison import comparison_json, options_csv

    print_result(
        how,
        json=lambda: comparison_json(comparison),
        csv=lambda: options_csv(comparison),
        table=lambda: _print_table(comparison, every=every),
    )


def _print_table(comparison: Comparison, *, every: bool) -> None:
    from corridors.domain.objective import Objective
    from corridors.domain.scenario import PriceBasis, Scope
    from corridors.output.verdict import certificates_text, folded_text, hopeless_text, over_limits

    scenario = comparison.scenario
    # The line of its reason names an option without a route on any day.
    hidden = () if every else comparison.left_out
    shown = [option for option in comparison.routes if option not in hidden]
    rows = [marked_row(comparison, option) for option in shown]
    marked = any(row["status"] in MARKS for row in rows)
    print_rows(
        rows,
        columns=columns_of(comparison),
        how=Format.TABLE,
        title=f"{scenario.name}, departing {scenario.departure.isoformat()}"
        + ", door to door" * (scenario.scope is Scope.DOOR)
        + ", ranked by price" * (scenario.price_basis is PriceBasis.PRICE)
        + f": each corridor's {scenario.objective.best_route}"
        * (scenario.objective is not Objective.COST),
        spare=_spare(comparison, marked=marked),
    )
    hopeless = () if every else comparison.hopeless
    left_out = (
        (() if every else comparison.folded, folded_text(comparison)),
        (hopeless, hopeless_text(comparison)),
    )
    for options, text in left_out:
        if options:
            typer.echo(f"{text}; --all shows {'it' if len(options) == 1 else 'them'}")
    for text in over_limits(comparison):
        typer.echo(text)
    reasons: dict[str, list[str]] = {}
    for option in comparison.routes:
        if not option.usable and option not in hopeless:
            reasons.setdefault(why_not(option), []).append(option.corridor)
    for reason, corridors in reasons.items():
        typer.echo(f"{', '.join(corridors)}: {reason}")
    doubts: dict[str, list[str]] = {}
    for option in shown:
        for warning in option.warnings:
            doubts.setdefault(warning, []).append(option.corridor)
    for warning, corridors in doubts.items():
        typer.echo(f"! {', '.join(corridors)}: {warning}")
    for warning in comparison.warnings:
        typer.echo(f"! {warning}")
    for text in (certificates_text(comparison), *verdict_lines(comparison)):
        typer.echo(text)


def _spare(comparison: Comparison, *, marked: bool) -> list[str]:
    """Return the columns to leave out, never that of the rank nor a status that marks an option."""
    ranked_by = RANKED_BY.get(comparison.scenario.objective)
    spare = [*SPARE, "transit_days"] if ranked_by else list(SPARE)
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
    if scenario.draws.count:
        columns.insert(columns.index("high") + 1, "best_in")
    return columns


def marked_row(comparison: Comparison, option: RouteOption) -> dict[str, object]:
    """Return the row of an option with its status in the comparison: tied, over a limit."""
    from corridors.output.verdict import mark_of

    return {**option_row(option), "status": mark_of(comparison, option)}


def option_row(option: RouteOption) -> dict[str, object]:
    """Return an option as a row of the table; figures of an unusable one are None."""
    from corridors.domain.scenario import PriceBasis
    from corridors.output.display_names import main_carriage, way_in_title
    from corridors.output.line_notes import sailings_text

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
        "low": None if not usable else round(_ends_of(option)[0]),
        "high": None if not usable else round(_ends_of(option)[1]),
        "best_in": None if option.chances is None else f"{option.chances.best:.0%}",
        "transit_days": _rounded(option.transit_days, 1),
        "days": _rounded(option.days, 1),
        "km": None if not usable else round(option.km() or 0.0),
        "road_km": None if not usable else round(option.km("road") or 0.0),
        "t_CO2e_per_TEU": None if co2e is None else round(co2e / 1000.0, 2),
        SAILS: sailings_text(option),
        SAILS_IN_FACT: sailings_text(option),
        "certificate": option.certificate.status,
    }


def _ends_of(option: RouteOption) -> tuple[float, float]:
    """Return the 10 and 90 % quantiles of draws, or without any the sums of lows and of highs."""
    from corridors.domain.scenario import PriceBasis

    if option.chances is not None and option.chances.booked is not None:
        fans = option.chances.booked
        fan = fans.price if option.price_basis is PriceBasis.PRICE else fans.cost
        return fan.p10, fan.p90
    lines = option.cost_lines
    return sum(line.low for line in lines), sum(line.high for line in lines)


def place_names(option: RouteOption) -> dict[str, str]:
    """Return the names of the places on a route by their ids."""
    ends = ((place, name) for step in option.steps for place, name in _ends(step))
    return {place.partition("#")[0]: name for place, name in ends}


def _ends(step: RouteStep) -> tuple[tuple[str, str], ...]:
    return (step.from_id, step.from_name), (step.to_id, step.to_name)


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def verdict_lines(comparison: Comparison) -> list[str]:
    """Return the decision, what is tied, the value ladder and the other world, each on a line."""
    from corridors.output.display_names import other_world_text
    from corridors.output.verdict import close_call, ladder_text, other_basis

    other = comparison.other_world
    texts = (
        *(decision_text(comparison), close_call(comparison), ladder_text(comparison)),
        other_basis(comparison),
        "" if other is None else other_world_text(other),
    )
    return [text for text in texts if text]


def decision_text(comparison: Comparison) -> str:
    """Return the decision as a sentence."""
    from corridors.domain.objective import Objective
    from corridors.domain.results import DecisionStatus
    from corridors.domain.scenario import PriceBasis
    from corridors.output.display_names import by_way, way_in_title
    from corridors.output.verdict import other_route

    decision = comparison.decision
    if decision.status is not DecisionStatus.OPTIMAL or decision.value is None:
        return f"No recommendation: {decision.advice}"
    aim = decision.objective.aim
    unit, digits = aim.unit.replace(" per ", "/"), aim.digits
    ways = {option.corridor: way_in_title(option) for option in comparison.usable}
    shares = ", ".join(
        f"{name}{ways.get(name, '')}{f' {share:.0%}' if share < 1.0 else ''}"
        for name, share in decision.shares.items()
    )
    value = decision.value
    best, taken = comparison.recommended, other_route(comparison)
    is_row = best is not None and taken is None and len(decision.shares) == 1
    if best is not None and is_row and decision.objective is Objective.COST:
        value = best.printed_usd_per_teu or value
    by_price = aim.usd and comparison.scenario.price_basis is PriceBasis.PRICE
    by = "price" if by_price else decision.objective.value
    text = f"Recommended by {by}: {shares} ({value:,.{digits}f} {unit})"
    if taken is not None:
        how = by_way("", taken.way).strip()
        text += (
            f", by another route than the row shows{f' ({how})' if how else ''}:"
            f" {taken.cost_usd_per_teu:,.0f} USD/TEU, {taken.days:.1f} days"
        )
    if decision.binding:
        worth = decision.marginal_values
        held = []
        for name in decision.binding:
            # The cost of avoiding places, not the value of one more unit.
            if name == "avoid":
                held.append(f"avoid (adds {worth[name]:,.4g} {unit})")
                continue
            doubt = "; not unique" if name.startswith("max_share") else ""
            price = f" (shadow price {worth.get(name, 0.0):,.4g} {unit} per unit{doubt})"
            held.append(name + price if name in worth else name)
        text += f"; binding: {', '.join(held)}"
    return text
