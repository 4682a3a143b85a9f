"""Which routes may be recommended where only known lines are: others stay in the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corridors.data.access import lines_count
from corridors.data.parameters import ParameterTable
from corridors.domain.results import Candidate, Listing
from corridors.domain.scenario import Scenario
from corridors.optimise.ties import value_of
from corridors.routing.by_lines import on_known_lines
from corridors.routing.corridor_search import SearchedCorridor

Allows = Callable[[Candidate], bool]
# Nobody pays more than so many times as much for a line that is known.
MOST_TIMES = 2.0
# And so many times as much if the line is no slower.
ENOUGH_TIMES = 1.25
# Nor so much less for a way that nobody is known to sail and that takes so many times as long.
MOST_TIMES_AS_LONG = 2.0


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

    In worlds that recommend known lines: first, routes that are known to sail, and those between
    whose ends the table has no line, which proves nothing. Second, since the table is not whole,
    also those whose ends lines join by another way, if one of these is better than all of the
    first: by anything than one that is not known to sail, and than one that is by over
    `MOST_TIMES`, or by over `ENOUGH_TIMES` in both cost and days, which makes the line a detour.
    Third, only if there are no others, those of which no voyage is listed though all are. Never
    what is barred, and what is not known to sail and neither cheaper nor quicker than that; where
    others are known to sail and are no detours, than anything that is left out: whoever could sell
    it would sell that.
    Nor what is not known to sail and slower than a line that costs less than `ENOUGH_TIMES` of it,
    or than another way that costs no more than that and takes under half as long: a train from
    Milan to Novosibirsk, not a ship by Suez and Busan.
    """
    if not lines_count(scenario.world, scenario.departure, parameters):
        return Offered(candidates=tuple(candidates), allows=lambda _: True)
    barred = [one for one in candidates if _listing(one) is Listing.BARRED]
    left = [one for one in candidates if not _is_detour(one, barred)]
    value_of_time = scenario.shipment.value_of_time_usd_per_teu_day

    def figure(candidate: Candidate) -> float:
        return value_of(candidate, scenario.objective, value_of_time)

    def best(most: Listing) -> Candidate | None:
        within = (one for one in left if _listing(one).doubt <= most.doubt)
        return min(within, key=figure, default=None)

    ways = [one for one in left if _listing(one).doubt <= Listing.NOT_THIS_WAY.doubt]
    listed, possible = best(Listing.UNLISTED), best(Listing.NOT_THIS_WAY)
    most = Listing.NOT_THIS_WAY if possible is not None else Listing.ALL_LISTED
    if listed is not None and possible is not None:
        times = MOST_TIMES if _is_known(listed) else 1.0
        if figure(listed) <= times * figure(possible) and not _goes_round(listed, ways):
            most = Listing.UNLISTED

    within = [one for one in left if _listing(one).doubt <= most.doubt]
    beyond = [one for one in left if _listing(one).doubt > most.doubt]
    known = [one for one in within if _is_known(one) and not _goes_round(one, ways)]
    out = [*barred, *(beyond if known else ())]

    def allows(candidate: Candidate) -> bool:
        return (
            _listing(candidate).doubt <= most.doubt
            and not _is_detour(candidate, out)
            and not _is_outdone(candidate, known)
            and not _is_outdone(candidate, within, times_as_long=MOST_TIMES_AS_LONG)
        )

    kept = tuple(filter(allows, candidates))
    corridors = {candidate.corridor for candidate in kept}
    gone = dict.fromkeys(c.corridor for c in candidates if c.corridor not in corridors)
    return Offered(candidates=kept, allows=allows, without_line=tuple(gone))


def bookable(found: SearchedCorridor, *, fronts: bool) -> SearchedCorridor:
    """Return a search with the best route that is known to sail, where lines count.

    It may cost and take up to `ENOUGH_TIMES` as much as the best of all.
    """
    scenario, parameters = found.question.scenario, found.question.parameters
    if not lines_count(scenario.world, scenario.departure, parameters):
        return found
    return on_known_lines(found, ENOUGH_TIMES, fronts=fronts)


def _listing(candidate: Candidate) -> Listing:
    return Listing.NEAR if candidate.offer is None else candidate.offer.listing


def _is_known(candidate: Candidate) -> bool:
    return candidate.offer is None or candidate.offer.known


def _goes_round(candidate: Candidate, ways: Sequence[Candidate]) -> bool:
    """Return whether one of some ways is much better in both cost and days."""
    return any(
        ENOUGH_TIMES * one.cost_usd_per_teu <= candidate.cost_usd_per_teu
        and ENOUGH_TIMES * one.days <= candidate.days
        for one in ways
    )


def _is_outdone(
    candidate: Candidate, others: Sequence[Candidate], *, times_as_long: float = 1.0
) -> bool:
    """Return whether what is not known to sail takes so many times as long for little less.

    A sixth more for a train to Tashkent that runs, say, than for one by Iran that nobody lists.
    """
    return not _is_known(candidate) and any(
        one.cost_usd_per_teu <= ENOUGH_TIMES * candidate.cost_usd_per_teu
        and times_as_long * one.days <= candidate.days
        for one in others
    )


def _is_detour(candidate: Candidate, out: Sequence[Candidate]) -> bool:
    """Return whether a route that is not known to sail is no better than one that is left out."""
    return not _is_known(candidate) and any(
        one.cost_usd_per_teu <= candidate.cost_usd_per_teu and one.days <= candidate.days
        for one in out
    )
