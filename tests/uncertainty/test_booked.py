"""Low and high of a comparison: quantiles of its booked routes, at its speed."""

from __future__ import annotations

import numpy as np
import pytest

from corridors.config import load_scenario
from corridors.domain.scenario import Scenario
from corridors.domain.simulation import RouteFans
from corridors.output.comparison import Comparison
from corridors.routing.who_sails import offer_of
from corridors.studies.compare.run import compare
from corridors.studies.decided import booked_of, decided
from corridors.studies.session import Session
from corridors.uncertainty.booked import NO_OPTION, Ranges, booked_draws, picked
from corridors.uncertainty.draws import Draws, Sample
from corridors.uncertainty.evaluation import Evaluator, Taken, ice_years_of, plan_for, table_at_cost

FOUR = "corridors=[suez, cape, northern-sea-route, kazakhstan-dostyk]"
SURE = "draws={width: 0, events: false, ice: false}"


@pytest.fixture(scope="module")
def session() -> Session:
    return Session()


def asked(*values: str) -> Scenario:
    return load_scenario("shanghai-europe", set_values=["objective=cost", FOUR, *values])


def drawn(session: Session, *values: str, ranges: Ranges = Ranges.MONEY) -> Comparison:
    return compare(asked(*values), session=session, figures_only=True, ranges=ranges)


@pytest.mark.parametrize("basis", ["cost", "price"])
def test_without_width_low_and_high_are_the_figure(session: Session, basis: str) -> None:
    found = drawn(session, f"price_basis={basis}", SURE)
    for route in found.usable:
        for end in route.low_and_high:
            assert end == pytest.approx(route.usd_per_teu, rel=1e-9)


@pytest.mark.long
def test_quantiles_hold_against_ten_times_as_many_draws_of_another_sequence(
    session: Session,
) -> None:
    made = decided(asked(), session=session)
    routes = [
        booked_of(one, one.best, offer_of(one, one.best))
        for one in made.compared.searches
        if one.best is not None
    ]
    few = booked_draws(made.question, routes, Ranges.MONEY)
    table, years = table_at_cost(made.question), ice_years_of(made.question.scenario)
    plan = plan_for(made.question, table, ice=bool(years))
    evaluator = Evaluator(
        question=made.question, table=table, routes=tuple(routes), events=(), ice_years=years
    )
    many = evaluator.centred(Draws(plan=plan, sample=Sample.stratified(10_000, 5)))
    assert len(many) == 4
    for key, taken in many.items():
        fans = few.fans(key.corridor)
        assert fans is not None
        # What is quoted for the Arctic has a long tail.
        for fan, of, near in ((fans.cost, taken.cost, 0.02), (fans.price, taken.price, 0.04)):
            if fan is None:
                assert not np.isfinite(of).any()
                continue
            ordered = sorted(of[taken.is_open].tolist())
            for share, quantile in ((0.1, fan.p10), (0.9, fan.p90)):
                assert quantile == pytest.approx(ordered[int(share * len(ordered))], rel=near)


def test_an_order_is_told_of_draws_that_both_options_share(session: Session) -> None:
    found = drawn(session)
    below = {route.corridor: route.below_best_share for route in found.routes}
    ends = {route.corridor: route.low_and_high for route in found.routes}
    # The ranges of Suez and the Cape are all but one; those of a train and a ship are apart.
    assert ends["cape"][0] < ends["suez"][1]
    assert 0.2 < (below["cape"] or 0.0) < 0.5
    assert below["kazakhstan-dostyk"] == 0.0
    other = drawn(session, "objective=days")
    assert other.decision.recommended == "kazakhstan-dostyk"
    assert all((route.below_best_share or 0.0) < 0.05 for route in other.routes)


def test_days_are_drawn_with_their_events_where_files_want_them(session: Session) -> None:
    whole = drawn(session, ranges=Ranges.ALL)
    for route in whole.usable:
        fans = route.fans
        assert isinstance(fans, RouteFans)
        assert fans.days.mean > fans.days_of_levels.mean
        record = whole.record.options[whole.routes.index(route)]
        assert record.fans is not None
        assert record.fans.cost.p10 == pytest.approx(fans.cost.p10, rel=1e-6)
    money = drawn(session)
    assert not any(isinstance(route.fans, RouteFans) for route in money.usable)
    assert money.record.options[0].fans is None
    for one, other in zip(whole.usable, money.usable, strict=True):
        assert one.low_and_high == pytest.approx(other.low_and_high, rel=0.02)


def test_nothing_is_drawn_unless_asked_for(session: Session) -> None:
    plain = compare(asked(), session=session, figures_only=True)
    assert all(route.fans is None for route in plain.routes)
    for route in plain.usable:
        assert route.low_and_high == route.outer_bounds


def test_in_each_draw_that_is_taken_which_the_chosen_route_takes() -> None:
    def route(first: float, *, is_open: bool) -> Taken:
        figures = Taken._make(first + np.arange(3.0) for _ in Taken._fields)
        return figures._replace(is_open=np.full(3, is_open))

    chosen = np.array([0, 1, NO_OPTION])
    again = picked([route(10.0, is_open=True), route(20.0, is_open=True)], chosen)
    assert again.cost[:2].tolist() == again.arrival[:2].tolist() == [10.0, 21.0]
    # Where no route can be taken, none is open.
    assert again.is_open.tolist() == [True, True, False]
    closed = picked([route(10.0, is_open=False), route(20.0, is_open=True)], chosen)
    assert closed.is_open.tolist() == [False, True, False]
