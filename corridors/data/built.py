"""Parameters as they stand once projects are built."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from corridors.data.parameters import CAPACITIES, CAPACITY_UNIT, ParameterTable
from corridors.domain.projects import Project
from corridors.domain.values import SourcedValue
from corridors.errors import ParameterError


def with_projects(table: ParameterTable, projects: Iterable[Project]) -> ParameterTable:
    """Return a table with the rows of open projects.

    A row replaces the one of its scope; where there is none it is added, and `replaced` has it
    beside the row that was looked up for that scope until then, or beside itself.

    Raises
    ------
    ParameterError
        A parameter is unknown, or a row is changed by two of the projects; every fault is told.
    """
    rows = {(row.parameter, row.scope): row for row in table.rows}
    replaced = dict(table.replaced)
    owner: dict[tuple[str, str], str] = {}
    faults: list[str] = []
    for project in projects:
        for row in project.rows:
            key = (row.parameter, row.scope)
            name = f"{row.parameter}@{row.scope}" if row.scope else row.parameter
            old = table.find(row.parameter, *wider(row.scope))
            like = old or next((r for r in table.rows if r.parameter == row.parameter), None)
            if like is None and row.parameter not in CAPACITIES:
                faults.append(f"{project.id}: {name}: unknown parameter")
                continue
            if key in owner:
                faults.append(
                    f"{project.id}: {name}: '{owner[key]}' also changes it; keep one project"
                )
                continue
            owner[key] = project.id
            new = SourcedValue(
                parameter=row.parameter,
                scope=row.scope,
                value=row.value,
                low=row.low,
                high=row.high,
                unit=CAPACITY_UNIT if like is None else like.unit,
                currency_year=None if like is None else like.currency_year,
                source_id=row.source_id,
                status=row.status,
                note="; ".join(filter(None, (f"with {project.title}", row.note))),
            )
            rows[key] = new
            replaced[new if old is None else replace(old, scope=row.scope)] = new
    if faults:
        raise ParameterError("\n".join(faults))
    if not owner:
        return table
    return replace(table, rows=tuple(rows.values()), replaced=tuple(replaced.items()))


def wider(scope: str) -> tuple[str, ...]:
    """Return a scope and those it is part of: `rail/1520@RU`, then `rail/1520`."""
    found = [scope]
    while "@" in found[-1]:
        found.append(found[-1].rpartition("@")[0])
    return tuple(found)
