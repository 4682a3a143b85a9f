"""Measure every published figure."""

from __future__ import annotations

from collections.abc import Sequence

from corridors.data.paths import one_look
from corridors.studies.validate.cases import (
    FAMILIES,
    KINDS,
    Ours,
    Row,
    calibration_legs,
    load_cases,
)
from corridors.studies.validate.measures import (
    measured_options,
    measured_rail,
    measured_sea,
    measured_tables,
)
from corridors.studies.validate.result import Validation

MEASURES = {"sea": measured_sea, "rail": measured_rail, "tables": measured_tables}


def validate(*, every: bool = False) -> Validation:
    """Return every published figure with ours, in the order of families; see `question`."""
    measured = measured_rows()
    rows = (*measured, *(calibration_legs() if every else ()))
    shown = sorted(rows, key=lambda row: FAMILIES.index(row.case.family))
    return Validation(rows=tuple(shown), measured=measured, every=every)


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
