"""The frame of a map's page: as folium draws it, and filled as folium renders a map."""

from __future__ import annotations

from html import escape

import folium
import pytest

from corridors.output.html.map.folium_page import (
    MapScript,
    drawn_frame,
    offline_map,
    rendered,
    scripted_layer,
)
from corridors.output.html.map.map_frame import (
    FRAME,
    Frame,
    Layer,
    filled,
    head_of,
    shipped_frame,
)
from corridors.output.html.page_shell import asset, policy_of

TITLE = "Ports & $title"
PANEL = "<aside>$panel ${head}</aside>"
ASSETS = ("map.js",)
LABELS = ("<b>Suez</b> & the Cape's", "C:\\ports, $5", "\u91cd\u5e86")
TILES = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"


def test_the_shipped_frame_is_the_one_that_folium_draws() -> None:
    assert asset("map", FRAME) == drawn_frame().to_json(), (
        "run `python -m corridors.output.html.map.folium_page`, then `make maps`"
    )
    assert shipped_frame() == drawn_frame()


@pytest.mark.parametrize("count", [1, 3])
def test_a_filled_frame_is_the_page_that_folium_renders(count: int) -> None:
    assert filled_page(shipped_frame(), count) == folium_page(None, count, control=count + 2)


def test_layers_are_numbered_after_online_tiles() -> None:
    tiles = folium.TileLayer(
        TILES, attr="© OpenStreetMap contributors", name="Online tiles", control=False
    )
    html = filled_page(drawn_frame("osm"), 3)
    assert html == folium_page(tiles, 3, control=6)
    assert "feature_group_3.addTo" in html


def test_a_label_is_no_template() -> None:
    page = Layer(label="{{ 1 }} ${script}", script="one.fill(LAYER);")
    html = filled(shipped_frame(), "", "", scripts=(), layers=[page], last="", assets=())
    assert '"{{ 1 }} ${script}" : feature_group_2,' in html


def filled_page(frame: Frame, count: int) -> str:
    return filled(
        frame,
        TITLE,
        PANEL,
        scripts=("var one = map_1;", "one.setView();"),
        layers=[Layer(label=label, script="one.fill(LAYER);") for label in LABELS[:count]],
        last="one.finish(CONTROL);",
        assets=ASSETS,
    )


def folium_page(tiles: folium.TileLayer | None, count: int, *, control: int) -> str:
    first = control - count
    html = rendered(
        offline_map(tiles),
        title=escape(TITLE),
        head=head_of(ASSETS),
        panel=PANEL,
        children=(
            *(MapScript("var one = map_1;"), MapScript("one.setView();")),
            *(
                scripted_layer(label, f"one.fill(feature_group_{number});")
                for number, label in enumerate(LABELS[:count], first)
            ),
            folium.LayerControl(collapsed=False),
            MapScript(f"one.finish(layer_control_{control});"),
        ),
    )
    images = ["https://tile.openstreetmap.org/"] if tiles else []
    policy = policy_of(html, images=images)
    return html.replace("<head>", f'<head>\n<meta charset="utf-8">\n{policy}', 1)
