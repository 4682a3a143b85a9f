"""Where boxes may change ships: hubs of lines that go toward an end without calling there.

Of the ports that a line is listed with in the trade region of that end, the nearest by sea is the
hub. Whether a feeder sails from there the table does not say. A line that is listed for a region as
a whole names no hub.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from math import inf
from pathlib import Path
from typing import NamedTuple

from corridors.data.geodata import network_file
from corridors.data.lines import Line, LineEnds, Stop
from corridors.data.trade import region_of
from corridors.domain.results import KnownLine, Relay
from corridors.errors import PlaceError
from corridors.network.sea.sea_distances import sea_distance, sea_network
from corridors.units import km_from_nm


class Relaying(NamedTuple):
    """A line between one end and the trade region of the other, in the direction of the boxes.

    `own` and `calls` are the UN/LOCODEs with which it is listed there, none where it is listed for
    a country or region. `hub_first` if the boxes reach it by feeder.
    """

    line: Line
    own: tuple[str, ...]
    calls: tuple[str, ...]
    hub_first: bool


class _Port(NamedTuple):
    """A port of a line, with the km by sea from it to the end near it."""

    km: float
    code: str
    name: str


def relaying(line: Line, start: Stop, end: Stop, near_km: float) -> Iterator[Relaying]:
    """Yield how a line may carry boxes that change ships once between two terminals."""
    directions = [(line.one, line.other), (line.other, line.one)]
    for out, back in directions[: 1 if line.one_way else 2]:
        if out.serve(start, near_km) and (calls := _calls_toward(back, end)) is not None:
            yield Relaying(line, _calls_at(out, start, near_km), calls, hub_first=False)
        if back.serve(end, near_km) and (calls := _calls_toward(out, start)) is not None:
            yield Relaying(line, _calls_at(back, end, near_km), calls, hub_first=True)


def _calls_toward(ends: LineEnds, stop: Stop) -> tuple[str, ...] | None:
    """Return the ports in the trade region of a terminal; None if no end lies in it."""
    region = region_of(stop.country)
    inside = {country for country in ends.served if region_of(country) == region}
    if not inside:
        return None
    return tuple(sorted(code for code in ends.calls.codes if code[:2] in inside))


def _calls_at(ends: LineEnds, stop: Stop, near_km: float) -> tuple[str, ...]:
    """Return the ports in the country of a terminal, if the line is listed with one near it."""
    if not ends.calls.near(stop, near_km):
        return ()
    return tuple(sorted(code for code in ends.calls.codes if code[:2] == stop.country))


def relays_of(
    found: Iterable[tuple[Relaying, KnownLine]], ends: tuple[str, str], stops: tuple[Stop, Stop]
) -> tuple[Relay, ...]:
    """Return the relays of a section, each line once: of listed ports first, the nearest hub first.

    Parameters
    ----------
    found
        The lines toward an end, each also as results hold it.
    ends, stops
        The names and terminals between which the section runs.
    """
    made: dict[tuple[str, str], tuple[tuple[bool, bool, bool, float, bool], Relay]] = {}
    for (line, own, calls, hub_first), known in found:
        here, there = stops[::-1] if hub_first else stops
        served, hub = _nearest(own, here), _nearest(calls, there)
        relay = Relay(
            ends=ends,
            line=known,
            served="" if served is None else served.name,
            hub="" if hub is None else hub.code,
            hub_name="" if hub is None else hub.name,
            hub_first=hub_first,
            feeder_km=None if hub is None else hub.km,
        )
        km = inf if hub is None else hub.km
        rank = hub is None, served is None, line.is_sum, km, known.stale
        name = line.loop, line.operator
        if name not in made or rank < made[name][0]:
            made[name] = rank, relay
    # Of equal ranks the first of the table comes first.
    return tuple(relay for _, relay in sorted(made.values(), key=lambda ranked: ranked[0]))


def _nearest(codes: Iterable[str], stop: Stop) -> _Port | None:
    """Return the nearest port to a terminal by sea; None if no ship joins them."""
    ports = (_port(network_file("sea_lanes.npz"), code, stop) for code in codes)
    return min((port for port in ports if port.km < inf), default=None)


@lru_cache(maxsize=4_096)
def _port(_path: Path, code: str, stop: Stop) -> _Port:
    network = sea_network()
    try:
        end = network.place(stop.id)
    except PlaceError:  # a user's own terminal
        end = network.place(f"{stop.lon},{stop.lat}")
    try:
        port = network.place(code)
        # Feeders are small.
        return _Port(km_from_nm(sea_distance(port, end, kiel=True)), code, port.name)
    except PlaceError:  # in no list of ports
        return _Port(inf, code, code)
