"""Plans whose boxes choose their way by shares, and what projects gain where they do.

The boxes of each pair and month spread over the best way of each corridor as in a comparison with
`choice: shares`: by groups of goods, first come, first served where a capacity is full. Nobody
plans for all of them, so nothing is minimised.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from corridors.arrays import FloatArray
from corridors.config.config_files import overlay_for
from corridors.costing.pricer import trade_between
from corridors.data.cargo import load_goods_groups
from corridors.data.parameters import ParameterTable
from corridors.domain.places import Family
from corridors.domain.plan import Plan, SharedGain
from corridors.domain.results import WayShare
from corridors.domain.values import SourcedValue
from corridors.errors import ConfigError
from corridors.optimise.candidates import main_family
from corridors.optimise.planning.generation import MET_TEU
from corridors.optimise.planning.program import Allocated, Flow, Offer, Prices, Program
from corridors.optimise.shares import (
    RAIL_WEIGHT,
    SCALE,
    Choosing,
    group_days,
    legs_of,
    path_sizes,
)
from corridors.output.display_names import corridor_titles
from corridors.output.planned import Chart, Planned
from corridors.routing.question import parameters_on
from corridors.studies.searched_plans import ROUNDING_USD, SearchedPlan
from corridors.units import CENTS_PER_USD, MINUTES_PER_DAY

ELASTICITY = "goods.trade_elasticity"
"""The row of how much more is traded where goods arrive cheaper: its value, low and high."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """The boxes of a plan by way in one of its years; rows are lots by groups of goods.

    `ways` are by lot and way the routes, None where there is none; `cases` are shares and logsums
    with the figures of the choice as they stand, then at their ends. `unmet_usd` is what a TEU
    costs that finds no way, `elasticity` its row of the parameters.
    """

    program: Program
    choosing: Choosing
    ways: tuple[tuple[Offer | None, ...], ...]
    corridors: tuple[str, ...]
    cases: tuple[tuple[FloatArray, FloatArray], ...]
    unmet_usd: float
    elasticity: SourcedValue

    def usd(self, case: int = 0) -> FloatArray:
        """Return what a TEU of each row expects to cost, those that find no way at their price."""
        taken, usd = self.cases[case]
        return np.asarray(usd + (1.0 - taken.sum(axis=1)) * self.unmet_usd)

    def total_usd(self, case: int = 0) -> float:
        """Return what all boxes expect to cost."""
        return float(self.choosing.boxes @ self.usd(case))

    def teu(self, case: int = 0) -> FloatArray:
        """Return the TEU by lot and way."""
        taken = self.choosing.boxes[:, None] * self.cases[case][0]
        groups = len(load_goods_groups())
        return np.asarray(taken.reshape(-1, groups, taken.shape[1]).sum(axis=1))

    @property
    def way_shares(self) -> tuple[WayShare, ...]:
        """The shares of the ways in all boxes of the plan, the largest first."""
        by_case = [self.teu(case).sum(axis=0) for case in range(len(self.cases))]
        shares = np.array(by_case) / float(self.choosing.boxes.sum())
        teu, titles = self.teu(), corridor_titles()
        made = []
        for way in np.flatnonzero(shares[0] > 0.0).tolist():
            on_it = [
                (float(boxes), offers[way].route)  # type: ignore[union-attr]
                for boxes, offers in zip(teu[:, way], self.ways, strict=True)
                if boxes > 0.0
            ]
            all_teu = sum(boxes for boxes, _ in on_it)
            corridor = self.corridors[way]
            made.append(
                WayShare(
                    corridor=corridor,
                    title=titles.get(corridor, corridor),
                    usd_per_teu=sum(n * one.cents for n, one in on_it) / all_teu / CENTS_PER_USD,
                    days=sum(n * one.minutes for n, one in on_it) / all_teu / MINUTES_PER_DAY,
                    share=float(shares[0, way]),
                    low=float(shares[:, way].min()),
                    high=float(shares[:, way].max()),
                )
            )
        return tuple(sorted(made, key=lambda one: (-one.share, one.corridor)))

    def allocated(self) -> Allocated:
        """Return the boxes as flows of a plan, without a bound or shadow prices."""
        program, teu = self.program, self.teu()
        flows = [
            Flow(offer=offer, teu=float(teu[lot, way]))
            for lot, offers in enumerate(self.ways)
            for way, offer in enumerate(offers)
            if offer is not None and teu[lot, way] > 0.0
        ]
        lots = np.array([lot.teu for lot in program.lots])
        return Allocated(
            flows=tuple(flows),
            value_usd=self.total_usd(),
            prices=Prices(
                lot_usd=np.zeros(lots.size),
                by_month=np.zeros(program.capacity.shape),
                ceiling=np.zeros(0),
                floor=np.zeros(0),
                spot=np.zeros(0),
                usd=0.0,
                kg=0.0,
                filled_usd={},
                need_usd={},
            ),
            missing=np.maximum(0.0, lots - teu.sum(axis=1)),
            short=np.zeros(0),
            offers=tuple(flow.offer for flow in flows),
            filled={},
            rounds=1,
        )


def shared_of(searched: SearchedPlan, plan: Plan, year: int = 0) -> Shared:
    """Return how the boxes of a plan that shares the search choose, as it begins in a year.

    Raises
    ------
    ConfigError
        Some boxes find no way, and none may be left behind.
    """
    program = searched.program(plan, year=year)
    offers, charts = searched.by_year[year], searched.offers.charts

    def charted(offer: Offer) -> Chart:
        chart = charts[program.lots[offer.lot].pair][offer.lane]
        if chart is None:
            msg = "a lane without routes has offered one"
            raise ValueError(msg)
        return chart

    ways = tuple(
        _apart([offers.best.get((lot, member)) for member in searched.ways.values()], charted)
        for lot in range(len(program.lots))
    )
    scenario = plan.pairs[0].scenario
    table, _ = parameters_on(scenario, plan.months[0], overlay=overlay_for(scenario))
    choosing = _choosing(program, table, ways, charted)
    cases = tuple(choosing.cases())
    behind = float(choosing.boxes @ (1.0 - cases[0][0].sum(axis=1)))
    if plan.unmet_usd_per_teu is None and behind > MET_TEU:
        msg = (
            f"{plan.source_path or 'plan'}: {behind:,.1f} TEU find no way that is not full; allow"
            " more corridors or a larger capacity_share, or set unmet_usd_per_teu"
        )
        raise ConfigError(msg)
    return Shared(
        program=program,
        choosing=choosing,
        ways=ways,
        corridors=tuple(searched.ways),
        cases=cases,
        unmet_usd=plan.unmet_usd_per_teu or 0.0,
        elasticity=table.get(ELASTICITY),
    )


def _apart(
    offers: Sequence[Offer | None], charted: Callable[[Offer], Chart]
) -> tuple[Offer | None, ...]:
    """Return the ways of a lot; of one route in two corridors the first has the boxes."""
    found: dict[Hashable, Offer] = {}
    for offer in filter(None, offers):
        chart, route = charted(offer), offer.route
        legs = legs_of(chart.topology, chart.arcs_of(route))
        key = offer.lane, offer.start_day, route.cents, route.minutes, frozenset(legs.items())
        found.setdefault(key, offer)
    kept = {id(offer) for offer in found.values()}
    return tuple(offer if id(offer) in kept else None for offer in offers)


def _choosing(
    program: Program,
    table: ParameterTable,
    ways: Sequence[Sequence[Offer | None]],
    charted: Callable[[Offer], Chart],
) -> Choosing:
    """Return the boxes of each lot and group of goods, with what each way costs and uses."""
    # Imported here: only plans by shares have that many places.
    from scipy.sparse import coo_array

    groups = load_goods_groups()
    count, width = len(groups), len(ways[0])
    shape = len(program.lots) * count, width
    days = group_days(table)
    costs = np.full((len(program.lots), count, width), np.inf)
    overlap = np.ones((len(program.lots), count, width))
    trains = np.zeros((len(program.lots), count, width), bool)
    rail = np.ones((3, len(program.lots), count))
    places: dict[tuple[int, int], int] = {}
    used: list[tuple[int, int, float]] = []
    for lot, offers in enumerate(ways):
        there = [(way, offer) for way, offer in enumerate(offers) if offer is not None]
        on = [charted(offer) for _, offer in there]
        sizes = path_sizes(
            [
                legs_of(chart.topology, chart.arcs_of(offer.route))
                for chart, (_, offer) in zip(on, there, strict=True)
            ]
        )
        for chart, size, (way, offer) in zip(on, sizes.tolist(), there, strict=True):
            route = offer.route
            usd, took = route.cents / CENTS_PER_USD, route.minutes / MINUTES_PER_DAY
            costs[lot, :, way] = usd + days * took
            overlap[lot, :, way] = size
            arcs = chart.arcs_of(route)
            trains[lot, :, way] = main_family(chart.topology, arcs, ()) is Family.RAIL
            row = table.get(RAIL_WEIGHT, trade_between((chart.origin, chart.destination)))
            rail[:, lot] = np.array([row.value, row.low, row.high])[:, None]
            for resource, month, amount in route.uses:
                if np.isfinite(program.capacity[resource, month]):
                    place = places.setdefault((resource, month), len(places))
                    first = lot * count * width + way
                    used += [(place, first + n * width, amount) for n in range(count)]
    entries = np.array(used).reshape(-1, 3)
    teu = np.array([lot.teu for lot in program.lots])
    weights = np.array([group.share_of_teu for group in groups])
    uses = coo_array(
        (entries[:, 2], (entries[:, 0].astype(np.int64), entries[:, 1].astype(np.int64))),
        shape=(len(places), shape[0] * width),
    )
    return Choosing(
        costs=costs.reshape(shape),
        overlap=overlap.reshape(shape),
        by_train=trains.reshape(shape),
        boxes=np.outer(teu, weights).ravel(),
        uses=uses.tocsr(),
        room=np.array([program.capacity[place] for place in places]),
        scale=table.get(SCALE),
        rail=(rail[0].ravel(), rail[1].ravel(), rail[2].ravel()),
    )


def planned_by_shares(searched: SearchedPlan) -> Planned:
    """Return the solution of a plan whose boxes choose, with what its numbers mean."""
    shared = shared_of(searched, searched.plan)
    planned = searched.planned(searched.plan, shared.program, shared.allocated())
    return replace(planned, shares=shared.way_shares)


# What is gained where boxes choose.


def gain_of(before: Sequence[Shared], after: Sequence[Shared]) -> tuple[SharedGain, ...]:
    """Return by phase what boxes that choose gain between two states of the world, a year.

    The gain of a box is the fall of its logsum: of those that stay what their way becomes cheaper
    by, of those that change a part of it. It is what a way is worth to the last that takes it
    (Small and Rosen 1981), and close to the rule of a half: the saving of a way, times the mean of
    its boxes before and after. So volumes that count boxes of trains alone must not meet ships
    here, where a train has a small part of all boxes: their pairs list corridors of trains. New
    trade follows the fall of the price at which goods arrive, their
    value and what carriage costs; each new box gains half of it, and takes no room.
    """
    return tuple(_gain(was, now) for was, now in zip(before, after, strict=True))


def _gain(was: Shared, now: Shared) -> SharedGain:
    boxes, (taken, _) = was.choosing.boxes, was.cases[0]
    by_case = [was.total_usd(case) - now.total_usd(case) for case in range(len(was.cases))]
    old, new = was.choosing.costs, now.choosing.costs
    open_in_both, then = np.isfinite(old) & np.isfinite(new), now.cases[0][0]
    less = np.where(open_in_both, old, 0.0) - np.where(open_in_both, new, 0.0)
    staying = float(boxes @ (taken * less).sum(axis=1))
    is_new = bool((then[~np.isfinite(old)] > 0.0).any())
    saved = was.usd() - now.usd()
    paid = np.where(taken > 0.0, was.choosing.costs, 0.0)
    went = taken.sum(axis=1)
    mean = np.divide((taken * paid).sum(axis=1), went, out=np.zeros(went.shape), where=went > 0.0)
    goods = [group.value_usd_per_teu for group in load_goods_groups()]
    arrives = np.tile(goods, boxes.size // len(goods)) + mean
    more = [
        np.maximum(1e-9, 1.0 - saved / arrives) ** -one - 1.0
        for one in (was.elasticity.value, was.elasticity.low, was.elasticity.high)
    ]
    induced = [0.5 * float((boxes * each) @ saved) for each in more]
    return SharedGain(
        gain_usd=by_case[0],
        low_usd=min(by_case),
        high_usd=max(by_case),
        switching_usd=by_case[0] - staying,
        users_teu=float(boxes @ (taken * (less > ROUNDING_USD)).sum(axis=1)),
        half_usd=None if is_new else float(boxes @ ((taken + then) / 2.0 * less).sum(axis=1)),
        induced_teu=float(boxes @ more[0]),
        induced_usd=induced[0],
        induced_low_usd=induced[1],
        induced_high_usd=induced[2],
    )
