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
        super().__init__()
        self._name = "MapScript"
        self.script = script

    def filled(self) -> str:
        """Return the script with the parent's name in it."""
        parent: Any = self._parent
        return self.script.replace("PARENT", parent.get_name())


class OfflineMap(folium.Map):
    """A folium map that links to no file of the network; the page holds what it needs."""

    default_js: list[tuple[str, str]] = []
    default_css: list[tuple[str, str]] = []


def route_layer(name: str, index: int) -> folium.FeatureGroup:
    """Return the layer of one route; `name` is markup, with all text in it escaped."""
    layer = folium.FeatureGroup(name=name)
    layer.add_child(MapScript(f"corridorMap.addRoute(PARENT, {index});"))
    return layer


def places_layer(name: str) -> folium.FeatureGroup:
    """Return the layer of terminals, borders and passages."""
    layer = folium.FeatureGroup(name=name)
    layer.add_child(MapScript("corridorMap.addPlaces(PARENT);"))
    return layer
