"""A small map of places as SVG: land, areas and dots, with no tiles and no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from corridors.output.html.encode import LonLat, safe_colour
from corridors.output.html.gallery.thumbnail import INK, SEA, ground_svg, path_data
from corridors.output.html.gallery.thumbnail_frame import HEIGHT_PX, WIDTH_PX, Frame, frame_of
from corridors.output.html.map.basemap import BaseMap, shipped_land

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

# A cell of a place ends this far from it, over land that no other place is nearer to.
REACH_DEG = 5.0
DOT_PX = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place to draw: what is said of it, its colour and size, and attributes for a script."""

    place: LonLat
    tip: str
    colour: str
    radius_px: float = DOT_PX
    data: Mapping[str, str] = field(default_factory=dict)


def point_map(spots: Sequence[Spot], *, says: str, cells: bool = False) -> str:
    """Return the map of some places, framed by them.

    Parameters
    ----------
    spots
        The places, the first on top.
    says
        Text for screen readers.
    cells
        Also draw by place the land that is nearer to it than to the others, in its colour.
    """
    if not spots:
        return ""
    spots = _unwrapped(spots)
    base_map = shipped_land()
    frame = frame_of([[_around(spot.place, turn) for spot in spots for turn in (-1, 1)]])
    areas = _cells(base_map, spots, frame) if cells else ""
    dots = "".join(_dot(spot, frame) for spot in reversed(spots))
    return (
        f'<svg class="pointmap" viewBox="0 0 {WIDTH_PX:.0f} {HEIGHT_PX:.0f}" role="img"'
        f' aria-label="{escape(says)}">'
        f'<rect width="{WIDTH_PX:.0f}" height="{HEIGHT_PX:.0f}" fill="{SEA}"/>'
        f"{ground_svg(base_map, frame)}{areas}{dots}</svg>"
    )


def _unwrapped(spots: Sequence[Spot]) -> list[Spot]:
    """Return places with longitudes that run on, cut where the widest gap between two is."""
    lons = sorted({spot.place[0] for spot in spots})
    gaps = [after - before for before, after in pairwise(lons)]
    around = 360.0 - (lons[-1] - lons[0])
    if not gaps or max(gaps) <= around:
        return list(spots)
    cut = lons[gaps.index(max(gaps))]
    return [
        replace(spot, place=(spot.place[0] + 360.0 * (spot.place[0] <= cut), spot.place[1]))
        for spot in spots
    ]


def _around(place: LonLat, turn: int) -> LonLat:
    return place[0] + turn, place[1] + turn


def _attributes(spot: Spot) -> str:
    return "".join(f' data-{key}="{escape(value)}"' for key, value in spot.data.items())


def _dot(spot: Spot, frame: Frame) -> str:
    return "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{spot.radius_px:g}" stroke="#fff"'
        f' fill="{safe_colour(spot.colour)}" data-tip="{escape(spot.tip)}"{_attributes(spot)}/>'
        for ((x, y),) in frame.copies((spot.place,))
    )


def _cells(base_map: BaseMap, spots: Sequence[Spot], frame: Frame) -> str:
    """Return the cells of places on land (Voronoi, up to `REACH_DEG`), in degrees."""
    import shapely

    points = shapely.multipoints([spot.place for spot in spots])
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=points.buffer(REACH_DEG)))
    land = _land(base_map, shapely.box(*points.buffer(REACH_DEG).bounds))
    drawn = []
    for spot in spots:
        centre = shapely.Point(spot.place)
        cell = next((one for one in cells if one.covers(centre)), None)
        if cell is None:
            continue
        kept = cell.intersection(centre.buffer(REACH_DEG)).intersection(land)
        rings = [
            [frame.point(x, y) for x, y in polygon.exterior.coords]
            for polygon in shapely.get_parts(kept)
            if polygon.geom_type == "Polygon"
        ]
        if rings:
            drawn.append(
                f'<path class="cell" d="{path_data(map(tuple, rings), closed=True)}"'
                f' fill="{safe_colour(spot.colour)}" data-tip="{escape(spot.tip)}"'
                f"{_attributes(spot)}/>"
            )
    return f'<g stroke="{INK}" stroke-width=".3" stroke-opacity=".4">{"".join(drawn)}</g>'


def _land(base_map: BaseMap, window: BaseGeometry) -> BaseGeometry:
    """Return the land within a window; a ring inside a ring is a lake or an inland sea."""
    import shapely
    from shapely.affinity import translate

    rings = [shapely.make_valid(shapely.Polygon(ring)) for ring in base_map.land]
    # The base map ends at 180 degrees, beyond which a window may reach.
    rings += [translate(ring, 360.0) for ring in rings]
    met = [ring for ring in rings if ring.intersects(window)]
    lakes = [one for one in met if any(other is not one and other.contains(one) for other in met)]
    whole = shapely.union_all([one for one in met if one not in lakes])
    return whole.difference(shapely.union_all(lakes)).intersection(window)


def line_map(lines: Sequence[tuple[str, str, Sequence[LonLat]]], *, says: str) -> str:
    """Return a map of lines, each with what is said of it and its colour, the first on top."""
    drawn = [(tip, colour, line) for tip, colour, line in lines if len(line) > 1]
    if not drawn:
        return ""
    frame = frame_of([line for _, _, line in drawn])
    paths = "".join(
        f'<path d="{path_data(frame.copies(line))}" fill="none" stroke="{safe_colour(colour)}"'
        f' stroke-width="{3 + 2 * (number > 0)}" stroke-linejoin="round"'
        f' data-tip="{escape(tip)}"/>'
        for number, (tip, colour, line) in reversed(list(enumerate(drawn)))
    )
    return (
        f'<svg class="pointmap" viewBox="0 0 {WIDTH_PX:.0f} {HEIGHT_PX:.0f}" role="img"'
        f' aria-label="{escape(says)}">'
        f'<rect width="{WIDTH_PX:.0f}" height="{HEIGHT_PX:.0f}" fill="{SEA}"/>'
        f"{ground_svg(shipped_land(), frame)}{paths}</svg>"
    )
