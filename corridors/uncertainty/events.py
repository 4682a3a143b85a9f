"""What happens to one shipment: late ships, missed departures, queues, waits, closures.

Events add hours to those of the levels; where an event multiplies a row (a dwell of twice its
mean), what the level holds of it is taken out, so that no mean counts twice. Events at a place are
shared by all routes that pass it in one week; others are those of a corridor's shipment.

A ship's lateness and the queue at its port of discharge have one score, and the longer of the two
counts: schedule reliability is measured at that port, queues and all. A queue at the port of
loading counts only where it is a chance event (a typhoon): waits there are in the reliability too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from corridors.arrays import FloatArray
from corridors.costing.drawn_groups import DrawnOperation
from corridors.data.parameters import ParameterTable
from corridors.data.uncertainty import Event, EventKind, SharedBy, event_of
from corridors.domain.places import Family, Service
from corridors.network.states.topology import ArcKind, Topology
from corridors.routing.drawn_route import DrawnWorlds
from corridors.uncertainty.draws import Shape
from corridors.units import HOURS_PER_DAY, MINUTES_PER_DAY

NO_KEY = "-"


class Met(NamedTuple):
    """An event that a route meets, by the name of its score.

    It takes the longest of some shapes, each times its hours, less the hours `held` by the level.
    `before` says that they pass before the shipment leaves.
    """

    name: str
    group: str
    shapes: tuple[tuple[Shape, FloatArray | float], ...]
    held: FloatArray | float
    before: bool = False

    def extra(self, u: FloatArray, known: dict[tuple[str, Shape], FloatArray]) -> FloatArray:
        """Return the hours that it adds by draw, at uniform scores in 0 to 1.

        Routes share scores: `known` keeps what a shape takes at the scores of a name.
        """
        for shape, _ in self.shapes:
            if (self.name, shape) not in known:
                known[self.name, shape] = shape.at(u)
        taken = [known[self.name, shape] * hours for shape, hours in self.shapes]
        longest = taken[0] if len(taken) == 1 else np.max(taken, axis=0)
        wait: FloatArray = longest - self.held
        return wait


GROUPS: Mapping[EventKind, str] = {
    EventKind.LATE_ARRIVAL: "Late ships and queues in port",
    EventKind.PORT_CONGESTION: "Late ships and queues in port",
    EventKind.MISSED_DEPARTURE: "Missed departures",
    EventKind.BORDER_DWELL: "Queues at borders",
    EventKind.GAUGE_DWELL: "Waits at changes of gauge",
    EventKind.FERRY_WAIT: "Waits for ferries",
    EventKind.CANAL_QUEUE: "Queues at canals",
    EventKind.CLOSURE: "Sudden closures",
}
"""Groups of events, for sensitivities."""


def shape_of(event: Event) -> Shape:
    """Return the distribution of an event."""
    return Shape(
        probability=event.probability,
        least=event.least,
        mean=event.mean,
        stages=event.stages,
        sigma=event.sigma,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteEvents:
    """Finds the events of routes, in worlds of drawn levels.

    `table` has the levels by draw.
    """

    worlds: DrawnWorlds
    table: ParameterTable
    events: tuple[Event, ...]
    first_day: date
    _known: dict[tuple[object, ...], Event | None] = field(default_factory=dict, repr=False)

    @property
    def network(self) -> Topology:
        """The network."""
        return self.worlds.groups.pricer.topology

    def met(
        self,
        arcs: Sequence[int],
        starts: Sequence[float],
        *,
        intervals: Sequence[int],
        corridor: str,
        operator: str = "",
        missed: Sequence[float] = (),
    ) -> tuple[Met, ...]:
        """Return the events of a route.

        Parameters
        ----------
        arcs
            Its arcs in the topology.
        starts
            By arc the minute at which it begins in the question, from which the week follows.
        intervals
            By arc the minutes between departures of the line that it boards, 0 for none.
        corridor
            Its corridor, which has draws of its own where those are by shipment.
        operator
            Who runs the ships of its main carriage, where the lines are known.
        missed
            By arc the hours until the next trip of a timetable for who misses that which it boards,
            0 for no trip.
        """
        along = tuple(zip(arcs, starts, intervals, missed or (0.0,) * len(arcs), strict=True))
        return _Met(self, along, corridor, operator or NO_KEY).found

    def event(self, what: EventKind, day: date, *keys: str) -> Event | None:
        """Return what may happen on a day to the first of some keys (see `event_of`).

        Hundreds of routes ask for the same.
        """
        asked = (what, day, *keys)
        if asked not in self._known:
            self._known[asked] = event_of(self.events, what, day, *keys)
        return self._known[asked]


class _Met:
    """The events of one route."""

    def __init__(
        self,
        of: RouteEvents,
        along: Sequence[tuple[int, float, int, float]],
        corridor: str,
        operator: str,
    ) -> None:
        self.of = of
        self.network = of.network
        self.corridor = corridor
        self.operator = operator
        self.found: tuple[Met, ...] = ()
        loaded_at = ""
        for arc, start, interval, missed in along:
            day = of.first_day + timedelta(days=int(start // MINUTES_PER_DAY))
            kind = ArcKind(int(self.network.kind[arc]))
            operation = of.worlds.groups.on(arc, interval)
            if kind is ArcKind.LEG:
                self._leg(arc, day, operation)
                continue
            here = self._place(arc, at_head=kind is ArcKind.LOAD)
            before, after = self._services(arc, kind)
            if before is not None and before.family is Family.SEA and loaded_at:
                self._voyage_ends(here, day, before.id)
                loaded_at = ""
            if after is not None:
                first = kind is ArcKind.LOAD
                self._boards(here, day, after, operation, first=first, to_next=missed)
                if after.family is Family.SEA:
                    loaded_at = here
            if operation is not None and "gauge_change" in operation.hours:
                hours = operation.hours["gauge_change"]
                self._times(EventKind.GAUGE_DWELL, day, here, hours, here)

    def _place(self, arc: int, *, at_head: bool) -> str:
        ends = self.network.head if at_head else self.network.tail
        return self.network.place_of(int(ends[arc])).id

    def _services(self, arc: int, kind: ArcKind) -> tuple[Service | None, Service | None]:
        """Return the services of a transfer, before and after it."""
        services = self.network.services
        here = services[int(self.network.service[arc])]
        if kind is ArcKind.LOAD:
            return None, here
        if kind is ArcKind.UNLOAD:
            return here, None
        return services[int(self.network.state_service[self.network.tail[arc]])], here

    def _name(self, event: Event, place: str, day: date) -> str:
        if event.shared_by is SharedBy.PLACE_WEEK:
            return f"{event.id} at {place} in {day:%G-W%V}"
        return f"{event.id} of {self.corridor} at {place}"

    def _add(self, met: Met) -> None:
        self.found = (*self.found, met)

    def _times(
        self,
        what: EventKind,
        day: date,
        place: str,
        hours: FloatArray | float,
        *keys: str,
        held: FloatArray | float | None = None,
        before: bool = False,
    ) -> None:
        """Add an event that multiplies hours, of which the level holds `held`: all by default."""
        event = self.of.event(what, day, *keys)
        if event is None or not np.any(np.asarray(hours) > 0.0):
            return
        factor = {"d": HOURS_PER_DAY, "h": 1.0}.get(event.unit)
        taken = hours if factor is None else factor
        least = (hours if factor is None else 0.0) if held is None else held
        self._add(
            Met(
                name=self._name(event, place, day),
                shapes=((shape_of(event), taken),),
                held=least,
                group=GROUPS[what],
                before=before,
            )
        )

    def _leg(self, arc: int, day: date, operation: DrawnOperation | None) -> None:
        network, table = self.network, self.of.table
        service = network.services[int(network.service[arc])].id
        countries = network.countries[int(network.country[arc])]
        hours = {} if operation is None else operation.hours
        at = [network.place_of(int(end[arc])) for end in (network.tail, network.head)]
        if len(countries) > 1:
            pair = "-".join(sorted(set(countries)))
            keys = (f"{pair}@{service}", *(f"{pair}@{one.id}" for one in at), pair)
            if "border" in hours:
                self._times(EventKind.BORDER_DWELL, day, pair, hours["border"], *keys)
            self._closure(day, pair, hours, keys)
        canal = int(network.canal[arc])
        if canal >= 0:
            gate = network.gates[canal].id
            queue = table.value("canal.queue_hours", f"{gate}@{service}", gate)
            self._times(EventKind.CANAL_QUEUE, day, gate, queue, gate)
        passed = network.gates[canal].id if canal >= 0 else at[1].gate
        if passed:
            self._closure(day, passed, hours, (passed,))

    def _closure(
        self, day: date, place: str, hours: Mapping[str, FloatArray], keys: Sequence[str]
    ) -> None:
        event = self.of.event(EventKind.CLOSURE, day, *keys)
        if event is None:
            return
        taken: FloatArray | float = HOURS_PER_DAY if event.unit == "d" else 1.0
        held: FloatArray | float = 0.0
        if event.quantity:
            taken = self.of.table.value(event.quantity, place)
            held = hours.get("risk_delay", 0.0)
        self._add(
            Met(
                name=self._name(event, place, day),
                shapes=((shape_of(event), taken),),
                held=held,
                group=GROUPS[EventKind.CLOSURE],
            )
        )

    def _boards(
        self,
        here: str,
        day: date,
        service: Service,
        operation: DrawnOperation | None,
        *,
        first: bool,
        to_next: float,
    ) -> None:
        hours = {} if operation is None else operation.hours
        wait = hours.get("schedule_wait", 0.0)
        if service.family is Family.FERRY:
            year = str(self.of.first_day.year)
            row = self.of.table.find("ferry.wait_hours", f"{service.id}@{year}", service.id)
            ferry = 0.0 if row is None else row.value
            self._times(EventKind.FERRY_WAIT, day, here, ferry, here, service.id)
            wait = wait - np.asarray(ferry)
        # Half the interval is waited for anyway; who misses a departure waits for one more.
        missed = to_next or 2.0 * wait
        self._times(
            EventKind.MISSED_DEPARTURE, day, here, missed, service.id, held=0.0, before=first
        )
        if service.family is Family.SEA:
            event = self.of.event(EventKind.PORT_CONGESTION, day, here)
            if event is not None and event.probability < 1.0:
                self._times(EventKind.PORT_CONGESTION, day, here, 1.0, here, held=0.0)

    def _voyage_ends(self, here: str, day: date, service: str) -> None:
        late = self.of.event(EventKind.LATE_ARRIVAL, day, self.operator, service)
        queue = self.of.event(EventKind.PORT_CONGESTION, day, here)
        events = [event for event in (late, queue) if event is not None]
        if not events:
            return
        first = queue or events[0]
        self._add(
            Met(
                name=self._name(first, here, day),
                shapes=tuple(
                    (shape_of(event), HOURS_PER_DAY if event.unit == "d" else 1.0)
                    for event in events
                ),
                held=0.0,
                group=GROUPS[EventKind.LATE_ARRIVAL],
            )
        )
