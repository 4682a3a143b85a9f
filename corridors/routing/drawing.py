"""The drawn line of a leg, continuous along a route."""

from __future__ import annotations

from corridors.data.geodata import line_of
from corridors.network.sea import shipped_line
from corridors.network.topology import Topology


def arc_line(topology: Topology, arc: int) -> tuple[tuple[float, float], ...]:
    """Return the drawn line of a leg in the direction it is run."""
    leg = topology.legs[int(topology.leg[arc])]
    if leg.land is not None:
        line = line_of(leg.land)
    elif leg.sea_row >= 0:
        line = shipped_line(leg.sea_row)
    else:
        line = leg.lon_lat
    return line[::-1] if topology.reversed[arc] else line


def shifted(
    line: tuple[tuple[float, float], ...], after: float | None
) -> tuple[tuple[float, float], ...]:
    """Return a line moved by whole turns so that it begins near longitude `after`."""
    if after is None or not line:
        return line
    turn = 360.0 * round((after - line[0][0]) / 360.0)
    return tuple((lon + turn, lat) for lon, lat in line) if turn else line
