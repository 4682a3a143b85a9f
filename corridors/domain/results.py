"""Results: options, their legs, and the decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from math import fsum

from corridors.domain.objective import Objective
from corridors.domain.places import Family, family_of
from corridors.domain.scenario import Measure, PriceBasis
from corridors.domain.simulation import MoneyFans, OptionChances
from corridors.domain.values import BillLine, ChainPart, CostLine, EnergyLine, Payer, Status
from corridors.units import HOURS_PER_DAY


class OptionStatus(StrEnum):
    """Status of a corridor."""

    USABLE = "usable"
    UNPRICED = "no price"
    CLOSED = "closed"
    INFEASIBLE = "infeasible"


class StepKind(StrEnum):
    """Kinds of steps of a route. `calls` are port calls of a ship's rotation."""

    LEG = "leg"
    TRANSFER = "transfer"
    LOAD = "load"
    CALLS = "calls"
    UNLOAD = "unload"
    WAIT = "wait"


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteStep:
    """A step of a route: a leg between two places, or a transfer at one.

    `time_parts` are hours by part and sum to `hours`. `lon_lat` is the drawn line in degrees,
    longitudes unwrapped along the route. `own` marks a leg of the user's own data. `energy` is
    empty if only figures were requested. A transfer between two parts of the chain belongs to the
    main carriage.
    """

    kind: StepKind
    from_id: str
    to_id: str
    from_name: str
    to_name: str
    service: str
    label: str
    km: float
    hours: float
    departs: datetime
    arrives: datetime
    time_parts: dict[str, float] = field(default_factory=dict)
    leg_id: str = ""
    gate: str = ""
    border: str = ""
    countries: tuple[str, ...] = ()
    calibrated: bool | None = None
    source: str = ""
    own: bool = False
    lon_lat: tuple[tuple[float, float], ...] = ()
    usd_per_teu: float = 0.0
    co2e_wtw_kg: float = 0.0
    energy: tuple[EnergyLine, ...] = ()
    part: ChainPart = ChainPart.MAIN


FOLDED_ABOVE = 2.0
"""An option that costs so many times the least is left out where another is as good."""
_MOVES = (StepKind.CALLS, StepKind.LEG)


def _is_scheduled(step: RouteStep) -> bool:
    """Return whether a vehicle moves to a schedule: not a truck, unless it is the main carriage."""
    by_road = family_of(step.service) is Family.ROAD if step.service else True
    return step.kind in _MOVES and (step.part is ChainPart.MAIN or not by_road)


def _calls_in_transfer(beyond: Sequence[RouteStep], leg: RouteStep) -> float:
    """Return the hours of a ship's calls within the transfer next to its first or last leg.

    Where a train, barge or truck meets a ship, they are part of the transfer. Between two ships
    the calls of both are one figure, and none are counted. `beyond` are the steps from the leg on,
    away from it.
    """
    if not leg.service or family_of(leg.service) is not Family.SEA:
        return 0.0
    met = next((s for s in beyond if s.kind is StepKind.LEG), None)
    if met is None or family_of(met.service) is Family.SEA:
        return 0.0
    transfer = next((s for s in beyond if s.kind is StepKind.TRANSFER), None)
    return 0.0 if transfer is None else transfer.time_parts.get("port_calls", 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOfChain:
    """A part of a route's transport chain: where it begins and ends, its vehicles and figures.

    `families` are the modes in order. Hours run from the first step to the end of the last, and
    those of all parts sum to the hours of the route.
    """

    part: ChainPart
    from_id: str
    to_id: str
    from_name: str
    to_name: str
    families: tuple[Family, ...]
    km: float
    hours: float
    usd_per_teu: float
    co2e_wtw_kg: float


class CertificateStatus(StrEnum):
    """Whether the best route is proved. `dated`: the network changes while the boxes travel."""

    AGREES = "agrees"
    DATED = "dated"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The result of OR-Tools for the best route, or the reason why there is none."""

    status: CertificateStatus
    method: str
    cost_usd_per_teu: float | None = None
    hours: float | None = None


NOT_ASKED = Certificate(status=CertificateStatus.NONE, method="")


@dataclass(frozen=True, slots=True, kw_only=True)
class PiracyMet:
    """A piracy area on a route: nautical miles inside it, and reported incidents.

    `incidents` of any severity are those of `year`, the latest reported year up to the year of
    departure. Both are None, and the source is empty, if there is no such report.
    """

    area: str
    title: str
    sea_nm: float
    incidents: int | None
    year: int | None
    source_id: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityShare:
    """A listed capacity on a route, and the demand if the whole shipment took the route.

    `used_share` is demand over capacity: 0.1 for a tenth, infinite if the capacity is 0.
    """

    place: str
    teu_per_week: float
    asked_teu_per_week: float
    used_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceeded:
    """A limit that an option breaks: its key, its bound and the figure of the option.

    A share is broken by an option that would send the whole shipment where less is allowed.
    """

    limit: str
    bound: float
    figure: float
    unit: str

    @property
    def by(self) -> float:
        """How much the figure is above the bound, > 0."""
        return self.figure - self.bound


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteFigures:
    """What a route costs, takes and emits. `days` run from gate-in to gate-out."""

    usd_per_teu: float
    days: float
    co2e_kg_per_teu: float


class PriceStatus(StrEnum):
    """How a price is known: by an index of the month, quotes of the month, others, or a contract.

    `NONE` where a way is on no lane that is quoted: no price is known.
    """

    INDEX = "index"
    QUOTED = "quoted"
    ESTIMATED = "estimated"
    CONTRACT = "contract"
    NONE = "none known"


class Sails(StrEnum):
    """How the main carriage of a route is known to run on its date.

    `SCHEDULED` if a line covers each part of it, `CHARTERED` if only single voyages are known, and
    `DECLARED` if the scenario or a corridor takes a part of it as run. `NOT_LISTED` if no line is
    known, nor was any of its trade looked for.
    """

    SCHEDULED = "scheduled"
    CHARTERED = "chartered"
    DECLARED = "declared"
    NONE_KNOWN = "none known"
    NOT_LISTED = "not listed"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLine:
    """A line that covers a part of the main carriage on its date.

    `sailings` are those each way per `per`, None if unknown; `is_sum` marks a count of several
    lines. `last_seen` is the month or year of the newest source, and `stale` says that it is old.
    """

    operator: str
    loop: str
    kind: str
    sailings: float | None
    per: str
    is_sum: bool
    last_seen: str
    stale: bool
    source_id: str
    status: Status


class Listing(StrEnum):
    """What the table of lines says of a ride of a route on its day, the least doubt first.

    Of `NEAR` and `UNLISTED` no line is known: within one trade region, where the table lists no
    feeders, and elsewhere. `COUNTED`: only totals of a trade run this way. `DECLARED`: only what
    the scenario or a corridor declares to run.
    """

    NEAR = "near"
    SCHEDULED = "scheduled"
    CHARTERED = "chartered"
    COUNTED = "counted"
    DECLARED = "declared"
    UNLISTED = "unlisted"

    @property
    def doubt(self) -> int:
        """The rank of the doubt that it leaves, 0 for none."""
        return _DOUBTS[self]


_DOUBTS = {listing: rank for rank, listing in enumerate(Listing)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Whether anybody is known to offer a route: what is listed of each of its sections.

    `sections` are those that run in lines, by name (`Shanghai to Hamburg`), in order: the main
    carriage, and carriage that is barred. `lines` cover them; `sailings` says how often the least
    frequent of them runs, empty if unknown, and `wait_days` half its mean interval, then None.
    `searched` is the day of the search. `trade_listed` unless the lines between the countries at
    its ends were not looked for, so that a section without a line says nothing.
    """

    sections: tuple[tuple[str, Listing], ...]
    lines: tuple[KnownLine, ...]
    sailings: str
    wait_days: float | None
    searched: date
    trade_listed: bool = True

    @property
    def listing(self) -> Listing:
        """What is listed of the section in most doubt; `NEAR` of a route by truck or barge."""
        listings = (listing for _, listing in self.sections)
        return max(listings, key=lambda listing: listing.doubt, default=Listing.NEAR)

    @property
    def sails(self) -> Sails:
        """How it is known to run: as its section in most doubt."""
        unknown = Sails.NONE_KNOWN if self.trade_listed else Sails.NOT_LISTED
        return _SAILS.get(self.listing, unknown)

    @property
    def known(self) -> bool:
        """Whether every part is scheduled, chartered or declared."""
        return self.listing in _SAILS

    @property
    def operator(self) -> str:
        """Who runs its lines; empty for nobody and for several."""
        operators = {line.operator for line in self.lines}
        return operators.pop() if len(operators) == 1 else ""

    def names_of(self, listing: Listing) -> tuple[str, ...]:
        """Return the names of the sections of which this is listed."""
        return tuple(dict.fromkeys(name for name, found in self.sections if found is listing))


_SAILS = {
    Listing.SCHEDULED: Sails.SCHEDULED,
    Listing.CHARTERED: Sails.CHARTERED,
    Listing.COUNTED: Sails.SCHEDULED,
    Listing.DECLARED: Sails.DECLARED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteOption:
    """The option of a corridor. Sums are properties, so they always agree with the parts.

    `cost_lines` and `usd_per_teu` are on the basis that the scenario compares, `price_basis`;
    `other_basis_usd_per_teu` is what the same route takes on the other one. `price_status` says how
    its price is known. `chances` are what draws say of it, None without. `fans` are quantiles of
    its route over draws, kept as it is booked, with days where they were asked for.
    `below_best_share` is the share of these draws in which it has less of the objective than the
    recommended option. `way` are the countries that its name says beside the title.

    `equals` is the corridor ranked before whose route this is too; it has no rank of its own.
    `front_complete` unless non-dominated routes may be missing from its front. If it is closed,
    `next_usable_date` is the first later departure on which the same question leaves at once, None
    if none was found; `at_least` bounds the figures of any route on any day, each perhaps of
    another. `at_cost` is what its best way takes where a line runs it and no price is known.
    `exceeds` are the limits that its route breaks. `value_of_time` is in USD per TEU and day if the
    objective includes it, else None.
    `bill` is what its steps pay for, before prices; empty if only figures were requested.
    """

    corridor: str
    title: str
    colour: str
    status: OptionStatus
    reason: str = ""
    next_usable_date: date | None = None
    at_least: RouteFigures | None = None
    at_cost: RouteFigures | None = None
    least_km: float | None = None
    equals: str = ""
    steps: tuple[RouteStep, ...] = ()
    cost_lines: tuple[CostLine, ...] = ()
    energy_lines: tuple[EnergyLine, ...] = ()
    bill: tuple[BillLine, ...] = field(default=(), repr=False)
    time_parts: dict[str, float] = field(default_factory=dict)
    passages: tuple[str, ...] = ()
    borders: tuple[str, ...] = ()
    gauge_changes: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    way: tuple[str, ...] = ()
    offer: Offer | None = None
    certificate: Certificate = NOT_ASKED
    front_complete: bool = True
    warnings: tuple[str, ...] = ()
    capacity: tuple[CapacityShare, ...] = ()
    piracy: tuple[PiracyMet, ...] = ()
    exceeds: tuple[Exceeded, ...] = ()
    value_of_time: float | None = None
    price_basis: PriceBasis = PriceBasis.COST
    other_basis_usd_per_teu: float | None = None
    price_status: PriceStatus | None = None
    chances: OptionChances | None = None
    fans: MoneyFans | None = None
    below_best_share: float | None = None

    @property
    def usable(self) -> bool:
        """Whether there is a route."""
        return self.status is OptionStatus.USABLE

    @property
    def sails(self) -> Sails | None:
        """How its main carriage is known to run on its date; None if it is closed."""
        return None if self.offer is None else self.offer.sails

    @property
    def sailings(self) -> str:
        """How often the least frequent part runs, such as `12 a week`; empty if unknown."""
        return "" if self.offer is None else self.offer.sailings

    @property
    def lines(self) -> tuple[KnownLine, ...]:
        """The lines that cover its main carriage on its date."""
        return () if self.offer is None else self.offer.lines

    @property
    def legs(self) -> tuple[RouteStep, ...]:
        """The steps that move the box from one place to another."""
        return tuple(step for step in self.steps if step.kind is StepKind.LEG)

    @property
    def operations(self) -> tuple[RouteStep, ...]:
        """The steps at one place: loading, transfers, waits, unloading."""
        return tuple(step for step in self.steps if step.kind is not StepKind.LEG)

    @property
    def usd_per_teu(self) -> float | None:
        """USD per TEU on the basis that is compared, the sum of the cost lines."""
        return sum(line.usd_per_teu for line in self.cost_lines) if self.usable else None

    @property
    def cost_usd_per_teu(self) -> float | None:
        """What its carriage costs in USD per TEU."""
        at_cost = self.price_basis is PriceBasis.COST
        return self.usd_per_teu if at_cost else self.other_basis_usd_per_teu

    @property
    def price_usd_per_teu(self) -> float | None:
        """What shippers are quoted for it in USD per TEU; None if it was not asked for."""
        at_cost = self.price_basis is PriceBasis.COST
        return self.other_basis_usd_per_teu if at_cost else self.usd_per_teu

    @property
    def low_and_high(self) -> tuple[float, float]:
        """USD per TEU in 10 and in 90 of a hundred draws, on the basis that is compared.

        Without draws, as in batches, the sums of all lows and of all highs: outer bounds.
        """
        if self.fans is not None:
            fan = self.fans.money(priced=self.price_basis is PriceBasis.PRICE)
            return fan.p10, fan.p90
        return self.outer_bounds

    @property
    def outer_bounds(self) -> tuple[float, float]:
        """USD per TEU with every price and quantity at its low, then at its high value."""
        lines = self.cost_lines
        return sum(line.low for line in lines), sum(line.high for line in lines)

    @property
    def printed_usd_per_teu(self) -> float | None:
        """USD per TEU as files and tables have it: the sum of the lines in whole cents."""
        if not self.usable:
            return None
        return sum(round(line.usd_per_teu, 2) for line in self.cost_lines)

    @property
    def by_ship(self) -> bool:
        """Whether a ship is in its main carriage."""
        main = (step for step in self.legs if step.part is ChainPart.MAIN)
        return any(family_of(step.service) is Family.SEA for step in main)

    def paid_by(self, payer: Payer) -> float | None:
        """Return USD per TEU that seller or buyer pays, in whole cents a line; None without a term.

        Both sum to `printed_usd_per_teu`.
        """
        if not any(line.pays for line in self.cost_lines):
            return None
        return sum(round(line.usd_per_teu, 2) for line in self.cost_lines if line.pays is payer)

    @property
    def seller_usd_per_teu(self) -> float | None:
        """USD per TEU that the seller pays by the term of sale, None without one."""
        return self.paid_by(Payer.SELLER)

    @property
    def buyer_usd_per_teu(self) -> float | None:
        """USD per TEU that the buyer pays by the term of sale, None without one."""
        return self.paid_by(Payer.BUYER)

    @property
    def generalised_usd_per_teu(self) -> float | None:
        """USD per TEU with the value of its days, None if the objective does not include time."""
        if self.value_of_time is None or self.usd_per_teu is None or self.days is None:
            return None
        return self.usd_per_teu + self.value_of_time * self.days

    @property
    def hours(self) -> float | None:
        """Hours from gate-in to gate-out, the sum of the time parts."""
        return sum(self.time_parts.values()) if self.usable else None

    @property
    def days(self) -> float | None:
        """Days from gate-in to gate-out."""
        return None if self.hours is None else self.hours / 24.0

    @property
    def departure(self) -> datetime | None:
        """When the first scheduled vehicle leaves; trucks of the carriage do not count."""
        return next((step.departs for step in self.steps if _is_scheduled(step)), None)

    @property
    def arrival(self) -> datetime | None:
        """When the last scheduled vehicle arrives."""
        return next((step.arrives for step in reversed(self.steps) if _is_scheduled(step)), None)

    @property
    def transit_days(self) -> float | None:
        """Days from the departure of the first scheduled vehicle to the arrival of the last."""
        return _days_between(self.departure, self.arrival)

    @property
    def main_transit_days(self) -> float | None:
        """Days from the departure of the main carriage to its arrival, calls of a ship included."""
        steps = self.steps
        moved = [i for i, s in enumerate(steps) if s.kind in _MOVES and s.part is ChainPart.MAIN]
        if not moved:
            return None
        first, last = moved[0], moved[-1]
        days = _days_between(steps[first].departs, steps[last].arrives) or 0.0
        calls = _calls_in_transfer(steps[:first][::-1], steps[first])
        calls += _calls_in_transfer(steps[last + 1 :], steps[last])
        return days + calls / HOURS_PER_DAY

    @property
    def chain(self) -> tuple[PartOfChain, ...]:
        """The parts of the transport chain in order; a part without steps is left out."""
        held = {part: [s for s in self.steps if s.part is part] for part in ChainPart}
        return tuple(_part_of_chain(part, steps) for part, steps in held.items() if steps)

    @property
    def terminals(self) -> tuple[str, str] | None:
        """The names of the terminals where the boxes are loaded and unloaded."""
        used = [s for s in self.steps if s.kind in (StepKind.LOAD, StepKind.UNLOAD)]
        return (used[0].from_name, used[-1].from_name) if used else None

    @property
    def main_ends(self) -> tuple[str, str] | None:
        """The names of the terminals where the main carriage begins and ends."""
        held = [part for part in self.chain if part.part is ChainPart.MAIN]
        return (held[0].from_name, held[0].to_name) if held else None

    @property
    def ways(self) -> tuple[str, ...]:
        """The names of the terminals where main carriage meets carriage from another terminal."""
        if self.main_ends is None or self.terminals is None:
            return ()
        pairs = zip(self.main_ends, self.terminals, strict=True)
        return tuple(met for met, end in pairs if met != end)

    def km(self, family: str | None = None) -> float | None:
        """Kilometres of one service family, or in total."""
        if not self.usable:
            return None
        return sum(
            step.km
            for step in self.steps
            if step.kind is StepKind.LEG and (family is None or family == family_of(step.service))
        )

    @property
    def co2e_wtw_kg_per_teu(self) -> float | None:
        """Well-to-wake greenhouse gases in kg CO2e per TEU."""
        return sum(line.co2e_wtw_kg for line in self.energy_lines) if self.usable else None

    @property
    def co2e_ttw_kg_per_teu(self) -> float | None:
        """Tank-to-wake greenhouse gases in kg CO2e per TEU."""
        return sum(line.co2e_ttw_kg for line in self.energy_lines) if self.usable else None


def _days_between(first: datetime | None, last: datetime | None) -> float | None:
    return None if first is None or last is None else (last - first).total_seconds() / 86400.0


def _part_of_chain(part: ChainPart, steps: Sequence[RouteStep]) -> PartOfChain:
    moves = [step for step in steps if step.kind is StepKind.LEG]
    # Printed to a decimal: a plain sum of 890.95 hours rounds down until Python 3.12, then up.
    return PartOfChain(
        part=part,
        from_id=steps[0].from_id,
        to_id=steps[-1].to_id,
        from_name=steps[0].from_name,
        to_name=steps[-1].to_name,
        families=tuple(dict.fromkeys(family_of(step.service) for step in moves)),
        km=fsum(step.km for step in moves),
        hours=fsum(step.hours for step in steps),
        usd_per_teu=fsum(step.usd_per_teu for step in steps),
        co2e_wtw_kg=fsum(step.co2e_wtw_kg for step in steps),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A route with the figures that the decision and its limits need.

    `days` run from gate-in to gate-out, `transit_days` from the departure of the first scheduled
    vehicle to the arrival of the last,
    `arrival_days` from the start of the day of departure to gate-out. Emissions are well-to-wake.
    `capacity` is the share of each listed capacity that the whole shipment would use. `overall`:
    no route of any corridor dominates it in cost, days and CO2e. `arcs` are those of the network.
    `family` is the mode of most kilometres of its main carriage. `offer` says who is known to run
    it, None if that was not asked. `way` is what its name says beside the title: of a route of a
    corridor the countries that need a word, such as Iran; of one outside the corridors all that it
    crosses over land and the canals and capes that name a main carriage, in order, or its modes.
    """

    corridor: str
    cost_usd_per_teu: float
    days: float
    transit_days: float
    co2e_kg_per_teu: float
    arrival_days: float = 0.0
    countries: frozenset[str] = frozenset()
    gates: frozenset[str] = frozenset()
    capacity: tuple[tuple[str, float], ...] = ()
    overall: bool = False
    arcs: tuple[int, ...] = ()
    family: Family = Family.SEA
    offer: Offer | None = None
    way: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitPerBox:
    """A key of `limits` that bounds a figure of every box, declared once with its words.

    `figure` is an attribute of `Candidate`, in `unit`. `says` is the limit with its bound, `called`
    what advice calls it.
    """

    name: str
    figure: str
    unit: str
    says: str
    called: str


LIMITS_PER_BOX = {
    limit.name: limit
    for limit in (
        LimitPerBox(
            name="deadline",
            figure="arrival_days",
            unit="days from the departure",
            says="arrival by {}",
            called="the deadline",
        ),
        LimitPerBox(
            name="max_transit_days",
            figure="transit_days",
            unit="days",
            says="at most {:g} days in transit",
            called="the limit on days in transit",
        ),
        LimitPerBox(
            name="max_days",
            figure="days",
            unit="days",
            says="at most {:g} days",
            called="the limit on days",
        ),
        LimitPerBox(
            name="shelf_life_days",
            figure="days",
            unit="days",
            says="a shelf life of {:g} days",
            called="the shelf life",
        ),
        LimitPerBox(
            name="max_usd_per_teu",
            figure="cost_usd_per_teu",
            unit="USD/TEU",
            says="at most {:,g} USD per TEU",
            called="the limit on cost",
        ),
        LimitPerBox(
            name="max_co2e_kg_per_teu",
            figure="co2e_kg_per_teu",
            unit="kg/TEU",
            says="at most {:,g} kg CO2e per TEU",
            called="the limit on CO2e",
        ),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative(Candidate):
    """The cheapest route through certain places, compared with the cheapest route of all.

    `passes` are the gates, borders (with the place entered) and modes of the route in order.
    `avoids` are those of the cheapest route that this one does not pass. `extra_*` are its figures
    minus those of the cheapest route.
    """

    passes: tuple[str, ...]
    avoids: tuple[str, ...]
    extra_usd_per_teu: float
    extra_days: float
    extra_co2e_kg_per_teu: float


class DecisionStatus(StrEnum):
    """Whether any option meets the limits."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tied:
    """The route of a corridor whose order against the best is not known: the two are tied.

    `value` is in the unit of the objective; `days` run from gate-in to gate-out. `tolerance_share`
    is the fraction of the best value within which the route is tied with it. `way` as
    of `Candidate`.
    """

    corridor: str
    value: float
    cost_usd_per_teu: float
    days: float
    transit_days: float
    co2e_kg_per_teu: float
    tolerance_share: float
    way: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """By what a robust recommendation was chosen, among so many routes.

    `worst` is by corridor the mean of the worst draws, in the unit of the objective, of the route
    for which it is least; None where a draw closes every route. `shown` are those draws in words.
    """

    measure: Measure
    level: float
    worst: dict[str, float | None]
    routes: int

    @property
    def shown(self) -> str:
        """Which draws count, in words."""
        if self.level >= 1.0:
            return "worst draw"
        if self.level <= 0.0:
            return "mean of all draws"
        return f"mean of the worst {100.0 * (1.0 - self.level):.3g} % of draws"


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderStep:
    """A route that is best from one value of time to the next.

    Values of time are in USD per TEU and day; `to_usd_per_day` is None for the last step. No route
    has a lower cost plus value of time in between. `days` run from gate-in to gate-out. `way` as of
    `Candidate`.
    """

    corridor: str
    from_usd_per_day: float
    to_usd_per_day: float | None
    cost_usd_per_teu: float
    days: float
    transit_days: float
    co2e_kg_per_teu: float
    way: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The recommendation under the scenario's limits.

    `value` is that of the recommended option, `least_value` the least of any option or split:
    smaller where options are tied and the quickest of them is recommended. `tied` are these
    options, the recommended one first: only that one if no other is close, none for a split.

    `shares` are fractions of the TEU by corridor. `marginal_values` are shadow prices in the
    objective's unit: for a share its dual, which is not unique; for a limit per box, the gain at
    its next step divided by the length of the step. `binding` names the binding limits. If
    `status` is `infeasible`, `advice` gives the smallest change of limits that helps.
    `without_line` are the corridors left out because no line is known that sails them on the date.
    `risk` is what a robust recommendation was chosen by: tied options are then close in it.
    """

    status: DecisionStatus
    objective: Objective
    value: float | None
    recommended: str | None
    shares: dict[str, float] = field(default_factory=dict)
    marginal_values: dict[str, float] = field(default_factory=dict)
    binding: tuple[str, ...] = ()
    advice: str = ""
    least_value: float | None = None
    tied: tuple[Tied, ...] = ()
    without_line: tuple[str, ...] = ()
    risk: Risk | None = None

    @property
    def is_close(self) -> bool:
        """Whether other corridors are tied with the recommended one."""
        return len(self.tied) > 1

    @property
    def is_split(self) -> bool:
        """Whether the shipment goes by several corridors, of which `recommended` has the most."""
        return len(self.shares) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class WayShare:
    """The share of a way in the boxes of a trade, 0 to 1, where `choice: shares` is asked.

    `low` and `high` are the least and the most share over the ranges of the scale
    and of the weight of trains. `usd_per_teu` is
    on the basis that is compared, `days` are from gate-in to gate-out.
    """

    corridor: str
    title: str
    usd_per_teu: float
    days: float
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherWorld:
    """What is recommended in another world, where that differs.

    `recommended` is the corridor and `title` its name, `shares` are fractions of the TEU by
    corridor; figures are None if nothing meets the limits there. `usable` says whether anything is
    open at all. `note` says how the route breaks the bounds of its corridor, if it does.
    `price_basis` is that of its figure, which follows that world.
    """

    world: str
    recommended: str | None
    title: str
    shares: dict[str, float]
    cost_usd_per_teu: float | None
    transit_days: float | None
    usable: bool = True
    note: str = ""
    price_basis: PriceBasis = PriceBasis.COST
