"""Loading project files: opening date, cost, legs and parameter rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, Strict, model_validator

from corridors.config.checks import Day, NameCheck, Names, Number, Positive, Strictly, Word, fault
from corridors.config.config_files import read_named
from corridors.config.faults import Node, place_of, read_yaml, validate
from corridors.data.geodata import LandLeg, load_land_legs
from corridors.data.parameters import load_parameters
from corridors.data.paths import configs_dir
from corridors.domain.plan import Project, ProjectRow
from corridors.domain.scenario import Scenario
from corridors.domain.values import SourcedValue, Status
from corridors.errors import ConfigError


def day_alone(value: object) -> object:
    """Return the mapping for a day given alone."""
    return value if isinstance(value, dict) else {"day": value}


SourceName = Annotated[Word, AfterValidator(NameCheck("source", then=". Add it to sources.csv"))]
StatusName = Literal["found", "computed", "copied", "recalled", "assumption"]
Note = Annotated[str, Strict(), Field(max_length=1000)]


class OpensModel(Strictly):
    """Opening date of a project, with its source."""

    day: Day
    """Opening date, such as 2030-01-01."""
    source: SourceName = "assumption"
    """Source: a key of sources.csv, or `assumption`."""
    status: StatusName = "assumption"
    """How the value is known: found, computed, copied, recalled or assumption."""
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
    """How the value is known: found, computed, copied, recalled or assumption."""
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


class LifeModel(FigureModel):
    """Years of service."""

    value: Annotated[Positive, Field(le=200)]
    """Central value."""


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
    life_years: LifeModel | None = None
    """Years that it serves. Default: the parameter `project.life_years`."""
    in_use: bool = False
    """Whether it has been open since the date under `opens`. Then `invest` does not choose it."""
    rows: dict[Annotated[Word, AfterValidator(NameCheck("parameter"))], FigureModel] = Field(
        default_factory=dict
    )
    """Parameters that change once the project is open, by `parameter@scope`."""


COST_PARAMETER = "project.cost_usd_m"
COST_UNIT = "USD m"
LIFE_PARAMETER = "project.life_years"


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
    projects = read_named(
        names.projects if isinstance(ids, str) else ids,
        "project",
        known=names.projects,
        read=lambda path, shown: read_project(path, shown=shown, names=names),
    )
    if isinstance(ids, str):
        projects.sort(key=lambda project: (project.opens, project.id))
    return tuple(projects)


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
        life=_life(model),
        in_use=model.in_use,
        source_path=shown,
    )


def opened_by(
    projects: Sequence[Project], legs: Sequence[LandLeg], *, running: Collection[str] = ()
) -> dict[str, frozenset[str]]:
    """Return the ids of the legs, shipped and own, that projects open, by id of the project.

    `running` are the ids of projects with which a declared service runs.

    Raises
    ------
    ConfigError
        A project opens none, changes no parameter and no service runs with it.
    """
    found: dict[str, set[str]] = {project.id: set() for project in projects}
    for leg in legs:
        if leg.project in found:
            found[leg.project].add(leg.id)
    idle = [
        project.id
        for project in projects
        if not project.rows and not found[project.id] and project.id not in running
    ]
    if idle:
        msg = (
            f"{', '.join(idle)}: opens no leg and changes no parameter: give rows, or name it as"
            " the project of a leg of own_data or of a service of the scenario"
        )
        raise ConfigError(msg)
    return {name: frozenset(some) for name, some in found.items() if some}


def running_with(scenario: Scenario) -> frozenset[str]:
    """Return the ids of the projects with which services of a scenario run."""
    named = (one.project for one in scenario.declared if one.project is not None)
    return frozenset(PurePath(name).stem for name in named)


def legs_by_project() -> Mapping[str, tuple[str, ...]]:
    """Return the ids of the legs that each project opens."""
    legs: dict[str, tuple[str, ...]] = {}
    for leg in load_land_legs():
        if leg.project:
            legs[leg.project] = (*legs.get(leg.project, ()), leg.id)
    return MappingProxyType(legs)


def _life(model: ProjectModel) -> SourcedValue:
    usual = load_parameters().get(LIFE_PARAMETER)
    life = model.life_years
    if life is None:
        return usual
    return replace(
        usual,
        scope=model.id,
        value=life.value,
        low=life.span[0],
        high=life.span[1],
        source_id=life.source,
        status=Status(life.status),
        note=life.note,
    )


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
    # What a user's own project opens may be legs of own data, which a scenario names.
    if not legs and not model.rows and shown.startswith(f"{configs_dir().name}/"):
        start = place_of(node, ("rows",), shown=shown)[1]
        faults.append(
            f"{start}opens no leg and changes no parameter: give rows, or a leg of the tables"
            f" the project '{model.id}'"
        )
    return faults
