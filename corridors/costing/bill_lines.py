"""Make the lines of a bill.

The unit of a price says what it applies to: `USD/box` is divided by the TEU of a box, `USD/FEU` is
halved, `USD/TEU` is used as it is. `pricing` converts EUR to USD.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np

from corridors.domain.scenario import Shipment
from corridors.domain.values import BillLine, Operation, Price, SourcedValue
from corridors.errors import ParameterError
from corridors.units import TEU_PER_FEU

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
