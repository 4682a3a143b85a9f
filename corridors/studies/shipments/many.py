"""What a table of shipments is asked with from Python."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from corridors.errors import ConfigError
from corridors.studies.scenario_keys import ScenarioKeys, ScenarioLike, scenario_of

if TYPE_CHECKING:
    import pandas as pd

    from corridors.studies.session import Session
    from corridors.studies.shipments.result import Shipments


def compare_many(
    session: Session,
    shipments: pd.DataFrame | Path | str,
    scenario: ScenarioLike | None = None,
    *,
    workers: int = 1,
    **keys: Unpack[ScenarioKeys],
) -> Shipments:
    """Compare the corridors for each row of a table, and put the answer on the row.

    Rows that ask the same are asked once. A row that cannot be asked stays, with the reason.

    Parameters
    ----------
    shipments
        A frame, or the path of a CSV or Excel file, with a row a shipment. The columns
        `origin`, `destination`, `departure` and any other key of a scenario, with dots
        (`shipment.cargo`), are the question; an empty cell is a key that is not given. `boxes`
        is how many boxes the shipment is of, 1 by default, and `paid_usd` what was paid for
        them, by which sums are taken. Other columns stay as they are.
    scenario
        What holds in rows that do not say it, as in `compare`.
    workers
        Number of processes.
    keys
        Keys of a scenario, in place of those of `scenario`; a column counts before them.

    Returns
    -------
    shipments
        `answers` on the index of the table, `table` with its columns too, `totals`.

    Raises
    ------
    CorridorsError
        A column is wrong, or the table cannot be read.

    Examples
    --------
    >>> import pandas as pd
    >>> asked = pd.DataFrame({"origin": ["Ningbo", "Ningbo"], "boxes": [10, 4],
    ...                       "destination": ["Hamburg", "Hambrug"]}, index=["A", "B"])
    >>> found = corridors.compare_many(asked, "shanghai-europe", corridors="suez")
    >>> list(found.answers["status"])
    ['answered', 'not asked']
    """
    from corridors.studies.shipments.asked import table_of
    from corridors.studies.shipments.run import compare_table

    frame = table_of(shipments) if isinstance(shipments, Path | str) else shipments
    if not hasattr(frame, "columns") or not hasattr(frame, "index"):
        msg = f"shipments: give a frame or the path of a table, got {shipments!r:.80}"
        raise ConfigError(msg)
    base = None if scenario is None else scenario_of(scenario, keys, call="compare_many()")
    given = {key: value for key, value in keys.items() if value is not None}
    return compare_table(
        frame,
        base,
        given if base is None else {},
        workers=workers,
        progress=session.progress,
    )
