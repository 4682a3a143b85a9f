"""What a design of services is asked with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridors.studies.plan_keys import plan_of
from corridors.studies.study import Study

if TYPE_CHECKING:
    from corridors.studies.design.result import ServiceDesign
    from corridors.studies.session import Session


def design(
    session: Session, /, plan: Path | str, *, set_values: Sequence[str] = (), **keys: Any
) -> ServiceDesign:
    """Choose which weekly trains and loops to run, and how often.

    Parameters
    ----------
    plan
        A plan file, or the name of a shipped one: `design-shanghai-kaliningrad`.
    set_values
        Values as the option `--set` of the command takes them: `time_limit_s=60`.
    keys
        Keys of a plan in place of those of the file: `time_limit_s=60`.

    Raises
    ------
    CorridorsError
        A key or place is unknown, frequency has no value, or no candidate can run.
    """
    from corridors.studies.design import run

    asked = plan_of("design", plan, set_values, keys)
    return run.design_plan(asked, progress=session.progress)


STUDY = Study(
    ask=design,
    example="corridors design design-shanghai-kaliningrad --out maps/trains",
    rank=220,
    step="Reading the networks and pricing the services",
    outputs=("design.json", "design.csv", "frequencies.csv", "design.html", "design-map.html"),
    # A server asks questions of seconds.
    is_served=False,
)
