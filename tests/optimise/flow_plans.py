"""Drawn plans of projects over arcs, and the integer programme over arcs they are held to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_matrix

from corridors.optimise.projects.project_choice import Candidates
from tests.optimise.flow_valuer import Demand, FlowPlan


@dataclass(frozen=True)
class Drawn:
    """A plan with its candidates and a budget."""

    plan: FlowPlan
    candidates: Candidates
    budget: float


def arc_mip(drawn: Drawn) -> float:
    """Return the least cost by one integer programme over all arcs and projects, gaps nil."""
    plan, candidates = drawn.plan, drawn.candidates
    arcs, projects, demands = plan.tail.shape[0], plan.change.shape[1], len(plan.demands)
    flows = demands * arcs
    columns = flows + demands + projects
    cost = np.concatenate(
        [np.tile(plan.usd, demands), np.full(demands, plan.unmet_usd), candidates.charges]
    )
    i, j, a = [], [], []
    right = np.zeros(demands * plan.nodes)
    for d, demand in enumerate(plan.demands):
        for arc in range(arcs):
            i += [d * plan.nodes + int(plan.tail[arc]), d * plan.nodes + int(plan.head[arc])]
            j += [d * arcs + arc] * 2
            a += [1.0, -1.0]
        for node, sign in ((demand.origin, 1.0), (demand.destination, -1.0)):
            i.append(d * plan.nodes + node)
            j.append(flows + d)
            a.append(sign)
            right[d * plan.nodes + node] = sign * demand.teu
    balance = coo_matrix((a, (i, j)), shape=(demands * plan.nodes, columns)).tocsr()
    i, j, a = [], [], []
    most: list[float] = []
    for arc in np.flatnonzero(np.isfinite(plan.capacity)).tolist():
        for period in range(plan.periods):
            row = len(most)
            inside = [d for d, demand in enumerate(plan.demands) if demand.period == period]
            i += [row] * (len(inside) + projects)
            j += [d * arcs + arc for d in inside] + [flows + demands + p for p in range(projects)]
            a += [1.0] * len(inside) + (-plan.change[arc]).tolist()
            most.append(plan.capacity[arc])
    i += [len(most)] * projects
    j += [flows + demands + p for p in range(projects)]
    a += list(candidates.costs)
    most.append(drawn.budget)
    limits = coo_matrix((a, (i, j)), shape=(len(most), columns)).tocsr()
    whole = np.zeros(columns)
    whole[flows + demands :] = 1.0
    upper = np.full(columns, np.inf)
    upper[flows + demands :] = 1.0
    answer = milp(
        cost,
        integrality=whole,
        bounds=Bounds(0.0, upper),
        constraints=[
            LinearConstraint(balance, right, right),
            LinearConstraint(limits, -np.inf, np.array(most)),
        ],
        options={"mip_rel_gap": 0.0},
    )
    assert answer.status == 0, answer.message
    return float(answer.fun)


@st.composite
def flow_plans(draw: st.DrawFn) -> Drawn:
    nodes, projects = draw(st.integers(3, 6)), draw(st.integers(1, 5))
    arcs = draw(st.integers(4, 14))
    ends = [
        draw(st.lists(st.integers(0, nodes - 1), min_size=2, max_size=2, unique=True))
        for _ in range(arcs)
    ]
    usd = np.array([float(draw(st.integers(1, 30))) for _ in range(arcs)])
    capacity = np.array([draw(st.sampled_from((np.inf, 0.0, 3.0, 6.0))) for _ in range(arcs)])
    change = np.zeros((arcs, projects))
    for project in range(projects):
        for arc in draw(st.lists(st.integers(0, arcs - 1), max_size=4, unique=True)):
            # Some narrow what is there: a project may make flows dearer.
            least = (
                0.0
                if np.isinf(capacity[arc])
                else -float(capacity[arc]) - change[arc].clip(max=0.0).sum()
            )
            change[arc, project] = draw(st.sampled_from((2.0, 5.0, 20.0, max(-3.0, least))))
    periods = draw(st.integers(1, 2))
    demands = []
    for period in range(periods):
        for _ in range(draw(st.integers(1, 2))):
            a, b = draw(st.lists(st.integers(0, nodes - 1), min_size=2, max_size=2, unique=True))
            demands.append(
                Demand(period=period, origin=a, destination=b, teu=float(draw(st.integers(1, 9))))
            )
    # Some are free: only what they gain says whether to build them.
    costs = tuple(float(draw(st.integers(0, 9))) for _ in range(projects))
    dual_prices = tuple(float(draw(st.sampled_from((0, 0, 5, 40)))) for _ in range(projects))
    plan = FlowPlan(
        nodes=nodes,
        tail=np.array([e[0] for e in ends], np.int64),
        head=np.array([e[1] for e in ends], np.int64),
        usd=usd,
        capacity=capacity,
        change=change,
        demands=tuple(demands),
        periods=periods,
        unmet_usd=100.0,
    )
    return Drawn(
        plan=plan,
        candidates=Candidates(
            costs=costs,
            charges=dual_prices,
            never_dearer=tuple(bool((change[:, p] >= 0.0).all()) for p in range(projects)),
        ),
        budget=float(draw(st.integers(0, int(sum(costs))))),
    )
