"""What a project is worth: present value, benefit-cost, payback, and what would make it pay."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from corridors.arrays import FloatArray
from corridors.domain.projects import Phases, Worth
from corridors.optimise.planning.program import Allocated, Program

# The largest factor tried, and how closely the least one is found.
MOST_FACTOR = 8.0
CLOSE = 1.02
# Gives a cost and its slope at a factor of the volumes.
CostAt = Callable[[float], tuple[float, float]]
# A pair and month gain if a TEU costs less by more than this.
LEAST_USD = 0.01


def worth_over_life(
    gain_usd: float, cost_usd: float, charge_usd: float, *, life_years: float
) -> Worth:
    """Return the worth of a project that gains the same every year of its life.

    Parameters
    ----------
    gain_usd
        Gain a year.
    cost_usd, charge_usd
        Its cost, > 0, and the annuity that repays it over its life, a year.
    life_years
        Its life; gains that take longer do not pay it back.
    """
    # What a dollar a year over the life is worth today.
    years = cost_usd / charge_usd
    return Worth(
        gain_usd=gain_usd,
        net_present_usd=gain_usd * years - cost_usd,
        benefit_cost=gain_usd / charge_usd,
        payback_years=cost_usd / gain_usd if gain_usd * life_years >= cost_usd else None,
    )


def worth_by_phase(
    gains_usd: Sequence[float],
    cost_usd: float,
    charge_usd: float,
    *,
    phases: Phases,
    rate: float,
    opens: int,
) -> Worth:
    """Return the worth of a project that opens in a phase, to the end of the phases.

    Gains are a year, by phase. The annuity is paid from the year of opening on, so what is left of
    the project's life at the end is neither paid nor counted.
    """
    numbers = range(opens, len(gains_usd))
    years = {n: phases.discounted_years(n, rate) for n in numbers}
    benefits = sum(years[n] * gains_usd[n] for n in numbers)
    costs = sum(years[n] * charge_usd for n in numbers)
    return Worth(
        gain_usd=gains_usd[opens] if opens < len(gains_usd) else 0.0,
        net_present_usd=benefits - costs,
        benefit_cost=benefits / costs if costs > 0.0 else 0.0,
        payback_years=_payback_years(gains_usd, cost_usd, phases, opens),
    )


def _payback_years(
    gains_usd: Sequence[float], cost_usd: float, phases: Phases, opens: int
) -> float | None:
    """Return the years after opening in which the gains repay the cost; None if they do not."""
    left, years = cost_usd, 0.0
    for n in range(opens, len(gains_usd)):
        length = phases.discounted_years(n, 0.0)
        if gains_usd[n] * length >= left:
            return years + left / gains_usd[n]
        left -= gains_usd[n] * length
        years += length
    return None


def gaining(program: Program, before: Allocated, after: Allocated) -> tuple[float, float]:
    """Return the TEU a year whose pair and month cost less after, and what they save in USD."""
    was, now = _usd_by_lot(program, before), _usd_by_lot(program, after)
    teu = np.array([lot.teu for lot in program.lots])
    less = was - now > LEAST_USD * teu
    return float(teu[less].sum()), float((was - now)[less].sum())


def _usd_by_lot(program: Program, solved: Allocated) -> FloatArray:
    """Return the objective by lot, with what is left behind at its price."""
    usd = solved.missing * (program.unmet_usd or 0.0)
    for flow in solved.flows:
        weights = program.objective_weights[program.lots[flow.offer.lot].pair]
        usd[flow.offer.lot] += flow.teu * flow.offer.route.objective_usd(weights)
    return usd


def volume_factor(bare: CostAt, built: CostAt, charge_usd: float) -> float | None:
    """Return the smallest factor on the volumes at which a gain reaches a charge, to 2 %.

    A gain may fall again as volumes grow, but either cost of which it is the difference is convex
    in them. Between two factors the cost without the project is at most on the straight line
    between its ends, and the cost with it at least on the slopes at either end. Where the gain can
    therefore not reach the charge, nothing is searched. None if no factor up to `MOST_FACTOR` does.

    Parameters
    ----------
    bare, built
        Give the cost and its slope at a factor, without the project and with it.
    charge_usd
        The charge, in USD a year like the costs.
    """

    def gain(factor: float) -> float:
        return bare(factor)[0] - built(factor)[0]

    def most(low: float, high: float) -> float:
        """Return what the gain cannot exceed between two factors."""
        (start, rise), (end, steeper) = built(low), built(high)
        at = high
        if steeper > rise:
            at = (start - rise * low - end + steeper * high) / (steeper - rise)
            at = min(max(at, low), high)
        part = (at - low) / (high - low)
        chord = (1.0 - part) * bare(low)[0] + part * bare(high)[0]
        return max(gain(low), gain(high), chord - (start + rise * (at - low)))

    step, left = 1.0, []
    while step < MOST_FACTOR:
        left.append((step, 2.0 * step))
        step *= 2.0
    left.reverse()
    while left:
        low, high = left.pop()
        if gain(low) >= charge_usd:
            return low
        if most(low, high) < charge_usd:
            continue
        if high / low > CLOSE:
            middle = (low * high) ** 0.5
            left += [(middle, high), (low, middle)]
        elif gain(high) >= charge_usd:
            return high
    return None
