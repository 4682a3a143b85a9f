"""Put what draws say into a comparison: quantiles, chances, and ties of the options themselves.

Two options are tied where their order is not known: where the one that is dearer at the rows'
values is the cheaper one in a tenth of the draws or more, so that 80 % of the draws of their ratio
reach from one order to the other. Draw by draw, so that what both share cancels.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from corridors.config import fault
from corridors.domain.results import Candidate
from corridors.domain.scenario import Scenario
from corridors.errors import ConfigError
from corridors.optimise.decision import decide
from corridors.optimise.ties import Tolerances, value_of
from corridors.output.comparison import Comparison
from corridors.progress import Progress, quiet
from corridors.studies.compare import decided
from corridors.studies.session import Session
from corridors.studies.simulate import Sampled, sample

BATCHES = 2
"""A comparison learns its candidates from fewer draws than a simulation does."""
SWAPPED = 0.1
"""Share of draws in which the order of two tied options is the other one."""


def with_draws(
    comparison: Comparison, *, session: Session, progress: Progress = quiet
) -> Comparison:
    """Return a comparison with what its scenario's draws say; itself if none are asked for.

    Raises
    ------
    ConfigError
        A day is to be met with a probability, and nothing is drawn; or a key of `draws` is wrong.
    """
    scenario = comparison.scenario
    if not scenario.draws.count:
        if scenario.limits.on_time is not None:
            text = "needs draws: set draws.count, such as 2000, or use simulate"
            raise ConfigError(fault(scenario, "limits.on_time", text))
        return comparison
    if not comparison.usable:
        return comparison
    made = decided(scenario, session=session)
    sampled = sample(
        made,
        draws=scenario.draws.count,
        seed=scenario.draws.seed,
        session=session,
        most_batches=BATCHES,
        progress=progress,
    )
    found = {option.corridor: option for option in sampled.options(None)}
    candidates = tuple(
        one for one in made.offered.candidates if _is_in_time(one, sampled, scenario)
    )
    decision = decide(
        candidates,
        scenario.limits,
        scenario.objective,
        value_of_time=scenario.shipment.value_of_time_usd_per_teu_day,
        departure=scenario.departure,
        tolerances=tolerances_in(sampled, candidates),
    )
    if not candidates:
        due = scenario.limits.on_time
        by = "" if due is None else f" by {due.by} with a probability of {due.probability:g}"
        decision = replace(decision, advice=f"no option arrives{by}")
    return replace(
        comparison,
        routes=tuple(
            replace(route, chances=found.get(route.corridor)) for route in comparison.routes
        ),
        decision=replace(decision, without_line=comparison.decision.without_line),
    )


def _is_in_time(candidate: Candidate, sampled: Sampled, scenario: Scenario) -> bool:
    due = scenario.limits.on_time
    booked = sampled.booked.get(candidate.corridor)
    if due is None or booked is None:
        return due is None
    return sampled.arrives_by(booked, due.by) >= due.probability


def tolerances_in(sampled: Sampled, candidates: tuple[Candidate, ...]) -> Tolerances:
    """Return by corridor how far above the best value an option is still tied with it."""
    scenario = sampled.scenario

    def figure(candidate: Candidate) -> float:
        value_of_time = scenario.shipment.value_of_time_usd_per_teu_day
        return value_of(candidate, scenario.objective, value_of_time)

    best = min(candidates, key=figure, default=None)
    names = list(sampled.routes)
    if best is None or best.corridor not in names:
        return Tolerances(by_corridor=())
    values = sampled.by_corridor(quoted=sampled.on_price)
    of_best = values[names.index(best.corridor)]
    shares = []
    for name, figures in zip(names, values, strict=True):
        both = np.isfinite(figures) & np.isfinite(of_best)
        if name == best.corridor or not both.any():
            continue
        ratio = figures[both] / of_best[both]
        low = float(np.quantile(ratio, SWAPPED))
        shares.append((name, round(max(float(np.median(ratio)) - low, 0.0) / low, 3)))
    return Tolerances(by_corridor=tuple(shares))
