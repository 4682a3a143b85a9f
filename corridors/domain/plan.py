"""A plan: pairs of places with TEU by month, limits, and the projects it may build."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Annotated

from corridors.domain.allocation import SEASONS, CandidateService, Proposed, ShipsOfAClass
from corridors.domain.answer import BOXES
from corridors.domain.objective import Objective
from corridors.domain.places import begun_in, months_later
from corridors.domain.scenario import (
    Choice,
    CorridorName,
    CountryName,
    GateName,
    Positive,
    ProjectChoice,
    Scenario,
    Share,
    Takes,
)
from corridors.domain.values import SourcedValue, Status

# Projects: infrastructure that does not exist until it is built.


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectRow:
    """A parameter row that applies once a project is open; `scope` is empty for the general row."""

    parameter: str
    scope: str
    value: float
    low: float
    high: float
    source_id: str
    status: Status
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """Infrastructure that may be built.

    `opens` is the planned opening date, which a scenario may replace. `cost` is the construction
    cost in millions of USD, `life` the years it serves. A project `in_use` has been open since
    `opens`. `legs` are the ids of legs that exist only with the project. `rows`
    apply to departures on or after the opening date.
    """

    id: str
    title: str
    description: str
    opens: date
    opens_source_id: str
    opens_status: Status
    cost: SourcedValue
    legs: tuple[str, ...]
    rows: tuple[ProjectRow, ...]
    life: SourcedValue
    in_use: bool = False
    source_path: str = ""


# What projects of a plan cost over years, and what they gain.


@dataclass(frozen=True, slots=True, kw_only=True)
class Annuity:
    """Spreads construction costs over years."""

    rate: Share | None = None
    """Yearly discount rate as a fraction: 0.05 for 5 %. Default: `plan.discount_rate`."""
    years: Annotated[Positive, Takes(most=200)] | None = None
    """Years over which every project is repaid. Default: the life of each."""


def annuity_share(rate: float, years: float) -> float:
    """Return the fraction of a cost paid per year at a yearly rate, as a fraction, over years."""
    if rate == 0.0:
        return 1.0 / years
    grown: float = (1.0 + rate) ** years
    return rate * grown / (grown - 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phases:
    """The phases in which projects may open, and the growth of the volumes.

    `starts` are the first days of the phases, ascending, that of the first a New Year; a phase
    lasts until the next, the last one to the year `until`, not included. The volumes of the plan
    are those of the first year, and grow by `demand_growth` a year, a fraction. `budgets_usd_m` is
    new money by phase; the rest is kept.
    """

    starts: tuple[date, ...]
    until: int
    demand_growth: float
    budgets_usd_m: tuple[float, ...]

    @property
    def years(self) -> tuple[int, ...]:
        """The year in which each phase begins."""
        return tuple(start.year for start in self.starts)

    def factor(self, phase: int) -> float:
        """Return how many times as large the volumes are in the first year of a phase."""
        grown: float = (1.0 + self.demand_growth) ** (self.years[phase] - self.years[0])
        return grown

    def discounted_years(self, phase: int, rate: float) -> float:
        """Return the years of a phase, each discounted from its end to the start of the first.

        Of a year in which a phase begins or ends, its share counts. Annuities are paid at the end
        of each year too, so that those of a life are worth its cost.
        """
        ends = (*self.starts[1:], date(self.until, 1, 1))
        begins, ends_at = (_years_after(days[phase], self.years[0]) for days in (self.starts, ends))
        return sum(
            (min(year + 1.0, ends_at) - max(year, begins)) * (1.0 + rate) ** -(year + 1)
            for year in range(math.floor(begins), math.ceil(ends_at))
        )


def _years_after(day: date, year: int) -> float:
    """Return how many years a day lies after the beginning of a year."""
    begins, ends = (date(day.year + more, 1, 1) for more in (0, 1))
    return day.year - year + (day - begins).days / (ends - begins).days


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What a project is worth to a plan: gains against its cost.

    `gain_usd` is the gain of the first year in which it is open. `net_present_usd` is discounted to
    the first year: over the life of the project, or to the end of the phases. `benefit_cost` is
    discounted gains over discounted costs. `payback_years` is when the gains, not discounted, have
    repaid the cost; None if not in its life, or not before the end of the phases.
    """

    gain_usd: float
    net_present_usd: float
    benefit_cost: float
    payback_years: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven:
    """What would make a project pay that does not, alone, in the first year.

    `subsidy_usd` is a year. `toll_usd_per_teu` is what each of the `teu` that gain would have to
    pay, `worth_usd_per_teu` what it is worth to them; None if nobody gains. `volume_factor` is how
    many times the plan's volumes it takes; None if no factor up to the largest tried does.
    """

    subsidy_usd: float
    teu: float
    toll_usd_per_teu: float | None
    worth_usd_per_teu: float | None
    volume_factor: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedGain:
    """What boxes that choose their way by shares gain, in USD a year.

    `gain_usd` is the fall of what they expect to pay, `low_usd` and `high_usd` its ends over the
    ranges of the choice; `switching_usd` is the part beyond what the boxes gain that stay on their
    way. `users_teu` are the boxes that were on ways that become cheaper, `half_usd` the gain by the
    rule of a half, a check of the first: theirs in full and half of that of those that join or
    leave; None where a way is new, which has no cost before. `induced_teu` are the boxes that are
    traded for it, `induced_usd` what those gain, and its ends over the range of the elasticity.
    """

    gain_usd: float
    low_usd: float
    high_usd: float
    switching_usd: float
    users_teu: float
    half_usd: float | None
    induced_teu: float
    induced_usd: float
    induced_low_usd: float
    induced_high_usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectGain:
    """The gain of a project in USD a year, twelve months solved.

    `alone` is its worth if only this project is built, `with_others` if all the others are built
    too, `in_set` what is lost if it is removed from the best set; None if it is not in it.
    `alone_usd` and `in_set_usd` are their gains of the first year, `by_phase` the gains alone by
    phase. `built_in` is the year in which the best schedule opens it, `pays_from` the first year of
    a phase in which its gain alone reaches `charge_usd`, the annuity; None if it never does. A
    project `in_use` is open before the plan and part of it with and without the others: its `alone`
    is what the plan would lose without it. `by_volume` are its gains alone of the first year at
    other volumes, by factor. `shared` is its gain alone of the year in which it opens where boxes
    choose by shares, `shared_worth` its worth by these gains with those of induced trade.
    """

    id: str
    title: str
    opens: date
    cost_usd_m: float
    life_years: float
    built: bool
    in_use: bool
    built_in: int | None
    alone: Worth
    with_others: Worth | None
    in_set: Worth | None
    by_phase: tuple[float, ...]
    pays_from: int | None
    break_even: BreakEven | None
    charge_usd: float
    by_volume: tuple[tuple[float, float], ...]
    shared: SharedGain | None = None
    shared_worth: Worth | None = None

    @property
    def alone_usd(self) -> float:
        """The gain in USD a year if only this project is built."""
        return self.alone.gain_usd

    @property
    def in_set_usd(self) -> float | None:
        """The loss in USD a year if it is removed from the best set; None if not in it."""
        return None if self.in_set is None else self.in_set.gain_usd

    @property
    def pays(self) -> bool:
        """Whether its gain alone repays it: over its life, or to the end of the phases."""
        return self.alone.net_present_usd >= 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetStep:
    """The best set for a budget, with its cost, and its gain and charge in USD a year.

    With phases, the set, gain and charge are those of the last phase.
    """

    budget_usd_m: float
    projects: tuple[str, ...]
    cost_usd_m: float
    gain_usd: float
    charge_usd: float
    proved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An origin and a destination as a scenario, with TEU by month of the plan.

    `max_days` is the shorter of deadline and shelf life, from gate-in to gate-out; None for none.
    """

    name: str
    scenario: Scenario
    teu: tuple[float, ...]
    max_days: float | None


class MinimumKind(StrEnum):
    """What a minimum applies to."""

    CORRIDOR = "corridor"
    GATE = "gate"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimum:
    """A minimum volume in TEU per month through a corridor, gate or country."""

    kind: MinimumKind
    key: str
    teu_per_month: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """Space that may be booked ahead through a corridor, gate or country, beside the spot market.

    A booked TEU is paid whether it travels or not. One that does saves `saves_usd` against spot, or
    costs `rate_usd` from door to door, of which the part `index_share` follows the market; and less
    by the discount of the quantity booked, `discounts` being (from TEU a month, USD). One that does
    not costs `unused_usd`, each month, or with a `take_share` if it is missing to this share of all
    months. The TEU booked a month are 0, or from `least_teu` to `most_teu` in steps of `step_teu`.
    `spot_teu` is what can be had a month without booking, None for any amount; `dearer_spot` what
    can be had beyond it, as (TEU a month, USD of each beyond the market).
    """

    name: str
    kind: MinimumKind
    key: str
    saves_usd: float | None
    unused_usd: float
    least_teu: float
    step_teu: float
    most_teu: float
    spot_teu: float | None = None
    dearer_spot: tuple[tuple[float, float], ...] = ()
    rate_usd: float | None = None
    index_share: float = 0.0
    take_share: float | None = None
    discounts: tuple[tuple[float, float], ...] = ()

    @property
    def steps(self) -> tuple[float, ...]:
        """The TEU a month that may be booked, 0 first."""
        first = max(self.least_teu, self.step_teu)
        count = int((self.most_teu - first) / self.step_teu + 1e-9) + 1
        return (0.0, *(first + n * self.step_teu for n in range(count)))

    @property
    def tiers(self) -> tuple[tuple[float, tuple[float, ...]], ...]:
        """Each discount with what may be booked at it, 0 at the steps of others."""
        at = [max((usd for teu, usd in self.discounts if step >= teu), default=0.0)
              for step in self.steps]  # fmt: skip
        return tuple(
            (usd, tuple(step * (one == usd) for step, one in zip(self.steps, at, strict=True)))
            for usd in dict.fromkeys(at)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLimits:
    """Limits on the plan as a whole."""

    max_usd: Positive | None = None
    """Maximum transport cost of the plan in USD."""
    max_co2e_t: Positive | None = None
    """Maximum well-to-wake emissions of the plan in t CO2e."""
    max_co2e_kg_per_teu: Positive | None = None
    """Maximum well-to-wake emissions in kg CO2e per TEU."""
    max_share_country: tuple[tuple[CountryName, Share], ...] = ()
    """Maximum share of the TEU through each country, 0 to 1."""
    max_share_gate: tuple[tuple[GateName, Share], ...] = ()
    """Maximum share of the TEU through each gate, 0 to 1."""
    max_share_corridor: tuple[tuple[CorridorName, Share], ...] = ()
    """Maximum share of the TEU by each corridor, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChanceScenario:
    """What may come after what is decided: the plan as it then is, and its probability.

    `plan` has the volumes, closures, ice and prices of the scenario; volumes are those asked for.
    """

    name: str
    probability: float
    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Volumes to ship, and what may be decided for them.

    `months` are the first days of consecutive months, `departures` days of the month. With
    `any_corridor` routes are free; otherwise each keeps to a corridor of its pair's scenario.
    `unmet_usd_per_teu` is the price of a TEU left behind, None if every TEU must be shipped.
    `capacity_share` is the fraction of each listed capacity that the plan may use, None for the
    parameter `plan.capacity_share`. `basis_note` says why it is by cost where its scenarios asked
    for prices, and which rates are left out, `undated` which prices and rules are not known by the
    end.

    `contracts` may be booked ahead, before it is known which of the `scenarios` comes; without any,
    the plan itself is certain. `level` and `weight` are those of CVaR: with a weight of 0 the
    expected cost counts alone.

    `projects` may be built for `budget_usd_m` millions of USD in all. `rate` is the yearly discount
    rate, and each project is repaid over its life, or over `annuity.years` if given. `phases` is
    None if all that is built is open in the year of the plan.

    `services` are trains and loops that may be run, `proposed` says where further ones come from,
    each with `departures_per_week`. `alternatives` are the corridors by which boxes may go with
    what others run, at their cost; empty for none, None for all that are compared by default.
    """

    name: str
    months: tuple[date, ...]
    departures: tuple[int, ...]
    pairs: tuple[Pair, ...]
    any_corridor: bool
    objective: Objective
    limits: PlanLimits
    minimums: tuple[Minimum, ...]
    unmet_usd_per_teu: float | None
    capacity_share: float | None
    max_wait_days: int
    contracts: tuple[Contract, ...] = ()
    scenarios: tuple[ChanceScenario, ...] = ()
    level: float = 0.0
    weight: float = 0.0
    perfect_information: bool = True
    projects: tuple[ProjectChoice, ...] = ()
    budget_usd_m: float = 0.0
    rate: float = 0.0
    rate_source: str = ""
    annuity: Annuity = field(default_factory=Annuity)
    phases: Phases | None = None
    services: tuple[CandidateService, ...] = ()
    proposed: Proposed | None = None
    departures_per_week: tuple[float, ...] = ()
    alternatives: tuple[str, ...] | None = None
    fleets: tuple[ShipsOfAClass, ...] = ()
    time_limit_s: float | None = None
    basis_note: str = ""
    undated: str = ""
    source_path: str = ""
    lines: dict[str, str] = field(default_factory=dict, compare=False)

    @property
    def teu(self) -> float:
        """TEU of all pairs and months."""
        return sum(sum(pair.teu) for pair in self.pairs)

    @property
    def box(self) -> tuple[float, str]:
        """TEU per box and its name, of the equipment of all pairs; a TEU where they differ."""
        kinds = {pair.scenario.shipment.equipment for pair in self.pairs}
        if len(kinds) != 1:
            return 1.0, "TEU"
        equipment = kinds.pop()
        return equipment.teu_per_box, BOXES[equipment]

    @property
    def by_shares(self) -> bool:
        """Whether its boxes choose their way, instead of being assigned."""
        return self.pairs[0].scenario.choice is Choice.SHARES

    def begun_in(self, year: int) -> Plan:
        """Return the plan as it begins in a year."""
        return replace(
            self,
            months=begun_in(self.months, year),
            scenarios=tuple(replace(one, plan=one.plan.begun_in(year)) for one in self.scenarios),
        )

    @property
    def chances(self) -> tuple[ChanceScenario, ...]:
        """The scenarios; without any, the plan itself."""
        return self.scenarios or (ChanceScenario(name=self.name, probability=1.0, plan=self),)

    @property
    def likeliest(self) -> int:
        """The number of the scenario of greatest probability, the first of several."""
        chances = [scenario.probability for scenario in self.chances]
        return chances.index(max(chances))

    @property
    def seasons(self) -> tuple[tuple[date, ...], ...]:
        """The months of each season of a year, for services."""
        length = len(self.months) // SEASONS
        return tuple(self.months[n : n + length] for n in range(0, len(self.months), length))

    @property
    def season_days(self) -> tuple[int, ...]:
        """The days of each season."""
        ends = [*(months[0] for months in self.seasons), months_later(self.months[-1], 1)]
        return tuple((end - start).days for start, end in pairwise(ends))

    def season_teu(self, pair: Pair, season: int) -> float:
        """Return the TEU of a pair in a season."""
        length = len(self.months) // SEASONS
        return sum(pair.teu[season * length : (season + 1) * length])

    def at(self, key: str) -> str:
        """Return the prefix of faults at a key of the file."""
        return self.lines.get(key, f"{self.source_path or 'plan'}: {key}: ")


# What is booked of the contracts of a plan, and what each scenario then takes.


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedContract:
    """A contract and the TEU a month booked, beside those of other ways to plan.

    `share` is the part of the expected volume. `likeliest_teu` would be booked if the likeliest
    scenario were certain. `beside` are the next quantities, less and more, each with what a plan
    costs more in USD that books it, the other contracts as they are.
    """

    contract: Contract
    teu: float
    share: float
    likeliest_teu: float
    beside: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioOutcome:
    """A scenario with the bookings: USD of all its months, and TEU.

    `usd` holds bookings, routes and the price of boxes left behind. By contract `through` has the
    TEU that go its way, booked or spot, `carried` those that travel on it, each box on one contract
    at most, and `unused` the booked TEU that do not travel.
    """

    name: str
    probability: float
    usd: float
    teu: float
    through: tuple[float, ...]
    carried: tuple[float, ...]
    unused: tuple[float, ...]
    unmet: float
