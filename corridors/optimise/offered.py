"""Which routes may be recommended where only known lines are: others stay in the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from corridors.data.access import load_worlds_of_lines
from corridors.data.parameters import ParameterTable
from corridors.domain.results import Candidate
from corridors.domain.scenario import Scenario

Allows = Callable[[Candidate], bool]


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

    In worlds that recommend known lines, a route is left out if a part of its main carriage is
    missing: lines are known between its ends, and none goes this way on its date. Where the table
    has no line between two ends it proves nothing, and the route stays. If no route at all is
    known to sail, all stay but those of which it is reported that no line does, and their detours:
    routes that cost no less and take no less time.
    """
    asked = scenario.world in load_worlds_of_lines()
    if not asked or scenario.departure.year < parameters.value("lines.first_year"):
        return Offered(candidates=tuple(candidates), allows=_is_any)
    allows: Allows = _is_not_missing
    if not any(map(_is_known, candidates)):
        barred = [candidate for candidate in candidates if _is_barred(candidate)]
        allows = partial(_is_no_detour_of, barred)
    kept = tuple(filter(allows, candidates))
    left = {candidate.corridor for candidate in kept}
    gone = dict.fromkeys(c.corridor for c in candidates if c.corridor not in left)
    return Offered(candidates=kept, allows=allows, without_line=tuple(gone))


def _is_known(candidate: Candidate) -> bool:
    return candidate.offer is None or candidate.offer.known


def _is_not_missing(candidate: Candidate) -> bool:
    return candidate.offer is None or not candidate.offer.missing


def _is_barred(candidate: Candidate) -> bool:
    return candidate.offer is not None and candidate.offer.barred


def _is_any(_: Candidate) -> bool:
    return True


def _is_no_detour_of(barred: Sequence[Candidate], candidate: Candidate) -> bool:
    return not any(
        one.cost_usd_per_teu <= candidate.cost_usd_per_teu and one.days <= candidate.days
        for one in barred
    )
