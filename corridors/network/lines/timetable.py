"""Timetables on the network: each trip a line of its own, on its day and at its pace."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from corridors.arrays import FloatArray, IntArray
from corridors.data.geodata import load_gates, load_trunk_kinds
from corridors.data.lines import Line, LineKind, load_lines, stop_of
from corridors.data.names import name_of
from corridors.data.own import Overlay
from corridors.data.sea_areas import great_circle_km
from corridors.domain.places import Family
from corridors.domain.scenario import is_border
from corridors.domain.trips import Trip
from corridors.domain.values import Status
from corridors.domain.windows import window_of
from corridors.errors import PlaceError
from corridors.network.lines.declared import SOURCE, ends_of_place
from corridors.network.lines.laying import ARCTIC, Laid, LineGraph, Move, Node, lay
from corridors.network.locate import Place, locate
from corridors.network.states.topology import Topology
from corridors.units import DAYS_PER_WEEK

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
