"""Loading plans: pairs with TEU by month, limits, and what may be decided for them."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path, PurePath

from corridors.config.checks import LAST_DAY, Names
from corridors.config.config_files import CONTRACTS, find_file, with_own_data
from corridors.config.corridors import load_corridors
from corridors.config.faults import Node, read_yaml, validate
from corridors.config.models import DeclaredServiceModel, GoodsModel, ScenarioModel, frozen
from corridors.config.plan_models import CandidateModel, ContractModel, PhasesModel, PlanModel
from corridors.config.projects import load_projects
from corridors.config.scenario import lines_of, project_choices, to_scenario, with_value
from corridors.data.geodata import load_services
from corridors.data.lines import WEEKS_PER
from corridors.data.parameters import load_parameters
from corridors.data.series import load_dated_years
from corridors.domain.allocation import SEASONS, CandidateService, Idle, Proposed, ShipsOfAClass
from corridors.domain.objective import Objective
from corridors.domain.places import first_full_month, months_from
from corridors.domain.plan import (
    Annuity,
    ChanceScenario,
    Contract,
    Minimum,
    MinimumKind,
    Pair,
    Phases,
    Plan,
)
from corridors.domain.scenario import DeclaredService, PriceBasis, ProjectChoice, is_border
from corridors.errors import ConfigError

MONTHS_A_YEAR = 12
OWN_KEYS = ("origin", "destination", "departure", "shipment", "corridors", "name")
# By command the keys that make a plan one of its plans.
TELLING = {
    "book": ("contracts",),
    "design": ("services", "propose"),
    "invest": ("projects", "budget_usd_m", "allocation"),
}
# Keys that a plan with services does not count.
NOT_WITH_SERVICES = frozenset(
    {"max_wait_days", "corridors", "departures", "phases", "demand_growth", "perfect_information"}
)
# Keys that count only beside one of others.
BESIDE = {
    "scenarios": ("contracts", "projects", *TELLING["design"]),
    "risk": ("scenarios",),
    "perfect_information": ("contracts",),
    **dict.fromkeys(("annuity", "phases", "demand_growth"), ("projects",)),
    **dict.fromkeys(("fleets", "alternatives", "departures_per_week"), TELLING["design"]),
}
TIME_LIMITS_S = {"book": 600.0, "design": 120.0}
WORTH = "set value_of_time_usd_per_teu_day of the pairs"
# Years over which volumes grow in a plan without phases, the life of most projects, and the years
# after which they are counted anew.
GROWS_YEARS = 30
GROWS_STEP = 6
ROUNDING = 1e-9
RATE_PARAMETER = "plan.discount_rate"
# Probabilities that sum to 1 up to this are taken as such, and scaled.
SUMS_TO = 1e-3


@dataclass(frozen=True, kw_only=True)
class _File:
    """The tree of a plan, how faults name its file, and its path."""

    node: Node
    shown: str
    path: Path
    of_pairs: str = ""
    """How faults name the file of the pairs, if that is another."""

    @property
    def keys(self) -> frozenset[str]:
        """The keys of the file."""
        return frozenset(self.node.items or {})

    @cached_property
    def lines(self) -> dict[str, str]:
        """The prefix of faults for every dotted key."""
        return lines_of(self.node, shown=self.shown)

    def at(self, *keys: str) -> str:
        """Return the prefix of faults at the first of some keys that is given, or at the last."""
        given = next((key for key in keys if key in self.lines), keys[-1])
        return self.lines.get(given, f"{self.shown}: {given}: ")


def load_plan(
    path: Path | str,
    *,
    command: str = "allocate",
    set_values: Sequence[str] = (),
    contracts: Sequence[str] = (),
) -> Plan:
    """Return the plan of a file, or of a shipped plan's name.

    Parameters
    ----------
    path
        A plan file, or the name of a shipped one.
    command
        The command that asks: `allocate`, `book`, `design` or `invest`.
    set_values
        Values that replace those of the file, such as `limits.max_co2e_t=9000`.
    contracts
        Rate sheets in place of those of the file.

    Raises
    ------
    ConfigError
        With every fault of the file, or that it is a plan of another command.
    """
    file = _lifted(_read(path, set_values, command, contracts))
    names = Names()
    model = validate(PlanModel, file.node, shown=file.shown, names=names)
    if faults := [*_faults(model, file, command)]:
        raise ConfigError(list(dict.fromkeys(faults)))
    plan = _plan(model, file, names=names)
    if plan.by_shares and (faults := [*_shares_faults(model, file, command)]):
        raise ConfigError(faults)
    if model.contracts or model.scenarios:
        plan = replace(plan, scenarios=tuple(_chances(model, file, plan, names=names)))
    if model.projects:
        plan = _with_projects(model, file, plan)
    limit = TIME_LIMITS_S.get(command) if plan.time_limit_s is None else plan.time_limit_s
    return replace(plan, time_limit_s=limit, undated=_undated(plan))


def _undated(plan: Plan) -> str:
    """Return what is known of prices and rules in the last year of a plan, if it is not dated."""
    last = plan.months[-1].year if plan.phases is None else plan.phases.until - 1
    prices, rules = load_dated_years()
    if last <= prices:
        return ""
    then = f", and no rule dated after {rules}" if last > rules else ""
    return f"No price is known after {prices}{then}: what holds then holds in all later years."


def commands_of(keys: frozenset[str]) -> tuple[str, ...]:
    """Return the commands whose plans have some of these keys."""
    if keys & {*TELLING["design"]}:
        return ("design",)
    commands = tuple(command for command, own in TELLING.items() if keys & {*own})
    return commands or ("allocate",)


def _read(
    path: Path | str, set_values: Sequence[str], command: str, contracts: Sequence[str] = ()
) -> _File:
    """Return the tree of a plan with values replaced, if it is one for a command."""
    file, shown = find_file(path, "plan")
    node = with_sheets(read_yaml(file, shown=shown))
    kinds = commands_of(frozenset(node.items or {}))
    if command not in kinds and kinds != ("allocate",):
        msg = f"{shown}:1: a plan of `corridors {kinds[0]}`; run that, or give another plan"
        raise ConfigError(msg)
    for assignment in set_values:
        node = with_value(node, assignment)
    node = with_sheets(node)
    if contracts:
        shared = (node.items or {}).get("scenario", Node(0, items={}))
        shared = with_own_data(shared, contracts, key=CONTRACTS)
        node = replace(node, items={**(node.items or {}), "scenario": shared})
    return _File(node=node, shown=shown, path=file)


def with_sheets(node: Node) -> Node:
    """Return a plan whose rate sheets are those of its scenario.

    Entries of `contracts` that are names of files are sheets, others what may be booked.
    """
    items = dict(node.items or {})
    given = items.get("contracts")
    sheets = [one for one in (given and given.entries) or () if isinstance(one.value, str)]
    if given is None or not sheets:
        return node
    rest = tuple(one for one in given.entries or () if one not in sheets)
    if rest:
        items["contracts"] = replace(given, entries=rest)
    else:
        del items["contracts"]
    shared = items.get("scenario", Node(given.line, items={}))
    own = {**(shared.items or {}), "contracts": replace(given, entries=tuple(sheets))}
    lines = {**shared.key_lines, "contracts": given.line}
    items["scenario"] = replace(shared, items=own, value=None, key_lines=lines)
    return replace(node, items=items)


def _lifted(file: _File) -> _File:
    """Return a plan without `allocation`, in which its volumes and limits once had to be.

    They may be in a file of their own, whose faults are told first.
    """
    inner = (file.node.items or {}).get("allocation")
    if inner is None:
        return file
    of_pairs = ""
    if isinstance(inner.value, str) and inner.value:
        name = inner.value
        of = file.path.parent / name if name.endswith(".yaml") else name
        try:
            load_plan(of)
            read = _read(of, (), "allocate")
        except ConfigError as error:
            at = file.at("allocation")
            faults = [text if ".yaml:" in text else f"{at}{text}" for text in error.faults]
            raise ConfigError(faults) from None
        inner, of_pairs = read.node, read.shown
    elif inner.items is None:
        msg = f"{file.at('allocation')}must be an allocation plan, or the name or file of one"
        raise ConfigError(msg)
    items = {key: node for key, node in (file.node.items or {}).items() if key != "allocation"}
    own = {key: node for key, node in (inner.items or {}).items() if key != "name"}
    return replace(file, node=_joined(replace(file.node, items=items), own), of_pairs=of_pairs)


def _joined(node: Node, items: Mapping[str, Node]) -> Node:
    """Return a mapping with the keys of another, whose values stand before its own."""
    joined = dict(node.items or {})
    for key, other in items.items():
        there = joined.get(key)
        both = there is not None and there.items is not None and other.items is not None
        joined[key] = _joined(there, other.items or {}) if both and there else other
    lines = {key: other.line for key, other in items.items()}
    return replace(node, items=joined, key_lines=node.key_lines | lines)


def _plan(model: PlanModel, file: _File, *, names: Names) -> Plan:
    """Return the plan of a tree, its scenario that of all pairs."""
    more = {}
    corridors = (file.node.items or {}).get("corridors")
    if corridors is not None and model.corridors != "any":
        more["corridors"] = corridors
    if _of_services(model):
        # Frequency is worth what a day is worth, and a service that nobody runs yet has no price.
        for key, value in (("objective", "generalised"), ("price_basis", PriceBasis.COST.value)):
            more[key] = Node(file.node.line, value=value)
    shared = (file.node.items or {}).get("scenario")
    faults = [
        f"{file.at(f'scenario.{key}')}set by the pairs and months of the plan; leave it out"
        for key in (shared.items if shared else None) or {}
        if key in OWN_KEYS
    ]
    pairs = []
    for number in range(len(model.pairs)):
        try:
            pairs.append(_pair(model, file, number, more=more, names=names))
        except ConfigError as error:
            faults.extend(error.faults)
    if not faults and not any(sum(pair.teu) for pair in pairs):
        faults.append(f"{file.at('pairs')}no pair has a volume")
    if not faults and _of_services(model):
        if not any(p.scenario.shipment.value_of_time_usd_per_teu_day for p in pairs):
            faults.append(
                f"{file.at('pairs')}no pair has a value of time, so frequency would be worth"
                f" nothing; {WORTH}"
            )
        # A box that waits for a season to open is no box of this season.
        pairs = [replace(p, scenario=replace(p.scenario, max_wait_days=0.0)) for p in pairs]
    if faults:
        raise ConfigError(list(dict.fromkeys(faults)))
    alternatives: tuple[str, ...] | None = None
    if model.alternatives != "all":
        alternatives = () if model.alternatives == "none" else tuple(model.alternatives)
    plan = Plan(
        name=model.name or file.path.stem,
        months=months_from(date.fromisoformat(f"{model.first_month}-01"), model.months),
        departures=tuple(sorted(set(model.departures))),
        pairs=tuple(pairs),
        any_corridor=model.corridors == "any",
        objective=Objective(model.objective),
        limits=frozen(model.limits),
        minimums=tuple(
            Minimum(kind=kind, key=getattr(minimum, kind), teu_per_month=minimum.teu_per_month)
            for minimum in model.minimums
            for kind in MinimumKind
            if getattr(minimum, kind) is not None
        ),
        unmet_usd_per_teu=model.unmet_usd_per_teu,
        capacity_share=model.capacity_share,
        max_wait_days=model.max_wait_days,
        contracts=tuple(map(_contract, model.contracts)),
        level=model.risk.level,
        weight=model.risk.weight,
        perfect_information=model.perfect_information,
        services=tuple(map(_candidate, model.services)),
        proposed=None if model.propose is None else Proposed(model.propose),
        departures_per_week=_sorted(model.departures_per_week),
        alternatives=alternatives,
        fleets=tuple(
            ShipsOfAClass(ship=fleet.ship, most=fleet.most, idle=Idle(fleet.idle))
            for fleet in model.fleets
        ),
        time_limit_s=model.time_limit_s,
        source_path=file.shown,
        lines=dict(file.lines),
    )
    if wrong := minimum_faults(plan):
        raise ConfigError(wrong)
    return plan


def _of_services(model: PlanModel) -> bool:
    return bool(model.services) or model.propose is not None


def _pair(
    model: PlanModel, file: _File, number: int, *, more: Mapping[str, Node], names: Names
) -> Pair:
    pair = model.pairs[number]
    entries = (file.node.items or {})["pairs"].entries or ()
    items = entries[number].items or {}
    line = items["origin"].line
    shipment = {key: items[key] for key in GoodsModel.model_fields if key in items}
    first = date.fromisoformat(f"{model.first_month}-01")
    # A scenario needs a volume, but no price depends on it. The plan holds the real one.
    shipment["teu_per_month"] = Node(line, value=1)
    shared = (file.node.items or {}).get("scenario")
    tree = {
        **((shared.items if shared else None) or {}),
        **more,
        **{key: items[key] for key in ("corridors",) if key in items},
        "origin": items["origin"],
        "destination": items["destination"],
        # Its own days are those of the plan, which may be later than any comparison's.
        "departure": Node(line, value=str(min(first, LAST_DAY))),
        "shipment": Node(line, items=shipment),
    }
    teu = _volumes(model, file, number)
    lines = {key: node.line for key, node in tree.items()}
    whole = replace(file.node, items=tree, key_lines=lines | (shared.key_lines if shared else {}))
    shown = file.of_pairs or file.shown
    made = validate(ScenarioModel, whole, shown=shown, names=names)
    scenario = replace(to_scenario(made, node=whole, shown=shown), departure=first)
    shelf = scenario.limits.shelf_life_days
    bounds = [days for days in (pair.max_days, shelf) if days is not None]
    return Pair(
        name=pair.name or f"{pair.origin} to {pair.destination}",
        scenario=scenario,
        teu=teu,
        max_days=min(bounds, default=None),
    )


def _volumes(model: PlanModel, file: _File, number: int) -> tuple[float, ...]:
    """Return the TEU of a pair by month."""
    teu, count = model.pairs[number].teu_per_month, model.months
    if len(teu) == 1:
        return teu * count
    if _of_services(model) and len(teu) == SEASONS:
        return tuple(one for one in teu for _ in range(count // SEASONS))
    if len(teu) == count:
        return teu
    periods = f"{SEASONS} seasons" if _of_services(model) else f"{count} months"
    msg = (
        f"{file.at(f'pairs[{number}].teu_per_month')}{len(teu)} volumes for {periods}; give one or"
        f" {periods.split(maxsplit=1)[0]}"
    )
    raise ConfigError(msg)


def _chances(
    model: PlanModel, file: _File, plan: Plan, *, names: Names
) -> Iterator[ChanceScenario]:
    """Yield what may come, the plan in each as it then is.

    Raises
    ------
    ConfigError
        With the faults of every scenario.
    """
    if not model.scenarios:
        yield ChanceScenario(name=plan.name, probability=1.0, plan=_as_known(plan))
    total = sum(given.probability for given in model.scenarios)
    faults: list[str] = []
    for number, given in enumerate(model.scenarios):
        try:
            made = _plan(model, replace(file, node=_tree(file.node, number)), names=names)
        except ConfigError as error:
            faults.extend(error.faults)
            continue
        faults.extend(_corridor_faults(made, file))
        yield ChanceScenario(
            name=given.name,
            probability=given.probability / total,
            plan=_as_known(made, demand=given.demand, spot=given.spot),
        )
    if faults:
        raise ConfigError(list(dict.fromkeys(faults)))


def _as_known(plan: Plan, *, demand: float = 1.0, spot: float = 1.0) -> Plan:
    """Return a plan with its volumes and spot space as a scenario has them."""
    return replace(
        plan,
        pairs=tuple(
            replace(pair, teu=tuple(teu * demand for teu in pair.teu)) for pair in plan.pairs
        ),
        contracts=tuple(
            replace(
                each,
                spot_teu=None if each.spot_teu is None else each.spot_teu * spot,
                dearer_spot=tuple((teu * spot, usd) for teu, usd in each.dearer_spot),
            )
            for each in plan.contracts
        ),
    )


def _tree(node: Node, number: int) -> Node:
    """Return the plan of a scenario: the file's, with the scenario's keys in place."""
    items = dict(node.items or {})
    entries = items["scenarios"].entries or ()
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
        dearer_spot=tuple((one.teu_per_month, one.usd_per_teu) for one in given.dearer_spot),
        rate_usd=given.rate_usd_per_teu,
        index_share=given.index_share,
        take_share=given.take_share,
        discounts=tuple((one.from_teu_per_month, one.usd_per_teu) for one in given.discounts),
    )


def _sorted(departures: Sequence[float]) -> tuple[float, ...]:
    return tuple(sorted({float(number) for number in departures}))


def _candidate(model: CandidateModel | DeclaredServiceModel) -> CandidateService:
    if not isinstance(model, CandidateModel):
        declared: DeclaredService = frozen(model)
        return CandidateService(
            name=declared.name,
            corridor="",
            departures=(declared.frequency / WEEKS_PER[declared.per],),
            ship=declared.ship,
            declared=declared,
            project=PurePath(declared.project or "").stem,
        )
    return CandidateService(
        name=model.name or "",
        corridor=model.corridor or "",
        departures=_sorted(model.departures_per_week),
        loads_at=model.loads_at,
        unloads_at=model.unloads_at,
        ship=model.ship,
        train_teu=model.train_teu,
        project=PurePath(model.project or "").stem,
    )


def _with_projects(model: PlanModel, file: _File, plan: Plan) -> Plan:
    """Return a plan with the projects to choose from.

    Raises
    ------
    ConfigError
        The budget pays for none, or they do not fit the months, phases or scenario.
    """
    if model.months != MONTHS_A_YEAR:
        msg = f"{file.at('months')}{model.months} months; gains are per year: months: 12"
        raise ConfigError(msg)
    choices = project_choices(model.projects, node=file.node, shown=file.shown)
    budget_usd_m = model.budget_usd_m or 0.0
    phases = _phases(model, budget_usd_m, file)
    phases = phases and _with_openings(phases, choices)
    _affords(choices, budget_usd_m, file)
    _not_there_yet(choices, plan, phases, file.at("projects"))
    known = load_parameters().get(RATE_PARAMETER)
    annuity: Annuity = frozen(model.annuity)
    return replace(
        plan,
        projects=choices,
        budget_usd_m=budget_usd_m,
        rate=known.value if annuity.rate is None else annuity.rate,
        rate_source=known.source_id if annuity.rate is None else "the plan",
        annuity=annuity,
        phases=phases,
    )


def _phases(model: PlanModel, budget_usd_m: float, file: _File) -> Phases | None:
    """Return the phases of a plan of a year, with the money of each."""
    year = int(model.first_month[:4])
    given = model.phases
    if given is not None and model.demand_growth is not None:
        msg = f"{file.at('demand_growth')}given beside phases; give phases.demand_growth"
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
        msg = f"{file.at('phases')}years {list(given.years)} until {given.until} must ascend"
        raise ConfigError(msg)
    budgets = given.budgets_usd_m
    if budgets is None:
        budgets = (budget_usd_m, *(0.0 for _ in given.years[1:]))
    elif len(budgets) != len(given.years):
        counts = f"{len(budgets)} budgets for {len(given.years)} phases"
        msg = f"{file.at('phases')}{counts}; give one each"
        raise ConfigError(msg)
    elif abs(sum(budgets) - budget_usd_m) > ROUNDING * budget_usd_m:
        msg = (
            f"{file.at('phases')}budgets_usd_m add up to {sum(budgets):,g}, but budget_usd_m is"
            f" {budget_usd_m:,g}; change one of the two"
        )
        raise ConfigError(msg)
    return Phases(
        starts=tuple(date(year, 1, 1) for year in given.years),
        until=given.until,
        demand_growth=given.demand_growth,
        budgets_usd_m=tuple(budgets),
    )


def _with_openings(phases: Phases, choices: Sequence[ProjectChoice]) -> Phases:
    """Return phases with one more where a project opens within one, from its first month on."""
    opened = {first_full_month(choice.opens) for choice in choices}
    within = {day for day in opened if phases.starts[0] < day < date(phases.until, 1, 1)}
    money = dict(zip(phases.starts, phases.budgets_usd_m, strict=True))
    starts = tuple(sorted(within | {*phases.starts}))
    budgets = tuple(money.get(start, 0.0) for start in starts)
    return replace(phases, starts=starts, budgets_usd_m=budgets)


def _affords(choices: Sequence[ProjectChoice], budget_usd_m: float, file: _File) -> None:
    projects = load_projects([choice.id for choice in choices])
    new = [project for project in projects if not project.in_use]
    if not new:
        names = ", ".join(f"{project.id} since {project.opens}" for project in projects)
        msg = (
            f"{file.at('projects')}all are in use ({names}): nothing is left to choose; add another"
        )
        raise ConfigError(msg)
    cheapest = min(new, key=lambda p: (p.cost.value, p.id))
    if cheapest.cost.value > budget_usd_m:
        msg = (
            f"{file.at('budget_usd_m')}{budget_usd_m:,g} million USD is too little for any project;"
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
    last = plan.months[-1] if phases is None else phases.starts[-1]
    late = [
        f"{c.id} ({c.opens})"
        for c in choices
        if c.opens > last.replace(day=monthrange(last.year, last.month)[1])
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


def _faults(model: PlanModel, file: _File, command: str) -> Iterator[str]:
    """Yield what a plan lacks for a command, and what contradicts itself before any search."""
    lacking = TELLING.get(command, ())
    if command != "design" and lacking and not file.keys & {*lacking}:
        yield f"{file.at(lacking[0])}missing, it has no default"
    for key in sorted(file.keys & {*BESIDE}):
        if not file.keys & {*BESIDE[key]}:
            yield f"{file.at(key)}counts only beside {' or '.join(BESIDE[key])}; leave it out"
    if _of_services(model) or command == "design":
        yield from _service_faults(model, file)
    for number, pair in enumerate(model.pairs):
        if pair.corridors and (_of_services(model) or model.corridors == "any"):
            does = "list those of the plan under corridors, or all"
            if _of_services(model):
                does = "plans of services have alternatives for all pairs; leave it out"
            yield f"{file.at(f'pairs[{number}].corridors')}routes of this plan are free; {does}"
    yield from _chance_faults(model, file)
    if bool(model.projects) != (model.budget_usd_m is not None):
        lacks = "projects" if model.budget_usd_m else "budget_usd_m"
        yield f"{file.at(lacks)}missing, it has no default"


def _chance_faults(model: PlanModel, file: _File) -> Iterator[str]:
    if model.risk.weight and (model.phases or model.demand_growth is not None):
        yield (
            f"{file.at('risk.weight', 'risk')}the dearest cases are those of a year, not of phases;"
            " leave out risk, or phases and demand_growth"
        )
    if model.contracts and model.unmet_usd_per_teu is None:
        yield f"{file.at('unmet_usd_per_teu')}missing, it has no default"
    total = sum(given.probability for given in model.scenarios)
    if model.scenarios and abs(total - 1.0) > SUMS_TO:
        does = "add a scenario for the rest" if total < 1.0 else "lower some of them"
        yield f"{file.at('scenarios')}the probabilities sum to {total:g}, not to 1; {does}"
    dearer = [(c.corridor, c.gate, c.country) for c in model.contracts if c.dearer_spot]
    if len(dearer) > len({*dearer}):
        yield (
            f"{file.at('contracts')}two contracts of one way have dearer_spot, and a box would pay"
            " both; give it in one of them"
        )
    for key, named in (("scenarios", model.scenarios), ("contracts", model.contracts)):
        names = [given.name for given in named]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f"{file.at(key)}two {key} are called {name}; give each its own name"


def _shares_faults(model: PlanModel, file: _File, command: str) -> Iterator[str]:
    """Yield what a plan may not have whose boxes choose their way by shares."""
    at = file.at("scenario.choice", "scenario")
    if command not in ("allocate", "invest"):
        yield (
            f"{at}shares count in allocate and invest; what is booked or run is decided for all"
            " boxes of the plan, so leave it out"
        )
    if model.corridors == "any":
        yield (
            f"{file.at('corridors')}with choice: shares boxes choose among corridors; give all, or"
            " their ids"
        )
    for key in ("limits", "minimums", "contracts", "scenarios"):
        given = model.scenario.get(key) if key == "contracts" else None
        if key in file.keys or given:
            yield (
                f"{file.at(key)}with choice: shares each shipper chooses for himself, so nobody"
                " keeps to it; leave it out"
            )


def _service_faults(model: PlanModel, file: _File) -> Iterator[str]:
    if model.objective == "cost":
        yield (
            f"{file.at('objective')}cost alone gives frequency no value, so the fewest departures"
            f" would always do; set generalised, and {WORTH}"
        )
    if model.scenario.get("price_basis") == PriceBasis.PRICE:
        yield (
            f"{file.at('scenario.price_basis')}a service that nobody runs yet has no price, so a"
            " design compares costs; leave it out"
        )
    if not model.services and model.propose is None:
        yield (
            f"{file.at('services', 'pairs')}there is no candidate"
            " service; name some under services, or set propose: corridors or propose: lines"
        )
    for number, service in enumerate(model.services):
        at = file.at(f"services[{number}]")
        if not isinstance(service, CandidateModel):
            yield from _not_of_a_design(service, f"{at}{service.name}: ")
            continue
        sides = service.loads_at, service.unloads_at
        if service.corridor is None and not all(sides):
            yield (
                f"{at}without a corridor it must be known where the"
                " service calls; set loads_at and unloads_at, or corridor"
            )
        for terminal in sorted(set(sides[0]) & set(sides[1])):
            yield f"{at}{terminal} is on both sides; leave it out on one"
    yield from _unlisted_projects(model, file)
    named = [service.name for service in model.services if service.name]
    for name in sorted({name for name in named if named.count(name) > 1}):
        yield f"{file.at('services')}two services are called {name}; give each its own name"
    ships = {service.id for service in load_services() if service.family.value == "sea"}
    for key, ship in (
        *(
            (f"services[{n}].ship", s.ship)
            for n, s in enumerate(model.services)
            if isinstance(s, CandidateModel)
        ),
        *((f"fleets[{n}].ship", f.ship) for n, f in enumerate(model.fleets)),
    ):
        if ship is not None and ship not in ships:
            yield f"{file.at(key)}'{ship}' is not a class of ships; use one such as sea/4k"
    held = [fleet.ship for fleet in model.fleets]
    for ship in sorted({ship for ship in held if held.count(ship) > 1}):
        yield f"{file.at('fleets')}{ship} is listed twice; give its ships in one entry"
    if model.months != MONTHS_A_YEAR:
        yield f"{file.at('months')}{model.months} months; services are for a year: months: 12"
    if model.limits.max_usd is not None:
        yield (
            f"{file.at('limits.max_usd')}departures are bought whole, so a budget of boxes says"
            " nothing; leave it out"
        )
    for key in sorted(file.keys & NOT_WITH_SERVICES):
        yield f"{file.at(key)}not counted in a plan with services; leave it out, or the services"


def _unlisted_projects(model: PlanModel, file: _File) -> Iterator[str]:
    """Yield services that need a project that the plan cannot build."""
    listed = {PurePath(choice.id).stem for choice in model.projects}
    for number, service in enumerate(model.services):
        if service.project is not None and PurePath(service.project).stem not in listed:
            yield (
                f"{file.at(f'services[{number}].project')}{service.project} is not among the"
                " projects of the plan; add it there, or leave it out here"
            )


def _not_of_a_design(service: DeclaredServiceModel, at: str) -> Iterator[str]:
    """Yield what a scenario may declare of a service, and a design cannot run."""
    for name in (name for way in service.way for name in way.split("|")):
        if len(name) == 2 and name.isupper():
            yield f"{at}way: a design passes no country as such ({name}); name a border or terminal"
    for name in filter(is_border, service.bars):
        yield f"{at}bars: a design bars no border ({name}); name a country or terminal"


def minimum_faults(plan: Plan) -> list[str]:
    """Return the faults of minimums that exceed the plan's volumes, shares or corridors.

    Conflicts with routes and capacities appear only when the plan is solved.
    """
    return [
        f"{plan.at(f'minimums[{number}]')}{text}"
        for number, minimum in enumerate(plan.minimums)
        for text in _wrong(plan, minimum)
    ]


def _corridor_faults(plan: Plan, file: _File) -> list[str]:
    """Return the faults of contracts on corridors that the plan cannot use."""
    return [
        f"{file.at(f'contracts[{number}].corridor')}space on corridor {contract.key}, but {why}"
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
