"""The network of states while it is collected: places, states, legs and arcs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from corridors.domain.places import Family, Service, Terminal
from corridors.network.locate import Place
from corridors.network.shore import joined
from corridors.network.topology import ArcKind, NetworkPlace, PhysicalLeg

# A terminal that lists this transships between ships of different classes.
HUB = "hub"


@dataclass(slots=True)
class Draft:
    """States and arcs while they are collected."""

    services: tuple[Service, ...]
    places: dict[str, NetworkPlace] = field(default_factory=dict)
    states: dict[tuple[str, int], int] = field(default_factory=dict)
    state_place: list[int] = field(default_factory=lambda: [-1, -1])
    state_service: list[int] = field(default_factory=lambda: [-1, -1])
    place_index: dict[str, int] = field(default_factory=dict)
    country_index: dict[tuple[str, ...], int] = field(default_factory=lambda: {(): 0})
    legs: list[PhysicalLeg] = field(default_factory=list)
    arcs: list[tuple[int, int, int, float, int, int, bool, int, int, int]] = field(
        default_factory=list
    )

    def state(self, place: str, service: int) -> int:
        """Return the number of a state, made where it is new."""
        key = (place, service)
        if key not in self.states:
            self.states[key] = len(self.state_place)
            self.state_place.append(self.place_index.setdefault(place, len(self.place_index)))
            self.state_service.append(service)
        return self.states[key]

    def country(self, *codes: str) -> int:
        """Return the number of the countries of an arc, made where it is new."""
        found = tuple(code for code in codes if code)
        return self.country_index.setdefault(found, len(self.country_index))

    def both_ways(
        self,
        a: str,
        b: str,
        service: int,
        *,
        km: float,
        leg: int,
        countries: tuple[str, ...] = (),
        area: int = 0,
        canal: int = -1,
    ) -> None:
        """Add a leg as two arcs, one each way."""
        start, end, code = self.state(a, service), self.state(b, service), self.country(*countries)
        kind = int(ArcKind.LEG)
        self.arcs.append((start, end, kind, km, service, leg, False, code, area, canal))
        self.arcs.append((end, start, kind, km, service, leg, True, code, area, canal))


def services_at(place: Place, services: Sequence[Service]) -> list[int]:
    """Return the indices of the services that can be loaded or unloaded at a place itself."""
    if place.kind == "port":
        return [i for i, s in enumerate(services) if s.family is Family.SEA]
    if place.kind == "point":
        return [i for i, s in enumerate(services) if s.family is Family.SEA and joined(place)]
    return loadable(place.terminal, services) if place.terminal else []


def loadable(terminal: Terminal, services: Sequence[Service]) -> list[int]:
    """Return the indices of the services that a terminal lists."""
    listed = set(terminal.services)
    return [
        i
        for i, service in enumerate(services)
        if service.id in listed
        or (service.family.value in listed and service.family is not Family.RAIL)
    ]
