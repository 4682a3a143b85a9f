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
    # `run` has read both; they are declared here for --help.
    del debug, version
    context.call_on_close(AT_END.close)


# Commands that are no study with a room of its own: the name; the module, with the function if that
# has another name; an example.
COMMANDS = (
    ("distances", "distances", "corridors distances Shanghai Rotterdam Mombasa --avoid gate-suez"),
    ("new", "new", "corridors new scenario my-scenario.yaml --from Ningbo --to Munich"),
    ("gallery", "gallery", "corridors gallery maps"),
    ("check", "check", "corridors check configs/scenarios/shanghai-europe.yaml"),
    ("serve", "serve", "corridors serve --port 8765"),
    ("schema", "schema", "corridors schema scenario"),
    ("list", "listing", "corridors list terminals --in Poland"),
    ("completion", "completion", "corridors completion bash > ~/.corridors-completion"),
)
NETWORK = "network"
# New objects after which garbage in cycles is looked for.
RARELY = 200_000
EVERY = (*room_names(), *(name for name, _, _ in COMMANDS), NETWORK)
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
    return made


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
        # A command that is named first needs no other.
        named = asked and asked[0] in EVERY
        command = typer.main.get_command(command_line(asked[:1] if named else None))
        named_for_people(command)
        with command.make_context("corridors", asked) as context:
            command.invoke(context)
    sys.exit(0)
