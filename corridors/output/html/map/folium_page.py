"""A map as a folium map, and the frame of a map's page, drawn by folium.

Importing folium takes as long as a search, and each of its elements renders a template. So a
command fills a frame that folium has drawn with one layer; in Python a map is a `folium.Map` of the
same content. Run as a module, this writes the shipped frame.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import folium
from branca.element import Element, Figure, MacroElement
from folium.template import Template

from corridors.errors import ConfigError
from corridors.output.html.map.map_frame import (
    FRAME,
    LAYER,
    MAP,
    Frame,
    Layer,
    MapPage,
    head_of,
    under_policy,
)
from corridors.output.store import write_outputs

TILE_SETS: Mapping[str, tuple[str, str]] = {
    "osm": ("https://tile.openstreetmap.org/{z}/{x}/{y}.png", "© OpenStreetMap contributors"),
}
# What markers and popups that a user adds need of folium's own scripts; Leaflet is in the page.
USERS = (
    *("jquery", "awesome_markers", "glyphicons_css", "awesome_markers_font_css"),
    *("awesome_markers_css", "awesome_rotate_css"),
)
HEIGHT_PX = 640
_POLICY = re.compile(r'<head>\n<meta charset="utf-8">\n<meta[^>]*>')
_ELEMENT_NAME = re.compile(r"\b([a-z]+(?:_[a-z]+)*)_([0-9a-f]{32})(?![0-9a-f])")


class RawText(Element):
    """Text inserted into the page as it is, not as a template."""

    _template = Template("{{ this.text }}")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class MapScript(MacroElement):
    """A script that runs after its parent element exists."""

    _template = Template("{% macro script(this, kwargs) %}{{ this.script }}{% endmacro %}")

    def __init__(self, script: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "MapScript"
        self.script = script


class _Page(Figure):
    """A folium page that is mended, stable and under a policy, as ours are."""

    def render(self, **kwargs: object) -> str:
        """Return the page as HTML text; what a user has added may load what it needs."""
        (drawn,) = (one for one in self._children.values() if isinstance(one, DrawnMap))
        added = drawn.is_added_to
        # Each rendering adds its scripts to those of the last.
        self.script._children.clear()
        drawn.default_js = [one for one in folium.Map.default_js if one[0] in USERS] * added
        drawn.default_css = [one for one in folium.Map.default_css if one[0] in USERS] * added
        html = _mended(stable_html(super().render(**kwargs)))
        return html if added else under_policy(html, drawn.images)


class DrawnMap(folium.Map):
    """A map as a `folium.Map`, with a `FeatureGroup` a corridor.

    Layers, plugins, tiles and a control of layers can be added to it. As it is it needs no network;
    what is added may.
    """

    def __init__(self, page: MapPage, tiles: str | None = None) -> None:
        super().__init__(
            location=[45.0, 60.0],
            zoom_start=3,
            tiles=_tile_layer(tiles),
            zoom_control=False,
            zoom_snap=0.25,
            zoom_delta=0.5,
            wheel_px_per_zoom_level=90,
            font_size="13px",
        )
        self._name = "Map"
        self.images = () if tiles is None else (TILE_SETS[tiles][0].split("{", maxsplit=1)[0],)
        figure = _Page(height=f"{HEIGHT_PX}px")
        figure.add_child(self)
        figure.title = escape(page.title)
        figure.header.add_child(RawText(head_of(page.assets)))
        figure.html.add_child(RawText(page.panel))
        for script in page.scripts:
            self.add_child(MapScript(script))
        for layer in page.layers:
            group = folium.FeatureGroup(name=layer.name)
            group.add_child(MapScript(layer.script.replace(LAYER, group.get_name())))
            self.add_child(group)
        self.add_child(MapScript(page.last))
        self._own = len(self._children)
        for child in self._children.values():
            if isinstance(child, MapScript):
                child.script = child.script.replace(MAP, self.get_name())

    @property
    def is_added_to(self) -> bool:
        """Whether a user has added to it."""
        return len(self._children) > self._own

    @property
    def html(self) -> str:
        """The text of its page."""
        return str(self.get_root().render())

    def save(self, outfile: Any, close_file: bool = True, **kwargs: Any) -> Any:
        """Write the page to a file, and return its path.

        Raises
        ------
        ConfigError
            The file cannot be written.
        """
        if not isinstance(outfile, (str, Path)):
            return super().save(outfile, close_file, **kwargs)
        file = Path(outfile)
        write_outputs(file.parent, {file.name: self.html})
        return file


def drawn_frame(tiles: str | None = None) -> Frame:
    """Return the frame of a page, without external scripts and styles.

    Parameters
    ----------
    tiles
        Set of online tiles that the page may load, or None.

    Raises
    ------
    ConfigError
        The set is unknown.
    """
    marks = MapPage(
        title="MARK_TITLE",
        panel="MARK_PANEL",
        scripts=("MARK_SCRIPT", "MARK_LAYERS"),
        layers=(Layer(name="", script="MARK_FILL"),),
        last="MARK_LAYERS",
        assets=(),
    )
    drawn = DrawnMap(marks, tiles)
    # The end of the last mark is that of the layers; what follows is the script that ends a page.
    drawn.add_child(MapScript("MARK_LAST"))
    drawn._own += 1
    html = drawn.html.replace(head_of(()), "MARK_HEAD")
    return _split(_POLICY.sub("<head>", html).replace("$", "$$"), drawn.images)


def stable_html(html: str) -> str:
    """Return a folium page with random element names numbered in order of appearance."""
    numbers: dict[str, int] = {}

    def renamed(match: re.Match[str]) -> str:
        name, random_id = match.groups()
        return f"{name}_{numbers.setdefault(random_id, len(numbers) + 1)}"

    return _ELEMENT_NAME.sub(renamed, html)


def _mended(html: str) -> str:
    """Return a page with what folium's lacks: a language, a landmark, a view that can be zoomed."""
    for text, mended in (
        ("<html>", '<html lang="en">'),
        (
            '<meta name="viewport" content="width=device-width,\n'
            '                initial-scale=1.0, maximum-scale=1.0, user-scalable=no" />',
            '<meta name="viewport" content="width=device-width, initial-scale=1.0" />',
        ),
        (
            '<div class="folium-map" id="map_1" ></div>',
            '<main><div class="folium-map" id="map_1"></div></main>',
        ),
    ):
        if html.count(text) != 1:
            msg = f"folium draws its page otherwise than expected, without one {text!r}"
            raise TypeError(msg)
        html = html.replace(text, mended)
    return html


def _split(html: str, images: tuple[str, ...]) -> Frame:
    """Return a page with marks as templates."""
    named = re.search(r"feature_group_(\d+)", html)
    if named is None:
        msg = "a folium page without its layer"
        raise TypeError(msg)
    html = html.replace(named[0], "feature_group_${number}")
    for mark in ("TITLE", "HEAD", "PANEL", "LAST"):
        html = html.replace(f"MARK_{mark}", f"${{{mark.lower()}}}")
    # Children follow one another with the same space between them.
    before, layer, after = html.split("MARK_LAYERS")
    before, space = before.split("MARK_SCRIPT")
    return Frame(
        page=f"{before}${{script}}${{layers}}{after}",
        layer=layer.removesuffix(space).replace("MARK_FILL", "${script}"),
        first=int(named[1]),
        images=images,
    )


def _tile_layer(tiles: str | None) -> folium.TileLayer | None:
    if tiles is None:
        return None
    if tiles not in TILE_SETS:
        msg = f"tiles: unknown set {tiles!r}; known: {', '.join(TILE_SETS)}"
        raise ConfigError(msg)
    address, credit = TILE_SETS[tiles]
    return folium.TileLayer(address, attr=credit, name="Online tiles", control=False)


if __name__ == "__main__":
    shipped = Path(__file__).parent / "assets" / FRAME
    shipped.write_text(drawn_frame().to_json(), encoding="utf-8")
