"""A map as a folium map, and the frame of its page that folium has drawn, hold the same."""

from __future__ import annotations

from pathlib import Path

import folium
import pytest
from folium.plugins import HeatMap

from corridors.output.html.map.content import map_page
from corridors.output.html.map.flow_content import flow_page
from corridors.output.html.map.folium_page import DrawnMap, drawn_frame
from corridors.output.html.map.map_frame import (
    FRAME,
    LAYER,
    MAP,
    Layer,
    MapPage,
    filled,
    shipped_frame,
)
from corridors.output.html.page_shell import asset
from tests.output.fixtures import example_comparison
from tests.output.html.map.base_map import BASE_MAP
from tests.output.html.map.flows import example_allocation

NAMES = ("<b>Suez</b> & the Cape's", "{{ 1 }} ${script}", "\u91cd\u5e86")
SHAPE = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [9, 50]}}


def page(count: int) -> MapPage:
    return MapPage(
        title="Ports & $title",
        panel="<aside>$panel ${head}</aside>",
        scripts=(f"var one = {MAP};", "one.setView();"),
        layers=tuple(
            Layer(name=name, script=f"one.fill({LAYER}, '$1');") for name in NAMES[:count]
        ),
        last="one.finish();",
        assets=("map.js",),
    )


def test_the_shipped_frame_is_the_one_that_folium_draws() -> None:
    assert asset("map", FRAME) == drawn_frame().to_json(), (
        "run `python -m corridors.output.html.map.folium_page`, then `make maps`"
    )
    assert shipped_frame() == drawn_frame()


@pytest.mark.parametrize("count", [1, 3])
def test_a_filled_frame_is_the_page_that_folium_renders(count: int) -> None:
    assert filled(shipped_frame(), page(count)) == DrawnMap(page(count)).html
    assert filled(drawn_frame("osm"), page(count)) == DrawnMap(page(count), "osm").html


def test_a_folium_map_is_saved_as_the_page_of_the_command(tmp_path: Path) -> None:
    comparison = example_comparison()
    drawn = DrawnMap(map_page(comparison, base_map=BASE_MAP))
    groups = [one for one in drawn._children.values() if isinstance(one, folium.FeatureGroup)]
    assert groups[0].layer_name == "Suez Canal"
    assert len(groups) == len(comparison.usable) + 1
    file = drawn.save(tmp_path / "map.html")
    written = file.read_text(encoding="utf-8")
    assert written == map_page(comparison, base_map=BASE_MAP).html() == drawn.html
    flows = flow_page(example_allocation(tmp_path), base_map=BASE_MAP)
    assert DrawnMap(flows).html == filled(shipped_frame(), flows)


def test_what_a_user_adds_is_in_the_page() -> None:
    drawn = DrawnMap(page(2))
    assert "default-src 'none'" in drawn.html
    assert "https://" not in drawn.html.replace("https://leafletjs.com", "").split("<body>")[1]
    folium.GeoJson(SHAPE, name="My depot").add_to(drawn)
    HeatMap([[50.0, 9.0, 1.0]]).add_to(drawn)  # type: ignore[no-untyped-call]
    folium.TileLayer("OpenStreetMap").add_to(drawn)
    folium.LayerControl().add_to(drawn)
    html = drawn.html
    assert "default-src" not in html
    for part in ("L.heatLayer(", "tile.openstreetmap.org", '"My depot"', "jquery", "L.geoJson("):
        assert part in html, part
    # A control of layers has the corridors too, and Leaflet is in the page once.
    assert '"\\u91cd' not in html
    assert html.count("leaflet@1.9.3") == 0
    assert drawn.html == html
