"""`corridors route`: the cheapest route between two places."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corridors.cli import completing
from corridors.cli.alternatives import AlternativesOption, print_alternatives
from corridors.cli.compare import NOTHING_USABLE, option_row
from corridors.cli.output import Format, FormatOption, OwnDataOption, print_rows, progress
from corridors.cli.tables import say
from corridors.units import TEU_PER_FEU

if TYPE_CHECKING:
    from corridors.domain.results import RouteOption, RouteStep

LEG_COLUMNS = ("from", "to", "service", "km", "hours", "departs", "USD_per_TEU")
# Lines printed in words; the report and comparison.json of a comparison have them all.
_MOST_LINES = 5


def route(
    origin: Annotated[
        str,
        typer.Argument(
            help="A name, UN/LOCODE, terminal id or lon,lat.", autocompletion=completing.places
        ),
    ],
    destination: Annotated[
        str,
        typer.Argument(help="A place, in the same form.", autocompletion=completing.places),
    ],
    corridor: Annotated[
        str | None,
        typer.Option(
            "--corridor",
            help="Keep the route inside this corridor.",
            autocompletion=completing.corridors,
        ),
    ] = None,
    via: Annotated[
        list[str] | None,
        typer.Option(
            "--via",
            help="Pass this gate, border (BY-PL), terminal or city. Repeatable, in order.",
            autocompletion=completing.via,
        ),
    ] = None,
    services: Annotated[
        list[str] | None,
        typer.Option(
            "--service",
            help="Allow only this service, or rail, sea, road. Repeatable.",
            autocompletion=completing.services,
        ),
    ] = None,
    departure: Annotated[
        datetime | None,
        typer.Option(
            "--departure", formats=["%Y-%m-%d"], help="Departure date; default: as shanghai-europe."
        ),
    ] = None,
    world: Annotated[
        str,
        typer.Option(
            "--world",
            help="What is taken as open; see `corridors list worlds`.",
            autocompletion=completing.worlds,
        ),
    ] = "current",
    own_data: OwnDataOption = None,
    on_conflict: Annotated[
        str, typer.Option("--on-conflict", help="If own data disagree: error or last.")
    ] = "error",
    alternatives: AlternativesOption = 0,
    certify: Annotated[
        bool,
        typer.Option("--certify", help="Also certify a route that depends on dates (slower)."),
    ] = False,
    how: FormatOption = Format.TABLE,
) -> None:
    """Find the cheapest route between two places."""
    from corridors.studies.route import (
        alternatives_between,
        off_lanes,
        route_in_other_world,
        routes_between,
    )
    from corridors.studies.session import Session

    asked: dict[str, Any] = {
        "corridor": corridor,
        "via": tuple(via or ()),
        "services": tuple(services or ()),
        "world": world,
        "departure": departure.date() if departure else None,
        "own_data": tuple(own_data or ()),
        "on_conflict": on_conflict,
    }
    if alternatives:
        with progress("Searching"):
            found, day = alternatives_between(origin, destination, alternatives, **asked)
        print_alternatives(found, how, title=f"{origin} to {destination}, departing {day}")
        usable = bool(found)
    else:
        session = Session()
        with progress("Searching"):
            option, quickest, day = routes_between(
                origin, destination, certify=certify, session=session, **asked
            )
            other = route_in_other_world(origin, destination, option, day, session=session, **asked)
            off = off_lanes(option)
        _print(option, day, how, off=off, world=world, quickest=quickest, other=other)
        usable = option.usable
    if not usable:
        raise typer.Exit(NOTHING_USABLE)


def _print(
    option: RouteOption,
    day: date,
    how: Format,
    *,
    off: dict[str, float],
    world: str,
    quickest: RouteOption | None,
    other: tuple[str, RouteOption] | None,
) -> None:
    if how is Format.JSON:
        from corridors.output.records import as_text
        from corridors.studies.route import route_record

        typer.echo(as_text(route_record(option, off, world, quickest, other)), nl=False)
        return
    rows = [
        {
            "from": step.from_name if how is Format.TABLE else step.from_id,
            "to": step.to_name if how is Format.TABLE else step.to_id,
            # An operation at one place has no km: the table says what it is.
            "service": step.service if how is not Format.TABLE else _carried(step),
            "km": round(step.km, 1),
            "hours": round(step.hours, 1) + 0.0,
            "departs": step.departs.strftime("%Y-%m-%d %H:%M"),
            "USD_per_TEU": round(step.usd_per_teu, 2),
        }
        for step in option.steps
    ]
    from corridors.output.display_names import name_by, place_names, why_not, world_title

    title = f"{name_by(option)}, departing {day}; {world_title(world, day)}"
    print_rows(rows, columns=LEG_COLUMNS, how=how, title=title, spare=("departs",))
    if how is not Format.TABLE:
        return
    if not option.usable:
        say(why_not(option))
        _print_other(other, day)
        return
    from corridors.data.names import name_of
    from corridors.domain.scenario import PriceBasis
    from corridors.output.line_notes import sails_text

    names = place_names(option)
    for end, km in off.items():
        if round(km):
            say(f"{names.get(end, end)} is {km:g} km from its sea lane.")
    row = option_row(option)
    usd = option.printed_usd_per_teu or 0.0
    at_price = option.price_basis is PriceBasis.PRICE
    say(
        f"USD {usd:,.0f} per TEU{' by price' * at_price} ({row['low']:,} to {row['high']:,}),"
        f" {usd * TEU_PER_FEU:,.0f} per 40-foot box"
        + f", at a cost of {row['USD_per_TEU']:,} per TEU"
        * at_price
        + f"; {row['days']} days from gate-in to gate-out,"
        f" {row['transit_days']} of them in transit; {row['km']:,} km;"
        f" {row['t_CO2e_per_TEU']} t CO2e per TEU."
    )
    for name, values in (
        ("Passes", option.passages),
        ("Borders", option.borders),
        ("Changes gauge at", option.gauge_changes),
    ):
        if values:
            say(f"{name}: {', '.join(names.get(value, name_of(value)) for value in values)}.")
    from corridors.output.line_notes import line_text
    from corridors.output.verdict import certificate_text

    lines = "; ".join(map(line_text, option.lines[:_MOST_LINES]))
    more = len(option.lines) - _MOST_LINES
    lines += f"; and {more} more" if more > 0 else ""
    say(f"Sails: {sails_text(option)}{f' ({lines})' if lines else ''}.")
    say(certificate_text(option))
    for warning in option.warnings:
        say(f"! {warning}")
    if quickest:
        say(_quickest_text(option, quickest))
    _print_other(other, day)


def _carried(step: RouteStep) -> str:
    """Return what carries the box on a leg, or what is done to it at a place."""
    from corridors.data.names import name_of

    return name_of(step.service) if step.km else step.label


def _quickest_text(option: RouteOption, quickest: RouteOption) -> str:
    """Return what the quickest route saves, and from which value of a day it is better."""
    from corridors.data.names import name_of
    from corridors.output.line_notes import doubt_of

    families = dict.fromkeys(leg.service.partition("/")[0] for leg in quickest.legs)
    carried = [family for family in families if family != "road"] or ["road"]
    passed = "; ".join(
        ", ".join(names)
        for names in (
            [name_of(border) for border in quickest.borders],
            [name_of(gate) for gate in quickest.passages],
        )
        if names
    )
    row = option_row(quickest)
    more = (quickest.printed_usd_per_teu or 0.0) - (option.printed_usd_per_teu or 0.0)
    saved = (option.days or 0.0) - (quickest.days or 0.0)
    return (
        f"The quickest takes {row['days']} days for USD {quickest.printed_usd_per_teu or 0.0:,.0f}"
        f" per TEU, by"
        f" {' and '.join(carried)}{f' ({passed})' if passed else ''}: better than this one if a"
        f" day is worth more than USD {more / saved:,.0f} per TEU{doubt_of(quickest)}."
    )


def _print_other(other: tuple[str, RouteOption] | None, day: date) -> None:
    if other is None:
        return
    from corridors.data.names import name_of
    from corridors.output.display_names import why_not, world_title

    world, option = other
    if not option.usable:
        say(f"Where {world_title(world, day)}: {why_not(option)}.")
        return
    row = option_row(option)
    passed = ", ".join(name_of(gate) for gate in option.passages) or "no canal or strait"
    say(
        f"Where {world_title(world, day)}: USD {option.printed_usd_per_teu or 0.0:,.0f} per TEU"
        f" by {option.price_basis.value},"
        f" {row['transit_days']} days in transit, by {passed}."
    )
