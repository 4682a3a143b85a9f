"""The answer of a comparison in sentences: recommendation, margins, binding limits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from corridors.domain.objective import Objective
from corridors.domain.results import Candidate, Decision, DecisionStatus, Exceeded
from corridors.domain.scenario import Limits
from corridors.output.comparison import Comparison
from corridors.output.html.map.panel import panel_html
from corridors.output.html.report.answers import answer_sentences
from corridors.output.html.report.single import render_report
from tests.output.fixtures import example_comparison
from tests.output.html.report.reading import Page


def test_the_answer_comes_first() -> None:
    # Suez: fuel 0.62 x 600 = 372, toll 48, ship 0.0031 x 62,000 = 192.2, lifts 2 x 182.9 = 365.8;
    # in all 978.0, low 0.8 of it, high 1.3. Hours: 48 + 84 + 48 around 678 at sea: 858, 35.75 days.
    # Panama: 0.79 x 600 + 71.5 + 365.8 = 911.3; 857 + 180 h = 43.2 days. It is cheaper than what
    # the example's decision takes.
    # Rail: 1782 + 1172.5 + 60 = 3014.5; 30 + 80 + 160 + 12 + 40 h, three changes of 24 h and 180 h:
    # 574 h = 23.9 days. Of 11,198.5 km and 20,100 km, at 44.4 g a km: 0.50 and 0.89 t.
    page = Page(render_report(example_comparison(), sources={}))
    assert page.answer() == [
        "Take the Suez Canal: USD 978 per TEU (between 782 and 1,271), 35.8 days from gate-in to"
        " gate-out, 28.2 of them in transit. It is the cheapest of 4 corridors.",
        "Next comes the Panama Canal: it costs USD 67 (6.8 %) less and takes 7.5 days longer.",
        "The quickest, Kazakhstan by Dostyk, takes 11.8 days less and costs USD 2,036 more:"
        " USD 172 per TEU for each day saved.",
        "Kazakhstan by Dostyk has the lowest emissions: 0.50 t CO₂e per TEU compared with 0.89.",
        "The cost range of Suez Canal overlaps with Panama Canal, so their order is uncertain.",
        "Not usable for this departure: Northern Sea Route (next usable 12 July 2027).",
        "No limit changes the choice.",
    ]


def test_a_binding_limit_is_named() -> None:
    comparison = _with_decision(
        binding=("max_transit_days",), recommended="kazakhstan-dostyk", value=3014.5
    )
    answer = Page(render_report(comparison, sources={})).answer()
    assert answer[0].startswith("Take Kazakhstan by Dostyk: USD 3,014 per TEU")
    assert answer[0].endswith("It is the cheapest of 4 corridors within the limits.")
    # Both of the table's routes by sea are within 40 days in transit: 28.2 and 35.7.
    assert answer[1].startswith("Next comes the Suez Canal: it costs USD 2,036 (67.6 %) less")
    assert answer[-1] == "The limit decides the choice: at most 40 days in transit."


def test_what_ranks_first_without_a_line_is_named_with_the_reason() -> None:
    comparison = example_comparison()
    decision = replace(comparison.decision, recommended="panama", shares={"panama": 1.0})
    without = replace(comparison, decision=replace(decision, without_line=("suez",)))
    answer = answer_sentences(without)
    assert answer[0].startswith("Take the Panama Canal: USD 911 per TEU")
    assert answer[0].endswith(
        " It is the cheapest of those with a known line (4 corridors compared)."
    )
    # 978 against 911.3, and 35.75 days against 43.2.
    assert answer[1:3] == [
        "The Suez Canal costs USD 67 (7.3 %) more and takes 7.5 days less, but no line is known to"
        " sail it on this date.",
        "Next with a known line comes Kazakhstan by Dostyk: it costs USD 2,103 (230.8 %) more"
        " and takes 19.3 days less.",
    ]
    assert "Lowest cost of those with a known line: USD 911 per TEU" in panel_html(without)


def test_one_corridor_is_best_of_nothing() -> None:
    comparison = example_comparison()
    alone = answer_sentences(replace(comparison, routes=comparison.routes[:1]))
    assert alone[0].endswith("It is the only corridor compared.")
    assert not [text for text in alone if "lowest" in text or "other corridor" in text]


def test_a_route_that_exceeds_a_limit_says_so() -> None:
    comparison = example_comparison()
    tight = replace(comparison.scenario, limits=Limits(max_days=40.0))
    first, panama, *others = comparison.routes
    broken = Exceeded(limit="max_days", bound=40.0, figure=43.56, unit="days")
    routes = (first, replace(panama, exceeds=(broken,)), *others)
    page = Page(render_report(replace(comparison, scenario=tight, routes=routes), sources={}))
    assert page.rows("4 corridors by cost")[1][1] == "over limit: at most 40 days, by 3.6 days"
    assert page.answer()[1].endswith("It exceeds a limit: at most 40 days, by 3.6 days.")


def test_a_route_that_is_not_the_cheapest_is_reported_if_it_was_chosen() -> None:
    comparison = replace(
        _with_decision(binding=("max_transit_days",), value=1100.0),
        front=(_point("suez", 978.0, 35.75), _point("suez", 1100.0, 30.0)),
    )
    answer = Page(render_report(comparison, sources={})).answer()
    assert answer[0] == (
        "Take the Suez Canal: USD 1,100 per TEU, 30.0 days from gate-in to gate-out, 22.0 of them"
        " in transit. It is the cheapest of 4 corridors within the limits. This is not the"
        " corridor's cheapest route, which the tables show: USD 978 and 35.8 days."
    )


def test_a_split_names_its_shares_and_shadow_prices() -> None:
    comparison = _with_decision(
        shares={"suez": 0.6, "panama": 0.4},
        value=950.0,
        binding=("max_share_gate.gate-suez",),
        marginal_values={"max_share_gate.gate-suez": 12.5},
    )
    limits = Limits(max_share_gate=(("gate-suez", 0.6),))
    comparison = replace(comparison, scenario=replace(comparison.scenario, limits=limits))
    answer = Page(render_report(comparison, sources={})).answer()
    assert answer[0] == (
        "Split the shipment, as the limits require: 60 % via Suez Canal and 40 % via Panama Canal,"
        " at 950.0 USD per TEU on average."
    )
    assert answer[-1] == (
        "The limit decides the choice: at most 60 % via Suez Canal. Loosened by one unit, it would"
        " save 12.5 USD per TEU."
    )


def test_nothing_usable_still_makes_a_report() -> None:
    comparison = example_comparison()
    nothing = replace(
        comparison,
        routes=comparison.routes[3:],
        decision=Decision(
            status=DecisionStatus.INFEASIBLE,
            objective=Objective.COST,
            value=None,
            recommended=None,
            advice="no corridor is usable on this date",
        ),
    )
    page = Page(render_report(nothing, sources={}))
    assert page.answer()[0] == (
        "No corridor is recommended: none is usable. No corridor is usable on this date."
    )
    assert page.charts() == []
    assert len(page.rows("1 corridor by cost")) == 1


@pytest.mark.parametrize("objective", list(Objective))
def test_every_objective_has_its_words(objective: Objective) -> None:
    comparison = example_comparison()
    asked = replace(
        comparison,
        scenario=replace(comparison.scenario, objective=objective),
        decision=replace(comparison.decision, objective=objective),
    )
    words = {
        Objective.COST: "the cheapest",
        Objective.DAYS: "the quickest",
        Objective.CO2E: "the lowest in CO₂e",
        Objective.GENERALISED: "the lowest in cost including the value of time",
    }
    said = Page(render_report(asked, sources={})).answer()[0]
    assert said.endswith(f"It is {words[objective]} of 4 corridors.")


def _with_decision(**changes: object) -> Comparison:
    comparison = example_comparison()
    return replace(comparison, decision=replace(comparison.decision, **changes))  # type: ignore[arg-type]


def _point(corridor: str, usd: float, days: float) -> Candidate:
    return Candidate(
        corridor=corridor,
        cost_usd_per_teu=usd,
        days=days,
        transit_days=days - 8.0,
        co2e_kg_per_teu=900.0,
    )
