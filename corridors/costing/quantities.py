"""Bills of quantities as arrays, which one product prices."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corridors.costing import pricing
from corridors.data.parameters import ParameterTable
from corridors.domain.values import BillLine

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """The lines of bills that are priced alike, or that emit.

    `bill` and `quantity` are by line; `kind` is by line an index of `kinds`, one line of each.
    """

    bill: IntArray
    quantity: FloatArray
    kind: IntArray
    kinds: tuple[BillLine, ...]

    @classmethod
    def of(cls, lines: Iterable[tuple[int, BillLine, Hashable]]) -> Lines:
        """Return the lines given as (bill, line, kind), in their order."""
        numbers: dict[Hashable, int] = {}
        kinds: list[BillLine] = []
        bill: list[int] = []
        quantity: list[float] = []
        kind: list[int] = []
        for number, line, key in lines:
            if key not in numbers:
                numbers[key] = len(kinds)
                kinds.append(line)
            bill.append(number)
            quantity.append(line.quantity)
            kind.append(numbers[key])
        return cls(
            bill=np.array(bill, np.int64),
            quantity=np.array(quantity, np.float64),
            kind=np.array(kind, np.int64),
            kinds=tuple(kinds),
        )

    def summed(self, factors: Sequence[Sequence[float]], bills: int) -> FloatArray:
        """Return by bill the sum of its lines; `factors` are by kind, multiplied in turn.

        Lines are added in their order, as `pricing` adds them, so that the sums are equal.
        """
        amount = self.quantity
        for factor in zip(*factors, strict=True):
            amount = amount * np.array(factor, np.float64)[self.kind]
        sums: FloatArray = np.bincount(self.bill, amount, minlength=bills).astype(np.float64)
        return sums


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantities:
    """Bills of quantities: the lines with a price, and those that emit."""

    count: int
    paid: Lines
    emitting: Lines

    @classmethod
    def of(cls, bills: Sequence[Sequence[BillLine]]) -> Quantities:
        """Return the quantities of bills."""
        lines = [(number, line) for number, bill in enumerate(bills) for line in bill]
        return cls(
            count=len(bills),
            paid=Lines.of(
                (number, line, (line.price_parameter, line.scope))
                for number, line in lines
                if line.price_parameter is not None
            ),
            emitting=Lines.of(
                (number, line, (line.driver, line.unit, line.scope))
                for number, line in lines
                if line.driver.startswith(pricing.ENERGY)
            ),
        )

    def usd(self, parameters: ParameterTable) -> FloatArray:
        """Return by bill its cost in USD per TEU, equal to `pricing.usd`.

        Raises
        ------
        ParameterError
            A price is missing.
        """
        prices = [pricing.unit_price(line, parameters) for line in self.paid.kinds]
        return self.paid.summed([(row.value, rate) for row, rate in prices], self.count)

    def co2e_wtw_kg(self, parameters: ParameterTable) -> FloatArray:
        """Return by bill its well-to-wake kg CO2e per TEU, equal to `pricing.co2e_wtw_kg`.

        Raises
        ------
        ParameterError
            A factor is missing.
        """
        factors = [
            pricing.factor(line, parameters, chain="wtw").value for line in self.emitting.kinds
        ]
        return self.emitting.summed([(factor,) for factor in factors], self.count)
