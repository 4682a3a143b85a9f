"""The allocation that follows from a solved plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from corridors.arrays import IntArray
from corridors.config.config_files import overlay_for
from corridors.data.access import lines_count
from corridors.data.cities import capacity_label, capacity_title
from corridors.domain.allocation import (
    CapacityUse,
    EndLoad,
    FlowRow,
    LegLoad,
    Marginal,
    Spill,
    UncappedWay,
    UnsailedWay,
)
from corridors.domain.places import Family
from corridors.domain.plan import Plan
from corridors.domain.results import Listing, WayShare
from corridors.domain.values import ChainPart
from corridors.network.lines.laying import Laid
from corridors.network.rules.capacity import ARCTIC, USERS, Way, ways_of
from corridors.optimise.planning.program import Allocated, Flow, Offer, Program
from corridors.output.allocation_result import Allocation
from corridors.routing.priced.priced_network import PlannedRoute
from corridors.routing.priced_ways import arc_line
from corridors.routing.problem import SINK
from corridors.routing.question import parameters_on
from corridors.routing.who_sails import offer_along
from corridors.units import CENTS_PER_USD, GRAMS_PER_KG, MINUTES_PER_DAY

if TYPE_CHECKING:
    from corridors.network.locate import Place
    from corridors.network.states.topology import NetworkPlace, Topology


LEAST_EXTRA_USD = 0.01
LEAST_PRICE_USD = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The part of a network that routes take, to name where they lead.

    Days count from `first_day`. `number` are the arcs of the searched network, ascending; arc
    `number[i]` is arc `i` of `topology`, and belongs to corridor `corridors[corridor[i]]`.
    `declared` are the services that the pair's scenario declares. Routes go by a contract of a rate
    sheet if `is_sold`.
    """

    first_day: date
    origin: Place
    destination: Place
    corridors: tuple[str, ...]
    topology: Topology
    number: IntArray
    corridor: IntArray
    declared: tuple[Laid, ...] = ()
    is_sold: bool = False

    def arcs_of(self, route: PlannedRoute) -> IntArray:
        """Return the arcs of a route in `topology`."""
        return np.searchsorted(self.number, route.arcs)

    def corridor_of(self, route: PlannedRoute) -> str:
        """Return the id of the corridor of a route."""
        return self.corridors[int(self.corridor[self.arcs_of(route)[0]])]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan with its linear programme, solution and the charts of its routes.

    `charts` are by pair and lane; None for a lane without a route. `free` are the routes by lot
    without scarcity. `places` are those that the scopes of `resources` name, by their number.
    `months` continue after the plan. `shares` are by way, where boxes choose it.
    """

    plan: Plan
    program: Program
    solved: Allocated
    free: tuple[Offer | None, ...]
    charts: tuple[tuple[Chart | None, ...], ...]
    resources: tuple[str, ...]
    places: Mapping[int, NetworkPlace]
    months: tuple[date, ...]
    shares: tuple[WayShare, ...] = ()

    def chart(self, offer: Offer) -> Chart:
        """Return the chart of an offered route."""
        chart = self.charts[self.program.lots[offer.lot].pair][offer.lane]
        if chart is None:
            msg = "a lane without routes has offered one"
            raise ValueError(msg)
        return chart

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
                if limit.month is not None:
                    return f"{limit.name} in {self.plan.months[limit.month]:%Y-%m}"
                return f"limits.{limit.name} at {limit.teu:,.0f} TEU"
            case "spot":
                limit = program.spot[which[0]]
                month = f"{self.plan.months[limit.month or 0]:%Y-%m}"
                return f"{limit.name} at {limit.teu:,.0f} TEU in {month}"
            case "floor":
                limit = program.floors[which[0]]
                month = "" if limit.month is None else f" in {self.plan.months[limit.month]:%Y-%m}"
                return f"{limit.name} of {limit.teu:,.0f} TEU{month}"
            case "budget":
                return f"limits.max_usd of {program.most_usd:,.0f} USD"
            case _:
                return f"the cap on CO2e of {(program.most_kg or 0.0) / 1000.0:,.1f} t"


def allocation_of(planned: Planned) -> Allocation:
    """Return the allocation in names and figures."""
    solved, program, plan = planned.solved, planned.program, planned.plan
    rows = sorted(
        (_flow_row(planned, flow) for flow in solved.flows),
        key=lambda row: (row.pair, row.departure, -row.teu, row.corridor, row.route),
    )
    lots = enumerate(program.lots)
    return Allocation(
        plan=plan,
        rows=tuple(rows),
        marginals=_marginals_of(planned),
        # What is not the cheapest is chosen, not diverted.
        spills=() if planned.shares else _spills_of(planned),
        unmet=tuple(
            (plan.pairs[lot.pair].name, plan.months[lot.month], float(solved.missing[i]))
            for i, lot in lots
            if solved.missing[i] > 1e-6
        ),
        legs=_legs(planned),
        value_usd=solved.value_usd,
        rounds=solved.rounds,
        routes=len(solved.offers),
        uses=_capacity_uses(planned),
        ends=_end_loads(planned),
        bound_usd=solved.bound_usd,
        stopped=solved.stopped,
        uncapped=_uncapped(planned),
        unsailed=_unsailed(planned),
        shares=planned.shares,
    )


def _flow_row(planned: Planned, flow: Flow) -> FlowRow:
    offer, plan = flow.offer, planned.plan
    lot = planned.program.lots[offer.lot]
    chart, route = planned.chart(offer), offer.route
    topology, arcs = chart.topology, chart.arcs_of(route)
    named = _names_along(topology, arcs.tolist())
    pair = plan.pairs[lot.pair]
    return FlowRow(
        pair=pair.name,
        origin=pair.scenario.origin,
        destination=pair.scenario.destination,
        month=plan.months[lot.month],
        departure=chart.first_day + timedelta(days=offer.start_day),
        corridor=chart.corridor_of(route),
        route=_signature(named),
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


def _legs(planned: Planned) -> tuple[LegLoad, ...]:
    teu: dict[str, float] = {}
    drawn: dict[str, tuple[Topology, int]] = {}
    for flow in planned.solved.flows:
        chart = planned.chart(flow.offer)
        topology = chart.topology
        for arc in chart.arcs_of(flow.offer.route).tolist():
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


def _marginals_of(planned: Planned) -> tuple[Marginal, ...]:
    """Return the shadow prices of the binding limits."""
    program, prices, plan = planned.program, planned.solved.prices, planned.plan
    used = _used_teu(planned)
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
    totals = (
        ("budget", "max_usd", program.most_usd, prices.usd, "USD", CENTS_PER_USD, "cents"),
        ("co2e", "cap on CO2e", program.most_kg, prices.kg, "kg", GRAMS_PER_KG, "grams"),
    )
    for kind, name, most, value, unit, scale, figure in totals:
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


def _spills_of(planned: Planned) -> tuple[Spill, ...]:
    """Return by lot the TEU that do not take the route they would take without scarcity."""
    program, prices = planned.program, planned.solved.prices
    by_lot: dict[int, list[Flow]] = {}
    for flow in planned.solved.flows:
        by_lot.setdefault(flow.offer.lot, []).append(flow)
    found = []
    for number, lot in enumerate(program.lots):
        offer, weight = planned.free[number], program.objective_weights[lot.pair]
        if offer is None:
            continue
        free = offer.route
        least = free.objective_usd(weight)
        extra = [
            (flow.teu, flow.offer.route.objective_usd(weight) - least)
            for flow in by_lot.get(number, ())
        ]
        dearer = [(teu, usd) for teu, usd in extra if usd > LEAST_EXTRA_USD]
        if not dearer:
            continue
        moved = sum(teu for teu, _ in dearer)
        chart = planned.chart(offer)
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
        named = _names_along(chart.topology, chart.arcs_of(free).tolist())
        found.append(
            Spill(
                pair=planned.plan.pairs[lot.pair].name,
                month=planned.plan.months[lot.month],
                teu=moved,
                from_route=_signature(named),
                extra_usd_per_teu=sum(teu * usd for teu, usd in dearer) / moved,
                because=tuple(dict.fromkeys(because)),
            )
        )
    return tuple(found)


def _used_teu(planned: Planned) -> dict[tuple[int, int], float]:
    """Return the TEU through each capacity, by its number and month."""
    used: dict[tuple[int, int], float] = {}
    for flow in planned.solved.flows:
        for resource, month, amount in flow.offer.route.uses:
            used[resource, month] = used.get((resource, month), 0.0) + flow.teu * amount
    return used


def _capacity_uses(planned: Planned) -> tuple[CapacityUse, ...]:
    """Return the use of each listed capacity by month.

    Includes months after the plan in which boxes still pass, but no months before a capacity is
    listed.
    """
    used = _used_teu(planned)
    prices = planned.solved.prices.by_month
    found = []
    for number, name in enumerate(planned.resources):
        place = _place_of(planned, number)
        for month, first in enumerate(planned.months):
            limit = float(planned.program.capacity[number, month])
            teu = used.get((number, month), 0.0)
            if not np.isfinite(limit) or (teu <= 0.0 and month >= len(planned.plan.months)):
                continue
            found.append(
                CapacityUse(
                    name=name,
                    title=capacity_title(name),
                    place="" if place is None else place.id,
                    place_name="" if place is None else capacity_label(name, place.name),
                    lon=None if place is None else place.lon,
                    lat=None if place is None else place.lat,
                    month=first,
                    used_teu=teu,
                    limit_teu=limit,
                    usd_per_teu=float(prices[number, month]),
                )
            )
    return tuple(found)


def _uncapped(planned: Planned) -> tuple[UncappedWay, ...]:
    """Return the places without a capacity that boxes pass, with most of a mode's boxes first."""
    rows = {
        (f"{kind}.capacity_teu_per_week", scope)
        for kind, _, scope in (name.partition(" ") for name in planned.resources)
    }
    through: dict[Way, float] = {}
    by_mode: dict[Family, float] = {}
    for flow in planned.solved.flows:
        chart = planned.chart(flow.offer)
        topology, arcs = chart.topology, chart.arcs_of(flow.offer.route).tolist()
        legs = [arc for arc in arcs if topology.leg[arc] >= 0]
        for family in {topology.services[int(topology.service[arc])].family for arc in legs}:
            by_mode[family] = by_mode.get(family, 0.0) + flow.teu
        for way in ways_of(topology, arcs):
            if not way.capped(rows):
                through[way] = through.get(way, 0.0) + flow.teu
    found = [
        UncappedWay(
            name=way.name,
            title=capacity_title(way.name),
            mode=way.family.value,
            teu=teu,
            share=teu / by_mode[way.family],
        )
        for way, teu in through.items()
    ]
    return tuple(sorted(found, key=lambda way: (-way.share, way.name)))


def _unsailed(planned: Planned) -> tuple[UnsailedWay, ...]:
    """Return the ways by ship that no line is known to sail, with most boxes first.

    Only worlds that recommend known lines ask for them. Carriage counts only where it is barred.
    """
    first = planned.plan.pairs[0].scenario
    parameters = parameters_on(first, first.departure, overlay=overlay_for(first))[0]
    through: dict[tuple[str, str], float] = {}
    for flow in planned.solved.flows:
        chart, route = planned.chart(flow.offer), flow.offer.route
        scenario = planned.plan.pairs[planned.program.lots[flow.offer.lot].pair].scenario
        leaves = chart.first_day + timedelta(days=flow.offer.start_day)
        ends = chart.origin.country, chart.destination.country
        # A contract says that one sails.
        if chart.is_sold or not lines_count(scenario.world, leaves, ends):
            continue
        topology, arcs = chart.topology, chart.arcs_of(route)
        families = [topology.services[n].family for n in topology.service[arcs].tolist()]
        offer = offer_along(
            topology,
            arcs,
            [ChainPart.MAIN if one is Family.SEA else ChainPart.PRE for one in families],
            first_day=leaves,
            wait_days=scenario.max_wait_days,
            parameters=parameters,
            declared=chart.declared,
        )
        for named, listing in offer.sections:
            if listing is Listing.UNLISTED:
                way = chart.corridor_of(route), named
                through[way] = through.get(way, 0.0) + flow.teu
    whole = sum(flow.teu for flow in planned.solved.flows)
    found = [
        UnsailedWay(corridor=corridor, ends=ends, teu=teu, share=teu / whole)
        for (corridor, ends), teu in through.items()
    ]
    return tuple(sorted(found, key=lambda way: (-way.teu, way.corridor, way.ends)))


def _end_loads(planned: Planned) -> tuple[EndLoad, ...]:
    """Return the origins and destinations with their TEU, by id."""
    sums: dict[str, list[float]] = {}
    places = {}
    for flow in planned.solved.flows:
        chart = planned.chart(flow.offer)
        for side, place in enumerate((chart.origin, chart.destination)):
            places[place.id] = place
            sums.setdefault(place.id, [0.0, 0.0])[side] += flow.teu
    return tuple(
        EndLoad(
            place=key,
            name=places[key].name,
            lon=places[key].lon,
            lat=places[key].lat,
            out_teu=sums[key][0],
            in_teu=sums[key][1],
        )
        for key in sorted(sums)
    )


def _place_of(planned: Planned, number: int) -> NetworkPlace | None:
    """Return the place of a capacity: the one named, else where most TEU use it."""
    kind, _, scope = planned.resources[number].partition(" ")
    if number in planned.places:
        return planned.places[number]
    teu: dict[str, float] = {}
    places: dict[str, NetworkPlace] = {}
    for flow in planned.solved.flows:
        if all(resource != number for resource, _, _ in flow.offer.route.uses):
            continue
        chart = planned.chart(flow.offer)
        topology, arcs = chart.topology, chart.arcs_of(flow.offer.route)
        for arc in _met_at(topology, arcs, kind, scope).tolist():
            place = _end_of(topology, arc)
            places[place.id] = place
            teu[place.id] = teu.get(place.id, 0.0) + flow.teu
    most = min(teu, key=lambda key: (-teu[key], key), default=None)
    return None if most is None else places[most]


def _met_at(topology: Topology, arcs: IntArray, kind: str, scope: str) -> IntArray:
    """Return the arcs of a route at which its boxes meet a capacity.

    They board a ship at a port, but meet the season half way through the ice.
    """
    in_ice = arcs[topology.area[arcs] > 0]
    if scope == ARCTIC and in_ice.size:
        return in_ice[[in_ice.size // 2]]
    users = USERS[f"{kind}.capacity_teu_per_week"](topology, scope)[arcs]
    return arcs[users > 0.0]


def _end_of(topology: Topology, arc: int) -> NetworkPlace:
    """Return the start of an arc, or the place where it is loaded."""
    tail = int(topology.tail[arc])
    return topology.place_of(tail if tail > SINK else int(topology.head[arc]))


def _names_along(topology: Topology, arcs: Sequence[int]) -> dict[str, tuple[str, ...]]:
    """Return the services, gates, borders and countries of a route, in order."""
    areas = {gate.id for gate in topology.gates if gate.kind.value == "area"}
    services, gates, borders = [], [], []
    countries: list[str] = []
    for arc in arcs:
        services.append(topology.services[int(topology.service[arc])].id)
        crossed = topology.countries[int(topology.country[arc])]
        countries += crossed
        place = int(topology.state_place[topology.head[arc]])
        if place >= 0 and topology.places[place].gate not in (*areas, ""):
            gates.append(topology.places[place].gate)
        if len(crossed) == 2:
            start = topology.places[int(topology.state_place[topology.tail[arc]])].country
            borders.append("-".join(crossed if crossed[0] == start else crossed[::-1]))
    lists = {"services": services, "gates": gates, "borders": borders, "countries": countries}
    return {name: tuple(dict.fromkeys(found)) for name, found in lists.items()}


def _signature(named: Mapping[str, tuple[str, ...]]) -> str:
    """Return the signature of a route: its services, gates and borders."""
    gates = (gate.removeprefix("gate-") for gate in named["gates"])
    return " > ".join(
        part for part in ("+".join(named["services"]), *gates, *named["borders"]) if part
    )
