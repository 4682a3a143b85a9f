"""The time-expanded arc programme of a drawn plan: what column generation is held to.

Its nodes are (lot, state, minute, minutes under way, minutes waited, what was met); its arcs are
moves and waits of whole days; flow is conserved at each node. Nothing in it knows of routes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

from corridors.optimise.planning.program import Program
from corridors.routing.priced.priced_network import PricedNetwork
from corridors.routing.problem import SINK, SOURCE
from corridors.units import MINUTES_PER_DAY
from tests.enumeration import run

MISSING_USD = 1e5


class ArcProgramme:
    """Rows and columns of the programme, gathered."""

    def __init__(self) -> None:
        self.cost: list[float] = []
        self.equal: list[tuple[int, int, float]] = []
        self.most: list[tuple[object, int, float]] = []
        self.nodes: dict[object, int] = {}

    def column(self, cost: float, uses: dict[object, float]) -> int:
        self.cost.append(cost)
        number = len(self.cost) - 1
        self.most.extend((row, number, amount) for row, amount in uses.items())
        return number

    def node(self, key: object) -> int:
        return self.nodes.setdefault(key, len(self.nodes))


def least_usd(
    program: Program,
    networks: list[PricedNetwork],
    *,
    starts: dict[int, tuple[int, int]],
    month_of_day: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    max_wait_days: int,
    max_minutes: dict[int, int],
) -> float:
    """Return the least value of a program, TEU left behind or short at `MISSING_USD`."""
    made = ArcProgramme()
    supply: dict[int, float] = {}
    for number, lot in enumerate(program.lots):
        source = made.node(("lot", number))
        end = made.node(("end", number))
        supply[source] = lot.teu
        supply[end] = -lot.teu
        price = MISSING_USD if program.unmet_usd is None else program.unmet_usd
        missing = made.column(price, {})
        made.equal += [(source, missing, 1.0), (end, missing, -1.0)]
        for day in starts[lot.month]:
            _expand(
                made, program, networks[lot.pair], number,
                day * MINUTES_PER_DAY, month_of_day, max_wait_days,
                max_minutes.get(lot.pair, 1 << 60),
            )  # fmt: skip
    bounds: dict[object, float] = {}
    for key in np.argwhere(np.isfinite(program.capacity)).tolist():
        bounds["capacity", key[0], key[1]] = float(program.capacity[key[0], key[1]])
    for number, limit in enumerate(program.ceilings):
        bounds["ceiling", number] = limit.teu
    for number, limit in enumerate(program.floors):
        bounds["floor", number] = -limit.teu
        short = made.column(MISSING_USD, {("floor", number): -1.0})
        assert short >= 0
    if program.most_kg is not None:
        bounds["kg",] = program.most_kg
    if program.most_usd is not None:
        bounds["usd",] = program.most_usd
    rows = {key: i for i, key in enumerate(bounds)}
    kept = [(rows[key], column, a) for key, column, a in made.most if key in rows]
    columns = len(made.cost)

    def matrix(entries: list[tuple[int, int, float]], height: int) -> coo_matrix:
        i, j, a = zip(*entries, strict=True) if entries else ((), (), ())
        return coo_matrix((a, (i, j)), shape=(height, columns))

    right = [supply.get(node, 0.0) for node in range(len(made.nodes))]
    answer = linprog(
        made.cost,
        A_eq=matrix(made.equal, len(made.nodes)),
        b_eq=right,
        A_ub=matrix(kept, len(bounds)) if bounds else None,
        b_ub=list(bounds.values()) if bounds else None,
        method="highs",
    )
    assert answer.status == 0, answer.message
    return float(answer.fun)


def _expand(
    made: ArcProgramme, program: Program, network: PricedNetwork, lot: int, begin: int,
    month_of_day: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    max_wait_days: int, max_minutes: int,
) -> None:  # fmt: skip
    problem, weights = network.problem, program.objective_weights[program.lots[lot].pair]
    first = (lot, SOURCE, begin, 0, 0, frozenset({("n", SOURCE)}), 0)
    entry = made.column(0.0, {})
    made.equal += [(made.node(("lot", lot)), entry, 1.0), (made.node(first), entry, -1.0)]
    queue, seen = [first], {first}
    while queue:
        key = queue.pop()
        _, node, clock, minutes, waited, met, sets = key
        if node == SINK:
            leave = made.column(0.0, {})
            made.equal += [(made.node(key), leave, 1.0), (made.node(("end", lot)), leave, -1.0)]
            continue
        day = MINUTES_PER_DAY
        after: Any
        moves: list[tuple[Any, float, dict[object, float]]] = []
        if node == SOURCE and waited + day <= max_wait_days * day:
            after = (lot, node, clock + day, minutes + day, waited + day, met, sets)
            cents = problem.wait_cents_per_day
            moves.append((after, cents / 100 * weights.usd + weights.day, {("usd",): cents / 100}))
        for arc in range(int(problem.first_arc[node]), int(problem.first_arc[node + 1])):
            took = run(problem, arc, clock)
            if took is None:
                continue
            head, place = int(problem.head[arc]), int(problem.place[arc])
            tokens = {("n", head)} | ({("p", place)} if place >= 0 else set())
            if tokens & met:
                continue
            uses: dict[object, float] = {("usd",): took[2] / 100, ("kg",): took[3] / 1000}
            month = int(month_of_day[min(clock // day, month_of_day.shape[0] - 1)])
            for use in range(int(network.use_first[arc]), int(network.use_first[arc + 1])):
                where = ("capacity", int(network.use_resource[use]), month)
                uses[where] = uses.get(where, 0.0) + float(network.use_amount[use])
            fresh = int(network.sets[arc]) & ~sets
            for kind, limits, sign in (
                ("ceiling", program.ceilings, 1.0),
                ("floor", program.floors, -1.0),
            ):
                for number, limit in enumerate(limits):
                    if fresh >> limit.member & 1 and limit.month in (
                        None,
                        program.lots[lot].month,
                    ):
                        uses[kind, number] = sign
            cost = took[2] / 100 * weights.usd + took[1] / day * weights.day
            cost += took[3] / 1000 * weights.kg
            after = (lot, head, clock + took[0], minutes + took[1], waited, met | tokens,
                     sets | fresh)  # fmt: skip
            moves.append((after, cost, uses))
        for after, cost, uses in moves:
            if int(str(after[3])) > max_minutes:
                continue
            column = made.column(cost, uses)
            made.equal += [(made.node(key), column, 1.0), (made.node(after), column, -1.0)]
            if after not in seen:
                seen.add(after)
                queue.append(after)
