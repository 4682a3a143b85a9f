"""The frame of a map's page, drawn by folium.

Importing folium takes as long as a search, and each of its elements renders a template. So folium
draws a page with one layer, and `frame` fills it for each map. Run as a module, this writes the
shipped frame.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import folium
from branca.element import Element, Figure, MacroElement
from folium.template import Template

from corridors.errors import ConfigError
from corridors.output.html.map.map_frame import FRAME, Frame

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
    """A script that runs after its parent element exists."""

    _template = Template("{% macro script(this, kwargs) %}{{ this.script }}{% endmacro %}")

    def __init__(self, script: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "MapScript"
        self.script = script


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
    layers = (MapScript("MARK_LAYERS"), scripted_layer("MARK_NAME", "MARK_FILL"))
    html = rendered(
        offline_map(_tile_layer(tiles)),
        title="MARK_TITLE",
        head="MARK_HEAD",
        panel="MARK_PANEL",
        children=(
            *(MapScript("MARK_SCRIPT"), *layers, MapScript("MARK_LAYERS")),
            *(folium.LayerControl(collapsed=False), MapScript("MARK_LAST")),
        ),
    )
    images = () if tiles is None else (TILE_SETS[tiles][0].split("{", maxsplit=1)[0],)
    return _split(html.replace("$", "$$"), images)


def offline_map(tiles: folium.TileLayer | None) -> folium.Map:
    """Return a folium map without external scripts and styles."""
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


def scripted_layer(label: str, script: str) -> folium.FeatureGroup:
    """Return a layer filled by a script; `label` is markup with escaped text."""
    layer = folium.FeatureGroup(name=label)
    layer.add_child(MapScript(script))
    return layer


def rendered(
    page: folium.Map, *, title: str, head: str, panel: str, children: Iterable[Element]
) -> str:
    """Return a map with these children, and texts inserted as they are, as folium renders it."""
    for child in children:
        page.add_child(child)
    figure = page.get_root()
    if not isinstance(figure, Figure):
        msg = "a folium map without a figure"
        raise TypeError(msg)
    figure.title = title
    figure.header.add_child(RawText(head))
    figure.html.add_child(RawText(panel))
    return _mended(stable_html(figure.render()))


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
    first = int(named[1])
    html = html.replace(named[0], "feature_group_${number}")
    html = html.replace(f"layer_control_{first + 1}", "layer_control_${control}")
    for mark in ("TITLE", "HEAD", "PANEL", "LAST"):
        html = html.replace(f"MARK_{mark}", f"${{{mark.lower()}}}")
    # Children follow one another with the same space between them.
    before, layer, after = html.split("MARK_LAYERS")
    before, space = before.split("MARK_SCRIPT")
    entry = next(line for line in after.splitlines(True) if "MARK_NAME" in line)
    return Frame(
        page=f"{before}${{script}}${{layers}}{after.replace(entry, '${entries}')}",
        layer=layer.removesuffix(space).replace("MARK_FILL", "${script}"),
        entry=entry.replace('"MARK_NAME"', "${name}"),
        first=first,
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
