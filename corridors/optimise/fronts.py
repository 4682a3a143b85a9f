"""The front of a comparison: what no other route beats, in its corridor and overall."""

from __future__ import annotations

from collections.abc import Sequence

from corridors.domain.results import FrontPoint
from corridors.optimise.decision import Candidate

Figures = tuple[float, float, float]


def figures_of(candidate: Candidate) -> Figures:
    """Return what routes are held against each other by: USD, days and kg CO2e per TEU."""
    return candidate.cost_usd_per_teu, candidate.days, candidate.co2e_kg_per_teu


def beats(one: Figures, other: Figures) -> bool:
    """Return whether figures are no worse than others in all three and better in one."""
    return one != other and all(a <= b for a, b in zip(one, other, strict=True))


def unbeaten(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Return the candidates that no other of them beats, in their order."""
    figures = [figures_of(candidate) for candidate in candidates]
    return tuple(
        candidate
        for candidate, own in zip(candidates, figures, strict=True)
        if not any(beats(other, own) for other in figures)
    )


def front_points(candidates: Sequence[Candidate]) -> tuple[FrontPoint, ...]:
    """Return the candidates as points of the front, each told whether any corridor beats it."""
    best = set(unbeaten(candidates))
    return tuple(
        FrontPoint(
            corridor=candidate.corridor,
            cost_usd_per_teu=candidate.cost_usd_per_teu,
            days=candidate.days,
            transit_days=candidate.transit_days,
            co2e_kg_per_teu=candidate.co2e_kg_per_teu,
            overall=candidate in best,
        )
        for candidate in candidates
    )
