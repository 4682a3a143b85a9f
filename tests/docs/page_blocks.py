"""The code blocks of the pages: what they hold, and how each kind is run.

A block is fenced or indented. What it holds follows from its language or, where none is given, from
its first line: a command, a key of YAML, or text such as output. A file that a page shows with a
title is in the folder in which its commands run.

    python -m tests.docs.page_blocks docs/start.md FOLDER    # write its files, print its commands
"""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import typer
from markdown_it import MarkdownIt

from corridors.cli.main import command_line

ROOT = Path(__file__).parents[2]
PAGES = (
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted(path for path in (ROOT / "docs").rglob("*.md")),
)
COMMAND = re.compile(r"^(\$ )?(corridors|make|pip|pipx|uvx|git) ")
KEY = re.compile(r"^(- )?[a-z_.]+:( |$)")
TITLE = re.compile(r'title="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Block:
    """A code block of a page: the line on which it begins, language, title of a file, and text."""

    page: Path
    line: int
    language: str
    title: str
    text: str

    def __str__(self) -> str:
        """Return where the block is, for the name of its test."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    def commands(self) -> list[str]:
        """Return the command lines of a shell block, without prompts and comments."""
        # A line that ends with a backslash goes on.
        joined = re.sub(r"\\\n\s*", "", self.text)
        lines = (line.strip().removeprefix("$ ") for line in joined.splitlines())
        return [line for line in lines if COMMAND.match(line)]


@cache
def blocks(page: Path) -> tuple[Block, ...]:
    """Return the code blocks of a page in their order."""
    return tuple(_blocks(page))


def _blocks(page: Path) -> Iterator[Block]:
    for token in MarkdownIt().enable("table").parse(page.read_text(encoding="utf-8")):
        if token.type in ("fence", "code_block"):
            line = token.map[0] + 1 if token.map else 0
            title = TITLE.search(token.info)
            yield Block(
                page, line, _language(token.info, token.content), title[1] if title else "",
                token.content,
            )  # fmt: skip


def _language(info: str, text: str) -> str:
    """Return `shell`, `yaml`, `python` or what the fence says; empty for plain text."""
    if info.strip():
        named = info.split(maxsplit=1)[0]
        return "shell" if named in ("sh", "bash", "console") else named
    first = text.strip().splitlines()[0]
    return "shell" if COMMAND.match(first) else "yaml" if KEY.match(first) else ""


@cache
def all_blocks() -> tuple[Block, ...]:
    """Return the code blocks of all pages."""
    return tuple(block for page in PAGES for block in blocks(page))


def words(command: str) -> list[str]:
    """Return the arguments of `corridors ...`, without a comment or what a pipe does with them."""
    return shlex.split(command.split("|", maxsplit=1)[0], comments=True)[1:]


@cache
def _whole() -> Any:
    """Return the command line with every command."""
    return typer.main.get_command(command_line())


def parse(command: str) -> None:
    """Read a command line as the program does, without running it; raises where it is wrong."""
    asked, group = words(command), _whole()
    while hasattr(group, "commands") and asked:
        name, *asked = asked
        group = group.commands[name]
    group.make_context(command, asked)


def main(page: str, folder: str) -> None:
    """Write the files that a page shows into a folder, and print its commands of `corridors`."""
    for block in blocks(ROOT / page):
        if block.title:
            (Path(folder) / block.title).write_text(block.text, encoding="utf-8")
        if block.language == "shell":
            said = (one for one in block.commands() if one.startswith("corridors "))
            sys.stdout.writelines(f"{one}\n" for one in said)


if __name__ == "__main__":
    main(*sys.argv[1:])
