"""Projects: lines, ports and works that are not there until they are built."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from corridors.domain.values import SourcedValue, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectRow:
    """A parameter row that holds once a project is open; `scope` is empty for the plain row."""

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
    """Something that may be built: what it costs, when it opens, what it opens and changes.

    `opens` is the planned day, which a scenario may replace; `opens_status` and `opens_source_id`
    say how it is known. `cost` is what it costs to build, in millions of USD. `legs` are the ids
    of legs that exist only with it. `rows` hold for departures on or after the day it opens.
    """

    id: str
    title: str
    description: str
    opens: date
    opens_source_id: str
    opens_status: Status
    opens_note: str
    cost: SourcedValue
    legs: tuple[str, ...]
    rows: tuple[ProjectRow, ...]
    source_path: str = ""
