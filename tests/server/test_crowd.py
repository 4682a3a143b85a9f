"""What one client may do to the server, and that others notice nothing of it."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from typing import Any, cast

import pytest
import uvicorn
from starlette.testclient import TestClient

from corridors.server import app, guard
from corridors.server import workers as pools
from corridors.server.app import Works, make_app
from corridors.server.guard import Connection, Reply
from corridors.server.workers import REST, SHORT, URGENT, Pool, Question
from tests.server.asking import ADDRESS, SCENARIO

HEAD = b"POST /api/compare?part=figures HTTP/1.1\r\nHost: localhost\r\n"
WITH_BODY = HEAD + b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n"
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
QUESTION = json.dumps({"scenario": SCENARIO}).encode()
LARGE = b" " * 20_000_000
SOON_S = 1.0


class Ready:
    """Answers at once, or leaves a question waiting until it is told the answer."""

    def __init__(self, *, waits: bool = False, body: bytes = b'"answer"') -> None:
        self.asked: list[Question] = []
        self.waits, self.body = waits, body

    def ask(self, question: Question) -> Future[Reply]:
        self.asked.append(question)
        if not self.waits:
            question.end(Reply(body=self.body))
        return question.reply

    def stop(self, question: Question, reply: Reply) -> None:
        question.end(reply)

    def state(self) -> dict[str, object]:
        return {"workers": 1}

    def close(self) -> None:
        """Nothing is open."""


class Front:
    """A server with few places and short times, and what is connected to it."""

    def __init__(self, pool: Ready) -> None:
        self.pool = pool
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        app = make_app(cast("Pool", pool))
        self.server = uvicorn.Server(
            uvicorn.Config(app, http=Connection, log_level="critical", ws="none")
        )
        self.stack = ExitStack()
        self.thread = threading.Thread(target=self.server.run, args=([self.listening],))
        self.thread.start()

    @property
    def open(self) -> int:
        return len(self.server.server_state.connections)

    def connect(self, *, receives: int = 0) -> socket.socket:
        made = self.stack.enter_context(socket.socket())
        if receives:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
        made.settimeout(10)
        made.connect(self.listening.getsockname())
        return made

    def answered(self, request: bytes, made: socket.socket | None = None) -> bytes:
        """Return the first line of an answer that comes soon."""
        began = time.monotonic()
        made = made or self.connect()
        made.sendall(request)
        line = made.recv(10_000).partition(b"\r\n")[0]
        assert time.monotonic() - began < SOON_S
        return line

    def close(self) -> None:
        self.stack.close()
        self.server.should_exit = True
        self.thread.join()
        self.listening.close()


@pytest.fixture
def front(monkeypatch: pytest.MonkeyPatch) -> Iterator[Front]:
    monkeypatch.setattr(Connection, "most", 40)
    monkeypatch.setattr(guard, "most_connections", lambda: 40)
    monkeypatch.setattr(guard, "REQUEST_SECONDS", 0.5)
    monkeypatch.setattr(guard, "TAKING_SECONDS", 0.5)
    made = Front(Ready())
    yield made
    made.close()


def ends_soon(made: socket.socket) -> bool:
    """Return whether the server closes a connection."""
    began = time.monotonic()
    try:
        while made.recv(100_000):
            pass
    except ConnectionError:
        pass
    return time.monotonic() - began < 5 * SOON_S


def test_half_headers_leave_a_place_for_others_and_are_closed(front: Front) -> None:
    fine = front.connect()
    assert front.answered(HEALTH, fine) == b"HTTP/1.1 200 OK"
    half = [front.connect() for _ in range(120)]
    for one in half:
        one.send(HEAD)
    assert front.answered(HEALTH) == b"HTTP/1.1 200 OK"
    assert front.answered(WITH_BODY % len(QUESTION) + QUESTION) == b"HTTP/1.1 200 OK"
    assert front.open <= Connection.most
    assert all(map(ends_soon, half))
    # A second request over the same connection has as long, not for ever.
    again = front.connect()
    assert front.answered(HEALTH, again) == b"HTTP/1.1 200 OK"
    again.send(HEAD)
    assert ends_soon(again)


def test_slow_bodies_take_no_turn_of_others(front: Front) -> None:
    slow = [front.connect() for _ in range(35)]
    for one in slow:
        one.sendall(WITH_BODY % 1_000 + b"{")
    for _ in range(3):
        assert front.answered(HEALTH) == b"HTTP/1.1 200 OK"
        assert front.answered(WITH_BODY % len(QUESTION) + QUESTION) == b"HTTP/1.1 200 OK"
    assert all(map(ends_soon, slow))


def test_one_who_does_not_take_the_answer_is_let_go(front: Front) -> None:
    front.pool.body = LARGE
    lazy = front.connect(receives=4_096)
    lazy.sendall(WITH_BODY % len(QUESTION) + QUESTION)
    deadline = time.monotonic() + 5 * SOON_S
    while not front.open and time.monotonic() < deadline:
        time.sleep(0.01)
    while front.open and time.monotonic() < deadline:
        time.sleep(0.02)
    assert front.open == 0


def test_what_is_answered_keeps_its_connection(front: Front) -> None:
    # As many as have places ask and wait; newcomers do not push them out, nor do times end them.
    front.pool.waits = True
    waiting = [front.connect() for _ in range(10)]
    for one in waiting:
        one.sendall(WITH_BODY % len(QUESTION) + QUESTION)
    deadline = time.monotonic() + 5 * SOON_S
    while len(front.pool.asked) < len(waiting) and time.monotonic() < deadline:
        time.sleep(0.01)
    half = [front.connect() for _ in range(60)]
    for one in half:
        one.send(HEAD)
    time.sleep(0.7)
    assert front.answered(HEALTH) == b"HTTP/1.1 200 OK"
    for question in list(front.pool.asked):
        question.end(Reply(body=b"1"))
    assert {one.recv(15) for one in waiting} == {b"HTTP/1.1 200 OK"}


def test_connections_stay_under_the_limit_of_files(monkeypatch: pytest.MonkeyPatch) -> None:
    resource = pytest.importorskip("resource")
    for soft, most in ((256, 128), (1_024, 400), (resource.RLIM_INFINITY, 400)):
        monkeypatch.setattr(resource, "getrlimit", lambda _which, soft=soft: (soft, soft))
        assert guard.most_connections() == most


def test_a_client_has_half_of_what_is_answered_at_once() -> None:
    never = asyncio.Event()

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        if _scope["path"] == "/wait":
            await never.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    limits = guard.Limits(app, most=4)

    async def ask(client: str, path: str = "/") -> int:
        statuses: list[int] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b""}

        async def send(message: Any) -> None:
            statuses.append(message.get("status", 0))

        scope = {"type": "http", "method": "GET", "path": path, "client": (client, 1)}
        await limits({**scope, "headers": [(b"host", b"localhost")]}, receive, send)
        return statuses[0]

    async def crowd() -> list[int]:
        waiting = [asyncio.create_task(ask("one", "/wait")) for _ in range(2)]
        await asyncio.sleep(0)
        told = [await ask("one"), await ask("one", guard.HEALTH), await ask("two")]
        waiting += [asyncio.create_task(ask("two", "/wait")) for _ in range(2)]
        await asyncio.sleep(0)
        told += [await ask("three"), await ask("three", guard.HEALTH)]
        never.set()
        assert await asyncio.gather(*waiting) == [200] * 4
        return [*told, await ask("one")]

    assert asyncio.run(crowd()) == [503, 200, 200, 503, 200, 200]
    assert not limits.active


def test_head_is_answered_as_get_without_the_body(front: Front) -> None:
    with TestClient(make_app(cast("Pool", Ready())), base_url=ADDRESS) as client:
        (script,) = re.findall(r'"(static/\w+/map/map.js)"', client.get("/").text)
        for path, status in (("/", 200), ("/healthz", 200), (f"/{script}", 200)):
            head, get = client.head(path), client.get(path)
            assert (head.status_code, head.content, get.status_code) == (status, b"", status)
            assert head.headers == get.headers
        assert client.head("/nothing").status_code == 404
        assert client.head("/api/compare").status_code == 405
        other = {"Host": "evil.example"}
        assert client.head("/", headers=other).status_code == 421
    # Over one connection, the next answer begins where the last one ends.
    made = front.connect()
    assert front.answered(HEALTH.replace(b"GET", b"HEAD"), made) == b"HTTP/1.1 200 OK"
    assert front.answered(HEALTH, made) == b"HTTP/1.1 200 OK"


def pool_of(waiting: int, monkeypatch: pytest.MonkeyPatch) -> Pool:
    """Return a pool without workers in which so many questions may wait."""
    monkeypatch.setattr(pools, "MOST_WAITING", waiting)
    return Pool(1, starts=False)


def asks(client: str, *, rank: int = URGENT) -> Question:
    return Question(kind="echo", given={}, client=client, rank=rank)


def test_the_client_with_the_most_is_refused_when_too_many_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pool = pool_of(6, monkeypatch)
    many = [asks("many", rank=SHORT) for _ in range(6)]
    for one in many:
        pool.ask(one)
    others = [asks("other"), asks("third", rank=REST)]
    for one in others:
        pool.ask(one)
    assert [one.reply.done() for one in many] == [False] * 4 + [True] * 2
    assert many[-1].reply.result().status == 503
    assert not any(one.reply.done() for one in others)
    # Its own more urgent question takes the place of one that is less so.
    urgent = asks("many")
    pool.ask(urgent)
    assert [many[3].reply.done(), urgent.reply.done()] == [True, False]
    # Nobody is refused for another's.
    pool.ask(asks("many"))
    assert not any(one.reply.done() for one in others)


def test_clients_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = pool_of(20, monkeypatch)
    asked = [asks("many"), asks("many"), asks("many"), asks("other"), asks("many", rank=REST)]
    asked.append(asks("third"))
    for one in asked:
        pool.ask(one)
    # One is answered for "many" already, so the first of the others comes before its next.
    pool._running[0] = asks("many")
    order = []
    while (following := pool._next(0)) is not None:
        pool._waiting.remove(following)
        order.append(asked.index(following))
        if len(order) < 3:  # of those, the workers are at work on the first ones
            pool._running[len(order)] = following
    assert order == [3, 5, 0, 1, 2, 4]


def test_a_study_of_months_asks_for_two_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "ALIVE_SECONDS", 0.01)
    pool = Ready(waits=True)
    works = Works(cast("Pool", pool))
    questions = [Question(kind="month", given={}) for _ in range(12)]
    most = 0

    async def stream() -> list[bytes]:
        nonlocal most
        events = works.streamed(questions, each="month", client="one").body_iterator
        told = []
        async for event in events:
            told.append(event)
            under_way = [one for one in pool.asked if not one.reply.done()]
            most = max(most, len(under_way))
            for one in under_way[:1]:
                one.end(Reply(body=b"{}"))
        return [cast("bytes", event) for event in told]

    told = asyncio.run(stream())
    assert sum(event.startswith(b"event: month") for event in told) == 12
    assert most == app.TOGETHER == 2
    assert pool.asked == questions
    assert {one.client for one in questions} == {"one"}
