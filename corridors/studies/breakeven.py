"""Break-even: at which value of a driver another option becomes the best one."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from corridors.domain.scenario import Scenario
from corridors.output.driver_moves import BreakEven, Step
from corridors.studies.compare import decided
from corridors.studies.moving import Driver, Moving, driver_of, objective_for
from corridors.studies.session import Session
from corridors.uncertainty.figures import least

FloatArray = npt.NDArray[np.float64]
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
    session
        Keeps networks and tables between scenarios; a new one by default.

    Raises
    ------
    ConfigError
        The driver or its range is wrong, or a key of the scenario is.
    """
    session = session or Session()
    plain = decided(scenario, session=session)
    table = plain.question.parameters
    driver = driver_of(over, scenario, table, option="--over", first=first, last=last)
    asked = objective_for(scenario, (driver,))
    made = plain if asked == scenario else decided(asked, session=session)
    moving = Moving(made, (driver,))
    edges = _edges(moving, driver)
    return BreakEven(
        scenario=asked,
        key=driver.key,
        unit=driver.unit,
        value=driver.value,
        steps=_steps(moving, edges),
    )


def _edges(moving: Moving, driver: Driver) -> list[float]:
    """Return the ends of the range and the values between at which the best option changes.

    The least over the routes known has its corners there. Searches at the corners, the ends and
    some values between find what is missing, until they find nothing.
    """
    grid = np.linspace(driver.first, driver.last, POINTS)
    moving.learn(grid[:: POINTS // 8][:, None])
    corners: list[float] = []
    for _ in range(MOST_ROUNDS):
        corners = _corners(moving, grid)
        if not corners or not moving.learn(np.array(corners)[:, None]):
            break
    return [driver.first, *corners, driver.last]


def _corners(moving: Moving, grid: FloatArray) -> list[float]:
    best = _best(moving, grid)
    found = []
    for (low, one), (high, other) in pairwise(zip(grid.tolist(), best, strict=True)):
        if one == other:
            continue
        found.append(_crossing(moving, low, high, one, other))
    return found


def _best(moving: Moving, values: FloatArray) -> list[int]:
    """Return by value the row of the best corridor, -1 if none meets the limits."""
    sampled = moving.at(values[:, None])
    figures = sampled.by_corridor(quoted=sampled.on_price)
    rows: list[int] = least(figures).tolist()
    return rows


def _crossing(moving: Moving, low: float, high: float, one: int, other: int) -> float:
    """Return where two corridors are equally good; where one closes, the last value it is open."""

    def difference(value: float) -> float:
        sampled = moving.at(np.array([[value]]))
        figures = sampled.by_corridor(quoted=sampled.on_price)[:, 0]
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
    titles = moving.titles()
    middles = np.array([(one + other) / 2.0 for one, other in pairwise(edges)])
    sampled = moving.at(np.array(edges)[:, None])
    names, best = list(sampled.routes), _best(moving, middles)
    figures = sampled.by_corridor(quoted=sampled.on_price)
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
