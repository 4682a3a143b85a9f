"""Column generation finds what the time-expanded arc programme finds, on drawn plans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from corridors.optimise.allocation.generation import allocate
from corridors.optimise.allocation.program import Lot, Offer, Program, SetLimit
from corridors.routing.priced import search as priced_search
from corridors.routing.priced.bounds import Ahead, by_the_hour
from corridors.routing.priced.network import DualPrices, ObjectiveWeights, PricedNetwork
from corridors.routing.priced.search import PricedSearch
from tests.optimise.arc_programme import MISSING_USD, least_usd
from tests.strategies import problems

DAYS_A_MONTH = 3
MONTHS = 4
RESOURCES = 3
SETS = 3
drawn = settings(
    max_examples=150,
    phases=[Phase.explicit, Phase.generate],
    database=None,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@dataclass(frozen=True)
class Plan:
    """A drawn plan."""

    program: Program
    networks: list[PricedNetwork]
    starts: dict[int, tuple[int, int]]
    wait_days: int
    deadlines: dict[int, int]

    def of(
        self, lot: int, dual_prices: DualPrices, *, objective: ObjectiveWeights, most_usd: float
    ) -> Iterator[Offer]:
        asked = self.program.lots[lot]
        search = PricedSearch(
            self.networks[asked.pair],
            self.program.objective_weights[asked.pair],
            max_wait_days=self.wait_days,
            max_minutes=self.deadlines.get(asked.pair),
            month_of_day=MONTH_OF_DAY,
            longest_round=1e6,
        )
        for day in self.starts[asked.month]:
            found = search.cheapest(day, dual_prices, objective=objective, most_usd=most_usd)
            if found is not None:
                yield Offer(lot=lot, start_day=day, route=found[0], value_usd=found[1])


MONTH_OF_DAY = np.minimum(np.arange(12) // DAYS_A_MONTH, MONTHS - 1).astype(np.int64)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    pairs = draw(st.integers(1, 2))
    networks, objective_weights = [], []
    for _ in range(pairs):
        problem = draw(problems(most_nodes=6))
        arcs = problem.base.shape[0]
        uses = [draw(st.lists(st.integers(0, RESOURCES - 1), max_size=2)) for _ in range(arcs)]
        networks.append(
            PricedNetwork(
                problem=problem,
                use_first=np.cumsum([0, *(len(u) for u in uses)]).astype(np.int64),
                use_resource=np.array([r for u in uses for r in u], np.int64),
                use_amount=np.ones(sum(len(u) for u in uses)),
                sets=np.array([draw(st.integers(0, 2**SETS - 1)) & draw(st.integers(0, 7))
                               for _ in range(arcs)], np.int64),
                corridor=np.zeros(arcs, np.int64),
            )
        )  # fmt: skip
        objective_weights.append(
            ObjectiveWeights(usd=1.0, day=draw(st.sampled_from((0.0, 0.0, 5.0))), kg=0.0)
        )
    months = draw(st.integers(1, 2))
    lots = tuple(
        Lot(pair=pair, month=month, teu=float(draw(st.integers(1, 9))))
        for pair in range(pairs)
        for month in range(months)
    )
    total = sum(lot.teu for lot in lots)
    capacity = np.array(
        [
            [draw(st.sampled_from((np.inf, 0.0, 2.0, 5.0, 8.0))) for _ in range(MONTHS)]
            for _ in range(RESOURCES)
        ]
    )
    ceilings = tuple(
        SetLimit(name=f"set {s}", member=s, teu=total * draw(st.sampled_from((0.0, 0.3, 0.7))))
        for s in draw(st.lists(st.integers(0, SETS - 1), max_size=2, unique=True))
    )
    floors = tuple(
        SetLimit(name=f"set {s}", member=s, teu=total * draw(st.sampled_from((0.1, 0.5))),
                 month=draw(st.sampled_from((None, 0))))
        for s in draw(st.lists(st.integers(0, SETS - 1), max_size=1))
    )  # fmt: skip
    program = Program(
        lots=lots,
        objective_weights=tuple(objective_weights),
        capacity=capacity,
        sets=SETS,
        ceilings=ceilings,
        floors=floors,
        most_kg=draw(st.sampled_from((None, None, total * 1.0, total * 3.0))),
        most_usd=draw(st.sampled_from((None, None, total * 40.0, total * 100.0))),
        unmet_usd=draw(st.sampled_from((None, 60.0))),
    )
    starts = {month: (month * DAYS_A_MONTH, month * DAYS_A_MONTH + 1) for month in range(months)}
    deadlines = {
        pair: 1440 * draw(st.integers(2, 6)) for pair in range(pairs) if draw(st.booleans())
    }
    return Plan(program, networks, starts, draw(st.sampled_from((0, 0, 2))), deadlines)


@drawn
@given(plans())
def test_column_generation_equals_the_time_expanded_arc_programme(plan: Plan) -> None:
    agree(plan)


@pytest.mark.parametrize("length", [15, 60, 360])
def test_bounds_by_the_hour_leave_no_route_out(
    length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same where every search that compares hours works out what lies ahead by the hour."""
    monkeypatch.setattr(priced_search, "LABELS_BY_TIME", ((0, 0), (20_000, length)))
    worked_out = []

    def counted(*args: Any, **named: Any) -> Ahead:
        ahead = by_the_hour(*args, **named)
        worked_out.append(bool((ahead.by_step > args[1].to_sink[named["counts"]][:, None]).any()))
        return ahead

    monkeypatch.setattr(priced_search, "by_the_hour", counted)
    drawn(given(plans())(agree))()
    assert sum(worked_out) > 10, "bounds that say more than those of any hour"


def agree(plan: Plan) -> None:
    """Hold the allocation of a plan to the arc programme."""
    expected = least_usd(
        plan.program,
        plan.networks,
        starts=plan.starts,
        month_of_day=MONTH_OF_DAY,
        max_wait_days=plan.wait_days,
        max_minutes=plan.deadlines,
    )
    found = allocate(plan.program, plan)
    if found.met or expected < MISSING_USD / 100:
        assert found.value_usd == pytest.approx(expected, rel=1e-6, abs=1e-6)
    else:
        lost = float(found.missing.sum() * (plan.program.unmet_usd is None) + found.short.sum())
        # The arc programme counts the transport too, at most 2,000 USD a TEU.
        teu = sum(lot.teu for lot in plan.program.lots)
        assert lost - 1e-6 <= expected / MISSING_USD <= lost + teu * 2_000 / MISSING_USD


def test_routes_are_sought_where_the_first_ones_are_full() -> None:
    """A plan whose capacity binds needs a route that is nobody's cheapest."""
    seen = []

    @settings(max_examples=60, database=None, derandomize=True, deadline=None)
    @given(plans())
    def count(plan: Plan) -> None:
        seen.append(allocate(plan.program, plan).rounds)

    count()
    assert max(seen) > 1
