"""Loading investment plans: projects, a budget, and the allocation plan they serve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, ConfigDict, Field

from corridors.config.allowed_names import Names
from corridors.config.checks import (
    Positive,
    Strictly,
    Word,
    all_projects,
    fault,
    project_alone,
)
from corridors.config.config_files import find_file
from corridors.config.faults import validate
from corridors.config.models import ProjectChoiceModel, frozen, model_of
from corridors.config.nodes import read_yaml
from corridors.config.plan import PlanModel, load_plan, plan_of
from corridors.config.projects import load_projects
from corridors.config.scenario import lines_of, project_choices, with_value
from corridors.domain.investment import Annuity, InvestmentPlan
from corridors.domain.plan import Plan
from corridors.domain.scenario import ProjectChoice
from corridors.errors import ConfigError

MOST_USD_M = 1e7
MOST_PROJECTS = 40


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
    annuity: AnnuityModel | None = None
    """Adds construction costs to the objective. Default: only the budget limits them."""
    time_limit_s: Annotated[Positive, Field(le=86_400)] = 600.0
    """Time limit in seconds for each choice of projects if there are more than ten."""


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
    file, shown = find_file(path, "plan")
    node = read_yaml(file, shown=shown)
    if "pairs" in (node.items or {}):
        msg = f"{shown}:1: an allocation plan; name it in a plan with budget and projects"
        raise ConfigError(msg)
    for assignment in set_values:
        node = with_value(node, assignment)
    written = (node.items or {}).get("allocation")
    # The faults of a plan within the file carry its own lines.
    allocation = None
    if written is not None and written.items is not None:
        allocation = plan_of(written, shown=shown, name=file.stem)
    model = validate(InvestmentModel, node, shown=shown, names=Names())
    if allocation is not None and allocation.name == file.stem:
        # A plan within the file has the file's name, as far as it has none of its own.
        allocation = replace(allocation, name=model.name or file.stem)
    lines = lines_of(node, shown=shown)
    choices = project_choices(model.projects, node=node, shown=shown)
    if allocation is None:
        allocation = _named(str(model.allocation), beside=file, line=lines["allocation"])
    _affords(choices, model.budget_usd_m, lines["budget_usd_m"])
    _not_there_yet(choices, allocation, lines["projects"])
    return InvestmentPlan(
        name=model.name or file.stem,
        allocation=allocation,
        budget_usd_m=model.budget_usd_m,
        projects=choices,
        annuity=frozen(model.annuity),
        time_limit_s=model.time_limit_s,
        source_path=shown,
        lines=dict(lines),
    )


def _named(name: str, *, beside: Path, line: str) -> Plan:
    """Return the allocation plan of a name or file; files are relative to the plan's folder."""
    file = beside.parent / name
    try:
        return load_plan(file if name.endswith(".yaml") else name)
    except ConfigError as error:
        faults = [text if ".yaml:" in text else f"{line}{text}" for text in error.faults]
        raise ConfigError(faults) from None


def _affords(choices: Sequence[ProjectChoice], budget_usd_m: float, line: str) -> None:
    cheapest = min(
        load_projects([choice.id for choice in choices]), key=lambda p: (p.cost.value, p.id)
    )
    if cheapest.cost.value > budget_usd_m:
        msg = (
            f"{line}{budget_usd_m:,g} million USD are too little for any project; the cheapest is"
            f" {cheapest.id} at {cheapest.cost.value:,g}"
        )
        raise ConfigError(msg)


def _not_there_yet(choices: Sequence[ProjectChoice], plan: Plan, line: str) -> None:
    built = {choice.id for pair in plan.pairs for choice in pair.scenario.projects}
    twice = [choice.id for choice in choices if choice.id in built]
    if twice:
        msg = f"{line}{', '.join(twice)}: already in the scenario of the plan; leave it out here"
        raise ConfigError(msg)
    last = plan.months[-1]
    late = [
        f"{c.id} ({c.opens})"
        for c in choices
        if (c.opens.year, c.opens.month) > (last.year, last.month)
    ]
    if late:
        msg = (
            f"{line}{', '.join(late)}: opens after the last month of the plan, {last:%Y-%m};"
            " move the plan, or set an earlier day with {id: ..., opens: ...}"
        )
        raise ConfigError(msg)
