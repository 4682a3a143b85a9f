"""The table of cost lines that rest on assumptions, for lines drawn by hand."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from corridors.domain.values import Status
from corridors.output.html.report.details import WEAKEST_ROWS, weakest_table
from corridors.output.html.report.parts import Citations, PerBox
from tests.output.fixtures import example_comparison

NO_SOURCES = Citations({})


@pytest.mark.parametrize(
    ("more", "note"),
    [(0, ""), (1, "1 smaller line not shown"), (2, "2 smaller lines not shown")],
)
def test_the_largest_assumed_lines_are_shown_first_and_the_others_counted(
    more: int, note: str
) -> None:
    route = example_comparison().routes[0]
    line = route.cost_lines[0]
    lines = tuple(
        replace(line, label=f"Line {n:02}", usd_per_teu=100.0 + n, status=Status.ASSUMPTION)
        for n in range(WEAKEST_ROWS + more)
    )
    html = weakest_table([replace(route, cost_lines=lines)], NO_SOURCES, PerBox(1.0, "TEU"))
    shown = re.findall(r"Line (\d\d)", html)
    assert list(dict.fromkeys(shown)) == [
        f"{n:02}" for n in reversed(range(more, WEAKEST_ROWS + more))
    ]
    assert note in html
    assert ("not shown" in html) is bool(note)


def test_without_assumed_lines_it_says_so() -> None:
    route = example_comparison().routes[0]
    lines = tuple(replace(line, status=Status.FOUND) for line in route.cost_lines)
    assert weakest_table([replace(route, cost_lines=lines)], NO_SOURCES, PerBox(1.0, "TEU")) == (
        "<p>No cost line is based on an assumption or a recalled figure.</p>"
    )
    assert weakest_table([], NO_SOURCES, PerBox(1.0, "TEU")) == ""
