"""Search the cheapest route of a departure under the dual prices of a plan.

A dual price of a capacity is a cost that depends on the month, so this is the search by date with
other costs: the objective and the prices by month make a problem of their own (`network.priced`).
What remains special: prices of sets are paid once (`kernel.Sets`), and only the arcs near the
cheapest routes are kept (`Part`), since a plan searches thousands of departures.
"""

from __future__ import annotations

import hashlib
import math
from copy import copy

import numpy as np

from corridors.arrays import FloatArray, IntArray
from corridors.costing.pace import ByDay
from corridors.routing.dated.label_search import (
    ANY_NUMBER,
    Prepared,
    Wanted,
    cheapest,
    prepared_for,
)
from corridors.routing.dated.label_search import longest_by_ice as longest_minutes_by_ice
from corridors.routing.dated.label_setting import Sets
from corridors.routing.priced.priced_network import (
    UNITS_PER_USD,
    DualPrices,
    LeastPaths,
    ObjectiveWeights,
    Part,
    PlannedRoute,
    PricedNetwork,
    least_paths,
    planned,
    priced,
    priced_sets,
    sets_ahead,
)
from corridors.routing.problem import BY_ARC, SOURCE
from corridors.routing.terms import JOURNEY_DAYS, LONGEST_ROUND, DatedRoute, Terms, weighed
from corridors.units import MINUTES_PER_DAY

PricedRoute = tuple[PlannedRoute, float]
# Routes by the digest of their network and the day, with the places of their arcs in it.
KnownRoutes = dict[tuple[bytes, int], DatedRoute | None]
# What a search reads of a problem without a timetable, as arrays.
DIGESTED = ("first_arc", "tail", "head", *BY_ARC[1:], *ByDay._fields, "through")


class PricedSearch:
    """Finds the cheapest routes of one network for any departure and dual prices.

    Parameters
    ----------
    network
        The network.
    objective
        Weights of the objective.
    max_wait_days
        Whole days that boxes may wait at the origin after a departure.
    max_minutes
        The deadline, gate to gate; None for none.
    month_of_day
        The month of each day, by number; later days belong to the last one.
    longest_round
        A route through ice takes at most this many times as long as the quickest one.
    longest_by_ice
        This limit in minutes, if the network is a part of the one that has it.
    """

    def __init__(
        self,
        network: PricedNetwork,
        objective: ObjectiveWeights,
        *,
        max_wait_days: int,
        max_minutes: int | None,
        month_of_day: IntArray,
        longest_round: float = LONGEST_ROUND,
        longest_by_ice: float | None = None,
    ) -> None:
        self.network = network
        self.objective = objective
        self._max_wait_days = max_wait_days
        self._max_minutes = max_minutes
        self._month_of_day = month_of_day
        if longest_by_ice is None:
            terms = Terms(start_day=0, max_wait_days=0.0, fast=True, longest_round=longest_round)
            longest_by_ice = longest_minutes_by_ice(network.problem, terms)
        self._longest_by_ice = longest_by_ice
        self._least_paths: dict[tuple[int, ...], LeastPaths] = {}
        self._latest: tuple[int, DualPrices, ObjectiveWeights, Prepared] | None = None
        self._digest: bytes | None = None

    def least_usd(self, groups: tuple[int, ...]) -> FloatArray:
        """Return at least what a route costs without dual prices, whatever the day.

        It is by combination of groups of sets that the route meets; infinite if none meets them.
        """
        return self._paths(groups).least_usd

    def only(self, part: Part) -> PricedSearch:
        """Return the search of the arcs that routes of a part may use.

        It finds what this search finds below what the part leaves out.
        """
        keep = self._paths(part.groups).below(self.network.problem, part.below_usd)
        return self.on(self.network.only(keep)[0])

    def on(self, network: PricedNetwork) -> PricedSearch:
        """Return the search of a part of the network, or of one in other types."""
        found = copy(self)
        found.network = network
        found._latest, found._digest, found._least_paths = None, None, {}
        return found

    def cheapest_known(
        self, start_day: int, free: DualPrices, known: KnownRoutes, *, most_usd: float
    ) -> PricedRoute | None:
        """Return the cheapest route of a departure without dual prices, `known` or searched.

        What is found serves every network of the same figures, whatever its arcs are called, and
        all days where nothing changes with the day.

        Parameters
        ----------
        start_day
            As in `cheapest`.
        free
            Dual prices, all 0.
        known
            What was found before; a new route is added.
        most_usd
            More than any route costs.
        """
        problem = self.network.problem
        is_dated = bool((problem.profile >= 0).any() or (problem.interval < 0).any())
        days = 0 if is_dated else start_day
        if self._digest is None:
            self._digest = self._digested()
        key = self._digest, start_day - days
        if key not in known:
            found = self.cheapest(start_day, free, objective=self.objective, most_usd=most_usd)
            known[key] = found and _moved(
                found[0], np.searchsorted(problem.number, found[0].arcs), -days
            )
        route = known[key]
        if route is None:
            return None
        moved = _moved(route, problem.number[list(route.arcs)], days)
        here = planned(self.network, moved, month_of_day=self._month_of_day)
        return here, here.objective_usd(self.objective)

    def _digested(self) -> bytes:
        """Return a digest of what a search without dual prices reads."""
        problem, found = self.network.problem, hashlib.blake2b()
        for name in DIGESTED:
            found.update(np.ascontiguousarray(getattr(problem, name)).tobytes())
        rest = (
            problem.more_cents,
            problem.wait_cents_per_day,
            problem.change_days,
            problem.minutes_per_km.shape,
            self.objective,
            self._max_wait_days,
            self._max_minutes,
            self._longest_by_ice,
        )
        found.update(repr(rest).encode())
        return found.digest()

    def cheapest(
        self,
        start_day: int,
        dual_prices: DualPrices,
        *,
        objective: ObjectiveWeights,
        most_usd: float,
    ) -> PricedRoute | None:
        """Return the cheapest route of a departure with its objective, dual prices included.

        None if there is none below `most_usd`.

        Parameters
        ----------
        start_day
            The day of departure, counted from the first day of the problem.
        dual_prices
            Prices of capacities and limits.
        objective
            Current weights: those of the objective plus what limits add.
        most_usd
            Upper limit of the result.
        """
        prepared = self._prepared(start_day, dual_prices, objective)
        if not prepared.connected:
            return None
        rate = prepared.problem.wait_cents_per_day
        sets = self._priced_sets(dual_prices)
        rewards = np.minimum(dual_prices.by_set, 0.0).sum()
        least_cents = int(prepared.bounds[0][SOURCE]) - prepared.problem.more_cents
        least_cents += math.floor(rewards * UNITS_PER_USD)
        best: PricedRoute | None = None
        days = 0
        while days <= self._max_wait_days:
            below_usd = most_usd if best is None else best[1]
            most_cents = math.ceil(below_usd * UNITS_PER_USD) - days * rate
            if most_cents < least_cents:
                # With so many days of waiting no route is better on any day.
                break
            wanted = Wanted(
                most_cents=most_cents,
                most_minutes=ANY_NUMBER
                if self._max_minutes is None
                else self._max_minutes - days * MINUTES_PER_DAY,
                sets=sets,
            )
            searched = cheapest(prepared, self._terms(start_day + days), wanted)
            for found in searched.routes:
                late = found.after(days, 0)
                route = planned(self.network, late, month_of_day=self._month_of_day)
                value_usd = route.value_usd(objective, dual_prices)
                if value_usd < below_usd:
                    best = route, value_usd
            # Where nothing was found, days alike find nothing either.
            days += 1 + (0 if searched.routes else searched.alike_days)
        return best

    def _priced_sets(self, dual_prices: DualPrices) -> Sets | None:
        """Return the prices that a route pays once; None if there are none."""
        if not dual_prices.by_set.any():
            return None
        ahead = sets_ahead(self.network, dual_prices.by_set.shape[0])
        return priced_sets(self.network, dual_prices, ahead)

    def _terms(self, day: int) -> Terms:
        return Terms(
            start_day=day, max_wait_days=0.0, fast=True, longest_by_ice=self._longest_by_ice
        )

    def _prepared(
        self, start_day: int, dual_prices: DualPrices, objective: ObjectiveWeights
    ) -> Prepared:
        """Return the priced problem, bounded for departures of the month of a day."""
        month = int(self._month_of_day[start_day])
        # Departures are asked for month by month, so only the last one is kept.
        if self._latest is not None:
            *of, known = self._latest
            if of[0] == month and of[1] is dual_prices and of[2] == objective:
                return known
        days = np.flatnonzero(self._month_of_day == month)
        last = int(days[-1]) + self._max_wait_days + JOURNEY_DAYS + 1
        problem = priced(
            self.network,
            dual_prices,
            objective,
            month_of_day=self._month_of_day,
            days=slice(int(days[0]), last),
        )
        prepared = prepared_for(problem, self._terms(start_day), criteria=3)
        self._latest = month, dual_prices, objective, prepared
        return prepared

    def _paths(self, groups: tuple[int, ...]) -> LeastPaths:
        """Return the least objective of paths without dual prices, on any day."""
        if groups not in self._least_paths:
            cents, minutes, grams = self.objective.units
            free = weighed(self.network.problem, cents=cents, minutes=minutes, grams=grams)
            self._least_paths[groups] = least_paths(free, self.network.sets, groups)
        return self._least_paths[groups]


def _moved(route: DatedRoute, arcs: IntArray, days: int) -> DatedRoute:
    """Return a route with other numbers of its arcs, so many days later."""
    return DatedRoute(
        arcs=tuple(arcs.tolist()),
        places=route.places,
        starts=tuple(start + days * MINUTES_PER_DAY for start in route.starts),
        cents=route.cents,
        minutes=route.minutes,
        grams=route.grams,
        wait_days=route.wait_days,
    )
