"""What the commands that write a study share: its scenario, its files, and the command line."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from corridors.cli.arguments import reserve
from corridors.cli.output import Format, print_result
from corridors.cli.tables import say
from corridors.data.paths import one_look

if TYPE_CHECKING:
    from corridors.domain.scenario import Scenario
    from corridors.studies.result_base import Files, Make


INDEX = "index.html"
PRINT_ONLY = frozenset({"--out", "--format", "--all", "--front", "--legs"})
"""Options that change nothing in the files of a study."""


def asked_for(
    scenario: str,
    set_values: Sequence[str] | None,
    departure: datetime | None,
    *,
    own_data: Sequence[str] | None = None,
    contracts: Sequence[str] | None = None,
    out: Path | None = None,
    outputs: Sequence[str] = (),
) -> Scenario:
    """Return the scenario that a command asks for, once its folder can take the files.

    Raises
    ------
    ConfigError
        The scenario is wrong, or a file cannot be written.
    """
    from corridors.config import load_scenario

    asked = load_scenario(
        scenario,
        set_values=set_values or (),
        departure=departure.date() if departure else None,
        own_data=own_data or (),
        contracts=contracts or (),
    )
    reserve(out, outputs)
    return asked


def command_line(context: typer.Context) -> str:
    """Return the command line that gives the same result: what was given but for what only prints.

    Files of your own are named without their folders.
    """
    words = ["corridors", str(context.info_name)]
    for parameter in context.command.params:
        name, value = str(parameter.name), context.params.get(str(parameter.name))
        source = context.get_parameter_source(name)
        if source is None or source.name != "COMMANDLINE" or PRINT_ONLY & set(parameter.opts):
            continue
        if isinstance(value, bool):
            words.append(parameter.opts[0] if value else parameter.secondary_opts[0])
            continue
        is_option = parameter.param_type_name == "option"
        for each in value if isinstance(value, list | tuple) else (value,):
            words += [parameter.opts[0]] if is_option else []
            words.append(
                _word(each, is_own=bool({"--own-data", "--contracts"} & {*parameter.opts}))
            )
    return shlex.join(words)


def _word(value: object, *, is_own: bool) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return Path(str(value)).name if is_own else str(value)


@one_look()
def write_study(
    out: Path,
    files: Mapping[str, Make],
    *,
    title: str,
    answer: Sequence[str] = (),
    picture: str = "",
) -> None:
    """Write the files of a study into a folder, with a start page that says the answer."""
    from corridors.output.html.pages.start_page import write_with_start_page

    contents = {name: make() for name, make in files.items()}
    write_with_start_page(out, contents, title=title, answer=answer, picture=picture)


def publish(
    how: Format,
    files: Files,
    *,
    table: Callable[[], None],
    out: Path | None,
    title: str,
) -> None:
    """Write the files of a study with a start page if there is a folder for them; print the study.

    Parameters
    ----------
    how
        A table, or the text of the first JSON or CSV file.
    files
        By name what makes the content of a file, called if it is needed.
    table
        Prints the table and what is below it; the names of the files follow.
    out
        The folder, None to write nothing.
    title
        Heading of the start page.
    """
    made = {name: cache(make) for name, make in files.items()}
    if out is not None:
        write_study(out, made, title=title)
    json, csv = (
        next(make for name, make in made.items() if name.endswith(suffix))
        for suffix in (".json", ".csv")
    )
    print_result(how, json=lambda: str(json()), csv=lambda: str(csv()), table=table)
    if out is not None and how is Format.TABLE:
        say(f"Wrote {', '.join((*files, INDEX))} to {out}")
