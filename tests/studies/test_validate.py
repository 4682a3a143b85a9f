"""Published figures beside ours, for two cases drawn by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from corridors.studies.validate import run as validate
from corridors.studies.validate.cases import (
    FAMILIES,
    OTHER_PRICES,
    Case,
    Ours,
    Row,
    _family,
    family_records,
)


def case(name: str, kind: str, *, first: float, last: float, tolerance: float) -> Case:
    return Case(
        id=name, kind=kind, family="distances", quantity="distance", unit="km", published=first,
        first=first, last=last, tolerance=tolerance, role="validation", status="sourced", why="",
        citation="drawn", origin="a", destination="b",
    )  # fmt: skip


RANGE = case("range", "rail", first=1000.0, last=1200.0, tolerance=0.1)
FIGURE = case("figure", "sea", first=500.0, last=500.0, tolerance=0.02)


def test_each_case_is_measured_by_its_kind_and_stays_in_the_order_of_the_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def measured(usual: float, asked: list[str]) -> object:
        def measure(cases: Sequence[Case]) -> dict[str, Ours]:
            asked.extend(one.id for one in cases)
            return {one.id: Ours(usual) for one in cases}

        return measure

    rail: list[str] = []
    sea: list[str] = []
    monkeypatch.setattr(validate, "load_cases", lambda: (RANGE, FIGURE))
    monkeypatch.setattr(
        validate, "MEASURES", {"sea": measured(510.5, sea), "rail": measured(1320.0, rail)}
    )
    rows = validate.measured_rows(("rail", "sea"))
    assert [(row.case.id, row.ours.value) for row in rows] == [("range", 1320.0), ("figure", 510.5)]
    assert (rail, sea) == (["range"], ["figure"])
    assert [row.case.id for row in validate.measured_rows(("sea",))] == ["figure"]


@pytest.mark.parametrize(
    ("given", "ours", "error", "inside"),
    [
        # 1,000 to 1,200 with a tenth on either side: 900 to 1,320.
        (RANGE, 900.0, -0.1, True),
        (RANGE, 899.0, -0.101, False),
        (RANGE, 1100.0, 0.1, True),
        (RANGE, 1320.0, 0.32, True),
        (RANGE, 1332.0, 0.332, False),
        (FIGURE, 510.0, 0.02, True),
        (FIGURE, 489.0, -0.022, False),
    ],
)
def test_an_error_is_a_fraction_of_the_published_figure(
    given: Case, ours: float, error: float, inside: bool
) -> None:
    row = Row(case=given, ours=Ours(ours))
    assert row.error == pytest.approx(error)
    assert row.inside is inside
    assert row.record["error"] == round(error, 4)


def test_a_figure_of_a_thousand_is_rounded_to_units_and_a_smaller_one_to_thousandths() -> None:
    shown = [Row(case=RANGE, ours=Ours(ours)).record["ours"] for ours in (1000.4, 999.12345)]
    assert shown == [1000.0, 999.123]


def test_the_error_of_a_range_is_of_the_figure_that_the_source_gives_first() -> None:
    assert Row(case=replace(RANGE, published=1100.0), ours=Ours(990.0)).error == pytest.approx(-0.1)


def test_a_family_counts_its_misses_and_says_which_way_it_errs() -> None:
    def row(ours: float, *, role: str = "validation", family: str = OTHER_PRICES) -> Row:
        drawn = case("x", "quotes", first=100.0, last=100.0, tolerance=0.1)
        # Our answer reaches from half to one and a half times its middle.
        of = Ours(ours, 0.5 * ours, 1.5 * ours) if family == OTHER_PRICES else Ours(ours)
        return Row(case=replace(drawn, role=role, family=family), ours=of)

    rows = [
        *(row(ours) for ours in (60.0, 70.0, 95.0, 220.0)),
        row(100.0, role="calibration"),
        row(130.0, family="sea days"),
    ]
    by = {str(record["family"]): record for record in family_records(rows)}
    assert list(by) == list(FAMILIES)
    # One of four within a tenth; errors -40, -30, -5 and +120 %; 60 reaches 90, 220 begins at 110.
    assert by[OTHER_PRICES] == {
        "family": OTHER_PRICES,
        "counted": 4,
        "inside": 1,
        "share_inside": 0.25,
        "median_error": -0.175,
        "median_absolute_error": 0.35,
        "ranged": 4,
        "coverage": 0.5,
        "calibration": 1,
    }
    assert (by["sea days"]["median_error"], by["sea days"]["coverage"]) == (0.3, None)
    assert by["CO2e"]["counted"] == 0
    assert by["CO2e"]["median_error"] is None


@pytest.mark.parametrize(
    ("given", "route", "family"),
    [
        ({"quantity": "saving"}, "northern-sea-route", "distances"),
        ({"quantity": "transit"}, "cape", "sea days"),
        ({"quantity": "passage_days"}, "northern-sea-route-sannikov", "NSR days"),
        ({"quantity": "transit"}, "arctic-murmansk", "NSR days"),
        ({"quantity": "transit"}, "middle-corridor-poti", "rail days"),
        ({"quantity": "border_hours"}, "", "rail days"),
        ({"quantity": "toll"}, "", "cost"),
        ({"quantity": "cost_index"}, "kazakhstan-dostyk", OTHER_PRICES),
        ({"quantity": "cost_index", "family": "cost"}, "kazakhstan-dostyk", "cost"),
        ({"quantity": "intensity"}, "suez", "CO2e"),
        ({"quantity": "order", "by": "km"}, "suez", "distances"),
        ({"quantity": "order", "by": "days"}, "suez", "sea days"),
    ],
)
def test_the_family_is_that_of_the_quantity_or_of_the_route(
    given: dict[str, str], route: str, family: str
) -> None:
    assert _family(given, route) == family
