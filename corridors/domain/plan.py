"""A plan: pairs of places with TEU by month, limits, and what may be decided."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise

from corridors.domain.allocation import SEASONS, CandidateService, Proposed, ShipsOfAClass
from corridors.domain.answer import BOXES
from corridors.domain.keys import CorridorName, CountryName, GateName, Positive, Share
from corridors.domain.objective import Objective
from corridors.domain.projects import Annuity, Phases
from corridors.domain.scenario import Choice, ProjectChoice, Scenario
from corridors.domain.windows import begun_in, months_later


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
