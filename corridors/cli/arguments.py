"""What a command line says of its own arguments: what to put in, and what is wrong with one."""

from __future__ import annotations

import difflib
import re
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

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
    "ways": "FILE",
    "table": "FILE",
    "draft": "METRES",
    "dask": "ADDRESS",
    "budget": "SECONDS",
    "speed": "SPEED",
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
