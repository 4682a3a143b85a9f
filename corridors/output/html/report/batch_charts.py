"""Charts of a batch report: means by corridor, recommendations, ranks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite

import numpy as np

from corridors.arrays import FloatArray
from corridors.output.html.palette import NAVY, RANKS
from corridors.output.html.report.charts import Bar, Dot, Key, scatter, stacked_bars
from corridors.output.html.report.effects import Mask, answered, winner_figure
from corridors.output.html.report.parts import (
    cost_title,
    grouped,
    part_colours,
    time_title,
)
from corridors.output.sweep import Parts, Sweep
from corridors.units import HOURS_PER_DAY

MOST_DOTS = 1500
RANKS_SHOWN = 5


def cost_parts(sweep: Sweep) -> str:
    """Return the mean cost by part, over the scenarios in which a corridor is usable."""
    return stacked_bars(
        "chart-cost",
        _part_bars(sweep, sweep.cost_parts, cost_title, 1.0),
        part_colours(),
        caption="Mean cost in USD per TEU by part, over the scenarios in which the corridor is"
        " usable; cheapest first",
        unit="USD/TEU",
    )


def time_parts(sweep: Sweep) -> str:
    """Return the mean days by part, over the scenarios in which a corridor is usable."""
    return stacked_bars(
        "chart-time",
        _part_bars(sweep, sweep.time_parts, time_title, HOURS_PER_DAY),
        part_colours(),
        caption="Mean days from gate-in to gate-out by part, over the scenarios in which the"
        " corridor is usable; cheapest first",
        unit="Days",
        digits=1,
    )


def emissions(sweep: Sweep) -> str:
    """Return the mean well-to-wake emissions of each corridor."""
    means = column_means(sweep.co2e_kg)
    bars = [
        Bar(name=sweep.corridors[i].title, parts={"Well-to-wake": means[i] / 1000})
        for i in _usable_order(sweep)
    ]
    return stacked_bars(
        "chart-emissions",
        bars,
        {"Well-to-wake": NAVY},
        caption="Mean tonnes of CO₂e per TEU, well-to-wake, over the scenarios in which the"
        " corridor is usable",
        unit="t CO₂e/TEU",
        digits=2,
    )


def corridor_scatter(sweep: Sweep) -> str:
    """Return each corridor's mean cost against its mean days."""
    cost, days = column_means(sweep.cost), column_means(sweep.days)
    order = _usable_order(sweep)
    usable = np.isfinite(sweep.cost).sum(axis=0)
    dots = [
        Dot(
            name=sweep.corridors[i].title,
            colour=sweep.corridors[i].colour,
            days=cost_days,
            usd=cost_usd,
            mark=str(number + 1),
            note=f"means over {usable[i]:,} scenarios",
        )
        for number, i in enumerate(order)
        for cost_days, cost_usd in ((float(days[i]), float(cost[i])),)
    ]
    return scatter(
        "chart-corridors",
        dots,
        keys=_keys(sweep, order),
        front=True,
        caption="Mean cost against mean days over the scenarios in which the corridor is usable,"
        " numbered by mean cost. The dashed line is the front: no other corridor is both cheaper"
        " and faster.",
    )


def winner_scatter(sweep: Sweep) -> str:
    """Return cost against days of the recommended corridor of each scenario."""
    cost, days = winner_figure(sweep, sweep.cost), winner_figure(sweep, sweep.days)
    rows = np.flatnonzero(answered(sweep) & np.isfinite(cost) & np.isfinite(days))
    step = max(1, -(-len(rows) // MOST_DOTS))
    kept = rows[::step].tolist()
    won = sweep.recommended[rows]
    small = [
        Dot(
            name=sweep.corridors[won_by].title,
            colour=sweep.corridors[won_by].colour,
            days=float(days[i]),
            usd=float(cost[i]),
            note=sweep.scenarios[i],
        )
        for i in kept
        for won_by in (int(sweep.recommended[i]),)
    ]
    some = f" One scenario in {step} is shown." if step > 1 else ""
    order = [i for i in range(len(sweep.corridors)) if (won == i).any()]
    keys = [Key(label=sweep.corridors[i].title, colour=sweep.corridors[i].colour) for i in order]
    return scatter(
        "chart-winners",
        [],
        small=small,
        keys=keys,
        caption=f"Cost against days of the recommended corridor in each scenario.{some}",
    )


def rank_distribution(sweep: Sweep) -> str:
    """Return the number of scenarios by corridor and rank by cost."""
    rank, mask = sweep.rank, answered(sweep)
    labels = [f"Rank {i + 1}" for i in range(RANKS_SHOWN)]
    last = f"Rank {RANKS_SHOWN + 1} and below"
    total = int(mask.sum())
    bars = []
    for i in _usable_order(sweep):
        mine = rank[mask, i]
        parts = {label: float((mine == n + 1).sum()) for n, label in enumerate(labels)}
        parts[last] = float((mine > RANKS_SHOWN).sum())
        bars.append(Bar(name=sweep.corridors[i].title, parts=parts))
    return stacked_bars(
        "chart-ranks",
        bars,
        dict(zip((*labels, last), RANKS, strict=True)),
        caption=f"Number of scenarios, out of {total:,}, by each corridor's rank by cost; a bar is"
        " shorter if the corridor is not usable in all of them",
        unit="Scenarios",
    )


def column_means(array: FloatArray) -> FloatArray:
    """Return the mean of each column ignoring NaN; NaN for a column of NaN."""
    finite: Mask = np.isfinite(array)
    count = finite.sum(axis=0)
    total = np.where(finite, array, 0.0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _usable_order(sweep: Sweep) -> list[int]:
    """Return the corridors usable in some scenario, by mean cost."""
    means = column_means(sweep.cost)
    return [i for i in np.argsort(means, kind="stable").tolist() if np.isfinite(means[i])]


def _part_bars(
    sweep: Sweep, parts: Parts, title: Callable[[str], str], divisor: float
) -> list[Bar]:
    bars = []
    for i in _usable_order(sweep):
        means = zip(parts.names, parts.mean[i].tolist(), strict=True)
        summed = grouped((title(name), value / divisor) for name, value in means if isfinite(value))
        bars.append(Bar(name=sweep.corridors[i].title, parts=summed))
    return bars


def _keys(sweep: Sweep, order: Sequence[int]) -> list[Key]:
    return [
        Key(label=f"{number + 1} {sweep.corridors[i].title}", colour=sweep.corridors[i].colour)
        for number, i in enumerate(order)
    ]
