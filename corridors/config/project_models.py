"""The shape of project files, built only where one is read: most commands read none."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, Strict, model_validator

from corridors.config.checks import (
    Day,
    NameCheck,
    Number,
    Positive,
    Strictly,
    Word,
    fault,
)


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
