"""Closure windows: between two dates, or between two days of every year; and days by month."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from corridors.units import MONTHS_PER_YEAR

BEGINNING = date(1900, 1, 1)
END = date(2200, 1, 1)
# Month and day of every year, as in ISO 8601 before 2004: `--10-16`.
_YEARLY = re.compile(r"--(\d{2}-\d{2})")
_SOME_YEAR = 2001


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureWindow:
    """A range of days, inclusive.

    If `yearly`, it applies in every year; `last_day` lies in the following year if the window
    includes the new year.
    """

    first_day: date
    last_day: date
    yearly: bool = False

    def within(self, first_day: date, last_day: date) -> tuple[tuple[date, date], ...]:
        """Return in order the occurrences that overlap a range of days, not cut to the range."""
        if not self.yearly:
            touches = self.first_day <= last_day and self.last_day >= first_day
            return ((self.first_day, self.last_day),) if touches else ()
        longer = self.last_day.year - self.first_day.year
        occurrences = (
            (self.first_day.replace(year=year), self.last_day.replace(year=year + longer))
            for year in range(first_day.year - longer, last_day.year + 1)
        )
        return tuple(
            (begins, ends)
            for begins, ends in occurrences
            if begins <= last_day and ends >= first_day
        )


def window_of(first_day: str, last_day: str) -> ClosureWindow:
    """Return the window between two days as written in tables.

    Parameters
    ----------
    first_day, last_day
        ISO dates, empty if open-ended; or both `--MM-DD`, for every year.

    Raises
    ------
    ValueError
        A day has another form, only one of them is yearly, or a yearly day is 29 February.
    """
    yearly = [_YEARLY.fullmatch(text) for text in (first_day, last_day)]
    one, other = yearly
    if one and other:
        days = [f"{_SOME_YEAR}-{one[1]}", f"{_SOME_YEAR}-{other[1]}"]
        begins, ends = (date.fromisoformat(day) for day in days)
        if ends < begins:
            ends = ends.replace(year=_SOME_YEAR + 1)
        return ClosureWindow(first_day=begins, last_day=ends, yearly=True)
    if any(yearly):
        msg = f"'{first_day}' and '{last_day}': give both days as --MM-DD, or none"
        raise ValueError(msg)
    return ClosureWindow(
        first_day=date.fromisoformat(first_day) if first_day else BEGINNING,
        last_day=date.fromisoformat(last_day) if last_day else END,
    )


def months_from(first: date, count: int) -> tuple[date, ...]:
    """Return the same day of so many months in succession."""
    return tuple(months_later(first, number) for number in range(count))


def begun_in(months: Sequence[date], year: int) -> tuple[date, ...]:
    """Return the first days of months as if the first of them were in a year."""
    later = (year - months[0].year) * MONTHS_PER_YEAR
    return tuple(months_later(month, later) for month in months)


def first_full_month(day: date) -> date:
    """Return the first of the month of a day, or of the next if it is another day."""
    return day if day.day == 1 else months_later(day.replace(day=1), 1)


def months_later(day: date, months: int) -> date:
    """Return the same day so many months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
