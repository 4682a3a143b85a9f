"""Weeks before the Arctic opens: closed, until when, and no way round the world to meet it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from corridors.config import load_scenario
from corridors.domain.results import OptionStatus, RouteOption
from corridors.domain.scenario import Scenario
from corridors.routing.dated import departures
from corridors.routing.dated.label_search import cheapest
from corridors.routing.ladder import search
from corridors.studies.compare.run import compare
from corridors.studies.session import Session
from validation.campaigns.openings import SCENARIO, wrong_dates


def arctic(asked: Scenario, departure: date, *, waits: float) -> RouteOption:
    """Return the Northern Sea Route of a question on a date."""
    asked = replace(asked, departure=departure, max_wait_days=waits)
    (found,) = compare(asked, figures_only=True).routes
    return found


@pytest.mark.long
@pytest.mark.parametrize(
    ("month", "destination"), [pytest.param(4, "Piraeus", marks=pytest.mark.long), (5, "Hamburg")]
)
def test_a_closed_arctic_names_the_first_day_that_works(month: int, destination: str) -> None:
    # By the Cape and Panama a ship would be in the Kara Sea in July, after a hundred days.
    asked = replace(
        load_scenario("shanghai-europe"),
        world="red-sea-closed",
        destination=destination,
        corridors=("northern-sea-route",),
    )
    closed = arctic(asked, date(2026, month, 15), waits=14.0)
    assert closed.status is OptionStatus.CLOSED
    opens = closed.next_usable_date
    assert opens is not None
    # Boxes may wait for that day at the origin, for as long as they may wait at all.
    for day, waits in ((opens, 0.0), (opens - timedelta(days=14), 14.0)):
        assert arctic(asked, day, waits=waits).usable
        assert not arctic(asked, day - timedelta(days=1), waits=waits).usable


@pytest.mark.long
@pytest.mark.parametrize(
    ("changes", "days"),
    [
        ((), (date(2026, 6, 1), date(2026, 6, 12))),
        pytest.param(
            ("origin=Chongqing", "destination=Rotterdam", "world=current"),
            (date(2026, 6, 1),),
            marks=pytest.mark.long,
        ),
    ],
)
def test_the_date_named_is_that_of_asking_every_later_day(
    changes: tuple[str, ...], days: tuple[date, ...]
) -> None:
    asked = load_scenario(SCENARIO, set_values=list(changes))
    assert not list(wrong_dates(asked, "northern-sea-route", days))


@pytest.mark.long
def test_asked_on_its_next_usable_date_a_corridor_leaves_that_day() -> None:
    # It named 11 June, asked on which it left on the 19th, asked on which on the 30th.
    asked = replace(load_scenario(SCENARIO), corridors=("northern-sea-route-coastal",))
    opens = arctic(asked, date(2027, 4, 20), waits=14.0).next_usable_date
    assert opens is not None
    session = Session()
    then = search(
        session.pose(replace(asked, departure=opens), session.corridors_of(asked)), 0, fronts=False
    )
    assert then.best is not None
    assert then.best.wait_days == 0


def test_a_closed_corridor_costs_and_takes_no_less_when_it_is_open() -> None:
    asked = replace(load_scenario(SCENARIO), corridors=("northern-sea-route",))
    least = arctic(asked, date(2026, 3, 1), waits=14.0).at_least
    summer = arctic(asked, date(2026, 8, 20), waits=14.0)
    assert least is not None
    assert summer.at_least is None
    assert 0.7 * (summer.cost_usd_per_teu or 0.0) < least.usd_per_teu
    # The same prices: those of March may be others.
    same = arctic(replace(asked, prices="2026-03"), date(2026, 8, 20), waits=14.0)
    assert least.usd_per_teu <= (same.cost_usd_per_teu or 0.0)
    assert least.days <= (same.days or 0.0)
    assert least.co2e_kg_per_teu <= (same.co2e_wtw_kg_per_teu or 0.0)


@pytest.mark.parametrize("day", [5, 6, 7])
def test_without_waits_no_ship_sails_a_detour_until_the_ice_opens(day: int) -> None:
    asked = replace(load_scenario("shanghai-europe"), corridors=("northern-sea-route",))
    found = arctic(asked, date(2026, 7, day), waits=0.0)
    # The way by which ships go in August takes 14,917 km, by a transshipment in Busan 14,983.
    assert not found.usable or sum(step.km for step in found.steps) < 15_100


def test_a_way_there_and_back_is_no_way_on_any_day() -> None:
    # Its days were searched one by one for minutes, and it was called closed.
    asked = load_scenario(
        SCENARIO,
        set_values=["origin=Baku", "destination=Mumbai", "corridors=[middle-corridor-poti]"],
        departure=date(2026, 3, 1),
    )
    (found,) = compare(asked, figures_only=True).routes
    assert found.status is OptionStatus.INFEASIBLE
    assert found.reason.endswith("would turn round at Poti and come back")
    assert found.next_usable_date is None


@pytest.mark.long
def test_a_gate_that_stays_shut_is_not_asked_day_by_day(monkeypatch: pytest.MonkeyPatch) -> None:
    # From April 2022 no feeder leaves Murmansk; what is left comes back to a place. 400 days
    # were searched one by one, which took 25 seconds.
    searches = []

    def counted(*asked: Any) -> Any:
        searches.append(asked)
        return cheapest(*asked)

    monkeypatch.setattr(departures, "cheapest", counted)
    asked = load_scenario(
        SCENARIO,
        set_values=[
            *("origin=Hamburg", "destination=Shanghai", "world=current"),
            "corridors=[arctic-murmansk]",
        ],
        departure=date(2022, 4, 4),
    )
    (found,) = compare(asked, figures_only=True).routes
    assert found.status is OptionStatus.CLOSED
    assert found.next_usable_date is None
    assert len(searches) < 20


@pytest.mark.long
@pytest.mark.parametrize("origin", ["Shanghai", pytest.param("Chongqing", marks=pytest.mark.long)])
def test_the_date_named_does_not_depend_on_what_was_asked_before(origin: str) -> None:
    session = Session()
    for day, price in (("2026-05-20", 560.0), ("2026-04-20", 400.0), ("2026-05-20", 900.0)):
        asked = load_scenario(
            SCENARIO,
            set_values=[
                f"origin={origin}",
                f"departure={day}",
                f"overrides.fuel.vlsfo_usd_per_t={price}",
                "corridors=[northern-sea-route]",
            ],
        )
        (known,) = compare(asked, session=session, figures_only=True).routes
        (fresh,) = compare(asked, figures_only=True).routes
        assert known.status is OptionStatus.CLOSED
        assert known.next_usable_date == fresh.next_usable_date
