"""What a command line says of its own arguments: what to put in, and what is wrong with one."""

from __future__ import annotations

import difflib
import errno
import os
import re
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from enum import Enum
from io import TextIOWrapper
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

import typer

from corridors.cli.tables import say
from corridors.errors import (
    UNPRINTABLE,
    ConfigError,
    CorridorsError,
    EarlyEndError,
    fault_text,
    printable,
)

# What stands for a value in a help page, by the name of the argument in the code.
SHOWN_AS = {
    "set_values": "KEY=VALUE",
    "departure": "DATE",
    "by": "DATE",
    "corridor": "CORRIDOR",
    "corridors": "CORRIDOR",
    "services": "SERVICE",
    "via": "PLACE",
    "avoid": "GATE",
    "allow": "GATE",
    "world": "WORLD",
    "countries": "COUNTRY",
    "over": "PARAMETER",
    "x": "PARAMETER",
    "y": "PARAMETER",
    "out": "FOLDER",
    "own_data": "PATH",
    "contracts": "FILE",
    "schedules": "FILE",
    "ways": "FILE",
    "table": "FILE",
    "draft": "METRES",
    "dask": "ADDRESS",
    "budget": "SECONDS",
    "speed": "SPEED",
    "choice": "CHOICE",
}
_KINDS: dict[object, str] = {float: "NUMBER", int: "NUMBER", Path: "PATH", datetime: "DATE"}
# What the library says, and what a person would.
_WORDS = (
    (re.compile(r"Value error, "), ""),
    (re.compile(r" does not match the formats? '%Y-%m-%d'\.?"), " is no date: 2026-08-20 is one"),
    (re.compile(r"Input should be a valid integer.*"), "must be a whole number"),
    (re.compile(r"Input should be a valid number.*"), "must be a number"),
    (re.compile(r"Input should be less than or equal to "), "must be at most "),
    (re.compile(r"Input should be greater than or equal to "), "must be at least "),
)  # fmt: skip
_CHOICES = re.compile(r"('(?:[^']*)') is not one of ((?:'[^']*'(?:, )?)+)\.?")


def named_for_people(command: Any) -> Any:
    """Return a command of typer whose help says what to put in: DATE, not `%Y-%m-%d`.

    Parameters
    ----------
    command
        With its subcommands, if it has any.
    """
    for inner in getattr(command, "commands", {}).values():
        named_for_people(inner)
    for argument in command.params:
        annotation = getattr(getattr(argument, "type_descriptor", None), "annotation", None)
        is_choice = isinstance(annotation, type) and issubclass(annotation, Enum)
        if is_choice or annotation is bool:
            continue
        argument.metavar = argument.metavar or _shown(argument, annotation)
        if argument.param_type_name == "argument":
            # Its name says what it is; the type would be printed behind it.
            argument.display_type = _no_type
    return command


def _no_type(_context: object) -> str:
    return ""


def _shown(argument: Any, annotation: object) -> str:
    """Return what stands for the value of an argument in a help page."""
    if argument.param_type_name == "argument":
        return str(argument.name).upper()
    name = str(argument.name)
    return SHOWN_AS[name] if name in SHOWN_AS else _KINDS.get(annotation, "TEXT")


def plain_fault(text: str) -> str:
    """Return a fault of the command line in plain words, with the choice that was meant.

    `Invalid value for '--format': 'xlm' is not one of table, json, csv; did you mean xml?`
    """
    for pattern, words in _WORDS:
        text = pattern.sub(words, text)

    def choices(found: re.Match[str]) -> str:
        known = re.findall(r"'([^']*)'", found[2])
        near = difflib.get_close_matches(found[1].strip("'"), known, n=1, cutoff=0.6)
        meant = f"; did you mean {near[0]}?" if near else ""
        return f"{found[1]} is not one of {', '.join(known)}{meant}"

    return _CHOICES.sub(choices, text)


# How a command begins and ends: its streams, signals, arguments, and the exit code of a fault.

BAD_INPUT = 2
STOPPED = 1
INTERRUPTED = 128 + signal.SIGINT
TERMINATED = 128 + signal.SIGTERM
# `--out=` with nothing behind it.
_NOTHING = re.compile(r"--[a-z-]+=")
# What is given back when a command ends, however it does.
AT_END = ExitStack()
# Errors of the command line; typer has no public name for their class.
UsageError: type[Exception] = typer.BadParameter.__bases__[0]


class Terminated(KeyboardInterrupt):
    """The process was asked to end by SIGTERM; it cleans up as after Ctrl-C."""


def code_of_interrupt(error: BaseException) -> int:
    """Return the exit code after Ctrl-C or SIGTERM."""
    return TERMINATED if isinstance(error, Terminated) else INTERRUPTED


def prepare() -> None:
    """Prepare the streams of the process, and let SIGTERM end it as Ctrl-C does."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            # A stream that was closed: else the next file would take its number.
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # Names that the encoding of a terminal does not have are escaped.
            stream.reconfigure(errors="backslashreplace")

    def end(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise Terminated

    with suppress(ValueError):  # not in the main thread
        signal.signal(signal.SIGTERM, end)


def reserve(folder: Path | None, names: Sequence[str] = ()) -> None:
    """Keep other runs from writing into a folder, if there is one, until the command ends.

    Raises
    ------
    ConfigError
        The folder cannot take the files of these names, or another run is writing there.
    """
    if folder is None:
        return
    # A command that prints its result alone needs none of it.
    from corridors.output.store import check_folder, claimed

    check_folder(folder, tuple(names))
    AT_END.enter_context(claimed(folder))


def refuse_arguments(arguments: Sequence[str]) -> None:
    """Refuse arguments that are empty or would send something to a terminal.

    Raises
    ------
    ConfigError
        With every such argument.
    """
    faults = []
    for number, argument in enumerate(arguments, start=1):
        if not argument.strip() or _NOTHING.fullmatch(argument):
            after = f", after {arguments[number - 2]}" if number > 1 else ""
            faults.append(f"argument {number}{after}: is empty")
        elif UNPRINTABLE.search(argument):
            shown = printable(argument)
            faults.append(f"argument {number}, '{shown}': contains a character that is not printed")
    if faults:
        raise ConfigError(faults)


@contextmanager
def ended(*, debug: bool) -> Iterator[None]:
    """End the process with the exit code of what is raised within, and a sentence that says why.

    Parameters
    ----------
    debug
        Show the tracebacks of errors in the program; faults of the input have none.
    """
    try:
        yield
        sys.stdout.flush()
    except typer.Exit as ending:
        with _closed_quietly():
            sys.stdout.flush()
        sys.exit(ending.exit_code)
    except UsageError as error:
        _show_usage(error)
        sys.exit(BAD_INPUT)
    except EarlyEndError as error:
        _say(str(error))
        cause = error.__cause__
        sys.exit(code_of_interrupt(cause) if isinstance(cause, KeyboardInterrupt) else STOPPED)
    except CorridorsError as error:
        _say(str(error))
        sys.exit(BAD_INPUT)
    except KeyboardInterrupt as error:
        sys.exit(code_of_interrupt(error))
    except SystemError as error:
        # Ctrl-C at the moment when a compiled function returns.
        if debug or not isinstance(error.__cause__, KeyboardInterrupt):
            raise
        sys.exit(code_of_interrupt(error.__cause__))
    except OSError as error:
        _abandon_output()
        if error.errno in (errno.EPIPE, errno.ESHUTDOWN):
            sys.exit(0)  # the reader (`head`, say) has gone
        if debug:
            raise
        where = f"{error.filename}: " if error.filename else "cannot write: "
        _say(fault_text(f"{where}{error.strerror or error}"))
        sys.exit(BAD_INPUT)
    sys.exit(0)


@contextmanager
def _closed_quietly() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        _abandon_output()
        if error.errno != errno.EPIPE:
            _say(f"cannot write: {error.strerror}")
            sys.exit(BAD_INPUT)


def _abandon_output() -> None:
    """Send what is still to be written nowhere, so that Python does not fail to at exit."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(text: str) -> None:
    with suppress(OSError):
        say(text, err=True)


def _show_usage(error: Exception) -> None:
    """Print a fault of the command line as typer does, in at most 500 characters."""
    told = getattr(error, "format_message", None)
    text = plain_fault(str(error) if told is None else told())
    if "\n" in text:  # a help page, or a list of choices, which typer sets off by tabs
        _say(text.expandtabs(4))
        return
    context = getattr(error, "ctx", None)
    if context is not None:
        _say(f"{context.get_usage()}\nTry '{context.command_path} --help' for help.\n")
    _say(fault_text(f"Error: {text}"))


def print_in_one_line(
    kind: type[BaseException], error: BaseException, _traceback: TracebackType | None
) -> None:
    """Print an error in the program in one line; Python then ends with exit code 1."""
    what = " ".join(str(error).split()) or "no details"
    _say(
        f"{fault_text(f'{kind.__name__}: {what}')}\n"
        "This is an error in the program: run with --debug for details."
    )
