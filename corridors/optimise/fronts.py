"""Find non-dominated routes, within a corridor and over a comparison."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from corridors.domain.results import Candidate

Figures = TypeVar("Figures", bound=tuple[float, ...])


def unbeaten(figures: Iterable[Figures]) -> list[Figures]:
    """Return the non-dominated figures, each once, in ascending order; less is better."""
    kept: list[Figures] = []
    for own in sorted(set(figures)):  # dominating figures come first
        if not any(all(a <= b for a, b in zip(one, own, strict=True)) for one in kept):
            kept.append(own)
    return kept


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
