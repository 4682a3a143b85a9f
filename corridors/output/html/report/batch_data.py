"""The numbers of a batch as the page's script reads them: whole numbers in plain arrays."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from corridors.output.html.report.charts import ink_on
from corridors.output.html.report.regions import key_name
from corridors.output.inert import safe_colour, script_json
from corridors.output.sweep import Sweep

PAGE_ROWS = 50
NONE = -1
TENTHS = 10


def batch_json(sweep: Sweep, *, axes: tuple[int, int]) -> str:
    """Return what the page's script needs, as text that can stand in a script element.

    Arrays by scenario and corridor are flat, a scenario after the other; -1 is none. Cost is in
    tenths of USD per TEU, days in tenths, CO2e in whole kg per TEU.

    Parameters
    ----------
    sweep
        The scenarios.
    axes
        The keys that the heat map shows at first: down, across.
    """
    return script_json(
        {
            "keys": [
                {"name": key_name(sweep, i), "values": list(key.values)}
                for i, key in enumerate(sweep.keys)
            ],
            "varied": list(sweep.varied),
            "axes": list(axes),
            "corridors": [
                {
                    "title": corridor.title,
                    "colour": safe_colour(corridor.colour),
                    "ink": ink_on(corridor.colour),
                }
                for corridor in sweep.corridors
            ],
            "names": list(sweep.scenarios),
            "choice": [sweep.choice[:, i].tolist() for i in range(len(sweep.keys))],
            "winner": sweep.recommended.tolist(),
            "rank": sweep.rank.ravel().tolist(),
            "cost": _whole(sweep.cost * TENTHS),
            "days": _whole(sweep.days * TENTHS),
            "co2e": _whole(sweep.co2e_kg),
            "failed": {str(i): reason for i, reason in sorted(sweep.failed.items())},
            "changes": _variant_changes(sweep),
            "rows": PAGE_ROWS,
        }
    )


def _whole(array: npt.NDArray[np.float64]) -> list[int]:
    flat = np.where(np.isfinite(array), array, NONE).ravel()
    rounded: list[int] = np.rint(flat).astype(np.int64).tolist()
    return rounded


def _variant_changes(sweep: Sweep) -> dict[str, list[list[list[str]]]]:
    """Return by key of named variants, and by value, what each changes: key, old, new."""
    found: dict[str, list[list[list[str]]]] = {}
    for i, key in enumerate(sweep.keys):
        if key.key == "variant":
            found[str(i)] = [
                [
                    [name, sweep.base.get(name, "—"), new]
                    for name, new in sweep.variants.get(value, {}).items()
                ]
                for value in key.values
            ]
    return found
