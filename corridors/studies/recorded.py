"""A recorded result read back: its JSON, checked by its models, and the scenario that it holds."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from pydantic import ValidationError

from corridors.config.allowed_names import Names
from corridors.config.faults import SENTENCES, Node, as_written
from corridors.config.scenario import override_name, to_scenario, validated, written
from corridors.domain.scenario import Scenario
from corridors.errors import UNPRINTABLE, ConfigError
from corridors.files import each_key_once, read_whole
from corridors.output.contract import ComparisonRecord

Read = TypeVar("Read")
MAX_BYTES = 20_000_000
SHORT_CHARACTERS = 40
_WORDS = {
    **SENTENCES,
    "missing": "no key '{key}': not a complete comparison.json of this version",
    "extra_forbidden": "unknown key '{key}'; the result is from another version",
    "enum": "'{given}' is not one of {expected}",
    "literal_error": "a result in another format; this program reads format {expected}",
    "date_type": "must be a day such as 2026-08-20, got {given}",
}


def read_record(path: Path, *, shown: str) -> ComparisonRecord:
    """Return the content of a `comparison.json`.

    Parameters
    ----------
    path
        A regular file of at most 20 MB.
    shown
        Its name in error messages.

    Raises
    ------
    ConfigError
        In one line: it cannot be read, is not a JSON object, contains text that cannot be printed,
        or has an invalid key or value.
    """
    return checked(ComparisonRecord.model_validate_json, read_json(path, shown=shown), shown=shown)


def read_json(path: Path, *, shown: str, name: str = "comparison.json") -> Any:
    """Return the content of a JSON file: each key once, finite numbers, printable texts.

    Raises
    ------
    ConfigError
        In one line: it cannot be read or is not such a file, `name`.
    """
    content = read_whole(path, shown=shown, most=MAX_BYTES)
    try:
        text = content.decode("utf-8-sig")
        value = json.loads(text, parse_constant=_no_number, object_pairs_hook=each_key_once)
        _check_printable(value, shown)
    except UnicodeDecodeError:
        refuse(shown, f"not UTF-8 text, so not a {name}")
    except json.JSONDecodeError as error:
        refuse(f"{shown}:{error.lineno}", f"not JSON: {error.msg}; write it again")
    except RecursionError:
        refuse(shown, f"not a {name}: nested too deep")
    except ValueError as error:
        refuse(shown, f"not a {name}: {error}")
    return value


def checked(validate: Callable[[str], Read], value: Any, *, shown: str) -> Read:
    """Return what a model makes of a value of JSON.

    Raises
    ------
    ConfigError
        In one line: it has an invalid key or value.
    """
    try:
        # As text, since a model reads days and shares from JSON that it refuses in Python.
        return validate(json.dumps(value))
    except RecursionError:
        refuse(shown, "nested too deep")
    except ValidationError as error:
        first, *others = error.errors(include_url=False)
        more = f" (and {len(others)} more)" if others else ""
        refuse(shown, f"{_sentence(first, value)}{more}")


def refuse(where: str, what: str) -> NoReturn:
    """Raise a ConfigError `where: what` in one line."""
    msg = f"{where}: {what}"
    raise ConfigError(" ".join(msg.split()))


def scenario_of_record(scenario: Scenario, where: str, names: Names) -> Scenario:
    """Return the scenario that a result records.

    Raises
    ------
    ConfigError
        A value is not valid in a scenario file, or own data are known only by their hash.
    """
    here = f"{where}: scenario"
    for key, given, what in (
        ("own_data", scenario.own_data, "own data are"),
        ("contracts", scenario.contracts, "rate sheets are"),
        ("door.osm", scenario.door.osm, "extracts are"),
    ):
        if given:
            text = f"{what} known here by their hash only; give the scenario file instead"
            refuse(f"{here}: {key}", text)
    for name, shares in vars(scenario.limits).items():
        if isinstance(shares, tuple):
            _each_once([place for place, _ in shares], f"{here}: limits.{name}")
    _each_once([override_name(entry) for entry in scenario.overrides], f"{here}: overrides")
    try:
        return scenario_from(written(scenario), shown=here, names=names)
    except ConfigError as error:
        more = f" (and {len(error.faults) - 1} more)" if len(error.faults) > 1 else ""
        msg = f"{error.faults[0]}{more}"
        raise ConfigError(msg) from None


def scenario_from(plain: Mapping[str, object], *, shown: str, names: Names) -> Scenario:
    """Return the scenario of plain values under the keys of a scenario file.

    Raises
    ------
    ConfigError
        With every error; each starts with `shown` and the key, without a line.
    """
    node = node_of(plain, origin=shown)
    model = validated(node, shown=shown, names=names)
    return replace(to_scenario(model, node=node, shown=""), source_path="", text={})


def node_of(value: object, *, origin: str = "") -> Node:
    """Return plain values as the tree that validation reads."""
    if isinstance(value, Mapping):
        return Node(
            0, items={str(key): node_of(item) for key, item in value.items()}, origin=origin
        )
    if isinstance(value, (list, tuple)):
        return Node(0, entries=tuple(node_of(item) for item in value), origin=origin)
    return Node(0, value=value, origin=origin)


def _each_once(names: Sequence[str], where: str) -> None:
    for number, name in enumerate(names):
        if name in names[:number]:
            refuse(where, f"'{name[:80]}' appears twice")


def _sentence(fault: Mapping[str, Any], record: object) -> str:
    """Return an error with its place: `options[0]: days: must be a number, got true`."""
    kind, location = fault["type"], list(fault["loc"])
    key = location.pop() if kind in {"missing", "extra_forbidden"} else ""
    given = as_written(fault["input"])
    given = given if len(given) <= SHORT_CHARACTERS else f"{given[:SHORT_CHARACTERS]}..."
    if isinstance(key, int):
        sentence = f"has too {'few' if kind == 'missing' else 'many'} entries"
    elif kind in _WORDS:
        context = {name: as_written(what) for name, what in fault.get("ctx", {}).items()}
        expected = context.pop("expected", "").replace(" or ", ", ").replace("'", "")
        sentence = _WORDS[kind].format(**context, expected=expected, given=given, key=key[:80])
    else:
        sentence = str(fault["msg"])
    return f"{_place(location, record)}{sentence}"


def _place(location: Sequence[str | int], record: object) -> str:
    """Return a location such as `options[0]: cost_lines[2]: `, without the branches of unions."""
    place = ""
    for part in location:
        if isinstance(record, dict) and part in record:
            record = record[part]
            place += f": {str(part)[:80]}"
        elif isinstance(record, list) and isinstance(part, int):
            record = record[part]
            place += f"[{part}]"
    return f"{place}: ".removeprefix(": ")


def _no_number(name: str) -> NoReturn:
    msg = f"{name} is not a number"
    raise ValueError(msg)


def _check_printable(value: object, shown: str) -> None:
    if isinstance(value, str):
        if UNPRINTABLE.search(value):
            refuse(shown, f"contains text that cannot be printed: {value[:SHORT_CHARACTERS]!a}")
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_printable(key, shown)
            _check_printable(item, shown)
    elif isinstance(value, list):
        for item in value:
            _check_printable(item, shown)
