"""Bars of ranges in the report and in the map's panel say what they are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from corridors.domain.simulation import Fan, RouteFans
from corridors.output.comparison import Comparison
from corridors.output.html.map.panel import panel_record
from corridors.output.html.report.details import render_report
from tests.output.fixtures import example_comparison

NUMBERS = {one.corridor: number for number, one in enumerate(example_comparison().usable)}


def fan(low: float, high: float) -> Fan:
    middle = (low + high) / 2.0
    return Fan(mean=middle, p5=low - 1.0, p10=low, p50=middle, p90=high, p95=high + 1.0)


def drawn() -> Comparison:
    """Return the example with draws: costs from 900 to 1,100, days from 30 to 60."""
    found = example_comparison()
    fans = RouteFans(
        cost=fan(900.0, 1_100.0),
        price=fan(2_000.0, 3_000.0),
        days=fan(30.0, 60.0),
        days_of_levels=fan(31.0, 33.0),
        transit_days=fan(25.0, 40.0),
        co2e_kg=fan(1.0, 2.0),
    )
    routes = tuple(replace(one, fans=fans) if one.usable else one for one in found.routes)
    return replace(found, routes=routes)


def test_bars_of_draws_are_from_10_to_90_percent_of_money_and_days() -> None:
    # Of a box of two TEU.
    figures: Any = panel_record(drawn(), NUMBERS)["figures"]
    spans = [(figure["low"], figure["high"]) for figure in figures]
    assert spans == [("1,800", "2,200"), ("30", "60"), ("0.00", "0.00")]
    groups: Any = panel_record(drawn(), NUMBERS)["groups"]
    assert {(row["low"], row["high"]) for _, rows in groups for row in rows} == {spans[0]}
    report = render_report(drawn(), sources={})
    assert "The thin line is where 8 of 10 cases of prices, speeds and waits fall" in report
    assert "Suez Canal: low 1,800, high 2,200 USD/40&#x27;" in report
    assert "Suez Canal: low 30.0, high 60.0 Days" in report
    assert "All in 1,800 to 2,200" in report


def test_bars_without_draws_are_outer_bounds_of_money_alone() -> None:
    found = example_comparison()
    groups: Any = panel_record(found, NUMBERS)["groups"]
    assert {row["low"] for _, rows in groups for row in rows} == {""}
    report = render_report(found, sources={})
    assert "from all cost lines at their low value to all at their high value" in report
    assert "P10" not in report
