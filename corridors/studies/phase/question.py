"""What a phase diagram is asked with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from corridors.studies.scenario_keys import ScenarioKeys, ScenarioLike, scenario_of
from corridors.studies.study import Option, Study

if TYPE_CHECKING:
    from corridors.studies.phase.result import Phase
    from corridors.studies.session import Session


def phase(
    session: Session,
    scenario: ScenarioLike | None = None,
    x: str = "fuel.vlsfo_usd_per_t",
    y: str = "value_of_time",
    *,
    cells: int = 100,
    **keys: Unpack[ScenarioKeys],
) -> Phase:
    """Draw which corridor is best over the ranges of two figures.

    Parameters
    ----------
    scenario
        As in `compare`.
    x
        A parameter, or `value_of_time`, from left to right.
    y
        Another one, from below upwards.
    cells
        Cells along each side, 2 to 400.
    keys
        Keys of a scenario, as in `compare`.

    Raises
    ------
    CorridorsError
        A parameter, a keyword or another key is wrong.

    Examples
    --------
    >>> found = corridors.phase("shanghai-europe", cells=10, corridors=["suez", "cape"])
    >>> found.table.shape
    (10, 10)
    """
    from corridors.studies.phase import run

    asked = scenario_of(scenario, keys, call="phase()")
    return run.phase(asked, x, y, cells=cells, session=session, progress=session.progress)


STUDY = Study(
    ask=phase,
    example="corridors phase shanghai-europe --x fuel.vlsfo_usd_per_t --y value_of_time",
    rank=100,
    outputs=("phase.json", "phase.csv", "phase.html"),
    options={
        "x": Option(shown="PARAMETER", completes="parameters"),
        "y": Option(shown="PARAMETER", completes="parameters"),
        # A server shares its time.
        "cells": Option(least=2, most=400, most_served=100),
    },
)
