"""Loading allocation plans: pairs with TEU by month, limits, and the scenario they share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from corridors.config.allowed_names import Names
from corridors.config.batch_files import Values
from corridors.config.checks import (
    CorridorName,
    CountryName,
    GateName,
    Number,
    Positive,
    Strictly,
    Word,
    fault,
)
from corridors.config.corridors import load_corridors
from corridors.config.faults import validate
from corridors.config.models import GoodsModel, frozen, model_of
from corridors.config.plan_files import DemandModel, PlanFile, month_word, read_plan_file
from corridors.domain.keys import MAX_TEU_PER_MONTH
from corridors.domain.objective import Objective
from corridors.domain.plan import Minimum, MinimumKind, Pair, Plan, PlanLimits
from corridors.domain.windows import months_from
from corridors.errors import ConfigError

MONTHS_A_YEAR = 12


class PairModel(GoodsModel, DemandModel):
    """An origin and a destination with TEU by month, and the cargo."""


if TYPE_CHECKING:
    PlanLimitsModel = PlanLimits
else:
    PlanLimitsModel = model_of(PlanLimits)


class MinimumModel(Strictly):
    """A minimum volume per month through a corridor, gate or country."""

    corridor: CorridorName | None = None
    """Corridor to which the boxes are assigned."""
    gate: GateName | None = None
    """Gate that the boxes pass."""
    country: CountryName | None = None
    """Country that the boxes cross."""
    teu_per_month: Annotated[Positive, Field(le=MAX_TEU_PER_MONTH)]
    """Minimum volume in TEU per month."""

    @model_validator(mode="after")
    def of_one(self) -> MinimumModel:
        """Check that exactly one of the three is given."""
        if sum(key is not None for key in (self.corridor, self.gate, self.country)) != 1:
            msg = "give one of corridor, gate and country"
            raise fault(msg)
        return self


class PlanModel(Strictly):
    """A plan file of `corridors allocate`."""

    model_config = ConfigDict(title="Plan: TEU by pair and month to allocate to routes")

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
    unmet_usd_per_teu: Annotated[Number, Field(ge=0, le=50_000)] | None = None
    """Price in USD of each TEU left behind. Default: every TEU must be shipped."""
    limits: PlanLimitsModel = PlanLimitsModel()
    """Limits on the plan as a whole."""
    minimums: Annotated[tuple[MinimumModel, ...], Field(max_length=20)] = ()
    """Minimum volumes per month through a corridor, gate or country."""
    scenario: Values = Field(default_factory=dict)
    """Scenario keys that apply to all pairs, such as world or closures."""
    pairs: Annotated[tuple[PairModel, ...], Field(min_length=1, max_length=200)]
    """Origins and destinations with TEU by month and cargo."""


def load_plan(path: Path | str, *, set_values: Sequence[str] = ()) -> Plan:
    """Return the plan of a file, or of a shipped plan's name.

    Parameters
    ----------
    path
        A plan file, or the name of a shipped one.
    set_values
        Values that replace those of the file, such as `limits.max_co2e_t=9000`.

    Raises
    ------
    ConfigError
        With every fault of the file.
    """
    return plan_of(read_plan_file(path, set_values, command="allocate"))


def plan_of(file: PlanFile) -> Plan:
    """Return the plan of a tree.

    Raises
    ------
    ConfigError
        With every fault of the tree.
    """
    names, more = Names(), {}
    model = validate(PlanModel, file.node, shown=file.shown, names=names)
    corridors = (file.node.items or {}).get("corridors")
    if corridors is not None and model.corridors != "any":
        more["corridors"] = corridors
    pairs, faults = file.pairs(model, (model.months, "months"), more=more, names=names)
    if faults:
        raise ConfigError(faults)
    plan = _plan(model, pairs, file)
    if wrong := minimum_faults(plan):
        raise ConfigError(wrong)
    return plan


def _plan(model: PlanModel, pairs: Sequence[Pair], file: PlanFile) -> Plan:
    minimums = []
    for minimum in model.minimums:
        kind = next(k for k in MinimumKind if getattr(minimum, k) is not None)
        minimums.append(
            Minimum(kind=kind, key=getattr(minimum, kind), teu_per_month=minimum.teu_per_month)
        )
    return Plan(
        name=model.name or file.name,
        months=months_from(date.fromisoformat(f"{model.first_month}-01"), model.months),
        departures=tuple(sorted(set(model.departures))),
        pairs=tuple(pairs),
        any_corridor=model.corridors == "any",
        objective=Objective(model.objective),
        limits=frozen(model.limits),
        minimums=tuple(minimums),
        unmet_usd_per_teu=model.unmet_usd_per_teu,
        capacity_share=model.capacity_share,
        max_wait_days=model.max_wait_days,
        source_path=file.shown,
        lines=dict(file.lines),
    )


def minimum_faults(plan: Plan) -> list[str]:
    """Return the faults of minimums that exceed the plan's volumes, shares or corridors.

    Conflicts with routes and capacities appear only when the plan is solved.
    """
    return [
        f"{plan.at(f'minimums[{number}]')}{text}"
        for number, minimum in enumerate(plan.minimums)
        for text in _wrong(plan, minimum)
    ]


def corridor_faults(plan: Plan, lines: Mapping[str, str]) -> list[str]:
    """Return the faults of contracts on corridors that the plan cannot use."""
    return [
        f"{lines[f'contracts[{number}].corridor']}space on corridor {contract.key}, but {why}"
        for number, contract in enumerate(plan.contracts)
        if contract.kind is MinimumKind.CORRIDOR and (why := _never_taken(plan, contract.key))
    ]


def _wrong(plan: Plan, minimum: Minimum) -> Iterator[str]:
    asked = f"{minimum.teu_per_month:,g} TEU per month through {minimum.kind} {minimum.key}"
    if minimum.kind is MinimumKind.CORRIDOR and (why := _never_taken(plan, minimum.key)):
        yield f"{asked}, but {why}"
        return
    shipped = [sum(pair.teu[month] for pair in plan.pairs) for month in range(len(plan.months))]
    least = min(range(len(shipped)), key=lambda month: shipped[month])
    if minimum.teu_per_month > shipped[least] + 1e-9:
        yield (
            f"{asked}, but the plan ships {shipped[least]:,g} TEU in {plan.months[least]:%Y-%m};"
            " lower the minimum"
        )
        return
    shares = dict(getattr(plan.limits, f"max_share_{minimum.kind}"))
    whole = minimum.teu_per_month * len(plan.months)
    if minimum.key in shares and whole > shares[minimum.key] * plan.teu + 1e-9:
        yield (
            f"{asked} add up to {whole:,g} TEU, but limits.max_share_{minimum.kind}."
            f"{minimum.key} of {shares[minimum.key]:g} allows {shares[minimum.key] * plan.teu:,g};"
            " change one of the two"
        )


def _never_taken(plan: Plan, corridor: str) -> str:
    """Return why the plan cannot use a corridor; empty if it can."""
    if plan.any_corridor:
        return "`corridors: any` assigns no boxes to corridors; name the corridors"
    named = {name for pair in plan.pairs for name in pair.scenario.corridors}
    if not named or any(not pair.scenario.corridors for pair in plan.pairs):
        named |= {found.id for found in load_corridors("all")}
    if corridor in named or any(name.endswith(".yaml") for name in named):
        return ""
    return "no pair may use it; add it to corridors"
