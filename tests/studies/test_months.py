"""A comparison for departures in successive months, and its rows, file and map."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pytest

from corridors.config import load_scenario
from corridors.domain.places import months_later
from corridors.domain.scenario import Scenario
from corridors.output.comparison import Comparison
from corridors.output.contract import OptionRecord
from corridors.output.html.map.content import map_content, map_page, month_record, options_of
from corridors.output.html.map.map_places import sea_ice
from corridors.output.monthly import (
    BEST,
    MONTHS,
    best_rows,
    month_rows,
    months_csv,
    months_finding,
)
from corridors.studies.compare.run import by_month, compare
from corridors.studies.session import Session
from tests.output.html.map.base_map import BASE_MAP
from tests.output.html.map.test_map import records

SESSION = Session()


@cache
def scenario() -> Scenario:
    asked = load_scenario("shanghai-europe")
    return replace(asked, corridors=("suez", "northern-sea-route"), departure=date(2026, 8, 31))


@cache
def months() -> tuple[Comparison, ...]:
    return by_month(scenario(), session=SESSION)


@pytest.mark.parametrize(
    ("day", "later", "expected"),
    [
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 1, 5), 12, date(2027, 1, 5)),
        (date(2026, 12, 5), 0, date(2026, 12, 5)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last(day: date, later: int, expected: date) -> None:
    assert months_later(day, later) == expected


@pytest.mark.long
def test_each_month_is_what_compare_says_of_that_day() -> None:
    found = months()
    assert [one.scenario.departure for one in found] == [
        months_later(date(2026, 8, 31), number) for number in range(12)
    ]
    for number in (0, 5):
        alone = compare(found[number].scenario, session=SESSION, fronts=False)
        assert alone.routes == found[number].routes
        assert alone.decision == found[number].decision


def test_the_arctic_is_open_in_late_summer_only() -> None:
    rows = best_rows(months())
    assert [row["month"] for row in rows][:2] == ["2026-08", "2026-09"]
    shut = {str(row["month"]) for row in rows if row["closed"] == "northern-sea-route"}
    assert {"2026-12", "2027-01", "2027-03", "2027-05"} <= shut
    assert "2026-08" not in shut
    assert set(rows[0]) == {*BEST.names, *BEST.reads.split()}


def test_the_file_has_a_row_of_each_corridor_and_month() -> None:
    rows = list(csv.DictReader(io.StringIO(months_csv(months()))))
    assert tuple(rows[0]) == MONTHS.names
    assert len(rows) == len(month_rows(months())) == sum(len(one.routes) for one in months())
    closed = [row for row in rows if row["status"] == "closed"]
    assert closed
    assert all(row["reason"] and not row["USD_per_TEU"] for row in closed)


def test_a_first_month_that_is_made_already_is_kept() -> None:
    first = months()[0]
    kept = by_month(scenario(), session=SESSION, count=1, first=first)
    assert kept == (first,)


def test_the_map_knows_the_routes_of_each_month() -> None:
    content = map_content(months()[0], months=months())
    assert isinstance(content["months"], list)
    assert [one["label"] for one in content["months"]][:2] == ["Aug 2026", "Sep 2026"]
    routes = [route["corridor"] for route in content["routes"]]  # type: ignore[attr-defined]
    options = records(content)["options"]
    for one, shown in zip(months(), content["months"], strict=True):
        assert [routes[option[0]] for option in shown["options"]] == [
            route.corridor for route in one.usable
        ]
        for (*_, number), route in zip(shown["options"], one.usable, strict=True):
            option = options[number]
            # Every leg is a number of `ways`, the turns of its line, its direction and its part.
            drawn = [step for step in route.legs if len(step.lon_lat) > 1]
            assert len(option["way"]) == 4 * len(drawn)
            # The card of each month has that month's lines of cost, and they sum to its cost.
            lines = [(line["label"], line["usd_per_teu"]) for line in option["cost_lines"]]
            recorded = OptionRecord.of(route).cost_lines
            assert lines == [(line.label, line.usd_per_teu) for line in recorded]
            summed = sum(usd for _, usd in lines)
            assert summed == pytest.approx(route.usd_per_teu, abs=0.05 * len(lines))


def test_a_route_that_opens_later_has_a_row_and_the_strip_says_what_is_closed() -> None:
    winter = months()[4:] + months()[:4]
    assert [route.corridor for route in winter[0].usable] == ["suez"]
    assert [route.corridor for route in options_of(winter[0], winter)] == [
        "suez",
        "northern-sea-route",
    ]
    html = map_page(winter[0], months=winter, base_map=BASE_MAP).html()
    assert '"title":"Northern Sea Route"' in html
    assert len(re.findall(r"drawnMap\.add\(feature_group_\d+, \d\)", html)) == 2
    assert '<section id="months"' in html
    strip: list[dict[str, Any]] = [month_record(one) for one in winter]
    assert len(strip) == 12
    named = [month for month in strip if "Northern Sea Route" in month["closed"]]
    assert len(named) == sum(len(one.usable) == 1 for one in winter) > 0
    # Each sea has its ice of each month.
    for month, one in zip(strip, winter, strict=True):
        at = one.scenario.departure.month - 1
        assert month["ice"] == [[sea.name, sea.tenths[at]] for sea in sea_ice("mean")]


def test_both_halves_of_a_sea_have_the_same_ice() -> None:
    seas = sea_ice("mean")
    assert [sea.name for sea in seas] == [
        "Kara Sea",
        "Laptev Sea",
        "East Siberian Sea",
        "Chukchi Sea",
    ]
    assert sorted(area for sea in seas for area in sea.areas) == list(range(1, 8))
    for sea in seas:
        assert max(sea.tenths) <= 10.0
        # Most ice in late winter, least in September.
        assert sea.tenths[2] > 8.0
        assert sea.tenths[8] < 2.0


def test_the_finding_counts_the_months_of_each_way_and_says_what_a_box_takes() -> None:
    ways = {one.recommended.corridor for one in months() if one.recommended}
    text = months_finding(months())
    assert text.endswith(".")
    counted = [int(n) for n in re.findall(r" in (\d+)\b", text)]
    assert len(ways) == 1 or sum(counted) == len(months())
    usd = [
        2.0 * (one.recommended.printed_usd_per_teu or 0.0) for one in months() if one.recommended
    ]
    said = [float(n.replace(",", "")) for n in re.findall(r"(\d,\d{3}) ", text)]
    assert min(said) == pytest.approx(min(usd), rel=0.002)
    assert max(said) == pytest.approx(max(usd), rel=0.002)


def test_the_finding_says_when_nothing_can_be_booked_and_names_few_months() -> None:
    first, *rest = months()
    closed = replace(first, decision=replace(first.decision, recommended=None))
    assert "book nothing in 1 (2026-08)" in months_finding((closed, *rest)).replace("Book", "book")
    assert months_finding((closed,)) == "Book nothing in every month."
