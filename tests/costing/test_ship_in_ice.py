"""The Arctic by date: claims checked against published seasons and the POLARIS example."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridors.costing.ship_in_ice import IceCalendars, ice_year, polaris_rio
from corridors.data.parameters import ParameterTable
from corridors.data.sea_areas import AREA_NAMES, MEAN_YEAR, IceTable, load_ice_table
from corridors.domain.places import Service
from corridors.domain.scenario import Override
from corridors.domain.values import IceState
from corridors.errors import ConfigError, ParameterError
from tests.costing.examples import PARAMETERS, SERVICES

ICE = load_ice_table()
SHUTTLE = SERVICES["sea/arctic-5k-ice1"]
AREAS = tuple(range(1, len(AREA_NAMES)))
STRENGTH = ("none", "Ice1", "Ice2", "Ice3")
RANK = {"refused": 0, "escorted": 1, "independent": 2}


def ice_state(
    area: int,
    day: date,
    ship: Service,
    table: IceTable,
    parameters: ParameterTable,
    year_kind: str = MEAN_YEAR,
) -> IceState:
    """Return the ice of one area on one day."""
    year = ice_year(area, ship, table, parameters, year_kind)
    return year.states[int(year.days(day, 1)[0])]


def on(day: date, area: int, year: str = "mean", ice_class: str = "Ice1") -> IceState:
    ship = replace(SHUTTLE, ice_class=ice_class)
    return ice_state(area, day, ship, ICE, PARAMETERS, year)


def admissions(day: date, year: str = "mean", ice_class: str = "Ice1") -> set[str]:
    return {on(day, area, year, ice_class).admission for area in AREAS}


@pytest.mark.parametrize(
    ("polaris_class", "rio"),
    [("PC4", 19), ("PC5", 9), ("PC6", -1), ("PC7", -11), ("IA Super", -11), ("IA", -21)],
)
def test_polaris_gives_the_published_example(polaris_class: str, rio: int) -> None:
    # Nine tenths of medium and one of thick first-year ice. PC4: 9 x 2 + 1 x 1 = 19.
    mixture = {"medium_FY": 9.0, "thick_FY": 1.0}
    assert polaris_rio(polaris_class, mixture, ICE.risk_values) == rio


def test_february_is_closed_in_every_area_and_year() -> None:
    for year in ("mean", "best", "worst", "2020"):
        assert admissions(date(2026, 2, 10), year) == {"refused"}


def test_the_reason_of_a_closed_day_names_the_season() -> None:
    state = on(date(2026, 2, 10), 6)
    assert state.reason == (
        "ice class Ice1 in the East Siberian Sea NE: navigation is allowed from 1 July to"
        " 15 November only"
    )
    assert state.speed_kn == 0.0


def test_late_august_is_sailed_without_escort_at_about_fifteen_knots() -> None:
    states = [on(date(2026, 8, 28), area) for area in AREAS]
    assert {state.admission for state in states} == {"independent"}
    mean_kn = len(states) / sum(1.0 / state.speed_kn for state in states)
    assert 13.5 < mean_kn < 16.0


def test_the_first_crossing_of_a_mean_year_needs_an_escort_in_july() -> None:
    # Container sailings of 2025 began on 16 July.
    days = [date(2026, 7, 1) + timedelta(days=n) for n in range(62)]
    first = next(day for day in days if "refused" not in admissions(day))
    alone = next(day for day in days if admissions(day) == {"independent"})
    assert date(2026, 7, 12) <= first <= date(2026, 8, 5)
    assert first < alone <= date(2026, 8, 31)
    assert on(first, 6).admission == "escorted"


def test_the_last_crossing_of_a_mean_year_is_at_the_end_of_october() -> None:
    # Container sailings of 2025 ended on 30 October; ships were beset in November 2021.
    days = [date(2026, 9, 15) + timedelta(days=n) for n in range(75)]
    last = max(day for day in days if "refused" not in admissions(day))
    assert date(2026, 10, 22) <= last <= date(2026, 11, 8)


@pytest.mark.first_case
@pytest.mark.parametrize("year", ["2024", "2020", "2012"])
def test_named_years_open_between_july_and_november(year: str) -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    usable = [day for day in days if "refused" not in admissions(day, year)]
    assert date(2026, 7, 1) <= usable[0] <= date(2026, 8, 5)
    assert date(2026, 10, 20) <= usable[-1] <= date(2026, 11, 15)


def test_the_east_siberian_sea_opens_last() -> None:
    def opens(area: int) -> date:
        days = (date(2026, 6, 1) + timedelta(days=n) for n in range(120))
        return next(day for day in days if on(day, area).admission == "independent")

    assert max(AREAS, key=opens) in (5, 6)


@given(
    area=st.sampled_from(AREAS),
    day=st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    year=st.sampled_from(("mean", "best", "worst", "2024")),
    step=st.integers(0, len(STRENGTH) - 2),
)
def test_a_stronger_ice_class_is_never_less_admitted(
    area: int, day: date, year: str, step: int
) -> None:
    weaker, stronger = (on(day, area, year, STRENGTH[step + up]) for up in (0, 1))
    assert RANK[stronger.admission] >= RANK[weaker.admission]
    assert stronger.polaris_rio >= weaker.polaris_rio


@given(
    area=st.sampled_from(AREAS),
    day=st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    ice_class=st.sampled_from((*STRENGTH, "Arc4", "Arc5", "Arc7")),
)
def test_a_state_is_whole(area: int, day: date, ice_class: str) -> None:
    state = on(day, area, "mean", ice_class)
    assert 0.0 <= state.concentration_tenths <= 10.0
    assert -80.0 <= state.polaris_rio <= 30.0 + 1e-9
    assert (state.speed_kn == 0.0) == (state.admission == "refused")
    assert state.speed_kn <= 16.0
    assert state.reason


def test_arc7_crosses_in_april_and_arc4_only_with_help() -> None:
    assert "refused" not in admissions(date(2026, 4, 10), ice_class="Arc7")
    assert "independent" not in admissions(date(2026, 4, 10), ice_class="Arc4")


def test_ice_between_the_middles_of_months_is_linear() -> None:
    july, august = (on(date(2026, month, 15), 6).concentration_tenths for month in (7, 8))
    between = on(date(2026, 7, 25), 6).concentration_tenths
    assert between == pytest.approx(july + (august - july) * 10.0 / 31.0)


def test_a_year_is_laid_over_any_days_leap_days_left_out_where_there_is_none() -> None:
    year = ice_year(3, SHUTTLE, ICE, PARAMETERS)
    # 20 December is day 354 of a leap year; 70 days on lies 28 February, then 1 March in 2027.
    days = year.days(date(2026, 12, 20), 90)
    assert days[0] == 354
    assert year.states[days[70]] == ice_state(3, date(2027, 2, 28), SHUTTLE, ICE, PARAMETERS)
    assert days[71] == days[70] + 2
    assert year.days(date(2028, 2, 28), 3).tolist() == [58, 59, 60]


def test_calendars_keep_years_apart_by_the_figures_of_the_ice() -> None:
    calendars = IceCalendars(ICE)
    thin = PARAMETERS.with_overrides(
        [Override(parameter="ice.track_factor", scope=None, value=0.3)]
    )
    dear = PARAMETERS.with_overrides(
        [Override(parameter="fuel.vlsfo_usd_per_t", scope=None, value=900.0)]
    )
    as_it_is = calendars.year(3, SHUTTLE, PARAMETERS, "mean")
    assert calendars.year(3, SHUTTLE, dear, "mean") is as_it_is
    assert calendars.year(3, SHUTTLE, thin, "mean") != as_it_is
    assert calendars.year(3, SHUTTLE, PARAMETERS, "worst") != as_it_is


@pytest.mark.parametrize(
    ("parameter", "scope", "value"),
    [
        ("ice.track_factor", "08", 0.1),
        ("ice.regime_max_tenths", "light", 0.5),
        ("ice.speed_kn", "medium", 8.5),
        ("ice.type_max_tenths", "L", 0.5),
        ("ice.independent_max_tenths", "Ice1", 0.5),
        ("ice.channel_width_m", None, 20.0),
        ("ice.polaris_escort_bonus", None, 3.0),
        ("ice.polaris_min_rio", None, 5.0),
        ("ship.reference_speed_kn", SHUTTLE.id, 13.5),
    ],
)
def test_a_year_is_computed_again_for_any_figure_that_it_reads(
    parameter: str, scope: str | None, value: float
) -> None:
    as_it_is = ice_year(3, SHUTTLE, ICE, PARAMETERS)
    assert ice_year(3, SHUTTLE, ICE, PARAMETERS) is as_it_is
    changed = PARAMETERS.with_overrides([Override(parameter=parameter, scope=scope, value=value)])
    again = ice_year(3, SHUTTLE, ICE, changed)
    assert again is not as_it_is
    assert not again.regime.flags.writeable


def test_an_unknown_year_or_class_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"ice_year: unknown year '1999', use 2010, 2011"):
        on(date(2026, 8, 1), 1, "1999")
    with pytest.raises(ParameterError, match=r"unknown ice class 'Ice9', use none, Ice1"):
        on(date(2026, 8, 1), 1, "mean", "Ice9")


def test_less_ice_on_the_track_opens_the_route_earlier() -> None:
    thin = PARAMETERS.with_overrides(
        [Override(parameter="ice.track_factor", scope=None, value=0.3)]
    )
    state = ice_state(6, date(2026, 7, 5), SHUTTLE, ICE, thin)
    assert state.admission == "independent"
    assert on(date(2026, 7, 5), 6).admission == "refused"


def test_a_hull_without_an_ice_class_is_no_wider_than_the_channel_it_follows() -> None:
    # 14,000 TEU are 48 m wide, the widest icebreaker 34; the hull of 5,000 TEU is 32 m wide.
    day = date(2026, 9, 20)
    wide, narrow = SERVICES["sea/14k"], replace(SERVICES["sea/arctic-5k-ice1"], ice_class="none")
    states = [ice_state(5, day, ship, ICE, PARAMETERS) for ship in (wide, narrow)]
    assert [state.admission for state in states] == ["refused", "escorted"]
    assert "48.2 m wide, a channel in the ice is 34 m" in states[0].reason
