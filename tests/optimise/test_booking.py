"""Bookings under chance: equal to the deterministic equivalent, written as one programme."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy.optimize import Bounds as Between
from scipy.optimize import LinearConstraint, linprog, milp

from corridors.optimise.booking.l_shaped import (
    Booked,
    RiskMeasure,
    Scenarios,
    Valued,
    book,
    cvar,
)
from corridors.optimise.time_limit import TimeLimit

# Of 31 the gap becomes as small as HiGHS rounds before it is closed.
FEW = (1, 3, 31)
MANY = [*FEW, *(pytest.param(n, marks=pytest.mark.long) for n in range(4, 100) if n not in FEW)]


class Drawn:
    """A drawn question: contracts by way, and scenarios with demand, spot prices and spot space.

    A TEU goes by one of the ways, or stays away. Booked space on a way saves if it is used and
    costs if it is not; what is not booked is limited.
    """

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.ways = int(rng.integers(2, 4))
        self.count = int(rng.integers(2, 6))
        chances = rng.uniform(0.1, 1.0, self.count)
        self.chances = (chances / chances.sum()).tolist()
        self.steps = []
        for _ in range(self.ways):
            least, step = float(rng.integers(1, 5)) * 10.0, float(rng.integers(1, 4)) * 10.0
            count = int(rng.integers(2, 6))
            self.steps.append((0.0, *(least + n * step for n in range(count))))
        self.saves = rng.integers(50, 300, self.ways).astype(float)
        self.unused = rng.integers(50, 800, self.ways).astype(float)
        self.demand = rng.integers(40, 200, self.count).astype(float)
        self.usd = rng.integers(500, 3000, (self.count, self.ways)).astype(float)
        self.spot = rng.integers(0, 120, (self.count, self.ways)).astype(float)
        self.open = rng.random((self.count, self.ways)) < 0.75
        self.away = float(rng.integers(2500, 6000))
        self.risk = RiskMeasure(
            level=float(rng.choice([0.0, 0.5, 0.8, 0.95, 1.0])),
            weight=float(rng.choice([0.0, 0.3, 1.0])),
        )

    def value(self, w: int, booked: Booked) -> Valued:
        """Return a scenario's cost by linear programming, with the duals of its limits."""
        n = self.ways
        # By way the TEU that go, then the booked that do not, then those that stay away.
        cost = np.concatenate([self.usd[w], self.saves + self.unused, [self.away]])
        rows, right = [], []
        for k in range(n):
            over = np.zeros(2 * n + 1)
            over[k] = 1.0
            rows.append(over)
            right.append((booked[k] + self.spot[w, k]) * self.open[w, k])
            under = np.zeros(2 * n + 1)
            under[k] = under[n + k] = -1.0
            rows.append(under)
            right.append(-booked[k])
        whole = np.concatenate([np.ones(n), np.zeros(n), [1.0]])[None, :]
        found: Any = linprog(cost, rows, right, whole, [self.demand[w]])
        assert found.success
        duals = found.ineqlin.marginals
        slopes = [
            float(-self.saves[k] + duals[2 * k] * self.open[w, k] - duals[2 * k + 1])
            for k in range(n)
        ]
        usd = float(found.fun - sum(self.saves[k] * booked[k] for k in range(n)))
        return Valued(usd=usd, slopes=tuple(slopes))


def equivalent(drawn: Drawn) -> float:
    """Return the optimum of the deterministic equivalent: all scenarios in one programme."""
    cost: list[float] = []
    whole: list[int] = []
    low: list[float] = []
    rows: list[tuple[dict[int, float], float, float]] = []

    def column(usd: float = 0.0, *, integer: bool = False, least: float = 0.0) -> int:
        cost.append(usd)
        whole.append(int(integer))
        low.append(least)
        return len(cost) - 1

    picks = [[column(integer=True) for _ in steps] for steps in drawn.steps]
    rows += [(dict.fromkeys(row, 1.0), 1.0, 1.0) for row in picks]
    edge = column(drawn.risk.weight, least=-np.inf)
    tail = 1.0 - drawn.risk.level
    for w, chance in enumerate(drawn.chances):
        total = column((1.0 - drawn.risk.weight) * chance, least=-np.inf)
        if tail > 0.0:
            over = column(drawn.risk.weight * chance / tail)
            rows.append(({over: 1.0, edge: 1.0, total: -1.0}, 0.0, np.inf))
        else:
            rows.append(({edge: 1.0, total: -1.0}, 0.0, np.inf))
        away = column()
        adds = {total: -1.0, away: drawn.away}
        demand = {away: 1.0}
        for k, steps in enumerate(drawn.steps):
            go, used, unused = column(), column(), column()
            booked = dict(zip(picks[k], steps, strict=True))
            minus = {pick: -teu for pick, teu in booked.items()}
            adds |= {go: drawn.usd[w, k], used: -drawn.saves[k], unused: drawn.unused[k]}
            demand[go] = 1.0
            # Used and unused are the booking; no more is used than goes.
            rows.append(({used: 1.0, unused: 1.0, **minus}, 0.0, 0.0))
            rows.append(({used: 1.0, go: -1.0}, -np.inf, 0.0))
            if drawn.open[w, k]:
                rows.append(({go: 1.0, **minus}, -np.inf, drawn.spot[w, k]))
            else:
                rows.append(({go: 1.0}, -np.inf, 0.0))
        rows.append((demand, drawn.demand[w], drawn.demand[w]))
        rows.append((adds, 0.0, 0.0))
    matrix = np.zeros((len(rows), len(cost)))
    for r, (row, _, _) in enumerate(rows):
        for c, a in row.items():
            matrix[r, c] = a
    found: Any = milp(
        np.array(cost),
        integrality=np.array(whole),
        bounds=Between(np.array(low), np.inf),
        constraints=LinearConstraint(
            matrix, [least for _, least, _ in rows], [most for _, _, most in rows]
        ),
        options={"mip_rel_gap": 0.0},
    )
    assert found.success, found.message
    return float(found.fun)


@pytest.mark.parametrize("seed", MANY)
def test_bookings_equal_the_deterministic_equivalent(seed: int) -> None:
    drawn = Drawn(seed)
    scenarios = Scenarios(drawn.steps, drawn.count, drawn.value)
    found = book(scenarios, drawn.chances, drawn.risk, limit=TimeLimit())
    assert found.value_usd == pytest.approx(equivalent(drawn), rel=1e-6)
    assert found.bound_usd == pytest.approx(found.value_usd, rel=1e-6)
    assert not found.stopped
    # Enumeration knows neither planes nor programmes.
    least = min(
        drawn.risk.of(drawn.chances, [drawn.value(w, q).usd for w in range(drawn.count)])
        for q in product(*drawn.steps)
    )
    assert found.value_usd == pytest.approx(least, rel=1e-9)


@pytest.mark.parametrize("seed", FEW)
def test_another_question_of_the_same_scenarios_is_answered_alike(seed: int) -> None:
    drawn = Drawn(seed)
    shared = Scenarios(drawn.steps, drawn.count, drawn.value)
    book(shared, drawn.chances, drawn.risk, limit=TimeLimit())
    for w in range(drawn.count):
        alone = [float(n == w) for n in range(drawn.count)]
        fresh = Scenarios(drawn.steps, drawn.count, drawn.value)
        neutral = RiskMeasure(level=0.9, weight=0.0)
        again, first = (
            book(each, alone, neutral, limit=TimeLimit()).value_usd for each in (shared, fresh)
        )
        assert again == pytest.approx(first, rel=1e-9)
        assert again <= min(valued.usd for valued in shared.known[w].values()) + 1e-6


def test_cvar_is_the_mean_of_the_dearest_chances() -> None:
    # The dearest 15 % are the tenth at 400 and a twentieth at 300: (40 + 15) / 0.15.
    assert cvar([0.5, 0.4, 0.1], [100.0, 300.0, 400.0], level=0.85) == pytest.approx(55.0 / 0.15)
    assert cvar([0.5, 0.5], [100.0, 300.0], level=1.0) == pytest.approx(300.0)
    assert cvar([0.5, 0.5], [100.0, 300.0], level=0.0) == pytest.approx(200.0)


def test_a_time_limit_returns_the_best_booking_with_its_gap() -> None:
    for seed in range(50):
        drawn = Drawn(seed)
        scenarios = Scenarios(drawn.steps, drawn.count, drawn.value)
        limit = TimeLimit()
        limit.stop()
        found = book(scenarios, drawn.chances, drawn.risk, limit=limit)
        if found.stopped:
            assert found.bound_usd < found.value_usd
            return
    pytest.fail("every drawn question is answered in the first round")


def test_an_interruption_before_there_is_a_bound_ends_the_search() -> None:
    drawn = Drawn(1)
    left = drawn.count - 1

    def value(w: int, booked: Booked) -> Valued:
        nonlocal left
        if not left:
            raise KeyboardInterrupt
        left -= 1
        return drawn.value(w, booked)

    scenarios = Scenarios(drawn.steps, drawn.count, value)
    with pytest.raises(KeyboardInterrupt):
        book(scenarios, drawn.chances, drawn.risk, limit=TimeLimit())


def test_an_interruption_keeps_the_best_booking_so_far() -> None:
    for seed in range(50):
        drawn = Drawn(seed)
        asked: list[Booked] = []

        def value(
            w: int, booked: Booked, drawn: Drawn = drawn, asked: list[Booked] = asked
        ) -> Valued:
            asked.append(booked)
            if len(asked) > 2 * drawn.count:
                raise KeyboardInterrupt
            return drawn.value(w, booked)

        scenarios = Scenarios(drawn.steps, drawn.count, value)
        limit = TimeLimit()
        found = book(scenarios, drawn.chances, drawn.risk, limit=limit)
        if found.stopped:
            assert limit.passed
            # Two bookings were valued in every scenario, the first of them nothing.
            nothing, other = asked[: 2 * drawn.count : drawn.count]
            assert nothing == tuple(0.0 for _ in drawn.steps)
            assert found.booked in (nothing, other)
            worth = {
                booked: drawn.risk.of(
                    drawn.chances, [drawn.value(w, booked).usd for w in range(drawn.count)]
                )
                for booked in (nothing, other)
            }
            assert found.value_usd == pytest.approx(min(worth.values()))
            assert found.bound_usd <= equivalent(drawn) + 1e-6
            return
    pytest.fail("every drawn question is answered in the first round")
