"""The states of trains: boxes on a train leave it once it has run so far as trains do.

Boxes stay on their wagons, or go on to those of another gauge. A box that has just been loaded, or
gone over to another gauge, leaves by a leg alone; and it is handed out or changes to a ship, truck
or barge only once its train has run over `shortest_km` since it was loaded. Until then it is on a
young train: a state of its own, by what that has run. Few are needed, since few legs are so short.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from corridors.network.states.draft import Draft
from corridors.network.states.stages import CALLED, OUTSIDE, PASSED
from corridors.network.states.topology import ArcKind
from corridors.units import M_PER_KM

# A service at a place.
Yard = tuple[str, int]


class TrainLeg(NamedTuple):
    """A leg of a train from a yard: where it ends, its number, its countries and its length."""

    end: str
    leg: int
    is_back: bool
    country: int
    km: float


class GaugeChange(NamedTuple):
    """A train of another gauge to which boxes go over, and the country where they do."""

    service: int
    country: int


class _Ridden(NamedTuple):
    """What a train has run since boxes were loaded: metres up to the least, and places it met.

    `rides` unless the box has just been loaded, or gone over to another gauge.
    """

    metres: int
    met: frozenset[str]
    rides: bool


def add_trains(
    draft: Draft,
    legs: Mapping[Yard, Iterable[TrainLeg]],
    *,
    loaded: Collection[Yard],
    gauges: Mapping[Yard, Iterable[GaugeChange]],
    shortest_km: float,
) -> None:
    """Add the legs of trains and their changes of gauge, from each state that boxes reach.

    Parameters
    ----------
    draft
        The network.
    legs
        By yard the legs that begin there.
    loaded
        The yards where boxes are loaded.
    gauges
        By yard the trains of other gauges to which boxes go over there.
    shortest_km
        How far a train runs at least.
    """
    least = round(shortest_km * M_PER_KM)
    nothing: frozenset[str] = frozenset()
    stages = {
        _Ridden(0, nothing, rides=False): OUTSIDE,
        _Ridden(least, nothing, rides=True): PASSED,
    }

    def state(yard: Yard, ridden: _Ridden) -> int:
        return draft.state(*yard, stages.setdefault(ridden, CALLED + len(stages)))

    left = [(yard, ridden) for yard in legs for ridden in stages]
    left = [(yard, ridden) for yard, ridden in left if ridden.rides or yard in loaded]
    seen = set(left)
    for yard, ridden in left:
        (place, service), tail = yard, state(yard, ridden)
        onward = []
        for leg in legs[yard]:
            metres = min(least, ridden.metres + round(leg.km * M_PER_KM))
            met = ridden.met | {place} if metres < least else nothing
            # A young train does not turn back.
            if leg.end not in met:
                after = (leg.end, service), _Ridden(metres, met, rides=True)
                head = state(*after)
                draft.arcs.append(
                    (
                        *(tail, head, int(ArcKind.LEG), leg.km, service, leg.leg, leg.is_back),
                        *(leg.country, 0, -1),
                    )
                )
                onward.append(after)
        for change in gauges.get(yard, ()) if ridden.rides else ():
            after = (place, change.service), ridden._replace(rides=False)
            draft.transfer(ArcKind.CHANGE, tail, state(*after), **change._asdict())
            onward.append(after)
        for after in onward:
            if after not in seen:
                seen.add(after)
                left.append(after)
