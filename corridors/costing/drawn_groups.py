"""Rates and operations over an array of draws, by the functions that price one world.

`groups` prices the bills of a network's arcs in one world; here the same bills hold arrays, one
number by draw (see `bill_lines`). They are made only for the groups of arcs that are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from corridors.arrays import FloatArray, IntArray
from corridors.costing import operations, pricing
from corridors.costing.contract_charges import ByContract
from corridors.costing.groups import (
    Billed,
    BillTable,
    Made,
    Priced,
    PricedGroups,
    named_scopes,
    operation_keys,
)
from corridors.costing.passages import escort
from corridors.costing.pricer import Pricer
from corridors.domain.places import Family
from corridors.domain.values import BillLine, RunningRate
from corridors.network.states.topology import ArcKind
from corridors.units import CENTS_PER_USD, GRAMS_PER_KG, HOURS_PER_DAY, MINUTES_PER_HOUR

AMOUNTS = ("cost", "kg")
"""What bills take by draw: USD and kg CO2e per TEU."""
SMALL_UNITS = np.array([[CENTS_PER_USD], [GRAMS_PER_KG]], float)
"""Cents and grams of these, in which searches count."""


class DrawnRate(NamedTuple):
    """By draw the minutes and the `AMOUNTS` of one km."""

    minutes: FloatArray
    amounts: FloatArray


class DrawnOperation(NamedTuple):
    """By draw the minutes of an operation, its hours by part, and its `AMOUNTS`.

    `clock` are the minutes after the departure, `calls` those of a ship's other calls. Minutes are
    whole, as those of a search; hours are not rounded.
    """

    minutes: FloatArray
    clock: FloatArray
    calls: FloatArray
    hours: Mapping[str, FloatArray]
    amounts: FloatArray


class DrawnGroups:
    """The groups of a network's arcs over an array of draws, made when asked for.

    `pricer` has a table at cost whose drawn values are arrays of `count` numbers. Only lines that
    `counts` accepts are paid for; by default all. Bills that look up none of the `moved` parameters
    are those of `central`, the groups at the prices of the question. `by` is the contract whose
    ways are drawn, None for none.
    """

    def __init__(
        self,
        pricer: Pricer,
        groups: PricedGroups,
        *,
        central: Priced,
        moved: Collection[str],
        count: int,
        counts: Callable[[BillLine], bool] | None = None,
        by: ByContract | None = None,
    ) -> None:
        self.pricer = pricer
        self._by = by
        self.counts = counts
        self.groups = groups
        self._bills = central.bills
        self._moved = frozenset(moved)
        self.count = count
        # Of these draws alone; groups with one key share a bill.
        self._rates: dict[tuple[int, bool], DrawnRate] = {}
        self._in_ice: dict[tuple[int, str], DrawnRate] = {}
        self._operations: dict[Hashable, DrawnOperation | None] = {}
        self._boarded: dict[tuple[int, int], DrawnOperation] = {}
        self._escorts: dict[tuple[int, int], FloatArray] = {}
        self._of_all: tuple[FloatArray, IntArray] | None = None
        keys = operation_keys(pricer.topology, groups.operation_of, named_scopes(pricer.parameters))
        self._operation_keys = tuple(
            (key, pricer.drayage_key(arc))
            for arc, key in zip(groups.operation_of, keys, strict=True)
        )

    def by_draw(self, amount: float | FloatArray) -> FloatArray:
        """Return an amount as an array, also if it is the same in all draws."""
        return np.broadcast_to(np.asarray(amount, np.float64), (self.count,))

    def amounts(self, bill: tuple[BillLine, ...]) -> FloatArray:
        """Return the `AMOUNTS` of a bill, (amount, draw), in no draw less than nothing.

        Boxes that return by land for by sea, say, would pay those who send them where one price is
        drawn below the other; a comparison refuses such prices.
        """
        table = self.pricer.parameters
        paid = bill if self.counts is None else tuple(filter(self.counts, bill))
        found = np.empty((len(AMOUNTS), self.count))
        found[0] = np.maximum(pricing.usd(paid, table), 0.0)
        found[1] = pricing.co2e_wtw_kg(bill, table)
        return found

    def _rate(self, rate: RunningRate, service: int) -> DrawnRate:
        if self._by is not None:
            rate = self._by.rate(service, rate)
        minutes = self.by_draw(rate.hours_per_km * MINUTES_PER_HOUR)
        return DrawnRate(minutes, self.amounts(rate.bill_per_km))

    def rate(self, group: int, *, low_sulphur: bool = False) -> DrawnRate:
        """Return the rate of a group of arcs; with `low_sulphur` in emission control areas."""
        key = group, low_sulphur
        if key not in self._rates:
            row = int(self._bills.rates[group + low_sulphur * len(self.groups.rate_of)])
            known = self._bills.book.rates
            if self._stays(known, row):
                found = known.made[row]
            else:
                service, country, halves, east = self.groups.rate_of[group]
                found = self.pricer.rate(
                    service, country, halves=halves, low_sulphur=low_sulphur, is_east=bool(east)
                )
            self._rates[key] = self._rate(found, int(self.groups.rate_of[group][0]))
        return self._rates[key]

    def rate_in_ice(self, service: int, regime: str) -> DrawnRate:
        """Return the rate of a ship in a regime of ice."""
        key = service, regime
        if key not in self._in_ice:
            self._in_ice[key] = self._rate(self.pricer.rate(service, 0, regime), service)
        return self._in_ice[key]

    def escort(self, service: int, area: int) -> FloatArray:
        """Return the fee of an icebreaker for seven zones."""
        key = service, area
        if key not in self._escorts:
            ship = self.pricer.topology.services[service]
            fee = escort(area, ship, self.pricer.parameters, share=1.0)
            self._escorts[key] = self.amounts(fee.bill)
        return self._escorts[key]

    def wait_per_day(self) -> FloatArray:
        """Return what a day of waiting at the origin takes; it emits nothing, as in the search."""
        pricer = self.pricer
        return self.amounts(operations.storage(pricer.parameters, pricer.shipment)) * HOURS_PER_DAY

    def priced(self, draw: int, central: Priced) -> Priced:
        """Return the groups at the prices of one draw, for a search; their bills stay.

        Parameters
        ----------
        draw
            Number of the draw.
        central
            The groups at the prices of the question, whose arcs and km count.
        """
        per_km, numbers = self._tables()
        rates = per_km[:, :, draw]
        half = rates.shape[0] // 2
        return replace(
            central,
            per_km=rates[:half],
            eca_per_km=rates[half:],
            numbers=numbers[:, :, draw],
            wait_cents_per_day=round(float(self.wait_per_day()[0, draw]) * CENTS_PER_USD),
        )

    def _tables(self) -> tuple[FloatArray, IntArray]:
        """Return the figures of all groups, made once.

        Of rates (group, figure, draw): minutes, cents and grams of a km, then the same in emission
        control areas. Of operations the same, with the minutes on the clock after the minutes,
        whole, in the order of `Priced.operations`.
        """
        if self._of_all is None:
            rates = [
                self.rate(group, low_sulphur=clean and self._sails(group))
                for clean in (False, True)
                for group in range(len(self.groups.rate_of))
            ]
            per_km = np.array([(rate.minutes, *(rate.amounts * SMALL_UNITS)) for rate in rates])
            self._of_all = (
                per_km.reshape(len(rates), 1 + len(AMOUNTS), self.count),
                self._numbers(),
            )
        return self._of_all

    def _numbers(self) -> IntArray:
        """Return by operation its whole figures; bills of the question are priced together."""
        known, rows = self._bills.book.operations, self._bills.operations
        made = [known.made[row] for row in rows.tolist()]
        is_made = np.array([billed.operation is not None for billed in made], bool)
        stays = np.array([self._stays(known, row) for row in rows.tolist()], bool)
        stays &= self.counts is None
        hours = np.array([(billed.hours, billed.before_hours) for billed in made])
        minutes = np.rint(hours.reshape(-1, 2, 1) * MINUTES_PER_HOUR)
        found = np.zeros((rows.shape[0], 2 + len(AMOUNTS), self.count))
        found[:, 0], found[:, 1] = minutes[:, 0], minutes[:, 0] - minutes[:, 1]
        table, paid = self.pricer.parameters, known.quantities
        amounts = paid.usd(table, rows[stays]), paid.co2e_wtw_kg(table, rows[stays])
        for column, amount in enumerate(amounts, start=2):
            found[stays, column] = amount if amount.ndim > 1 else amount[:, np.newaxis]
        np.maximum(found[:, 2], 0.0, out=found[:, 2])
        found[:, 2:] *= SMALL_UNITS
        for group in np.flatnonzero(~stays).tolist():
            one = self.operation(group)
            is_made[group] = one is not None
            if one is not None:
                found[group] = (one.minutes, one.clock, *(one.amounts * SMALL_UNITS))
        numbers: IntArray = np.rint(found[is_made]).astype(np.int64)
        return numbers

    def _stays(self, known: BillTable[Made], row: int) -> bool:
        """Return whether a bill of the question is the same here."""
        return self._moved.isdisjoint(known.looked_up[row])

    def _sails(self, group: int) -> bool:
        service = self.pricer.topology.services[self.groups.rate_of[group][0]]
        return service.family is Family.SEA

    def operation(self, group: int) -> DrawnOperation | None:
        """Return the operation of a group of arcs, None if it has none."""
        key = self._operation_keys[group]
        if key not in self._operations:
            self._operations[key] = self._operation(group)
        return self._operations[key]

    def on(self, arc: int, interval: int = 0) -> DrawnOperation | None:
        """Return the operation on an arc, None if it has none.

        `interval` are the minutes between departures of the line that it boards, 0 for none, below
        0 for a dated voyage.
        """
        group = int(self.groups.operation[arc])
        found = self.operation(group) if group >= 0 else None
        if found is None or interval <= 0:
            return found
        key = group, interval
        if key not in self._boarded:
            self._boarded[key] = self._with_wait(found, arc, interval)
        return self._boarded[key]

    def _with_wait(self, found: DrawnOperation, arc: int, interval: int) -> DrawnOperation:
        wait = self.pricer.wait_for_line(arc).at(interval / MINUTES_PER_HOUR)
        more = self.by_draw(np.rint(np.asarray(wait.more_hours) * MINUTES_PER_HOUR))
        is_first = int(self.pricer.topology.kind[arc]) == ArcKind.LOAD
        waited = found.hours.get("schedule_wait", 0.0) + wait.more_hours
        return found._replace(
            minutes=found.minutes + more,
            clock=found.clock + (0.0 if is_first else more),
            hours={**found.hours, "schedule_wait": self.by_draw(waited)},
            amounts=found.amounts + self.amounts(wait.bill_per_hour) * wait.more_hours,
        )

    def _operation(self, group: int) -> DrawnOperation | None:
        row, known = int(self._bills.operations[group]), self._bills.book.operations
        if self._stays(known, row):
            billed = known.made[row]
        else:
            billed = Billed.on(self.groups.operation_of[group], self.pricer)
        if billed.operation is None:
            return None
        made = billed.operation
        if self._by is not None:
            made = self._by.operation(self.groups.operation_of[group], made)
        hours = {part: self.by_draw(taken) for part, taken in made.time_parts.items()}
        minutes, before, called = (
            self.by_draw(np.rint(np.asarray(taken) * MINUTES_PER_HOUR))
            for taken in (billed.hours, billed.before_hours, hours.get("port_calls", 0.0))
        )
        return DrawnOperation(
            minutes=minutes,
            clock=minutes - before,
            calls=called,
            hours=hours,
            amounts=self.amounts(made.bill),
        )
