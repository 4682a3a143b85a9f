"""Phase diagram: which option is best over two drivers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from corridors.domain.scenario import Scenario
from corridors.errors import ConfigError
from corridors.output.driver_moves import Axis, Phase
from corridors.studies.compare import decided
from corridors.studies.moving import Driver, Moving, driver_of, objective_for
from corridors.studies.session import Session
from corridors.uncertainty.figures import least

FloatArray = npt.NDArray[np.float64]
CELLS = 100
MOST_CELLS = 400
AT_ONCE = 3
"""Points along a side that are searched first, and along which boundaries are looked at again."""
MOST_SEARCHED = 12
MOST_ROUNDS = 4


def phase(
    scenario: Scenario,
    x: str,
    y: str,
    *,
    cells: int = CELLS,
    session: Session | None = None,
) -> Phase:
    """Return which option is best over the ranges of two drivers.

    Parameters
    ----------
    scenario
        The scenario; its objective and limits hold.
    x, y
        Two parameters, or one and the value of time (see `moving.driver_of`).
    cells
        Cells along each side, 2 to `MOST_CELLS`.
    session
        Keeps networks and tables between scenarios; a new one by default.

    Raises
    ------
    ConfigError
        A driver is wrong, both are one, or a key of the scenario is wrong.
    """
    if not 2 <= cells <= MOST_CELLS:
        msg = f"--cells must be from 2 to {MOST_CELLS}, got {cells}"
        raise ConfigError(msg)
    if x == y:
        msg = f"--x and --y are both {x}: give two keys, or use breakeven --over {x}"
        raise ConfigError(msg)
    session = session or Session()
    plain = decided(scenario, session=session)
    table = plain.question.parameters
    drivers = (
        driver_of(x, scenario, table, option="--x"),
        driver_of(y, scenario, table, option="--y"),
    )
    asked = objective_for(scenario, drivers)
    made = plain if asked == scenario else decided(asked, session=session)
    moving = Moving(made, drivers)
    across, up = (_middles(driver, cells) for driver in drivers)
    points = np.stack([axis.ravel() for axis in np.meshgrid(across, up)], axis=1)
    moving.learn(_spread(drivers))
    for _ in range(MOST_ROUNDS):
        edges = _at_boundaries(_best(moving, points).reshape(cells, cells), points)
        if not edges.size or not moving.learn(edges):
            break
    best = _best(moving, points).reshape(cells, cells)
    names = list(moving.at(points[:1]).routes)
    known = {one.id: one for one in made.question.corridors}
    return Phase(
        scenario=asked,
        x=_axis(drivers[0], across),
        y=_axis(drivers[1], up),
        corridors=tuple(names),
        titles=tuple(known[name].title for name in names),
        colours=tuple(known[name].colour for name in names),
        best=tuple(tuple(row) for row in best.tolist()),
    )


def _middles(driver: Driver, cells: int) -> FloatArray:
    width = (driver.last - driver.first) / cells
    return np.array([driver.first + width * (number + 0.5) for number in range(cells)])


def _axis(driver: Driver, values: FloatArray) -> Axis:
    return Axis(key=driver.key, unit=driver.unit, value=driver.value, values=tuple(values.tolist()))


def _spread(drivers: tuple[Driver, ...]) -> FloatArray:
    sides = [np.linspace(driver.first, driver.last, AT_ONCE) for driver in drivers]
    return np.stack([side.ravel() for side in np.meshgrid(*sides)], axis=1)


def _best(moving: Moving, points: FloatArray) -> npt.NDArray[np.int64]:
    sampled = moving.at(points)
    return least(sampled.by_corridor(quoted=sampled.on_price))


def _at_boundaries(best: npt.NDArray[np.int64], points: FloatArray) -> FloatArray:
    """Return some points where the best option changes to the right or above, evenly spread.

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
    found: FloatArray = points[order[::step][:MOST_SEARCHED]]
    return found
