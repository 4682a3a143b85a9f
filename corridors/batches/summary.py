"""Summaries of a batch: `summary.csv` with a row per scenario, and the sheets of `summary.xlsx`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from corridors.arrays import FloatArray, IntArray
from corridors.batches.budget import OVERDUE
from corridors.config.nodes import INTEGER, NUMBER
from corridors.output.csv import csv_text, one_line
from corridors.output.sweep import Sweep
from corridors.output.tables import Table

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
    from corridors.output.html.report.sweep_answers import answer_of, doubts_of
    from corridors.output.html.report.value_names import with_names

    named = with_names(sweep)
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
