"""`corridors gallery`: the shipped scenarios compared, and a page that leads to each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corridors.cli.output import progress


def gallery(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Where index.html and examples/ go.")
    ],
) -> None:
    """Compare the shipped scenarios and write a gallery of their maps and reports."""
    from corridors.studies.gallery import write_gallery

    with progress("Comparing the shipped scenarios"):
        written = write_gallery(folder)
    typer.echo(f"Wrote {len(written)} files; open {folder / 'index.html'}")
