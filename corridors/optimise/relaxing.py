"""Which limits would have to move, and how far, where nothing meets them all."""

from __future__ import annotations

from collections.abc import Sequence

from corridors.domain.scenario import Limits
from corridors.optimise.limits import BoxLimit, Candidate, caps_on, keeps

SMALLEST_RISE = 1e-9


def advice(candidates: Sequence[Candidate], bounds: Sequence[BoxLimit]) -> str:
    """Say which one limit would have to move, and how far, for some route to meet the rest."""
    sentences = []
    for bound in bounds:
        rest = [
            c
            for c in candidates
            if all(b.figure(c) <= b.bound for b in bounds if b.name != bound.name)
        ]
        if rest:
            nearest = min(rest, key=bound.figure)
            need = bound.figure(nearest)
            sentences.append(
                f"{bound.name} would have to rise from {bound.bound:g} to {need:.1f} {bound.unit}"
                f" ({nearest.corridor})"
            )
    return "; or ".join(sentences) if sentences else _joint(candidates, bounds)


def _joint(candidates: Sequence[Candidate], bounds: Sequence[BoxLimit]) -> str:
    """Say by how much limits would have to move together: the least sum of their fractions."""
    nearest = min(
        candidates,
        key=lambda c: (sum(max(0.0, b.figure(c) / b.bound - 1.0) for b in bounds), c.corridor),
    )
    moves = [
        f"{b.name} from {b.bound:g} to {b.figure(nearest):.1f} {b.unit}"
        for b in bounds
        if not keeps(nearest, b)
    ]
    return f"relaxing one limit is not enough; relax {' and '.join(moves)} ({nearest.corridor})"


def looser_caps(kept: Sequence[Candidate], limits: Limits) -> str:
    """Say which caps would have to rise, and how far: the least sum of rises (elastic model)."""
    from ortools.math_opt.python import mathopt

    model = mathopt.Model(name="elastic")
    shares = [model.add_variable(lb=0.0) for _ in kept]
    model.add_linear_constraint(mathopt.fast_sum(shares) == 1.0)
    rises = {}
    caps = caps_on(kept, limits)
    for name, bound, passes in caps:
        rises[name] = model.add_variable(lb=0.0)
        through = [share for share, inside in zip(shares, passes, strict=True) if inside]
        model.add_linear_constraint(mathopt.fast_sum(through) - rises[name] <= bound)
    # A hair by name settles which of equal rises is told.
    model.minimize(
        mathopt.fast_sum([(1.0 + 1e-6 * rank) * rises[n] for rank, n in enumerate(sorted(rises))])
    )
    result = mathopt.solve(model, mathopt.SolverType.GLOP)
    told = []
    for name, bound, _ in sorted(caps):
        rise = result.variable_values(rises[name])
        if rise > SMALLEST_RISE:
            told.append(f"{name} would have to rise from {bound:g} to {bound + rise:g}")
    return " and ".join(told)
