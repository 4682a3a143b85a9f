"""`corridors serve`: the planner's page and an API, on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corridors.cli.tables import say

if TYPE_CHECKING:
    from corridors.server.guard import OwnFiles

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
    from corridors.errors import needed

    for package in ("fastapi", "uvicorn"):
        needed(package, by="serve", extra="serve")
    from corridors.server.app import run

    run(
        host=host,
        port=port,
        workers=workers,
        own=_own_files(data),
        hosts=tuple(allow_host or ()),
        open_page=open_page,
        say=say,
    )


def mcp(
    workers: Annotated[
        int, typer.Option("--workers", min=1, max=64, help="Processes that answer.")
    ] = 1,
    data: Annotated[
        Path | None,
        typer.Option("--data", help="Folder with your own data, which questions may use."),
    ] = None,
) -> None:
    """Answer an assistant's questions over the Model Context Protocol, on the standard streams."""
    from corridors.errors import needed

    needed("mcp", by="mcp", extra="assistants")
    from corridors.server.assistants import run

    run(workers, own=_own_files(data))


def _own_files(folder: Path | None) -> OwnFiles:
    from corridors.errors import ConfigError
    from corridors.server.guard import OwnFiles

    if folder is not None and not folder.is_dir():
        msg = f"--data {folder}: no such folder"
        raise ConfigError(msg)
    return OwnFiles.of(folder)
