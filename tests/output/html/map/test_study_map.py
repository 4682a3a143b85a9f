"""The map of a study: what is drawn once, the panel's rows, and hostile names stay text."""

from __future__ import annotations

import re
from typing import Any

import pytest

from corridors.output.html.map.panel import PanelText
from corridors.output.html.map.study_map import Row, Thing, content_of, study_map
from tests.output.fixtures import HOSTILE
from tests.output.html.map.base_map import BASE_MAP
from tests.output.html.report.reading import Page

LINE = ((10.0, 50.0), (20.0, 52.0), (30.0, 50.0))
SAID = PanelText(asked=HOSTILE, finding="Book", changes=[("Later", "Other", "USD 5 more", 1)])


def content(*things: Thing) -> dict[str, Any]:
    return content_of(SAID, things)


def test_a_line_of_two_things_is_held_once() -> None:
    found = content(
        Thing(name="A", lines=[(LINE, False)]), Thing(name="B", lines=[(LINE, False)], hidden=True)
    )
    assert [thing["lines"] for thing in found["things"]] == [[[0, 0]], [[0, 0]]]
    assert len(found["lines"]) == 1


def test_a_line_over_the_date_line_is_drawn_on_both_sides() -> None:
    across = ((170.0, 40.0), (190.0, 45.0), (235.0, 48.0))
    assert content(Thing(name="A", lines=[(across, False)]))["copies"] == [0, -1]
    assert content(Thing(name="A", lines=[(LINE, False)]))["copies"] == [0]


def test_what_is_hidden_does_not_widen_the_first_view() -> None:
    far = ((0.0, -30.0), (10.0, -35.0))
    alone = content(Thing(name="A", lines=[(LINE, False)]))["view"]
    both = content(
        Thing(name="A", lines=[(LINE, False)]), Thing(name="B", lines=[(far, False)], hidden=True)
    )
    assert both["view"] == alone


def test_a_place_alone_lies_in_the_middle_of_the_first_view() -> None:
    south, west, north, east = content(Thing(name="A", spots=[(10.0, 50.0)]))["view"]
    assert north - south > 1.0
    assert east - west > 1.0
    assert ((south + north) / 2, (west + east) / 2) == pytest.approx((50.0, 10.0))


def test_rows_stand_in_their_groups_and_name_their_thing() -> None:
    found = content(
        Thing(name="Place"),
        Thing(name="Dear", row=Row(value="12", side="3", mark=">")),
        Thing(name="Gone", row=Row(value="", group="No way")),
    )
    (title, rows), (other, gone) = found["panel"]["groups"]
    assert (title, other) == ("", "No way")
    assert [(row["route"], row["usd"], row["side"], row["mark"]) for row in rows] == [
        (1, "12", "3", ">")
    ]
    assert [(row["route"], row["usd"]) for row in gone] == [(2, "")]
    assert found["panel"]["changes"] == [
        {"when": "Later", "option": "Other", "text": "USD 5 more", "route": 1}
    ]


def test_hostile_names_stay_text_and_a_child_has_no_layer() -> None:
    things = [
        Thing(name=HOSTILE, lines=[(LINE, False)], tip=HOSTILE, facts=[(HOSTILE, HOSTILE)]),
        Thing(name="Child", spots=[(10.0, 50.0)], parent=0),
    ]
    page = study_map(HOSTILE, SAID, things, colours={"own": "#112355"}, base_map=BASE_MAP)
    assert [layer.name for layer in page.layers] == [HOSTILE]
    html = page.html()
    assert HOSTILE not in html
    assert Page(html).texts("title") == [HOSTILE]
    assert ".own{--c:var(--c112355,#112355)}" in html
    assert "https://" not in re.sub(r"https://leafletjs\.com", "", html.split("<body>")[1])
