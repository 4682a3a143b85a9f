"""The picture of a comparison: what is drawn, in which order, and how large it is."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from corridors.data.paths import data_root
from corridors.domain.results import OptionStatus
from corridors.output.comparison import Comparison
from corridors.output.html.gallery.gallery_page import thumbnail_svg
from corridors.output.html.map.map_places import load_base_map
from tests.output.fixtures import HOSTILE, example_comparison, hostile_comparison
from tests.output.html.map.base_map import BASE_MAP

SVG = "{http://www.w3.org/2000/svg}"
NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?")
MAX_BYTES = 60 * 1024


def drawn(comparison: Comparison) -> ET.Element:
    return ET.fromstring(thumbnail_svg(comparison, BASE_MAP))


def strokes(picture: ET.Element) -> list[tuple[str, float]]:
    (group,) = picture.findall(f"{SVG}g")
    return [(path.attrib["stroke"], float(path.attrib["stroke-width"])) for path in group]


def points(data: str) -> list[list[tuple[float, float]]]:
    """Return the points of a path's parts, relative ones added up."""
    parts = []
    for part in data.split("M")[1:]:
        numbers = [float(found) for found in NUMBER.findall(part)]
        x, y, *steps = numbers
        line = [(x, y)]
        for dx, dy in zip(steps[::2], steps[1::2], strict=True):
            x, y = x + dx, y + dy
            line.append((x, y))
        parts.append(line)
    return parts


def test_each_usable_route_is_drawn_the_recommended_one_last_and_widest() -> None:
    assert strokes(drawn(example_comparison())) == [
        # The train is quicker, which the answer says; the other ship is context.
        ("#b93a06", 2.5),
        ("#8d99a2", 1.0),
        ("#fff", 6.5),
        ("#0b5cad", 4.0),
    ]


def test_a_route_over_the_pacific_is_two_lines_and_no_jump() -> None:
    (group,) = drawn(example_comparison()).findall(f"{SVG}g")
    (panama,) = (path for path in group if path.attrib["stroke"] == "#8d99a2")
    parts = points(panama.attrib["d"])
    assert len(parts) == 2
    # 121.8 E, 30.6 N on 640 px from 100 W to 202 E, and 320 px from 80 N to 38 S.
    assert parts[1][0] == pytest.approx((221.8 / 302 * 640, 49.4 / 118 * 320), abs=0.06)
    for part in parts:
        jumps = [abs(b[0] - a[0]) for a, b in pairwise(part)]
        assert max(jumps) < 320


def test_both_ends_are_named() -> None:
    texts = [text.text for text in drawn(example_comparison()).findall(f"{SVG}text")]
    assert texts == ["Shanghai", "Hamburg"]


@pytest.mark.parametrize("letters", [3, 35])
def test_the_name_of_an_end_stands_beside_its_dot_and_on_the_picture(letters: int) -> None:
    calm = example_comparison()
    ends = replace(calm.scenario, origin="A" * letters, destination="B" * letters)
    picture = drawn(replace(calm, scenario=ends))
    dots, texts = (picture.findall(f"{SVG}{tag}") for tag in ("circle", "text"))
    assert len(dots) == len(texts) == 2
    # Over 121.8 E and 10 E of a picture from 100 W to 202 E: a long name of Shanghai is too long.
    assert [text.attrib["text-anchor"] for text in texts] == [
        "start" if letters == 3 else "end",
        "start",
    ]
    for dot, text in zip(dots, texts, strict=True):
        apart = float(text.attrib["x"]) - float(dot.attrib["cx"])
        beside = apart if text.attrib["text-anchor"] == "start" else -apart
        assert beside == pytest.approx(2.0 * float(dot.attrib["r"]), abs=0.2)


def test_land_is_under_the_routes() -> None:
    land = drawn(example_comparison()).findall(f"{SVG}path")[0]
    assert land.attrib["fill-rule"] == "evenodd"
    assert len(points(land.attrib["d"])) >= 1


def test_a_comparison_without_a_way_still_has_a_picture() -> None:
    calm = example_comparison()
    shut = tuple(
        replace(route, status=OptionStatus.CLOSED, steps=(), cost_lines=()) for route in calm.routes
    )
    picture = drawn(replace(calm, routes=shut))
    assert strokes(picture) == []
    assert picture.findall(f"{SVG}text") == []


def test_hostile_text_stays_text() -> None:
    hostile = hostile_comparison()
    scenario = replace(hostile.scenario, origin=HOSTILE, destination=HOSTILE)
    picture = drawn(replace(hostile, scenario=scenario))
    assert {element.tag for element in picture.iter()} <= {
        f"{SVG}{name}" for name in ("svg", "title", "rect", "path", "g", "circle", "text")
    }
    assert picture.findtext(f"{SVG}title") == f"Routes of {HOSTILE}"
    assert all(re.fullmatch(r"#\w{3,6}", colour) for colour, _ in strokes(picture))
    for element in picture.iter():
        assert not [name for name in element.attrib if name.startswith("on") or "href" in name]


def test_it_is_small_over_the_shipped_base_map_and_the_same_each_time() -> None:
    base_map = load_base_map(Path(data_root()) / "network" / "basemap.json")
    text = thumbnail_svg(example_comparison(), base_map)
    assert 20_000 < len(text.encode()) < MAX_BYTES
    assert thumbnail_svg(example_comparison(), base_map) == text
