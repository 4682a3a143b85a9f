"""`corridors list`: what a scenario can refer to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Annotated

import typer

from corridors.cli.completing import countries, parameters
from corridors.cli.output import Format, FormatOption, print_rows
from corridors.cli.tables import Spare
from corridors.errors import ConfigError
from corridors.output.listings import (
    Rows,
    cargo_rows,
    corridor_rows,
    gate_rows,
    lane_rows,
    line_rows,
    parameter_rows,
    project_rows,
    service_rows,
    source_rows,
    terminal_rows,
    world_rows,
)


class Status(StrEnum):
    """How a figure is known; `domain` has the same words but is imported only when needed."""

    FOUND = "found"
    COMPUTED = "computed"
    COPIED = "copied"
    RECALLED = "recalled"
    ASSUMPTION = "assumption"


class Listed(StrEnum):
    """What can be listed."""

    CORRIDORS = "corridors"
    TERMINALS = "terminals"
    GATES = "gates"
    SERVICES = "services"
    PARAMETERS = "parameters"
    SOURCES = "sources"
    PROJECTS = "projects"
    CARGO = "cargo"
    WORLDS = "worlds"
    LANES = "lanes"
    LINES = "lines"


def listing(
    what: Annotated[Listed, typer.Argument(help="What to list.", show_default=False)],
    inside: Annotated[
        list[str] | None,
        typer.Option(
            "--in",
            metavar="COUNTRY",
            help="Terminals and gates: only this country, by name or code. Repeatable.",
            autocompletion=countries,
        ),
    ] = None,
    statuses: Annotated[
        list[Status] | None,
        typer.Option("--status", help="Parameters: only this status. Repeatable."),
    ] = None,
    prefix: Annotated[
        str,
        typer.Option(
            "--prefix",
            help="Parameters: only names that begin so, e.g. fuel.",
            autocompletion=parameters,
        ),
    ] = "",
    weakest: Annotated[
        bool, typer.Option("--weakest", help="Parameters: least certain first.")
    ] = False,
    how: FormatOption = Format.TABLE,
) -> None:
    """List corridors, terminals, gates, cargo and parameters."""
    columns, rows = LISTINGS[what]
    if inside:
        kept = [row for row in rows() if row.get("country") in codes_of(inside, what)]
        print_rows(kept, columns=columns, how=how, spare=SPARE.get(what, ()))
        return
    if what is Listed.PARAMETERS:
        kept = parameter_rows(statuses or (), prefix=prefix, weakest_first=weakest)
        print_rows(kept, columns=columns, how=how, spare=SPARE.get(what, ()))
        return
    if statuses or prefix or weakest:
        msg = f"--status, --prefix and --weakest apply to parameters, not to {what.value}"
        raise ConfigError(msg)
    print_rows(rows(), columns=columns, how=how, spare=SPARE.get(what, ()))


def codes_of(named: Sequence[str], what: Listed) -> set[str]:
    """Return the codes of countries.

    Raises
    ------
    ConfigError
        A name is no country, or what is listed lies in none.
    """
    from corridors.data.cities import country_code, country_names
    from corridors.network.locate import suggestion

    if what not in (Listed.TERMINALS, Listed.GATES):
        msg = f"--in applies to terminals and gates, not to {what.value}"
        raise ConfigError(msg)
    unknown = [name for name in named if not country_code(name)]
    if unknown:
        known = list(country_names().values())
        raise ConfigError(
            [f"--in: unknown country '{name}'{suggestion(name, known)}" for name in unknown]
        )
    return {country_code(name) for name in named}


LISTINGS: dict[Listed, tuple[tuple[str, ...], Callable[[], Rows]]] = {
    Listed.CORRIDORS: (("id", "title", "services", "must_pass", "must_avoid"), corridor_rows),
    Listed.TERMINALS: (
        ("id", "name", "kind", "country", "unlocode", "lon", "lat", "gauges_mm", "services"),
        terminal_rows,
    ),
    Listed.GATES: (
        (
            *("id", "name", "kind", "country", "max_draft_m", "max_beam_m", "max_length_m"),
            *("by_default", "source", "note"),
        ),
        gate_rows,
    ),
    Listed.SERVICES: (
        ("id", "title", "systems", "ice_class", "draft_m", "beam_m", "loa_m", "default"),
        service_rows,
    ),
    Listed.PARAMETERS: (
        (
            *("parameter", "scope", "value", "low", "high", "unit"),
            *("currency_year", "source_id", "status", "least", "most"),
        ),
        parameter_rows,
    ),
    Listed.PROJECTS: (
        ("id", "title", "opens", "opens_status", "cost_usd_m", "low", "high", "cost_status"),
        project_rows,
    ),
    Listed.CARGO: (
        (
            "id",
            "title",
            "cargo_classes",
            "cargo_t_per_teu",
            "value_usd_per_teu",
            "equipment",
            "shelf_life_days",
        ),
        cargo_rows,
    ),
    Listed.WORLDS: (("id", "title", "note"), world_rows),
    Listed.LANES: (
        (
            *("id", "headhaul", "laden_m_teu", "laden_back_m_teu", "empty_share"),
            *("backhaul_cost_share", "year", "source_id", "status"),
        ),
        lane_rows,
    ),
    Listed.LINES: (
        (
            *("loop", "operator", "kind", "mode", "ways", "from", "to", "frequency", "per"),
            *("first_day", "last_day", "last_seen", "source_id", "status"),
        ),
        line_rows,
    ),
    Listed.SOURCES: (("source_id", "title", "author", "year", "url", "kind"), source_rows),
}
# What a narrow terminal does without, the least important first.
SPARE: dict[Listed, tuple[Spare, ...]] = {
    Listed.CORRIDORS: ("must_avoid", "must_pass", "services"),
    Listed.TERMINALS: ("gauges_mm", ("lon", "lat"), "services", "unlocode"),
    Listed.GATES: ("note", "source", "by_default", "max_length_m", "max_beam_m", "country"),
    Listed.PARAMETERS: ("currency_year", ("least", "most"), "source_id", "status", ("low", "high")),
    Listed.LINES: (
        *("status", "source_id", "last_seen", ("first_day", "last_day"), "kind", "ways", "mode"),
        "operator",
    ),
    Listed.SOURCES: ("kind", "author", "url", "year"),
}
