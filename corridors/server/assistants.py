"""The questions as tools for assistants (Model Context Protocol), over the standard streams.

Each tool takes the body of the address of its name, within the bounds of the server, and answers
with the record that the command prints as JSON, the sources that it names, and how old the data
are. Nothing is written, and no file is read but the program's own.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Protocol

import anyio
from mcp.server import Server
from mcp.server.stdio import stdio_server
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    TextContent,
    Tool,
    ToolAnnotations,
)
from pydantic import BaseModel, ValidationError

from corridors.config.schema import schema_of
from corridors.data.parameters import load_sources
from corridors.server.asked_studies import places_reply
from corridors.server.described import PlacesAsked, request_kind, served_studies
from corridors.server.guard import GONE, OwnFiles, Reply, key_of, problem, unreadable
from corridors.server.start import data_content
from corridors.server.workers import (
    QUESTION_SECONDS,
    STUDY,
    STUDY_SECONDS,
    URGENT,
    Pool,
    Question,
    month_questions,
)
from corridors.version import __version__

TOOLS = ("compare", "route", "distances", "explain", "months", "simulate", "places")
INSTRUCTIONS = (
    "Ways for boxes between Asia and Europe by ship, train and truck: cost, price, days, CO2e."
    " Begin with `compare`; `places` says how a place is written. Say with each figure what it"
    " rests on: `price_status`, the status and title of its sources, and the age of the data under"
    " `rests_on`. An option that nobody is known to sail is no offer. Figures are per TEU unless"
    " their name says another unit; `answer` speaks per box. `explain` has every cost line."
)
RESTS_ON = (
    "computed; `compare` and `explain` of the same question name the source and status of each line"
)
# What an answer to `compare` leaves out of `comparison.json`: `explain` has the lines of an option.
_LONG = {"front", "manifest"}
_LONG_OF_OPTION = {
    *("cost_lines", "energy_lines", "time_parts", "legs", "operations", "lines", "chain"),
    *("certificate", "front_complete", "capacity", "piracy", "fans"),
}
CONTRACTS = "contracts"
"""The key of a scenario whose files hold rates that stay in the house."""
MOST_NAMES = 12
"""Names that a description of a scenario's key lists."""
_WITH_ALL_KEYS = "compare"

Record = dict[str, Any]


class Answering(Protocol):
    """What answers questions: the pool of workers."""

    def ask(self, question: Question) -> Any:
        """Return the answer to be."""

    def stop(self, question: Question, reply: Reply) -> None:
        """End a question that is not asked any more."""


def assistant_server(pool: Answering) -> Server[Any]:
    """Return the server of the tools; `pool` answers their questions."""
    bodies = {name: request_kind(name) for name in TOOLS}

    async def listed(_context: Any, _params: Any) -> ListToolsResult:
        return ListToolsResult(tools=[_tool(name, *bodies[name]) for name in TOOLS])

    async def called(_context: Any, params: CallToolRequestParams) -> CallToolResult:
        if params.name not in bodies:
            return _failed(f"there is no tool {params.name!r}; there are {', '.join(TOOLS)}")
        body = bodies[params.name].body
        try:
            asked = body.model_validate_json(json.dumps(params.arguments or {}))
        except ValidationError as error:
            return _refused(unreadable([dict(one) for one in error.errors()]))
        if CONTRACTS in (getattr(asked, "scenario", None) or {}):
            return _failed(f"{CONTRACTS}: what a contract says is not told to an assistant")
        reply = await _answered(pool, params.name, asked)
        if reply.status != 200:
            return _refused(reply)
        text = json.dumps(_told(params.name, json.loads(reply.body)), ensure_ascii=False)
        return CallToolResult(content=[TextContent(type="text", text=text)])

    return Server(
        "corridors",
        version=__version__,
        instructions=INSTRUCTIONS,
        on_list_tools=listed,
        on_call_tool=called,
    )


def run(workers: int, *, own: OwnFiles) -> None:
    """Answer an assistant over the standard streams until it closes them."""

    async def serve() -> None:
        # Workers start within: what one prints must not come between the messages.
        async with stdio_server() as (received, sent):
            pool = Pool(workers, own=own)
            try:
                server = assistant_server(pool)
                await server.run(received, sent, server.create_initialization_options())
            finally:
                pool.close()

    anyio.run(serve)


async def _answered(pool: Answering, name: str, asked: BaseModel) -> Reply:
    if isinstance(asked, PlacesAsked):
        return await asyncio.to_thread(places_reply, asked)
    given = asked.model_dump()
    if name == "months":
        replies = await _all(pool, month_questions(given["scenario"]))
        failed = next((one for one in replies if one.status != 200), None)
        return failed or Reply(body=b"[%b]" % b",".join(one.body for one in replies))
    study = served_studies().get(name)
    is_long = study is not None and study.streams
    question = Question(
        kind=name,
        given={**given, **({"key": key_of(given["scenario"])} if name == "compare" else {})},
        rank=STUDY if is_long else URGENT,
        seconds=STUDY_SECONDS if is_long else QUESTION_SECONDS,
    )
    (reply,) = await _all(pool, [question])
    return reply


async def _all(pool: Answering, questions: Iterable[Question]) -> list[Reply]:
    """Return the answers to questions, which end if nobody waits for them any more."""
    asked = list(questions)
    try:
        return list(await asyncio.gather(*(asyncio.wrap_future(pool.ask(one)) for one in asked)))
    except asyncio.CancelledError:
        for one in asked:
            pool.stop(one, problem(GONE, "the assistant has gone on"))
        raise


def _told(name: str, record: Any) -> Record:
    """Return an answer with the titles and addresses of what it names, and the age of the data."""
    if name == "compare":
        record = {key: value for key, value in record.items() if key not in _LONG}
        record["options"] = [_short(option) for option in record["options"]]
    if name == "months":
        record = [{key: one[key] for key in one if key != "strip"} for one in record]
    sources = load_sources()
    named = sorted(set(_texts(record)) & set(sources))
    about = json.loads(data_content().body)
    return {
        "result": record,
        "sources": {
            key: {"title": sources[key].title, "url": sources[key].url, "year": sources[key].year}
            for key in named
        },
        "rests_on": {
            "status": RESTS_ON,
            **about,
        },
    }


def _short(option: Mapping[str, Any]) -> Record:
    """Return an option without its lines, and with the sources and statuses that they have."""
    kept = {key: value for key, value in option.items() if key not in _LONG_OF_OPTION}
    for name, lines in (
        ("cost_from", "cost_lines"),
        ("co2e_from", "energy_lines"),
        ("sailings_from", "lines"),
    ):
        found = {(one.get("source_id"), one.get("status")) for one in option.get(lines) or ()}
        kept[name] = [
            {"source_id": source, "status": status}
            for source, status in sorted(found, key=str)
            if source
        ]
    return kept


def _texts(record: Any) -> Iterator[str]:
    if isinstance(record, str):
        yield record
    elif isinstance(record, Mapping):
        for value in record.values():
            yield from _texts(value)
    elif isinstance(record, list):
        for value in record:
            yield from _texts(value)


def _refused(reply: Reply) -> CallToolResult:
    told = json.loads(reply.body)
    return _failed("\n".join(one["detail"] for one in told.get("faults") or (told,)))


def _failed(text: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=text)], is_error=True)


def _tool(name: str, body: type[BaseModel], summary: str) -> Tool:
    schema = body.model_json_schema()
    if "scenario" in schema["properties"]:
        schema["properties"]["scenario"] = _scenario_shape(every=name == _WITH_ALL_KEYS)
    return Tool(
        name=name,
        description=f"{summary}.",
        input_schema=schema,
        annotations=ToolAnnotations(
            read_only_hint=True, idempotent_hint=True, open_world_hint=False
        ),
    )


@lru_cache(maxsize=2)
def _scenario_shape(*, every: bool) -> Record:
    """Return the keys of a scenario in short: those needed or every one, each with its meaning.

    The schema of the file names each parameter and place, which is more than an assistant reads.
    """
    whole = schema_of("scenario")
    needed = whole["required"]
    shapes = {
        key: _brief(shape, whole["$defs"])
        for key, shape in whole["properties"].items()
        if every or key in needed
    }
    more = "" if every else f" Other keys are those that `{_WITH_ALL_KEYS}` lists."
    return {
        "type": "object",
        "description": f"The keys of a scenario file.{more}",
        "properties": shapes,
        "required": needed,
    }


def _brief(shape: Mapping[str, Any], parts: Mapping[str, Any]) -> Record:
    """Return what a key means, its choices if they are few, and the keys within it."""
    made: Record = {"description": shape.get("description", "")}
    names = shape.get("enum") or next(
        (one["enum"] for one in shape.get("anyOf", ()) if "enum" in one), None
    )
    if names and len(names) <= MOST_NAMES:
        made["description"] += f" One of {', '.join(map(str, names))}."
    if isinstance(shape.get("type"), str):
        made["type"] = shape["type"]
    inner = parts.get(str(shape.get("$ref", "")).rpartition("/")[2])
    if inner is not None and "properties" in inner:
        made["type"] = "object"
        made["properties"] = {
            key: _brief({k: v for k, v in one.items() if k != "$ref"}, parts)
            for key, one in inner["properties"].items()
        }
    return made
