"""What each parameter moves in the shipped scenarios, from its low to its high.

    python -m validation.campaigns.parameter_effects effects.csv assumption recalled

The effect of a row is the change of cost plus that of days of the usable corridors when the row
goes from its low to its high, both as a percentage, averaged over the corridors of a scenario and
summed over the scenarios of `configs/scenarios`. Routes are searched again at both ends.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean

from corridors.config.scenario import load_scenario
from corridors.data.parameters import load_parameters
from corridors.data.paths import data_root
from corridors.domain.scenario import Override, Scenario
from corridors.domain.values import SourcedValue, Status
from corridors.studies.compare.run import compare
from corridors.studies.session import Session

STATUSES = tuple(status.value for status in Status)
Figures = dict[str, tuple[float, float]]
"""Cost in USD per TEU and days of each usable corridor."""


ROWS_A_SESSION = 60
"""After so many rows a new session begins: bills of every table would fill the memory."""


def main(arguments: Sequence[str]) -> None:
    """Write the effect of every row, or of rows with certain statuses, heaviest first."""
    path, *statuses = arguments
    folder = data_root().parent / "configs" / "scenarios"
    scenarios = [load_scenario(each) for each in sorted(folder.glob("*.yaml"))]
    rows = [row for row in load_parameters().rows if row.status.value in (statuses or STATUSES)]
    effects = dict.fromkeys(rows, 0.0)
    for scenario in scenarios:
        usual = figures_of(scenario, Session())
        for number, row in enumerate(row for row in rows if row.low < row.high):
            if number % ROWS_A_SESSION == 0:
                session = Session()
            effects[row] += effect_of(row, scenario, usual, session)
    with Path(path).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("effect_percent", "parameter", "scope", "status"))
        for row in sorted(rows, key=lambda each: (-effects[each], each.parameter, each.scope)):
            writer.writerow((f"{effects[row]:.4f}", row.parameter, row.scope, row.status.value))


def figures_of(scenario: Scenario, session: Session) -> Figures:
    """Return cost and days of the usable corridors of a scenario."""
    compared = compare(scenario, session=session, figures_only=True)
    return {
        option.corridor: (option.cost_usd_per_teu, option.days)
        for option in compared.routes
        if option.usable and option.cost_usd_per_teu and option.days
    }


def effect_of(row: SourcedValue, scenario: Scenario, usual: Figures, session: Session) -> float:
    """Return the effect of a row on a scenario in percent; see the module."""
    low, high = (
        figures_of(with_value(scenario, row, value), session) for value in (row.low, row.high)
    )
    changes = [
        sum(abs(high[name][k] - low[name][k]) / usual[name][k] for k in range(2))
        for name in usual
        if name in low and name in high
    ]
    return 100.0 * fmean(changes) if changes else 0.0


def with_value(scenario: Scenario, row: SourcedValue, value: float) -> Scenario:
    changed = Override(parameter=row.parameter, scope=row.scope, value=value)
    return replace(scenario, overrides=(*scenario.overrides, changed))


if __name__ == "__main__":
    main(sys.argv[1:])
