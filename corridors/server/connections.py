"""Connections that wait for a request: how long they may, and how many there may be.

uvicorn answers whatever has sent a whole header, and waits for the rest without an end: half-sent
headers would take every file that the process may open. No server that was looked at both limits
connections and lets a health check through (docs/how-to/serve.md), so its connections are extended
by what nginx does: those that still owe a request make room for new ones.
"""

from __future__ import annotations

import asyncio
from time import monotonic

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from corridors.server.guard import most_connections

REQUEST_SECONDS = 15.0
"""How long a request, header and body, may take to arrive."""
TAKING_SECONDS = 60.0
"""How long a client may leave what it is sent lying."""


class Connection(H11Protocol):
    """A connection that is closed if its request does not arrive, or if its place is needed.

    When more than `most` are open, the one that has owed its request for the longest is closed: a
    client that sends it at once always finds a place.
    """

    most = most_connections()
    _owing: float | None = None
    _deadline: asyncio.TimerHandle | None = None
    _taking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request, and make room if that is one too many."""
        super().connection_made(transport)
        self._owe()
        self._begin()
        if len(self.connections) > self.most:
            ours = (one for one in self.connections if isinstance(one, Connection))
            owing = [(one._owing, id(one), one) for one in ours if one._owing is not None]
            min(owing)[-1]._drop()

    def data_received(self, data: bytes) -> None:
        """Read; the deadline of a further request begins with its first byte."""
        if self._owing is not None and self._deadline is None:
            self._begin()
        super().data_received(data)
        # While the parser waits for a header or a body, the client has the turn.
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._owing = None
            self._end("_deadline")

    def on_response_complete(self) -> None:
        """Wait for the next request, unless it has come already."""
        super().on_response_complete()
        if self.conn.their_state in (h11.IDLE, h11.SEND_BODY):
            self._owe()

    def pause_writing(self) -> None:
        """Give the client a while to take what it is sent."""
        super().pause_writing()
        self._taking = self._taking or self.loop.call_later(TAKING_SECONDS, self._drop)

    def resume_writing(self) -> None:
        """Go on, now that the client has taken it."""
        super().resume_writing()
        self._end("_taking")

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._end("_deadline")
        self._end("_taking")
        super().connection_lost(exc)

    def _owe(self) -> None:
        self._owing = monotonic()

    def _begin(self) -> None:
        self._deadline = self.loop.call_later(REQUEST_SECONDS, self._drop)

    def _end(self, timer: str) -> None:
        running: asyncio.TimerHandle | None = getattr(self, timer)
        if running is not None:
            running.cancel()
            setattr(self, timer, None)

    def _drop(self) -> None:
        self.connections.discard(self)
        self.transport.abort()
