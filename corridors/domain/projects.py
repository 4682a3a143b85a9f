"""Projects: infrastructure that does not exist until it is built."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from corridors.domain.values import SourcedValue, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectRow:
    """A parameter row that applies once a project is open; `scope` is empty for the general row."""

    parameter: str
    scope: str
    value: float
    low: float
    high: float
    source_id: str
    status: Status
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """Infrastructure that may be built.

    `opens` is the planned opening date, which a scenario may replace. `cost` is the construction
    cost in millions of USD, `life` the years it serves. A project `in_use` has been open since
    `opens`. `legs` are the ids of legs that exist only with the project. `rows`
    apply to departures on or after the opening date.
    """

    id: str
    title: str
    description: str
    opens: date
    opens_source_id: str
    opens_status: Status
    cost: SourcedValue
    legs: tuple[str, ...]
    rows: tuple[ProjectRow, ...]
    life: SourcedValue
    in_use: bool = False
    source_path: str = ""
