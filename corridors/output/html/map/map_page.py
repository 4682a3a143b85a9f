"""The map of a comparison: one HTML file with everything inlined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from corridors.data.parameters import Source
from corridors.output.comparison import Comparison
from corridors.output.display_names import title_by
from corridors.output.html.encode import element
from corridors.output.html.map.content import STRIP, map_content, options_of
from corridors.output.html.map.map_frame import Frame, MapPage, drawn_page
from corridors.output.html.map.map_places import BaseMap
from corridors.output.html.map.panel import prices_html
from corridors.output.html.report.effects import what_if_section
from corridors.output.html.report.parts import shortened


def map_page(
    comparison: Comparison,
    *,
    base_map: BaseMap | None = None,
    sources: Mapping[str, Source] | None = None,
    months: Sequence[Comparison] = (),
    command: str = "",
    report: str = "",
) -> MapPage:
    """Return what the page of a comparison holds.

    Parameters
    ----------
    comparison
        The options to draw.
    base_map
        Land and borders; the shipped ones by default.
    sources
        Sources by id, shown on the cards of routes.
    months
        The same comparison for departures in successive months, the first its own: a strip under
        the map shows them.
    command
        The command line that gave the comparison, to which the settings of the sliders are added.
    report
        The report's file beside the map, to which it links.
    """
    titles = {key: source.title for key, source in (sources or {}).items()}
    sliders = what_if_section(comparison, lambda key: _cited(titles.get(key, "")), command=command)
    assets = ("globe.js", "months.js" * bool(months), "report/whatif.js" * bool(sliders), "map.js")
    routes = options_of(comparison, months)
    return drawn_page(
        comparison.scenario.name,
        map_content(comparison, months=months, sources=sources),
        {**dict(enumerate(map(title_by, routes))), "places": "Places"},
        below=prices_html(comparison, sliders) if sliders else "",
        beside=STRIP if months else "",
        base_map=base_map,
        links=[("Report and sources", report)],
        assets=tuple(filter(None, assets)),
    )


def frame_of(tiles: str | None) -> Frame | None:
    """Return the frame of a page that may load online tiles, None for the shipped one.

    Raises
    ------
    ConfigError
        The set of tiles, such as `osm`, is unknown.
    """
    if tiles is None:
        return None
    from corridors.output.html.map.folium_page import drawn_frame

    return drawn_frame(tiles)


def _cited(title: str) -> str:
    """Return a source in a line, in full when pointed at."""
    return element("span", shortened(title), title=title) if title else ""
