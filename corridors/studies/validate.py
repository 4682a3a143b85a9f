"""Compare every published figure with the model's."""

from __future__ import annotations

from collections.abc import Sequence

from corridors.data.paths import one_look
from corridors.studies.published.cases import KINDS, Ours, load_cases
from corridors.studies.published.families import Row
from corridors.studies.published.leg_distances import measured_rail, measured_sea
from corridors.studies.published.rule_figures import measured_tables
from corridors.studies.published.studies import measured_options

MEASURES = {"sea": measured_sea, "rail": measured_rail, "tables": measured_tables}


@one_look()
def measured_rows(kinds: Sequence[str] = KINDS) -> tuple[Row, ...]:
    """Return every published case of these kinds with our figure, in the order of the files.

    Raises
    ------
    ConfigError
        A case has an error.
    GeodataError
        A case cannot be measured on the shipped network.
    """
    cases = [case for case in load_cases() if case.kind in kinds]
    ours: dict[str, Ours] = {}
    for measured in (*MEASURES.values(), measured_options):
        ours |= measured([c for c in cases if MEASURES.get(c.kind, measured_options) is measured])
    return tuple(Row(case=case, ours=ours[case.id]) for case in cases)
