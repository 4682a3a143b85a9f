"""The arrays of a corridor that label setting and OR-Tools solve: layers with weights.

See docs/explanation/how-it-works.md for a table of such arcs.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from corridors.arrays import BoolArray, FloatArray, IntArray, SmallArray
from corridors.costing.market import AMOUNT
from corridors.costing.pace import ByDay, travel
from corridors.engine import plain
from corridors.errors import ParameterError
from corridors.network.corridor import OF_ENDS
from corridors.network.graph.reach import by_node, first_arcs
from corridors.units import CENTS_PER_USD, MINUTES_PER_DAY

if TYPE_CHECKING:
    from corridors.costing.weights import Weights
    from corridors.network.corridor import Layered
    from corridors.network.states.topology import Topology


# The arrays that the search reads, and the labels that it makes.

# Columns of a label. The clock counts minutes from the midnight that the profiles begin with;
# minutes, cents and grams are those of the whole way.
NODE = 0
CLOCK = 1
CENTS = 2
MINUTES = 3
GRAMS = 4
# The label before it, -1 at the source, and the arc from there.
BEFORE = 5
ARC = 6
# The next label in the list of its node.
NEXT = 7
STATE = 8
# Bits of the tracked places and nodes that the way has met, and of sets of arcs.
MET = 9
SETS = 10
COLUMNS = 11
# States of a label.
OPEN, SETTLED, DOMINATED = 0, 1, 2
FIRST_LABELS = 1024


class Arcs(NamedTuple):
    """Arcs of a problem by tail: those of node n are `first[n]` to `first[n + 1]`.

    Figures are without what `profile` adds by day; -1 is no profile.
    """

    first: Any
    head: Any
    minutes: Any
    clock: Any
    cents: Any
    grams: Any
    km: Any
    profile: Any


def new_labels() -> Any:
    """Return room for labels, none of them made."""
    return np.zeros((FIRST_LABELS, COLUMNS), np.int64)


def grown(labels: Any) -> Any:
    """Return the labels with room for as many more."""
    larger = np.zeros((2 * labels.shape[0], COLUMNS), np.int64)
    for label in range(labels.shape[0]):
        for column in range(COLUMNS):
            larger[label, column] = labels[label, column]
    return larger


SOURCE, SINK = 0, 1
# Attributes of an arc that do not depend on its position in the problem.
BY_ARC = (
    *("base", "place", "km", "interval", "lane"),
    *("minutes", "clock", "cents", "grams", "profile"),
    *("low_minutes", "low_cents", "low_grams"),
)
BY_TRIP = ("trip", "timed")
BY_HEAD = "by_head"
# Attributes that depend on the layers and the usable arcs alone.
BY_SHAPE = (
    *("first_arc", "number", "tail", "head", "base", "place", "km", "interval"),
    *("lane", "lanes", "closes"),
)
# For figures that no kernel reads: a comparison keeps tens of problems in memory.
Made = TypeVar("Made")


class Least(NamedTuple):
    """The least weights of arcs over all days."""

    minutes: IntArray
    cents: IntArray
    grams: IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Arrays of one corridor; arcs in CSR order by tail, node 0 the source, 1 the sink.

    `number` is the index of an arc in the full problem and survives cutting; `base` its arc in the
    topology; `place` the place that a route comes to by it, else -1: no route comes to one twice.
    `interval` has the minutes between departures of the line that it boards, else 0, or minus the
    ordinal of the only day on which that leaves; `lane` the
    number in `lanes` of the lane that it pays, from 1 on, else 0. Since an amount may be below 0,
    `cents` hold `more_cents` more where one is paid: every way pays one, and routes do without it.
    `trip` is by arc the trip of a timetable that it is on, boards or leaves, else -1; `timed` the
    minutes that it takes by it (see `Layered.timed_at`); `closes` has by trip the ordinal of the
    last day on which boxes catch it. All are None without a timetable.
    Profile matrices are (profile, day). `low_*` are the least values of an arc over all days, for
    bounds.
    """

    first_arc: IntArray
    number: IntArray
    tail: IntArray
    head: IntArray
    base: IntArray
    place: SmallArray
    km: FloatArray
    minutes: IntArray
    clock: IntArray
    cents: IntArray
    grams: IntArray
    profile: IntArray
    interval: IntArray
    lane: IntArray
    lanes: tuple[str, ...]
    more_cents: int
    minutes_per_km: FloatArray
    cents_per_km: FloatArray
    grams_per_km: FloatArray
    fixed_cents: FloatArray
    fixed_grams: FloatArray
    through: BoolArray
    change_days: tuple[tuple[int, ...], ...]
    low_minutes: IntArray
    low_cents: IntArray
    low_grams: IntArray
    wait_cents_per_day: int
    trip: IntArray | None = None
    timed: IntArray | None = None
    closes: IntArray | None = None
    # Shared by problems with the same arcs and nodes.
    of_arcs: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)
    _known: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what follows from the arrays alone, made when it is first asked for."""
        if key not in self._known:
            self._known[key] = make()
        found: Made = self._known[key]
        return found

    def for_arcs(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what problems with the same arcs and nodes share, made when first asked for."""
        if key not in self.of_arcs:
            self.of_arcs[key] = make()
        found: Made = self.of_arcs[key]
        return found

    def once_for(self, key: Hashable, weight: IntArray, make: Callable[[IntArray], Made]) -> Made:
        """Return what follows from the arcs and one of their weights alone.

        The last one made for the same arcs is taken over if its weight is the same: a price changes
        no minutes.
        """

        def taken() -> Made:
            kept = self.of_arcs.get(key)
            if kept is None or not np.array_equal(kept[0], weight):
                kept = self.of_arcs[key] = weight, make(weight)
            found: Made = kept[1]
            return found

        return self.once(key, taken)

    def reweighed(self, **changed: Any) -> Problem:
        """Return the problem with other weights on the same arcs, profiles and nodes."""
        return replace(self, **changed)

    def by_head(self) -> tuple[IntArray, IntArray, IntArray]:
        """Return the arcs in CSR order by head: of each node the first, their tails and numbers."""

        def sort() -> tuple[IntArray, IntArray, IntArray]:
            first, order = by_node(self.head, self.node_count)
            return first, self.tail[order], order

        return self.for_arcs(BY_HEAD, sort)

    @property
    def node_count(self) -> int:
        """Number of nodes."""
        return int(self.first_arc.shape[0] - 1)

    @property
    def days(self) -> int:
        """Number of days that the profiles cover."""
        return int(self.minutes_per_km.shape[1])

    @property
    def by_day(self) -> ByDay:
        """The figures of the profiles."""
        return ByDay(*(getattr(self, name) for name in ByDay._fields))

    def arcs(self, *, fast: bool) -> Arcs:
        """Return the arcs for code that is compiled if `fast`, else run as Python."""
        return Arcs(
            first=plain(self.first_arc, fast),
            head=plain(self.head, fast),
            minutes=plain(self.minutes, fast),
            clock=plain(self.clock, fast),
            cents=plain(self.cents, fast),
            grams=plain(self.grams, fast),
            km=self.km,
            profile=plain(self.profile, fast),
        )

    def travel(self, arc: int, start: int) -> tuple[int, int, int]:
        """Return the minutes, cents and grams that the profile of an arc adds at a start minute.

        Minutes are -1 if the arc is closed then; an arc without a profile adds nothing.
        """
        profile = int(self.profile[arc])
        if profile < 0:
            return 0, 0, 0
        return travel(profile, float(self.km[arc]), start, self.by_day)

    def only(self, keep: BoolArray) -> Problem:
        """Return the problem with only these arcs and all its nodes."""
        names = ("number", "tail", "head", *BY_ARC, *(() if self.trip is None else BY_TRIP))
        arrays = {name: getattr(self, name)[keep] for name in names}
        first_arc = first_arcs(arrays["tail"], self.node_count)
        return replace(self, first_arc=first_arc, of_arcs={}, **arrays)

    @property
    def used_nodes(self) -> IntArray:
        """The nodes that `compact` keeps, in order: source, sink and those with arcs."""
        used = np.zeros(self.node_count, bool)
        used[[SOURCE, SINK]] = used[self.tail] = used[self.head] = True
        return np.flatnonzero(used)

    def compact(self) -> Problem:
        """Return the problem without unconnected nodes; arcs keep their order."""
        used = self.used_nodes
        number = np.full(self.node_count, -1, np.int64)
        number[used] = np.arange(used.shape[0])
        counts = np.diff(self.first_arc)[used]
        return replace(
            self,
            first_arc=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            tail=number[self.tail],
            head=number[self.head],
            of_arcs={},
        )

    def with_used_profiles(self) -> Problem:
        """Return the problem without profiles that no arc has."""
        has = np.zeros(self.through.shape[0] + 1, bool)
        has[self.profile] = True
        used = np.flatnonzero(has[:-1])
        # The last place stands for profile -1: none.
        number = np.append(np.cumsum(has[:-1]) - 1, -1)
        profile = number[self.profile].astype(self.profile.dtype)
        by_profile = {name: getattr(self, name)[used] for name in ByDay._fields}
        changes = tuple(self.change_days[number] for number in used.tolist())
        return replace(self, profile=profile, change_days=changes, **by_profile)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shape:
    """What a problem takes from the layers and the usable arcs alone; equal to itself only."""

    first_arc: IntArray
    number: IntArray
    tail: IntArray
    head: IntArray
    base: IntArray
    place: SmallArray
    km: FloatArray
    interval: IntArray
    lane: IntArray
    lanes: tuple[str, ...]
    trip: IntArray | None = None
    timed: IntArray | None = None
    closes: IntArray | None = None
    of_arcs: dict[Hashable, Any] = field(default_factory=dict, compare=False)


@cache
def _numbers(most: int) -> IntArray:
    """Return the numbers from 0 for all problems of about as many arcs."""
    numbers = np.arange(most)
    numbers.setflags(write=False)
    return numbers


def _shape_of(topology: Topology, layered: Layered, usable: BoolArray) -> Shape:
    tail, head, base = layered.tail[usable], layered.head[usable], layered.base[usable]
    trip, timed = layered.timed_at(tail, head, topology.km[base])
    return _arcs_of(
        topology,
        base,
        first_arc=first_arcs(tail, layered.node_count),
        number=_numbers(1 << int(base.shape[0]).bit_length())[: base.shape[0]],
        tail=tail,
        head=head,
        interval=layered.boarded_at(tail, head),
        lane=layered.paid_at(tail, head),
        lanes=layered.lanes,
        trip=trip,
        timed=timed,
        closes=layered.closes,
    )


def arcs_alone(
    topology: Topology, base: IntArray, interval: IntArray, lane: IntArray, lanes: tuple[str, ...]
) -> Shape:
    """Return arcs of a network that are joined to no nodes, to be weighed."""
    nowhere = np.zeros(base.shape[0], np.int64)
    return _arcs_of(
        topology,
        base,
        first_arc=np.zeros(1, np.int64),
        number=nowhere,
        tail=nowhere,
        head=nowhere,
        interval=interval,
        lane=lane,
        lanes=lanes,
    )


def _arcs_of(topology: Topology, base: IntArray, **nodes: Any) -> Shape:
    return Shape(
        base=base,
        place=topology.entered()[base].astype(np.int32),
        km=topology.km[base],
        **nodes,
    )


def make_problem(topology: Topology, layered: Layered, weights: Weights) -> Problem:
    """Return the arrays of a corridor, without arcs that are never usable."""
    return weigh_arcs(_shape(topology, layered, weights), topology, weights)


def shared_problem(topology: Topology, layered: Layered, weights: Weights) -> Problem:
    """Return the same, and for the same weights the same object.

    While no arc depends on the day, for the same prices: what was found of it holds for every
    departure then.
    """
    shape = _shape(topology, layered, weights)
    dated = (weights.profile[shape.base] >= 0).any() or (shape.interval < 0).any()
    key = shape, weights.token if dated else weights.priced
    problem: Problem = layered.kept.of(key, lambda: weigh_arcs(shape, topology, weights))
    return problem


def _shape(topology: Topology, layered: Layered, weights: Weights) -> Shape:
    usable = weights.usable[layered.base]
    shape: Shape = layered.kept.of(
        np.packbits(usable).tobytes(), lambda: _shape_of(topology, layered, usable)
    )
    return shape


def weigh_arcs(shape: Shape | Problem, topology: Topology, weights: Weights) -> Problem:
    """Return the arcs of a shape, or of a problem at other prices, with these weights."""
    base, dates, profile = shape.base, weights.dates, weights.profile[shape.base]
    minutes, cents, grams = weights.minutes[base], weights.cents[base], weights.grams[base]
    # Without arcs that depend on the day, what an arc takes is the least that it takes.
    low = Least(minutes, cents, grams)
    if (profile >= 0).any():
        low = least_weights(topology, weights, base)
    clock = weights.clock[base]
    boards = np.flatnonzero(shape.interval > 0)
    if boards.size:
        more = weights.line_waits.of(base[boards], shape.interval[boards])
        clock[boards] += more.clock
        added = more.minutes, more.cents, more.grams
        for own, least, extra in zip((minutes, cents, grams), low, added, strict=True):
            own[boards] += extra
            if least is not own:
                least[boards] += extra
    if shape.timed is not None:
        _take_timetable(shape, weights, minutes, clock, cents, grams, low)
    more_cents = 0
    if shape.lanes:
        amounts, more_cents = lane_cents(shape.lanes, weights)
        pays = np.flatnonzero(shape.lane)
        for own in (cents, *(() if low.cents is cents else (low.cents,))):
            own[pays] += amounts[shape.lane[pays]] + more_cents
    problem = Problem(
        **{name: getattr(shape, name) for name in (*BY_SHAPE, *BY_TRIP)},
        more_cents=more_cents,
        minutes=minutes,
        clock=clock,
        cents=cents,
        grams=grams,
        profile=profile,
        **{name: getattr(dates, name) for name in ByDay._fields},
        change_days=dates.change_days,
        low_minutes=low.minutes,
        low_cents=low.cents,
        low_grams=low.grams,
        wait_cents_per_day=weights.priced.wait_cents_per_day,
        of_arcs=shape.of_arcs,
    )
    first = weights.first_day.toordinal()
    return _on_their_days(_by_timetable(problem, first), first)


def _take_timetable(
    shape: Shape | Problem,
    weights: Weights,
    minutes: IntArray,
    clock: IntArray,
    cents: IntArray,
    grams: IntArray,
    low: Least,
) -> None:
    """Let arcs take the times of a timetable: on board its pace, at its ends no wait and no calls.

    Ships through ice keep their own pace, and what is closed on some days stays so.
    """
    if shape.timed is None:
        return
    dates, profile = weights.dates, weights.profile[shape.base]
    on_board = np.flatnonzero(shape.timed >= 0)
    taken = shape.timed[on_board]
    of = profile[on_board]
    # What the profile of a closure adds on open days is a part of the timetable's minutes.
    by_profile = np.ceil(shape.km[on_board] * np.where(of >= 0, dates.least[of, 0], 0.0))
    in_ice = (of >= 0) & (dates.through[of] if dates.through.size else False)
    own = np.where(in_ice, 0, taken - by_profile.astype(np.int64))
    minutes[on_board] = clock[on_board] = own
    low.minutes[on_board] = np.where(in_ice, low.minutes[on_board], taken)
    ends = np.flatnonzero(shape.timed == OF_ENDS)
    less = weights.line_waits.by_timetable(shape.base[ends], shape.interval[ends] < 0)
    clock[ends] = np.maximum(clock[ends] + less.clock, 0)
    for own, least, extra in zip(
        (minutes, cents, grams), low, (less.minutes, less.cents, less.grams), strict=True
    ):
        own[ends] += extra
        if least is not own:
            least[ends] += extra


def _by_timetable(problem: Problem, first: int) -> Problem:
    """Return a problem in which trips of a timetable are boarded in time, from a first day on.

    At the origin boxes wait for the day, as for a season; where they change they wait for the trip,
    if they have come by its cut-off.
    """
    if problem.timed is None or problem.trip is None or problem.closes is None:
        return problem
    arcs = np.flatnonzero((problem.interval < 0) & (problem.timed == OF_ENDS))
    if not arcs.size:
        return problem
    changes = problem.tail[arcs] != SOURCE
    until = problem.closes[problem.trip[arcs]] - first
    keys = np.stack([problem.profile[arcs], -problem.interval[arcs] - first, until, changes])
    found, number = np.unique(keys, axis=1, return_inverse=True)
    days = np.arange(problem.days)
    count, made = problem.minutes_per_km.shape[0], []
    for profile, day, last, waits in found.T.tolist():
        is_open = days <= last if waits else days == day
        fixed = np.zeros((2, problem.days))
        if profile >= 0:
            is_open &= problem.minutes_per_km[profile] >= 0.0
            fixed = np.stack([problem.fixed_cents[profile], problem.fixed_grams[profile]])
        made.append((np.where(is_open, (day - days) * MINUTES_PER_DAY, -1.0), *fixed))
    paces, fixed_cents, fixed_grams = (np.stack(rows) for rows in zip(*made, strict=True))
    nothing = np.zeros_like(paces)
    added = ByDay(
        minutes_per_km=paces,
        cents_per_km=nothing,
        grams_per_km=nothing,
        fixed_cents=fixed_cents,
        fixed_grams=fixed_grams,
        through=np.zeros(len(made), bool),
    )
    profile, km = problem.profile.copy(), problem.km.copy()
    profile[arcs] = count + number.ravel()
    # A wait is the pace of one km.
    km[arcs] = 1.0
    return problem.reweighed(
        profile=profile,
        km=km,
        **{
            name: np.concatenate([getattr(problem, name), getattr(added, name)])
            for name in ByDay._fields
        },
        change_days=(
            *problem.change_days,
            *(tuple((np.flatnonzero(np.diff(row)) + 1).tolist()) for row in paces),
        ),
    )


def _on_their_days(problem: Problem, first: int) -> Problem:
    """Return a problem in which dated voyages are boarded on their days alone, from a first day on.

    A box that is ready before waits at its origin, as for a season. Arcs that depend on the day
    anyway keep to their own.
    """
    arcs = np.flatnonzero((problem.interval < 0) & (problem.profile < 0))
    if not arcs.size:
        return problem
    days, number = np.unique(-problem.interval[arcs] - first, return_inverse=True)
    profile, count = problem.profile.copy(), problem.minutes_per_km.shape[0]
    profile[arcs] = count + number
    nothing = np.zeros((days.size, problem.days))
    added = {name: nothing for name in ByDay._fields if name != "through"}
    added["minutes_per_km"] = np.where(np.arange(problem.days) == days[:, None], 0.0, -1.0)
    changes = ((*([day] if day > 0 else []), day + 1) for day in days.tolist())
    return problem.reweighed(
        profile=profile,
        **{name: np.concatenate([getattr(problem, name), more]) for name, more in added.items()},
        through=np.append(problem.through, np.zeros(days.size, bool)),
        change_days=(*problem.change_days, *changes),
    )


def lane_cents(lanes: Sequence[str], weights: Weights) -> tuple[IntArray, int]:
    """Return the amounts of lanes by number, the first of none, and what keeps them above 0."""
    parameters = weights.pricer.parameters
    usd = [0.0, *(parameters.value(AMOUNT, scope) for scope in lanes)]
    more = -parameters.bounds[AMOUNT].least
    if min(usd) < -more:
        scope = lanes[int(np.argmin(usd)) - 1]
        msg = f"{AMOUNT}@{scope} may not be below {-more:,.0f} USD per TEU, got {min(usd):,.2f}"
        raise ParameterError(msg)
    cents = np.rint(np.array(usd) * CENTS_PER_USD).astype(np.int64)
    return cents, round(more * CENTS_PER_USD)


def least_weights(topology: Topology, weights: Weights, arcs: IntArray) -> Least:
    """Return the least weights of arcs of a network over all days."""
    dates, profile, km = weights.dates, weights.profile[arcs], topology.km[arcs]
    low = [weights.minutes[arcs].copy(), weights.cents[arcs].copy(), weights.grams[arcs].copy()]
    here = np.flatnonzero(profile >= 0)
    least, through = dates.least[profile[here]], dates.through[profile[here]]
    for array, per_km, fixed in zip(low, (0, 1, 2), (None, 3, 4), strict=True):
        dated = km[here] * least[:, per_km]
        if fixed is not None:
            dated = dated + least[:, fixed]
        # As `travel` rounds; the sum over the days of a way through ice may be rounded down.
        rounded = np.ceil(dated) if per_km == 0 else np.rint(dated)
        lowest = np.where(through, np.floor(dated - 1e-6), rounded)
        array[here] += lowest.clip(0.0).astype(np.int64)
    return Least(*low)


def at_cents(problem: Problem, topology: Topology, usual: Weights, moved: Weights) -> Problem:
    """Return the problem of `usual` weights at `moved` ones, whose cents alone are others.

    Waits for lines and amounts of lanes stay as they are.
    """
    base, dates = problem.base, moved.dates
    cents = problem.cents + moved.cents[base] - usual.cents[base]
    low = cents
    if problem.low_cents is not problem.cents:
        low = least_weights(topology, moved, base).cents + problem.low_cents
        low -= least_weights(topology, usual, base).cents
    # Voyages on their days have profiles of their own behind those of the weights.
    voyages = problem.cents_per_km[len(dates.cents_per_km) :]
    return problem.reweighed(
        cents=cents,
        low_cents=low,
        cents_per_km=np.concatenate([dates.cents_per_km, voyages]),
        fixed_cents=np.concatenate([dates.fixed_cents, voyages]),
    )


def is_dated(problem: Problem) -> bool:
    """Return whether an arc changes with the day."""
    return problem.once("is_dated", lambda: bool(dated_arcs(problem).any()))


def leads_to(marked: BoolArray, tail: IntArray, head: IntArray, nodes: int) -> BoolArray:
    """Return by node whether a marked arc lies ahead; with tail and head swapped, behind."""
    ahead = np.zeros(nodes, bool)
    if not marked.any():
        return ahead
    ahead[tail[marked]] = True
    while (leads := ahead[head]).any():
        ahead[tail[leads]] = True
        left = ~ahead[tail]
        tail, head = tail[left], head[left]
    return ahead


def changes_by_profile(problem: Problem) -> BoolArray:
    """Return by profile whether it changes with the day."""
    return np.array([bool(days) for days in problem.change_days], bool)


def dated_arcs(problem: Problem) -> BoolArray:
    """Return by arc whether it changes with the day."""
    # The last place stands for profile -1: none.
    dated: BoolArray = np.append(changes_by_profile(problem), False)[problem.profile]
    return dated
