"""Interactive maps: single HTML files that work offline."""

from corridors.output.html.map.flow_page import render_flows
from corridors.output.html.map.page import render_map

__all__ = ["render_flows", "render_map"]
