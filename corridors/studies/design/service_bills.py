"""What a service takes, from the bill of a box on it.

A bill divides what a ship takes by the boxes that share it. Multiplied again it is what a voyage
takes: there is one cost model, and a ship of a design costs what the same ship costs a box of any
comparison. A train is bought whole, at its rate for every box that it could carry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from corridors.config.checks import MOST_WAYS
from corridors.costing.ships import Ship, ship_of
from corridors.data.geodata import load_services, load_trunk_kinds
from corridors.domain.places import Family, Service
from corridors.domain.results import RouteOption, RouteStep, StepKind
from corridors.domain.values import ChainPart, CostLine
from corridors.network.lines.laying import ARCTIC
from corridors.output.drawn_lines import DrawnLine
from corridors.routing.question import Question
from corridors.units import HOURS_PER_DAY

# The drivers of lines that pay for a ship, whatever it carries: of its days, and of its way.
SHIP_DAYS = frozenset(("ship_days", "ship.crew", "ship.running"))
FUEL = frozenset(("fuel.vlsfo", "fuel.mgo", "fuel.lng"))
SHIP_WAY = FUEL | {
    *("port_calls", "canal.toll", "war_risk", "nsr.escort", "nsr.insurance", "nsr.ice_pilot")
}
# Paid as shares of all of those: overhead and margin.
SHIP_SHARES = frozenset(("sea.overhead", "sea.margin"))
TRAIN = frozenset(("rail.feu_km", "rail.subsidy"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceBill:
    """What one way of a service takes, from the bill of a box that rides on it.

    `sailing_usd` is a one-way voyage or train without vehicle days; `vehicle_days` those of a ship
    one way, 0 for a train, whose rate has its wagons in it; `day_usd` the price of a ship's day,
    of which `running_share` is crew and running costs, `fuel_day_usd` what it burns on top on a day
    under way, ports included. `surcharge` is what is paid on top as a
    share of ship lines. `one_way_days` are those between its calls. `fixed_usd` is what the bill of
    a TEU has of all that, and `wait_days` what the box waits for the departures that tables know.
    `way` are the trunk places and borders that it passes, `lines` its legs as drawn.
    """

    vehicle: str
    capacity_teu: float
    sailing_usd: float
    vehicle_days: float
    day_usd: float
    running_share: float
    fuel_day_usd: float
    surcharge: float
    one_way_days: float
    ends: tuple[str, str]
    fixed_usd: float
    wait_days: float
    way: tuple[str, ...] = ()
    lines: tuple[DrawnLine, ...] = field(default=(), repr=False, compare=False)

    @property
    def one_way_usd(self) -> float:
        """What one way takes, with the days of a ship."""
        return self.sailing_usd + self.vehicle_days * self.day_usd

    @property
    def by_ship(self) -> bool:
        """Whether it is a ship, which is paid for by the day."""
        return self.vehicle_days > 0.0


def main_service(option: RouteOption) -> Service:
    """Return the service of most kilometres of the main carriage."""
    km: dict[str, float] = {}
    for step in filter(_moves_in_main, option.steps):
        km[step.service] = km.get(step.service, 0.0) + step.km
    longest = max(km, key=lambda name: (km[name], name))
    return next(service for service in load_services() if service.id == longest)


def main_ends(option: RouteOption) -> tuple[str, str]:
    """Return the ids of the terminals where the main carriage begins and ends."""
    legs = [*filter(_moves_in_main, option.steps)]
    return legs[0].from_id, legs[-1].to_id


def _wait_hours(option: RouteOption) -> float:
    """Return the hours that a box waits for the first departure of the main carriage.

    That is none where its wagons came with another train.
    """
    moved = [n for n, step in enumerate(option.steps) if _moves_in_main(step)]
    before = [s for s in option.steps[: moved[0]] if s.kind not in (StepKind.CALLS, StepKind.WAIT)]
    if not before or before[-1].kind is StepKind.LEG:
        return 0.0
    # The wait for a ferry was measured, and is no wait for its schedule alone.
    waited = main_service(option).family is not Family.FERRY
    return before[-1].time_parts.get("schedule_wait", 0.0) if waited else 0.0


def _moves_in_main(step: RouteStep) -> bool:
    return step.kind is StepKind.LEG and step.part is ChainPart.MAIN


def bill_of(option: RouteOption, question: Question, *, train_teu: float | None) -> ServiceBill:
    """Return what a service takes, from a box that travels on it.

    Parameters
    ----------
    option
        A usable route; its main carriage is the way on the service.
    question
        Its question.
    train_teu
        TEU of a full train, None for the parameter.
    """
    service = main_service(option)
    # The wait of a design depends on its departures, not on those that the tables know of.
    wait_days = _wait_hours(option) / HOURS_PER_DAY
    if service.family is Family.SEA:
        ship = ship_of(service, question.parameters)
        usable = question.parameters.value("ship.usable_share", service.id)
        capacity_teu = ship.capacity_teu * usable
        return _by_ship(option, ship, capacity_teu=capacity_teu, wait_days=wait_days)
    teu = question.parameters.value("train.capacity_teu") if train_teu is None else train_teu
    paid = [line for line in option.cost_lines if line.driver in TRAIN and _is_main(line)]
    return _bill(
        option,
        service,
        capacity_teu=teu,
        sailing_usd=_usd(paid) * teu,
        fixed_usd=_usd(paid),
        wait_days=wait_days,
    )


def _by_ship(
    option: RouteOption, ship: Ship, *, capacity_teu: float, wait_days: float
) -> ServiceBill:
    own = ship.service.id
    # A feeder meets the ship in the main carriage too.
    mine = [
        line
        for line in option.cost_lines
        if _is_main(line) and (line.scope == own or not line.scope.startswith("sea/"))
    ]
    days = [line for line in mine if line.driver in SHIP_DAYS]
    way = [line for line in mine if line.driver in SHIP_WAY]
    shares = [line for line in mine if line.driver in SHIP_SHARES]
    # What a box pays, times the boxes that pay, is what one way of the ship takes. A box of the
    # headhaul pays for a part of the way back too, which `cost_share` takes out again.
    boxes = ship.paying_teu / ship.cost_share
    return _bill(
        option,
        ship.service,
        capacity_teu=capacity_teu,
        sailing_usd=_usd(way) * boxes,
        fixed_usd=_usd(days) + _usd(way) + _usd(shares),
        wait_days=wait_days,
        vehicle_days=sum(line.quantity for line in days) * boxes,
        day_usd=days[0].unit_price_usd,
        running_share=ship.running_share,
        fuel_day_usd=_usd([line for line in way if line.driver in FUEL])
        / sum(line.quantity for line in days),
        surcharge=_usd(shares) / (_usd(days) + _usd(way)),
    )


def _bill(
    option: RouteOption,
    service: Service,
    *,
    capacity_teu: float,
    sailing_usd: float,
    fixed_usd: float,
    wait_days: float,
    vehicle_days: float = 0.0,
    day_usd: float = 0.0,
    running_share: float = 0.0,
    fuel_day_usd: float = 0.0,
    surcharge: float = 0.0,
) -> ServiceBill:
    return ServiceBill(
        vehicle=service.id,
        capacity_teu=capacity_teu,
        sailing_usd=sailing_usd,
        vehicle_days=vehicle_days,
        day_usd=day_usd,
        running_share=running_share,
        fuel_day_usd=fuel_day_usd,
        surcharge=surcharge,
        one_way_days=option.main_transit_days or 0.0,
        ends=option.main_ends or ("", ""),
        fixed_usd=fixed_usd,
        wait_days=wait_days,
        way=_way_of(option),
    )


def _way_of(option: RouteOption) -> tuple[str, ...]:
    """Return the trunk places and borders that a main carriage passes, of the Arctic the first."""
    kinds = load_trunk_kinds()
    found: dict[str, None] = {}
    for step in filter(_moves_in_main, option.steps):
        border = "-".join(sorted(step.border.split("-")))
        for name in (step.from_id.partition("#")[0], step.gate, border):
            known = kinds.get(name, "border" if name == border else "")
            in_arctic = known == ARCTIC and any(kinds.get(one) == ARCTIC for one in found)
            if name and known and not in_arctic:
                found[name] = None
    return tuple(found)[:MOST_WAYS]


def _is_main(line: CostLine) -> bool:
    return line.part is ChainPart.MAIN


def _usd(lines: Sequence[CostLine]) -> float:
    return sum(line.usd_per_teu for line in lines)
