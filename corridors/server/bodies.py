"""The bodies of requests: a scenario with the options of a command, within bounds."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, model_validator

from corridors.config.checks import point_text

MOST_PLACES = 40
MOST_CHARACTERS = 64 * 1024
Word = Annotated[str, Field(min_length=1, max_length=200)]
Place = Annotated[
    Word, BeforeValidator(point_text, json_schema_input_type=Word | tuple[float, float])
]
Words = Annotated[list[Word], Field(max_length=MOST_PLACES)]
Figure = Annotated[float, Field(allow_inf_nan=False)]
Scenario = Annotated[dict[str, JsonValue], Field(description="the keys of a scenario file")]


class Body(BaseModel):
    """A body without unknown members."""

    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)


class Asked(Body):
    """A question: the keys of a scenario file."""

    scenario: Scenario


class RouteAsked(Asked):
    """A route; what its scenario leaves out is that of `corridors route`."""

    corridor: Word | None = None
    """The corridor to stay in."""
    via: Annotated[list[Word], Field(max_length=5)] = []
    """Gates, borders, terminals or cities to pass, in this order."""


class DistancesAsked(Body):
    """Distances by sea between every two places."""

    places: Annotated[list[Place], Field(min_length=2, max_length=MOST_PLACES)]
    avoid: Words = []
    """Gates to close."""
    allow: Words = []
    """Gates to open that are closed by default."""
    arctic: bool = False
    kiel: bool = False
    draft_m: Figure | None = None
    gates: bool = False
    """Also say which gates each way passes."""


class ScenarioAsked(Body):
    """The keys of a scenario, or its YAML."""

    scenario: Scenario | None = None
    yaml: Annotated[str, Field(max_length=MOST_CHARACTERS)] | None = None

    @model_validator(mode="after")
    def one_of_them(self) -> ScenarioAsked:
        """Check that one of the two forms is given."""
        if (self.scenario is None) == (self.yaml is None):
            msg = "give scenario or yaml, and not both"
            raise ValueError(msg)
        return self
