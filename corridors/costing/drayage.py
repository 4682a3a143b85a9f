"""What the haul by road between a door and a terminal takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from corridors.costing.lines import charge
from corridors.costing.reefer import generator_lines
from corridors.costing.running import running_rate
from corridors.data.parameters import ParameterTable
from corridors.data.services import load_services
from corridors.domain.places import Family
from corridors.domain.rates import Operation
from corridors.domain.scenario import Shipment
from corridors.domain.values import BillLine
from corridors.network.drayage import Drayage, DrayageKey
from corridors.network.topology import ArcKind, Topology

DOOR_PARTS = ("door", "road")


def pick_up(country: str, parameters: ParameterTable, shipment: Shipment) -> BillLine:
    """Return what a haulier asks for a box however far it goes: chassis, gates, waiting."""
    price = parameters.get("road.fixed_usd_per_box", *parameters.country_scopes(country))
    return charge("road.fixed", price, shipment, label="Pick-up and delivery by road")


def hauled(drayage: Drayage, parameters: ParameterTable, shipment: Shipment) -> Operation:
    """Return what one haul takes: hours on the `road` and at the `door`, and its bill per TEU."""
    road = next(service for service in load_services() if service.family is Family.ROAD)
    rate = running_rate(road, parameters, shipment, country=drayage.country)
    at_door = parameters.value("road.door_hours")
    paid = parameters.value("road.paid_km_per_km")  # the empty box is brought or taken back
    return Operation(
        key=f"haul|{drayage.from_id}|{drayage.to_id}",
        label=f"{drayage.from_name} to {drayage.to_name} by road",
        time_parts={
            "door": at_door,
            "road": drayage.km * rate.hours_per_km,
        },
        bill=(
            pick_up(drayage.country, parameters, shipment),
            *(
                line.times(drayage.km * (paid if line.driver == "road.box_km" else 1.0))
                for line in rate.bill_per_km
            ),
            *generator_lines(at_door, parameters, shipment),
        ),
    )


class Hauls:
    """The hauls of a question, by kind of arc and terminal, and what each takes, made once."""

    def __init__(
        self, ways: Mapping[DrayageKey, Drayage], parameters: ParameterTable, shipment: Shipment
    ) -> None:
        self.ways = dict(ways)
        self._given = parameters, shipment
        self._taken: dict[DrayageKey, Operation] = {}

    def at(self, topology: Topology, arc: int) -> tuple[Drayage, Operation] | None:
        """Return the haul before a LOAD or after an UNLOAD and what it takes, None for none."""
        kind = int(topology.kind[arc])
        if not self.ways or kind not in (ArcKind.LOAD, ArcKind.UNLOAD):
            return None
        state = topology.head[arc] if kind == ArcKind.LOAD else topology.tail[arc]
        key = kind, topology.place_of(int(state)).id
        way = self.ways.get(key)
        if way is None:
            return None
        if key not in self._taken:
            self._taken[key] = hauled(way, *self._given)
        return way, self._taken[key]


def with_haul(operation: Operation, drayage: Operation) -> Operation:
    """Return a loading or an unloading with the haul before or after it, whose lines come last."""
    return replace(
        operation,
        key=f"{operation.key}+{drayage.key}",
        time_parts={**operation.time_parts, **drayage.time_parts},
        bill=(*operation.bill, *drayage.bill),
    )


def without_drayage(operation: Operation, drayage: Operation) -> Operation:
    """Return what `with_haul` was given."""
    return replace(
        operation,
        time_parts={
            part: hours for part, hours in operation.time_parts.items() if part not in DOOR_PARTS
        },
        bill=operation.bill[: len(operation.bill) - len(drayage.bill)],
    )
