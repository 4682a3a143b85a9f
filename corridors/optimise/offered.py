"""Which routes may be recommended where only known lines are: others stay in the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import inf

from corridors.data.access import load_worlds_of_lines
from corridors.data.parameters import ParameterTable
from corridors.domain.results import Candidate
from corridors.domain.scenario import Scenario
from corridors.optimise.ties import value_of

Allows = Callable[[Candidate], bool]
# Nobody pays more than so many times as much for a line that is known.
MOST_TIMES = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """The routes to decide among, and the corridors of which every route is left out.

    `allows` says of another route of the question whether it may be recommended too.
    """

    candidates: tuple[Candidate, ...]
    allows: Allows
    without_line: tuple[str, ...] = ()


def offered(
    candidates: Sequence[Candidate], scenario: Scenario, parameters: ParameterTable
) -> Offered:
    """Return the routes that may be recommended in the world of a scenario and on its date.

    In worlds that recommend known lines, a route is left out if no line is known to sail it on its
    date though some are known between its ends. Where the table has no line between two ends it
    proves nothing, and the route stays. The table is not whole: if the best route that is left is
    not known to sail either and one left out is better, or if it is more than `MOST_TIMES` as dear
    as one left out, all stay but those of which it is reported that no line sails them, their
    detours (routes that cost no less and take no less time), and Arctic voyages that no row lists,
    unless these are all.
    """
    asked = scenario.world in load_worlds_of_lines()
    if not asked or scenario.departure.year < parameters.value("lines.first_year"):
        return Offered(candidates=tuple(candidates), allows=_is_any)
    allows: Allows = _may_sail
    value_of_time = scenario.shipment.value_of_time_usd_per_teu_day

    def figure(candidate: Candidate) -> float:
        return value_of(candidate, scenario.objective, value_of_time)

    best = min(filter(_may_sail, candidates), key=figure, default=None)
    barred = [candidate for candidate in candidates if _is_barred(candidate)]
    others = min((figure(one) for one in candidates if not _is_unsailed(one)), default=inf)
    proved = best is not None and any(map(_is_known, candidates))
    if best is not None and others < figure(best):
        proved = proved and _is_known(best) and figure(best) <= MOST_TIMES * others
    if not proved:
        allows = partial(_may_sail_after_all, barred)
        if not any(map(allows, candidates)):
            allows = partial(_is_no_detour_of, barred)
    kept = tuple(filter(allows, candidates))
    left = {candidate.corridor for candidate in kept}
    gone = dict.fromkeys(c.corridor for c in candidates if c.corridor not in left)
    return Offered(candidates=kept, allows=allows, without_line=tuple(gone))


def _is_known(candidate: Candidate) -> bool:
    return candidate.offer is None or candidate.offer.known


def _may_sail(candidate: Candidate) -> bool:
    """Return whether a route is known to sail, or lies between ends without any line listed."""
    offer = candidate.offer
    return offer is None or offer.known or bool(offer.unlisted and not offer.missing)


def _is_barred(candidate: Candidate) -> bool:
    return candidate.offer is not None and candidate.offer.barred


def _is_any(_: Candidate) -> bool:
    return True


def _is_unsailed(candidate: Candidate) -> bool:
    """Return whether nobody sails a route: by a report, or since all such voyages are listed."""
    return candidate.offer is not None and (candidate.offer.barred or candidate.offer.all_listed)


def _may_sail_after_all(barred: Sequence[Candidate], candidate: Candidate) -> bool:
    return not _is_unsailed(candidate) and _is_no_detour_of(barred, candidate)


def _is_no_detour_of(barred: Sequence[Candidate], candidate: Candidate) -> bool:
    return not any(
        one.cost_usd_per_teu <= candidate.cost_usd_per_teu and one.days <= candidate.days
        for one in barred
    )
