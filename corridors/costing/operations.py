"""Time and bill of loading, unloading, changing services and waiting at a terminal.

Keys and labels do not name the terminal: terminals alike share an operation (see `bills`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from corridors.costing.passages import border, canal, gate
from corridors.costing.pricing import any_above, at_least, charge, hub_energy, operation_of, ratio
from corridors.costing.running import plug_lines
from corridors.costing.ships import Ship, berth_fuel, ship_of, with_ship_surcharges
from corridors.data.geodata import gauge_mm, load_handovers
from corridors.data.parameters import ParameterTable
from corridors.domain.places import Family, Service, Terminal
from corridors.domain.scenario import Shipment
from corridors.domain.values import BillLine, Operation
from corridors.units import HOURS_PER_DAY

__all__ = [
    "border",
    "canal",
    "change",
    "gate",
    "load",
    "return_by_land",
    "same_truck",
    "schedule_wait_hours",
    "storage",
    "unload",
    "wait_for_line",
    "with_wait",
]
_INCLUDED = "repositioning.included"


class Wait(NamedTuple):
    """The hours of a wait for a line, those more than for its class, and what an hour more takes.

    With fewer hours than the class's, `more_hours` are below 0. `interval_hours` are those between
    departures of the line.
    """

    hours: float
    more_hours: float
    bill_per_hour: tuple[BillLine, ...]
    interval_hours: float


class WaitByInterval(NamedTuple):
    """What a wait for a line depends on beside the time between its departures.

    `sailed` is the share of them that sail, `class_hours` the wait for the class; where it
    `is_least`, a line is waited for as long at least. `waits` is whether there is a wait at all.
    """

    sailed: float = 1.0
    class_hours: float = 0.0
    is_least: bool = False
    bill_per_hour: tuple[BillLine, ...] = ()
    waits: bool = True

    def at(self, interval_hours: float) -> Wait:
        """Return the wait for a line with a mean time between departures."""
        if not self.waits:
            return Wait(0.0, 0.0, (), interval_hours)
        hours = interval_hours / self.sailed / 2.0
        if self.is_least:
            hours = at_least(hours, self.class_hours)
        return Wait(hours, hours - self.class_hours, self.bill_per_hour, interval_hours)


def load(
    service: Service,
    terminal: Terminal,
    parameters: ParameterTable,
    shipment: Shipment,
    *,
    year: str = "",
) -> Operation:
    """Return the operation of loading at the origin in the `year` of departure.

    Export dwell, half the headway of the service, terminal handling, the return of the empty box,
    and for a ship the calls of its rotation on this side (`port_calls` belong to transit). A truck
    takes a fixed price, once.
    """
    family = service.family.value
    bill = list(_handling(service, terminal, parameters, shipment))
    bill += _truck_ordered(service, terminal, parameters, shipment)
    repositioning = parameters.find(f"{family}.repositioning_usd_per_teu", terminal.country)
    is_back = parameters.value("ship.backhaul") > 0.0
    direction = "backhaul" if is_back else "headhaul"
    share = parameters.value(f"repositioning.{direction}_share", family)
    if repositioning is not None and any_above(share):
        label = f"Return of the empty box ({direction})"
        bill.append(charge("repositioning", repositioning, shipment, label=label, units=share))
    times = {
        "export_dwell": parameters.value("dwell.export_hours", terminal.id, family),
        "schedule_wait": schedule_wait_hours(service, terminal, parameters, year=year),
    }
    _sail_past(service, terminal, parameters, times=times, bill=bill)
    _wait_for_ferry(service, parameters, shipment, times=times, bill=bill, year=year)
    return operation_of(f"load|{service.id}", "Load", times, bill)


def return_by_land(
    inland: Family, parameters: ParameterTable, shipment: Shipment
) -> tuple[BillLine, ...]:
    """Return the lines where a ship hands over a box that goes on by land to another region.

    It was loaded on a ship, at the price of a box that ships bring back; this one comes back as
    others do that leave by land. Without it, a feeder along the coast would save that difference.
    """
    direction = "backhaul" if parameters.value("ship.backhaul") > 0.0 else "headhaul"
    share = parameters.value(f"repositioning.{direction}_share", inland.value)
    if not any_above(share):
        return ()
    lines = []
    for driver, mode, sign in (("repositioning.land", inland, 1.0), (_INCLUDED, Family.SEA, -1.0)):
        price = parameters.price(f"{mode.value}.repositioning_usd_per_teu")
        label = f"Return of the empty box, by land for by sea ({direction})"
        lines.append(charge(driver, price, shipment, label=label, units=sign * share))
    return tuple(lines)


def unload(
    service: Service, terminal: Terminal, parameters: ParameterTable, shipment: Shipment
) -> Operation:
    """Return the operation of unloading at the destination: handling and import dwell.

    For a ship also the earlier calls of its rotation on this side (`port_calls`).
    """
    times = {
        "import_dwell": parameters.value("dwell.import_hours", terminal.id, service.family.value)
    }
    bill = list(_handling(service, terminal, parameters, shipment))
    _sail_past(service, terminal, parameters, times=times, bill=bill)
    return operation_of(f"unload|{service.id}", "Unload", times, bill)


def same_truck() -> Operation:
    """Return the operation of a truck that drives on between a door and a road leg: none.

    The box stays on it, and its fixed price is in the drayage.
    """
    return operation_of("through", "Drive on", {}, [])


def change(
    from_service: Service,
    to_service: Service,
    terminal: Terminal,
    parameters: ParameterTable,
    shipment: Shipment,
    *,
    year: str = "",
) -> Operation:
    """Return the operation of changing from one service to another at a terminal.

    There are four kinds. Change of gauge: boxes are lifted from train to train; the dwell at the
    border includes the wait. A train handed over on the same gauge: locomotive and crew.
    Transhipment between ships: one charge. Any other: unload, dwell, half the headway, load. The
    lift of a train, ship or barge sets the box on a truck or takes it from one: it is paid once.
    """
    key = f"change|{from_service.id}|{to_service.id}"
    if _change_gauge(from_service, to_service):
        trains = ">".join(sorted((from_service.id, to_service.id)))
        return _gauge_change(key, trains, terminal, parameters, shipment)
    if _hand_over(from_service, to_service):
        hours = parameters.value("transfer.through_hours", terminal.id)
        return operation_of(key, "Train handed over", {"transfer": hours}, [])
    pair = f"{from_service.family.value}>{to_service.family.value}"
    times = {
        "transfer": parameters.value("transfer.dwell_hours", f"{terminal.id}@{pair}", pair)
        if pair == "rail>rail"
        else parameters.value(
            "transfer.dwell_hours",
            f"{terminal.id}@{pair}",
            terminal.id,
            *(f"{service.id}@{pair}" for service in (to_service, from_service)),
            pair,
        ),
        "schedule_wait": schedule_wait_hours(to_service, terminal, parameters, year=year),
    }
    if pair == "sea>sea":
        price = parameters.price("port.transhipment", *_place_scopes(terminal, parameters))
        bill = [
            charge("transhipment", price, shipment, label="Transhipment at the port"),
            hub_energy("sea", shipment, moves=2.0),
        ]
        label = "Transship"
    else:
        bill = []
        for service in (from_service, to_service):
            by_truck = service.family is Family.ROAD
            if not by_truck and not _rolls_on(from_service, to_service, parameters):
                bill += _handling(service, terminal, parameters, shipment)
        bill += _truck_ordered(to_service, terminal, parameters, shipment)
        label = f"Change from {pair.replace('>', ' to ')}"
    for service in (from_service, to_service):
        _sail_past(service, terminal, parameters, times=times, bill=bill)
    _wait_for_ferry(to_service, parameters, shipment, times=times, bill=bill, year=year)
    return operation_of(key, label, times, bill)


def schedule_wait_hours(
    service: Service,
    terminal: Terminal,
    parameters: ParameterTable,
    *,
    year: str = "",
) -> float:
    """Return half the headway of a service at a terminal, in a year of departure.

    That of an ice-class ship is the season in days divided by its sailings one way, unless a row
    names the ship or the port; that of any other service is `service.headway_hours`. Blank sailings
    of the year lengthen it for ships, as if the rest were spread evenly.
    """
    family = service.family.value
    row = parameters.get(
        "service.headway_hours",
        f"{service.id}@{terminal.id}",
        f"{family}@{terminal.id}",
        *(f"{service.id}@{place}" for place in parameters.country_scopes(terminal.country)),
        service.id,
    )
    if service.has_ice_class and service.family is Family.SEA and not row.scope:
        sailings = parameters.value("nsr.season_sailings", year)
        one_way = sailings * parameters.value("nsr.sailings_one_way")
        return parameters.value("nsr.season_days", year) * HOURS_PER_DAY / one_way / 2.0
    return row.value / _sailed(service, parameters, year) / 2.0


def _sailed(service: Service, parameters: ParameterTable, year: str) -> float:
    """Return the share of the sailings of a service that are not blanked in a year."""
    if service.family is not Family.SEA:
        return 1.0
    return 1.0 - parameters.value("service.blank_share", service.id, year)


def wait_for_line(
    before: Service | None,
    service: Service,
    terminal: Terminal,
    parameters: ParameterTable,
    shipment: Shipment,
    *,
    year: str = "",
) -> WaitByInterval:
    """Return the wait for a line that is boarded, by the time between its departures.

    Parameters
    ----------
    before
        The service that brought the box, None at the origin. Where trains change gauge or are
        handed over, the dwell includes the wait, whoever runs them.
    service, terminal, parameters, shipment
        As in `load` and `change`. The wait for a ferry was measured, with its queue.
    year
        The year of departure.
    """
    waits = service.family is not Family.FERRY and not (
        before and (_change_gauge(before, service) or _hand_over(before, service))
    )
    if not waits:
        return WaitByInterval(waits=False)
    return WaitByInterval(
        sailed=_sailed(service, parameters, year),
        class_hours=schedule_wait_hours(service, terminal, parameters, year=year),
        # The same train or feeder as carriage to a port waits its class's, and no less as a line.
        is_least=parameters.find("carriage.max_km", service.id, service.family.value) is not None,
        bill_per_hour=plug_lines(1.0, parameters, shipment, country=terminal.country),
    )


def with_wait(operation: Operation, wait: Wait) -> Operation:
    """Return an operation with the wait for a line in place of that for its class."""
    hours = operation.time_parts.get("schedule_wait", 0.0) + wait.more_hours
    lines = [line.times(wait.more_hours) for line in wait.bill_per_hour]
    return replace(
        operation,
        time_parts={**operation.time_parts, "schedule_wait": hours},
        bill=(*operation.bill, *lines),
    )


CALLS = ("port_calls",)
LEFT_TO_TRIPS = ("export_dwell", "transfer", "schedule_wait", *CALLS)
"""Hours of an operation that a trip of a timetable has: it is waited for, and calls by its times.

Boxes are there by its cut-off, and what they stay before they are loaded passes in that wait. Who
leaves a trip and boards none stays as ever.
"""


def hours_left(parts: Mapping[str, Any], *, boards: bool) -> tuple[Any, Any]:
    """Return which hours of an operation are a trip's own: those of staying, and of calls."""
    stays = sum(parts.get(part, 0.0) for part in LEFT_TO_TRIPS if part not in CALLS)
    return stays if boards else 0.0, parts.get(*CALLS, 0.0)


def of_trip(operation: Operation, plugs_per_hour: Sequence[BillLine], *, boards: bool) -> Operation:
    """Return an operation where a trip is boarded or left, without the hours that are its own.

    A reefer is plugged in while it waits, so their power is left out too; it is on
    `plugs_per_hour`.
    """
    parts, own = operation.time_parts, LEFT_TO_TRIPS if boards else CALLS
    waits, _ = hours_left(parts, boards=boards)
    lines = [line.times(-waits) for line in plugs_per_hour] if waits else []
    return replace(
        operation,
        time_parts={part: parts[part] for part in parts if part not in own},
        bill=(*operation.bill, *lines),
    )


def _change_gauge(one: Service, other: Service) -> bool:
    """Return whether boxes change gauge between two services."""
    gauges = gauge_mm(one), gauge_mm(other)
    return None not in gauges and gauges[0] != gauges[1]


def _hand_over(one: Service, other: Service) -> bool:
    """Return whether a service hands its trains over to the other."""
    # Only trains are handed over: the table is not read for the many other changes.
    by_rail = one.family is other.family is Family.RAIL
    return by_rail and frozenset((one.id, other.id)) in load_handovers()


def storage(parameters: ParameterTable, shipment: Shipment) -> tuple[BillLine, ...]:
    """Return the lines for one hour of waiting at a terminal; a reefer is plugged in."""
    price = parameters.price("storage.usd_per_teu_day")
    stored = charge(
        "storage", price, shipment, label="Storage while waiting", units=1.0 / HOURS_PER_DAY
    )
    # Waits add no emissions in the search, so the emissions of the plug are left out here too.
    return (stored, *plug_lines(1.0, parameters, shipment)[:1])


def _gauge_change(
    key: str, trains: str, terminal: Terminal, parameters: ParameterTable, shipment: Shipment
) -> Operation:
    """Return the operation of a change of gauge; `trains` are the ids of both, as `one>other`."""
    hours = parameters.value("gauge_change.hours", f"{terminal.id}@{trains}", terminal.id)
    price = parameters.price("gauge_change.usd", terminal.id, terminal.country)
    bill = [
        charge("gauge_change", price, shipment, label="Change of gauge"),
        hub_energy("rail", shipment),
    ]
    return operation_of(key, "Change of gauge", {"gauge_change": hours}, bill)


def _handling(
    service: Service, terminal: Terminal, parameters: ParameterTable, shipment: Shipment
) -> tuple[BillLine, ...]:
    """Return the lift between yard and vehicle; the price of a ferry includes it."""
    family, scopes = service.family, _place_scopes(terminal, parameters)
    if family is Family.SEA:
        price = parameters.price("port.thc", *scopes)
        label = "Terminal handling at the port"
        return (charge("thc", price, shipment, label=label), hub_energy("sea", shipment))
    if family in (Family.RAIL, Family.RIVER, Family.ROAD):
        price = parameters.price("terminal.lift", *scopes)
        label = f"Lift at the {family.value} terminal"
        return (charge("terminal.lift", price, shipment, label=label), hub_energy("rail", shipment))
    return ()


def _truck_ordered(
    service: Service, terminal: Terminal, parameters: ParameterTable, shipment: Shipment
) -> tuple[BillLine, ...]:
    """Return the fixed price of a truck that takes the box here, nothing for other services."""
    if service.family is not Family.ROAD:
        return ()
    return (pick_up(terminal.country, parameters, shipment),)


def _rolls_on(one: Service, other: Service, parameters: ParameterTable) -> bool:
    """Return whether a train's wagons roll onto a ferry, so that no box is lifted."""
    pair = {one.family: one, other.family: other}
    ferry = pair.get(Family.FERRY)
    if ferry is None or Family.RAIL not in pair:
        return False
    return parameters.value("ferry.takes_wagons", ferry.id) > 0.0


def _sail_past(
    service: Service,
    terminal: Terminal,
    parameters: ParameterTable,
    *,
    times: dict[str, float],
    bill: list[BillLine],
) -> None:
    """Add the other calls on one side of a ship's rotation, where the box joins or leaves it.

    A box that joins late or leaves early, as at Piraeus, makes only those of the other side.
    """
    if service.family is not Family.SEA:
        return
    hours, lines = _other_calls(service, terminal, parameters)
    if any_above(hours):
        times["port_calls"] = times.get("port_calls", 0.0) + hours
    bill += lines


def _other_calls(
    service: Service, terminal: Terminal, parameters: ParameterTable
) -> tuple[float, tuple[BillLine, ...]]:
    """Return the hours and lines of the other calls of a ship's rotation on one side."""
    part = parameters.value("sea.calls_share", service.id, *_place_scopes(terminal, parameters))
    if not any_above(part):
        return 0.0, ()
    ship = ship_of(service, parameters)
    days = parameters.get("sea.port_calls_days", service.id)
    lines = [_port_calls(ship, parameters, part)]
    burnt: tuple[BillLine, ...] = ()
    spent = days.value * part
    if any_above(spent):
        low, high = ratio(days.low, days.value), ratio(days.high, days.value)
        tonnes, carrier = berth_fuel(ship, spent, parameters, country=terminal.country)
        paid, burnt_line = ship.fuel(tonnes, carrier=carrier, low_factor=low, high_factor=high)
        lines += [*ship.days(spent, low_factor=low, high_factor=high), paid]
        burnt = (burnt_line,)
    return spent * HOURS_PER_DAY, (*with_ship_surcharges(tuple(lines)), *burnt)


def _wait_for_ferry(
    service: Service,
    parameters: ParameterTable,
    shipment: Shipment,
    *,
    times: dict[str, float],
    bill: list[BillLine],
    year: str,
) -> None:
    if service.family is not Family.FERRY:
        return
    slot = parameters.price("ferry.slot_usd_per_feu", service.id)
    bill.append(charge("ferry.slot", slot, shipment, label="Ferry with both ports"))
    times["schedule_wait"] += parameters.value(
        "ferry.wait_hours", f"{service.id}@{year}", service.id
    )


def _port_calls(ship: Ship, parameters: ParameterTable, part: float) -> BillLine:
    calls = parameters.get("sea.port_calls", ship.service.id)
    return ship.line(
        "port_calls",
        label="Port dues of the rotation",
        amount=calls.value * part,
        unit="call",
        price="sea.port_call_usd",
        low_factor=ratio(calls.low, calls.value),
        high_factor=ratio(calls.high, calls.value),
    )


def _place_scopes(terminal: Terminal, parameters: ParameterTable) -> tuple[str, ...]:
    return (terminal.id, *parameters.country_scopes(terminal.country))


def pick_up(country: str, parameters: ParameterTable, shipment: Shipment) -> BillLine:
    """Return the fixed price of a road haul per box: chassis, gates, waiting."""
    price = parameters.price("road.fixed_usd_per_box", *parameters.country_scopes(country))
    return charge("road.fixed", price, shipment, label="Pick-up and delivery by road")
