"""Put hours, prices and emissions on the arcs of a network, by date where they depend on it."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corridors.costing import operations, pricing
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


class _Made:
    """Rates, operations and profiles made so far, each once, by what they depend on."""

    def __init__(self, pricer: Pricer) -> None:
        self.pricer = pricer
        self.rates: list[RunningRate] = []
        self.operations: list[Operation] = []
        self.numbers: list[Numbers] = []
        self.profiles: list[Profile] = []
        self._rate_of: dict[Hashable, int] = {}
        self._operation_of: dict[Hashable, int] = {}
        self._profile_of: dict[Hashable, int] = {}

    def rate(self, arc: int) -> int:
        """Return the number of a leg's rate; -1 for a transfer or a canal, which has none."""
        network = self.pricer.topology
        if network.kind[arc] != ArcKind.LEG or network.canal[arc] >= 0:
            return -1
        key = (int(network.service[arc]), int(network.country[arc]))
        if key not in self._rate_of:
            self._rate_of[key] = len(self.rates)
            self.rates.append(self.pricer.rate(*key))
        return self._rate_of[key]

    def operation(self, arc: int) -> int:
        """Return the number of an arc's operation, -1 where it has none."""
        network = self.pricer.topology
        kind, country = int(network.kind[arc]), int(network.country[arc])
        at_head = kind in (ArcKind.LEG, ArcKind.LOAD)
        place = int(network.state_place[network.head[arc] if at_head else network.tail[arc]])
        if kind == ArcKind.LEG and not network.places[place].gate:
            place = -1
        key = (
            kind,
            int(network.service[arc]),
            -1 if kind == ArcKind.LEG else int(network.state_service[network.tail[arc]]),
            place,
            country if ";" in network.countries[country] else -1,
            int(network.canal[arc]),
        )
        if key not in self._operation_of:
            found = self.pricer.operation(arc)
            self._operation_of[key] = -1 if found is None else len(self.operations)
            if found is not None:
                self.operations.append(found)
                self.numbers.append(_numbers(self.pricer, found, kind))
        return self._operation_of[key]

    def profile(self, arc: int, rate: int) -> int:
        """Return the number of an arc's profile, -1 where the day does not matter."""
        network = self.pricer.topology
        shuts = tuple(i for i, shut in enumerate(self.pricer.shuts) if shut.arcs[arc])
        area = int(network.area[arc])
        if not shuts and not area:
            return -1
        key = (int(network.service[arc]), area, shuts, rate)
        if key not in self._profile_of:
            dated = self.pricer.profile(arc, self.rates[rate] if rate >= 0 else None)
            self._profile_of[key] = -1 if dated is None else len(self.profiles)
            if dated is not None:
                self.profiles.append(dated)
        return self._profile_of[key]


def weigh(pricer: Pricer, arcs: IntArray) -> Weights:
    """Return the weights of these arcs; the others are not usable.

    Parameters
    ----------
    pricer
        The question's rates and rules.
    arcs
        Indices of the arcs that some corridor can use.
    """
    network = pricer.topology
    count = network.arc_count
    made = _Made(pricer)
    profile, running, operation = (np.full(count, -1, np.int64) for _ in range(3))
    usable = np.zeros(count, bool)
    usable[arcs] = True
    for arc in arcs.tolist():
        running[arc] = made.rate(arc)
        operation[arc] = made.operation(arc)
        profile[arc] = made.profile(arc, int(running[arc]))
    integers = {name: np.zeros(count, np.int64) for name in Numbers._fields}
    own = (running >= 0) & (profile < 0)
    for number, rate in enumerate(made.rates):
        here = own & (running == number)
        minutes, cents, grams = pricer.per_km(rate)
        for name, per_km in (("minutes", minutes), ("cents", cents), ("grams", grams)):
            integers[name][here] = np.rint(network.km[here] * per_km).astype(np.int64)
    integers["clock"] = integers["minutes"].copy()
    for number, values in enumerate(made.numbers):
        here = operation == number
        for name, value in zip(Numbers._fields, values, strict=True):
            integers[name][here] += value
    for number, dated in enumerate(made.profiles):
        if (dated.minutes_per_km < 0.0).all():
            usable[profile == number] = False
    storage = operations.storage(pricer.parameters, pricer.shipment)
    per_hour = pricing.usd((storage,), pricer.parameters)
    return Weights(
        first_day=pricer.first_day,
        profile=profile,
        running=running,
        operation=operation,
        usable=usable,
        rates=tuple(made.rates),
        operations=tuple(made.operations),
        profiles=tuple(made.profiles),
        wait_cents_per_day=round(per_hour * HOURS_PER_DAY * CENTS_PER_USD),
        **integers,
    )


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
