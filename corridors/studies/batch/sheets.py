"""The workbook of a batch: a page with the answer to print, then a sheet a question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from corridors.output.sweep import Sweep
from corridors.output.tables import Table, is_declared
from corridors.output.xlsx import Chart, Column, Page, Sheet
from corridors.output.xlsx import Table as PageTable
from corridors.studies.batch.tables import SUMMARY, shifts, summary_columns, summary_rows, wins

OPTIONS = Table(
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
    from corridors.output.html.report.value_names import with_names

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
    names, read = named.scenarios, OPTIONS.reads.split()
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
