"""Parts of the pages that are made at the build: from models, tables, help texts and docstrings.

A page of docs/ has a line `<!-- build: NAME WORDS -->` where such a part goes. So nothing that
changes with a figure is committed, and the page says how to print the same on a terminal.
"""

from __future__ import annotations

import ast
import csv
import inspect
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import chdir
from importlib import import_module
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from typer.testing import CliRunner

import corridors
from corridors.cli.main import command_line
from corridors.config.schema import keys_table, schema_rows
from corridors.output.contract import comparison_schema
from corridors.output.tables import Table
from corridors.studies.option_tables import option_columns

MARK = re.compile(r"^<!-- build: (?P<name>\S+)(?P<words>.*?) -->$", re.MULTILINE)
SAVED = re.compile(r'^```yaml title="([^"]+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)
SECTION = re.compile(r"^## (\S+)$", re.MULTILINE)
WIDE = {"COLUMNS": "90"}


def filled(page: str) -> str:
    """Return a page with the generated parts in place of its marks.

    Commands run in a folder with the files that the page shows.
    """
    with TemporaryDirectory() as folder, chdir(folder):
        for name, text in SAVED.findall(page):
            Path(name).write_text(text, encoding="utf-8")
        return MARK.sub(lambda found: PARTS[found["name"]](*found["words"].split()), page)


def with_help(page: str) -> str:
    """Return the page of commands with the help text of each at the end of its section."""
    first, *sections = SECTION.split(page)
    said = [first]
    for name, text in zip(sections[::2], sections[1::2], strict=True):
        said.append(f"## {name}\n{text.rstrip()}\n\n{help_text(name)}\n\n")
    return "".join(said)


def help_text(command: str) -> str:
    """Return what `corridors COMMAND --help` prints, folded."""
    helped = printed(command, "--help")
    subcommands = re.findall(r"^  (\w+)  ", helped.partition("Commands:")[2], re.MULTILINE)
    texts = [helped, *(printed(command, name, "--help") for name in subcommands)]
    body = "\n".join(texts).replace("\n", "\n    ").rstrip()
    return f'??? note "All options of `corridors {command}`"\n\n    ```text\n    {body}\n    ```'


def printed(*arguments: str) -> str:
    """Return what a command prints."""
    ran = CliRunner(env=WIDE).invoke(command_line(), list(arguments), prog_name="corridors")
    if ran.exit_code:
        msg = f"corridors {' '.join(arguments)}: {ran.output}"
        raise RuntimeError(msg)
    return ran.stdout


def run(*arguments: str) -> str:
    """Return what a command prints, as a block of text."""
    lines = (line.rstrip() for line in printed(*arguments).splitlines())
    return "\n".join(("```text", *lines, "```"))


def keys(kind: str) -> str:
    """Return the table of the keys of a kind of file."""
    return keys_table(kind)


def columns() -> str:
    """Return a table for each part of `comparison.json`: its keys, and what they mean."""
    rows = schema_rows("comparison", comparison_schema())
    parts = []
    for part, inside in groupby(rows, key=lambda row: str(row["key"]).split(".", 1)[0]):
        lines = ((f"`{row['key']}`", row["takes"], row["description"]) for row in inside)
        parts.append(f"## {part}\n\n{table(('key', 'takes', 'meaning'), lines)}")
    return "\n\n".join(parts)


def declared_tables() -> dict[str, Table]:
    """Return every table that a module of the package declares, by module and name."""
    package = Path(corridors.__file__).parent
    found: dict[str, Table] = {}
    for path in sorted(package.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for node in ast.parse(text).body if "= Table(" in text else ():
            if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("Table("):
                name = ast.unparse(node.targets[0])
                module = ".".join(path.relative_to(package.parent).with_suffix("").parts)
                found[f"{module}.{name}"] = getattr(import_module(module), name)
    return found


def tables() -> str:
    """Return for each table of files and frames what a row is, and what its columns mean."""
    parts = []
    for one in declared_tables().values():
        if not one.files:
            continue
        lines = ((f"`{c.name}`", c.kind.value, c.unit, c.meaning) for c in one.columns)
        head = ("column", "holds", "unit", "meaning")
        parts.append(f"### {one.name}\n\n{one.about}\n\n{table(head, lines)}")
    return "\n\n".join(parts)


def option_frame() -> str:
    """Return what the columns of `Comparison.options` hold and mean."""
    lines = [(f"`{one.name}`", one.dtype, one.meaning) for one in option_columns()]
    lines.append(("`geometry`", "geometry", "Its line, in EPSG:4326, split at 180 degrees."))
    return table(("column", "type", "meaning"), lines)


def listed(what: str) -> str:
    """Return the table of `corridors list WHAT`."""
    return csv_table(printed("list", what, "--format", "csv"))


def parameters() -> str:
    """Return a table of parameters for each first word of their names."""
    head, rows = csv_rows(printed("list", "parameters", "--format", "csv"))
    wanted = ("parameter", "scope", "value", "low", "high", "unit", "source_id", "status")
    kept = [head.index(name) for name in wanted]
    parts = []
    for family, inside in groupby(rows, key=lambda row: row[0].split(".")[0]):
        parts.append(f"## {family}\n\n{table(wanted, ([row[n] for n in kept] for row in inside))}")
    return "\n\n".join(parts)


def functions() -> str:
    """Return a directive for each public function and type of the package, functions first.

    A function is found as the method of `Session` that it asks, so that class is shown without its
    methods.
    """
    public = [(name, getattr(corridors, name)) for name in corridors.__all__ if name[0] != "_"]
    public.sort(key=lambda one: (inspect.isclass(one[1]), one[0]))
    return "\n\n".join(directive(name, thing) for name, thing in public)


def directive(name: str, thing: Any) -> str:
    """Return the directive of a public name, headed as it is called."""
    options = {"heading": f"corridors.{name}", "toc_label": name}
    if not inspect.isclass(thing):
        options["show_symbol_type_heading"] = "false"
    if thing is corridors.Session:
        options["members"] = "false"
    lines = "".join(f"\n      {key}: {value}" for key, value in options.items())
    return f"::: {thing.__module__}.{thing.__qualname__}\n    options:{lines}"


def api() -> str:
    """Return what the server is asked, from its description: a section for each address."""
    from corridors.server.app import api_description
    from corridors.server.described import HEAD, SCENARIO_WORDS, addresses

    parts = []
    for one in addresses(api_description()):
        links = {SCENARIO_WORDS: "[a scenario](keys.md)"}
        linked = (
            [f"`{name}`", where, links.get(takes, takes), needed]
            for name, where, takes, needed in one.members
        )
        text = f"### {one.method} {one.path}\n\n{one.summary}."
        parts.append(f"{text}\n\n{table(HEAD, linked)}" if one.members else text)
    return "\n\n".join(parts)


PARTS: dict[str, Callable[..., str]] = {
    one.__name__: one
    for one in (run, keys, columns, tables, option_frame, listed, parameters, functions, api)
}


def csv_table(text: str) -> str:
    """Return a CSV file as a table."""
    return table(*csv_rows(text))


def csv_rows(text: str) -> tuple[list[str], Iterator[list[str]]]:
    """Return the head of a CSV text, and its rows."""
    rows = csv.reader(io.StringIO(text))
    return next(rows), rows


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell(one) for one in line)} |" for line in lines)


def cell(value: object) -> str:
    """Return a value in a cell: on one line, without what Markdown would take for an edge."""
    text = re.sub(r"\s+", " ", str(value)).replace("|", "\\|")
    return f"<{text}>" if text.startswith("http") and " " not in text else text
