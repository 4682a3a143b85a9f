"""What is recommended where only known lines are, on the shipped network."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from corridors.config import load_scenario
from corridors.domain.results import CertificateStatus, OptionStatus, Sails
from corridors.optimise import candidates
from corridors.output.comparison import Comparison, options_csv
from corridors.output.contract import OptionRecord
from corridors.output.display_names import line_notes
from corridors.routing.ladder import search
from corridors.routing.question import ANY_CORRIDOR
from corridors.routing.report import report
from corridors.studies.compare.result import table_of_options
from corridors.studies.compare.run import compare, compare_in_both_worlds
from corridors.studies.result_base import searched_option
from corridors.studies.route.run import _cheaper_unsailed, route_between, routes_between
from corridors.studies.session import Session

SESSION = Session()
BY_SEA = "corridors=[cape, panama, northern-sea-route]"


@cache
def asked(world: str) -> Comparison:
    values = ["destination=Rotterdam", BY_SEA, f"world={world}", "objective=days"]
    scenario = load_scenario("shanghai-europe", set_values=values, departure=date(2026, 8, 20))
    return compare_in_both_worlds(scenario, session=SESSION, fronts=False)


@pytest.mark.long
def test_what_no_line_sails_is_no_answer_though_it_is_open() -> None:
    found = asked("current")
    assert found.decision.recommended == "cape"
    # No loop joins the two by Panama.
    assert found.decision.without_line == ("panama",)
    assert {step.corridor for step in found.ladder} == {"cape"}
    assert {route.corridor for route in found.routes} >= {"cape", "panama", "northern-sea-route"}
    # With eight loops a week by the Cape it is not even quicker, and a table folds it.
    assert found.folded == tuple(route for route in found.routes if route.corridor == "panama")
    assert (
        "Panama Canal: no line found on this date (searched 1 December 2026), so not recommended"
    ) in list(line_notes(found.routes, found.decision, lines_hold=True))
    # All voyages over the Arctic are listed, and none of 2026 was found: nobody could run one.
    arctic = next(route for route in found.routes if route.corridor == "northern-sea-route")
    assert not arctic.usable
    assert arctic.reason == (
        "all that runs this way is listed, and no listed line or voyage goes it then"
        " (from 2026-08-20)"
    )


def test_where_all_that_is_open_is_compared_the_answer_says_that_no_line_was_found() -> None:
    here, there = asked("current"), asked("reference-open")
    assert here.other_world is not None
    assert here.other_world.recommended == there.decision.recommended == "northern-sea-route"
    assert not there.decision.without_line
    assert there.other_world is not None
    assert there.other_world.recommended == "cape"
    assert (
        "No line is listed that goes this way from Shanghai (Waigaoqiao) to Rotterdam"
        " (Maasvlakte) (searched 1 December 2026), so whether the Northern Sea Route can be booked"
        " is not known"
    ) in there.warnings
    # Who sails is told of things as they are, which the column and the sentence say.
    assert "sails" in table_of_options(here).reads.split()
    assert "sails_in_fact" in table_of_options(there).reads.split()


def test_an_option_that_leaves_seldom_is_recommended_with_a_warning() -> None:
    found = asked("current")
    cape = next(route for route in found.routes if route.corridor == "cape")
    assert cape.offer is not None
    monthly = replace(cape.offer, sailings="1 a month", wait_days=15.2)
    said = (
        "Cape of Good Hope: 1 departure a month known on this date; a box that misses one waits"
        " about 30 days for the next"
    )
    for offer, told in ((cape.offer, []), (monthly, [said])):
        decision = replace(found.decision, without_line=())
        assert list(line_notes([replace(cape, offer=offer)], decision, lines_hold=True)) == told


def test_every_row_and_file_says_who_sails() -> None:
    found = asked("current")
    by_id = {route.corridor: route for route in found.routes}
    record = OptionRecord.of(by_id["cape"]).plain()
    assert record["sails"] == "scheduled"
    assert str(record["sailings"]).endswith("a week")
    lines = record["lines"]
    assert isinstance(lines, list)
    assert {"operator", "loop", "sailings", "per", "source_id", "last_seen"} <= lines[0].keys()
    assert by_id["panama"].sails is Sails.NONE_KNOWN
    assert "sails,sailings,lines" in options_csv(found).splitlines()[0]


@pytest.mark.long
def test_what_is_not_covered_is_recommended_with_the_word_but_no_train_to_estonia() -> None:
    changes = ["origin=Almaty", "destination=Antwerp", "departure=2026-11-30", "world=current"]
    asked_for = [*changes, "corridors=[russia-baltic, brest, other]"]
    scenario = load_scenario("shanghai-europe", set_values=asked_for)
    found = compare(scenario, session=SESSION, fronts=False)
    recommended = next(r for r in found.routes if r.corridor == found.decision.recommended)
    # Trains between Europe and Central Asia were not searched for.
    assert recommended.sails is Sails.NONE_KNOWN
    assert any(text.startswith("No line is listed that goes this way") for text in found.warnings)
    # It would be cheaper by Tallinn; all container trains to Estonia are known, and there are none.
    assert not [route for route in found.usable if {"EE-RU", "RU-EE"} & {*route.borders}]


@pytest.mark.long
def test_a_route_and_a_comparison_say_alike_whether_it_can_be_booked() -> None:
    day = date(2026, 11, 30)
    changes = ["origin=Durban", "destination=Shanghai", "world=current", "corridors=[other]"]
    scenario = load_scenario("shanghai-europe", set_values=changes, departure=day)
    compared = compare(scenario, session=SESSION, fronts=False)
    route, _ = route_between(
        "Durban", "Shanghai", departure=day, world="current", base=scenario, session=SESSION
    )
    said = (
        "No line is listed that goes this way from Durban to Shanghai (Waigaoqiao) (searched"
        " 1 December 2026), so whether {} can be booked is not known"
    )
    assert said.format("the direct way by ship") in compared.warnings
    assert said.format("this route") in route.warnings
    # One that lines sail weekly needs no word.
    known, _ = route_between("Shanghai", "Hamburg", departure=day, session=SESSION)
    assert not any("booked" in text or "no line" in text for text in known.warnings)


def test_boxes_change_ships_where_two_lines_call() -> None:
    # Loops of Colombo go by the Cape to Italy, where that of Koper calls.
    changes = ["origin=lk-colombo", "destination=si-koper", "world=current", "objective=cost"]
    scenario = load_scenario(
        "shanghai-europe",
        set_values=[*changes, "corridors=[cape]", "services=[sea]"],
        departure=date(2026, 9, 10),
    )
    found = compare(scenario, session=SESSION, fronts=False)
    cape = next(r for r in found.routes if r.corridor == "cape")
    assert cape.sails is Sails.SCHEDULED
    assert cape.offer is not None
    first, last = [names for names, _ in cape.offer.sections]
    hub = first.removeprefix("Colombo to ")
    assert last == f"{hub} to Koper"
    # What is handled at the hub is in the days and the bill.
    (handled,) = [step for step in cape.steps if step.kind == "transfer"]
    assert handled.label.endswith(hub)
    assert handled.usd_per_teu > 0.0
    assert handled.hours > 0.0


@pytest.mark.long
def test_the_quickest_is_one_that_somebody_sells() -> None:
    day = date(2026, 9, 10)
    # The quickest of all trains to Vostochny, where none to Europe has been known since 2020.
    _, hurried, _ = routes_between("Hamburg", "Tokyo", departure=day, session=SESSION)
    assert hurried is not None
    assert hurried.sails is Sails.SCHEDULED
    # No train is listed from Riga to China: boxes go to one that is.
    _, hurried, _ = routes_between("Riga", "Shanghai", departure=day, session=SESSION)
    assert hurried is not None
    assert hurried.sails is Sails.SCHEDULED
    assert "PL-BY" in hurried.borders
    # No train runs through the city of Piraeus, though it is loaded sooner than a truck.
    asked = load_scenario(
        "shanghai-europe",
        set_values=["origin=Piraeus", "destination=Rotterdam", "objective=days"],
        departure=day,
    )
    found, _ = searched_option(SESSION.pose(asked, (ANY_CORRIDOR,)), certify=False)
    assert report(found).legs[0].service == "road"


@pytest.mark.long
@pytest.mark.parametrize(
    ("ends", "cargo", "status", "reason"),
    [
        # Boxes of China have gone to Kaliningrad by rail all the time, within quotas of Lithuania.
        (("Kaliningrad", "Shanghai"), "electronics", OptionStatus.USABLE, ""),
        # Round Ukraine's closed borders by Poland, Russia still lets no such goods pass.
        (("Odesa", "Shanghai"), "electronics", OptionStatus.CLOSED, "Goods from or to Ukraine"),
        (("Qingdao", "Hamburg"), "dangerous", OptionStatus.CLOSED, "Dangerous goods"),
    ],
)
def test_trains_take_what_they_are_known_to_take(
    ends: tuple[str, str], cargo: str, status: OptionStatus, reason: str
) -> None:
    values = [f"origin={ends[0]}", f"destination={ends[1]}", "world=current"]
    values += [f"shipment.cargo={cargo}", "corridors=[kazakhstan-dostyk]"]
    scenario = load_scenario("shanghai-europe", set_values=values, departure=date(2026, 11, 30))
    (option,) = compare(scenario, session=SESSION, figures_only=True).routes
    assert (option.status, option.reason[: len(reason)]) == (status, reason)
    assert option.sails in (Sails.SCHEDULED, None)


def test_boxes_between_countries_of_the_eu_do_not_pass_russia() -> None:
    route, _ = route_between("Gdansk", "Kaunas", departure=date(2026, 11, 30), session=SESSION)
    assert route.usable
    # Nor is a train loaded only to change to a truck.
    assert [leg.service for leg in route.legs[:2]] == ["road", "rail/eu-1435"]
    assert not any("RU" in border for border in route.borders)


@pytest.mark.parametrize("objective", ["generalised", "co2e"])
def test_what_somebody_sells_is_priced_alike_by_every_objective(objective: str) -> None:
    values = ["origin=Gdansk", "destination=Kaunas", "world=current", f"objective={objective}"]
    scenario = load_scenario(
        "shanghai-europe", set_values=[*values, "corridors=[other]"], departure=date(2026, 11, 30)
    )
    found = compare(scenario, session=SESSION)
    best = found.recommended
    assert best is not None
    assert found.decision.tied[0].cost_usd_per_teu == pytest.approx(best.usd_per_teu, abs=0.02)
    assert best.certificate.status is CertificateStatus.AGREES


def test_no_ship_calls_at_ports_that_ukraine_closed() -> None:
    values = ["origin=Istanbul", "destination=Mariupol", "world=current", "corridors=[other]"]
    scenario = load_scenario("shanghai-europe", set_values=values, departure=date(2026, 8, 13))
    assert not compare(scenario, session=SESSION, figures_only=True).usable


@pytest.mark.long
def test_boxes_between_germany_and_moscow_do_not_go_round_africa() -> None:
    values = ["origin=Hamburg", "destination=Moscow", "world=current", "shipment.cargo=apparel"]
    day = date(2026, 11, 30)
    named = load_scenario("shanghai-europe", set_values=[*values, "corridors=all"], departure=day)
    found = compare(named, session=SESSION, fronts=False)
    assert found.decision.recommended == "brest"


@pytest.mark.long
def test_an_arctic_voyage_to_other_ports_of_a_region_takes_no_box_to_klaipeda() -> None:
    values = ["origin=Guangzhou", "destination=Kaliningrad", "world=current"]
    values += ["corridors=[northern-sea-route, trans-siberian]"]
    scenario = load_scenario("shanghai-europe", set_values=values, departure=date(2025, 7, 1))
    found = compare(scenario, session=SESSION, figures_only=True)
    assert found.decision.recommended == "trans-siberian"
    arctic = next(route for route in found.routes if route.corridor == "northern-sea-route")
    assert arctic.reason.startswith("all that runs this way is listed")


@pytest.mark.first_case
@pytest.mark.parametrize(
    ("ends", "day", "recommended", "closed"),
    [
        # By Iran until its war; boxes of Iran itself go by land whatever happens.
        (("Tashkent", "Istanbul"), date(2025, 9, 1), "iran-turkey", ""),
        # By Turkmenbashi, Alat and Kars.
        (("Tashkent", "Istanbul"), date(2026, 9, 1), "middle-corridor-btk", "iran-turkey"),
        (("Bandar Abbas", "Moscow"), date(2026, 9, 1), "instc", ""),
        # Known lines of small ships go by Suez when the large ones go round Africa.
        (("Mumbai", "St Petersburg"), date(2026, 8, 10), "suez", ""),
        (("Milan", "Novosibirsk"), date(2026, 9, 1), "brest", ""),
    ],
)
def test_what_is_recommended_is_what_a_forwarder_books(
    ends: tuple[str, str], day: date, recommended: str, closed: str
) -> None:
    values = [f"origin={ends[0]}", f"destination={ends[1]}", "world=current", "corridors=all"]
    scenario = load_scenario("shanghai-europe", set_values=values, departure=day)
    found = compare(scenario, session=SESSION, fronts=False, figures_only=True)
    assert found.decision.recommended == recommended
    shut = [route.corridor for route in found.routes if route.status is OptionStatus.CLOSED]
    assert not closed or closed in shut


@pytest.mark.long
def test_the_first_route_is_one_that_a_comparison_recommends() -> None:
    day = date(2026, 8, 10)
    route, _ = route_between("Mumbai", "St Petersburg", departure=day, session=SESSION)
    assert "gate-suez" in route.passages
    assert route.sails is Sails.SCHEDULED
    # All ships between Asia and Russia are listed, and none of them goes round Africa.
    asked, _ = route_between(
        "Mumbai", "St Petersburg", corridor="cape", departure=day, session=SESSION
    )
    assert asked.reason.startswith("all that runs this way is listed")
    assert not any(text.startswith("A cheaper way is open") for text in route.warnings)
    # Straight to Koper boxes would go for less, but no line of Colombo is known to call there.
    route, _ = route_between("Colombo", "Koper", departure=day, session=SESSION)
    assert any(text.startswith("A cheaper way is open, for USD") for text in route.warnings)


@pytest.mark.long
def test_listed_lines_run_where_nothing_else_does_though_all_ways_may_be_recommended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(candidates, "lines_count", lambda *_: False)
    values = ["origin=Nhava Sheva", "destination=Novorossiysk", "world=current"]
    scenario = load_scenario(
        "shanghai-europe",
        set_values=[*values, "corridors=[suez, cape]"],
        departure=date(2026, 9, 1),
    )
    found = compare(scenario, session=SESSION, fronts=False, figures_only=True)
    # The only ships between India and Russia are listed one by one, and go by Suez.
    suez, cape = found.routes
    assert suez.sails is Sails.SCHEDULED
    assert suez.lines
    assert cape.reason.startswith("all that runs this way is listed")


def test_a_cheaper_way_that_lines_run_is_not_said_to_have_none() -> None:
    # Loops that call at Port Said go round the Cape, and nothing that nobody sails is cheaper.
    day = date(2026, 8, 10)
    scenario = load_scenario(
        "shanghai-europe", set_values=["destination=Port Said", "world=current"], departure=day
    )
    question = replace(SESSION.pose(scenario, SESSION.free), only_known=True)
    known = report(search(question, 0, fronts=False))
    every = report(search(replace(question, only_known=False), 0, fronts=False))
    assert every.sails is Sails.SCHEDULED
    assert (every.usd_per_teu or 0.0) <= (known.usd_per_teu or 0.0)
    assert _cheaper_unsailed(question, known) == ()


@pytest.mark.long
def test_a_row_is_by_a_train_that_runs_not_by_one_that_is_nowhere_listed() -> None:
    # The cheapest train to Xi'an leaves St Petersburg, where no feeder is known to call.
    values = ["origin=Helsinki", "destination=Xi'an", "world=current", "corridors=[russia-rail]"]
    scenario = load_scenario("shanghai-europe", set_values=values, departure=date(2026, 9, 1))
    found = compare(scenario, session=SESSION, fronts=False)
    (row,) = found.usable
    assert row.sails is Sails.SCHEDULED
    assert "PL-BY" in row.borders
    # The certificate is of the ways among which it was searched.
    assert row.certificate.status is CertificateStatus.AGREES
    opened = compare(replace(scenario, world="reference-open"), session=SESSION, figures_only=True)
    (every,) = opened.usable
    assert any(leg.from_id == "ru-st-petersburg" for leg in every.legs)
    assert (every.usd_per_teu or 0.0) < (row.usd_per_teu or 0.0)


@pytest.mark.first_case
@pytest.mark.parametrize("objective", ["cost", "days", "co2e"])
def test_one_switch_holds_for_every_objective_and_basis(objective: str) -> None:
    # By any of them a way that nobody lists is better; what may be recommended does not hang on it.
    for basis in ("cost", "price"):
        values = ["origin=Helsinki", "destination=Xi'an", "world=current"]
        values += [f"objective={objective}", f"price_basis={basis}"]
        scenario = load_scenario("shanghai-europe", set_values=values, departure=date(2026, 9, 1))
        assert SESSION.pose(scenario, SESSION.free).only_known
