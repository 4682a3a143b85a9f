"""What an investment is asked with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridors.studies.plan_keys import plan_of
from corridors.studies.study import Study

if TYPE_CHECKING:
    from corridors.studies.invest.result import Investment
    from corridors.studies.session import Session


def invest(
    session: Session, /, plan: Path | str, *, set_values: Sequence[str] = (), **keys: Any
) -> Investment:
    """Choose which projects to build within a budget.

    Parameters
    ----------
    plan
        A plan file, or the name of a shipped one: `invest-eurasia`.
    set_values
        Values as the option `--set` of the command takes them: `budget_usd_m=2000`.
    keys
        Keys of a plan in place of those of the file: `budget_usd_m=2000`; after `time_limit_s`
        seconds the best set so far is returned, with its bound.

    Raises
    ------
    CorridorsError
        A project is unknown, the budget pays for none, or the plan is infeasible without them.
    """
    from corridors.studies.invest import run

    asked = plan_of("invest", plan, set_values, keys)
    return run.invest_plan(asked, progress=session.progress)


STUDY = Study(
    ask=invest,
    example="corridors invest invest-eurasia --out maps/invest-eurasia",
    rank=230,
    step="Assigning the volumes with and without each project",
    outputs=("invest.json", "invest.csv", "report.html", "map.html"),
    # A server asks questions of seconds.
    is_served=False,
)
