"""The routes: each reads a question, lets a worker answer it, and sends what it says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Annotated, Any

from fastapi import FastAPI, Header, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, JsonValue
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from corridors.bounded_cache import BoundedCache
from corridors.server.limits import Limits
from corridors.server.places import LONGEST_QUERY, MOST_PLACES, places_like, places_near
from corridors.server.pool import Pool, Question
from corridors.server.questions import key_of
from corridors.server.replies import BAD_INPUT, GONE, Reply, compact, problem
from corridors.server.start import start_content
from corridors.server.static_files import PAGE, static_files
from corridors.version import __version__

MOST_KEYS = 400
"""Questions that are remembered by key, for their details and maps."""
ANSWER = "answer"
GONE_SECONDS = 1.0
PageId = Annotated[str, Header(alias="X-Page", max_length=80)]


class Asked(BaseModel):
    """A question: the keys of a scenario file."""

    model_config = ConfigDict(extra="forbid")

    scenario: dict[str, JsonValue]


class AskedOf(Asked):
    """A question, and a corridor of its answer."""

    corridor: str


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
    _pages(app)
    _lists(app, pool)
    _comparisons(app, pool)
    return app


def _pages(app: FastAPI) -> None:
    found = static_files()

    @app.get("/", include_in_schema=False)
    async def page(request: Request) -> Response:
        return _static(found.get(PAGE), request)

    @app.get("/static/{name:path}", include_in_schema=False)
    async def static(name: str, request: Request) -> Response:
        return _static(found.get(name), request)


def _lists(app: FastAPI, pool: Pool) -> None:
    @app.get("/healthz", summary="Whether it answers, and what its workers do")
    async def health() -> Response:
        return _sent(Reply(body=compact({"status": "ok", **pool.state()})))

    @app.get("/api/start", summary="What the page needs once")
    async def start() -> Response:
        return _sent(await run_in_threadpool(start_content))

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
        part: Annotated[str, Query(pattern="^(figures|whole)$")] = "whole",
        x_page: PageId = "",
    ) -> Response:
        key = key_of(asked.scenario)
        given = {"key": key, "scenario": asked.scenario}
        keys.renewed(key, given)
        kind = "figures" if part == "figures" else "compare"
        return await _answer(
            pool, Question(kind=kind, given=given, page=x_page, lane=ANSWER), request
        )

    @app.get("/api/compare/{key}/{part}", summary="The rest of a comparison by its key")
    async def rest(key: str, part: str, request: Request, x_page: PageId = "") -> Response:
        if part not in ("details", "map"):
            return _sent(problem(GONE, "there are details and map"))
        if key not in keys:
            return _sent(problem(GONE, "this server does not remember the question; ask it again"))
        given = keys.of(key, dict)
        question = Question(kind=part, given=given, page=x_page, lane=ANSWER, supersedes=False)
        return await _answer(pool, question, request)

    @app.post("/api/lines", summary="Every line of a corridor with its source, as a part of a page")
    async def lines(asked: AskedOf, request: Request, x_page: PageId = "") -> Response:
        key = key_of(asked.scenario)
        given = {"key": key, "scenario": asked.scenario, "corridor": asked.corridor}
        return await _answer(pool, Question(kind="lines", given=given, page=x_page, lane="lines"), request)

    @app.post("/api/files/{name}", summary="A file that `corridors compare --out` writes")
    async def file(name: str, asked: Asked, request: Request, x_page: PageId = "") -> Response:
        if name not in FILES:
            return _sent(problem(GONE, f"there are {', '.join(FILES)}"))
        given = {"key": key_of(asked.scenario), "scenario": asked.scenario, "name": name}
        question = Question(kind="file", given=given, page=x_page, lane=name)
        return await _answer(pool, question, request)


FILES = (
    *("comparison.json", "options.csv", "emissions.csv", "legs.gpkg", "map.html", "report.html"),
)


async def _answer(pool: Pool, question: Question, request: Request) -> Response:
    """Let a worker answer, unless the client goes before it has."""
    reply = asyncio.wrap_future(pool.ask(question))
    gone = asyncio.create_task(_gone(request))
    try:
        await asyncio.wait({reply, gone}, return_when=asyncio.FIRST_COMPLETED)
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
    at = [str(part)[:80] for part in first.get("loc", ()) if part not in ("body", "query", "path")]
    field = ".".join(at)
    text = ": ".join(filter(None, (field, str(first.get("msg", "cannot be read")))))
    return _sent(problem(BAD_INPUT, text, name="fault", field=field))


async def _refused(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 400
    detail = {404: "there is no such address", 405: "not asked this way"}.get(status, "")
    text = detail or "the request cannot be read; send JSON"
    reply = problem(status, text)
    headers = dict(getattr(error, "headers", None) or {})
    return _sent(replace(reply, headers={**reply.headers, **headers}))
