"""What an explanation is asked with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from corridors.errors import OptionError
from corridors.studies.scenario_keys import ScenarioKeys, ScenarioLike, scenario_of
from corridors.studies.study import Option, Study

if TYPE_CHECKING:
    from corridors.studies.explain.result import Explanation
    from corridors.studies.session import Session


def explain(
    session: Session,
    scenario: ScenarioLike | None = None,
    corridor: str = "",
    **keys: Unpack[ScenarioKeys],
) -> Explanation:
    """Show every leg, cost line and source of one corridor.

    Parameters
    ----------
    scenario
        As in `compare`.
    corridor
        A shipped corridor, or a corridor file; default: the recommended one.
    keys
        Keys of a scenario, as in `compare`.

    Raises
    ------
    CorridorsError
        A keyword, place, corridor or parameter is unknown or out of range.

    Examples
    --------
    >>> found = corridors.explain("shanghai-europe", "suez")
    >>> bool(abs(found.cost_lines["usd_per_teu"].sum() - found.cost_usd_per_teu) < 0.01)
    True
    """
    from corridors.studies.decided import decided
    from corridors.studies.explain.result import Explanation
    from corridors.studies.explain.run import explain_option

    asked = scenario_of(scenario, keys, call="explain()")
    named = corridor or decided(asked, session=session).decision.recommended
    if named is None:
        msg = "`corridor`: no corridor is recommended on this date; name one"
        raise OptionError(msg)
    explained = explain_option(asked, named, session=session)
    return Explanation(
        scenario=asked,
        option=explained.option,
        manifest=session.manifest_of(asked),
        explained=explained,
    )


STUDY = Study(
    ask=explain,
    example="corridors explain shanghai-europe suez --departure 2026-08-20",
    rank=60,
    options={"corridor": Option(argument=True, completes="corridors", is_corridor=True)},
    keys=("contracts", "schedules"),
    streams=False,
)
