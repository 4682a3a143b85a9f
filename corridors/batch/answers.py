"""What a batch answers: who wins where, and what changes when one key does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corridors.output.sweep import Sweep


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


def sentences(sweep: Sweep) -> tuple[str, ...]:
    """Return the answer in the sentences of the report, the most important first."""
    # Imported here because what reads a batch's data set needs no charts.
    from corridors.output.html.report.effects import key_effects
    from corridors.output.html.report.sweep_answers import answer_of

    return tuple(answer_of(sweep, {key: key_effects(sweep, key) for key in sweep.varied}))


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
    """Return the mean to a thousandth, NaN of nothing."""
    return round(float(np.mean(values)), 3) if len(values) else float("nan")
