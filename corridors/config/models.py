"""The shape of scenario and corridor files; names are checked against the tables as they load."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    Strict,
    model_validator,
)

from corridors.config.checks import (
    MAX_HAUL_KM,
    MAX_SHELF_LIFE_DAYS,
    MAX_TEU_PER_MONTH,
    AvoidName,
    CorridorName,
    CountryName,
    Day,
    GroupName,
    Many,
    Number,
    PlaceName,
    Positive,
    ProjectName,
    ServiceName,
    Share,
    Strictly,
    Word,
    YesNo,
    all_or_many,
    all_projects,
    fault,
    known,
    known_ice_year,
    known_parameter,
    known_speed,
    one_or_many,
    project_alone,
    written_short,
    year_word,
)


class ShipmentModel(Strictly):
    """The programme of boxes."""

    teu_per_month: Annotated[Positive, Field(le=MAX_TEU_PER_MONTH)]
    equipment: Literal["20DV", "40DV", "40HC", "40RF"] | None = None
    cargo: Annotated[Word, AfterValidator(known("cargo"))] = "general"
    cargo_t_per_teu: Annotated[Positive, Field(le=30)] | None = None
    value_usd_per_teu: Annotated[Number, Field(ge=0, le=1e8)] | None = None
    value_of_time_usd_per_teu_day: Annotated[Number, Field(ge=0, le=1e5)] = 0.0
    shelf_life_days: Annotated[Positive, Field(le=MAX_SHELF_LIFE_DAYS)] | None = None


class AvoidModel(Strictly):
    """What the shipment keeps out of."""

    countries: Annotated[
        tuple[CountryName, ...], BeforeValidator(one_or_many), Field(max_length=60)
    ] = ()
    gates: Annotated[
        tuple[Annotated[Word, AfterValidator(known("gate"))], ...],
        BeforeValidator(one_or_many),
        Field(max_length=60),
    ] = ()
    terminals: Annotated[
        tuple[Annotated[Word, AfterValidator(known("terminal"))], ...],
        BeforeValidator(one_or_many),
        Field(max_length=60),
    ] = ()


class LimitsModel(Strictly):
    """Bounds on the recommended option."""

    max_transit_days: Positive | None = None
    max_days: Positive | None = None
    max_usd_per_teu: Positive | None = None
    max_co2e_kg_per_teu: Positive | None = None
    deadline: Day | None = None
    avoid: AvoidModel = AvoidModel()
    max_share_country: dict[CountryName, Share] = Field(default_factory=dict)
    max_share_gate: dict[Annotated[Word, AfterValidator(known("gate"))], Share] = Field(
        default_factory=dict
    )
    max_share_corridor: dict[CorridorName, Share] = Field(default_factory=dict)
    capacity_share: Annotated[Positive, Field(le=1)] | None = None


class ClosureModel(Strictly):
    """A place, leg, country or service closed between two days."""

    place: Annotated[Word, AfterValidator(known("terminal, gate, leg, country or service"))]
    first_day: Day | None = None
    last_day: Day | None = None
    reason: Word = "closed by the scenario"

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
    opens: Day | None = None


class CustomsModel(Strictly):
    """Customs unions on land."""

    eaeu: YesNo = True
    extend_to: Annotated[tuple[CountryName, ...], BeforeValidator(one_or_many)] = ()
    common_note: YesNo = False

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
    destination: Word | None = None
    origin_km: Annotated[Positive, Field(le=MAX_HAUL_KM)] | None = None
    destination_km: Annotated[Positive, Field(le=MAX_HAUL_KM)] | None = None
    osm: Annotated[tuple[Word, ...], BeforeValidator(one_or_many), Field(max_length=20)] = ()


class ScenarioModel(Strictly):
    """A scenario file."""

    name: Word | None = None
    origin: Word
    destination: Word
    departure: Day
    shipment: ShipmentModel
    corridors: Annotated[
        tuple[CorridorName, ...], BeforeValidator(all_or_many), Field(max_length=60)
    ] = ()
    services: Annotated[tuple[ServiceName, ...], Many, BeforeValidator(one_or_many)] | None = None
    world: Annotated[Word, AfterValidator(known("world"))] = "reference-open"
    price_basis: Literal["cost", "market"] = "cost"
    scope: Literal["cy-cy", "door"] = "cy-cy"
    door: DoorModel = DoorModel()
    objective: Literal["cost", "days", "co2e", "generalised"] = "cost"
    max_wait_days: Annotated[Number, Field(ge=0, le=366)] = 14.0
    ice_year: Annotated[
        Annotated[str, Strict()], BeforeValidator(year_word), AfterValidator(known_ice_year)
    ] = "mean"
    speed: Annotated[Literal["reference", "best"] | float, BeforeValidator(known_speed)] = (
        "reference"
    )
    customs: CustomsModel = CustomsModel()
    limits: LimitsModel = LimitsModel()
    projects: Annotated[
        tuple[Annotated[ProjectChoiceModel, BeforeValidator(project_alone)], ...],
        BeforeValidator(all_projects),
        Field(max_length=60),
    ] = ()
    closures: Annotated[tuple[ClosureModel, ...], Field(max_length=200)] = ()
    overrides: dict[Annotated[Word, AfterValidator(known_parameter)], Number] = Field(
        default_factory=dict
    )
    own_data: Annotated[tuple[Word, ...], BeforeValidator(one_or_many), Field(max_length=20)] = ()
    on_conflict: Literal["error", "last"] = "error"

    @model_validator(mode="after")
    def doors_in_scope(self) -> ScenarioModel:
        """Check that doors are given where they count."""
        if self.scope != "door" and self.door != DoorModel():
            msg = "door counts under scope: door only, set that scope or leave door out"
            raise fault(msg)
        return self


class MustPassModel(Strictly):
    """One entry of `must_pass`: a bare place, or a set of alternatives with a name."""

    name: Word | None = None
    any_of: Annotated[tuple[PlaceName, ...], Many]
    end_in: tuple[GroupName, ...] = ()


class RuleModel(Strictly):
    """What is barred on one side of an entry of `must_pass`."""

    services: tuple[ServiceName, ...] = ()
    countries: tuple[CountryName, ...] = ()
    only_after: Word | None = None
    only_before: Word | None = None

    @model_validator(mode="after")
    def one_side(self) -> RuleModel:
        """Check that the rule bars something, on one side of one entry."""
        if not self.services and not self.countries:
            msg = "bars nothing, give services or countries"
            raise fault(msg)
        if (self.only_after is None) == (self.only_before is None):
            msg = "give one of only_after and only_before"
            raise fault(msg)
        return self


class CorridorModel(Strictly):
    """A corridor file."""

    id: Annotated[Word, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: Word
    rank: Annotated[int, Strict(), Field(ge=1, le=9999)] = 9999
    colour: Annotated[Word, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
    description: Annotated[str, Strict(), Field(min_length=1, max_length=1000)]
    must_pass: Annotated[
        tuple[Annotated[MustPassModel, BeforeValidator(written_short)], ...],
        Field(min_length=1, max_length=5),
    ]
    must_avoid: tuple[AvoidName, ...] = ()
    services: Annotated[tuple[ServiceName, ...], Many]
    reserved_services: tuple[ServiceName, ...] = ()
    rules: tuple[RuleModel, ...] = ()
    default: YesNo = True
