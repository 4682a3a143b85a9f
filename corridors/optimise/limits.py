"""Limits per box and caps on shares, and which routes break them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from corridors.domain.results import Candidate, Exceeded
from corridors.domain.scenario import Limits

# A cap of this share or more leaves room for the whole shipment.
WHOLE = 1.0 - 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxLimit:
    """A limit on every box: its name, its bound, and the figure it bounds."""

    name: str
    bound: float
    unit: str
    figure: Callable[[Candidate], float]


def box_limits(limits: Limits, departure: date | None = None) -> tuple[BoxLimit, ...]:
    """Return the limits per box; the deadline is counted from the departure."""
    last = None
    if limits.deadline is not None and departure is not None:
        # To the end of that day.
        last = (limits.deadline - departure).days + 1.0
    made = (
        ("deadline", last, "days from the departure", lambda c: c.arrival_days),
        ("max_transit_days", limits.max_transit_days, "days", lambda c: c.transit_days),
        ("max_days", limits.max_days, "days", _days),
        ("shelf_life_days", limits.shelf_life_days, "days", _days),
        ("max_usd_per_teu", limits.max_usd_per_teu, "USD/TEU", lambda c: c.cost_usd_per_teu),
        ("max_co2e_kg_per_teu", limits.max_co2e_kg_per_teu, "kg/TEU", lambda c: c.co2e_kg_per_teu),
    )
    return tuple(
        BoxLimit(name=name, bound=bound, unit=unit, figure=figure)
        for name, bound, unit, figure in made
        if bound is not None
    )


def tightest(bounds: Sequence[BoxLimit]) -> tuple[BoxLimit, ...]:
    """Return the bounds without those that a tighter bound on the same figure makes redundant."""
    return tuple(
        mine
        for mine in bounds
        if not any(b.figure is mine.figure and b.bound < mine.bound for b in bounds)
    )


def keeps(candidate: Candidate, bound: BoxLimit) -> bool:
    """Return whether a route keeps a limit."""
    return bound.figure(candidate) <= bound.bound + 1e-9


def exceeded(
    candidate: Candidate, limits: Limits, departure: date | None = None
) -> tuple[Exceeded, ...]:
    """Return the limits that a route breaks if it takes the whole shipment."""
    boxes = [
        Exceeded(limit=b.name, bound=b.bound, figure=b.figure(candidate), unit=b.unit)
        for b in box_limits(limits, departure)
        if not keeps(candidate, b)
    ]
    shares = [
        Exceeded(limit=name, bound=bound, figure=1.0, unit="share")
        for name, bound, passes in caps_on([candidate], limits)
        if passes[0] and bound < WHOLE
    ]
    return (*boxes, *shares)


def alone_within(
    candidates: Sequence[Candidate], limits: Limits, departure: date | None = None
) -> list[Candidate]:
    """Return the candidates that meet every limit and cap if they take the whole shipment."""
    bounds = box_limits(limits, departure)
    kept = [c for c in candidates if all(keeps(c, bound) for bound in bounds)]
    caps = [(bound, passes) for _, bound, passes in caps_on(kept, limits) if bound < WHOLE]
    return [c for i, c in enumerate(kept) if not any(passes[i] for _, passes in caps)]


def caps_on(kept: Sequence[Candidate], limits: Limits) -> list[tuple[str, float, list[bool]]]:
    """Return the caps that affect some route: name, bound, and which routes each one counts."""
    capped = (
        ("country", limits.max_share_country, lambda c, key: key in c.countries),
        ("gate", limits.max_share_gate, lambda c, key: key in c.gates),
        ("corridor", limits.max_share_corridor, lambda c, key: key == c.corridor),
    )
    found = [
        (f"max_share_{kind}.{key}", bound, [passes(c, key) for c in kept])
        for kind, bounds, passes in capped
        for key, bound in bounds
    ]
    return [cap for cap in found if any(cap[2])] + _capacity_caps(kept, limits)


def _capacity_caps(
    kept: Sequence[Candidate], limits: Limits
) -> list[tuple[str, float, list[bool]]]:
    """Return a cap for each listed capacity: the share of the shipment that it allows."""
    if limits.capacity_share is None:
        return []
    uses = [dict(candidate.capacity) for candidate in kept]
    most: dict[str, float] = {}
    for used in uses:
        for place, share in used.items():
            # If routes use a place unequally often, as ports, the largest use counts for all.
            most[place] = max(most.get(place, 0.0), share)
    return [
        (
            f"max_share_capacity.{place}",
            limits.capacity_share / share,
            [place in used for used in uses],
        )
        for place, share in sorted(most.items())
        if share > limits.capacity_share
    ]


def _days(candidate: Candidate) -> float:
    return candidate.days
