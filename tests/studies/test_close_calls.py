"""Close calls and the value ladder of real questions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from corridors.config import load_scenario
from corridors.domain.results import Decision
from corridors.output.answer import answer_of
from corridors.output.comparison import Comparison
from corridors.studies.compare.run import compare
from corridors.studies.session import Session


@pytest.fixture(scope="module")
def session() -> Session:
    return Session()


def asked(session: Session, *values: str, figures_only: bool = False) -> Comparison:
    scenario = load_scenario("shanghai-europe", set_values=["objective=cost", *values])
    return compare(scenario, session=session, figures_only=figures_only)


def test_the_cape_is_not_taken_for_a_dollar(session: Session) -> None:
    comparison = asked(session, "destination=London")
    costs = {route.corridor: route.cost_usd_per_teu or 0.0 for route in comparison.usable}
    assert abs(costs["cape"] - costs["suez"]) < 0.03 * costs["suez"]
    assert comparison.decision.recommended == "suez"
    (same,) = answer_of(comparison).beside[:1]
    assert (same.why, same.corridor) == ("about the same", "cape")


def with_rounded_co2e(decision: Decision) -> Decision:
    """Return a decision with the CO2e of tied options to a tenth of a kg.

    By either of two points of a strait a ship may cost and take the same, and emit some grams more
    or less. Fronts hold the way that emits less; the search of the cheapest has either.
    """
    tied = tuple(replace(t, co2e_kg_per_teu=round(t.co2e_kg_per_teu, 1)) for t in decision.tied)
    return replace(decision, tied=tied)


@pytest.mark.first_case
@pytest.mark.parametrize(
    "values",
    [
        ("destination=Munich",),
        pytest.param(("origin=Chongqing", "destination=Duisburg"), marks=pytest.mark.long),
        pytest.param(("origin=Hamburg", "destination=Shanghai"), marks=pytest.mark.long),
        ("origin=Busan", "destination=Gdansk", "limits.max_days=45"),
    ],
)
def test_a_batch_decides_as_a_comparison_does(session: Session, values: tuple[str, ...]) -> None:
    whole = asked(session, *values)
    quick = asked(session, *values, figures_only=True)
    assert with_rounded_co2e(quick.decision) == with_rounded_co2e(whole.decision)
    assert quick.ladder == whole.ladder
    # Each step of the ladder is beaten by no route that any front holds, at both of its ends.
    scenario_days = 45.0 if len(values) == 3 else float("inf")
    for step in whole.ladder:
        for value in (step.from_usd_per_day, step.to_usd_per_day or 10_000.0):
            mine = step.cost_usd_per_teu + value * step.days
            others = (
                point.cost_usd_per_teu + value * point.days
                for point in whole.front
                if point.days <= scenario_days
            )
            assert mine <= min(others) + 1e-6


@pytest.mark.long
def test_the_best_at_a_value_of_time_is_the_step_of_the_ladder(session: Session) -> None:
    ladder = asked(session, "destination=London").ladder
    for step in ladder[1:-1]:
        value = (step.from_usd_per_day + (step.to_usd_per_day or 0.0)) / 2.0
        keys = (f"shipment.value_of_time_usd_per_teu_day={value}", "objective=generalised")
        comparison = asked(session, "destination=London", *keys, figures_only=True)
        with_time = [route.generalised_usd_per_teu or 0.0 for route in comparison.usable]
        assert with_time == sorted(with_time)
        row = next(r for r in comparison.usable if r.corridor == step.corridor)
        # The search counts whole cents and minutes of each arc.
        assert row.cost_usd_per_teu == pytest.approx(step.cost_usd_per_teu, abs=0.05)
        assert row.days == pytest.approx(step.days, abs=0.01)


@pytest.mark.long
def test_a_closed_way_tells_what_closes_it_and_not_what_is_closed_beside_it(
    session: Session,
) -> None:
    found = asked(
        session,
        *("origin=Minsk", "destination=Sydney", "world=current", "corridors=[cape]"),
        figures_only=True,
    )
    (cape,) = found.routes
    # By Klaipeda the lines take no boxes of Belarus; that Kaliningrad has no line is no matter.
    assert cape.reason.startswith("The large container lines")
    assert "Kaliningrad" not in cape.reason


@pytest.mark.long
def test_the_ladder_holds_no_route_that_nobody_sells(session: Session) -> None:
    # At 93 USD a day a change to a train at Hamburg, unloaded there, would save half a day.
    rows = "corridors=[northern-sea-route]"
    for step in asked(session, rows, figures_only=True).ladder:
        value = step.from_usd_per_day + 1.0
        day = f"shipment.value_of_time_usd_per_teu_day={value}"
        found = asked(session, rows, day, "objective=generalised", figures_only=True)
        best = next(route for route in found.usable if route.corridor == step.corridor)
        # Two steps may be a cent apart here, which is what a search of whole cents misses.
        with_time = step.cost_usd_per_teu + value * step.days
        assert best.generalised_usd_per_teu == pytest.approx(with_time, abs=0.05)
        ends = [leg.from_id for leg in best.legs if leg.service.startswith("rail")]
        assert "de-hamburg" not in ends
