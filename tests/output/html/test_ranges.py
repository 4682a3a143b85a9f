"""Bars of ranges in the report and in the map's panel say what they are."""

from __future__ import annotations

import re
from dataclasses import replace

from corridors.domain.simulation import Fan, RouteFans
from corridors.output.comparison import Comparison
from corridors.output.html.map.panel import ranges_html
from corridors.output.html.report.single import render_report
from tests.output.fixtures import example_comparison


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
    panel = ranges_html(drawn())
    assert "from 10 to 90 % of draws (P10 to P90)" in panel
    assert "900 to 1,100" in panel
    assert "30 to 60" in panel
    # From 900 of 1,100, and from 30 of 60 days.
    spans = re.findall(r"left:([\d.]+)%;width:([\d.]+)%", panel)
    assert spans[:2] == [("81.8", "18.2"), ("50.0", "50.0")]
    report = render_report(drawn(), sources={})
    assert "The thin line is from 10 to 90 % of draws of prices, speeds and waits" in report
    assert "Suez Canal: low 1,800, high 2,200 USD/40&#x27;" in report
    assert "Suez Canal: low 30.0, high 60.0 Days" in report
    # Of a box of two TEU.
    assert "All in 1,800 to 2,200" in report


def test_bars_without_draws_are_outer_bounds_of_money_alone() -> None:
    found = example_comparison()
    panel = ranges_html(found)
    assert "from all cost lines at their low to all at their high" in panel
    assert panel.count('class="lane"') == len(found.usable)
    low, high = found.usable[0].outer_bounds
    assert f"{low:,.0f} to {high:,.0f}" in panel
    report = render_report(found, sources={})
    assert "from all cost lines at their low value to all at their high value" in report
    assert "P10" not in report


def test_a_comparison_without_a_usable_route_has_no_bars() -> None:
    found = example_comparison()
    closed = tuple(route for route in found.routes if not route.usable)
    assert ranges_html(replace(found, routes=closed)) == ""
