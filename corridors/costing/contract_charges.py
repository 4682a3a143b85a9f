"""What a contract costs in the bill: its charges in USD, and the lines that they stand for.

A contract carries boxes between two terminals, and its charges replace the lines of its scope:

    price of a way by contract = lines outside the scope + charges

Lines in the scope stay in the bill without a price, so that their energy is still counted. What the
charges replace is a set of drivers (`freight_holds.csv`: what a freight includes), with handling
where the scope or a charge has it, the rules of emissions where a charge has them, and the hauls of
a door rate.
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
from corridors.costing.market import AMOUNT, drivers_in_freight
from corridors.costing.pricer import Pricer
from corridors.data.exchange_rates import USD, Exchange, exchange
from corridors.data.parameters import ParameterTable
from corridors.domain.contracts import BASE, Charge, ChargeBasis, Contract, RateScope
from corridors.domain.places import Family
from corridors.domain.values import LANE, BillLine, Operation, RunningRate, SourcedValue, Status
from corridors.network.states.topology import ArcKind
from corridors.units import CENTS_PER_USD

HANDLING = frozenset(("thc", "terminal.lift"))
RULES = frozenset(("ets", "fueleu"))
HAULS = frozenset(("road.fixed", "road.box_km"))
"""Drivers of hauls between doors and terminals."""

Priceable = TypeVar("Priceable", Operation, RunningRate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """The drivers of the lines that a contract stands for, on board and at its ends."""

    on_board: frozenset[str]
    at_origin: frozenset[str]
    at_destination: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Charged:
    """The charges of a contract on a day: USD for a box, and each in USD with its rate."""

    usd_per_box: float
    parts: tuple[tuple[Charge, float, Exchange], ...]


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


def charged(contract: Contract, day: date) -> Charged:
    """Return the charges of a contract for one box, in USD by the exchange rates of a day.

    A charge for a shipment counts for each box, since how many share a bill is not known.

    Raises
    ------
    ConfigError
        No rate of a currency is known about that day.
    """
    teu = contract.equipment.teu_per_box
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
            base = usd
        parts.append((charge, usd, of))
    return Charged(usd_per_box=sum(usd for _, usd, _ in parts), parts=tuple(parts))


def stay_usd(contract: Contract, days: float) -> float:
    """Return what a stay of so many days costs a box by the tiers of a contract.

    In the currency of the contract. Days up to the free ones cost nothing; each further day, begun
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
    usd = charged(contract, day).usd_per_box / contract.equipment.teu_per_box
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


def carried(
    priced: Priced, pricer: Pricer, groups: PricedGroups, mode: Family, replaced: Replaced
) -> Priced:
    """Return groups in which what a contract stands for has no price on the services of its mode.

    Parameters
    ----------
    priced
        The groups at the prices of the question.
    pricer
        That of the question.
    groups
        The groups of its network.
    mode
        The family of services by which the contract carries.
    replaced
        The drivers of the lines that it stands for.
    """
    topology, parameters = pricer.topology, pricer.parameters
    mine = [service.family is mode for service in topology.services]
    of_rate = [mine[service] for service, *_ in groups.rate_of]
    rates, per_km = _unpriced_rates(priced.rates, priced.per_km, of_rate, replaced, parameters)
    eca_rates, eca_per_km = _unpriced_rates(
        priced.eca_rates, priced.eca_per_km, of_rate, replaced, parameters
    )
    made, numbers = list(priced.operations), priced.numbers.copy()
    cents = Numbers._fields.index("cents")
    for arc in groups.operation_of:
        number = int(priced.operation[arc])
        drivers = _drivers_on(pricer, arc, mine, replaced) if number >= 0 else None
        if drivers:
            made[number] = _unpriced(made[number], drivers)
            usd = pricing.usd(made[number].bill, parameters)
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


def _drivers_on(
    pricer: Pricer, arc: int, mine: Sequence[bool], replaced: Replaced
) -> frozenset[str] | None:
    """Return the drivers that a contract replaces on an operation, None on another service."""
    topology = pricer.topology
    before, after = (
        int(topology.state_service[int(at[arc])]) for at in (topology.tail, topology.head)
    )
    boards, leaves = after >= 0 and mine[after], before >= 0 and mine[before]
    if int(topology.kind[arc]) == ArcKind.LEG or (boards and leaves):
        return replaced.on_board if boards or leaves else None
    return replaced.at_origin if boards else replaced.at_destination if leaves else None


def _unpriced_rates(
    rates: Sequence[RunningRate],
    per_km: FloatArray,
    mine: Sequence[bool],
    replaced: Replaced,
    parameters: ParameterTable,
) -> tuple[tuple[RunningRate, ...], FloatArray]:
    made, figures = list(rates), per_km.copy()
    for number, rate in enumerate(rates):
        if mine[number % len(mine)]:
            bill = tuple(_without_price(line, replaced.on_board) for line in rate.bill_per_km)
            made[number] = replace(rate, bill_per_km=bill)
            figures[number, 1] = pricing.usd(bill, parameters) * CENTS_PER_USD
    return tuple(made), figures


def _unpriced(operation: Operation, drivers: frozenset[str]) -> Operation:
    bill = tuple(_without_price(line, drivers) for line in operation.bill)
    return replace(operation, bill=bill)


def _without_price(line: BillLine, drivers: frozenset[str]) -> BillLine:
    """Return a line without its price if a contract stands for it; its energy still counts."""
    return replace(line, price_parameter=None, share_of=()) if line.driver in drivers else line
