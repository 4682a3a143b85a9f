"""The map of a comparison: one HTML file with everything inlined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from corridors.output.comparison import Comparison
from corridors.output.html.encode import element, script_json
from corridors.output.html.map.basemap import BaseMap
from corridors.output.html.map.content import map_content, options_of
from corridors.output.html.map.map_frame import (
    ATTRIBUTION,
    MAP,
    Frame,
    Layer,
    filled,
    shipped_base_map,
    shipped_frame,
)
from corridors.output.html.map.months_strip import STRIP
from corridors.output.html.map.panel import PLACES_LABEL, layer_label, panel_html
from corridors.output.html.report.common import shortened
from corridors.output.html.report.what_if_section import what_if_section


def render_map(
    comparison: Comparison,
    *,
    tiles: str | None = None,
    base_map: BaseMap | None = None,
    sources: Mapping[str, str] | None = None,
    months: Sequence[Comparison] = (),
    command: str = "",
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
        Citations by source id, shown on the cards of routes.
    months
        The same comparison for departures in successive months, the first its own: a strip under
        the map shows them.
    command
        The command line that gave the comparison, to which the settings of the sliders are added.

    Raises
    ------
    ConfigError
        `tiles` is unknown.
    """
    land = base_map or shipped_base_map()
    data = script_json(map_content(comparison, months=months, sources=sources))
    titles = sources or {}
    sliders = what_if_section(comparison, lambda key: _cited(titles.get(key, "")), command=command)
    scripts = ["globe.js", "map.js"]
    if months:
        scripts.insert(1, "months.js")
    if sliders:
        scripts.insert(1, "report/whatif.js")
    routes = [
        Layer(
            label=layer_label(comparison, index, route),
            script=f"corridorMap.addRoute(LAYER, {index});",
        )
        for index, route in enumerate(options_of(comparison, months))
    ]
    places = Layer(label=escape(PLACES_LABEL), script="corridorMap.addPlaces(LAYER);")
    return filled(
        _frame(tiles),
        comparison.scenario.name,
        panel_html(comparison, months, sliders) + (STRIP if months else ""),
        scripts=(
            f"var corridorMap = createCorridorMap({MAP}, {data});",
            f"corridorMap.addBaseMap({script_json(land.packed())});",
        ),
        layers=[*routes, places],
        last=f"corridorMap.finish(CONTROL, {script_json(ATTRIBUTION)});",
        assets=scripts,
    )


def _cited(title: str) -> str:
    """Return a source in a line, in full when pointed at."""
    return element("span", shortened(title), title=title) if title else ""


def _frame(tiles: str | None) -> Frame:
    if tiles is None:
        return shipped_frame()
    from corridors.output.html.map.folium_page import drawn_frame

    return drawn_frame(tiles)
