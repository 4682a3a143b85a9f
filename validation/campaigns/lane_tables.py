"""Plain tables of how far lengths lie from their references."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

WIDTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What a part of the campaign found: its lines, and the bounds that do not hold."""

    title: str
    lines: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()

    def __str__(self) -> str:
        texts = [self.title, "=" * len(self.title), *self.lines]
        return "\n".join([*texts, *(f"FAILS: {failure}" for failure in self.failures)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A length of ours beside a reference, in one unit."""

    name: str
    ours: float
    reference: float
    peers: tuple[float | None, ...] = field(default=())

    @property
    def error(self) -> float:
        """How much longer ours is, as a fraction of the reference."""
        return self.ours / self.reference - 1.0


def spread(errors: Sequence[float]) -> str:
    """Return count, median, absolute median, 90th percentile and worst of fractions, in percent."""
    if not errors:
        return f"{0:>5}" + f"{'-':>9}" * 4
    figures = (
        statistics.median(errors),
        statistics.median(map(abs, errors)),
        float(np.percentile(errors, 90)),
        max(errors, key=abs),
    )
    return f"{len(errors):>5}" + "".join(f"{100 * figure:>+9.2f}" for figure in figures)


HEADINGS = f"{'pairs':>5}{'median':>9}{'absolute':>9}{'90th':>9}{'worst':>9}"


def worst(rows: Sequence[Compared], count: int, *, unit: str) -> list[str]:
    """Return a line for each of the rows that lie farthest off."""
    ranked = sorted(rows, key=lambda row: -abs(row.error))[:count]
    return [
        f"  {row.name[:56]:<56} {row.ours:>9.0f} for {row.reference:>7.0f} {unit}"
        f" {100 * row.error:>+7.1f} %"
        for row in ranked
    ]


def wrapped(names: Sequence[str], *, indent: str = "  ") -> list[str]:
    """Return names in lines of at most `WIDTH` characters."""
    lines, line = [], indent
    for name in names:
        if len(line) + len(name) + 2 > WIDTH:
            lines.append(line.rstrip())
            line = indent
        line += f"{name}, "
    return [*lines, line.rstrip(", ")] if names else []
