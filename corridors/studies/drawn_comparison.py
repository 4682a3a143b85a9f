"""Put what a scenario's draws say into a comparison: quantiles, and how often each is best.

The recommendation stays that of the figures: an option that is dearer by a tenth is not as good for
being cheaper in a fifth of the draws (see docs/explanation/uncertainty.md). Only `limits.on_time`
and `robust` change it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from corridors.config import fault
from corridors.domain.results import Candidate, Decision, RouteOption
from corridors.domain.scenario import Scenario
from corridors.domain.simulation import OptionChances
from corridors.errors import ConfigError
from corridors.optimise.decision import decide, tolerances_of
from corridors.output.comparison import Comparison
from corridors.progress import Progress, quiet
from corridors.studies.decided import Decided
from corridors.studies.sampled import Sampled
from corridors.studies.session import Session
from corridors.studies.simulate.run import sample_booked
from corridors.studies.worth import robust_decision

OF_A_ROBUST_CHOICE = 2_000
"""Draws of a scenario that asks for a robust choice, and for no number of draws."""


def draws_of(scenario: Scenario) -> int:
    """Return how many draws a comparison takes, 0 for none."""
    return scenario.draws.count or (OF_A_ROBUST_CHOICE if scenario.robust else 0)


def with_draws(
    comparison: Comparison, made: Decided, *, session: Session, progress: Progress = quiet
) -> Comparison:
    """Return a comparison, and how it was decided, with what its scenario's draws say.

    It is returned as it is if none are asked for.

    Raises
    ------
    ConfigError
        A day is to be met with a probability, and nothing is drawn; or a key of `draws` is wrong.
    """
    scenario = comparison.scenario
    if not draws_of(scenario):
        if scenario.limits.on_time is not None:
            text = "needs draws: set draws.count, such as 2000, or use simulate"
            raise ConfigError(fault(scenario, "limits.on_time", text))
        return comparison
    if not comparison.usable:
        return comparison
    sampled = sample_booked(
        made,
        draws=draws_of(scenario),
        seed=scenario.draws.seed,
        session=session,
        progress=progress,
    )
    found = {option.corridor: option for option in sampled.options(None)}
    return replace(
        comparison,
        routes=tuple(_with_chances(route, found) for route in comparison.routes),
        decision=robust_decision(made, sampled)
        if scenario.robust
        else _in_time(comparison.decision, made, sampled),
    )


def _with_chances(route: RouteOption, found: Mapping[str, OptionChances]) -> RouteOption:
    chances = found.get(route.corridor)
    booked = None if chances is None else chances.booked
    return replace(route, chances=chances, fans=booked or route.fans)


def _in_time(decision: Decision, made: Decided, sampled: Sampled) -> Decision:
    """Return the decision among the options that meet a day with its probability."""
    scenario = sampled.scenario
    due = scenario.limits.on_time
    if due is None:
        return decision
    candidates = tuple(one for one in made.offered if _is_in_time(one, sampled, scenario))
    found = replace(
        decide(
            candidates,
            scenario.limits,
            scenario.objective,
            value_of_time=scenario.shipment.value_of_time_usd_per_teu_day,
            departure=scenario.departure,
            tolerances=tolerances_of(made.question.parameters),
        ),
        without_line=decision.without_line,
    )
    if candidates:
        return found
    text = f"no option arrives by {due.by} with a probability of {due.probability:g}"
    return replace(found, advice=text)


def _is_in_time(candidate: Candidate, sampled: Sampled, scenario: Scenario) -> bool:
    due = scenario.limits.on_time
    booked = sampled.booked.get(candidate.corridor)
    if due is None or booked is None:
        return due is None
    return sampled.arrives_by(booked, due.by) >= due.probability
