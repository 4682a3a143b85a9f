"""CSV: `options.csv`, and any listing. Safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

from corridors.output.comparison import Comparison
from corridors.output.records import option_record

FORMULA_STARTS = ("=", "+", "-", "@")
# What ends a line or a cell, or that neither a spreadsheet nor XML holds.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")
OPTION_COLUMNS = (
    "rank",
    "corridor",
    "title",
    "status",
    "recommended",
    "cost_usd_per_teu",
    "transit_days",
    "days",
    "distance_km",
    "sea_nm",
    "rail_km",
    "road_km",
    "ferry_km",
    "river_km",
    "co2e_wtw_kg_per_teu",
    "co2e_ttw_kg_per_teu",
    "departure",
    "arrival",
    "passages",
    "borders",
    "gauge_changes",
    "countries",
    "next_usable_date",
    "reason",
    "warnings",
)


def options_csv(comparison: Comparison) -> str:
    """Return the text of `options.csv`: a row per corridor, best first.

    Figures of a corridor that cannot be used are empty. Lists are joined by `; `.
    """
    rows = []
    for i, route in enumerate(comparison.routes):
        record = option_record(route)
        record["rank"] = i + 1 if route.usable else None
        record["recommended"] = "yes" if route is comparison.recommended else ""
        rows.append(record)
    return csv_text(rows, OPTION_COLUMNS)


def csv_text(rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> str:
    """Return rows as CSV with a header; keys that are not columns are left out.

    A text stays on one line, and one that a spreadsheet would run as a formula gets an apostrophe
    in front; numbers stay numbers.
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

    A text that then begins like a formula, spaces aside, gets an apostrophe in front.
    """
    shown = _CONTROLS.sub(" ", text)
    return f"'{shown}" if shown.lstrip().startswith(FORMULA_STARTS) else shown
