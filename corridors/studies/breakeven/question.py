"""What a break-even is asked with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from corridors.studies.scenario_keys import ScenarioKeys, ScenarioLike, scenario_of
from corridors.studies.study import Option, Study

if TYPE_CHECKING:
    from corridors.studies.breakeven.result import BreakEven
    from corridors.studies.session import Session


def breakeven(
    session: Session,
    scenario: ScenarioLike | None = None,
    over: str = "value_of_time",
    *,
    first: float | None = None,
    last: float | None = None,
    **keys: Unpack[ScenarioKeys],
) -> BreakEven:
    """Find the price or value at which another corridor is best.

    Parameters
    ----------
    scenario
        As in `compare`.
    over
        A parameter, such as `fuel.vlsfo_usd_per_t` or `rail.speed_km_per_day@rail/1520`, or
        `value_of_time`.
    first
        Least value. Default: the parameter's low.
    last
        Greatest value. Default: the parameter's high.
    keys
        Keys of a scenario, as in `compare`.

    Raises
    ------
    CorridorsError
        The parameter, its range, a keyword or another key is wrong.

    Examples
    --------
    >>> found = corridors.breakeven("shanghai-europe", "value_of_time", first=0, last=200,
    ...                             corridors=["suez", "kazakhstan-dostyk"])
    >>> list(found.table["corridor"])
    ['suez', 'kazakhstan-dostyk']
    """
    from corridors.studies.breakeven import run

    asked = scenario_of(scenario, keys, call="breakeven()")
    return run.break_even(
        asked, over, first=first, last=last, session=session, progress=session.progress
    )


STUDY = Study(
    ask=breakeven,
    example="corridors breakeven shanghai-europe --over fuel.vlsfo_usd_per_t",
    rank=90,
    outputs=("breakeven.json", "breakeven.csv", "breakeven.html"),
    options={
        "over": Option(shown="PARAMETER", completes="parameters"),
        "first": Option(flag="from"),
        "last": Option(flag="to"),
    },
)
