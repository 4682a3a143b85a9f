"""Findings on drawn lines (chords, ends, 180 degrees) and on km against published lengths."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from statistics import median

import numpy as np

from corridors.data.geodata import LandLeg, line_of
from corridors.data.sea_areas import great_circle_km
from corridors.domain.places import Terminal
from corridors.units import in_percent
from validation.network_state.findings import (
    PRINTED,
    SHOWN,
    Finding,
    Worse,
    listing,
    spread,
)
from validation.network_state.land_findings import is_rail

Line = Sequence[tuple[float, float]]
LONG_CHORD_KM = 50.0
HALF_TURN_DEG = 180.0
CLOSE, FAR = 0.05, 0.15


def line_findings(
    terminals: Mapping[str, Terminal],
    legs: Sequence[LandLeg],
    *,
    on_corridors: Collection[str],
    sea_lines: Sequence[tuple[str, Line]] = (),
    graph_km: Mapping[str, float],
) -> Iterator[Finding]:
    """Yield how well the drawn lines fit the places, the railway and the published km.

    Parameters
    ----------
    terminals
        Terminals by id.
    legs
        All legs on land, including those of projects.
    on_corridors
        Ids of the legs used by shipped corridors.
    sea_lines
        Ids and drawn lines of sea legs.
    graph_km
        Km of the track from which a leg was made, by id of the leg.
    """
    lines = {leg.id: line_of(leg) for leg in legs}
    yield from spread(
        "place to the end of its line", _ends(terminals, legs, lines), worst="farthest"
    )
    rails = [leg for leg in legs if is_rail(leg)]
    chords = {leg.id: _longest_chord_km(lines[leg.id]) for leg in rails}
    inside = {name: km for name, km in chords.items() if name in on_corridors}
    for what, group in (("legs of shipped corridors", inside), ("all rail legs", chords)):
        # A new leg may be drawn roughly, unless corridors use it.
        worse = Worse.NEW if group is inside else Worse.NEW_OF_OLD
        yield from _chords(what, group, worse)
    jumps = [name for name, line in (*lines.items(), *sea_lines) if _jumps(line)]
    yield listing(
        "lines", "drawn across 180 degrees", jumps, worse=Worse.NEW, unit="legs", limit=0.0
    )
    yield from _against_published(rails, graph_km)


def _ends(
    terminals: Mapping[str, Terminal], legs: Sequence[LandLeg], lines: Mapping[str, Line]
) -> dict[str, float]:
    """Return the distance in km from each place to the farthest end of its lines."""
    off: dict[str, float] = {}
    for leg in legs:
        for place, (lon, lat) in zip(leg.ends, (lines[leg.id][0], lines[leg.id][-1]), strict=True):
            here = terminals[place]
            km = float(great_circle_km(here.lon, here.lat, [lon], [lat])[0])
            off[place] = max(km, off.get(place, 0.0))
    return off


def _longest_chord_km(line: Line) -> float:
    """Return the longest geodesic between two successive points of a line."""
    from pyproj import Geod

    lon, lat = np.array(line, float).T
    _, _, metres = Geod(ellps="WGS84").inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
    return float(np.max(metres, initial=0.0)) / 1000.0


def _chords(what: str, chords: Mapping[str, float], worse: Worse) -> Iterator[Finding]:
    worst = sorted(chords, key=lambda name: (-chords[name], name))
    shown = {name: f"{name} ({chords[name]:,.1f} km)" for name in worst}
    yield Finding(
        part="lines",
        what=f"longest chord on {what}",
        value=round(max(chords.values(), default=0.0), 1),
        unit="km",
        worse=Worse.HIGHER,
        shown=tuple(shown[name] for name in worst[:SHOWN]),
        slack=PRINTED,
    )
    long = [name for name in worst if chords[name] > LONG_CHORD_KM]
    yield listing(
        "lines",
        f"chord over {LONG_CHORD_KM:g} km on {what}",
        long,
        worse=worse,
        unit="legs",
        shown=[shown[name] for name in long],
    )


def _jumps(line: Line) -> bool:
    lon = np.array([point[0] for point in line])
    return bool(np.any(np.abs(np.diff(lon)) > HALF_TURN_DEG))


def _against_published(legs: Sequence[LandLeg], graph_km: Mapping[str, float]) -> Iterator[Finding]:
    """Yield how far the track is off the published length to which a leg was set."""
    off = {
        leg.id: graph_km[leg.id] / leg.length_km - 1.0
        for leg in legs
        if leg.calibrated and leg.id in graph_km
    }
    if not off:
        return
    size = {name: abs(value) for name, value in off.items()}
    worst = sorted(size, key=lambda name: (-size[name], name))
    shown = {name: f"{name} ({in_percent(off[name], signed=True)}%)" for name in worst}
    part = "km against published"
    share = len(off) / len(legs)
    yield _share(part, "legs set to a published length", share, worse=Worse.NEVER)
    yield Finding(
        part=part,
        what="track of the graph, median off",
        value=round(100.0 * median(size.values()), 1),
        unit="%",
        worse=Worse.HIGHER,
        slack=PRINTED,
    )
    close = sum(value <= CLOSE for value in size.values()) / len(size)
    yield _share(part, f"track within {in_percent(CLOSE)}%", close, worse=Worse.LOWER)
    far = [name for name in worst if size[name] > FAR]
    yield listing(
        part,
        f"track off by more than {in_percent(FAR)}%",
        far,
        worse=Worse.NEW,
        unit="legs",
        shown=[shown[name] for name in far],
    )


def _share(part: str, what: str, share: float, *, worse: Worse) -> Finding:
    return Finding(
        part=part,
        what=what,
        value=round(100.0 * share, 1),
        unit="%",
        worse=worse,
        slack=PRINTED,
    )
