"""Limits per box and caps on shares, and which routes break them."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from corridors.domain.results import LIMITS_PER_BOX, Candidate, Exceeded, LimitPerBox
from corridors.domain.scenario import Limits

# A cap of this share or more leaves room for the whole shipment.
WHOLE = 1.0 - 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxLimit:
    """A limit on every box and its bound, in the unit of the limit."""

    limit: LimitPerBox
    bound: float

    @property
    def name(self) -> str:
        """Its key."""
        return self.limit.name

    @property
    def unit(self) -> str:
        """The unit of its bound."""
        return self.limit.unit

    def figure(self, candidate: Candidate) -> float:
        """Return the figure of a route that it bounds."""
        return float(getattr(candidate, self.limit.figure))


def box_limits(limits: Limits, departure: date | None = None) -> tuple[BoxLimit, ...]:
    """Return the limits per box; the deadline is counted from the departure."""
    bounds = {name: getattr(limits, name) for name in LIMITS_PER_BOX}
    if limits.deadline is not None:
        # To the end of that day.
        bounds["deadline"] = departure and (limits.deadline - departure).days + 1.0
    return tuple(
        BoxLimit(limit=LIMITS_PER_BOX[name], bound=bound)
        for name, bound in bounds.items()
        if bound is not None
    )


def tightest(bounds: Sequence[BoxLimit]) -> tuple[BoxLimit, ...]:
    """Return the bounds without those that a tighter bound on the same figure makes redundant."""
    return tuple(
        mine
        for mine in bounds
        if not any(b.limit.figure == mine.limit.figure and b.bound < mine.bound for b in bounds)
    )


def keeps(candidate: Candidate, bound: BoxLimit) -> bool:
    """Return whether a route keeps a limit."""
    return bound.figure(candidate) <= bound.bound + 1e-9


def exceeded(
    candidate: Candidate, limits: Limits, departure: date | None = None
) -> tuple[Exceeded, ...]:
    """Return the limits that a route breaks if it takes the whole shipment."""
    boxes = [
        Exceeded(limit=b.name, bound=b.bound, figure=b.figure(candidate), unit=b.unit)
        for b in box_limits(limits, departure)
        if not keeps(candidate, b)
    ]
    shares = [
        Exceeded(limit=name, bound=bound, figure=1.0, unit="share")
        for name, bound, passes in caps_on([candidate], limits)
        if passes[0] and bound < WHOLE
    ]
    return (*boxes, *shares)


def alone_within(
    candidates: Sequence[Candidate], limits: Limits, departure: date | None = None
) -> list[Candidate]:
    """Return the candidates that meet every limit and cap if they take the whole shipment."""
    bounds = box_limits(limits, departure)
    kept = [c for c in candidates if all(keeps(c, bound) for bound in bounds)]
    caps = [(bound, passes) for _, bound, passes in caps_on(kept, limits) if bound < WHOLE]
    return [c for i, c in enumerate(kept) if not any(passes[i] for _, passes in caps)]


def caps_on(kept: Sequence[Candidate], limits: Limits) -> list[tuple[str, float, list[bool]]]:
    """Return the caps that affect some route: name, bound, and which routes each one counts."""
    capped = (
        ("country", limits.max_share_country, lambda c, key: key in c.countries),
        ("gate", limits.max_share_gate, lambda c, key: key in c.gates),
        ("corridor", limits.max_share_corridor, lambda c, key: key == c.corridor),
    )
    found = [
        (f"max_share_{kind}.{key}", bound, [passes(c, key) for c in kept])
        for kind, bounds, passes in capped
        for key, bound in bounds
    ]
    return [cap for cap in found if any(cap[2])] + _capacity_caps(kept, limits)


def _capacity_caps(
    kept: Sequence[Candidate], limits: Limits
) -> list[tuple[str, float, list[bool]]]:
    """Return a cap for each listed capacity: the share of the shipment that it allows."""
    if limits.capacity_share is None:
        return []
    uses = [dict(candidate.capacity) for candidate in kept]
    most: dict[str, float] = {}
    for used in uses:
        for place, share in used.items():
            # If routes use a place unequally often, as ports, the largest use counts for all.
            most[place] = max(most.get(place, 0.0), share)
    return [
        (
            f"max_share_capacity.{place}",
            limits.capacity_share / share,
            [place in used for used in uses],
        )
        for place, share in sorted(most.items())
        if share > limits.capacity_share
    ]


# The smallest change of limits that makes a scenario feasible: limits per box and caps together.

SMALLEST = 1e-7
BOX_DIGITS, SHARE_DIGITS = 1, 4
Caps = list[tuple[str, float, list[bool]]]
Within = Callable[[float], list[Candidate]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A limit, its bound, and what it would have to be, rounded up; `unit` is empty for a share.

    `corridors` are those that carry the shipment then.
    """

    limit: str
    bound: float
    to: float
    unit: str
    corridors: tuple[str, ...] = ()

    @property
    def size(self) -> float:
        """The size of the change, > 0."""
        rise = self.to - self.bound
        return rise / self.bound if self.unit and self.bound > 0.0 else rise

    @property
    def text(self) -> str:
        """The change in words: `from 30 to 45.0 days`."""
        if not self.unit:
            return f"from {self.bound:g} to {self.to:g}"
        return f"from {self.bound:g} to {self.to:.{BOX_DIGITS}f} {self.unit}"


def advice(candidates: Sequence[Candidate], limits: Limits, departure: date | None = None) -> str:
    """Return the smallest change of limits that makes a scenario feasible, in words.

    Each single limit that suffices, the smallest change first; else the smallest set of limits.
    """
    single = single_changes(candidates, limits, departure)
    if single:
        text = "; or ".join(
            f"{change.limit} would have to rise {change.text}{_by(change)}" for change in single
        )
        kept = [c for c in candidates if all(keeps(c, b) for b in box_limits(limits, departure))]
        if not kept or any(change.unit for change in single):
            return text
        return f"the limits on shares leave part of the programme without a route: {text}"
    several = smallest_set(candidates, limits, departure)
    if not several:
        return "no change of these limits makes it feasible"
    moves = " and ".join(f"{change.limit} {change.text}" for change in several)
    return f"relaxing one limit is not enough; relax {moves}{_by(several[0])}"


def single_changes(
    candidates: Sequence[Candidate], limits: Limits, departure: date | None = None
) -> tuple[Change, ...]:
    """Return for each limit that suffices alone its smallest change, the smallest first."""
    bounds = box_limits(limits, departure)
    found = []
    for bound in bounds:
        others = [b for b in bounds if b is not bound]
        able = [c for c in candidates if all(keeps(c, b) for b in others)]
        change = _least_bound(able, bound, limits)
        if change is not None:
            found.append(change)
    kept = [c for c in candidates if all(keeps(c, b) for b in bounds)]
    for name, share, _ in caps_on(kept, limits) if kept else []:
        rises = _least_rises(kept, limits, free={name})
        if rises is not None and rises.get(name, 0.0) > SMALLEST:
            found.append(_share_change(name, share, rises[name]))
    return tuple(sorted(found, key=lambda change: (round(change.size, 6), change.limit)))


def _least_bound(able: Sequence[Candidate], bound: BoxLimit, limits: Limits) -> Change | None:
    """Return the least bound at which some routes carry the shipment within the caps."""
    figures = sorted({bound.figure(c) for c in able if not keeps(c, bound)})

    def within(figure: float) -> list[Candidate]:
        return [c for c in able if bound.figure(c) <= figure]

    for figure in figures[_first_feasible(figures, within, limits) :][:1]:
        routes = [c for c in within(figure) if bound.figure(c) == figure]
        return _box_change(bound, figure, routes)
    return None


def _first_feasible(figures: Sequence[float], within: Within, limits: Limits) -> int:
    """Return the index of the first figure whose routes meet the caps, by bisection."""
    low, high = 0, len(figures)
    while low < high:
        middle = (low + high) // 2
        if _least_rises(within(figures[middle]), limits, free=()) is None:
            low = middle + 1
        else:
            high = middle
    return low


def smallest_set(
    candidates: Sequence[Candidate], limits: Limits, departure: date | None = None
) -> tuple[Change, ...]:
    """Return the smallest set of changes: the fewest limits, then the least size.

    A mixed-integer programme: a route that is used raises the limits per box that it breaks, and
    what passes a cap beyond its share raises it. Empty if nothing helps.
    """
    bounds = box_limits(limits, departure)
    routes = _useful(candidates, bounds, limits)
    caps = caps_on(routes, limits)
    solved = _chosen(routes, bounds, caps)
    if solved is None:
        return ()
    used, raised = solved
    reach = {b.name: max(b.figure(c) for c in used) for b in bounds}
    within = [
        c
        for c in candidates
        if all(keeps(c, b) or (b.name in raised and b.figure(c) <= reach[b.name]) for b in bounds)
    ]
    rises = _least_rises(within, limits, free={name for name, _, _ in caps if name in raised})
    names = tuple(sorted({c.corridor for c in used}))
    boxes = [
        replace(_box_change(b, reach[b.name], used), corridors=names)
        for b in bounds
        if b.name in raised and reach[b.name] > b.bound
    ]
    shares = [
        replace(_share_change(name, share, (rises or {}).get(name, 0.0)), corridors=names)
        for name, share, _ in caps
        if (rises or {}).get(name, 0.0) > SMALLEST
    ]
    return (*boxes, *shares)


def _chosen(
    routes: Sequence[Candidate], bounds: Sequence[BoxLimit], caps: Caps
) -> tuple[list[Candidate], set[str]] | None:
    """Return the routes used by the smallest set of changes, and the limits that it changes."""
    from ortools.math_opt.python import mathopt

    model = mathopt.Model(name="smallest change")
    shares = [model.add_variable(lb=0.0, ub=1.0) for _ in routes]
    used = [model.add_binary_variable() for _ in routes]
    names = [*(b.name for b in bounds), *(name for name, _, _ in caps)]
    changed = {name: model.add_binary_variable() for name in names}
    rise = {name: model.add_variable(lb=0.0) for name in names}
    model.add_linear_constraint(mathopt.fast_sum(shares) == 1.0)
    for share, use in zip(shares, used, strict=True):
        model.add_linear_constraint(share <= use)
    for bound in bounds:
        scale = bound.bound if bound.bound > 0.0 else 1.0
        for route, use in zip(routes, used, strict=True):
            if not keeps(route, bound):
                excess = (bound.figure(route) - bound.bound) / scale
                model.add_linear_constraint(use <= changed[bound.name])
                model.add_linear_constraint(rise[bound.name] >= excess * use)
    for name, most, passes in caps:
        through = [share for share, inside in zip(shares, passes, strict=True) if inside]
        model.add_linear_constraint(mathopt.fast_sum(through) - rise[name] <= most)
        model.add_linear_constraint(rise[name] <= changed[name])
    number, size = mathopt.fast_sum(changed.values()), mathopt.fast_sum(rise.values())
    model.minimize(number)
    first = mathopt.solve(model, mathopt.SolverType.HIGHS)
    if first.termination.reason != mathopt.TerminationReason.OPTIMAL:
        return None
    model.add_linear_constraint(number <= round(first.objective_value()))
    model.minimize(size)
    exact = mathopt.SolveParameters(relative_gap_tolerance=0.0, absolute_gap_tolerance=0.0)
    # Of thirty caps, HiGHS proves the least in a tenth of a second, SCIP in four seconds.
    result = mathopt.solve(model, mathopt.SolverType.HIGHS, params=exact)
    if result.termination.reason != mathopt.TerminationReason.OPTIMAL:
        return None
    taken = result.variable_values(shares)
    kept = [c for c, share in zip(routes, taken, strict=True) if share > 1e-6]
    values = result.variable_values(list(changed.values()))
    return kept, {name for name, value in zip(changed, values, strict=True) if value > 0.5}


def _useful(
    candidates: Sequence[Candidate], bounds: Sequence[BoxLimit], limits: Limits
) -> list[Candidate]:
    """Return the candidates without those that another one beats on every limit."""
    caps = caps_on(candidates, limits)
    figures = [
        (
            *(max(0.0, b.figure(c) - b.bound) for b in bounds),
            *(float(passes[number]) for _, _, passes in caps),
        )
        for number, c in enumerate(candidates)
    ]
    first = dict(reversed([(figure, c) for figure, c in zip(figures, candidates, strict=True)]))
    return [
        c
        for figure, c in first.items()
        if not any(
            other != figure and all(a <= b for a, b in zip(other, figure, strict=True))
            for other in first
        )
    ]


def _least_rises(
    kept: Sequence[Candidate], limits: Limits, *, free: Collection[str]
) -> dict[str, float] | None:
    """Return the least sum of rises of the caps in `free` that is feasible; None if none is."""
    if not kept:
        return None
    caps = caps_on(kept, limits)
    if not caps:
        return {}
    from ortools.math_opt.python import mathopt

    model = mathopt.Model(name="elastic")
    shares = [model.add_variable(lb=0.0) for _ in kept]
    model.add_linear_constraint(mathopt.fast_sum(shares) == 1.0)
    rises = {}
    for name, bound, passes in caps:
        rises[name] = model.add_variable(lb=0.0, ub=1.0 if name in free else 0.0)
        through = [share for share, inside in zip(shares, passes, strict=True) if inside]
        model.add_linear_constraint(mathopt.fast_sum(through) - rises[name] <= bound)
    # A tiny weight by name decides between equal rises.
    model.minimize(
        mathopt.fast_sum([(1.0 + 1e-6 * rank) * rises[n] for rank, n in enumerate(sorted(rises))])
    )
    result = mathopt.solve(model, mathopt.SolverType.GLOP)
    if result.termination.reason != mathopt.TerminationReason.OPTIMAL:
        return None
    return {name: result.variable_values(rise) for name, rise in rises.items()}


def _box_change(bound: BoxLimit, figure: float, routes: Sequence[Candidate]) -> Change:
    names = tuple(sorted({c.corridor for c in routes}))
    to = _rounded_up(figure, BOX_DIGITS)
    return Change(limit=bound.name, bound=bound.bound, to=to, unit=bound.unit, corridors=names)


def _share_change(name: str, share: float, rise: float) -> Change:
    to = min(1.0, _rounded_up(share + rise, SHARE_DIGITS))
    return Change(limit=name, bound=share, to=to, unit="")


def _rounded_up(value: float, digits: int) -> float:
    parts = 10.0**digits
    return math.ceil(value * parts - 1e-6) / parts


def _by(change: Change) -> str:
    return f" ({', '.join(change.corridors)})" if change.corridors else ""
