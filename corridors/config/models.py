"""The keys of scenario files. Names are checked against the tables."""

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
    known_price_month,
    known_speed,
    one_or_many,
    project_alone,
    year_word,
)


class GoodsModel(Strictly):
    """The cargo in the boxes."""

    equipment: Literal["20DV", "40DV", "40HC", "40RF"] | None = None
    """Container type. Default: the type of the cargo preset, else 40HC."""
    cargo: Annotated[Word, AfterValidator(Known("cargo"))] = "general"
    """Cargo preset: weight, value, container type and shelf life."""
    cargo_t_per_teu: Annotated[Positive, Field(le=30)] | None = None
    """Cargo weight in t per TEU. Default: the weight of the preset."""
    value_usd_per_teu: Annotated[Number, Field(ge=0, le=1e8)] | None = None
    """Cargo value in USD per TEU. Default: the value of the preset."""
    value_of_time_usd_per_teu_day: Annotated[Number, Field(ge=0, le=1e5)] = 0.0
    """Value of time in USD per TEU and day. It includes inventory cost."""
    shelf_life_days: Annotated[Positive, Field(le=MAX_SHELF_LIFE_DAYS)] | None = None
    """Shelf life in days, gate-in to gate-out. Default: that of the preset."""


class VolumeModel(Strictly):
    """The volume shipped."""

    teu_per_month: Annotated[Positive, Field(le=MAX_TEU_PER_MONTH)]
    """Volume in TEU per month."""


# Schema and documentation list the keys of the last base first.
class ShipmentModel(GoodsModel, VolumeModel):
    """The shipment: volume, cargo and container type."""


class AvoidModel(Strictly):
    """Countries, gates and terminals to avoid."""

    countries: Few[CountryName] = ()
    """Countries that routes must not cross."""
    gates: Few[GateName] = ()
    """Gates that routes must not pass."""
    terminals: Few[TerminalName] = ()
    """Terminals that routes must not use or pass."""


class LimitsModel(Strictly):
    """Limits that the recommended option must meet."""

    max_transit_days: Positive | None = None
    """Maximum days from the first departure to the last arrival."""
    max_days: Positive | None = None
    """Maximum days from gate-in to gate-out."""
    max_usd_per_teu: Positive | None = None
    """Maximum cost in USD per TEU."""
    max_co2e_kg_per_teu: Positive | None = None
    """Maximum well-to-wake emissions in kg CO2e per TEU."""
    deadline: Day | None = None
    """Latest day on which a box becomes available at its destination."""
    avoid: AvoidModel = AvoidModel()
    """Countries, gates and terminals to avoid."""
    max_share_country: dict[CountryName, Share] = Field(default_factory=dict)
    """Maximum share of the TEU through each country, 0 to 1."""
    max_share_gate: dict[GateName, Share] = Field(default_factory=dict)
    """Maximum share of the TEU through each gate, 0 to 1."""
    max_share_corridor: dict[CorridorName, Share] = Field(default_factory=dict)
    """Maximum share of the TEU by each corridor, 0 to 1."""
    capacity_share: Annotated[Positive, Field(le=1)] | None = None
    """Fraction of each listed capacity that the shipment may use, such as 0.1."""


class ClosureModel(Strictly):
    """A place, leg, country or service closed between two days."""

    place: Annotated[Word, AfterValidator(Known("terminal, gate, leg, country or service"))]
    """What is closed: a terminal, gate, leg, country or service."""
    first_day: Day | None = None
    """First closed day. Default: no start date."""
    last_day: Day | None = None
    """Last closed day. Default: no end date."""
    reason: Word = "closed by the scenario"
    """Reason shown in the results."""

    @model_validator(mode="after")
    def in_order(self) -> ClosureModel:
        """Check that the closure does not end before it begins."""
        if self.first_day and self.last_day and self.last_day < self.first_day:
            msg = f"ends on {self.last_day} before it begins on {self.first_day}, swap the days"
            raise fault(msg)
        return self


class ProjectChoiceModel(Strictly):
    """A project taken as built, from its planned opening date or another date."""

    id: ProjectName
    """Id of a project, or path of a project file."""
    opens: Day | None = None
    """Opening date. Default: the planned date."""


class CustomsModel(Strictly):
    """Customs unions on land."""

    eaeu: YesNo = True
    """Whether the Eurasian Economic Union is one customs territory."""
    extend_to: Annotated[tuple[CountryName, ...], BeforeValidator(one_or_many)] = ()
    """Countries added to that territory, such as [CN]."""
    common_note: YesNo = False
    """Whether boxes travel under the common CIM/SMGS note, with no reissue on the way."""

    @model_validator(mode="after")
    def joined(self) -> CustomsModel:
        """Check that countries are added only to an existing union."""
        if self.extend_to and not self.eaeu:
            msg = "extend_to joins countries to the EAEU, so leave eaeu true"
            raise fault(msg)
        return self


class DoorModel(Strictly):
    """Places of loading and delivery, and their road distance from the terminals."""

    origin: Word | None = None
    """Place of loading. Default: the centre of the city; within the city of a terminal."""
    destination: Word | None = None
    """Place of delivery. Default: the centre of the city; within the city of a terminal."""
    origin_km: Annotated[Positive, Field(le=MAX_HAUL_KM)] | None = None
    """Road km from there to the terminal. Default: by `osm`, else estimated."""
    destination_km: Annotated[Positive, Field(le=MAX_HAUL_KM)] | None = None
    """Road km from the terminal to there. Default: by `osm`, else estimated."""
    osm: Annotated[tuple[Word, ...], BeforeValidator(one_or_many), Field(max_length=20)] = ()
    """OpenStreetMap extracts for measuring road km, relative to the scenario's folder."""


class ScenarioModel(Strictly):
    """A scenario file."""

    model_config = ConfigDict(title="Scenario: a shipment and the corridors to compare")

    name: Word | None = None
    """Name of the scenario. Default: origin and destination."""
    origin: Word
    """City (`Brest, FR` among namesakes), UN/LOCODE, terminal id, or `lon,lat` in degrees."""
    destination: Word
    """Destination, written like the origin."""
    departure: Day
    """Day on which the first vessel or train leaves, such as 2026-08-20."""
    shipment: ShipmentModel
    """The shipment: volume, cargo and container type."""
    corridors: Annotated[
        tuple[CorridorName, ...], BeforeValidator(all_or_many), Field(max_length=60)
    ] = ()
    """Corridors to compare: `all`, ids, or paths of corridor files."""
    services: Annotated[tuple[ServiceName, ...], Many, BeforeValidator(one_or_many)] | None = None
    """Service families or services that routes may use. Default: those that `corridors list
    services` calls default, and the largest ocean-going ships that call at the ends."""
    world: Annotated[Word, AfterValidator(Known("world"))] = "current"
    """Set of access rules: closures, sanctions and warnings by date."""
    price_basis: Literal["cost", "market"] = "cost"
    """Basis of sea prices: `cost` of operating the ships, or `market` freight rates."""
    scope: Literal["cy-cy", "door"] = "cy-cy"
    """`cy-cy`: terminal to terminal, with drayage for cities. `door`: with drayage at both ends."""
    door: DoorModel = DoorModel()
    """Places of loading and delivery, for `scope: door` only."""
    objective: Literal["cost", "days", "co2e", "generalised"] = "cost"
    """What rows and recommendation minimise. `generalised` is cost plus value of time."""
    max_wait_days: Annotated[Number, Field(ge=0, le=366)] = 14.0
    """Longest wait on the way for a season to open or a closure to end, in days."""
    ice_year: Annotated[
        Annotated[str, Strict()], BeforeValidator(year_word), AfterValidator(known_ice_year)
    ] = "mean"
    """Ice conditions: `mean`, `best`, `worst`, or a year from 2010 to 2024."""
    prices: Annotated[Word, AfterValidator(known_price_month)] = "departure"
    """Month whose prices hold, such as `2025-12`; by default that of the `departure`."""
    speed: Annotated[Literal["reference", "best"] | float, BeforeValidator(known_speed)] = (
        "reference"
    )
    """Speed of ships: `reference`, `best` by cost and value of time, or a number in knots."""
    hulls_in_ice: Literal["ice-class", "any"] = "ice-class"
    """Ships in the areas of the Northern Sea Route: those with an `ice-class`, or `any` hull."""
    customs: CustomsModel = CustomsModel()
    """Customs unions on land."""
    limits: LimitsModel = LimitsModel()
    """Limits that the recommended option must meet."""
    projects: Annotated[
        tuple[Annotated[ProjectChoiceModel, BeforeValidator(project_alone)], ...],
        BeforeValidator(all_projects),
        Field(max_length=60),
    ] = ()
    """Projects taken as built: `all`, ids, or paths of project files."""
    closures: Annotated[tuple[ClosureModel, ...], Field(max_length=200)] = ()
    """Terminals, gates, legs, countries or services closed between two days."""
    overrides: dict[Annotated[Word, AfterValidator(known_parameter)], Number] = Field(
        default_factory=dict
    )
    """Values that replace parameters, by `parameter` or `parameter@scope`."""
    own_data: Annotated[tuple[Word, ...], BeforeValidator(one_or_many), Field(max_length=20)] = ()
    """Your own terminals, legs and rates: folders, .csv or .gpkg files next to the scenario."""
    on_conflict: Literal["error", "last"] = "error"
    """If your own data disagree: `error` stops, `last` lets the later one prevail."""

    @model_validator(mode="after")
    def doors_in_scope(self) -> ScenarioModel:
        """Check that `door` is given only under `scope: door`."""
        if self.scope != "door" and self.door != DoorModel():
            msg = "door counts under scope: door only, set that scope or leave door out"
            raise fault(msg)
        return self
