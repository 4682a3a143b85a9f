"""Conversions between units, and constants that are definitions."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

KM_PER_NM = 1.852
M_PER_KM = 1000
MONTHS_PER_YEAR = 12
DAYS_PER_WEEK = 7
HOURS_PER_DAY = 24.0
MINUTES_PER_HOUR = 60
MINUTES_PER_DAY = 1440
DAYS_PER_YEAR = 365
TEU_PER_FEU = 2.0
EARTH_RADIUS_KM = 6371.0088
CENTS_PER_USD = 100
USD_PER_USD_M = 1e6
GRAMS_PER_KG = 1000.0
KG_PER_TONNE = 1000.0


def km_from_nm(distance_nm: float) -> float:
    """Return kilometres from international nautical miles."""
    return distance_nm * KM_PER_NM


def nm_from_km(distance_km: float) -> float:
    """Return international nautical miles from kilometres."""
    return distance_km / KM_PER_NM


def hours_per_km_from_knots(speed_kn: float) -> float:
    """Return the hours per kilometre at a speed in knots, > 0."""
    return 1.0 / (speed_kn * KM_PER_NM)


def hours_per_km_from_km_per_day(speed_km_per_day: float) -> float:
    """Return the hours per kilometre at a speed in km per day, > 0."""
    return HOURS_PER_DAY / speed_km_per_day


def in_percent(share: float, digits: int = 0, *, signed: bool = False) -> str:
    """Return a share in percent as printed, without the sign of percent: `13` for 0.125.

    A half rounds away from zero, as in the scripts of pages.
    """
    # 100 x 0.145 is a little less than a half; what is as near to one as that is one.
    near = Decimal(f"{100.0 * share:.9f}")
    return f"{near.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP):{'+' * signed},}"
