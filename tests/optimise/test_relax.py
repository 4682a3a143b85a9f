"""The advice for a scenario that nothing meets, against enumeration on drawn conflicts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations, product
from typing import Any

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from corridors.domain.objective import Objective
from corridors.domain.results import Candidate
from corridors.domain.scenario import LEAST, Limits
from corridors.optimise.decision import decide
from corridors.optimise.limits import Change, single_changes, smallest_set

BOXES = ("max_days", "max_usd_per_teu", "max_co2e_kg_per_teu")
FIGURES = {
    "max_days": lambda c: c.days,
    "max_usd_per_teu": lambda c: c.cost_usd_per_teu,
    "max_co2e_kg_per_teu": lambda c: c.co2e_kg_per_teu,
}
GATES = ("x", "y")


@st.composite
def conflicts(draw: st.DrawFn) -> tuple[list[Candidate], Limits]:
    """Draw routes, limits per box and caps that nothing meets."""
    count = draw(st.integers(1, 5))
    routes = [
        Candidate(
            corridor=f"c{number}",
            cost_usd_per_teu=float(draw(st.integers(10, 40)) * 100),
            days=float(draw(st.integers(15, 60))),
            transit_days=1.0,
            co2e_kg_per_teu=float(draw(st.integers(8, 25)) * 100),
            gates=frozenset(gate for gate in GATES if draw(st.booleans())),
        )
        for number in range(count)
    ]
    bounds: dict[str, Any] = {
        "max_days": draw(st.one_of(st.none(), st.integers(10, 40).map(float))),
        "max_usd_per_teu": draw(st.one_of(st.none(), st.integers(8, 30).map(lambda n: n * 100.0))),
        "max_co2e_kg_per_teu": draw(
            st.one_of(st.none(), st.integers(7, 18).map(lambda n: n * 100.0))
        ),
    }
    caps = tuple(
        (gate, draw(st.sampled_from((0.0, 0.1, 0.3, 0.5)))) for gate in GATES if draw(st.booleans())
    )
    limits = Limits(**bounds, max_share_gate=caps)
    assume(_rises(_within(routes, limits, {}), limits, ()) is None)
    return routes, limits


def _within(
    routes: Sequence[Candidate], limits: Limits, raised: dict[str, float]
) -> list[Candidate]:
    def bound(name: str) -> float:
        given_bound = getattr(limits, name)
        return math.inf if given_bound is None else raised.get(name, given_bound)

    return [c for c in routes if all(FIGURES[name](c) <= bound(name) for name in BOXES)]


def _rises(routes: Sequence[Candidate], limits: Limits, free: Iterable[str]) -> float | None:
    """The least sum of rises of the caps on the gates in `free`; None if that is infeasible."""
    if not routes:
        return None
    caps = dict(limits.max_share_gate)
    names = list(caps)
    count = len(routes)
    cost = np.r_[np.zeros(count), np.ones(len(names))]
    rows = np.zeros((len(names), count + len(names)))
    for row, gate in enumerate(names):
        rows[row, :count] = [gate in c.gates for c in routes]
        rows[row, count + row] = -1.0
    ends = [(0.0, 1.0)] * count + [(0.0, 1.0 if gate in set(free) else 0.0) for gate in names]
    found = linprog(
        cost,
        A_ub=rows if names else None,
        b_ub=[caps[gate] for gate in names] if names else None,
        A_eq=[[1.0] * count + [0.0] * len(names)],
        b_eq=[1.0],
        bounds=ends,
    )
    return float(found.fun) if found.status == 0 else None


def _least_size(
    routes: Sequence[Candidate], limits: Limits, changed: Sequence[str]
) -> float | None:
    """The least size of a change of these limits alone, by trying every figure of the routes."""
    boxes = [name for name in changed if name in BOXES]
    gates = [name for name in changed if name in GATES]
    choices = [
        [
            getattr(limits, name),
            *(f for c in routes if (f := FIGURES[name](c)) > getattr(limits, name)),
        ]
        for name in boxes
    ]
    best: float | None = None
    for bounds in product(*choices):
        raised = dict(zip(boxes, bounds, strict=True))
        rises = _rises(_within(routes, limits, raised), limits, gates)
        if rises is None:
            continue
        size = rises + sum(to / getattr(limits, name) - 1.0 for name, to in raised.items())
        best = size if best is None else min(best, size)
    return best


def _names(limits: Limits) -> list[str]:
    boxes = [name for name in BOXES if getattr(limits, name) is not None]
    return [*boxes, *(gate for gate, _ in limits.max_share_gate)]


def _followed(limits: Limits, changes: Iterable[Change]) -> Limits:
    for change in changes:
        if change.limit in BOXES:
            raised: dict[str, Any] = {change.limit: change.to}
            limits = replace(limits, **raised)
        else:
            gate = change.limit.rpartition(".")[2]
            caps = {**dict(limits.max_share_gate), gate: change.to}
            limits = replace(limits, max_share_gate=tuple(caps.items()))
    return limits


def _is_feasible(routes: list[Candidate], limits: Limits) -> bool:
    return decide(routes, limits, Objective.COST, value_of_time=0.0).recommended is not None


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(conflicts())
def test_following_the_advice_is_feasible_and_nothing_smaller_is(
    drawn: tuple[list[Candidate], Limits],
) -> None:
    routes, limits = drawn
    assert not _is_feasible(routes, limits)
    single = single_changes(routes, limits)
    sizes = {name: _least_size(routes, limits, [name]) for name in _names(limits)}
    assert {change.limit.rpartition(".")[2] for change in single} == {
        name for name, size in sizes.items() if size is not None
    }
    for change in single:
        assert _is_feasible(routes, _followed(limits, [change]))
        least = sizes[change.limit.rpartition(".")[2]]
        # Bounds are rounded up to a tenth, shares to a ten-thousandth.
        assert least is not None
        assert 0.0 <= change.size - least + 1e-9 <= 0.011
    if single:
        return
    changes = smallest_set(routes, limits)
    assert changes
    assert _is_feasible(routes, _followed(limits, changes))
    for count in range(2, len(changes) + 1):
        found = [
            size
            for several in combinations(_names(limits), count)
            if (size := _least_size(routes, limits, several)) is not None
        ]
        if count < len(changes):
            assert not found
        else:
            total = sum(change.size for change in changes)
            assert 0.0 <= total - min(found) + 1e-6 <= 0.05


def test_a_limit_and_a_share_are_raised_together_where_neither_suffices() -> None:
    route = Candidate(
        corridor="suez",
        cost_usd_per_teu=1000.0,
        days=45.0,
        transit_days=35.0,
        co2e_kg_per_teu=900.0,
        gates=frozenset({"x"}),
    )
    limits = Limits(max_days=30.0, max_share_gate=(("x", 0.4),))
    assert decide([route], limits, Objective.COST, value_of_time=0.0).advice == (
        "relaxing one limit is not enough; relax max_days from 30 to 45.0 days and"
        " max_share_gate.x from 0.4 to 1 (suez)"
    )


def test_the_least_limits_that_a_file_takes_are_relaxed_too() -> None:
    # 1e-300, which a file took once, ended in an error of the solver.
    slow = Candidate(
        corridor="slow", cost_usd_per_teu=1e4, days=200.0, transit_days=1.0, co2e_kg_per_teu=1.0
    )
    quick = replace(slow, corridor="quick", days=20.0, gates=frozenset("x"))
    limits = Limits(max_days=LEAST, max_usd_per_teu=LEAST, max_share_gate=(("x", 1e-300),))
    found = smallest_set([slow, quick], limits)
    assert [(change.limit, change.to) for change in found] == [
        ("max_days", 200.0),
        ("max_usd_per_teu", 1e4),
    ]
