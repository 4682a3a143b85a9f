"""Land and borders under the routes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from corridors.errors import GeodataError
from corridors.output.drawn_lines import unwrapped
from corridors.output.html.encode import LonLat, packed_line

# No route goes further south, and Web Mercator cannot show the pole.
_SOUTHERN_EDGE_DEG = -60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseMap:
    """Land as closed rings and country borders as lines, longitudes in -180 to 180.

    A ring inside a ring is a lake or an inland sea (even-odd rule).
    """

    land: tuple[tuple[LonLat, ...], ...]
    borders: tuple[tuple[LonLat, ...], ...]

    def packed(self) -> dict[str, list[list[int]]]:
        """Return packed rings and borders, without land south of 60 S."""
        rings = [ring for ring in self.land if max(lat for _, lat in ring) > _SOUTHERN_EDGE_DEG]
        return {
            "land": [packed_line(unwrapped(ring)) for ring in rings],
            "borders": [packed_line(unwrapped(line)) for line in self.borders],
        }


def load_base_map(path: Path) -> BaseMap:
    """Read `basemap.json`: `land`, polygons as lists of rings, and `borders`, lines.

    A ring or a line is flat: `[lon, lat, lon, lat, ...]`.

    Raises
    ------
    GeodataError
        The file is missing or malformed.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return BaseMap(
            land=tuple(_points(ring) for polygon in raw["land"] for ring in polygon),
            borders=tuple(_points(line) for line in raw["borders"]),
        )
    except (OSError, ValueError, KeyError, TypeError, IndexError) as fault:
        msg = f"{path.name}: not a base map (flat rows of lon, lat): {fault}"
        raise GeodataError(msg) from fault


def _points(flat: Sequence[float]) -> tuple[LonLat, ...]:
    if len(flat) % 2 or len(flat) < 4:
        msg = f"a row of {len(flat)} numbers"
        raise ValueError(msg)
    return tuple(zip(map(float, flat[::2]), map(float, flat[1::2]), strict=True))
