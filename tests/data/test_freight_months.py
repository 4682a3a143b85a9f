"""Sea freights by month and year are those that the weeks of the indices give."""

from __future__ import annotations

import csv
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


def days(own: dict[str, float], scfi: dict[str, float]) -> dict[date, Any]:
    """The days of a lane of these weeks."""
    weeks = {
        (index, LANE): {date.fromisoformat(day): usd for day, usd in of.items()}
        for index, of in (("drewry-wci", own), ("scfi", scfi))
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
    found = days({"2025-03-06": 2600.0, "2025-03-13": 2530.0}, {})
    assert found[date(2025, 3, 8)] == built.Price(2580.0, 2580.0, 2580.0)


def test_a_line_of_over_a_month_is_as_wide_as_its_ends() -> None:
    found = days({"2025-03-01": 2000.0, "2025-04-10": 2400.0}, {})
    assert found[date(2025, 3, 21)] == built.Price(2200.0, 2000.0, 2400.0, built.LINED)
    assert date(2025, 3, 21) not in days({"2025-03-01": 2000.0, "2025-08-10": 2400.0}, {})


def test_another_index_moves_the_own_where_no_week_is_known() -> None:
    own = {"2025-01-02": 3000.0, "2025-03-06": 2000.0, "2025-05-08": 2200.0}
    scfi = {"2025-01-03": 1500.0, "2025-03-07": 1250.0, "2025-03-10": 1300.0, "2025-04-04": 1500.0}
    found = days(own, scfi)
    # 2,000 of 6 March by 1,500 over 1,250; the ratio was 2.0 and 1.6 in the weeks of both
    assert found[date(2025, 4, 4)].usd == pytest.approx(2400.0)
    assert found[date(2025, 4, 4)].low == pytest.approx(2400.0)
    assert found[date(2025, 4, 4)].high == pytest.approx(3000.0)
    assert found[date(2025, 4, 4)].how == built.MOVED
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
