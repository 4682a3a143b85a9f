"""The decision on candidates whose answer is worked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from corridors.domain.objective import Objective
from corridors.domain.results import Candidate, Decision
from corridors.domain.scenario import Limits
from corridors.optimise.decision import decide


def candidate(
    corridor: str,
    cost: float,
    days: float,
    co2e: float,
    *,
    countries: str = "",
    gates: str = "",
) -> Candidate:
    """Return a candidate that stays ten days at its ends."""
    return Candidate(
        corridor=corridor,
        cost_usd_per_teu=cost,
        days=days,
        transit_days=days - 10.0,
        co2e_kg_per_teu=co2e,
        countries=frozenset(countries.split()),
        gates=frozenset(gates.split()),
    )


SUEZ = candidate("suez", 1000.0, 45.0, 1100.0, countries="CN DE", gates="gate-suez gate-malacca")
CAPE = candidate("cape", 1200.0, 55.0, 1400.0, countries="CN DE", gates="gate-good-hope")
RAIL = candidate("dostyk", 3600.0, 25.0, 1700.0, countries="CN KZ RU BY PL DE")
ALL = (RAIL, CAPE, SUEZ)


def asked(
    limits: Limits | None = None,
    objective: Objective = Objective.COST,
    *,
    value_of_time: float = 0.0,
    of: tuple[Candidate, ...] = ALL,
) -> Decision:
    return decide(of, limits or Limits(), objective, value_of_time=value_of_time)


@pytest.mark.parametrize(
    ("objective", "value_of_time", "recommended", "value"),
    [
        (Objective.COST, 0.0, "suez", 1000.0),
        (Objective.DAYS, 0.0, "dostyk", 25.0),
        (Objective.CO2E, 0.0, "suez", 1100.0),
        # 1000 + 45 x 100 = 5500 against 3600 + 25 x 100 = 6100
        (Objective.GENERALISED, 100.0, "suez", 5500.0),
        # 1000 + 45 x 200 = 10000 against 3600 + 25 x 200 = 8600
        (Objective.GENERALISED, 200.0, "dostyk", 8600.0),
    ],
)
def test_without_limits_the_best_by_the_objective_takes_all(
    objective: Objective, value_of_time: float, recommended: str, value: float
) -> None:
    decision = asked(objective=objective, value_of_time=value_of_time)
    assert decision.status == "optimal"
    assert decision.recommended == recommended
    assert decision.shares == {recommended: 1.0}
    assert decision.value == pytest.approx(value)
    assert decision.binding == ()
    assert decision.marginal_values == {}


@pytest.mark.parametrize("objective", list(Objective))
@pytest.mark.parametrize("limits", [Limits(), Limits(max_transit_days=40.0)])
def test_a_cap_that_allows_everything_changes_nothing(objective: Objective, limits: Limits) -> None:
    # With a cap the programme is solved, without one the best route takes all. At 1 it would bind.
    capped = replace(limits, max_share_gate=(("gate-suez", 2.0),))
    twin = replace(SUEZ, corridor="twin")
    for of in (ALL, (*ALL, twin), (twin, RAIL), (CAPE,)):
        found = asked(limits, objective, value_of_time=100.0, of=of)
        assert found == asked(capped, objective, value_of_time=100.0, of=of)


def test_a_limit_on_days_sends_the_boxes_by_rail() -> None:
    decision = asked(Limits(max_days=30.0))
    assert decision.recommended == "dostyk"
    assert decision.value == pytest.approx(3600.0)
    assert decision.binding == ("max_days",)


def test_a_deadline_counts_from_the_departure_to_the_end_of_its_day() -> None:
    # Suez is there 35.0 days after the first minute of 20 August: on the morning of 24 September.
    sea = replace(SUEZ, arrival_days=35.0)
    rail = replace(RAIL, arrival_days=20.0)
    for day, recommended in (
        ("2026-09-24", "suez"),
        ("2026-09-23", "suez"),
        ("2026-09-22", "dostyk"),
    ):
        decision = decide(
            (sea, rail),
            Limits(deadline=date.fromisoformat(day)),
            Objective.COST,
            value_of_time=0.0,
            departure=date(2026, 8, 20),
        )
        assert decision.recommended == recommended, day
    assert decision.binding == ("deadline",)
    # One day more brings Suez in, 2600 USD cheaper.
    assert decision.marginal_values == {"deadline": pytest.approx(2600.0)}


def test_the_shadow_price_of_a_box_limit_is_the_gain_of_its_next_step() -> None:
    # From 30 days to the 45 of Suez saves 3600 - 1000.
    decision = asked(Limits(max_days=30.0))
    assert decision.marginal_values == {"max_days": pytest.approx(2600.0 / 15.0)}


def test_a_step_is_valued_with_the_other_limits_kept() -> None:
    # Suez is barred by its share; the next step is to the Cape's 55 days.
    decision = asked(Limits(max_days=30.0, max_share_gate=(("gate-suez", 0.0),)))
    assert decision.marginal_values["max_days"] == pytest.approx((3600.0 - 1200.0) / 25.0)


def test_the_least_rise_of_caps_is_named_if_two_exclude_all() -> None:
    limits = Limits(max_share_corridor=(("suez", 0.2), ("cape", 0.3), ("dostyk", 0.1)))
    assert asked(limits).advice == (
        "the limits on shares leave part of the programme without a route:"
        # Each rise is 0.4, which the three caps leave open.
        " max_share_corridor.cape would have to rise from 0.3 to 0.7;"
        " or max_share_corridor.dostyk would have to rise from 0.1 to 0.5;"
        " or max_share_corridor.suez would have to rise from 0.2 to 0.6"
    )


def test_shares_and_limits_per_box_are_weighed_together() -> None:
    # Below 45 days only rail remains, of which a tenth may pass Kazakhstan: 0.9 more, or 5 days.
    limits = Limits(max_days=40.0, max_share_country=(("KZ", 0.1),))
    assert asked(limits).advice == (
        "max_days would have to rise from 40 to 45.0 days (suez);"
        " or max_share_country.KZ would have to rise from 0.1 to 1"
    )


def test_a_limit_that_the_best_keeps_does_not_bind() -> None:
    decision = asked(Limits(max_transit_days=35.0, max_usd_per_teu=1000.0))
    assert decision.recommended == "suez"
    assert decision.binding == ()


def test_a_route_at_its_limit_is_kept() -> None:
    assert asked(Limits(max_transit_days=15.0)).recommended == "dostyk"


def test_advice_names_the_limit_and_how_far_it_would_have_to_move() -> None:
    decision = asked(Limits(max_days=30.0, max_usd_per_teu=2000.0))
    assert decision.status == "infeasible"
    assert (decision.value, decision.recommended, decision.shares) == (None, None, {})
    assert decision.binding == ("max_days", "max_usd_per_teu")
    assert decision.advice == (
        "max_days would have to rise from 30 to 45.0 days (suez);"
        " or max_usd_per_teu would have to rise from 2000 to 3600.0 USD/TEU (dostyk)"
    )


def test_advice_moves_one_limit_where_one_is_enough() -> None:
    decision = asked(Limits(max_days=20.0))
    assert decision.advice == "max_days would have to rise from 20 to 25.0 days (dostyk)"


def test_advice_says_so_where_no_single_limit_helps() -> None:
    decision = asked(Limits(max_days=20.0, max_usd_per_teu=500.0))
    assert decision.advice == (
        # Suez: 45 / 20 - 1 = 1.25 and 1000 / 500 - 1 = 1; rail: 0.25 and 6.2.
        "relaxing one limit is not enough; relax max_days from 20 to 45.0 days and"
        " max_usd_per_teu from 500 to 1000.0 USD/TEU (suez)"
    )


def test_a_cap_on_a_gate_splits_the_programme_with_a_marginal_value() -> None:
    decision = asked(Limits(max_share_gate=(("gate-suez", 0.6),)))
    # 0.6 x 1000 + 0.4 x 1200; one more unit by Suez saves 200.
    assert decision.shares == {"suez": 0.6, "cape": 0.4}
    assert decision.recommended == "suez"
    assert decision.value == pytest.approx(1080.0)
    assert decision.marginal_values["max_share_gate.gate-suez"] == pytest.approx(200.0, abs=0.01)
    assert decision.binding == ("max_share_gate.gate-suez",)


def test_caps_on_a_corridor_and_on_a_country_hold_together() -> None:
    limits = Limits(
        max_transit_days=40.0,
        max_share_corridor=(("suez", 0.5),),
        max_share_country=(("KZ", 0.5), ("JP", 0.0)),
    )
    decision = asked(limits)
    # The Cape's 45 transit days are out, so the two halves fill both caps.
    assert decision.shares == {"dostyk": 0.5, "suez": 0.5}
    assert decision.value == pytest.approx(2300.0)


def test_two_routes_of_one_corridor_share_its_cap() -> None:
    slower = candidate("suez", 900.0, 60.0, 900.0, gates="gate-suez")
    decision = asked(Limits(max_share_corridor=(("suez", 0.5),)), of=(*ALL, slower))
    assert decision.shares == {"cape": 0.5, "suez": 0.5}
    assert decision.value == pytest.approx(0.5 * 900.0 + 0.5 * 1200.0)


def test_caps_that_leave_no_route_are_reported() -> None:
    decision = asked(Limits(max_share_country=(("CN", 0.5),)))
    assert decision.status == "infeasible"
    assert decision.recommended is None
    assert decision.binding == ("max_share_country.CN",)
    assert decision.advice == (
        "the limits on shares leave part of the programme without a route:"
        " max_share_country.CN would have to rise from 0.5 to 1"
    )


def test_ties_go_to_the_cheaper_then_the_quicker_then_the_id() -> None:
    dear = candidate("a", 2000.0, 30.0, 1000.0)
    slow = candidate("b", 1000.0, 40.0, 1000.0)
    quick = candidate("d", 1000.0, 30.0, 1000.0)
    same = candidate("c", 1000.0, 30.0, 1000.0)
    decision = asked(objective=Objective.CO2E, of=(dear, slow, quick, same))
    assert decision.shares == {"c": 1.0}


def test_with_no_candidate_nothing_is_recommended() -> None:
    decision = asked(of=())
    assert decision.status == "infeasible"
    assert decision.advice == "no corridor is usable on this date"


def test_a_tighter_limit_never_lowers_the_value() -> None:
    values = []
    for days in (60.0, 50.0, 40.0, 26.0):
        value = asked(Limits(max_days=days)).value
        assert value is not None
        values.append(value)
    assert values == sorted(values)


@pytest.mark.parametrize(
    ("max_days", "shelf_life_days", "binding"),
    [
        (None, 30.0, ("shelf_life_days",)),
        (50.0, 30.0, ("shelf_life_days",)),
        (30.0, 50.0, ("max_days",)),
        (60.0, 50.0, ()),
        (None, None, ()),
    ],
)
def test_the_tighter_of_deadline_and_shelf_life_binds(
    max_days: float | None, shelf_life_days: float | None, binding: tuple[str, ...]
) -> None:
    decision = asked(Limits(max_days=max_days, shelf_life_days=shelf_life_days))
    assert decision.binding == binding
    assert decision.recommended == ("dostyk" if binding else "suez")
    assert set(decision.marginal_values) == set(binding)


def test_advice_moves_deadline_and_shelf_life_together_where_both_are_too_short() -> None:
    decision = asked(Limits(max_days=20.0, shelf_life_days=15.0))
    assert decision.binding == ("shelf_life_days",)
    assert decision.advice.startswith("relaxing one limit is not enough; relax ")
    assert "max_days from 20 to 25.0 days" in decision.advice
    assert "shelf_life_days from 15 to 25.0 days" in decision.advice


def test_a_capacity_splits_the_programme_over_the_next_best() -> None:
    # All by Suez would use 40 % of the canal: a tenth of it takes a quarter of the programme.
    narrow = replace(SUEZ, capacity=(("port x", 0.4),))
    decision = asked(Limits(capacity_share=0.1), of=(RAIL, CAPE, narrow))
    assert decision.shares == pytest.approx({"cape": 0.75, "suez": 0.25})
    assert decision.value == pytest.approx(0.75 * 1200.0 + 0.25 * 1000.0)
    assert decision.marginal_values == pytest.approx({"max_share_capacity.port x": 200.0})


def test_a_capacity_that_is_not_reached_does_not_hold_the_decision() -> None:
    wide = replace(SUEZ, capacity=(("port x", 0.09),))
    decision = asked(Limits(capacity_share=0.1), of=(RAIL, CAPE, wide))
    assert decision.shares == {"suez": 1.0}
    assert decision.binding == ()


def test_capacities_too_small_for_the_programme_say_so() -> None:
    full = replace(SUEZ, capacity=(("port x", float("inf")),))
    decision = asked(Limits(capacity_share=0.1), of=(full,))
    assert decision.status == "infeasible"
    assert decision.advice == (
        "the limits on shares leave part of the programme without a route:"
        " max_share_capacity.port x would have to rise from 0 to 1"
    )
