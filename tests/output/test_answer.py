"""The answer is said first, once, and alike wherever it stands."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from corridors.cli.tables import MOST_LINES, answer_lines, print_answer
from corridors.config import load_scenario
from corridors.domain.answer import NOBODY, UNANSWERED, UNLISTED, Answer, Beside
from corridors.domain.objective import Objective
from corridors.domain.places import months_later
from corridors.domain.results import (
    Candidate,
    Decision,
    DecisionStatus,
    Exceeded,
    LadderStep,
    Listing,
    OptionStatus,
    OtherWorld,
    Tied,
)
from corridors.domain.scenario import Equipment, PriceBasis
from corridors.domain.values import TRUCK, Note
from corridors.output.answer import answer_of, money, rounded
from corridors.output.comparison import Comparison, comparison_json
from corridors.studies.compare.run import compare_in_both_worlds
from corridors.studies.session import Session
from tests.output.fixtures import LOOP_OFFER, example_comparison

COMMAND = "corridors compare shanghai-europe"


def sailing(comparison: Comparison, **listings: Listing) -> Comparison:
    """Return the example with who sails: `LOOP_OFFER`, or what is listed by corridor."""
    routes = []
    for route in comparison.routes:
        listing = listings.get(route.corridor)
        offer = LOOP_OFFER
        if listing is not None:
            offer = replace(offer, sections=(("Shanghai to Hamburg", listing),))
        routes.append(replace(route, offer=offer) if route.usable else route)
    return replace(comparison, routes=tuple(routes))


def text_of(answer: Answer, width: int = 80) -> str:
    return "\n".join(answer_lines(answer, width, command=COMMAND))


@pytest.mark.parametrize(
    ("usd", "shown"),
    [
        (978.4, "978"),
        (6622.0, "6,620"),
        (6625.0, "6,630"),
        (99.5, "100"),
        (0.4, "0"),
        (-54.6, "-55"),
        (12345.0, "12,300"),
        (1_234_567.0, "1,230,000"),
    ],
)
def test_money_has_three_digits_halves_up(usd: float, shown: str) -> None:
    assert money(usd) == shown


def test_days_are_rounded_half_up_not_to_even() -> None:
    assert [rounded(days) for days in (52.5, 53.5, 0.49999999999)] == ["53", "54", "1"]


def test_what_is_booked_stands_first_per_box_of_the_equipment() -> None:
    comparison = sailing(example_comparison())
    best = comparison.recommended
    assert best is not None
    assert best.printed_usd_per_teu is not None
    found = answer_of(comparison)
    usd = money(2.0 * best.printed_usd_per_teu)
    assert found.finding == (
        f"Book by the Suez Canal: USD {usd} per 40' at cost, {rounded(best.days or 0.0)} days"
    )
    shipment = replace(comparison.scenario.shipment, equipment=Equipment.DV20)
    small = replace(comparison, scenario=replace(comparison.scenario, shipment=shipment))
    assert f"USD {money(best.printed_usd_per_teu)} per 20'" in answer_of(small).finding
    assert found.rows[0].mark == ">"
    assert text_of(found).splitlines()[2] == f"{found.finding}."


def test_the_rows_say_what_they_are_in_the_order_of() -> None:
    found = example_comparison()
    assert answer_of(found).ranked == "by cost"
    scenario = replace(found.scenario, objective=Objective.GENERALISED)
    shipment = replace(scenario.shipment, value_of_time_usd_per_teu_day=20.0)
    timed = replace(found, scenario=replace(scenario, shipment=shipment))
    # Of a box of two TEU.
    assert answer_of(timed).ranked == "by cost, a day at USD 40"
    heads = [line.split() for line in text_of(answer_of(found)).splitlines() if "gate-gate" in line]
    assert heads[0][:3] == ["by", "cost", "USD/40'"]


def test_the_next_month_says_what_is_booked_then_or_what_opens_within_it() -> None:
    calm = sailing(example_comparison())
    day = months_later(calm.scenario.departure, 1)
    then = replace(calm, scenario=replace(calm.scenario, departure=day))
    assert calm.recommended is not None
    usd = money(2.0 * (calm.recommended.printed_usd_per_teu or 0.0))
    (month,) = [one for one in answer_of(calm, later=then).changes if "month" in one.condition]
    assert month.condition == f"A month later ({day:%B %Y})"
    assert month.text.startswith(f"by the Suez Canal, USD {usd} per 40', ")
    # Not asked, it is known of what is closed when that opens.
    soon = calm.scenario.departure + timedelta(days=20)
    shut = [replace(o, next_usable_date=soon) if not o.usable else o for o in calm.routes]
    changes = answer_of(replace(calm, routes=tuple(shut))).changes
    assert [one.text for one in changes if one.condition.startswith("From ")] == [
        "the Northern Sea Route opens"
    ]
    late = [replace(o, next_usable_date=soon + timedelta(days=20)) for o in shut]
    assert not [
        one
        for one in answer_of(replace(calm, routes=tuple(late))).changes
        if one.condition.startswith("From ")
    ]


def test_of_many_names_two_are_said_and_the_others_counted() -> None:
    answer = replace(
        answer_of(sailing(example_comparison())),
        left_out=(("Dearer and no better", ("A", "B", "C", "D")), ("Closed", ("E", "F", "G"))),
    )
    text = " ".join(text_of(answer).split())
    assert "Dearer and no better: A, B and 2 more. Closed: E, F, G." in text


def test_nobody_is_told_to_book_what_no_line_is_known_to_sail() -> None:
    calm = example_comparison()
    alone = sailing(calm, suez=Listing.UNLISTED)
    assert answer_of(alone).finding.startswith("If it sailed, book by the Suez Canal")
    assert "nobody is known to run it" in " ".join(text_of(answer_of(alone)).split())
    lines = replace(alone, scenario=replace(alone.scenario, world="current"))
    assert answer_of(lines).finding.startswith("Ask for carriage by the Suez Canal")
    counted = answer_of(sailing(calm, suez=Listing.COUNTED))
    assert counted.sails == "ask"
    assert "whether any leaves from your city" in text_of(counted)


def test_the_other_world_and_the_value_of_a_day_say_what_would_change_it() -> None:
    calm = sailing(example_comparison())
    rail = calm.routes[2].corridor
    steps = [("suez", 0.0, 20.0), (rail, 20.0, None)]
    ladder = tuple(
        LadderStep(
            corridor=corridor,
            from_usd_per_day=low,
            to_usd_per_day=high,
            cost_usd_per_teu=1000.0,
            days=20.0,
            transit_days=15.0,
            co2e_kg_per_teu=900.0,
        )
        for corridor, low, high in steps
    )
    other = OtherWorld(
        world="current",
        recommended="cape",
        title="Cape of Good Hope",
        shares={"cape": 1.0},
        cost_usd_per_teu=3311.0,
        transit_days=43.1,
        price_basis=PriceBasis.PRICE,
    )
    found = answer_of(replace(calm, ladder=ladder, other_world=other))
    first = found.changes[0]
    assert first.condition == "As things are"
    assert (
        first.text
        == "by the Cape of Good Hope, USD 6,620 per 40' at freight rates, 43 days on board"
    )
    (quicker,) = [one for one in found.beside if one.why == "quicker"]
    assert quicker.corridor == rail
    # Of a box of two TEU a day is worth twice as much.
    assert quicker.against.endswith("worth it from USD 40 a day per 40'")
    # Which is not said twice.
    assert not any("a day is worth" in change.condition for change in found.changes)


def test_the_quicker_option_is_the_first_known_one_that_is_worth_it() -> None:
    calm = example_comparison()
    rail = calm.routes[2]
    # A second train: a day slower than the first, and best from a lower value of a day.
    hours = {**rail.time_parts, "wait": rail.time_parts.get("wait", 0.0) + 24.0}
    slower = replace(rail, corridor="trans-siberian", title="Trans-Siberian", time_parts=hours)
    ladder = tuple(
        LadderStep(
            corridor=corridor,
            from_usd_per_day=low,
            to_usd_per_day=None,
            cost_usd_per_teu=1000.0,
            days=20.0,
            transit_days=15.0,
            co2e_kg_per_teu=900.0,
        )
        for corridor, low in (("suez", 0.0), ("trans-siberian", 20.0), (rail.corridor, 300.0))
    )
    both = replace(calm, routes=(*calm.routes[:3], slower, calm.routes[3]), ladder=ladder)

    def quicker(comparison: Comparison) -> str:
        (one,) = [one for one in answer_of(comparison).beside if one.why == "quicker"]
        return one.corridor

    assert quicker(sailing(both)) == "trans-siberian"
    # One that nobody is known to run stands back, and is named with that doubt.
    unknown = sailing(both, **{"trans-siberian": Listing.UNLISTED})
    assert quicker(unknown) == rail.corridor
    (step,) = [one for one in answer_of(unknown).changes if "a day is worth" in one.condition]
    assert step.text.endswith("(nobody is known to run it)")


def test_what_is_about_the_same_says_what_it_takes_more_or_less() -> None:
    calm = sailing(example_comparison())
    panama = calm.routes[1]
    pair = tuple(
        Tied(
            corridor=corridor,
            value=1000.0,
            cost_usd_per_teu=1000.0,
            days=40.0,
            transit_days=30.0,
            co2e_kg_per_teu=900.0,
            tolerance_share=0.03,
        )
        for corridor in ("suez", panama.corridor)
    )
    tied = replace(calm, decision=replace(calm.decision, tied=pair))
    found = answer_of(tied)
    (same,) = [one for one in found.beside if one.why == "about the same"]
    assert same.option == "Panama Canal"
    assert [row.mark for row in found.rows][:2] == [">", "="]


def test_nothing_to_book_says_why_and_a_truck_is_told_of() -> None:
    calm = example_comparison()
    refused = Decision(
        status=DecisionStatus.INFEASIBLE,
        objective=calm.decision.objective,
        value=None,
        recommended=None,
        advice="max_days would have to rise from 2 to 17.6 days (suez)",
    )
    found = answer_of(replace(calm, decision=refused))
    assert found.finding.startswith("Nothing to book: ")
    assert "17.6 days" in found.finding
    assert found.usd is None
    warned = replace(calm, warnings=(Note("a truck would go directly", TRUCK),))
    assert answer_of(warned).changes[0].condition == "By truck all the way"


def test_within_limits_the_first_row_is_the_route_that_was_decided_on() -> None:
    calm = sailing(example_comparison())
    over = Exceeded(limit="max_days", bound=33.0, figure=35.75, unit="days")
    suez = replace(calm.routes[0], exceeds=(over,))
    quick = Candidate(
        corridor="suez",
        cost_usd_per_teu=1100.0,
        days=30.0,
        transit_days=22.0,
        co2e_kg_per_teu=950.0,
    )
    held = replace(
        calm,
        routes=(suez, *calm.routes[1:]),
        decision=replace(calm.decision, value=1100.0, binding=("max_days",)),
        front=(quick,),
    )
    found = answer_of(held)
    assert "USD 2,200 per 40' at cost, 30 days" in found.finding
    first = found.rows[0]
    assert (first.corridor, first.usd, first.days) == ("suez", "2,200", "30")
    assert not any(why == "Over a limit" for why, _ in found.left_out)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_an_answer_of_any_size_fits_a_screen(width: int) -> None:
    calm = sailing(example_comparison())
    first = calm.routes[0]
    many = tuple(
        replace(first, corridor=f"way-{number}", title=f"A long way number {number} through places")
        for number in range(30)
    )
    warnings = tuple(Note(f"warning {number}", f"subject {number}") for number in range(40))
    largest = replace(calm, routes=(replace(first, warnings=warnings), *many, *calm.routes[1:]))
    lines = answer_lines(answer_of(largest), width, command=COMMAND)
    assert len(lines) <= MOST_LINES
    assert max(map(len, lines)) <= width
    assert any("more: --all." in line for line in lines)
    assert any("--notes" in line for line in lines)
    assert lines[-1] == f"Again: {COMMAND}"


@pytest.fixture(scope="module")
def session() -> Session:
    return Session()


@pytest.mark.first_case
@pytest.mark.parametrize(
    "values",
    [
        ("world=current", "corridors=[suez,cape,kazakhstan-khorgos]"),
        ("origin=Busan", "destination=Koper", "world=current", "departure=2025-03-01"),
        ("origin=Duisburg", "destination=Chengdu", "shipment.equipment=20DV"),
        ("origin=Jebel Ali", "destination=Gdansk", "objective=co2e", "world=current"),
        ("origin=Lisbon", "destination=Hong Kong", "objective=days"),
        ("limits.max_transit_days=40", "world=2024-red-sea"),
    ],
    ids=" ".join,
)
def test_row_sentence_and_file_have_the_same_figures(
    values: tuple[str, ...], session: Session
) -> None:
    comparison = compare_in_both_worlds(
        load_scenario("shanghai-europe", set_values=values), session=session
    )
    found = comparison.answer
    assert found == answer_of(comparison)
    assert json.loads(comparison_json(comparison))["answer"]["finding"] == found.finding
    first = found.rows[0]
    assert first.corridor == comparison.decision.recommended
    assert f"USD {first.usd} per" in found.finding
    assert f", {first.days} days" in found.finding
    text = " ".join(text_of(found).split())
    for row in found.rows[:3]:
        assert row.usd in text
    # Nothing is recommended in a sentence that a row does not hold, and no word is ours alone.
    assert {one.corridor for one in found.beside} <= {row.corridor for row in found.rows}
    assert not any(word in text for word in ("tied", "certificate", "dated", "in draws"))
    assert len(text_of(found).splitlines()) <= MOST_LINES


def test_a_comparison_that_no_one_asked_the_other_world_of_has_no_answer() -> None:
    calm = example_comparison()
    assert calm.answer == UNANSWERED
    assert "answer" not in calm.record.plain()


def test_notes_print_the_text_of_each_warning_and_why_a_corridor_is_closed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    calm = sailing(example_comparison())
    warned = replace(calm.routes[0], warnings=(Note("The Red Sea is half open.", "Red Sea"),))
    found = answer_of(replace(calm, routes=(warned, *calm.routes[1:])))
    monkeypatch.delenv("CORRIDORS_WIDTH", raising=False)
    monkeypatch.setenv("COLUMNS", "64")
    print_answer(found, command=COMMAND)
    short = capsys.readouterr().out
    assert "Notes: Red Sea. --notes has the texts." in short
    assert "half open" not in short
    # Piped, lines are as wide as COLUMNS.
    assert max(map(len, short.splitlines())) <= 64
    print_answer(found, command=COMMAND, notes=True)
    told = " ".join(capsys.readouterr().out.split())
    assert "! Suez Canal: The Red Sea is half open." in told
    assert "! Northern Sea Route: closed: " in told


def test_what_is_about_the_same_is_one_sentence_where_it_sails_as_often() -> None:
    def same(name: str, sails: str) -> Beside:
        return Beside(
            why="about the same", corridor=name, option=name, against="1 day", sails=sails
        )

    calm = answer_of(sailing(example_comparison()))
    told = replace(calm, beside=(same("A", NOBODY), same("B", NOBODY), same("C", "3 a week")))
    assert told.first[2:] == (
        "About the same: A, 1 day; B, 1 day (nobody is known to run them).",
        "About the same: C, 1 day (sails 3 a week).",
    )


def test_beside_what_nobody_runs_stands_the_first_that_somebody_does() -> None:
    calm = sailing(example_comparison(), suez=Listing.UNLISTED)
    here = replace(calm, scenario=replace(calm.scenario, world="current"))
    # Another ship, as dear and four days slower, which a line is known to run.
    best = here.routes[0]
    hours = {**best.time_parts, "wait": best.time_parts.get("wait", 0.0) + 96.0}
    slow = replace(best, corridor="cape", title="Cape", time_parts=hours, offer=LOOP_OFFER)
    beside = answer_of(replace(here, routes=(here.routes[0], slow))).beside
    assert [(one.why, one.corridor) for one in beside] == [("with a known line", slow.corridor)]
    open_ = answer_of(replace(calm, routes=(calm.routes[0], slow))).beside
    assert not [one for one in open_ if one.why == "known to sail"]


def test_the_value_of_a_day_has_steps_that_a_box_can_have() -> None:
    calm = sailing(example_comparison())
    days = round(calm.routes[0].days or 0.0)

    def said(low: float, quicker_by: int) -> list[str]:
        step = LadderStep(
            corridor=calm.routes[2].corridor,
            from_usd_per_day=low,
            to_usd_per_day=None,
            cost_usd_per_teu=9000.0,
            days=days - quicker_by,
            transit_days=15.0,
            co2e_kg_per_teu=900.0,
        )
        first = replace(step, corridor="suez", from_usd_per_day=0.0, to_usd_per_day=low, days=days)
        # No option but the recommended one, so that none is named as the quicker.
        made = replace(calm, routes=calm.routes[:1], ladder=(first, step))
        return [one.condition for one in answer_of(made).changes if "a day is" in one.condition]

    assert said(400.0, 10) == ["Where a day is worth over USD 800 per 40'"]
    # No box loses over 1,000 USD a day, and a part of a day is no other answer.
    assert said(501.0, 10) == said(400.0, 0) == []


def test_a_quicker_train_without_a_price_is_named_with_what_it_costs(
    session: Session,
) -> None:
    by_cost, by_price = (
        compare_in_both_worlds(
            load_scenario(
                "shanghai-hamburg",
                set_values=("origin=Rotterdam", "destination=Chengdu", f"price_basis={basis}"),
            ),
            session=session,
        )
        for basis in PriceBasis
    )
    change = next(one for one in by_price.answer.changes if one.condition.startswith("Quicker, at"))
    unpriced = next(one for one in by_price.routes if one.corridor == change.corridor)
    row = next(one for one in by_cost.usable if one.corridor == change.corridor)
    assert unpriced.status is OptionStatus.UNPRICED
    assert unpriced.at_cost is not None
    # The search counts whole cents, minutes and grams of each leg.
    assert unpriced.at_cost.usd_per_teu == pytest.approx(row.usd_per_teu, abs=0.05)
    assert unpriced.at_cost.days == pytest.approx(row.days, abs=0.01)
    assert unpriced.at_cost.co2e_kg_per_teu == pytest.approx(row.co2e_wtw_kg_per_teu, abs=0.05)
    assert f"USD {money(2 * (row.usd_per_teu or 0.0))} per 40' at cost" in change.text
    assert all(one.at_cost is None for one in by_cost.routes)


def test_lines_that_were_not_looked_for_are_not_said_to_be_unknown(session: Session) -> None:
    ends = ("origin=Los Angeles", "destination=Shanghai")
    found = compare_in_both_worlds(
        load_scenario("shanghai-hamburg", set_values=ends), session=session
    ).answer
    text = " ".join(text_of(found).split())
    assert {row.sails for row in found.rows} == {UNLISTED}
    assert "lines of this trade are not listed" in text
    assert "nobody" not in text
    assert not any(one.startswith("lines searched") for one in found.rests_on)
