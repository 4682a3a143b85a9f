"""The page around a map: everything inlined, under a policy that loads nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path

import folium
from branca.element import Figure

from corridors.errors import ConfigError
from corridors.output.html.map.basemap import BaseMap, load_base_map
from corridors.output.html.map.elements import RawText

ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0; Natural Earth; searoute; drawn with Leaflet"
TILE_SETS: Mapping[str, tuple[str, str]] = {
    "osm": ("https://tile.openstreetmap.org/{z}/{x}/{y}.png", "© OpenStreetMap contributors"),
}
_ELEMENT_NAME = re.compile(r"\b([a-z]+(?:_[a-z]+)*)_([0-9a-f]{32})(?![0-9a-f])")
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def finished(
    page: folium.Map, title: str, panel: str, *, assets: Sequence[str], tiles: str | None = None
) -> str:
    """Return a map as the text of one HTML file, the same for the same map.

    Parameters
    ----------
    page
        A map of `offline_map` with its layers and scripts.
    title
        Of the window, plain text.
    panel
        Markup of the panel at the side, all text in it escaped.
    assets
        Styles and scripts of ours that the page needs beside the common ones, in order.
    tiles
        The set of online tiles that the page may load; None for none.
    """
    figure = page.get_root()
    if not isinstance(figure, Figure):
        msg = "a folium map without a figure"
        raise TypeError(msg)
    figure.title = escape(title)
    styles = ["map.css", *(name for name in assets if name.endswith(".css"))]
    scripts = ["parts.js", *(name for name in assets if name.endswith(".js"))]
    for text in (_leaflet_css(), *map(_asset, styles)):
        figure.header.add_child(RawText(f"<style>{text}</style>"))
    for text in (_leaflet_js(), *map(_asset, scripts)):
        figure.header.add_child(RawText(f"<script>{text}</script>"))
    figure.html.add_child(RawText(panel))
    html = stable_html(figure.render())
    return html.replace("<head>", f'<head>\n<meta charset="utf-8">{_policy(html, tiles)}', 1)


def stable_html(html: str) -> str:
    """Return a folium page with its random element names numbered in order of appearance."""
    numbers: dict[str, int] = {}

    def renamed(match: re.Match[str]) -> str:
        name, random_id = match.groups()
        return f"{name}_{numbers.setdefault(random_id, len(numbers) + 1)}"

    return _ELEMENT_NAME.sub(renamed, html)


def shipped_base_map() -> BaseMap:
    """Return the land and the borders that the program ships."""
    from corridors.data.paths import data_root

    return load_base_map(data_root() / "network" / "basemap.json")


def tile_layer(tiles: str | None) -> folium.TileLayer | None:
    """Return a layer of online tiles; None for none.

    Raises
    ------
    ConfigError
        The set is not known.
    """
    if tiles is None:
        return None
    if tiles not in TILE_SETS:
        msg = f"tiles: unknown set {tiles!r}; known: {', '.join(TILE_SETS)}"
        raise ConfigError(msg)
    address, credit = TILE_SETS[tiles]
    return folium.TileLayer(address, attr=credit, name="Online tiles", control=False)


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
    return (files("corridors.output.html.map") / "assets" / name).read_text(encoding="utf-8")
