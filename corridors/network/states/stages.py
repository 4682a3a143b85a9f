"""The stages of a service: what a ship, truck or barge must have done before it unloads.

A ship has a stage of its own at the ports where it calls: boxes are handled there, and it does not
sail on. Its legs are shortest ways between any two ports, so a call at which nothing is handled
would only part one of them in two, as for a lower price of emissions beyond a port outside the EU.
At a port that a corridor names it may sail on, for the main carriage of that corridor.

A ship with an ice class has two more: before it has crossed the Arctic since loading, and after. It
calls in the second only, or at its own Arctic ports. It has crossed once it has sailed the area
`CROSSED`: at a gate of the edge it would turn back, as a feeder from Klaipeda to Felixstowe by the
Kara Gate. A truck, barge, ferry or train has the second after its first leg and unloads there only:
a truck may not serve to change trains at one yard, nor is a train loaded only to change to a ship.
Trains have more stages on their first few km (see `trains`).
"""

from __future__ import annotations

from typing import NamedTuple

from corridors.data.geodata import load_sea_legs
from corridors.data.port_calls import load_port_calls
from corridors.domain.places import Family, Service

OUTSIDE, PASSED, CALLED = 0, 1, 2
# The eastern Laptev Sea, which every way from Europe to the Far East leads through.
CROSSED = 4
MOVED_FIRST = (Family.ROAD, Family.RIVER, Family.FERRY, Family.RAIL)


def has_stages(service: Service) -> bool:
    """Return whether a service has two stages on its way."""
    return service.family in MOVED_FIRST or service.has_ice_class


def arctic_points() -> frozenset[str]:
    """Return the gate points and ports on a leg through the areas of the Northern Sea Route."""
    legs = load_sea_legs()
    inside = legs.leg_area > 0
    ends = (*legs.leg_from[inside].tolist(), *legs.leg_to[inside].tolist())
    return frozenset(legs.point_ids[end] for end in ends)


def own_ports() -> frozenset[str]:
    """Return the ports where ships with an ice class are on their own ground."""
    return load_port_calls().arctic | arctic_points()


def unloaded(service: Service) -> int:
    """Return the stage in which a service is unloaded."""
    if service.family is Family.SEA:
        return CALLED
    return PASSED if has_stages(service) else OUTSIDE


class At(NamedTuple):
    """What a service finds where a leg begins or ends.

    `own`: ships with an ice class call there in either stage; `calls`: the service is a ship that
    calls there; `named`: a corridor names the place, so that the ship may also sail on.
    """

    own: bool
    calls: bool
    named: bool


def moves(service: Service, start: At, end: At, *, advances: bool) -> tuple[tuple[int, int], ...]:
    """Return the stages of a service on a leg, each with one in which it may arrive.

    A leg that `advances` begins the second stage of a service with two. Where no ship calls, as at
    the point of a gate, it goes on without being handled.
    """
    if start.calls and not start.named:
        on_leg: tuple[int, ...] = (boarded(service, own=start.own),)
    else:
        on_leg = (OUTSIDE, PASSED) if has_stages(service) else (OUTSIDE,)
    found = []
    for stage in on_leg:
        after = PASSED if advances and has_stages(service) else stage
        handled = end.calls and (not service.has_ice_class or after == PASSED or end.own)
        if end.named or not end.calls:
            found.append((stage, after))
        if handled:
            found.append((stage, CALLED))
    return tuple(found)


def boarded(service: Service, *, own: bool) -> int:
    """Return the stage of a service that is loaded, at one of its `own` ports or elsewhere."""
    return PASSED if service.has_ice_class and own else OUTSIDE
