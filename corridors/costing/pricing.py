"""Apply prices and emission factors to bills; every total is a sum of lines."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import cast

import numpy as np

from corridors.arrays import FloatArray, IntArray
from corridors.data.columns import read_rows
from corridors.data.parameters import ParameterTable
from corridors.data.paths import parameters_dir, shipped
from corridors.domain.scenario import Shipment
from corridors.domain.values import (
    Basis,
    BillLine,
    ChainPart,
    CostLine,
    EnergyLine,
    Operation,
    Price,
    SourcedValue,
    TerminalEnd,
    weakest,
)
from corridors.errors import ParameterError
from corridors.units import TEU_PER_FEU

# Make the lines of a bill.

# Amounts of a bill: one number, or an array with a number by draw.


def any_above(amount: float, bound: float = 0.0) -> bool:
    """Return whether an amount is above a bound in some draw."""
    above = amount > bound
    # Bills are made by the thousand, and numpy takes twenty times as long for one number.
    return above if isinstance(above, bool) else bool(np.any(above))


def all_above(amount: float, bound: float = 0.0) -> bool:
    """Return whether an amount is above a bound in every draw."""
    above = amount > bound
    return above if isinstance(above, bool) else bool(np.all(above))


def at_least(amount: float, bound: float) -> float:
    """Return an amount, and in each draw where it is below a bound the bound."""
    if type(amount) is float and type(bound) is float:
        return max(amount, bound)
    return cast("float", np.maximum(amount, bound))


def at_most(amount: float, bound: float) -> float:
    """Return an amount, and in each draw where it is above a bound the bound."""
    if type(amount) is float and type(bound) is float:
        return min(amount, bound)
    return cast("float", np.minimum(amount, bound))


def ratio(one: float, other: float) -> float:
    """Return one amount over another, 1 in each draw where the other is 0."""
    if type(one) is float and type(other) is float:
        return one / other
    above = np.where(np.equal(other, 0.0), 1.0, other)
    return cast("float", np.where(np.equal(other, 0.0), 1.0, one / above))


def in_words(amount: float) -> float:
    """Return the number that stands for an amount in a text: its median."""
    return amount if isinstance(amount, float) else float(np.median(amount))


def teu_share(price: Price | SourcedValue, shipment: Shipment) -> float:
    """Return how many units of a price one TEU takes.

    Parameters
    ----------
    price
        A row whose unit is an amount per `TEU`, `FEU` or `box`, and maybe per something else.
    shipment
        Its equipment gives the TEU of a box.

    Raises
    ------
    ParameterError
        The unit is per none of the three.
    """
    per = price.unit.split("/")[1:]
    if "TEU" in per:
        return 1.0
    if "box" in per:
        return 1.0 / shipment.equipment.teu_per_box
    if any(part.split("-")[0] == "FEU" for part in per):
        return 1.0 / TEU_PER_FEU
    msg = f"{price.parameter}@{price.scope}: unit '{price.unit}' is not per TEU, FEU or box"
    raise ParameterError(msg)


def charge(
    driver: str,
    price: Price | SourcedValue,
    shipment: Shipment,
    *,
    label: str,
    units: float = 1.0,
    low_factor: float = 1.0,
    high_factor: float = 1.0,
) -> BillLine:
    """Return a line for a price per box, FEU or TEU.

    Parameters
    ----------
    driver
        Driver of the line.
    price
        The row that prices it; its scope becomes the line's, so that pricing finds it again.
    shipment
        The box.
    label
        Label in the report.
    units
        How often the price is due: lifts or km.
    low_factor, high_factor
        Range of the quantity, as factors.
    """
    return BillLine(
        driver=driver,
        scope=price.scope,
        label=label,
        quantity=units * teu_share(price, shipment),
        unit=price.unit.split("/", 1)[1].replace("/", "-"),
        price_parameter=price.parameter,
        low_factor=low_factor,
        high_factor=high_factor,
    )


def energy_line(
    carrier: str, used: SourcedValue, *, scope: str, label: str, quantity: float, unit: str = "kg"
) -> BillLine:
    """Return a line of energy, which has no price; its range is that of the row used."""
    return BillLine(
        driver=f"energy.{carrier}",
        scope=scope,
        label=label,
        quantity=quantity,
        unit=unit,
        price_parameter=None,
        low_factor=ratio(used.low, used.value),
        high_factor=ratio(used.high, used.value),
    )


def hub_energy(kind: str, shipment: Shipment, *, moves: float = 1.0) -> BillLine:
    """Return the energy of handling a box at a terminal.

    Parameters
    ----------
    kind
        `sea` or `rail`.
    shipment
        The box.
    moves
        Moves of one box.
    """
    return BillLine(
        driver="energy.hub",
        scope=kind,
        label="Handling at terminals",
        quantity=moves / shipment.equipment.teu_per_box,
        unit="move",
        price_parameter=None,
    )


def operation_of(
    key: str, label: str, times: Mapping[str, float], bill: Sequence[BillLine]
) -> Operation:
    """Return an operation with only the parts that take time."""
    kept = {part: hours for part, hours in times.items() if any_above(hours)}
    return Operation(key=key, label=label, time_parts=kept, bill=tuple(bill))


def above_zero(row: SourcedValue) -> float:
    """Return the central value of a row.

    Raises
    ------
    ParameterError
        It is not above 0.
    """
    if not all_above(row.value):
        msg = f"{row.parameter}@{row.scope} must be above 0, got {in_words(row.value):g}"
        raise ParameterError(msg)
    return row.value


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
    at: TerminalEnd | None = None,
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
    at
        The end of the main carriage at which a terminal charges it.

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
        _cost_line(group, parameters, known.get(group[0].driver, Basis.RESOURCE), part, at)
        for group in merged.values()
    ]
    lines.sort(key=lambda line: (-line.usd_per_teu, line.driver, line.scope))
    return tuple(lines)


def _cost_line(
    group: Sequence[BillLine],
    parameters: ParameterTable,
    basis: Basis,
    part: ChainPart,
    at: TerminalEnd | None,
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
        at=at,
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
