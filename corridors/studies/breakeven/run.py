"""Break-even: at which value of a driver another option becomes the best one."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from corridors.arrays import FloatArray
from corridors.domain.scenario import Scenario
from corridors.progress import Progress, quiet
from corridors.studies.breakeven.result import BreakEven, Step
from corridors.studies.moving import Driver, Grid, OptionsByDriver
from corridors.studies.session import Session

POINTS = 65
"""Where the best option is looked at first; between two alike it is taken to stay."""
ZOOMS, ZOOMED = 3, 17
"""How often it is looked between two points that differ, and at how many."""
MOST_ROUNDS = 8


def break_even(
    scenario: Scenario,
    over: str,
    *,
    first: float | None = None,
    last: float | None = None,
    session: Session | None = None,
    progress: Progress = quiet,
) -> BreakEven:
    """Return which option is best at which values of a driver.

    Parameters
    ----------
    scenario
        The scenario; its objective and limits hold.
    over
        A parameter, or the value of time (see `moving.driver_of`).
    first, last
        The range; by default low to high of the parameter.
    session, progress
        As in `OptionsByDriver.of`.

    Raises
    ------
    ConfigError
        The driver or its range is wrong, or a key of the scenario is.
    """
    moving = OptionsByDriver.of(
        scenario, {"over": over}, first=first, last=last, session=session, progress=progress
    )
    (driver,) = moving.drivers
    return BreakEven(
        scenario=moving.scenario,
        key=driver.key,
        unit=driver.unit,
        value=driver.value,
        steps=_steps(moving, _edges(moving, driver)),
        standing=moving.standing,
    )


def _edges(moving: OptionsByDriver, driver: Driver) -> list[float]:
    """Return the ends of the range and the values between at which the best option changes.

    The least over the routes known has its corners there. Searches at the corners, the ends and
    some values between find what is missing, until they find nothing.
    """
    grid = Grid(moving, np.linspace(driver.first, driver.last, POINTS)[:, None])
    grid.learn(range(0, POINTS, POINTS // 8))
    corners: list[float] = []
    for _ in range(MOST_ROUNDS):
        corners = _corners(grid)
        if not corners or not moving.learn(np.array(corners)[:, None]):
            break
    return [driver.first, *corners, driver.last]


def _corners(grid: Grid) -> list[float]:
    """Return where the best option changes: between neighbours that differ it is looked at again.

    Where two corridors cross, in a straight line between the nearest values; where one closes or no
    line sails it any more, the last value at which it is the best.
    """
    pairs = _changes(grid)
    for _ in range(ZOOMS if pairs else 0):
        ends = [grid.points[[number, number + 1], 0].tolist() for number in pairs]
        between = np.unique([np.linspace(low, high, ZOOMED) for low, high in ends])
        grid = Grid(grid.moving, between[:, None])
        pairs = _changes(grid)
    values, figures, best = grid.points[:, 0], grid.figures(), grid.best()
    corners = []
    for number in pairs:
        low, high = values[[number, number + 1]].tolist()
        ahead, behind = (
            figures[row, [number, number + 1]] if row >= 0 else np.full(2, np.inf)
            for row in best[[number, number + 1]].tolist()
        )
        share = 0.0
        if np.isfinite(ahead).all() and np.isfinite(behind).all():
            first, last = (behind - ahead).tolist()
            share = first / (first - last) if first > last else 0.0
        corners.append(low + (high - low) * min(share, 1.0))
    return corners


def _changes(grid: Grid) -> list[int]:
    """Return the numbers of points after which another option is the best."""
    best = grid.best()
    changes: list[int] = np.flatnonzero(best[1:] != best[:-1]).tolist()
    return changes


def _steps(moving: OptionsByDriver, edges: list[float]) -> tuple[Step, ...]:
    titles = moving.titles
    middles = np.array([(one + other) / 2.0 for one, other in pairwise(edges)])
    best = Grid(moving, middles[:, None]).best().tolist()
    names, figures = moving.names, Grid(moving, np.array(edges)[:, None]).figures()
    steps: list[Step] = []
    for number, (row, (low, high)) in enumerate(zip(best, pairwise(edges), strict=True)):
        name = names[row] if row >= 0 else ""
        if steps and steps[-1].corridor == name:
            steps[-1] = Step(
                corridor=name,
                title=steps[-1].title,
                first=steps[-1].first,
                last=high,
                at_first=steps[-1].at_first,
                at_last=_figure(figures, row, number + 1),
            )
            continue
        steps.append(
            Step(
                corridor=name,
                title=titles.get(name, "none meets the limits"),
                first=low,
                last=high,
                at_first=_figure(figures, row, number),
                at_last=_figure(figures, row, number + 1),
            )
        )
    return tuple(steps)


def _figure(figures: FloatArray, row: int, column: int) -> float | None:
    figure = float(figures[row, column]) if row >= 0 else np.inf
    return figure if np.isfinite(figure) else None
