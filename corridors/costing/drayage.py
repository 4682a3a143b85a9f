"""Time and bill of the drayage between a door and a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from corridors.costing.operations import pick_up
from corridors.costing.running import generator_lines, running_rate
from corridors.data.geodata import load_services
from corridors.data.parameters import ParameterTable
from corridors.domain.places import Family
from corridors.domain.scenario import Shipment
from corridors.domain.values import Operation
from corridors.network.land.drayage_legs import Drayage, DrayageKey
from corridors.network.states.topology import ArcKind, Topology

DOOR_PARTS = ("door", "road")


def haul_operation(drayage: Drayage, parameters: ParameterTable, shipment: Shipment) -> Operation:
    """Return the operation of a drayage: hours on the `road` and at the `door`, bill per TEU."""
    road = next(service for service in load_services() if service.family is Family.ROAD)
    rate = running_rate(road, parameters, shipment, country=drayage.country)
    at_door = parameters.value("road.door_hours")
    # The truck also moves the empty box; between terminals it finds other loads.
    between = parameters.value("road.paid_km_per_km", road.id)
    paid = parameters.value("road.paid_km_per_km") / between
    return Operation(
        key=f"haul|{drayage.from_id}|{drayage.to_id}",
        label=f"{drayage.from_name} to {drayage.to_name} by road",
        time_parts={"door": at_door, "road": drayage.km * rate.hours_per_km},
        bill=(
            pick_up(drayage.country, parameters, shipment),
            *(
                line.times(drayage.km * (paid if line.driver == "road.box_km" else 1.0))
                for line in rate.bill_per_km
            ),
            *generator_lines(at_door, parameters, shipment),
        ),
    )


class Drayages:
    """The drayages of a question by kind of arc and terminal, with their operations."""

    def __init__(
        self, legs: Mapping[DrayageKey, Drayage], parameters: ParameterTable, shipment: Shipment
    ) -> None:
        self.legs = dict(legs)
        self._given = parameters, shipment

    def leg(self, topology: Topology, arc: int) -> Drayage | None:
        """Return the drayage before a LOAD or after an UNLOAD, or None."""
        if not self.legs or int(topology.kind[arc]) not in (ArcKind.LOAD, ArcKind.UNLOAD):
            return None
        return self.legs.get(_key(topology, arc))

    def at(self, topology: Topology, arc: int) -> tuple[Drayage, Operation] | None:
        """Return the drayage before a LOAD or after an UNLOAD with its operation, or None."""
        leg = self.leg(topology, arc)
        return None if leg is None else (leg, haul_operation(leg, *self._given))


def _key(topology: Topology, arc: int) -> DrayageKey:
    kind = int(topology.kind[arc])
    state = topology.head[arc] if kind == ArcKind.LOAD else topology.tail[arc]
    return kind, topology.place_of(int(state)).id


def with_drayage(operation: Operation, drayage: Operation) -> Operation:
    """Return a loading or unloading with its drayage, whose lines come last."""
    return replace(
        operation,
        key=f"{operation.key}+{drayage.key}",
        time_parts={**operation.time_parts, **drayage.time_parts},
        bill=(*operation.bill, *drayage.bill),
    )


def without_drayage(operation: Operation, drayage: Operation) -> Operation:
    """Undo `with_drayage`."""
    return replace(
        operation,
        time_parts={
            part: hours for part, hours in operation.time_parts.items() if part not in DOOR_PARTS
        },
        bill=operation.bill[: len(operation.bill) - len(drayage.bill)],
    )
