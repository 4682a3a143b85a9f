"""Sea freights by month and year are those that the weeks of the indices give."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

BUILD = Path(__file__).resolve().parents[2] / "geodata" / "build"
sys.path.insert(0, str(BUILD))
built: Any = import_module("freight_months")
sys.path.remove(str(BUILD))
LANE = "asia-neurope"


def days(
    own: dict[str, float],
    scfi: dict[str, float] | None = None,
    composite: dict[str, float] | None = None,
) -> dict[date, Any]:
    """The days of a lane of these weeks."""
    keys = (("drewry-wci", LANE), ("scfi", LANE), ("drewry-wci-composite", ""))
    weeks = {
        key: {date.fromisoformat(day): usd for day, usd in (of or {}).items()}
        for key, of in zip(keys, (own, scfi, composite), strict=True)
    }
    found: dict[date, Any] = built.days_of(LANE, weeks, built.FURTHEST_DAYS)
    return found


def test_the_table_is_as_computed_from_the_weeks() -> None:
    done = subprocess.run(
        [sys.executable, BUILD / "freight_months.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}renew it: python geodata/build/freight_months.py"


def test_a_day_lies_on_the_line_between_its_weeks() -> None:
    found = days({"2025-03-06": 2600.0, "2025-03-13": 2530.0})
    assert found[date(2025, 3, 8)] == built.Price(2580.0, 2580.0, 2580.0)


def test_a_line_of_over_a_month_is_as_wide_as_its_ends() -> None:
    found = days({"2025-03-01": 2000.0, "2025-04-10": 2400.0})
    assert found[date(2025, 3, 21)] == built.Price(2200.0, 2000.0, 2400.0, built.LINED)
    assert date(2025, 3, 21) not in days({"2025-03-01": 2000.0, "2025-08-10": 2400.0})


def test_a_40_foot_box_costs_the_median_of_what_carriers_announce() -> None:
    # the middle of seven announcements each
    assert built.read_boxes("asia-neurope") == pytest.approx(1750.0 / 962.0)
    assert built.read_boxes("asia-med") == pytest.approx(4500.0 / 3150.0)


def test_a_day_that_two_houses_know_is_their_mean() -> None:
    found = days({"2025-03-06": 2000.0, "2025-03-13": 2000.0}, {"2025-03-07": 1200.0})
    other = 1200.0 * built.read_boxes(LANE)  # 2,183
    price = found[date(2025, 3, 7)]
    assert price.usd == pytest.approx((2000.0 + other) / 2.0)
    assert (price.low, price.high, price.how) == (2000.0, pytest.approx(other), built.BOTH)


def test_a_day_that_one_house_knows_takes_the_other_by_their_ratio() -> None:
    boxes = built.read_boxes(LANE)
    own = {"2025-01-02": 2000.0, "2025-01-12": 2000.0, "2025-01-22": 2000.0}
    # the SCFI, per 40-foot box, is 1.1 of Drewry on 2 January and 1.3 on 22 January
    scfi = {"2025-01-02": 2200.0 / boxes, "2025-02-28": 2600.0 / boxes}
    found = days({**own, "2025-02-28": 2000.0}, scfi)
    # 10 of 57 days on from 1.1 to 1.3
    price = found[date(2025, 1, 12)]
    assert price.usd == pytest.approx(2000.0 * (1.0 + 1.1 + 0.2 * 10 / 57) / 2.0)
    assert price.how == built.ALONE
    assert (price.low, price.high) == (2000.0, pytest.approx(2600.0))
    # the SCFI alone, after Drewry's last week: the nearest ratio is that of 2 January
    late = days(
        {"2025-01-02": 2000.0}, {"2025-01-02": 2200.0 / boxes, "2025-01-30": 3300.0 / boxes}
    )
    assert late[date(2025, 1, 30)].usd == pytest.approx(3300.0 * (1.0 + 1.0 / 1.1) / 2.0)


def test_the_composite_moves_drewry_where_no_week_is_known() -> None:
    own = {"2025-01-02": 3000.0, "2025-03-06": 2000.0, "2025-05-08": 2200.0}
    composite = {
        "2025-01-02": 1500.0,
        "2025-03-06": 1250.0,
        "2025-03-10": 1300.0,
        "2025-04-04": 1500.0,
    }
    found = days(own, composite=composite)
    # 2,000 of 6 March by 1,500 over 1,250; the ratio was 2.0 and 1.6 in the weeks of both
    price = found[date(2025, 4, 4)]
    assert (price.usd, price.low, price.high) == pytest.approx((2400.0, 2400.0, 3000.0))
    assert price.how == built.MOVED
    assert date(2025, 3, 10) in found, "on the line; four days from an own week no other stands in"
    assert found[date(2025, 3, 10)].usd != pytest.approx(2000.0 * 1300.0 / 1250.0)


def test_a_month_is_told_by_the_least_certain_quarter_of_its_days() -> None:
    sure, lined = built.Price(10.0, 10.0, 10.0), built.Price(20.0, 5.0, 30.0, built.LINED)
    assert built.mean([sure, sure, sure, lined]) == built.Price(12.5, 5.0, 30.0, built.LINED)
    assert built.mean([*[sure] * 4, lined]) == built.Price(12.0, 10.0, 20.0)


def test_each_week_is_cited_and_in_its_unit() -> None:
    with (BUILD / "freight_weeks.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["index"], row["unit"]) for row in rows} == {
        ("drewry-wci", "USD/FEU"),
        ("drewry-wci-composite", "USD/FEU"),
        ("scfi", "USD/TEU"),
    }
    assert {row["how"] for row in rows} == {"quoted", "change", "per cent", "order"}
    assert all(row["url"].startswith("http") for row in rows)
    own = [row for row in rows if row["index"] == "drewry-wci"]
    assert {date.fromisoformat(row["day"]).weekday() for row in own} == {3}, "published Thursdays"


def test_a_week_is_known_if_a_house_quotes_in_it() -> None:
    days = {"2025-03-06": 2600.0, "2025-03-20": 2530.0, "2025-08-14": 3000.0}
    weeks = {
        ("drewry-wci", "neurope-asia"): {date.fromisoformat(d): usd for d, usd in days.items()}
    }
    rows = {row["week"]: row for row in built.weeks_of("neurope-asia", weeks)}
    # That between the two is on their line, but nobody quotes in it; of the last, only a day is
    # known.
    assert set(rows) == {"2025-W10", "2025-W12"}
    # Four days from Thursday, each 5 USD below the last.
    assert rows["2025-W10"]["usd_per_feu"] == f"{2600 - 1.5 * 5:.0f}"
    assert rows["2025-W10"]["source_id"] == built.QUOTED


def test_the_page_of_sources_says_how_often_the_houses_agree() -> None:
    weeks, agree = built.read_weeks(), []
    for lane in built.EXPORTS:
        scfi = {day: usd * built.read_boxes(lane) for day, usd in weeks["scfi", lane].items()}
        ratios = built.ratios(weeks["drewry-wci", lane], scfi).values()
        agree += [abs(ratio - 1.0) <= 0.1 for ratio in ratios]
    said = re.search(
        r"each other in (\d+) of the (\d+) weeks in which both quote a lane \((\d+) %",
        " ".join(
            (BUILD.parents[1] / "docs/explanation/sources.md").read_text(encoding="utf-8").split()
        ),
    )
    assert said is not None
    share = round(100 * sum(agree) / len(agree))
    assert [int(number) for number in said.groups()] == [sum(agree), len(agree), share]
