"""Drawn plans under scenarios with contracts, and the integer programme over all their routes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations, product
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from corridors.optimise.planning.program import (
    Budget,
    Lot,
    Model,
    Offer,
    Offers,
    Program,
    Risk,
    SetLimit,
    Space,
)
from corridors.routing.priced.priced_network import DualPrices, ObjectiveWeights

SETS = 3
RESOURCES = 2
USD = ObjectiveWeights(usd=1.0, day=0.0, kg=0.0)


@dataclass(frozen=True)
class Way:
    """A route of a drawn plan: what a TEU costs, the sets it meets and the capacities it uses."""

    number: int
    usd: float
    sets: int
    uses: tuple[tuple[int, int, float], ...]

    @property
    def arcs(self) -> tuple[int]:
        return (self.number,)

    starts = (0,)
    grams = 0

    @property
    def cents(self) -> float:
        return 100.0 * self.usd

    def objective_usd(self, objective: ObjectiveWeights) -> float:
        return self.usd * objective.usd


class Ways(Offers):
    """The ways of each lot, offered as they are asked for."""

    def __init__(self, by_lot: list[list[Way]]) -> None:
        self.by_lot = by_lot

    def of(
        self, lot: int, dual_prices: DualPrices, *, objective: ObjectiveWeights, most_usd: float
    ) -> Iterator[Offer]:
        def usd(way: Way) -> float:
            paid = sum(amount * dual_prices.by_month[r, m] for r, m, amount in way.uses)
            met = [bool(way.sets >> n & 1) for n in range(SETS)]
            return float(way.objective_usd(objective) + paid + dual_prices.by_set[met].sum())

        best = min(self.by_lot[lot], key=usd, default=None)
        if best is not None and usd(best) < most_usd:
            route: Any = best
            yield Offer(lot=lot, start_day=0, route=route, value_usd=usd(best))

    def least_usd(self, lot: int) -> float:
        return min((way.usd for way in self.by_lot[lot]), default=np.inf)


class Drawn:
    """Contracts, some on ways that boxes share, and scenarios of demand, prices and spot space."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.months, pairs, count = int(rng.integers(1, 3)), 2, int(rng.integers(1, 4))
        chances = rng.uniform(0.1, 1.0, count)
        self.chances = (chances / chances.sum()).tolist()
        self.risk = Risk(
            level=float(rng.choice([0.0, 0.5, 0.8, 1.0])), weight=float(rng.choice([0.0, 0.3, 1.0]))
        )
        contracts = int(rng.integers(1, 4))
        members = rng.integers(0, SETS, contracts).tolist()
        steps = [
            (0.0, *(float(rng.integers(1, 5)) * 10.0 + 10.0 * n for n in range(rng.integers(1, 4))))
            for _ in range(contracts)
        ]
        takes = [None if rng.random() < 0.6 else float(rng.choice([0.5, 0.8])) for _ in members]
        saves = rng.integers(50, 400, contracts).tolist()
        unused = rng.integers(50, 800, contracts).tolist()
        self.ways, programs = [], []
        for _ in range(count):
            lots = tuple(
                Lot(pair=pair, month=month, teu=float(rng.integers(10, 90)))
                for pair in range(pairs)
                for month in range(self.months)
            )
            by_lot = [
                [
                    Way(
                        number=n,
                        usd=float(rng.integers(500, 3000)),
                        sets=int(rng.integers(0, 2**SETS)),
                        uses=tuple(
                            (r, lot.month, 1.0) for r in range(RESOURCES) if rng.random() < 0.4
                        ),
                    )
                    for n in range(int(rng.integers(2, 7)))
                ]
                for lot in lots
            ]
            spot = tuple(
                SetLimit(
                    name=f"spot {s}",
                    member=s,
                    teu=float(rng.integers(0, 60)),
                    month=month,
                    more=((20.0, 150.0), (15.0, 400.0)) if (seed + s) % 3 else (),
                )
                for s in range(SETS)
                if rng.random() < 0.5
                for month in range(self.months)
            )
            moved = float(rng.integers(-100, 200))
            spaces = tuple(
                Space(
                    decision=k,
                    member=members[k],
                    teu=steps[k],
                    # What a fixed rate saves hangs on the scenario and the lot.
                    saves_usd=tuple(saves[k] + moved * (n % 2) for n in range(len(lots))),
                    unused_usd=float(unused[k]),
                    take=takes[k],
                )
                for k in range(contracts)
            )
            capacity = rng.choice([np.inf, 30.0, 80.0], (RESOURCES, self.months))
            programs.append(
                Program(
                    lots=lots,
                    objective_weights=(USD,) * pairs,
                    capacity=capacity,
                    sets=SETS,
                    spaces=spaces,
                    spot=spot,
                    months=self.months,
                    unmet_usd=float(rng.integers(2500, 6000)),
                )
            )
            self.ways.append(by_lot)
        # In half of the plans a project may be built too: it opens a set of ways, widens the first
        # capacity, and costs.
        self.project = contracts if rng.random() < 0.5 else None
        options, usd = [len(some) for some in steps], [(0.0,) * len(some) for some in steps]
        self.wider, self.project_usd = 40.0, float(rng.integers(0, 20_000))
        if self.project is not None:
            options.append(2)
            usd.append((0.0, self.project_usd))
            wider = [(self.project, 1, self.wider)]
            programs = [
                replace(
                    program,
                    room={(0, month): wider for month in range(self.months)},
                    links=((SETS - 1, (self.project, (1,))),),
                )
                for program in programs
            ]
        self.model = Model(
            programs=tuple(programs),
            weights=tuple(self.chances),
            options=tuple(options),
            risk=self.risk,
            usd=tuple(usd),
        )

    @property
    def sources(self) -> list[Ways]:
        return [Ways(by_lot) for by_lot in self.ways]

    def usd(self, number: int, taken: tuple[int, ...]) -> float:
        """Return what a scenario costs with so much booked: every box to a way and a contract."""
        rows = Rows()
        contracts = taken[: self.project]
        booked: list[dict[int | None, float]] = [
            {None: self._teu(k, n)} for k, n in enumerate(contracts)
        ]
        is_built = self.project is not None and taken[self.project]
        built: dict[int | None, float] = {None: float(is_built)}
        total = self._scenario(rows, number, booked, built)
        within = [*zip(rows.low, rows.high, strict=True)]
        found: Any = linprog(rows.cost_of(total), *rows.inequalities(), bounds=within)
        assert found.success
        return float(found.fun)

    def _teu(self, contract: int, option: int) -> float:
        return self.model.programs[0].spaces[contract].teu[option]

    def _link(
        self, rows: Rows, way: Way, x: int, teu: float, built: dict[int | None, float]
    ) -> None:
        """Let a way of the project be used as far as it is built."""
        if self.project is not None and way.sets >> (SETS - 1) & 1:
            rows.at_most({x: 1.0, **{y: -teu * a for y, a in built.items()}}, 0.0)

    def _scenario(
        self,
        rows: Rows,
        number: int,
        booked: list[dict[int | None, float]],
        built: dict[int | None, float],
    ) -> dict[int | None, float]:
        """Add a scenario; return its cost.

        `booked` is TEU by variable, None for a constant, and `built` the part of the project.
        """
        program = self.model.programs[number]
        cost: dict[int | None, float] = {}
        room: dict[tuple[int, int], dict[int | None, float]] = {}
        spot: list[dict[int | None, float]] = [{} for _ in program.spot]
        filled: dict[tuple[int, int], dict[int | None, float]] = {}
        for n, lot in enumerate(program.lots):
            away = rows.column()
            cost[away] = program.unmet_usd or 0.0
            sent: dict[int | None, float] = {away: -1.0}
            for way in self.ways[number][n]:
                on = [k for k, s in enumerate(program.spaces) if way.sets >> s.member & 1]
                for k in (None, *on):
                    x = rows.column()
                    sent[x] = -1.0
                    cost[x] = way.usd
                    for r, m, amount in way.uses:
                        room.setdefault((r, m), {})[x] = amount
                    self._link(rows, way, x, lot.teu, built)
                    if k is not None:
                        cost[x] -= program.spaces[k].saves_usd[n]
                        filled.setdefault((k, lot.month), {})[x] = 1.0
                        continue
                    for limit, row in zip(program.spot, spot, strict=True):
                        if way.sets >> limit.member & 1 and limit.month == lot.month:
                            row[x] = 1.0
            rows.at_most(sent, -lot.teu)
            rows.at_most({x: -a for x, a in sent.items()}, lot.teu)
        for (r, m), row in room.items():
            if np.isfinite(program.capacity[r, m]):
                if self.project is not None and r == 0:
                    row |= {y: -self.wider * a for y, a in built.items()}
                rows.at_most(row, float(program.capacity[r, m]))
        for limit, row in zip(program.spot, spot, strict=True):
            dearer: dict[int | None, float] = {
                rows.column(most=teu): usd for teu, usd in limit.more
            }
            cost |= dearer
            rows.at_most(row | dict.fromkeys(dearer, -1.0), limit.teu)
        for k, space in enumerate(program.spaces):
            whole: dict[int | None, float] = {}
            for month in range(program.months):
                here = filled.get((k, month), {})
                empty = rows.column()
                row = {**here, **{x: -teu for x, teu in booked[k].items()}}
                rows.at_most(row, 0.0)
                if space.take is None:
                    cost[empty] = space.unused_usd
                    rows.at_most({empty: -1.0, **{x: -a for x, a in row.items()}}, 0.0)
                whole |= here
            if space.take is not None:
                short, least = rows.column(), space.take * program.months
                cost[short] = space.unused_usd
                held = {x: teu * least for x, teu in booked[k].items()}
                rows.at_most({short: -1.0, **dict.fromkeys(whole, -1.0), **held}, 0.0)
        return cost

    def equivalent(self) -> float:
        """Return the optimum of the deterministic equivalent over all routes."""
        rows = Rows()
        picks = [[rows.column(most=1.0) for _ in range(n)] for n in self.model.options]
        for some in picks:
            rows.at_most(dict.fromkeys(some, 1.0), 1.0)
            rows.at_most(dict.fromkeys(some, -1.0), -1.0)
        booked: list[dict[int | None, float]] = [
            {pick: self._teu(k, n) for n, pick in enumerate(some)}
            for k, some in enumerate(picks[: self.project])
        ]
        built: dict[int | None, float] = {}
        if self.project is not None:
            built = {picks[self.project][1]: 1.0}
        whole = sum(map(len, picks))
        edge, tail = rows.column(least=-np.inf), 1.0 - self.risk.level
        measure: dict[int | None, float] = {edge: self.risk.weight}
        measure |= dict.fromkeys(built, self.project_usd)
        for number, chance in enumerate(self.chances):
            cost = self._scenario(rows, number, booked, built)
            for x, usd in cost.items():
                measure[x] = (1.0 - self.risk.weight) * chance * usd
            above = rows.column(most=np.inf if tail > 0.0 else 0.0)
            rows.at_most({**cost, above: -1.0, edge: -1.0}, 0.0)
            if tail > 0.0:
                measure[above] = self.risk.weight * chance / tail
        matrix, most = rows.inequalities()
        found: Any = milp(
            rows.cost_of(measure),
            integrality=[int(x < whole) for x in range(rows.count)],
            bounds=Bounds(np.array(rows.low), np.array(rows.high)),
            constraints=LinearConstraint(matrix, -np.inf, most),
            options={"mip_rel_gap": 0.0},
        )
        assert found.success, found.message
        return float(found.fun)

    def enumerated(self) -> float:
        """Return the least measure of all bookings, each scenario solved alone."""
        return min(
            self.risk.of(self.chances, [self.usd(n, taken) for n in range(len(self.chances))])
            + self.model.usd_of(taken)
            for taken in product(*(range(count) for count in self.model.options))
        )


class Rows:
    """Columns and rows of a programme."""

    def __init__(self) -> None:
        self.low: list[float] = []
        self.high: list[float] = []
        self._rows: list[dict[int | None, float]] = []
        self._most: list[float] = []

    @property
    def count(self) -> int:
        return len(self.low)

    def column(self, *, least: float = 0.0, most: float = np.inf) -> int:
        self.low.append(least)
        self.high.append(most)
        return self.count - 1

    def at_most(self, row: dict[int | None, float], most: float) -> None:
        """Add a row; its constant, of None, goes to the right."""
        self._rows.append({x: a for x, a in row.items() if x is not None})
        self._most.append(most - row.get(None, 0.0))

    def inequalities(self) -> tuple[Any, Any]:
        matrix = np.zeros((len(self._rows), self.count))
        for r, row in enumerate(self._rows):
            for x, a in row.items():
                matrix[r, x] = a
        return matrix, np.array(self._most)

    def cost_of(self, cost: dict[int | None, float]) -> Any:
        found = np.zeros(self.count)
        for x, usd in cost.items():
            if x is not None:
                found[x] = usd
        return found


class DrawnWorks:
    """Projects over two phases: some widen capacities, open ways, or change what ways cost.

    Options are never to open, to open in the last phase, in the one before. Ways of a world are
    there if its projects are built and no others that change costs.
    """

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.phases, count = int(rng.integers(1, 3)), int(rng.integers(1, 5))
        options = range(self.phases + 1)
        apart = [p for p in range(count) if rng.random() < 0.35]
        opening = [p for p in range(count) if p not in apart and rng.random() < 0.6][:SETS]
        self.costs = rng.integers(0, 9, count).tolist()
        weights = [float(rng.integers(1, 6)) for _ in range(self.phases)]
        charges = (10.0 * rng.choice([0, 0, 50, 400], count)).tolist()
        worlds = [frozenset(some) for n in range(len(apart) + 1) for some in combinations(apart, n)]
        cells = [(r, 0) for r in range(RESOURCES)]
        wider = {cell: [(p, float(rng.choice([-20.0, 0.0, 10.0, 40.0]))) for p in range(count)]
                 for cell in cells}  # fmt: skip
        programs, self.sources = [], []
        lots = tuple(Lot(pair=pair, month=0, teu=float(rng.integers(10, 90))) for pair in range(2))
        by_world = [
            Ways(
                [
                    [
                        Way(
                            number=n,
                            usd=float(rng.integers(100, 900)),
                            sets=int(rng.integers(0, 2 ** len(opening))) & int(rng.integers(0, 8)),
                            uses=tuple((r, 0, 1.0) for r in range(RESOURCES) if rng.random() < 0.5),
                        )
                        for n in range(int(rng.integers(2, 6)))
                    ]
                    for _ in lots
                ]
            )
            for _ in worlds
        ]
        capacity = np.array([[float(rng.choice([np.inf, 80.0, 90.0]))] for _ in range(RESOURCES)])
        for phase in range(self.phases):
            is_open = tuple(n for n in options if n >= self.phases - phase)
            shut = tuple(n for n in options if n not in is_open)
            grown = tuple(replace(lot, teu=lot.teu * (1.0 + 0.5 * phase)) for lot in lots)
            first = tuple(self.phases - phase if n in is_open else 0 for n in options)
            programs.append(
                Program(
                    lots=grown,
                    objective_weights=(USD,) * 2,
                    capacity=capacity,
                    sets=SETS,
                    unmet_usd=2_000.0,
                    room={
                        cell: [(p, n, teu) for p, teu in more for n in is_open]
                        for cell, more in wider.items()
                    },
                    links=tuple((member, (p, is_open)) for member, p in enumerate(opening)),
                    worlds=tuple(
                        tuple((p, is_open if p in built else shut) for p in apart)
                        for built in worlds
                    ),
                    alike=(first,) * count,
                )
            )
            self.sources.append(by_world)
        self.model = Model(
            programs=tuple(programs),
            weights=tuple(weights),
            options=(len(options),) * count,
            usd=tuple(
                tuple(usd * sum(weights[self.phases - n :]) for n in options) for usd in charges
            ),
            budgets=tuple(
                Budget(
                    spent=tuple(
                        tuple(cost * float(n >= self.phases - phase) for n in options)
                        for cost in self.costs
                    ),
                    most=float(rng.integers(0, sum(self.costs) + 1)),
                )
                for phase in range(self.phases)
            ),
        )

    def usd(self, number: int, taken: tuple[int, ...]) -> float:
        """Return what a phase costs with projects as decided, over all ways there are then."""
        program, rows = self.model.programs[number], Rows()
        cost: dict[int | None, float] = {}
        room: dict[tuple[int, int], dict[int | None, float]] = {}
        for n, lot in enumerate(program.lots):
            away = rows.column()
            cost[away] = program.unmet_usd or 0.0
            sent: dict[int | None, float] = {away: 1.0}
            for world, source in enumerate(self.sources[number]):
                for way in source.by_lot[n]:
                    needs = list(program.worlds[world])
                    needs += [need for member, need in program.links if way.sets >> member & 1]
                    if any(taken[p] not in some for p, some in needs):
                        continue
                    x = rows.column()
                    cost[x], sent[x] = way.usd, 1.0
                    for r, m, amount in way.uses:
                        room.setdefault((r, m), {})[x] = amount
            rows.at_most({x: -a for x, a in sent.items()}, -lot.teu)
        for cell, row in room.items():
            more = sum(teu for p, n, teu in program.room[cell] if taken[p] == n)
            if np.isfinite(program.capacity[cell]):
                rows.at_most(row, float(program.capacity[cell]) + more)
        found: Any = linprog(
            rows.cost_of(cost), *rows.inequalities(), bounds=[(0.0, None)] * rows.count
        )
        assert found.success
        return float(found.fun)

    def enumerated(self) -> float:
        """Return the least cost of all schedules within the budgets."""
        return min(
            sum(w * self.usd(n, taken) for n, w in enumerate(self.model.weights))
            + self.model.usd_of(taken)
            for taken in product(*(range(count) for count in self.model.options))
            if all(budget.affords([(n,) for n in taken]) for budget in self.model.budgets)
        )
