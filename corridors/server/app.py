"""The routes: each reads a question, lets a worker answer it; and the server that has them."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import secrets
import socket
import webbrowser
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import islice
from typing import Annotated, Any

from fastapi import FastAPI, Header, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from corridors.bounded_cache import BoundedCache
from corridors.errors import ConfigError
from corridors.output.listings import CORRIDORS, PARAMETERS
from corridors.output.store import listing_json
from corridors.output.tables import Table
from corridors.server.asked_studies import places_reply
from corridors.server.described import (
    Asked,
    PlacesAsked,
    api_page,
    body_of,
    described,
    request_kind,
    served_studies,
)
from corridors.server.guard import (
    GONE,
    HEALTH,
    LOG,
    OUR_FAULT,
    PROGRAM_ERROR,
    Limits,
    OwnFiles,
    Reply,
    Step,
    client_of,
    compact,
    key_of,
    most_connections,
    problem,
    unreadable,
)
from corridors.server.start import API_PAGE, PAGE, static_files
from corridors.server.workers import (
    QUESTION_SECONDS,
    REST,
    STUDY,
    STUDY_SECONDS,
    Pool,
    Question,
    month_questions,
)
from corridors.studies.explain.question import STUDY as EXPLAIN
from corridors.version import __version__

# Long studies as server-sent events: how far they are, what they find, how they are stopped.

EVENTS = "text/event-stream"
TOGETHER = 2
"""Questions of one study that wait or are answered at the same time."""
ALIVE_SECONDS = 10.0
"""A proxy ends a connection over which nothing comes."""
STOPPED = problem(GONE, "the work was stopped", name="stopped")


class Works:
    """Studies under way, by an id that only who started one knows."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._stops: dict[str, Callable[[], None]] = {}

    def stop(self, work: str) -> bool:
        """Stop a study; return whether there was one of this id."""
        stop = self._stops.get(work)
        if stop is not None:
            stop()
        return stop is not None

    def streamed(
        self, questions: Sequence[Question], *, each: str, client: str
    ) -> StreamingResponse:
        """Return the answers to questions as events, in the order in which they are ready.

        Parameters
        ----------
        questions
            One or more, of which `TOGETHER` are asked at once.
        each
            The event of an answer. After the last comes `done`, with the answer again if it is the
            only one.
        client
            Who asks.
        """
        for question in questions:
            question.client = client
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(
            self._events(questions, each=each), media_type=EVENTS, headers=headers
        )

    async def _events(self, questions: Sequence[Question], *, each: str) -> AsyncIterator[bytes]:
        loop, told = asyncio.get_running_loop(), asyncio.Queue[Step | Reply]()

        def tell(what: Step | Reply) -> None:
            loop.call_soon_threadsafe(told.put_nowait, what)

        def stop() -> None:
            for question in questions:
                self.pool.stop(question, STOPPED)

        work = secrets.token_urlsafe(16)
        self._stops[work] = stop
        try:
            yield _event("work", compact({"id": work, "parts": len(questions)}))
            to_ask, left = iter(questions), len(questions)

            def ask() -> None:
                for question in islice(to_ask, 1):
                    question.on_step = tell
                    self.pool.ask(question).add_done_callback(lambda reply: tell(reply.result()))

            for _ in range(TOGETHER):
                ask()
            while left:
                try:
                    what = await asyncio.wait_for(told.get(), ALIVE_SECONDS)
                except TimeoutError:
                    yield b": under way\n\n"
                    continue
                if isinstance(what, Step):
                    yield _event("progress", compact(_record(what)))
                    continue
                if what.status != 200:
                    yield _event("problem", what.body)
                    return
                left -= 1
                ask()
                yield _event(each, what.body)
            yield _event("done", b"{}")
        finally:
            del self._stops[work]
            stop()


def _record(step: Step) -> dict[str, object]:
    return {"what": step.what, "done": step.done, "total": step.total}


def _event(name: str, data: bytes) -> bytes:
    lines = b"\n".join(b"data: " + line for line in data.splitlines())
    return b"event: " + name.encode() + b"\n" + lines + b"\n\n"


MOST_KEYS = 400
"""Questions that are remembered by key, for their details and maps."""
ANSWER = "answer"
PAGE_PART = "page"
GONE_SECONDS = 1.0
FILES = (
    *("comparison.json", "options.csv", "emissions.csv", "legs.gpkg", "map.html", "report.html"),
)
MONTHS_FILE = "months.csv"
PARTS = ("details", "map")
Part = Annotated[
    str,
    Query(
        pattern="^(record|page)$",
        description="`record`, as the command has it, or `page`: sentences and markup",
    ),
]
PageId = Annotated[str, Header(alias="X-Page", max_length=80)]


def make_app(pool: Pool, *, hosts: Iterable[str] = ()) -> FastAPI:
    """Return the application.

    Parameters
    ----------
    pool
        The workers; closed when the application ends.
    hosts
        Names of this server besides those of the loopback.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await run_in_threadpool(pool.close)

    app = FastAPI(
        title="corridors",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.add_middleware(Limits, hosts=tuple(hosts))
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Exception, _broken)
    _pages(app)
    _lists(app, pool)
    _comparisons(app, pool)
    _questions(app, pool)
    _studies(app, pool)
    described(app)
    return app


def api_description() -> dict[str, Any]:
    """Return the description of the API (OpenAPI), without a server."""
    return make_app(Pool(0, starts=False)).openapi()


def _pages(app: FastAPI) -> None:
    found = static_files()

    @app.get("/", include_in_schema=False)
    async def page(request: Request) -> Response:
        return _static(found.get(PAGE), request)

    @app.get("/docs", include_in_schema=False)
    async def api(request: Request) -> Response:
        told = await run_in_threadpool(app.openapi)
        page = api_page(found[API_PAGE].body.decode(), told, str(request.base_url))
        return _sent(replace(found[API_PAGE], body=page.encode(), gzipped=b"", headers={}), request)

    @app.get("/static/{name:path}", include_in_schema=False)
    async def static(name: str, request: Request) -> Response:
        # Pages have addresses of their own.
        return _static(found.get(name) if "/" in name else None, request)


def _lists(app: FastAPI, pool: Pool) -> None:
    @app.get(HEALTH, summary="Whether it answers, and what its workers do")
    async def health() -> Response:
        return _sent(Reply(body=compact({"status": "ok", **pool.state()})))

    @app.get("/api/start", summary="What the page needs once")
    async def start(request: Request) -> Response:
        # What it reads, the first answer need not wait for.
        from corridors.server.start import start_content

        return _sent(await run_in_threadpool(start_content), request)

    @app.get("/api/data", summary="How far the data reach that age quickest, and the licences")
    async def data(request: Request) -> Response:
        from corridors.server.start import data_content

        return _sent(await run_in_threadpool(data_content), request)

    @app.get("/api/corridors", summary="The shipped corridors, as `corridors list` has them")
    async def corridors(request: Request) -> Response:
        return _sent(await run_in_threadpool(_listed, CORRIDORS), request)

    @app.get("/api/parameters", summary="The parameters, as `corridors list` has them")
    async def parameters(request: Request) -> Response:
        return _sent(await run_in_threadpool(_listed, PARAMETERS), request)

    @app.get("/api/places", summary=request_kind("places").summary)
    async def places(asked: Annotated[PlacesAsked, Query()]) -> Response:
        return _sent(await run_in_threadpool(places_reply, asked))


def _comparisons(app: FastAPI, pool: Pool) -> None:
    keys: BoundedCache[dict[str, Any]] = BoundedCache(MOST_KEYS)

    @app.post("/api/compare", summary=request_kind("compare").summary)
    async def compare(
        asked: Asked,
        request: Request,
        part: Annotated[str, Query(pattern="^(figures|page|whole)$")] = "whole",
        x_page: PageId = "",
    ) -> Response:
        key = key_of(asked.scenario)
        given = {"key": key, "scenario": asked.scenario}
        keys.renewed(key, given)
        kind = "compare" if part == "whole" else part
        return await _answer(
            pool, Question(kind=kind, given=given, page=x_page, lane=ANSWER), request
        )

    @app.get("/api/compare/{key}/{part}", summary="The rest of a comparison by its key")
    async def rest(
        key: str,
        part: Annotated[str, Path(json_schema_extra={"enum": list(PARTS)})],
        request: Request,
        x_page: PageId = "",
    ) -> Response:
        if part not in PARTS:
            return _sent(problem(GONE, f"there are {' and '.join(PARTS)}"))
        if key not in keys:
            return _sent(problem(GONE, "this server does not remember the question; ask it again"))
        given = keys.of(key, dict)
        question = Question(
            kind=part, given=given, page=x_page, lane=ANSWER, supersedes=False, rank=REST
        )
        return await _answer(pool, question, request)

    @app.post("/api/files/{name}", summary="A file that `corridors compare --out` writes")
    async def file(
        name: Annotated[str, Path(json_schema_extra={"enum": [*FILES, MONTHS_FILE]})],
        asked: Asked,
        request: Request,
        months: Annotated[bool, Query(description="as `--months`")] = False,
        x_page: PageId = "",
    ) -> Response:
        files = (*FILES, MONTHS_FILE) if months else FILES
        if name not in files:
            return _sent(problem(GONE, f"there are {', '.join(files)}"))
        given: dict[str, Any] = {"key": key_of(asked.scenario), "scenario": asked.scenario}
        given |= {"name": name, "months": months}
        seconds = FILE_SECONDS
        question = Question(kind="file", given=given, page=x_page, lane=name, seconds=seconds)
        return await _answer(pool, question, request)


def _questions(app: FastAPI, pool: Pool) -> None:
    def asks(kind: str, body: type[BaseModel], summary: str) -> None:
        async def ask(asked: BaseModel, request: Request, x_page: PageId = "") -> Response:
            question = Question(kind=kind, given=asked.model_dump(), page=x_page, lane=kind)
            return await _answer(pool, question, request)

        _serve(app, kind, ask, body, summary)

    for name in ("route", "distances", "scenario"):
        asks(name, *request_kind(name))
    asks("lines", body_of(EXPLAIN), "Every line of a corridor with its source, as markup")
    for name, study in served_studies().items():
        if not study.streams:
            asks(name, *request_kind(name))


def _studies(app: FastAPI, pool: Pool) -> None:
    works = Works(pool)

    async def study(kind: str, given: dict[str, Any], request: Request, page: str) -> Response:
        streams = EVENTS in request.headers.get("accept", "")
        question = Question(
            kind=kind,
            given={**given, "streams": streams},
            page=page,
            lane=kind,
            rank=STUDY,
            seconds=STUDY_SECONDS if streams else QUESTION_SECONDS,
        )
        if streams:
            return works.streamed([question], each="answer", client=client_of(request.scope))
        return await _answer(pool, question, request)

    def studies(kind: str, body: type[BaseModel], summary: str) -> None:
        async def ask(
            asked: BaseModel, request: Request, part: Part = "record", x_page: PageId = ""
        ) -> Response:
            given = asked.model_dump() | {"page": part == PAGE_PART}
            return await study(kind, given, request, x_page)

        _serve(app, kind, ask, body, summary)

    for name, declared in served_studies().items():
        if declared.streams:
            studies(name, *request_kind(name))

    @app.post("/api/months", summary=request_kind("months").summary)
    async def months(asked: Asked, request: Request, x_page: PageId = "") -> Response:
        questions = month_questions(asked.scenario, page=x_page)
        return works.streamed(questions, each="month", client=client_of(request.scope))

    @app.delete(
        "/api/work/{work}", summary="Stop a study that streams, by the id of its first event"
    )
    async def stop(work: str) -> Response:
        if works.stop(work):
            return _sent(Reply(body=compact({"stopped": True})))
        return _sent(problem(GONE, "there is no such work; it may have ended"))


FILE_SECONDS = 30.0
"""How long a file may take: a map of twelve months with sliders asks some fifty questions."""


def _serve(
    app: FastAPI, kind: str, ask: Callable[..., Any], body: type[BaseModel], summary: str
) -> None:
    """Serve the questions of a kind at its own address; the description names it by its kind."""
    ask.__name__ = kind
    ask.__annotations__["asked"] = body
    app.post(f"/api/{kind}", summary=summary)(ask)


def _listed(table: Table) -> Reply:
    return Reply(body=listing_json(table.records(None)).encode())


async def _answer(pool: Pool, question: Question, request: Request) -> Response:
    """Let a worker answer, unless the client goes before it has."""
    question.client = client_of(request.scope)
    reply = asyncio.wrap_future(pool.ask(question))
    gone = asyncio.create_task(_gone(request))
    try:
        both: set[asyncio.Future[Any]] = {reply, gone}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    finally:
        gone.cancel()
        if not reply.done():
            pool.stop(question, problem(GONE, "the client has gone"))
    return _sent(await reply, request)


async def _gone(request: Request) -> None:
    while not await request.is_disconnected():
        await asyncio.sleep(GONE_SECONDS)


def _static(found: Reply | None, request: Request) -> Response:
    if found is None:
        return _sent(problem(GONE, "there is no such file"))
    tag = found.headers["ETag"]
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=dict(found.headers))
    return _sent(found, request)


def _sent(reply: Reply, request: Request | None = None) -> Response:
    if request is not None:
        reply = reply.sent_as(request.headers.get("accept-encoding", ""))
    return Response(
        reply.body,
        status_code=reply.status,
        media_type=reply.media,
        headers=dict(reply.headers),
    )


async def _unreadable(_request: Request, error: Exception) -> Response:
    return _sent(unreadable(error.errors() if isinstance(error, RequestValidationError) else ()))


async def _broken(_request: Request, error: Exception) -> Response:
    # Its text may quote the question, which logs do not hold.
    LOG.error("%s in the front", type(error).__name__)
    return _sent(problem(OUR_FAULT, PROGRAM_ERROR))


async def _refused(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 400
    detail = {404: "there is no such address", 405: "not asked this way"}.get(status, "")
    text = detail or "the request cannot be read; send JSON"
    reply = problem(status, text)
    headers = dict(getattr(error, "headers", None) or {})
    return _sent(replace(reply, headers={**reply.headers, **headers}))


# Run the server until Ctrl-C: listen, start the workers, open the page.

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

    from corridors.server.guard import LOG, Connection

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
