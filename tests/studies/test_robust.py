"""Robust recommendations: by the worst draws, among the routes that are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from corridors.config import load_scenario
from corridors.domain.scenario import Measure, Robust, Scenario
from corridors.errors import ConfigError
from corridors.output.answer import answer_of, risk_text
from corridors.output.comparison import Comparison
from corridors.output.verdict import titles_of
from corridors.studies.compare.run import by_month
from corridors.studies.decided import compared, decided
from corridors.studies.drawn_comparison import with_draws
from corridors.studies.sampled import Sampled
from corridors.studies.session import Session
from corridors.studies.simulate.run import sample, simulate
from corridors.studies.worth import robust_decision

FOUR = "corridors=[suez, cape, northern-sea-route, kazakhstan-dostyk]"


@pytest.fixture(scope="module")
def session() -> Session:
    return Session()


def asked(*values: str) -> Scenario:
    return load_scenario("shanghai-europe", set_values=["objective=cost", FOUR, *values])


@pytest.fixture(scope="module")
def sampled(session: Session) -> Sampled:
    scenario = asked("robust.measure=cvar")
    made = decided(scenario, session=session)
    return sample(made, draws=500, seed=1, session=session, most_batches=1)


def chosen(session: Session, *values: str) -> Comparison:
    plain, made = compared(asked("draws.count=500", *values), session=session, figures_only=True)
    return with_draws(plain, made, session=session)


@pytest.mark.first_case
@pytest.mark.parametrize("measure", list(Measure))
@pytest.mark.parametrize("level", [0.0, 0.9, 1.0])
def test_the_measure_is_the_mean_of_the_worst_draws(
    sampled: Sampled, measure: Measure, level: float
) -> None:
    scenario = replace(sampled.scenario, robust=Robust(measure=measure, level=level))
    question = replace(sampled.made.question, scenario=scenario)
    made = replace(sampled.made, question=question)
    risk = robust_decision(made, replace(sampled, made=made, scenario=scenario)).risk
    assert risk is not None
    figures = {key: sampled.expected(key, quoted=False) for key in sampled.allowed}
    best = np.min(list(figures.values()), axis=0)
    for name in ("suez", "cape"):
        worst = []
        for key, of in figures.items():
            if key.corridor == name:
                loss = np.sort(of - best if measure is Measure.REGRET else of)
                worst.append(loss[-max(round((1.0 - level) * loss.size), 1) :].mean())
        assert risk.worst[name] == pytest.approx(min(worst), rel=1e-9)
    if measure is Measure.REGRET and level == 1.0:
        assert all(value is None or value >= 0.0 for value in risk.worst.values())


def test_the_least_of_the_worst_is_recommended_and_told(session: Session) -> None:
    found = chosen(session, "robust={measure: cvar, level: 0.9}")
    risk = found.decision.risk
    assert risk is not None
    least = min(value for value in risk.worst.values() if value is not None)
    near = [name for name, value in risk.worst.items() if value is not None and value < least + 60]
    assert found.decision.recommended in near
    text = risk_text(found.decision, titles_of(found), found.scenario.shipment.equipment)
    assert text.startswith("Mean of the worst 10 % of draws, in USD per 40': ")
    assert text.endswith("known routes, not searched for.")
    assert f"In the worst cases: {text}" in answer_of(found).sentences
    assert found.record.decision.risk is not None


def test_what_a_draw_closes_is_never_robust(session: Session) -> None:
    shut = "chances=[{place: gate-suez, probability: 0.2}]"
    found = chosen(session, "robust.measure=regret", shut, "corridors=[suez, cape]")
    assert found.decision.recommended == "cape"
    assert found.decision.risk is not None
    assert found.decision.risk.worst["suez"] is None
    assert "never chosen: Suez Canal" in risk_text(
        found.decision, titles_of(found), found.scenario.shipment.equipment
    )
    alone = chosen(session, "robust.measure=regret", shut, "corridors=[suez]")
    assert alone.decision.recommended is None
    assert "closed in some of the draws" in alone.decision.advice


@pytest.mark.long
def test_limits_hold_and_what_nothing_meets_is_said(session: Session) -> None:
    quick = chosen(session, "robust.measure=cvar", "limits.max_transit_days=30")
    assert quick.decision.recommended == "northern-sea-route" or quick.decision.risk is not None
    assert quick.decision.recommended not in {"suez", "cape"}
    one = "corridors=[suez]"
    none = chosen(session, "robust.measure=cvar", "limits.max_transit_days=3", one)
    assert none.decision.recommended is None
    assert none.decision.advice
    late = "limits.on_time={by: 2026-08-25, probability: 0.9}"
    assert chosen(session, "robust.measure=cvar", late, one).decision.recommended is None


@pytest.mark.long
def test_simulate_recommends_the_same(session: Session) -> None:
    scenario = asked("robust={measure: regret, level: 1}", "corridors=[suez, cape]")
    found = simulate(scenario, draws=500, seed=1, session=session, most_batches=1)
    assert found.decision.risk is not None
    assert found.recommended in {"suez", "cape"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("robust.measure=worst", "unknown value 'worst'"),
        ("robust.level=1.5", "robust.level: must be at most 1, got 1.5"),
    ],
)
def test_bad_input_ends_in_a_sentence(value: str, text: str) -> None:
    with pytest.raises(ConfigError, match=text):
        asked(value)


def test_a_row_a_month_refuses_it(session: Session) -> None:
    with pytest.raises(ConfigError, match="robust: a row a month is chosen by its figures"):
        by_month(asked("robust.measure=cvar"), session=session)
