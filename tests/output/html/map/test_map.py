"""The page, read as text: layers, popups, nothing from outside, the same bytes."""

from __future__ import annotations

import itertools
import json
import re
import string
import time
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from corridors.domain.results import Listing
from corridors.errors import ConfigError, GeodataError
from corridors.output.answer import answer_of
from corridors.output.html.map.content import frame_of, map_content, map_page
from corridors.output.html.map.folium_page import stable_html
from corridors.output.html.map.map_frame import shipped_base_map
from corridors.output.html.map.map_places import load_base_map, with_names
from corridors.output.html.map.panel import printed_figures
from corridors.output.html.palette import packed_line, safe_colour, script_json
from corridors.output.tables import Beside
from corridors.studies.compare.result import EVERY_OPTION
from tests.output.fixtures import HOSTILE, LOOP_OFFER, example_comparison, hostile_comparison
from tests.output.html.map.base_map import BASE_MAP


class _Tags(HTMLParser):
    """Gathers start tags with their attributes, scripts, and the text outside of scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.text: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.tags and self.cdata_elem == "script":
            self.scripts[-1] += data
        elif self.cdata_elem is None:
            self.text.append(data)


def _content(html: str) -> Any:
    """Return the data of a page, with records instead of its tables."""
    found = re.search(r"createMap\(map_\d+, (\{.*?\})\);\n", html)
    assert found
    return records(json.loads(found.group(1)))


@pytest.fixture(scope="module")
def html() -> str:
    return map_page(example_comparison(), base_map=BASE_MAP).html()


def records(content: Any) -> Any:
    """Return the data with legs and lines of cost as records, as the page's script makes them."""
    texts = content["texts"]

    def listed(table: Any) -> list[dict[str, Any]]:
        names = [key.removesuffix("@") for key in table["keys"]]
        texted = [key.endswith("@") for key in table["keys"]]
        return [
            {
                name: texts[value] if is_text else value
                for name, is_text, value in zip(names, texted, row, strict=True)
            }
            for row in table["rows"]
        ]

    ways = listed(content["ways"])
    values, costs, parts = (
        content["values"],
        listed(content["cost_lines"]),
        listed(content["chain_parts"]),
    )
    plain = {"title", "role", "bases", "distance_km"}
    options = [
        {key: value if key in plain else values[value] for key, value in row.items()}
        for row in listed(content["options"])
    ]
    options = [
        {
            **option,
            "cost_lines": [costs[number] for number in option["cost_lines"]],
            "chain": [parts[number] for number in option["chain"]],
        }
        for option in options
    ]
    routes = [
        {
            **route,
            **options[route["option"]],
            "legs": [{**ways[leg["way"]], **leg} for leg in listed(route["legs"])],
        }
        for route in content["routes"]
    ]
    return {**content, "routes": routes, "options": options}


def test_each_usable_corridor_has_a_layer_of_its_own(html: str) -> None:
    for index in range(3):
        assert len(re.findall(rf"drawnMap\.add\(feature_group_\d+, {index}\);", html)) == 1
    assert len(re.findall(r"= L\.featureGroup\(", html)) == 4
    assert len(re.findall(r"drawnMap\.add\(feature_group_\d+, \"places\"\);", html)) == 1


def test_the_km_of_a_route_are_those_of_its_legs(html: str) -> None:
    for route in _content(html)["routes"]:
        by_family = {family: km for family, km, _ in route["drawn"]}
        assert sum(by_family.values()) == pytest.approx(route["distance_km"], abs=len(by_family))
        assert min(km for _, *both in route["drawn"] for km in both) > 0


def test_the_panel_has_the_answer_and_every_option_once(html: str) -> None:
    comparison = example_comparison()
    answer = answer_of(comparison)
    (panel,) = _content(html)["answers"]
    assert panel["finding"] == answer.finding
    assert [figure["value"] for figure in panel["figures"]] == ["1,960", "36", "1.78"]
    rows = [row for _, rows in panel["groups"] for row in rows]
    assert sorted(row["route"] for row in rows) == [0, 1, 2]
    told = {row.name: row for row in answer.rows}
    for row in rows:
        assert (row["usd"], row["low"], row["high"], row["side"]) == (
            told[row["name"]].usd, told[row["name"]].low, told[row["name"]].high,
            f"{told[row['name']].days} d",
        )  # fmt: skip
    # What stands under "What would change it" stands in colour.
    changed = {one["route"] for one in panel["changes"]} - {-1}
    assert changed <= set(panel["focus"])
    # Each sentence after the first two is a row, with its words.
    assert len(panel["changes"]) == len(answer.beside) + len(answer.changes)
    said = " ".join(answer.sentences).replace("CO2e", "CO₂e").lower()
    for one in panel["changes"]:
        assert one["when"].lower() in said
        assert set(re.findall(r"[\w'.,]+\b", f"{one['option']} {one['text']}".lower())) <= set(
            re.findall(r"[\w'.,]+\b", said)
        )


def test_the_popups_hold_costs_hours_and_sources(html: str) -> None:
    content = _content(html)
    suez = content["routes"][0]
    assert [line["label"] for line in suez["cost_lines"]][:2] == ["Fuel, VLSFO", "Suez Canal toll"]
    assert suez["cost_lines"][1]["source_id"] == "sca-tariff-2025"
    assert suez["time_parts"]["sea"] == 678.0
    assert suez["legs"][1]["from_name"] == "Malacca"
    assert suez["recommended"] is True


def test_a_closed_corridor_is_listed_with_reason_and_date(html: str) -> None:
    ((name, why),) = _content(html)["answers"][0]["closed"]
    assert name == "Northern Sea Route"
    assert why.startswith("closed; Kara Sea North-East: ice refuses class Ice1 until July; ")
    assert why.endswith("next usable 12 July 2027.")


def test_the_page_asks_the_network_for_nothing(html: str) -> None:
    page = _Tags(html)
    for tag, attributes in page.tags:
        assert tag not in {"link", "iframe", "object", "embed", "img", "base"}, tag
        assert "src" not in attributes
        assert "href" not in attributes
    assert "url(" not in "".join(re.findall(r"<style>(.*?)</style>", html, re.DOTALL))
    assert "sourceMappingURL" not in html
    assert "tile.openstreetmap.org" not in html
    assert len(html) < 1_000_000


def test_online_tiles_come_only_on_request() -> None:
    html = map_page(example_comparison(), base_map=BASE_MAP).html(frame_of("osm"))
    assert "https://tile.openstreetmap.org/{z}/{x}/{y}.png" in html
    assert "img-src data: https://tile.openstreetmap.org/;" in html
    with pytest.raises(ConfigError) as refused:
        frame_of("google")
    assert str(refused.value) == "tiles: unknown set 'google'; known: osm"


def test_the_same_comparison_gives_the_same_bytes(html: str) -> None:
    assert map_page(example_comparison(), base_map=BASE_MAP).html() == html
    assert not re.search(r"_[0-9a-f]{32}", html)


def test_stable_html_numbers_names_in_order() -> None:
    first, second = "ab" * 16, "cd" * 16
    text = f"var map_{first}; layer_control_{second}_layers; map_{first}.x"
    assert stable_html(text) == "var map_1; layer_control_2_layers; map_1.x"


def test_hostile_names_stay_text() -> None:
    html = map_page(hostile_comparison(), base_map=BASE_MAP).html()
    page = _Tags(html)
    assert not [tag for tag, _ in page.tags if tag == "img"]
    assert len(page.scripts) == len(
        _Tags(map_page(example_comparison(), base_map=BASE_MAP).html()).scripts
    )
    assert not any(key.startswith("on") for _, attributes in page.tags for key in attributes)
    assert _content(html)["routes"][0]["title"] == HOSTILE
    assert HOSTILE in "".join(page.text)


def test_hostile_names_stay_text_in_the_strip_of_months() -> None:
    months = (hostile_comparison(), hostile_comparison())
    page = _Tags(map_page(months[0], months=months, base_map=BASE_MAP).html())
    assert not [tag for tag, _ in page.tags if tag == "img"]
    assert not any(key.startswith("on") for _, attributes in page.tags for key in attributes)
    assert ("section", "months") in {(tag, attributes.get("id")) for tag, attributes in page.tags}


def test_a_route_over_the_pacific_is_drawn_without_a_jump(html: str) -> None:
    content = _content(html)
    panama = content["routes"][1]
    lons: list[float] = []
    for leg in panama["legs"]:
        packed = differences(content["lines"][leg["line"]])
        line, lon = [], leg["turns"] * 360_000
        for step in packed[1::2]:
            lon += step
            line.append(lon / 1000)
        lons += reversed(line) if leg["back"] else line
    assert max(abs(b - a) for a, b in itertools.pairwise(lons)) < 180.0
    assert (lons[0], lons[-1]) == (121.8, 369.9)
    assert panama["copies"] == [0, -1]


def test_two_routes_on_one_leg_share_its_line() -> None:
    comparison = example_comparison()
    suez = comparison.routes[0]
    back = tuple(
        replace(step, lon_lat=tuple((lon + 360.0, lat) for lon, lat in reversed(step.lon_lat)))
        for step in reversed(suez.steps)
    )
    twin = replace(suez, corridor="twin", steps=back)
    content = records(map_content(replace(comparison, routes=(suez, twin))))
    assert len(content["lines"]) == 4
    assert {leg["line"] for leg in content["routes"][1]["legs"]} == {0, 1, 2, 3}
    assert {(leg["turns"], leg["back"]) for leg in content["routes"][1]["legs"]} == {(1, 1)}


def test_legs_of_own_data_say_so() -> None:
    comparison = example_comparison()
    first = next(option for option in comparison.routes if option.usable)
    steps = tuple(replace(step, own=step.kind == "leg") for step in first.steps)
    routes = tuple(replace(o, steps=steps) if o is first else o for o in comparison.routes)
    shown = map_page(replace(comparison, routes=routes), base_map=BASE_MAP).html()
    legs = [leg for route in _content(shown)["routes"] for leg in route["legs"]]
    assert {leg["own"] for leg in legs} == {True, False}


def test_places_know_what_they_are(html: str) -> None:
    kinds = {place["id"]: place["kind"] for place in _content(html)["places"]}
    assert kinds["cn-shanghai"] == "end"
    assert kinds["gate-suez"] == "passage"
    assert kinds["kz-dostyk"] == "change"
    assert kinds["by-brest"] == "border"


def test_a_gate_that_is_no_passage_is_not_shown() -> None:
    comparison = example_comparison()
    quiet = replace(comparison.routes[0], passages=("gate-suez",))
    content: Any = map_content(replace(comparison, routes=(quiet,)))
    ids = {place["id"] for place in content["places"]}
    assert ids == {"cn-shanghai", "de-hamburg", "gate-suez"}


def test_nothing_usable_still_makes_a_map() -> None:
    comparison = example_comparison()
    nothing = replace(
        comparison,
        routes=comparison.routes[3:],
        decision=replace(comparison.decision, recommended=None, advice="Depart in July."),
    )
    (panel,) = _content(map_page(nothing, base_map=BASE_MAP).html())["answers"]
    assert panel["finding"] == "Nothing to book: Depart in July."
    assert panel["groups"] == panel["focus"] == []


def differences(packed: str) -> list[int]:
    """Return the numbers of a packed line, read digit by digit."""
    digits = f"{string.ascii_uppercase}{string.ascii_lowercase}{string.digits}-_"
    numbers, number, place = [], 0, 1
    for digit in map(digits.index, packed):
        number += digit % 32 * place
        place *= 32
        if digit < 32:
            numbers.append(-(number + 1) // 2 if number % 2 else number // 2)
            number, place = 0, 1
    return numbers


def test_a_line_is_packed_as_differences_of_thousandths() -> None:
    packed = packed_line([(10.0, 50.0), (10.5, 50.0), (10.5, 50.0), (10.25, 49.0)])
    # By hand: 100,000 is 3, 1, 21 and 0 of 32 * 32 * 32, 1,024, 32 and 1; the lowest is first.
    assert packed.startswith("g1hD")
    assert differences(packed) == [
        *(50_000, 10_000),
        *(0, 500),
        *(-1_000, -250),
    ]
    assert len(differences(packed_line([(1.0, 1.0), (1.0, 1.0)]))) == 4


def test_json_in_a_script_cannot_end_it() -> None:
    text = script_json({"name": "</script><!--\u2028&"})
    assert "<" not in text
    assert "\u2028" not in text
    assert json.loads(text) == {"name": "</script><!--\u2028&"}


def test_only_plain_colours_pass() -> None:
    assert safe_colour("#1f77B4") == "#1f77B4"
    assert safe_colour("red;background:url(x)") == "#555555"
    assert safe_colour("#12345\n") == "#555555"


def test_a_base_map_is_read_and_refused_where_it_is_not_one(tmp_path: Path) -> None:
    path = tmp_path / "basemap.json"
    path.write_text('{"land": [[[1, 2, 3, 4], [5, 6, 7, 8]]], "borders": [[1, 2, 3, 4]]}')
    base_map = load_base_map(path)
    assert base_map.land == (((1.0, 2.0), (3.0, 4.0)), ((5.0, 6.0), (7.0, 8.0)))
    assert base_map.borders == (((1.0, 2.0), (3.0, 4.0)),)
    path.write_text('{"land": [[[1, 2, 3]]], "borders": []}')
    with pytest.raises(GeodataError, match=r"basemap\.json: damaged \(a row of 3 numbers\)"):
        load_base_map(path)


def test_land_across_180_degrees_has_no_jump() -> None:
    land: Any = BASE_MAP.packed()["land"]
    assert max(abs(step) for step in differences(land[1])[3::2]) == 2_000


def test_the_map_has_names_of_countries_seas_and_cities() -> None:
    names: Any = shipped_base_map().packed()["names"]
    found = {kind: {row[0]: row[1:] for row in rows} for kind, rows in names.items()}
    assert {"Kazakhstan", "Poland", "Panama"} <= set(found["country"])
    assert {"Kara Sea", "Red Sea", "South China Sea"} <= set(found["sea"])
    assert {"Shanghai", "Hamburg", "Moscow"} <= set(found["city"])
    lat, lon, zoom = found["country"]["Kazakhstan"]
    assert 42 < lat / 100 < 54
    assert 50 < lon / 100 < 86
    # A large country is named before a small one.
    assert zoom < found["country"]["Belgium"][2]


def test_a_table_of_names_is_refused_where_it_is_not_one(tmp_path: Path) -> None:
    path = tmp_path / "map_names.csv"
    path.write_text("kind,name,lon,lat,zoom\nsea,Kara Sea,70,north,4\n")
    with pytest.raises(GeodataError, match=r"map_names\.csv: not a table of names"):
        with_names(BASE_MAP, path)


def test_rendering_is_quick() -> None:
    map_page(example_comparison(), base_map=BASE_MAP).html()
    start = time.process_time()
    map_page(example_comparison(), base_map=BASE_MAP).html()
    assert time.process_time() - start < 0.5


def test_popup_and_panel_say_who_sails() -> None:
    comparison = example_comparison()
    first, second, *rest = comparison.routes
    chartered = replace(LOOP_OFFER, sections=(("Shanghai to Hamburg", Listing.CHARTERED),))
    routes = (replace(first, offer=LOOP_OFFER), replace(second, offer=chartered), *rest)
    comparison = replace(comparison, routes=routes)
    html = map_page(comparison, base_map=BASE_MAP).html()
    shown = _content(html)["routes"][0]
    assert shown["sails"] == ["scheduled", "1 a week"]
    assert shown["lines"] == ["LL3 <b> (Ocean Alliance), 1 a week, last seen 2023-08"]
    rows = [row for _, rows in _content(html)["answers"][0]["groups"] for row in rows]
    assert [row["sails"] for row in rows[:2]] == ["1 a week", "1 a week, chartered"]
    assert [route["role"] for route in _content(html)["routes"]] == ["sea", "sea", "rail"]


def test_a_cost_is_printed_as_in_the_table() -> None:
    route = example_comparison().routes[0]
    # Over 1,110 and a half, but not in whole cents, as files have it.
    line = route.cost_lines[0]
    lines = tuple(replace(line, usd_per_teu=usd) for usd in (1_110.1, *(0.1004,) * 4))
    half = replace(route, cost_lines=lines)
    assert half.cost_usd_per_teu == pytest.approx(1_110.5016)
    (row,) = EVERY_OPTION.read([Beside(half, mark="usable")])
    assert printed_figures(half, 1.0)[0] == f"{row['USD per TEU']:,}" == "1,110"
    assert printed_figures(half, 2.0)[0] == "2,220"
