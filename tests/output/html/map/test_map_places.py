"""What kind of place a map marks: an end, a change, a passage, a border, or one on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from corridors.domain.results import RouteStep, StepKind
from corridors.output.html.map.map_places import place_records
from tests.output.fixtures import example_comparison

BEGIN = datetime(2026, 8, 20)
STOPS = ("cn-xian", "cn-urumqi", "kz-dostyk", "kz-astana", "de-duisburg")


def leg(number: int) -> RouteStep:
    start, end = STOPS[number : number + 2]
    at = BEGIN + timedelta(days=number)
    return RouteStep(
        kind=StepKind.LEG,
        from_id=start,
        to_id=end,
        from_name=start,
        to_name=end,
        service="rail/1520",
        label="",
        km=100.0,
        hours=24.0,
        departs=at,
        arrives=at + timedelta(days=1),
        border="CN-KZ" if end == "kz-dostyk" else "",
        lon_lat=((float(number), 50.0), (number + 1.0, 50.0)),
    )


def test_both_ends_of_a_leg_over_a_border_are_at_it_and_no_other_place() -> None:
    route = replace(example_comparison().routes[0], steps=tuple(map(leg, range(4))), passages=())
    kinds = {record["id"]: record["kind"] for record, _ in place_records([route])}
    assert kinds == {
        "cn-xian": "end",
        "cn-urumqi": "border",
        "kz-dostyk": "border",
        "kz-astana": "via",
        "de-duisburg": "end",
    }
