"""List the places that a route passes: gates, borders, terminals."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from corridors.data.names import name_of
from corridors.errors import ConfigError
from corridors.network.states.topology import Topology

KINDS = ("gates", "borders", "terminals")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A place that can be closed; `key` is its id in the `closures` of a scenario."""

    key: str
    name: str
    kind: str


def passed(topology: Topology, arcs: Sequence[int], kinds: Collection[str]) -> list[Passed]:
    """Return the places that a route passes, in order, without its ends.

    Parameters
    ----------
    topology
        The network.
    arcs
        The arcs of the route.
    kinds
        Any of `gates`, `borders` (pairs of countries, on land) and `terminals`.
    """
    found: dict[str, Passed] = {}
    ends = {topology.origin, topology.destination}
    for arc in (arcs[0], arcs[-1]) if arcs else ():
        # A city or a point is left and reached by one of its terminals.
        for state in (int(topology.tail[arc]), int(topology.head[arc])):
            if topology.state_place[state] >= 0:
                ends.add(topology.place_of(state).id)
    for arc in arcs:
        codes = topology.countries[int(topology.country[arc])]
        if len(codes) > 1:
            key = "-".join(codes)
            found.setdefault(key, Passed(key=key, name=f"border {name_of(key)}", kind="borders"))
        place = int(topology.state_place[int(topology.head[arc])])
        if place < 0 or topology.places[place].id in ends:
            continue
        here = topology.places[place]
        key = here.id.split("#")[0]
        kind = "gates" if here.gate else "terminals"
        found.setdefault(key, Passed(key=key, name=here.name, kind=kind))
    return [place for place in found.values() if place.kind in kinds]


def closable_kinds(text: str) -> tuple[str, ...]:
    """Return the kinds in a comma-separated list.

    Raises
    ------
    ConfigError
        A kind is unknown, or the list is empty.
    """
    named = [part.strip() for part in text.split(",") if part.strip()]
    wrong = [name for name in named if name not in KINDS]
    if wrong or not named:
        what = f"unknown kind '{wrong[0]}'" if wrong else "no kind given"
        msg = f"--kinds: {what}; choose from {', '.join(KINDS)}"
        raise ConfigError(msg)
    return tuple(named)
