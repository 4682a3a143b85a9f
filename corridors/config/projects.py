"""Loading project files: opening date, cost, legs and parameter rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, Strict, model_validator

from corridors.config.checks import Day, Number, Positive, Strictly, Word, fault, known_parameter
from corridors.config.faults import place_of, validate
from corridors.config.files import read_named
from corridors.config.names import Names, advice
from corridors.config.nodes import Node, read_yaml
from corridors.data.geodata import load_land_legs
from corridors.data.parameters import load_parameters, load_sources
from corridors.domain.projects import Project, ProjectRow
from corridors.domain.values import SourcedValue, Status
from corridors.errors import ConfigError

COST_PARAMETER = "project.cost_usd_m"
COST_UNIT = "USD m"


def known_source(name: str) -> str:
    """Check that a source is listed in `sources.csv`."""
    sources = load_sources()
    if name not in sources:
        msg = f"unknown source '{name[:80]}', {advice(name, sources)}. Add it to sources.csv"
        raise fault(msg)
    return name


def day_alone(value: object) -> object:
    """Return the mapping for a day given alone."""
    return value if isinstance(value, dict) else {"day": value}


SourceName = Annotated[Word, AfterValidator(known_source)]
StatusName = Literal["found", "computed", "recalled", "assumption"]
Note = Annotated[str, Strict(), Field(max_length=1000)]


class OpensModel(Strictly):
    """Opening date of a project, with its source."""

    day: Day
    """Opening date, such as 2030-01-01."""
    source: SourceName = "assumption"
    """Source: a key of sources.csv, or `assumption`."""
    status: StatusName = "assumption"
    """How the value is known: found, computed, recalled or assumption."""
    note: Note = ""
    """Remark for readers."""


class FigureModel(Strictly):
    """A number with its range and source."""

    value: Number
    """Central value."""
    low: Number | None = None
    """Low value. Default: the central value."""
    high: Number | None = None
    """High value. Default: the central value."""
    source: SourceName = "assumption"
    """Source: a key of sources.csv, or `assumption`."""
    status: StatusName = "assumption"
    """How the value is known: found, computed, recalled or assumption."""
    note: Note = ""
    """Remark for readers."""

    @property
    def span(self) -> tuple[float, float]:
        """The low and the high value."""
        low = self.value if self.low is None else self.low
        return low, self.value if self.high is None else self.high

    @model_validator(mode="after")
    def in_order(self) -> FigureModel:
        """Check that the value lies within its range."""
        low, high = self.span
        if not low <= self.value <= high:
            msg = f"low {low:g}, value {self.value:g}, high {high:g} are out of order"
            raise fault(msg)
        return self


class CostModel(FigureModel):
    """Construction cost in millions of USD of a given year."""

    value: Positive
    """Central value."""
    year: Annotated[int, Strict(), Field(ge=1990, le=2035)]
    """Price year of the cost."""


class ProjectModel(Strictly):
    """A project file."""

    model_config = ConfigDict(title="Project: infrastructure that may be built")

    id: Annotated[Word, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    """Name of the file without `.yaml`: lower-case letters, digits and hyphens."""
    title: Word
    """Name shown in tables, maps and reports."""
    description: Annotated[str, Strict(), Field(min_length=1, max_length=1000)]
    """Description in a sentence or two."""
    opens: Annotated[OpensModel, BeforeValidator(day_alone)]
    """Planned opening date, with its source."""
    cost_usd_m: CostModel
    """Construction cost in millions of USD."""
    rows: dict[Annotated[Word, AfterValidator(known_parameter)], FigureModel] = Field(
        default_factory=dict
    )
    """Parameters that change once the project is open, by `parameter@scope`."""


def load_projects(ids: Sequence[str] | str = "all") -> tuple[Project, ...]:
    """Return projects by id, or every shipped one in the order of opening dates.

    Parameters
    ----------
    ids
        `all`, or ids of shipped projects and paths of project files (ending in `.yaml`).

    Raises
    ------
    ConfigError
        An id is unknown, or a file has faults. All faults of all files are listed.
    """
    names = Names()
    found = read_named(
        names.projects if isinstance(ids, str) else ids,
        "project",
        known=names.projects,
        read=lambda path, shown: read_project(path, shown=shown, names=names),
    )
    if isinstance(ids, str):
        found.sort(key=lambda project: (project.opens, project.id))
    return tuple(found)


def read_project(path: Path, *, shown: str, names: Names) -> Project:
    """Return the project of a file, with the legs that name it in their table."""
    node = read_yaml(path, shown=shown)
    model = validate(ProjectModel, node, shown=shown, names=names)
    legs = legs_by_project().get(model.id, ())
    faults = _inconsistent(model, legs=legs, node=node, shown=shown, stem=path.stem)
    if faults:
        raise ConfigError(faults)
    cost = model.cost_usd_m
    return Project(
        id=model.id,
        title=model.title,
        description=" ".join(model.description.split()),
        opens=model.opens.day,
        opens_source_id=model.opens.source,
        opens_status=Status(model.opens.status),
        opens_note=model.opens.note,
        cost=SourcedValue(
            parameter=COST_PARAMETER,
            scope=model.id,
            value=cost.value,
            low=cost.span[0],
            high=cost.span[1],
            unit=COST_UNIT,
            currency_year=cost.year,
            source_id=cost.source,
            status=Status(cost.status),
            note=cost.note,
        ),
        legs=legs,
        rows=tuple(_row(key, figure) for key, figure in model.rows.items()),
        source_path=shown,
    )


def legs_by_project() -> Mapping[str, tuple[str, ...]]:
    """Return the ids of the legs that each project opens."""
    found: dict[str, tuple[str, ...]] = {}
    for leg in load_land_legs():
        if leg.project:
            found[leg.project] = (*found.get(leg.project, ()), leg.id)
    return MappingProxyType(found)


def _row(key: str, figure: FigureModel) -> ProjectRow:
    parameter, _, scope = key.partition("@")
    return ProjectRow(
        parameter=parameter,
        scope=scope,
        value=figure.value,
        low=figure.span[0],
        high=figure.span[1],
        source_id=figure.source,
        status=Status(figure.status),
        note=figure.note,
    )


def _inconsistent(
    model: ProjectModel, *, legs: Sequence[str], node: Node, shown: str, stem: str
) -> list[str]:
    faults = []
    if model.id != stem:
        start = place_of(node, ("id",), shown=shown)[1]
        faults.append(f"{start}'{model.id}' must match the name of its file, '{stem}'")
    table = load_parameters()
    for key, figure in model.rows.items():
        parameter = key.partition("@")[0]
        if outside := table.out_of_bounds(parameter, figure.value, *figure.span):
            faults.append(place_of(node, ("rows", key), shown=shown)[1] + outside)
    if not legs and not model.rows:
        start = place_of(node, ("rows",), shown=shown)[1]
        faults.append(
            f"{start}opens no leg and changes no parameter: give rows, or a leg of the tables"
            f" the project '{model.id}'"
        )
    return faults
