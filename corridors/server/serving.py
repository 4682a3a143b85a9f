"""Run the server until Ctrl-C: listen, start the workers, open the page."""

from __future__ import annotations

import ipaddress
import logging
import socket
import webbrowser
from collections.abc import Callable, Sequence
from typing import Any

from corridors.errors import ConfigError
from corridors.server.guard import most_connections
from corridors.server.replies import OwnFiles
from corridors.server.workers import Pool

BURSTS = 4
"""Connections are accepted in as many bursts as fill all places, so that each is read once before
newer ones could take its place."""
KEEP_ALIVE_SECONDS = 15
MOST_HEAD = 32 * 1024
"""Bytes of a request's line and headers."""
STOPPING_SECONDS = 3
PROXIES = "127.0.0.1,::1"
"""Who may say for which client it asks: a proxy on this machine."""


def run(
    *,
    host: str,
    port: int,
    workers: int,
    own: OwnFiles,
    hosts: Sequence[str],
    open_page: bool,
    say: Callable[[str], None],
) -> None:
    """Serve the page and the API until the process is told to end.

    Raises
    ------
    ConfigError
        The address cannot be listened on.
    """
    listening = _listening(host, port)
    port = listening.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    # The workers warm themselves while the rest is loaded.
    pool = Pool(workers, own=own)
    import uvicorn

    from corridors.server.app import make_app
    from corridors.server.guard import Connection
    from corridors.server.replies import LOG

    app: Any = make_app(pool, hosts=(host, *hosts))
    address = f"http://{shown}:{port}/"
    say(f"corridors serve: {address} with {pool.size} workers. Ctrl-C stops it.")
    if not is_loopback(host):
        say(
            f"! Other machines can reach {host}, and there is no password: anyone who reaches it"
            " can use it. Put a proxy with TLS and logins in front of it (docs: how-to/serve)."
        )
    LOG.setLevel(logging.INFO)
    if not LOG.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        LOG.addHandler(handler)
        LOG.propagate = False
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            http=Connection,
            access_log=False,
            log_level="critical",
            ws="none",
            forwarded_allow_ips=PROXIES,
            server_header=False,
            backlog=most_connections() // BURSTS,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=STOPPING_SECONDS,
            h11_max_incomplete_event_size=MOST_HEAD,
        )
    )
    if open_page:
        webbrowser.open(address)
    try:
        server.run(sockets=[listening])
    finally:
        pool.close()
        listening.close()


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except (OSError, OverflowError) as error:
        made.close()
        what = getattr(error, "strerror", None) or error
        msg = f"--host {host} --port {port}: {what}; give another port, or 0 for a free one"
        raise ConfigError(msg) from None
    made.listen(most_connections() // BURSTS)
    return made


def is_loopback(host: str) -> bool:
    """Return whether an address is seen from this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
