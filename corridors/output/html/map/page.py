"""Render the map: a folium page with everything inlined, and the same bytes each time."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import folium

from corridors.output.comparison import Comparison
from corridors.output.html.encode import script_json
from corridors.output.html.map.basemap import BaseMap
from corridors.output.html.map.content import map_content
from corridors.output.html.map.folium_page import (
    ATTRIBUTION,
    MapScript,
    finished,
    offline_map,
    scripted_layer,
    shipped_base_map,
    tile_layer,
)
from corridors.output.html.map.panel import PLACES_LABEL, layer_label, panel_html


def render_map(
    comparison: Comparison,
    *,
    tiles: str | None = None,
    base_map: BaseMap | None = None,
    sources: Mapping[str, str] | None = None,
) -> str:
    """Return the page as HTML text.

    It holds Leaflet, the base map and the routes, and asks the network for nothing unless online
    tiles are wanted. Same comparison, same text.

    Parameters
    ----------
    comparison
        The options to draw; closed corridors are listed with their reason.
    tiles
        `osm` lays online tiles of OpenStreetMap over the base map; None, the default, none.
    base_map
        Land and borders; None reads the shipped ones.
    sources
        Citations by source id, shown where a popup names a source.

    Raises
    ------
    ConfigError
        `tiles` is not a known set.
    """
    ground = base_map or shipped_base_map()
    page = offline_map(tile_layer(tiles))
    data = _data(comparison, sources)
    page.add_child(MapScript(f"var corridorMap = createCorridorMap(PARENT, {data});"))
    page.add_child(MapScript(f"corridorMap.addBaseMap({script_json(ground.packed())});"))
    for index in range(len(comparison.usable)):
        label = layer_label(comparison, index)
        page.add_child(scripted_layer(label, f"corridorMap.addRoute(PARENT, {index});"))
    page.add_child(scripted_layer(escape(PLACES_LABEL), "corridorMap.addPlaces(PARENT);"))
    control = folium.LayerControl(collapsed=False)
    page.add_child(control)
    page.add_child(
        MapScript(f"corridorMap.finish({control.get_name()}, {script_json(ATTRIBUTION)});")
    )
    panel = panel_html(comparison)
    return finished(page, comparison.scenario.name, panel, assets=("map.js",), tiles=tiles)


def _data(comparison: Comparison, sources: Mapping[str, str] | None) -> str:
    return script_json({**map_content(comparison), "sources": dict(sources or {})})
