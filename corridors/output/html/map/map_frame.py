"""The frame of a map's page, and the page that it makes.

folium draws the frame: the document, the map and a layer, with placeholders for what differs
between pages. That of a map without online tiles is shipped as `frame.json`, so a
command that writes a map does not import folium, which takes as long as a search and brings pandas.
`python -m corridors.output.html.map.folium_page` draws it again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from string import Template

from corridors.data.paths import data_root
from corridors.output.html.map.basemap import BaseMap, shipped_land, with_names
from corridors.output.html.page_shell import asset, policy_of

ATTRIBUTION = (
    "© OpenStreetMap contributors, ODbL 1.0; Natural Earth; GeoNames, CC BY 4.0; drawn with Leaflet"
)
# The map's name in scripts, and what stands in a layer's script for the name of that layer.
MAP, LAYER = "map_1", "LAYER"
FRAME = "frame.json"
SCRIPTS = ("parts.js", "leaflet_parts.js", "panel.js")
_SEPARATOR = "\n    "


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A page as templates of the standard library's `string.Template`.

    `page` has the placeholders `title`, `head`, `panel`, `script`, `layers` and `last`; `layer` has
    `number` and `script`. Elements are numbered: the first layer is `first`. `images` are addresses
    from which the page may load images.
    """

    page: str
    layer: str
    first: int
    images: tuple[str, ...] = ()

    def to_json(self) -> str:
        """Return the text of `frame.json`, line by line so that a change can be read."""
        lines = {"page": self.page.splitlines(True), "layer": self.layer.splitlines(True)}
        return json.dumps({**asdict(self), **lines}, indent=1) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A layer that a script fills; `name` is plain text, for a control of layers."""

    name: str
    script: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPage:
    """What a map's page holds within its frame.

    `title` is plain text and `panel` markup with escaped text. `scripts` run once the map exists,
    then those of `layers`, then `last`. `assets` are our styles and scripts beyond the common ones,
    in order; one of the report is `report/NAME`.
    """

    title: str
    panel: str
    scripts: tuple[str, ...]
    layers: tuple[Layer, ...]
    last: str
    assets: tuple[str, ...]


def shipped_frame() -> Frame:
    """Return the shipped frame, of a page without online tiles."""
    read = json.loads(asset("map", FRAME))
    return Frame(
        page="".join(read["page"]),
        layer="".join(read["layer"]),
        first=read["first"],
    )


def filled(frame: Frame, page: MapPage) -> str:
    """Return a map as the text of one HTML file; the same map gives the same text."""
    layer = Template(frame.layer)
    html = Template(frame.page).substitute(
        title=escape(page.title),
        head=head_of(page.assets),
        panel=page.panel,
        script=_SEPARATOR.join(page.scripts),
        layers="".join(
            layer.substitute(
                number=number, script=one.script.replace(LAYER, f"feature_group_{number}")
            )
            for number, one in enumerate(page.layers, frame.first)
        ),
        last=page.last,
    )
    return under_policy(html, frame.images)


def under_policy(html: str, images: Sequence[str] = ()) -> str:
    """Return a page that may load nothing but `images`."""
    policy = policy_of(html, images=images)
    return html.replace("<head>", f'<head>\n<meta charset="utf-8">\n{policy}', 1)


def head_of(assets: Sequence[str]) -> str:
    """Return the styles and scripts of a page: Leaflet's, the common ones, then `assets`."""
    styles = ["map.css", *(name for name in assets if name.endswith(".css"))]
    scripts = [*SCRIPTS, *(name for name in assets if name.endswith(".js"))]
    parts = [
        *(f"<style>{text}</style>" for text in (leaflet_css(), *map(_asset, styles))),
        *(f"<script>{text}</script>" for text in (leaflet_js(), *map(_asset, scripts))),
    ]
    return _SEPARATOR.join(parts)


def shipped_base_map() -> BaseMap:
    """Return the shipped land, borders and names."""
    return with_names(shipped_land(), data_root() / "network" / "map_names.csv")


def _asset(name: str) -> str:
    kind, _, plain = name.rpartition("/")
    return asset(kind or "map", plain)


def leaflet_js() -> str:
    """Return Leaflet without the address of its source map."""
    text = _leaflet("leaflet.js")
    return re.sub(r"//# sourceMappingURL=\S+\s*$", "", text)


def leaflet_css() -> str:
    """Return Leaflet's style without its images, which the page does not use."""
    return re.sub(r"[\w-]+:\s*url\([^)]*\);?", "", _leaflet("leaflet.css"))


def _leaflet(name: str) -> str:
    from xstatic.pkg import leaflet

    return (Path(leaflet.BASE_DIR) / name).read_text(encoding="utf-8")
