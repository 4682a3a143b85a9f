"""Compare corridors from one origin to many destinations: cost and days of each, and the best."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import numpy as np

from corridors.config.config_files import overlay_for
from corridors.costing.pricer import settings_of, trade_between
from corridors.costing.ships import in_emission_area
from corridors.data.access import lines_count, load_access, rules_for
from corridors.data.cities import country_code
from corridors.data.parameters import load_parameters
from corridors.domain.objective import Objective
from corridors.domain.places import AccessKind
from corridors.domain.scenario import (
    AT_THE_TERMINALS,
    OTHER,
    Choice,
    Corridor,
    Limits,
    PriceBasis,
    Scenario,
    Scope,
)
from corridors.errors import ConfigError, CorridorsError, OptionError
from corridors.network.locate import Place
from corridors.network.rules.capacity import ships_of_ends
from corridors.network.states.topology import Topology
from corridors.optimise.candidates import BY_COST, decision_needs_fronts, way_of
from corridors.optimise.shares import way_shares
from corridors.progress import Progress, quiet
from corridors.routing.ladder import SearchedCorridor, search, weighing_in
from corridors.routing.one_to_many import OneToMany, ReadOff
from corridors.routing.question import Question, locate_in
from corridors.studies.catchments.result import Catchment, Catchments, CatchmentsOver, Reached, Turn
from corridors.studies.decided import held_against_all
from corridors.studies.moving import Driver, driver_of, objective_for
from corridors.studies.session import Session
from corridors.units import CENTS_PER_USD, MINUTES_PER_DAY

# Destinations that share a network. More take more memory, and a search no less time.
MOST_TOGETHER = 250
# Destinations tried until one can have the network that all share.
MOST_TRIED = 3


def catchments(
    scenario: Scenario,
    destinations: Sequence[str],
    *,
    session: Session | None = None,
    progress: Progress = quiet,
) -> Catchments:
    """Return the corridors from the origin of a scenario to each of many destinations.

    The figures are those that the searches of a comparison find for each pair. Terminals to which
    the same prices and rules apply share a network and one search of each corridor; a route that
    depends on the day is searched pair by pair.

    Parameters
    ----------
    scenario
        The scenario; its own destination does not count.
    destinations
        As `destination` of a scenario: cities, terminals, UN/LOCODEs or `lon,lat`.
    session
        Keeps networks and tables between scenarios; a new one by default.
    progress
        Called with the name of a destination, how many are done and how many there are.

    Raises
    ------
    ConfigError
        No destination is given, or one or another key of the scenario is unknown.
    """
    if not destinations:
        msg = "no destination: name at least one"
        raise ConfigError(msg)
    session = session or Session()
    # Faults of a destination are not those of the one in the scenario's file.
    lines = scenario.text.get("lines")
    if isinstance(lines, dict):
        text = {**scenario.text, "lines": {**lines, "destination": "destination: "}}
        scenario = replace(scenario, text=text)

    def all_asked() -> list[_Destination]:
        names = dict.fromkeys(destinations)
        return [_Destination.of(replace(scenario, destination=name), session) for name in names]

    asked, note = all_asked(), ""
    if scenario.price_basis is PriceBasis.PRICE:
        # Prices only if every destination has one: costs stand beside none.
        unpriced = next((one for one in asked if not _has_prices(one, session)), None)
        if unpriced is not None:
            note = f"{BY_COST}: the best way to {unpriced.place.name} has none"
            scenario = replace(scenario, price_basis=PriceBasis.COST)
            asked = all_asked()
    found: dict[str, Catchment] = {}
    for together in _on_one_network(asked):
        for catchment in _of_many(together, session):
            found[catchment.asked] = catchment
            progress(catchment.name, len(found), len(asked))
    return Catchments(
        scenario=scenario,
        to=tuple(found[name] for name in dict.fromkeys(destinations)),
        note=note,
    )


def terminals_in(scenario: Scenario, countries: Sequence[str]) -> tuple[str, ...]:
    """Return the ids of the terminals of countries that load boxes, but for the origin's own.

    Raises
    ------
    ConfigError
        A country has no such terminal; it must be a code of two letters.
    """
    terminals = overlay_for(scenario).terminals
    origin = locate_in(scenario, "origin", terminals)
    own = {origin.id, *(member.id for member in origin.members)}
    found = []
    for said in countries:
        code = country_code(said) or said.upper()
        inside = [one.id for one in terminals.values() if one.country == code and one.lifts_boxes]
        if not inside:
            msg = (
                f"`countries` {said}: no terminal in this country; give its name, or a code like DE"
            )
            raise OptionError(msg)
        found += [name for name in inside if name not in own]
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Destination:
    """A destination with its scenario, its place and the corridors to it."""

    scenario: Scenario
    origin: Place
    place: Place
    corridors: tuple[Corridor, ...]

    @classmethod
    def of(cls, scenario: Scenario, session: Session) -> _Destination:
        """Return a destination as asked for.

        Raises
        ------
        ConfigError
            It is unknown.
        """
        origin, place = session.ends_of(scenario)
        return cls(
            scenario=scenario,
            origin=origin,
            place=place,
            corridors=session.corridors_of(scenario),
        )

    @property
    def name(self) -> str:
        """The destination as given."""
        return self.scenario.destination

    @property
    def named(self) -> tuple[Corridor, ...]:
        """The corridors without the row of any other route."""
        return tuple(corridor for corridor in self.corridors if corridor.id != OTHER)

    @property
    def shares(self) -> bool:
        """Whether it may share a network: a terminal, of which only the cheapest route counts."""
        scenario, ends = self.scenario, (self.origin.country, self.place.country)
        return (
            self.place.terminal is not None
            and not self.place.by_road
            and scenario.objective in (Objective.COST, Objective.GENERALISED)
            and scenario.limits == Limits()
            and not scenario.schedules
            and not lines_count(scenario.world, scenario.departure, ends)
            and scenario.price_basis is PriceBasis.COST
            and scenario.choice is Choice.BEST
            and scenario.scope is not Scope.DOOR
            and scenario.door == AT_THE_TERMINALS
        )

    @property
    def network(self) -> Hashable:
        """What the network takes from the destination."""
        countries = self.origin.country, self.place.country
        ships = ships_of_ends(self.scenario, [{self.place.id}], countries=countries)
        return self.corridors, ships

    @property
    def prices(self) -> Hashable:
        """What prices and rules take from the destination."""
        scenario, ends = self.scenario, (self.origin, self.place)
        rules = rules_for(
            load_access(scenario.world, known_on=scenario.known_on),
            cargo=scenario.shipment.cargo_classes,
            ends=(self.origin.country, self.place.country),
        )
        # What rules hold for depends on the countries of the ends where they name these.
        named = {key for rule in rules if rule.what is AccessKind.TRANSIT for key in rule.keys}
        named.update(scenario.limits.avoid.countries)
        return (
            rules,
            settings_of(scenario.world, ends),
            trade_between(ends),
            in_emission_area(load_parameters())(self.place.country),
            self.place.country if self.place.country in named else "",
        )


def _has_prices(asked: _Destination, session: Session) -> bool:
    """Return whether a question to a destination is answered by price, or not at all."""
    try:
        return session.pose(asked.scenario, (*asked.named, *session.free)).at_price
    except ConfigError:
        return True


def _on_one_network(asked: Sequence[_Destination]) -> Iterator[list[_Destination]]:
    """Yield the destinations that share a network; those that share none one by one."""
    alike: dict[Hashable, list[_Destination]] = {}
    for one in asked:
        if one.shares:
            alike.setdefault(one.network, []).append(one)
        else:
            yield [one]
    for together in alike.values():
        for first in range(0, len(together), MOST_TOGETHER):
            yield together[first : first + MOST_TOGETHER]


def _of_many(together: Sequence[_Destination], session: Session) -> Iterator[Catchment]:
    """Yield the corridors to each of the destinations that share a network."""
    places = [one.place for one in together]
    groups: dict[Hashable, list[_Destination]] = {}
    for one in together:
        groups.setdefault(one.prices if len(together) > 1 else None, []).append(one)
    for group in groups.values():
        searches = _Together.of(group, places, session)
        for one in group:
            found = None if searches is None else searches.catchment(one)
            yield _by_pair(one, session) if found is None else found


class _Together:
    """The searches of destinations with the same prices and rules that share a network."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._network = question.bundle.layering.network
        self._shared = OneToMany(question)
        self._number = self._network.served

    @classmethod
    def of(
        cls, group: Sequence[_Destination], among: Sequence[Place], session: Session
    ) -> _Together | None:
        """Return the searches for the prices and rules of a group; None if it can share none."""
        for first in group[:MOST_TRIED] if len(among) > 1 else ():
            try:
                question = session.pose(first.scenario, (*first.named, *session.free), among=among)
            except CorridorsError:
                # What is wrong may concern one destination only; each is told of its own.
                return None
            if len(question.bundle.layering.network.destinations) > 1:
                return cls(question)
        return None

    def catchment(self, asked: _Destination) -> Catchment | None:
        """Return the corridors to a destination; None if the pair has to be asked."""
        number = self._number.get(asked.place.id)
        if number is None:
            return None
        *named, free = (
            self._least(corridor, asked, number) for corridor in self._question.corridors
        )
        found = self._held(list(zip(asked.named, named, strict=True)), free, asked)
        usable = [(self._weight(one), corridor.id) for corridor, one in found if one.usable]
        best = min(usable)[-1] if usable else ""
        return _catchment(asked, found, best, self._network.topology)

    def _held(
        self,
        found: list[tuple[Corridor, ReadOff]],
        free: ReadOff,
        asked: _Destination,
    ) -> list[tuple[Corridor, ReadOff]]:
        """Return the corridors once the free route has its row, as `held_against_all` gives it."""
        rivals = [self._sum(one) for _, one in found if one.usable]
        if not free.usable or (rivals and min(rivals) <= self._sum(free)):
            return found
        listed = any(corridor.id == OTHER for corridor in asked.corridors)
        return [*found, (self._question.corridors[-1], free)] if listed else found

    def _weight(self, one: ReadOff) -> int:
        """Return what orders routes, best first."""
        return int(self._shared.weight_of(one.cents, one.minutes))

    def _sum(self, one: ReadOff) -> Fraction:
        """Return what the objective adds up."""
        weighing = weighing_in(self._question)
        return weighing.cents * one.cents + weighing.minutes * one.minutes

    def _least(self, corridor: Corridor, asked: _Destination, number: int) -> ReadOff:
        """Return the cheapest route of a corridor to a destination of the network."""
        found = self._shared.read_off(corridor, number)
        if found.sure:
            return found
        bundle = replace(
            self._question.bundle,
            topology=self._network.towards(number),
            layers=(self._question.bundle.layering.to(corridor, number),),
        )
        question = replace(
            self._question,
            scenario=asked.scenario,
            destination=asked.place,
            corridors=(corridor,),
            bundle=bundle,
        )
        return _as_read(search(question, 0, fronts=False))


def _by_pair(asked: _Destination, session: Session) -> Catchment:
    """Return the corridors to a destination, searched as a comparison does."""
    scenario, named = asked.scenario, asked.named
    try:
        question = session.pose(scenario, (*named, *session.free))
    except ConfigError as error:
        return Catchment(
            asked=asked.name,
            place=asked.place.id,
            name=asked.place.name,
            country=asked.place.country,
            lon_lat=(asked.place.lon, asked.place.lat),
            reason=str(error),
        )
    fronts = decision_needs_fronts(scenario)
    found = [search(question, number, fronts=fronts) for number in range(len(named))]
    listed = any(corridor.id == OTHER for corridor in asked.corridors)
    held, _ = held_against_all(question, found, listed=listed)
    better = weighing_in(question).key
    usable = [(better(one.best), one.corridor.id) for one in held.searches if one.best is not None]
    best = min(usable)[-1] if usable else ""
    read = [(one.corridor, _as_read(one)) for one in held.searches]
    made = _catchment(asked, read, best, question.bundle.topology)
    titles = {one.corridor: one.name for one in made.reached}
    return replace(made, shares=way_shares(held.searches, titles))


def _catchment(
    asked: _Destination, found: Sequence[tuple[Corridor, ReadOff]], best: str, topology: Topology
) -> Catchment:
    ends = (asked.origin.country, asked.place.country)
    reached = [
        Reached(
            corridor=corridor.id,
            title=corridor.title,
            cost_usd_per_teu=one.cents / CENTS_PER_USD if one.usable else None,
            days=one.minutes / MINUTES_PER_DAY if one.usable else None,
            way=way_of(topology, np.array(one.arcs, np.int64), corridor.id, ends)
            if one.usable
            else (),
        )
        for corridor, one in found
    ]
    return Catchment(
        asked=asked.name,
        place=asked.place.id,
        name=asked.place.name,
        country=asked.place.country,
        lon_lat=(asked.place.lon, asked.place.lat),
        reached=tuple(reached),
        best=best,
    )


def _as_read(found: SearchedCorridor) -> ReadOff:
    best = found.best
    if best is None:
        return ReadOff(sure=True)
    arcs = tuple(found.arcs(best))
    return ReadOff(sure=True, usable=True, cents=best.cents, minutes=best.minutes, arcs=arcs)


# How the boundary between catchments moves with a driver.


def catchments_over(
    scenario: Scenario,
    destinations: Sequence[str],
    over: str,
    *,
    first: float | None = None,
    last: float | None = None,
    count: int = 5,
    session: Session | None = None,
    progress: Progress = quiet,
) -> CatchmentsOver:
    """Return the best corridor to each destination at some values of a driver, and where it turns.

    Between two values at which different corridors are best, both are taken to be linear: exact
    where a price enters linearly and their routes stay. Where one of the two has no figure at one
    end, the middle stands.

    Parameters
    ----------
    scenario, destinations, session, progress
        As in `catchments`.
    over, first, last
        As in `break_even`.
    count
        How many values, both ends among them, 2 or more.

    Raises
    ------
    ConfigError
        The driver or its range is wrong, or a destination or a key of the scenario is.
    """
    session = session or Session()
    to = replace(scenario, destination=destinations[0]) if destinations else scenario
    driver = driver_of(over, to, option="over", session=session, first=first, last=last)
    asked = objective_for(scenario, (over,))
    values = np.linspace(driver.first, driver.last, count).tolist()
    found = []
    for number, value in enumerate(values):

        def told(what: str, done: int, total: int, number: int = number) -> None:
            progress(what, number * total + done, total * count)

        there = driver.set_in(asked, value)
        found.append(catchments(there, destinations, session=session, progress=told))
    turns = tuple(
        turn
        for columns in zip(*(one.to for one in found), strict=True)
        for turn in _turns(columns, driver, values, asked)
    )
    return CatchmentsOver(
        scenario=asked,
        key=driver.key,
        unit=driver.unit,
        value=driver.value,
        values=tuple(values),
        at=tuple(found),
        turns=turns,
    )


def _turns(
    columns: Sequence[Catchment], driver: Driver, values: Sequence[float], scenario: Scenario
) -> Iterator[Turn]:
    """Yield where the best corridor to a destination changes."""
    for (low, one), (high, other) in pairwise(zip(values, columns, strict=True)):
        if one.best == other.best or not one.best or not other.best:
            continue
        before, after = one.winner, other.winner
        if before is None or after is None:
            continue
        known = {reached.corridor: reached for reached in (*one.reached, *other.reached)}
        gaps = [
            # A day's value changes no route's cost and days: those of the other end hold here too.
            _gap(
                known
                if driver.is_value_of_time
                else {reached.corridor: reached for reached in column.reached},
                one.best,
                other.best,
                driver.set_in(scenario, value),
            )
            for column, value in ((one, low), (other, high))
        ]
        at = (low + high) / 2.0
        if gaps[0] is not None and gaps[1] is not None and gaps[0] != gaps[1]:
            share = gaps[0] / (gaps[0] - gaps[1])
            at = low + (high - low) * min(max(share, 0.0), 1.0)
        yield Turn(
            destination=one.asked,
            name=one.name,
            before=before.name,
            after=after.name,
            at=at,
        )


def _gap(reached: Mapping[str, Reached], one: str, other: str, scenario: Scenario) -> float | None:
    """Return by how much one corridor is worse than another, None where either is closed."""
    figures = [_figure(reached.get(name), scenario) for name in (one, other)]
    if figures[0] is None or figures[1] is None:
        return None
    return figures[0] - figures[1]


def _figure(reached: Reached | None, scenario: Scenario) -> float | None:
    if reached is None or reached.cost_usd_per_teu is None or reached.days is None:
        return None
    aim = scenario.objective.aim
    of_a_day = scenario.shipment.value_of_time_usd_per_teu_day * aim.value_of_time
    return aim.usd * reached.cost_usd_per_teu + (aim.days + of_a_day) * reached.days
