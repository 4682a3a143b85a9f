"""Exact searches in single draws: the network weighed with the numbers of a draw.

The figures of all groups are made for all draws in one call; a draw then takes its column of them,
and the search is the one that a comparison runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from corridors.arrays import FloatArray, IntArray
from corridors.costing.drawn_groups import DrawnGroups
from corridors.costing.market import Market, market_of
from corridors.costing.weights import weigh
from corridors.data.parameters import ParameterTable, is_price
from corridors.domain.scenario import PriceBasis
from corridors.domain.values import BillLine, SourcedValue
from corridors.routing.corridor_search import SearchedCorridor, search
from corridors.routing.drawn_route import DrawnWorlds
from corridors.routing.question import Question, stop_of_end
from corridors.uncertainty.draws import DrawnTable, Key, of_draw


def market_in_draws(question: Question, table: ParameterTable) -> Market:
    """Return what is quoted, by draw, from a table at cost."""
    return market_of(
        (stop_of_end(question.origin), stop_of_end(question.destination)),
        question.scenario.prices_day,
        table,
        question.scenario.shipment,
        # The freights of the week are rows of the table already, drawn like others.
        by_week=False,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnQuestion:
    """A question over an array of draws.

    `table` is at cost, without draws, and holds the freights of the week; `values` are drawn by
    row. `amounts` are the rows of what lanes pay, by draw. `ice_years` are the years whose ice
    may be met, `ice_of_draw` the number of that of each draw, and routes are evaluated in their
    `worlds`. `value_of_time` is by draw, in USD per TEU and day; None for that of the scenario.
    """

    question: Question
    table: ParameterTable
    values: Mapping[Key, FloatArray]
    ice_years: tuple[str, ...]
    ice_of_draw: IntArray
    groups: DrawnGroups
    amounts: tuple[SourcedValue, ...]
    worlds: DrawnWorlds
    value_of_time: FloatArray | None = None

    @classmethod
    def of(
        cls,
        question: Question,
        table: ParameterTable,
        values: Mapping[Key, FloatArray],
        *,
        ice_years: tuple[str, ...],
        ice_of_draw: IntArray,
        value_of_time: FloatArray | None = None,
        counts: Callable[[BillLine], bool] | None = None,
    ) -> DrawnQuestion:
        """Return a question at drawn values; only lines that `counts` accepts are paid for."""
        drawn = DrawnTable.of(table, values=values)
        # Prices multiply bills; any other figure that is drawn, or is another here, may be in them.
        moved = {parameter for parameter, _ in values}
        moved |= {row.parameter for row in table.unlike(question.parameters)}
        groups = DrawnGroups(
            question.pricer.at(drawn),
            question.bundle.groups,
            central=question.weights.priced,
            moved={parameter for parameter in moved if not is_price(parameter)},
            count=int(ice_of_draw.shape[0]),
            counts=counts,
        )
        amounts = market_in_draws(question, drawn).rows
        return cls(
            amounts=amounts,
            question=question,
            table=table,
            values=values,
            ice_years=ice_years,
            ice_of_draw=ice_of_draw,
            groups=groups,
            worlds=DrawnWorlds(
                groups=groups,
                weights=question.weights,
                paid_by=question.paid_by,
                lane_usd={row.scope: row.value for row in amounts},
                ice_years=ice_years,
                ice_of_draw=ice_of_draw,
            ),
            value_of_time=value_of_time,
        )

    def value_of_a_day(self, draw: int) -> float:
        """Return the value of time in a draw, in USD per TEU and day."""
        if self.value_of_time is None:
            return self.question.scenario.shipment.value_of_time_usd_per_teu_day
        return float(self.value_of_time[draw])

    def in_draw(self, draw: int, *, quoted: bool) -> Question:
        """Return the question as it is in one draw, on one basis."""
        question = self.question
        ice = self.ice_years[int(self.ice_of_draw[draw])]
        parameters: ParameterTable = DrawnTable.of(self.table, values=self.values, draw=draw)
        if quoted:
            # What lanes pay in this draw follows from all that is drawn.
            parameters = parameters.with_rows([of_draw(row, draw) for row in self.amounts])
        pricer = question.pricer.at(parameters, ice_year=ice)
        basis = PriceBasis.PRICE if quoted else PriceBasis.COST
        shipment = replace(
            question.scenario.shipment, value_of_time_usd_per_teu_day=self.value_of_a_day(draw)
        )
        weights = question.weights
        priced = self.groups.priced(draw, weights.priced)
        # Which arcs share a profile follows from the network and its closures.
        profiles = tuple(self.worlds.profile(profile, draw) for profile in weights.profiles)
        return replace(
            question,
            scenario=replace(question.scenario, price_basis=basis, shipment=shipment),
            parameters=parameters,
            pricer=pricer,
            weights=weigh(
                pricer, question.bundle.groups, priced, dated=(weights.profile, profiles)
            ),
        )

    def searched(
        self, draw: int, *, quoted: bool, numbers: Sequence[int]
    ) -> tuple[SearchedCorridor, ...]:
        """Return the searches of some corridors of the question in one draw, on one basis."""
        here = self.in_draw(draw, quoted=quoted)
        return tuple(search(here, number, fronts=False, keep=False) for number in numbers)
