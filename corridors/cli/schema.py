"""`corridors schema`: JSON Schema of the configuration files."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from corridors.cli.output import Format, print_rows

COLUMNS = ("file", "key", "required", "default", "description")


class File(StrEnum):
    """The kinds of configuration files."""

    SCENARIO = "scenario"
    CORRIDOR = "corridor"
    BATCH = "batch"
    PROJECT = "project"
    PLAN = "plan"
    INVESTMENT = "investment"


def schema(
    file: Annotated[
        File | None, typer.Argument(help="Kind of file; default: all.", show_default=False)
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for KIND.schema.json files.")
    ] = None,
    how: Annotated[
        Format, typer.Option("--format", help="JSON Schema, or its keys as a table or CSV.")
    ] = Format.JSON,
) -> None:
    """Print the JSON Schema of the configuration files."""
    from corridors.config.schema import schema_of, schema_rows
    from corridors.output.records import as_text
    from corridors.output.store import write_outputs

    kinds = [file.value] if file is not None else [kind.value for kind in File]
    if out is not None:
        texts = {f"{kind}.schema.json": as_text(schema_of(kind)) for kind in kinds}
        write_outputs(out, texts)
        typer.echo(f"Wrote {', '.join(texts)} to {out}")
    elif how is Format.JSON:
        made = {kind: schema_of(kind) for kind in kinds}
        typer.echo(as_text(made[kinds[0]] if file is not None else made), nl=False)
    else:
        rows = [row for kind in kinds for row in schema_rows(kind)]
        print_rows(rows, columns=COLUMNS, how=how)
