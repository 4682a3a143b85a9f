"""Closure windows: between dates, and in every year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridors.domain.places import window_of

DAYS = st.dates(min_value=date(2019, 1, 1), max_value=date(2035, 12, 31))


def test_a_window_of_dates_is_returned_uncut_if_it_overlaps() -> None:
    window = window_of("2025-09-12", "2025-09-24")
    whole = ((date(2025, 9, 12), date(2025, 9, 24)),)
    assert window.within(date(2025, 9, 24), date(2025, 12, 1)) == whole
    assert window.within(date(2025, 9, 25), date(2025, 12, 1)) == ()


def test_a_spell_without_days_is_open_ended() -> None:
    assert window_of("2022-04-08", "").within(date(2035, 1, 1), date(2035, 1, 1))
    assert window_of("", "2022-04-08").within(date(2019, 1, 1), date(2019, 1, 1))


def test_a_winter_goes_on_past_the_new_year() -> None:
    winter = window_of("--10-11", "--05-16")
    assert winter.within(date(2026, 1, 1), date(2026, 12, 31)) == (
        (date(2025, 10, 11), date(2026, 5, 16)),
        (date(2026, 10, 11), date(2027, 5, 16)),
    )


@given(day=DAYS, length=st.integers(0, 800))
def test_days_are_in_a_yearly_spell_by_their_month_and_day(day: date, length: int) -> None:
    winter, summer = window_of("--10-11", "--05-16"), window_of("--05-17", "--10-10")
    assert bool(winter.within(day, day)) is not bool(summer.within(day, day))
    end = day + timedelta(days=length)
    found = winter.within(day, end)
    assert all(begins <= end and ends >= day for begins, ends in found)
    assert list(found) == sorted(found)


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("--10-11", "", "'--10-11' and '': give both days as --MM-DD, or none"),
        ("--10-11", "2026-05-16", "'--10-11' and '2026-05-16': give both days as --MM-DD, or none"),
        ("--02-29", "--05-16", "day is out of range for month"),
        ("spring", "", "Invalid isoformat string: 'spring'"),
    ],
)
def test_days_that_are_none_are_refused(first: str, last: str, told: str) -> None:
    with pytest.raises(ValueError, match=r"^") as caught:
        window_of(first, last)
    assert str(caught.value).startswith(told[:20])
