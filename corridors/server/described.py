"""The description of the API (OpenAPI): scenarios and comparisons by their published schemas."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from html import escape
from inspect import Parameter
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    create_model,
    model_validator,
)

from corridors.config.checks import point_text
from corridors.errors import ConfigError, OptionError
from corridors.output import listings
from corridors.output.listings import LONGEST_QUERY
from corridors.progress import Progress
from corridors.server.answering import Answers, Given
from corridors.server.guard import PROBLEM, TITLES, Reply, compact
from corridors.server.questions import is_file
from corridors.studies.study import OptionOf, Study, every_study, plain

if TYPE_CHECKING:
    from fastapi import FastAPI


# The API in words: each address with what it takes, as rows and as a page of this server.

KINDS: Mapping[str, str] = {
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "boolean": "true or false",
}
SCENARIO_WORDS = "a scenario"
HEAD = ("name", "where", "takes", "required")
_LINES = "<!-- addresses -->"
_EXAMPLE = """curl -s {root}api/compare -H 'Content-Type: application/json' -d '{{
  "scenario": {{"origin": "Shanghai", "destination": "Hamburg", "departure": "2026-08-20"}}}}'"""


class Address(NamedTuple):
    """An address: how it is asked, what for, and its members: name, where, what they take."""

    method: str
    path: str
    summary: str
    members: tuple[tuple[str, str, str, str], ...]


def addresses(described: Mapping[str, Any]) -> Iterator[Address]:
    """Yield the addresses of a description of the API (OpenAPI)."""
    shapes = described["components"]["schemas"]
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            shape = shapes.get(body.get("schema", {}).get("$ref", "").rpartition("/")[2], {})
            required = shape.get("required", ())
            members = [
                (one["name"], f"in the {one['in']}", taken(one["schema"]), "")
                for one in operation.get("parameters", ())
            ]
            members += [
                (name, "in the body", taken(one), "yes" if name in required else "")
                for name, one in shape.get("properties", {}).items()
            ]
            yield Address(method.upper(), path, operation["summary"], tuple(members))


def taken(shape: Mapping[str, Any]) -> str:
    """Return what a member of a request takes, in words."""
    if "$ref" in shape:
        return SCENARIO_WORDS
    either = shape.get("anyOf")
    if either:
        return " or ".join(taken(one) for one in either if one.get("type") != "null")
    words = KINDS.get(shape.get("type", ""), "")
    if "prefixItems" in shape:
        words = "[lon, lat]"
    elif shape.get("type") == "array":
        words = f"a list, each {taken(shape['items'])}, at most {shape.get('maxItems', 'any')}"
    bounds = [str(shape[key]) for key in ("minimum", "maximum") if key in shape]
    if len(bounds) == 2:
        words += f" from {bounds[0]} to {bounds[1]}"
    if "default" in shape and shape["default"] not in ("", [], None):
        words += f", {shape['default']} by default"
    return words + (f": {shape['description']}" if "description" in shape else "")


def api_page(template: str, described: Mapping[str, Any], root: str) -> str:
    """Return the page of the API: an example, then a section for each address.

    Parameters
    ----------
    template
        The page with a comment where they stand.
    described
        The description of the API.
    root
        The address of this server, for the example.
    """
    sections = (_section(one) for one in addresses(described))
    example = f"<pre>{escape(_EXAMPLE.format(root=root))}</pre>"
    return template.replace(_LINES, "\n".join((example, *sections)))


def _section(address: Address) -> str:
    name = f"{address.method} {address.path}"
    head = "".join(f'<th scope="col">{text}</th>' for text in HEAD)
    rows = "".join(
        f'<tr><th scope="row"><code>{escape(one)}</code></th>'
        f"<td>{escape(where)}</td><td>{_marked(takes)}</td><td>{needed}</td></tr>"
        for one, where, takes, needed in address.members
    )
    table = (
        f'<div class="wide" tabindex="0" role="group" aria-label="What {escape(name)} takes">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
    return f"<h2>{escape(name)}</h2><p>{_marked(address.summary)}.</p>" + (table if rows else "")


def _marked(text: str) -> str:
    """Return a text as markup, what stands between back quotes as code."""
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(text))


# The addresses of studies, made of what their questions declare: bodies within bounds, answers.

MOST_PLACES = 40
MOST_CHARACTERS = 64 * 1024
Word = Annotated[str, Field(min_length=1, max_length=200)]
Place = Annotated[
    Word, BeforeValidator(point_text, json_schema_input_type=Word | tuple[float, float])
]
Words = Annotated[list[Word], Field(max_length=MOST_PLACES)]
Figure = Annotated[float, Field(allow_inf_nan=False)]
Scenario = Annotated[dict[str, JsonValue], Field(description="the keys of a scenario file")]


class Body(BaseModel):
    """A body without unknown members."""

    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)


class Asked(Body):
    """A question: the keys of a scenario file."""

    scenario: Scenario


class RouteAsked(Asked):
    """A route; what its scenario leaves out is that of `corridors route`."""

    corridor: Word | None = None
    """The corridor to stay in."""
    via: Annotated[list[Word], Field(max_length=5)] = []
    """Gates, borders, terminals or cities to pass, in this order."""


class DistancesAsked(Body):
    """Distances by sea between every two places."""

    places: Annotated[list[Place], Field(min_length=2, max_length=MOST_PLACES)]
    avoid: Words = []
    """Gates to close."""
    allow: Words = []
    """Gates to open that are closed by default."""
    arctic: bool = False
    kiel: bool = False
    draft_m: Figure | None = None
    gates: bool = False
    """Also say which gates each way passes."""


class PlacesAsked(BaseModel):
    """Places by the beginning of a name, or near a point."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    q: Annotated[str, Field(max_length=LONGEST_QUERY)] = ""
    """The beginning of a name, in any spelling."""
    near: Annotated[str, Field(max_length=LONGEST_QUERY)] = ""
    """lat,lon"""
    limit: Annotated[int, Field(ge=1, le=listings.MOST_PLACES)] = 12


class ScenarioAsked(Body):
    """The keys of a scenario, or its YAML."""

    scenario: Scenario | None = None
    yaml: Annotated[str, Field(max_length=MOST_CHARACTERS)] | None = None

    @model_validator(mode="after")
    def one_of_them(self) -> ScenarioAsked:
        """Check that one of the two forms is given."""
        if (self.scenario is None) == (self.yaml is None):
            msg = "give scenario or yaml, and not both"
            raise ValueError(msg)
        return self


MOST_NAMES = 40
"""Names in a list, where a study does not say how many."""
Day = Annotated[str, Field(max_length=10)]
_TYPES: Mapping[str, Any] = {
    "str": Word,
    "str | int": Word,
    "int": int,
    "float": Figure,
    "bool": bool,
    "Day": Day,
    "Names": list[Word],
    "Places": list[Place],
}


def served_studies() -> dict[str, Study]:
    """Return the studies that a server answers, by address."""
    return {name: study for name, study in every_study().items() if study.is_served}


class RequestKind(NamedTuple):
    """What a request of a kind holds, and what it asks in words."""

    body: type[BaseModel]
    summary: str


QUESTIONS: Mapping[str, RequestKind] = {
    "compare": RequestKind(Asked, "Compare the corridors of a scenario"),
    "route": RequestKind(RouteAsked, "The cheapest route between two places"),
    "distances": RequestKind(DistancesAsked, "Distances by sea"),
    "months": RequestKind(Asked, "Twelve departures, an event for each as it is ready"),
    "scenario": RequestKind(ScenarioAsked, "A question as YAML with its command, or the reverse"),
    "places": RequestKind(PlacesAsked, "Places by the beginning of a name, or near a point"),
}
"""The questions that are no studies with a room."""


def request_kind(name: str) -> RequestKind:
    """Return what a question takes, by the last part of its address."""
    if name in QUESTIONS:
        return QUESTIONS[name]
    study = served_studies()[name]
    return RequestKind(body_of(study), study.summary.rstrip("."))


def body_of(study: Study) -> type[BaseModel]:
    """Return the body of a request: the options of a study, within the bounds of a server."""
    members: dict[str, Any] = {one.more.member or one.name: _member(one) for one in study.asked}
    base: type[Body] = Asked if study.takes_scenario else Body
    name = f"{study.name.title().replace('_', '')}Asked"
    return create_model(name, __base__=base, __doc__=study.summary, **members)


def _member(one: OptionOf) -> tuple[Any, Any]:
    kind, default, more = _TYPES[one.kind], one.default, one.more
    bounds: dict[str, Any] = {"description": plain(one.meaning)}
    if one.kind in ("Names", "Places"):
        default, bounds["max_length"] = list(default), more.most_served or MOST_NAMES
    else:
        most = more.most if more.most_served is None else more.most_served
        bounds |= {"ge": more.least} if more.least is not None else {}
        bounds |= {"le": most} if most is not None else {}
    if one.default is None:
        kind |= None
    if one.default is Parameter.empty:
        default = ...
    return Annotated[kind, Field(**bounds)], default


def answer_of(study: Study) -> Callable[[Answers, Given, Progress], Reply]:
    """Return what answers the requests of a study: what its command prints as JSON."""
    limits = {one.name: most for one in study.asked if (most := one.more.most_served) is not None}

    def answer(answers: Answers, given: Given, progress: Progress) -> Reply:
        values = {one.name: _value(one, given) for one in study.asked}
        scenario = [answers.scenario(given)] if study.takes_scenario else []
        try:
            study.check(values)
            with answers.session.serving(progress, limits):
                result = study.ask(answers.session, *scenario, **values)
        except OptionError as error:
            raise error.naming(lambda name: _member_of(study, name)) from None
        if result is None:
            raise ConfigError(study.nothing)
        if given.get("page"):
            from corridors.server.start import SLIDERS

            says, sections = result._parts(dict(SLIDERS))
            kept = [
                {"id": one.id, "heading": one.heading, "html": one.body}
                for one in sections
                if one.body
            ]
            return Reply(body=compact({"answer": list(says), "sections": kept}))
        record = next(
            make for name, make in result._files().items() if PurePath(name).suffix == ".json"
        )
        return Reply(body=str(record()).encode())

    return answer


def _member_of(study: Study, name: str) -> str:
    more = study.options.get(name)
    return (more and more.member) or name


def _value(one: OptionOf, given: Given) -> Any:
    """Return the value of an option; the path of a file is refused."""
    name = one.more.member or one.name
    value = given[name]
    if one.more.is_corridor and value is not None and is_file(value):
        msg = f"{name}: names a file; give the id of a shipped corridor"
        raise ConfigError(msg)
    return value


Schema = dict[str, Any]
SCENARIO, COMPARISON, PROBLEM_NAME = "Scenario", "Comparison", "Problem"
PROBLEM_SCHEMA: Mapping[str, Any] = {
    "title": "A problem of RFC 9457",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "what is wrong and what would do"},
        "field": {"type": "string", "description": "the key of the scenario, or the member"},
        "faults": {
            "type": "array",
            "description": "all faults, if there are several",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
_OF_PATHS: Mapping[str, Schema] = {
    "/api/compare": {
        "application/json": {"schema": {"$ref": f"#/components/schemas/{COMPARISON}"}}
    },
    "/api/months": {"text/event-stream": {}},
}
_REFUSED = ("400", "403", "404", "405", "408", "409", "413", "415", "421", "422", "503")


def described(app: FastAPI) -> None:
    """Let an application describe itself with the schemas of scenarios and comparisons."""
    usual = app.openapi

    def openapi() -> Schema:
        if app.openapi_schema is None:
            app.openapi_schema = _with_schemas(usual())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _with_schemas(made: Schema) -> Schema:
    from corridors.config.schema import schema_of
    from corridors.output.contract import comparison_schema

    schemas: Schema = made["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for shape in schemas.values():
        member = shape.get("properties", {}).get("scenario")
        if member is not None:
            shape["properties"]["scenario"] = {"$ref": f"#/components/schemas/{SCENARIO}"}
    schemas[PROBLEM_NAME] = dict(PROBLEM_SCHEMA)
    _add(schemas, SCENARIO, schema_of("scenario"))
    _add(schemas, COMPARISON, comparison_schema())
    refused = {
        status: {
            "description": TITLES.get(int(status), "Refused"),
            "content": {PROBLEM: {"schema": {"$ref": f"#/components/schemas/{PROBLEM_NAME}"}}},
        }
        for status in _REFUSED
    }
    studies = served_studies()
    for path, methods in made["paths"].items():
        for operation in methods.values():
            content = _OF_PATHS.get(path, {"application/json": {}})
            study = studies.get(path.removeprefix("/api/"))
            if study is not None and study.streams:
                content = {**content, "text/event-stream": {}}
            if path.startswith("/api/files/"):
                content = {"*/*": {}}
            given = {"200": {"description": "The answer", "content": content}}
            operation["responses"] = given | refused
    return made


def _add(schemas: Schema, name: str, schema: Schema) -> None:
    """Add a schema under a name, with its parts as `NAME-PART`."""
    parts = schema.pop("$defs", {})
    schema.pop("$schema", None)
    for part, shape in {"": schema, **parts}.items():
        schemas[f"{name}-{part}" if part else name] = _renamed(shape, name)


def _renamed(shape: Any, name: str) -> Any:
    if isinstance(shape, dict):
        return {
            key: f"#/components/schemas/{name}-{value.removeprefix('#/$defs/')}"
            if key == "$ref" and isinstance(value, str)
            else _renamed(value, name)
            for key, value in shape.items()
        }
    return [_renamed(one, name) for one in shape] if isinstance(shape, list) else shape
