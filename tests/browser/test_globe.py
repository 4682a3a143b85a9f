"""The globe: true lengths, no cut, the same answers as the map."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from itertools import pairwise
from math import acos, asin, atan2, cos, degrees, pi, radians, sin, sqrt
from pathlib import Path

import pytest
import shapely
from playwright.sync_api import Page
from pyproj import Geod

from tests.browser.conftest import Witness
from tests.browser.maps import (
    GLOBE_LABELS,
    GLOBE_ROOT,
    calm,
    card_title,
    free_points,
    overlaps,
    probe,
    shown,
    some_of,
    titles,
)
from tests.conftest import in_both

pytestmark = pytest.mark.browser

GEOD = Geod(ellps="WGS84")
EARTH_KM = 6371.0088
NEAR = 0.005


@pytest.fixture
def globe(desk_page: Witness) -> Page:
    page = calm(desk_page)
    page.click("[data-view=globe]")
    desk_page.settle()
    return page


@pytest.fixture(scope="module")
def line_km(written: Path) -> dict[str, float]:
    """Return the km of each corridor's lines on WGS 84, as `legs.gpkg` has them."""
    found: dict[str, float] = {}
    with closing(sqlite3.connect(f"file:{written / 'legs.gpkg'}?mode=ro", uri=True)) as base:
        (table,) = base.execute(
            "select table_name from gpkg_contents where data_type = 'features' limit 1"
        ).fetchone()
        (column,) = base.execute(
            "select column_name from gpkg_geometry_columns where table_name = ?", (table,)
        ).fetchone()
        for corridor, blob in base.execute(f'select corridor, "{column}" from "{table}"'):
            # The header of a GeoPackage geometry: 8 bytes, then an envelope.
            envelope = (0, 32, 48, 48, 64)[(blob[3] >> 1) & 7]
            line = shapely.from_wkb(blob[8 + envelope :])
            found[corridor] = found.get(corridor, 0.0) + GEOD.geometry_length(line) / 1000
    return found


def corridors(page: Page) -> list[str]:
    html = page.content()
    return [part.split('"')[0] for part in html.split('{"corridor":"')[1:]]


def vectors(page: Page, route: int) -> list[list[list[float]]]:
    return list(page.evaluate(f"() => document.getElementById('globe').drawn({route})"))


def press_row(page: Page, route: int) -> None:
    row = f"#said .row[data-route='{route}']"
    page.evaluate(f'() => document.querySelector("{row}").click()')


def view(page: Page) -> dict[str, float]:
    return dict(shown(page, "() => document.getElementById('globe').view()"))


def test_every_corridor_is_drawn_as_long_as_it_is(globe: Page, line_km: dict[str, float]) -> None:
    ids = corridors(globe)
    assert len(ids) == len(titles(globe))
    for route, corridor in enumerate(ids):
        km = 0.0
        for leg in vectors(globe, route):
            lons = [degrees(atan2(y, x)) for x, y, _ in leg]
            lats = [degrees(asin(max(-1.0, min(1.0, z)))) for _, _, z in leg]
            km += float(GEOD.line_length(lons, lats)) / 1000
        assert km == pytest.approx(line_km[corridor], rel=NEAR), corridor


def test_every_card_says_how_long_its_lines_are(globe: Page, line_km: dict[str, float]) -> None:
    """Lines are 0.5 to 6 % shorter than the way; where by over 0.5 %, the card says in what."""
    for route, corridor in enumerate(corridors(globe)):
        press_row(globe, route)
        text = globe.inner_text("#card")
        km = float(re.findall(r"([\d,]+) km · ", text)[0].replace(",", ""))
        told = re.findall(r"([\d,]+) of ([\d,]+) km by (\w+)", text)
        missing = sum(float(w.replace(",", "")) - float(d.replace(",", "")) for d, w, _ in told)
        # What it tells of is all that is missing, but for 0.5 % of each family.
        assert km - line_km[corridor] == pytest.approx(missing, abs=NEAR * km + 2), corridor
        assert 0.94 < line_km[corridor] / km < 1.0, corridor
    globe.keyboard.press("Escape")


@pytest.mark.first_case
@pytest.mark.parametrize("corridor", ["panama", "suez", "kazakhstan-khorgos", "northern-sea-route"])
def test_what_is_on_the_screen_has_that_length_on_the_sphere(
    globe: Page, line_km: dict[str, float], corridor: str
) -> None:
    route = corridors(globe).index(corridor)
    press_row(globe, route)
    at = view(globe)
    text = globe.locator(f"#globe g[data-route='{route}'] path.route-line").evaluate_all(
        "all => all.map((one) => one.getAttribute('d')).join('')"
    )
    pieces = [piece.split("L") for piece in text.split("M")[1:]]
    assert pieces
    km = 0.0
    for piece in pieces:
        points = [tuple(map(float, pair.split())) for pair in piece]
        on_sphere = []
        for x, y in points:
            a, b = (x - at["middleX"]) / at["radius"], (at["middleY"] - y) / at["radius"]
            on_sphere.append((a, b, sqrt(max(0.0, 1.0 - a * a - b * b))))
        for one, other in pairwise(on_sphere):
            cosine = sum(p * q for p, q in zip(one, other, strict=True))
            chord = sqrt(sum((p - q) ** 2 for p, q in zip(one, other, strict=True)))
            km += EARTH_KM * (acos(min(1.0, cosine)) if chord > 0.1 else 2 * asin(chord / 2))
    # The whole route is on this side of the globe: also the one round the other side of the world.
    # WGS 84 and the sphere differ by up to 0.3 %.
    assert km == pytest.approx(line_km[corridor], rel=NEAR + 0.003)
    globe.keyboard.press("Escape")


@pytest.mark.first_case
@pytest.mark.parametrize(("width", "height"), [(390, 844), (1400, 900), (1024, 700)])
def test_labels_are_whole_and_apart(globe: Page, width: int, height: int) -> None:
    globe.set_viewport_size({"width": width, "height": height})
    for press in ("[data-view=globe]", "[data-view=arctic]"):
        globe.click(press)
        view(globe)
        count, found = overlaps(globe, GLOBE_LABELS)
        assert count > 1
        assert found == []
    globe.set_viewport_size({"width": 1400, "height": 900})


@in_both
def test_it_answers_the_mouse_as_the_map_does(globe: Page) -> None:
    names = titles(globe)
    points = {k: v for k, v in free_points(globe, GLOBE_ROOT).items() if v[2] > 3.0}
    assert len(points) >= 5
    for route, (x, y, _) in some_of([*points.items()]):
        globe.mouse.move(x + 30, y + 20)
        globe.mouse.move(x, y, steps=2)
        assert names[route] in globe.inner_text(".tip")
        globe.mouse.down()
        globe.mouse.up()
        assert card_title(globe).startswith(names[route])
        globe.keyboard.press("Escape")


def test_the_mouse_and_the_keyboard_turn_it_and_it_resets(globe: Page) -> None:
    first = view(globe)
    globe.focus("#globe")
    globe.keyboard.press("ArrowRight")
    assert view(globe)["lon"] == pytest.approx(first["lon"] + 12.0)
    globe.keyboard.press("ArrowUp")
    assert view(globe)["lat"] == pytest.approx(first["lat"] + 12.0)
    globe.keyboard.press("+")
    assert view(globe)["radius"] > first["radius"]
    globe.keyboard.press("p")
    assert view(globe)["lat"] == 90.0
    globe.keyboard.press("0")
    assert view(globe) == pytest.approx(first)
    globe.mouse.move(1000, 600)
    globe.mouse.down()
    globe.mouse.move(900, 600, steps=4)
    globe.mouse.up()
    turned = view(globe)["lon"] - first["lon"]
    assert turned == pytest.approx(100 / first["radius"] * 180 / pi, rel=0.1)
    globe.click("[aria-label='Reset the globe']")
    assert view(globe) == pytest.approx(first)


def test_each_sea_is_as_white_as_its_share_of_ice(globe: Page) -> None:
    """In the middle of each sea the tone of its tenths; north of it, in no sea, that of water."""
    # Kara, Laptev, East Siberian and Chukchi Sea, and north of the Laptev Sea.
    places = [(77.5, 85.0), (77.0, 125.0), (74.0, 160.0), (74.0, -170.0), (86.0, 125.0)]
    found = {}
    # The figures of the seas are folded under the shade of the worst.
    worst = "#months tr:has(.fold) td[data-cell='{}'] span"
    if globe.get_attribute("#months .fold", "aria-expanded") == "false":
        globe.click("#months .fold")
    for month in (0, 2, 5):
        globe.click(f"[data-month='{month}']")
        globe.click("[data-view=arctic]")
        at = view(globe)
        for number, (lat, lon) in enumerate(places):
            away = at["radius"] * sin(radians(90.0 - lat))
            angle = radians(lon - at["lon"])
            x, y = at["middleX"] + away * sin(angle), at["middleY"] + away * cos(angle)
            found[month, number] = probe(globe, "tone", x, y)[:3]
        shade, *cells = globe.locator(f"#months td.ice[data-cell='{month}']").all_inner_texts()
        assert shade == ""
        tone = globe.locator(worst.format(month)).evaluate("(one) => one.style.background")
        assert float(tone.split(",")[-1].rstrip(")")) == pytest.approx(
            0.055 * max(map(float, cells)), abs=0.006
        )
        water = [221, 231, 236]
        for number, cell in enumerate([*cells, "0"]):
            share = float(cell) / 10
            white = [round(one + share * (255 - one)) for one in water]
            assert found[month, number] == pytest.approx(white, abs=2), (month, number)
        seas = ("Kara Sea", "Laptev Sea", "East Siberian Sea", "Chukchi Sea")
        said = {f"{sea}: ice {cell}/10" for sea, cell in zip(seas, cells, strict=True)}
        globe.keyboard.press("+")
        labels = set(globe.locator("#globe .label.ice").all_inner_texts())
        assert labels <= said
    globe.click("[data-month='0']")
