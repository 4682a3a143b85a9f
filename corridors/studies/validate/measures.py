"""What the model says where a figure is published: distances, figures of tables, options."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from corridors.arrays import FloatArray, IntArray
from corridors.config import load_corridors, load_scenario
from corridors.costing.market import drivers_in_freight
from corridors.costing.operations import border, canal
from corridors.costing.pricing import usd
from corridors.costing.ship_in_ice import polaris_rio
from corridors.costing.ships import ship_of
from corridors.data.geodata import load_gates, load_rail_legs, load_sea_legs, load_services
from corridors.data.parameters import ParameterTable, load_parameters
from corridors.data.sea_areas import load_ice_table
from corridors.domain.objective import Objective
from corridors.domain.places import Gate, Service
from corridors.domain.results import RouteOption
from corridors.domain.scenario import Corridor, Equipment, PriceBasis, Scenario, Shipment
from corridors.domain.values import CostLine
from corridors.errors import GeodataError
from corridors.network.rules.capacity import with_reserved
from corridors.studies.result_base import option_of
from corridors.studies.session import Session
from corridors.studies.validate.cases import (
    Case,
    Ours,
    SeaRoute,
    load_study,
    override,
)
from corridors.units import (
    GRAMS_PER_KG,
    HOURS_PER_DAY,
    KG_PER_TONNE,
    TEU_PER_FEU,
    km_from_nm,
    nm_from_km,
)

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


SHARE = "fraction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Legs:
    """Undirected legs between named places, the shortest of each pair; lengths in km."""

    names: tuple[str, ...]
    ends: IntArray
    km: FloatArray

    def search(self, starts: Sequence[str], barred: frozenset[str]) -> dict[str, FloatArray]:
        """Return for each start the km to every place by routes that avoid the barred places.

        Raises
        ------
        GeodataError
            No leg ends at a start.
        """
        from scipy.sparse.csgraph import dijkstra

        index, graph = self._known(starts), self._open(barred)
        numbers = [index[name] for name in starts]
        return dict(zip(starts, dijkstra(graph, directed=False, indices=numbers), strict=True))

    def path(self, start: str, end: str, barred: frozenset[str]) -> tuple[float, list[str]]:
        """Return the km of the shortest route that avoids the barred places, and its places.

        The km are infinite, and there are no places, where no route leads.

        Raises
        ------
        GeodataError
            No leg ends at the start or the end.
        """
        from scipy.sparse.csgraph import dijkstra

        index = self._known((start, end))
        away, before = dijkstra(
            self._open(barred), directed=False, indices=index[start], return_predecessors=True
        )
        place, places = index[end], []
        if np.isfinite(away[place]):
            while place >= 0:
                places.append(self.names[place])
                place = int(before[place])
        return float(away[index[end]]), places

    def _known(self, names: Sequence[str]) -> dict[str, int]:
        index = self.index()
        if unknown := [name for name in names if name not in index]:
            msg = f"published cases: no leg at {', '.join(unknown)}"
            raise GeodataError(msg)
        return index

    def _open(self, barred: frozenset[str]) -> csr_matrix:
        """Return the matrix of the legs between places that are not barred."""
        from scipy.sparse import csr_matrix

        closed = np.array([name in barred for name in self.names])
        open_legs = ~(closed[self.ends[:, 0]] | closed[self.ends[:, 1]])
        tail, head = self.ends[open_legs].T
        size = len(self.names)
        return csr_matrix((self.km[open_legs], (tail, head)), shape=(size, size))

    def index(self) -> dict[str, int]:
        """Return the number of each place."""
        return {name: number for number, name in enumerate(self.names)}


def shortest_of_each_pair(pairs: Sequence[tuple[str, str]], km: Sequence[float]) -> Legs:
    """Return legs that join each pair of places once, by the shortest leg."""
    best: dict[tuple[str, str], float] = {}
    for (one, two), length in zip(pairs, km, strict=True):
        key = (min(one, two), max(one, two))
        best[key] = min(length, best.get(key, np.inf))
    names = tuple(sorted({name for pair in best for name in pair}))
    index = {name: number for number, name in enumerate(names)}
    ends = np.array([(index[one], index[two]) for one, two in best], np.int64)
    return Legs(names=names, ends=ends, km=np.array(list(best.values())))


class Rail:
    """Routes by rail over every system."""

    def __init__(self) -> None:
        legs = [leg for leg in load_rail_legs() if not leg.project]
        self._legs = shortest_of_each_pair(
            [(leg.from_id, leg.to_id) for leg in legs], [leg.length_km for leg in legs]
        )

    def km(self, stops: Sequence[Sequence[str]], avoid: Sequence[str]) -> float:
        """Return the km of the shortest routes past each list of stops, summed over the lists.

        A route turns back at no stop: each stretch avoids the places passed before it, unless its
        end can then not be reached, as from a yard at the end of a spur.
        """
        return sum(self._past(part, frozenset(avoid)) for part in stops)

    def _past(self, stops: Sequence[str], avoid: frozenset[str]) -> float:
        passed: set[str] = set()
        total = 0.0
        for one, two in pairwise(stops):
            km, places = self._legs.path(one, two, avoid | (passed - {one, two}))
            if not np.isfinite(km):
                km, places = self._legs.path(one, two, avoid)
            passed.update(places)
            total += km
        return total


class Sea:
    """Routes by sea through named gates, with others barred."""

    def __init__(self) -> None:
        legs, gates = load_sea_legs(), load_gates()
        names = legs.point_ids
        self._points = {gate.id: gate.points for gate in gates}
        canals = legs.leg_gate >= 0
        pairs = [(names[a], names[b]) for a, b in zip(legs.leg_from, legs.leg_to, strict=True)]
        km = [km_from_nm(float(nm)) for nm in legs.leg_nm]
        self._legs = shortest_of_each_pair(pairs, km)
        self._index = self._legs.index()
        self._canal_km = {
            gates[int(gate)].id: km[row]
            for row, gate in zip(np.flatnonzero(canals), legs.leg_gate[canals], strict=True)
        }
        self._searches: dict[SeaRoute, dict[str, FloatArray]] = {}

    def prepare(self, wanted: Mapping[SeaRoute, set[str]]) -> None:
        """Search once for each route, from its ends and from its gates."""
        for route, ends in wanted.items():
            gates = {point for gate in route.passes for point in self._points[gate]}
            barred = frozenset(point for gate in route.bars for point in self._points[gate])
            self._searches[route] = self._legs.search(sorted(ends | gates), barred)

    def km(self, origin: str, destination: str, route: SeaRoute) -> float:
        """Return the least km through every gate of a route, in order or reversed.

        A canal is passed from end to end, any other gate at one of its points.
        """
        away = self._searches[route]

        def through(gates: Sequence[str]) -> float:
            reached = {origin: 0.0}
            for gate in gates:
                reached = {
                    leaves: min(
                        km + float(away[place][self._index[enters]]) + crossing
                        for place, km in reached.items()
                    )
                    for enters, leaves, crossing in self._crossings(gate)
                }
            last = self._index[destination]
            return min(km + float(away[place][last]) for place, km in reached.items())

        return min(through(route.passes), through(route.passes[::-1]))

    def _crossings(self, gate: str) -> list[tuple[str, str, float]]:
        """Return the ways to pass a gate: point of entry, point of exit, km between them."""
        points = self._points[gate]
        if gate not in self._canal_km:
            return [(point, point, 0.0) for point in points]
        one, two = points
        return [(one, two, self._canal_km[gate]), (two, one, self._canal_km[gate])]


def measured_sea(cases: Sequence[Case]) -> dict[str, Ours]:
    """Return our distances by sea by case id, in the unit of the case."""
    sea = Sea()
    wanted: dict[SeaRoute, set[str]] = {}
    for case in cases:
        for route in (case.sea_route, case.less_sea_route):
            if route is not None:
                wanted.setdefault(route, set()).update((case.origin, case.destination))
    sea.prepare(wanted)
    found = {}
    for case in cases:
        if case.sea_route is None:
            continue
        km = sea.km(case.origin, case.destination, case.sea_route)
        if case.less_sea_route is not None:
            longer = sea.km(case.origin, case.destination, case.less_sea_route)
            km = (longer - km) / longer if case.unit == SHARE else longer - km
        found[case.id] = Ours(nm_from_km(km) if case.unit == "nm" else km)
    return found


def measured_rail(cases: Sequence[Case]) -> dict[str, Ours]:
    """Return our distances by rail in km, by case id."""
    rail = Rail()
    return {case.id: Ours(rail.km(case.stops, case.avoid)) for case in cases}


# The source of the shipment, as in `corridors route`.
SCENARIO = "shanghai-europe"


def measured_tables(cases: Sequence[Case]) -> dict[str, Ours]:
    """Return our figures by case id.

    Raises
    ------
    GeodataError
        A case names an unknown quantity, service or gate.
    """
    shipped = load_parameters()
    found: dict[str, Ours] = {}
    for case in cases:
        if case.quantity not in _RULES:
            msg = f"published cases: {case.id}: unknown quantity '{case.quantity}'"
            raise GeodataError(msg)
        parameters = shipped.with_overrides([override(key, value) for key, value in case.overrides])
        found[case.id] = Ours(_RULES[case.quantity](case, parameters))
    return found


def _service(case: Case) -> Service:
    wanted = case.given["service"]
    for service in load_services():
        if service.id == wanted:
            return service
    msg = f"published cases: {case.id}: unknown service '{wanted}'"
    raise GeodataError(msg)


def _gate(case: Case) -> Gate:
    for gate in load_gates():
        if gate.id == case.given["gate"]:
            return gate
    msg = f"published cases: {case.id}: unknown gate '{case.given['gate']}'"
    raise GeodataError(msg)


def _shipment() -> Shipment:
    return load_scenario(SCENARIO).shipment


def _toll(case: Case, parameters: ParameterTable) -> float:
    """Return the toll of one transit of the ship in USD."""
    service = _service(case)
    year = str(case.given.get("year", ""))
    passed = canal(_gate(case), service, parameters, _shipment(), year=year)
    lines = [line for line in passed.bill if line.driver.startswith("canal.toll")]
    return usd(lines, parameters) * ship_of(service, parameters).paying_teu


def _burn_at(case: Case, parameters: ParameterTable, kn: float) -> float:
    return ship_of(_service(case), parameters, speed_kn=kn).sea_t_per_day


def _burn(case: Case, parameters: ParameterTable) -> float:
    """Return the fuel of the ship at a speed in tonnes per day, auxiliaries included."""
    return _burn_at(case, parameters, float(case.given["kn"]))


def _burn_ratio(case: Case, parameters: ParameterTable) -> float:
    """Return the burn at the second speed divided by that at the first."""
    one, two = (_burn_at(case, parameters, float(kn)) for kn in case.given["kn"])
    return two / one


def _rio(case: Case, parameters: ParameterTable) -> float:  # noqa: ARG001 common form of measures
    return polaris_rio(
        case.given["polaris_class"], case.given["tenths"], load_ice_table().risk_values
    )


def _border_hours(case: Case, parameters: ParameterTable) -> float:
    """Return the hours of a train at a border, with the change of gauge if one is named."""
    passed = border(tuple(case.given["countries"]), _service(case), parameters, _shipment())
    place = case.given.get("gauge_change")
    change = parameters.value("gauge_change.hours", place) if place else 0.0
    return passed.hours + change


def _parameter(case: Case, parameters: ParameterTable) -> float:
    return parameters.value(case.given["parameter"], case.given.get("scope", ""))


_RULES: dict[str, Callable[[Case, ParameterTable], float]] = {
    "toll": _toll,
    "burn": _burn,
    "burn_ratio": _burn_ratio,
    "risk_index": _rio,
    "border_hours": _border_hours,
    "parameter": _parameter,
}


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
