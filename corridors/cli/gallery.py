"""`corridors gallery`: compare the shipped scenarios and write a page of their results."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corridors.cli.arguments import reserve
from corridors.cli.output import progress
from corridors.cli.tables import say


def gallery(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Folder for index.html and examples/.")
    ],
) -> None:
    """Write a page with maps and reports of the shipped scenarios."""
    from corridors.studies.gallery import write_gallery

    reserve(folder)
    with progress("Comparing the shipped scenarios"):
        written = write_gallery(folder)
    say(f"Wrote {len(written)} files; open {folder / 'examples' / 'index.html'}")
