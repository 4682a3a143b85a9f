"""A drawn month of twenty pairs on one network, and its time-expanded programme over arcs.

Places lie on a plane, legs join near ones, both ways; border legs have capacities by month, ferry
legs are shut on some days. Times are whole half days, so that the arc programme stays small: its
nodes are (pair, place, half day), and only those between the pair's ends. That is to its favour.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from ortools.linear_solver import linear_solver_pb2

from corridors.optimise.planning.program import Lot, Offer, Offers, Program
from corridors.routing.priced.priced_network import DualPrices, ObjectiveWeights, PricedNetwork
from corridors.routing.priced.priced_search import PricedSearch
from corridors.routing.problem import SINK, SOURCE
from tests.enumeration import run
from tests.strategies import Arc, Dated, Regime, problem_of

PAIRS, PLACES, NEAREST = 20, 40, 3
BORDERS, FERRIES = 20, 6
DEPARTURES = (0, 10, 20)
STEP, DAY = 720, 1440
DAYS = 120
MONTHS = 4
MONTH_OF_DAY = np.minimum(np.arange(DAYS) // 30, MONTHS - 1).astype(np.int64)
UNMET_USD = 20_000.0
WORTH = ObjectiveWeights(usd=1.0, day=40.0, kg=0.0)


@dataclass(frozen=True)
class Month(Offers):
    """A drawn month; it offers routes as the pipeline does."""

    program: Program
    networks: list[PricedNetwork]
    searches: list[PricedSearch]

    def least_usd(self, lot: int) -> float:
        """Return a bound on what routes cost; nothing is booked here."""
        return 0.0

    def of(
        self, lot: int, dual_prices: DualPrices, *, objective: ObjectiveWeights, most_usd: float
    ) -> Iterator[Offer]:
        search = self.searches[self.program.lots[lot].pair]
        for day in DEPARTURES:
            found = search.cheapest(day, dual_prices, objective=objective, most_usd=most_usd)
            if found is not None:
                yield Offer(lot=lot, start_day=day, route=found[0], value_usd=found[1])


def draw(seed: int) -> Month:
    """Return a month drawn from a seed."""
    rng = np.random.default_rng(seed)
    place = rng.uniform(0.0, 1.0, (PLACES, 2))
    length = np.linalg.norm(place[:, None] - place[None, :], axis=2)
    near = np.argsort(length, axis=1)[:, 1 : NEAREST + 1]
    legs = sorted({(min(a, b), max(a, b)) for a in range(PLACES) for b in near[a].tolist()})
    chosen = rng.permutation(len(legs))
    border = {int(leg): number for number, leg in enumerate(chosen[:BORDERS])}
    ferry = {int(leg): number for number, leg in enumerate(chosen[BORDERS : BORDERS + FERRIES])}
    open_day, shut_day = (
        Regime(pace=pace, cents_per_km=0.0, fixed_cents=0.0, grams_per_km=0.0)
        for pace in (0.0, -1.0)
    )
    profiles = [
        Dated(
            regimes=tuple(shut_day if shut else open_day for shut in rng.random(DAYS) < 0.4),
            through=False,
        )
        for _ in range(FERRIES)
    ]
    arcs = []
    for leg, (a, b) in enumerate(legs):
        steps = 1 + int(rng.integers(0, 2) + 6 * length[a, b])
        cents = int(100 * (100 + 4_000 * length[a, b] * rng.uniform(0.7, 1.3)))
        for tail, head in ((a, b), (b, a)):
            arcs.append(
                Arc(tail=tail + 2, head=head + 2, clock=steps * STEP, before=0, cents=cents,
                    grams=0, km=1.0, place=head, profile=ferry.get(leg, -1))
            )  # fmt: skip
    leg_of = {frozenset(pair): leg for leg, pair in enumerate(legs)}
    networks, searches, lots = [], [], []
    for pair in range(PAIRS):
        far = np.argsort(-length.reshape(-1))[: PLACES * 10]
        a, b = divmod(int(rng.choice(far)), PLACES)
        ends = [_free(SOURCE, a + 2), _free(b + 2, SINK)]
        problem = problem_of([*arcs, *ends], profiles, PLACES + 2, wait_cents_per_day=0, days=DAYS)
        ends_of = zip((problem.tail - 2).tolist(), (problem.head - 2).tolist(), strict=True)
        uses = [border.get(leg_of.get(frozenset(pair), -1)) for pair in ends_of]
        counts = np.array([use is not None for use in uses])
        networks.append(
            PricedNetwork(
                problem=problem,
                use_first=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
                use_resource=np.array([use for use in uses if use is not None], np.int64),
                use_amount=np.ones(int(counts.sum())),
                sets=np.zeros(problem.base.shape[0], np.int64),
                corridor=np.zeros(problem.base.shape[0], np.int64),
            )
        )
        searches.append(
            PricedSearch(
                networks[-1], WORTH, max_wait_days=0, max_minutes=None, month_of_day=MONTH_OF_DAY
            )
        )
        lots.append(Lot(pair=pair, month=0, teu=float(rng.integers(100, 1_000))))
    capacity = np.repeat(rng.uniform(100.0, 1_500.0, (BORDERS, 1)), MONTHS, axis=1)
    program = Program(
        lots=tuple(lots), objective_weights=(WORTH,) * PAIRS, capacity=capacity, unmet_usd=UNMET_USD
    )
    return Month(program, networks, searches)


def _free(tail: int, head: int) -> Arc:
    return Arc(
        tail=tail, head=head, clock=0, before=0, cents=0, grams=0, km=0.0, place=-1, profile=-1
    )


def arc_programme(month: Month, last_step: int) -> linear_solver_pb2.MPModelProto:
    """Return the programme over arcs, as a `ModelProto`: the quickest way into GLOP.

    Nothing arrives after `last_step`. A flow that meets a place twice only costs more.
    """
    model = linear_solver_pb2.MPModelProto()
    program = month.program
    capacity = {}
    for resource, number in np.argwhere(np.isfinite(program.capacity)).tolist():
        capacity[resource, number] = model.constraint.add(
            lower_bound=-np.inf, upper_bound=float(program.capacity[resource, number])
        )

    def column(cost: float, rows: list[tuple[linear_solver_pb2.MPConstraintProto, float]]) -> None:
        number = len(model.variable)
        model.variable.add(lower_bound=0.0, upper_bound=np.inf, objective_coefficient=cost)
        for row, amount in rows:
            row.var_index.append(number)
            row.coefficient.append(amount)

    for lot in program.lots:
        network = month.networks[lot.pair]
        begin, end = (
            model.constraint.add(lower_bound=sign * lot.teu, upper_bound=sign * lot.teu)
            for sign in (1.0, -1.0)
        )
        column(UNMET_USD, [(begin, 1.0), (end, -1.0)])
        moves = _moves(network, last_step)
        balance = {
            node: model.constraint.add(lower_bound=0.0, upper_bound=0.0)
            for node in dict.fromkeys(node for tail, head, *_ in moves for node in (tail, head))
        }
        for node, row in balance.items():
            if node[0] == SOURCE:
                column(0.0, [(begin, 1.0), (row, -1.0)])
            elif node[0] == SINK:
                column(0.0, [(row, 1.0), (end, -1.0)])
        for tail, head, cost, arc in moves:
            rows = [(balance[tail], 1.0), (balance[head], -1.0)]
            for use in range(int(network.use_first[arc]), int(network.use_first[arc + 1])):
                number = int(MONTH_OF_DAY[min(tail[1] * STEP // DAY, DAYS - 1)])
                rows.append((capacity[int(network.use_resource[use]), number], 1.0))
            column(cost, rows)
    return model


Move = tuple[tuple[int, int], tuple[int, int], float, int]


def _moves(network: PricedNetwork, last_step: int) -> list[Move]:
    """Return moves (from, to, cost, arc) between (node, half day)s on a way from end to end."""
    problem = network.problem
    queue = [(SOURCE, day * DAY // STEP) for day in DEPARTURES]
    seen, moves = set(queue), []
    into: dict[tuple[int, int], list[tuple[int, int]]] = {}
    while queue:
        node, step = queue.pop()
        for arc in range(int(problem.first_arc[node]), int(problem.first_arc[node + 1])):
            took = run(problem, arc, step * STEP)
            if took is None or step + took[0] // STEP > last_step:
                continue
            after = int(problem.head[arc]), step + took[0] // STEP
            moves.append(((node, step), after, took[2] / 100 + took[1] / DAY * WORTH.day, arc))
            into.setdefault(after, []).append((node, step))
            if after not in seen:
                seen.add(after)
                queue.append(after)
    back = [node for node in seen if node[0] == SINK]
    leads = set(back)
    while back:
        for before in into.get(back.pop(), ()):
            if before not in leads:
                leads.add(before)
                back.append(before)
    return [move for move in moves if move[1] in leads]
