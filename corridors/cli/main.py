"""The `corridors` command: its subcommands, and how errors are reported.

Exit codes: 0 done, 2 bad input, 3 nothing usable, 1 an error in the program.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Annotated, NoReturn

import typer

from corridors.cli.arguments import (
    AT_END,
    ended,
    named_for_people,
    prepare,
    print_in_one_line,
    refuse_arguments,
)
from corridors.cli.completion import ASKED, complete
from corridors.cli.study_commands import command_of, with_flags
from corridors.studies.study import every_study, room_names, study_named
from corridors.version import __version__


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"corridors {__version__}")
        raise typer.Exit


def options(
    context: typer.Context,
    data: Annotated[
        str | None,
        typer.Option("--data", help="A data pack, or `shipped` for none; with every command."),
    ] = None,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an error in the program.")
    ] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Compare freight corridors between Asia and Europe on real networks."""
    # `run` has read them; they are declared here for --help.
    del data, debug, version
    context.call_on_close(AT_END.close)


# Commands that are no study with a room of its own: the name; the module, with the function if that
# has another name; an example.
COMMANDS = (
    ("distances", "distances", "corridors distances Shanghai Rotterdam Mombasa --avoid gate-suez"),
    ("new", "new", "corridors new scenario my-scenario.yaml --from Ningbo --to Munich"),
    ("gallery", "gallery", "corridors gallery maps"),
    ("check", "check", "corridors check configs/scenarios/shanghai-europe.yaml"),
    ("serve", "serve", "corridors serve --port 8765"),
    ("mcp", "serve.mcp", "corridors mcp --workers 2"),
    ("schema", "schema", "corridors schema scenario"),
    ("list", "listing", "corridors list terminals --in Poland"),
    ("completion", "completion", "corridors completion bash > ~/.corridors-completion"),
)
NETWORK, DATA = "network", "data"
# New objects after which garbage in cycles is looked for.
RARELY = 200_000
EVERY = (*room_names(), *(name for name, _, _ in COMMANDS), NETWORK, DATA)
"""The commands of the package; installed ones may add more."""


def command_line(names: Iterable[str] | None = None) -> typer.Typer:
    """Return the command line with these commands, whose files are imported; all by default."""
    wanted = set(EVERY if names is None else names)
    studies = (
        every_study()
        if names is None
        else {name: study for name in names if (study := study_named(name))}
    )
    made = typer.Typer(
        name="corridors",
        help="Compare freight corridors between Asia and Europe on real networks.",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    made.callback()(options)
    for name, study in studies.items():
        made.command(name, epilog=f"Example: {study.example}")(command_of(study))
    for name, module, example in COMMANDS:
        if name in wanted:
            file, _, function = module.partition(".")
            command = getattr(import_module(f"corridors.cli.{file}"), function or file)
            made.command(name, epilog=f"Example: {example}")(with_flags(command))
    if NETWORK in wanted:
        from corridors.cli.network import network

        made.add_typer(network, name=NETWORK, help="Export the network, or import your own.")
    if DATA in wanted:
        from corridors.cli.data_packs import data

        made.add_typer(data, name=DATA, help="Ages of the figures, and newer ones from a folder.")
    return made


def take_pack(given: Sequence[str]) -> list[str]:
    """Return arguments without `--data PACK`, whose pack all that follows reads.

    Raises
    ------
    CorridorsError
        No folder is named, or the pack has a fault.
    """
    left, packs = [], []
    rest = iter(given)
    for part in rest:
        if part == "--data":
            packs.append(next(rest, ""))
        elif part.startswith("--data="):
            packs.append(part.partition("=")[2])
        else:
            left.append(part)
    if packs:
        from corridors.data.paths import NO_PACK, PACK
        from corridors.errors import ConfigError

        if len(packs) > 1 or not packs[0] or packs[0].startswith("-"):
            raise ConfigError(["--data: name one folder of a data pack, or `shipped`"])
        if packs[0] == NO_PACK:
            os.environ[PACK] = NO_PACK
        else:
            from pathlib import Path

            from corridors.checks import use_pack

            use_pack(Path(packs[0]))
    return left


def run(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and end the process.

    Parameters
    ----------
    arguments
        Without the program name; None takes those of the process.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    if not debug:
        sys.excepthook = print_in_one_line
    # A command ends within seconds; garbage collection at the usual pace would take a tenth of its
    # time. One that asks many questions, such as a simulation, would take half as much memory again
    # if garbage was never looked for.
    gc.set_threshold(RARELY)
    # Pydantic would look for plugins in every package that is installed. Here it needs none.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    prepare()
    if ASKED in os.environ:
        complete(command_line, EVERY)
    asked = [part for part in given if part != "--debug"]
    with ended(debug=debug):
        refuse_arguments(asked)
        asked = take_pack(asked)
        # A command that is named first needs no other.
        named = asked and asked[0] in EVERY
        command = typer.main.get_command(command_line(asked[:1] if named else None))
        named_for_people(command)
        with command.make_context("corridors", asked) as context:
            command.invoke(context)
    sys.exit(0)
