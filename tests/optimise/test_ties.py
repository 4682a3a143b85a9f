"""Which options are tied, on candidates drawn and worked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corridors.data.parameters import load_parameters
from corridors.domain.objective import Objective
from corridors.domain.places import Family
from corridors.domain.results import Candidate, Decision, Listing, Offer
from corridors.domain.scenario import Limits
from corridors.optimise.decision import EXACT, Tolerances, decide, tolerances_of, value_of

THREE = Tolerances(other=0.03)


def route(
    corridor: str, usd: float, days: float, co2e: float = 1000.0, *, family: Family = Family.SEA
) -> Candidate:
    return Candidate(
        corridor=corridor,
        cost_usd_per_teu=usd,
        days=days,
        transit_days=days - 10.0,
        co2e_kg_per_teu=co2e,
        gates=frozenset({corridor}),
        family=family,
    )


def asked(
    of: list[Candidate],
    objective: Objective = Objective.COST,
    *,
    limits: Limits | None = None,
    tolerances: Tolerances = THREE,
    value_of_time: float = 0.0,
) -> Decision:
    return decide(
        of, limits or Limits(), objective, value_of_time=value_of_time, tolerances=tolerances
    )


SUEZ, CAPE, RAIL = route("suez", 1259.15, 48.6), route("cape", 1257.97, 56.7), route("r", 3900, 22)


def test_a_dollar_does_not_buy_eight_days() -> None:
    decision = asked([CAPE, SUEZ, RAIL])
    assert decision.recommended == "suez"
    assert [one.corridor for one in decision.tied] == ["suez", "cape"]
    assert decision.value == pytest.approx(1259.15)
    assert decision.least_value == pytest.approx(1257.97)
    assert asked([CAPE, SUEZ, RAIL], tolerances=EXACT).recommended == "cape"


def test_a_route_that_lies_in_two_corridors_is_tied_once() -> None:
    # Round the Cape and then by Suez to Jeddah: both corridors hold it.
    both = [replace(route(name, 2133.0, 60.9), arcs=(1, 2, 3)) for name in ("suez", "cape")]
    other = replace(route("panama", 2150.0, 62.5), arcs=(1, 4))
    decision = asked([*both, other])
    assert decision.recommended == "cape"
    assert [one.corridor for one in decision.tied] == ["cape", "panama"]
    # The same way on another day is another route.
    later = replace(both[0], days=63.0)
    assert len(asked([both[1], later]).tied) == 2


def test_where_days_count_in_the_objective_the_least_of_tied_stands_first() -> None:
    # At 20 USD a day Suez is 2231 and the Cape 2392; a dear quick route is tied with Suez.
    dear = route("quick", 1500.0, 37.5)
    worth = asked([dear, SUEZ, CAPE], Objective.GENERALISED, value_of_time=20.0)
    assert [one.corridor for one in worth.tied] == ["suez", "quick"]
    # A day that is worth nothing counts in nothing.
    free = asked([CAPE, SUEZ], Objective.GENERALISED)
    assert free.recommended == "suez"


def test_of_tied_ways_one_that_is_known_to_run_stands_first() -> None:
    def listed(listing: Listing) -> Offer:
        return Offer(
            sections=(("A to B", listing),),
            lines=(),
            sailings="",
            wait_days=None,
            searched=date(2026, 12, 1),
        )

    nobody, known = (listed(one) for one in (Listing.UNLISTED, Listing.SCHEDULED))
    khorgos = replace(route("khorgos", 7000.0, 20.2), offer=nobody)
    siberian = replace(route("siberian", 7024.0, 24.0), offer=known)
    dear = replace(route("dear", 7900.0, 10.0), offer=known)
    for objective, of_a_day in ((Objective.COST, 0.0), (Objective.GENERALISED, 20.0)):
        decision = asked([khorgos, siberian, dear], objective, value_of_time=of_a_day)
        assert [one.corridor for one in decision.tied] == ["siberian", "khorgos"]
        assert decision.least_value == pytest.approx(7000.0 + 20.2 * of_a_day)
        # Where it was not asked who runs them, none stands before another for it.
        alike = [replace(one, offer=None) for one in (khorgos, siberian)]
        assert asked(alike, objective, value_of_time=of_a_day).recommended == "khorgos"


def test_an_option_just_outside_the_tolerance_is_not_tied() -> None:
    # 3 % of 1000 is 30.
    best, inside, outside = route("a", 1000, 50), route("b", 1030, 45), route("c", 1030.01, 40)
    decision = asked([best, inside, outside])
    assert [one.corridor for one in decision.tied] == ["b", "a"]


def test_the_tolerance_is_that_of_the_two_families() -> None:
    wide = Tolerances(shares=(((Family.RAIL, Family.SEA), 0.2),), other=0.01)
    ship, train = route("ship", 1000, 40), route("train", 1150, 20, family=Family.RAIL)
    other = route("other ship", 1150, 20)
    assert asked([ship, train, other], tolerances=wide).recommended == "train"
    assert asked([ship, other], tolerances=wide).recommended == "ship"


def test_if_days_are_least_the_quickest_is_recommended_of_the_tied() -> None:
    quick, cheap = route("quick", 4000, 22.0), route("cheap", 3900, 22.5)
    decision = asked([cheap, quick, SUEZ], Objective.DAYS)
    assert [one.corridor for one in decision.tied] == ["quick", "cheap"]


def test_days_that_print_alike_are_equal() -> None:
    # 30 USD do not buy two hundredths of a day.
    dear, cheap = route("suez", 1030, 44.02), route("suez", 1000, 44.04)
    assert asked([dear, cheap]).value == 1000


def test_a_split_gives_way_to_one_option_within_the_tolerance() -> None:
    limits = Limits(max_share_gate=(("suez", 0.6),))
    near, far = route("cape", 1020, 56.7), route("cape", 1100, 56.7)
    cheap = route("suez", 1000, 48.6)
    # 0.6 x 1000 + 0.4 x 1020 = 1008, and 3 % more is 1038.
    decision = asked([cheap, near], limits=limits)
    assert decision.shares == {"cape": 1.0}
    assert decision.least_value == pytest.approx(1008.0)
    # 0.6 x 1000 + 0.4 x 1100 = 1040, and 3 % more is 1071.
    decision = asked([cheap, far], limits=limits)
    assert decision.shares == {"suez": 0.6, "cape": 0.4}
    assert decision.tied == ()


def test_a_route_over_a_limit_is_tied_with_nothing() -> None:
    decision = asked([CAPE, SUEZ], limits=Limits(max_days=50.0))
    assert [one.corridor for one in decision.tied] == ["suez"]
    assert not decision.is_close


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcd"),
            st.integers(90, 110),
            st.integers(20, 60),
            st.integers(90, 110),
            st.sampled_from((Family.SEA, Family.RAIL)),
        ),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from(list(Objective)),
    st.sampled_from((0.0, 0.03, 0.1)),
)
def test_the_recommended_option_is_the_quickest_of_those_within_the_tolerance(
    drawn: list[tuple[str, int, int, int, Family]], objective: Objective, share: float
) -> None:
    routes = [route(c, usd * 10.0, float(d), kg, family=f) for c, usd, d, kg, f in drawn]
    decision = asked(routes, objective, tolerances=Tolerances(other=share), value_of_time=10.0)
    values = {id(r): value_of(r, objective, 10.0) for r in routes}
    least = min(values.values())
    near = [r for r in routes if values[id(r)] <= least * (1.0 + share) + 1e-9]
    assert {one.corridor for one in decision.tied} == {r.corridor for r in near}
    first = decision.tied[0]
    # Of each corridor its best route: the others are known to be worse.
    lowest = {
        one.corridor: min(values[id(r)] for r in near if r.corridor == one.corridor) for one in near
    }
    best = [r for r in near if values[id(r)] == lowest[r.corridor]]
    if objective is Objective.DAYS:
        assert first.cost_usd_per_teu == min(r.cost_usd_per_teu for r in best)
    else:
        assert first.days == min(r.days for r in best)
    assert decision.recommended == first.corridor
    assert decision.least_value == pytest.approx(least)


def test_the_shipped_tolerances_are_three_percent_until_simulations_set_them() -> None:
    shipped = tolerances_of(load_parameters())
    assert {shipped.between(one, other) for one in Family for other in Family} == {0.03}
    rows = [r for r in load_parameters().rows if r.parameter == "decision.tolerance_share"]
    assert {row.status.value for row in rows} == {"assumption"}
