"""Draw published figures to two halves, and intervals for the share that holds."""

from __future__ import annotations

from hashlib import sha256
from math import sqrt

UNUSED = "unused"
OPEN = "open"
# The normal quantile of a two-sided interval of 95 %.
QUANTILE = 1.959964


def drawn_half(name: str) -> str:
    """Return the half of a figure: `unused` if the hash of its id begins with 8 to f.

    The rule was fixed before any figure was compared. A figure of the half `unused` must not set a
    parameter.
    """
    return UNUSED if int(sha256(name.encode()).hexdigest()[0], 16) >= 8 else OPEN


def wilson(inside: int, of: int) -> tuple[float, float]:
    """Return the interval of 95 % by Wilson for a share of `inside` in `of` figures.

    Returns
    -------
    low, high
        As fractions; 0 and 1 where there is no figure.
    """
    if of == 0:
        return 0.0, 1.0
    share, spread = inside / of, QUANTILE**2 / of
    middle = (share + spread / 2.0) / (1.0 + spread)
    reach = QUANTILE / (1.0 + spread) * sqrt(share * (1.0 - share) / of + spread / (4.0 * of))
    return middle - reach, middle + reach
