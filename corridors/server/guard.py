"""What is checked before any route sees a request, and the replies: bytes, or a problem."""

from __future__ import annotations

import asyncio
import gzip
import ipaddress
import json
import logging
import os
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import Any, Protocol
from urllib.parse import urlsplit

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from corridors.errors import CorridorsError, EndError, OptionError, faults_of, printable
from corridors.files import RepeatedKeyError, each_key_once

# What a question over HTTP is answered with: bytes, or a problem in the words of the program.

LOG = logging.getLogger("corridors.server")
JSON = "application/json"
PROBLEM = "application/problem+json"
SCENARIO = "scenario"
"""What faults of a question's scenario begin with."""
BAD_INPUT, GONE, SUPERSEDED, OUR_FAULT, BUSY = 422, 404, 409, 500, 503
RETRY_SECONDS = 5
PROGRAM_ERROR = "this is an error in the program, and its log says where; the question is not wrong"
LEAST_PACKED = 1_000
"""Bytes of a body from which it is compressed."""
PACKING = 5
"""Of nine: an answer is packed in a third of the time of the smallest, and 2 % larger."""
_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")
_KEY = re.compile(r"[a-z_]+(?:[.@\[][^ :]*)?")
TITLES: Mapping[int, str] = {
    400: "The request cannot be read",
    403: "Not from this page",
    404: "Not there",
    405: "Not this way",
    409: "Superseded",
    413: "Too much text",
    415: "Not JSON",
    421: "Not this server's name",
    422: "The question has a fault",
    500: "An error in the program",
    503: "Busy",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The answer to a request: its status, its bytes and their type."""

    body: bytes
    media: str = JSON
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    gzipped: bytes = b""
    """The body compressed, where that was done beforehand."""

    def packed(self) -> Reply:
        """Return it with its body compressed as small as can be."""
        return replace(self, gzipped=gzip.compress(self.body, mtime=0))

    def sent_as(self, accepted: str) -> Reply:
        """Return it as a client takes it, by its `Accept-Encoding`: compressed if that pays."""
        if len(self.body) < LEAST_PACKED:
            return self
        headers = {**self.headers, "Vary": "Accept-Encoding"}
        if not _GZIP.search(accepted.lower()):
            return replace(self, headers=headers)
        body = self.gzipped or gzip.compress(self.body, PACKING, mtime=0)
        return replace(self, body=body, headers={**headers, "Content-Encoding": "gzip"})


def compact(value: object) -> bytes:
    """Return plain values as JSON without blanks."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode()


def problem(status: int, detail: str, *, name: str = "", **more: object) -> Reply:
    """Return a problem of RFC 9457.

    Parameters
    ----------
    status
        Of HTTP.
    detail
        What is wrong and what would do, in a sentence.
    name
        Its kind where the status alone does not say it.
    more
        Other members, such as `field`.
    """
    title = TITLES.get(status, "Refused")
    record: dict[str, object] = {
        "type": f"urn:corridors:{name}" if name else "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        **{key: value for key, value in more.items() if value},
    }
    headers = {"Retry-After": str(RETRY_SECONDS)} if status == BUSY else {}
    # Half a surrogate pair in a text that is quoted has no form in UTF-8.
    body = json.dumps(record, separators=(",", ":")).encode()
    return Reply(body=body, media=PROBLEM, status=status, headers=headers)


def problem_of(error: CorridorsError) -> Reply:
    """Return the faults of a question as a problem: all sentences, and the key of the first."""
    told = [field_of(fault) for fault in faults_of(error)] or [("", "this cannot be answered")]
    if isinstance(error, EndError | OptionError):
        told[0] = error.key, told[0][1]
    faults = [{"field": key, "detail": text} for key, text in told]
    return problem(
        BAD_INPUT,
        told[0][1],
        name="fault",
        field=next((key for key, _ in told if key), ""),
        faults=faults if len(faults) > 1 else None,
    )


def field_of(fault: str) -> tuple[str, str]:
    """Return the key that a fault is about, empty for none, and its sentence."""
    text = fault.removeprefix(f"{SCENARIO}: ")
    key, colon, _ = text.partition(": ")
    return (key if colon and _KEY.fullmatch(key) else ""), text


def unreadable(errors: Sequence[Mapping[str, Any]]) -> Reply:
    """Return the first fault that pydantic finds in a request as a problem."""
    first = errors[0] if errors else {}
    if first.get("type") == "json_invalid":
        return problem(400, "the body is not JSON")
    at = [
        printable(str(part)[:80])
        for part in first.get("loc", ())
        if part not in ("body", "query", "path")
    ]
    field = ".".join(at)
    text = ": ".join(filter(None, (field, str(first.get("msg", "cannot be read")))))
    return problem(BAD_INPUT, text, name="fault", field=field)


# What the front of the server, its pool and its workers say to each other.

SCENARIO_FILE = "scenario.yaml"
_KEY_CHARACTERS = 32

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """The folder with own data that the server was started with, and the names in it.

    They are listed once: a question names one of them, and nothing else is ever opened.
    """

    folder: Path | None = None
    names: frozenset[str] = frozenset()

    @classmethod
    def of(cls, folder: Path | None) -> OwnFiles:
        """Return the files and folders directly in a folder, without hidden ones and links."""
        if folder is None:
            return cls()
        root = folder.resolve()
        listed = (path for path in root.iterdir() if not path.is_symlink())
        return cls(root, frozenset(path.name for path in listed if path.name[0] != "."))

    @property
    def shown(self) -> str:
        """The path of a scenario beside them, which names of files are relative to."""
        return SCENARIO_FILE if self.folder is None else str(self.folder / SCENARIO_FILE)


def key_of(values: Values) -> str:
    """Return a key of a question: the same keys and values, in any order, have the same."""
    text = json.dumps(values, sort_keys=True)
    return sha256(text.encode()).hexdigest()[:_KEY_CHARACTERS]


BYTES_PER_MB = 1_000_000


class Stop(Protocol):
    """A number in memory that both processes see: of the question to stop."""

    value: int


@dataclass(frozen=True, slots=True)
class Step:
    """How far a study is."""

    what: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Done:
    """An answer, None for a question that was stopped, and the memory of the process in MB."""

    reply: Reply | None
    mb: float


def cpu_seconds(process: int) -> float | None:
    """Return the processor time of a process and of its children that ended; None where unknown.

    Known on Linux.
    """
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
        # The name of the program, in brackets, may hold blanks; of what follows, four are times.
        times = text.rpartition(")")[2].split()[11:15]
        return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError):
        return None


def memory_mb(process: int | None = None) -> float:
    """Return the resident memory of a process in MB, by default of this one; 0 where unknown.

    On Linux as it is now, shared pages included. On macOS the largest that this process had.
    """
    try:
        pages = Path(f"/proc/{process or 'self'}/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE") / BYTES_PER_MB
    except (OSError, ValueError, IndexError):
        if process is not None:
            return 0.0
    try:
        import resource
    except ImportError:  # Windows
        return 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / BYTES_PER_MB


MOST_BODY = 256 * 1024
"""Bytes of a body, however it is sent."""
BODY_SECONDS = 10.0
MOST_CONNECTIONS = 400
"""Open connections, where the limit of open files allows twice as many."""
PARTS = 2
"""Of these files half are for connections, of the connections half may be answered at once, streams
among them, and of these one client may have half: what is left is for others."""
HEALTH = "/healthz"
"""Answered however busy the server is."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self';"
    " frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'"
)
SECURED = (
    (b"content-security-policy", CONTENT_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def most_connections() -> int:
    """Return how many connections may be open, under the limit of open files."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return MOST_CONNECTIONS
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    unlimited = files == resource.RLIM_INFINITY
    return MOST_CONNECTIONS if unlimited else min(MOST_CONNECTIONS, files // PARTS)


def client_of(scope: Scope) -> str:
    """Return the address of who asks: of the client, or as a proxy on this machine says it."""
    client = scope.get("client")
    return str(client[0]) if client else ""


class Limits:
    """Refuses requests of other pages and hosts and large bodies, and marks every answer.

    A page of another site may lead its own name to this address (DNS rebinding), so the name that a
    request asks for must be one of `hosts`; and where a browser says which page a request comes
    from, that must be this one. There are no cookies.

    A request counts once it has arrived. HEAD is answered as GET is, without the body.

    Parameters
    ----------
    app
        What answers.
    hosts
        Names of this server, without ports.
    most
        How many requests are answered at once.
    """

    def __init__(self, app: App, *, hosts: Iterable[str] = (), most: int = 0) -> None:
        self.app = app
        self.hosts = LOOPBACK | {host_name(one) for one in hosts}
        self.most = most or most_connections() // PARTS
        self.active: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = monotonic(), 0
        method = scope["method"]
        if method == "HEAD":
            # Only for what answers: the server that sends it goes on to know.
            scope = {**scope, "method": "GET"}

        async def marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = {name for name, _ in message.get("headers", ())}
                more = [] if b"cache-control" in given else [(b"cache-control", b"no-store")]
                message["headers"] = [*message.get("headers", ()), *SECURED, *more]
            if method == "HEAD" and message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        try:
            await self._bounded(scope, receive, marked)
        finally:
            took = round(1000 * (monotonic() - began))
            # The path is this server's own; a query or a body is the asker's, and not kept.
            path = str(scope["path"])[:80].encode("ascii", "replace").decode()
            LOG.info("%s %r %s %s ms", method[:8], path, status or "ended", took)

    async def _bounded(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = self._refusal(scope)
        body = b""
        if refused is None:
            body, refused = await _whole(receive, declared=_header(scope, b"content-length"))
        refused = refused or _repeated_key(body)
        client = client_of(scope)
        if refused is None and scope["path"] != HEALTH:
            refused = self._crowded(client)
        if refused is not None:
            await send_reply(refused, send)
            return
        given = False

        async def again() -> Message:
            nonlocal given
            if given:
                return await receive()  # tells when the client has gone
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        self.active[client] += 1
        try:
            await self.app(scope, again, send)
        finally:
            self.active[client] -= 1
            if not self.active[client]:
                del self.active[client]

    def _crowded(self, client: str) -> Reply | None:
        if self.active.total() >= self.most:
            return problem(BUSY, "too many requests at once; ask again later")
        if self.active[client] >= self.most // PARTS:
            return problem(BUSY, "too many requests at once from one client; ask again later")
        return None

    def _refusal(self, scope: Scope) -> Reply | None:
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        host = hosts[0].decode("latin-1") if len(hosts) == 1 else ""
        if host_name(host) not in self.hosts:
            return problem(
                421, "this server has another name; start it with --allow-host NAME for this one"
            )
        origin = _header(scope, b"origin")
        site = _header(scope, b"sec-fetch-site")
        own = not origin or urlsplit_host(origin) == host.lower()
        if not own or site in ("cross-site", "same-site"):
            # A link to the page itself may stand anywhere.
            if not origin and scope["method"] == "GET" and scope["path"] == "/":
                return None
            return problem(403, "only the page of this server may ask it from a browser")
        kind = _header(scope, b"content-type").partition(";")[0].strip().lower()
        if scope["method"] == "POST" and kind != JSON:
            return problem(415, f"send {JSON}")
        return None


def host_name(host: str) -> str:
    """Return the name of a host without its port, in lower case."""
    host = host.strip().lower()
    name, colon, port = host.rpartition(":")
    if colon and port.isdigit() and (":" not in name or name.endswith("]")):
        host = name
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host.removesuffix(".")
    return f"[{address}]" if address.version == 6 else str(address)


def urlsplit_host(origin: str) -> str:
    """Return the host and port of an origin in lower case, empty for none or a wrong one."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _header(scope: Scope, name: bytes) -> str:
    for key, value in scope["headers"]:
        if key == name:
            return str(value.decode("latin-1"))
    return ""


async def _whole(receive: Receive, *, declared: str) -> tuple[bytes, Reply | None]:
    """Return the body of a request, or why it is refused."""
    too_large = problem(413, f"a question may have {MOST_BODY // 1024} KB")
    if declared.isdigit() and int(declared[:20]) > MOST_BODY:
        return b"", too_large
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    return b"", problem(400, "the request ended before its body did")
                body += message.get("body", b"")
                if len(body) > MOST_BODY:
                    return b"", too_large
                if not message.get("more_body"):
                    return bytes(body), None
    except TimeoutError:
        return b"", problem(408, f"the body took longer than {BODY_SECONDS:g} s")


def _repeated_key(body: bytes) -> Reply | None:
    """Return why a body is refused that has a key twice, as a file would be."""
    try:
        json.loads(body or b"null", object_pairs_hook=each_key_once)
    except RepeatedKeyError as error:
        key, _, _ = str(error).partition(": ")
        return problem(BAD_INPUT, str(error), name="fault", field=key)
    except (ValueError, RecursionError):
        return None  # what reads the body next says why
    return None


async def send_reply(reply: Reply, send: Send) -> None:
    """Send a reply."""
    headers = {"Content-Type": reply.media, "Content-Length": str(len(reply.body)), **reply.headers}
    listed = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": listed})
    await send({"type": "http.response.body", "body": reply.body})


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
