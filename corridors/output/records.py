"""Plain values of result files: rounding, times, JSON text."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from math import floor, log10
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import pandas as pd
    from pydantic import BaseModel


# CSV that is safe to open in a spreadsheet.

FORMULA_STARTS = ("=", "+", "-", "@")
# Characters that end a line or a cell, or that spreadsheets and XML cannot hold.
# What quotes a cell: a semicolon parts cells where the comma is the decimal sign.
_QUOTED = re.compile(r"[\",;]|^\s|\s$")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")


def csv_text(rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> str:
    """Return rows as CSV with a header; keys that are not columns are left out.

    Texts stay on one line, and those that a spreadsheet would run as a formula get a leading
    apostrophe.
    """
    lines = [columns, *([row.get(column) for column in columns] for row in rows)]
    return "".join(f"{','.join(map(_cell, line))}\n" for line in lines)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        text = "; ".join(one_line(str(item)) for item in value)
    elif isinstance(value, bool):
        text = "yes" if value else "no"
    else:
        text = one_line(value) if isinstance(value, str) else str(value)
    doubled = text.replace('"', '""')
    return f'"{doubled}"' if _QUOTED.search(text) else text


def one_line(text: str) -> str:
    """Return a text on one line: control characters, tabs and line ends become spaces.

    A text that then looks like a formula gets a leading apostrophe, also where its sign is a
    full-width one or stands behind characters that are not seen.
    """
    shown = _CONTROLS.sub(" ", text)
    seen = (sign for sign in shown if not sign.isspace() and unicodedata.category(sign) != "Cf")
    first = unicodedata.normalize("NFKC", next(seen, ""))
    return f"'{shown}" if first in FORMULA_STARTS else shown


SIGNIFICANT_DIGITS = 7

Record = dict[str, object]
Model = TypeVar("Model", bound="BaseModel")


def iso_time(moment: datetime | None) -> str | None:
    """Return a time as `2026-08-20T00:00Z`; one without a time zone is taken as UTC."""
    if moment is None:
        return None
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="minutes") + "Z"


def day_or_time(moment: date) -> str | None:
    """Return a time as `iso_time` does, a day as `2026-08-20`."""
    return iso_time(moment) if isinstance(moment, datetime) else moment.isoformat()


def significant(value: float, digits: int = SIGNIFICANT_DIGITS) -> float:
    """Return the value rounded to significant digits."""
    if value == 0:
        return 0.0
    return round(value, digits - 1 - floor(log10(abs(value))))


def picked(value: object, *names: str) -> Record:
    """Return attributes of a value by name, as a file holds them: days as text, tuples as lists."""
    return {name: plain(getattr(value, name)) for name in names}


def filled(kind: type[Model], value: object, **given: Any) -> Model:
    """Return a record of a value: fields that are not given are its attributes of the same name."""
    names = [name for name in kind.model_fields if name not in given]
    return kind(**picked(value, *names), **given)


def plain(value: object) -> object:
    """Return a day as text and a tuple as a list; anything else stays as it is."""
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def number(value: object) -> float:
    """Return a figure of a record as a float; anything else is a program error."""
    if isinstance(value, (int, float)):
        return float(value)
    msg = f"expected a number, got {value!r}"
    raise TypeError(msg)


def as_text(record: object) -> str:
    """Return plain values as indented JSON text with a final line feed."""
    return json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def listing_json(rows: list[Record]) -> str:
    """Return a listing as `{"rows": [...]}`, the form of every command that lists."""
    return as_text({"rows": rows})


def frame(rows: Iterable[object], columns: Iterable[str] | None = None) -> pd.DataFrame:
    """Return rows as a DataFrame, by default with the columns that they name."""
    # Imported here because pandas takes longer to import than most commands take to run.
    import pandas as pd

    return pd.DataFrame(list(rows), columns=None if columns is None else list(columns))
