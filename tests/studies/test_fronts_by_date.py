"""The overall front of the shipped scenario on other dates, against one worked without it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from corridors.config import load_scenario
from corridors.output.comparison import options_csv
from corridors.output.html.report.charts import Area
from corridors.output.html.report.details import render_report
from corridors.studies.compare.run import compare
from tests.output.html.report.reading import Page

CORRIDORS = ("suez", "cape", "northern-sea-route", "kazakhstan-dostyk", "trans-mongolian")


@pytest.mark.first_case
@pytest.mark.parametrize(
    "day",
    [date(2026, 7, 10), pytest.param(date(2026, 8, 20), marks=pytest.mark.long), date(2027, 2, 10)],
)
def test_the_overall_front_holds_what_nothing_beats(day: date) -> None:
    asked = load_scenario("shanghai-europe", departure=day)
    found = compare(replace(asked, corridors=CORRIDORS))
    figures = [(p.cost_usd_per_teu, p.days, p.co2e_kg_per_teu) for p in found.front]
    for point, mine in zip(found.front, figures, strict=True):
        beaten = any(
            other != mine and all(a <= b for a, b in zip(other, mine, strict=True))
            for other in figures
        )
        assert point.overall is not beaten, (point.corridor, mine)
    # The dashed steps of the report: cheapest first, each quicker than all before it.
    steps, quickest = [], float("inf")
    for cost, days in sorted({(cost, days) for cost, days, _ in figures}):
        if days < quickest - 1e-9:
            steps.append((days, cost))
            quickest = days
    page = Page(render_report(found, sources={}))
    start = next(i for i, (_, a, _) in enumerate(page.elements) if a.get("id") == "chart-front")
    drawn = [a for tag, a, _ in page.elements[start:] if a.get("class") == "front"]
    # Corners of the steps, in percent of the area around all points.
    every = [(days, cost) for cost, days, _ in figures]
    every += [(option.days or 0.0, option.usd_per_teu or 0.0) for option in found.usable]
    area = Area.around(every)
    corners = [(a[f"x{end}"], a[f"y{end}"]) for a in drawn for end in (1, 2)]
    theirs = [tuple(float(at.rstrip("%")) for at in corner) for corner in corners]
    for days, cost in steps:
        ours = [100.0 * share for share in area.place(days, cost)]
        # The table's own best route is summed line by line, and may differ by two cents.
        assert any(corner == pytest.approx(ours, abs=0.011) for corner in theirs), (ours, theirs)


def test_a_table_without_fronts_says_the_same() -> None:
    asked = replace(load_scenario("shanghai-europe"), corridors=CORRIDORS)
    whole, table = compare(asked), compare(asked, fronts=False)
    assert options_csv(table) == options_csv(whole)
    # Both are drawn, with what their steps pay for.
    assert all(option.bill for option in (*table.usable, *whole.usable))
    assert (table.decision, table.ladder) == (whole.decision, whole.ladder)
    assert len(table.front) < len(whole.front)
    # A decision that weighs more than cost needs them.
    limited = replace(asked, limits=replace(asked.limits, max_days=40.0))
    assert compare(limited, fronts=False).front == compare(limited).front
