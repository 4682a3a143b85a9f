"""Bills of quantities as one table, which a product prices."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Hashable, Sequence

import numpy as np

from corridors.arrays import FloatArray, IntArray
from corridors.costing import pricing
from corridors.data.parameters import ParameterTable
from corridors.domain.values import BillLine

# One number multiplies a quantity of a kind of line, then the next.
Factors = tuple[float, ...]
ONE_PRICE = (1.0, 1.0)
FACTORS_OF_A_SHARE = 4


class Lines:
    """Lines of bills that are priced, or that emit, by kind: those that the same rows multiply.

    Example: the bills of two voyages take 50 and 70 t of VLSFO, and the second also 3 ship-days.
    That are three lines of two kinds: bills (0, 1, 1), quantities (50, 70, 3), kinds (0, 0, 1). At
    600 USD a tonne and 20,000 USD a day the kinds have factors (600, 20,000), the lines amounts
    (30,000, 42,000, 60,000), the bills sums (30,000, 102,000).

    `factors_of` gives what the quantities of a kind are multiplied by, in turn.
    """

    def __init__(self, factors_of: Callable[[Sequence[BillLine], ParameterTable], Factors]) -> None:
        self._factors_of = factors_of
        self._bill = array("q")
        self._quantity = array("d")
        self._kind = array("q")
        self._number: dict[Hashable, int] = {}
        # By kind one of its lines; of a share of another line there are two: the other, the share.
        self._kinds: list[tuple[BillLine, ...]] = []

    def add(self, bill: int, lines: tuple[BillLine, ...], key: Hashable) -> None:
        """Add a line of a bill, after the line of which it is a share, if it is one.

        Lines with the same key are priced by the same rows.
        """
        number = self._number.setdefault(key, len(self._kinds))
        if number == len(self._kinds):
            self._kinds.append(lines)
        quantity = lines[-1].quantity
        self._bill.append(bill)
        self._quantity.append(quantity * lines[0].quantity if len(lines) > 1 else quantity)
        self._kind.append(number)

    def summed(
        self, parameters: ParameterTable, bills: IntArray | None, *, count: int
    ) -> FloatArray:
        """Return the sums of the lines of some of the `count` bills, by default of all.

        Lines are added in their order, as `pricing` adds them, so that the sums are equal. Kinds
        of other bills may have no price among these parameters. Where prices are drawn, sums are
        (bill, draw).
        """
        bills = np.arange(count) if bills is None else bills
        asked = np.zeros(count, bool)
        asked[bills] = True
        of_bill = np.array(self._bill, np.int64)
        lines = asked[of_bill]
        used, kind = np.unique(np.array(self._kind, np.int64)[lines], return_inverse=True)
        amount = np.array(self._quantity, np.float64)[lines]
        factors = (self._factors_of(self._kinds[number], parameters) for number in used.tolist())
        for factor in zip(*factors, strict=True):
            by_kind = np.stack(np.broadcast_arrays(*factor)) if factor else np.zeros(0)
            amount = (amount.T * by_kind[kind].T).T
        of_line = of_bill[lines]
        draws = [np.bincount(of_line, one, minlength=count) for one in np.atleast_2d(amount.T)]
        sums = np.stack(draws, axis=-1) if amount.ndim > 1 else draws[0]
        found: FloatArray = sums[bills].astype(np.float64)
        return found


class Quantities:
    """A table of bills of quantities, numbered in the order in which they are added.

    It prices them with any table of parameters whose prices have the same scopes and units.
    """

    def __init__(self) -> None:
        self.count = 0
        self._paid = Lines(_price)
        self._emitting = Lines(_emission)

    def add(self, bill: Sequence[BillLine]) -> int:
        """Add a bill and return its number."""
        for line in bill:
            if line.price_parameter is not None:
                key = line.price_parameter, line.scope
                for one in line.share_of:
                    of = one.price_parameter, one.scope
                    self._paid.add(self.count, (one, line), (of, key))
                if not line.share_of:
                    self._paid.add(self.count, (line,), key)
            if line.driver.startswith(pricing.ENERGY):
                self._emitting.add(self.count, (line,), (line.driver, line.unit, line.scope))
        self.count += 1
        return self.count - 1

    def usd(self, parameters: ParameterTable, bills: IntArray | None = None) -> FloatArray:
        """Return by bill its cost in USD per TEU, equal to `pricing.usd`; by default of all.

        Raises
        ------
        ParameterError
            A price is missing.
        """
        return self._paid.summed(parameters, bills, count=self.count)

    def co2e_wtw_kg(self, parameters: ParameterTable, bills: IntArray | None = None) -> FloatArray:
        """Return by bill its well-to-wake kg CO2e per TEU, equal to `pricing.co2e_wtw_kg`.

        Raises
        ------
        ParameterError
            A factor is missing.
        """
        return self._emitting.summed(parameters, bills, count=self.count)


def _price(lines: Sequence[BillLine], parameters: ParameterTable) -> Factors:
    paid = (pricing.unit_price(line, parameters) for line in lines)
    factors = [factor for row, rate in paid for factor in (row.value, rate)]
    # All kinds have as many factors as a share.
    return (*factors, *ONE_PRICE)[:FACTORS_OF_A_SHARE]


def _emission(lines: Sequence[BillLine], parameters: ParameterTable) -> Factors:
    return (pricing.factor(lines[0], parameters, chain="wtw").value,)
