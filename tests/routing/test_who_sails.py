"""Which lines run between two terminals on a day, and what is said of the routes on them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from corridors.config import load_scenario
from corridors.data.parameters import load_parameters
from corridors.domain.results import Listing, Offer, Sails
from corridors.network.lines.laying import Laid, place_named
from corridors.routing.known_ways import each_line, running_on
from corridors.routing.ladder import SearchedCorridor, search
from corridors.routing.report import report
from corridors.routing.who_sails import offer_of
from corridors.studies.session import Session
from corridors.units import HOURS_PER_DAY, MINUTES_PER_DAY

SESSION = Session()


def running(day: str, start: str, end: str, *passed: str) -> list[Laid]:
    """Return the lines of a day from a terminal to another that pass these gates and places."""
    on = running_on(date.fromisoformat(day), 0.0, load_parameters())
    return [
        laid
        for laid in on.laid
        if start in laid.loads and end in laid.unloads and {*passed} <= places_of(laid)
    ]


def places_of(laid: Laid) -> set[str]:
    ends = (leg.removeprefix("-").split("--")[:2] for leg in laid.legs)
    return {place_named(end) for pair in ends for end in pair}


@pytest.mark.parametrize(
    ("day", "way", "runs"),
    [
        ("2026-08-20", "cn-shanghai nl-rotterdam gate-good-hope", True),
        ("2026-08-20", "cn-shanghai nl-rotterdam gate-panama", False),
        ("2025-02-10", "cn-shanghai nl-rotterdam gate-bering gate-kara", False),
        ("2026-08-20", "cn-shanghai nl-rotterdam gate-bering gate-kara", False),
        ("2025-06-10", "ru-kaliningrad pl-gdansk", False),
        ("2025-06-10", "cn-chengdu pl-lodz kz-dostyk", True),
        ("2025-06-10", "cn-chengdu pl-lodz kz-bakhty", False),
        # A loop that used Suez: homeward for two weeks of January 2026, to the Adriatic for long.
        ("2026-01-10", "cn-shanghai nl-rotterdam gate-suez", False),
        ("2026-02-10", "nl-rotterdam cn-shanghai gate-suez", False),
        ("2025-06-10", "cn-shanghai si-koper gate-suez", True),
        ("2025-06-10", "cn-shanghai nl-rotterdam gate-suez", False),
        ("2025-06-10", "cn-shanghai ru-st-petersburg gate-suez", True),
        ("2025-06-10", "nl-rotterdam ru-st-petersburg", True),
    ],
)
def test_which_lines_run_between_two_ends_on_a_day(day: str, way: str, runs: bool) -> None:
    assert bool(running(day, *way.split())) is runs


def test_a_line_that_nobody_has_seen_for_three_years_has_ended() -> None:
    parameters = load_parameters()
    seen = {one.line.loop for one in each_line(running_on(date(2026, 12, 1), 0.0, parameters))}
    before = {one.line.loop for one in each_line(running_on(date(2024, 6, 1), 0.0, parameters))}
    gone = [
        one.line
        for one in each_line(running_on(date(2024, 6, 1), 0.0, parameters))
        if one.line.loop in before - seen and one.line.window.within(*[date(2026, 12, 1)] * 2)
    ]
    assert gone
    assert all(line.stale_on(date(2026, 12, 1), 36.0) for line in gone if line.season is None)


def test_a_count_of_a_season_is_no_departure() -> None:
    on = running_on(date(2025, 8, 20), 14.0, load_parameters())
    assert not [one for one in on.laid if one.line.per == "season" and one.line.is_sum]


def asked(origin: str, destination: str, day: date, *values: str) -> SearchedCorridor:
    ends = [f"origin={origin}", f"destination={destination}", "world=current"]
    scenario = load_scenario("shanghai-europe", set_values=[*ends, *values], departure=day)
    return search(SESSION.pose(scenario, SESSION.free), 0, fronts=False)


def offered(found: SearchedCorridor) -> Offer:
    assert found.best is not None
    return offer_of(found, found.best)


def test_every_ride_of_a_known_way_names_its_lines() -> None:
    # Their trade is not covered, so that all ways may be recommended: ask for the known ones.
    every = asked("Helsinki", "Almaty", date(2026, 5, 5)).question
    offer = offered(search(replace(every, only_known=True), 0, fronts=False))
    assert offer.sails is Sails.SCHEDULED
    assert [names for names, _ in offer.sections] == ["Riga to Almaty 1"]
    assert [line.loop for line in offer.lines] == ["Baltika Transit (Riga - Central Asia)"]


@pytest.mark.parametrize("wait", [0, 3])
def test_a_box_waits_for_the_day_of_a_dated_voyage(wait: int) -> None:
    # It left Shanghai on 16 July, though four days later there was less ice.
    ends = ["origin=Shanghai", "destination=Arkhangelsk", "world=current"]
    scenario = load_scenario(
        "shanghai-europe",
        set_values=[*ends, "corridors=[northern-sea-route]"],
        departure=date(2025, 7, 16 - wait),
    )
    # Nothing but listed voyages goes over the Arctic: there is no other way to hold them against.
    question = SESSION.pose(scenario, SESSION.corridors_of(scenario))
    assert question.only_known
    found = search(question, 0, fronts=False)
    assert found.best is not None
    assert found.best.wait_days == wait
    assert found.best.starts[0] // MINUTES_PER_DAY == wait
    assert offered(found).listing is Listing.CHARTERED


def test_all_lines_of_a_ride_are_counted_whichever_the_search_took() -> None:
    offer = offered(asked("Shanghai", "Hamburg", date(2026, 8, 20)))
    assert len(offer.lines) > 5
    assert int(offer.sailings.split()[0]) > 5


def test_between_ends_without_a_listed_line_all_may_be_recommended_with_the_word() -> None:
    found = asked("Durban", "Shanghai", date(2026, 11, 30))
    assert not found.question.only_known
    offer = offered(found)
    assert offer.listing is Listing.UNLISTED
    assert (offer.sailings, offer.wait_days) == ("", None)


def test_days_hold_the_wait_for_the_line_in_place_of_that_for_its_class() -> None:
    # The one line by Suez leaves once a month, those by the Cape nearly daily.
    days = {}
    for corridor in ("suez", "cape"):
        found = asked("Ningbo", "Wilhelmshaven", date(2026, 1, 20), f"corridors=[{corridor}]")
        known = SESSION.pose(found.question.scenario, SESSION.corridors_of(found.question.scenario))
        option = report(search(replace(known, only_known=True), 0, fronts=False))
        blank = known.parameters.value("service.blank_share", "2026")
        assert option.offer is not None
        assert option.offer.wait_days is not None
        wait = option.offer.wait_days / (1.0 - blank)
        assert option.time_parts["schedule_wait"] / HOURS_PER_DAY == pytest.approx(wait, abs=0.01)
        told = f"{wait:.1f} days of wait for a line of {option.offer.sailings}"
        assert any(told in step.label for step in option.steps)
        days[corridor] = option.days or 0.0
    assert days["suez"] == pytest.approx(61.2, abs=0.5)
    assert days["cape"] == pytest.approx(53.3, abs=0.5)
