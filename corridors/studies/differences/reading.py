"""Reading a `comparison.json` that a stranger may have written: bounded, and every type checked."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NoReturn

from corridors.errors import ConfigError

MAX_BYTES = 20_000_000
# Beyond this no figure of a route lies, and a decimal of it would not be exact.
LARGEST = 1e12
# Control characters move a terminal's cursor; half a surrogate pair cannot be printed at all.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
SHORT_CHARACTERS = 40


def read_json(path: Path, *, shown: str) -> Mapping[str, object]:
    """Return the object a JSON file holds.

    Parameters
    ----------
    path
        A regular file of at most 20 MB.
    shown
        How faults name it.

    Raises
    ------
    ConfigError
        It cannot be read, is no JSON object, or contains text that cannot be printed.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            refuse(shown, "not a file")
        if status.st_size > MAX_BYTES:
            refuse(shown, f"{status.st_size:,} bytes; the limit is {MAX_BYTES:,}")
        with path.open("rb") as stream:
            text = stream.read(MAX_BYTES + 1).decode("utf-8-sig")
        value = json.loads(text, parse_constant=_no_number, object_pairs_hook=_each_key_once)
        _check_printable(value, shown)
    except OSError as error:
        refuse(shown, f"cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        refuse(shown, "not UTF-8 text, so not a comparison.json")
    except json.JSONDecodeError as error:
        refuse(f"{shown}:{error.lineno}", f"not JSON: {error.msg}; write it again with `compare`")
    except RecursionError:
        refuse(shown, "not a comparison.json: nested too deep")
    except ValueError as error:
        refuse(shown, f"not a comparison.json: {error}")
    return mapping(value, shown)


def refuse(where: str, what: str) -> NoReturn:
    """Refuse a value.

    Raises
    ------
    ConfigError
        Always: `where: what`, in one line.
    """
    msg = f"{where}: {what}"
    raise ConfigError(" ".join(msg.split()))


def member(value: Mapping[str, object], key: str, where: str) -> tuple[object, str]:
    """Return the value of a key that must be there, and how faults name it."""
    if key not in value:
        refuse(where, f"no key '{key}': not a complete comparison.json of this version")
    return value[key], f"{where}: {key}"


def mapping(value: object, where: str) -> Mapping[str, object]:
    """Return a value that must be a mapping."""
    if not isinstance(value, dict):
        refuse(where, f"must be a mapping of keys to values, got {short(value)}")
    return value


def entries(value: object, where: str) -> Sequence[object]:
    """Return a value that must be a list."""
    if not isinstance(value, list):
        refuse(where, f"must be a list, got {short(value)}")
    return value


def text(value: object, where: str) -> str:
    """Return a value that must be a text."""
    if not isinstance(value, str):
        refuse(where, f"must be text, got {short(value)}")
    return value


def decimal(value: object, where: str, *, decimals: int) -> Decimal:
    """Return a value that must be a number, exact to so many decimals."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        refuse(where, f"must be a number, got {short(value)}")
    if not abs(value) < LARGEST:
        refuse(where, "must be a finite number below 1e12")
    return Decimal(f"{value:.{decimals}f}") + 0  # + 0 turns -0 into 0


def short(value: object) -> str:
    """Return a few words for a value, whatever its size."""
    if value is None:
        return "nothing"
    if isinstance(value, (dict, list)):
        return "a mapping" if isinstance(value, dict) else "a list"
    told = str(value).lower() if isinstance(value, bool) else str(value)
    return told if len(told) <= SHORT_CHARACTERS else f"{told[:SHORT_CHARACTERS]}..."


def _no_number(name: str) -> NoReturn:
    msg = f"{name} is not a number"
    raise ValueError(msg)


def _each_key_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) < len(pairs):
        msg = "a key appears twice in one object"
        raise ValueError(msg)
    return made


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
