"""`corridors completion`: let a shell complete commands, places, corridors and parameters."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import redirect_stdout
from enum import StrEnum
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from collections.abc import Callable


# What a shell offers behind the Tab key: corridors, gates, places, worlds, keys of `--set`.

MOST_OFFERED = 60
# Keys of a scenario that are changed most.
SCENARIO_KEYS = (
    *("origin", "destination", "departure", "world", "objective", "price_basis", "scope", "speed"),
    *("shipment.teu_per_month", "shipment.cargo", "shipment.equipment"),
    *("shipment.value_of_time_usd_per_teu_day", "limits.max_days", "limits.max_transit_days"),
    *("limits.max_usd_per_teu", "limits.max_co2e_kg_per_teu", "limits.deadline"),
)


def _starting(words: Iterable[str], typed: str) -> list[str]:
    """Return the words that begin as typed, in any case; none with a blank, which a shell cuts."""
    lowered = typed.lower()
    found = (word for word in dict.fromkeys(words) if word.lower().startswith(lowered))
    return [word for word in found if word and " " not in word][:MOST_OFFERED]


def _files(folder: str) -> list[str]:
    from corridors.data.paths import configs_dir

    return sorted(path.stem for path in (configs_dir() / folder).glob("*.yaml"))


def _shipped_or_here(folder: str, typed: str) -> list[str]:
    """Return names of shipped files, and the YAML files and folders of what is typed as a path."""
    start = Path(typed)
    here = start if typed.endswith("/") else start.parent
    own = []
    if here.is_dir():
        for path in sorted(here.iterdir()):
            if path.is_dir() and not path.name.startswith("."):
                own.append(f"{path}/")
            elif path.suffix in (".yaml", ".yml"):
                own.append(str(path))
    return _starting((*_files(folder), *own), typed)


def scenarios(incomplete: str) -> list[str]:
    """Return scenarios: shipped ones, and files."""
    return _shipped_or_here("scenarios", incomplete)


def batches(incomplete: str) -> list[str]:
    """Return batches: shipped ones, and files."""
    return _shipped_or_here("batches", incomplete)


def plans(incomplete: str) -> list[str]:
    """Return plans: shipped ones, and files."""
    return _shipped_or_here("plans", incomplete)


def corridors(incomplete: str) -> list[str]:
    """Return corridors: shipped ones, and files."""
    return _shipped_or_here("corridors", incomplete)


def _column(table: str, name: str) -> list[str]:
    from corridors.data.columns import read_rows
    from corridors.data.paths import data_root

    return [row[name] for row in read_rows(data_root() / table)]


def gates(incomplete: str) -> list[str]:
    """Return gates, without the `gate-` of their ids."""
    ids = _column("network/gates.csv", "id")
    short = [name.removeprefix("gate-") for name in ids]
    return _starting((*short, *(ids if incomplete.startswith("gate-") else ())), incomplete)


def places(incomplete: str) -> list[str]:
    """Return cities with a terminal and ids of terminals, then large cities by name."""
    table = "network/terminals.csv"
    known = _starting((*_column(table, "city"), *_column(table, "id")), incomplete)
    if known or not incomplete:
        return known
    from corridors.data.cities import large_places

    return _starting(large_places(), incomplete)


def via(incomplete: str) -> list[str]:
    """Return what a route may pass: gates and places."""
    return [*gates(incomplete), *places(incomplete)][:MOST_OFFERED]


def worlds(incomplete: str) -> list[str]:
    """Return worlds."""
    return _starting(_column("parameters/worlds.csv", "id"), incomplete)


def services(incomplete: str) -> list[str]:
    """Return families of services and services."""
    table = "parameters/services.csv"
    return _starting((*_column(table, "family"), *_column(table, "id")), incomplete)


def countries(incomplete: str) -> list[str]:
    """Return countries with a terminal, by code."""
    return _starting(sorted({*_column("network/terminals.csv", "country")}), incomplete)


def parameters(incomplete: str) -> list[str]:
    """Return names of parameters."""
    from corridors.data.parameters import PARAMETER_FILES

    tables = (f"parameters/{name}" for name in PARAMETER_FILES)
    return _starting((name for table in tables for name in _column(table, "parameter")), incomplete)


def set_keys(incomplete: str) -> list[str]:
    """Return what `--set` may replace, with the `=` behind it."""
    if "=" in incomplete:
        key, _, typed = incomplete.partition("=")
        offered = {"world": worlds, "origin": places, "destination": places}.get(key)
        return [f"{key}={value}" for value in offered(typed)] if offered else []
    start = "overrides."
    if incomplete.startswith(start):
        return [f"{start}{name}=" for name in parameters(incomplete.removeprefix(start))]
    return [f"{key}=" for key in _starting(SCENARIO_KEYS, incomplete)] or _starting(
        [start], incomplete
    )


# The shell asks by setting this.
ASKED = "_CORRIDORS_COMPLETE"
# A key goes on with its value, so bash, from version 4 on, adds no blank to it.
_GOES_ON = """\
    if [[ ${COMPREPLY[0]} == *[=.] ]] && type compopt &> /dev/null; then
        compopt -o nospace
    fi
"""


class Shell(StrEnum):
    """Shells whose completion typer knows how to write."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def completion(
    shell: Annotated[Shell, typer.Argument(help="The shell to complete in.", show_default=False)],
) -> None:
    """Print a script that completes commands in your shell.

    bash: add `eval "$(corridors completion bash)"` to ~/.bashrc. zsh: the same with zsh in
    ~/.zshrc, below compinit. fish: corridors completion fish >
    ~/.config/fish/completions/corridors.fish.
    """
    from typer._completion_classes import completion_init
    from typer.completion import shell_complete

    completion_init()
    with redirect_stdout(StringIO()) as script:
        shell_complete(_any_command(), {}, "corridors", ASKED, f"source_{shell.value}")
    text = script.getvalue()
    if shell is Shell.BASH:
        text = text.replace("    return 0\n", f"{_GOES_ON}    return 0\n")
    typer.echo(text, nl=False)


def _any_command() -> Any:
    """Return a command to write the script for: its text depends on the program's name only."""
    return typer.main.get_command(typer.Typer(callback=lambda: None, add_completion=False))


def named_command(names: Sequence[str]) -> str:
    """Return the command that is being completed, empty while its name is typed."""
    words = os.environ.get("COMP_WORDS") or os.environ.get("_TYPER_COMPLETE_ARGS", "")
    typed = words.split()[1:2]
    more = len(words.split()) > 2 or words.endswith(" ") or os.environ.get("COMP_CWORD", "1") != "1"
    return typed[0] if typed and typed[0] in names and more else ""


def complete(
    command_line: Callable[[Iterable[str]], typer.Typer], names: Sequence[str]
) -> NoReturn:
    """Answer a shell, and end the process.

    Parameters
    ----------
    command_line
        Returns the command line with some commands.
    names
        Every command.
    """
    from typer._completion_classes import completion_init
    from typer.completion import shell_complete

    completion_init()
    named = named_command(names)
    # The others need not be imported to complete the words of one; a name needs none at all.
    if not named:
        made = typer.Typer(add_completion=False)
        for name in names:
            made.command(name)(_nothing)
        command = typer.main.get_command(made)
    else:
        command = typer.main.get_command(command_line([named]))
    code = shell_complete(command, {}, "corridors", ASKED, os.environ[ASKED])
    sys.stdout.flush()
    sys.exit(code)


def _nothing() -> None:
    pass
