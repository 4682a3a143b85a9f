"""An allocation: its flows told as routes, what scarce things are worth, what was held off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from corridors.domain.allocation import CapacityUse, EndLoad, FlowRow, LegLoad, Marginal, Spill
from corridors.domain.plan import Plan
from corridors.optimise.allocation.program import Flow
from corridors.output.allocation_places import capacity_uses, end_loads
from corridors.output.allocation_reasons import marginals_of, spills_of
from corridors.output.planned import Planned
from corridors.output.signature import names_along, signature
from corridors.routing.itinerary import arc_line
from corridors.units import CENTS_PER_USD, MINUTES_PER_DAY

if TYPE_CHECKING:
    import geopandas
    import pandas as pd

    from corridors.network.topology import Topology

GRAMS_PER_KG = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """The split of a plan's TEU over routes and departures at least cost.

    `value_usd` is what was minimised; `cost_usd` the transport in it. `unmet` are TEU left behind
    by (pair, month). `uses` tells of each listed capacity by month how full it is, `ends` where
    boxes begin and end their way. `cut` is how many departures had too many routes to prove that
    none is cheaper: where it is 0 the answer is exact.
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
    uses: tuple[CapacityUse, ...] = ()
    ends: tuple[EndLoad, ...] = ()

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
    def table(self) -> pd.DataFrame:
        """The flows as a DataFrame, a row a route and departure.

        Columns as in `flows.csv`, and gates, borders, services, countries (lists of text).
        """
        import pandas as pd

        from corridors.output.allocation_files import flow_rows

        return pd.DataFrame(flow_rows(self))

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

    @property
    def capacities(self) -> geopandas.GeoDataFrame:
        """The listed capacities by month as a GeoDataFrame, a row a capacity and month.

        Columns name, place, month (first day, as text), used_teu, limit_teu, share, usd_per_teu
        (float) and geometry (Point, EPSG:4326; None where no route could use it).
        """
        import geopandas
        from shapely import Point

        return geopandas.GeoDataFrame(
            {
                "name": [use.name for use in self.uses],
                "place": [use.place for use in self.uses],
                "month": [use.month.isoformat() for use in self.uses],
                "used_teu": [use.used_teu for use in self.uses],
                "limit_teu": [use.limit_teu for use in self.uses],
                "share": [use.share for use in self.uses],
                "usd_per_teu": [use.usd_per_teu for use in self.uses],
            },
            geometry=[None if use.lon is None else Point(use.lon, use.lat) for use in self.uses],
            crs="EPSG:4326",
        )


def allocation_of(planned: Planned) -> Allocation:
    """Return the allocation told in words and figures."""
    solved, program, plan = planned.solved, planned.program, planned.plan
    rows = sorted(
        (_flow_row(planned, flow) for flow in solved.flows),
        key=lambda row: (row.pair, row.departure, -row.teu, row.corridor, row.route),
    )
    lots = enumerate(program.lots)
    return Allocation(
        plan=plan,
        rows=tuple(rows),
        marginals=marginals_of(planned),
        spills=spills_of(planned),
        unmet=tuple(
            (plan.pairs[lot.pair].name, plan.months[lot.month], float(solved.missing[i]))
            for i, lot in lots
            if solved.missing[i] > 1e-6
        ),
        legs=_legs(planned),
        value_usd=solved.value_usd,
        rounds=solved.rounds,
        routes=len(solved.offers),
        cut=planned.cut,
        uses=capacity_uses(planned),
        ends=end_loads(planned),
    )


def _flow_row(planned: Planned, flow: Flow) -> FlowRow:
    offer, plan = flow.offer, planned.plan
    lot = planned.program.lots[offer.lot]
    question, network = planned.lane(offer)
    topology: Topology = question.ground.topology
    route = offer.route
    arcs = network.problem.base[list(route.arcs)]
    named = names_along(topology, arcs.tolist())
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


def _legs(planned: Planned) -> tuple[LegLoad, ...]:
    teu: dict[str, float] = {}
    drawn: dict[str, tuple[Any, int]] = {}
    for flow in planned.solved.flows:
        question, network = planned.lane(flow.offer)
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
