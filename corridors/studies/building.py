"""What may be booked and built for a plan as decisions, under scenarios and in phases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, product
from typing import Any

import numpy as np

from corridors.config import load_projects
from corridors.config.config_files import overlay_for
from corridors.config.projects import opened_by, running_with
from corridors.domain.places import first_full_month
from corridors.domain.plan import Plan, Project, annuity_share
from corridors.domain.scenario import ProjectChoice
from corridors.errors import ConfigError
from corridors.network.rules.capacity import USERS
from corridors.optimise.highs_process import HighsProcess, TimeLimit
from corridors.optimise.planning.deciding import Deciding
from corridors.optimise.planning.program import (
    Allocated,
    Allowed,
    Budget,
    Decided,
    Model,
    Need,
    Program,
    Risk,
    Taken,
)
from corridors.progress import Progress, quiet
from corridors.studies.lanes import Member, Resource, resources_of
from corridors.studies.searched_plans import calendars, capacity_of, search_plans, times
from corridors.studies.session import Session
from corridors.units import USD_PER_USD_M

# Each doubles the networks that are searched.
MOST_APART = 6
Chosen = frozenset[int]
EMPTY: Chosen = frozenset()
# TEU a week of what a project begins to limit: more than anything takes.
UNLISTED_TEU = 1e6
# Values that differ by less than this fraction count as equal.
ALIKE = 1e-9


def with_projects_built(plan: Plan, choices: Sequence[ProjectChoice]) -> Plan:
    """Return a plan with projects in the scenario of every pair, whatever comes."""
    if not choices:
        return plan
    pairs = []
    for pair in plan.pairs:
        there = sorted((*pair.scenario.projects, *choices), key=lambda choice: choice.id)
        pairs.append(replace(pair, scenario=replace(pair.scenario, projects=tuple(there))))
    return replace(
        plan,
        pairs=tuple(pairs),
        scenarios=tuple(
            replace(one, plan=with_projects_built(one.plan, choices)) for one in plan.scenarios
        ),
    )


class Works:
    """A plan whose space may be booked and in which projects may be built, in one phase or several.

    Every scenario has each phase. A project may open legs, which only routes of a plan with it
    take, and widen capacities. If it changes speeds, waits or prices, routes are searched in a
    world with it and in one without. What is booked holds in every phase.

    Parameters
    ----------
    plan
        The volumes, contracts and scenarios, with what is in use in the scenario of every pair.
    choices, projects
        The projects to choose from.
    weights, factors, years
        By phase what a year counts, how many times as large the volumes are, and the year whose
        prices, rules and capacities hold; by default that of the plan.
    charges_usd
        By project what it costs in every year in which it is open.
    highs
        Solves the programme whole.
    session, progress
        Keeps networks between plans; called with the current step.

    Raises
    ------
    ConfigError
        Too many projects change speeds, waits or prices, or the limits of a scenario contradict
        each other without any project.
    """

    def __init__(
        self,
        plan: Plan,
        choices: Sequence[ProjectChoice] = (),
        projects: Sequence[Project] = (),
        *,
        weights: Sequence[float] = (1.0,),
        factors: Sequence[float] = (1.0,),
        years: Sequence[int] = (),
        charges_usd: Sequence[float] = (),
        highs: HighsProcess,
        session: Session | None = None,
        progress: Progress = quiet,
    ) -> None:
        self._plan = plan
        self._choices = tuple(choices)
        self.phases = len(weights)
        self._weights = tuple(weights)
        apart_years = list(dict.fromkeys(years))
        # By phase the number of its year.
        self._year = [apart_years.index(year) for year in years] or [0] * self.phases
        self.chances = tuple(one.probability for one in plan.chances)
        self.risk = Risk(level=plan.level, weight=plan.weight)
        self._held: Taken = (0,) * len(plan.contracts)
        self._at_factor: dict[tuple[Chosen, float], tuple[float, float]] = {}
        numbers = range(len(projects))
        of_pairs = plan.pairs[0].scenario
        # A service may run with a project.
        running = running_with(of_pairs)
        capacities = {
            p
            for p in numbers
            if all(r.parameter in USERS for r in projects[p].rows) and projects[p].id not in running
        }
        apart = [p for p in numbers if p not in capacities]
        if len(apart) > MOST_APART:
            names = ", ".join(projects[p].id for p in apart)
            msg = (
                f"{len(apart)} projects change speeds, waits, prices or services ({names}); give"
                f" at most {MOST_APART} of these, as each doubles what is searched"
            )
            raise ConfigError(msg)
        opened = opened_by(projects, overlay_for(of_pairs).legs, running=running)
        opening = [p for p in numbers if projects[p].id in opened and p in capacities]
        legs = [
            Member(kind="project", key=choices[p].id, legs=opened[projects[p].id]) for p in opening
        ]
        worlds = [frozenset(built) for built in subsets(apart)]
        scenarios = [one.plan for one in plan.chances]
        limited = [self._resources(one, opening, apart_years) for one in scenarios]
        searched = search_plans(
            [self.with_built(built | {*opening}, one) for one in scenarios for built in worlds],
            session=session,
            charted=False,
            resources=[resources for resources, _ in limited for _ in worlds],
            members=legs,
            years=apart_years,
            reached=False,
            progress=progress,
        )
        in_worlds = [searched[n : n + len(worlds)] for n in range(0, len(searched), len(worlds))]
        self._bare = [some[0] for some in in_worlds]
        self.passed = frozenset[tuple[str, str]]().union(*(one.passed for one in searched))
        market = self._bare[plan.likeliest]
        members = [market.number_of(member) for member in legs]
        programs = []
        for scenario, one, (_, wider) in zip(scenarios, self._bare, limited, strict=True):
            for phase, factor in enumerate(factors):
                year = self._year[phase]
                program = one.program(times(scenario, factor), market=market, year=year)
                programs.append(
                    replace(
                        program,
                        room={
                            key: [
                                (self._decision(p), n, teu)
                                for p, teu in by_project
                                for n in self._open(phase)
                            ]
                            for key, by_project in wider[year].items()
                        },
                        links=tuple(
                            (member, self._built(p, phase))
                            for member, p in zip(members, opening, strict=True)
                        ),
                        worlds=tuple(
                            tuple(self._built(p, phase, built=p in built) for p in apart)
                            for built in worlds
                        ),
                        alike=(
                            *(tuple(range(len(each.steps))) for each in plan.contracts),
                            *(tuple(self._first_alike(n, phase) for n in self._options),)
                            * len(numbers),
                        ),
                    )
                )
        phased = [
            tuple(one.by_year[year] for one in some) for some in in_worlds for year in self._year
        ]
        # Scenarios on the same networks share the routes found.
        known = {
            some: [replace(offer, world=n) for n, one in enumerate(some) for offer in one.found]
            for some in phased
        }
        model = Model(
            programs=tuple(programs),
            weights=self.weights_of(self.chances),
            options=(
                *(len(each.steps) for each in plan.contracts),
                *(self.phases + 1,) * len(numbers),
            ),
            risk=self.risk,
            usd=(
                *((0.0,) * len(each.steps) for each in plan.contracts),
                *(
                    tuple(usd * sum(weights[self.phases - n :]) for n in self._options)
                    for usd in charges_usd
                ),
            ),
        )
        self.deciding = Deciding(
            model,
            phased,
            [known[some] for some in phased],
            highs=highs,
        )
        self._refuse_infeasible(bool(projects))

    def _refuse_infeasible(self, projects: bool) -> None:
        """Raise a ConfigError with what contradicts itself if nothing is booked and built."""
        faults = []
        for number, (one, chance) in enumerate(zip(self._bare, self._plan.chances, strict=True)):
            program = self.program(number=number)
            try:
                one.refuse_unreached()
                one.planned(chance.plan, program, self.solved(EMPTY, number=number))
            except ConfigError as error:
                before = "without any project: " if projects else ""
                if self._plan.scenarios and self._plan.contracts:
                    before += f"scenario {chance.name}: "
                faults += [f"{before}{text}" for text in error.faults]
        if faults:
            raise ConfigError(faults)

    def weights_of(self, chances: Sequence[float]) -> tuple[float, ...]:
        """Return what each programme counts: the chance of its scenario times its phase."""
        return tuple(chance * weight for chance in chances for weight in self._weights)

    def _decision(self, project: int) -> int:
        """Return the number of the decision on a project; contracts come first."""
        return len(self._plan.contracts) + project

    @property
    def _options(self) -> range:
        """Never to open, then to open in the last phase, and so on to the first."""
        return range(self.phases + 1)

    def _open(self, phase: int) -> tuple[int, ...]:
        """Return the options with which a project is open in a phase."""
        return tuple(n for n in self._options if n >= self.phases - phase)

    def _first_alike(self, option: int, phase: int) -> int:
        return self.phases - phase if option >= self.phases - phase else 0

    def _built(self, project: int, phase: int, *, built: bool = True) -> Need:
        """Return what must be decided for a project to be open in a phase, or not."""
        is_open = self._open(phase)
        return self._decision(project), tuple(n for n in self._options if (n in is_open) == built)

    def _resources(
        self, plan: Plan, opening: Sequence[int], years: Sequence[int]
    ) -> tuple[list[Resource], list[dict[tuple[int, int], list[tuple[int, float]]]]]:
        """Return the capacities without projects, and by year what each project widens, in TEU.

        What only a project lists is on its own legs, or without limit until it is built.
        """
        months = [month for one in calendars(plan, years) for month in one]

        def listed(built: Chosen) -> dict[tuple[str, str], tuple[float, ...]]:
            scenario = self.with_built(built, plan).pairs[0].scenario
            found = resources_of(scenario, months)
            return {(one.parameter, one.scope): one.teu_per_week for one in found}

        numbers = range(len(self._choices))
        bare, alone = listed(EMPTY), [listed(frozenset({p})) for p in numbers]
        whole = dict(bare)
        for p in numbers:
            more_teu = 0.0 if p in opening else UNLISTED_TEU
            for key, teu in alone[p].items():
                whole.setdefault(key, tuple(each + more_teu for each in teu))
        resources = [
            Resource(parameter=parameter, scope=scope, teu_per_week=teu)
            for (parameter, scope), teu in whole.items()
        ]
        found: list[dict[tuple[int, int], list[tuple[int, float]]]] = [{} for _ in years or [0]]
        for (year, wider), p in product(enumerate(found), numbers):
            base = capacity_of(plan, resources, year)
            changed = [
                replace(
                    one, teu_per_week=alone[p].get((one.parameter, one.scope), one.teu_per_week)
                )
                for one in resources
            ]
            more = np.where(np.isfinite(base), capacity_of(plan, changed, year) - base, 0.0)
            for resource, month in np.argwhere(more != 0.0).tolist():
                wider.setdefault((resource, month), []).append((p, float(more[resource, month])))
        return resources, found

    @property
    def basis_note(self) -> str:
        """Why it is answered by cost where it asked for prices."""
        return self._bare[0].plan.basis_note

    def on_basis(self, plan: Plan) -> Plan:
        """Return a plan of the same pairs on the basis on which this one is answered."""
        found = zip(plan.pairs, self._bare[0].plan.pairs, strict=True)
        pairs = tuple(
            replace(
                pair,
                scenario=replace(pair.scenario, price_basis=searched.scenario.price_basis),
            )
            for pair, searched in found
        )
        scenarios = tuple(replace(one, plan=self.on_basis(one.plan)) for one in plan.scenarios)
        return replace(plan, pairs=pairs, scenarios=scenarios, basis_note=self.basis_note)

    def with_built(self, chosen: Chosen, plan: Plan) -> Plan:
        """Return a plan with a set built in the scenario of every pair."""
        return with_projects_built(plan, [self._choices[p] for p in sorted(chosen)])

    @property
    def valued(self) -> int:
        """How many sets were valued, in any phase."""
        return len({tuple(map(bool, taken)) for _, taken in self.deciding.solved})

    def taken(self, chosen: Chosen, phase: int) -> Taken:
        """Return a set that opens in a phase as decisions, what is held being booked."""
        opens = self.phases - phase
        return (*self._held, *(opens if p in chosen else 0 for p in range(len(self._choices))))

    def hold(self, taken: Taken) -> None:
        """Value sets from now on with the bookings of some decisions."""
        self._held = taken[: len(self._held)]

    def solved(self, chosen: Chosen, phase: int = 0, *, number: int | None = None) -> Allocated:
        """Return the plan of a phase with a set built, in a scenario; by default the likeliest."""
        number = self._plan.likeliest if number is None else number
        return self.deciding.scenario(number * self.phases + phase, self.taken(chosen, phase))

    def usd(self, chosen: Chosen, phase: int = 0) -> float:
        """Return the plan's cost in USD a year in a phase with a set built, scenarios counted."""
        numbers = range(len(self.chances))
        usd = [self.solved(chosen, phase, number=n).value_usd for n in numbers]
        return self.risk.of(self.chances, usd)

    def program(self, phase: int = 0, *, number: int | None = None) -> Program:
        """Return the plan of a phase in numbers, in a scenario; by default the likeliest."""
        number = self._plan.likeliest if number is None else number
        return self.deciding.model.programs[number * self.phases + phase]

    def at_factor(self, chosen: Chosen, factor: float) -> tuple[float, float]:
        """Return the cost of the first year with a set at a factor of the volumes, and its slope.

        The cost is convex in the factor, and nowhere below the line of this slope.
        """
        key = chosen, factor
        if key not in self._at_factor:
            usd, slopes = [], []
            for number in range(len(self.chances)):
                first = self.program(number=number)
                lots = tuple(replace(lot, teu=lot.teu * factor) for lot in first.lots)
                if factor == 1.0:
                    solved = self.solved(chosen, number=number)
                else:
                    solved = self.deciding.solve(
                        replace(first, lots=lots), number * self.phases, self.taken(chosen, 0)
                    )
                usd.append(solved.value_usd)
                teu = np.array([lot.teu for lot in first.lots])
                slopes.append(float(solved.prices.lot_usd @ teu))
            shares = self.risk.shares(self.chances, usd)
            self._at_factor[key] = tuple(  # type: ignore[assignment]
                sum(share * one for share, one in zip(shares, each, strict=True))
                for each in (usd, slopes)
            )
        return self._at_factor[key]

    def schedule_of(self, taken: Taken) -> tuple[Chosen, ...]:
        """Return the projects open in each phase."""
        return tuple(
            frozenset(p for p, n in enumerate(taken[len(self._held) :]) if n in self._open(phase))
            for phase in range(self.phases)
        )

    def best(
        self,
        costs: Sequence[float] = (),
        budgets: Sequence[float] = (),
        opens: Sequence[int] = (),
        *,
        chances: Sequence[float] = (),
        risk: Risk | None = None,
        limit: TimeLimit,
        progress: Progress = quiet,
    ) -> Decided:
        """Return the best bookings and schedule within budgets, of equal ones of fewest projects.

        Parameters
        ----------
        costs
            By project what it costs of the budget.
        budgets
            What may have been spent by each phase.
        opens
            By project the first phase in which it may open.
        chances, risk
            Other chances of the scenarios and another measure than those of the plan.
        """
        risk = risk or self.risk
        weights = self.weights_of(chances or self.chances)
        allowed: Allowed = (
            *(tuple(range(len(each.steps))) for each in self._plan.contracts),
            *(tuple(n for n in self._options if n <= self.phases - first) for first in opens),
        )
        free = tuple((0.0,) * len(each.steps) for each in self._plan.contracts)
        within = [
            Budget(
                spent=(
                    *free,
                    *(
                        tuple(cost * (n in self._open(phase)) for n in self._options)
                        for cost in costs
                    ),
                ),
                most=budget,
            )
            for phase, budget in enumerate(budgets)
        ]
        found = self.deciding.best(
            weights, risk, limit=limit, allowed=allowed, budgets=within, progress=progress
        )
        # A project that gains nothing is not built, even if it is free.
        for p in sorted(range(len(costs)), key=lambda p: -costs[p]):
            decision = self._decision(p)
            fewer = (*found.taken[:decision], 0, *found.taken[decision + 1 :])
            if fewer == found.taken or limit.passed:
                continue
            usd = self.deciding.usd(fewer, weights, risk)
            if usd <= found.value_usd * (1.0 + ALIKE):
                found = replace(found, taken=fewer, value_usd=min(usd, found.value_usd))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The projects to choose from and those in use, with what values them.

    By phase there are a factor of the volumes and the money that may have been spent, by project
    the first phase in which it may open.
    """

    plan: Plan
    choices: tuple[ProjectChoice, ...]
    projects: tuple[Project, ...]
    in_use: tuple[tuple[ProjectChoice, Project], ...]
    factors: tuple[float, ...]
    budgets: tuple[float, ...]
    opens: tuple[int, ...]
    works: Works

    @property
    def everything(self) -> Chosen:
        """All projects to choose from."""
        return frozenset(range(len(self.projects)))

    @property
    def years(self) -> tuple[int, ...]:
        """The first year of each phase; without phases, that of the plan."""
        phases = self.plan.phases
        return (self.plan.months[0].year,) if phases is None else phases.years

    @property
    def costs(self) -> tuple[float, ...]:
        """What each project costs in millions of USD."""
        return tuple(project.cost.value for project in self.projects)

    def cost(self, chosen: Chosen) -> float:
        """Return what a set costs in millions of USD."""
        return sum(self.costs[p] for p in sorted(chosen))

    def charge_usd(self, chosen: Chosen) -> float:
        """Return the annuities of a set in USD a year."""
        return sum(charge_usd(self.plan, self.projects[p]) for p in sorted(chosen))

    def ids(self, chosen: Chosen) -> list[str]:
        """Return the ids of a set of projects."""
        return [self.choices[p].id for p in sorted(chosen)]

    def built_text(self, taken: Taken) -> str:
        """Return a sentence on what is built, empty if there is nothing to choose from."""
        built = self.works.schedule_of(taken)[-1]
        if not self.projects:
            return ""
        if not built:
            return "Build nothing."
        titles = ", ".join(self.projects[p].title for p in sorted(built))
        return f"Build {titles}, for {self.cost(built):,.0f} million USD."

    def best(self, *, limit: TimeLimit, share: float = 1.0, **more: Any) -> Decided:
        """Return the best decisions with a share of the money; see `Works.best`."""
        budgets = [budget * share for budget in self.budgets]
        return self.works.best(self.costs, budgets, self.opens, limit=limit, **more)


def work_of(
    plan: Plan, *, session: Session, highs: HighsProcess, progress: Progress = quiet
) -> Work:
    """Return what there is to choose from, with the projects in use in every pair's scenario.

    Raises
    ------
    ConfigError
        As in `Works`.
    """
    every = list(zip(plan.projects, load_projects([c.id for c in plan.projects]), strict=True))
    in_use = tuple((choice, project) for choice, project in every if project.in_use)
    new = [(choice, project) for choice, project in every if not project.in_use]
    choices, projects = tuple(c for c, _ in new), tuple(p for _, p in new)
    phases = plan.phases
    factors: tuple[float, ...] = (1.0,)
    years: tuple[int, ...] = ()
    weights: tuple[float, ...] = (1.0,)
    budgets: tuple[float, ...] = (plan.budget_usd_m,) if new else ()
    opens = (0,) * len(new)
    if phases is not None:
        numbers = range(len(phases.years))
        factors = tuple(phases.factor(n) for n in numbers)
        weights = tuple(phases.discounted_years(n, plan.rate) for n in numbers)
        budgets = tuple(accumulate(phases.budgets_usd_m))
        years = phases.years
        opens = tuple(
            sum(first_full_month(choice.opens) > start for start in phases.starts)
            for choice in choices
        )
        # A phase is valued by a year, through which all that is built is open.
        first = min(plan.months[0], phases.starts[0])
        choices = tuple(replace(c, opens=min(c.opens, first)) for c in choices)
    works = Works(
        with_projects_built(plan, [choice for choice, _ in in_use]),
        choices,
        projects,
        weights=weights,
        factors=factors,
        years=years,
        charges_usd=[charge_usd(plan, project) for project in projects],
        highs=highs,
        session=session,
        progress=progress,
    )
    return Work(
        plan=plan,
        choices=tuple(c for c, _ in new),
        projects=projects,
        in_use=in_use,
        factors=factors,
        budgets=budgets,
        opens=opens,
        works=works,
    )


def booked_text(plan: Plan, taken: Taken) -> str:
    """Return a sentence on what is booked, empty if there is nothing to choose from."""
    if not plan.contracts:
        return ""
    booked = [
        f"{each.steps[n]:,.0f} TEU a month of “{each.name}”"
        for each, n in zip(plan.contracts, taken, strict=False)
        if n
    ]
    return f"Book {'; '.join(booked) or 'nothing'}."


def life_years(plan: Plan, project: Project) -> float:
    """Return the years over which a project is repaid."""
    return project.life.value if plan.annuity.years is None else plan.annuity.years


def charge_usd(plan: Plan, project: Project) -> float:
    """Return the annuity of a project in USD a year."""
    share = annuity_share(plan.rate, life_years(plan, project))
    return project.cost.value * USD_PER_USD_M * share


def subsets(numbers: Sequence[int]) -> list[list[int]]:
    """Return every set of some numbers, the empty one first."""
    return [
        [n for n, one in zip(numbers, built, strict=True) if one]
        for built in product((False, True), repeat=len(numbers))
    ]
