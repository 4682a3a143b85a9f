"""Choose bookings under scenarios with probabilities, by the L-shaped method.

What a scenario takes is convex in what is booked: more space is worth less and less. So the duals
of its programme at one booking are a plane below its cost at every other. A small integer programme
over the planes bounds every booking and proposes one near the best so far (Lemarechal and others),
the scenarios value it and add planes, until none can be better.

The risk measure is a mean of the expected cost and of CVaR, the mean of the dearest scenarios,
which is linear too (Rockafellar and Uryasev).

References
----------
Van Slyke, R. M. and Wets, R. (1969), L-shaped linear programs with applications to optimal control
and stochastic programming, SIAM Journal on Applied Mathematics 17, 638-663.
Lemarechal, C., Nemirovskii, A. and Nesterov, Y. (1995), New variants of bundle methods,
Mathematical Programming 69, 111-147.
Rockafellar, R. T. and Uryasev, S. (2000), Optimization of conditional value-at-risk, Journal of
Risk 2, 21-41.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ortools.math_opt.python import mathopt

from corridors.errors import CorridorsError
from corridors.optimise.time_limit import TimeLimit
from corridors.progress import Progress, quiet

# A booking is proved if none is better by more than this fraction.
PROVED_SHARE = 1e-7
MOST_ROUNDS = 500
# Where between the bound and the best the planes must put what is valued next.
LEVEL = 0.5

Booked = tuple[float, ...]


class BookingError(CorridorsError):
    """HiGHS found no optimum of the bookings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Valued:
    """The cost of a scenario at a booking, and what one more TEU of each contract changes it by."""

    usd: float
    slopes: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskMeasure:
    """A mean of the expected cost and of CVaR at a level, which has a weight from 0 to 1."""

    level: float
    weight: float

    def of(self, probabilities: Sequence[float], usd: Sequence[float]) -> float:
        """Return the measure of costs by scenario."""
        expected = sum(p * value for p, value in zip(probabilities, usd, strict=True))
        worst = cvar(probabilities, usd, level=self.level)
        return (1.0 - self.weight) * expected + self.weight * worst


def cvar(probabilities: Sequence[float], usd: Sequence[float], *, level: float) -> float:
    """Return the mean of the dearest scenarios, as far as they have `1 - level` of the chance.

    At level 1 it is the dearest.
    """
    left = max(1.0 - level, 1e-12)
    whole, total = left, 0.0
    for value, p in sorted(zip(usd, probabilities, strict=True), reverse=True):
        part = min(left, p)
        total += part * value
        left -= part
        if left <= 0.0:
            break
    return total / whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookings:
    """The best bookings found, in TEU a month by contract, and a bound on all others."""

    booked: Booked
    value_usd: float
    bound_usd: float
    by_scenario_usd: tuple[float, ...]
    rounds: int
    stopped: bool


class Scenarios:
    """The scenarios with the planes known of each, kept from one question to the next.

    Parameters
    ----------
    steps
        By contract the TEU a month that may be booked.
    value
        Values a scenario, by number, at a booking.
    """

    def __init__(
        self,
        steps: Sequence[Sequence[float]],
        count: int,
        value: Callable[[int, Booked], Valued],
    ) -> None:
        self.steps = tuple(tuple(each) for each in steps)
        self.count = count
        self._value = value
        self.known: list[dict[Booked, Valued]] = [{} for _ in range(count)]

    def value(self, scenario: int, booked: Booked) -> Valued:
        """Return a scenario at a booking, each valued once."""
        known = self.known[scenario]
        if booked not in known:
            known[booked] = self._value(scenario, booked)
        return known[booked]

    def has(self, scenarios: Sequence[int], booked: Booked) -> bool:
        """Return whether all of some scenarios were valued at a booking."""
        return all(booked in self.known[w] for w in scenarios)

    @property
    def valued(self) -> int:
        """How often a scenario was valued."""
        return sum(len(known) for known in self.known)


def book(
    scenarios: Scenarios,
    probabilities: Sequence[float],
    risk: RiskMeasure,
    *,
    limit: TimeLimit,
    progress: Progress = quiet,
) -> Bookings:
    """Return the bookings of least risk measure; a scenario of probability 0 is left out.

    Ctrl-C ends the search as the time limit does, once there are a booking and a bound; what is
    asked next under the same limit ends in its first round too.

    Raises
    ------
    BookingError
        HiGHS ends without an optimum.
    """
    asked = [w for w in range(scenarios.count) if probabilities[w] > 0.0]
    chances = [probabilities[w] for w in asked]
    best: tuple[float, Booked] | None = None
    bound, rounds, stopped = float("-inf"), 0, False
    # Nothing first, then what another question has valued.
    proposed = [tuple(steps[0] for steps in scenarios.steps)]
    proposed += [booked for booked in scenarios.known[asked[0]] if scenarios.has(asked, booked)]
    tried: set[Booked] = set()
    try:
        while rounds < MOST_ROUNDS:
            for booked in proposed:
                usd = [scenarios.value(w, booked).usd for w in asked]
                value = risk.of(chances, usd)
                if best is None or value < best[0]:
                    best = value, booked
                tried.add(booked)
            rounds += 1
            booked, estimate = _propose(scenarios, asked, chances, risk, best)
            bound = max(bound, estimate)
            if best is None or best[0] - bound <= PROVED_SHARE * max(1.0, abs(best[0])):
                break
            if limit.passed:
                stopped = True
                break
            progress(f"bookings, gap USD {best[0] - bound:,.0f}", rounds, rounds + 1)
            if booked in tried:
                # The planes are exact where they were made: only rounding is left.
                break
            proposed = [booked]
    except KeyboardInterrupt as ended:
        if best is None or bound == float("-inf") or type(ended) is not KeyboardInterrupt:
            raise
        limit.stop()
        stopped = True
    if best is None:
        msg = "no booking was valued"
        raise BookingError(msg)
    value, booked = best
    return Bookings(
        booked=booked,
        value_usd=value,
        bound_usd=min(bound, value),
        by_scenario_usd=tuple(
            scenarios.value(w, booked).usd if probabilities[w] > 0.0 else float("nan")
            for w in range(scenarios.count)
        ),
        rounds=rounds,
        stopped=stopped,
    )


def _propose(
    scenarios: Scenarios,
    asked: Sequence[int],
    chances: Sequence[float],
    risk: RiskMeasure,
    best: tuple[float, Booked] | None,
) -> tuple[Booked, float]:
    """Return the booking to value next, and what every booking takes at least by the planes.

    It is the one nearest to the best that the planes put below half of the gap.
    """
    scale = max(1.0, *(abs(v.usd) for w in asked for v in scenarios.known[w].values()))
    model: Any = mathopt.Model(name="bookings")
    taken = [[model.add_binary_variable() for _ in steps] for steps in scenarios.steps]
    for row in taken:
        model.add_linear_constraint(mathopt.fast_sum(row) == 1.0)
    booked = [
        mathopt.fast_sum([teu * pick for teu, pick in zip(steps, row, strict=True)])
        for steps, row in zip(scenarios.steps, taken, strict=True)
    ]
    cost = [model.add_variable(lb=-1e3) for _ in asked]
    for estimate, w in zip(cost, asked, strict=True):
        for at, valued in scenarios.known[w].items():
            flat = valued.usd - sum(s * q for s, q in zip(valued.slopes, at, strict=True))
            rises = [s / scale * q for s, q in zip(valued.slopes, booked, strict=True) if s]
            model.add_linear_constraint(estimate - mathopt.fast_sum(rises) >= flat / scale)
    expected = mathopt.fast_sum([p * each for p, each in zip(chances, cost, strict=True)])
    if risk.weight > 0.0 and risk.level < 1.0:
        edge = model.add_variable(lb=-1e3)
        over = [model.add_variable(lb=0.0) for _ in asked]
        for each, above in zip(cost, over, strict=True):
            model.add_linear_constraint(above - each + edge >= 0.0)
        tail = mathopt.fast_sum([p * above for p, above in zip(chances, over, strict=True)])
        worst = edge + tail / (1.0 - risk.level)
    elif risk.weight > 0.0:
        worst = model.add_variable(lb=-1e3)
        for each in cost:
            model.add_linear_constraint(worst - each >= 0.0)
    else:
        worst = 0.0 * expected
    measure = (1.0 - risk.weight) * expected + risk.weight * worst
    model.minimize(measure)
    result = _solved(model)
    if result.termination.reason is not mathopt.TerminationReason.OPTIMAL:
        msg = f"HiGHS ended with {result.termination.reason.name}"
        raise BookingError(msg)
    least = float(result.termination.objective_bounds.dual_bound) * scale
    if best is not None and best[0] - least > PROVED_SHARE * max(1.0, abs(best[0])):
        # Far away the planes promise much that is not there, and an allocation with far too much
        # booked takes longest.
        model.add_linear_constraint(measure <= (least + LEVEL * (best[0] - least)) / scale)
        model.minimize(
            mathopt.fast_sum(
                [
                    abs(teu - at) / steps[-1] * pick
                    for steps, row, at in zip(scenarios.steps, taken, best[1], strict=True)
                    for teu, pick in zip(steps, row, strict=True)
                ]
            )
        )
        nearest = _solved(model)
        # Of a gap as small as HiGHS rounds, half may be none: then the best by the planes is next.
        if nearest.termination.reason is mathopt.TerminationReason.OPTIMAL:
            result = nearest
    values = [result.variable_values(row) for row in taken]
    chosen = tuple(
        max(zip(row, steps, strict=True))[1]
        for row, steps in zip(values, scenarios.steps, strict=True)
    )
    return chosen, least


def _solved(model: Any) -> Any:
    return mathopt.solve(
        model,
        mathopt.SolverType.HIGHS,
        params=mathopt.SolveParameters(relative_gap_tolerance=0.0, absolute_gap_tolerance=0.0),
    )
