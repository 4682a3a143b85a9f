"""A small map of places as SVG: land, areas and dots, with no tiles and no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from corridors.output.html.encode import LonLat
from corridors.output.html.gallery.thumbnail import INK, SEA, ground_svg, path_data
from corridors.output.html.gallery.thumbnail_frame import HEIGHT_PX, WIDTH_PX, Frame, frame_of
from corridors.output.html.map.basemap import BaseMap, shipped_land
from corridors.output.html.palette import painted

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

# A cell of a place ends this far from it, over land that no other place is nearer to.
REACH_DEG = 5.0
DOT_PX = 5.0
# Names at a desk and on a phone, where the map is half as wide: at both they are 11 px or so high.
NAME_PX = {"on-desk": 9.0, "on-phone": 19.0}
LETTER_SHARE = 0.56
"""Width of a letter as a share of its height, on average."""
NAME_GAP_PX = 3.0


Box = tuple[float, float, float, float]
"""Left, top, right and bottom in pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place to draw: its name, what is said of it, its colour and size, and attributes."""

    place: LonLat
    name: str
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
        f"{ground_svg(base_map, frame)}{areas}{dots}{_names(spots, frame)}</svg>"
    )


def _names(spots: Sequence[Spot], frame: Frame) -> str:
    """Return the names of places, once for a wide screen and once for a narrow one.

    A name that would lie on a dot or on another name is left out, the first places first.
    """
    placed = [
        (spot, at)
        for spot in spots
        for (at,) in frame.copies((spot.place,))
        if 0 <= at[0] <= WIDTH_PX
    ]
    dots = [
        (x - spot.radius_px, y - spot.radius_px, x + spot.radius_px, y + spot.radius_px)
        for spot, (x, y) in placed
    ]
    return "".join(
        f'<g class="{screen}" font-size="{size:g}">{_names_of(placed, dots, size)}</g>'
        for screen, size in NAME_PX.items()
    )


def _names_of(
    placed: Sequence[tuple[Spot, tuple[float, float]]], dots: Sequence[Box], size: float
) -> str:
    taken, drawn = list(dots), ""
    for spot, (x, y) in placed:
        wide, off = len(spot.name) * size * LETTER_SHARE, spot.radius_px + NAME_GAP_PX
        # Right of its dot, left of it, below and above.
        for left, top in (
            (x + off, y - size / 2),
            (x - off - wide, y - size / 2),
            (x - wide / 2, y + off),
            (x - wide / 2, y - off - size),
        ):
            box = (left, top, left + wide, top + size)
            inside = left >= 0 and top >= 0 and box[2] <= WIDTH_PX and box[3] <= HEIGHT_PX
            if inside and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                drawn += (
                    f'<text x="{left:.1f}" y="{top + 0.82 * size:.1f}">{escape(spot.name)}</text>'
                )
                break
    return drawn


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


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
        f' style="fill:{painted(spot.colour)}" data-tip="{escape(spot.tip)}"{_attributes(spot)}/>'
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
                f' style="fill:{painted(spot.colour)}" data-tip="{escape(spot.tip)}"'
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
    """Return a map of lines, each with what is said of it and its colour, the first on top.

    The name of a line stands in its middle: what is said of it up to a colon.
    """
    drawn = [(tip, colour, line) for tip, colour, line in lines if len(line) > 1]
    if not drawn:
        return ""
    frame = frame_of([line for _, _, line in drawn])
    paths = "".join(
        f'<path d="{path_data(frame.copies(line))}" fill="none" style="stroke:{painted(colour)}"'
        f' stroke-width="{3 + 2 * (number > 0)}" stroke-linejoin="round"'
        f' data-tip="{escape(tip)}"/>'
        for number, (tip, colour, line) in reversed(list(enumerate(drawn)))
    )
    named = {tip.partition(":")[0]: (line, colour) for tip, colour, line in reversed(drawn)}
    middles = [
        Spot(place=line[len(line) // 2], name=name, tip=name, colour=colour, radius_px=2.0)
        for name, (line, colour) in reversed(named.items())
    ]
    return (
        f'<svg class="pointmap" viewBox="0 0 {WIDTH_PX:.0f} {HEIGHT_PX:.0f}" role="img"'
        f' aria-label="{escape(says)}">'
        f'<rect width="{WIDTH_PX:.0f}" height="{HEIGHT_PX:.0f}" fill="{SEA}"/>'
        f"{ground_svg(shipped_land(), frame)}{paths}{_names(middles, frame)}</svg>"
    )
