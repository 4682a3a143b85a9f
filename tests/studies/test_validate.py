"""Published figures beside ours, for two cases drawn by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from corridors.studies import validate
from corridors.studies.published.cases import Case
from corridors.studies.published.figure_rows import Row, _halves
from corridors.studies.published.halves import UNUSED, drawn_half


def case(name: str, kind: str, *, first: float, last: float, tolerance: float) -> Case:
    return Case(
        id=name, kind=kind, quantity="distance", unit="km", published=first, first=first,
        last=last, tolerance=tolerance, role="validation", status="sourced", counted=True, why="",
        citation="drawn", origin="a", destination="b",
    )  # fmt: skip


RANGE = case("range", "rail", first=1000.0, last=1200.0, tolerance=0.1)
FIGURE = case("figure", "sea", first=500.0, last=500.0, tolerance=0.02)


def test_each_case_is_measured_by_its_kind_and_stays_in_the_order_of_the_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def measured(usual: float, asked: list[str]) -> object:
        def measure(cases: Sequence[Case]) -> dict[str, float]:
            asked.extend(one.id for one in cases)
            return {one.id: usual for one in cases}

        return measure

    rail: list[str] = []
    sea: list[str] = []
    monkeypatch.setattr(validate, "load_cases", lambda: (RANGE, FIGURE))
    monkeypatch.setattr(
        validate, "MEASURES", {"sea": measured(510.5, sea), "rail": measured(1320.0, rail)}
    )
    rows = validate.measured_rows(("rail", "sea"))
    assert [(row.case.id, row.ours) for row in rows] == [("range", 1320.0), ("figure", 510.5)]
    assert (rail, sea) == (["range"], ["figure"])
    assert [row.case.id for row in validate.measured_rows(("sea",))] == ["figure"]


@pytest.mark.parametrize(
    ("given", "ours", "error", "inside"),
    [
        # 1,000 to 1,200 with a tenth on either side: 900 to 1,320.
        (RANGE, 900.0, -0.1, True),
        (RANGE, 899.0, -0.101, False),
        (RANGE, 1100.0, 0.0, True),
        (RANGE, 1320.0, 0.1, True),
        (RANGE, 1332.0, 0.11, False),
        (FIGURE, 510.0, 0.02, True),
        (FIGURE, 489.0, -0.022, False),
    ],
)
def test_an_error_is_a_fraction_of_the_nearest_published_figure(
    given: Case, ours: float, error: float, inside: bool
) -> None:
    row = Row(case=given, ours=ours)
    assert row.error == pytest.approx(error)
    assert row.inside is inside
    assert row.record["error"] == round(error, 4)


def test_a_figure_of_a_thousand_is_rounded_to_units_and_a_smaller_one_to_thousandths() -> None:
    shown = [Row(case=RANGE, ours=ours).record["ours"] for ours in (1000.4, 999.12345)]
    assert shown == [1000.0, 999.123]


def test_the_half_never_used_is_counted_by_costs_durations_and_what_lies_inside() -> None:
    unused = [f"c{number}" for number in range(40) if drawn_half(f"c{number}") == UNUSED]
    used = next(f"c{number}" for number in range(40) if drawn_half(f"c{number}") != UNUSED)
    names = iter(unused)

    def row(kind: str, quantity: str, ours: float, *, name: str = "") -> Row:
        drawn = case(name or next(names), kind, first=100.0, last=100.0, tolerance=0.1)
        return Row(case=replace(drawn, quantity=quantity), ours=ours)

    rows = [
        row("studies", "cost", 105.0),
        row("studies", "toll", 105.0),
        row("transit", "transit", 130.0),
        row("tables", "border_hours", 100.0),
        row("studies", "cost", 100.0, name=used),
        # Days of trains are close within a quarter: 25 % is, 26 % is not.
        row("trains", "transit", 125.0),
        row("trains", "transit", 74.0),
        row("trains", "transit", 75.0, name=used),
    ]
    halves, trains = _halves(rows)
    # Inside are the three of the first four; the two trains are more than a tenth off.
    assert "never used to set anything: 3 of 6 (50.0%;" in halves
    assert halves.endswith("2 of them costs and 4 durations")
    assert "within 25% of the published days: 2 of 3 (66.7%;" in trains
    assert "of the half never used 1 of 2 (50.0%;" in trains
