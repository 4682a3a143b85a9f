"""Find non-dominated routes, within a corridor and over a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from corridors.domain.results import Candidate
from corridors.domain.unbeaten import unbeaten

# Routes of a corridor that differ by less are one to a reader.
ALIKE_SHARE = 0.01
ALIKE_DAYS = 0.5


def unbeaten_candidates(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Return the non-dominated candidates in USD, days and CO2e, in their order."""
    best = set(unbeaten(map(_figures, candidates)))
    return tuple(candidate for candidate in candidates if _figures(candidate) in best)


def front_points(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Return the candidates, marked `overall` if no route of any corridor dominates them."""
    best = set(unbeaten_candidates(candidates))
    return tuple(replace(candidate, overall=candidate in best) for candidate in candidates)


def _figures(candidate: Candidate) -> tuple[float, float, float]:
    return candidate.cost_usd_per_teu, candidate.days, candidate.co2e_kg_per_teu


def folded_front(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Return the candidates without those that are much like another of their corridor.

    One is folded into a kept one if its cost and its CO2e lie within `ALIKE_SHARE` of that one's
    and its days within `ALIKE_DAYS`. Cheaper ones are kept first, so what is kept of a corridor
    begins with its cheapest route, and no two that are kept are alike.
    """
    order = sorted(
        range(len(candidates)), key=lambda number: (_figures(candidates[number]), number)
    )
    kept: dict[str, list[int]] = {}
    for number in order:
        one = candidates[number]
        others = kept.setdefault(one.corridor, [])
        if not any(_alike(one, candidates[other]) for other in others):
            others.append(number)
    held = sorted(number for numbers in kept.values() for number in numbers)
    return tuple(candidates[number] for number in held)


def _alike(one: Candidate, kept: Candidate) -> bool:
    return (
        abs(one.cost_usd_per_teu - kept.cost_usd_per_teu) <= ALIKE_SHARE * kept.cost_usd_per_teu
        and abs(one.co2e_kg_per_teu - kept.co2e_kg_per_teu) <= ALIKE_SHARE * kept.co2e_kg_per_teu
        and abs(one.days - kept.days) <= ALIKE_DAYS
    )
