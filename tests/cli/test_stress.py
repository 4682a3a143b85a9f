"""What `corridors stress` prints, for closures drawn by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from corridors.cli.study_commands import Printer
from corridors.studies.stress.result import (
    CLOSURES,
    Passed,
    Stress,
    StressRow,
    folded,
)
from corridors.studies.stress.severed import Severed
from tests.output.fixtures import example_comparison

SUEZ = Passed(key="gate-suez", name="Suez", kind="gates")
MANDEB = Passed(key="gate-mandeb", name="Bab el-Mandeb", kind="gates")
CAPE = Passed(key="gate-cape", name="Cape", kind="gates")
PORT = Passed(key="cn-port", name="Port", kind="terminals")
BY_CAPE = StressRow(closed=(SUEZ,), corridor="cape", title="Cape", usd_per_teu=1260.4, days=41.26,
                    extra_usd_per_teu=260.4, extra_days=10.01, worse_share=0.581)  # fmt: skip
FOUND = Stress(
    scenario=replace(example_comparison().scenario, name="Drawn"),
    corridor="suez",
    title="Suez Canal",
    usd_per_teu=1000.0,
    days=31.25,
    rows=(
        StressRow(closed=(PORT,)),
        StressRow(closed=(SUEZ, CAPE)),
        BY_CAPE,
        replace(BY_CAPE, closed=(MANDEB,)),
        StressRow(closed=(CAPE,), corridor="suez", title="Suez", usd_per_teu=1000.0, days=31.25,
                  extra_usd_per_teu=0.0, extra_days=0.0, worse_share=0.0),
    ),
    severed=Severed(
        sides=("CN", "EU"), size=2, nearest_start={"kz-a": "Altynkol", "kz-d": "Dostyk"},
        nearest_end={}, text="two places sever CN from EU",
    ),
    spots={},
)  # fmt: skip


def printed(found: Stress, capsys: pytest.CaptureFixture[str]) -> str:
    found.show(Printer())
    return " ".join(capsys.readouterr().out.split())


def test_the_best_route_and_what_severs_it_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(FOUND, capsys)
    assert text.startswith("No route is left without Port. Dearest to lose: Suez, USD 521 more")
    # Two of the five leave no route, the port alone; the pair with Suez is not alone.
    assert "2 of these closures leave no usable route; closing Port alone is enough." in text
    assert "By land: two places sever CN from EU." in text
    assert "Ranked by the share by which cost rises, plus that by which days rise" in text


def test_closures_with_one_result_are_one_row(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(FOUND, capsys)
    assert "5 closures in total; --format csv lists each one" in text
    assert "more rows" not in text
    rows = folded(CLOSURES.records(FOUND))
    # Every place is named; a pair is left out where one of its places suffices.
    assert [row["name"] for row in rows] == ["Port", "Suez or Bab el-Mandeb", "Cape"]
    assert "Suez or Bab el-Mandeb" in text
    assert [row["extra_usd_per_teu"] for row in rows] == [None, 260.4, 0.0]


def test_usd_are_rounded_to_the_dollar_and_days_to_a_tenth() -> None:
    short = CLOSURES.read(FOUND)[2]
    assert (short["USD per TEU"], short["days"]) == (1260, 41.3)
    assert (short["extra USD per TEU"], short["extra days"]) == (260, 10.0)
    assert (short["closed"], short["worse by"]) == ("Suez", "58.1%")


def test_thirty_rows_are_shown_and_the_others_counted(capsys: pytest.CaptureFixture[str]) -> None:
    rows = tuple(
        replace(FOUND.rows[2], closed=(replace(SUEZ, key=f"gate-{n}"),), usd_per_teu=1000.0 + n)
        for n in range(33)
    )
    text = printed(replace(FOUND, rows=rows), capsys)
    assert "3 more rows that are less bad are not shown" in text
    assert "closures in total" not in text
    assert "no usable route" not in text
