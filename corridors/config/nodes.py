"""Reading untrusted YAML: limited size, no aliases or tags, with line numbers.

Plain scalars follow the core schema of YAML 1.2: the country `NO` stays a country and `12:30` is
not a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf, nan
from pathlib import Path
from typing import NoReturn

import yaml

from corridors.errors import STEERING, ConfigError
from corridors.files import STANDARD, read_whole, standard_input

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
