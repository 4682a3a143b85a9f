"""A small JSON Schema validator for the parts of draft 2020-12 that the shipped schemas use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
WORDS = {
    *("$schema", "$defs", "$ref", "title", "description", "default", "format", "type", "enum"),
    *("const", "anyOf", "pattern", "minLength", "maxLength", "minimum", "maximum"),
    *(
        "exclusiveMinimum",
        "exclusiveMaximum",
        "prefixItems",
        "minItems",
        "maxItems",
        "items",
        "properties",
        "required",
    ),
    *("additionalProperties", "propertyNames"),
}


def errors(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str = "") -> Iterator[str]:
    """Yield what a value breaks of a schema, with where."""
    assert set(schema) <= WORDS, set(schema) - WORDS
    if "$ref" in schema:
        yield from errors(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root, at)
    if "type" in schema:
        of_type = isinstance(value, TYPES[schema["type"]])
        of_type &= isinstance(value, bool) == (schema["type"] == "boolean")
        if not of_type:
            yield f"{at}: {value!r} is no {schema['type']}"
            return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: unknown {value!r}"
    if "const" in schema and value != schema["const"]:
        yield f"{at}: {value!r} is not {schema['const']!r}"
    if "anyOf" in schema and not any(
        not list(errors(value, branch, root, at)) for branch in schema["anyOf"]
    ):
        yield f"{at}: {value!r} is none of {len(schema['anyOf'])} forms"
    match value:
        case str():
            yield from _text(value, schema, at)
        case int() | float():
            yield from _number(value, schema, at)
        case list():
            yield from _list(value, schema, root, at)
        case dict():
            yield from _mapping(value, schema, root, at)


def _text(value: str, schema: dict[str, Any], at: str) -> Iterator[str]:
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{at}: {value!r} does not match {schema['pattern']}"
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 1_000_000):
        yield f"{at}: {len(value)} characters"


def _number(value: float, schema: dict[str, Any], at: str) -> Iterator[str]:
    if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{at}: {value} is out of range"
    if "exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"]:
        yield f"{at}: {value} is too small"
    if "exclusiveMaximum" in schema and value >= schema["exclusiveMaximum"]:
        yield f"{at}: {value} is too large"


def _list(value: list[Any], schema: dict[str, Any], root: dict[str, Any], at: str) -> Iterator[str]:
    if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", 1_000_000):
        yield f"{at}: {len(value)} entries"
    first = schema.get("prefixItems", [])
    for number, item in enumerate(value):
        shape = first[number] if number < len(first) else schema.get("items", {})
        yield from errors(item, shape, root, f"{at}[{number}]")


def _mapping(
    value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any], at: str
) -> Iterator[str]:
    known = schema.get("properties", {})
    yield from (f"{at}: no {key}" for key in schema.get("required", ()) if key not in value)
    for key, item in value.items():
        yield from errors(key, schema.get("propertyNames", {}), root, f"{at}.{key}")
        other = schema.get("additionalProperties", True)
        if key in known:
            yield from errors(item, known[key], root, f"{at}.{key}")
        elif other is False:
            yield f"{at}: unknown key {key}"
        elif isinstance(other, dict):
            yield from errors(item, other, root, f"{at}.{key}")


def part_of(shape: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the shape of the keys below a key, of a list those of an entry; else empty."""
    if "$ref" in shape:
        return root["$defs"][shape["$ref"].rpartition("/")[2]]  # type: ignore[no-any-return]
    inner = [*shape.get("anyOf", ()), *([shape["items"]] if "items" in shape else [])]
    return next((part for part in (part_of(one, root) for one in inner) if part), {})


def keys_below(
    shape: Mapping[str, Any], root: Mapping[str, Any], before: str = ""
) -> Iterator[tuple[str, Any]]:
    """Yield the dotted keys of a file that hold no further keys, each with its shape."""
    for key, inner in shape["properties"].items():
        if below := part_of(inner, root):
            yield from keys_below(below, root, f"{before}{key}.")
        else:
            yield before + key, inner
