"""CSV that is safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

FORMULA_STARTS = ("=", "+", "-", "@")
# Characters that end a line or a cell, or that spreadsheets and XML cannot hold.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")


def csv_text(rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> str:
    """Return rows as CSV with a header; keys that are not columns are left out.

    Texts stay on one line, and those that a spreadsheet would run as a formula get a leading
    apostrophe.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    return buffer.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, (list, tuple)):
        return _cell("; ".join(str(item) for item in value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return one_line(value) if isinstance(value, str) else value


def one_line(text: str) -> str:
    """Return a text on one line: control characters, tabs and line ends become spaces.

    A text that then looks like a formula gets a leading apostrophe.
    """
    shown = _CONTROLS.sub(" ", text)
    return f"'{shown}" if shown.lstrip().startswith(FORMULA_STARTS) else shown
