"""Prices are what a lane is quoted: laid on its reference way they give the quote."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridors.config import load_scenario
from corridors.costing import pricing
from corridors.costing.market import (
    RAIL_FREIGHT,
    Freight,
    Quote,
    drivers_in_freight,
    freight_of,
    load_lanes,
    load_ways,
    market_of,
)
from corridors.data.lines import LineEnds, Stop
from corridors.data.parameters import ParameterTable, load_parameters
from corridors.data.series import SEA_FREIGHT
from corridors.domain.places import Family
from corridors.domain.results import OptionStatus, PriceStatus, RouteOption
from corridors.domain.scenario import Override, PriceBasis
from corridors.domain.values import LANE
from corridors.output.answer import answer_of
from corridors.output.comparison import Comparison
from corridors.output.contract import OptionRecord
from corridors.output.verdict import best_on_other_basis
from corridors.routing.ladder import search
from corridors.routing.report import report
from corridors.studies.compare.run import compare
from corridors.studies.session import Session

PARAMETERS = load_parameters()
SHIPMENT = load_scenario("shanghai-europe").shipment
CHINA_HOLLAND = (Stop("CN", "CN", "CN", 0.0, 0.0), Stop("NL", "NL", "NL", 0.0, 0.0))


@cache
def compared(*changes: str, day: date | None = None) -> Comparison:
    """Return a comparison of the shipped scenario with changes."""
    asked = load_scenario("shanghai-europe", set_values=changes, departure=day)
    return compare(asked, figures_only=True)


def option(corridor: str, *changes: str, day: date | None = None) -> RouteOption:
    """Return a corridor's answer."""
    (found,) = compared(f"corridors=[{corridor}]", *changes, day=day).routes
    return found


def test_a_scenario_may_ask_for_the_prices_of_another_month() -> None:
    def figures(*changes: str) -> tuple[Comparison, dict[str, float]]:
        made = compare(load_scenario("shanghai-europe", set_values=["corridors=[suez]", *changes]))
        (option,) = made.routes
        return made, {line.driver: line.unit_price_usd for line in option.cost_lines}

    usual, now = figures()
    dear, then = figures("prices=2022-06")
    months = [
        PARAMETERS.get("fuel.vlsfo_usd_per_t", month).value for month in ("2026-05", "2022-06")
    ]
    assert [now["fuel.vlsfo"], then["fuel.vlsfo"]] == months
    assert months[0] != months[1]
    # The euro follows its month; no price of an allowance is known for 2022.
    assert (now["ets"], then["ets"]) == pytest.approx((84.0 * 1.1593, 84.0 * 1.0566), rel=1e-4)
    # What a day costs moves, how long it takes does not.
    assert usual.routes[0].days == dear.routes[0].days
    # Fuel of June 2022 is known, that of August 2026 is not.
    assert not any(text.startswith("Prices not known for") for text in dear.warnings)
    (note,) = (text for text in usual.warnings if text.startswith("Prices not known for"))
    assert "2026-08" in note
    index = "Singapore by General Index in 2026, MABUX and Ship & Bunker before"
    assert f"VLSFO of 2026-05 ({index})" in note


def a_stop(side: LineEnds) -> Stop:
    """Return an end that a side serves: at one of its calls, else in a whole country."""
    positions = {**side.some.positions, **side.calls.positions}
    if positions:
        country, (lons, lats) = min(positions.items())
        return Stop(country, country, country, lons[0], lats[0])
    country = min(side.whole)
    return Stop(country, country, country, 0.0, 0.0)


@given(st.sampled_from(load_lanes()), st.integers(0, 6 * 365))
def test_a_reference_way_has_the_price_that_is_quoted(lane, after: int) -> None:  # type: ignore[no-untyped-def]
    day = date(2021, 1, 4) + timedelta(days=after)
    ends = a_stop(lane.origins), a_stop(lane.destinations)
    market = market_of(ends, day, PARAMETERS, SHIPMENT)
    quotes = [quote for quote in market.quotes if quote.lane.id == lane.id]
    assert len(quotes) == (1 if lane.family is Family.SEA else 2)
    table = PARAMETERS.with_rows(market.rows)
    for quote in quotes:
        paid = (*quote.bill, quote.line)
        # Half a 40-foot box is one TEU.
        assert pricing.usd(paid, table) == pytest.approx(quote.row.value / 2)
        assert pricing.usd(paid, PARAMETERS) == pricing.usd(quote.bill, PARAMETERS)


def quoted(day: date, *, by_week: bool = True) -> Quote:
    found = market_of(CHINA_HOLLAND, day, PARAMETERS, SHIPMENT, by_week=by_week)
    by_sea = found.at("asia-neurope")
    assert by_sea is not None
    return by_sea


def by_rail(ends: tuple[Stop, Stop]) -> Quote | None:
    quotes = market_of(ends, date(2025, 2, 10), PARAMETERS, SHIPMENT).quotes
    return next((quote for quote in quotes if quote.lane.family is Family.RAIL), None)


def test_a_week_counts_before_its_month_and_ones_own_rate_before_both() -> None:
    day = date(2025, 9, 10)
    week, month = quoted(day), quoted(day, by_week=False)
    assert (week.of, month.of) == ("week 37 of 2025", "2025-09")
    assert week.row.value != month.row.value
    own = Override(parameter="market.sea_freight_usd_per_feu", scope="asia-neurope", value=999.0)
    table = PARAMETERS.with_overrides([own])
    given = market_of(CHINA_HOLLAND, day, table, SHIPMENT).at("asia-neurope")
    assert given is not None
    assert (given.row.value, given.of) == (999.0, "your rate")


def test_an_index_belongs_to_the_way_that_its_carriers_sail() -> None:
    assert quoted(date(2023, 12, 20)).way.gates == ("gate-suez",)
    assert quoted(date(2023, 12, 21)).way.gates == ("gate-good-hope",)
    for lane in load_lanes():
        if lane.family is Family.SEA:
            for before, after in pairwise(load_ways()[lane.id]):
                assert after.first_day == before.last_day + timedelta(days=1)


@pytest.mark.parametrize(
    ("corridor", "day", "status"),
    [
        ("cape", date(2025, 9, 10), PriceStatus.INDEX),
        ("suez", date(2025, 9, 10), PriceStatus.ESTIMATED),
        *(
            pytest.param(*each, marks=pytest.mark.long)
            for each in (
                ("suez", date(2023, 9, 10), PriceStatus.INDEX),
                ("cape", date(2023, 9, 10), PriceStatus.ESTIMATED),
                ("panama", date(2025, 9, 10), PriceStatus.ESTIMATED),
                ("kazakhstan-dostyk", date(2026, 8, 20), PriceStatus.ESTIMATED),
                ("piraeus", date(2025, 9, 10), PriceStatus.ESTIMATED),
            )
        ),
        ("northern-sea-route", date(2025, 9, 10), PriceStatus.NONE),
        ("kazakhstan-dostyk", date(2025, 1, 10), PriceStatus.QUOTED),
        ("kazakhstan-dostyk", date(2025, 2, 10), PriceStatus.ESTIMATED),
    ],
)
def test_a_price_says_how_it_is_known(corridor: str, day: date, status: PriceStatus) -> None:
    assert option(corridor, day=day).price_status is status


def test_a_way_by_a_second_ocean_has_no_index() -> None:
    found = market_of(CHINA_HOLLAND, date(2025, 9, 10), PARAMETERS, SHIPMENT)
    ways = ("gate-sunda", "gate-good-hope"), ("gate-good-hope", "gate-panama")
    known = [found.status("asia-neurope", way, {"sea/15k"}) for way in ways]
    assert known == [PriceStatus.INDEX, PriceStatus.ESTIMATED]


def test_ports_outside_the_lane_are_estimated_by_the_nearest_one() -> None:
    found = compared("origin=Busan", "destination=Oslo", "corridors=[cape]", "price_basis=price")
    assert found.routes[0].price_status is PriceStatus.ESTIMATED
    assert any("North Europe as the nearest lane" in text for text in found.warnings)


def test_a_lane_stands_in_near_its_ends_from_its_own_region() -> None:
    belgrade = Stop("rs-belgrade", "RSBEG", "RS", 20.5, 44.8)
    shenzhen = Stop("cn-shenzhen", "CNSZX", "CN", 114.1, 22.7)
    almaty = Stop("kz-almaty", "KZALA", "KZ", 76.9, 43.3)
    xian = Stop("cn-xian", "CNSIA", "CN", 108.9, 34.3)
    for ends, lane in (
        ((shenzhen, belgrade), "china-coast-europe-rail"),
        ((xian, almaty), "china-russia-rail"),
    ):
        found = by_rail(ends)
        assert found is not None
        assert (found.lane.id, found.near) == (lane, True)


def test_boxes_hauled_from_the_ports_of_a_lane_are_on_that_lane_itself() -> None:
    mumbai = Stop("in-nhava-sheva", "INNSA", "IN", 72.95, 18.95)
    chennai = Stop("in-chennai", "INMAA", "IN", 80.29, 13.1)
    hamburg = Stop("de-hamburg", "DEHAM", "DE", 9.97, 53.53)
    gdansk = Stop("pl-gdansk", "PLGDN", "PL", 18.67, 54.37)
    for ends, lane, near in (
        ((mumbai, hamburg), "india-med", False),
        ((chennai, hamburg), "india-med", True),
        ((mumbai, gdansk), "india-neurope", True),
    ):
        found = market_of(ends, date(2024, 1, 10), PARAMETERS, SHIPMENT).at(lane)
        assert found is not None
        assert found.near is near
        assert ("as the nearest lane" in found.text) is near


@pytest.mark.first_case
@pytest.mark.parametrize(
    "city", ["Vienna", "Budapest", "Prague", "Zurich", "Bratislava", "Belgrade"]
)
def test_a_landlocked_city_of_europe_has_the_freights_of_its_ports(city: str) -> None:
    # Its trains have a price too, which the cost of a ship may not be compared with.
    found = compared(f"destination={city}", "corridors=[suez]").usable[0]
    assert found.price_status is PriceStatus.ESTIMATED
    assert (found.price_usd_per_teu or 0.0) > 1.2 * (found.cost_usd_per_teu or 0.0)


def test_where_nothing_is_quoted_a_question_by_price_is_one_by_cost() -> None:
    ends = "origin=Moscow", "destination=Almaty"
    found, at_cost = (compared(*ends, f"price_basis={name}") for name in ("price", "cost"))
    best = found.usable[0]
    assert best.price_usd_per_teu is None
    assert best.price_status is PriceStatus.NONE
    assert best.usd_per_teu == at_cost.usable[0].usd_per_teu
    assert found.decision.recommended == at_cost.decision.recommended
    assert any("nothing is quoted between these regions" in text for text in found.warnings)


def test_ways_on_no_lane_have_no_price_and_are_not_ranked_by_it() -> None:
    # 5,374 km by truck stood at 6,478 USD here, since a price was a ratio on ship and rail.
    found = compared(
        *("origin=Shenzhen", "destination=Hamburg", "price_basis=price", "world=current"),
        "corridors=[suez, cape, kazakhstan-dostyk, kaliningrad, middle-corridor-sea, other]",
        day=date(2021, 9, 15),
    )
    assert found.recommended is not None
    assert found.recommended.price_status is PriceStatus.INDEX
    for one in found.usable:
        lanes = [line for line in one.cost_lines if line.driver == LANE]
        assert len(lanes) == 1
        assert not [leg for leg in one.legs if leg.service == "road" and leg.km > 900]
    unpriced = [one for one in found.routes if one.status is OptionStatus.UNPRICED]
    assert {"middle-corridor-sea", "kaliningrad"} <= {one.corridor for one in unpriced}
    assert all(one.reason.startswith("no price known; at cost ") for one in unpriced)
    # Where the best way has none, the question is one by cost.
    baku = compared(
        *("origin=Xian", "destination=Baku", "price_basis=price", "world=current"),
        "corridors=[middle-corridor-sea, other]",
    )
    assert baku.scenario.price_basis is PriceBasis.COST


@pytest.mark.parametrize(
    ("origin", "destination", "day"),
    [
        ("Shanghai", "Warsaw", date(2022, 3, 9)),
        pytest.param("Rotterdam", "Chongqing", date(2023, 8, 2), marks=pytest.mark.first_case),
    ],
)
def test_no_way_that_has_a_price_beats_the_best_by_price(
    origin: str, destination: str, day: date
) -> None:
    changes = [f"origin={origin}", f"destination={destination}", "objective=cost"]
    asked = load_scenario(
        "shanghai-europe", set_values=[*changes, "price_basis=price"], departure=day
    )
    session = Session()
    question = session.pose(asked, (*session.corridors_of(asked), *session.free))
    assert question.at_price
    usd = {row.scope: float(row.value) for row in question.market.rows}
    met = 0
    for number in range(len(question.corridors)):
        priced = search(question, number, fronts=False)
        least = inf if priced.best is None else priced.best.cents
        at_cost = search(question.at_cost, number, fronts=True)
        for route in at_cost.routes:
            paid = question.paid_by(at_cost.arcs(route))
            if paid is not None:
                met += 1
                assert least <= route.cents + round(100 * usd[paid.scope])
        if priced.best is not None:
            paid = question.paid_by(priced.arcs(priced.best))
            assert paid is not None
            option = report(priced, figures_only=True)
            assert option.bill == ()
            assert option.usd_per_teu == pytest.approx(least / 100, abs=0.2)
            more = usd[paid.scope]
            assert option.usd_per_teu == pytest.approx((option.cost_usd_per_teu or 0.0) + more)
    assert met > 20


def test_a_route_has_the_same_cost_and_price_on_either_basis() -> None:
    day = date(2025, 9, 10)
    at_cost = option("cape", day=day)
    at_price = option("cape", "price_basis=price", day=day)
    assert [leg.leg_id for leg in at_cost.legs] == [leg.leg_id for leg in at_price.legs]
    assert at_cost.usd_per_teu == at_cost.cost_usd_per_teu
    assert at_price.usd_per_teu == at_price.price_usd_per_teu
    assert at_cost.cost_usd_per_teu == pytest.approx(at_price.cost_usd_per_teu)
    assert at_cost.price_usd_per_teu == pytest.approx(at_price.price_usd_per_teu)
    # The freight is the index of the week, within what Hamburg is farther than Rotterdam.
    freight = sum(
        line.usd_per_teu for line in at_price.cost_lines if line.driver in drivers_in_freight()
    )
    assert freight == pytest.approx(quoted(day).row.value / 2, rel=0.03)


def test_a_file_has_both_and_lines_that_sum_to_the_basis_asked_for() -> None:
    day = date(2025, 9, 10)
    for basis in PriceBasis:
        found = option("cape", f"price_basis={basis.value}", day=day)
        record = OptionRecord.of(found)
        total = sum(line.usd_per_teu for line in record.cost_lines)
        at_cost = basis is PriceBasis.COST
        named = record.cost_usd_per_teu if at_cost else record.price_usd_per_teu
        assert total == pytest.approx(named, abs=0.05)
        assert record.price_usd_per_feu == pytest.approx(2 * (record.price_usd_per_teu or 0))
        above = [line.scope for line in record.cost_lines if line.driver == LANE]
        assert above == ([] if at_cost else ["asia-neurope"])


def through_rate(origin: str, destination: str, corridor: str, day: date) -> float:
    """Return what a train costs by a through rate, per FEU: with borders, gauges and lifts."""
    ends = (f"origin={origin}", f"destination={destination}", "price_basis=price")
    found = compared(*ends, f"corridors=[{corridor}]", day=day).routes[0]
    lane = "china-russia-rail" if destination.startswith("ru-") else ""
    held = drivers_in_freight("rail", lane)
    return 2 * sum(line.usd_per_teu for line in found.cost_lines if line.driver in held)


@pytest.mark.first_case
@pytest.mark.parametrize(
    ("origin", "destination", "day", "quoted"),
    [
        ("cn-chengdu", "de-duisburg", date(2025, 2, 10), 5550),
        pytest.param(
            *("cn-shenzhen-rail", "de-duisburg", date(2025, 3, 10), 6100), marks=pytest.mark.long
        ),
        ("cn-chengdu", "pl-malaszewicze", date(2024, 7, 10), 9000),
        # As to Europe, at 0.99, since no quote to Poland is known of that month.
        ("cn-chengdu", "pl-malaszewicze", date(2025, 2, 10), 5550 * 0.99),
        ("cn-xian", "ru-moscow", date(2024, 4, 10), 4735),
    ],
)
def test_a_train_at_price_is_its_through_rate(
    origin: str, destination: str, day: date, quoted: float
) -> None:
    ours = through_rate(origin, destination, "kazakhstan-dostyk", day)
    assert ours == pytest.approx(quoted, rel=0.01)


def freight(lane: str, day: date, parameters: ParameterTable = PARAMETERS) -> Freight:
    found = freight_of(next(one for one in load_lanes() if one.id == lane), day, parameters)
    assert found is not None
    return found


def test_between_two_quotes_by_train_to_russia_a_price_is_on_the_line() -> None:
    found = freight("china-russia-rail", date(2022, 10, 15))
    # 8,000 USD in March 2022; in May 2023 5,580, or 6,250 from the coast at 1.12 times that. Seven
    # of fourteen months after the first: the geometric mean.
    assert found.row.value == pytest.approx(math.sqrt(8000 * 5580), rel=1e-3)
    assert not found.fresh
    assert found.of == "no quote of the month: from 2022-03 and 2023-05"


def test_to_europe_trains_and_the_mediterranean_move_with_the_ships_to_rotterdam() -> None:
    # After the last quotes by train, of April 2025.
    usd = {
        (lane, month): freight(lane, date(2025, month, 15)).row.value
        for lane in ("asia-neurope", "china-europe-rail", "china-coast-poland-rail")
        for month in (7, 10)
    }
    moved = (usd["asia-neurope", 10] / usd["asia-neurope", 7]) ** 0.46
    for lane in ("china-europe-rail", "china-coast-poland-rail"):
        assert usd[lane, 10] / usd[lane, 7] == pytest.approx(moved)
    # One model of all trains to Europe: Poland's coast at its ratio to inland Germany.
    ratio = usd["china-coast-poland-rail", 7] / usd["china-europe-rail", 7]
    assert ratio == pytest.approx(1.175 * 0.99)
    # Drewry's points of February, April and July 2021 have a mean of 9,433, and set nothing. At
    # Genoa Drewry lies a tenth under other houses, at whose level the lane is.
    found = [freight("asia-med", date(2021, month, 15)).row.value for month in (2, 4, 7)]
    assert 9433 <= np.mean(found) <= 9433 * 1.1


@given(st.sampled_from(load_lanes()), st.integers(0, 8 * 12))
def test_a_month_has_its_quote_or_lies_within_what_is_left_out_in_turn(lane, after: int) -> None:  # type: ignore[no-untyped-def]
    day = date(2020 + after // 12, after % 12 + 1, 15)
    found = freight_of(lane, day, PARAMETERS)
    assert found is not None
    assert found.row.low <= found.row.value <= found.row.high
    own = {row.scope for name in (SEA_FREIGHT, RAIL_FREIGHT) for row in PARAMETERS.rows_of(name)}
    assert found.fresh is (f"{lane.id}@{day:%Y-%m}" in own)


def test_what_lies_near_the_coast_of_china_has_the_rates_of_the_coast() -> None:
    hamburg = Stop("de-hamburg", "DEHAM", "DE", 10.0, 53.5)
    places = {"Dongguan": (113.75, 23.04), "Beijing": (116.4, 39.9), "Wuhan": (114.3, 30.6)}
    lanes = {}
    for name, (lon, lat) in places.items():
        ends = Stop(name, name, "CN", lon, lat), hamburg
        found = by_rail(ends)
        assert found is not None
        lanes[name] = found.lane.id
    assert lanes == {
        "Dongguan": "china-coast-europe-rail",
        "Beijing": "china-coast-europe-rail",
        "Wuhan": "china-europe-rail",
    }


def test_a_sentence_says_what_the_other_basis_would_recommend() -> None:
    day = date(2024, 7, 10)
    changes = (
        *("origin=Chengdu", "destination=Warsaw", "objective=cost"),
        "corridors=[cape, kazakhstan-dostyk]",
    )
    at_cost, at_price = (compared(*changes, f"price_basis={b.value}", day=day) for b in PriceBasis)
    assert at_cost.recommended is not None
    assert at_price.recommended is not None
    assert at_cost.recommended.corridor == "cape"
    assert at_price.recommended.corridor == "kazakhstan-dostyk"
    firsts = [best_on_other_basis(found) for found in (at_cost, at_price)]
    assert [first and first.corridor for first in firsts] == ["kazakhstan-dostyk", "cape"]
    assert any(
        text.startswith("By the freight rates quoted: by Kazakhstan")
        for text in answer_of(at_cost).sentences
    )
    # What was left out for want of a line is best on no basis.
    left = replace(at_cost.decision, without_line=("kazakhstan-dostyk",))
    assert best_on_other_basis(replace(at_cost, decision=left)) is None
    # Nor where all are, as where every option breaks a limit.
    left = replace(at_cost.decision, without_line=("cape", "kazakhstan-dostyk"))
    assert best_on_other_basis(replace(at_cost, decision=left)) is None
