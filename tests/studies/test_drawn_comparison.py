"""Comparisons that draw: quantiles for low and high, and how often each option is best."""

from __future__ import annotations

import pytest

from corridors.config import load_scenario
from corridors.domain.scenario import Scenario
from corridors.errors import ConfigError
from corridors.output.answer import answer_of
from corridors.output.comparison import Comparison
from corridors.output.verdict import LEAST_CHANCE, rivals_of
from corridors.studies.batch.sheets import OPTIONS, comparison_rows
from corridors.studies.compare.result import marked_options, table_of_options
from corridors.studies.compare.run import compare
from corridors.studies.decided import compared
from corridors.studies.drawn_comparison import with_draws
from corridors.studies.session import Session
from corridors.uncertainty.booked import Ranges
from corridors.uncertainty.searches import DrawnQuestion
from corridors.units import in_percent

FOUR = "corridors=[suez, cape, panama, kazakhstan-dostyk]"


@pytest.fixture(scope="module")
def session() -> Session:
    return Session()


def asked(*values: str) -> Scenario:
    return load_scenario("shanghai-europe", set_values=["objective=cost", FOUR, *values])


def drawn(session: Session, *values: str) -> Comparison:
    plain, made = compared(asked("draws.count=600", *values), session=session, figures_only=True)
    return with_draws(plain, made, session=session)


@pytest.fixture(scope="module")
def found(session: Session) -> Comparison:
    return drawn(session)


def test_without_draws_a_comparison_stays_as_it_is(session: Session) -> None:
    plain, made = compared(asked(), session=session, figures_only=True)
    assert with_draws(plain, made, session=session) is plain


def test_low_and_high_are_quantiles_and_inside_the_outer_bounds(found: Comparison) -> None:
    table = table_of_options(found)
    for row, route in zip(table.read(marked_options(found)), found.usable, strict=False):
        low, high = row["low"], row["high"]
        assert (low, high) == tuple(map(round, route.low_and_high))
        assert isinstance(low, int)
        assert isinstance(high, int)
        bounds = route.outer_bounds
        assert bounds[0] < low < (route.usd_per_teu or 0.0) < high < bounds[1]
    assert "best_in" in table.reads.split()


def test_nothing_is_searched_in_drawn_worlds(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        pytest.fail("searched in a drawn world")

    monkeypatch.setattr(DrawnQuestion, "searched", refuse)
    found = drawn(session, "robust.measure=cvar", "corridors=[suez, cape]")
    assert all(route.chances is not None for route in found.routes)
    assert found.decision.risk is not None
    # Of each corridor the cheapest route, which is the best by cost.
    assert found.decision.risk.routes == 2


def test_shares_of_the_best_sum_to_one(found: Comparison) -> None:
    shares = {route.corridor: route.chances.best for route in found.routes if route.chances}
    assert sum(shares.values()) == pytest.approx(1.0)
    assert shares["kazakhstan-dostyk"] < 0.05


def test_draws_say_how_sure_a_recommendation_is_and_do_not_change_it(
    found: Comparison, session: Session
) -> None:
    plain = compare(asked(), session=session, figures_only=True)
    assert found.decision == plain.decision
    # The Cape is dearer by less than the Arctic, a fifth, so it is cheaper in more draws, but not
    # in half of them. What is in fewer than a tenth is not named.
    arctic = "corridors=[suez, cape, northern-sea-route]"
    north = compare(asked(arctic), session=session, figures_only=True, ranges=Ranges.MONEY)
    assert north.decision.recommended == "suez"
    below = {route.corridor: route.below_best_share for route in north.routes}
    assert below["suez"] == 0.0
    assert 0.0 < (below["northern-sea-route"] or 0.0) < (below["cape"] or 0.0) < 0.5
    rivals = {route.corridor for route in rivals_of(north)}
    assert rivals == {"cape", "northern-sea-route"}
    share = in_percent(below["cape"] or 0.0)
    text = f"In {share} of 100 cases of prices, speeds and waits: by the Cape of Good Hope."
    assert (text in answer_of(north).sentences) == ((below["cape"] or 0.0) >= LEAST_CHANCE)
    assert not rivals_of(plain)


def test_a_batch_has_the_quantiles_of_a_comparison(found: Comparison) -> None:
    rows = comparison_rows({}, found)[OPTIONS]
    for route, row in zip(found.routes, rows, strict=True):
        assert route.chances is not None
        assert row["best_in"] == pytest.approx(route.chances.best, rel=1e-6)
        fans = route.chances.booked
        assert fans is not None
        assert row["low"] == pytest.approx(fans.cost.p10, abs=0.01)
        assert row["days_p90"] == pytest.approx(fans.days.p90, rel=1e-6)


def test_a_day_to_be_met_needs_draws_and_leaves_out_what_is_late(session: Session) -> None:
    due = "limits.on_time={by: 2026-10-10, probability: 0.8}"
    plain, made = compared(asked(due), session=session, figures_only=True)
    with pytest.raises(ConfigError, match=r"limits\.on_time: needs draws: set draws\.count"):
        with_draws(plain, made, session=session)
    met = drawn(session, due)
    assert met.decision.recommended == "suez"
    assert {one.corridor for one in met.decision.tied} == {"suez"}
    soon = drawn(session, "limits.on_time={by: 2026-08-25, probability: 0.8}")
    assert soon.decision.recommended is None
    assert soon.decision.advice == "no option arrives by 2026-08-25 with a probability of 0.8"
