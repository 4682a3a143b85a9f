"""Stress a scenario: close places one by one and in pairs, and rank what it does."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from corridors.data.cities import name_of
from corridors.domain.places import AccessKind
from corridors.domain.results import Candidate
from corridors.domain.scenario import OTHER, Scenario
from corridors.errors import OptionError
from corridors.network.states.topology import Topology
from corridors.optimise.candidates import candidate_of, decision_needs_fronts
from corridors.optimise.decision import value_of
from corridors.optimise.limits import box_limits, keeps
from corridors.output.display_names import NO_TITLES, name_of_way
from corridors.routing.dated.label_search import bounded
from corridors.routing.ladder import routes_of, weighing_in
from corridors.routing.priced_ways import lines_along
from corridors.routing.problem import SOURCE, Problem
from corridors.routing.question import Question
from corridors.routing.terms import Terms
from corridors.studies.decided import decided
from corridors.studies.moving import Standing
from corridors.studies.session import Session
from corridors.studies.stress.result import Passed, Stress, StressRow
from corridors.studies.stress.severed import severed
from corridors.units import CENTS_PER_USD

KINDS = ("gates", "borders", "terminals")


def stress(
    scenario: Scenario,
    *,
    kinds: Collection[str] = KINDS,
    pairs: bool = True,
    session: Session | None = None,
) -> Stress | None:
    """Return what the closure of places of the best route costs; None if nothing is usable.

    Places off the best route are left out, because closing them changes nothing.

    Parameters
    ----------
    scenario
        Routes may use any of its corridors.
    kinds
        Any of `gates`, `borders` and `terminals`.
    pairs
        Also close pairs: a place of the best route and one of the best detour around it.
    session
        Keeps networks and tables between scenarios; a new one by default.

    Raises
    ------
    ConfigError
        A place, corridor, service or parameter of the scenario is unknown.
    """
    session = session or Session()
    corridors = session.corridors_of(scenario)
    question = session.pose(scenario, [c for c in corridors if c.id != OTHER])
    rerouter = Rerouter(question)
    usual = rerouter.best()
    if usual is None:
        return None
    topology = question.bundle.topology
    titles = {corridor.id: corridor.title for corridor in corridors}
    rows: dict[frozenset[str], StressRow] = {}
    for first in passed(topology, usual.arcs, kinds):
        detour = rerouter.best((first.key,))
        alone = _row((first,), detour, usual, scenario, titles)
        lines = () if detour is None else lines_along(topology, detour.arcs)
        rows[frozenset((first.key,))] = replace(alone, lines=lines)
        if detour is None or not pairs:
            continue
        for second in passed(topology, detour.arcs, kinds):
            both = frozenset((first.key, second.key))
            if both not in rows:
                rows[both] = _row((first, second), rerouter.best(both), usual, scenario, titles)
    return Stress(
        scenario=scenario,
        corridor=usual.corridor,
        title=_name(usual, titles),
        usd_per_teu=usual.cost_usd_per_teu,
        days=usual.days,
        rows=tuple(sorted(rows.values(), key=_worst_first)),
        severed=severed(question),
        spots=_spots(question, rows.values()),
        lines=lines_along(topology, usual.arcs),
        standing=Standing.of(decided(scenario, session=session).decision, titles),
    )


def passed(topology: Topology, arcs: Sequence[int], kinds: Collection[str]) -> list[Passed]:
    """Return the places that a route passes, in order, without its ends.

    Parameters
    ----------
    topology
        The network.
    arcs
        The arcs of the route.
    kinds
        Any of `gates`, `borders` (pairs of countries, on land) and `terminals`.
    """
    found: dict[str, Passed] = {}
    ends = {topology.origin, topology.destination}
    for arc in (arcs[0], arcs[-1]) if arcs else ():
        # A city or a point is left and reached by one of its terminals.
        for state in (int(topology.tail[arc]), int(topology.head[arc])):
            if topology.state_place[state] >= 0:
                ends.add(topology.place_of(state).id)
    for arc in arcs:
        codes = topology.countries[int(topology.country[arc])]
        if len(codes) > 1:
            key = "-".join(codes)
            found.setdefault(key, Passed(key=key, name=f"border {name_of(key)}", kind="borders"))
        place = int(topology.state_place[int(topology.head[arc])])
        if place < 0 or topology.places[place].id in ends:
            continue
        here = topology.places[place]
        key = here.id.split("#")[0]
        kind = "gates" if here.gate else "terminals"
        found.setdefault(key, Passed(key=key, name=here.name, kind=kind))
    return [place for place in found.values() if place.kind in kinds]


def closable_kinds(names: Iterable[str]) -> tuple[str, ...]:
    """Return the kinds of names, each one or several with commas between.

    Raises
    ------
    OptionError
        A kind is unknown, or the list is empty.
    """
    named = [part.strip() for part in ",".join(names).split(",") if part.strip()]
    wrong = [name for name in named if name not in KINDS]
    if wrong or not named:
        what = f"unknown kind '{wrong[0]}'" if wrong else "no kind given"
        msg = f"`kinds`: {what}; choose from {', '.join(KINDS)}"
        raise OptionError(msg)
    return tuple(named)


def _row(
    closed: tuple[Passed, ...],
    detour: Candidate | None,
    usual: Candidate,
    scenario: Scenario,
    titles: Mapping[str, str] = NO_TITLES,
) -> StressRow:
    if detour is None:
        return StressRow(closed=closed)
    return StressRow(
        closed=closed,
        corridor=detour.corridor,
        title=_name(detour, titles),
        usd_per_teu=detour.cost_usd_per_teu,
        days=detour.days,
        extra_usd_per_teu=detour.cost_usd_per_teu - usual.cost_usd_per_teu,
        extra_days=detour.days - usual.days,
        worse_share=_worse_share(detour, usual, scenario),
    )


def _name(route: Candidate, titles: Mapping[str, str]) -> str:
    """Return the name of a route by its way."""
    return name_of_way(titles.get(route.corridor, route.corridor), route.way)


def _worse_share(detour: Candidate, usual: Candidate, scenario: Scenario) -> float:
    """Return how much worse a route is: the share by which the objective rises, and days too.

    Days count once: an objective that counts them has them in its own share.
    """
    objective, of_a_day = scenario.objective, scenario.shipment.value_of_time_usd_per_teu_day
    then, now = (value_of(route, objective, of_a_day) for route in (detour, usual))
    worse = (then - now) / now if now > 0.0 else 0.0
    if not objective.counts_days(of_a_day):
        worse += (detour.days - usual.days) / usual.days
    return worse


def _worst_first(row: StressRow) -> tuple[bool, float, float, float, int, str]:
    return (
        row.worse_share is not None,
        -(row.worse_share or 0.0),
        -(row.extra_usd_per_teu or 0.0),
        -(row.extra_days or 0.0),
        len(row.closed),
        row.place,
    )


def _spots(question: Question, rows: Collection[StressRow]) -> dict[str, tuple[float, float]]:
    wanted = {place.key for row in rows for place in row.closed}
    spots: dict[str, tuple[float, float]] = {}
    for place in question.bundle.topology.places:
        key = place.id.split("#")[0]
        if key in wanted:
            spots.setdefault(key, (place.lon, place.lat))
    return spots


class Rerouter:
    """Best routes of one question under closures, searched only where a closure can matter.

    A closure removes arcs. A corridor none of whose routes uses them keeps its answer. If cost
    alone decides, a corridor whose lower bound exceeds the best remaining cost cannot win. Both
    save work and never change an answer.

    Parameters
    ----------
    question
        A scenario as posed.
    """

    def __init__(self, question: Question) -> None:
        self._question = question
        scenario = question.scenario
        self._fronts = decision_needs_fronts(scenario)
        self._terms = Terms(start_day=0, max_wait_days=scenario.max_wait_days, fast=True)
        self._problems = [question.problem(n) for n in range(len(question.corridors))]
        self._open = [self._routes(n, p) for n, p in enumerate(self._problems)]

    def best(self, closed: Collection[str] = ()) -> Candidate | None:
        """Return the best route with these places closed permanently; None if none is left.

        The best route has the least objective of those within the limits per box, then the least
        cost, then the fewest days.

        Parameters
        ----------
        closed
            Ids of terminals, gates, countries or legs, or borders such as `BY-PL`, as in the
            `closures` of a scenario.
        """
        closed_now = np.zeros(self._question.bundle.topology.arc_count, bool)
        for place in closed:
            closed_now |= self._question.bundle.rule_arcs.of(AccessKind.ANY, place)
        same: list[int] = []
        changed: list[int] = []
        for number, found in enumerate(self._open):
            touched = any(closed_now[list(candidate.arcs)].any() for candidate in found)
            (changed if touched else same).append(number)
        routes = [route for number in same for route in self._within_limits(self._open[number])]
        left = {n: self._problems[n].only(~closed_now[self._problems[n].base]) for n in changed}
        least = {n: self._least_usd(problem) for n, problem in left.items()}
        for number in sorted(changed, key=lambda n: (least[n], n)):
            if self._decided(least[number], routes):
                break
            routes.extend(self._within_limits(self._routes(number, left[number])))
        return min(routes, key=self._key, default=None)

    def _routes(self, number: int, problem: Problem) -> tuple[Candidate, ...]:
        weighing = weighing_in(self._question)
        routes = routes_of(problem, self._terms, weighing, fronts=self._fronts).routes
        topology, full = self._question.bundle.topology, self._problems[number]
        corridor, weights = self._question.corridors[number].id, self._question.weights
        return tuple(candidate_of(corridor, topology, full, r, weights=weights) for r in routes)

    def _least_usd(self, problem: Problem) -> float:
        """Return a lower bound on the cost of a route on any day, in USD per TEU."""
        prepared = bounded(problem, fast=self._terms.fast, criteria=1)
        return int(prepared.bounds[0][SOURCE]) / CENTS_PER_USD

    def _decided(self, least_usd: float, routes: list[Candidate]) -> bool:
        """Return whether no route with this lower bound can be the best."""
        if self._fronts or not routes:
            return False
        return least_usd > min(route.cost_usd_per_teu for route in routes)

    def _within_limits(self, found: Sequence[Candidate]) -> list[Candidate]:
        scenario = self._question.scenario
        bounds = box_limits(scenario.limits, scenario.departure)
        return [route for route in found if all(keeps(route, bound) for bound in bounds)]

    def _key(self, route: Candidate) -> tuple[float, float, float, str]:
        scenario = self._question.scenario
        value_of_time = scenario.shipment.value_of_time_usd_per_teu_day
        value = value_of(route, scenario.objective, value_of_time)
        return value, route.cost_usd_per_teu, route.days, route.corridor
