"""`corridors completion`: let a shell complete commands, places, corridors and parameters."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from enum import StrEnum
from io import StringIO
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

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
