"""The workbook of a batch: a page with the answer to print, then a sheet a question."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from corridors.arrays import FloatArray, IntArray
from corridors.config.batch_files import PAIR
from corridors.config.faults import INTEGER, NUMBER
from corridors.domain.scenario import PriceBasis
from corridors.output.comparison import Comparison
from corridors.output.contract import FIGURES, PASSED, OptionRecord
from corridors.output.monthly import Sweep
from corridors.output.store import csv_text, one_line
from corridors.output.tables import Table, is_declared
from corridors.output.verdict import ladder_cell, other_route
from corridors.output.xlsx import Chart, Column, Page, Sheet
from corridors.output.xlsx import Table as PageTable
from corridors.studies.batch.scenarios import Plan

if TYPE_CHECKING:
    import pyarrow as pa


# The tables of a batch: a row a scenario, option, cost line and time part; its summary.

Row = dict[str, object]
SCENARIOS, OPTIONS, COST_LINES, TIME_PARTS = TABLES = (
    "scenarios",
    "options",
    "cost_lines",
    "time_parts",
)
RAN, FAILED = "ran", "failed"
OVERDUE = "took longer than"
"""How the reason begins why a scenario failed that exceeded its budget."""
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
SCENARIOS_ONLY = ("value_ladder", "usable_corridors")
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
    if (taken := other_route(comparison)) is not None:
        # Not the route of the row: of it only these figures are known.
        summary |= dict.fromkeys((*FIGURES, "low", "high", *DRAWN))
        summary[f"{best['compared_by']}_usd_per_teu"] = taken.cost_usd_per_teu
        summary |= {"days": round(taken.days, 3), "transit_days": round(taken.transit_days, 3)}
        summary["co2e_wtw_kg_per_teu"] = round(taken.co2e_kg_per_teu, 3)
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
    cells |= {"sails": record.sails and record.sails.value, "sailings": record.sailings}
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


MOST_NAMED = 10
SUMMARY = Table(
    name="summary",
    about="A scenario of a batch; the inputs that vary stand behind its name.",
    files="scenario name status reason recommended recommended_name tied cost_usd_per_teu low high"
    " transit_days days co2e_wtw_kg_per_teu second_best second_best_gap_usd_per_teu"
    " change_against_first_usd_per_teu usable_corridors value_ladder",
)
COLUMNS_BEFORE, COLUMNS_AFTER = SUMMARY.names[:2], SUMMARY.names[2:]


def summary_columns(sweep: Sweep) -> tuple[str, ...]:
    """Return the columns of the summary: number, name, swept keys, figures."""
    return (*COLUMNS_BEFORE, *(key.key for key in sweep.keys), *COLUMNS_AFTER)


def summary_csv(sweep: Sweep) -> str:
    """Return the text of `summary.csv`. Failed scenarios have no figures."""
    return csv_text(summary_rows(sweep), summary_columns(sweep))


def summary_rows(sweep: Sweep) -> Iterator[dict[str, object]]:
    """Yield a row per scenario, with text on one line.

    `tied` names the options of a close call, the recommended one included. `second_best` is the
    cheapest usable corridor besides the recommended one, and its gap the extra cost: below 0 if it
    is cheaper but tied and slower, or breaks a limit. `change_against_first` is the change of the
    recommended cost from scenario 0. `value_ladder` is in USD per TEU and day.
    """
    first = recommended_cost(sweep, 0)
    cells = [value_cells(key.values) for key in sweep.keys]
    for number, name in enumerate(sweep.scenarios):
        row: dict[str, object] = {"scenario": number, "name": one_line(name)}
        for key, shown, choice in zip(sweep.keys, cells, sweep.choice[number], strict=True):
            row[key.key] = shown[choice]
        row |= dict.fromkeys(COLUMNS_AFTER)
        reason = sweep.failed.get(number)
        row["status"] = "ran" if reason is None else "failed"
        row["reason"] = one_line(reason or "")
        row["usable_corridors"] = int((~np.isnan(sweep.cost[number])).sum())
        row["value_ladder"] = sweep.ladders[number] if sweep.ladders else ""
        best = int(sweep.recommended[number])
        if best >= 0:
            row |= best_cells(sweep, number, best)
            row["recommended_name"] = sweep.names[number] if sweep.names else ""
            cost = recommended_cost(sweep, number)
            if first is not None and cost is not None:
                row["change_against_first_usd_per_teu"] = round(cost - first, 2)
        yield row


def best_cells(sweep: Sweep, number: int, best: int) -> dict[str, object]:
    """Return the recommended corridor of a scenario, its figures, and the second best."""
    tied = [sweep.corridors[i].id for i in np.flatnonzero(sweep.tied[number]).tolist()]
    cells: dict[str, object] = {"recommended": sweep.corridors[best].id, "tied": "; ".join(tied)}
    for column, figures in (
        ("cost_usd_per_teu", sweep.cost),
        ("low", sweep.low),
        ("high", sweep.high),
        ("transit_days", sweep.transit_days),
        ("days", sweep.days),
        ("co2e_wtw_kg_per_teu", sweep.co2e_kg),
    ):
        value = float(figures[number, best])
        cells[column] = None if np.isnan(value) else value
    costs = sweep.cost[number].copy()
    costs[best] = np.nan
    if not np.isnan(costs).all():
        second = int(np.nanargmin(costs))
        gap = float(costs[second] - sweep.cost[number, best])
        cells["second_best"] = sweep.corridors[second].id
        cells["second_best_gap_usd_per_teu"] = round(gap, 2)
    return cells


def recommended_cost(sweep: Sweep, number: int) -> float | None:
    """Return the cost of a scenario's recommended corridor, None if there is none."""
    best = int(sweep.recommended[number])
    return None if best < 0 else float(sweep.cost[number, best])


def value_cells(values: tuple[str, ...]) -> list[object]:
    """Return a key's values as numbers if all of them are, else as text on one line."""
    if all(NUMBER.fullmatch(value) for value in values):
        return [int(value) if INTEGER.fullmatch(value) else float(value) for value in values]
    return [one_line(value) for value in values]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wins:
    """How often a corridor is recommended when a key has a certain value.

    In `ties` of its `wins` other corridors are tied with it.
    """

    key: str
    value: str
    corridor: str
    wins: int
    ties: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """The effect on a corridor of changing a key from its first value, all else equal.

    Ranks are means over the scenarios in which it is usable, `change_usd_per_teu` over those in
    which it is usable before and after; NaN if there are none.
    """

    key: str
    before: str
    after: str
    corridor: str
    pairs: int
    wins_before: int
    wins_after: int
    rank_before: float
    rank_after: float
    closed: int
    opened: int
    change_usd_per_teu: float


def sentences(sweep: Sweep) -> tuple[str, ...]:
    """Return the report's answer in sentences, the most important first."""
    # Imported here because readers of the data set need no charts.
    from corridors.output.html.report.effects import key_effects
    from corridors.output.html.report.parts import with_names
    from corridors.output.html.report.sweep_answers import answer_of, doubts_of

    named = with_names(sweep.per_box)
    answer = answer_of(named, {key: key_effects(named, key) for key in named.varied})
    return (*answer, *doubts_of(named), *_slow(sweep))


def _slow(sweep: Sweep) -> Iterator[str]:
    """Yield a sentence that names the scenarios that were ended because they took too long."""
    slow = [n for n, reason in sweep.failed.items() if reason.startswith(OVERDUE)]
    if not slow:
        return
    named = [f"{n} ({one_line(sweep.scenarios[n])})" for n in slow[:MOST_NAMED]]
    more = f" and {len(slow) - MOST_NAMED:,} more" if len(slow) > MOST_NAMED else ""
    what = "1 scenario" if len(slow) == 1 else f"{len(slow):,} scenarios"
    yield f"{what} {sweep.failed[slow[0]]} and counted as failed: {', '.join(named)}{more}."


def wins(sweep: Sweep) -> Iterator[Wins]:
    """Yield the recommended corridors for each value of each key that varies."""
    for i in sweep.varied:
        key = sweep.keys[i]
        for value, text in enumerate(key.values):
            among = sweep.choice[:, i] == value
            here, close = sweep.recommended[among], sweep.is_close[among]
            counts = np.bincount(here[here >= 0], minlength=len(sweep.corridors))
            for corridor in np.argsort(-counts, kind="stable"):
                if counts[corridor]:
                    yield Wins(
                        key=key.key,
                        value=text,
                        corridor=sweep.corridors[corridor].title,
                        wins=int(counts[corridor]),
                        ties=int(((here == corridor) & close).sum()),
                        of=len(here),
                    )


def shifts(sweep: Sweep) -> Iterator[Shift]:
    """Yield the effect on each corridor of changing each key that varies."""
    rank = sweep.rank
    for i in sweep.varied:
        key = sweep.keys[i]
        first = np.flatnonzero(sweep.choice[:, i] == 0)
        for value in range(1, len(key.values)):
            other = np.flatnonzero(sweep.choice[:, i] == value)
            for corridor, found in enumerate(sweep.corridors):
                before, after = sweep.cost[first, corridor], sweep.cost[other, corridor]
                was, now = ~np.isnan(before), ~np.isnan(after)
                yield Shift(
                    key=key.key,
                    before=key.values[0],
                    after=key.values[value],
                    corridor=found.title,
                    pairs=len(first),
                    wins_before=int((sweep.recommended[first] == corridor).sum()),
                    wins_after=int((sweep.recommended[other] == corridor).sum()),
                    rank_before=mean(rank[first, corridor][was]),
                    rank_after=mean(rank[other, corridor][now]),
                    closed=int((was & ~now).sum()),
                    opened=int((now & ~was).sum()),
                    change_usd_per_teu=mean((after - before)[was & now]),
                )


def mean(values: FloatArray | IntArray) -> float:
    """Return the mean rounded to three decimals, NaN if there are no values."""
    return round(float(np.mean(values)), 3) if len(values) else float("nan")


SHEET_OF_OPTIONS = Table(
    name="summary",
    about="A corridor of a scenario, as the workbook has it.",
    reads="scenario name title status rank recommended tied cost_usd_per_teu price_usd_per_teu"
    " price_status low high transit_days days distance_km co2e_wtw_kg_per_teu next_usable_date"
    " reason",
)
_WIDE = {
    "name": 40,
    "reason": 60,
    "title": 26,
    "recommended": 24,
    "second_best": 24,
    "tied": 30,
    "value_ladder": 60,
}
_DATES = ("departure", "next_usable_date")
# Columns that name corridors by id, and what stands between two of them.
_NAMED = ("recommended", "second_best", "tied", "value_ladder")
_BETWEEN = re.compile(r"( < [\d.]+ < |; )")
MOST_ON_PAGE = 12
"""Rows of a table on the page to print; the other sheets have all."""


def sheets_of(
    sweep: Sweep, options: Iterable[Mapping[str, Any]], *, answer: Sequence[str]
) -> Iterator[Page | Sheet]:
    """Yield the sheets of a batch, with names where files have ids and dates where they have texts.

    The first is a page to print: the answer, how often each corridor is recommended, and what the
    first input that varies does to it. `options` are the rows of the table of options.
    """
    # Imported here because readers of the data set need no pages.
    from corridors.output.html.report.parts import with_names

    named = with_names(sweep)
    yield _answer(named, answer)
    titles = {corridor.id: corridor.title for corridor in sweep.corridors}
    columns = summary_columns(named)
    yield Sheet(
        title="Scenarios",
        columns=_columns(columns),
        rows=(
            [_shown(name, row.get(name), titles) for name in columns] for row in summary_rows(named)
        ),
    )
    names, read = named.scenarios, SHEET_OF_OPTIONS.reads.split()
    yield Sheet(
        title="Options",
        columns=_columns(read),
        rows=(
            [
                names[int(row["scenario"])] if name == "name" else _shown(name, row[name], titles)
                for name in read
            ]
            for row in options
        ),
    )
    sweep = named
    yield _winners(sweep)
    yield _rank_changes(sweep)
    yield Sheet(
        title="Inputs that differ",
        columns=_titled(("key", 34), ("value", 40), ("changes", 34), ("from", 30), ("to", 40)),
        rows=_inputs(sweep),
    )
    yield _weakest(sweep)
    yield Sheet(
        title="Failed",
        columns=(Column(title="scenario", look="whole"), *_titled(("name", 40), ("reason", 100))),
        rows=((n, sweep.scenarios[n], reason) for n, reason in sweep.failed.items()),
    )
    yield Sheet(
        title="How to reproduce",
        columns=_titled(("what", 34), ("text", 110)),
        rows=_reproduce(sweep),
    )


def _columns(names: Sequence[str]) -> list[Column]:
    """Return columns with the titles and looks that the registry says; swept keys are text."""
    return [
        Column(title=_title(name), width=_WIDE.get(name, 16), look=_look(name)) for name in names
    ]


def _title(name: str) -> str:
    return SUMMARY.column(name).titled if is_declared(SUMMARY, name) else name.replace("_", " ")


def _look(name: str) -> str:
    if name in _DATES:
        return "date"
    if not is_declared(SUMMARY, name) or not (one := SUMMARY.column(name)).is_figure:
        return "text"
    return "figure" if one.digits else "whole"


def _shown(name: str, value: object, titles: Mapping[str, str]) -> object:
    """Return a cell as a person reads it: a title for a corridor's id, a date for its text."""
    if name in _DATES and isinstance(value, str) and value:
        return date.fromisoformat(value)
    if name in _NAMED and isinstance(value, str):
        parts = _BETWEEN.split(value)
        return "".join(titles.get(part, part) for part in parts)
    return value


def _answer(sweep: Sweep, answer: Sequence[str]) -> Page:
    """Return the page to print: what is recommended how often, and by value of the first input."""
    tables = [_by_corridor(sweep)]
    # Months before anything else: a line of them says most.
    varied = sorted(sweep.varied, key=lambda key: sweep.keys[key].key not in _DATES)
    if varied:
        tables.append(_by_value(sweep, varied[0]))
    return Page(title="Answer", heading=sweep.title, sentences=answer, tables=tables)


def _by_corridor(sweep: Sweep) -> PageTable:
    """Return how often each corridor is recommended, at what mean cost and days."""
    rows = []
    for corridor, found in enumerate(sweep.corridors):
        won = np.flatnonzero(sweep.recommended == corridor)
        if won.size:
            usd, days = sweep.cost[won, corridor].mean(), sweep.days[won, corridor].mean()
            share = won.size / len(sweep.scenarios)
            rows.append((found.title, int(won.size), share, float(usd), float(days)))
    rows.sort(key=lambda row: -row[1])
    return PageTable(
        columns=(
            Column(title="Recommended corridor", width=34),
            Column(title="Scenarios", look="whole"),
            Column(title="Share", look="share"),
            Column(title="USD per TEU, mean", look="usd"),
            Column(title="Days, mean", look="figure"),
        ),
        rows=rows[:MOST_ON_PAGE],
        charts=(Chart(title="Scenarios in which it is recommended", column=1),),
    )


def _by_value(sweep: Sweep, key: int) -> PageTable:
    """Return by the values of an input what is recommended most often, at what mean cost."""
    rows: list[tuple[object, ...]] = []
    name = sweep.keys[key].key
    for value, text in enumerate(sweep.keys[key].values):
        here = np.flatnonzero((sweep.choice[:, key] == value) & (sweep.recommended >= 0))
        if not here.size:
            rows.append((_shown(name, text, {}), "none", None, None, None))
            continue
        best = sweep.recommended[here]
        most = int(np.bincount(best).argmax())
        usd, days = sweep.cost[here, best].mean(), sweep.days[here, best].mean()
        share = float((best == most).mean())
        cells = (sweep.corridors[most].title, share, float(usd), float(days))
        rows.append((_shown(name, text, {}), *cells))
    dated = name in _DATES
    label = (_title(name) if dated else name.rpartition(".")[2].replace("_", " ")).capitalize()
    return PageTable(
        columns=(
            Column(title=label, width=34, look="date" if dated else "text"),
            Column(title="Recommended most often", width=34),
            Column(title="In", look="share"),
            Column(title="USD per TEU, mean", look="usd"),
            Column(title="Days, mean", look="figure"),
        ),
        rows=rows[:MOST_ON_PAGE],
        charts=(
            Chart(title="USD per TEU of the recommended corridor", column=3, line=dated),
            Chart(title="Days of the recommended corridor", column=4, line=dated),
        ),
    )


def _titled(*columns: tuple[str, int]) -> tuple[Column, ...]:
    return tuple(Column(title=title, width=width) for title, width in columns)


def _winners(sweep: Sweep) -> Sheet:
    return Sheet(
        title="Winners by key",
        columns=(
            *_titled(("key", 34), ("value", 40), ("corridor", 26)),
            Column(title="recommended in", look="whole"),
            Column(title="of these tied", look="whole"),
            Column(title="of scenarios", look="whole"),
            Column(title="share", look="share"),
        ),
        rows=(
            (w.key, w.value, w.corridor, w.wins, w.ties, w.of, w.wins / w.of) for w in wins(sweep)
        ),
    )


def _rank_changes(sweep: Sweep) -> Sheet:
    whole = ("scenarios", "recommended before", "recommended after", "closes", "opens")
    return Sheet(
        title="Rank changes",
        columns=(
            *_titled(("key", 34), ("before", 24), ("after", 24), ("corridor", 26)),
            *(Column(title=title, look="whole") for title in whole),
            Column(title="mean rank before", look="figure"),
            Column(title="mean rank after", look="figure"),
            Column(title="mean change of cost, USD per TEU", width=18, look="usd"),
        ),
        rows=(
            (
                *(shift.key, shift.before, shift.after, shift.corridor),
                *(shift.pairs, shift.wins_before, shift.wins_after, shift.closed, shift.opened),
                *(shift.rank_before, shift.rank_after, shift.change_usd_per_teu),
            )
            for shift in shifts(sweep)
        ),
    )


def _inputs(sweep: Sweep) -> Iterator[Sequence[object]]:
    """Yield the changes of each value to the base: old and new."""
    for key in sweep.keys:
        for value in key.values:
            changes = sweep.variants.get(value, {}) if key.key == "variant" else {key.key: value}
            for changed, new in changes.items():
                yield (key.key, value, changed, sweep.base.get(changed, ""), new)
            if not changes:
                yield (key.key, value, "nothing", "", "")


def _weakest(sweep: Sweep) -> Sheet:
    return Sheet(
        title="Weakest figures",
        columns=(
            *_titled(("driver", 20), ("scope", 24), ("label", 34), ("status", 14), ("source", 24)),
            Column(title="options", look="whole"),
            Column(title="mean, USD per TEU", look="usd"),
            Column(title="mean of high less low, USD per TEU", width=18, look="usd"),
        ),
        rows=(
            (
                *(line.driver, line.scope, line.label, line.status, line.source_id),
                *(line.options, line.mean_usd_per_teu, line.spread_usd_per_teu),
            )
            for line in sweep.weakest
        ),
    )


def _reproduce(sweep: Sweep) -> Iterator[Sequence[object]]:
    yield ("command", sweep.command)
    for number, line in enumerate(sweep.batch_text.splitlines(), start=1):
        yield (f"batch file, line {number}", line)
    yield from sweep.manifest.items()
    yield from ((f"source {key}", title) for key, title in sweep.sources.items())
    yield from ((f"warning of {n:,} options", text) for text, n in sweep.warnings.items())
