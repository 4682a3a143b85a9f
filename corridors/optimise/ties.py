"""Which options are tied: so close to the best that their order is not known.

Of tied ones a way that somebody is known to run stands before one that nobody is, then the quickest
or the least. A tie moves no total: what adds up the least, as a plan or a catchment does, knows
none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from corridors.data.parameters import ParameterTable
from corridors.domain.objective import Objective
from corridors.domain.places import Family
from corridors.domain.results import Candidate, Tied
from corridors.domain.scenario import OTHER

PARAMETER = "decision.tolerance_share"
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerances:
    """How far above the best value an option is still tied with it, by pair of families.

    `shares` are fractions of the best value, >= 0, by the two families in alphabetical order. Pairs
    that are not listed have the share `other`.
    """

    shares: tuple[tuple[tuple[Family, Family], float], ...] = ()
    other: float = 0.0

    def of(self, candidate: Candidate, best: Iterable[Family]) -> float:
        """Return the share for an option against best ones of some families."""
        return min(self.between(candidate.family, one) for one in best)

    def between(self, one: Family, other: Family) -> float:
        """Return the share for an option of one family and a best option of another."""
        return dict(self.shares).get(_pair(one, other), self.other)


# Only equal values are tied.
EXACT = Tolerances()


def tolerances_of(parameters: ParameterTable) -> Tolerances:
    """Return the rows `decision.tolerance_share`, whose scopes are pairs such as `rail-sea`."""
    shares = {}
    families = sorted(Family)
    for number, one in enumerate(families):
        for other in families[number:]:
            shares[one, other] = parameters.value(PARAMETER, f"{one}-{other}")
    return Tolerances(shares=tuple(shares.items()), other=parameters.value(PARAMETER))


def value_of(candidate: Candidate, objective: Objective, value_of_time: float) -> float:
    """Return the objective for one TEU of a route."""
    return objective.figure(
        candidate.cost_usd_per_teu, candidate.days, candidate.co2e_kg_per_teu, value_of_time
    )


def tied(
    candidates: Sequence[Candidate],
    best: Iterable[Candidate],
    least: float,
    objective: Objective,
    *,
    value_of_time: float,
    tolerances: Tolerances,
) -> tuple[Tied, ...]:
    """Return the options tied with the best, the one to recommend first.

    Parameters
    ----------
    candidates
        Routes that meet every limit alone.
    best
        The best route, or the routes of the best split.
    least
        The value of the best in the unit of the objective.
    objective
        What is least. Of tied routes those known to run are recommended before others, of them the
        quickest; where days count in the objective already, the least. Days that print alike are
        equally quick, and then the objective decides.
    value_of_time
        USD per TEU and day, for the generalised objective.
    tolerances
        How close is tied. Of a split, the narrowest of its families counts.

    Returns
    -------
    tied
        Of each corridor its best route; empty if no route alone is within the tolerance.
    """
    families = {candidate.family for candidate in best}

    def value(candidate: Candidate) -> float:
        return value_of(candidate, objective, value_of_time)

    near = [
        candidate
        for candidate in candidates
        if value(candidate) <= least * (1.0 + tolerances.of(candidate, families)) + ROUNDING
    ]
    shares = {candidate.family: tolerances.of(candidate, families) for candidate in near}
    by_days = not objective.counts_days(value_of_time)
    return in_order(near, by_days=by_days, value=value, shares=shares)


def in_order(
    near: Iterable[Candidate],
    *,
    by_days: bool,
    value: Callable[[Candidate], float],
    shares: Mapping[Family, float],
    rank: Callable[[Candidate], float] | None = None,
) -> tuple[Tied, ...]:
    """Return routes that are near the best as tied options, the one to recommend first.

    Parameters
    ----------
    near
        The routes; of each corridor the best counts.
    by_days
        Whether the quickest comes first, not the least; see `tied`.
    value
        The figure of a route in the unit of the objective.
    shares
        By family the share within which a route is tied.
    rank
        What is least of a corridor's routes, and of those that are as quick; by default the value.
    """
    ranked = rank or value

    def order(candidate: Candidate) -> tuple[bool, float, float, float, float, bool, str]:
        return (
            candidate.offer is not None and not candidate.offer.known,
            round(candidate.days, 1) if by_days else 0.0,
            ranked(candidate),
            candidate.cost_usd_per_teu,
            candidate.days,
            candidate.corridor == OTHER,
            candidate.corridor,
        )

    # The routes of one corridor have their prices in common, so the best of them is known: that of
    # its row, the cheapest of those that are equal.
    first_of: dict[str, Candidate] = {}
    for candidate in sorted(near, key=lambda one: (ranked(one), one.cost_usd_per_teu, *order(one))):
        first_of.setdefault(candidate.corridor, candidate)
    # One route may lie in two corridors, and is tied with others once.
    routes: dict[object, Candidate] = {}
    for candidate in sorted(first_of.values(), key=order):
        route = (candidate.arcs, candidate.days) if candidate.arcs else candidate.corridor
        routes.setdefault(route, candidate)
    return tuple(
        Tied(
            corridor=candidate.corridor,
            value=value(candidate),
            cost_usd_per_teu=candidate.cost_usd_per_teu,
            days=candidate.days,
            transit_days=candidate.transit_days,
            co2e_kg_per_teu=candidate.co2e_kg_per_teu,
            tolerance_share=shares[candidate.family],
            way=candidate.way,
        )
        for candidate in routes.values()
    )


def _pair(one: Family, other: Family) -> tuple[Family, Family]:
    return (one, other) if one <= other else (other, one)
