"""Turning pydantic's errors into sentences with file, line, key and a suggestion."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import inf, isfinite, nan
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from corridors.config.checks import Names, advice, nearest
from corridors.errors import MOST_SHOWN, STEERING, ConfigError
from corridors.files import STANDARD, read_whole, standard_input

# Reading untrusted YAML: limited size, no aliases or tags, with line numbers.

MAX_BYTES = 1_000_000
MAX_DEPTH = 16
MAX_NODES = 20_000
MAX_SCALAR_CHARACTERS = 4_000

INTEGER = re.compile(r"[-+]?\d{1,18}")
NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,3})?")
# As YAML writes what is no finite number, in any case, and as JSON does: `Nan` is a town.
NOT_FINITE = {".nan": nan, ".inf": inf, "-.inf": -inf}
NOT_FINITE_IN_JSON = {"NaN": nan, "Infinity": inf, "-Infinity": -inf}
CONSTANTS: dict[str, object] = {"": None, "~": None, "null": None, "true": True, "false": False}
BINARY = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# What an escape such as "\e" puts into a value: it would move a terminal's cursor or turn its text.
UNPRINTABLE = re.compile(f"[{STEERING}]")
BREAK = re.compile(r" *[\t\n][ \t\n]*")


@dataclass(frozen=True, slots=True)
class Node:
    """A value and its line, from 1.

    `value` is a scalar, `items` a mapping or `entries` a list; the others are None. `origin`
    replaces file and line for a value from the command line.
    """

    line: int
    value: object = None
    items: dict[str, Node] | None = None
    entries: tuple[Node, ...] | None = None
    origin: str = ""
    key_lines: dict[str, int] = field(default_factory=dict)

    @property
    def plain(self) -> object:
        """The value as dictionaries, lists and scalars."""
        if self.items is not None:
            return {key: node.plain for key, node in self.items.items()}
        if self.entries is not None:
            return [node.plain for node in self.entries]
        return self.value


def read_yaml(path: Path, *, shown: str | None = None) -> Node:
    """Return the mapping a YAML file holds.

    Parameters
    ----------
    path
        The file: at most 1 MB of UTF-8 text.
    shown
        Name of the file in faults. None for `path`.

    Returns
    -------
    node
        The mapping at the top of the file.

    Raises
    ------
    ConfigError
        The file cannot be read, is not a YAML mapping, or exceeds a limit.
    """
    name = shown or str(path)
    text = read_text(path, shown=name)
    node = parse_yaml(text, shown=name)
    if node is None:
        msg = f"{name}:1: the file is empty; expected a mapping of keys to values"
        raise ConfigError(msg)
    if node.items is None:
        msg = f"{name}:{node.line}: not a mapping; expected `key: value` lines"
        raise ConfigError(msg)
    return node


def read_text(path: Path, *, shown: str) -> str:
    """Return the text of a regular file, or of standard input, of at most 1 MB in UTF-8."""
    if path == STANDARD:
        content = standard_input(MAX_BYTES)
        if len(content) > MAX_BYTES:
            msg = f"{shown}:1: more than {MAX_BYTES:,} bytes, which is the limit"
            raise ConfigError(msg)
    else:
        content = read_whole(path, shown=shown, most=MAX_BYTES, line=":1")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        msg = f"{shown}:{line}: not UTF-8 text; save the file as UTF-8"
        raise ConfigError(msg) from error
    if match := BINARY.search(text):
        line = text.count("\n", 0, match.start()) + 1
        msg = f"{shown}:{line}: not a text file: control character {match.group()!r}"
        raise ConfigError(msg)
    return text


def parse_yaml(text: str, *, shown: str) -> Node | None:
    """Return the tree of a YAML document, None if it is empty.

    The limits are checked at each event, so a hostile text costs no more than they allow.
    """
    try:
        return _Composer(shown, yaml.parse(text, Loader=_LOADER)).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 1
        msg = f"{shown}:{line}: not YAML: {error.problem or error.context}"
        raise ConfigError(msg) from error
    except yaml.YAMLError as error:
        msg = f"{shown}:1: not YAML: {' '.join(str(error).split())}"
        raise ConfigError(msg) from error


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Composer:
    """Builds the tree of one document from events."""

    def __init__(self, shown: str, events: Iterator[yaml.Event]) -> None:
        self.shown = shown
        self.events = events
        self.nodes = 0
        self.faults: list[str] = []

    def document(self) -> Node | None:
        node: Node | None = None
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.refuse(event, "a second document; only one is allowed")
                first = next(self.events)
                node = self.node(first, depth=0)
        if self.faults:
            raise ConfigError(self.faults)
        if node is not None and node.items is None and node.entries is None and node.value is None:
            return None
        return node

    def node(self, event: yaml.Event, *, depth: int) -> Node:
        self.nodes += 1
        if isinstance(event, yaml.AliasEvent):
            self.refuse(event, f"alias '*{event.anchor}' is not allowed; write the value out")
        if self.nodes > MAX_NODES:
            self.refuse(event, f"more than {MAX_NODES:,} values")
        if depth > MAX_DEPTH:
            self.refuse(event, f"nested deeper than {MAX_DEPTH} levels")
        tag = getattr(event, "tag", None)
        if tag is not None and tag != "!":
            self.refuse(event, f"tag '{tag[:80]}' is not allowed; write a plain value")
        line = line_of(event)
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(line, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            entries = []
            while not isinstance(inner := next(self.events), yaml.SequenceEndEvent):
                entries.append(self.node(inner, depth=depth + 1))
            return Node(line, entries=tuple(entries))
        if not isinstance(event, yaml.ScalarEvent):
            self.refuse(event, "not a value")
        if len(event.value) > MAX_SCALAR_CHARACTERS:
            characters = f"{len(event.value):,} characters"
            self.refuse(event, f"a value of {characters}; the limit is {MAX_SCALAR_CHARACTERS:,}")
        if UNPRINTABLE.search(event.value):
            self.refuse(event, "a value with a character that cannot be printed; leave it out")
        plain = event.style is None or event.style == ""
        if plain:
            return Node(line, value=scalar(event.value))
        # A name is printed among the lines of the program, so none has a line of its own.
        return Node(line, value=BREAK.sub(" ", event.value).strip(" "))

    def mapping(self, line: int, depth: int) -> Node:
        items: dict[str, Node] = {}
        key_lines: dict[str, int] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                self.refuse(event, "a key must be a word")
            self.node(event, depth=depth)
            key = event.value
            key_line = line_of(event)
            node = self.node(next(self.events), depth=depth + 1)
            if key in items:
                first = key_lines[key]
                self.faults.append(
                    f"{self.shown}:{key_line}: {key[:80]}: given twice (first on line {first}); "
                    "keep one"
                )
                continue
            items[key] = node
            key_lines[key] = key_line
        return Node(line, items=items, key_lines=key_lines)

    def refuse(self, event: yaml.Event, what: str) -> NoReturn:
        msg = f"{self.shown}:{line_of(event)}: {what}"
        raise ConfigError([*self.faults, msg])


def line_of(event: yaml.Event) -> int:
    """Return the first line of an event, from 1."""
    return event.start_mark.line + 1 if event.start_mark is not None else 1


def scalar(text: str) -> object:
    """Return the value of a plain scalar: null, a boolean, a number, or the text itself."""
    if text in CONSTANTS:
        return CONSTANTS[text]
    if INTEGER.fullmatch(text):
        return int(text)
    if NUMBER.fullmatch(text):
        return float(text)
    return NOT_FINITE.get(text.lower(), NOT_FINITE_IN_JSON.get(text, text))


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
