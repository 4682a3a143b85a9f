"""The keys of scenario files; names are checked against the tables as they load."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    model_validator,
)

from corridors.config.checks import (
    MAX_HAUL_KM,
    MAX_SHELF_LIFE_DAYS,
    MAX_TEU_PER_MONTH,
    CorridorName,
    CountryName,
    Day,
    Few,
    GateName,
    Known,
    Many,
    Number,
    Positive,
    ProjectName,
    ServiceName,
    Share,
    Strictly,
    TerminalName,
    Word,
    YesNo,
    all_or_many,
    all_projects,
    fault,
    known_ice_year,
    known_parameter,
    known_speed,
    one_or_many,
    project_alone,
    year_word,
)


class GoodsModel(Strictly):
    """What is in the boxes."""

    equipment: Literal["20DV", "40DV", "40HC", "40RF"] | None = None
    """Kind of container; that of the preset, or 40HC, where left out."""
    cargo: Annotated[Word, AfterValidator(Known("cargo"))] = "general"
    """A preset of weight and value."""
    cargo_t_per_teu: Annotated[Positive, Field(le=30)] | None = None
    """Weight of the goods in t per TEU; that of the preset where left out."""
    value_usd_per_teu: Annotated[Number, Field(ge=0, le=1e8)] | None = None
    """Value of the goods in USD per TEU; that of the preset where left out."""
    value_of_time_usd_per_teu_day: Annotated[Number, Field(ge=0, le=1e5)] = 0.0
    """What a day is worth, in USD per TEU; holds inventory cost."""
    shelf_life_days: Annotated[Positive, Field(le=MAX_SHELF_LIFE_DAYS)] | None = None
    """Days the goods keep, gate-in to gate-out; of the preset where left out."""


class VolumeModel(Strictly):
    """How much is shipped."""

    teu_per_month: Annotated[Positive, Field(le=MAX_TEU_PER_MONTH)]
    """Size of the programme in TEU a month."""


# Keys stand in the order of the bases from the right, in the schema and in the documentation.
class ShipmentModel(GoodsModel, VolumeModel):
    """The programme of boxes."""


class AvoidModel(Strictly):
    """What the shipment keeps out of."""

    countries: Few[CountryName] = ()
    """Countries that are not passed through."""
    gates: Few[GateName] = ()
    """Gates that are not passed."""
    terminals: Few[TerminalName] = ()
    """Terminals that are not used or passed."""


class LimitsModel(Strictly):
    """Bounds on the recommended option."""

    max_transit_days: Positive | None = None
    """Most days from the first departure to the last arrival."""
    max_days: Positive | None = None
    """Most days from gate-in to gate-out."""
    max_usd_per_teu: Positive | None = None
    """Highest cost in USD per TEU."""
    max_co2e_kg_per_teu: Positive | None = None
    """Most greenhouse gases, well-to-wake, in kg CO2e per TEU."""
    deadline: Day | None = None
    """The day by whose end a box is at its destination."""
    avoid: AvoidModel = AvoidModel()
    """Countries, gates and terminals the shipment keeps out of."""
    max_share_country: dict[CountryName, Share] = Field(default_factory=dict)
    """Largest share of the programme through a country, 0 to 1."""
    max_share_gate: dict[GateName, Share] = Field(default_factory=dict)
    """Largest share of the programme through a passage, 0 to 1."""
    max_share_corridor: dict[CorridorName, Share] = Field(default_factory=dict)
    """Largest share of the programme by a corridor, 0 to 1."""
    capacity_share: Annotated[Positive, Field(le=1)] | None = None
    """The part of each listed capacity that may be used: 0.1."""


class ClosureModel(Strictly):
    """A place, leg, country or service closed between two days."""

    place: Annotated[Word, AfterValidator(Known("terminal, gate, leg, country or service"))]
    """What is closed: a terminal, passage, leg, country or service."""
    first_day: Day | None = None
    """First closed day; from the beginning where left out."""
    last_day: Day | None = None
    """Last closed day; without end where left out."""
    reason: Word = "closed by the scenario"
    """Why, as it is told in the answer."""

    @model_validator(mode="after")
    def in_order(self) -> ClosureModel:
        """Check that the closure does not end before it begins."""
        if self.first_day and self.last_day and self.last_day < self.first_day:
            msg = f"ends on {self.last_day} before it begins on {self.first_day}, swap the days"
            raise fault(msg)
        return self


class ProjectChoiceModel(Strictly):
    """A project taken as built, from its planned day or from another one on."""

    id: ProjectName
    """A project: its id, or the path of its file."""
    opens: Day | None = None
    """The day it opens; as planned where left out."""


class CustomsModel(Strictly):
    """Customs unions on land."""

    eaeu: YesNo = True
    """Whether the members of the Eurasian Economic Union are one customs territory."""
    extend_to: Annotated[tuple[CountryName, ...], BeforeValidator(one_or_many)] = ()
    """Countries that join that territory, such as [CN]."""
    common_note: YesNo = False
    """Whether boxes run under the common CIM/SMGS note, changed nowhere."""

    @model_validator(mode="after")
    def joined(self) -> CustomsModel:
        """Check that countries join a union that there is."""
        if self.extend_to and not self.eaeu:
            msg = "extend_to joins countries to the EAEU, so leave eaeu true"
            raise fault(msg)
        return self


class DoorModel(Strictly):
    """Where boxes are loaded and delivered, and the road km from there to the terminals."""

    origin: Word | None = None
    """Where boxes are loaded: a place; within the city where left out."""
    destination: Word | None = None
    """Where boxes are delivered: a place; within the city where left out."""
    origin_km: Annotated[Positive, Field(le=MAX_HAUL_KM)] | None = None
    """Road km from there to the terminal; by straight line where left out."""
    destination_km: Annotated[Positive, Field(le=MAX_HAUL_KM)] | None = None
    """Road km from the terminal to there; by straight line where left out."""
    osm: Annotated[tuple[Word, ...], BeforeValidator(one_or_many), Field(max_length=20)] = ()
    """OpenStreetMap extracts, seen from the scenario's folder, to measure on."""


class ScenarioModel(Strictly):
    """A scenario file."""

    model_config = ConfigDict(title="Scenario: a shipment and the corridors to compare")

    name: Word | None = None
    """What the scenario is called; origin and destination where left out."""
    origin: Word
    """A plain name, a UN/LOCODE, an id of a terminal, or `lon,lat` in degrees."""
    destination: Word
    """A place, as the origin."""
    departure: Day
    """The day the first vessel or train leaves, as 2026-08-20."""
    shipment: ShipmentModel
    """The programme of boxes."""
    corridors: Annotated[
        tuple[CorridorName, ...], BeforeValidator(all_or_many), Field(max_length=60)
    ] = ()
    """The corridors to compare: `all`, ids, or paths of corridor files."""
    services: Annotated[tuple[ServiceName, ...], Many, BeforeValidator(one_or_many)] | None = None
    """Families or services to which every route is held."""
    world: Annotated[Word, AfterValidator(Known("world"))] = "reference-open"
    """The state of the world: closures, sanctions and rules by date."""
    price_basis: Literal["cost", "market"] = "cost"
    """`cost` builds sea prices from what they cost, `market` takes freight rates."""
    scope: Literal["cy-cy", "door"] = "cy-cy"
    """`cy-cy` from terminal to terminal, or `door` with the haul by road at both ends."""
    door: DoorModel = DoorModel()
    """Where boxes are loaded and delivered, under `scope: door`."""
    objective: Literal["cost", "days", "co2e", "generalised"] = "cost"
    """What the recommendation makes least; `generalised` is cost and value of time."""
    max_wait_days: Annotated[Number, Field(ge=0, le=366)] = 14.0
    """The longest wait on the way for a season or a closure, in days."""
    ice_year: Annotated[
        Annotated[str, Strict()], BeforeValidator(year_word), AfterValidator(known_ice_year)
    ] = "mean"
    """Ice of the mean, best or worst year, or of one from 2010 to 2024."""
    speed: Annotated[Literal["reference", "best"] | float, BeforeValidator(known_speed)] = (
        "reference"
    )
    """Speed of ships: `reference`, `best` by cost, or one in knots."""
    customs: CustomsModel = CustomsModel()
    """Customs unions on land."""
    limits: LimitsModel = LimitsModel()
    """Bounds on what may be recommended."""
    projects: Annotated[
        tuple[Annotated[ProjectChoiceModel, BeforeValidator(project_alone)], ...],
        BeforeValidator(all_projects),
        Field(max_length=60),
    ] = ()
    """Projects taken as built: `all`, ids, or paths of project files."""
    closures: Annotated[tuple[ClosureModel, ...], Field(max_length=200)] = ()
    """Places, legs, countries or services that are closed, between days."""
    overrides: dict[Annotated[Word, AfterValidator(known_parameter)], Number] = Field(
        default_factory=dict
    )
    """Numbers that replace those of the tables, by `parameter` or `parameter@scope`."""
    own_data: Annotated[tuple[Word, ...], BeforeValidator(one_or_many), Field(max_length=20)] = ()
    """Your own terminals, legs and rates: folders, .csv or .gpkg beside the scenario."""
    on_conflict: Literal["error", "last"] = "error"
    """Where two own data disagree: `error`, or `last`, and the later one holds."""

    @model_validator(mode="after")
    def doors_in_scope(self) -> ScenarioModel:
        """Check that doors are given where they count."""
        if self.scope != "door" and self.door != DoorModel():
            msg = "door counts under scope: door only, set that scope or leave door out"
            raise fault(msg)
        return self
