"""`summary.csv`: a row a scenario, with what is recommended and by how much."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from corridors.config.nodes import INTEGER, NUMBER
from corridors.output.csv import csv_text, one_line
from corridors.output.sweep import Sweep

COLUMNS_BEFORE = ("scenario", "name")
COLUMNS_AFTER = (
    "status",
    "reason",
    "recommended",
    "cost_usd_per_teu",
    "low",
    "high",
    "transit_days",
    "days",
    "co2e_wtw_kg_per_teu",
    "second_best",
    "second_best_gap_usd_per_teu",
    "change_against_first_usd_per_teu",
    "usable_corridors",
)


def summary_columns(sweep: Sweep) -> tuple[str, ...]:
    """Return the columns of the summary: number, name, swept keys, figures."""
    return (*COLUMNS_BEFORE, *(key.key for key in sweep.keys), *COLUMNS_AFTER)


def summary_csv(sweep: Sweep) -> str:
    """Return the text of `summary.csv`. Figures of a scenario that failed are empty."""
    return csv_text(summary_rows(sweep), summary_columns(sweep))


def summary_rows(sweep: Sweep) -> Iterator[dict[str, object]]:
    """Yield the summary by scenario, text on one line.

    `second_best` is the cheapest usable corridor but the recommended one, and its gap what it
    costs more; `change_against_first` is the recommended corridor's cost less that of scenario 0.
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
        best = int(sweep.recommended[number])
        if best >= 0:
            row |= best_cells(sweep, number, best)
            cost = recommended_cost(sweep, number)
            if first is not None and cost is not None:
                row["change_against_first_usd_per_teu"] = round(cost - first, 2)
        yield row


def best_cells(sweep: Sweep, number: int, best: int) -> dict[str, object]:
    """Return what a scenario recommends, its figures, and the next cheapest corridor."""
    cells: dict[str, object] = {"recommended": sweep.corridors[best].id}
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
    """Return what a scenario's recommended corridor costs, None where there is none."""
    best = int(sweep.recommended[number])
    return None if best < 0 else float(sweep.cost[number, best])


def value_cells(values: tuple[str, ...]) -> list[object]:
    """Return a key's values: numbers where all of them are, else text on one line."""
    if all(NUMBER.fullmatch(value) for value in values):
        return [int(value) if INTEGER.fullmatch(value) else float(value) for value in values]
    return [one_line(value) for value in values]
