"""The frame of a map's page, and the page that it makes.

folium draws the frame: the document, the map and a layer, with placeholders for what differs
between pages. That of a map without online tiles is shipped as `frame.json`, so a
command that writes a map does not import folium, which takes as long as a search and brings pandas.
`python -m corridors.output.html.map.folium_page` draws it again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from html import escape
from math import floor
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from corridors.data.paths import data_root
from corridors.output.html.map.map_places import BaseMap, shipped_land, with_names
from corridors.output.html.page_shell import asset, policy_of
from corridors.output.html.palette import LonLat, script_json

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pyproj import Geod
    from shapely import STRtree

ATTRIBUTION = (
    "© OpenStreetMap contributors, ODbL 1.0; Natural Earth; GeoNames, CC BY 4.0; drawn with Leaflet"
)
# The map's name in scripts, and what stands in a layer's script for the name of that layer.
MAP, LAYER = "map_1", "LAYER"
FRAME = "frame.json"
SCRIPTS = ("report/elements.js", "parts.js", "frame.js", "panel.js")
GRIP = '<button id="grip" type="button" aria-expanded="true" aria-label="Fold the answer"></button>'
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

    def html(self, frame: Frame | None = None) -> str:
        """Return the page as text; the same map gives the same text.

        It is in the shipped frame by default, and then works offline.
        """
        return filled(frame or shipped_frame(), self)


def drawn_page(
    title: str,
    content: Mapping[str, object],
    layers: Mapping[str | int, str],
    *,
    assets: Sequence[str],
    controls: str = "",
    below: str = "",
    beside: str = "",
    base_map: BaseMap | None = None,
    links: Sequence[tuple[str, str]] = (),
    then: str = "",
) -> MapPage:
    """Return what the page of a map holds.

    Parameters
    ----------
    title
        Window title, plain text.
    content
        The data of its script in plain values; `kind` is what `KINDS` of `frame.js` draws it as.
    layers
        Names of its layers by the number of a thing or by what else they hold.
    assets
        As in `MapPage`, its kind last.
    controls, below
        Markup in the panel, below the figures and below the rows.
    beside
        Markup after the panel.
    base_map
        Land and borders; the shipped ones by default.
    links
        What the panel links to, a text and the file beside the page; none without a file.
    then
        What runs last; the map is `drawnMap` there.
    """
    land = base_map or shipped_base_map()
    choice = f'<div class="controls">{controls}</div>' if controls else ""
    finish = (script_json(ATTRIBUTION), script_json([link for link in links if link[1]]))
    return MapPage(
        title=title,
        panel=f'<aside id="panel" aria-label="The answer">{GRIP}{choice}{below}</aside>{beside}',
        scripts=(
            f"var drawnMap = createMap({MAP}, {script_json(content)});",
            f"drawnMap.addBaseMap({script_json(land.packed())});",
        ),
        layers=tuple(
            Layer(name=name, script=f"drawnMap.add({LAYER}, {script_json(key)});")
            for key, name in layers.items()
        ),
        last=f"drawnMap.finish({', '.join(finish)});{then}",
        assets=tuple(assets),
    )


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
    styles = ["report/page.css", "map.css", *(name for name in assets if name.endswith(".css"))]
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


# Lines as drawn, and the first view.

SIMPLIFY_DEG = 0.005
# A line at sea is smoothed over so many points of so many degrees on either side.
SMOOTH_STEP_DEG, SMOOTH_POINTS = 0.25, 28
# The first view shows the routes inside this window; one around the world would shrink the others.
WEST_DEG, EAST_DEG, SOUTH_DEG, NORTH_DEG = -35.0, 200.0, -37.0, 79.0

Shape = tuple[tuple[float, float], ...]
# South, west, north, east.
Extent = tuple[float, float, float, float]


def turned(line: Sequence[LonLat]) -> tuple[Shape, int]:
    """Return a line moved by full turns to start in -180 to 180, and the number of turns."""
    turns = floor((line[0][0] + 180.0) / 360.0)
    return tuple((round(lon - turns * 360.0, 4), round(lat, 4)) for lon, lat in line), turns


def line_km(line: Sequence[LonLat]) -> float:
    """Return the geodesic length of a line on WGS 84 in km."""
    lons, lats = zip(*line, strict=True)
    return float(_geod().line_length(lons, lats)) / 1000.0


@lru_cache(maxsize=1)
def _geod() -> Geod:
    from pyproj import Geod

    return Geod(ellps="WGS84")


def simplified(shapes: list[Shape]) -> list[Shape]:
    """Return lines simplified to within a two-hundredth of a degree."""
    import shapely

    if not shapes:
        return []
    lines = [shapely.LineString(shape) for shape in shapes]
    return [
        tuple((float(lon), float(lat)) for lon, lat in line.coords)
        for line in shapely.simplify(lines, SIMPLIFY_DEG, preserve_topology=False)
    ]


def smoothed(line: Shape) -> Shape:
    """Return a line at sea without its corners, but where it would come nearer to land.

    Each point is the mean of those around it, of fewer the nearer it is to an end or to a place
    where the mean of more lies on land.
    """
    import numpy as np
    import shapely

    at = np.asarray(shapely.segmentize(shapely.LineString(line), SMOOTH_STEP_DEG).coords)
    here, tree = np.arange(len(at)), _coast_tree()
    sums = np.vstack([np.zeros(2), np.cumsum(at, axis=0)])
    # In a port, a river or a canal the line stays where it is.
    reach = np.where(_over_coast(tree, at), 0, SMOOTH_POINTS)
    reach[[0, -1]] = 0
    while True:
        # Each point by one at most further than its neighbour, so that the line stays whole.
        reach = np.minimum.accumulate(reach - here) + here
        reach = np.minimum.accumulate((reach + here)[::-1])[::-1] - here
        found = (sums[here + reach + 1] - sums[here - reach]) / (2 * reach + 1)[:, None]
        found[reach == 0] = at[reach == 0]
        hit = _over_coast(tree, found) & (reach > 0)
        if not hit.any():
            return tuple((float(lon), float(lat)) for lon, lat in found)
        reach = np.where(hit, reach // 2, reach)


def _over_coast(tree: STRtree, points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which points of a line begin or end a piece that touches the coast."""
    import numpy as np
    import shapely

    wrapped = points - np.array([360.0, 0.0]) * np.floor((points[:, :1] + 180.0) / 360.0)
    pieces = np.stack([wrapped[:-1], wrapped[1:]], axis=1)
    # What crosses 180 degrees is in open sea.
    across = np.abs(pieces[:, 0, 0] - pieces[:, 1, 0]) > 180.0
    pieces[across, 1] = pieces[across, 0]
    hits = np.zeros(len(points), dtype=bool)
    met = tree.query(shapely.linestrings(pieces), predicate="intersects")[0]
    hits[met] = hits[met + 1] = True
    return hits


@lru_cache(maxsize=1)
def _coast_tree() -> STRtree:
    """Return the pieces of coast: as whole rings they would take a hundred times as long."""
    import numpy as np
    import shapely

    from corridors.output.html.map.map_places import shipped_land

    rings = [np.asarray(ring) for ring in shipped_land().land]
    pieces = np.concatenate([np.stack([ring[:-1], ring[1:]], axis=1) for ring in rings])
    return shapely.STRtree(shapely.linestrings(pieces))


def extent_of(lines: Sequence[Sequence[LonLat]]) -> Extent:
    """Return the box around lines; a box of Eurasia without lines."""
    points = [point for line in lines for point in line] or [(20.0, 20.0), (120.0, 60.0)]
    return (
        min(lat for _, lat in points),
        min(lon for lon, _ in points),
        max(lat for _, lat in points),
        max(lon for lon, _ in points),
    )


def first_view(extents: Sequence[Extent]) -> list[float]:
    """Return the box that the map opens with, around the extents inside the window."""
    inside = [
        extent for extent in extents if extent[1] >= WEST_DEG and extent[3] <= EAST_DEG
    ] or list(extents)
    if not inside:
        return [0.0, WEST_DEG, 70.0, 150.0]
    return [
        round(max(SOUTH_DEG, min(extent[0] for extent in inside)), 3),
        round(min(extent[1] for extent in inside), 3),
        round(min(NORTH_DEG, max(extent[2] for extent in inside)), 3),
        round(max(extent[3] for extent in inside), 3),
    ]
