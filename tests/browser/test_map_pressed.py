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

# Trains on one track are one line: its first route answers.
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
    pressed = [(at, *point) for at, point in points.items() if point[2] >= LANE_PX]
    for route, x, y, _ in some_of(pressed):
        # As a hand does: it comes from the side, the route lights up, the button goes down and up.
        desk.mouse.move(x + 40, y + 25)
        desk.mouse.move(x, y, steps=3)
        assert names[route] in desk.inner_text(".tip")
        desk.mouse.down()
        desk.mouse.up()
        assert card_title(desk).startswith(names[route])
        assert "→" in desk.inner_text("#card .leg-name")
        desk.keyboard.press("Escape")
        assert card_title(desk) == ""
    assert len(pressed) >= len(names) / 2


@in_both
def test_a_finger_opens_the_route_under_it(phone: Page) -> None:
    names = titles(phone)
    points = free_points(phone)
    # Two taps within 300 ms zoom, which no reader of cards does.
    phone.evaluate("() => { map_1.doubleClickZoom.disable(); }")
    pressed = [(at, *point) for at, point in points.items() if point[2] >= LANE_PX]
    assert len(pressed) >= 3
    lat, lon, zoom = centre(phone)
    for route, x, y, free in some_of(pressed):
        # The card of the last one went to its route.
        look(phone, lat, lon, zoom)
        # A finger that is off by 7 px still means the only strand there.
        off = 7.0 if free >= 25 else 0.0
        phone.touchscreen.tap(x, y + off)
        assert card_title(phone).startswith(names[route]), (x, y, free)
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
        assert card_title(phone).startswith(names[route])
        phone.click("#card .close")


def test_a_place_opens_with_its_routes(desk: Page) -> None:
    boxes = probe(desk, "middles", "path.place.end")
    x, y = next((x, y) for x, y in boxes if 480 < x < 1390)
    desk.mouse.click(x, y)
    assert desk.locator("#card .place-popup .user").count() > 3


def test_rows_are_the_buttons_of_routes(desk: Page) -> None:
    rows = desk.locator("#said .row")
    assert rows.count() == len(titles(desk))
    desk.locator("#said .change:is(button)").last.focus()
    desk.keyboard.press("Tab")
    route = desk.evaluate("() => document.activeElement.dataset.route")
    assert route == rows.first.get_attribute("data-route")
    # Its line lies over the others while it has the focus.
    assert desk.locator(f"path.route-line.lit[data-route='{route}']").count() == 1
    before = centre(desk)
    desk.keyboard.press("Enter")
    assert card_title(desk).startswith(titles(desk)[int(route)])
    assert centre(desk) == before
    desk.keyboard.press("Escape")
    assert desk.evaluate("() => document.activeElement.dataset.route") == route


def test_the_page_has_a_language_a_landmark_and_can_be_zoomed(desk: Page) -> None:
    assert desk.get_attribute("html", "lang") == "en"
    assert desk.locator("main").count() == 1
    viewport = str(desk.get_attribute("meta[name=viewport]", "content"))
    assert "user-scalable" not in viewport
    assert "maximum-scale" not in viewport
    assert probe(desk, "smallButtons") == []
    assert len(set(titles(desk))) == len(titles(desk))


def test_nothing_covers_the_button_that_closes_the_card(desk: Page) -> None:
    for wanted in ("Northern Sea Route", "Panama Canal"):
        before = centre(desk), desk.inner_text(".map-scale")
        desk.locator("#said .row", has_text=wanted).click()
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
    assert count > 3
    assert found == []
    desk.evaluate("() => { map_1.setView([38, 70], 2.5, {animate: false}); }")


def test_countries_seas_and_cities_have_names(desk: Page) -> None:
    look(desk, 44.0, 56.0, 5)
    texts = desk.locator(MAP_LABELS).all_inner_texts()
    assert {"Kazakhstan", "Uzbekistan", "Caspian Sea"} <= set(texts)
    # Inland: where a line runs, its name may lie on that of a city.
    look(desk, 29.0, 108.0, 6)
    assert "Chongqing" in desk.locator(MAP_LABELS).all_inner_texts()


def test_a_phone_has_the_answer_in_a_sheet_and_both_ends_above_it(phone_page: Witness) -> None:
    page = phone_page.page
    page.goto("about:blank")
    phone_page.page.goto(phone_page.opened)
    page.wait_for_selector("main[data-drawn]")
    phone_page.settle()
    assert page.locator("#panel h1").is_visible()
    sheet = page.locator("#panel").bounding_box()
    assert sheet is not None
    ends = page.locator("path.place.end").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect()).map((b) => [b.left, b.top])"
    )
    inside = [(x, y) for x, y in ends if 0 < x < 390 and 50 < y < sheet["y"]]
    assert len(inside) >= 2
    # As far apart as a hand can use: more than half of the screen.
    assert max(x for x, _ in inside) - min(x for x, _ in inside) > 200
    before = centre(page)
    page.locator("#said .row").last.click()
    assert card_title(page) != ""
    # A card goes to its route.
    assert centre(page) != before
    wide = page.locator("#card .scrolls:has(.cost-lines)")
    assert wide.evaluate("one => one.scrollWidth > one.clientWidth")
    # A shadow at its edge says that there is more, and a keyboard can move it.
    assert wide.get_attribute("tabindex") == "0"
    assert "gradient" in wide.evaluate("one => getComputedStyle(one).backgroundImage")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    page.click("#card .close")
    page.click("#grip")
    folded = page.locator("#panel").bounding_box()
    assert folded is not None
    assert folded["height"] < sheet["height"] / 2
    page.click("#grip")
    # A finger draws it down, and up again.
    for px, low in ((120, True), (-120, False)):
        drawn_by(page, "#grip", px)
        assert page.locator("#panel.low").count() == low


def drawn_by(page: Page, selector: str, px: float) -> None:
    """Draw what a finger is put on down by so many px."""
    box = page.locator(selector).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *points: dict[str, float]) -> None:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    touch("touchStart", {"x": x, "y": y})
    for part in (0.3, 0.6, 1.0):
        touch("touchMove", {"x": x, "y": y + part * px})
    touch("touchEnd")
    page.wait_for_timeout(100)


@pytest.mark.parametrize("which", ["desk_page", "phone_page"])
def test_axe_finds_nothing_and_the_console_is_silent(
    which: str, request: pytest.FixtureRequest
) -> None:
    witness: Witness = request.getfixturevalue(which)
    page, colours = calm(witness), which == "desk_page"
    # The map, and a card beside it; the globe has the rest of the page as it is.
    page.evaluate("() => document.querySelector('#said .row').click()")
    assert witness.violations(colours=colours) == []
    if colours:
        page.emulate_media(color_scheme="dark")
        assert witness.violations(colours=True) == []
        page.emulate_media(color_scheme="light")
    page.click("#card .close")
    page.click("[data-view=globe]")
    witness.settle()
    assert witness.violations(colours=colours) == []
    assert witness.complaints() == []


def test_the_first_drawing_takes_less_than_a_second(desk_map: tuple[Witness, float]) -> None:
    # CPU seconds of the page: what else runs on the machine does not count.
    assert 0.0 < desk_map[1] < 1.0, desk_map[1]
