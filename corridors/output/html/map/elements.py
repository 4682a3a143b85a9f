"""The few folium elements that the page is made of.

folium renders every element by a template of its own, so a layer holds one element that names its
route, and the page's script draws the legs; a thousand small elements would take seconds.
"""

from __future__ import annotations

from typing import Any

import folium
from branca.element import Element, MacroElement
from folium.template import Template


class RawText(Element):
    """Text that goes into the page as it is, and is not read as a template."""

    _template = Template("{{ this.text }}")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class MapScript(MacroElement):
    """Lines of script that run after the element they belong to has been made.

    In `script`, `PARENT` stands for the name of that element.
    """

    _template = Template("{% macro script(this, kwargs) %}{{ this.filled() }}{% endmacro %}")

    def __init__(self, script: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "MapScript"
        self.script = script

    def filled(self) -> str:
        """Return the script with the parent's name in it."""
        parent: Any = self._parent
        return self.script.replace("PARENT", parent.get_name())


def offline_map(tiles: folium.TileLayer | None) -> folium.Map:
    """Return a folium map that links to no script or style of the network.

    The page holds those it needs itself; see `page.py`.
    """
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
    """Return a layer that a script fills; `name` is markup, with all text in it escaped."""
    layer = folium.FeatureGroup(name=name)
    layer.add_child(MapScript(script))
    return layer
