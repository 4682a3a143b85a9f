"""A drawn plan of ten projects that hang together: stretches of new ways, and wider old ones.

Places lie on a plane from west to east, flows lead from the west to the east over full legs; a new
way is worth little until the stretches beside it are built too, which makes bounds weak.
"""

from __future__ import annotations

import numpy as np

from corridors.optimise.projects.project_choice import Candidates
from tests.optimise.flow_plans import Drawn
from tests.optimise.flow_valuer import Demand, FlowPlan

PLACES, NEAREST, PROJECTS, STRETCHES, WIDENED = 40, 4, 10, 6, 4
PERIODS, PAIRS = 6, 20


def draw(seed: int) -> Drawn:
    """Return a plan drawn from a seed."""
    rng = np.random.default_rng(seed)
    place = rng.uniform(0.0, 1.0, (PLACES, 2))
    place = place[np.argsort(place[:, 0])]
    length = np.linalg.norm(place[:, None] - place[None, :], axis=2)
    near = np.argsort(length, axis=1)[:, 1 : NEAREST + 1]
    one_way = {(a, b) for a in range(PLACES) for b in near[a].tolist()}
    old = sorted(one_way | {(b, a) for a, b in one_way})
    usd = [10.0 + 400.0 * length[leg] * rng.uniform(0.8, 1.4) for leg in old]
    capacity = rng.uniform(20.0, 150.0, len(old))
    new = []
    for _ in range(PROJECTS * STRETCHES):
        west = int(rng.integers(0, PLACES - 4))
        new.append((west, west + int(rng.integers(1, 4))))
    usd += [5.0 + 200.0 * length[leg] for leg in new]
    change = np.zeros((len(old) + len(new), PROJECTS))
    for number in range(len(new)):
        change[len(old) + number, number // STRETCHES] = rng.uniform(100.0, 400.0)
    for project in range(PROJECTS):
        for leg in rng.choice(len(old), WIDENED, replace=False).tolist():
            change[leg, project] = rng.uniform(50.0, 200.0)
    demands = tuple(
        Demand(
            period=period,
            origin=int(rng.integers(0, PLACES // 3)),
            destination=int(rng.integers(2 * PLACES // 3, PLACES)),
            teu=float(rng.uniform(20.0, 60.0)),
        )
        for period in range(PERIODS)
        for _ in range(PAIRS)
    )
    plan = FlowPlan(
        nodes=PLACES,
        tail=np.array([tail for tail, _ in old + new], np.int64),
        head=np.array([head for _, head in old + new], np.int64),
        usd=np.array(usd),
        capacity=np.concatenate([capacity, np.zeros(len(new))]),
        change=change,
        demands=demands,
        periods=PERIODS,
        unmet_usd=3_000.0,
    )
    costs = tuple(rng.uniform(1.0, 5.0, PROJECTS).tolist())
    return Drawn(
        plan=plan,
        candidates=Candidates(
            costs=costs, charges=(0.0,) * PROJECTS, never_dearer=(True,) * PROJECTS
        ),
        budget=sum(costs) / 2.0,
    )
