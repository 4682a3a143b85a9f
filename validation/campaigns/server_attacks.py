"""What one client may do to `corridors serve`, and what others notice of it.

Half-sent headers, slow bodies and streams of months come from one address while another asks for
figures and for `/healthz`, each on a new connection.
"""

from __future__ import annotations

import asyncio
import random
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any
from urllib.parse import urlsplit

import httpx2

FIGURES_S, HEALTH_S = 1.0, 0.2
"""Within which 95 % of others' figures come, and of `/healthz`."""
PAUSE_S = 0.25
MOST_OPENED = 200
"""Connections that an attacker opens again each second."""
HEAD = b"POST /api/compare?part=figures HTTP/1.1\r\nHost: 127.0.0.1\r\n"
BODY_HEAD = HEAD + b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
OTHER = "127.0.0.2" if sys.platform.startswith("linux") else "127.0.0.1"
"""The address of the others; only Linux has more than one for itself."""


@dataclass
class Noticed:
    """What others were answered: status by kind, and the seconds that each took."""

    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=dict)

    def note(self, kind: str, status: int, took: float) -> None:
        """Note an answer; status 0 for none."""
        self.statuses[kind, status] += 1
        self.seconds.setdefault(kind, []).append(took)

    def within(self, kind: str) -> float:
        """Return the seconds within which 95 % of the answers of a kind came."""
        took = sorted(self.seconds[kind])
        return took[int(0.95 * (len(took) - 1))]

    @property
    def refused(self) -> int:
        """How many were answered anything but 200."""
        return sum(count for (_, status), count in self.statuses.items() if status != 200)


async def watched(
    address: str, scenario: Mapping[str, Any], noticed: Noticed, ended: asyncio.Event
) -> None:
    """Ask as another client does, on a new connection each time, until the attack has ended."""
    number = 0
    while not ended.is_set():
        number += 1
        moved = {**scenario, "overrides": {"fuel.vlsfo_usd_per_t": 300 + number}}
        figures = ("POST", "/api/compare?part=figures", {"scenario": moved})
        for kind, (method, path, body) in (
            ("healthz", ("GET", "/healthz", None)),
            ("figures", figures),
        ):
            transport = httpx2.AsyncHTTPTransport(local_address=OTHER)
            began, status = time.monotonic(), 0
            with suppress(httpx2.HTTPError):
                async with httpx2.AsyncClient(
                    base_url=address, transport=transport, timeout=20
                ) as client:
                    # What a client itself takes to be made is no part of the answer.
                    began = time.monotonic()
                    status = (await client.request(method, path, json=body)).status_code
            noticed.note(kind, status, time.monotonic() - began)
        await asyncio.sleep(PAUSE_S)


async def held_open(address: str, first: bytes, *, count: int, seconds: float) -> None:
    """Open so many connections, send the beginning of a request, and a byte each second.

    Of those that are closed, `MOST_OPENED` are opened again each second.
    """
    url, loop = urlsplit(address), asyncio.get_running_loop()
    port, ends = url.port or 80, time.monotonic() + seconds
    sockets: list[socket.socket | None] = [None] * count

    async def opened() -> socket.socket | None:
        made = socket.socket()
        made.setblocking(False)
        try:
            await asyncio.wait_for(loop.sock_connect(made, ("127.0.0.1", port)), 2)
            await loop.sock_sendall(made, first)
        except (OSError, TimeoutError):
            made.close()
            return None
        return made

    most = count
    while time.monotonic() < ends:
        for number, one in enumerate(sockets):
            if one is None:
                if most > 0:
                    most -= 1
                    sockets[number] = await opened()
                continue
            try:
                one.send(b"x")
            except OSError:
                one.close()
                sockets[number] = None
        most = MOST_OPENED
        await asyncio.sleep(1.0)
    for one in sockets:
        if one is not None:
            one.close()


async def months(address: str, scenario: Mapping[str, Any], *, streams: int, pages: str) -> int:
    """Let one client ask for so many streams of months at once; return how many months came."""
    draw = random.Random("months")

    async def one(number: int) -> int:
        asked = {**scenario, "departure": f"2026-{draw.randrange(1, 13):02d}-{1 + number:02d}"}
        asked["overrides"] = {"fuel.vlsfo_usd_per_t": 1_000 + number}
        headers = {"X-Page": f"{pages}{number}"}
        async with (
            httpx2.AsyncClient(base_url=address, timeout=300, headers=headers) as client,
            client.stream("POST", "/api/months", json={"scenario": asked}) as stream,
        ):
            return "".join([text async for text in stream.aiter_text()]).count("event: month")

    return sum(await asyncio.gather(*(one(number) for number in range(streams))))


def noticed_under(
    address: str, scenario: Mapping[str, Any], attack: Callable[[], Coroutine[Any, Any, object]]
) -> Noticed:
    """Return what others notice while an attack lasts, which another process makes."""
    noticed = Noticed()

    async def both() -> None:
        ended = asyncio.Event()
        watching = asyncio.create_task(watched(address, scenario, noticed, ended))
        attacker = get_context("fork").Process(target=lambda: asyncio.run(attack()), daemon=True)
        await asyncio.sleep(1.0)
        attacker.start()
        while attacker.is_alive():
            await asyncio.sleep(0.1)
        ended.set()
        await watching

    asyncio.run(both())
    return noticed
