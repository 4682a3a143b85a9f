"""A stress test tells what a comparison with the same closures tells."""

from __future__ import annotations

from dataclasses import replace

import pytest

from corridors.config import load_scenario
from corridors.domain.objective import Objective
from corridors.domain.results import Candidate
from corridors.domain.scenario import OTHER, Closure, Limits, Scenario
from corridors.errors import ConfigError
from corridors.output.display_names import name_by
from corridors.studies.compare.run import compare
from corridors.studies.session import Session
from corridors.studies.stress.result import (
    CLOSURES,
    Passed,
    Stress,
    folded,
    measure_text,
    stress_record,
)
from corridors.studies.stress.run import _row, _worst_first, closable_kinds, stress


@pytest.fixture(scope="module")
def shipped() -> Stress:
    found = stress(load_scenario("shanghai-europe", set_values=["objective=cost"]))
    assert found is not None
    return found


def closed(asked: Scenario, *places: str) -> Scenario:
    return replace(
        asked,
        closures=tuple(
            Closure(place=place, first_day=None, last_day=None, reason="test") for place in places
        ),
    )


@pytest.mark.first_case
@pytest.mark.parametrize(
    ("scenario", "pairs"), [("shanghai-europe", True), ("chongqing-duisburg", False)]
)
def test_each_closure_costs_what_a_comparison_says(scenario: str, pairs: bool) -> None:
    asked = load_scenario(scenario, set_values=["objective=cost"])
    found = stress(asked, pairs=pairs)
    assert found is not None
    session = Session()
    assert len(found.rows) > 10
    for row in found.rows[:: max(1, len(found.rows) // 6)]:
        places = [place.key for place in row.closed]
        routes = compare(closed(asked, *places), session=session, figures_only=True).routes
        # The row `other`, round Cape Horn where all else is shut, is no corridor of the stress.
        best = next(option for option in routes if option.corridor != OTHER)
        if row.corridor is None:
            assert not best.usable
            continue
        assert (row.corridor, row.title) == (best.corridor, name_by(best))
        assert row.usd_per_teu == pytest.approx(best.cost_usd_per_teu, abs=0.1)
        assert row.days == pytest.approx(best.days, abs=0.01)


@pytest.mark.long
def test_limits_hold_after_a_closure() -> None:
    few = ("suez", "northern-sea-route", "kazakhstan-dostyk", "trans-siberian")
    asked = replace(
        load_scenario("shanghai-europe", set_values=["objective=cost"]),
        corridors=few,
        limits=Limits(max_transit_days=30.0),
    )
    found = stress(asked, kinds=("gates", "borders"), pairs=False)
    assert found is not None
    assert found.corridor == compare(asked, figures_only=True).decision.recommended
    assert found.rows
    session = Session()
    for row in found.rows:
        decision = compare(
            closed(asked, row.closed[0].key), session=session, figures_only=True
        ).decision
        # Stress names the best to the last cent; a decision the quickest of those tied with it.
        assert row.corridor in {one.corridor for one in decision.tied}
        assert row.usd_per_teu == pytest.approx(decision.least_value, abs=0.1)


def test_the_way_round_suez_is_the_cape_and_a_week_or_two_longer(shipped: Stress) -> None:
    row = next(row for row in shipped.rows if row.place == "gate-suez")
    assert row.corridor == "cape"
    assert row.extra_days is not None
    assert 7.0 < row.extra_days < 14.0


def test_a_pair_costs_no_less_than_its_first(shipped: Stress) -> None:
    single = {row.closed[0].key: row for row in shipped.rows if len(row.closed) == 1}
    pairs = [row for row in shipped.rows if len(row.closed) == 2]
    assert pairs
    for row in pairs:
        alone = single[row.closed[0].key].extra_usd_per_teu
        assert row.extra_usd_per_teu is None or alone is not None
        if row.extra_usd_per_teu is not None and alone is not None:
            assert row.extra_usd_per_teu >= alone - 1e-9


def test_rows_are_ranked_worst_first(shipped: Stress) -> None:
    shares = [row.worse_share for row in shipped.rows]
    known = [share for share in shares if share is not None]
    assert shares == [None] * (len(shares) - len(known)) + sorted(known, reverse=True)
    # Nine days by the Cape are worse than 20 USD round Dover.
    single = [row.place for row in shipped.rows if len(row.closed) == 1]
    assert single.index("gate-suez") < single.index("gate-dover")


@pytest.mark.long
def test_closing_what_severs_by_land_leaves_no_land_corridor(shipped: Stress) -> None:
    cut = shipped.severed
    assert cut.size
    by_land = replace(
        load_scenario("shanghai-europe"),
        corridors=("kazakhstan-dostyk", "kazakhstan-khorgos", "trans-siberian", "trans-mongolian"),
        services=("rail", "ferry", "road"),
    )
    session = Session()
    assert compare(by_land, session=session, figures_only=True).routes[0].usable
    for places in (cut.nearest_start, cut.nearest_end):
        assert len(places) == cut.size
        severed = compare(closed(by_land, *places), session=session, figures_only=True)
        assert not any(option.usable for option in severed.routes)


def test_places_have_a_point_each(shipped: Stress) -> None:
    frame = shipped.places
    assert frame.crs.to_epsg() == 4326
    suez = frame[frame["place"] == "gate-suez"].geometry.iloc[0]
    assert 32.0 < suez.x < 33.0
    assert 29.0 < suez.y < 32.0


def test_only_the_kinds_asked_for_are_closed() -> None:
    found = stress(load_scenario("shanghai-europe"), kinds=("gates",), pairs=False)
    assert found is not None
    assert {place.kind for row in found.rows for place in row.closed} == {"gates"}
    assert all(len(row.closed) == 1 for row in found.rows)


@pytest.mark.parametrize("text", ["", "gates,roads"])
def test_an_unknown_kind_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="gates, borders, terminals"):
        closable_kinds([text])


def test_the_record_holds_every_row(shipped: Stress) -> None:
    record = stress_record(shipped)
    rows = record["rows"]
    assert isinstance(rows, list)
    assert len(rows) == len(shipped.rows)
    assert {"place", "extra_usd_per_teu", "extra_days"} <= set(rows[0])


def test_a_ship_that_would_have_to_come_back_through_suez_has_no_way() -> None:
    # With trains it would go to the Adriatic.
    asked = replace(load_scenario("shanghai-europe"), corridors=("suez",), services=("sea",))
    without_gates = closed(asked, "gate-gibraltar", "gate-good-hope")
    assert not compare(without_gates, figures_only=True).usable


def test_closures_without_a_route_come_first_then_the_worst_in_cost_and_days() -> None:
    def place(key: str) -> Passed:
        return Passed(key=key, name=key, kind="gates")

    def route(usd: float, days: float) -> Candidate:
        return Candidate(
            corridor="c", cost_usd_per_teu=usd, days=days, transit_days=days, co2e_kg_per_teu=0.0
        )

    asked = load_scenario("shanghai-europe", set_values=["objective=cost"])
    usual = route(1000.0, 30.0)
    rows = [
        _row((place("alike"),), route(1000.0, 30.0), usual, asked),
        _row((place("slow"),), route(1300.0, 45.0), usual, asked),
        _row((place("pair"), place("other")), route(1300.0, 40.0), usual, asked),
        _row((place("single"),), route(1300.0, 40.0), usual, asked),
        _row((place("dear"),), route(1400.0, 31.5), usual, asked),
        _row((place("lost"),), None, usual, asked),
    ]
    ordered = sorted(rows, key=_worst_first)
    assert [(row.place, row.extra_usd_per_teu, row.extra_days) for row in ordered] == [
        ("lost", None, None),
        # 30 % of cost and 50 % of days, 30 and 33, 40 and 5.
        ("slow", 300.0, 15.0),
        ("single", 300.0, 10.0),
        ("pair + other", 300.0, 10.0),
        ("dear", 400.0, 1.5),
        ("alike", 0.0, 0.0),
    ]
    assert [row.worse_share for row in ordered] == [
        *(None, pytest.approx(0.8)),
        *(pytest.approx(0.3 + 1 / 3),) * 2,
        *(pytest.approx(0.45), 0.0),
    ]
    # A day counts once where the objective has it.
    by_day = replace(asked, shipment=replace(asked.shipment, value_of_time_usd_per_teu_day=20.0))
    by_day = replace(by_day, objective=Objective.GENERALISED)
    row = _row((place("slow"),), route(1300.0, 45.0), usual, by_day)
    assert row.worse_share == pytest.approx((300.0 + 15.0 * 20.0) / (1000.0 + 30.0 * 20.0))
    assert "plus that by which days rise" in measure_text(asked)
    assert "days" not in measure_text(by_day)


def test_a_long_way_by_land_is_a_table_of_short_rows_and_says_why_compare_differs() -> None:
    found = stress(
        load_scenario(
            "shanghai-europe",
            set_values=(
                "origin=Urumqi",
                "destination=tr-malatya",
                "departure=2024-09-17",
                "world=current",
                "objective=cost",
                "shipment.cargo=luxury",
            ),
        ),
        pairs=False,
    )
    assert found is not None
    assert found.standing is not None
    assert found.standing.corridor == OTHER
    assert found.against.endswith("this study asks of the corridors alone.")
    rows = folded(CLOSURES.records(found))
    assert any(str(row["name"]).endswith(" others") for row in rows)
    assert max(len(str(row["name"])) for row in rows) < 80
