"""How the boundary between catchments moves with a driver."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from corridors.domain.scenario import Scenario
from corridors.progress import Progress, quiet
from corridors.studies.catchments.result import Catchment, CatchmentsOver, Reached, Turn
from corridors.studies.catchments.run import catchments
from corridors.studies.moving import Driver, driver_of, objective_for
from corridors.studies.session import Session


def catchments_over(
    scenario: Scenario,
    destinations: Sequence[str],
    over: str,
    *,
    first: float | None = None,
    last: float | None = None,
    count: int = 5,
    session: Session | None = None,
    progress: Progress = quiet,
) -> CatchmentsOver:
    """Return the best corridor to each destination at some values of a driver, and where it turns.

    Between two values at which different corridors are best, both are taken to be linear: exact
    where a price enters linearly and their routes stay. Where one of the two has no figure at one
    end, the middle stands.

    Parameters
    ----------
    scenario, destinations, session, progress
        As in `catchments`.
    over, first, last
        As in `break_even`.
    count
        How many values, both ends among them, 2 or more.

    Raises
    ------
    ConfigError
        The driver or its range is wrong, or a destination or a key of the scenario is.
    """
    session = session or Session()
    to = replace(scenario, destination=destinations[0]) if destinations else scenario
    driver = driver_of(over, to, option="over", session=session, first=first, last=last)
    asked = objective_for(scenario, (over,))
    values = np.linspace(driver.first, driver.last, count).tolist()
    found = []
    for number, value in enumerate(values):

        def told(what: str, done: int, total: int, number: int = number) -> None:
            progress(what, number * total + done, total * count)

        there = driver.set_in(asked, value)
        found.append(catchments(there, destinations, session=session, progress=told))
    turns = tuple(
        turn
        for columns in zip(*(one.to for one in found), strict=True)
        for turn in _turns(columns, driver, values, asked)
    )
    return CatchmentsOver(
        scenario=asked,
        key=driver.key,
        unit=driver.unit,
        value=driver.value,
        values=tuple(values),
        at=tuple(found),
        turns=turns,
    )


def _turns(
    columns: Sequence[Catchment], driver: Driver, values: Sequence[float], scenario: Scenario
) -> Iterator[Turn]:
    """Yield where the best corridor to a destination changes."""
    for (low, one), (high, other) in pairwise(zip(values, columns, strict=True)):
        if one.best == other.best or not one.best or not other.best:
            continue
        before, after = one.winner, other.winner
        if before is None or after is None:
            continue
        known = {reached.corridor: reached for reached in (*one.reached, *other.reached)}
        gaps = [
            # A day's value changes no route's cost and days: those of the other end hold here too.
            _gap(
                known
                if driver.is_value_of_time
                else {reached.corridor: reached for reached in column.reached},
                one.best,
                other.best,
                driver.set_in(scenario, value),
            )
            for column, value in ((one, low), (other, high))
        ]
        at = (low + high) / 2.0
        if gaps[0] is not None and gaps[1] is not None and gaps[0] != gaps[1]:
            share = gaps[0] / (gaps[0] - gaps[1])
            at = low + (high - low) * min(max(share, 0.0), 1.0)
        yield Turn(
            destination=one.asked,
            name=one.name,
            before=before.name,
            after=after.name,
            at=at,
        )


def _gap(reached: Mapping[str, Reached], one: str, other: str, scenario: Scenario) -> float | None:
    """Return by how much one corridor is worse than another, None where either is closed."""
    figures = [_figure(reached.get(name), scenario) for name in (one, other)]
    if figures[0] is None or figures[1] is None:
        return None
    return figures[0] - figures[1]


def _figure(reached: Reached | None, scenario: Scenario) -> float | None:
    if reached is None or reached.cost_usd_per_teu is None or reached.days is None:
        return None
    aim = scenario.objective.aim
    of_a_day = scenario.shipment.value_of_time_usd_per_teu_day * aim.value_of_time
    return aim.usd * reached.cost_usd_per_teu + (aim.days + of_a_day) * reached.days
