"""Put hours, prices and emissions on the arcs of a network, by date where they depend on it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corridors.costing import operations, pricing
from corridors.costing.groups import ArcGroups
from corridors.costing.pricer import GRAMS_PER_KG, Pricer, Profile
from corridors.domain.rates import Operation, RunningRate
from corridors.network.topology import ArcKind
from corridors.units import CENTS_PER_USD, MINUTES_PER_DAY, MINUTES_PER_HOUR

IntArray = npt.NDArray[np.int64]
BEFORE_DEPARTURE = ("export_dwell", "schedule_wait")
HOURS_PER_DAY = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Integers for the algorithms, and what they are made of for the explanation.

    By arc: `minutes` of the arc (without those of a dated profile), `clock` of them that pass
    after departure, `cents`, `grams` of CO2e well-to-wake, `profile` (index of `profiles`, else
    -1), `running` (index of `rates`, else -1), `operation` (index of `operations`, else -1),
    `usable`.
    """

    first_day: date
    minutes: IntArray
    clock: IntArray
    cents: IntArray
    grams: IntArray
    profile: IntArray
    running: IntArray
    operation: IntArray
    usable: npt.NDArray[np.bool_]
    rates: tuple[RunningRate, ...]
    operations: tuple[Operation, ...]
    profiles: tuple[Profile, ...]
    wait_cents_per_day: int


class Numbers(NamedTuple):
    """What an operation adds to an arc, as integers."""

    minutes: int
    clock: int
    cents: int
    grams: int


def weigh(pricer: Pricer, groups: ArcGroups) -> Weights:
    """Return the weights of the grouped arcs; the others are not usable.

    Parameters
    ----------
    pricer
        The question's rates and rules.
    groups
        The arcs that some corridor can use, by what they take.
    """
    network = pricer.topology
    count = network.arc_count
    usable = np.zeros(count, bool)
    usable[groups.arcs] = True
    rates = tuple(pricer.rate(*key) for key in groups.rate_of)
    operation, operations_made, numbers = _operations(pricer, groups)
    profile, profiles = _profiles(pricer, groups, rates)
    integers = {name: np.zeros(count, np.int64) for name in Numbers._fields}
    own = np.flatnonzero((groups.rate >= 0) & (profile < 0))
    per_km = np.array([pricer.per_km(rate) for rate in rates]).reshape(len(rates), 3)
    for column, name in enumerate(("minutes", "cents", "grams")):
        taken = network.km[own] * per_km[groups.rate[own], column]
        integers[name][own] = np.rint(taken).astype(np.int64)
    integers["clock"] = integers["minutes"].copy()
    here = np.flatnonzero(operation >= 0)
    table = np.array(numbers, np.int64).reshape(len(numbers), len(Numbers._fields))
    for column, name in enumerate(Numbers._fields):
        integers[name][here] += table[operation[here], column]
    for number, dated in enumerate(profiles):
        if (dated.minutes_per_km < 0.0).all():
            usable[profile == number] = False
    storage = operations.storage(pricer.parameters, pricer.shipment)
    per_hour = pricing.usd((storage,), pricer.parameters)
    return Weights(
        first_day=pricer.first_day,
        profile=profile,
        running=groups.rate,
        operation=operation,
        usable=usable,
        rates=rates,
        operations=operations_made,
        profiles=profiles,
        wait_cents_per_day=round(per_hour * HOURS_PER_DAY * CENTS_PER_USD),
        **integers,
    )


def _operations(
    pricer: Pricer, groups: ArcGroups
) -> tuple[IntArray, tuple[Operation, ...], list[Numbers]]:
    """Return the number of each arc's operation, -1 for none, the operations and their numbers."""
    number_of = np.full(len(groups.operation_of) + 1, -1, np.int64)
    made: list[Operation] = []
    numbers: list[Numbers] = []
    for group, arc in enumerate(groups.operation_of):
        found = pricer.operation(arc)
        if found is not None:
            number_of[group] = len(made)
            made.append(found)
            numbers.append(_numbers(pricer, found, int(pricer.topology.kind[arc])))
    return number_of[groups.operation], tuple(made), numbers


def _profiles(
    pricer: Pricer, groups: ArcGroups, rates: Sequence[RunningRate]
) -> tuple[IntArray, tuple[Profile, ...]]:
    """Return the number of each arc's profile, -1 where the day does not matter, and the profiles.

    Arcs share one where service, ice area, closures and rate are the same.
    """
    network = pricer.topology
    number_of = np.full(network.arc_count, -1, np.int64)
    made: list[Profile] = []
    known: dict[Hashable, int] = {}
    dated = network.area[groups.arcs] > 0
    for shut in pricer.shuts:
        dated |= shut.arcs[groups.arcs]
    for arc in groups.arcs[dated].tolist():
        shuts = tuple(i for i, shut in enumerate(pricer.shuts) if shut.arcs[arc])
        rate = int(groups.rate[arc])
        key = (int(network.service[arc]), int(network.area[arc]), shuts, rate)
        if key not in known:
            found = pricer.profile(arc, rates[rate] if rate >= 0 else None)
            known[key] = -1 if found is None else len(made)
            if found is not None:
                made.append(found)
        number_of[arc] = known[key]
    return number_of, tuple(made)


def _numbers(pricer: Pricer, found: Operation, kind: int) -> Numbers:
    minutes = round(found.hours * MINUTES_PER_HOUR)
    before = 0.0
    if kind == ArcKind.LOAD:
        before = sum(found.time_parts.get(part, 0.0) for part in BEFORE_DEPARTURE)
    return Numbers(
        minutes=minutes,
        clock=minutes - round(before * MINUTES_PER_HOUR),
        cents=round(pricing.usd(found.bill, pricer.parameters) * CENTS_PER_USD),
        grams=round(pricing.co2e_wtw_kg(found.bill, pricer.parameters) * GRAMS_PER_KG),
    )


def day_of(weights: Weights, minute: int) -> date:
    """Return the calendar day of a minute counted from the first day."""
    return weights.first_day + timedelta(days=minute // MINUTES_PER_DAY)
