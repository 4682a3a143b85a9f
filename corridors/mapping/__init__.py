"""The interactive maps: one HTML file that opens by double click, with no network."""

from corridors.mapping.flow_page import render_flows
from corridors.mapping.page import render_map

__all__ = ["render_flows", "render_map"]
