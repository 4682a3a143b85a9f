"""What the studies of a plan share: the plan as its question gives it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corridors.domain.plan import Plan


def plan_of(
    study: str,
    file: Path | str,
    set_values: Sequence[str],
    keys: Mapping[str, object],
    contracts: Sequence[str] = (),
) -> Plan:
    """Return the plan of a file with other values, and with rate sheets."""
    # Imported here because `--version` and `--help` read the questions and load no model.
    from corridors.config.plan import load_plan

    values = [*set_values, *_assignments(keys)]
    return load_plan(file, command=study, set_values=values, contracts=contracts)


def _assignments(keys: Mapping[str, object], before: str = "") -> list[str]:
    """Return keys as the option `--set` takes them: `limits.max_co2e_t=9000`."""
    from corridors.config.scenario import plain_value

    found: list[str] = []
    for key, value in keys.items():
        if isinstance(value, Mapping) and value:
            found += _assignments(value, f"{before}{key}.")
        else:
            found.append(f"{before}{key}={json.dumps(plain_value(value))}")
    return found
