"""Find the arcs that access rules and the scenario's closures close, and on which days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from corridors.arrays import BoolArray, FloatArray
from corridors.data.cities import name_of
from corridors.data.geodata import LandLeg
from corridors.data.parameters import load_parameters
from corridors.domain.places import (
    BEGINNING,
    END,
    AccessKind,
    AccessRule,
    ClosureWindow,
    Effect,
    Family,
    GateKind,
)
from corridors.domain.plan import Project
from corridors.domain.scenario import Avoided, Closure
from corridors.network.states.topology import ArcKind, Topology

FEEDER = "sea/feeder"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedArcs:
    """Arcs that are closed in a window, once or every year, with the reason.

    With a `delay` they are open, and take the hours longer that this rule has on the day.
    """

    arcs: BoolArray
    window: ClosureWindow
    reason: str
    delay: AccessRule | None = None


class LegsById:
    """The legs of a network by their id, which several of them may have."""

    def __init__(self, topology: Topology) -> None:
        # A list of numbers for every id would take longer to make than all rules to find.
        self._first: dict[str, int] = {}
        self._more: dict[str, list[int]] = {}
        for number, leg in enumerate(topology.legs):
            if self._first.setdefault(leg.id, number) != number:
                self._more.setdefault(leg.id, []).append(number)

    def of(self, name: str) -> list[int]:
        """Return the numbers of the legs with an id."""
        if name not in self._first:
            return []
        return [self._first[name], *self._more.get(name, ())]


def rule_arcs(
    topology: Topology, what: str, key: str, *, legs: LegsById | None = None
) -> BoolArray:
    """Return the arcs to which a rule applies.

    Parameters
    ----------
    topology
        The network.
    what
        `place` (a terminal or gate: everything that leaves it or happens there, and entering a
        canal), `port` (of that, what ships do), `feeder` (legs of feeders between a port or gate
        and any place but the ports of its country), `leg`, `border` (two country codes, `BY-PL`),
        `country`, `transit` (by land through a country, unless an end lies in it), `waters` (the
        same by the Northern Sea Route), `railways` (of a country), `customs` (of a country: where
        boxes come to land from a ship, cross into its customs territory by land, or end), `trade`
        (everything), `service`, or `any`: whichever of these `key` names, but `port`, `feeder`,
        `transit`, `railways`, `customs` and `trade`.
    key
        The id.
    legs
        Those of the network, for who asks for many rules.
    """
    found = np.zeros(topology.arc_count, bool)
    if what in ("place", "port", "any"):
        place = topology.state_place[topology.tail]
        there = (place >= 0) & topology.index.named([key])[np.maximum(place, 0)]
        if what == "port":
            of_ships = np.array([*_of_family(topology, Family.SEA), False])
            before = topology.state_service[topology.tail]
            there &= of_ships[topology.service] | of_ships[before]
        found |= there
    if what == "feeder":
        at = topology.index.named([key])
        home = topology.places[int(at.argmax())].country if at.any() else ""
        away = np.array([bool(place.gate) or place.country != home for place in topology.places])
        of_feeders = np.array([service.id == FEEDER for service in topology.services], bool)
        legs_here = topology.of_kind(ArcKind.LEG) & of_feeders[topology.service]
        one, other = (topology.state_place[end] for end in (topology.tail, topology.head))
        found |= legs_here & ((at[one] & away[other]) | (at[other] & away[one]))
    if what in ("leg", "any"):
        a, _, b = key.partition("--")
        known = LegsById(topology) if legs is None else legs
        named = [number for name in {key, f"{b}--{a}"} for number in known.of(name)]
        if named:
            found |= np.isin(topology.leg, named)
    if what in ("border", "any"):
        pair = set(key.split("-"))
        crosses = [len(pair) == 2 and set(c) == pair for c in topology.countries]
        found |= np.array(crosses)[topology.country]
    avoidable = what in ("transit", "waters") and key not in end_countries(topology)
    transit = avoidable and what == "transit"
    if transit or what in ("country", "railways", "any"):
        inside = np.array([key in c for c in topology.countries])[topology.country]
        if what == "railways":
            by_rail = np.array(_of_family(topology, Family.RAIL))
            inside &= by_rail[topology.service] & (topology.kind == ArcKind.LEG)
        found |= inside
    if (what == "any" or (what == "waters" and avoidable)) and key in arctic_states(topology):
        found |= topology.area > 0
    if what == "customs":
        found |= _under_customs(topology, key)
    if what == "trade":
        found[:] = True
    if what in ("service", "any"):
        runs = [key in (s.id, s.family.value) for s in topology.services]
        found |= np.array(runs)[topology.service] & (topology.kind == ArcKind.LEG)
    return found


def _under_customs(topology: Topology, country: str) -> BoolArray:
    """Return the arcs where boxes come under the customs of a country.

    Goods are declared where they enter a customs territory by land, where they leave a ship for a
    train or truck, and where they end. A box that changes ships in a port is under no declaration.
    """
    on_land = np.array(
        [*(s.family in (Family.RAIL, Family.ROAD) for s in topology.services), False]
    )
    before, after = topology.state_service[topology.tail], topology.service
    landed = topology.of_kind(ArcKind.CHANGE) & ~on_land[before] & on_land[after]
    zone = load_parameters().customs

    def enters(codes: tuple[str, ...]) -> bool:
        """Whether the other country at this border has customs of its own."""
        return any((zone.get(code) or code) != (zone.get(country) or country) for code in codes)

    inside = np.array([country in codes for codes in topology.countries])[topology.country]
    border = np.array([enters(codes) for codes in topology.countries])[topology.country]
    found: BoolArray = inside & (landed | topology.of_kind(ArcKind.UNLOAD) | border)
    return found


def _of_family(topology: Topology, family: Family) -> list[bool]:
    """Return by service whether it is of a family."""
    return [service.family is family for service in topology.services]


def arctic_states(topology: Topology) -> frozenset[str]:
    """Return the states that admit ships to the Northern Sea Route, pilot and escort them."""
    return frozenset(gate.country for gate in topology.gates if gate.kind is GateKind.AREA)


def end_countries(topology: Topology) -> tuple[str, ...]:
    """Return the countries of origin and destination.

    A point too far from any terminal to have a country has those of the terminals it uses.
    """
    found = []
    for end, kind in ((topology.origin, ArcKind.LOAD), (topology.destination, ArcKind.UNLOAD)):
        handled = topology.country[topology.kind == kind].tolist()
        yards = {code for number in handled for code in topology.countries[number]}
        country = topology.place(end).country
        found += [country] if country else sorted(yards)
    return tuple(found)


class RuleArcs:
    """The arcs of rules on one network, each found once."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._known: dict[tuple[str, str], BoolArray] = {}
        self._legs = LegsById(topology)

    def of(self, what: str, *keys: str) -> BoolArray:
        """Return the arcs of a rule; see `rule_arcs`."""
        for key in keys or ("",):
            if (what, key) not in self._known:
                self._known[what, key] = rule_arcs(self._topology, what, key, legs=self._legs)
        found = [self._known[what, key] for key in keys or ("",)]
        return found[0] if len(found) == 1 else np.logical_or.reduce(found)

    def of_rule(self, rule: AccessRule) -> BoolArray:
        """Return the arcs that a rule closes, delays or warns of.

        A delay at a canal is met on the way through it, at a border where it is crossed: once.
        """
        found = self.of(rule.what, *rule.keys)
        if rule.effect is Effect.DELAY and rule.what is AccessKind.PLACE:
            found = found & (self._topology.canal >= 0)
        return found


def closed_arcs(
    arcs_of: RuleArcs, rules: Sequence[AccessRule], closures: Sequence[Closure]
) -> list[ClosedArcs]:
    """Return the closures and delays that touch this network."""
    result = []
    for rule in rules:
        if rule.effect not in (Effect.CLOSED, Effect.DELAY):
            continue
        arcs = arcs_of.of_rule(rule)
        if arcs.any():
            delay = rule if rule.effect is Effect.DELAY else None
            result.append(
                ClosedArcs(arcs=arcs, window=rule.window, reason=rule.dated_reason, delay=delay)
            )
    for closure in closures:
        arcs = arcs_of.of(AccessKind.ANY, closure.place)
        if arcs.any():
            result.append(
                ClosedArcs(
                    arcs=arcs,
                    window=ClosureWindow(
                        first_day=closure.first_day or BEGINNING, last_day=closure.last_day or END
                    ),
                    reason=closure.reason or f"{name_of(closure.place)} is closed by the scenario",
                )
            )
    return result


def avoided_arcs(arcs_of: RuleArcs, avoided: Avoided) -> list[ClosedArcs]:
    """Return what a shipment avoids as permanent closures.

    A country is closed to transit only: not if an end lies in it. The Northern Sea Route counts as
    transit of Russia, whose permits, pilots and escorts ships need there.
    """
    named = (
        *((code, what) for code in avoided.countries for what in ("transit", "waters")),
        *((place, "place") for place in (*avoided.gates, *avoided.terminals)),
    )
    return [
        ClosedArcs(
            arcs=arcs_of.of(what, key),
            window=ClosureWindow(first_day=BEGINNING, last_day=END),
            reason=f"{name_of(key)} is avoided by the scenario",
        )
        for key, what in named
        if arcs_of.of(what, key).any()
    ]


def unopened_arcs(topology: Topology, projects: Iterable[tuple[Project, date]]) -> list[ClosedArcs]:
    """Return the legs of projects as closed until each project opens.

    Parameters
    ----------
    topology
        A network with the legs of the projects.
    projects
        Projects, each with its opening day.
    """
    result = []
    for project, opens in projects:
        legs = [isinstance(leg, LandLeg) and leg.project == project.id for leg in topology.legs]
        if not any(legs) or opens <= BEGINNING:
            continue
        arcs = (topology.leg >= 0) & np.array(legs)[np.maximum(topology.leg, 0)]
        reason = f"{project.title} opens on {opens.isoformat()}"
        window = ClosureWindow(first_day=BEGINNING, last_day=opens - timedelta(days=1))
        result.append(ClosedArcs(arcs=arcs, window=window, reason=reason))
    return result


class OpenDays(NamedTuple):
    """By day whether an arc is open and by how many hours it is delayed, and its closures."""

    is_open: BoolArray
    delay_hours: FloatArray
    closures: tuple[tuple[date, date, str], ...]

    @property
    def change(self) -> bool:
        """Whether the arc is closed or delayed on some day."""
        return bool(self.closures) or bool(self.delay_hours.any())


def open_days(closures: Sequence[ClosedArcs], arc: int, first_day: date, days: int) -> OpenDays:
    """Return on which of these days an arc is open or delayed."""
    is_open, delay_hours = np.ones(days, bool), np.zeros(days)
    met = []
    end = first_day + timedelta(days=days - 1)
    for closed in closures:
        if not closed.arcs[arc]:
            continue
        for begins, ends in closed.window.within(first_day, end):
            start = max(0, (begins - first_day).days)
            stop = min(days - 1, (ends - first_day).days)
            if closed.delay is not None:
                for day in range(start, stop + 1):
                    delay_hours[day] += closed.delay.hours_on(first_day + timedelta(days=day))
                continue
            is_open[start : stop + 1] = False
            met.append((begins, ends, closed.reason))
    return OpenDays(is_open, delay_hours, tuple(met))
