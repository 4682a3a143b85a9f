"""Minimums of a plan that nothing could meet, told before anything is computed."""

from __future__ import annotations

from collections.abc import Iterator

from corridors.config.corridors import load_corridors
from corridors.domain.plan import Minimum, Plan


def minimum_faults(plan: Plan) -> list[str]:
    """Return which minimums ask for more than the plan ships, allows or goes by.

    What depends on routes and capacities is told when the plan is solved.
    """
    return [
        f"{plan.at(f'minimums[{number}]')}{text}"
        for number, minimum in enumerate(plan.minimums)
        for text in _wrong(plan, minimum)
    ]


def _wrong(plan: Plan, minimum: Minimum) -> Iterator[str]:
    asked = f"{minimum.teu_per_month:,g} TEU per month through {minimum.kind} {minimum.key}"
    if minimum.kind == "corridor" and (why := _never_taken(plan, minimum.key)):
        yield f"{asked}, but {why}"
        return
    shipped = [sum(pair.teu[month] for pair in plan.pairs) for month in range(len(plan.months))]
    least = min(range(len(shipped)), key=lambda month: shipped[month])
    if minimum.teu_per_month > shipped[least] + 1e-9:
        yield (
            f"{asked}, but the plan ships {shipped[least]:,g} TEU in {plan.months[least]:%Y-%m};"
            " lower the minimum"
        )
        return
    shares = dict(getattr(plan.limits, f"max_share_{minimum.kind}"))
    whole = minimum.teu_per_month * len(plan.months)
    if minimum.key in shares and whole > shares[minimum.key] * plan.teu + 1e-9:
        yield (
            f"{asked} add up to {whole:,g} TEU, but limits.max_share_{minimum.kind}."
            f"{minimum.key} of {shares[minimum.key]:g} allows {shares[minimum.key] * plan.teu:,g};"
            " change one of the two"
        )


def _never_taken(plan: Plan, corridor: str) -> str:
    """Return why no box is planned on a corridor; empty where one may be."""
    if plan.any_corridor:
        return "`corridors: any` assigns no boxes to corridors; name the corridors"
    named = {name for pair in plan.pairs for name in pair.scenario.corridors}
    if not named or any(not pair.scenario.corridors for pair in plan.pairs):
        named |= {found.id for found in load_corridors("all")}
    if corridor in named or any(name.endswith(".yaml") for name in named):
        return ""
    return "no pair may use it; add it to corridors"
