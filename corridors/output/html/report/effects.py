"""Effect of one swept key with all others equal: recommendations, costs, ranks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from corridors.arrays import BoolArray, FloatArray, IntArray
from corridors.output.sweep import Sweep

Mask = BoolArray
NOBODY = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Number of pairs in which the recommendation changed between two corridors; -1 is none."""

    before: int
    after: int
    pairs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RankShift:
    """Mean rank by cost before and after, over the pairs in which a corridor is usable in both."""

    corridor: int
    before: float
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Effect of changing a key from its first value to another.

    `pairs` counts the pairs of answered scenarios that differ in nothing else. `usd` and `days`
    are the median changes of the recommended corridor's cost and days over the `both` pairs with
    a recommendation before and after, `changed_usd` and `changed_days` over those in which it
    changed; None without such a pair. `lost` and `gained` are (corridor, pairs) in which the
    corridor became unusable or usable.
    """

    key: int
    value: int
    pairs: int
    changed: int
    moves: tuple[Move, ...]
    both: int
    usd: float | None
    days: float | None
    changed_usd: float | None
    changed_days: float | None
    lost: tuple[tuple[int, int], ...]
    gained: tuple[tuple[int, int], ...]
    shifts: tuple[RankShift, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Figures:
    """Ranks by corridor, and cost and days of the recommended corridor."""

    rank: IntArray
    usd: FloatArray
    days: FloatArray


def answered(sweep: Sweep) -> Mask:
    """Return which scenarios did not fail."""
    mask = np.ones(len(sweep.scenarios), np.bool_)
    mask[[i for i in sweep.failed if 0 <= i < len(mask)]] = False
    return mask


def key_effects(sweep: Sweep, key: int) -> list[Effect]:
    """Return the effect of each value of a key after its first, in order."""
    partner, mask = _partners(sweep, key), answered(sweep)
    figures = _Figures(
        rank=sweep.rank,
        usd=winner_figure(sweep, sweep.cost),
        days=winner_figure(sweep, sweep.days),
    )
    effects = []
    for value in range(1, len(sweep.keys[key].values)):
        after = np.flatnonzero((sweep.choice[:, key] == value) & (partner >= 0) & mask)
        after = after[mask[partner[after]]]
        effects.append(_effect(sweep, figures, key, value, partner[after], after))
    return effects


def winner_figure(sweep: Sweep, array: FloatArray) -> FloatArray:
    """Return a figure of the recommended corridor by scenario; NaN without one."""
    has = sweep.recommended >= 0
    column = np.where(has, sweep.recommended, 0)
    if not array.shape[1]:
        return np.full(len(array), np.nan)
    taken = array[np.arange(len(array)), column]
    return np.where(has, taken, np.nan)


def _partners(sweep: Sweep, key: int) -> IntArray:
    """Return for each scenario the equal one with the key's first value, or -1."""
    first: dict[tuple[int, ...], int] = {}
    rows = [tuple(row) for row in sweep.choice.tolist()]
    for i, row in enumerate(rows):
        if row[key] == 0:
            first.setdefault(row, i)
    return np.array([first.get((*row[:key], 0, *row[key + 1 :]), NOBODY) for row in rows], np.int64)


def _effect(
    sweep: Sweep, figures: _Figures, key: int, value: int, before: IntArray, after: IntArray
) -> Effect:
    old, new = sweep.recommended[before], sweep.recommended[after]
    counts = Counter(
        pair for pair in zip(old.tolist(), new.tolist(), strict=True) if pair[0] != pair[1]
    )
    moves = tuple(
        Move(before=was, after=now, pairs=count)
        for (was, now), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )
    usd = figures.usd[after] - figures.usd[before]
    days = figures.days[after] - figures.days[before]
    usable_before, usable_after = figures.rank[before] > 0, figures.rank[after] > 0
    return Effect(
        key=key,
        value=value,
        pairs=len(after),
        changed=sum(move.pairs for move in moves),
        moves=moves,
        both=int(np.isfinite(usd).sum()),
        usd=_median(usd),
        days=_median(days),
        changed_usd=_median(usd[old != new]),
        changed_days=_median(days[old != new]),
        lost=_counts(usable_before & ~usable_after),
        gained=_counts(~usable_before & usable_after),
        shifts=_shifts(figures.rank[before], figures.rank[after]),
    )


def _median(values: FloatArray) -> float | None:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if len(finite) else None


def _counts(hit: Mask) -> tuple[tuple[int, int], ...]:
    """Return (corridor, pairs) of the corridors that occur, most frequent first."""
    totals = [(i, int(count)) for i, count in enumerate(hit.sum(axis=0)) if count]
    return tuple(sorted(totals, key=lambda item: (-item[1], item[0])))


def _shifts(before: IntArray, after: IntArray) -> tuple[RankShift, ...]:
    both = (before > 0) & (after > 0)
    shifts = []
    for i in range(before.shape[1]):
        rows = both[:, i]
        if not rows.any():
            continue
        old, new = float(before[rows, i].mean()), float(after[rows, i].mean())
        if abs(new - old) >= 0.05:
            shifts.append(RankShift(corridor=i, before=old, after=new))
    return tuple(
        sorted(shifts, key=lambda shift: (-abs(shift.after - shift.before), shift.corridor))
    )
