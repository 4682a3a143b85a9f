"""Loading allocation plans: pairs with TEU by month, limits, and the scenario they share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
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
from corridors.config.config_files import find_file
from corridors.config.corridors import load_corridors
from corridors.config.faults import validate
from corridors.config.models import GoodsModel, ScenarioModel, frozen, model_of
from corridors.config.nodes import Node, read_yaml
from corridors.config.scenario import lines_of, to_scenario, with_value
from corridors.domain.keys import MAX_TEU_PER_MONTH
from corridors.domain.objective import Objective
from corridors.domain.plan import Minimum, MinimumKind, Pair, Plan, PlanLimits
from corridors.domain.scenario import Scenario
from corridors.errors import ConfigError

Volume = Annotated[Number, Field(ge=0, le=MAX_TEU_PER_MONTH)]
OWN_KEYS = ("origin", "destination", "departure", "shipment", "corridors", "name")
MONTHS_A_YEAR = 12


def month_word(value: object) -> object:
    """Check a month written as 2026-01."""
    text = str(value)
    if isinstance(value, date) or len(text) != 7 or text[4] != "-":
        msg = "must be a month such as 2026-01"
        raise fault(msg)
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        msg = "must be a month such as 2026-01"
        raise fault(msg) from None
    if not 2019 <= first.year <= 2034:
        msg = "must be in the years 2019 to 2034"
        raise fault(msg)
    return text


def one_volume(value: object) -> object:
    """Return a single number for all months as a list."""
    return [value] if isinstance(value, int | float) and not isinstance(value, bool) else value


class DemandModel(Strictly):
    """An origin and a destination with TEU by month."""

    name: Word | None = None
    """Name of the pair. Default: origin and destination."""
    origin: Word
    """Name of a place, UN/LOCODE, terminal id, or `lon,lat` in degrees."""
    destination: Word
    """Destination, written like the origin."""
    teu_per_month: Annotated[
        tuple[Volume, ...], Field(min_length=1, max_length=24), BeforeValidator(one_volume)
    ]
    """TEU leaving in each month: one number for all months, or a list."""
    max_days: Annotated[Positive, Field(le=120)] | None = None
    """Maximum days from gate-in to gate-out."""


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
    objective: Literal["cost", "generalised"] = "cost"
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
    file, shown = find_file(path, "plan")
    node = read_yaml(file, shown=shown)
    for assignment in set_values:
        node = with_value(node, assignment)
    return plan_of(node, shown=shown, name=file.stem)


def plan_of(node: Node, *, shown: str, name: str) -> Plan:
    """Return the plan of a tree.

    Parameters
    ----------
    node
        The tree.
    shown
        How faults name its file.
    name
        The plan's name if the tree gives none.

    Raises
    ------
    ConfigError
        With every fault of the tree.
    """
    names = Names()
    model = validate(PlanModel, node, shown=shown, names=names)
    lines = lines_of(node, shown=shown)
    faults = [
        f"{lines[f'scenario.{key}']}set by the pairs and months of the plan; leave it out"
        for key in model.scenario
        if key in OWN_KEYS
    ]
    pairs: list[Pair] = []
    for number, pair in enumerate(model.pairs):
        try:
            pairs.append(_pair(model, pair, number, node, shown=shown, names=names))
        except ConfigError as error:
            faults.extend(error.faults)
    if not faults and not any(sum(pair.teu) for pair in pairs):
        faults.append(f"{lines['pairs']}no pair has a volume")
    if faults:
        raise ConfigError(list(dict.fromkeys(faults)))
    plan = _plan(model, pairs, name=model.name or name, shown=shown, lines=lines)
    if wrong := minimum_faults(plan):
        raise ConfigError(wrong)
    return plan


def _plan(
    model: PlanModel, pairs: Sequence[Pair], *, name: str, shown: str, lines: Mapping[str, str]
) -> Plan:
    minimums = []
    for minimum in model.minimums:
        kind = next(k for k in MinimumKind if getattr(minimum, k) is not None)
        minimums.append(
            Minimum(kind=kind, key=getattr(minimum, kind), teu_per_month=minimum.teu_per_month)
        )
    return Plan(
        name=name,
        months=months_of(model.first_month, model.months),
        departures=tuple(sorted(set(model.departures))),
        pairs=tuple(pairs),
        any_corridor=model.corridors == "any",
        objective=Objective(model.objective),
        limits=frozen(model.limits),
        minimums=tuple(minimums),
        unmet_usd_per_teu=model.unmet_usd_per_teu,
        capacity_share=model.capacity_share,
        max_wait_days=model.max_wait_days,
        source_path=shown,
        lines=dict(lines),
    )


def months_of(first: str, count: int) -> tuple[date, ...]:
    """Return the first day of each month, from one written as 2026-01 on."""
    start = date.fromisoformat(f"{first}-01")
    index = start.year * MONTHS_A_YEAR + start.month - 1
    return tuple(
        date((index + n) // MONTHS_A_YEAR, (index + n) % MONTHS_A_YEAR + 1, 1) for n in range(count)
    )


def _pair(
    model: PlanModel, pair: PairModel, number: int, node: Node, *, shown: str, names: Names
) -> Pair:
    given = (node.items or {})["pairs"].entries or ()
    items = given[number].items or {}
    teu = pair.teu_per_month * (model.months if len(pair.teu_per_month) == 1 else 1)
    if len(teu) != model.months:
        start = lines_of(node, shown=shown)[f"pairs[{number}].teu_per_month"]
        msg = f"{start}{len(teu)} volumes for {model.months} months; give one or {model.months}"
        raise ConfigError(msg)
    scenario = _scenario(model, items, node, shown=shown, names=names)
    name = pair.name or f"{pair.origin} to {pair.destination}"
    bounds = [days for days in (pair.max_days, scenario.limits.shelf_life_days) if days is not None]
    return Pair(name=name, scenario=scenario, teu=teu, max_days=min(bounds, default=None))


def _scenario(
    model: PlanModel, items: Mapping[str, Node], node: Node, *, shown: str, names: Names
) -> Scenario:
    """Return the scenario of a pair: the pair's keys and the shared ones."""
    line = items["origin"].line
    shipment = {key: items[key] for key in GoodsModel.model_fields if key in items}
    # A scenario needs a volume, but no price depends on it. The plan holds the real one.
    shipment["teu_per_month"] = Node(line, value=1)
    shared = (node.items or {}).get("scenario")
    tree: dict[str, Node] = dict((shared.items if shared else None) or {})
    corridors = (node.items or {}).get("corridors")
    if corridors is not None and model.corridors != "any":
        tree["corridors"] = corridors
    tree |= {
        "origin": items["origin"],
        "destination": items["destination"],
        "departure": Node(line, value=f"{model.first_month}-01"),
        "shipment": Node(line, items=shipment),
    }
    whole = replace(node, items=tree)
    made = validate(ScenarioModel, whole, shown=shown, names=names)
    return to_scenario(made, node=whole, shown=shown)


def minimum_faults(plan: Plan) -> list[str]:
    """Return the faults of minimums that exceed the plan's volumes, shares or corridors.

    Conflicts with routes and capacities appear only when the plan is solved.
    """
    return [
        f"{plan.at(f'minimums[{number}]')}{text}"
        for number, minimum in enumerate(plan.minimums)
        for text in _wrong(plan, minimum)
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
