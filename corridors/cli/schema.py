"""`corridors schema`: JSON Schema of the configuration files and of `comparison.json`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corridors.cli.output import Format, print_rows

if TYPE_CHECKING:
    from pydantic import BaseModel

COLUMNS = ("file", "key", "required", "default", "description")


class File(StrEnum):
    """The kinds of files that have a schema."""

    SCENARIO = "scenario"
    CORRIDOR = "corridor"
    BATCH = "batch"
    PROJECT = "project"
    PLAN = "plan"
    COMPARISON = "comparison"
    DESIGN_RESULT = "design-result"
    BOOKING_RESULT = "booking-result"


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
    """Print the JSON Schema of your files and of the results."""
    from corridors.config.schema import published, schema_of, schema_rows
    from corridors.output.contract import ComparisonRecord
    from corridors.output.store import as_text, write_outputs
    from corridors.studies.book.result import booking_model
    from corridors.studies.design.result import design_model

    kinds = [file] if file is not None else list(File)
    results: dict[File, type[BaseModel]] = {
        File.COMPARISON: ComparisonRecord,
        File.DESIGN_RESULT: design_model(),
        File.BOOKING_RESULT: booking_model(),
    }
    made = {
        kind.value: published(results[kind]) if kind in results else schema_of(kind)
        for kind in kinds
    }
    if out is not None:
        texts = {f"{kind}.schema.json": as_text(shape) for kind, shape in made.items()}
        write_outputs(out, texts)
        typer.echo(f"Wrote {', '.join(texts)} to {out}")
    elif how is Format.JSON:
        typer.echo(as_text(made if file is None else made[file.value]), nl=False)
    else:
        rows = [row for kind, shape in made.items() for row in schema_rows(kind, shape)]
        print_rows(rows, columns=COLUMNS, how=how)
