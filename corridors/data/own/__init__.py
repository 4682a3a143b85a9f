"""A user's own terminals, legs and rates, which replace or add to the shipped ones."""

from corridors.data.own.own_rows import Overlay, shipped_overlay, source_at

__all__ = ["Overlay", "shipped_overlay", "source_at"]
