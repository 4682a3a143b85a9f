"""Loading investment plans: projects, a budget, and the allocation plan they serve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, ConfigDict, Field, Strict

from corridors.config.allowed_names import Names
from corridors.config.checks import (
    Number,
    Positive,
    Strictly,
    Word,
    all_projects,
    fault,
    project_alone,
)
from corridors.config.faults import validate
from corridors.config.models import ProjectChoiceModel, frozen, model_of
from corridors.config.plan import MONTHS_A_YEAR, PlanModel, load_plan, plan_of
from corridors.config.plan_files import read_plan_file
from corridors.config.projects import load_projects
from corridors.config.scenario import project_choices
from corridors.data.parameters import load_parameters
from corridors.domain.investment import Annuity, InvestmentPlan, Phases
from corridors.domain.plan import Plan
from corridors.domain.scenario import ProjectChoice
from corridors.errors import ConfigError

MOST_USD_M = 1e7
MOST_PROJECTS = 40
MOST_PHASES = 12
# Years over which volumes grow in a plan without phases, the life of most projects, and the years
# after which they are counted anew.
GROWS_YEARS = 30
GROWS_STEP = 6
ROUNDING = 1e-9
RATE_PARAMETER = "plan.discount_rate"
Year = Annotated[int, Strict(), Field(ge=2020, le=2120)]


def file_or_plan(value: object) -> object:
    """Check that an allocation is a plan, or the name of one."""
    if not isinstance(value, (str, dict)) or not value:
        msg = "must be an allocation plan, or the name or file of one"
        raise fault(msg)
    return value


if TYPE_CHECKING:
    AnnuityModel = Annuity
else:
    AnnuityModel = model_of(Annuity)


class PhasesModel(Strictly):
    """The years in which projects may open, and the growth of the volumes."""

    years: Annotated[tuple[Year, ...], Field(min_length=1, max_length=MOST_PHASES)]
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


class InvestmentModel(Strictly):
    """A plan file of `corridors invest`."""

    model_config = ConfigDict(title="Investment plan: which projects to build within a budget")

    name: Word | None = None
    """Name of the plan. Default: the name of the file."""
    allocation: Annotated[Word | PlanModel, BeforeValidator(file_or_plan)]
    """Allocation plan to serve: a name, a file, or the plan itself."""
    budget_usd_m: Annotated[Positive, Field(le=MOST_USD_M)]
    """Maximum total cost of the projects, in millions of USD."""
    projects: Annotated[
        tuple[Annotated[ProjectChoiceModel, BeforeValidator(project_alone)], ...],
        Field(min_length=1, max_length=MOST_PROJECTS),
        BeforeValidator(all_projects),
    ]
    """Projects to choose from: `all`, ids, or project files, with other opening dates if needed."""
    annuity: AnnuityModel = AnnuityModel()
    """How construction costs are spread over years."""
    phases: PhasesModel | None = None
    """Years in which projects may open. Default: all are open in the year of the plan."""
    demand_growth: Annotated[Number, Field(ge=-0.2, le=0.5)] | None = None
    """Growth of the volumes a year, a fraction, over thirty years in phases of six. Default: none;
    phases have their own."""
    time_limit_s: Annotated[Positive, Field(le=86_400)] | None = None
    """Time limit in seconds; the best set so far is then returned. Default: none."""


def load_investment(path: Path | str, *, set_values: Sequence[str] = ()) -> InvestmentPlan:
    """Return the investment plan of a file, or of a shipped plan's name.

    Parameters
    ----------
    path
        A plan file, or the name of a shipped one.
    set_values
        Values that replace those of the file, such as `budget_usd_m=2000`.

    Raises
    ------
    ConfigError
        With the faults of the file, or of the allocation plan it names.
    """
    file = read_plan_file(path, set_values, command="invest")
    written = (file.node.items or {}).get("allocation")
    # The faults of a plan within the file carry its own lines.
    allocation = None
    if written is not None and written.items is not None:
        allocation = plan_of(replace(file, node=written))
    model = validate(InvestmentModel, file.node, shown=file.shown, names=Names())
    if allocation is not None and allocation.name == file.name:
        # A plan within the file has the file's name, as far as it has none of its own.
        allocation = replace(allocation, name=model.name or file.name)
    lines = file.lines
    choices = project_choices(model.projects, node=file.node, shown=file.shown)
    if allocation is None:
        allocation = _named(
            str(model.allocation), beside=file.path.parent, line=lines["allocation"]
        )
    if len(allocation.months) != MONTHS_A_YEAR:
        msg = (
            f"{lines['allocation']}{len(allocation.months)} months; gains are per year, so the"
            f" allocation has {MONTHS_A_YEAR}: months: {MONTHS_A_YEAR}"
        )
        raise ConfigError(msg)
    phases = _phases(model, allocation.months[0].year, lines)
    phases = phases and _with_openings(phases, choices)
    _affords(choices, model.budget_usd_m, lines)
    _not_there_yet(choices, allocation, phases, lines["projects"])
    known = load_parameters().get(RATE_PARAMETER)
    annuity: Annuity = frozen(model.annuity)
    return InvestmentPlan(
        name=model.name or file.name,
        allocation=allocation,
        budget_usd_m=model.budget_usd_m,
        projects=choices,
        rate=known.value if annuity.rate is None else annuity.rate,
        rate_source=known.source_id if annuity.rate is None else "the plan",
        annuity=annuity,
        phases=phases,
        time_limit_s=model.time_limit_s,
        source_path=file.shown,
        lines=dict(lines),
    )


def _named(name: str, *, beside: Path, line: str) -> Plan:
    """Return the allocation plan of a name or file; files are relative to the plan's folder."""
    try:
        return load_plan(beside / name if name.endswith(".yaml") else name)
    except ConfigError as error:
        faults = [text if ".yaml:" in text else f"{line}{text}" for text in error.faults]
        raise ConfigError(faults) from None


def _phases(model: InvestmentModel, year: int, lines: Mapping[str, str]) -> Phases | None:
    """Return the phases of a plan of a year, with the money of each."""
    given = model.phases
    if given is not None and model.demand_growth is not None:
        msg = f"{lines['demand_growth']}given beside phases; give phases.demand_growth"
        raise ConfigError(msg)
    if model.demand_growth is not None:
        given = PhasesModel(
            years=tuple(range(year, year + GROWS_YEARS, GROWS_STEP)),
            until=year + GROWS_YEARS,
            demand_growth=model.demand_growth,
        )
    if given is None:
        return None
    every = (*given.years, given.until)
    if list(every) != sorted(set(every)):
        msg = f"{lines['phases']}years {list(given.years)} until {given.until} must ascend"
        raise ConfigError(msg)
    budgets = given.budgets_usd_m
    if budgets is None:
        budgets = (model.budget_usd_m, *(0.0 for _ in given.years[1:]))
    elif len(budgets) != len(given.years):
        msg = (
            f"{lines['phases']}{len(budgets)} budgets for {len(given.years)} phases; give one each"
        )
        raise ConfigError(msg)
    elif abs(sum(budgets) - model.budget_usd_m) > ROUNDING * model.budget_usd_m:
        msg = (
            f"{lines['phases']}budgets_usd_m add up to {sum(budgets):,g}, but budget_usd_m is"
            f" {model.budget_usd_m:,g}; change one of the two"
        )
        raise ConfigError(msg)
    return Phases(
        years=given.years,
        until=given.until,
        demand_growth=given.demand_growth,
        budgets_usd_m=tuple(budgets),
    )


def _with_openings(phases: Phases, choices: Sequence[ProjectChoice]) -> Phases:
    """Return phases with one more where a project opens within one, from the next year on."""
    opened = {c.opens.year + (c.opens > date(c.opens.year, 1, 31)) for c in choices}
    within = {year for year in opened if phases.years[0] < year < phases.until}
    money = dict(zip(phases.years, phases.budgets_usd_m, strict=True))
    years = tuple(sorted(within | {*phases.years}))
    budgets = tuple(money.get(year, 0.0) for year in years)
    return replace(phases, years=years, budgets_usd_m=budgets)


def _affords(
    choices: Sequence[ProjectChoice], budget_usd_m: float, lines: Mapping[str, str]
) -> None:
    projects = load_projects([choice.id for choice in choices])
    new = [project for project in projects if not project.in_use]
    if not new:
        names = ", ".join(f"{project.id} since {project.opens}" for project in projects)
        msg = f"{lines['projects']}all are in use ({names}): nothing is left to choose; add another"
        raise ConfigError(msg)
    cheapest = min(new, key=lambda p: (p.cost.value, p.id))
    if cheapest.cost.value > budget_usd_m:
        msg = (
            f"{lines['budget_usd_m']}{budget_usd_m:,g} million USD is too little for any project;"
            f" the cheapest is {cheapest.id} at {cheapest.cost.value:,g}"
        )
        raise ConfigError(msg)


def _not_there_yet(
    choices: Sequence[ProjectChoice], plan: Plan, phases: Phases | None, line: str
) -> None:
    built = {choice.id for pair in plan.pairs for choice in pair.scenario.projects}
    twice = [choice.id for choice in choices if choice.id in built]
    if twice:
        msg = f"{line}{', '.join(twice)}: already in the scenario of the plan; leave it out here"
        raise ConfigError(msg)
    last = plan.months[-1] if phases is None else date(phases.years[-1], 1, 1)
    late = [
        f"{c.id} ({c.opens})"
        for c in choices
        if (c.opens.year, c.opens.month) > (last.year, last.month)
    ]
    if late and phases is not None:
        msg = (
            f"{line}{', '.join(late)}: opens after the last phase begins, {last.year}; add a later"
            " phase, or set an earlier day with {id: ..., opens: ...}"
        )
        raise ConfigError(msg)
    if late:
        msg = (
            f"{line}{', '.join(late)}: opens after the last month of the plan, {last:%Y-%m};"
            " move the plan, or set an earlier day with {id: ..., opens: ...}"
        )
        raise ConfigError(msg)
