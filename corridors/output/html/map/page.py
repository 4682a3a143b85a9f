"""The map of a comparison: a folium page with everything inlined."""

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

    It contains Leaflet, the base map and the routes, and works offline unless online tiles are
    requested. The same comparison gives the same text.

    Parameters
    ----------
    comparison
        The options to draw; closed corridors are listed with their reason.
    tiles
        `osm` adds online tiles of OpenStreetMap; None adds none.
    base_map
        Land and borders; the shipped ones by default.
    sources
        Citations by source id, shown in popups.

    Raises
    ------
    ConfigError
        `tiles` is unknown.
    """
    land = base_map or shipped_base_map()
    page = offline_map(tile_layer(tiles))
    data = script_json({**map_content(comparison), "sources": dict(sources or {})})
    page.add_child(MapScript(f"var corridorMap = createCorridorMap(PARENT, {data});"))
    page.add_child(MapScript(f"corridorMap.addBaseMap({script_json(land.packed())});"))
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
