"""What a contract costs in the bill: its charges in USD, and the lines that they stand for.

A contract carries boxes between two terminals, and its charges replace the lines of its scope:

    price of a way by contract = lines outside the scope + charges

Lines in the scope stay in the bill without a price, so that their energy is still counted. What the
charges replace is a set of drivers (`freight_holds.csv`: what a freight includes), with handling
where the scope or a charge has it, the rules of emissions where a charge has them, and the hauls of
a door rate.

The base rate of one that follows an index is worked out in the month whose prices hold:

    base rate = share x quote of the lane in the month + base charge, held between floor and ceiling

A stay at the destination is charged by its tiers, as a line of its own where boxes leave it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

import numpy as np

from corridors.arrays import FloatArray
from corridors.costing import pricing
from corridors.costing.groups import Numbers, Priced, PricedGroups
from corridors.costing.market import (
    AMOUNT,
    Freight,
    Lane,
    amount_line,
    drivers_in_freight,
    freight_of,
    load_lanes,
)
from corridors.costing.pricer import Pricer
from corridors.costing.pricing import at_least
from corridors.data.parameters import ParameterTable
from corridors.data.series import USD, Exchange, exchange
from corridors.domain.contracts import BASE, Charge, ChargeBasis, Contract, RateScope
from corridors.domain.places import Family
from corridors.domain.values import LANE, BillLine, Operation, RunningRate, SourcedValue, Status
from corridors.errors import ConfigError
from corridors.network.states.topology import ArcKind, Topology
from corridors.units import CENTS_PER_USD, TEU_PER_FEU

HANDLING = frozenset(("thc", "terminal.lift"))
RULES = frozenset(("ets", "fueleu"))
HAULS = frozenset(("road.fixed", "road.box_km"))
"""Drivers of hauls between doors and terminals."""
STAY, DEMURRAGE = "storage.contract", "storage.demurrage"
"""Drivers of a stay by the tiers of a contract, and of the usual one."""

Priceable = TypeVar("Priceable", Operation, RunningRate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """The drivers of the lines that a contract stands for, on board and at its ends."""

    on_board: frozenset[str]
    at_origin: frozenset[str]
    at_destination: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Charged:
    """The charges of a contract on a day: USD for a box, and each in USD with its rate.

    `index` is the quote that its base rate follows; None for a fixed one.
    """

    usd_per_box: float
    parts: tuple[tuple[Charge, float, Exchange], ...]
    index: Freight | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """What a stay at the destination costs a box by a contract, in USD.

    `days` is how long it is, `beyond` the days of it that are not free.
    """

    days: float
    beyond: int
    usd_per_box: float


def replaced_by(contract: Contract) -> Replaced:
    """Return the drivers of the lines that a contract's charges stand for."""
    scope, codes = contract.scope, contract.codes
    freight = drivers_in_freight(contract.mode.value) - {LANE}
    on_board = freight | {"transhipment"} | (RULES if "ETS" in codes else frozenset())
    ends = []
    for thc in ("OTHC", "DTHC"):
        has_handling = scope is not RateScope.PORT or thc in codes
        ends.append(on_board | (HANDLING if has_handling else frozenset()))
    return Replaced(on_board=on_board, at_origin=ends[0], at_destination=ends[1])


def lane_of_index(name: str) -> Lane:
    """Return the lane that an index names: by its id or title, or as the only one of its index.

    Raises
    ------
    ConfigError
        There is none, or there are several.
    """
    plain = name.casefold().strip()
    lanes = load_lanes()
    by_name = [lane for lane in lanes if plain in (lane.id, lane.title.casefold())]
    found = by_name or [lane for lane in lanes if plain == lane.index.casefold()]
    if len(found) == 1:
        return found[0]
    what = "is the index of several lanes" if found else "is no lane that is quoted"
    known = ", ".join(lane.id for lane in found or lanes)
    msg = f"follows '{name[:40]}', which {what}; use one of {known}"
    raise ConfigError(msg)


def index_of(contract: Contract, day: date, parameters: ParameterTable) -> Freight:
    """Return the quote of the month that the base rate of a contract follows, in USD per FEU.

    Raises
    ------
    ConfigError
        No lane has that name, or it has no quote.
    """
    lane = lane_of_index(contract.index)
    found = freight_of(lane, day, parameters, by_week=False)
    if found is None:
        msg = f"follows {lane.id}, which has no quote that is known by then"
        raise ConfigError(msg)
    return found


def charged(
    contract: Contract, day: date, parameters: ParameterTable, *, at: str = "value"
) -> Charged:
    """Return the charges of a contract for one box, in USD by the exchange rates of a day.

    A charge for a shipment counts for each box, since how many share a bill is not known. An index
    is read from the `parameters`, whose prices may be arrays by draw: so are its charges then. With
    `at` low or high it stands at that end of its range.

    Raises
    ------
    ConfigError
        No rate of a currency is known about that day, or no index of its name.
    """
    teu = contract.equipment.teu_per_box
    index = index_of(contract, day, parameters) if contract.index else None
    parts: list[tuple[Charge, float, Exchange]] = []
    base = 0.0
    for charge in sorted(contract.charges, key=lambda one: one.code != BASE):
        of = exchange(charge.currency or USD, day) if not charge.included else exchange(USD, day)
        match charge.basis:
            case ChargeBasis.PERCENT:
                usd = base * charge.amount / 100.0
            case ChargeBasis.TEU:
                usd = charge.amount * of.usd * teu
            case _:
                usd = charge.amount * of.usd
        if charge.code == BASE:
            if index is not None:
                # A quote is of a 40-foot box; a 20-foot one follows half of it.
                usd += contract.index_share * getattr(index.row, at) * teu / TEU_PER_FEU
                usd = _held(usd, contract.floor, contract.ceiling, of.usd)
            base = usd
        parts.append((charge, usd, of))
    total = sum(usd for _, usd, _ in parts)
    return Charged(usd_per_box=total, parts=tuple(parts), index=index)


def _held(usd: float, floor: float | None, ceiling: float | None, rate: float) -> float:
    """Return a base rate between its bounds, which are in the currency of the rate; 0 at least."""
    usd = at_least(usd, (floor or 0.0) * rate)
    return usd if ceiling is None else -at_least(-usd, -ceiling * rate)


def stay_of(contract: Contract, days: float | None, day: date) -> Stay | None:
    """Return what a stay of so many days at the destination costs a box.

    None where no stay is asked for, or where the contract says nothing of stays.
    """
    if days is None or not (contract.tiers or contract.free_days is not None):
        return None
    rate = exchange(contract.base.currency or USD, day).usd
    beyond = max(int(np.ceil(days)) - (contract.free_days or 0), 0)
    return Stay(days=days, beyond=beyond, usd_per_box=stay_amount(contract, days) * rate)


def stay_amount(contract: Contract, days: float) -> float:
    """Return what a stay of so many days costs a box by the tiers of a contract.

    In the currency of its base rate. Days up to the free ones cost nothing; each further day, begun
    ones too, costs what the last tier that has begun says.
    """
    total, free = 0.0, contract.free_days or 0
    for day in range(1, int(np.ceil(days)) + 1):
        begun = [tier for tier in contract.tiers if tier.from_day <= day]
        if day > free and begun:
            total += begun[-1].a_day
    return total


def amount_row(
    contract: Contract, scope: str, day: date, parameters: ParameterTable
) -> SourcedValue:
    """Return the price row of a contract's charges, per TEU, for what pays them on the network."""
    teu = contract.equipment.teu_per_box
    low, usd, high = (
        charged(contract, day, parameters, at=at).usd_per_box / teu
        for at in ("low", "value", "high")
    )
    return replace(_own_row(contract, scope, usd, day, parameters), low=low, high=high)


def stay_row(
    contract: Contract, scope: str, stay: Stay, day: date, parameters: ParameterTable
) -> SourcedValue:
    """Return the price row of a stay, per TEU and stay."""
    usd = stay.usd_per_box / contract.equipment.teu_per_box
    return _own_row(contract, f"{scope}-stay", usd, day, parameters)


def stay_line(contract: Contract, stay: Stay, row: SourcedValue) -> BillLine:
    """Return the line of a stay by a contract."""
    label = (
        f"Stay of {stay.days:g} days, {stay.beyond} beyond the free ones, by {contract.name}"
        f" ({contract.place})"
    )
    return replace(amount_line(row, label), driver=STAY)


def _own_row(
    contract: Contract, scope: str, usd: float, day: date, parameters: ParameterTable
) -> SourcedValue:
    return replace(
        parameters.get(AMOUNT, scope),
        scope=scope,
        value=usd,
        low=usd,
        high=usd,
        currency_year=day.year,
        source_id="scenario",
        status=Status.SCENARIO,
        note=f"{contract.name}, {contract.place}",
    )


def without_hauls(pricer: Pricer) -> tuple[SourcedValue, ...]:
    """Return the price rows of the hauls of a question's ends, at nothing: a door rate has them."""
    found: dict[tuple[str, str], SourcedValue] = {}
    for arc in range(pricer.topology.arc_count):
        if pricer.drayage_key(arc) is None or (hauled := pricer.drayage(arc)) is None:
            continue
        for line in hauled[1].bill:
            if line.driver in HAULS and line.price_parameter is not None:
                row = pricer.parameters.get(line.price_parameter, line.scope)
                nothing = replace(row, value=0.0, low=0.0, high=0.0, status=Status.SCENARIO)
                found[row.parameter, row.scope] = replace(nothing, source_id="scenario")
    return tuple(found.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class ByContract:
    """How a contract changes the bills of a network: what it stands for, and a stay where it ends.

    `mode` is the family of services by which it carries; `stay` the line of a stay, None for none.
    """

    topology: Topology
    mode: Family
    replaced: Replaced
    stay: BillLine | None = None

    def carries(self, service: int) -> bool:
        """Return whether a service of the network is of its mode."""
        return service >= 0 and self.topology.services[service].family is self.mode

    def rate(self, service: int, rate: RunningRate) -> RunningRate:
        """Return the rate of a service with what the contract leaves of its bill."""
        if not self.carries(service):
            return rate
        bill = tuple(_without_price(line, self.replaced.on_board) for line in rate.bill_per_km)
        return replace(rate, bill_per_km=bill)

    def operation(self, arc: int, operation: Operation) -> Operation:
        """Return the operation of an arc with what the contract leaves of its bill, or adds."""
        topology, on_board = self.topology, self.replaced.on_board
        before, after = (
            int(topology.state_service[int(at[arc])]) for at in (topology.tail, topology.head)
        )
        boards, leaves = self.carries(after), self.carries(before)
        if not (boards or leaves):
            return operation
        if int(topology.kind[arc]) == ArcKind.LEG or (boards and leaves):
            return _unpriced(operation, on_board)
        if boards:
            return _unpriced(operation, self.replaced.at_origin)
        left = _unpriced(operation, self.replaced.at_destination)
        if self.stay is None:
            return left
        # Its tiers stand for the usual demurrage too. A haul to the door stays last in the bill.
        bill = (line for line in left.bill if line.driver != DEMURRAGE)
        return replace(left, bill=(self.stay, *bill))


def carried(priced: Priced, pricer: Pricer, groups: PricedGroups, by: ByContract) -> Priced:
    """Return groups in which what a contract stands for has no price on the services of its mode.

    Parameters
    ----------
    priced
        The groups at the prices of the question.
    pricer
        That of the question.
    groups
        The groups of its network.
    by
        What the contract changes in its bills.
    """
    parameters = pricer.parameters
    services = [service for service, *_ in groups.rate_of]
    rates, per_km = _unpriced_rates(priced.rates, priced.per_km, services, by, parameters)
    eca_rates, eca_per_km = _unpriced_rates(
        priced.eca_rates, priced.eca_per_km, services, by, parameters
    )
    made, numbers = list(priced.operations), priced.numbers.copy()
    cents = Numbers._fields.index("cents")
    for arc in groups.operation_of:
        number = int(priced.operation[arc])
        changed = by.operation(arc, made[number]) if number >= 0 else None
        if changed is not None and changed is not made[number]:
            made[number] = changed
            usd = pricing.usd(changed.bill, parameters)
            numbers[number, cents] = round(usd * CENTS_PER_USD)
    return replace(
        priced,
        rates=rates,
        per_km=per_km,
        eca_rates=eca_rates,
        eca_per_km=eca_per_km,
        operations=tuple(made),
        numbers=numbers,
    )


def _unpriced_rates(
    rates: Sequence[RunningRate],
    per_km: FloatArray,
    services: Sequence[int],
    by: ByContract,
    parameters: ParameterTable,
) -> tuple[tuple[RunningRate, ...], FloatArray]:
    made, figures = list(rates), per_km.copy()
    for number, rate in enumerate(rates):
        changed = by.rate(services[number % len(services)], rate)
        if changed is not rate:
            made[number] = changed
            usd = pricing.usd(changed.bill_per_km, parameters)
            figures[number, 1] = usd * CENTS_PER_USD
    return tuple(made), figures


def _unpriced(operation: Operation, drivers: frozenset[str]) -> Operation:
    bill = tuple(_without_price(line, drivers) for line in operation.bill)
    return replace(operation, bill=bill)


def _without_price(line: BillLine, drivers: frozenset[str]) -> BillLine:
    """Return a line without its price if a contract stands for it; its energy still counts."""
    return replace(line, price_parameter=None, share_of=()) if line.driver in drivers else line
