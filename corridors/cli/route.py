"""`corridors route`."""

from __future__ import annotations

import typer


def route() -> None:
    """Not written yet."""
    raise typer.Exit(1)
