"""Small dated networks for hypothesis, and their routes by exhaustive enumeration.

Durations are multiples of `GRID` minutes, kilometres and paces such that ice arcs keep to whole
minutes, prices such that every sum is whole: so no rounding hides a difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from corridors.routing.problem import BY_ARC, SINK, SOURCE, Problem
from corridors.routing.terms import Terms

GRID = 360
ENTRY_PACES = (0.0, 60.0, 120.0)
THROUGH_PACES = (60.0, 120.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """How a profile stands on some days; `pace` -1 where it is closed."""

    pace: float
    cents_per_km: float
    fixed_cents: float
    grams_per_km: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A drawn profile: its regime of each day."""

    regimes: tuple[Regime, ...]
    through: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Arc:
    """A drawn arc; `place` -1 if it comes to none, `profile` -1 if no date changes it."""

    tail: int
    head: int
    clock: int
    before: int
    cents: int
    grams: int
    km: float
    place: int
    profile: int


def problem_of(
    arcs: Sequence[Arc],
    profiles: Sequence[Dated],
    nodes: int,
    *,
    wait_cents_per_day: int,
    days: int,
) -> Problem:
    """Return the arrays of drawn arcs, in CSR order by tail."""
    arcs = sorted(arcs, key=lambda arc: arc.tail)
    first_arc = np.searchsorted([arc.tail for arc in arcs], np.arange(nodes + 1))

    def matrix(name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        made = np.zeros((len(profiles), days))
        for row, dated in enumerate(profiles):
            made[row] = [getattr(regime, name) for regime in dated.regimes]
        return made

    def least(arc: Arc, name: str, fixed: str = "") -> int:
        if arc.profile < 0:
            return 0
        regimes = [r for r in profiles[arc.profile].regimes if r.pace >= 0.0]
        lowest_fixed = min(getattr(r, fixed) for r in regimes) if fixed else 0.0
        return int(lowest_fixed + arc.km * min(getattr(r, name) for r in regimes))

    count = len(arcs)
    changes = [
        tuple(day for day in range(1, days) if dated.regimes[day] != dated.regimes[day - 1])
        for dated in profiles
    ]
    minutes = [arc.clock + arc.before for arc in arcs]
    return Problem(
        first_arc=first_arc.astype(np.int64),
        number=np.arange(count),
        tail=np.array([arc.tail for arc in arcs], np.int64),
        head=np.array([arc.head for arc in arcs], np.int64),
        base=np.arange(count),
        place=np.array([arc.place for arc in arcs], np.int32),
        km=np.array([arc.km for arc in arcs], float),
        minutes=np.array(minutes, np.int64),
        clock=np.array([arc.clock for arc in arcs], np.int64),
        cents=np.array([arc.cents for arc in arcs], np.int64),
        grams=np.array([arc.grams for arc in arcs], np.int64),
        profile=np.array([arc.profile for arc in arcs], np.int64),
        interval=np.zeros(count, np.int64),
        lane=np.zeros(count, np.int64),
        lanes=(),
        more_cents=0,
        minutes_per_km=matrix("pace"),
        cents_per_km=matrix("cents_per_km"),
        grams_per_km=matrix("grams_per_km"),
        fixed_cents=matrix("fixed_cents"),
        fixed_grams=np.zeros((len(profiles), days)),
        through=np.array([dated.through for dated in profiles], bool),
        change_days=tuple(changes),
        low_minutes=np.array(
            [m + least(a, "pace") for m, a in zip(minutes, arcs, strict=True)], np.int64
        ),
        low_cents=np.array(
            [a.cents + least(a, "cents_per_km", "fixed_cents") for a in arcs], np.int64
        ),
        low_grams=np.array([a.grams + least(a, "grams_per_km") for a in arcs], np.int64),
        wait_cents_per_day=wait_cents_per_day,
    )


@st.composite
def _profiles(draw: st.DrawFn, days: int, *, through: bool) -> Dated:
    """Draw a profile in runs of days; at least one day is open."""
    regime = st.builds(
        Regime,
        pace=st.sampled_from(THROUGH_PACES if through else ENTRY_PACES),
        cents_per_km=st.sampled_from((0.0, 120.0, 480.0)),
        fixed_cents=st.sampled_from((0.0, 600.0, 9000.0)),
        grams_per_km=st.sampled_from((0.0, 120.0)),
    )
    shut = Regime(pace=-1.0, cents_per_km=0.0, fixed_cents=0.0, grams_per_km=0.0)
    palette = [draw(regime), draw(regime), shut]
    drawn = st.integers(0, days - 1), st.integers(1, 4)
    day = draw(drawn[1]) % days
    regimes = [palette[0]] * day
    while len(regimes) < days:
        regimes += [palette[draw(st.integers(0, 2))]] * draw(drawn[1])
    regimes = regimes[:days]
    if draw(st.booleans()):
        regimes.reverse()
    return Dated(regimes=tuple(regimes or palette[:1]), through=through)


def _entered(tail: int, head: int, at_place: int) -> int:
    """Return the place that an arc leads to, -1 if it stays at one; each has so many nodes."""
    stays = head == SINK or (tail != SOURCE and tail // at_place == head // at_place)
    return -1 if stays else head // at_place


@st.composite
def problems(
    draw: st.DrawFn, *, dated: bool = True, through: bool = True, most_nodes: int = 7
) -> Problem:
    """Draw a network: a chain from source to sink, and arcs across it, some both ways.

    A place has one node or two.

    Parameters
    ----------
    dated
        Whether some arcs change with the day.
    through
        Whether some of these must stay open, at a speed that changes, until they are done.
    most_nodes
        How many nodes there are at most, source and sink included.
    """
    nodes = draw(st.integers(4, most_nodes))
    days = draw(st.integers(6, 12))
    kinds = draw(st.lists(st.booleans(), min_size=1, max_size=3)) if dated else []
    profiles = [draw(_profiles(days, through=through and kind)) for kind in kinds]
    inner = list(range(2, nodes))
    chain = [SOURCE, *draw(st.permutations(inner)), SINK]
    pairs = list(pairwise(chain))
    others = st.tuples(st.sampled_from([SOURCE, *inner]), st.sampled_from([SINK, *inner])).filter(
        lambda pair: pair[0] != pair[1]
    )
    pairs += draw(st.lists(others, max_size=12 - len(pairs)))
    arcs: list[Arc] = []
    at_place = draw(st.integers(1, 2))
    for tail, head in pairs:
        profile = draw(st.integers(-1, len(profiles) - 1))
        at_source = tail == SOURCE
        arc = Arc(
            tail=tail,
            head=head,
            clock=GRID * draw(st.integers(0 if profile >= 0 or at_source else 1, 6)),
            before=GRID * draw(st.integers(0, 4)) if at_source else 0,
            cents=100 * draw(st.integers(0, 60)),
            grams=draw(st.integers(0, 3)) * 1000,
            km=6.0 * draw(st.integers(1, 8)),
            place=_entered(tail, head, at_place),
            profile=profile,
        )
        arcs.append(arc)
        if len(arcs) < 14 and not at_source and head != SINK and draw(st.booleans()):
            back = _entered(head, tail, at_place)
            arcs.append(replace(arc, tail=head, head=tail, place=back))
    return problem_of(
        arcs,
        profiles,
        len(inner) + 2,
        wait_cents_per_day=draw(st.sampled_from((0, 1440, 4 * 1440))),
        days=days,
    )


def passing(problem: Problem, place: int) -> Problem:
    """Return a network in two layers, before and after an inner node is reached, as a corridor is.

    The node lies in the second layer only, and so do the arcs into the sink. A place may be met in
    one layer and again in the other.
    """
    shift = problem.node_count - 2
    tail, head = problem.tail, problem.head
    before = np.flatnonzero((head != SINK) & (tail != place))
    after = np.flatnonzero(tail != SOURCE)
    arcs = np.concatenate([before, after])
    entered = np.where(head[before] == place, place + shift, head[before])
    beyond = np.where(head[after] == SINK, SINK, head[after] + shift)
    tails = np.concatenate([tail[before], tail[after] + shift])
    heads = np.concatenate([entered, beyond])
    order = np.argsort(tails, kind="stable")
    arcs, tails, heads = arcs[order], tails[order], heads[order]
    arrays = {name: getattr(problem, name)[arcs] for name in BY_ARC}
    return replace(
        problem,
        **arrays,
        of_arcs={},
        number=np.arange(arcs.shape[0]),
        first_arc=np.searchsorted(tails, np.arange(problem.node_count + shift + 1)),
        tail=tails,
        head=heads,
    )


@st.composite
def corridors(
    draw: st.DrawFn, *, dated: bool = True, through: bool = True, most_nodes: int = 6
) -> Problem:
    """Draw a network whose routes must pass one of its inner nodes."""
    problem = draw(problems(dated=dated, through=through, most_nodes=most_nodes))
    return passing(problem, draw(st.integers(2, problem.node_count - 1)))


@st.composite
def terms(draw: st.DrawFn) -> Terms:
    """Draw when a search starts and how long it may wait; waits are tried wherever they help."""
    return Terms(
        start_day=draw(st.integers(0, 2)),
        max_wait_days=draw(st.sampled_from((0.0, 0.5, 1.0, 2.0, 3.0))),
        fast=False,
        longest_round=1e6,
    )


@st.composite
def two_closures(draw: st.DrawFn) -> Problem:
    """Draw a network in which a gate closes before another one, further on, opens.

    Every route passes both; between them lie ways of several lengths and prices, so that some
    reach the second gate in time and others too early.
    """
    days = draw(st.integers(8, 12))
    closes = draw(st.integers(1, 4))
    opens = draw(st.integers(closes, days - 2))
    gates = (range(closes), range(opens, days))
    profiles = [
        Dated(
            regimes=tuple(
                Regime(
                    pace=0.0 if day in open_days else -1.0,
                    cents_per_km=0.0,
                    fixed_cents=float(100 * draw(st.integers(0, 3))),
                    grams_per_km=0.0,
                )
                for day in range(days)
            ),
            through=False,
        )
        for open_days in gates
    ]
    before, between, after = 2, 3, 4
    pairs = [(SOURCE, before, -1)] * draw(st.integers(1, 3))
    pairs += [(before, between, 0)]
    pairs += [(between, after, -1)] * draw(st.integers(1, 4))
    pairs += [(after, SINK, 1)]
    arcs = [
        Arc(
            tail=tail,
            head=head,
            clock=GRID * draw(st.integers(1, 16)) if profile < 0 else 0,
            before=0,
            cents=100 * draw(st.integers(0, 60)),
            grams=1000 * draw(st.integers(0, 3)),
            km=1.0,
            place=number,
            profile=profile,
        )
        for number, (tail, head, profile) in enumerate(pairs)
    ]
    rate = draw(st.sampled_from((0, 1440, 4 * 1440)))
    return problem_of(arcs, profiles, 5, wait_cents_per_day=rate, days=days)
