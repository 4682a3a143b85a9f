"""Loading plans of bookings: contracts, scenarios with probabilities, and the plan they serve."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field, model_validator

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
    YesNo,
    fault,
)
from corridors.config.faults import validate
from corridors.config.nodes import Node
from corridors.config.plan import PlanModel, corridor_faults, plan_of
from corridors.config.plan_files import read_plan_file
from corridors.domain.booking import BookingPlan, ChanceScenario
from corridors.domain.keys import MAX_TEU_PER_MONTH
from corridors.domain.plan import Contract, MinimumKind, Plan
from corridors.errors import ConfigError

Volume = Annotated[Positive, Field(le=MAX_TEU_PER_MONTH)]
Usd = Annotated[Number, Field(ge=0, le=50_000)]
MOST_SCENARIOS = 10
MOST_CONTRACTS = 10
MOST_STEPS = 500
OWN_KEYS = ("contracts", "scenarios", "risk", "perfect_information", "time_limit_s")
# Probabilities that sum to 1 up to this are taken as such, and scaled.
SUMS_TO = 1e-3


class DiscountModel(Strictly):
    """A discount for a quantity."""

    from_teu_per_month: Volume
    """The least TEU a month that must be booked for it."""
    usd_per_teu: Usd
    """What every booked TEU that travels is cheaper by."""


class ContractModel(Strictly):
    """Space that may be booked ahead through a corridor, gate or country."""

    name: Word
    """Name of the contract."""
    corridor: CorridorName | None = None
    """Corridor in which the space is."""
    gate: GateName | None = None
    """Gate that the boxes pass."""
    country: CountryName | None = None
    """Country that the boxes cross."""
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
    least_teu_per_month: Annotated[Number, Field(ge=0, le=MAX_TEU_PER_MONTH)] = 0.0
    """Minimum quantity: what is booked is nothing, or at least this."""
    step_teu: Volume
    """Step in TEU a month."""
    most_teu_per_month: Volume
    """Maximum quantity."""
    spot_teu_per_month: Annotated[Number, Field(ge=0, le=MAX_TEU_PER_MONTH)] | None = None
    """What can be had a month without booking. Default: any amount."""

    @model_validator(mode="after")
    def bookable(self) -> ContractModel:
        """Check that one of the three ways is given, and that something can be booked."""
        if sum(key is not None for key in (self.corridor, self.gate, self.country)) != 1:
            msg = "give one of corridor, gate and country"
            raise fault(msg)
        if (self.saves_usd_per_teu is None) == (self.rate_usd_per_teu is None):
            msg = "give one of saves_usd_per_teu and rate_usd_per_teu"
            raise fault(msg)
        if self.index_share and self.rate_usd_per_teu is None:
            msg = "index_share is for a rate_usd_per_teu; what is saved against spot floats anyway"
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
    """Factor on what can be had of each contract's way without booking."""
    set: Values = Field(default_factory=dict)
    """Scenario keys that hold in it, such as closures, ice_year or overrides; each replaces that of
    the plan."""


class RiskModel(Strictly):
    """How dear scenarios count beyond their probability."""

    level: Annotated[Number, Field(ge=0, le=1)] = 0.9
    """Level of CVaR: 0.9 is the mean of the dearest tenth of chances, 1 the dearest scenario."""
    weight: Annotated[Number, Field(ge=0, le=1)] = 0.0
    """Weight of CVaR against the expected cost, 0 to 1."""


class BookingModel(PlanModel):
    """A plan file of `corridors book`: an allocation plan with contracts and scenarios."""

    model_config = ConfigDict(title="Booking plan: space to book ahead under chance")

    unmet_usd_per_teu: Annotated[Number, Field(ge=0, le=50_000)]
    """Price in USD of each TEU that stays away."""
    contracts: Annotated[tuple[ContractModel, ...], Field(min_length=1, max_length=MOST_CONTRACTS)]
    """Space that may be booked ahead."""
    scenarios: Annotated[tuple[ChanceModel, ...], Field(min_length=1, max_length=MOST_SCENARIOS)]
    """What may come after the bookings, with probabilities."""
    risk: RiskModel = RiskModel()
    """How dear scenarios count. Default: by their probability alone."""
    perfect_information: YesNo = True
    """Whether to say what it would be worth to know the scenario before booking."""
    time_limit_s: Annotated[Positive, Field(le=86_400)] = 600.0
    """Time limit in seconds of the choice; the best found is returned with its gap."""


def load_booking(path: Path | str, *, set_values: Sequence[str] = ()) -> BookingPlan:
    """Return the booking plan of a file, or of a shipped plan's name.

    Parameters
    ----------
    path
        A plan file, or the name of a shipped one.
    set_values
        Values that replace those of the file, such as `risk.weight=0.5`.

    Raises
    ------
    ConfigError
        With every fault of the file.
    """
    file = read_plan_file(path, set_values, command="book")
    model = validate(BookingModel, file.node, shown=file.shown, names=Names())
    if faults := [*_faults(model, file.lines)]:
        raise ConfigError(faults)
    contracts = tuple(_contract(given) for given in model.contracts)
    total = sum(given.probability for given in model.scenarios)
    scenarios: list[ChanceScenario] = []
    faults = []
    for number, given in enumerate(model.scenarios):
        try:
            plan = plan_of(replace(file, node=_tree(file.node, number)))
        except ConfigError as error:
            faults.extend(error.faults)
            continue
        plan = _with(plan, contracts, demand=given.demand, spot=given.spot)
        faults.extend(corridor_faults(plan, file.lines))
        scenarios.append(
            ChanceScenario(
                name=given.name,
                probability=given.probability / total,
                plan=plan,
            )
        )
    if faults:
        raise ConfigError(list(dict.fromkeys(faults)))
    return BookingPlan(
        name=model.name or file.name,
        contracts=contracts,
        scenarios=tuple(scenarios),
        level=model.risk.level,
        weight=model.risk.weight,
        perfect_information=model.perfect_information,
        time_limit_s=model.time_limit_s,
        source_path=file.shown,
        lines=dict(file.lines),
    )


def _faults(model: BookingModel, lines: Mapping[str, str]) -> Iterator[str]:
    total = sum(given.probability for given in model.scenarios)
    if abs(total - 1.0) > SUMS_TO:
        does = "add a scenario for the rest" if total < 1.0 else "lower some of them"
        yield f"{lines['scenarios']}the probabilities sum to {total:g}, not to 1; {does}"
    for key, named in (("scenarios", model.scenarios), ("contracts", model.contracts)):
        names = [given.name for given in named]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f"{lines[key]}two {key} are called {name}; give each its own name"


def _contract(given: ContractModel) -> Contract:
    kind = next(k for k in MinimumKind if getattr(given, k) is not None)
    return Contract(
        name=given.name,
        kind=kind,
        key=getattr(given, kind),
        saves_usd=given.saves_usd_per_teu,
        unused_usd=given.unused_usd_per_teu,
        least_teu=given.least_teu_per_month,
        step_teu=given.step_teu,
        most_teu=given.most_teu_per_month,
        spot_teu=given.spot_teu_per_month,
        rate_usd=given.rate_usd_per_teu,
        index_share=given.index_share,
        take_share=given.take_share,
        discounts=tuple((one.from_teu_per_month, one.usd_per_teu) for one in given.discounts),
    )


def _tree(node: Node, number: int) -> Node:
    """Return the allocation plan of a scenario: the file's, with the scenario's keys in place."""
    items = {key: inner for key, inner in (node.items or {}).items() if key not in OWN_KEYS}
    entries = (node.items or {})["scenarios"].entries or ()
    own = (entries[number].items or {}).get("set")
    if own is not None and own.items:
        shared = items.get("scenario", Node(own.line, items={}))
        items["scenario"] = replace(
            shared,
            items={**(shared.items or {}), **own.items},
            value=None,
            key_lines=shared.key_lines | own.key_lines,
        )
    return replace(node, items=items)


def _with(plan: Plan, contracts: tuple[Contract, ...], *, demand: float, spot: float) -> Plan:
    """Return a plan with its contracts, volumes and spot space as a scenario has them."""
    return replace(
        plan,
        pairs=tuple(
            replace(pair, teu=tuple(teu * demand for teu in pair.teu)) for pair in plan.pairs
        ),
        contracts=tuple(
            replace(each, spot_teu=None if each.spot_teu is None else each.spot_teu * spot)
            for each in contracts
        ),
    )
