"""States and arcs of a network while they are collected."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from corridors.data.geodata import LandLeg
from corridors.domain.places import Gate, Service
from corridors.network.sea.sea_legs import SeaLeg
from corridors.network.states.stages import OUTSIDE, At, moves
from corridors.network.states.topology import ArcKind, NetworkPlace, PlaceIndex, Topology

Arc = tuple[int, int, int, float, int, int, bool, int, int, int]
# The columns of an arc, with their types as arrays.
COLUMNS = (
    *(("tail", np.int64), ("head", np.int64), ("kind", np.int64), ("km", np.float64)),
    *(("service", np.int64), ("leg", np.int64), ("reversed", np.bool_), ("country", np.int64)),
    *(("area", np.int64), ("canal", np.int64)),
)


@dataclass(slots=True)
class Draft:
    """States, legs and arcs. Those of a network to which more is attached keep their numbers."""

    services: tuple[Service, ...]
    states: dict[tuple[str, int, int], int] = field(default_factory=dict)
    state_place: list[int] = field(default_factory=lambda: [-1, -1])
    state_service: list[int] = field(default_factory=lambda: [-1, -1])
    place_index: dict[str, int] = field(default_factory=dict)
    country_index: dict[tuple[str, ...], int] = field(default_factory=lambda: {(): 0})
    legs: list[LandLeg | SeaLeg] = field(default_factory=list)
    arcs: list[Arc] = field(default_factory=list)
    known_moves: dict[tuple[int, bool, tuple[At, At]], tuple[tuple[int, int], ...]] = field(
        default_factory=dict
    )

    def to_attach(self) -> Draft:
        """Return a draft that goes on from this one, without arcs."""
        return Draft(
            self.services,
            states=self.states.copy(),
            state_place=self.state_place.copy(),
            state_service=self.state_service.copy(),
            place_index=self.place_index.copy(),
            country_index=self.country_index.copy(),
            legs=self.legs.copy(),
            known_moves=self.known_moves,
        )

    def state(self, place: str, service: int, stage: int = OUTSIDE) -> int:
        """Return the number of a state, adding it if new."""
        key = (place, service, stage)
        if key not in self.states:
            self.states[key] = len(self.state_place)
            self.state_place.append(self.place_index.setdefault(place, len(self.place_index)))
            self.state_service.append(service)
        return self.states[key]

    def country(self, *codes: str) -> int:
        """Return the number of the countries of an arc, adding them if new."""
        found = tuple(code for code in codes if code)
        return self.country_index.setdefault(found, len(self.country_index))

    def both_ways(
        self,
        a: str,
        b: str,
        services: Iterable[int],
        *,
        km: float,
        leg: int,
        countries: tuple[str, ...] = (),
        area: int = 0,
        canal: int = -1,
        advances: bool = True,
        own: Collection[str] = (),
        calls: Collection[str] = (),
        named: Collection[str] = (),
    ) -> None:
        """Add a leg in each direction, as an arc for each stage of its services.

        `advances` is as in `stages.moves`, and `own` are the ports where ships with an ice class
        call in either stage. The services call at those of its ends in `calls`, and go on from
        there at once only if they are `named`.
        """
        kind, states, state, add = int(ArcKind.LEG), self.states, self.state, self.arcs.append
        fixed = self.country(*countries), area, canal
        at_a, at_b = At(a in own, a in calls, a in named), At(b in own, b in calls, b in named)
        ways = (a, b, False, (at_a, at_b)), (b, a, True, (at_b, at_a))
        for service in services:
            for start, end, is_back, at in ways:
                key = service, advances, at
                if key not in self.known_moves:
                    self.known_moves[key] = moves(self.services[service], *at, advances=advances)
                for stage, after in self.known_moves[key]:
                    tail, head = (start, service, stage), (end, service, after)
                    pair = states.get(tail) or state(*tail), states.get(head) or state(*head)
                    add((*pair, kind, km, service, leg, is_back, *fixed))

    def transfer(self, kind: ArcKind, tail: int, head: int, *, service: int, country: int) -> None:
        """Add an arc between two states that does not move a box: it has no km and no leg.

        It changes the service, leads from the source to a first haul, or from a last haul to the
        sink. `service` is that of its head, or of its tail before the sink.
        """
        km, leg, is_back, area, canal = 0.0, -1, False, 0, -1
        self.arcs.append((tail, head, int(kind), km, service, leg, is_back, country, area, canal))

    def columns(self) -> dict[str, npt.NDArray[np.generic]]:
        """Return the arcs as arrays by the name of their column, in order of tail and head."""
        values = list(zip(*self.arcs, strict=True)) or [()] * len(COLUMNS)
        arrays: dict[str, npt.NDArray[np.generic]] = {
            name: np.array(column, of_type)
            for (name, of_type), column in zip(COLUMNS, values, strict=True)
        }
        order = np.lexsort((np.arange(len(self.arcs)), arrays["head"], arrays["tail"]))
        return {name: array[order] for name, array in arrays.items()}

    def topology(
        self,
        gates: tuple[Gate, ...],
        places: tuple[NetworkPlace, ...],
        index: PlaceIndex,
        columns: Mapping[str, npt.NDArray[Any]],
        *,
        ends: tuple[str, str] = ("", ""),
    ) -> Topology:
        """Return the network of its states and legs with these arcs, without or between ends."""
        state_place = np.array(self.state_place)
        return Topology(
            services=self.services,
            gates=gates,
            places=places,
            index=index,
            countries=tuple(self.country_index),
            legs=tuple(self.legs),
            state_place=state_place,
            state_service=np.array(self.state_service),
            origin=ends[0],
            destination=ends[1],
            **columns,
        )
