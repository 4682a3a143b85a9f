"""`corridors validate`."""

from __future__ import annotations

import typer


def validate() -> None:
    """Not written yet."""
    raise typer.Exit(1)
