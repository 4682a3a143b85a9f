"""What groups of arcs take at a question's prices in the year of its departure."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corridors.costing import operations, pricing
from corridors.costing.groups import ArcGroups
from corridors.costing.pricer import GRAMS_PER_KG, Pricer
from corridors.domain.places import Family
from corridors.domain.rates import Operation, RunningRate
from corridors.network.topology import ArcKind
from corridors.units import CENTS_PER_USD, MINUTES_PER_HOUR

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BEFORE_DEPARTURE = ("door", "road", "export_dwell", "schedule_wait")
HOURS_PER_DAY = 24


class Numbers(NamedTuple):
    """What an operation adds to an arc, as integers."""

    minutes: int
    clock: int
    cents: int
    grams: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """Rates and operations of a network's groups.

    `per_km` is (rate, 3): minutes, cents and grams; `operation` by arc of the network, index of
    `operations`, else -1; `numbers` is (operation, field of `Numbers`); `barred` by arc whether it
    has no price. `eca_rates` are the rates inside emission control areas, `eca_per_km` as `per_km`,
    and `eca_km` by arc the km inside those in force on the day of departure.
    """

    rates: tuple[RunningRate, ...]
    per_km: FloatArray
    operation: IntArray
    operations: tuple[Operation, ...]
    numbers: IntArray
    barred: npt.NDArray[np.bool_]
    wait_cents_per_day: int
    eca_rates: tuple[RunningRate, ...]
    eca_per_km: FloatArray
    eca_km: FloatArray


class PricedGroups:
    """What one network's groups take, kept for the last `MOST` sets of prices and shipments."""

    MOST = 128

    def __init__(self, groups: ArcGroups) -> None:
        self._groups = groups
        self._kept: dict[Hashable, Priced] = {}

    def of(self, pricer: Pricer) -> Priced:
        """Return what the groups take for a question."""
        key = pricer.price_key
        found = self._kept.pop(key, None) or price_groups(pricer, self._groups)
        self._kept[key] = found
        if len(self._kept) > self.MOST:
            del self._kept[next(iter(self._kept))]
        return found


def price_groups(pricer: Pricer, groups: ArcGroups) -> Priced:
    """Return what the groups of a network take at the prices of a question."""
    rates = tuple(
        pricer.rate(service, country, halves=halves) for service, country, halves in groups.rate_of
    )
    at_sea = [service.family is Family.SEA for service in pricer.topology.services]
    eca_rates = tuple(
        pricer.rate(service, country, halves=halves, low_sulphur=at_sea[service])
        for service, country, halves in groups.rate_of
    )
    number_of = np.full(len(groups.operation_of) + 1, -1, np.int64)
    barred = np.zeros(len(groups.operation_of) + 1, bool)
    made: list[Operation] = []
    numbers: list[Numbers] = []
    for group, arc in enumerate(groups.operation_of):
        found = pricer.operation(arc)
        barred[group] = pricer.barred(arc)
        if found is not None:
            number_of[group] = len(made)
            made.append(found)
            numbers.append(_numbers(pricer, found, int(pricer.topology.kind[arc])))
    storage = operations.storage(pricer.parameters, pricer.shipment)
    per_hour = pricing.usd(storage, pricer.parameters)
    return Priced(
        rates=rates,
        per_km=np.array([pricer.per_km(rate) for rate in rates]).reshape(len(rates), 3),
        eca_rates=eca_rates,
        eca_per_km=np.array([pricer.per_km(rate) for rate in eca_rates]).reshape(len(rates), 3),
        eca_km=groups.eca_km[:, list(pricer.eca_in_force)].sum(axis=1)
        if groups.eca_km.shape[1]
        else np.zeros(pricer.topology.arc_count),
        operation=number_of[groups.operation],
        operations=tuple(made),
        numbers=np.array(numbers, np.int64).reshape(len(numbers), len(Numbers._fields)),
        barred=barred[groups.operation],
        wait_cents_per_day=round(per_hour * HOURS_PER_DAY * CENTS_PER_USD),
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
