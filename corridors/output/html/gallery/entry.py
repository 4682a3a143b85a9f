"""One scenario of the gallery."""

from __future__ import annotations

from dataclasses import dataclass

from corridors.output.comparison import Comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A shipped scenario's id (its file's name) with its comparison and its picture."""

    id: str
    comparison: Comparison
    thumbnail: str
