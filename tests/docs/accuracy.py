"""What the README and docs/explanation/sources.md say of `corridors validate`, family by family."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from corridors.studies.validate.cases import Row, family_records
from corridors.studies.validate.run import measured_rows


@cache
def measured() -> tuple[Row, ...]:
    """Return the published figures beside ours, measured once."""
    return measured_rows()


def readme_texts(rows: Sequence[Row]) -> list[str]:
    """Return the sentence of the README."""
    said = "; ".join(
        f"{family['family']} {family['inside']} of {family['counted']},"
        f" {percent(family, 'median_error', sign='+')}"
        for family in family_records(rows)
    )
    return [f"met, and the median error: {said}."]


def source_rows(rows: Sequence[Row]) -> list[str]:
    """Return the rows of the table of docs/explanation/sources.md."""
    return [
        f"| {family['family']} | {family['counted']} | {family['inside']}"
        f" ({percent(family, 'share_inside')}) | {percent(family, 'median_error', sign='+')} |"
        f" {percent(family, 'median_absolute_error')} | {percent(family, 'coverage')} |"
        f" {family['calibration']} |"
        for family in family_records(rows)
    ]


def percent(family: Mapping[str, object], key: str, *, sign: str = "") -> str:
    """Return a fraction in percent, a dash where there is none."""
    value = family[key]
    return f"{100 * value:{sign}.1f} %" if isinstance(value, float) else "-"
