"""What the commands that write a study share: its scenario, its files, and the command line."""

from __future__ import annotations

import shlex
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from corridors.cli.output import Format, print_result
from corridors.cli.tables import say
from corridors.data.paths import one_look

if TYPE_CHECKING:
    from corridors.studies.result_base import Files, Terminal, Written

INDEX = "index.html"
PRINT_ONLY = frozenset({"--out", "--format", "--all", "--front", "--legs"})
"""Options that change nothing in the files of a study."""


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
def publish(
    how: Format, result: Written, *, command: str, out: Path | None, terminal: Terminal
) -> None:
    """Write the files of a study with a start page if there is a folder for them; print the study.

    Parameters
    ----------
    how
        A table and the names of the files, or the text of the first JSON or CSV file.
    result
        What was found.
    command
        The command line that gives it.
    out
        The folder, None to write nothing.
    terminal
        Prints it.
    """
    from corridors.output.html.start_page import write_with_start_page
    from corridors.processes import return_freed

    made: Files = {name: cache(make) for name, make in result._files(command=command).items()}
    if out is not None:
        # Of the networks, which are not needed any more.
        return_freed()
        contents = {name: make() for name, make in made.items()}
        said, picture = result._said(), result._picture()
        write_with_start_page(out, contents, title=result._title, answer=said, picture=picture)
    asked: Files = {**result._printed(terminal), **made}
    json, csv = (
        next(make for name, make in asked.items() if name.endswith(suffix))
        for suffix in (".json", ".csv")
    )
    print_result(
        how,
        json=lambda: str(json()),
        csv=lambda: str(csv()),
        table=lambda: result.show(terminal),
    )
    if how is not Format.TABLE and result._count:
        # Rows in other formats are for programs.
        say(result._count, err=True)
    if out is not None and how is Format.TABLE:
        say(f"Wrote {', '.join((*made, INDEX))} to {out}")
