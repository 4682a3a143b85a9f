"""Phase diagram: which option is best over two drivers."""

from __future__ import annotations

import numpy as np

from corridors.arrays import FloatArray, IntArray
from corridors.domain.scenario import Scenario
from corridors.progress import Progress, quiet
from corridors.studies.breakeven.run import ZOOMED, ZOOMS
from corridors.studies.moving import Driver, Grid, OptionsByDriver
from corridors.studies.phase.result import Axis, Phase, Turn
from corridors.studies.session import Session

AT_ONCE = 3
"""Points along a side that are searched first, and along which boundaries are looked at again."""
MOST_SEARCHED = 12
MOST_ROUNDS = 4


def phase(
    scenario: Scenario,
    x: str,
    y: str,
    *,
    cells: int,
    session: Session | None = None,
    progress: Progress = quiet,
) -> Phase:
    """Return which option is best over the ranges of two drivers.

    Parameters
    ----------
    scenario
        The scenario; its objective and limits hold.
    x, y
        Two parameters, or one and the value of time (see `moving.driver_of`).
    cells
        Cells along each side, 2 or more.
    session, progress
        As in `OptionsByDriver.of`.

    Raises
    ------
    ConfigError
        A driver is wrong, both are one, or a key of the scenario is wrong.
    """
    moving = OptionsByDriver.of(scenario, {"x": x, "y": y}, session=session, progress=progress)
    across, up = (_middles(driver, cells) for driver in moving.drivers)
    grid = Grid(moving, np.stack([axis.ravel() for axis in np.meshgrid(across, up)], axis=1))
    grid.learn(_spread(cells))
    own = np.array([driver.value for driver in moving.drivers])
    moving.learn(own[None])
    turns = [_turns(moving, own, axis) for axis in range(own.size)]
    best = grid.best()
    for _ in range(MOST_ROUNDS):
        edges = _at_boundaries(best.reshape(cells, cells))
        if not grid.learn(edges):
            break
        best = grid.best()
    colours = {one.id: one.colour for one in moving.made.question.corridors}
    titles = moving.titles
    return Phase(
        scenario=moving.scenario,
        x=_axis(moving.drivers[0], across),
        y=_axis(moving.drivers[1], up),
        corridors=tuple(moving.names),
        titles=tuple(titles[name] for name in moving.names),
        colours=tuple(colours[name] for name in moving.names),
        best=tuple(tuple(row) for row in best.reshape(cells, cells).tolist()),
        own=int(Grid(moving, own[None]).best()[0]),
        turns=(turns[0], turns[1]),
        standing=moving.standing,
    )


def _turns(moving: OptionsByDriver, own: FloatArray, axis: int) -> tuple[Turn, ...]:
    """Return where another option than the scenario's becomes best, one driver moving alone."""
    driver = moving.drivers[axis]
    found = []
    for end in (driver.first, driver.last):
        low, high = driver.value, end
        if (end - driver.value) * (1.0 if end == driver.last else -1.0) <= 0.0:
            continue
        turn = None
        for _ in range(1 + ZOOMS):
            points = np.repeat(own[None], ZOOMED, axis=0)
            points[:, axis] = np.linspace(low, high, ZOOMED)
            grid = Grid(moving, points)
            grid.learn((ZOOMED - 1,))
            best = grid.best()
            others = np.flatnonzero(best != best[0])
            if not others.size:
                break
            low, high = points[[others[0] - 1, others[0]], axis].tolist()
            turn = Turn(value=high, best=int(best[others[0]]))
        if turn is not None:
            found.append(turn)
    return tuple(found)


def _middles(driver: Driver, cells: int) -> FloatArray:
    width = (driver.last - driver.first) / cells
    return np.array([driver.first + width * (number + 0.5) for number in range(cells)])


def _axis(driver: Driver, values: FloatArray) -> Axis:
    return Axis(key=driver.key, unit=driver.unit, value=driver.value, values=tuple(values.tolist()))


def _spread(cells: int) -> list[int]:
    """Return the cells at the corners, in the middle and half way along the sides."""
    along = np.linspace(0, cells - 1, AT_ONCE).astype(np.int64)
    return [int(row * cells + column) for row in along for column in along]


def _at_boundaries(best: IntArray) -> list[int]:
    """Return some cells where the best option changes to the right or above, evenly spread.

    A route that is missing would cut off a corner: the least over linear routes is concave.
    """
    changed = np.zeros(best.shape, bool)
    changed[:, :-1] |= best[:, 1:] != best[:, :-1]
    changed[:-1] |= best[1:] != best[:-1]
    # Where three meet, corners come first.
    corner = changed[:-1, :-1] & changed[1:, :-1] & changed[:-1, 1:]
    weight = changed.astype(np.int64)
    weight[:-1, :-1] += corner
    order = np.argsort(-weight.ravel(), kind="stable")[: int(changed.sum())]
    step = max(order.shape[0] // MOST_SEARCHED, 1)
    found: list[int] = order[::step][:MOST_SEARCHED].tolist()
    return found
