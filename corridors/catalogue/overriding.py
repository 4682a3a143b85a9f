"""Parameters as they stand once a scenario's own numbers replace them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from corridors.domain.scenario import Override
from corridors.domain.values import SourcedValue, Status
from corridors.errors import ParameterError

if TYPE_CHECKING:
    from corridors.catalogue.parameters import ParameterTable

# What may be given for a place, leg or ship class that no row lists: without one it is boundless.
CAPACITIES = tuple(
    f"{kind}.capacity_teu_per_week" for kind in ("border", "ferry", "port", "rail", "sea")
)
CAPACITY_UNIT = "TEU/week"


def overridden(table: ParameterTable, overrides: Sequence[Override]) -> ParameterTable:
    """Return a table in which rows are replaced; see `ParameterTable.with_overrides`."""
    rows = {(row.parameter, row.scope): row for row in table.rows}
    replaced = dict(table.replaced)
    faults: list[str] = []
    for override in overrides:
        keys = [
            key for key in rows if key[0] == override.parameter and override.scope in (None, key[1])
        ]
        if not math.isfinite(override.value):
            faults.append(f"overrides.{override.parameter}: {override.value} is not a number")
        elif not keys and override.parameter in CAPACITIES and override.scope:
            new = _capacity(override.parameter, override.scope, override.value)
            rows[new.parameter, new.scope] = new
            replaced[new] = new
        elif not keys:
            scopes = () if override.scope is None else (override.scope,)
            faults.append(table.unknown(override.parameter, scopes))
        for key in keys:
            old = rows[key]
            new = replace(
                old,
                value=override.value,
                low=override.value,
                high=override.value,
                source_id="scenario",
                status=Status.SCENARIO,
                note=f"replaces {old.value:g} {old.unit} ({old.source_id})",
            )
            rows[key] = new
            replaced[old] = new
    if faults:
        raise ParameterError("\n".join(faults))
    return replace(table, rows=tuple(rows.values()), replaced=tuple(replaced.items()))


def _capacity(parameter: str, scope: str, value: float) -> SourcedValue:
    return SourcedValue(
        parameter=parameter,
        scope=scope,
        value=value,
        low=value,
        high=value,
        unit=CAPACITY_UNIT,
        currency_year=None,
        source_id="scenario",
        status=Status.SCENARIO,
        note="no capacity was listed",
    )
