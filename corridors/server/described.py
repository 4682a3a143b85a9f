"""The description of the API (OpenAPI): scenarios and comparisons by their published schemas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI

from corridors.server.replies import PROBLEM, TITLES
from corridors.server.study_addresses import served_studies

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
