"""The candidates of a simulation: routes that are best in some draw, learned by exact searches.

No fixed list of routes holds the best of every draw: where trains are dear a ship calls elsewhere.
So searches in a training sample add what they find. Each batch of draws first tests the pool, then
adds to it, until two batches in a row have missed little.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corridors.domain.objective import Objective
from corridors.domain.scenario import OTHER
from corridors.network.states.topology import ArcKind, Topology
from corridors.routing.corridor_search import SearchedCorridor
from corridors.routing.drawn_route import DrawnWorlds, RouteDraws
from corridors.routing.terms import DatedRoute
from corridors.uncertainty.searches import DrawnQuestion
from corridors.units import CENTS_PER_USD, GRAMS_PER_KG, MINUTES_PER_DAY

FloatArray = npt.NDArray[np.float64]
BATCH = 8
MOST_BATCHES = 12
# A batch passes if the pool misses no more than this share of the best, on average and at most.
MEAN_MISS, GREATEST_MISS = 0.001, 0.01


class RouteKey(NamedTuple):
    """What tells booked routes apart: corridor, arcs in the network, days of waiting."""

    corridor: str
    arcs: tuple[int, ...]
    wait_days: int


class Miss(NamedTuple):
    """By how much of the best value a pool missed it in fresh draws: on average and at most.

    `searches` is how many it was compared with.
    """

    mean: float
    greatest: float
    searches: int


@dataclass(slots=True)
class Pool:
    """Routes by key with what is noted of each, in the order in which they were found.

    `note` makes what is noted of a route of a search. `misses` are those of the batches.
    """

    note: Callable[[SearchedCorridor, DatedRoute], object]
    routes: dict[RouteKey, object] = field(default_factory=dict)
    misses: list[Miss] = field(default_factory=list)

    def add(self, found: SearchedCorridor, route: DatedRoute) -> RouteKey:
        """Add a route of a search, and return its key."""
        arcs = tuple(found.problem.base[list(route.arcs)].tolist())
        key = RouteKey(found.corridor.id, arcs, route.wait_days)
        if key not in self.routes:
            self.routes[key] = self.note(found, route)
        return key


def runs_each_service(topology: Topology, arcs: Iterable[int]) -> bool:
    """Return whether a route runs a leg on every service that it boards.

    With independent draws a search may load a train only to change to a ship at the same terminal,
    where that costs less than loading the ship: a loophole that nobody sells.
    """
    boarded = False
    for arc in arcs:
        if topology.kind[arc] == ArcKind.LEG:
            boarded = False
        elif boarded:
            return False
        else:
            boarded = topology.kind[arc] != ArcKind.UNLOAD
    return True


def figure_of(
    objective: Objective, draws: RouteDraws, *, quoted: bool, value_of_time: float
) -> FloatArray:
    """Return by draw the objective of a route, infinite where it is closed."""
    money = draws.price if quoted else draws.cost
    aim = objective.aim
    day = aim.days + value_of_time * aim.value_of_time
    found = aim.usd * money + day * draws.minutes / MINUTES_PER_DAY
    return np.where(draws.is_open, found + aim.kg * np.where(draws.is_open, draws.kg, 0.0), np.inf)


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    """Teaches a pool by searches in the draws of a question.

    `numbers` are the corridors searched; `free` is that of any route, None to leave it out.
    """

    drawn: DrawnQuestion
    worlds: DrawnWorlds
    numbers: tuple[int, ...]
    free: int | None
    objective: Objective
    value_of_time: float
    _figures: dict[RouteKey, RouteDraws] = field(default_factory=dict, repr=False)

    def draws_of(self, pool: Pool) -> dict[RouteKey, RouteDraws]:
        """Return what the routes of a pool take in the training draws."""
        for key in pool.routes:
            if key not in self._figures:
                self._figures[key] = self.worlds.route(key.arcs, wait_days=key.wait_days)
        return self._figures

    def learn(
        self,
        pool: Pool,
        *,
        batch: int = BATCH,
        most_batches: int = MOST_BATCHES,
        told: Callable[[int, int], None] = lambda _done, _of: None,
    ) -> None:
        """Add the best routes of batches of draws until two in a row miss little.

        `told` is called with the batches done and their greatest number.
        """
        passed = 0
        most = min(most_batches, self.drawn.groups.count // batch)
        for number in range(most):
            told(number, most)
            miss = self.test(pool, range(number * batch, (number + 1) * batch), teach=True)
            pool.misses.append(miss)
            good = miss.mean < MEAN_MISS and miss.greatest < GREATEST_MISS
            passed = passed + 1 if good else 0
            if passed == 2:
                return

    def test(self, pool: Pool, draws: Sequence[int], *, teach: bool) -> Miss:
        """Return what the pool misses in some draws; with `teach` their best routes are added.

        Every second draw is searched by what is quoted, the others by cost.
        """
        shares: list[float] = []
        known = dict(self.draws_of(pool))
        numbers = (*self.numbers, *(() if self.free is None else (self.free,)))
        for draw in draws:
            quoted = draw % 2 == 1
            least: dict[str, float] = {}
            for key, figures in known.items():
                at = self._at(figures, draw, quoted=quoted)
                least[key.corridor] = min(at, least.get(key.corridor, np.inf))
            for one in self.drawn.searched(draw, quoted=quoted, numbers=numbers):
                if one.best is None:
                    continue
                route = one.best
                arcs = one.problem.base[list(route.arcs)].tolist()
                exact = self._exact(route)
                is_free = one.corridor.id == OTHER
                if is_free and exact > min(least.values(), default=np.inf) - 0.01:
                    continue
                if runs_each_service(self.drawn.question.bundle.topology, arcs):
                    missed = least.get(one.corridor.id, np.inf) - exact
                    if not is_free:
                        shares.append(max(min(missed / exact, 1.0), 0.0) if exact > 0.0 else 0.0)
                    if teach:
                        pool.add(one, route)
                one.rest()
        return Miss(
            mean=float(np.mean(shares)) if shares else 0.0,
            greatest=max(shares, default=0.0),
            searches=len(shares),
        )

    def _at(self, figures: RouteDraws, draw: int, *, quoted: bool) -> float:
        if not figures.is_open[draw]:
            return np.inf
        money = figures.price if quoted else figures.cost
        return self.objective.figure(
            float(money[draw]),
            float(figures.minutes[draw]) / MINUTES_PER_DAY,
            float(figures.kg[draw]),
            self.value_of_time,
        )

    def _exact(self, route: DatedRoute) -> float:
        return self.objective.figure(
            route.cents / CENTS_PER_USD,
            route.minutes / MINUTES_PER_DAY,
            route.grams / GRAMS_PER_KG,
            self.value_of_time,
        )
