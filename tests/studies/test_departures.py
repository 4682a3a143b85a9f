"""The next departures of an answer by sailings, against the same question asked on later days."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import corridors
from tests.studies.test_timetables import DAY, file_of, row

STORAGE_USD_PER_DAY = 4.8  # of the parameter table, per TEU


def asked(path: Path, day: date = DAY, **keys: Any) -> Any:
    more = {"corridors": ["cape", "trans-siberian"], "draws": {"count": 0}, **keys}
    return corridors.compare(
        "shanghai-hamburg", departure=day.isoformat(), schedules=[str(path)], **more
    )


@pytest.mark.parametrize("seed", range(4))
def test_each_departure_is_the_answer_of_who_missed_the_one_before(
    seed: int, tmp_path: Path
) -> None:
    draw = random.Random(seed)
    trips = {
        (DAY + timedelta(days=draw.randint(0, 40)), draw.randint(36, 46), draw.randint(0, 5))
        for _ in range(9)
    }
    path = file_of(tmp_path, *(row(day, days, cut_off=cut) for day, days, cut in trips))
    found = asked(path).sailings
    assert found.corridor == "cape"
    assert len(found.departures) > 1
    day = DAY
    for departure in found.departures:
        option = next(one for one in asked(path, day).routes if one.corridor == "cape")
        assert option.departure.date() == departure.departs.date()
        assert departure.days == pytest.approx(option.days + (day - DAY).days)
        stored = STORAGE_USD_PER_DAY * (day - DAY).days
        assert departure.usd_per_teu == pytest.approx(option.printed_usd_per_teu + stored)
        # By a count of the rows: a trip of the file that is not missed.
        assert any(
            leaves == departure.departs.date()
            and leaves - timedelta(days=cut) == departure.cut_off.date() >= day
            for leaves, _, cut in trips
        )
        day = departure.cut_off.date() + timedelta(days=1)


def test_the_answer_says_departures_what_a_missed_one_costs_and_what_is_blanked(
    tmp_path: Path,
) -> None:
    soon, late = DAY + timedelta(days=2), DAY + timedelta(days=9)
    rows = [row(soon, 40), row(soon, 41, status="blanked"), row(late, 40)]
    found = asked(file_of(tmp_path, *rows), prices="2026-08", price_basis="price")
    first, second = found.sailings.departures
    assert second.days - first.days == pytest.approx(7.0)
    # At the prices of one month: storage and the capital in the goods, for a box of two TEU.
    value_usd_per_day = found.scenario.shipment.value_of_time_usd_per_teu_day
    more = 2.0 * 7.0 * (value_usd_per_day + STORAGE_USD_PER_DAY)
    assert second.usd_per_teu - first.usd_per_teu == pytest.approx(7.0 * STORAGE_USD_PER_DAY)
    said = " ".join(found.answer.departures)
    assert "Departures: 22 August (cut-off 21 August)" in said
    assert f"Missing the cut-off of 21 August costs 7 days and USD {more:,.0f} per 40'" in said
    assert "of 3 sailings until 20 September 2026, 1 is blanked" in said
    assert all(text in found.answer.first for text in found.answer.departures)


def test_files_and_pages_say_the_same(tmp_path: Path) -> None:
    late = "Loop M;Made-up Line;sea;CNSHA;DEHAM;2026-08-23;2026-10-02;2026-08-21;Cape;;"
    path = file_of(tmp_path, row(DAY + timedelta(days=9), 40, status="blanked"), late)
    found = asked(path)
    found.save(tmp_path / "out")
    record = json.loads((tmp_path / "out" / "comparison.json").read_text(encoding="utf-8"))
    (departure,) = record["sailings"]["departures"]
    assert departure["departs"] == "2026-08-23T00:00:00"
    assert record["answer"]["departures"] == list(found.answer.departures)
    report = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    map_page = (tmp_path / "out" / "map.html").read_text(encoding="utf-8")
    for text in found.answer.departures:
        assert text in report
        assert text in map_page
    # Beside one another the pages are linked; one alone has no page to link to.
    assert 'href="map.html"' in report
    assert 'href="map.html"' not in found.report().html
    assert "Sailings by day" in report
    assert "blanked</div>" in report
    assert "trips.csv!3" in report


def test_an_answer_without_a_caught_sailing_says_so(tmp_path: Path) -> None:
    found = asked(file_of(tmp_path, row(DAY - timedelta(days=200), 40)))
    assert not found.sailings.departures
    assert found.answer.departures == (
        "No departure of your sailings is caught; how often lines sail counts.",
    )
    plain = corridors.compare("shanghai-hamburg", corridors=["cape"], draws={"count": 0})
    assert plain.sailings is None
    assert plain.answer.departures == ()
