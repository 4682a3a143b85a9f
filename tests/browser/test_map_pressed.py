"""The map under the mouse, a finger and the keyboard, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Witness, watched
from tests.browser.maps import (
    GLOBE_ROOT,
    MAP_LABELS,
    calm,
    card_title,
    free_points,
    overlaps,
    probe,
    some_of,
    titles,
)
from tests.conftest import in_both

pytestmark = pytest.mark.browser

# The strands of routes on one track lie 3.6 px apart.
LANE_PX = 3.0


@pytest.fixture(scope="module")
def phone_page(browser: Browser, written: Path) -> Iterator[Witness]:
    with watched(browser, 390, 844, touch=True) as kept:
        kept.open(written / "map.html")
        yield kept


@pytest.fixture
def desk(desk_page: Witness) -> Page:
    return calm(desk_page)


@pytest.fixture
def phone(phone_page: Witness) -> Page:
    return calm(phone_page)


def centre(page: Page) -> list[float]:
    return list(
        page.evaluate("() => [map_1.getCenter().lat, map_1.getCenter().lng, map_1.getZoom()]")
    )


def look(page: Page, lat: float, lon: float, zoom: float) -> None:
    page.evaluate(f"() => {{ map_1.setView([{lat}, {lon}], {zoom}, {{animate: false}}); }}")
    page.wait_for_timeout(60)


@in_both
def test_a_press_of_the_mouse_opens_the_route_under_it(desk: Page) -> None:
    names = titles(desk)
    points = free_points(desk)
    assert len(points) == len(names)
    pressed = [(at, *point) for at, point in points.items() if point[2] >= LANE_PX]
    for route, x, y, _ in some_of(pressed):
        # As a hand does: it comes from the side, the route lights up, the button goes down and up.
        desk.mouse.move(x + 40, y + 25)
        desk.mouse.move(x, y, steps=3)
        assert names[route] in desk.inner_text(".tip")
        desk.mouse.down()
        desk.mouse.up()
        assert card_title(desk) == names[route]
        assert "→" in desk.inner_text("#card .leg-name")
        desk.keyboard.press("Escape")
        assert card_title(desk) == ""
    assert len(pressed) >= len(names) - 2


@in_both
def test_a_finger_opens_the_route_under_it(phone: Page) -> None:
    names = titles(phone)
    points = free_points(phone)
    # Two taps within 300 ms zoom, which no reader of cards does.
    phone.evaluate("() => { map_1.doubleClickZoom.disable(); }")
    pressed = [(at, *point) for at, point in points.items() if point[2] >= LANE_PX]
    assert len(pressed) >= 8
    for route, x, y, free in some_of(pressed):
        # A finger that is off by 7 px still means the only strand there.
        off = 7.0 if free >= 25 else 0.0
        phone.touchscreen.tap(x, y + off)
        assert card_title(phone) == names[route], (x, y, free)
        phone.click("#card .close")


@pytest.mark.long
def test_a_finger_opens_routes_of_the_globe(phone: Page) -> None:
    names = titles(phone)
    phone.click("[data-view=arctic]")
    phone.wait_for_timeout(100)
    points = {k: v for k, v in free_points(phone, GLOBE_ROOT).items() if v[2] > LANE_PX}
    assert len(points) >= 5
    for route, (x, y, _) in points.items():
        phone.touchscreen.tap(x, y)
        assert card_title(phone) == names[route]
        phone.click("#card .close")


def test_a_place_opens_with_its_routes(desk: Page) -> None:
    boxes = probe(desk, "middles", "path.place.end")
    x, y = next((x, y) for x, y in boxes if 480 < x < 1390)
    desk.mouse.click(x, y)
    assert desk.locator("#card .place-popup .user").count() > 3


def test_routes_are_one_named_stop_each_with_arrow_keys_between(desk: Page) -> None:
    names = titles(desk)
    stops = desk.locator(".leaflet-map-pane [tabindex='0']")
    labels = stops.evaluate_all("all => all.map((one) => one.getAttribute('aria-label'))")
    assert len(labels) == len(names)
    assert sorted(label.split(": USD")[0] for label in labels) == sorted(names)
    desk.focus(".leaflet-container")
    desk.keyboard.press("Tab")
    first = desk.evaluate("() => document.activeElement.dataset.route")
    desk.keyboard.press("ArrowDown")
    second = desk.evaluate("() => document.activeElement.dataset.route")
    assert first is not None
    # Who sees the page reads the name of what has the focus.
    assert desk.inner_text(".tip") == names[int(second or 0)]
    assert second not in (None, first)
    before = centre(desk)
    desk.keyboard.press("Enter")
    assert card_title(desk) == names[int(second)]
    assert centre(desk) == before
    desk.keyboard.press("Escape")
    assert desk.evaluate("() => document.activeElement.dataset.route") == second
    # A route that is not shown is no stop.
    desk.click("[data-pick=best]")
    desk.wait_for_timeout(60)
    assert stops.count() == 1


def test_the_page_has_a_language_a_landmark_and_can_be_zoomed(desk: Page) -> None:
    assert desk.get_attribute("html", "lang") == "en"
    assert desk.locator("main").count() == 1
    viewport = str(desk.get_attribute("meta[name=viewport]", "content"))
    assert "user-scalable" not in viewport
    assert "maximum-scale" not in viewport
    assert probe(desk, "smallButtons") == []
    names = [f"Details of {name}" for name in titles(desk)]
    assert len(set(names)) == len(names)


def test_nothing_covers_the_button_that_closes_the_card(desk: Page) -> None:
    names = titles(desk)
    for wanted in ("Northern Sea Route", "Panama Canal"):
        before = centre(desk), desk.inner_text(".map-scale")
        desk.locator(f"#layers [data-route='{names.index(wanted)}']").click()
        assert card_title(desk) == wanted
        # The card lies beside the map: neither its middle nor its scale jumps.
        assert (centre(desk), desk.inner_text(".map-scale")) == before
        box = desk.locator("#card .close").bounding_box()
        assert box is not None
        desk.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        assert card_title(desk) == ""


def test_the_scale_says_its_latitude(desk: Page) -> None:
    look(desk, 0.0, 100.0, 4)
    at_equator = desk.inner_text(".map-scale")
    look(desk, 75.0, 100.0, 4)
    assert at_equator.endswith("at 0° N")
    assert desk.inner_text(".map-scale").endswith("at 75° N")
    desk.reload()
    desk.wait_for_selector("main[data-drawn]")


@pytest.mark.parametrize(
    ("lat", "lon", "zoom"), [(None, 0, 0), (50, 60, 4), (51, 12, 6), (69, 170, 4)]
)
def test_labels_are_whole_and_apart(desk: Page, lat: float | None, lon: float, zoom: float) -> None:
    if lat is not None:
        look(desk, lat, lon, zoom)
    count, found = overlaps(desk, MAP_LABELS)
    assert count > 5
    assert found == []
    desk.evaluate("() => { map_1.setView([38, 70], 2.5, {animate: false}); }")


def test_countries_seas_and_cities_have_names(desk: Page) -> None:
    look(desk, 44.0, 56.0, 5)
    texts = desk.locator(MAP_LABELS).all_inner_texts()
    assert {"Kazakhstan", "Uzbekistan", "Caspian Sea"} <= set(texts)
    look(desk, 23.0, 114.0, 6)
    assert "Shenzhen" in desk.locator(MAP_LABELS).all_inner_texts()


def test_a_route_that_leaves_both_edges_says_so(desk_page: Witness) -> None:
    page = desk_page.page
    page.reload()
    page.wait_for_selector("main[data-drawn]")
    desk_page.settle()
    texts = page.locator(".edge").all_inner_texts()
    assert texts == ["Panama Canal, on to Hamburg ▸", "◂ Panama Canal, from Shanghai"]
    page.locator(".edge").first.click()
    assert page.locator("#globe").is_visible()
    assert card_title(page) == "Panama Canal"


def test_a_phone_opens_with_the_panel_folded_and_both_ends_in_view(phone_page: Witness) -> None:
    page = phone_page.page
    page.reload()
    page.wait_for_selector("main[data-drawn]")
    phone_page.settle()
    assert not page.locator("#layers").is_visible()
    assert page.locator("#panel h1").is_visible()
    ends = page.locator("path.place.end").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect()).map((b) => [b.left, b.top])"
    )
    inside = [(x, y) for x, y in ends if 0 < x < 390 and 60 < y < 660]
    assert len(inside) >= 2
    # As far apart as a hand can use: more than half of the screen.
    assert max(x for x, _ in inside) - min(x for x, _ in inside) > 200
    page.click("#fold")
    assert page.locator("#layers").is_visible()
    page.locator("#layers [data-route]").first.click()
    assert card_title(page) != ""
    assert not page.locator("#layers").is_visible()
    wide = page.locator("#card .scrolls:has(.cost-lines)")
    assert wide.evaluate("one => one.scrollWidth > one.clientWidth")
    # A shadow at its edge says that there is more, and a keyboard can move it.
    assert wide.get_attribute("tabindex") == "0"
    assert "gradient" in wide.evaluate("one => getComputedStyle(one).backgroundImage")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("which", ["desk_page", "phone_page"])
def test_axe_finds_nothing_and_the_console_is_silent(
    which: str, request: pytest.FixtureRequest
) -> None:
    witness: Witness = request.getfixturevalue(which)
    page, colours = calm(witness), which == "desk_page"
    # The map, and a card beside it; the globe has the rest of the page as it is.
    page.evaluate("() => document.querySelector('#layers [data-route]').click()")
    assert witness.violations(colours=colours) == []
    page.click("#card .close")
    page.click("[data-view=globe]")
    witness.settle()
    assert witness.violations(colours=colours) == []
    assert witness.complaints() == []


def test_the_first_drawing_takes_less_than_a_second(desk_map: tuple[Witness, float]) -> None:
    # CPU seconds of the page: what else runs on the machine does not count.
    assert 0.0 < desk_map[1] < 1.0, desk_map[1]
