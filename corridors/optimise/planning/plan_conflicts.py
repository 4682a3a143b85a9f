"""Name the limits of a plan that contradict each other, from the elastic programme."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from corridors.optimise.planning.generation import MISSING_USD, allocate
from corridors.optimise.planning.program import Allocated, Offers, Program
from corridors.routing.priced.priced_network import ObjectiveWeights

# A limit is part of the conflict if relaxing it by a unit would serve this much of a TEU.
LEAST_PART = 1e-4
MOST_NAMED = 8


def conflict_text(
    program: Program,
    solved: Allocated,
    offers: Offers,
    name_of: Callable[..., str],
) -> str:
    """Return a sentence that names the limits in conflict; empty if the plan is feasible.

    The dual values of the elastic programme, which penalises unmet volumes, are a certificate: the
    limits with a dual value cannot hold together.

    Parameters
    ----------
    program, solved
        The plan, and a solution with unmet volumes or minimums.
    offers
        The source of routes, to find the least feasible budget or cap on CO2e.
    name_of
        Names a limit: `("lot", i)`, `("capacity", resource, month)`, `("ceiling", i)`,
        `("spot", i)`, `("floor", i)`, `("budget",)` or `("co2e",)`.
    """
    lost = float(solved.short.sum())
    if program.unmet_usd is None:
        lost += float(solved.missing.sum())
    if lost <= 1e-3:
        return ""
    if solved.stopped:
        return (
            f"stopped while {lost:,.1f} TEU had no place within the limits, so there is no plan"
            " yet; allow more time, or set unmet_usd_per_teu"
        )
    prices, unit = solved.prices, MISSING_USD[-1]
    served = [float(price) / unit for price in prices.lot_usd]
    lots = [name_of("lot", i) for i, part in enumerate(served) if part > LEAST_PART]
    lots += [name_of("floor", i) for i, p in enumerate(prices.floor) if p / unit > LEAST_PART]
    holds = [
        name_of("capacity", int(r), int(m)) for r, m in zip(*prices.by_month.nonzero(), strict=True)
        if prices.by_month[r, m] / unit > LEAST_PART
    ]  # fmt: skip
    for kind, by_limit in (("ceiling", prices.ceiling), ("spot", prices.spot)):
        holds += [name_of(kind, i) for i, p in enumerate(by_limit) if p / unit > LEAST_PART]
    # Per thousand USD or kg, the scale of one TEU.
    if program.most_usd is not None and prices.usd * 1000.0 / unit > LEAST_PART:
        least = _least(program, offers, budget=True)
        holds.append(f"{name_of('budget')}, below the lowest possible cost, {least:,.0f} USD")
    if program.most_kg is not None and prices.kg * 1000.0 / unit > LEAST_PART:
        least = _least(program, offers, budget=False) / 1000.0
        holds.append(f"{name_of('co2e')}, below the lowest possible, {least:,.1f} t")
    which = "both" if len(lots) > 1 else "it"
    against = _listed(holds) or f"the available routes, none of which serves {which}"
    cure = "change one of these" if len(lots) + len(holds) > 1 else "change it"
    # Boxes may then stay away; a minimum holds all the same.
    may_stay = program.unmet_usd is None and any(part > LEAST_PART for part in served)
    cure += ", or set unmet_usd_per_teu" if may_stay else ""
    return (
        f"the plan is infeasible by {lost:,.1f} TEU: {_listed(lots)} conflict with {against};"
        f" {cure}"
    )


def _least(program: Program, offers: Offers, *, budget: bool) -> float:
    """Return the least USD, or kg of CO2e, with which the rest of the plan is feasible."""
    objective = (
        ObjectiveWeights(usd=1.0, day=0.0, kg=0.0)
        if budget
        else ObjectiveWeights(usd=1e-6, day=0.0, kg=1.0)
    )
    freed = replace(
        program,
        objective_weights=(objective,) * len(program.objective_weights),
        most_usd=None if budget else program.most_usd,
        most_kg=program.most_kg if budget else None,
    )
    return allocate(freed, offers).value_usd


def _listed(names: list[str]) -> str:
    shown = names[:MOST_NAMED]
    more = [f"{len(names) - MOST_NAMED} more"] if len(names) > MOST_NAMED else []
    return ", ".join([*shown, *more])
