"""The interactive maps: one HTML file that opens by double click, with no network."""

from corridors.output.html.map.flow_page import render_flows
from corridors.output.html.map.page import render_map

__all__ = ["render_flows", "render_map"]
