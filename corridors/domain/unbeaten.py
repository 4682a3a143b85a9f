"""Find what nothing beats: the non-dominated of many figures."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import TypeVar

Figures = TypeVar("Figures", bound=tuple[float, ...])


def unbeaten(figures: Iterable[Figures]) -> list[Figures]:
    """Return the non-dominated of figures in two or three, each once, in ascending order.

    Less is better. Those that come first are no worse in the first figure, so each is held against
    the stairs of the other two alone: second figures that rise while third ones fall. Of a hundred
    routes each pair could be compared, of the thousands that a front may have not.

    References
    ----------
    Kung, Luccio and Preparata, Journal of the ACM 22 (1975), 469-476.
    """
    kept: list[Figures] = []
    second: list[float] = []
    third: list[float] = []
    for own in sorted(set(figures)):
        # Of two figures the last is the second, and the stairs have one step.
        across, down = own[1], own[-1]
        step = bisect_right(second, across)
        if step and third[step - 1] <= down:
            continue
        kept.append(own)
        first = last = bisect_left(second, across)
        while last < len(third) and third[last] >= down:
            last += 1
        second[first:last], third[first:last] = [across], [down]
    return kept
