"""Amounts of a bill: one number, or an array with a number by draw.

Rates, operations and prices are sums, products and quotients, which numpy does for an array of
draws as Python does for one number. So the functions of this package price one world or ten
thousand in one call; their annotations say `float` for both. Only choices between two amounts need
words of their own, which are here: a line exists if it is above 0 in some draw (and is 0 in the
others), a part below 0 is cut off draw by draw, and words name the median draw.
"""

from __future__ import annotations

from typing import cast

import numpy as np


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
