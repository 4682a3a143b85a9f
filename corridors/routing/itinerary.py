"""Turn a found route into an option: dated steps, the full bill and the places it passes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from corridors.costing import pricing
from corridors.costing.drayage import without_drayage
from corridors.costing.operations import storage
from corridors.costing.pace import days_run
from corridors.costing.pricer import Pricer
from corridors.costing.weights import Weights
from corridors.data.geodata import LandLeg, line_of
from corridors.data.parameters import ParameterTable
from corridors.data.services import gauge_mm
from corridors.domain.places import Family
from corridors.domain.rates import Admission, Operation
from corridors.domain.results import OptionStatus, RouteOption, RouteStep, StepKind
from corridors.domain.scenario import Corridor
from corridors.domain.values import BillLine, ChainPart, CostLine, EnergyLine
from corridors.network.drayage import Drayage
from corridors.network.sea import shipped_line
from corridors.network.topology import ArcKind, NetworkPlace, Topology
from corridors.routing.problem import Problem
from corridors.routing.terms import FoundRoute
from corridors.units import MINUTES_PER_DAY, MINUTES_PER_HOUR

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


class Taken(NamedTuple):
    """A bill with its totals: USD and kg of CO2e well-to-wake per TEU."""

    bill: tuple[BillLine, ...] = ()
    usd: float = 0.0
    kg: float = 0

    def and_more(self, bill: tuple[BillLine, ...], parameters: ParameterTable) -> Taken:
        """Return the bill with more lines added and priced."""
        return Taken(
            (*self.bill, *bill),
            pricing.usd(bill, parameters, before=self.usd),
            pricing.co2e_wtw_kg(bill, parameters, before=self.kg),
        )


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
    """Collects the steps and the bill of one route."""

    def __init__(self, pricer: Pricer, weights: Weights, problem: Problem, *, drawn: bool) -> None:
        self.drawn = drawn
        self.pricer = pricer
        self.weights = weights
        self.problem = problem
        self.network = pricer.topology
        self.parameters: ParameterTable = pricer.parameters
        self.day0 = datetime.combine(weights.first_day, datetime.min.time())
        self.steps: list[RouteStep] = []
        self.part = ChainPart.MAIN
        self.bills: dict[ChainPart, list[BillLine]] = {part: [] for part in ChainPart}

    def at(self, minute: float) -> datetime:
        return self.day0 + timedelta(minutes=round(minute))

    def add(self, taken: Taken, *, part: ChainPart | None = None, **fields: Any) -> None:
        """Add a step with its bill; `fields` are the other fields of `RouteStep`."""
        part = part or self.part
        energy = pricing.energy_lines(taken.bill, self.parameters, part=part) if self.drawn else ()
        self.steps.append(
            RouteStep(
                **fields,
                usd_per_teu=taken.usd,
                co2e_wtw_kg=taken.kg,
                energy=energy,
                part=part,
            )
        )
        self.bills[part].extend(taken.bill)

    def cost_lines(self) -> tuple[CostLine, ...]:
        """Return the cost lines of all parts of the chain, dearest first."""
        lines = (
            line
            for part, bill in self.bills.items()
            for line in pricing.cost_lines(bill, self.parameters, part=part)
        )
        return tuple(sorted(lines, key=lambda line: -line.usd_per_teu))

    def energy_lines(self) -> tuple[EnergyLine, ...]:
        """Return the energy of all parts of the chain, that with most CO2e first."""
        lines = (
            line
            for part, bill in self.bills.items()
            for line in pricing.energy_lines(bill, self.parameters, part=part)
        )
        return tuple(sorted(lines, key=lambda line: -line.co2e_wtw_kg))

    def priced(self, bill: tuple[BillLine, ...]) -> Taken:
        """Price a bill that is not part of the weights."""
        return Taken().and_more(bill, self.parameters)

    def operation(self, arc: int) -> tuple[Operation | None, Taken]:
        """Return the operation on an arc, None if there is none, and its priced bill."""
        priced = self.weights.priced
        number = int(priced.operation[arc])
        if number < 0:
            return None, Taken()
        found = priced.operations[number]
        return found, Taken(found.bill, *priced.figures[number])

    def wait(self, place: int, start: int, minutes: int) -> None:
        here = self.network.places[place]
        hours = minutes / MINUTES_PER_HOUR
        lines = storage(self.parameters, self.pricer.shipment)
        self.add(
            self.priced(scaled(lines, hours)),
            **_at_place(here, ""),
            kind=StepKind.WAIT,
            label=f"Wait at {here.name}",
            hours=hours,
            departs=self.at(start - minutes),
            arrives=self.at(start),
            time_parts={"season_wait": hours},
        )

    def transfer(self, arc: int, start: int, minutes: int) -> None:
        base = int(self.problem.base[arc])
        kind = ArcKind(int(self.network.kind[base]))
        state = int(self.network.head[base] if kind is ArcKind.LOAD else self.network.tail[base])
        here = self.network.place_of(state)
        service = self.network.services[int(self.network.service[base])]
        operation, taken = self.operation(base)
        drayage = self.pricer.drayage(base)
        drayage_hours = drayage[1].hours if drayage else 0.0
        if drayage and operation:
            operation = without_drayage(operation, drayage[1])
            taken = self.priced(operation.bill)
        parts = dict(operation.time_parts) if operation else {}
        calls = parts.pop("port_calls", 0.0) if kind is not ArcKind.CHANGE else 0.0
        hours = minutes / MINUTES_PER_HOUR - calls - drayage_hours
        if parts:
            longest = max(parts, key=lambda part: parts[part])
            parts[longest] += hours - sum(parts.values())
        kinds = {
            ArcKind.LOAD: StepKind.LOAD,
            ArcKind.UNLOAD: StepKind.UNLOAD,
            ArcKind.CHANGE: StepKind.TRANSFER,
        }
        begins = start - round(hours * MINUTES_PER_HOUR)
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
            taken,
            **where,
            kind=kinds[kind],
            label=operation.label if operation else "",
            hours=hours,
            departs=self.at(begins),
            arrives=self.at(begins + hours * MINUTES_PER_HOUR),
            time_parts=parts,
        )
        if calls and kind is ArcKind.LOAD:
            self.calls(service.title, start, calls, where)
        if drayage and kind is ArcKind.UNLOAD:
            self.drayage(*drayage, begins + hours * MINUTES_PER_HOUR, part=ChainPart.ON)

    def calls(self, ship: str, start: int, hours: float, where: dict[str, Any]) -> None:
        """Add the hours of the ship's other port calls, after loading or before unloading."""
        self.add(
            Taken(),
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
        return next((s.lon_lat[-1][0] for s in reversed(self.steps) if s.lon_lat), None)

    def drayage(
        self, drayage: Drayage, operation: Operation, start: float, *, part: ChainPart
    ) -> None:
        """Add the drayage between a door and its terminal."""
        self.add(
            self.priced(operation.bill),
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

    def run(self, base: int, start: int, taken: Taken) -> tuple[str, Taken]:
        """Return the time part of running a leg, and what its operation and the kilometres take."""
        if self.weights.profile[base] >= 0 or taken.bill:
            part, more = running(self.pricer, self.weights, base, start)
            return part, taken.and_more(more, self.parameters)
        known = self.weights.priced.runs
        if base not in known:
            part, more = running(self.pricer, self.weights, base, start)
            found = taken.and_more(more, self.parameters)
            known[base] = part, found.bill, found.usd, found.kg
        part, bill, usd, kg = known[base]
        return part, Taken(bill, usd, kg)

    def leg(self, arc: int, start: int, minutes: int) -> None:
        base = int(self.problem.base[arc])
        network = self.network
        a, b = network.place_of(int(network.tail[base])), network.place_of(int(network.head[base]))
        service = network.services[int(network.service[base])]
        operation, taken = self.operation(base)
        parts = dict(operation.time_parts) if operation else {}
        hours = minutes / MINUTES_PER_HOUR
        part = "canal"  # the operation of a canal includes its hours and ship costs
        if network.canal[base] < 0:
            part, taken = self.run(base, start, taken)
        parts[part] = parts.get(part, 0.0) + hours - sum(parts.values())
        leg = network.legs[int(network.leg[base])]
        countries = network.countries[int(network.country[base])]
        ordered = countries if a.country in countries[:1] else countries[::-1]
        land = leg if isinstance(leg, LandLeg) else None
        self.add(
            taken,
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


def option_of_route(
    pricer: Pricer,
    weights: Weights,
    problem: Problem,
    route: FoundRoute,
    *,
    corridor: Corridor,
    parts: Sequence[ChainPart] = (),
    drawn: bool = True,
) -> RouteOption:
    """Return the option of a corridor's route, without warnings; its hours sum to the route's.

    `parts` are by arc of the route those of the chain, by default all main carriage. `drawn` adds
    lines and energy to the steps, which tables do not need.
    """
    report = _RouteReport(pricer, weights, problem, drawn=drawn)
    network = pricer.topology
    ends = [*route.starts[1:], None]
    waits = [*route.waits[1:], 0]
    changes: list[str] = []
    parts = parts or [ChainPart.MAIN] * len(route.arcs)
    for arc, part, start, wait, following, next_wait in zip(
        route.arcs, parts, route.starts, route.waits, ends, waits, strict=True
    ):
        report.part = part
        base = int(problem.base[arc])
        kind = ArcKind(int(network.kind[base]))
        head_state = int(network.head[base])
        if wait:
            state = head_state if kind is ArcKind.LOAD else int(network.tail[base])
            report.wait(int(network.state_place[state]), start, wait)
        minutes = int(problem.minutes[arc])
        if following is not None and kind is not ArcKind.LOAD:
            minutes = following - next_wait - start
        if kind is ArcKind.LEG:
            report.leg(arc, start, minutes)
        else:
            report.transfer(arc, start, minutes)
        if kind is ArcKind.CHANGE:
            before = network.services[int(network.state_service[network.tail[base]])]
            service = network.services[int(network.service[base])]
            one, two = gauge_mm(before), gauge_mm(service)
            if one is not None and two is not None and one != two:
                changes.append(network.place_of(head_state).id)
    time_parts: dict[str, float] = {}
    for step in report.steps:
        for name, hours in step.time_parts.items():
            time_parts[name] = time_parts.get(name, 0.0) + hours
    area_gates = {gate.id for gate in network.gates if gate.kind.value == "area"}
    gates = [s.gate for s in report.steps if s.gate and s.gate not in area_gates]
    countries = [c for s in report.steps for c in s.countries]
    return RouteOption(
        corridor=corridor.id,
        title=corridor.title,
        colour=corridor.colour,
        status=OptionStatus.USABLE,
        steps=tuple(report.steps),
        cost_lines=report.cost_lines(),
        energy_lines=report.energy_lines(),
        time_parts=time_parts,
        passages=tuple(dict.fromkeys(gates)),
        borders=tuple(s.border for s in report.steps if s.border),
        gauge_changes=tuple(changes),
        countries=tuple(dict.fromkeys(countries)),
    )


def on_another_day(option: RouteOption, days: int) -> RouteOption:
    """Return an option whose route does not depend on the day, `days` later."""
    later = timedelta(days=days)
    steps = (
        replace(step, departs=step.departs + later, arrives=step.arrives + later)
        for step in option.steps
    )
    return replace(option, steps=tuple(steps)) if days else option
