"""Which routes may be recommended where only known lines are: others stay in the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np

from corridors.arrays import BoolArray, FloatArray, IntArray
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

    In worlds that recommend known lines those of `may_be_recommended`, in others all.
    """
    if not lines_count(scenario.world, scenario.departure, parameters):
        return Offered(candidates=tuple(candidates), allows=lambda _: True)
    value_of_time = scenario.shipment.value_of_time_usd_per_teu_day

    def may(among: Sequence[Candidate]) -> BoolArray:
        """Return which of some routes may be recommended where the candidates can be had."""
        figures = [
            (
                one.cost_usd_per_teu,
                one.days,
                value_of(one, scenario.objective, value_of_time),
            )
            for one in among
        ]
        usd, days, value = np.array(figures, np.float64).reshape(-1, 3).T[:, :, None]
        to_be_had = (np.arange(len(among)) < len(candidates))[:, None]
        return may_be_recommended(among, to_be_had, usd=usd, days=days, value=value)[:, 0]

    kept = tuple(compress(candidates, may(candidates)))
    corridors = {candidate.corridor for candidate in kept}
    gone = dict.fromkeys(c.corridor for c in candidates if c.corridor not in corridors)
    return Offered(
        candidates=kept,
        allows=lambda other: bool(may((*candidates, other))[-1]),
        without_line=tuple(gone),
    )


def may_be_recommended(
    candidates: Sequence[Candidate],
    to_be_had: BoolArray,
    *,
    usd: FloatArray,
    days: FloatArray,
    value: FloatArray,
) -> BoolArray:
    """Return which routes may be recommended where only known lines are, at several points.

    First, routes that are known to sail, and those between whose ends the table has no line, which
    proves nothing. Second, since the table is not whole, also those whose ends lines join by
    another way, if one of these is better than all of the first: by anything than one that is not
    known to sail, and than one that is by over `MOST_TIMES`, or by over `ENOUGH_TIMES` in both cost
    and days, which makes the line a detour. Third, only if there are no others, those of which no
    voyage is listed though all are. Never what is barred, and what is not known to sail and neither
    cheaper nor quicker than that; where others are known to sail and are no detours, than anything
    that is left out: whoever could sell it would sell that.
    Nor what is not known to sail and slower than a line that costs less than `ENOUGH_TIMES` of it,
    or than another way that costs no more than that and takes under half as long: a train from
    Milan to Novosibirsk, not a ship by Suez and Busan.

    Parameters
    ----------
    candidates
        The routes, for what is listed of them.
    to_be_had
        (route, point), whether it is one of the candidates: others are judged against these.
    usd, days, value
        (route, point), what a route costs in USD per TEU, how long it takes, and the objective.
        Points may be values of a driver; infinite where a route is closed.
    """
    doubt = np.array([_listing(one).doubt for one in candidates], np.int64)[:, None]
    sails = np.array([is_known(one) for one in candidates], bool)[:, None]
    point = np.arange(value.shape[1])

    def beaten(by: BoolArray, times: float = 1.0, times_as_long: float = 1.0) -> BoolArray:
        """Return where one of some routes costs at most so many times as much, and is quicker.

        It takes no longer, or a route takes `times_as_long` as it does.
        """
        found = np.zeros(value.shape, bool)
        most_usd = times * usd
        for one in np.flatnonzero(by.any(axis=1)).tolist():
            found |= by[one] & (usd[one] <= most_usd) & (times_as_long * days[one] <= days)
        return found

    def best(among: BoolArray) -> IntArray:
        """Return by point the best of some routes, if there is one."""
        found: IntArray = np.argmin(np.where(among, value, np.inf), axis=0)
        return found

    is_barred = to_be_had & (doubt == Listing.BARRED.doubt)
    left = to_be_had & (sails | ~beaten(is_barred))
    ways = left & (doubt <= Listing.NOT_THIS_WAY.doubt)
    goes_round = beaten(ways, 1.0 / ENOUGH_TIMES, ENOUGH_TIMES)
    listed_ways = left & (doubt <= Listing.UNLISTED.doubt)
    is_listed, is_a_way = listed_ways.any(axis=0), ways.any(axis=0)
    most: IntArray = np.where(is_a_way, Listing.NOT_THIS_WAY.doubt, Listing.ALL_LISTED.doubt)
    if is_listed.any():
        listed, possible = best(listed_ways), best(ways)
        times = np.where(sails[listed, 0], MOST_TIMES, 1.0)
        is_near = value[listed, point] <= times * value[possible, point]
        keeps_to_lines = is_listed & is_near & ~goes_round[listed, point]
        most = np.where(keeps_to_lines, Listing.UNLISTED.doubt, most)
    within, beyond = left & (doubt <= most), left & (doubt > most)
    known = within & sails & ~goes_round
    out = is_barred | (beyond & known.any(axis=0))
    outdone = (
        beaten(out) | beaten(known, ENOUGH_TIMES) | beaten(within, ENOUGH_TIMES, MOST_TIMES_AS_LONG)
    )
    return (doubt <= most) & (sails | ~outdone)


def rows_shown(
    candidates: Sequence[Candidate], *, usd: FloatArray, days: FloatArray, value: FloatArray
) -> BoolArray:
    """Return which routes their corridors are shown by where lines count, at several points.

    The best of a corridor, or the best that is known to sail, as of `bookable`. Figures are those
    of `may_be_recommended`.
    """
    found = np.zeros(value.shape, bool)
    sails = np.array([is_known(one) for one in candidates], bool)
    point = np.arange(value.shape[1])
    for corridor in dict.fromkeys(one.corridor for one in candidates):
        mine = np.array([one.corridor == corridor for one in candidates])
        best, booked = (
            np.argmin(np.where(kept[:, None], value, np.inf), axis=0)
            for kept in (mine, mine & sails)
        )
        is_near = np.isfinite(value[booked, point]) & (mine & sails)[booked]
        for figures in (usd, days):
            is_near &= figures[booked, point] <= ENOUGH_TIMES * figures[best, point]
        found[np.where(sails[best] | ~is_near, best, booked), point] = True
    return found & np.isfinite(value)


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


def is_known(candidate: Candidate) -> bool:
    """Return whether a route is known to sail; any is where lines are not looked for."""
    return candidate.offer is None or candidate.offer.known
