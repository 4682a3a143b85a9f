"""The time-expanded network of a corridor: routes by the minute, waits included.

Every minute is tried, and no departure of the search is used. Three facts keep the network small.

A wait costs the same wherever it is spent. One before the first arc that changes with the day is
therefore at the origin, and one after it ends with a way to the next such arc; a wait that no such
arc follows costs and serves nothing.

A state from which no route of the cost in question leads on is left out. The bound of `Leaving`
says so by place and time; it is asked of the problem in phases, so that it knows whether a route
may still wait.

On ways that change nothing, all routes that wait at the origin are followed backwards, from the
minutes at which an arc that changes is still worth entering.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from corridors.optimise.ways import Figures, Ways, Work, arcs_of, run
from corridors.routing.dated.bounds import UNREACHABLE
from corridors.routing.dated.prepared import Leaving, bounded, from_source, leaving
from corridors.routing.problem import BY_ARC, SINK, SOURCE, Problem, dated_ahead
from corridors.routing.terms import Terms
from corridors.units import MINUTES_PER_DAY

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
# A state of a route that may go on and wait as it likes, and of one that has waited and must come
# to an arc that changes with the day. Others hold the number of their way.
FREE, TO_CHANGE = -1, -2
# Moves are tried one by one, so closer bounds than those of the search pay.
SPAN_MINUTES = 60
# Node, clock, minutes waited, and its way or what it may do.
State = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """An arc, or a wait (arc -1), to a state."""

    to: State
    cents: int
    minutes: int
    arc: int


@dataclass(frozen=True, slots=True)
class Network:
    """Arcs of the time-expanded network from node 0 to node 1, with the arcs that they run."""

    tail: list[int] = field(default_factory=list)
    head: list[int] = field(default_factory=list)
    cents: list[int] = field(default_factory=list)
    minutes: list[int] = field(default_factory=list)
    arc: list[int] = field(default_factory=list)


def in_phases(problem: Problem) -> Problem:
    """Return the problem with each node three times: going on freely, waiting, and having waited.

    Node n waits as n + `node_count` and has waited as n + 2 `node_count`, until an arc that changes
    with the day. The sink is reached freely or by such an arc.
    """
    nodes = problem.node_count
    changes = np.array([*(bool(days) for days in problem.change_days), False])[problem.profile]
    places = np.flatnonzero(problem.waits & dated_ahead(problem))
    places = np.union1d(places, [SOURCE])
    every = np.arange(problem.base.shape[0])
    after = every[changes | (problem.head != SINK)]
    joins = np.full(2 * places.shape[0], -1)
    arcs = np.concatenate([every, joins, after])
    beyond = problem.head[after] + np.where(changes[after], 0, 2 * nodes)
    tail = np.concatenate([problem.tail, places, places + nodes, problem.tail[after] + 2 * nodes])
    head = np.concatenate([problem.head, places + nodes, places + 2 * nodes, beyond])
    order = np.argsort(tail, kind="stable")
    arrays: dict[str, Any] = {}
    for name in ("number", *BY_ARC):
        joined = -1 if name in ("leg", "profile") else 0
        arrays[name] = np.where(arcs < 0, joined, getattr(problem, name)[arcs])[order]
    waits = np.zeros(3 * nodes, bool)
    waits[places + nodes] = True
    return replace(
        problem,
        **arrays,
        first_arc=np.searchsorted(tail[order], np.arange(3 * nodes + 1)),
        tail=tail[order],
        head=head[order],
        waits=waits,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Lower bounds in cents of what is left to the sink, by place, phase and time.

    `by_span` is those of `leaving` when a route is at a node and may wait there.
    """

    nodes: int
    leaving: Leaving
    by_span: list[list[float]]

    def at(self, node: int, clock: int) -> float:
        """Return the bound of a node of the problem in phases at a minute."""
        since = clock - self.leaving.begin
        row = self.by_span[node]
        return row[min(since // self.leaving.span, len(row) - 1)] - since * (
            self.leaving.cents_per_minute
        )

    def having_waited(self, node: int, clocks: IntArray) -> npt.NDArray[np.float64]:
        """Return the bounds of a node at minutes on the way to an arc that changes."""
        return self.leaving.at(np.full(clocks.shape[0], node + 2 * self.nodes), clocks)


def what_is_left(problem: Problem, terms: Terms, most_cents: int) -> Left:
    """Return the bounds of a problem for routes of at most some cents."""
    phases = in_phases(problem)
    near = from_source(phases, fast=True, criteria=1)[0]
    far = bounded(phases, fast=True, criteria=1).bounds[0]
    phases = phases.only(near[phases.tail] + phases.low_cents + far[phases.head] <= most_cents)
    far = np.where(near + far <= most_cents, far, UNREACHABLE)
    # The bounds are asked for at every minute from the first one on.
    at_once = np.full(phases.node_count, terms.begin, np.int64)
    by_time = leaving(
        phases, far, at_once, terms, terms.last_minute(problem), fast=True, span=SPAN_MINUTES
    )
    return Left(
        nodes=problem.node_count,
        leaving=by_time,
        by_span=by_time.of_being_there.tolist(),
    )


class Expanded:
    """Moves of the time-expanded network: routes of at most some cents.

    Parameters
    ----------
    problem
        The corridor, of which some arcs may be left out.
    terms
        When it starts and how long it may wait.
    left
        Bounds of the corridor with all its arcs.
    most_cents
        Upper limit of the cost.
    step
        Waits last multiples of these minutes.
    work
        Moves that may still be tried.
    """

    def __init__(
        self,
        problem: Problem,
        terms: Terms,
        *,
        left: Left,
        most_cents: int,
        step: int,
        work: Work,
    ) -> None:
        self._problem, self._left, self._work = problem, left, work
        self._most, self._begin = most_cents, terms.begin
        self._latest = terms.last_minute(problem)
        self._longest = int(terms.max_wait_days * MINUTES_PER_DAY)
        self._heads = problem.head.tolist()
        self._dated = dated_ahead(problem).tolist()
        self._waits = problem.waits.tolist()
        still = bounded(problem, fast=True, criteria=1).bounds[0].tolist()
        # Not by time: a way that finds a gate closed bars others all the same.
        self._ways = Ways(
            problem,
            terms.begin,
            lambda node, clock, cents: clock <= self._latest and cents + still[node] <= most_cents,
            work,
        )
        self._changing = [
            [arc for arc in arcs_of(problem, node) if self._ways.changes[arc]]
            for node in range(problem.node_count)
        ]
        self._wait = np.arange(step, self._longest + 1, step)
        self._paid = -(-self._wait * problem.wait_cents_per_day // MINUTES_PER_DAY)
        self._entries: list[dict[int, list[Move]]] = [{} for _ in self._ways.static]
        self._useful = self._useful_waits()

    def network(self) -> Network:
        """Return the network of all states that a route of at most the cost may meet."""
        made = Network()
        first: State = (SOURCE, self._begin, 0, 0)
        index = {first: 0}
        queue: list[tuple[int, State]] = [(0, first)]
        done: set[State] = set()
        while queue:
            spent, state = heapq.heappop(queue)
            if state in done:
                continue
            done.add(state)
            for move in self._moves(state, spent):
                at = 1
                if move.to[0] != SINK:
                    # Node 1 is the sink, whatever the time.
                    at = index.setdefault(move.to, len(index) + 1)
                    heapq.heappush(queue, (spent + move.cents, move.to))
                made.tail.append(index[state])
                made.head.append(at)
                made.cents.append(move.cents)
                made.minutes.append(move.minutes)
                made.arc.append(move.arc)
        return made

    def _moves(self, state: State, spent: int) -> Iterator[Move]:
        """Return the moves of a state by which a route may stay within the cost."""
        node, clock, waited, number = state
        if number >= 0 and waited:
            yield from self._on_its_way(state)
            return
        arcs: Iterator[tuple[int, int]] | list[tuple[int, int]]
        if number >= 0:
            arcs = self._ways.at_once[number].following
            if node == SOURCE:
                yield from self._leaving_later()
            may_wait = node != SOURCE and not self._ways.at_once[number].static
        else:
            arcs = self._onwards(node, number)
            may_wait = number == FREE
        if may_wait and self._waits[node] and self._dated[node]:
            yield from self._waiting(state, spent)
        for arc, then in arcs:
            self._work.spend(1)
            move = self._run(arc, clock, waited, then)
            if move is not None and self._pays(move, spent + move.cents):
                yield move

    def _onwards(self, node: int, number: int) -> Iterator[tuple[int, int]]:
        """Return the arcs of a state off the ways, with what it may do after each."""
        for arc in arcs_of(self._problem, node):
            if number == FREE or self._ways.changes[arc]:
                yield arc, FREE
            elif self._heads[arc] != SINK:
                yield arc, TO_CHANGE

    def _run(self, arc: int, clock: int, waited: int, then: int) -> Move | None:
        """Return the move by an arc, None where it is closed."""
        took = run(self._problem, arc, clock)
        if took is None:
            return None
        head = self._heads[arc]
        # Where nothing ahead changes, how long it has waited makes no difference.
        counts = then != FREE or self._dated[head]
        return _move((head, clock + took[0], waited if counts else 0, then), took, arc)

    def _pays(self, move: Move, spent: int) -> bool:
        """Return whether a route that spent some cents until the end of a move may be wanted."""
        node, clock, waited, number = move.to
        if clock > self._latest:
            return False
        if node == SINK:
            return spent <= self._most
        waiting = number == TO_CHANGE or (number >= 0 and waited > 0)
        phase = 2 * self._left.nodes if waiting else 0
        return spent + self._left.at(node + phase, clock) <= self._most

    def _waiting(self, state: State, spent: int) -> Iterator[Move]:
        """Return the waits of a state on its way."""
        node, clock, waited, _ = state
        if spent + self._left.at(node + self._left.nodes, clock) > self._most:
            return
        few = np.searchsorted(
            self._wait, min(self._longest - waited, self._latest - clock), "right"
        )
        wait, paid = self._wait[:few], self._paid[:few]
        good = spent + paid + self._left.having_waited(node, clock + wait) <= self._most
        self._work.spend(int(good.sum()))
        for minutes, cents in zip(wait[good].tolist(), paid[good].tolist(), strict=True):
            to = (node, clock + minutes, waited + minutes, TO_CHANGE)
            yield Move(to=to, cents=cents, minutes=minutes, arc=-1)

    def _leaving_later(self) -> Iterator[Move]:
        """Return the waits at the origin."""
        good = self._useful[0]
        for minutes, cents in zip(
            self._wait[good].tolist(), self._paid[good].tolist(), strict=True
        ):
            to = (SOURCE, self._begin + minutes, minutes, 0)
            yield Move(to=to, cents=cents, minutes=minutes, arc=-1)

    def _on_its_way(self, state: State) -> Iterator[Move]:
        """Return the moves of a state that waited at the origin and met no change."""
        _, clock, waited, number = state
        place = int(np.searchsorted(self._wait, waited))
        for arc, then in self._ways.static[number].following:
            if self._heads[arc] != SINK and self._useful[then][place]:
                move = self._run(arc, clock, waited, then)
                if move is not None:
                    yield move
        yield from self._entries[number].get(place, ())

    def _useful_waits(self) -> list[BoolArray]:
        """Return by static way whether a route may go on from it after each wait at the origin.

        The moves by which it then meets an arc that changes are kept.
        """
        useful = [np.zeros(self._wait.shape[0], bool) for _ in self._ways.static]
        for number in reversed(range(len(useful))):
            way = self._ways.static[number]
            for arc, then in way.following:
                if self._heads[arc] != SINK:
                    useful[number] |= useful[then]
            if self._changing[way.node]:
                for place in self._worth_entering(way.node, way.figures):
                    moves = self._entering(way.node, way.figures, place)
                    if moves:
                        self._entries[number][place] = moves
                        useful[number][place] = True
        return useful

    def _worth_entering(self, node: int, figures: Figures) -> list[int]:
        """Return the waits at the origin after which it may pay to go on from the end of a way."""
        clocks = figures[0] + self._wait
        least = figures[1] + self._paid + self._left.having_waited(node, clocks)
        return np.flatnonzero((clocks <= self._latest) & (least <= self._most)).tolist()

    def _entering(self, node: int, figures: Figures, place: int) -> list[Move]:
        """Return the moves by arcs that change, from the end of a way after a wait."""
        wait, spent = int(self._wait[place]), int(self._paid[place]) + figures[1]
        self._work.spend(len(self._changing[node]))
        moves = [self._run(arc, figures[0] + wait, wait, FREE) for arc in self._changing[node]]
        return [move for move in moves if move and self._pays(move, spent + move.cents)]


def _move(to: State, took: Figures, arc: int) -> Move:
    return Move(to=to, cents=took[1], minutes=took[2], arc=arc)
