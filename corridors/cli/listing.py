"""`corridors list`: what a scenario can refer to."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer

from corridors.cli.completion import countries, parameters
from corridors.cli.output import Format, FormatOption, print_listing
from corridors.errors import ConfigError


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
    from corridors.output.listings import LISTINGS, parameter_rows

    table = LISTINGS[what.value]
    if inside:
        codes = codes_of(inside, what)
        rows = [row for row in table.rows_of(None) if row.country in codes]
        print_listing(table.given, rows, how)
        return
    if what is Listed.PARAMETERS:
        chosen = parameter_rows(statuses or (), prefix=prefix, weakest_first=weakest)
        print_listing(table.given, chosen, how)
        return
    if statuses or prefix or weakest:
        msg = f"--status, --prefix and --weakest apply to parameters, not to {what.value}"
        raise ConfigError(msg)
    print_listing(table, None, how)


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
