"""Rates and operations over an array of draws, by the functions that price one world.

`groups` prices the bills of a network's arcs in one world; here the same bills hold arrays, one
number by draw (see `amounts`). They are made only for the groups of arcs that are asked for, and
priced at once on both bases: at cost, and at what is quoted.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corridors.costing import operations, pricing
from corridors.costing.bills import Billed, named_scopes, operation_keys
from corridors.costing.escort import escort
from corridors.costing.groups import PricedGroups
from corridors.costing.pricer import Pricer
from corridors.data.parameters import ParameterTable
from corridors.domain.rates import RunningRate
from corridors.domain.values import BillLine
from corridors.units import HOURS_PER_DAY, MINUTES_PER_HOUR

FloatArray = npt.NDArray[np.float64]


class DrawnAmounts(NamedTuple):
    """By draw the USD per TEU at cost and as quoted, and the kg CO2e per TEU."""

    cost: FloatArray
    price: FloatArray
    kg: FloatArray

    def times(self, factor: float | FloatArray) -> DrawnAmounts:
        """Return `factor` times the amounts."""
        return DrawnAmounts(self.cost * factor, self.price * factor, self.kg * factor)

    def plus(self, other: DrawnAmounts) -> DrawnAmounts:
        """Return the sums of both."""
        return DrawnAmounts(self.cost + other.cost, self.price + other.price, self.kg + other.kg)


class DrawnRate(NamedTuple):
    """By draw the minutes and the amounts of one km."""

    minutes: FloatArray
    amounts: DrawnAmounts


class DrawnOperation(NamedTuple):
    """By draw the minutes of an operation, and its amounts.

    `clock` are the minutes after the departure, `calls` those of a ship's other calls. Minutes are
    whole, as those of a search.
    """

    minutes: FloatArray
    clock: FloatArray
    calls: FloatArray
    amounts: DrawnAmounts


class DrawnGroups:
    """The groups of a network's arcs over an array of draws, made when asked for.

    `pricer` has a table at cost whose drawn values are arrays of `count` numbers; `quoted` is that
    table with the shares that quoted freights are above cost.
    """

    def __init__(
        self, pricer: Pricer, groups: PricedGroups, *, quoted: ParameterTable, count: int
    ) -> None:
        self.pricer = pricer
        self.groups = groups
        self.quoted = quoted
        self.count = count
        # Of these draws alone; groups with one key share a bill.
        self._rates: dict[tuple[int, bool], DrawnRate] = {}
        self._in_ice: dict[tuple[int, str], DrawnRate] = {}
        self._operations: dict[Hashable, DrawnOperation | None] = {}
        self._escorts: dict[tuple[int, int], DrawnAmounts] = {}
        keys = operation_keys(pricer.topology, groups.operation_of, named_scopes(pricer.parameters))
        self._operation_keys = tuple(
            (key, pricer.drayage_key(arc))
            for arc, key in zip(groups.operation_of, keys, strict=True)
        )

    def by_draw(self, amount: float | FloatArray) -> FloatArray:
        """Return an amount as an array, also if it is the same in all draws."""
        return np.broadcast_to(np.asarray(amount, np.float64), (self.count,))

    def amounts(self, bill: tuple[BillLine, ...]) -> DrawnAmounts:
        """Return what a bill takes."""
        table = self.pricer.parameters
        return DrawnAmounts(
            cost=self.by_draw(pricing.usd(bill, table)),
            price=self.by_draw(pricing.usd(bill, self.quoted)),
            kg=self.by_draw(pricing.co2e_wtw_kg(bill, table)),
        )

    def _rate(self, rate: RunningRate) -> DrawnRate:
        minutes = self.by_draw(rate.hours_per_km * MINUTES_PER_HOUR)
        return DrawnRate(minutes, self.amounts(rate.bill_per_km))

    def rate(self, group: int, *, low_sulphur: bool = False) -> DrawnRate:
        """Return the rate of a group of arcs; with `low_sulphur` in emission control areas."""
        key = group, low_sulphur
        if key not in self._rates:
            service, country, halves, east = self.groups.rate_of[group]
            found = self.pricer.rate(
                service, country, halves=halves, low_sulphur=low_sulphur, is_east=bool(east)
            )
            self._rates[key] = self._rate(found)
        return self._rates[key]

    def rate_in_ice(self, service: int, regime: str) -> DrawnRate:
        """Return the rate of a ship in a regime of ice."""
        key = service, regime
        if key not in self._in_ice:
            self._in_ice[key] = self._rate(self.pricer.rate(service, 0, regime))
        return self._in_ice[key]

    def escort(self, service: int, area: int) -> DrawnAmounts:
        """Return the fee of an icebreaker for seven zones."""
        key = service, area
        if key not in self._escorts:
            ship = self.pricer.topology.services[service]
            fee = escort(area, ship, self.pricer.parameters, share=1.0)
            self._escorts[key] = self.amounts(fee.bill)
        return self._escorts[key]

    def wait_per_day(self) -> DrawnAmounts:
        """Return what a day of waiting at the origin takes; it emits nothing, as in the search."""
        pricer = self.pricer
        return self.amounts(operations.storage(pricer.parameters, pricer.shipment)).times(
            HOURS_PER_DAY
        )

    def operation(self, group: int) -> DrawnOperation | None:
        """Return the operation of a group of arcs, None if it has none."""
        key = self._operation_keys[group]
        if key not in self._operations:
            self._operations[key] = self._operation(self.groups.operation_of[group])
        return self._operations[key]

    def _operation(self, arc: int) -> DrawnOperation | None:
        billed = Billed.on(arc, self.pricer)
        if billed.operation is None:
            return None
        calls = billed.operation.time_parts.get("port_calls", 0.0)
        minutes, before, called = (
            self.by_draw(np.rint(np.asarray(hours) * MINUTES_PER_HOUR))
            for hours in (billed.hours, billed.before_hours, calls)
        )
        return DrawnOperation(
            minutes=minutes,
            clock=minutes - before,
            calls=called,
            amounts=self.amounts(billed.operation.bill),
        )
