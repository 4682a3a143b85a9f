"""Measure published transit days and figures of published studies by comparisons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter

from corridors.config import load_corridors, load_scenario
from corridors.costing.market import drivers_in_freight
from corridors.domain.objective import Objective
from corridors.domain.results import RouteOption
from corridors.domain.scenario import Corridor, Equipment, PriceBasis, Scenario
from corridors.domain.values import CostLine
from corridors.errors import GeodataError
from corridors.network.rules.service_choice import with_reserved
from corridors.studies.option import option_of
from corridors.studies.published.cases import Case, Ours, load_study, override
from corridors.studies.session import Session
from corridors.units import GRAMS_PER_KG, HOURS_PER_DAY, KG_PER_TONNE, TEU_PER_FEU

Options = Mapping[str, RouteOption]
SHIP_PARTS = ("sea", "ice")
_USD = attrgetter("usd_per_teu")
_BOUNDS = (attrgetter("low"), attrgetter("high"))
# The source of shipment and departure, as in `corridors route`.
SHIPPED = "shanghai-europe"


def measured_options(cases: Sequence[Case]) -> dict[str, Ours]:
    """Return our figures by case id; cases of one question share its comparison.

    Raises
    ------
    ConfigError
        A study's scenario has an error.
    GeodataError
        A case names a corridor without a route, or an unknown quantity.
    """
    groups: dict[tuple[object, ...], list[Case]] = {}
    for case in cases:
        ends = (case.origin, case.destination, case.departure, case.is_price, case.equipment)
        key = (*ends, case.overrides, case.services, case.given.get("scenario"))
        groups.setdefault(key, []).append(case)
    found: dict[str, Ours] = {}
    session = Session()
    # Questions on the same corridors one after another, for a session keeps few networks.
    for group in sorted(groups.values(), key=_named):
        corridors = load_corridors(_named(group))
        options = _cheapest(_scenario(group[0]), corridors, session)
        for case in group:
            if case.quantity not in _MEASURES:
                msg = f"published cases: {case.id}: unknown quantity '{case.quantity}'"
                raise GeodataError(msg)
            ours = _MEASURES[case.quantity](case, options)
            if case.quantity == "cost":
                low, high = (_priced(case, options, of) for of in _BOUNDS)
                found[case.id] = Ours(ours, low, high)
            else:
                found[case.id] = Ours(ours * HOURS_PER_DAY if case.unit == "h" else ours)
    return found


def _named(group: Sequence[Case]) -> list[str]:
    """Return the ids of the corridors that the cases of a question name."""
    named = (name for c in group for name in (c.route, c.less, *c.given.get("among", ())))
    return list(dict.fromkeys(filter(None, named)))


def _scenario(case: Case) -> Scenario:
    """Return the scenario of a study, or that of `corridors route` with what the case says."""
    if study := case.given.get("scenario"):
        return load_study(study)
    shipped = load_scenario(SHIPPED)
    return replace(
        shipped,
        origin=case.origin,
        destination=case.destination,
        departure=case.departure or shipped.departure,
        services=case.services,
        # What is published is a cost, a price or a time, whatever a day is worth.
        objective=Objective.COST,
        price_basis=PriceBasis.PRICE if case.is_price else shipped.price_basis,
        shipment=replace(
            shipped.shipment, equipment=Equipment(case.equipment or shipped.shipment.equipment)
        ),
        overrides=tuple(override(key, value) for key, value in case.overrides),
        source_path="",
        text={},
    )


def _cheapest(scenario: Scenario, corridors: Sequence[Corridor], session: Session) -> Options:
    """Return the cheapest route of each corridor by its main carriage alone, by corridor.

    Published figures are from port to port or from terminal to terminal. With feeders and other
    carriage, a corridor by rail could leave its trains at the first port beyond its entries.
    """
    alike: dict[tuple[str, ...], list[Corridor]] = {}
    for corridor in corridors:
        alike.setdefault(_main_services(scenario, corridor), []).append(corridor)
    found: dict[str, RouteOption] = {}
    for services, group in alike.items():
        question = session.pose(replace(scenario, services=services), group)
        found |= {corridor.id: option_of(question, at) for at, corridor in enumerate(group)}
    return {corridor.id: found[corridor.id] for corridor in corridors}


def _main_services(scenario: Scenario, corridor: Corridor) -> tuple[str, ...]:
    """Return the ids of a scenario's services that are main carriage of a corridor."""
    return tuple(
        service.id
        for service in with_reserved(scenario, [corridor])
        if {service.id, service.family.value} & {*corridor.main_services}
        or service.id in corridor.reserved_services
    )


def _option(options: Options, corridor: str) -> RouteOption:
    option = options[corridor]
    if not option.usable:
        msg = f"published cases: corridor {corridor} has no route: {option.reason}"
        raise GeodataError(msg)
    return option


def _transit(option: RouteOption) -> float:
    """Return the days of the main carriage, which published figures describe."""
    return option.main_transit_days or 0.0


def _co2e(option: RouteOption) -> float:
    return option.co2e_wtw_kg_per_teu or 0.0


def _sea_time(option: RouteOption) -> float:
    return sum(option.time_parts.get(part, 0.0) for part in SHIP_PARTS) / HOURS_PER_DAY


def _cost(
    option: RouteOption, lines: Sequence[str] = (), of: Callable[[CostLine], float] = _USD
) -> float:
    """Return USD per TEU of the lines with these drivers, or of all but those after a `-`.

    `freight` stands for all lines that a sea freight includes. `of` is the figure of a line to add
    up: the middle, or its low or high.
    """
    left_out = {name[1:] for name in lines if name.startswith("-")}
    wanted = {name for name in lines if not name.startswith("-")}
    wanted |= drivers_in_freight() if "freight" in wanted else frozenset()
    return sum(
        of(line)
        for line in option.cost_lines
        if line.driver not in left_out and (not wanted or line.driver in wanted)
    )


def _priced(case: Case, options: Options, of: Callable[[CostLine], float] = _USD) -> float:
    usd = _cost(_option(options, case.route), case.given.get("lines", ()), of)
    return usd * TEU_PER_FEU if case.unit == "USD/FEU" else usd


def _passed(option: RouteOption, place: str) -> datetime:
    if option.departure is not None and option.steps[0].from_id == place:
        return option.departure
    for step in option.steps:
        if place in (step.gate, step.to_id):
            return step.arrives
    msg = f"published cases: the route of {option.corridor} does not pass {place}"
    raise GeodataError(msg)


def _span(case: Case, options: Options) -> float:
    """Return the days between two places that the route passes, in either order."""
    option = _option(options, case.route)
    one, two = (_passed(option, place) for place in case.given["between"])
    return abs((two - one).total_seconds()) / 3600.0 / HOURS_PER_DAY


def _rank(case: Case, options: Options) -> float:
    """Return the rank of the corridor among those named; 1 has the least value."""
    by: Callable[[RouteOption], float] = {
        "cost": _cost,
        "days": _transit,
        "km": lambda option: option.km() or 0.0,
        "co2e": _co2e,
    }[case.given["by"]]
    values = {name: by(_option(options, name)) for name in case.given["among"]}
    return 1.0 + sum(value < values[case.route] for value in values.values())


def _intensity(case: Case, options: Options) -> float:
    """Return g CO2e well-to-wake per TEU-km."""
    option = _option(options, case.route)
    return _co2e(option) * GRAMS_PER_KG / (option.km() or 1.0)


def _breakeven(case: Case, options: Options) -> float:
    """Return the value in USD/kg from which the corridor wins, at a share of value per day."""
    one, two = (_option(options, corridor) for corridor in (case.route, case.less))
    dearer = _cost(one) - _cost(two)
    kg = load_study(case.given["scenario"]).shipment.cargo_t_per_teu * KG_PER_TONNE
    return dearer / ((_transit(two) - _transit(one)) * float(case.given["per_day"]) * kg)


def _next_open(case: Case, options: Options) -> float:
    """Return the day of the year on which the ship of a season's first shipment sails.

    The shipment leaves its origin on the first day on which it need not wait for the season. Its
    ship is the one that passes the gate `sails_through`; it sails from where it was boarded.
    """
    day = options[case.route].next_usable_date
    if day is None:
        msg = f"published cases: {case.id}: {case.route} is not closed for a season"
        raise GeodataError(msg)
    first = replace(load_study(case.given["scenario"]), departure=day, max_wait_days=0.0)
    corridors = load_corridors((case.route,))
    option = _cheapest(first, corridors, Session())[case.route]
    gate = str(case.given["sails_through"])
    ship = next((step.service for step in option.steps if gate in (step.gate, step.to_id)), None)
    if ship is None:
        msg = f"published cases: {case.id}: the route of {case.route} does not pass {gate}"
        raise GeodataError(msg)
    sails = next(step.departs for step in option.steps if step.service == ship and step.km > 0.0)
    return float(sails.timetuple().tm_yday)


def _against(of: Callable[[RouteOption], float]) -> Callable[[Case, Options], float]:
    return lambda case, options: of(_option(options, case.route)) / of(_option(options, case.less))


def _beyond(of: Callable[[RouteOption], float]) -> Callable[[Case, Options], float]:
    return lambda case, options: of(_option(options, case.route)) - of(_option(options, case.less))


_MEASURES: dict[str, Callable[[Case, Options], float]] = {
    "transit": lambda case, options: _transit(_option(options, case.route)),
    "sea_time": lambda case, options: _sea_time(_option(options, case.route)),
    "extra_days": _beyond(_transit),
    "extra_sea_days": _beyond(_sea_time),
    "passage_days": _span,
    "cost": _priced,
    "cost_index": _against(_cost),
    "time_index": _against(_transit),
    "order": _rank,
    "co2e": lambda case, options: _co2e(_option(options, case.route)),
    "co2e_index": _against(_co2e),
    "intensity": _intensity,
    "breakeven_value": _breakeven,
    "season_opens": _next_open,
}
