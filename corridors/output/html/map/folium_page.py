"""The folium page of a map, with everything inlined.

folium renders a template per element, and a thousand elements take seconds. So each layer has one
element that names its route, and the page's script draws the legs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import folium
from branca.element import Element, Figure, MacroElement
from folium.template import Template

from corridors.errors import ConfigError
from corridors.output.html.map.basemap import BaseMap, load_base_map
from corridors.output.html.page import asset, policy_of

ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0; Natural Earth; searoute; drawn with Leaflet"
TILE_SETS: Mapping[str, tuple[str, str]] = {
    "osm": ("https://tile.openstreetmap.org/{z}/{x}/{y}.png", "© OpenStreetMap contributors"),
}
_ELEMENT_NAME = re.compile(r"\b([a-z]+(?:_[a-z]+)*)_([0-9a-f]{32})(?![0-9a-f])")


class RawText(Element):
    """Text inserted into the page as it is, not as a template."""

    _template = Template("{{ this.text }}")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class MapScript(MacroElement):
    """A script that runs after its parent element exists; `PARENT` in it is the parent's name."""

    _template = Template("{% macro script(this, kwargs) %}{{ this.filled() }}{% endmacro %}")

    def __init__(self, script: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "MapScript"
        self.script = script

    def filled(self) -> str:
        """Return the script with the parent's name."""
        parent: Any = self._parent
        return self.script.replace("PARENT", parent.get_name())


def offline_map(tiles: folium.TileLayer | None) -> folium.Map:
    """Return a folium map without external scripts and styles; `finished` inlines them."""
    made = folium.Map(
        location=[45.0, 60.0],
        zoom_start=3,
        tiles=tiles,
        zoom_control=False,
        min_zoom=2,
        max_zoom=12,
        zoom_snap=0.25,
        zoom_delta=0.5,
        wheel_px_per_zoom_level=90,
        font_size="13px",
    )
    made.default_js = []
    made.default_css = []
    return made


def scripted_layer(name: str, script: str) -> folium.FeatureGroup:
    """Return a layer filled by a script; `name` is markup with escaped text."""
    layer = folium.FeatureGroup(name=name)
    layer.add_child(MapScript(script))
    return layer


def finished(
    page: folium.Map, title: str, panel: str, *, assets: Sequence[str], tiles: str | None = None
) -> str:
    """Return a map as the text of one HTML file; the same map gives the same text.

    Parameters
    ----------
    page
        A map of `offline_map` with its layers and scripts.
    title
        Window title, plain text.
    panel
        Markup of the side panel, with escaped text.
    assets
        Our styles and scripts beyond the common ones, in order.
    tiles
        Set of online tiles that the page may load, or None.
    """
    figure = page.get_root()
    if not isinstance(figure, Figure):
        msg = "a folium map without a figure"
        raise TypeError(msg)
    figure.title = escape(title)
    styles = ["map.css", *(name for name in assets if name.endswith(".css"))]
    scripts = ["parts.js", *(name for name in assets if name.endswith(".js"))]
    for text in (_leaflet_css(), *(asset("map", name) for name in styles)):
        figure.header.add_child(RawText(f"<style>{text}</style>"))
    for text in (_leaflet_js(), *(asset("map", name) for name in scripts)):
        figure.header.add_child(RawText(f"<script>{text}</script>"))
    figure.html.add_child(RawText(panel))
    html = stable_html(figure.render())
    images = [] if tiles is None else [TILE_SETS[tiles][0].split("{")[0]]
    head = f'<head>\n<meta charset="utf-8">\n{policy_of(html, images=images)}'
    return html.replace("<head>", head, 1)


def stable_html(html: str) -> str:
    """Return a folium page with random element names numbered in order of appearance."""
    numbers: dict[str, int] = {}

    def renamed(match: re.Match[str]) -> str:
        name, random_id = match.groups()
        return f"{name}_{numbers.setdefault(random_id, len(numbers) + 1)}"

    return _ELEMENT_NAME.sub(renamed, html)


def shipped_base_map() -> BaseMap:
    """Return the shipped land and borders."""
    from corridors.data.paths import data_root

    return load_base_map(data_root() / "network" / "basemap.json")


def tile_layer(tiles: str | None) -> folium.TileLayer | None:
    """Return a layer of online tiles, or None.

    Raises
    ------
    ConfigError
        The set is unknown.
    """
    if tiles is None:
        return None
    if tiles not in TILE_SETS:
        msg = f"tiles: unknown set {tiles!r}; known: {', '.join(TILE_SETS)}"
        raise ConfigError(msg)
    address, credit = TILE_SETS[tiles]
    return folium.TileLayer(address, attr=credit, name="Online tiles", control=False)


def _leaflet_js() -> str:
    text = _leaflet("leaflet.js")
    return re.sub(r"//# sourceMappingURL=\S+\s*$", "", text)


def _leaflet_css() -> str:
    """Return Leaflet's style without its images, which the page does not use."""
    return re.sub(r"[\w-]+:\s*url\([^)]*\);?", "", _leaflet("leaflet.css"))


def _leaflet(name: str) -> str:
    from xstatic.pkg import leaflet

    return (Path(leaflet.BASE_DIR) / name).read_text(encoding="utf-8")
