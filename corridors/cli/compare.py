"""`corridors compare`."""

from __future__ import annotations

import typer


def compare() -> None:
    """Not written yet."""
    raise typer.Exit(1)
