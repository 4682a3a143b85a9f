"""Break-even: at which value of a driver another option becomes the best one."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.optimize import brentq

from corridors.arrays import FloatArray
from corridors.domain.scenario import Scenario
from corridors.output.driver_moves import BreakEven, Step
from corridors.progress import Progress, quiet
from corridors.studies.moving import Driver, Grid, Moving
from corridors.studies.session import Session

POINTS = 65
"""Where the best option is looked at first; between two alike it is taken to stay."""
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
        As in `Moving.of`.

    Raises
    ------
    ConfigError
        The driver or its range is wrong, or a key of the scenario is.
    """
    moving = Moving.of(
        scenario, {"--over": over}, first=first, last=last, session=session, progress=progress
    )
    (driver,) = moving.drivers
    return BreakEven(
        scenario=moving.scenario,
        key=driver.key,
        unit=driver.unit,
        value=driver.value,
        steps=_steps(moving, _edges(moving, driver)),
    )


def _edges(moving: Moving, driver: Driver) -> list[float]:
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
    values, best = grid.points[:, 0].tolist(), grid.best().tolist()
    return [
        _crossing(grid.moving, low, high, one, other)
        for (low, one), (high, other) in pairwise(zip(values, best, strict=True))
        if one != other
    ]


def _crossing(moving: Moving, low: float, high: float, one: int, other: int) -> float:
    """Return where two corridors are equally good; where one closes, the last value it is open."""
    among = {moving.names[row] for row in (one, other) if row >= 0}

    def difference(value: float) -> float:
        figures = Grid(moving, np.array([[value]]), among=among).figures()[:, 0]
        ahead, behind = (figures[n] if n >= 0 else np.inf for n in (one, other))
        if not np.isfinite(ahead) or not np.isfinite(behind):
            return 1.0 if np.isfinite(behind) else -1.0
        return float(ahead - behind)

    if difference(low) >= 0.0:
        return low
    if difference(high) <= 0.0:
        return high
    return float(brentq(difference, low, high, xtol=(high - low) * 1e-9, rtol=1e-12))


def _steps(moving: Moving, edges: list[float]) -> tuple[Step, ...]:
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
