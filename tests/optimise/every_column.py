"""A drawn plan over all its columns, one by one: what the bound of an answer is held to.

A column is a lot's simple path from a departure on, after so many days of waiting at its origin.
Nothing here searches, prices or leaves out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog

from corridors.optimise.planning.program import Program, SetLimit
from corridors.routing.priced.priced_network import PricedNetwork
from corridors.routing.problem import SINK, SOURCE
from corridors.units import MINUTES_PER_DAY
from tests.enumeration import run

# Of a TEU that is missing or short and may not be.
MISSING_USD = 1e5


@dataclass(frozen=True)
class Column:
    """A path of a lot: what a TEU costs in the objective, and what it takes of each row."""

    usd: float
    uses: Mapping[tuple[object, ...], float]


@dataclass(frozen=True)
class _Way:
    node: int
    clock: int
    minutes: int
    cents: int
    grams: int
    sets: int = 0
    met: frozenset[tuple[str, int]] = frozenset({("node", SOURCE)})
    uses: Mapping[tuple[object, ...], float] = field(default_factory=dict)


def columns_of(
    program: Program,
    network: PricedNetwork,
    lot: int,
    *,
    leaves: int,
    wait_days: int,
    most_minutes: int,
    month_of_day: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
) -> Iterator[Column]:
    """Yield every column of a lot that leaves on a day, or waits for some days and then leaves."""
    problem, month = network.problem, program.lots[lot].month
    weights = program.objective_weights[program.lots[lot].pair]
    ahead = [
        _Way(
            node=SOURCE,
            clock=(leaves + days) * MINUTES_PER_DAY,
            minutes=days * MINUTES_PER_DAY,
            cents=days * problem.wait_cents_per_day,
            grams=0,
        )
        for days in range(wait_days + 1)
    ]
    while ahead:
        way = ahead.pop()
        if way.node == SINK:
            limits = [
                ((kind, number), sign)
                for kind, some, sign in (
                    ("ceiling", program.ceilings, 1.0),
                    ("floor", program.floors, -1.0),
                )
                for number, limit in enumerate(some)
                if _counts(limit, way.sets, month)
            ]
            usd, kg = way.cents / 100, way.grams / 1000
            yield Column(
                usd=usd * weights.usd
                + way.minutes / MINUTES_PER_DAY * weights.day
                + kg * weights.kg,
                uses={**way.uses, **dict(limits), ("usd",): usd, ("kg",): kg},
            )
            continue
        for arc in range(int(problem.first_arc[way.node]), int(problem.first_arc[way.node + 1])):
            head, place = int(problem.head[arc]), int(problem.place[arc])
            tokens = {("node", head), *([("place", place)] if place >= 0 else [])}
            took = run(problem, arc, way.clock)
            if took is None or tokens & way.met or way.minutes + took[1] > most_minutes:
                continue
            # Of later days the network knows nothing.
            if way.clock + took[0] >= problem.days * MINUTES_PER_DAY:
                continue
            uses = dict(way.uses)
            day = min(way.clock // MINUTES_PER_DAY, month_of_day.shape[0] - 1)
            for use in range(int(network.use_first[arc]), int(network.use_first[arc + 1])):
                row = "capacity", int(network.use_resource[use]), int(month_of_day[day])
                uses[row] = uses.get(row, 0.0) + float(network.use_amount[use])
            ahead.append(
                _Way(
                    node=head,
                    clock=way.clock + took[0],
                    minutes=way.minutes + took[1],
                    cents=way.cents + took[2],
                    grams=way.grams + took[3],
                    sets=way.sets | int(network.sets[arc]),
                    met=way.met | tokens,
                    uses=uses,
                )
            )


def _counts(limit: SetLimit, sets: int, month: int) -> bool:
    return bool(sets >> limit.member & 1) and limit.month in (None, month)


def least_usd(
    program: Program,
    networks: list[PricedNetwork],
    *,
    starts: Mapping[int, tuple[int, ...]],
    wait_days: int,
    deadlines: Mapping[int, int],
    month_of_day: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
) -> float:
    """Return the least cost over all columns, TEU left behind or short at `MISSING_USD`."""
    away_usd = MISSING_USD if program.unmet_usd is None else program.unmet_usd
    columns = [Column(away_usd, {("lot", n): 1.0}) for n in range(len(program.lots))]
    columns += [Column(MISSING_USD, {("floor", n): -1.0}) for n in range(len(program.floors))]
    for number, lot in enumerate(program.lots):
        for leaves in starts[lot.month]:
            columns += [
                Column(one.usd, {**one.uses, ("lot", number): 1.0})
                for one in columns_of(
                    program,
                    networks[lot.pair],
                    number,
                    leaves=leaves,
                    wait_days=wait_days,
                    most_minutes=deadlines.get(lot.pair, 1 << 60),
                    month_of_day=month_of_day,
                )
            ]
    most: dict[tuple[object, ...], float] = {
        ("capacity", of, month): float(program.capacity[of, month])
        for of, month in np.argwhere(np.isfinite(program.capacity)).tolist()
    }
    most |= {("ceiling", n): limit.teu for n, limit in enumerate(program.ceilings)}
    most |= {("floor", n): -limit.teu for n, limit in enumerate(program.floors)}
    most |= {} if program.most_kg is None else {("kg",): program.most_kg}
    most |= {} if program.most_usd is None else {("usd",): program.most_usd}
    lots: dict[tuple[object, ...], float] = {
        ("lot", n): lot.teu for n, lot in enumerate(program.lots)
    }

    def rows(bounds: Mapping[tuple[object, ...], float]) -> list[list[float]] | None:
        return [[one.uses.get(row, 0.0) for one in columns] for row in bounds] or None

    found = linprog(
        [one.usd for one in columns],
        A_ub=rows(most),
        b_ub=list(most.values()) or None,
        A_eq=rows(lots),
        b_eq=list(lots.values()),
        method="highs",
    )
    assert found.status == 0, found.message
    return float(found.fun)
