"""Lines of the user's own: declared services, and the trips of a timetable."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import PurePath
from typing import Any, NamedTuple

import numpy as np

from corridors.arrays import FloatArray, IntArray
from corridors.bounded_cache import BoundedCache
from corridors.config import fault
from corridors.data.cities import name_of
from corridors.data.geodata import LandLeg, load_gates, load_port_calls, load_trunk_kinds
from corridors.data.lines import Line, LineEnds, LineKind, ends_at, load_lines, stop_of
from corridors.data.own import Overlay
from corridors.data.parameters import load_parameters
from corridors.data.sea_areas import great_circle_km
from corridors.domain.contracts import Trip
from corridors.domain.places import AccessKind, AccessRule, Effect, Family, Terminal, window_of
from corridors.domain.scenario import Corridor, DeclaredService, Scenario, is_border
from corridors.domain.values import Status
from corridors.errors import ConfigError, PlaceError
from corridors.network.lines.laying import ARCTIC, Laid, LineGraph, Move, Node, lay, place_named
from corridors.network.locate import Place, locate
from corridors.network.states.base import BaseKey, BaseNetwork
from corridors.network.states.topology import Topology
from corridors.units import DAYS_PER_WEEK

MOST_KEPT = 16
SOURCE = "scenario"
"""The source of what a scenario sets, beside those of `sources.csv`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A service that is declared, and what its faults begin with: by its number in a list.

    `by` says who declares it, in words.
    """

    service: DeclaredService
    at: str
    by: str


def declared_for(scenario: Scenario, corridors: Iterable[Corridor]) -> tuple[Declared, ...]:
    """Return the services that a scenario and its corridors declare.

    One that runs with a project does from its opening on, if the scenario takes it as built.

    Raises
    ------
    ConfigError
        Two of them, or one and a line of the table, have one name.
    """
    found = [
        Declared(service=one, at=fault(scenario, f"services[{n}]", ""), by="the scenario")
        for n, one in enumerate(scenario.services)
        if isinstance(one, DeclaredService)
    ]
    found += declared_by(corridors)
    opens = {PurePath(choice.id).stem: choice.opens for choice in scenario.projects}
    found = [
        replace(one, service=service)
        for one in found
        if (service := _with_project(one.service, opens)) is not None
    ]
    if not found:
        return ()
    faults = []
    known = {line.loop.casefold(): "a line of the table" for line in load_lines().lines}
    for one in found:
        name = one.service.name
        if other := known.get(name.casefold()):
            faults.append(f"{one.at}{name} is also the name of {other}; rename it")
        known[name.casefold()] = f"a service of {one.by}"
    if faults:
        raise ConfigError(faults)
    return tuple(found)


def _with_project(service: DeclaredService, opens: Mapping[str, date]) -> DeclaredService | None:
    """Return a service from the opening of its project on, None if that is not built."""
    if service.project is None:
        return service
    first_day = opens.get(PurePath(service.project).stem)
    if first_day is None:
        return None
    return replace(service, first_day=max(first_day, service.first_day or first_day))


def declared_by(corridors: Iterable[Corridor]) -> tuple[Declared, ...]:
    """Return the services that corridors declare."""
    return tuple(
        Declared(
            service=one, at=f"{corridor.source_path}: services: ", by=f"corridor {corridor.id}"
        )
        for corridor in corridors
        for one in corridor.declared
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ServiceLines:
    """Services as lines; `places` are the terminals at which they may call.

    `calls` are those with a ship that is not known to call at its stop, and is declared to.
    """

    declared: tuple[Declared, ...] = ()
    lines: tuple[Line, ...] = ()
    places: frozenset[str] = frozenset()
    calls: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(cls, declared: tuple[Declared, ...], terminals: Mapping[str, Terminal]) -> ServiceLines:
        """Return services as lines.

        Raises
        ------
        ConfigError
            A stop is unknown.
        """
        faults: list[str] = []
        stops_of = [_stops(one, terminals, faults) for one in declared]
        if faults:
            raise ConfigError(faults)
        lines = tuple(map(_line, declared, stops_of))
        near_km = load_parameters().value("lines.near_km")
        stops = [ends for line in lines for ends in line.stops]
        places = frozenset(
            terminal.id
            for terminal in terminals.values()
            if any(ends.serve(stop_of(terminal), near_km) for ends in stops)
        )
        calls = frozenset(
            (name, ship)
            for line in lines
            for ends in line.stops
            for ship in line.services
            if not calls_at(line, ends, terminals)
            for name in calls_at(replace(line, services=frozenset()), ends, terminals)
        )
        return cls(declared=declared, lines=lines, places=places, calls=calls)

    @property
    def ships(self) -> frozenset[str]:
        """The classes of their ships."""
        return frozenset(one.service.ship for one in self.declared if one.service.ship)

    def laid(self, topology: Topology) -> tuple[Laid, ...]:
        """Return them on a base network.

        Raises
        ------
        ConfigError
            A ship or train cannot call at a stop, or no way joins its stops as it is declared.
        """
        graph, near_km = LineGraph(topology), load_parameters().value("lines.near_km")
        found: list[Laid] = []
        faults = []
        for one, line in zip(self.declared, self.lines, strict=True):
            laid = lay(line, graph, near_km)
            wrong = "" if laid else _why_not(one.service, line, graph, near_km)
            if wrong:
                faults.append(f"{one.at}{one.service.name}: {wrong}")
            found += laid
        if faults:
            raise ConfigError(faults)
        return tuple(found)

    def refuse_closed(
        self, laid: Sequence[Laid], topology: Topology, rules: Iterable[AccessRule], day: date
    ) -> None:
        """Refuse services whose way crosses a border that stays closed as long as they run.

        `day` is the departure; a service that ran only before is none of the day.

        Raises
        ------
        ConfigError
            One does.
        """
        closing = [
            rule
            for rule in rules
            if rule.what is AccessKind.BORDER and rule.effect is Effect.CLOSED
            if not rule.window.yearly
        ]
        crossed = {
            leg.id: _sorted_border(*leg.countries)
            for leg in topology.legs
            if self.declared and isinstance(leg, LandLeg)
        }
        faults = []
        for one, line in zip(self.declared, self.lines, strict=True):
            first, last = max(line.window.first_day, day), line.window.last_day
            legs = {leg for each in laid if each.line.loop == line.loop for leg in each.legs}
            borders = {crossed.get(leg.removeprefix("-")) for leg in legs}
            faults += [
                f"{one.at}{one.service.name}: its way crosses {name_of(key)}, which is closed as"
                f" long as it runs: {rule.reason} Name another border in way, or set bars: [{key}]"
                for rule in closing
                for key in rule.keys
                if key in borders
                if rule.window.first_day <= first <= last <= rule.window.last_day
            ]
        if faults:
            raise ConfigError(faults)


class ServiceBook:
    """The services of the last scenarios as lines, and as laid on their base networks.

    Parameters
    ----------
    base_of
        Returns the base network of a key.
    """

    def __init__(self, base_of: Callable[[BaseKey], BaseNetwork]) -> None:
        self._base_of = base_of
        self._lines: BoundedCache[ServiceLines] = BoundedCache(MOST_KEPT)
        self._laid: BoundedCache[tuple[Laid, ...]] = BoundedCache(MOST_KEPT)

    def lines(self, declared: tuple[Declared, ...], overlay: Overlay) -> ServiceLines:
        """Return services as lines between terminals of an overlay; see `ServiceLines.of`."""
        if not declared:
            return ServiceLines()
        key = declared, overlay.digest
        return self._lines.of(key, lambda: ServiceLines.of(declared, overlay.terminals))

    def laid(self, lines: ServiceLines, key: BaseKey) -> tuple[Laid, ...]:
        """Return services on a base network, as the same value each time; see `laid`."""
        if not lines.declared:
            return ()
        return self._laid.of((lines.declared, key), lambda: lines.laid(self._base_of(key).topology))


def runs_on(service: DeclaredService, day: date) -> bool:
    """Return whether a service leaves on or about a day."""
    first, last = service.first_day or day, service.last_day or day
    return first <= day <= last


def calls_at(line: Line, ends: LineEnds, terminals: Mapping[str, Terminal]) -> tuple[str, ...]:
    """Return the terminals of a stop at which a line by ship or train can call."""
    near_km, takes = load_parameters().value("lines.near_km"), load_port_calls().takes
    family = Family.SEA if line.modes == {Family.SEA} else Family.RAIL
    return tuple(
        terminal.id
        for terminal in terminals.values()
        if ends.serve(stop_of(terminal), near_km)
        and any(name.partition("/")[0] == family for name in terminal.services)
        and all(takes(terminal.id, ship) for ship in line.services)
    )


def _stops(
    one: Declared, terminals: Mapping[str, Terminal], faults: list[str]
) -> tuple[LineEnds, ...]:
    """Return the stops of a service, and add their faults."""
    stops: list[LineEnds] = []
    for text in one.service.stops:
        try:
            place = locate(text, terminals)
            if not place.country:
                msg = f"no country is known at {text}; name a terminal"
                raise PlaceError(msg)
            stops.append(ends_of_place(place))
        except PlaceError as error:
            faults.append(f"{one.at}{one.service.name}: stops: {error}")
    return tuple(stops)


def _line(one: Declared, stops: tuple[LineEnds, ...]) -> Line:
    """Return a service as a line of the table."""
    service = one.service
    by_train = {Family.RAIL, Family.FERRY, Family.SEA} if service.ferry else {Family.RAIL}
    days = (service.first_day, service.last_day)
    return Line(
        loop=service.name,
        operator=f"declared in {one.by}",
        kind=LineKind.DECLARED,
        modes=frozenset({Family.SEA} if service.ship else by_train),
        ways=tuple(frozenset(map(_as_in_networks, way.split("|"))) for way in service.way),
        bars=frozenset(_as_in_networks(name) for way in service.bars for name in way.split("|")),
        one=stops[0],
        other=stops[-1],
        stops=stops,
        one_way=service.one_way,
        frequency=service.frequency,
        per=service.per.value,
        window=window_of(*("" if day is None else day.isoformat() for day in days)),
        season=None,
        is_sum=False,
        last_seen="",
        searched=load_lines().searched,
        source_id=SOURCE,
        status=Status.SCENARIO,
        services=frozenset({service.ship} if service.ship else ()),
    )


def ends_of_place(place: Place) -> LineEnds:
    """Return a stop at a place, at the terminals of a city."""
    members = place.members or (place,)
    codes = {
        (one.terminal.unlocode if one.terminal else "") or one.id: (one.lon, one.lat)
        for one in members
    }
    return ends_at(codes, place.country)


def _as_in_networks(name: str) -> str:
    """Return a border as networks name it, any other place as it is."""
    return _sorted_border(*name.split("-")) if is_border(name) else name


def _sorted_border(*countries: str) -> str:
    """Return the name of the border between countries."""
    return "-".join(sorted(countries))


def _why_not(service: DeclaredService, line: Line, graph: LineGraph, near_km: float) -> str:
    """Return why a service cannot be laid."""
    vehicle = "ship" if service.ship else "train"
    called = {place for place, kind in graph.nodes if kind.partition("/")[0] in line.modes}
    for text, stop in zip(service.stops, line.stops, strict=True):
        if called.isdisjoint(graph.served(stop, near_km)):
            return (
                f"stops: no terminal where a {vehicle} calls lies within {near_km:.0f} km of"
                f" {text}; name another place"
            )
    named = frozenset[str]().union(*line.ways)
    kinds = load_trunk_kinds()
    free = lay(replace(line, ways=(frozenset(kinds),), bars=frozenset()), graph, near_km)
    ends = {end for laid in free for leg in laid.legs for end in leg.removeprefix("-").split("--")}
    passed = set(map(place_named, ends))
    trunk = sorted(passed & kinds.keys() - named)
    hint = f"; the shortest way passes {', '.join(trunk)}: name what it passes" if trunk else ""
    ways = f" by {', '.join(service.way)}" if service.way else ""
    bars = f" without {', '.join(service.bars)}" if service.bars else ""
    return f"no way for a {vehicle} joins {' - '.join(service.stops)}{ways}{bars}{hint}"


# Timetables on the network: each trip a line of its own, on its day and at its pace.

OCEAN, SUEZ = "ocean", "gate-suez"
# A train may be carried over water on its way.
_MODES = {Family.RAIL: (frozenset({Family.RAIL}), frozenset({Family.RAIL, Family.FERRY}))}


@cache
def _gate_names() -> Mapping[str, str]:
    """Return gates by what people call them."""
    found: dict[str, str] = {}
    for gate in load_gates():
        for name in (gate.id, gate.id.removeprefix("gate-").replace("-", " "), name_of(gate.id)):
            found.setdefault(name.casefold(), gate.id)
    return found


def passed(name: str) -> frozenset[str]:
    """Return the gate, border or terminals that a name of a way stands for.

    Raises
    ------
    PlaceError
        It is none.
    """
    word = name.strip().casefold().removeprefix("via ").removeprefix("the ")
    for one in (word, f"{word} canal", f"{word} strait", word.removeprefix("cape of ")):
        if gate := _gate_names().get(one):
            return frozenset({gate})
    if word == "cape":
        return frozenset({"gate-good-hope"})
    if is_border(name.upper()):
        return frozenset({"-".join(sorted(name.upper().split("-")))})
    place = locate(name)
    if not (place.terminal or place.members):
        msg = f"{name}: a way passes gates, borders and terminals"
        raise PlaceError(msg)
    return frozenset(one.id for one in place.members) or frozenset({place.id})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Timetable:
    """The trips of a question on its network.

    `trips` are those that leave, by number, in the order of their departures; `lane` is the number
    of the lane of each, `laid` are the lanes on the network, and `km` is how long each is.
    `blanked` do not leave. `left_out` are those that no way joins, or too far from the ends.
    `missed` are trips, by number, that are not caught.
    """

    trips: tuple[Trip, ...]
    lane: tuple[int, ...]
    laid: tuple[Laid, ...]
    km: tuple[float, ...]
    blanked: tuple[Trip, ...] = ()
    left_out: tuple[Trip, ...] = ()
    missed: frozenset[int] = frozenset()
    _caught: dict[date, tuple[int, ...]] = field(default_factory=dict, repr=False)

    def without(self, missed: Iterable[int]) -> Timetable:
        """Return the timetable of who misses some trips, by number."""
        return replace(self, missed=self.missed | {*missed}, _caught={})

    def caught_from(self, day: date) -> tuple[int, ...]:
        """Return the trips, by number, that boxes catch that are ready on a day."""
        if day not in self._caught:
            self._caught[day] = tuple(
                number
                for number, trip in enumerate(self.trips)
                if number not in self.missed and trip.last_day >= day
            )
        return self._caught[day]

    def sailing(self, numbers: Iterable[int]) -> tuple[Laid, ...]:
        """Return some trips as lines of one day each."""
        return tuple(
            replace(
                self.laid[self.lane[number]],
                sails=self.trips[number].departs.toordinal(),
                trip=number,
            )
            for number in numbers
        )

    @property
    def minutes_per_km(self) -> FloatArray:
        """The pace of each trip, from its departure to its arrival."""
        pairs = zip(self.trips, self.lane, strict=True)
        return np.array([trip.minutes / self.km[lane] for trip, lane in pairs], float)

    @property
    def closes(self) -> IntArray:
        """The ordinal of the last day on which boxes catch each trip."""
        return np.array([trip.last_day.toordinal() for trip in self.trips], np.int64)

    def alike(self, number: int) -> tuple[int, ...]:
        """Return the trips of the lane of one, by number, those not to be caught too."""
        return tuple(n for n, lane in enumerate(self.lane) if lane == self.lane[number])

    def hours_to_next(self, number: int) -> float:
        """Return the hours from a trip to the next of its lane, from the last the lane's mean.

        0 where the lane has but one.
        """
        departures = sorted({self.trips[n].departs for n in self.alike(number)})
        at = departures.index(self.trips[number].departs)
        if len(departures) < 2:
            return 0.0
        if at + 1 < len(departures):
            gap = departures[at + 1] - departures[at]
        else:
            gap = (departures[-1] - departures[0]) / (len(departures) - 1)
        return gap.total_seconds() / 3600


class _Key(NamedTuple):
    """What the trips of a lane have in common."""

    mode: Family
    origin: str
    destination: str
    way: tuple[str, ...]
    operator: str
    service: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TripLines:
    """The trips of files as lines, before they are laid; `places` are their terminals.

    `lanes` are the lines by which the trips of a lane may run, the likeliest first, and its trips.
    """

    lanes: tuple[tuple[tuple[Line, ...], tuple[Trip, ...]], ...]
    blanked: tuple[Trip, ...]
    far: tuple[Trip, ...]
    places: frozenset[str]

    @classmethod
    def of(
        cls, trips: Sequence[Trip], ends: tuple[Place, Place], overlay: Overlay, most_km: float
    ) -> TripLines:
        """Return the trips that may carry boxes between two ends.

        They begin within `most_km` of the origin, or of where another ends that does; and they end
        likewise.
        """
        alike: dict[_Key, list[Trip]] = defaultdict(list)
        for trip in trips:
            alike[
                _Key(
                    trip.mode, trip.origin, trip.destination, trip.way, trip.operator, trip.service
                )
            ].append(trip)
        located = cache(lambda text: locate(text, overlay.terminals))
        places = {key: (located(key.origin), located(key.destination)) for key in alike}
        near = _linked(places, ends[0], most_km, 0) & _linked(places, ends[1], most_km, 1)
        lanes = []
        for key in (key for key in alike if key in near):
            leave = tuple(trip for trip in alike[key] if not trip.blanked)
            if leave:
                lanes.append((_lines(key, leave, places[key]), leave))
        stops = [side for lines, _ in lanes for side in (lines[0].one, lines[0].other)]
        return cls(
            lanes=tuple(lanes),
            blanked=tuple(
                trip for key in alike if key in near for trip in alike[key] if trip.blanked
            ),
            far=tuple(trip for key in alike if key not in near for trip in alike[key]),
            places=frozenset(
                terminal.id
                for terminal in overlay.terminals.values()
                if any(side.serve(stop_of(terminal), 0.0) for side in stops)
            ),
        )

    def laid(self, topology: Topology) -> Timetable:
        """Return the timetable on a base network; what no way joins is left out."""
        graph: LineGraph = topology.once("line graph", lambda: LineGraph(topology))
        laid: list[Laid] = []
        km: list[float] = []
        trips: list[tuple[Trip, int]] = []
        left_out = list(self.far)
        for lines, alike in self.lanes:
            # Of the modes of a train the first by which it runs; of the ways of a ship all.
            modes = list(dict.fromkeys(line.modes for line in lines))
            found: list[Laid] = []
            while modes and not found:
                mode = modes.pop(0)
                found = [
                    way for line in lines if line.modes == mode for way in lay(line, graph, 0.0)
                ]
            if not found:
                left_out += alike
            for way in {way.legs: way for way in found}.values():
                trips += [(trip, len(laid)) for trip in alike]
                laid.append(way)
                km.append(_shortest_km(way, graph))
        trips.sort(key=lambda one: (one[0].departs, one[0].arrives, one[1]))
        return Timetable(
            trips=tuple(trip for trip, _ in trips),
            lane=tuple(lane for _, lane in trips),
            laid=tuple(laid),
            km=tuple(km),
            blanked=self.blanked,
            left_out=tuple(left_out),
        )


def _linked(
    places: Mapping[_Key, tuple[Place, Place]], end: Place, most_km: float, side: int
) -> set[_Key]:
    """Return the lanes that begin (`side` 0) or end (1) near an end, or near another such lane."""

    def near(one: Place, others: Iterable[Place]) -> bool:
        return any(
            float(great_circle_km(one.lon, one.lat, other.lon, other.lat)) <= most_km
            for other in others
        )

    found = {key for key, ends in places.items() if near(ends[side], [end])}
    while True:
        met = {places[key][1 - side].id: places[key][1 - side] for key in found}
        more = {
            key
            for key, ends in places.items()
            if key not in found and near(ends[side], met.values())
        }
        if not more:
            return found
        found |= more


def _lines(key: _Key, trips: Sequence[Trip], places: tuple[Place, Place]) -> tuple[Line, ...]:
    """Return a lane as lines, by each mode and way in which it may run, the likeliest first."""
    one, other = map(ends_of_place, places)
    days = sorted(trip.departs for trip in trips)
    weeks = (days[-1] - days[0]).days / DAYS_PER_WEEK
    kinds = load_trunk_kinds()
    # A set that the start is one of bars nothing that it names, and asks for none of it.
    free = frozenset(name for name, kind in kinds.items() if kind != ARCTIC)
    free |= {member.id for member in places[0].members or (places[0],)}
    ways: list[tuple[frozenset[str], ...]] = [(free,)]
    if key.way:
        named = tuple(map(passed, key.way))
        other_oceans = {name for name, kind in kinds.items() if kind == OCEAN}
        ways = [(*named, free - other_oceans)]
    elif key.mode is Family.SEA:
        # A file seldom says which: the shortest way, and that without the canal.
        ways.append((free - {SUEZ},))
    made = Line(
        loop=trips[0].name,
        operator=key.operator or "your timetable",
        kind=LineKind.SCHEDULED,
        modes=frozenset({key.mode}),
        ways=(),
        one=one,
        other=other,
        stops=(one, other),
        one_way=True,
        frequency=round((len(days) - 1) / weeks, 2) if weeks else None,
        per="week",
        window=window_of(days[0].date().isoformat(), days[-1].date().isoformat()),
        season=None,
        is_sum=False,
        last_seen="",
        searched=load_lines().searched,
        source_id=SOURCE,
        status=Status.SCENARIO,
    )
    modes = _MODES.get(key.mode, (frozenset({key.mode}),))
    return tuple(replace(made, ways=way, modes=mode) for mode in modes for way in ways)


def _shortest_km(laid: Laid, graph: LineGraph) -> float:
    """Return the km of a lane from where it loads to where it unloads."""
    onward: dict[Node, list[Move]] = defaultdict(list)
    for move in graph.moves:
        if move.leg in laid.legs or not move.leg:
            onward[move.start].append(move)
    ahead: list[tuple[float, Node]] = [(0.0, node) for node in onward if node[0] in laid.loads]
    heapq.heapify(ahead)
    met: set[Any] = set()
    while ahead:
        km, node = heapq.heappop(ahead)
        if km and node[0] in laid.unloads:
            return km
        if node not in met:
            met.add(node)
            for move in onward[node]:
                heapq.heappush(ahead, (km + move.km, move.end))
    return 1.0
