"""Apply prices and emission factors to bills; every total is a sum of lines."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np

from corridors.arrays import FloatArray, IntArray
from corridors.data.columns import read_rows
from corridors.data.parameters import ParameterTable
from corridors.data.paths import parameters_dir, shipped
from corridors.domain.values import (
    Basis,
    BillLine,
    ChainPart,
    CostLine,
    EnergyLine,
    SourcedValue,
    weakest,
)
from corridors.errors import ParameterError

ENERGY = "energy."
EUR_RATE = "currency.usd_per_eur"


@shipped(parameters_dir, "drivers.csv")
def load_bases(path: Path) -> Mapping[str, Basis]:
    """Return the basis of each driver's price from `drivers.csv`."""
    rows = read_rows(path)
    return MappingProxyType({cells["driver"]: Basis(cells["basis"]) for cells in rows})


def unit_price(line: BillLine, parameters: ParameterTable) -> tuple[SourcedValue, float]:
    """Return the row that prices a line, and the USD of one unit of its currency."""
    if line.price_parameter is None:
        msg = f"{line.driver}@{line.scope} has no price"
        raise ParameterError(msg)
    price = parameters.get(line.price_parameter, line.scope)
    rate = parameters.value(EUR_RATE) if price.unit.startswith("EUR/") else 1.0
    return price, rate


def usd(bill: Iterable[BillLine], parameters: ParameterTable, *, before: float = 0.0) -> float:
    """Return the cost of a bill in USD per TEU, added to `before`."""
    total = before
    for line in bill:
        if line.price_parameter is None:
            continue
        price, rate = unit_price(line, parameters)
        if not line.share_of:
            total += line.quantity * price.value * rate
        for one in line.share_of:
            own, own_rate = unit_price(one, parameters)
            total += line.quantity * one.quantity * own.value * own_rate * price.value * rate
    return total


def cost_lines(
    bill: Iterable[BillLine],
    parameters: ParameterTable,
    *,
    bases: Mapping[str, Basis] | None = None,
    part: ChainPart = ChainPart.MAIN,
) -> tuple[CostLine, ...]:
    """Return the priced lines of a part of a chain, one per driver and scope, dearest first.

    `low` is the low quantity at the low price, `high` the high quantity at the high price: bounds,
    not a likely range. The exchange rate is fixed.

    Parameters
    ----------
    bill
        Lines of any number of arcs.
    parameters
        Prices.
    bases
        Basis by driver; by default from `drivers.csv`.
    part
        The part of the chain that the bill is for.

    Raises
    ------
    ParameterError
        A price is missing, or one driver and scope has two prices.
    """
    known = load_bases() if bases is None else bases
    merged: dict[tuple[str, str], list[BillLine]] = {}
    for line in bill:
        if line.price_parameter is not None:
            merged.setdefault((line.driver, line.scope), []).append(line)
    lines = [
        _cost_line(group, parameters, known.get(group[0].driver, Basis.RESOURCE), part)
        for group in merged.values()
    ]
    lines.sort(key=lambda line: (-line.usd_per_teu, line.driver, line.scope))
    return tuple(lines)


def _cost_line(
    group: Sequence[BillLine], parameters: ParameterTable, basis: Basis, part: ChainPart
) -> CostLine:
    first = group[0]
    if any(line.price_parameter != first.price_parameter for line in group):
        msg = f"{first.driver}@{first.scope}: two prices for one driver and scope"
        raise ParameterError(msg)
    price, rate = unit_price(first, parameters)
    quantity, low, high = _amounts(group, parameters)
    return CostLine(
        driver=first.driver,
        scope=first.scope,
        label=first.label,
        quantity=quantity,
        unit=first.unit,
        unit_price_usd=price.value * rate,
        usd_per_teu=quantity * price.value * rate,
        basis=basis,
        source_id=price.source_id,
        status=price.status,
        low=low * price.low * rate,
        high=high * price.high * rate,
        part=part,
    )


def _amounts(group: Sequence[BillLine], parameters: ParameterTable) -> tuple[float, float, float]:
    """Return the quantity of lines of one driver and scope: central, low and high."""
    # Arcs of one ship have shares of the same lines, whose cost is added up once for all of them.
    shares: list[tuple[tuple[BillLine, ...], list[BillLine]]] = []
    for line in group:
        found = next((lines for of, lines in shares if of is line.share_of), None)
        if found is None:
            shares.append((line.share_of, [line]))
        else:
            found.append(line)
    amounts = 0.0, 0.0, 0.0
    for share_of, lines in shares:
        times = _summed((line, 1.0, 1.0, 1.0, 1.0) for line in lines)
        if share_of:
            priced = ((one, *unit_price(one, parameters)) for one in share_of)
            costs = _summed(
                (one, price.value, price.low, price.high, rate) for one, price, rate in priced
            )
            times = times[0] * costs[0], times[1] * costs[1], times[2] * costs[2]
        amounts = amounts[0] + times[0], amounts[1] + times[1], amounts[2] + times[2]
    return amounts


def _summed(
    lines: Iterable[tuple[BillLine, float, float, float, float]],
) -> tuple[float, float, float]:
    """Return the quantities of lines, central, low and high, times their price and its rate."""
    central = least = most = 0.0
    for line, value, low, high, rate in lines:
        central += line.quantity * value * rate
        least += line.quantity * line.low_factor * low * rate
        most += line.quantity * line.high_factor * high * rate
    return central, least, most


def energy_lines(
    bill: Iterable[BillLine], parameters: ParameterTable, *, part: ChainPart = ChainPart.MAIN
) -> tuple[EnergyLine, ...]:
    """Return the energy and CO2e of a part of a chain by carrier, scope and label.

    Parameters
    ----------
    bill
        Lines of any number of arcs; only drivers `energy.*` count. Their unit selects the factor:
        `energy.vlsfo` in `t` takes `emission.vlsfo_wtw_kg_per_t`.
    parameters
        Emission factors.
    part
        The part of the chain that the bill is for.

    Raises
    ------
    ParameterError
        A factor is missing.
    """
    merged: dict[tuple[str, str, str], list[BillLine]] = {}
    for line in bill:
        if line.driver.startswith(ENERGY):
            merged.setdefault((line.driver, line.scope, line.label), []).append(line)
    lines = []
    for (driver, scope, label), group in merged.items():
        quantity = sum(line.quantity for line in group)
        wtw, ttw = (factor(group[0], parameters, chain=chain) for chain in ("wtw", "ttw"))
        lines.append(
            EnergyLine(
                driver=driver,
                scope=scope,
                label=label,
                quantity=quantity,
                unit=group[0].unit,
                co2e_wtw_kg=quantity * wtw.value,
                co2e_ttw_kg=quantity * ttw.value,
                source_id=wtw.source_id,
                status=weakest(wtw.status, ttw.status),
                part=part,
            )
        )
    lines.sort(key=lambda line: (-line.co2e_wtw_kg, line.driver, line.scope, line.label))
    return tuple(lines)


def co2e_wtw_kg(
    bill: Iterable[BillLine], parameters: ParameterTable, *, before: float = 0
) -> float:
    """Return the well-to-wake kg CO2e per TEU of a bill, added to `before`."""
    kg = before
    for line in bill:
        if line.driver.startswith(ENERGY):
            kg += line.quantity * factor(line, parameters, chain="wtw").value
    return kg


def factor(line: BillLine, parameters: ParameterTable, *, chain: str) -> SourcedValue:
    """Return the row of the kg CO2e of one unit of a line of energy.

    `chain` is `wtw` (well-to-wake) or `ttw` (tank-to-wake).

    Raises
    ------
    ParameterError
        There is no such factor.
    """
    return parameters.get(factor_name(line, chain=chain), *parameters.country_scopes(line.scope))


def factor_name(line: BillLine, *, chain: str) -> str:
    """Return the parameter of the kg CO2e of one unit of a line of energy (see `factor`)."""
    carrier = line.driver.removeprefix(ENERGY)
    return f"emission.{carrier}_{chain}_kg_per_{line.unit.lower()}"


# Bills of quantities as one table, which a product prices.

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
            if line.driver.startswith(ENERGY):
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
    paid = (unit_price(line, parameters) for line in lines)
    factors = [factor for row, rate in paid for factor in (row.value, rate)]
    # All kinds have as many factors as a share.
    return (*factors, *ONE_PRICE)[:FACTORS_OF_A_SHARE]


def _emission(lines: Sequence[BillLine], parameters: ParameterTable) -> Factors:
    return (factor(lines[0], parameters, chain="wtw").value,)
