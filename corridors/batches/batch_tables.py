"""The tables of a batch: columns, rows and Parquet files.

All tables have the same columns, so that the data set can be read at once; columns that a table
does not use are null. The partition `table` names the table of a file.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from corridors.batches.numbered_scenarios import Plan
from corridors.config.batch_files import PAIR
from corridors.domain.scenario import PriceBasis
from corridors.output.comparison import Comparison
from corridors.output.contract import FIGURES, PASSED, OptionRecord
from corridors.output.verdict import ladder_cell

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, object]
SCENARIOS, OPTIONS, COST_LINES, TIME_PARTS = TABLES = (
    "scenarios",
    "options",
    "cost_lines",
    "time_parts",
)
RAN, FAILED = "ran", "failed"
MAX_REASON_CHARACTERS = 4_000
COMPRESSION = "zstd"

DRAWN = ("best_in", "days_p10", "days_p90")
"""Columns of what draws say, null without `draws.count`."""

_TEXT, _NUMBER, _WHOLE, _TRUTH, _DAY = "text", "number", "whole", "truth", "day"
DEPARTURE = "departure"
_OPTION_COLUMNS = {
    **dict.fromkeys(("corridor", "title", "status", "reason"), _TEXT),
    "next_usable_date": _DAY,
    "rank": _WHOLE,
    "recommended": _TRUTH,
    "tied": _TRUTH,
    "value_ladder": _TEXT,
    "usable_corridors": _WHOLE,
    **dict.fromkeys(("cost_usd_per_teu", "low", "high", *FIGURES[1:]), _NUMBER),
    **dict.fromkeys(DRAWN, _NUMBER),
    **dict.fromkeys(("compared_by", "price_status"), _TEXT),
    **dict.fromkeys(("departs", "arrives", *PASSED, "sails", "sailings", "warnings"), _TEXT),
}
_LINE_COLUMNS = {
    **dict.fromkeys(("driver", "scope", "label"), _TEXT),
    "quantity": _NUMBER,
    "unit": _TEXT,
    **dict.fromkeys(("unit_price_usd", "usd_per_teu"), _NUMBER),
    **dict.fromkeys(("basis", "source_id", "line_status", "part"), _TEXT),
    "hours": _NUMBER,
}
LINES_ONLY = tuple(_LINE_COLUMNS)
"""Columns of cost lines and parts of time, which all other tables leave empty."""
OPTIONS_ONLY = tuple(_OPTION_COLUMNS)
"""Columns of options, of which lines and parts have the corridor and its status."""


def columns_of(plan: Plan) -> dict[str, str]:
    """Return the kind of every column by name. Swept keys are named as in the batch file."""
    swept: dict[str, str] = {}
    for key in plan.batch.keys:
        swept[key.key] = _NUMBER if key.numeric else _DAY if key.key == DEPARTURE else _TEXT
        if key.key == PAIR:
            swept |= {"origin": _TEXT, "destination": _TEXT}
    return {"scenario": _WHOLE, "name": _TEXT, **swept, **_OPTION_COLUMNS, **_LINE_COLUMNS}


def schema_of(columns: Mapping[str, str]) -> pa.Schema:
    """Return the Arrow schema of the columns."""
    import pyarrow as pa

    kinds = {
        _TEXT: pa.string(),
        _NUMBER: pa.float64(),
        _WHOLE: pa.int64(),
        _TRUTH: pa.bool_(),
        _DAY: pa.date32(),
    }
    return pa.schema([(name, kinds[kind]) for name, kind in columns.items()])


def shared_cells(plan: Plan, scenario: int) -> Row:
    """Return the cells of every row of a scenario: its number, name and swept values."""
    cells: Row = {"scenario": scenario, "name": plan.name(scenario)}
    for key, choice in zip(plan.batch.keys, plan.choices(scenario), strict=True):
        taken = key.choices[choice]
        value = taken.value
        cells[key.key] = taken.shown
        if key.numeric and isinstance(value, (int, float)):
            cells[key.key] = float(value)
        elif key.key == DEPARTURE:
            cells[key.key] = date.fromisoformat(taken.shown)
        if key.key == PAIR:
            cells |= {change.key: change.text for change in taken.changes}
    return cells


def failed_rows(shared: Row, reason: str) -> dict[str, list[Row]]:
    """Return the rows of a failed scenario, by table."""
    row = {**shared, "status": FAILED, "reason": reason[:MAX_REASON_CHARACTERS]}
    return {SCENARIOS: [row]}


def comparison_rows(shared: Row, comparison: Comparison) -> dict[str, list[Row]]:
    """Return the rows of a compared scenario, by table."""
    rows: dict[str, list[Row]] = {name: [] for name in TABLES}
    best: Row = {}
    ranks, on_price = comparison.ranks, comparison.scenario.price_basis is PriceBasis.PRICE
    for route in comparison.routes:
        recommended = route is comparison.recommended
        record = OptionRecord.without_steps(route)
        row = {**shared, **option_cells(record, on_price=on_price), "recommended": recommended}
        row["tied"] = comparison.is_tied(route)
        row["rank"] = ranks.get(route.corridor)
        rows[OPTIONS].append(row)
        if recommended:
            best = row
        _add_lines(rows, {**shared, "corridor": route.corridor, "title": route.title}, record)
    summary = {name: best.get(name) for name in _OPTION_COLUMNS if name not in ("rank", "warnings")}
    rows[SCENARIOS].append(
        {
            **shared,
            **summary,
            "status": RAN,
            "reason": "" if best else comparison.decision.advice,
            "recommended": bool(best),
            "tied": comparison.decision.is_close,
            "value_ladder": ladder_cell(comparison.ladder),
            "usable_corridors": len(comparison.usable),
            "warnings": "\n".join(comparison.warnings),
        }
    )
    return rows


def option_cells(record: OptionRecord, *, on_price: bool = False) -> Row:
    """Return the cells of an option.

    `low` and `high` are the 10 and 90 % quantiles of draws, without draws sums of rounded lines.
    """
    cells: Row = {
        name: getattr(record, name) for name in ("corridor", "title", "status", "reason", *FIGURES)
    }
    opens = record.next_usable_date
    cells["next_usable_date"] = None if opens is None else date.fromisoformat(str(opens)[:10])
    cells |= {"compared_by": "price" if on_price else "cost", "price_status": record.price_status}
    cells |= {name: "; ".join(getattr(record, name)) for name in PASSED}
    for name in ("low", "high"):
        total = round(sum(getattr(line, name) for line in record.cost_lines), 2)
        cells[name] = total if record.cost_lines else None
    cells |= dict.fromkeys(DRAWN)
    if record.chances is not None:
        cells["best_in"] = record.chances.best
        if (fans := record.chances.booked) is not None:
            money = (fans.price if on_price else None) or fans.cost
            cells |= {"low": round(money.p10, 2), "high": round(money.p90, 2)}
            cells |= {"days_p10": fans.days.p10, "days_p90": fans.days.p90}
    cells |= {"departs": record.departure, "arrives": record.arrival}
    cells["warnings"] = "\n".join(record.warnings)
    return cells


def _add_lines(rows: dict[str, list[Row]], shared: Row, record: OptionRecord) -> None:
    for line in record.cost_lines:
        row = {**shared, **vars(line), "line_status": line.status}
        del row["status"]
        rows[COST_LINES].append(row)
    rows[TIME_PARTS].extend(
        {**shared, "part": part, "hours": hours} for part, hours in record.time_parts.items()
    )


def parquet_bytes(rows: Iterable[Row], columns: Mapping[str, str]) -> bytes:
    """Return the rows as a Parquet file, with the same bytes each time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pylist(list(rows), schema=schema_of(columns))
    sink = io.BytesIO()
    pq.write_table(table, sink, compression=COMPRESSION, use_dictionary=True)
    return sink.getvalue()
