"""CSV that is safe to open in a spreadsheet."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

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
