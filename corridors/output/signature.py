"""What a route of an allocation is called: its services, gates and borders, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corridors.network.topology import Topology


def names_along(topology: Topology, arcs: Sequence[int]) -> dict[str, tuple[str, ...]]:
    """Return the services, gates, borders and countries of a route, in order."""
    areas = {gate.id for gate in topology.gates if gate.kind.value == "area"}
    services, gates, borders = [], [], []
    countries: list[str] = []
    for arc in arcs:
        services.append(topology.services[int(topology.service[arc])].id)
        crossed = topology.countries[int(topology.country[arc])]
        countries += crossed
        place = int(topology.state_place[topology.head[arc]])
        if place >= 0 and topology.places[place].gate not in (*areas, ""):
            gates.append(topology.places[place].gate)
        if len(crossed) == 2:
            start = topology.places[int(topology.state_place[topology.tail[arc]])].country
            borders.append("-".join(crossed if crossed[0] == start else crossed[::-1]))
    lists = {"services": services, "gates": gates, "borders": borders, "countries": countries}
    return {name: tuple(dict.fromkeys(found)) for name, found in lists.items()}


def signature(named: Mapping[str, tuple[str, ...]]) -> str:
    """Return what tells one way from another: its services, the gates and borders it passes."""
    gates = (gate.removeprefix("gate-") for gate in named["gates"])
    return " > ".join(
        part for part in ("+".join(named["services"]), *gates, *named["borders"]) if part
    )
