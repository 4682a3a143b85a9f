"""The file of a plan: volumes to ship, limits, and what may be decided for them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Strict,
    Tag,
    model_validator,
)

from corridors.config.batch_files import Values
from corridors.config.checks import (
    FIRST_DAY,
    CorridorName,
    CountryName,
    GateName,
    NameCheck,
    Number,
    PlaceText,
    Positive,
    ServiceName,
    Strictly,
    Word,
    YesNo,
    all_projects,
    fault,
    project_alone,
)
from corridors.config.models import (
    DeclaredServiceModel,
    GoodsModel,
    ProjectChoiceModel,
    model_of,
)
from corridors.domain.plan import Annuity, PlanLimits
from corridors.domain.scenario import MAX_TEU_PER_MONTH

MOST_USD_M = 1e7
MOST_STEPS = 500
TerminalWord = Annotated[Word, AfterValidator(NameCheck("terminal"))]
LAST_YEAR = 2120
Year = Annotated[int, Strict(), Field(ge=2020, le=LAST_YEAR)]
Usd = Annotated[Number, Field(ge=0, le=50_000)]
AnyVolume = Annotated[Number, Field(ge=0, le=MAX_TEU_PER_MONTH)]
Volume = Annotated[Positive, Field(le=MAX_TEU_PER_MONTH)]


def month_word(value: object) -> object:
    """Check a month written as 2026-01."""
    text = str(value)
    if isinstance(value, date) or len(text) != 7 or text[4] != "-":
        msg = "must be a month such as 2026-01"
        raise fault(msg)
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        msg = "must be a month such as 2026-01"
        raise fault(msg) from None
    if not FIRST_DAY.year <= first.year <= LAST_YEAR:
        msg = f"must be in the years {FIRST_DAY.year} to {LAST_YEAR}"
        raise fault(msg)
    return text


def one_volume(value: object) -> object:
    """Return a single number for all months as a list."""
    if isinstance(value, str):
        msg = f"must be a number, or a list of numbers, got {value[:80]}"
        raise fault(msg)
    return [value] if isinstance(value, int | float) and not isinstance(value, bool) else value


class PairModel(GoodsModel, Strictly):
    """An origin and a destination with TEU by month, and the cargo."""

    name: Word | None = None
    """Name of the pair. Default: origin and destination."""
    origin: PlaceText
    """Name of a place, UN/LOCODE, terminal id, or `lon,lat` in degrees."""
    destination: PlaceText
    """Destination, written like the origin."""
    teu_per_month: Annotated[
        tuple[AnyVolume, ...], Field(min_length=1, max_length=24), BeforeValidator(one_volume)
    ]
    """TEU leaving in each month: one number for all months, or a list; for services one for each of
    the four seasons may do."""
    max_days: Annotated[Positive, Field(le=120)] | None = None
    """Maximum days from gate-in to gate-out."""
    corridors: Annotated[tuple[CorridorName, ...], Field(min_length=1)] | None = None
    """Ids of the corridors that these boxes may use, as boxes that go by train anyway have trains
    alone. Default: those of the plan."""


if TYPE_CHECKING:
    AnnuityModel = Annuity
    PlanLimitsModel = PlanLimits
else:
    AnnuityModel = model_of(Annuity)
    PlanLimitsModel = model_of(PlanLimits)


class WayModel(Strictly):
    """A way through a corridor, gate or country."""

    corridor: CorridorName | None = None
    """Corridor to which the boxes are assigned."""
    gate: GateName | None = None
    """Gate that the boxes pass."""
    country: CountryName | None = None
    """Country that the boxes cross."""

    @model_validator(mode="after")
    def of_one(self) -> WayModel:
        """Check that exactly one of the three is given."""
        if sum(key is not None for key in (self.corridor, self.gate, self.country)) != 1:
            msg = "give one of corridor, gate and country"
            raise fault(msg)
        return self


class MinimumModel(WayModel):
    """A minimum volume per month through a corridor, gate or country."""

    teu_per_month: Volume
    """Minimum volume in TEU per month."""


class DiscountModel(Strictly):
    """A discount for a quantity."""

    from_teu_per_month: Volume
    """The least TEU a month that must be booked for it."""
    usd_per_teu: Usd
    """What every booked TEU that travels is cheaper by."""


class DearerSpotModel(Strictly):
    """Space that can be had without booking at more than the market pays."""

    teu_per_month: Volume
    """How much more can be had a month."""
    usd_per_teu: Usd
    """What each of these TEU costs beyond the market."""


class ContractModel(WayModel):
    """Space that may be booked ahead through a corridor, gate or country."""

    name: Word
    """Name of the contract."""
    saves_usd_per_teu: Usd | None = None
    """What a booked TEU that travels saves against spot."""
    rate_usd_per_teu: Usd | None = None
    """What a booked TEU that travels costs from origin to destination, in place of the market."""
    index_share: Annotated[Number, Field(ge=0, le=1)] = 0.0
    """Fraction of the market's move that the rate follows, from the likeliest scenario to each: 0
    for a fixed rate, 1 for one that floats."""
    discounts: Annotated[tuple[DiscountModel, ...], Field(max_length=5)] = ()
    """What a TEU is cheaper by if much is booked."""
    take_share: Annotated[Number, Field(ge=0, le=1)] | None = None
    """Minimum take: the fraction of all months' bookings below which what is missing is charged.
    Default: what does not travel is charged every month."""
    unused_usd_per_teu: Usd
    """What a booked TEU costs that does not travel."""
    least_teu_per_month: AnyVolume = 0.0
    """Minimum quantity: what is booked is nothing, or at least this."""
    step_teu: Volume
    """Step in TEU a month."""
    most_teu_per_month: Volume
    """Maximum quantity."""
    spot_teu_per_month: AnyVolume | None = None
    """What can be had a month without booking, at the price of the market. Default: any amount."""
    dearer_spot: Annotated[tuple[DearerSpotModel, ...], Field(max_length=5)] = ()
    """What can be had beyond that without booking, at a higher price. Default: nothing."""

    @model_validator(mode="after")
    def bookable(self) -> ContractModel:
        """Check that it has a price, and that something can be booked."""
        if (self.saves_usd_per_teu is None) == (self.rate_usd_per_teu is None):
            msg = "give one of saves_usd_per_teu and rate_usd_per_teu"
            raise fault(msg)
        if self.index_share and self.rate_usd_per_teu is None:
            msg = "index_share is for a rate_usd_per_teu; what is saved against spot floats anyway"
            raise fault(msg)
        if self.dearer_spot and self.spot_teu_per_month is None:
            msg = "dearer_spot is what lies beyond spot_teu_per_month; give both"
            raise fault(msg)
        first = max(self.least_teu_per_month, self.step_teu)
        if first > self.most_teu_per_month:
            msg = (
                f"most_teu_per_month of {self.most_teu_per_month:g} is below the first quantity of"
                f" {first:g}; raise it, or lower step_teu or least_teu_per_month"
            )
            raise fault(msg)
        if (self.most_teu_per_month - first) / self.step_teu > MOST_STEPS:
            msg = f"has more than {MOST_STEPS} quantities; take a larger step_teu"
            raise fault(msg)
        return self


class ChanceModel(Strictly):
    """A scenario of what may come after the bookings."""

    name: Word
    """Name of the scenario."""
    probability: Annotated[Number, Field(gt=0, le=1)]
    """Its probability; those of all scenarios sum to 1."""
    demand: Annotated[Positive, Field(le=100)] = 1.0
    """Factor on the volumes of the plan."""
    spot: Annotated[Number, Field(ge=0, le=100)] = 1.0
    """Factor on what can be had of each contract's way without booking, at every price: below 1
    space is short, and what is dearer is needed sooner."""
    set: Values = Field(default_factory=dict)
    """Scenario keys that hold in it, such as closures, ice_year or overrides; each replaces that of
    the plan."""


class RiskModel(Strictly):
    """How dear scenarios count beyond their probability."""

    level: Annotated[Number, Field(ge=0, le=1)] = 0.9
    """Level of CVaR: 0.9 is the mean of the dearest tenth of chances, 1 the dearest scenario."""
    weight: Annotated[Number, Field(ge=0, le=1)] = 0.0
    """Weight of CVaR against the expected cost, 0 to 1."""


class PhasesModel(Strictly):
    """The years in which projects may open, and the growth of the volumes."""

    years: Annotated[tuple[Year, ...], Field(min_length=1, max_length=12)]
    """First years of the phases, ascending: a project may open in each of them."""
    until: Year
    """Year in which the last phase ends."""
    demand_growth: Annotated[Number, Field(ge=-0.2, le=0.5)] = 0.0
    """Growth of the volumes a year, a fraction: 0.03 for 3 %. The plan's are those of the first."""
    budgets_usd_m: (
        Annotated[tuple[Annotated[Number, Field(ge=0, le=MOST_USD_M)], ...], Field(min_length=1)]
        | None
    ) = None
    """New money by phase, in millions of USD. Default: the whole budget in the first."""


Departures = Annotated[
    tuple[Annotated[Positive, Field(ge=0.25, le=42)], ...],
    Field(min_length=1, max_length=12),
    BeforeValidator(one_volume),
]


class CandidateModel(Strictly):
    """A weekly train or loop that may be run on a corridor."""

    name: Word | None = None
    """Name of the service. Default: the title of its corridor, or its calls."""
    corridor: CorridorName | None = None
    """Corridor of its main carriage. Default: any way between its calls, by train or by `ship`."""
    departures_per_week: Departures
    """Departures a week to choose from; 0.5 is one a fortnight."""
    loads_at: Annotated[tuple[TerminalWord, ...], Field(max_length=20)] = ()
    """Terminals at which it calls where its corridor begins, which is in Asia. Default: that of the
    best route of the first pair that can use it; without a corridor both sides are needed."""
    unloads_at: Annotated[tuple[TerminalWord, ...], Field(max_length=20)] = ()
    """Terminals at which it calls where its corridor ends. Default: as for `loads_at`."""
    ship: ServiceName | None = None
    """Class of its ships, such as sea/arctic-4k-arc4. Default: that of the best route of the first
    pair; without a corridor it is a train."""
    train_teu: Annotated[Positive, Field(le=400)] | None = None
    """TEU of a full train. Default: the parameter `train.capacity_teu`."""
    project: Annotated[Word, AfterValidator(NameCheck("project"))] | None = None
    """Project that must be built for it. Default: none."""


def _form_of(given: object) -> str:
    """Return in which of two forms a candidate is given: with stops as a scenario declares it."""
    return "declared" if isinstance(given, dict) and "stops" in given else "candidate"


CandidateEntry = Annotated[
    Annotated[CandidateModel, Tag("candidate")] | Annotated[DeclaredServiceModel, Tag("declared")],
    Discriminator(_form_of),
]


class FleetModel(Strictly):
    """The ships of a class that the plan may hold."""

    ship: ServiceName
    """Class of the ships."""
    most: Annotated[int, Field(ge=0, le=500)] | None = None
    """Greatest number of ships. Default: any number."""
    idle: Literal["charter-out", "lay-up", "return"] = "charter-out"
    """What a ship does in a season without a service of the plan: `charter-out` for hire, `lay-up`,
    or `return` to its owner if it is hired by the season."""


class PlanModel(Strictly):
    """A plan of `corridors allocate`, `book`, `design` or `invest`, or of several of them."""

    model_config = ConfigDict(title="Plan: TEU by pair and month, and what may be decided for them")

    name: Word | None = None
    """Name of the plan. Default: the name of the file."""
    first_month: Annotated[Word, BeforeValidator(month_word)]
    """First month, such as 2026-01."""
    months: Annotated[int, Field(ge=1, le=24)] = 12
    """Number of months."""
    departures: Annotated[
        tuple[Annotated[int, Field(ge=1, le=28)], ...], Field(min_length=1, max_length=10)
    ] = (1, 11, 21)
    """Days of the month on which boxes may leave."""
    corridors: Literal["all", "any"] | Annotated[tuple[CorridorName, ...], Field(min_length=1)] = (
        "all"
    )
    """Corridors to use: `all`, ids, or `any` for routes outside corridors too."""
    objective: Literal["cost", "generalised"] = "generalised"
    """What the plan minimises: `cost`, or `generalised` for cost plus value of time."""
    max_wait_days: Annotated[int, Field(ge=0, le=28)] = 0
    """Whole days that boxes may wait at the origin after a departure."""
    capacity_share: Annotated[Positive, Field(le=1)] | None = None
    """Fraction of each listed capacity that the plan may use, 0 to 1."""
    unmet_usd_per_teu: Usd | None = None
    """Price in USD of each TEU left behind. Default: every TEU must be shipped."""
    limits: PlanLimitsModel = PlanLimitsModel()
    """Limits on the plan as a whole."""
    minimums: Annotated[tuple[MinimumModel, ...], Field(max_length=20)] = ()
    """Minimum volumes per month through a corridor, gate or country."""
    scenario: Values = Field(default_factory=dict)
    """Scenario keys that apply to all pairs, such as world or closures."""
    pairs: Annotated[tuple[PairModel, ...], Field(min_length=1, max_length=200)]
    """Origins and destinations with TEU by month and cargo."""
    contracts: Annotated[tuple[ContractModel, ...], Field(max_length=10)] = ()
    """Space that may be booked ahead. The name of a file is a rate sheet, by whose contracts boxes
    may go."""
    scenarios: Annotated[tuple[ChanceModel, ...], Field(max_length=10)] = ()
    """What may come after what is decided, with probabilities. Default: the plan is certain."""
    risk: RiskModel = RiskModel()
    """How dear scenarios count. Default: by their probability alone."""
    perfect_information: YesNo = True
    """Whether to say what it would be worth to know the scenario before booking."""
    projects: Annotated[
        tuple[Annotated[ProjectChoiceModel, BeforeValidator(project_alone)], ...],
        Field(max_length=40),
        BeforeValidator(all_projects),
    ] = ()
    """Projects to choose from: `all`, ids, or project files, with other opening dates if needed."""
    budget_usd_m: Annotated[Positive, Field(le=MOST_USD_M)] | None = None
    """Maximum total cost of the projects, in millions of USD."""
    annuity: AnnuityModel = AnnuityModel()
    """How construction costs are spread over years."""
    phases: PhasesModel | None = None
    """Years in which projects may open, each with its own prices and rules. Default: all are open
    in the year of the plan."""
    demand_growth: Annotated[Number, Field(ge=-0.2, le=0.5)] | None = None
    """Growth of the volumes a year, a fraction, over thirty years in phases of six. Default: none;
    phases have their own."""
    services: Annotated[tuple[CandidateEntry, ...], Field(max_length=60)] = ()
    """Candidate services: with `departures_per_week` to choose from, or with `stops`, `way` and one
    `frequency`, as a scenario declares a service."""
    propose: Literal["corridors", "lines"] | None = None
    """Further candidates: one for each of the `corridors` that pairs can use, between the ends of
    their main carriage, or only where `lines` are known to run; at most 60, those of most TEU."""
    departures_per_week: Departures = (1, 2, 3, 5, 7)
    """Departures a week to choose from for proposed services."""
    alternatives: (
        Literal["all", "none"] | Annotated[tuple[CorridorName, ...], Field(min_length=1)]
    ) = "all"
    """Corridors by which boxes may go with what others run: `all`, `none`, or ids."""
    fleets: Annotated[tuple[FleetModel, ...], Field(max_length=30)] = ()
    """Ships by class: how many there are, and what they do when idle."""
    time_limit_s: Annotated[Positive, Field(le=86_400)] | None = None
    """Time limit in seconds; the best found is then returned with its gap. Default: 600 for
    contracts, 120 for services, none for projects."""
