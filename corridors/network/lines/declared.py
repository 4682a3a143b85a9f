"""Services that a scenario or a corridor declares to run, as lines of the table are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePath

from corridors.bounded_cache import BoundedCache
from corridors.config import fault
from corridors.data.geodata import LandLeg, load_port_calls, load_trunk_kinds
from corridors.data.lines import Line, LineEnds, LineKind, ends_at, load_lines, stop_of
from corridors.data.names import name_of
from corridors.data.own import Overlay
from corridors.data.parameters import load_parameters
from corridors.domain.places import AccessKind, AccessRule, Effect, Family, Terminal
from corridors.domain.scenario import Corridor, DeclaredService, Scenario, is_border
from corridors.domain.values import Status
from corridors.domain.windows import window_of
from corridors.errors import ConfigError, PlaceError
from corridors.network.lines.laying import Laid, LineGraph, lay, place_named
from corridors.network.locate import Place, locate
from corridors.network.states.base import BaseKey, BaseNetwork
from corridors.network.states.topology import Topology

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
