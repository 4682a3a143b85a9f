"""The routes: each reads a question, lets a worker answer it, and sends what it says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Annotated, Any

from fastapi import FastAPI, Header, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from corridors.bounded_cache import BoundedCache
from corridors.errors import printable
from corridors.output.listings import CORRIDORS, PARAMETERS
from corridors.output.place_search import LONGEST_QUERY, MOST_PLACES, places_like, places_near
from corridors.output.records import listing_json
from corridors.output.tables import Table
from corridors.server.described import (
    Asked,
    DistancesAsked,
    RouteAsked,
    ScenarioAsked,
    body_of,
    described,
    served_studies,
)
from corridors.server.guard import HEALTH, Limits, client_of
from corridors.server.replies import (
    BAD_INPUT,
    GONE,
    LOG,
    OUR_FAULT,
    PROGRAM_ERROR,
    Reply,
    compact,
    key_of,
    problem,
)
from corridors.server.start import PAGE, static_files
from corridors.server.streams import EVENTS, Works
from corridors.server.workers import (
    QUESTION_SECONDS,
    REST,
    SHORT,
    STUDY,
    STUDY_SECONDS,
    Pool,
    Question,
)
from corridors.studies.explain.question import STUDY as EXPLAIN
from corridors.version import __version__

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

    @app.get("/static/{name:path}", include_in_schema=False)
    async def static(name: str, request: Request) -> Response:
        return _static(found.get(name), request)


def _lists(app: FastAPI, pool: Pool) -> None:
    @app.get(HEALTH, summary="Whether it answers, and what its workers do")
    async def health() -> Response:
        return _sent(Reply(body=compact({"status": "ok", **pool.state()})))

    @app.get("/api/start", summary="What the page needs once")
    async def start() -> Response:
        # What it reads, the first answer need not wait for.
        from corridors.server.start import start_content

        return _sent(await run_in_threadpool(start_content))

    @app.get("/api/corridors", summary="The shipped corridors, as `corridors list` has them")
    async def corridors() -> Response:
        return _sent(await run_in_threadpool(_listed, CORRIDORS))

    @app.get("/api/parameters", summary="The parameters, as `corridors list` has them")
    async def parameters() -> Response:
        return _sent(await run_in_threadpool(_listed, PARAMETERS))

    @app.get("/api/places", summary="Places by the beginning of a name, or near a point")
    async def places(
        q: Annotated[str, Query(max_length=LONGEST_QUERY)] = "",
        near: Annotated[str, Query(max_length=LONGEST_QUERY, description="lat,lon")] = "",
        limit: Annotated[int, Query(ge=1, le=MOST_PLACES)] = 12,
    ) -> Response:
        if not near:
            return _sent(Reply(body=compact(await run_in_threadpool(places_like, q, limit=limit))))
        point = _point(near)
        if point is None:
            return _sent(problem(BAD_INPUT, "near: give lat,lon in degrees", field="near"))
        lat, lon = point
        return _sent(
            Reply(body=compact(await run_in_threadpool(places_near, lon, lat, limit=limit)))
        )


def _comparisons(app: FastAPI, pool: Pool) -> None:
    keys: BoundedCache[dict[str, Any]] = BoundedCache(MOST_KEYS)

    @app.post("/api/compare", summary="Compare the corridors of a scenario")
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

    asks("route", RouteAsked, "The cheapest route between two places")
    asks("distances", DistancesAsked, "Distances by sea")
    asks("lines", body_of(EXPLAIN), "Every line of a corridor with its source, as markup")
    for name, study in served_studies().items():
        if not study.streams:
            asks(name, body_of(study), study.summary.rstrip("."))
    asks("scenario", ScenarioAsked, "A question as YAML with its command, or the reverse")


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
            studies(name, body_of(declared), declared.summary.rstrip("."))

    @app.post("/api/months", summary="Twelve departures, an event for each as it is ready")
    async def months(asked: Asked, request: Request, x_page: PageId = "") -> Response:
        questions = [
            Question(
                kind="month",
                given={"scenario": asked.scenario, "number": number},
                page=x_page,
                lane="months",
                # Those of an older strip end; the first one says so for all.
                supersedes=number == 0,
                rank=SHORT,
                seconds=STUDY_SECONDS,
            )
            for number in range(MONTHS)
        ]
        return works.streamed(questions, each="month", client=client_of(request.scope))

    @app.delete(
        "/api/work/{work}", summary="Stop a study that streams, by the id of its first event"
    )
    async def stop(work: str) -> Response:
        if works.stop(work):
            return _sent(Reply(body=compact({"stopped": True})))
        return _sent(problem(GONE, "there is no such work; it may have ended"))


MONTHS = 12
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
    return _sent(await reply)


async def _gone(request: Request) -> None:
    while not await request.is_disconnected():
        await asyncio.sleep(GONE_SECONDS)


def _point(text: str) -> tuple[float, float] | None:
    try:
        lat, lon = map(float, text.split(","))
    except ValueError:
        return None
    return (lat, lon) if -90.0 <= lat <= 90.0 and -180.0 <= lon <= 360.0 else None


def _static(found: Reply | None, request: Request) -> Response:
    if found is None:
        return _sent(problem(GONE, "there is no such file"))
    tag = found.headers["ETag"]
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=dict(found.headers))
    return _sent(found)


def _sent(reply: Reply) -> Response:
    return Response(
        reply.body,
        status_code=reply.status,
        media_type=reply.media,
        headers=dict(reply.headers),
    )


async def _unreadable(_request: Request, error: Exception) -> Response:
    first = error.errors()[0] if isinstance(error, RequestValidationError) else {}
    if first.get("type") == "json_invalid":
        return _sent(problem(400, "the body is not JSON"))
    at = [
        printable(str(part)[:80])
        for part in first.get("loc", ())
        if part not in ("body", "query", "path")
    ]
    field = ".".join(at)
    text = ": ".join(filter(None, (field, str(first.get("msg", "cannot be read")))))
    return _sent(problem(BAD_INPUT, text, name="fault", field=field))


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
