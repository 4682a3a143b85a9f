"""What a simulation is asked with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from corridors.studies.scenario_keys import Day, ScenarioKeys, ScenarioLike, day_of, scenario_of
from corridors.studies.study import Option, Study

if TYPE_CHECKING:
    from corridors.progress import Progress
    from corridors.studies.session import Session
    from corridors.studies.simulate.result import Simulation


def simulate(
    session: Session,
    scenario: ScenarioLike | None = None,
    *,
    count: int = 10_000,
    seed: int = 1,
    by: Day | None = None,
    progress: Progress | None = None,
    **keys: Unpack[ScenarioKeys],
) -> Simulation:
    """Draw prices and delays, and count which corridor is best.

    The table has the 10, 50 and 90 % quantiles of what is compared and of the days of one shipment.

    Parameters
    ----------
    scenario
        As in `compare`; its key `draws` says what is drawn.
    count
        How many worlds to draw, up to 30,000.
    seed
        The same seed gives the same figures.
    by
        Day by which boxes must be there.
    progress
        Called with the current step, how many are done and how many there are.
    keys
        Keys of a scenario, as in `compare`.

    Raises
    ------
    CorridorsError
        A keyword or another key is unknown or out of range, or `by` is before the departure.

    Examples
    --------
    >>> found = corridors.simulate("shanghai-europe", count=500,
    ...                            corridors=["suez", "cape"])
    >>> round(sum(option.best for option in found.options), 6)
    1.0
    """
    from corridors.studies.simulate import run

    return run.simulate(
        scenario_of(scenario, keys, call="simulate()"),
        draws=count,
        seed=seed,
        by=day_of(by, keyword="by"),
        session=session,
        progress=progress or session.progress,
    )


STUDY = Study(
    ask=simulate,
    example="corridors simulate shanghai-europe --by 2026-10-15",
    rank=80,
    step="Reading the network",
    outputs=("simulation.json", "simulation.csv", "simulate.html"),
    options={
        # 30,000 draws take a gigabyte; a server has less for each of its workers.
        "count": Option(
            flag="draws",
            least=1,
            most=30_000,
            most_served=20_000,
            beyond="so many take over a gigabyte and change no printed figure",
        ),
        "seed": Option(least=0, most_served=1_000_000_000),
        "by": Option(shown="DATE"),
    },
    keys=("schedules",),
)
