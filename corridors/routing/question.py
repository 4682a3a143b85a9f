"""Pose a scenario as a question: places, network, weights and rules."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, partial

import numpy as np

from corridors.arrays import BoolArray
from corridors.config import fault, load_projects
from corridors.config.config_files import overlay_for
from corridors.config.projects import opened_by, running_with
from corridors.config.scenario import override_faults
from corridors.costing.groups import PriceBooks, price_bills
from corridors.costing.market import Market, market_of
from corridors.costing.pricer import (
    Pricer,
    PriceTerms,
    key_of_day,
    settings_of,
    trade_between,
    with_trade,
)
from corridors.costing.pricing import in_words
from corridors.costing.ship_in_ice import IceCalendars
from corridors.costing.weights import Weights, weigh
from corridors.data.access import load_access, rules_for
from corridors.data.lines import Stop
from corridors.data.own import Overlay
from corridors.data.parameters import ParameterTable, with_projects
from corridors.data.series import with_prices_of
from corridors.domain.contracts import Trip
from corridors.domain.places import AccessRule, Family, Terminal
from corridors.domain.plan import Project
from corridors.domain.scenario import DEPARTURE, Corridor, HullsInIce, PriceBasis, Scenario
from corridors.domain.values import SourcedValue
from corridors.errors import ConfigError, EndError, ParameterError, PlaceError
from corridors.network.corridor import Layered, carriage_of
from corridors.network.land.drayage_legs import access_of_ends, access_radius, drayage_of_ends
from corridors.network.lines.declared import ServiceBook, Timetable, TripLines, declared_for
from corridors.network.lines.laying import Laid
from corridors.network.locate import Place, locate
from corridors.network.rules.calendar import avoided_arcs, closed_arcs, unopened_arcs
from corridors.network.rules.capacity import (
    ListedCapacities,
    ships_of_ends,
    with_reserved,
    with_ships,
)
from corridors.network.states.base import BaseKey
from corridors.routing.bundle import BundleKey, NetworkBundle, named_by
from corridors.routing.dated.departures import best_route
from corridors.routing.known_ways import (
    LinesByDay,
    Running,
    carriers_of,
    known_in,
    running_on,
    timetabled_in,
    with_listed_only,
)
from corridors.routing.priced_ways import Paid, Stages
from corridors.routing.problem import Problem, make_problem, shared_problem
from corridors.routing.terms import Terms

HORIZON_DAYS = 640
# Every family of services and no condition: its best route is the cheapest there is.
ANY_CORRIDOR = Corridor(
    id="any",
    title="Cheapest route",
    colour="#444444",
    description="",
    must_pass=(),
    must_avoid=(),
    main_services=tuple(family.value for family in Family),
)
NONE: frozenset[str] = frozenset()
# Stands for it among the numbers of corridors.
ANY_WAY = -1


class Quoted:
    """What is quoted, and the parameters with it, looked up when first asked for.

    Nobody asks a plan at cost.
    """

    def __init__(self, at_cost: ParameterTable, market: Callable[[], Market]) -> None:
        self.at_cost = at_cost
        self._market = market

    @cached_property
    def market(self) -> Market:
        """What is quoted."""
        return self._market()

    @cached_property
    def parameters(self) -> ParameterTable:
        """The parameters with the amounts of lanes."""
        return self.at_cost.with_rows(self.market.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A scenario with everything its corridors share.

    `parameters` have the prices of the scenario's basis, `quoted` those of both. `by_road` are by
    end the places to which its boxes are trucked. `built` are the projects open at departure, whose
    rows apply; `listed` are the capacities. With `only_known`, its corridors are searched among
    the ways that lines are known to run on its day, taken from the `lines` of other days with them
    if there are any; `declared` are services of the scenario and its corridors.
    Nothing but these runs on the arcs `listed_only`. Where its `timetable` joins the ends in time,
    a corridor is searched among its trips alone. `basis_note` says why it is by cost where its
    scenario asked for prices.
    """

    scenario: Scenario
    parameters: ParameterTable
    quoted: Quoted
    origin: Place
    destination: Place
    by_road: Mapping[str, tuple[Place, ...]]
    corridors: tuple[Corridor, ...]
    bundle: NetworkBundle
    pricer: Pricer
    weights: Weights
    rules: tuple[AccessRule, ...]
    overlay: Overlay
    listed: ListedCapacities
    built: tuple[Project, ...] = ()
    only_known: bool = False
    declared: tuple[Laid, ...] = ()
    lines: LinesByDay | None = None
    basis_note: str = ""
    timetable: Timetable | None = field(default=None, compare=False)
    listed_only: BoolArray | None = field(default=None, compare=False)

    @property
    def market(self) -> Market:
        """What is quoted on the day whose prices hold."""
        return self.quoted.market

    @property
    def at_price(self) -> bool:
        """Whether ways are compared at what shippers are quoted."""
        return self.scenario.price_basis is PriceBasis.PRICE

    @property
    def at_cost(self) -> Question:
        """The same question at what carriage costs; all that it is searched with is the same."""
        return replace(
            self,
            scenario=replace(self.scenario, price_basis=PriceBasis.COST),
            parameters=self.quoted.at_cost,
            pricer=self.pricer.at(self.quoted.at_cost),
        )

    @property
    def stages(self) -> Stages:
        """Which ways on its network are on a lane that is quoted."""
        topology, quotes = self.bundle.topology, self.market.quotes
        near_km = self.parameters.value("market.near_km")
        # The same for all amounts; a week may have another way of reference, not another line.
        key = "stages", near_km, tuple(quote.line for quote in quotes)
        ends = self.origin.country, self.destination.country
        return topology.once(key, lambda: Stages(topology, self.market, near_km=near_km, ends=ends))

    def paid_by(self, arcs: Sequence[int]) -> Paid | None:
        """Return what a way pays on its lane; None if it is on none, so that it has no price.

        `arcs` are those of the way in the network.
        """
        if not self.market.quotes:
            return None
        usd = {row.scope: in_words(row.value) for row in self.market.rows}
        return self.stages.paid_by(arcs, usd)

    def amounts_in(self, table: ParameterTable) -> tuple[SourcedValue, ...]:
        """Return the rows of what lanes pay from a table at cost, by draw if its prices are."""
        ends = stop_of_end(self.origin), stop_of_end(self.destination)
        shipment = self.scenario.shipment
        # The freights of the week are rows of the table already, drawn like others.
        return market_of(ends, self.scenario.prices_day, table, shipment, by_week=False).rows

    @property
    def other_basis(self) -> ParameterTable:
        """The parameters at the other basis: with `price_basis: cost` at what is quoted."""
        return self.quoted.at_cost if self.at_price else self.quoted.parameters

    def on(self, day: date) -> Question:
        """Return the question of a later day of departure that has its prices.

        Days of its profiles count from its own first day.
        """
        lines = self.lines and self.lines.at(day)
        return replace(self, scenario=replace(self.scenario, departure=day), lines=lines)

    @property
    def start_day(self) -> int:
        """The day of departure, counted from the first of its profiles."""
        return (self.scenario.departure - self.weights.first_day).days

    @property
    def running(self) -> Running:
        """The lines known to run on its day, or on one for which its boxes may wait.

        With those of other days, all of them.
        """
        if self.lines is not None:
            return self.lines.every
        scenario = self.scenario
        return running_on(
            scenario.departure, scenario.max_wait_days, self.parameters, self.declared
        )

    def layered(self, number: int) -> Layered:
        """Return the layers of one corridor, or of `ANY_WAY`.

        At price these are only ways on a lane, if any is quoted.
        """
        if (by_trips := self.timetabled(number)) is not None:
            return self.priced(by_trips)
        layered = self._every_way(number)
        return self.priced(layered if self.lines is None else self.lines.in_layers(layered))

    def timetabled(self, number: int) -> Layered | None:
        """Return the ways of a corridor by its timetable; None if none leaves in time."""
        timetable, bundle, day = self.timetable, self.bundle, self.scenario.departure
        if timetable is None:
            return None
        corridor = ANY_CORRIDOR if number == ANY_WAY else self.corridors[number]
        layered: Layered = bundle.known.of(
            (number, "timetable", timetable, day),
            lambda: timetabled_in(bundle, corridor, timetable, day),
        )
        scenario = self.scenario
        wait_days, closures = scenario.max_wait_days, (scenario.closures, self.rules)
        ice = scenario.ice_year, scenario.limits.avoid
        serves: bool = layered.kept.of(
            ("serves", self.weights.first_day, day, wait_days, closures, ice),
            lambda: self._leaves(layered),
        )
        return layered if serves else None

    def _leaves(self, layered: Layered) -> bool:
        """Return whether some way of layers leaves while boxes may wait."""
        if not layered.head.size:
            return False
        wait_days = self.scenario.max_wait_days
        terms = Terms(start_day=self.start_day, max_wait_days=wait_days, fast=True)
        problem = make_problem(self.bundle.topology, layered, self.weights)
        return best_route(problem, terms) is not None

    def priced(self, layered: Layered) -> Layered:
        """Return of layers at price only the ways on a lane, at cost all."""
        if not self.at_price:
            return layered
        stages = self.stages
        found: Layered = layered.kept.of(stages, lambda: stages.only(layered))
        return found

    def _every_way(self, number: int) -> Layered:
        if self.only_known:
            return self._known_ways(number)
        bundle = self.bundle
        if number == ANY_WAY:
            layered = bundle.known.of(ANY_WAY, lambda: bundle.layering.to(ANY_CORRIDOR))
        else:
            layered = bundle.layers[number]
        barred = self.listed_only
        if barred is None:
            return layered
        key = number, np.packbits(barred).tobytes(), self.running

        def make() -> Layered:
            return with_listed_only(
                layered,
                barred,
                lines=carriers_of(bundle.topology, self.running),
                topology=bundle.topology,
                known=lambda: self._known_ways(number),
            )

        return bundle.known.of(key, make)

    def _known_ways(self, number: int) -> Layered:
        """Return the ways of a corridor that lines run, which either world may search beside."""
        bundle, running = self.bundle, self.running
        corridor = ANY_CORRIDOR if number == ANY_WAY else self.corridors[number]
        return bundle.known.of((number, running), lambda: known_in(bundle, corridor, running))

    def problem(self, number: int) -> Problem:
        """Return the arrays of one corridor."""
        return make_problem(self.bundle.topology, self.layered(number), self.weights)

    def shared_problem(self, number: int) -> Problem:
        """Return the same, kept for other departures if none of its arcs depends on the day."""
        return shared_problem(self.bundle.topology, self.layered(number), self.weights)


def locate_in(scenario: Scenario, key: str, terminals: Mapping[str, Terminal]) -> Place:
    """Return the place that a key of the scenario names; errors give its line."""
    try:
        return locate(getattr(scenario, key), terminals)
    except PlaceError as error:
        raise ConfigError(fault(scenario, key, str(error))) from None


def ends_in(scenario: Scenario, terminals: Mapping[str, Terminal]) -> tuple[Place, Place]:
    """Return the origin and the destination of the scenario; errors give their line."""
    return locate_in(scenario, "origin", terminals), locate_in(scenario, "destination", terminals)


def chosen_projects(scenario: Scenario) -> tuple[tuple[Project, date], ...]:
    """Return the projects that a scenario assumes built, each with its opening day."""
    listed = load_projects([choice.id for choice in scenario.projects])
    return tuple(
        (project, choice.opens) for project, choice in zip(listed, scenario.projects, strict=True)
    )


def parameters_on(
    scenario: Scenario, day: date, *, overlay: Overlay, ends: Sequence[Place] = ()
) -> tuple[ParameterTable, tuple[Project, ...]]:
    """Return the parameters of a scenario on a day, and the projects open by then.

    `ends` are the origin and destination, if they are known.

    Raises
    ------
    ConfigError
        Two of its projects change the same row.
    """
    built = tuple(project for project, opens in chosen_projects(scenario) if opens <= day)
    try:
        table = with_projects(overlay.parameters(scenario.known_on), built)
    except ParameterError as error:
        raise ConfigError(fault(scenario, "projects", str(error))) from None
    ends = ends or ends_in(scenario, overlay.terminals)
    settings = settings_of(scenario.world, ends, subsidies=scenario.subsidies)
    table = table.with_overrides((*settings, *scenario.overrides))
    table = with_prices_of(table, scenario.prices_day)
    return with_trade(table, trade_between(ends)), built


def price_key(scenario: Scenario, ends: tuple[Place, Place]) -> Hashable:
    """Return a key that is the same for days of departure with the same prices.

    Raises
    ------
    ConfigError
        Two of its projects change the same row.
    """
    day, overlay = scenario.departure, overlay_for(scenario)
    parameters, _ = parameters_on(scenario, day, overlay=overlay, ends=ends)
    if scenario.price_basis is PriceBasis.PRICE:
        parameters = parameters.with_rows(_market(scenario, ends, parameters).rows)
    return key_of_day(parameters, day, scenario.prices_day)


def _market(scenario: Scenario, ends: tuple[Place, Place], parameters: ParameterTable) -> Market:
    """Return what is quoted between the ends of a scenario at its prices."""
    origin, destination = ends
    return market_of(
        (stop_of_end(origin), stop_of_end(destination)),
        scenario.prices_day,
        parameters,
        scenario.shipment,
        by_week=scenario.prices == DEPARTURE,
    )


def stop_of_end(place: Place) -> Stop:
    """Return an end of a shipment as lanes may serve it, by its position."""
    return Stop(place.id, place.id, place.country, place.lon, place.lat)


def pose(
    scenario: Scenario,
    corridors: Sequence[Corridor],
    *,
    bundle_of: Callable[[BundleKey], NetworkBundle],
    prices: PriceBooks,
    calendars: IceCalendars,
    ends_of: Callable[[Scenario], tuple[Place, Place]],
    services: ServiceBook,
    trips: Sequence[Trip] = (),
) -> Question:
    """Pose the question of a scenario for these corridors.

    Parameters
    ----------
    scenario
        The scenario.
    corridors
        The corridors to search, in the order of their numbers.
    bundle_of
        Returns the network bundle of a key, new or cached.
    prices
        Bills and prices of questions before.
    calendars
        The ice by year and ship.
    ends_of
        Returns the origin and destination of a scenario, as `ends_in`.
    services
        Services that scenarios before declare.
    trips
        Those of the scenario's files of sailings.

    Raises
    ------
    ConfigError
        A place, service or parameter of the scenario is unknown, or a service that it declares
        cannot run.
    """
    wrong = override_faults(scenario)
    if wrong:
        raise ConfigError(wrong)
    overlay = overlay_for(scenario)
    projects = chosen_projects(scenario)
    origin, destination = ends = ends_of(scenario)
    parameters, built = parameters_on(scenario, scenario.departure, overlay=overlay, ends=ends)
    quoted = Quoted(parameters, partial(_market, scenario, ends, parameters))
    if scenario.price_basis is PriceBasis.PRICE:
        parameters = quoted.parameters
    rules = rules_for(
        load_access(scenario.world, known_on=scenario.known_on),
        cargo=scenario.shipment.cargo_classes,
        ends=(origin.country, destination.country),
    )
    access = access_radius(parameters)
    by_road = access_of_ends(ends, overlay.terminals, access)
    countries = tuple(end.country for end in ends)
    ships = ships_of_ends(scenario, _ports_of(ends, by_road), countries=countries)
    declared = services.lines(declared_for(scenario, corridors), overlay)
    sailing = with_ships(with_reserved(scenario, corridors), ships | declared.ships)
    by_trips = None
    if trips:
        by_trips = TripLines.of(trips, ends, overlay, parameters.value("carriage.max_km", "rail"))
    opened = {}
    if projects:
        chosen = [project for project, _ in projects]
        opened = opened_by(chosen, overlay.legs, running=running_with(scenario))
    key = BundleKey(
        base=BaseKey(
            services=sailing,
            overlay=overlay,
            shortest_train_km=parameters.value("rail.shortest_train_km"),
            named=named_by(corridors) | declared.places | (by_trips.places if by_trips else NONE),
            drafts=_drought_drafts(parameters),
            projects=tuple(project.id for project, _ in projects if project.id in opened),
            any_hull_in_ice=scenario.hulls_in_ice is HullsInIce.ANY,
            calls=declared.calls,
        ),
        origin=origin,
        destinations=(destination,),
        access=access,
        corridors=tuple(corridors),
        carriage=carriage_of(sailing, parameters),
    )
    try:
        bundle = bundle_of(key)
    except EndError as error:
        raise ConfigError(fault(scenario, error.key, str(error))) from None
    laid = services.laid(declared, key.base)
    timetable = None
    if by_trips is not None:
        topology = bundle.topology
        timetable = topology.once(("timetable", trips, ends), lambda: by_trips.laid(topology))
    declared.refuse_closed(laid, bundle.topology, rules, scenario.departure)
    pricer = Pricer(
        bundle.topology,
        parameters,
        scenario.shipment,
        terms=PriceTerms(
            first_day=scenario.departure,
            prices_day=scenario.prices_day,
            days=HORIZON_DAYS,
            ice_year=scenario.ice_year,
            speed=scenario.speed,
            halves=bundle.halves,
            customs=scenario.customs,
        ),
        terminals=overlay.terminals,
        calendars=calendars,
        closures=(
            *closed_arcs(bundle.rule_arcs, rules, scenario.closures),
            *avoided_arcs(bundle.rule_arcs, scenario.limits.avoid),
            *unopened_arcs(bundle.topology, projects),
        ),
        drayages=drayage_of_ends(scenario, ends, parameters, overlay.terminals, by_road),
    )
    priced = prices.of(pricer, bundle.groups, own_data=overlay.digest)
    return Question(
        scenario=scenario,
        parameters=parameters,
        quoted=quoted,
        origin=origin,
        destination=destination,
        by_road=by_road,
        corridors=tuple(corridors),
        bundle=bundle,
        pricer=pricer,
        weights=weigh(pricer, bundle.groups, priced),
        rules=rules,
        overlay=overlay,
        listed=ListedCapacities(bundle.topology, parameters, scenario.shipment.teu_per_month),
        built=built,
        declared=laid,
        timetable=timetable,
    )


def lines_by_day(question: Question, days: Sequence[date]) -> LinesByDay:
    """Return the lines known to run on some days of departure, as on that of the question."""

    def laid() -> LinesByDay:
        wait_days, parameters = question.scenario.max_wait_days, question.parameters
        return LinesByDay.of(
            {day: running_on(day, wait_days, parameters, question.declared) for day in days}
        )

    ended = question.parameters.value("lines.ended_months")
    key = "lines", tuple(days), question.scenario.max_wait_days, ended, question.declared
    return question.bundle.topology.once(key, laid).at(question.scenario.departure)


def at_prices(question: Question, scenario: Scenario, prices: PriceBooks) -> Question:
    """Return a question at other prices, on its network and with the speeds of its ships.

    `scenario` is that of the question, whose basis is the cost, but for the overrides of prices.
    """
    ends, overlay = (question.origin, question.destination), question.overlay
    parameters, _ = parameters_on(scenario, scenario.departure, overlay=overlay, ends=ends)
    pricer, groups = question.pricer.at(parameters), question.bundle.groups
    # Nobody asks for these prices again, so only the bills are kept.
    bills = prices.bills_of(pricer, groups, own_data=overlay.digest)
    return replace(
        question,
        scenario=scenario,
        parameters=parameters,
        pricer=pricer,
        weights=weigh(pricer, groups, price_bills(pricer, groups, bills)),
    )


def _ports_of(
    ends: Sequence[Place], by_road: Mapping[str, tuple[Place, ...]]
) -> list[frozenset[str]]:
    """Return by end the ids of the terminals and ports where its boxes join the network."""
    return [frozenset(port.id for port in by_road[end.id] or (end,)) for end in ends]


def _drought_drafts(parameters: ParameterTable) -> tuple[tuple[str, float], ...]:
    """Return the draft in metres that drought leaves ships, by canal."""
    return tuple((row.scope, row.value) for row in parameters.rows_of("canal.drought_draft_m"))
