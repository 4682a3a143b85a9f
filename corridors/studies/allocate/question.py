"""What an allocation is asked with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridors.studies.plan_keys import plan_of
from corridors.studies.study import Study

if TYPE_CHECKING:
    from corridors.studies.allocate.result import Allocation
    from corridors.studies.scenario_keys import Names
    from corridors.studies.session import Session


def allocate(
    session: Session,
    /,
    plan: Path | str,
    *,
    set_values: Sequence[str] = (),
    contracts: Names = (),
    **keys: Any,
) -> Allocation:
    """Assign the volumes of many pairs to routes at least cost.

    Parameters
    ----------
    plan
        A plan file, or the name of a shipped one: `allocate-eurasia-2026`.
    set_values
        Values as the option `--set` of the command takes them: `limits.max_co2e_t=9000`.
    contracts
        Rate sheets, .csv or .xlsx, whose contracts the plan may ship by.
    keys
        Keys of a plan in place of those of the file: `limits={"max_co2e_t": 9000}`; after
        `time_limit_s` seconds the best plan so far is returned, with its bound.

    Raises
    ------
    CorridorsError
        A key or place is unknown, or the plan's limits contradict each other.

    Examples
    --------
    >>> found = corridors.allocate("allocate-moscow-kazan", capacity_share=0.2)
    >>> bool(abs(found.table["teu"].sum() - found.teu) < 1e-6)
    True
    """
    from corridors.studies.allocate import run
    from corridors.studies.allocate.result import Allocation
    from corridors.studies.result_base import extended

    sheets = [contracts] if isinstance(contracts, str) else [*contracts]
    asked = plan_of("allocate", plan, set_values, keys, sheets)
    return extended(Allocation, run.allocate_plan(asked, progress=session.progress))


STUDY = Study(
    ask=allocate,
    example="corridors allocate allocate-moscow-kazan --out maps/moscow-kazan",
    rank=200,
    step="Reading the networks and assigning the volumes",
    outputs=("allocation.json", "flows.csv", "flows.gpkg", "map.html"),
    # A server asks questions of seconds.
    is_served=False,
)
