"""Which ways are on a lane that is quoted: a walk through stages, beside the layers of a corridor.

A lane is a filter and one amount. Boxes are hauled inside the region of origin, are on the ship or
train of one lane, and are hauled inside the region of destination:

- *hauled*: any service inside its region at cost; ships only as feeders, on their own coast.
- *on a ship*: from a port of the lane to one of its other side, where its amount is paid; boxes may
  change ships. No ship through Arctic ice is on a lane.
- *on a train*: the amount is paid where the train comes to the broad gauge, by the service there
  (`rail/tsr-1520` is by Siberia); it runs on by rail alone,
  on rails as those of the reference way.

So a way on a lane pays one amount, once. A truck or a ferry between the two regions is on none, nor
is a ship after a train. A way that is on several, as when it meets ports of two, pays the least.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np

from corridors.arrays import BoolArray, IntArray
from corridors.bounded_cache import BoundedCache
from corridors.costing import pricing
from corridors.costing.drayage import without_drayage
from corridors.costing.market import Market, Quote
from corridors.costing.operations import Wait, of_trip, storage, with_wait
from corridors.costing.pace import days_run
from corridors.costing.pricer import Pricer
from corridors.costing.pricing import Quantities
from corridors.costing.weights import Weights
from corridors.data.access import region_of
from corridors.data.geodata import (
    LandLeg,
    gauge_mm,
    is_broad,
    line_of,
    load_terminals,
    load_trunk_places,
)
from corridors.data.lines import Stop, departures, stop_of
from corridors.data.parameters import ParameterTable
from corridors.domain.places import Family, Service
from corridors.domain.results import OptionStatus, RouteOption, RouteStep, StepKind
from corridors.domain.scenario import Corridor
from corridors.domain.values import (
    BY_TERMINAL,
    Admission,
    BillLine,
    ChainPart,
    Operation,
    TerminalEnd,
)
from corridors.network.corridor import OF_ENDS, Layered, new_cache, on_paths
from corridors.network.land.drayage_legs import Drayage
from corridors.network.sea.sea_ways import shipped_line
from corridors.network.states.chain import LayerArcs
from corridors.network.states.topology import SINK, SOURCE, ArcKind, NetworkPlace, Topology
from corridors.routing.problem import Problem
from corridors.routing.terms import DatedRoute
from corridors.units import DAYS_PER_WEEK, HOURS_PER_DAY, MINUTES_PER_DAY, MINUTES_PER_HOUR

# Stages of a way: before any lane, then two by lane: on its ship unpaid, or paid.
BEFORE = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What a way pays on its lane: the scope of the amount, its line, and at which of its arcs."""

    at: int
    scope: str
    line: BillLine


class Stages:
    """The stages of ways on a network, by the lanes between its ends.

    `moves` are (stage before, stage after, by arc whether it leads from the one to the other).

    Parameters
    ----------
    topology
        The network.
    market
        What is quoted between its ends.
    near_km
        How far from a port of a lane its freights hold.
    ends
        The countries of origin and destination.
    """

    def __init__(
        self, topology: Topology, market: Market, *, near_km: float, ends: tuple[str, str]
    ) -> None:
        self.topology = topology
        self.quotes = market.quotes
        self._near_km = near_km
        regions = [region_of(place.country) for place in topology.places]
        # The last place stands for source and sink.
        self._here, self._there = (
            np.array([*(one == region_of(end) for one in regions), False]) for end in ends
        )
        self.moves = tuple(self._moves())

    @property
    def count(self) -> int:
        """The number of stages."""
        return 1 + 2 * len(self.quotes)

    def lane_of(self, stage: IntArray) -> IntArray:
        """Return the numbers of the lanes of stages, from 1 on, below 0 where not yet paid."""
        lane = (stage + 1) // 2
        return np.where(stage % 2 == 1, -lane, lane)

    def _moves(self) -> list[tuple[int, int, BoolArray]]:
        t = self.topology
        kind, tail, head = t.kind, t.tail, t.head
        before, after = t.state_service[tail], t.state_service[head]
        begins, ends = t.state_place[tail], t.state_place[head]
        is_leg, unloads = kind == ArcKind.LEG, kind == ArcKind.UNLOAD
        here, there, trunk = self._here, self._there, load_trunk_places()
        sails, by_rail, broad = (
            np.array([*map(of, t.services), False]) for of in (_sails, _runs_on_rails, is_broad)
        )
        # Straits that name no main carriage, by which feeders sail too.
        straits = np.array([*(bool(p.gate) and p.gate not in trunk for p in t.places), False])
        # A transfer is at one place; that of source and sink is none.
        at = np.where(tail == SOURCE, ends, begins)
        sea_leg = is_leg & sails[after] & (t.area == 0)
        dry_leg = is_leg & ~sails[after]

        def hauls(region: BoolArray, coast: BoolArray) -> BoolArray:
            by_land, met = dry_leg & region[begins] & region[ends], coast | straits
            found: BoolArray = by_land | (sea_leg & met[begins] & met[ends])
            return found

        transfers = (kind == ArcKind.LOAD) | (kind == ArcKind.CHANGE)
        # A train goes on to where the broad gauge begins, in whatever country.
        to_gauge = by_rail[after] & ~broad[after] & (is_leg | (transfers & by_rail[before]))
        hauled = hauls(here, here) | (transfers & here[at])
        trains = [q.way.broad for q in self.quotes if q.way.broad]
        found = [(BEFORE, BEFORE, hauled | to_gauge if trains else hauled)]
        for number, quote in enumerate(self.quotes):
            on, paid = 1 + 2 * number, 2 + 2 * number
            lifted = (transfers | unloads) & there[at]
            if not quote.way.broad:
                loads, discharges = (self._ports(quote, at_origin=side) for side in (True, False))
                boards = transfers & sails[after] & loads[at]
                changes = transfers & sails[before] & sails[after]
                leaves = (transfers | unloads) & sails[before] & discharges[at]
                found += [
                    (BEFORE, on, boards),
                    (on, on, sea_leg | changes),
                    (on, paid, leaves),
                    (paid, paid, hauls(there, discharges) | lifted),
                ]
                continue
            # The first way stands for trains without one of their own, as by Mongolia.
            of_way = [one.id if one.id in trains else trains[0] for one in t.services]
            mine = broad & np.array([*(name == quote.way.broad for name in of_way), False])
            comes = transfers & mine[after] & ~broad[before] & (by_rail[before] | here[at])
            # Beyond the broad gauge it takes the rails of the reference way or of the region: a
            # train by Iran is another one.
            quoted = {section.service for section in quote.way.sections}
            as_quoted = broad | np.array([*(one.id in quoted for one in t.services), False])
            runs = is_leg & by_rail[after] & ~here[ends] & (as_quoted[after] | there[ends])
            runs |= transfers & by_rail[before] & by_rail[after]
            by_land = hauls(there, there) & ~sails[after]
            found += [
                (BEFORE, paid, comes),
                (paid, paid, runs | by_land | (lifted & ~sails[after])),
            ]
        return found

    def _ports(self, quote: Quote, *, at_origin: bool) -> BoolArray:
        """Return by place whether a lane takes boxes there, or brings them; the last is none."""
        inside = self._here if at_origin else self._there
        found = np.zeros(inside.shape[0], bool)
        for number in np.flatnonzero(inside).tolist():
            stop = _stop_at(self.topology.places[number])
            found[number] = quote.lane.serves(stop, self._near_km, at_origin=at_origin)
        return found

    def only(self, layered: Layered) -> Layered:
        """Return layers with only the ways that are on a lane; `lane` says which is paid where."""
        nodes, tails, base = layered.node_count, layered.tail, layered.base
        parts = []
        for begins, ends, leads in self.moves:
            here = np.flatnonzero(leads[base])
            heads = layered.head[here]
            to = np.where(heads == SINK, SINK, ends * nodes + heads)
            parts.append(LayerArcs(begins * nodes + tails[here], to, base[here]))
        # The sink is met from paid stages alone, and by the arc that pays.
        arcs = LayerArcs.joined(*parts)
        stage = arcs.tail // nodes
        cut = on_paths(arcs, nodes * self.count, source=SOURCE, sink=SINK)
        node, stage = cut.nodes % nodes, cut.nodes // nodes
        carrier, interval = layered.carrier, layered.interval
        return replace(
            layered,
            state=layered.state[node],
            mask=layered.mask[node],
            part=layered.part[node],
            carrier=None if carrier is None else carrier[node],
            interval=None if interval is None else interval[node],
            trip=None if layered.trip is None else layered.trip[node],
            first_arc=cut.first_arc,
            head=cut.head,
            base=cut.base,
            lane=self.lane_of(stage),
            lanes=tuple(quote.amount.scope for quote in self.quotes),
            kept=new_cache(),
        )

    def paid_by(self, arcs: Sequence[int], usd: Mapping[str, float]) -> Paid | None:
        """Return what a way pays on its lane; None if it is on none.

        Parameters
        ----------
        arcs
            Its arcs in the network, from source to sink.
        usd
            The amounts by scope, of which the least counts.
        """
        # By stage the arc at which its lane was paid, -1 if it was not.
        stages = {BEFORE: -1}
        for number, arc in enumerate(arcs):
            reached: dict[int, int] = {}
            for begins, ends, leads in self.moves:
                if begins in stages and leads[arc]:
                    pays = begins != ends and ends % 2 == 0
                    reached.setdefault(ends, number if pays else stages[begins])
            stages = reached
        lanes = [(usd[self.quotes[s // 2 - 1].amount.scope], s) for s in stages if s and s % 2 == 0]
        if not lanes:
            return None
        stage = min(lanes)[1]
        quote = self.quotes[stage // 2 - 1]
        return Paid(at=stages[stage], scope=quote.amount.scope, line=quote.line)


def _sails(service: Service) -> bool:
    return service.family is Family.SEA


def _runs_on_rails(service: Service) -> bool:
    return service.family is Family.RAIL


def _stop_at(place: NetworkPlace) -> Stop:
    """Return a place as lanes may serve it."""
    known = load_terminals().get(place.id)
    if known is not None:
        return stop_of(known)
    return Stop(place.id, place.id, place.country, place.lon, place.lat)


# Turn a found route into an option: dated steps, the full bill and the places it passes.

# Of one corridor; each departure that the day changes has its own.
MOST_ITINERARIES = 64
# Shorter differences of a wait are not told.
LEAST_HOURS = 1.2
LANES_SOURCE = "Natural Earth 1:10m land (public domain) and tracks of this project"


def arc_line(topology: Topology, arc: int) -> tuple[tuple[float, float], ...]:
    """Return the drawn line of a leg in the direction of travel."""
    leg = topology.legs[int(topology.leg[arc])]
    if isinstance(leg, LandLeg):
        line = line_of(leg)
    elif leg.row >= 0:
        line = shipped_line(leg.row)
    else:
        line = leg.lon_lat
    return line[::-1] if topology.reversed[arc] else line


def shifted(
    line: tuple[tuple[float, float], ...], after: float | None
) -> tuple[tuple[float, float], ...]:
    """Return a line moved by multiples of 360 degrees so that it begins near longitude `after`."""
    if after is None or not line:
        return line
    turn = 360.0 * round((after - line[0][0]) / 360.0)
    return tuple((lon + turn, lat) for lon, lat in line) if turn else line


def lines_along(
    topology: Topology, arcs: Iterable[int]
) -> tuple[tuple[tuple[tuple[float, float], ...], bool], ...]:
    """Return the drawn legs of a route, longitudes running on, each with whether it is at sea."""
    found: list[tuple[tuple[tuple[float, float], ...], bool]] = []
    for arc in arcs:
        if topology.leg[arc] >= 0 and len(line := arc_line(topology, arc)) > 1:
            service = topology.services[int(topology.service[arc])]
            after = found[-1][0][-1][0] if found else None
            found.append((shifted(line, after), service.family is Family.SEA))
    return tuple(found)


def scaled(bill: Iterable[BillLine], factor: float) -> tuple[BillLine, ...]:
    """Return a bill with quantities multiplied by `factor`."""
    return tuple(line.times(factor) for line in bill)


def running(
    pricer: Pricer, weights: Weights, arc: int, start: int
) -> tuple[str, tuple[BillLine, ...]]:
    """Return the time part and the bill for the kilometres of a leg, with ice day by day."""
    network, priced = pricer.topology, weights.priced
    km, number = float(network.km[arc]), int(weights.profile[arc])
    profile = weights.profiles[number] if number >= 0 else None
    if profile is None or not profile.states:
        of_rate = int(weights.running[arc])
        rate, inside = priced.rates[of_rate], float(priced.eca_km[arc])
        if inside <= 0.0:
            return rate.time_part, scaled(rate.bill_per_km, km)
        outside = scaled(rate.bill_per_km, max(km - inside, 0.0))
        low_sulphur = scaled(priced.eca_rates[of_rate].bill_per_km, inside)
        return rate.time_part, (*outside, *low_sulphur)
    bill: list[BillLine] = []
    for day, run in days_run(km, start, profile.minutes_per_km).km_by_day.items():
        bill.extend(scaled(profile.rates[profile.states[day].regime].bill_per_km, run))
    first = start // MINUTES_PER_DAY
    state = profile.states[first]
    if state.admission is Admission.ESCORTED:
        escort = pricer.escort(int(network.service[arc]), int(network.area[arc]), first)
        bill.extend(escort.bill)
    return profile.rates[state.regime].time_part, tuple(bill)


def wait_text(wait: Wait | None) -> str:
    """Return how long boxes wait for a line, where its class has another wait; else nothing.

    `, 15.2 days of wait for a line of 1 a month (3.8 with others of its class)`.
    """
    if wait is None or abs(wait.more_hours) < LEAST_HOURS:
        return ""
    days, of_class = wait.hours / HOURS_PER_DAY, (wait.hours - wait.more_hours) / HOURS_PER_DAY
    often = departures(DAYS_PER_WEEK * HOURS_PER_DAY / wait.interval_hours)
    return f", {days:.1f} days of wait for a line of {often} ({of_class:.1f} with its class)"


class Draft(NamedTuple):
    """A step without its prices: the fields of `RouteStep` that no price changes, and its bill."""

    fields: Mapping[str, Any]
    part: ChainPart
    bill: tuple[BillLine, ...]


def _at_place(here: NetworkPlace, service: str) -> dict[str, Any]:
    """Return the fields of a step that stays at a place."""
    return {
        "from_id": here.id,
        "to_id": here.id,
        "from_name": here.name,
        "to_name": here.name,
        "service": service,
        "km": 0.0,
    }


class _RouteReport:
    """Collects the steps of one route."""

    def __init__(self, pricer: Pricer, weights: Weights, problem: Problem, *, drawn: bool) -> None:
        self.drawn = drawn
        self.pricer = pricer
        self.weights = weights
        self.problem = problem
        self.network = pricer.topology
        self.day0 = datetime.combine(weights.first_day, datetime.min.time())
        self.drafts: list[Draft] = []
        self.part = ChainPart.MAIN
        self.of_lane: tuple[BillLine, ...] = ()

    def at(self, minute: float) -> datetime:
        return self.day0 + timedelta(minutes=round(minute))

    def add(
        self, bill: tuple[BillLine, ...] = (), *, part: ChainPart | None = None, **fields: Any
    ) -> None:
        """Add a step with its bill."""
        self.drafts.append(Draft(fields, part or self.part, bill))

    def operation(self, arc: int) -> Operation | None:
        """Return the operation on an arc, None if there is none."""
        number = int(self.weights.priced.operation[arc])
        return self.weights.priced.operations[number] if number >= 0 else None

    def line_wait(self, arc: int) -> Wait | None:
        """Return the wait for the line that an arc boards, None if it boards none."""
        interval = int(self.problem.interval[arc])
        base = int(self.problem.base[arc])
        hours = interval / MINUTES_PER_HOUR
        return self.pricer.wait_for_line(base).at(hours) if interval > 0 else None

    def timed(self, arc: int) -> int:
        """Return what a timetable says of an arc (see `Layered.timed_at`), -1 for nothing."""
        return -1 if self.problem.timed is None else int(self.problem.timed[arc])

    def wait(self, place: int, start: int, minutes: int) -> None:
        here = self.network.places[place]
        hours = minutes / MINUTES_PER_HOUR
        lines = storage(self.pricer.parameters, self.pricer.shipment)
        self.add(
            scaled(lines, hours),
            **_at_place(here, ""),
            kind=StepKind.WAIT,
            label=f"Wait at {here.name}",
            hours=hours,
            departs=self.at(start - minutes),
            arrives=self.at(start),
            time_parts={"season_wait": hours},
        )

    def transfer(self, arc: int, start: int, minutes: int, *, waited: int = 0) -> None:
        """Add a transfer; boxes that are loaded wait `waited` minutes before they leave."""
        base = int(self.problem.base[arc])
        kind = ArcKind(int(self.network.kind[base]))
        state = int(self.network.head[base] if kind is ArcKind.LOAD else self.network.tail[base])
        here = self.network.place_of(state)
        service = self.network.services[int(self.network.service[base])]
        operation, wait = self.operation(base), self.line_wait(arc)
        drayage = self.pricer.drayage(base)
        drayage_hours = drayage[1].hours if drayage else 0.0
        if drayage and operation:
            operation = without_drayage(operation, drayage[1])
        if wait and operation:
            operation = with_wait(operation, wait)
        timed = self.timed(arc)
        if timed == OF_ENDS and operation:
            boards = int(self.problem.interval[arc]) < 0
            plugs = self.pricer.wait_for_line(base).bill_per_hour if boards else ()
            operation = of_trip(operation, plugs, boards=boards)
        parts = dict(operation.time_parts) if operation else {}
        calls = parts.pop("port_calls", 0.0) if kind is not ArcKind.CHANGE else 0.0
        hours = minutes / MINUTES_PER_HOUR - calls - drayage_hours
        if timed >= 0:
            parts = {"running": hours} if hours else {}
        elif timed == OF_ENDS and kind is ArcKind.CHANGE and hours > sum(parts.values()):
            parts["schedule_wait"] = hours - sum(parts.values())
        elif parts:
            longest = max(parts, key=lambda part: parts[part])
            parts[longest] += hours - sum(parts.values())
        kinds = {
            ArcKind.LOAD: StepKind.LOAD,
            ArcKind.UNLOAD: StepKind.UNLOAD,
            ArcKind.CHANGE: StepKind.TRANSFER,
        }
        begins = start - waited - round(hours * MINUTES_PER_HOUR)
        if kind is not ArcKind.LOAD:
            begins = start + round(calls * MINUTES_PER_HOUR)
        where = _at_place(here, service.id)
        where["countries"] = (here.country,) if here.country else ()
        if drayage and kind is ArcKind.LOAD:
            before = begins - drayage_hours * MINUTES_PER_HOUR
            self.drayage(*drayage, before, part=ChainPart.PRE)
        if calls and kind is ArcKind.UNLOAD:
            self.calls(service.title, start, calls, where)
        self.add(
            (*(operation.bill if operation else ()), *self.of_lane),
            **where,
            kind=kinds[kind],
            label=f"{operation.label} at {here.name}{wait_text(wait)}" if operation else "",
            hours=hours,
            departs=self.at(begins),
            arrives=self.at(begins + hours * MINUTES_PER_HOUR),
            time_parts=parts,
        )
        if waited:
            self.wait(int(self.network.state_place[state]), start, waited)
        if calls and kind is ArcKind.LOAD:
            self.calls(service.title, start, calls, where)
        if drayage and kind is ArcKind.UNLOAD:
            self.drayage(*drayage, begins + hours * MINUTES_PER_HOUR, part=ChainPart.ON)

    def calls(self, ship: str, start: int, hours: float, where: dict[str, Any]) -> None:
        """Add the hours of the ship's other port calls, after loading or before unloading."""
        self.add(
            **where,
            kind=StepKind.CALLS,
            label=f"Port calls of the rotation, {ship}",
            hours=hours,
            departs=self.at(start),
            arrives=self.at(start + hours * MINUTES_PER_HOUR),
            time_parts={"port_calls": hours},
        )

    def last_lon(self) -> float | None:
        """Return the longitude at which the drawn line ends so far."""
        lines = (draft.fields.get("lon_lat") for draft in reversed(self.drafts))
        return next((line[-1][0] for line in lines if line), None)

    def drayage(
        self, drayage: Drayage, operation: Operation, start: float, *, part: ChainPart
    ) -> None:
        """Add the drayage between a door and its terminal."""
        self.add(
            operation.bill,
            part=part,
            kind=StepKind.LEG,
            from_id=drayage.from_id,
            to_id=drayage.to_id,
            from_name=drayage.from_name,
            to_name=drayage.to_name,
            service="road",
            label=operation.label,
            km=drayage.km,
            hours=operation.hours,
            departs=self.at(start),
            arrives=self.at(start + operation.hours * MINUTES_PER_HOUR),
            time_parts=dict(operation.time_parts),
            leg_id=f"{drayage.from_id}--{drayage.to_id}",
            countries=(drayage.country,) if drayage.country else (),
            source=drayage.source,
            lon_lat=shifted(drayage.lon_lat, self.last_lon()) if self.drawn else (),
        )

    def queued_hours(self, arc: int, start: int) -> float:
        """Return the hours of the queue of the day before a leg, mostly 0."""
        number = int(self.weights.profile[arc])
        hours = self.weights.profiles[number].delay_hours if number >= 0 else ()
        return hours[start // MINUTES_PER_DAY] if hours else 0.0

    def leg(self, arc: int, start: int, minutes: int) -> None:
        base = int(self.problem.base[arc])
        network = self.network
        a, b = network.place_of(int(network.tail[base])), network.place_of(int(network.head[base]))
        service = network.services[int(network.service[base])]
        operation = self.operation(base)
        parts = dict(operation.time_parts) if operation else {}
        hours = minutes / MINUTES_PER_HOUR
        # The operation of a canal includes its hours and ship costs.
        part, bill = "canal", operation.bill if operation else ()
        if network.canal[base] < 0:
            part, driven = running(self.pricer, self.weights, base, start)
            bill += driven
        bill += self.of_lane
        if self.timed(arc) >= 0:
            parts = {}  # the trip's own times hold those of canals and borders
        elif queued := self.queued_hours(base, start):
            parts["queue"] = queued
        parts[part] = parts.get(part, 0.0) + hours - sum(parts.values())
        leg = network.legs[int(network.leg[base])]
        countries = network.countries[int(network.country[base])]
        ordered = countries if a.country in countries[:1] else countries[::-1]
        land = leg if isinstance(leg, LandLeg) else None
        self.add(
            bill,
            kind=StepKind.LEG,
            from_id=a.id,
            to_id=b.id,
            from_name=a.name,
            to_name=b.name,
            service=service.id,
            label=f"{a.name} to {b.name}",
            km=float(network.km[base]),
            hours=hours,
            departs=self.at(start),
            arrives=self.at(start + minutes),
            time_parts={name: value for name, value in parts.items() if value},
            leg_id=leg.id,
            gate=b.gate,
            border="-".join(ordered) if len(countries) == 2 else "",
            countries=countries,
            calibrated=land.calibrated if land else None,
            source=land.source if land else LANES_SOURCE * (service.family is Family.SEA),
            own=land is not None and bool(land.line),
            lon_lat=shifted(arc_line(network, base), self.last_lon()) if self.drawn else (),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Itinerary:
    """What no price changes of a route: its steps, without prices, and what it passes.

    `quantities` has the bill of each step; `made_of` are the operations and rates that these bills
    come from.
    """

    first_day: date
    drafts: tuple[Draft, ...]
    quantities: Quantities
    time_parts: dict[str, float]
    passages: tuple[str, ...]
    borders: tuple[str, ...]
    gauge_changes: tuple[str, ...]
    countries: tuple[str, ...]
    made_of: tuple[object, ...]


def option_of_route(
    pricer: Pricer,
    weights: Weights,
    problem: Problem,
    route: DatedRoute,
    *,
    corridor: Corridor,
    parts: Sequence[ChainPart] = (),
    paid: Paid | None = None,
    drawn: bool = True,
) -> RouteOption:
    """Return the option of a corridor's route, without warnings; its hours sum to the route's.

    `parts` are by arc of the route those of the chain, by default all main carriage; `paid` is what
    it pays on its lane. `drawn` adds lines and energy to the steps, which tables do not need. The
    steps are kept for the same route at other prices.
    """
    made_of = (*_made_of(pricer, weights, problem, route), paid)
    today = weights.first_day
    dated = bool((problem.profile >= 0).any())
    kept = problem.for_arcs("itineraries", lambda: BoundedCache[Itinerary](MOST_ITINERARIES))
    key = (route.arcs, route.starts, route.wait_days, tuple(parts), drawn, today if dated else None)

    def make() -> Itinerary:
        return _itinerary(
            pricer, weights, problem, route, parts=parts, drawn=drawn, made_of=made_of, paid=paid
        )

    itinerary = kept.of(key, make)
    if itinerary.made_of != made_of:
        itinerary = kept.renewed(key, make())
    option = _priced(itinerary, pricer.parameters, corridor, drawn=drawn)
    return on_another_day(option, (today - itinerary.first_day).days)


def _made_of(
    pricer: Pricer, weights: Weights, problem: Problem, route: DatedRoute
) -> tuple[object, ...]:
    """Return the operations and rates that the bills of a route come from.

    They are mostly the same objects as those of the price before, so that comparing them is quick.
    """
    network, priced = pricer.topology, weights.priced
    base = problem.base[list(route.arcs)]
    interval = problem.interval[list(route.arcs)]
    waits = weights.line_waits.of(base[interval > 0], interval[interval > 0])
    found: list[object] = [priced.eca_km[base].tolist(), [part.tolist() for part in waits]]
    if route.wait_days:
        found.append(storage(pricer.parameters, pricer.shipment))
    columns = (base, priced.operation[base], weights.running[base], weights.profile[base])
    for arc, operation, rate, number, start in zip(
        *(column.tolist() for column in columns), route.starts, strict=True
    ):
        found.append(priced.operations[operation] if operation >= 0 else None)
        found.append(pricer.drayage(arc))
        if rate >= 0:
            found += priced.rates[rate], priced.eca_rates[rate]
        profile = weights.profiles[number] if number >= 0 else None
        if profile is not None and profile.states:
            day = start // MINUTES_PER_DAY
            escort = pricer.escort(int(network.service[arc]), int(network.area[arc]), day)
            found += profile.rates, pricer.ice_key, escort
    return tuple(found)


def _itinerary(
    pricer: Pricer,
    weights: Weights,
    problem: Problem,
    route: DatedRoute,
    *,
    parts: Sequence[ChainPart],
    drawn: bool,
    made_of: tuple[object, ...],
    paid: Paid | None,
) -> Itinerary:
    report = _RouteReport(pricer, weights, problem, drawn=drawn)
    network = pricer.topology
    ends = [*route.starts[1:], None]
    changes: list[str] = []
    parts = parts or [ChainPart.MAIN] * len(route.arcs)
    # Boxes wait where they are loaded, before the first vehicle leaves.
    waited = route.wait_days * MINUTES_PER_DAY
    columns = zip(route.arcs, parts, route.starts, ends, strict=True)
    for number, (arc, part, start, following) in enumerate(columns):
        report.part = part
        report.of_lane = (paid.line,) if paid is not None and paid.at == number else ()
        base = int(problem.base[arc])
        kind = ArcKind(int(network.kind[base]))
        head_state = int(network.head[base])
        minutes = int(problem.minutes[arc])
        if following is not None and kind is not ArcKind.LOAD:
            minutes = following - start
        if kind is ArcKind.LEG:
            report.leg(arc, start, minutes)
        else:
            report.transfer(arc, start, minutes, waited=waited if kind is ArcKind.LOAD else 0)
        if kind is ArcKind.CHANGE:
            before = network.services[int(network.state_service[network.tail[base]])]
            service = network.services[int(network.service[base])]
            one, two = gauge_mm(before), gauge_mm(service)
            if one is not None and two is not None and one != two:
                changes.append(network.place_of(head_state).id)
    steps = [draft.fields for draft in report.drafts]
    quantities = Quantities()
    for draft in report.drafts:
        quantities.add(draft.bill)
    time_parts: dict[str, float] = {}
    for step in steps:
        for name, hours in step["time_parts"].items():
            time_parts[name] = time_parts.get(name, 0.0) + hours
    area_gates = {gate.id for gate in network.gates if gate.kind.value == "area"}
    gates = [step.get("gate", "") for step in steps]
    countries = [code for step in steps for code in step.get("countries", ())]
    borders = [step.get("border", "") for step in steps]
    return Itinerary(
        first_day=weights.first_day,
        drafts=tuple(report.drafts),
        quantities=quantities,
        time_parts=time_parts,
        passages=tuple(dict.fromkeys(gate for gate in gates if gate and gate not in area_gates)),
        borders=tuple(border for border in borders if border),
        gauge_changes=tuple(changes),
        countries=tuple(dict.fromkeys(countries)),
        made_of=made_of,
    )


def _priced(
    itinerary: Itinerary, parameters: ParameterTable, corridor: Corridor, *, drawn: bool
) -> RouteOption:
    """Return the option of an itinerary at the prices of a question."""
    steps: list[RouteStep] = []
    bills: dict[ChainPart, list[BillLine]] = {part: [] for part in ChainPart}
    paid = itinerary.quantities.usd(parameters).tolist()
    emitted = itinerary.quantities.co2e_wtw_kg(parameters).tolist()
    for (fields, part, bill), usd, kg in zip(itinerary.drafts, paid, emitted, strict=True):
        energy = pricing.energy_lines(bill, parameters, part=part) if drawn else ()
        steps.append(RouteStep(**fields, usd_per_teu=usd, co2e_wtw_kg=kg, energy=energy, part=part))
        bills[part].extend(bill)
    cost = (
        line
        for (part, at), bill in _charged(itinerary.drafts).items()
        for line in pricing.cost_lines(bill, parameters, part=part, at=at)
    )
    energy_lines = (
        line
        for part, bill in bills.items()
        for line in pricing.energy_lines(bill, parameters, part=part)
    )
    return RouteOption(
        corridor=corridor.id,
        title=corridor.title,
        colour=corridor.colour,
        status=OptionStatus.USABLE,
        steps=tuple(steps),
        cost_lines=tuple(sorted(cost, key=lambda line: -line.usd_per_teu)),
        energy_lines=tuple(sorted(energy_lines, key=lambda line: -line.co2e_wtw_kg)),
        bill=tuple(line for bill in bills.values() for line in bill) if drawn else (),
        time_parts=itinerary.time_parts,
        passages=itinerary.passages,
        borders=itinerary.borders,
        gauge_changes=itinerary.gauge_changes,
        countries=itinerary.countries,
    )


def _charged(
    drafts: Sequence[Draft],
) -> Mapping[tuple[ChainPart, TerminalEnd | None], list[BillLine]]:
    """Return the lines of a route by part of its chain, those of the terminals at its ends apart.

    A terminal charges before the first leg of the main carriage, and after its last one.
    """
    main = [
        number
        for number, draft in enumerate(drafts)
        if draft.part is ChainPart.MAIN and draft.fields["kind"] is StepKind.LEG
    ]
    bills: dict[tuple[ChainPart, TerminalEnd | None], list[BillLine]] = {}
    for number, (_, part, bill) in enumerate(drafts):
        end = None
        if part is ChainPart.MAIN and main:
            before, after = number < main[0], number > main[-1]
            end = TerminalEnd.ORIGIN if before else TerminalEnd.DESTINATION if after else None
        for line in bill:
            at = end if line.driver in BY_TERMINAL else None
            bills.setdefault((part, at), []).append(line)
    return bills


def on_another_day(option: RouteOption, days: int) -> RouteOption:
    """Return an option whose route does not depend on the day, `days` later."""
    later = timedelta(days=days)
    steps = (
        replace(step, departs=step.departs + later, arrives=step.arrives + later)
        for step in option.steps
    )
    return replace(option, steps=tuple(steps)) if days else option
