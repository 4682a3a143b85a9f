"""Projects: infrastructure that does not exist until it is built."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from corridors.domain.keys import Positive, Share, Takes
from corridors.domain.values import SourcedValue, Status


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
