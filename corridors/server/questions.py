"""Read the scenario of a request, under the limits of a file, without reaching the file system.

A scenario file may name other files: own data, extracts, corridors, projects. Those of a request
may only name files of the folder that the server was started with, by their plain names. A rate
sheet may come with the question itself, as its name and its content: it is read in memory, for this
question, and neither written nor logged.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from hashlib import sha256

import yaml

from corridors.config.checks import Names
from corridors.config.faults import INTEGER, NUMBER, Node, parse_yaml, scalar
from corridors.config.scenario import node_of, to_scenario, validated
from corridors.domain.scenario import OwnSource, Scenario
from corridors.errors import ConfigError, CorridorsError, faults_of
from corridors.server.guard import SCENARIO, SCENARIO_FILE, OwnFiles, Values

COMMAND = f"corridors compare {SCENARIO_FILE}"
"""The command that gives the same from the YAML of a question."""
_YAML_ENDS = (".yaml", ".yml")


def scenario_of(values: Values, *, own: OwnFiles, names: Names) -> Scenario:
    """Return the scenario of a request.

    Parameters
    ----------
    values
        The keys of a scenario file and their values.
    own
        The files that it may name.
    names
        The names that it may use.

    Raises
    ------
    ConfigError
        With every fault; each begins with `scenario: KEY: `.
    """
    sent = {key: tuple(_sent(key, one) for one in _sheets_in(values, key)) for key in SENT}
    node = node_of(without_sheets(values), shown=SCENARIO)
    faults = list(_outside(node, own))
    if faults:
        raise ConfigError(faults)
    try:
        model = validated(node, shown=own.shown, names=names)
        scenario = to_scenario(model, node=node, shown=own.shown)
        return replace(
            scenario,
            contracts=(*scenario.contracts, *sent[CONTRACTS]),
            schedules=(*scenario.schedules, *sent[SCHEDULES]),
        )
    except ConfigError as error:
        raise ConfigError([_plain(fault, own) for fault in error.faults]) from None


CONTRACTS, SCHEDULES = SENT = "contracts", "schedules"
"""The keys of rate sheets and of files of sailings, which may be sent with a question."""
NAME, CONTENT = "name", "base64"
"""The members of one that is sent."""
_WHAT = {CONTRACTS: "a rate sheet", SCHEDULES: "a file of sailings"}
LONGEST_NAME = 120


def _sheets_in(values: Values, key: str) -> list[Mapping[str, object]]:
    listed = values.get(key)
    return [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []


def without_sheets(values: Values, *, named: bool = False) -> dict[str, object]:
    """Return a question without the files that come with it, or with their names alone."""
    found = dict(values)
    for key in (key for key in SENT if _sheets_in(values, key)):
        listed = found.pop(key)
        every = listed if isinstance(listed, list) else []
        kept = [one.get(NAME) if isinstance(one, Mapping) else one for one in every]
        if not named:
            kept = [one for one in every if not isinstance(one, Mapping)]
        found |= {key: kept} if kept else {}
    return found


def _sent(key: str, sheet: Mapping[str, object]) -> OwnSource:
    """Return a file that comes with a question, read once to see whether it can be.

    Raises
    ------
    ConfigError
        It is no name with a content, or cannot be read.
    """
    # Imported here because the front of the server reads no tables.
    from corridors.exchange.schedules import schedule_in
    from corridors.studies.option_tables import sheet_of

    name, content = sheet.get(NAME), sheet.get(CONTENT)
    start, what = f"{SCENARIO}: {key}: ", _WHAT[key]
    if set(sheet) != {NAME, CONTENT} or not isinstance(name, str) or not isinstance(content, str):
        msg = f"{start}{what} is sent as its {NAME} and its content in {CONTENT}"
        raise ConfigError(msg)
    if not name or len(name) > LONGEST_NAME or not name.isprintable() or set(name) & set("/\\"):
        msg = f"{start}the name of {what} has no folder and at most {LONGEST_NAME} characters"
        raise ConfigError(msg)
    try:
        held = b64decode(content, validate=True)
    except binascii.Error:
        held = b""
    if not held:
        msg = f"{start}{name}: empty, or its content is not in {CONTENT}"
        raise ConfigError(msg)
    source = OwnSource(name=name, sha256=sha256(held).hexdigest(), path=name, content=held)
    try:
        if key == CONTRACTS:
            sheet_of(source)
        else:
            schedule_in(held, name=name, shown=name)
    except CorridorsError as error:
        raise ConfigError([f"{start}{fault}" for fault in faults_of(error)]) from None
    return source


def values_of(text: str) -> dict[str, object]:
    """Return the keys and values of a scenario's YAML.

    Raises
    ------
    ConfigError
        It is no mapping, or exceeds a limit of files.
    """
    node = parse_yaml(text, shown=SCENARIO_FILE)
    if node is None or node.items is None:
        msg = f"{SCENARIO_FILE}: not a mapping; expected `key: value` lines"
        raise ConfigError(msg)
    values = node.plain
    return values if isinstance(values, dict) else {}


def yaml_of(values: Values) -> str:
    """Return the YAML of a scenario's keys, from which `values_of` reads the same."""
    return yaml.dump(values, Dumper=_Plainly, sort_keys=False, allow_unicode=True, width=100)


class _Plainly(yaml.SafeDumper):
    """Writes what the loader of files reads as the same value: texts in quotes if they need them.

    The loader follows the core schema of YAML 1.2, PyYAML that of 1.1: each would take some texts
    of the other, such as `no` or `1e3`, for something else.
    """

    yaml_implicit_resolvers: dict[str, object] = {}  # noqa: RUF012 - as in the class it extends

    def plainly(self, text: str, *, style: str | None = None) -> yaml.ScalarNode:
        """Return a node for a text, plain or in the quotes of `style`."""
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _text(dumper: _Plainly, value: str) -> yaml.ScalarNode:
    return dumper.plainly(value, style=None if scalar(value) == value else "'")


def _number(dumper: _Plainly, value: float) -> yaml.ScalarNode:
    text = repr(value)
    if INTEGER.fullmatch(text) or NUMBER.fullmatch(text):
        return dumper.plainly(text)
    return dumper.plainly({"nan": ".nan", "inf": ".inf", "-inf": "-.inf"}.get(text, text))


_Plainly.add_representer(str, _text)
_Plainly.add_representer(int, _number)
_Plainly.add_representer(float, _number)
_Plainly.add_representer(bool, lambda dumper, value: dumper.plainly(str(value).lower()))
_Plainly.add_representer(type(None), lambda dumper, _value: dumper.plainly("null"))


def _outside(node: Node, own: OwnFiles) -> Iterator[str]:
    """Yield a fault for every file that a scenario names and may not."""
    for key, name in _named_files(node):
        if name in own.names:
            continue
        if own.folder is None:
            text = "names a file, which this server opens none of: start it with --data FOLDER"
            text += f", or drop {_WHAT[key]} on the page" if key in _WHAT else ""
        else:
            known = ", ".join(sorted(own.names)[:8]) or "nothing"
            text = f"no such file in the folder of this server, which has {known}"
        yield f"{SCENARIO}: {key}: {text}"


def _named_files(node: Node) -> Iterator[tuple[str, str]]:
    """Yield the keys of a scenario that name files, with the names."""
    items = node.items or {}
    door = items.get("door")
    osm = (door.items or {}).get("osm") if door is not None else None
    listed = [(key, items.get(key)) for key in ("own_data", *SENT)]
    for key, given in (*listed, ("door.osm", osm)):
        for name in _texts(given):
            yield key, name
    for key in ("corridors", "projects"):
        for name in _texts(items.get(key)):
            if is_file(name):
                yield key, name


def is_file(name: str) -> bool:
    """Return whether a name is one that the program would take for the path of a file."""
    return name.lower().endswith(_YAML_ENDS)


def _texts(node: Node | None) -> Iterator[str]:
    """Yield the texts under a node: itself, those of a list, and the values of mappings."""
    if node is None:
        return
    if isinstance(node.value, str):
        yield node.value
    for inner in (*(node.entries or ()), *(node.items or {}).values()):
        yield from _texts(inner)


def _plain(fault: str, own: OwnFiles) -> str:
    """Return a fault without the folder of the server's files."""
    return fault if own.folder is None else fault.replace(f"{own.folder}/", "")
