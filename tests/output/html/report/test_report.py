"""The report of a comparison: it adds up, holds its sources, and keeps every text inert."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from corridors.domain.allocation import PricedRoute, PriceRow, Slider, Term, WhatIf
from corridors.domain.results import Candidate
from corridors.domain.values import ChainPart
from corridors.output.comparison import Comparison
from corridors.output.html.palette import painted, rounded, script_json
from corridors.output.html.report import details
from corridors.output.html.report.charts import (
    MARK_PX,
    NARROWEST_PX,
    SCATTER_HEIGHT_PX,
    Area,
    declutter,
)
from corridors.output.html.report.details import render_report
from corridors.output.html.report.parts import cost_title, time_title
from tests.output.fixtures import HOSTILE, LOOP_OFFER, example_comparison, hostile_comparison
from tests.output.html.report.reading import Page
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
    rows = page.rows("3 ways by cost")
    # Per box, as the answer: 978 USD and 0.89 t per TEU are 1,960 and 1.78 per 40'.
    assert rows[0] == [
        "1. Suez Canal recommended",
        *("", "—", "—", "1,960", "1,560\u20132,540", "28", "36", "1.78", ""),
    ]
    # Ten columns: km, borders and warnings of a way are under its lines.
    assert {len(row) for row in rows} == {10}
    assert page.rows("Closed") == [
        [
            "Northern Sea Route",
            "closed: Kara Sea North-East: ice refuses class Ice1 until July; next usable 12 July"
            " 2027",
        ]
    ]


def test_the_report_says_who_sails_an_option() -> None:
    comparison = example_comparison()
    suez = replace(comparison.routes[0], offer=LOOP_OFFER)
    html = render_report(
        replace(comparison, routes=(suez, *comparison.routes[1:])), sources=SOURCES, command=COMMAND
    )
    page = Page(html)
    assert page.rows("3 ways by cost")[0][9] == "1 a week"
    assert page.rows("Lines known to cover the main carriage on its date") == [
        [
            *("LL3 <b>", "Ocean Alliance", "scheduled", "1 a week", "2023-08 (old)"),
            "[5] FuelEU <b>",
        ]
    ]


def test_bars_add_up_to_the_figures_of_the_table(page: Page) -> None:
    heads, rows = page.figures("USD/40' by part")
    # Suez is the first row: ship, fuel, toll and handling in the order of the legend.
    mine = {head: cell for head, cell in zip(heads, rows[0], strict=True) if cell != "0"}
    assert mine == {
        "Corridor": "Suez Canal",
        "Ship": "384",
        "Ship fuel": "744",
        "Canals, ice, war risk": "96",
        "Ports and terminals": "732",
        "Sum, USD/40'": "1,956",
        "low to high": "1,565 to 2,543",
    }
    assert page.texts("span", "sum")[:3] == ["1,956", "1,823", "6,029"]
    days = page.figures("Days from gate-in")
    assert [row[-1] for row in days[1]] == ["35.8", "43.2", "23.9"]
    assert [row[-1] for row in page.figures("Tonnes of CO₂e")[1]] == ["1.78", "2.26", "0.99"]


def test_a_bar_is_as_long_as_its_figure(page: Page) -> None:
    """The pieces of the dearest corridor end at its sum, and its range at the end of the axis."""
    tracks = [text for tag, a, text in page.elements if a.get("class") == "track"]
    assert len(tracks) >= 9
    start = next(i for i, (_, a, _) in enumerate(page.elements) if a.get("id") == "chart-cost")
    width = []
    for tag, attributes, _ in page.elements[start + 1 :]:
        if attributes.get("class") == "axis":
            break
        if attributes.get("class") == "bar":
            width.append([0.0, 0.0])
        elif tag == "i":
            width[-1][0] += _length(attributes, "width")
        elif attributes.get("class") == "span":
            width[-1][1] = _length(attributes, "left") + _length(attributes, "width")
    # 3,014.5 USD, up to 3,918.9, the highest of all: the axis ends there.
    assert width[2][0] == pytest.approx(100 * 3014.5 / 3918.9, abs=0.1)
    assert width[2][1] == pytest.approx(100.0, abs=0.02)
    assert width[0][0] == pytest.approx(100 * 978.0 / 3918.9, abs=0.1)


def _length(attributes: dict[str, str], what: str) -> float:
    found = re.search(rf"{what}:([\d.]+)%", attributes["style"])
    assert found is not None
    return float(found[1])


def test_the_front_is_the_steps_that_nothing_beats() -> None:
    comparison = replace(
        example_comparison(),
        front=(
            _point("suez", 978.0, 35.75),
            _point("suez", 1500.0, 30.0),
            _point("panama", 2000.0, 32.0),  # dearer and slower than the second route of Suez
        ),
    )
    page = Page(render_report(comparison, sources={}))
    _, rows = page.figures("Each way's cheapest route")
    assert [row[1:3] for row in rows[3:]] == [
        ["35.8", "1,956"],
        ["30.0", "3,000"],
        ["32.0", "4,000"],
    ]
    steps = [a for tag, a, _ in page.elements if tag == "line" and a.get("class") == "front"]
    # Four points: 23.9 days, 30.0, 35.8 and 43.2; between two of them to the right, then down.
    assert len(steps) == 6
    assert all(one["x2"] == two["x1"] for one, two in pairwise(steps))
    assert len([a for tag, a, _ in page.elements if a.get("class") == "small"]) == 3
    assert len([a for tag, a, _ in page.elements if a.get("class") == "large"]) == 3


def test_a_figure_of_an_axis_stands_where_a_point_of_that_value_does() -> None:
    area = Area.over((20.0, 60.0), (0.0, 10.0))
    dot = area.dot(30.0, 8.0, colour="#000000", tip="")
    page = Page(area.html(dot, x_label="days", y_label="USD"))
    across, up = (
        {"".join(text): a[at] for tag, a, text in page.elements if tag == "text" and a[by] == of}
        for at, by, of in (("x", "y", "100%"), ("y", "x", "0%"))
    )
    (point,) = (a for tag, a, _ in page.elements if tag == "circle")
    assert (point["cx"], point["cy"]) == (across["30"], up["8"]) == ("25.00%", "20.00%")
    lines = [a for tag, a, _ in page.elements if a.get("class") == "grid"]
    assert {a["x1"] for a in lines if a["y1"] == "0%"} == {*across.values()}
    assert {a["y1"] for a in lines if a["x1"] == "0%"} == {*up.values()}


def test_marks_on_one_spot_move_apart_and_stay_on_the_page() -> None:
    spot = [(0.5, 0.5)] * 12 + [(0.51, 0.52), (0.0, 0.0), (1.0, 1.0)]
    shifts = declutter(spot)
    assert shifts[0] == 0.0
    placed = [
        (x * NARROWEST_PX, y * SCATTER_HEIGHT_PX + shift)
        for (x, y), shift in zip(spot, shifts, strict=True)
    ]
    for i, (x, y) in enumerate(placed):
        assert 0 <= y <= SCATTER_HEIGHT_PX
        for other_x, other_y in placed[:i]:
            assert abs(x - other_x) >= MARK_PX or abs(y - other_y) >= MARK_PX


def test_the_weakest_lines_come_largest_first_with_their_share(page: Page) -> None:
    rows = page.rows("Cost lines based on assumptions or recalled figures, largest first")
    # 120 of 6,029 USD.
    assert rows == [
        [
            "Change of gauge at Dostyk",
            *("assumption", "assumption", "1", "120", "96 to 156", "2 %"),
            "Kazakhstan by Dostyk",
        ]
    ]


def test_details_sources_warnings_and_the_way_back_are_there(page: Page) -> None:
    text = " ".join(page.texts("main"))
    assert "Suez Canal Authority, tariff of 2025 sca-tariff-2025" in text
    assert "FuelEU <b> fueleu" in text
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


def test_a_source_is_a_link_to_its_row_in_the_list(html: str, page: Page) -> None:
    links = [a["href"] for tag, a, _ in page.elements if tag == "a" and a.get("class") == "cite"]
    rows = {f"#{a['id']}" for tag, a, _ in page.elements if a.get("id", "").startswith("source-")}
    assert len(set(links)) > 3
    assert set(links) < rows  # emissions cite one more
    assert "] Suez Canal Authority, tariff of…</a>" in html
    (row,) = [text for text in page.texts("li") if text.endswith(" sca-tariff-2025")]
    assert row.partition(" ")[2] == "Suez Canal Authority, tariff of 2025 sca-tariff-2025"


def test_a_city_and_its_terminal_of_one_name_are_told_apart() -> None:
    assert details._ends(ChainPart.PRE, "Hamburg", "Hamburg") == (
        "Hamburg, city",
        "Hamburg, terminal",
    )
    assert details._ends(ChainPart.ON, "Hamburg", "Hamburg") == (
        "Hamburg, terminal",
        "Hamburg, city",
    )
    assert details._ends(ChainPart.ON, "Koper", "Munich") == ("Koper", "Munich")


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
    assert page.figures("USD/40' by part")[1][0][0] == text


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
    assert painted("red;}alert(2)") == "#555555"


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


def test_a_report_without_a_usable_route_has_no_sliders_and_no_script_for_them() -> None:
    nothing = WhatIf(sliders=(), routes=(), quoted={}, floor=None)
    page = Page(render_report(replace(example_comparison(), what_if=nothing), sources={}))
    assert len(page.scripts()) == 2
    assert "What if prices change" not in page.texts("h2")


def test_sliders_of_hostile_names_stay_text() -> None:
    row = PriceRow(parameter="ets.price_eur_per_t", scope=None, value=84.0, unit=HOSTILE)
    slider = Slider(id="allowances", title=HOSTILE, usual=1.0, low=0.0, high=3.0, rows=(row,))
    route = PricedRoute(
        corridor="suez", days=35.0, terms=(Term("ets", 20.0, ("allowances",)),), lane=""
    )
    made = WhatIf(sliders=(slider,), routes=(route,), quoted={}, floor=None)
    page = Page(render_report(replace(example_comparison(), what_if=made), sources={}))
    assert page.texts("label")[0] == HOSTILE
    assert not [tag for tag, _, _ in page.elements if tag == "img"]
    assert len(page.scripts()) == 3
    (data,) = [t for tag, a, t in page.elements if a.get("id") == "whatif-data"]
    assert json.loads("".join(data))["routes"][0]["terms"] == [[8, 20.0, [0]]]
