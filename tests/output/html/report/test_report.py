"""The report of a comparison: it adds up, holds its sources, and keeps every text inert."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace

import numpy as np
import pytest
from bokeh.core.serialization import Deserializer
from bokeh.plotting import figure

from corridors.domain.results import Candidate
from corridors.output.comparison import Comparison
from corridors.output.html.encode import rounded, script_json
from corridors.output.html.report.parts import cost_title, time_title
from corridors.output.html.report.single import render_report
from tests.output.fixtures import HOSTILE, LOOP_OFFER, example_comparison, hostile_comparison
from tests.output.html.report.reading import Page, columns_of
from tests.output.html.report.sweeps import HOSTILES

MAX_BYTES = 4 * 1024 * 1024
SOURCES = {"sca-tariff-2025": "Suez Canal Authority, tariff of 2025", "fueleu": "FuelEU <b>"}
COMMAND = "corridors compare x.yaml --out out"


@pytest.fixture(scope="module")
def html() -> str:
    return render_report(example_comparison(), sources=SOURCES, command=COMMAND)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_the_table_ranks_every_corridor_with_why_one_is_closed(page: Page) -> None:
    rows = page.rows("4 corridors by cost")
    assert rows[0] == [
        "1. Suez Canal recommended",
        "usable",
        *("978", "—", "—", "1,956", "—", "782 to 1,271", "28.2", "35.8", "20,100", "0.89"),
        *("", "0", "0"),
    ]
    assert rows[2][-2:] == ["2", "1"]
    assert rows[3] == [
        "Northern Sea Route",
        "closed: Kara Sea North-East: ice refuses class Ice1 until July; next usable 12 July 2027",
        *["—"] * 13,
    ]


def test_the_report_says_who_sails_an_option() -> None:
    comparison = example_comparison()
    suez = replace(comparison.routes[0], offer=LOOP_OFFER)
    html = render_report(
        replace(comparison, routes=(suez, *comparison.routes[1:])), sources=SOURCES, command=COMMAND
    )
    page = Page(html)
    assert page.rows("4 corridors by cost")[0][12] == "scheduled, 1 a week"
    assert page.rows("Lines known to cover the main carriage on its date") == [
        ["LL3 <b>", "Ocean Alliance", "scheduled", "1 a week", "2023-08 (old)", "fueleu"]
    ]


def test_bars_add_up_to_the_figures_of_the_table(page: Page) -> None:
    charts = page.charts()
    costs = columns_of(charts["chart-cost"], "HBar")
    # Suez is the first row: fuel, ship time, toll and handling in the order of the legend.
    mine = [
        (part["part"][0], size)
        for part in costs
        for row, size in zip(part["y"], part["size"], strict=True)
        if row == 0
    ]
    assert dict(mine) == {
        "Ship time": 192.2,
        "Marine fuel": 372.0,
        "Canal tolls": 48.0,
        "Terminals and transhipment": 365.8,
    }
    assert columns_of(charts["chart-cost"], "Text")[0]["text"] == ["978", "911", "3,014"]
    assert columns_of(charts["chart-time"], "Text")[0]["text"] == ["35.8", "43.2", "23.9"]
    assert columns_of(charts["chart-emissions"], "Text")[0]["text"] == ["0.89", "1.13", "0.50"]


def test_the_front_is_the_steps_that_nothing_beats() -> None:
    comparison = replace(
        example_comparison(),
        front=(
            _point("suez", 978.0, 35.75),
            _point("suez", 1500.0, 30.0),
            _point("panama", 2000.0, 32.0),  # dearer and slower than the second route of Suez
        ),
    )
    chart = Page(render_report(comparison, sources={})).charts()["chart-front"]
    (steps,) = columns_of(chart, "Step")
    assert [round(x, 1) for x in steps["x"]] == [23.9, 30.0, 35.8, 43.2]
    assert steps["y"] == [3014.5, 1500.0, 978.0, 911.3]
    small, large = columns_of(chart, "Scatter")
    assert len(small["x"]) == 3
    assert len(large["x"]) == 3


def test_the_weakest_lines_come_largest_first_with_their_share(page: Page) -> None:
    rows = page.rows("Cost lines based on assumptions or recalled figures, largest first")
    # 60 of 3,014.5 USD.
    assert rows == [
        [
            "Change of gauge at Dostyk",
            *("assumption", "assumption", "1", "60", "48 to 78", "2 %"),
            "Kazakhstan by Dostyk",
        ]
    ]


def test_details_sources_warnings_and_the_way_back_are_there(page: Page) -> None:
    text = " ".join(page.texts("main"))
    assert "sca-tariff-2025 Suez Canal Authority, tariff of 2025" in text
    assert "fueleu FuelEU <b>" in text
    assert "Canals, straits and capes: Malacca, Suez, Gibraltar." in text
    assert "Transit of Belarus: sanctions apply to some goods. Kazakhstan by Dostyk" in text
    assert "Rates of 2024 are used for rail in China." in text
    assert page.texts("pre") == [COMMAND]
    keys = {row[0]: row[1] for row in page.rows("All values of the scenario")}
    assert keys["limits.max_transit_days"] == "40"
    assert keys["shipment.equipment"] == "40HC"
    assert "closures" not in keys
    versions = {row[0]: row[1] for row in page.rows("Versions and hashes")}
    assert versions["sha256 of the scenario"] == "ab" * 32
    assert "ODbL" in text
    assert "/somewhere/on/this/machine" not in text


def test_bokeh_accepts_every_chart(page: Page) -> None:
    assert set(page.charts()) == {"chart-cost", "chart-time", "chart-front", "chart-emissions"}
    for chart in page.charts().values():
        # Raises where a model, a property or a value is not Bokeh's.
        (root,) = Deserializer().deserialize(chart["doc"])["roots"]
        assert isinstance(root, figure)
        assert root.toolbar.logo is None


def test_the_page_loads_nothing_and_runs_only_its_own_scripts(html: str, page: Page) -> None:
    (policy,) = [
        attributes["content"]
        for tag, attributes, _ in page.elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert policy.count("sha256-") == len(page.scripts()) == 2
    assert "unsafe-eval" not in policy
    tags = {tag for tag, _, _ in page.elements}
    assert not tags & {"link", "img", "iframe", "object", "form"}
    assert not any("src" in attributes for _, attributes, _ in page.elements)
    assert len(html.encode()) <= MAX_BYTES


def test_every_table_has_a_caption_and_scoped_headings(page: Page) -> None:
    tags = [tag for tag, _, _ in page.elements]
    assert tags.count("caption") == tags.count("table")
    assert all("scope" in attributes for tag, attributes, _ in page.elements if tag == "th")
    images = [a for _, a, _ in page.elements if a.get("role") == "img"]
    assert len(images) == 4
    assert all(image["aria-label"] for image in images)


def test_the_same_comparison_gives_the_same_bytes(html: str) -> None:
    render_report(hostile_comparison(), sources={})
    assert render_report(example_comparison(), sources=SOURCES, command=COMMAND) == html
    assert not re.search(r'"id":"[0-9a-f]{8}-', html)


@pytest.mark.parametrize("text", [HOSTILE, *HOSTILES[:10]])
def test_hostile_texts_stay_text(text: str) -> None:
    calm = Page(render_report(_named("calm"), sources={"fueleu": "calm"}, command="calm"))
    page = Page(render_report(_named(text), sources={"fueleu": text}, command=text))
    assert [tag for tag, _, _ in page.elements] == [tag for tag, _, _ in calm.elements]
    assert len(page.scripts()) == 2
    assert not any(key.startswith("on") for _, a, _ in page.elements for key in a)
    assert page.texts("h1") == [text]
    assert text in page.answer()[0]
    assert page.texts("pre") == [text]
    assert columns_of(page.charts()["chart-cost"], "HBar")[0]["name"][0] == text


def test_a_chart_has_the_same_figures_however_a_sum_is_rounded() -> None:
    # Ten times 0.1 sum to 0.9999999999999999 before Python 3.12, and to 1.0 since.
    assert rounded({"end": (0.9999999999999999, 3)}) == {"end": [1.0, 3]}
    assert script_json(rounded([68.40583333333332])) == "[68.4058333333]"


def test_json_in_a_script_cannot_end_it() -> None:
    text = script_json({"name": "</script ><!--<script>\u2028&"})
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == {"name": "</script ><!--<script>\u2028&"}


def test_a_colour_that_is_none_is_grey() -> None:
    html = render_report(hostile_comparison(), sources={})
    assert "alert(2)" not in html
    assert "background:#555555" in html


def test_parts_not_known_by_name_keep_a_readable_one() -> None:
    assert cost_title("fuel.vlsfo") == "Marine fuel"
    assert cost_title("carbon_levy.eu") == "Carbon levy, eu"
    assert time_title("customs_hold") == "Customs hold"


def test_rendering_is_quick() -> None:
    comparison = example_comparison()
    render_report(comparison, sources={})
    start = time.process_time()
    render_report(comparison, sources={})
    assert time.process_time() - start < 0.3


def _named(text: str) -> Comparison:
    """Return the example with a text wherever a user's can stand."""
    calm = example_comparison(text)
    first = calm.routes[0]
    hostile = replace(
        first,
        title=text,
        steps=tuple(replace(step, from_name=text, to_name=text) for step in first.steps),
        cost_lines=tuple(replace(line, label=text, source_id=text) for line in first.cost_lines),
        passages=(text,),
        warnings=(text,),
    )
    closed = replace(calm.routes[-1], title=text, reason=text)
    return replace(
        calm,
        routes=(hostile, *calm.routes[1:-1], closed),
        warnings=(text,),
        decision=replace(calm.decision, binding=(text,)),
    )


def _point(corridor: str, usd: float, days: float) -> Candidate:
    return Candidate(
        corridor=corridor,
        cost_usd_per_teu=usd,
        days=days,
        transit_days=days - 8.0,
        co2e_kg_per_teu=900.0,
    )


def test_what_a_column_is_sorted_by_is_a_plain_short_number() -> None:
    comparison = example_comparison()
    line = replace(comparison.routes[0].cost_lines[0], low=np.float64(123.456789012345))
    first = replace(comparison.routes[0], cost_lines=(line, *comparison.routes[0].cost_lines[1:]))
    html = render_report(replace(comparison, routes=(first, *comparison.routes[1:])), sources={})
    keys = re.findall(r'data-sort="([^"]*)"', html)
    assert len(keys) > 20
    assert all(re.fullmatch(r"-?\d+(\.\d+)?", key) for key in keys)
    assert max(len(key.replace(".", "").strip("-0")) for key in keys) <= 7
