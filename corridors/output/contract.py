"""`comparison.json`: the contract with programs that read results.

Comparisons are written from these models and read back by `corridors diff`; the JSON Schema of the
models is published. Every option has every key. Figures of a corridor that is not usable are None,
never 0. Parts are rounded first and totals are sums of rounded parts, so that lines add up to the
printed total.
"""

from collections.abc import Container
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from functools import reduce
from math import inf
from operator import or_
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Literal,
    Self,
    get_args,
    get_origin,
    get_type_hints,
)

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    create_model,
    model_validator,
)
from pydantic_core import PydanticCustomError

from corridors.domain.answer import Answer
from corridors.domain.contracts import Sailings
from corridors.domain.places import Family
from corridors.domain.results import OptionStatus, PriceStatus, RouteOption, Sails
from corridors.domain.scenario import Choice, PriceBasis, Scenario
from corridors.domain.simulation import RouteFans
from corridors.domain.values import Basis, ChainPart, Payer, Status, TerminalEnd
from corridors.output.store import FORMAT, Manifest, Record, day_or_time, significant
from corridors.units import HOURS_PER_DAY, TEU_PER_FEU, nm_from_km

USD_DECIMALS = 2
HOURS_DECIMALS = 3
DAYS_DECIMALS = 3
KM_DECIMALS = 2
KG_DECIMALS = 3
SHARE_DECIMALS = 4
# Larger than any figure of a route; beyond it decimals are not exact.
LARGEST = 1e12


def _decimals(count: int) -> AfterValidator:
    return AfterValidator(lambda value: round(value, count) + 0.0)  # + 0.0 turns -0.0 into 0.0


_FINITE = Field(gt=-LARGEST, lt=LARGEST)
Usd = Annotated[float, _FINITE, _decimals(USD_DECIMALS), Field(description="USD per TEU")]
Hours = Annotated[float, _FINITE, _decimals(HOURS_DECIMALS), Field(description="hours")]
Days = Annotated[float, _FINITE, _decimals(DAYS_DECIMALS), Field(description="days")]
Km = Annotated[float, _FINITE, _decimals(KM_DECIMALS), Field(description="km")]
Kg = Annotated[float, _FINITE, _decimals(KG_DECIMALS), Field(description="kg CO2e per TEU")]
Figure = Annotated[float, AfterValidator(significant)]
BoundedFigure = Annotated[float, _FINITE, AfterValidator(significant)]
Name = Annotated[str | None, BeforeValidator(lambda name: name or None)]
Time = Annotated[
    str,
    BeforeValidator(lambda time: day_or_time(time) if isinstance(time, date) else time),
    Field(description="time in UTC, such as 2026-08-20T00:00Z"),
]


def _as(key: str, attribute: str) -> Any:
    """Return a field whose key in the file differs from its attribute."""
    return Field(validation_alias=AliasChoices(key, attribute), serialization_alias=key)


class Part(BaseModel):
    """A part of `comparison.json`, built from an object with the same attributes."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        from_attributes=True,
        defer_build=True,
    )
    declared_in: ClassVar[type[Any] | None] = None

    def plain(self) -> Record:
        """Return plain values under the keys of the file, in order."""
        return self.model_dump(mode="json", by_alias=True)


class LineRecord(Part):
    """A line of a bill of quantities."""

    driver: str
    scope: str
    label: str
    quantity: Figure
    unit: str


class CostRecord(LineRecord):
    """A cost line: quantity and unit price to seven significant digits, USD per TEU to the cent."""

    unit_price_usd: Figure
    usd_per_teu: Usd
    basis: Basis
    source_id: str
    status: Status
    low: Usd
    high: Usd
    part: ChainPart
    at: TerminalEnd | None = Field(
        default=None, description="end of the main carriage at which a terminal charges it"
    )
    pays: Payer | None = Field(
        default=None, description="who pays it by the `incoterm` of the scenario"
    )


class EnergyRecord(LineRecord):
    """An energy line, greenhouse gases in kg CO2e per TEU, well-to-wake and tank-to-wake."""

    co2e_wtw_kg: Kg
    co2e_ttw_kg: Kg
    source_id: str
    status: Status
    part: ChainPart


class LegRecord(Part):
    """A leg, without its line, which is in `legs.gpkg`."""

    from_id: str = _as("from", "from_id")
    to_id: str = _as("to", "to_id")
    from_name: str
    to_name: str
    service: str
    km: Km
    hours: Hours
    departs: Time
    arrives: Time
    usd_per_teu: Usd
    co2e_wtw_kg: Kg
    countries: tuple[str, ...]
    gate: Name
    border: Name
    calibrated: bool | None
    source: str
    part: ChainPart


class OperationRecord(Part):
    """An operation at one place: loading, a transfer, waiting, unloading."""

    kind: str
    at: str = _as("at", "from_id")
    name: str = _as("name", "from_name")
    service: str
    label: str
    hours: Hours
    time_parts: dict[str, Hours]
    starts: Time = _as("starts", "departs")
    ends: Time = _as("ends", "arrives")
    usd_per_teu: Usd
    co2e_wtw_kg: Kg
    part: ChainPart


class ChainRecord(Part):
    """A part of the transport chain: pre-carriage, main carriage or on-carriage."""

    part: ChainPart
    from_id: str = _as("from", "from_id")
    to_id: str = _as("to", "to_id")
    from_name: str
    to_name: str
    families: tuple[Family, ...] = Field(description="modes in the order of the route")
    km: Km
    hours: Hours
    usd_per_teu: Usd
    co2e_wtw_kg: Kg


class PiracyRecord(Part):
    """A piracy area on the route, and the incidents reported there in `year`."""

    area: str
    title: str
    sea_nm: Annotated[float, _decimals(1)]
    incidents: int | None
    year: int | None
    source_id: str
    status: str


class CertificateRecord(Part):
    """The OR-Tools certificate of the route."""

    status: str
    method: str
    cost_usd_per_teu: Usd | None
    hours: Hours | None


class CapacityRecord(Part):
    """A listed capacity on the route; `used_share` is null for a capacity of zero."""

    place: str
    teu_per_week: float
    asked_teu_per_week: Annotated[float, _decimals(SHARE_DECIMALS)]
    used_share: Annotated[
        Annotated[float, _decimals(SHARE_DECIMALS)] | None,
        BeforeValidator(lambda share: None if share == inf else share),
    ]


class ExceededRecord(Part):
    """A limit that the route breaks, and by how much, in the unit of the limit."""

    limit: str
    bound: Figure
    figure: Figure
    by: Figure
    unit: str


class KnownLineRecord(Part):
    """A line that covers a part of the main carriage on its date, such as a weekly loop."""

    operator: str
    loop: str
    kind: str = Field(description="scheduled, chartered or declared")
    sailings: float | None = Field(description="each way per `per`; null if unknown")
    per: str
    is_sum: bool = Field(description="a count of several lines")
    last_seen: str = Field(description="month or year of the newest source; empty if undated")
    stale: bool = Field(description="last seen long before the departure")
    source_id: str
    status: Status


class FanRecord(Part):
    """Mean and quantiles of a figure over draws."""

    mean: Figure
    p5: Figure
    p10: Figure
    p50: Figure
    p90: Figure
    p95: Figure


class FansRecord(Part):
    """What draws say of a route: money and CO2e per TEU, days with and without events."""

    cost: FanRecord
    price: FanRecord | None
    days: FanRecord
    days_of_levels: FanRecord
    transit_days: FanRecord
    co2e_kg: FanRecord


class ChancesRecord(Part):
    """What the draws of a comparison say of an option (`draws.count`)."""

    best: Figure = Field(description="share of draws in which it is best")
    best_on_other_basis: Figure
    open: Figure = Field(description="share of draws in which its corridor is open")
    booked: FansRecord | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Figures of a usable option per TEU, as in the file: sums of its rounded parts, rounded."""

    cost_usd: float
    price_usd: float | None
    days: float
    transit_days: float
    co2e_kg: float

    @classmethod
    def of(cls, option: RouteOption) -> "Totals":
        """Return the figures of an option, without the records of its lines and legs."""
        usd = sum(round(line.usd_per_teu, USD_DECIMALS) for line in option.cost_lines)
        cost, price = usd, option.price_usd_per_teu
        if option.price_basis is PriceBasis.PRICE:
            cost, price = option.cost_usd_per_teu or 0.0, usd
        hours = sum(round(hours, HOURS_DECIMALS) for hours in option.time_parts.values())
        kg = sum(round(line.co2e_wtw_kg, KG_DECIMALS) for line in option.energy_lines)
        return cls(
            cost_usd=round(cost, USD_DECIMALS),
            price_usd=None if price is None else round(price, USD_DECIMALS),
            days=round(hours / HOURS_PER_DAY, DAYS_DECIMALS),
            transit_days=round(option.transit_days or 0.0, DAYS_DECIMALS),
            co2e_kg=round(kg, KG_DECIMALS),
        )


class OptionRecord(Part):
    """The result of a corridor."""

    corridor: str
    title: str
    status: OptionStatus
    reason: str = Field(description="why it is not usable; empty if it is")
    next_usable_date: Time | None = Field(
        description="if closed, the first later day on which the same question leaves at once"
    )
    equals: str = Field(
        default="", description="the corridor whose route this is too; empty if it is ranked"
    )
    cost_usd_per_teu: Usd | None
    cost_usd_per_feu: Usd | None = Field(
        default=None, description="per FEU: a 40-foot box, or two TEU in 20-foot boxes"
    )
    price_usd_per_teu: Usd | None = Field(
        default=None, description="what shippers are quoted for the same route that week, all in"
    )
    price_usd_per_feu: Usd | None = None
    seller_usd_per_teu: Usd | None = None
    buyer_usd_per_teu: Usd | None = None
    price_status: PriceStatus | None = Field(
        default=None,
        description="how the price is known: by an index of the month, by quotes of the month,"
        " estimated from others, or not known: the way is on no lane that is quoted",
    )
    transit_days: Days | None = Field(
        description="from the departure of the first scheduled vehicle to the arrival of the last"
    )
    main_transit_days: Days | None = Field(description="those of the main carriage alone")
    days: Days | None = Field(description="from gate-in to gate-out")
    generalised_usd_per_teu: Usd | None = Field(
        default=None,
        description="cost plus value of time; null unless that is the objective",
    )
    distance_km: Km | None
    sea_nm: Km | None
    rail_km: Km | None
    road_km: Km | None
    ferry_km: Km | None
    river_km: Km | None
    co2e_wtw_kg_per_teu: Kg | None
    co2e_ttw_kg_per_teu: Kg | None
    passages: tuple[str, ...] = Field(description="canals, straits and capes passed")
    borders: tuple[str, ...] = Field(description="border crossings, in the order of the route")
    gauge_changes: tuple[str, ...] = Field(description="places where the gauge changes")
    countries: tuple[str, ...] = Field(description="countries crossed by land")
    way: tuple[str, ...] = Field(
        default=(), description="countries crossed that its name says, such as Iran"
    )
    sails: Sails | None = Field(
        default=None,
        description="how the main carriage is known to run on its date; null if it is closed",
    )
    sailings: str = Field(
        default="", description="of its least frequent part, such as `12 a week`; empty if unknown"
    )
    lines: tuple[KnownLineRecord, ...] = Field(
        default=(), description="the lines that cover the main carriage on its date"
    )
    piracy: tuple[PiracyRecord, ...] = Field(description="piracy areas on the route")
    departure: Time | None = Field(description="when the first scheduled vehicle leaves")
    arrival: Time | None = Field(description="when the last scheduled vehicle arrives")
    chain: tuple[ChainRecord, ...] = Field(description="pre-carriage, main carriage, on-carriage")
    cost_lines: tuple[CostRecord, ...] = Field(
        description="they sum to cost_usd_per_teu; with `price_basis: price` to price_usd_per_teu"
    )
    energy_lines: tuple[EnergyRecord, ...] = Field(description="they sum to the CO2e of the option")
    time_parts: dict[str, Hours] = Field(description="hours by part; they sum to days")
    legs: tuple[LegRecord, ...]
    operations: tuple[OperationRecord, ...]
    certificate: CertificateRecord
    front_complete: bool = Field(
        description="false if non-dominated routes may be missing from the front"
    )
    capacity: tuple[CapacityRecord, ...] = Field(description="listed capacities on the route")
    exceeds: tuple[ExceededRecord, ...] = Field(
        default=(), description="limits of the scenario that the route breaks"
    )
    chances: ChancesRecord | None = Field(
        default=None, description="what draws say of it; null without `draws.count`"
    )
    fans: FansRecord | None = Field(
        default=None,
        description="quantiles of its route over draws, kept whatever happens: the low and high of"
        " tables are 10 and 90 %; those of `cost_lines` are outer bounds",
    )
    below_best_share: Figure | None = Field(
        default=None,
        description="share of these draws in which it has less of the objective than the"
        " recommended option",
    )
    warnings: tuple[str, ...]

    @classmethod
    def of(cls, option: RouteOption) -> "OptionRecord":
        """Return the record of an option."""
        return cls._made(option)

    @classmethod
    def without_steps(cls, option: RouteOption) -> "OptionRecord":
        """Return the record of an option for tables, without its legs and operations."""
        return cls._made(option, steps=False)

    @classmethod
    def _made(cls, option: RouteOption, *, steps: bool = True) -> "OptionRecord":
        usable = option.usable
        if not usable:
            nothing: Any = dict.fromkeys((*PASSED, "steps", "cost_lines", "energy_lines"), ())
            option = replace(option, **nothing, time_parts={})
        lengths = [(leg.service.split("/")[0], _KM.validate_python(leg.km)) for leg in option.legs]
        # What is quoted above cost is a line of a price only.
        paid = (line for line in option.cost_lines if line.usd_per_teu or not line.is_of_lane)
        costs = tuple(map(CostRecord.model_validate, paid))
        energy = tuple(map(EnergyRecord.model_validate, option.energy_lines))
        parts = {name: round(hours, HOURS_DECIMALS) for name, hours in option.time_parts.items()}

        def km(family: str) -> float:
            return sum(km for mode, km in lengths if mode == family)

        usd = sum(line.usd_per_teu for line in costs)
        cost, price = usd, option.price_usd_per_teu
        if option.price_basis is PriceBasis.PRICE:
            cost, price = option.cost_usd_per_teu or 0.0, usd
        days = sum(parts.values()) / HOURS_PER_DAY
        value_of_time = option.value_of_time
        totals = {
            "cost_usd_per_teu": cost,
            "cost_usd_per_feu": cost * TEU_PER_FEU,
            "price_usd_per_teu": price,
            "price_usd_per_feu": None if price is None else round(price, 2) * TEU_PER_FEU,
            "days": days,
            "generalised_usd_per_teu": None
            if value_of_time is None
            else usd + value_of_time * days,
            "distance_km": sum(km for _, km in lengths),
            "sea_nm": nm_from_km(round(km("sea"), KM_DECIMALS)),
            **{f"{family}_km": km(family) for family in ("rail", "road", "ferry", "river")},
            "co2e_wtw_kg_per_teu": sum(line.co2e_wtw_kg for line in energy),
            "co2e_ttw_kg_per_teu": sum(line.co2e_ttw_kg for line in energy),
        }
        made = {
            **(totals if usable else dict.fromkeys(totals)),
            "cost_lines": costs,
            "energy_lines": energy,
            "time_parts": parts,
            "legs": tuple(map(LegRecord.model_validate, option.legs if steps else ())),
            "operations": tuple(
                map(OperationRecord.model_validate, option.operations if steps else ())
            ),
        }
        same = {key: getattr(option, key) for key in cls.model_fields if key not in made}
        if not isinstance(option.fans, RouteFans):
            same["fans"] = None  # of money alone, for a table
        return cls.model_validate(same | made)

    @model_validator(mode="after")
    def _has_figures_where_usable(self) -> Self:
        for key in ("cost_usd_per_teu", "transit_days", "days", "co2e_wtw_kg_per_teu"):
            if self.status is OptionStatus.USABLE and getattr(self, key) is None:
                kind, text = "figure", "{key}: must be a number where the corridor is usable"
                raise PydanticCustomError(kind, text, {"key": key})
        return self


_KM: TypeAdapter[float] = TypeAdapter(Km)


class RouteRecord(Part):
    """The figures of a route that is not the best of its corridor."""

    corridor: str
    cost_usd_per_teu: Figure
    transit_days: Figure
    days: Figure
    co2e_wtw_kg_per_teu: Figure = _as("co2e_wtw_kg_per_teu", "co2e_kg_per_teu")


WAY = Field(
    default=(),
    description="what its name says beside the title: countries that need a word; outside the"
    " corridors all countries, gates or modes",
)


class TiedRecord(RouteRecord):
    """An option within the tolerance of the best, with its value in the unit of the objective."""

    value: BoundedFigure
    tolerance_share: Figure = Field(description="how far above the best value is still tied")
    way: tuple[str, ...] = WAY


class LadderRecord(RouteRecord):
    """The route that is best from one value of time to the next, in USD per TEU and day."""

    from_usd_per_day: Figure
    to_usd_per_day: Figure | None = Field(description="null for the last step")
    way: tuple[str, ...] = WAY


class RiskRecord(Part):
    """By what a robust recommendation was chosen."""

    measure: str
    level: Figure = Field(description="share of draws that are not among the worst")
    worst: dict[str, Figure | None] = Field(
        description="by corridor the mean of the worst draws of its best route, in the unit of the"
        " objective; null where draws close every route"
    )
    routes: int = Field(description="among how many routes it was chosen")


class DecisionRecord(Part):
    """The recommendation of OR-Tools: a corridor, or shares of the shipment by corridor."""

    status: str
    objective: str
    value: BoundedFigure | None
    recommended: str | None
    shares: dict[str, BoundedFigure]
    marginal_values: dict[str, Figure]
    binding: tuple[str, ...]
    advice: str
    least_value: BoundedFigure | None = Field(
        default=None, description="of the best option or split; less than `value` for some ties"
    )
    tied: tuple[TiedRecord, ...] = Field(
        default=(),
        description="options whose order is not known, the recommended one first; empty for a"
        " split, one if no other is close",
    )
    without_line: tuple[str, ...] = Field(
        default=(), description="options left out since no known line sails them on the date"
    )
    risk: RiskRecord | None = Field(default=None, description="null unless `robust` is asked")


class WayShareRecord(Part):
    """The share of a way in the boxes of a trade: direction and order, no forecast."""

    corridor: str
    title: str
    usd_per_teu: Usd
    days: Days
    share: Figure = Field(description="0 to 1")
    low: Figure = Field(description="the least share over the range of the scale")
    high: Figure = Field(description="the most share over the range of the scale")


class FrontRecord(RouteRecord):
    """A non-dominated route of its corridor; `overall`: also among all corridors."""

    overall: bool


class AlternativeRecord(RouteRecord):
    """A route through other places, with its differences from the first."""

    extra_usd_per_teu: Figure
    extra_days: Figure
    extra_co2e_wtw_kg_per_teu: Figure = _as("extra_co2e_wtw_kg_per_teu", "extra_co2e_kg_per_teu")
    passes: tuple[str, ...]
    avoids: tuple[str, ...]


class OtherWorldRecord(Part):
    """What is recommended in another world; figures are null if nothing meets the limits there."""

    world: str
    recommended: str | None
    title: str
    shares: dict[str, BoundedFigure]
    cost_usd_per_teu: Usd | None = Field(description="on the basis `price_basis`")
    transit_days: Days | None
    price_basis: PriceBasis


class HashesRecord(Part):
    """SHA-256 in hexadecimal of the inputs of the result."""

    scenario: str
    geodata: str
    parameters: str
    own_data: dict[str, str]


class ManifestRecord(Part):
    """The format of the file, and the versions and inputs of the result."""

    format: Literal[1]
    versions: dict[str, str]
    sha256: HashesRecord

    @classmethod
    def of(cls, manifest: Manifest) -> Self:
        """Return the record of a manifest."""
        hashes = HashesRecord(
            scenario=manifest.scenario_sha256,
            geodata=manifest.geodata_sha256,
            parameters=manifest.parameters_sha256,
            own_data=dict(manifest.own_data),
        )
        return cls(format=FORMAT, versions=dict(manifest.versions), sha256=hashes)


def record_of(kind: type[Any], *, without: Container[str] = (), figure: Any = float) -> type[Part]:
    """Return a model with the fields of a dataclass, all required.

    Parameters
    ----------
    kind
        The dataclass; those that it holds become models as well.
    without
        Fields to leave out.
    figure
        What the numbers are, such as `Figure` for seven significant digits.
    """

    def mirrored(hint: Any) -> Any:
        if isinstance(hint, type) and is_dataclass(hint):
            return record_of(hint, without=without, figure=figure)
        inner = tuple(mirrored(argument) for argument in get_args(hint))
        if not inner:
            return figure if hint is float else hint
        return reduce(or_, inner) if get_origin(hint) is UnionType else get_origin(hint)[inner]

    hints = get_type_hints(kind)
    named = [field.name for field in fields(kind) if field.name not in without]
    held: dict[str, Any] = {name: (mirrored(hints[name]), ...) for name in named}
    # Results that say nothing of the choice are those of the best way.
    held |= {"choice": (Choice, Choice.BEST)} if "choice" in held else {}
    make: Any = create_model
    made: type[Part] = make(f"{kind.__name__}Record", __base__=Part, __doc__=kind.__doc__, **held)
    made.declared_in = kind
    return made


if TYPE_CHECKING:
    ScenarioRecord = Scenario
else:  # own data appear with name and hash, without path
    ScenarioRecord = record_of(Scenario, without=("source_path", "text", "path", "content"))


if TYPE_CHECKING:
    AnswerRecord = Answer
    SailingsRecord = Sailings
else:
    AnswerRecord = record_of(Answer)
    SailingsRecord = record_of(Sailings, figure=Figure)


class ComparisonRecord(Part):
    """A comparison: `front` and `alternatives` are routes besides the best of each corridor."""

    model_config = ConfigDict(title="Result of a comparison (comparison.json)")

    manifest: ManifestRecord
    scenario: ScenarioRecord
    options: tuple[OptionRecord, ...]
    decision: DecisionRecord
    front: tuple[FrontRecord, ...]
    warnings: tuple[str, ...]
    ladder: tuple[LadderRecord, ...] = Field(
        default=(), description="which route is best at which value of time, from 0 upwards"
    )
    alternatives: tuple[AlternativeRecord, ...] = ()
    other_world: OtherWorldRecord | None = Field(
        default=None, description="what is recommended in the other world, where that differs"
    )
    answer: AnswerRecord | None = Field(
        default=None, description="what a person reads first, in texts that are ready to print"
    )
    shares: tuple[WayShareRecord, ...] = Field(
        default=(), description="shares of boxes by way, the largest first, with `choice: shares`"
    )
    sailings: SailingsRecord | None = Field(
        default=None, description="the next departures, with `schedules`; times are of the place"
    )

    def plain(self) -> Record:
        """Return plain values, without what there is none of: alternatives, other world, answer."""
        spare = ("alternatives", "other_world", "answer", "shares", "sailings")
        leave: dict[str, Any] = {key: True for key in spare if not getattr(self, key)}
        if self.scenario.choice is Choice.BEST:
            leave["scenario"] = {"choice"}
        return self.model_dump(mode="json", by_alias=True, exclude=leave)


def keys_of(record: type[Part], *kinds: object) -> tuple[str, ...]:
    """Return the keys of a record with one of some types of value, or one of them and None."""
    hints = {key: field.annotation for key, field in record.model_fields.items()}
    held = {
        key: {getattr(part, "__origin__", part) for part in get_args(hint)} - {type(None)}
        for key, hint in hints.items()
    }
    return tuple(
        key
        for key, hint in hints.items()
        if any(hint == kind or held[key] == {kind} for kind in kinds)
    )


# Counts are figures too: tables and frames take every column of these.
FIGURES = keys_of(OptionRecord, float, int)
PASSED = tuple(key for key in keys_of(OptionRecord, tuple[str, ...]) if key != "warnings")
OPTION_COLUMNS = (
    *("rank", "corridor", "title", "status", "recommended", "tied", "main_from", "main_to"),
    *FIGURES,
    *("price_status", "departure", "arrival"),
    *(*PASSED, "sails", "sailings", "lines"),
    *("next_usable_date", "reason", "equals", "warnings"),
)


PIRACY_COLUMNS = tuple(PiracyRecord.model_fields)


def piracy_rows(option: RouteOption) -> list[Record]:
    """Return a row per piracy area on the route."""
    return [PiracyRecord.model_validate(met).plain() for met in option.piracy]


def option_record(option: RouteOption) -> Record:
    """Return an option in plain values under the keys of `comparison.json`."""
    return OptionRecord.of(option).plain()


def comparison_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of `comparison.json`."""
    from corridors.config.schema import published

    return published(ComparisonRecord)
