"""The edges of a season: when ships leave, sail back, are on the way there, and are still out.

All are by day of a year that repeats. A ship joins a service some days before its first departure
and leaves it as long after it is back from its last, so that ships come and go one by one: what is
out after a season is what left in its last round trip.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from corridors.arrays import BoolArray, FloatArray, IntArray

DAYS_A_STEP = 7


def days_with_return(runs: BoolArray, can_return: Callable[[int], bool]) -> BoolArray:
    """Return the days on which ships leave, of those on which their service runs.

    Weeks are taken off either end of a season until a ship that leaves then can sail and come back;
    one that runs all year has no ends.
    """
    leaves, year = runs.copy(), len(runs)
    for step in (1, -1):
        for edge in np.flatnonzero(runs & ~np.roll(runs, step)).tolist():
            day = edge
            while leaves[day] and not can_return(day):
                leaves[np.arange(day, day + step * DAYS_A_STEP, step) % year] &= False
                day = (day + step * DAYS_A_STEP) % year
    return leaves & runs


def days_of_return(leaves: BoolArray, out_days: IntArray) -> FloatArray:
    """Return by day how many of the days' departures sail back, each `out_days` after it left."""
    left = np.flatnonzero(leaves)
    year = len(leaves)
    return np.bincount((left + out_days[left]) % year, minlength=year).astype(float)


def ships_in_use(
    leaves: BoolArray, ships: FloatArray, trip_days: IntArray, *, position_days: int
) -> FloatArray:
    """Return by day the ships on their way, to a service or from it.

    Parameters
    ----------
    leaves
        Whether ships leave on a day.
    ships, trip_days
        By day the ships that keep the departures throughout, and the days of a round trip.
    position_days
        Days from where a ship is sought to its first departure, and from its last return.
    """
    year = len(leaves)
    # Between departures so close that a ship would turn round on its way, it stays.
    around = np.arange(-position_days, position_days + 1)
    near = leaves[(np.arange(year)[:, None] + around) % year].any(axis=1)
    sails = np.flatnonzero(near[(np.arange(year)[:, None] + around) % year].all(axis=1))
    # A ship that is back on a day of departure leaves again; others come, and go.
    back = (sails + trip_days[sails]) % year
    begin = sails - np.where(np.isin(sails, back), 0, position_days)
    end = sails + trip_days[sails] + np.where(np.isin(back, sails), 0, position_days)
    # The third of four years has what the others leave in it.
    change, part = np.zeros(6 * year), ships[sails] / trip_days[sails]
    for turn in range(year, 5 * year, year):
        np.add.at(change, begin + turn, part)
        np.add.at(change, np.minimum(end + turn, 6 * year - 1), -part)
    return change.cumsum()[3 * year : 4 * year].round(9)


def seasons_begun(leaves: BoolArray) -> int:
    """Return how many seasons of departures begin in a year; none if there are always some."""
    return int((leaves & ~np.roll(leaves, 1)).sum())


def turns(in_use: FloatArray) -> list[int]:
    """Return the days on which ships in use begin to rise or fall, between which none is a peak."""
    bend = np.roll(in_use, 1) - 2.0 * in_use + np.roll(in_use, -1)
    return np.flatnonzero(np.abs(bend) > 1e-9).tolist()
