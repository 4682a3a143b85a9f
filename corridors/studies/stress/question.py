"""What a stress test is asked with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from corridors.studies.scenario_keys import Names, ScenarioKeys, ScenarioLike, names_of, scenario_of
from corridors.studies.study import Study

if TYPE_CHECKING:
    from corridors.studies.session import Session
    from corridors.studies.stress.result import Stress


def stress(
    session: Session,
    scenario: ScenarioLike | None = None,
    *,
    kinds: Names = ("gates", "borders", "terminals"),
    pairs: bool = True,
    **keys: Unpack[ScenarioKeys],
) -> Stress | None:
    """Close places on the best route and rank the closures.

    Parameters
    ----------
    scenario
        As in `compare`.
    kinds
        What to close: `gates`, `borders` or `terminals`.
    pairs
        Also close pairs of places.
    keys
        Keys of a scenario, as in `compare`.

    Returns
    -------
    stress
        The closures, worst first; None if no corridor is usable.

    Raises
    ------
    CorridorsError
        A keyword, place, corridor or parameter is unknown or out of range.

    Examples
    --------
    >>> found = corridors.stress("shanghai-europe", kinds="gates", pairs=False)
    >>> bool((found.table["extra_usd_per_teu"].dropna() >= 0).all())
    True
    """
    from corridors.studies.stress import run

    wanted = run.closable_kinds(names_of(kinds, keyword="kinds"))
    asked = scenario_of(scenario, keys, call="stress()")
    return run.stress(asked, kinds=wanted, pairs=pairs, session=session)


STUDY = Study(
    ask=stress,
    example="corridors stress shanghai-europe --kinds gates",
    rank=110,
    step="Closing places",
    outputs=("stress.json", "stress.csv", "stress.gpkg", "stress.html", "stress-map.html"),
    nothing="no corridor is usable on this date, so there is no route to close",
    # Pairs take minutes, and no step of it can be stopped.
    is_served=False,
)
