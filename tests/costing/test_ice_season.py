"""The season of the Northern Sea Route by class, claim by claim against what was published."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from corridors.config import load_corridors, load_scenario
from corridors.costing.pace import (
    Track,
    Window,
    _window,
    cross,
    day_of_year,
    ice_track,
    index_of,
    windows,
)
from corridors.costing.ship_in_ice import IceYear, ice_year
from corridors.data.sea_areas import AREA_NAMES, load_ice_table
from corridors.studies.compare.run import compare
from corridors.units import nm_from_km
from tests.costing.examples import PARAMETERS, SERVICES

ICE = load_ice_table()
ROUTE = load_corridors(["northern-sea-route-sannikov"])[0]
CLASSES = ("none", "Ice1", "Arc4", "Arc7")
# The ice table ends with 2024, so the mean year stands for 2025.
YEAR_OF = {2024: "2024", 2025: "mean"}


def track() -> Track:
    found = ice_track(ROUTE)
    assert found is not None
    return found


def years(ice_class: str, year: str) -> tuple[IceYear, ...]:
    ship = replace(SERVICES["sea/arctic-5k-ice1"], ice_class=ice_class)
    return tuple(ice_year(a, ship, ICE, PARAMETERS, year) for a in range(1, len(AREA_NAMES)))


def season_of(ice_class: str, year: str) -> tuple[Window, Window]:
    return windows(track(), years(ice_class, year))


def day(text: str) -> date:
    month, of_month = text.split("-")
    return date(2024, int(month), int(of_month))


def test_the_track_crosses_the_seven_areas_between_the_bering_strait_and_the_kara_gate() -> None:
    # Shipped legs in nm by area: 349; 33 + 384; 373; 8 + 243; 321; 4 + 433; 432: 2,580 in all.
    found = track()
    assert found.areas == (7, 6, 5, 4, 3, 2, 1)
    assert (found.gates[0], found.gates[-1]) == ("gate-bering", "gate-kara")
    assert nm_from_km(found.km) == pytest.approx(2580, rel=0.01)
    assert found.reversed().areas == (1, 2, 3, 4, 5, 6, 7)


@pytest.mark.parametrize(
    ("corridor", "areas", "nm", "straits"),
    [
        # "almost 2,200 nautical miles" from Cape Zhelaniya to Cape Dezhnev: Sovcomflot, 2011-09-01.
        ("deep", (7, 6, 5, 4, 3, 2), 2094, "new-siberian-north vilkitsky zhelaniya"),
        ("high", (7, 6, 5, 4, 3, 2), 2207, "wrangel new-siberian-north shokalsky zhelaniya"),
        ("coastal", (7, 6, 5, 4, 3, 2, 1), 2630, "long dmitry-laptev vilkitsky yugorsky-shar"),
        # The corridor of any track: the shortest.
        ("", (7, 6, 5, 4, 3, 2), 2094, "new-siberian-north vilkitsky zhelaniya"),
    ],
)
def test_each_track_passes_its_straits_in_their_order(
    corridor: str, areas: tuple[int, ...], nm: float, straits: str
) -> None:
    found = ice_track(load_corridors([f"northern-sea-route-{corridor}".rstrip("-")])[0])
    assert found is not None
    assert found.areas == areas
    assert nm_from_km(found.km) == pytest.approx(nm, rel=0.01)
    passed = [gate.removeprefix("gate-") for gate in found.gates]
    assert [gate for gate in passed if gate in straits.split()] == straits.split()


def test_a_gate_that_is_avoided_is_not_on_the_track() -> None:
    deep = load_corridors(["northern-sea-route-deep"])[0]
    round_wrangel = ice_track(replace(deep, must_avoid=("gate-long",)))
    assert round_wrangel is not None
    assert "gate-wrangel" in round_wrangel.gates
    assert ice_track(replace(deep, must_avoid=("gate-long", "gate-wrangel"))) is None


@pytest.mark.parametrize("corridor", ["suez", "cape", "trans-siberian", "arctic-murmansk"])
def test_a_corridor_that_crosses_no_area_has_no_ice(corridor: str) -> None:
    assert ice_track(load_corridors([corridor])[0]) is None


@pytest.mark.parametrize("year", [2024, 2025])
@pytest.mark.parametrize("ice_class", ["none", "Ice1"])
def test_low_classes_cross_from_july_to_november(ice_class: str, year: int) -> None:
    # "Northern Sea Route 2025 season concludes", High North News / CHNL, 2025-12: closed on 17
    # November after 4.5 months; order 7 of 17.01.2013 (2017): 1 July to 15 November for these.
    helped, _ = season_of(ice_class, YEAR_OF[year])
    assert helped.earliest is not None
    assert helped.latest is not None
    assert day("07-01") <= helped.earliest <= day("07-31")
    assert day("10-15") <= helped.latest <= day("11-17")


def test_the_sailings_of_2025_fall_into_the_season_of_the_mean_year() -> None:
    # "China expands Arctic container shipping with record 14 voyages in 2025", oceancrew.org:
    # 16 July to 30 October. Days of a crossing's start, and of a mean year: a week apart at most.
    helped, _ = season_of("Ice1", "mean")
    assert helped.earliest is not None
    assert helped.latest is not None
    assert abs((helped.earliest - day("07-16")).days) <= 7
    assert abs((helped.latest - day("10-30")).days) <= 7


def test_open_water_lasts_about_two_weeks_in_the_mean_year() -> None:
    # High North News / CHNL, 2025-12: two weeks of open water. A ship without class that may not
    # be escorted has just these, less the days of its own crossing, about a week.
    _, alone = season_of("none", "mean")
    assert 1 <= alone.days <= 14
    assert alone.earliest is not None
    assert alone.earliest.month in (8, 9)


def test_ice1_sails_alone_between_july_and_october_of_2024() -> None:
    # Permit of Flying Fish 1, gCaptain 2024-05: alone in ice-free water and light ice, Jul to Oct.
    _, alone = season_of("Ice1", "2024")
    assert alone.earliest is not None
    assert alone.latest is not None
    assert alone.earliest.month == 7
    assert alone.latest.month == 10


def test_flying_fish_1_needed_no_icebreaker_in_september_2024() -> None:
    # true-news4u.ro / FederalPress, 2024-09: 11 to 17 September at 16 kn, no icebreaker.
    crossing = cross(track(), years("Ice1", "2024"), index_of(9, 11))
    assert crossing.status == "open"
    assert crossing.days is not None
    assert nm_from_km(track().km) / crossing.days / 24.0 == pytest.approx(16.0, rel=0.1)


def test_a_ship_without_class_is_let_in_from_1_to_15_october_2024() -> None:
    # Permit of NewNew Panda, gCaptain 2024-09-30: with or without an icebreaker, ice-free water.
    # Here it needs the icebreaker: the ice of whole seas is no longer below a tenth.
    found = [cross(track(), years("none", "2024"), index_of(10, d)).status for d in range(1, 16)]
    assert set(found) <= {"open", "escorted"}


@pytest.mark.parametrize("year", [2024, 2025])
def test_from_december_only_arc4_and_stronger_cross(year: int) -> None:
    # CHNL, NSR activities in December 2019: from 1 December only Arc4 and above operate.
    december = [index_of(12, d) for d in range(1, 32)]
    for ice_class in ("none", "Ice1", "Ice2", "Ice3"):
        found = {cross(track(), years(ice_class, YEAR_OF[year]), d).status for d in december}
        assert found == {"closed"}
    for ice_class in ("Arc4", "Arc7"):
        assert cross(track(), years(ice_class, YEAR_OF[year]), december[0]).status != "closed"


def test_in_february_arc7_crosses() -> None:
    # CHNL, NSR activities in February 2022: most voyages are Arc7 LNG carriers and tankers.
    # The Register: Arc4 behind an icebreaker to 0.7 m in winter, where the ice is 0.7 to 1 m.
    for year in YEAR_OF.values():
        assert cross(track(), years("Arc4", year), index_of(2, 10)).status == "closed"
        assert cross(track(), years("Arc7", year), index_of(2, 10)).status != "closed"


@pytest.mark.parametrize("year", [2024, 2025])
@pytest.mark.parametrize("ice_class", ["none", "Ice1", "Arc4"])
def test_the_east_siberian_sea_opens_last(ice_class: str, year: int) -> None:
    summer = range(index_of(5, 1), index_of(10, 1))
    opens = {
        area: next(d for d in summer if found.states[d].admission == "independent")
        for area, found in enumerate(years(ice_class, YEAR_OF[year]), start=1)
    }
    assert {area for area, first in opens.items() if first == max(opens.values())} == {5, 6}


@pytest.mark.parametrize(
    "year",
    [*("2024", "worst"), *(pytest.param(one, marks=pytest.mark.long) for one in ("mean", "best"))],
)
def test_a_stronger_class_has_no_shorter_season(year: str) -> None:
    days = [
        season_of(name, year) for name in ("none", "Ice1", "Ice2", "Ice3", "Arc4", "Arc5", "Arc7")
    ]
    for weaker, stronger in pairwise(days):
        assert weaker[0].days <= stronger[0].days
        assert weaker[1].days <= stronger[1].days


def test_in_open_water_the_crossing_takes_its_distance_by_the_ships_speed() -> None:
    # An Arc7 ship at the shuttle's 16 kn or less in the best year, mid-September: the table's
    # speed in the open is 16 kn, so 2,580 nm take 6.7 days; light ice adds less than a day.
    crossing = cross(track(), years("Arc7", "best"), index_of(9, 12))
    assert crossing.days == pytest.approx(nm_from_km(track().km) / 16.0 / 24.0, rel=0.001)


def test_a_day_too_late_at_the_end_is_closed_with_the_area_that_stops_the_ship() -> None:
    helped, _ = season_of("Ice1", "2024")
    assert helped.latest is not None
    after = index_of(helped.latest.month, helped.latest.day) + 1
    stopped = cross(track(), years("Ice1", "2024"), after)
    assert stopped.days is None
    assert stopped.reason.startswith("ice class Ice1 in the ")
    # Escorted into the Kara Sea on 12 November, it is stopped there after the 15th.
    inside = Track(gates=("a", "b"), stretches=((1, 3_000.0),))
    stopped = cross(inside, years("Ice1", "2024"), index_of(11, 12))
    assert stopped.reason.endswith(
        "Kara Sea SW: navigation is allowed from 1 July to 15 November only"
    )


def test_compare_takes_as_long_through_the_ice_as_the_season_says() -> None:
    scenario = load_scenario(
        "shanghai-europe", set_values=["corridors=[northern-sea-route-sannikov]", "ice_year=2024"]
    )
    option = compare(scenario).routes[0]
    ice = [step for step in option.steps if step.leg_id and step.countries == ()]
    inside = [
        step
        for step in ice
        if step.departs >= next(s.arrives for s in option.steps if s.gate == "gate-bering")
        and step.arrives <= next(s.arrives for s in option.steps if s.gate == "gate-kara")
    ]
    begun = inside[0].departs
    start = index_of(begun.month, begun.day)
    ship = SERVICES[inside[0].service]
    ice_years = tuple(ice_year(a, ship, ICE, PARAMETERS, "2024") for a in range(1, len(AREA_NAMES)))
    around = [cross(track(), ice_years, d).days for d in (start, start + 1)]
    hours = sum(step.hours for step in inside)
    assert all(days is not None for days in around)
    low, high = sorted(days for days in around if days is not None)
    assert low - 0.02 <= hours / 24.0 <= high + 0.02


def test_a_gap_that_begins_with_the_year_ends_on_its_last_day() -> None:
    usable = [day >= 10 for day in range(366)]
    window = _window(usable)
    assert window.earliest == day_of_year(10)
    assert window.latest == day_of_year(365)
    assert window.days == 356


def test_the_lowest_index_of_a_crossing_is_the_least_of_the_days_met() -> None:
    kara, *_ = years("Arc7", "mean")
    first = index_of(12, 25)
    found = cross(Track(gates=("a", "b"), stretches=((1, 3_000.0),)), (kara,), first)
    assert found.days is not None
    # Ice thickens, so the last day met is the worst; the days run on into the new year.
    met = [kara.states[(first + n) % 366].polaris_rio for n in range(int(found.days) + 1)]
    assert found.days > 8.0
    assert found.lowest_rio == min(met) < max(met)
