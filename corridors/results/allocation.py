"""An allocation: its flows told as routes, what scarce things are worth, what was held off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from corridors.domain.allocation import FlowRow, LegLoad, Marginal, Spill
from corridors.domain.plan import Plan
from corridors.optimise.program import Allocated, Flow, Program
from corridors.routing.charged import ChargedNetwork, PlannedRoute
from corridors.routing.drawing import arc_line
from corridors.units import CENTS_PER_USD, MINUTES_PER_DAY

if TYPE_CHECKING:
    import geopandas

    from corridors.network.topology import Topology

GRAMS_PER_KG = 1000.0
LEAST_EXTRA_USD = 0.01
LEAST_PRICE_USD = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan with its programme, its answer, and the networks its routes run on.

    `lanes` are by pair (question, network, first month); `lane_of` the lane of a pair and month.
    `free` are by lot the routes taken were nothing scarce. `months` go beyond the plan's.
    """

    plan: Plan
    program: Program
    solved: Allocated
    free: tuple[PlannedRoute | None, ...]
    lanes: tuple[tuple[tuple[Any, ChargedNetwork, int], ...], ...]
    lane_of: Mapping[tuple[int, int], int]
    resources: tuple[str, ...]
    months: tuple[date, ...]

    def lane(self, lot: int) -> tuple[Any, ChargedNetwork]:
        """Return the question and the network of a lot."""
        asked = self.program.lots[lot]
        question, network, _ = self.lanes[asked.pair][self.lane_of[asked.pair, asked.month]]
        return question, network

    def name_of(self, kind: str, *which: int) -> str:
        """Return a limit in words."""
        program = self.program
        match kind:
            case "lot":
                lot = program.lots[which[0]]
                month = f"{self.plan.months[lot.month]:%Y-%m}"
                return f"{lot.teu:g} TEU {self.plan.pairs[lot.pair].name} in {month}"
            case "capacity":
                most = program.capacity[which]
                month = f"{self.months[which[1]]:%Y-%m}"
                return f"{self.resources[which[0]]} at {most:,.0f} TEU in {month}"
            case "ceiling":
                limit = program.ceilings[which[0]]
                return f"limits.{limit.name} at {limit.teu:,.0f} TEU"
            case "floor":
                limit = program.floors[which[0]]
                month = "" if limit.month is None else f" in {self.plan.months[limit.month]:%Y-%m}"
                return f"{limit.name} of {limit.teu:,.0f} TEU{month}"
            case "budget":
                return f"limits.max_usd of {program.most_usd:,.0f} USD"
            case _:
                return f"the cap on CO2e of {(program.most_kg or 0.0) / 1000.0:,.1f} t"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """The split of a plan's TEU over routes and departures at least cost.

    `value_usd` is what was minimised; `cost_usd` the transport in it. `unmet` are TEU left behind
    by (pair, month). `cut` is how many departures had too many routes to prove that none is
    cheaper: where it is 0 the answer is exact.
    """

    plan: Plan
    rows: tuple[FlowRow, ...]
    marginals: tuple[Marginal, ...]
    spills: tuple[Spill, ...]
    unmet: tuple[tuple[str, date, float], ...]
    legs: tuple[LegLoad, ...]
    value_usd: float
    rounds: int
    routes: int
    cut: int = 0

    @property
    def teu(self) -> float:
        """TEU shipped."""
        return sum(row.teu for row in self.rows)

    @property
    def cost_usd(self) -> float:
        """What the transport costs in all."""
        return sum(row.teu * row.usd_per_teu for row in self.rows)

    @property
    def co2e_t(self) -> float:
        """Tonnes of CO2e well-to-wake in all."""
        return sum(row.teu * row.co2e_kg_per_teu for row in self.rows) / 1000.0

    @property
    def flows(self) -> geopandas.GeoDataFrame:
        """The legs with the TEU that run over them in the whole plan, as a GeoDataFrame.

        Columns leg, service, from, to, teu (float) and geometry (LineString, EPSG:4326).
        """
        import geopandas
        from shapely import LineString

        return geopandas.GeoDataFrame(
            {
                "leg": [load.leg for load in self.legs],
                "service": [load.service for load in self.legs],
                "from": [load.from_name for load in self.legs],
                "to": [load.to_name for load in self.legs],
                "teu": [load.teu for load in self.legs],
            },
            geometry=[LineString(load.lon_lat) for load in self.legs],
            crs="EPSG:4326",
        )


def allocation_of(planned: Planned, *, cut: int = 0) -> Allocation:
    """Return the allocation told in words and figures; `cut` searches grew too large."""
    solved, program, plan = planned.solved, planned.program, planned.plan
    rows = sorted(
        (_flow_row(planned, flow) for flow in solved.flows),
        key=lambda row: (row.pair, row.departure, -row.teu, row.corridor, row.route),
    )
    lots = enumerate(program.lots)
    return Allocation(
        plan=plan,
        rows=tuple(rows),
        marginals=_marginals(planned),
        spills=_spills(planned),
        unmet=tuple(
            (plan.pairs[lot.pair].name, plan.months[lot.month], float(solved.missing[i]))
            for i, lot in lots
            if solved.missing[i] > 1e-6
        ),
        legs=_legs(planned),
        value_usd=solved.value_usd,
        rounds=solved.rounds,
        routes=len(solved.offers),
        cut=cut,
    )


def _flow_row(planned: Planned, flow: Flow) -> FlowRow:
    offer, plan = flow.offer, planned.plan
    lot = planned.program.lots[offer.lot]
    question, network = planned.lane(offer.lot)
    topology: Topology = question.ground.topology
    route = offer.route
    arcs = network.problem.base[list(route.arcs)]
    named = _named(topology, arcs.tolist())
    pair = plan.pairs[lot.pair]
    return FlowRow(
        pair=pair.name,
        origin=pair.scenario.origin,
        destination=pair.scenario.destination,
        month=plan.months[lot.month],
        departure=question.scenario.departure + timedelta(days=offer.start_day),
        corridor=question.corridors[int(network.corridor[route.arcs[0]])].id,
        route=signature(named),
        gates=named["gates"],
        borders=named["borders"],
        services=named["services"],
        countries=named["countries"],
        teu=flow.teu,
        usd_per_teu=route.cents / CENTS_PER_USD,
        days=route.minutes / MINUTES_PER_DAY,
        co2e_kg_per_teu=route.grams / GRAMS_PER_KG,
        legs=tuple(topology.legs[leg].id for leg in topology.leg[arcs].tolist() if leg >= 0),
    )


def _named(topology: Topology, arcs: Sequence[int]) -> dict[str, tuple[str, ...]]:
    """Return the services, gates, borders and countries of a route, in order."""
    areas = {gate.id for gate in topology.gates if gate.kind.value == "area"}
    services, gates, borders, countries = [], [], [], []
    for arc in arcs:
        services.append(topology.services[int(topology.service[arc])].id)
        crossed = [c for c in topology.countries[int(topology.country[arc])].split(";") if c]
        countries += crossed
        place = int(topology.state_place[topology.head[arc]])
        if place >= 0 and topology.places[place].gate not in (*areas, ""):
            gates.append(topology.places[place].gate)
        if len(crossed) == 2:
            start = topology.places[int(topology.state_place[topology.tail[arc]])].country
            borders.append("-".join(crossed if crossed[0] == start else crossed[::-1]))
    lists = {"services": services, "gates": gates, "borders": borders, "countries": countries}
    return {name: tuple(dict.fromkeys(found)) for name, found in lists.items()}


def signature(named: Mapping[str, tuple[str, ...]]) -> str:
    """Return what tells one way from another: its services, the gates and borders it passes."""
    gates = (gate.removeprefix("gate-") for gate in named["gates"])
    return " > ".join(
        part for part in ("+".join(named["services"]), *gates, *named["borders"]) if part
    )


def _marginals(planned: Planned) -> tuple[Marginal, ...]:
    program, prices, plan = planned.program, planned.solved.prices, planned.plan
    used = _used(planned)
    found = []
    for r, m in np.argwhere(prices.by_month > LEAST_PRICE_USD).tolist():
        found.append(
            Marginal(
                kind="capacity",
                name=planned.resources[r],
                month=planned.months[m],
                used=used.get((r, m), 0.0),
                limit=float(program.capacity[r, m]),
                unit="TEU",
                usd_per_unit=float(prices.by_month[r, m]),
            )
        )
    flows = planned.solved.flows
    for kind, limits, values in (
        ("share", program.ceilings, prices.ceiling),
        ("minimum", program.floors, prices.floor),
    ):
        for limit, value in zip(limits, values, strict=True):
            if value > LEAST_PRICE_USD:
                through = sum(
                    flow.teu
                    for flow in flows
                    if flow.offer.route.sets >> limit.member & 1
                    and limit.month in (None, program.lots[flow.offer.lot].month)
                )
                month = None if limit.month is None else plan.months[limit.month]
                found.append(
                    Marginal(
                        kind=kind,
                        name=limit.name,
                        month=month,
                        used=through,
                        limit=limit.teu,
                        unit="TEU",
                        usd_per_unit=float(value),
                    )
                )
    whole = (
        ("budget", "max_usd", program.most_usd, prices.usd, "USD", CENTS_PER_USD, "cents"),
        ("co2e", "cap on CO2e", program.most_kg, prices.kg, "kg", GRAMS_PER_KG, "grams"),
    )
    for kind, name, most, value, unit, scale, figure in whole:
        if most is not None and value > 0.0:
            taken = sum(f.teu * getattr(f.offer.route, figure) for f in flows) / scale
            found.append(
                Marginal(
                    kind=kind,
                    name=name,
                    month=None,
                    used=taken,
                    limit=most,
                    unit=unit,
                    usd_per_unit=value,
                )
            )
    return tuple(found)


def _used(planned: Planned) -> dict[tuple[int, int], float]:
    used: dict[tuple[int, int], float] = {}
    for flow in planned.solved.flows:
        for resource, month, amount in flow.offer.route.uses:
            used[resource, month] = used.get((resource, month), 0.0) + flow.teu * amount
    return used


def _spills(planned: Planned) -> tuple[Spill, ...]:
    program, prices = planned.program, planned.solved.prices
    by_lot: dict[int, list[Flow]] = {}
    for flow in planned.solved.flows:
        by_lot.setdefault(flow.offer.lot, []).append(flow)
    found = []
    for number, lot in enumerate(program.lots):
        free, worth = planned.free[number], program.worths[lot.pair]
        if free is None:
            continue
        least = free.worth_usd(worth)
        extra = [
            (flow.teu, flow.offer.route.worth_usd(worth) - least) for flow in by_lot.get(number, ())
        ]
        dearer = [(teu, usd) for teu, usd in extra if usd > LEAST_EXTRA_USD]
        if not dearer:
            continue
        moved = sum(teu for teu, _ in dearer)
        question, network = planned.lane(number)
        because = [
            planned.resources[r] for r, m, _ in free.uses if prices.by_month[r, m] > LEAST_PRICE_USD
        ]
        because += [
            limit.name
            for limit, price in zip(program.ceilings, prices.ceiling, strict=True)
            if price > LEAST_PRICE_USD and free.sets >> limit.member & 1
        ]
        because += [
            limit.name
            for limit, price in zip(program.floors, prices.floor, strict=True)
            if price > LEAST_PRICE_USD and limit.month == lot.month
        ]
        because += ["cap on CO2e"] * (prices.kg > 0.0) + ["max_usd"] * (prices.usd > 0.0)
        named = _named(question.ground.topology, network.problem.base[list(free.arcs)].tolist())
        found.append(
            Spill(
                pair=planned.plan.pairs[lot.pair].name,
                month=planned.plan.months[lot.month],
                teu=moved,
                from_route=signature(named),
                extra_usd_per_teu=sum(teu * usd for teu, usd in dearer) / moved,
                because=tuple(dict.fromkeys(because)),
            )
        )
    return tuple(found)


def _legs(planned: Planned) -> tuple[LegLoad, ...]:
    teu: dict[str, float] = {}
    drawn: dict[str, tuple[Any, int]] = {}
    for flow in planned.solved.flows:
        question, network = planned.lane(flow.offer.lot)
        topology = question.ground.topology
        for arc in network.problem.base[list(flow.offer.route.arcs)].tolist():
            if topology.leg[arc] >= 0:
                leg = topology.legs[int(topology.leg[arc])].id
                teu[leg] = teu.get(leg, 0.0) + flow.teu
                drawn.setdefault(leg, (topology, arc))
    loads = []
    for leg in sorted(teu):
        topology, arc = drawn[leg]
        loads.append(
            LegLoad(
                leg=leg,
                service=topology.services[int(topology.service[arc])].id,
                from_name=topology.place_of(int(topology.tail[arc])).name,
                to_name=topology.place_of(int(topology.head[arc])).name,
                teu=teu[leg],
                lon_lat=arc_line(topology, arc),
            )
        )
    return tuple(loads)
