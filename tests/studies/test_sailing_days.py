"""The edges of a season: departures one by one, by hand and by listing every ship."""

from __future__ import annotations

import numpy as np
import pytest

from corridors.arrays import BoolArray, FloatArray
from corridors.studies.design.sailing_days import (
    days_of_return,
    days_with_return,
    seasons_begun,
    ships_in_use,
    turns,
)

YEAR = 365


def _season(first: int, last: int) -> BoolArray:
    days = np.arange(YEAR)
    if first <= last:
        return (days >= first) & (days <= last)
    return (days >= first) | (days <= last)


def test_ships_come_one_by_one_and_are_still_out_after_the_season() -> None:
    # A departure a day from day 100 to 189, away for 30 days: by day 129 all 30 ships are out, on
    # day 190 the first does not leave again, and on day 219 the last is home.
    trip = np.full(YEAR, 30)
    use = ships_in_use(_season(100, 189), np.full(YEAR, 30.0), trip, position_days=0)
    days = (99, 100, 114, 129, 189, 190, 204, 218, 219)
    assert [use[day] for day in days] == [0, 1, 15, 30, 30, 29, 15, 1, 0]
    assert use.sum() == 90 * 30
    assert seasons_begun(_season(100, 189)) == 1
    # Between its turns nothing is a peak.
    assert {99, 129, 189} <= set(turns(use))
    assert use.max() == max(use[day] for day in turns(use))


def _every_ship(leaves: BoolArray, trip_days: int, position_days: int) -> FloatArray:
    """Return by day the ships in use, each followed from where it is sought to where it goes."""
    begun, out = 4 * YEAR, np.zeros(5 * YEAR)
    home: list[int] = []
    for day in range(begun):
        due = [each for each in home if each == day]
        home = [each for each in home if each != day]
        if leaves[day % YEAR]:
            sought = 0 if due else position_days
            out[max(0, day - sought) : day + trip_days] += 1.0
            home.append(day + trip_days)
        elif due:
            out[day : day + position_days] += 1.0
    return out[2 * YEAR : 3 * YEAR]


@pytest.mark.parametrize("trip_days", [9, 41, 60])
@pytest.mark.parametrize("position_days", [0, 5, 14])
@pytest.mark.parametrize(("first", "last"), [(100, 189), (300, 40), (10, 25), (200, 200)])
def test_ships_in_use_are_those_of_every_departure(
    first: int, last: int, position_days: int, trip_days: int
) -> None:
    leaves, trip = _season(first, last), np.full(YEAR, trip_days)
    use = ships_in_use(leaves, trip.astype(float), trip, position_days=position_days)
    assert use == pytest.approx(_every_ship(leaves, trip_days, position_days))
    # A season shorter than a round trip needs a ship a departure, and no more.
    assert use.max() == pytest.approx(min(trip_days, leaves.sum()))


def test_a_ship_stays_where_it_would_turn_round_on_its_way() -> None:
    leaves = _season(100, 189)
    leaves[140:150] = False
    trip = np.full(YEAR, 20)
    use = ships_in_use(leaves, trip.astype(float), trip, position_days=7)
    assert use[112:190] == pytest.approx(20.0)
    # A week each way is as long as a pause of fourteen days, and shorter than one of fifteen.
    leaves[140:155] = False
    use = ships_in_use(leaves, trip.astype(float), trip, position_days=7)
    assert use[147] < 20.0


def test_a_service_of_all_the_year_has_no_edges() -> None:
    always = np.ones(YEAR, bool)
    use = ships_in_use(always, np.full(YEAR, 8.0), np.full(YEAR, 50), position_days=7)
    assert use == pytest.approx(np.full(YEAR, 8.0))
    assert turns(use) == []
    assert seasons_begun(always) == 0
    assert days_with_return(always, lambda day: False).all()
    assert days_of_return(always, np.full(YEAR, 25)) == pytest.approx(np.ones(YEAR))


def test_no_ship_sails_back_before_the_first_arrives() -> None:
    back = days_of_return(_season(181, 272), np.full(YEAR, 25))
    assert np.flatnonzero(back).tolist() == list(range(206, 298))
    # Of the days of the season 25 have no ship back, and those after it have them.
    assert back[181:273].sum() == 92 - 25


def test_ships_leave_as_long_as_they_can_come_back() -> None:
    # The way is open from day 190 to day 290, and a ship is there after 25 days.
    leaves = days_with_return(_season(181, 272), lambda day: 190 <= day <= 265)
    assert np.flatnonzero(leaves)[[0, -1]].tolist() == [195, 265]
    wrapped = days_with_return(_season(340, 60), lambda day: not 300 < day < 350)
    assert seasons_begun(wrapped) == 1
    assert np.flatnonzero(~wrapped)[[0, -1]].tolist() == [61, 353]
