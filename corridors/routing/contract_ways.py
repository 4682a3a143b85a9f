"""Which ways go by a contract, and the question in which they are searched and priced.

A contract is a lane of one user: boxes are hauled by land to a place where it loads, are on its
ships or trains alone, and are hauled by land from where it unloads. What it stands for has no price
on that ship or train, and its charges are paid where boxes leave it (`costing.contract_charges`).
So the search finds the best way by the contract, and its bill is that of the search.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from corridors.arrays import BoolArray
from corridors.costing import contract_charges as costed
from corridors.costing.contract_charges import ByContract, Charged, Stay
from corridors.costing.groups import price_bills
from corridors.costing.market import Lane, Market, Quote, Way, amount_line
from corridors.costing.weights import weigh
from corridors.data.lines import Calls, LineEnds
from corridors.data.parameters import ParameterTable
from corridors.domain.contracts import Contract, RateScope
from corridors.domain.places import Family
from corridors.domain.results import PriceStatus
from corridors.domain.scenario import PriceBasis
from corridors.domain.values import BillLine, SourcedValue
from corridors.network.states.topology import SOURCE, ArcKind, Topology
from corridors.routing.priced_ways import BEFORE, Stages
from corridors.routing.question import Question, Quoted

ON_BOARD, PAID = 1, 2
_NO_CALLS = Calls(codes=frozenset(), positions={})
NOWHERE = LineEnds(calls=_NO_CALLS, some=_NO_CALLS, whole=frozenset(), served=frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractQuote(Quote):
    """What a contract charges, as a quote of its own lane.

    `loads` and `unloads` are the places where it takes boxes and where it leaves them.
    """

    contract: Contract
    charges: Charged
    stay: Stay | None
    loads: frozenset[str]
    unloads: frozenset[str]

    @property
    def line(self) -> BillLine:
        """The line by which a way pays the charges."""
        one = self.contract
        return amount_line(self.amount, f"{one.name} ({one.place})")

    @property
    def text(self) -> str:
        """What is charged, in a sentence."""
        return f"{self.contract.name}: {self.row.value:,.0f} USD per TEU by your contract"


class ContractStages(Stages):
    """The stages of ways by a contract: before it, on its ship or train, and after it."""

    def __init__(self, topology: Topology, market: Market, *, ends: tuple[str, str]) -> None:
        super().__init__(topology, market, near_km=0.0, ends=ends)

    def _moves(self) -> list[tuple[int, int, BoolArray]]:
        t = self.topology
        quote = _only_quote(self.quotes)
        mine = np.array([*(s.family is quote.contract.mode for s in t.services), False])
        before, after = mine[t.state_service[t.tail]], mine[t.state_service[t.head]]
        begins, ends = t.state_place[t.tail], t.state_place[t.head]
        is_leg = t.kind == ArcKind.LEG
        # A transfer is at one place; that of source and sink is none.
        at = np.where(t.tail == SOURCE, ends, begins)
        loads, unloads = (
            np.array([*(place.id in ids for place in t.places), False])
            for ids in (quote.loads, quote.unloads)
        )
        moves = t.kind != ArcKind.ABSENT
        apart = moves & ~before & ~after
        return [
            (BEFORE, BEFORE, apart),
            (BEFORE, ON_BOARD, moves & ~is_leg & ~before & after & loads[at]),
            (ON_BOARD, ON_BOARD, moves & before & after & (t.area == 0)),
            (ON_BOARD, PAID, moves & ~is_leg & before & ~after & unloads[at]),
            (PAID, PAID, apart),
        ]


@dataclass(frozen=True, kw_only=True)
class ContractQuestion(Question):
    """The question of the ways by one contract; `ordinary` is the same without it, at cost.

    `rows` are the price rows that are its own, `by` is what it changes in the bills.
    """

    ordinary: Question
    rows: tuple[SourcedValue, ...]
    by: ByContract

    @property
    def quote(self) -> ContractQuote:
        """What the contract charges."""
        return _only_quote(self.market.quotes)

    def amounts_in(self, table: ParameterTable) -> tuple[SourcedValue, ...]:
        """Return the row of its charges in a table at cost, by draw where the prices are.

        What is agreed is the same in every draw; what follows an index moves with it.
        """
        quote = self.quote
        day = self.scenario.prices_day
        return (costed.amount_row(quote.contract, quote.amount.scope, day, table),)

    @property
    def stages(self) -> ContractStages:
        """The stages of ways by the contract."""
        topology, quote = self.bundle.topology, self.quote
        ends = self.origin.country, self.destination.country
        key = "contract", quote.line, quote.contract.mode, quote.loads, quote.unloads
        return topology.once(key, lambda: ContractStages(topology, self.market, ends=ends))


def _only_quote(quotes: Sequence[Quote]) -> ContractQuote:
    """Return the one quote of the market of a contract."""
    (quote,) = quotes
    if not isinstance(quote, ContractQuote):
        msg = f"{quote.lane.id} is no contract"
        raise TypeError(msg)
    return quote


def by_contract(
    question: Question,
    contract: Contract,
    *,
    scope: str,
    loads: frozenset[str],
    unloads: frozenset[str],
) -> ContractQuestion:
    """Return the question of the ways by a contract, at what it charges.

    Parameters
    ----------
    question
        The question at cost, with the corridor of the contract.
    contract
        The contract.
    scope
        Scope of the price row of its charges: one of its own.
    loads, unloads
        Ids of the terminals where it takes boxes and where it leaves them.

    Raises
    ------
    ConfigError
        A currency of it has no rate about the day whose prices hold, or its index is unknown.
    """
    groups, at_cost = question.bundle.groups, question.quoted.at_cost
    scenario, day = question.scenario, question.scenario.prices_day
    row = costed.amount_row(contract, scope, day, at_cost)
    rows = [row]
    stay, line = costed.stay_of(contract, scenario.shipment.stay_days, day), None
    if stay is not None:
        rows.append(costed.stay_row(contract, scope, stay, day, at_cost))
        line = costed.stay_line(contract, stay, rows[-1]) if stay.usd_per_box else None
    if contract.scope is RateScope.DOOR:
        rows += costed.without_hauls(question.pricer.at(at_cost))
    parameters = at_cost.with_rows(rows)
    pricer = question.pricer.at(parameters)
    priced = price_bills(pricer, groups, question.weights.priced.bills)
    by = ByContract(
        topology=question.bundle.topology,
        mode=contract.mode,
        replaced=costed.replaced_by(contract),
        stay=line,
    )
    priced = costed.carried(priced, pricer, groups, by)
    quote = ContractQuote(
        lane=_lane_of(contract, scope),
        near=False,
        row=row,
        of="your contract",
        fresh=True,
        way=Way(
            first_day=contract.first, last_day=contract.last, gates=(), ends=("", ""), sections=()
        ),
        bill=(),
        amount=row,
        known_as=PriceStatus.CONTRACT,
        contract=contract,
        charges=costed.charged(contract, day, at_cost),
        stay=stay,
        loads=loads,
        unloads=unloads,
    )
    market = Market(quotes=(quote,))
    given = {name: getattr(question, name) for name in Question.__dataclass_fields__}
    return ContractQuestion(
        **{
            **given,
            "scenario": replace(scenario, price_basis=PriceBasis.PRICE),
            "parameters": parameters,
            "quoted": Quoted(at_cost, lambda: market),
            "pricer": pricer,
            "weights": weigh(pricer, groups, priced),
            "ordinary": question,
            "rows": tuple(rows),
            "by": by,
        }
    )


def _lane_of(contract: Contract, scope: str) -> Lane:
    return Lane(
        id=scope,
        family=Family(contract.mode),
        title=contract.name,
        index="your contract",
        origins=NOWHERE,
        destinations=NOWHERE,
        near_origins=frozenset(),
        near_destinations=frozenset(),
        follows="",
        moves_with="",
    )
