"""`corridors serve`: the planner's page and an API, on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corridors.cli.tables import say

PORT = 8765
HOST = "127.0.0.1"


def serve(
    host: Annotated[
        str,
        typer.Option(
            "--host", help="Address to listen on. Other machines reach any but 127.0.0.1."
        ),
    ] = HOST,
    port: Annotated[
        int,
        typer.Option("--port", min=0, max=65_535, help="Port to listen on; 0 picks a free one."),
    ] = PORT,
    workers: Annotated[
        int,
        typer.Option(
            "--workers", min=0, max=64, help="Worker processes. Default: one per core, at least 2."
        ),
    ] = 0,
    data: Annotated[
        Path | None,
        typer.Option("--data", help="Folder with your own data, which questions may use."),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option("--allow-host", help="Host name that others type to reach it. Repeatable."),
    ] = None,
    open_page: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in a browser.")
    ] = True,
) -> None:
    """Open the planner's page in the browser, with an HTTP API."""
    from corridors.errors import ConfigError, needed

    for package in ("fastapi", "uvicorn"):
        needed(package, by="serve", extra="serve")
    from corridors.server.serving import run

    if data is not None and not data.is_dir():
        msg = f"--data {data}: no such folder"
        raise ConfigError(msg)
    run(
        host=host,
        port=port,
        workers=workers,
        data=data,
        hosts=tuple(allow_host or ()),
        open_page=open_page,
        say=say,
    )
