"""The interactive map: one HTML file that opens by double click, with no network."""

from corridors.mapping.page import render_map

__all__ = ["render_map"]
