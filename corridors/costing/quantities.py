"""Bills of quantities as one table, which a product prices."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corridors.costing import pricing
from corridors.data.parameters import ParameterTable, changed_names
from corridors.domain.values import BillLine, SourcedValue

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
# One number multiplies a quantity of a kind of line, then the next.
Factors = tuple[float, ...]
ONE_PRICE = (1.0, 1.0)
FACTORS_OF_A_SHARE = 4


class _Kind(NamedTuple):
    """Lines that the same rows price or give emissions: one of them, and the rows' parameters.

    Of a share of another line there are two: the other, and the share.
    """

    lines: tuple[BillLine, ...]
    names: frozenset[str]


class Lines:
    """Lines of bills that are priced, or that emit, by kind.

    `factors_of` gives what the quantities of a kind are multiplied by, in turn, and `names_of` the
    parameters that it reads. Factors are kept until a row that they read is replaced.
    """

    def __init__(
        self,
        factors_of: Callable[[Sequence[BillLine], ParameterTable], Factors],
        names_of: Callable[[Sequence[BillLine]], frozenset[str]],
    ) -> None:
        self._factors_of = factors_of
        self._names_of = names_of
        self._bill: list[int] = []
        self._quantity: list[float] = []
        self._kind: list[int] = []
        self._kinds: list[_Kind] = []
        self._number: dict[Hashable, int] = {}
        self._factors: list[Factors] = []
        self._replaced: frozenset[tuple[SourcedValue, SourcedValue]] = frozenset()
        self._columns = self._as_columns()

    def add(self, bill: int, lines: tuple[BillLine, ...], key: Hashable) -> None:
        """Add a line of a bill, after the line of which it is a share, if it is one.

        Lines with the same key are priced by the same rows.
        """
        number = self._number.setdefault(key, len(self._kinds))
        if number == len(self._kinds):
            self._kinds.append(_Kind(lines, self._names_of(lines)))
        quantity = lines[-1].quantity
        self._bill.append(bill)
        self._quantity.append(quantity * lines[0].quantity if len(lines) > 1 else quantity)
        self._kind.append(number)

    def summed(self, parameters: ParameterTable, bills: int) -> FloatArray:
        """Return by bill the sum of its lines.

        Lines are added in their order, as `pricing` adds them, so that the sums are equal.
        """
        self._take(parameters)
        if self._columns[0].shape[0] < len(self._bill):
            self._columns = self._as_columns()
        of_bill, kind, amount = self._columns
        for factor in zip(*self._factors, strict=True):
            amount = amount * np.array(factor, np.float64)[kind]
        sums: FloatArray = np.bincount(of_bill, amount, minlength=bills).astype(np.float64)
        return sums

    def _as_columns(self) -> tuple[IntArray, IntArray, FloatArray]:
        """Return the bill, kind and quantity of each line."""
        return (
            np.array(self._bill, np.int64),
            np.array(self._kind, np.int64),
            np.array(self._quantity, np.float64),
        )

    def _take(self, parameters: ParameterTable) -> None:
        """Take the factors of a table whose other rows are those of the tables before."""
        replaced = frozenset(parameters.replaced)
        changed = changed_names(replaced ^ self._replaced)
        self._factors = [
            self._factors_of(kind.lines, parameters)
            if number >= len(self._factors) or not changed.isdisjoint(kind.names)
            else self._factors[number]
            for number, kind in enumerate(self._kinds)
        ]
        self._replaced = replaced


class Quantities:
    """A table of bills of quantities, numbered in the order in which they are added.

    It prices them with one table of parameters after another, which differ in replaced rows only.
    """

    def __init__(self) -> None:
        self.count = 0
        self._paid = Lines(_price, _names_of_price)
        self._emitting = Lines(_emission, _names_of_emission)

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

    def usd(self, parameters: ParameterTable) -> FloatArray:
        """Return by bill its cost in USD per TEU, equal to `pricing.usd`.

        Raises
        ------
        ParameterError
            A price is missing.
        """
        return self._paid.summed(parameters, self.count)

    def co2e_wtw_kg(self, parameters: ParameterTable) -> FloatArray:
        """Return by bill its well-to-wake kg CO2e per TEU, equal to `pricing.co2e_wtw_kg`.

        Raises
        ------
        ParameterError
            A factor is missing.
        """
        return self._emitting.summed(parameters, self.count)


def _price(lines: Sequence[BillLine], parameters: ParameterTable) -> Factors:
    paid = (pricing.unit_price(line, parameters) for line in lines)
    factors = [factor for row, rate in paid for factor in (row.value, rate)]
    # All kinds have as many factors as a share.
    return (*factors, *ONE_PRICE)[:FACTORS_OF_A_SHARE]


def _names_of_price(lines: Sequence[BillLine]) -> frozenset[str]:
    return frozenset((pricing.EUR_RATE, *(line.price_parameter or "" for line in lines)))


def _names_of_emission(lines: Sequence[BillLine]) -> frozenset[str]:
    return frozenset((pricing.factor_name(lines[0], chain="wtw"),))


def _emission(lines: Sequence[BillLine], parameters: ParameterTable) -> Factors:
    return (pricing.factor(lines[0], parameters, chain="wtw").value,)
