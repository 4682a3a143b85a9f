"""Render the map: a folium page with everything inlined, and the same bytes each time."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from html import escape
from importlib.resources import files
from pathlib import Path

import folium
from branca.element import Figure

from corridors.errors import ConfigError
from corridors.mapping.basemap import BaseMap, load_base_map
from corridors.mapping.content import map_content
from corridors.mapping.elements import MapScript, RawText, offline_map, places_layer, route_layer
from corridors.mapping.panel import PLACES_LABEL, layer_label, panel_html
from corridors.results.comparison import Comparison
from corridors.results.inert import script_json

ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0; Natural Earth; searoute; drawn with Leaflet"
TILE_SETS: Mapping[str, tuple[str, str]] = {
    "osm": ("https://tile.openstreetmap.org/{z}/{x}/{y}.png", "© OpenStreetMap contributors"),
}
_ELEMENT_NAME = re.compile(r"\b([a-z]+(?:_[a-z]+)*)_([0-9a-f]{32})(?![0-9a-f])")
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


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
    if tiles is not None and tiles not in TILE_SETS:
        msg = f"tiles: unknown set {tiles!r}; known: {', '.join(TILE_SETS)}"
        raise ConfigError(msg)
    ground = base_map or _shipped_base_map()
    page = offline_map(_tile_layer(tiles))
    data = _data(comparison, sources)
    page.add_child(MapScript(f"var corridorMap = createCorridorMap(PARENT, {data});"))
    page.add_child(MapScript(f"corridorMap.addBaseMap({script_json(ground.packed())});"))
    for index in range(len(comparison.usable)):
        page.add_child(route_layer(layer_label(comparison, index), index))
    page.add_child(places_layer(escape(PLACES_LABEL)))
    control = folium.LayerControl(collapsed=False)
    page.add_child(control)
    page.add_child(
        MapScript(f"corridorMap.finish({control.get_name()}, {script_json(ATTRIBUTION)});")
    )
    return _finished(page, comparison, tiles)


def stable_html(html: str) -> str:
    """Return a folium page with its random element names numbered in order of appearance."""
    numbers: dict[str, int] = {}

    def renamed(match: re.Match[str]) -> str:
        name, random_id = match.groups()
        return f"{name}_{numbers.setdefault(random_id, len(numbers) + 1)}"

    return _ELEMENT_NAME.sub(renamed, html)


def _shipped_base_map() -> BaseMap:
    from corridors.catalogue.paths import data_root

    return load_base_map(data_root() / "network" / "basemap.json")


def _data(comparison: Comparison, sources: Mapping[str, str] | None) -> str:
    return script_json({**map_content(comparison), "sources": dict(sources or {})})


def _tile_layer(tiles: str | None) -> folium.TileLayer | None:
    if tiles is None:
        return None
    address, credit = TILE_SETS[tiles]
    return folium.TileLayer(address, attr=credit, name="Online tiles", control=False)


def _finished(page: folium.Map, comparison: Comparison, tiles: str | None) -> str:
    figure = page.get_root()
    if not isinstance(figure, Figure):
        msg = "a folium map without a figure"
        raise TypeError(msg)
    figure.title = escape(comparison.scenario.name)
    figure.header.add_child(RawText(f"<style>{_leaflet_css()}</style>"))
    figure.header.add_child(RawText(f"<style>{_asset('map.css')}</style>"))
    figure.header.add_child(RawText(f"<script>{_leaflet_js()}</script>"))
    figure.header.add_child(RawText(f"<script>{_asset('map.js')}</script>"))
    figure.html.add_child(RawText(panel_html(comparison)))
    html = stable_html(figure.render())
    return html.replace("<head>", f'<head>\n<meta charset="utf-8">{_policy(html, tiles)}', 1)


def _policy(html: str, tiles: str | None) -> str:
    """Return a policy under which the browser runs these scripts, and loads nothing else."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in _SCRIPT.findall(html)
    )
    images = "data:" if tiles is None else f"data: {TILE_SETS[tiles][0].split('{')[0]}"
    policy = (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src {images}; "
        "base-uri 'none'; form-action 'none'"
    )
    return f'\n<meta http-equiv="Content-Security-Policy" content="{policy}">'


def _leaflet_js() -> str:
    text = _leaflet("leaflet.js")
    return re.sub(r"//# sourceMappingURL=\S+\s*$", "", text)


def _leaflet_css() -> str:
    """Return Leaflet's style without its pictures: the page uses none of them."""
    return re.sub(r"[\w-]+:\s*url\([^)]*\);?", "", _leaflet("leaflet.css"))


def _leaflet(name: str) -> str:
    from xstatic.pkg import leaflet

    return (Path(leaflet.BASE_DIR) / name).read_text(encoding="utf-8")


def _asset(name: str) -> str:
    return (files("corridors.mapping") / "assets" / name).read_text(encoding="utf-8")
