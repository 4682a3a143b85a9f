"""The bill of the kilometres of a leg, ice taken day by day."""

from __future__ import annotations

from collections.abc import Iterable

from corridors.costing.pricer import Pricer
from corridors.costing.weights import Weights
from corridors.domain.rates import Admission, RunningRate
from corridors.domain.values import BillLine
from corridors.units import MINUTES_PER_DAY


def scaled(bill: Iterable[BillLine], factor: float) -> tuple[BillLine, ...]:
    """Return a bill for `factor` times as much."""
    return tuple(line.times(factor) for line in bill)


def ice_kilometres(weights: Weights, profile: int, km: float, start: int) -> dict[int, float]:
    """Return the km run on each day of a dated leg begun at minute `start`, by day index."""
    pace = weights.profiles[profile].minutes_per_km
    done: dict[int, float] = {}
    clock, left, day = float(start), km, start // MINUTES_PER_DAY
    while left > 1e-9:
        possible = ((day + 1) * MINUTES_PER_DAY - clock) / pace[day]
        run = min(left, possible)
        done[day] = done.get(day, 0.0) + run
        left -= run
        clock += run * pace[day]
        day += 1
    return done


def running_bill(
    pricer: Pricer, weights: Weights, arc: int, start: int
) -> tuple[RunningRate, tuple[BillLine, ...]]:
    """Return the rate and the bill of the kilometres of a leg, ice taken day by day."""
    network = pricer.topology
    km = float(network.km[arc])
    rate = weights.rates[int(weights.running[arc])]
    number = int(weights.profile[arc])
    if number < 0 or not weights.profiles[number].states:
        inside = float(weights.eca_km[arc]) if weights.eca_km is not None else 0.0
        if inside <= 0.0:
            return rate, scaled(rate.bill_per_km, km)
        outside = scaled(rate.bill_per_km, max(km - inside, 0.0))
        low_sulphur = weights.eca_rates[int(weights.running[arc])]
        return rate, (*outside, *scaled(low_sulphur.bill_per_km, inside))
    profile = weights.profiles[number]
    service, area = int(network.service[arc]), int(network.area[arc])
    bill: list[BillLine] = []
    for day, run in ice_kilometres(weights, number, km, start).items():
        by_ice = pricer.rate(service, 0, profile.states[day].regime)
        bill.extend(scaled(by_ice.bill_per_km, run))
    first = start // MINUTES_PER_DAY
    if profile.states[first].admission is Admission.ESCORTED:
        bill.extend(pricer.escort(service, area, first).bill)
    return pricer.rate(service, 0, profile.states[start // MINUTES_PER_DAY].regime), tuple(bill)
