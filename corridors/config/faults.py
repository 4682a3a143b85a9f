"""Turning pydantic's errors into sentences with file, line, key and a suggestion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from math import isfinite
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from corridors.config.allowed_names import Names, advice, nearest
from corridors.config.nodes import Node
from corridors.errors import MOST_SHOWN, ConfigError

Key = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)

LONGEST = 400

HINTS = {
    "departure": "give the day the first vessel or train leaves, such as 2026-08-20",
    "origin": "give a place, a UN/LOCODE, an id or `lon,lat`",
    "destination": "give a place, a UN/LOCODE, an id or `lon,lat`",
    "shipment": "give at least `shipment: {teu_per_month: 100}`",
    "teu_per_month": "give the TEU per month, such as 100",
    "must_pass": "give the places that define the corridor",
    "services": "give the families or services it may use, such as [rail]",
    "colour": "give a colour such as '#0072b2'",
}
PLACES = ("origin", "destination")
SENTENCES = {
    "fault": "{message}",
    "literal_error": "'{given}' is not one of {expected}",
    "not_finite": "must be a finite number, got {given}; leave the key out if it has no value",
    "finite_number": "must be a finite number, got {given}",
    "float_type": "must be a number, got {given}",
    "int_type": "must be a whole number, got {given}",
    "bool_type": "must be true or false, got {given}",
    "string_type": "must be text, got {given}",
    "greater_than": "must be above {gt}, got {given}",
    "greater_than_equal": "must be at least {ge}, got {given}",
    "less_than": "must be below {lt}, got {given}",
    "less_than_equal": "must be at most {le}, got {given}",
    "string_too_short": "must not be empty",
    "string_too_long": "must not be longer than {max_length} characters",
    "string_pattern_mismatch": "'{given}' does not have the form {pattern}",
    "too_short": "needs at least {min_length}, got {actual_length}",
    "too_long": "takes at most {max_length}, got {actual_length}",
    "date_from_datetime_parsing": "must be a date such as 2026-08-20, got {given}",
    "date_parsing": "must be a date such as 2026-08-20, got {given}",
    "date_from_datetime_inexact": "must be a date such as 2026-08-20, got {given}",
    "model_type": "must be a mapping of keys to values, got {given}",
    "dict_type": "must be a mapping of keys to values, got {given}",
    "tuple_type": "must be a list, got {given}",
}


def validate(model: type[Model], node: Node, *, shown: str, names: Names) -> Model:
    """Return the validated model of a tree, which is a mapping.

    Parameters
    ----------
    shown
        Name of the file in faults.
    names
        The names that the tree may use.

    Raises
    ------
    ConfigError
        With every fault of the tree, in the order of the file.
    """
    # No key takes them, and a word would be made of them: a missing place would be a town, Nan.
    not_finite = dict(not_finite_in(node))
    try:
        model_of_tree = model.model_validate(node.plain, context={"names": names})
        if not not_finite:
            return model_of_tree
        errors = []
    except ValidationError as error:
        errors = error.errors(include_url=False)
    errors = [
        fault
        for fault in errors
        if fault["type"] != "unknown_name" or path_in(node, fault["loc"]) not in not_finite
    ]
    at_fault = {path_in(node, fault["loc"]) for fault in errors}
    errors += [
        {"type": "not_finite", "loc": key, "input": value, "msg": ""}
        for key, value in not_finite.items()
        if key not in at_fault
    ]
    placed: list[tuple[int, str, Mapping[str, Any], Key]] = []
    unknown = [fault for fault in errors if fault["type"] == "extra_forbidden"]
    meant = {key_meant(node, fault, model) for fault in unknown[:MOST_SHOWN]}
    for fault in errors:
        key = path_in(node, fault["loc"])
        if fault["type"] in {"missing", "extra_forbidden"}:
            key = (*path_in(node, fault["loc"][:-1]), fault["loc"][-1])
        if fault["type"] == "missing" and key in meant:
            continue  # misspelt, and reported under the unknown key
        if fault["type"] == "too_short" and len(fault["input"]) >= fault["ctx"]["min_length"]:
            continue  # short only because faulty entries are not counted; they are reported
        placed.append((*place_of(node, key, shown=shown), fault, key))
    # A list or mapping is not meant for the words of a union: what is wrong inside it is reported.
    under = Counter(key[:depth] for *_, key in placed for depth in range(len(key) + 1))
    placed = [
        (line, prefix, fault, key)
        for line, prefix, fault, key in placed
        if fault["type"] != "literal_error"
        or not isinstance(fault["input"], list | dict)
        or under[key] == 1
    ]
    placed.sort(key=lambda one: one[0])
    faults: dict[str, None] = {}
    for _, prefix, told, key in placed:
        # To look for a similar name takes a hundredth of a second; the others are only counted.
        advised = len(faults) < MOST_SHOWN
        faults[f"{prefix}{describe(told, model=model, key=key, names=names, advised=advised)}"] = (
            None
        )
    raise ConfigError(list(faults))


def not_finite_in(node: Node, key: Key = ()) -> Iterator[tuple[Key, float]]:
    """Yield the numbers of a tree that are not finite, each with its key."""
    if isinstance(node.value, float) and not isfinite(node.value):
        yield key, node.value
    for name, inner in (node.items or {}).items():
        yield from not_finite_in(inner, (*key, name))
    for number, inner in enumerate(node.entries or ()):
        yield from not_finite_in(inner, (*key, number))


def key_meant(node: Node, fault: Mapping[str, Any], model: type[BaseModel]) -> Key:
    """Return the key that an unknown key misspells, empty if none is similar."""
    *above, last = fault["loc"]
    path = path_in(node, above)
    near = nearest(str(last), keys_at(model, path))
    return (*path, near) if near else ()


def path_in(node: Node, loc: Sequence[str | int]) -> Key:
    """Return the parts of pydantic's location that exist in the tree.

    Pydantic also names members of unions, which are not part of the file.
    """
    path: list[str | int] = []
    for part in loc:
        if node.items is not None and part in node.items:
            node = node.items[str(part)]
        elif node.entries is not None and isinstance(part, int) and part < len(node.entries):
            node = node.entries[part]
        else:
            continue
        path.append(part)
    return tuple(path)


def dotted(key: Key) -> str:
    """Return a key as shown in faults: `limits.max_days`, `corridors[2]`."""
    text = ""
    for part in key:
        text += f"[{part}]" if isinstance(part, int) else f".{part[:80]}"
    return text.removeprefix(".")


def place_of(node: Node, key: Key, *, shown: str) -> tuple[int, str]:
    """Return the line of a key, or of its nearest parent, and the prefix of its faults."""
    line, origin = node.line, node.origin
    for part in key:
        if node.items is not None and part in node.items:
            line = node.key_lines.get(str(part), line)
            node = node.items[str(part)]
            if node.items is None and node.entries is None:
                line = node.line
        elif node.entries is not None and isinstance(part, int):
            node = node.entries[part]
            line = node.line
        else:
            break
        origin = node.origin or origin
    if origin:
        given = origin.removeprefix("--set ").removeprefix("--")
        return 0, f"{origin}: " if given == dotted(key) else f"{origin}: {dotted(key)}: "
    where = f"{shown}:{line}: "
    return line, f"{where}{dotted(key)}: " if key else where


def describe(
    found: Mapping[str, Any],
    *,
    model: type[BaseModel],
    key: Key,
    names: Names | None = None,
    advised: bool = True,
) -> str:
    """Return the sentence for one error of pydantic.

    Parameters
    ----------
    names
        The names that the file may use; None where no name is checked.
    advised
        Whether to say which known name is similar, which takes time.
    """
    kind = found["type"]
    last = str(key[-1]) if key else ""
    if kind == "missing":
        return f"missing, {HINTS.get(last, 'it has no default')}"
    if kind == "extra_forbidden":
        return (
            f"unknown key, {advice(last, keys_at(model, key[:-1]))}" if advised else "unknown key"
        )
    if kind == "unknown_name" and names is not None and advised:
        about = found["ctx"]
        kind = about["kind"]
        does = advice(about["name"], names.of(kind), called=names.called(kind))
        return f"{found['msg']}, {does}{about['then']}"
    context = {name: as_written(value) for name, value in found.get("ctx", {}).items()}
    context["given"] = as_written(found["input"])
    if kind == "literal_error" and advised:
        return f"unknown value '{context['given']}', {advice(found['input'], choices(context))}"
    sentence = SENTENCES.get(kind)
    if kind == "string_type" and last in PLACES:
        sentence = f"{sentence}; {HINTS[last]}"
    return sentence.format(**context) if sentence else str(found["msg"])


def choices(context: Mapping[str, Any]) -> list[str]:
    """Return the allowed values of a literal error."""
    return str(context["expected"]).replace(" or ", ", ").replace("'", "").split(", ")


def as_written(value: object) -> str:
    """Return a short form of a value for use in a sentence."""
    match value:
        case None:
            return "nothing"
        case dict():
            return "a mapping"
        case list() | tuple():
            return "a list"
        case bool():
            return str(value).lower()
        case float():
            return f"{value:,.10g}"
        case _:
            text = str(value)
            return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def keys_at(model: type[BaseModel], path: Key) -> list[str]:
    """Return the keys of a model at a path, looking through lists, unions and mappings."""
    schema = _schema(model)
    definitions = schema.get("$defs", {})
    here = schema
    for part in path:
        here = resolved(here, definitions)
        named = here.get("properties", {})
        # A mapping from names to values, such as a project's `rows`, has no properties.
        rest = here.get("additionalProperties")
        others = rest if isinstance(rest, Mapping) else {}
        here = here.get("items", {}) if isinstance(part, int) else named.get(part, others)
    return list(resolved(here, definitions).get("properties", {}))


@lru_cache(maxsize=32)
def _schema(model: type[BaseModel]) -> Mapping[str, Any]:
    return model.model_json_schema()


def resolved(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a schema with its reference resolved; of a union, the first object."""
    for branch in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        if "$ref" in branch or "items" in branch:
            return resolved(branch, definitions)
    if "$ref" in schema:
        return resolved(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return schema
