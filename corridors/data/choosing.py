"""Choosing rows of the parameter table: by status, by name, the weakest first."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from corridors.domain.values import SourcedValue, Status

WEAKEST_FIRST = (
    Status.ASSUMPTION,
    Status.RECALLED,
    Status.COMPUTED,
    Status.FOUND,
    Status.SCENARIO,
)


def chosen_rows(
    rows: Iterable[SourcedValue],
    statuses: Collection[str] = (),
    *,
    prefix: str = "",
    weakest_first: bool = False,
) -> tuple[SourcedValue, ...]:
    """Return the rows of some statuses whose parameter begins with a text.

    Parameters
    ----------
    rows
        Rows of the table.
    statuses
        Statuses to keep; all where empty.
    prefix
        How the parameter begins, such as `fuel.`.
    weakest_first
        Sort by status, assumptions before what was found, and within one by the width of the
        range over the value: what is least known and least certain first. Else as in the files.
    """
    kept = [
        row
        for row in rows
        if row.parameter.startswith(prefix) and (not statuses or row.status.value in statuses)
    ]
    if weakest_first:
        kept.sort(key=lambda row: (WEAKEST_FIRST.index(row.status), -relative_range(row)))
    return tuple(kept)


def relative_range(row: SourcedValue) -> float:
    """Return the width of a row's range over its value, 0 for none; of a value of 0 the width."""
    width = row.high - row.low
    return width / abs(row.value) if row.value else width
