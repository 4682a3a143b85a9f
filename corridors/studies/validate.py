"""Validate: measure every published figure with the model, and set ours beside it."""

from __future__ import annotations

from collections.abc import Sequence

from corridors.studies.published.cases import load_cases
from corridors.studies.published.distances import measured_rail, measured_sea
from corridors.studies.published.rows import Row
from corridors.studies.published.studies import measured_days, measured_studies
from corridors.studies.published.tables import measured_tables

KINDS = ("sea", "rail", "transit", "studies", "tables")


def measured_rows(kinds: Sequence[str] = KINDS) -> tuple[Row, ...]:
    """Return every published case of these kinds beside our figure, in the order of the files.

    Raises
    ------
    ConfigError
        A case is at fault.
    GeodataError
        A case cannot be measured on the shipped network.
    """
    cases = [case for case in load_cases() if case.kind in kinds]
    ours = {
        **measured_sea([case for case in cases if case.kind == "sea"]),
        **measured_rail([case for case in cases if case.kind == "rail"]),
        **measured_days([case for case in cases if case.kind == "transit"]),
        **measured_studies([case for case in cases if case.kind == "studies"]),
        **measured_tables([case for case in cases if case.kind == "tables"]),
    }
    return tuple(Row(case=case, ours=ours[case.id]) for case in cases)
