"""What a batch answers: who wins where, and what changes when one key does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corridors.results.sweep import Sweep

MAX_VALUES_NAMED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Wins:
    """How often a corridor is recommended where a key has a value."""

    key: str
    value: str
    corridor: str
    wins: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """What a corridor does when a key goes from its first value to another, all else equal.

    Ranks are means over the scenarios where it can be used; `change_usd_per_teu` is the mean over
    those where it can before and after; NaN where there is none.
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


def wins(sweep: Sweep) -> Iterator[Wins]:
    """Yield the corridors that are recommended at each value of each varied key."""
    for i in sweep.varied:
        key = sweep.keys[i]
        for value, text in enumerate(key.values):
            here = sweep.recommended[sweep.choice[:, i] == value]
            counts = np.bincount(here[here >= 0], minlength=len(sweep.corridors))
            for corridor in np.argsort(-counts, kind="stable"):
                if counts[corridor]:
                    yield Wins(
                        key=key.key,
                        value=text,
                        corridor=sweep.corridors[corridor].title,
                        wins=int(counts[corridor]),
                        of=len(here),
                    )


def shifts(sweep: Sweep) -> Iterator[Shift]:
    """Yield what each corridor does when a varied key leaves its first value."""
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


def mean(values: npt.NDArray[np.float64] | npt.NDArray[np.int64]) -> float:
    """Return the mean, NaN of nothing."""
    return float(np.mean(values)) if len(values) else float("nan")


def sentences(sweep: Sweep) -> Iterator[str]:
    """Yield the answer in sentences, the most important first."""
    count = len(sweep.scenarios)
    good = count - len(sweep.failed)
    counts = np.bincount(sweep.recommended[sweep.recommended >= 0], minlength=len(sweep.corridors))
    order = [int(i) for i in np.argsort(-counts, kind="stable") if counts[i]]
    for i in order:
        title = sweep.corridors[i].title
        yield f"{title} is recommended in {counts[i]:,} of {good:,} scenarios."
    none = good - int(counts.sum())
    if none:
        yield f"Nothing is recommended in {none:,} of {good:,} scenarios."
    for i in sweep.varied:
        yield from _changes(sweep, i)
    for corridor in order:
        if counts[corridor] < good:
            yield _where(sweep, corridor)
    if sweep.failed:
        yield f"{len(sweep.failed):,} of {count:,} scenarios failed; see the sheet Failed."


def _changes(sweep: Sweep, i: int) -> Iterator[str]:
    key = sweep.keys[i]
    first = np.flatnonzero(sweep.choice[:, i] == 0)
    for value in range(1, min(len(key.values), MAX_VALUES_NAMED + 1)):
        other = np.flatnonzero(sweep.choice[:, i] == value)
        old, new = sweep.recommended[first], sweep.recommended[other]
        both = (old >= 0) & (new >= 0)
        extra = mean(sweep.cost[other[both], new[both]] - sweep.cost[first[both], old[both]])
        money = "" if np.isnan(extra) else f", and costs {_more(extra)} on average"
        yield (
            f"With {key.key} {key.values[value]} and not {key.values[0]}, what is recommended"
            f" changes in {int((old != new).sum()):,} of {len(first):,} scenarios{money}."
        )


def _more(usd: float) -> str:
    if abs(usd) < 0.5:
        return "the same"
    return f"USD {abs(usd):,.0f} per TEU {'more' if usd > 0 else 'less'}"


def _where(sweep: Sweep, corridor: int) -> str:
    parts = []
    mine = sweep.choice[sweep.recommended == corridor]
    for i in sweep.varied:
        values = sweep.keys[i].values
        there = [values[v] for v in np.unique(mine[:, i])]
        if len(there) < len(values):
            named = ", ".join(there[:MAX_VALUES_NAMED])
            more = ", ..." if len(there) > MAX_VALUES_NAMED else ""
            parts.append(f"{sweep.keys[i].key} {named}{more}")
    title = sweep.corridors[corridor].title
    if not parts:
        return f"{title} is recommended somewhere at every value of every key."
    return f"{title} is recommended only with {'; '.join(parts)}."
