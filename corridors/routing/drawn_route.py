"""What a fixed route takes over an array of draws: money, minutes and CO2e, in one call.

The route is booked: its arcs and the days of waiting at the origin stay, whatever is drawn. Its
clock runs as that of a search does, to the minute: an operation and a leg take whole minutes, and
the ice of a day is that of the day on which the ship is there in this draw.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from corridors.arrays import BoolArray, FloatArray, IntArray
from corridors.costing.drawn_groups import DrawnGroups, DrawnOperation
from corridors.costing.operations import CALLS, LEFT_TO_TRIPS, hours_left
from corridors.costing.pace import Profile, run_through_draws
from corridors.costing.weights import Weights
from corridors.domain.places import Family
from corridors.domain.values import ChainPart
from corridors.network.corridor import OF_ENDS
from corridors.network.rules.calendar import open_days
from corridors.network.states.topology import ArcKind
from corridors.routing.priced_ways import Paid
from corridors.units import CENTS_PER_USD, GRAMS_PER_KG, MINUTES_PER_DAY, MINUTES_PER_HOUR


class RouteDraws(NamedTuple):
    """By draw what a route takes, per TEU.

    `minutes` from gate-in to gate-out, `transit` between the scheduled vehicles at both ends,
    `arrival` from the start of the day of departure to gate-out. `starts` are by arc the minutes at
    which it begins. Where a closure or the ice stops
    the route, `is_open` is False and the figures are infinite; so is the price of a way that is on
    no lane.
    """

    cost: FloatArray
    price: FloatArray
    kg: FloatArray
    minutes: FloatArray
    transit: FloatArray
    arrival: FloatArray
    is_open: BoolArray
    starts: tuple[FloatArray, ...]


class _Ice(NamedTuple):
    """The ice that a ship meets in an area: by year and day its regime, -1 where closed.

    `escort_share` is by year and day the share of the escort fee that is due, 0 for none.
    """

    regimes: tuple[str, ...]
    regime_of_day: IntArray
    escort_share: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnWorlds:
    """The worlds of a question's draws, for the routes that are evaluated in them.

    `weights` are those of the question, from which come the groups of arcs, closures and km in
    emission control areas. `ice_years` are the years whose ice may be met, `ice_of_draw` the number
    of that of each draw. `paid_by` returns what a way pays on its lane, `lane_usd` has the amounts
    of lanes by scope and draw.
    """

    groups: DrawnGroups
    weights: Weights
    paid_by: Callable[[Sequence[int]], Paid | None]
    lane_usd: Mapping[str, float | FloatArray]
    ice_years: tuple[str, ...]
    ice_of_draw: IntArray
    # Of these draws alone: the ice by ship and area, the minutes of legs that routes share.
    _ice: dict[tuple[int, int], _Ice] = field(default_factory=dict, repr=False)
    _minutes: dict[int, FloatArray] = field(default_factory=dict, repr=False)

    def minutes_per_km(self, arc: int) -> FloatArray:
        """Return the minutes of a km of a leg, of its own hours where a user gave them."""
        own = self.groups.groups.hours
        if own is None or np.isnan(own[arc]):
            return self.groups.rate(int(self.groups.groups.rate[arc])).minutes
        km = float(self.groups.pricer.topology.km[arc])
        return np.full(self.groups.count, float(own[arc]) * MINUTES_PER_HOUR / km)

    def minutes(self, arc: int) -> FloatArray:
        """Return the whole minutes of a leg on any day."""
        if arc not in self._minutes:
            own = self.groups.groups.hours
            taken = np.rint(float(self.groups.pricer.topology.km[arc]) * self.minutes_per_km(arc))
            is_given = own is not None and not np.isnan(own[arc])
            self._minutes[arc] = np.maximum(taken, 1.0) if is_given else taken
        return self._minutes[arc]

    def ice(self, service: int, area: int) -> _Ice:
        """Return the ice of an area for a ship, in each of the years."""
        key = service, area
        if key not in self._ice:
            self._ice[key] = self._ice_of(service, area)
        return self._ice[key]

    def _ice_of(self, service: int, area: int) -> _Ice:
        pricer = self.groups.pricer
        first, count = pricer.first_day, pricer.terms.days
        regimes: dict[str, int] = {}
        rows, shares = [], []
        for name in self.ice_years:
            in_year = pricer.at(pricer.parameters, ice_year=name)
            year = in_year.ice_year(service, area)
            numbers = [regimes.setdefault(regime, len(regimes)) for regime in year.regimes]
            days = year.days(first, count)
            # The last place stands for -1: refused.
            rows.append(np.array([*numbers, -1], np.int64)[year.regime[days]])
            shares.append(np.where(year.escorted[days], in_year.escort_shares(service, area), 0.0))
        return _Ice(tuple(regimes), np.stack(rows), np.stack(shares))

    def profile(self, of: Profile, draw: int) -> Profile:
        """Return a profile of the question with the figures of a draw, without bills to report.

        Closures stay, the ice is that of the draw.
        """
        groups, arc = self.groups, of.arc
        network = groups.pricer.topology
        if of.through:
            return self._profile_in_ice(of, draw)
        if groups.groups.rate[arc] < 0:
            return of
        minutes = self.minutes_per_km(arc)[draw]
        if of.delay_hours:
            delay = np.array(of.delay_hours) * MINUTES_PER_HOUR
            minutes = minutes + delay / float(network.km[arc])
        taken = groups.rate(int(groups.groups.rate[arc])).amounts[:, draw]
        days = of.minutes_per_km.shape[0]
        return replace(
            of,
            minutes_per_km=np.where(of.minutes_per_km >= 0.0, minutes, -1.0),
            cents_per_km=np.full(days, taken[0] * CENTS_PER_USD),
            grams_per_km=np.full(days, taken[1] * GRAMS_PER_KG),
        )

    def _profile_in_ice(self, of: Profile, draw: int) -> Profile:
        groups, pricer = self.groups, self.groups.pricer
        service = int(pricer.topology.service[of.arc])
        area = int(pricer.topology.area[of.arc])
        ice, year = self.ice(service, area), int(self.ice_of_draw[draw])
        met = open_days(pricer.closures, of.arc, pricer.first_day, pricer.terms.days)
        regime = np.where(met.is_open, ice.regime_of_day[year], -1)
        rates = [groups.rate_in_ice(service, name) for name in ice.regimes]
        # The last row, index -1, stands for closed.
        table = np.array(
            [
                *((rate.minutes[draw], *rate.amounts[:, draw]) for rate in rates),
                (-1.0, 0.0, 0.0),
            ]
        )
        minutes, usd, kg = table[regime].T
        share = np.where(regime >= 0, ice.escort_share[year], 0.0)
        fee = groups.escort(service, area)[0, draw] if share.any() else 0.0
        return replace(
            of,
            minutes_per_km=minutes.copy(),
            cents_per_km=usd * CENTS_PER_USD,
            grams_per_km=kg * GRAMS_PER_KG,
            fixed_cents=fee * share * CENTS_PER_USD,
            states=(),
            rates={},
        )

    def route(
        self,
        arcs: Sequence[int],
        *,
        intervals: Sequence[int] = (),
        wait_days: int = 0,
        parts: Sequence[ChainPart] = (),
        timed: Sequence[int] = (),
    ) -> RouteDraws:
        """Return what a route takes in each draw.

        Parameters
        ----------
        arcs
            Its arcs in the topology, the first of them a LOAD at the origin.
        intervals
            By arc the minutes between departures of the line that it boards, by default 0: none.
        wait_days
            Days that boxes wait at the origin before they are loaded.
        parts
            By arc the part of the transport chain, by default all main carriage.
        timed
            By arc its minutes by a timetable (see `Layered.timed_at`), by default none.
        """
        none = (0,) * len(arcs)
        walk = _Walk(self, wait_days)
        return walk.along(arcs, intervals or none, parts, timed or (-1,) * len(arcs))


class _Walk:
    """The clock and the sums of one route, by draw."""

    def __init__(self, worlds: DrawnWorlds, wait_days: int) -> None:
        self.worlds = worlds
        self.groups = worlds.groups
        self.network = worlds.groups.pricer.topology
        count = worlds.groups.count
        self.clock = np.full(count, float(wait_days * MINUTES_PER_DAY))
        self.is_open = np.ones(count, bool)
        self.sums = worlds.groups.wait_per_day() * float(wait_days)
        # Km that take the same rates are paid together.
        self.km: dict[tuple[int, bool], float] = {}

    def along(
        self,
        arcs: Sequence[int],
        intervals: Sequence[int],
        parts: Sequence[ChainPart],
        timed: Sequence[int],
    ) -> RouteDraws:
        network, starts = self.network, []
        for arc, interval, minutes in zip(arcs, intervals, timed, strict=True):
            starts.append(self.clock)
            if minutes == OF_ENDS and interval and starts[1:]:
                self._wait_for(-interval)
            self._take(arc, interval, minutes)
        for (group, clean), km in self.km.items():
            self.sums += self.groups.rate(group, low_sulphur=clean).amounts * km
        loaded = self._operation(arcs[0], intervals[0], timed[0])
        unloaded = self._operation(arcs[-1], 0, timed[-1])
        # What passes before the departure is on no clock.
        before = 0.0 if loaded is None else loaded.minutes - loaded.clock
        arrives = starts[-1] if unloaded is None else starts[-1] + unloaded.calls
        leaves = starts[0]
        chosen = np.array(arcs, np.int64)
        of_chain = list(parts) or [ChainPart.MAIN] * len(arcs)
        by_road = [
            network.services[n].family is Family.ROAD for n in network.service[chosen].tolist()
        ]
        trucks = [
            road and part is not ChainPart.MAIN
            for road, part in zip(by_road, of_chain, strict=True)
        ]
        legs = np.flatnonzero((network.kind[chosen] == ArcKind.LEG) & ~np.array(trucks)).tolist()
        if legs and trucks[0]:
            leaves = starts[legs[0]]
        if legs and trucks[-1]:
            arrives = starts[legs[-1] + 1]

        def where_open(figure: FloatArray) -> FloatArray:
            return np.where(self.is_open, figure, np.inf)

        cost, kg = map(where_open, self.sums)
        paid = self.worlds.paid_by(arcs)
        price = np.full_like(cost, np.inf)
        if paid is not None:
            counts = self.groups.counts is None or self.groups.counts(paid.line)
            price = cost + (self.worlds.lane_usd[paid.scope] if counts else 0.0)
        return RouteDraws(
            cost=cost,
            price=price,
            kg=kg,
            minutes=where_open(self.clock + before),
            transit=where_open(arrives - leaves),
            arrival=where_open(self.clock),
            is_open=self.is_open,
            starts=tuple(starts),
        )

    def _wait_for(self, ordinal: int) -> None:
        """Wait whole days until a trip leaves; who comes too late takes it as if in time.

        The event of a missed departure has the days until the next.
        """
        days = float(ordinal - self.groups.pricer.first_day.toordinal())
        waited = days - self.clock // MINUTES_PER_DAY
        self.clock = self.clock + np.maximum(waited, 0.0) * MINUTES_PER_DAY

    def _operation(self, arc: int, interval: int, timed: int) -> DrawnOperation | None:
        """Return the operation on an arc; at the ends of a trip without waits and port calls."""
        found = self.groups.on(arc, interval)
        if found is None or timed != OF_ENDS:
            return found
        boards = interval < 0
        wait, calls = hours_left(found.hours, boards=boards)
        is_first = int(self.network.kind[arc]) == ArcKind.LOAD
        amounts = found.amounts
        if np.any(wait):
            plugs = self.groups.pricer.wait_for_line(arc).bill_per_hour
            amounts = amounts - self.groups.amounts(plugs) * wait
        nothing = np.zeros(self.groups.count)
        less = np.rint((np.asarray(wait) + calls) * MINUTES_PER_HOUR)
        on_clock = np.rint(np.asarray(calls) * MINUTES_PER_HOUR) if is_first else less
        return found._replace(
            minutes=found.minutes - less,
            clock=np.maximum(found.clock - on_clock, 0.0),
            calls=found.calls * 0.0,
            hours={**found.hours, **dict.fromkeys(LEFT_TO_TRIPS if boards else CALLS, nothing)},
            amounts=amounts,
        )

    def _take(self, arc: int, interval: int, timed: int) -> None:
        """Go on by an arc: as a search does, its leg begins when the arc does."""
        start = self.clock
        if int(self.groups.groups.rate[arc]) >= 0:
            self.clock = start + self._run(arc, start)
        operation = self._operation(arc, interval, timed)
        if operation is not None:
            self.clock = self.clock + operation.clock
            self.sums += operation.amounts
        if timed >= 0 and not int(self.network.area[arc]):
            self.clock = start + float(timed)

    def _run(self, arc: int, start: FloatArray) -> FloatArray:
        """Return the minutes of running a leg, and note what it takes."""
        km = float(self.network.km[arc])
        if int(self.network.area[arc]):
            return self._through_ice(arc, km, start)
        group = int(self.groups.groups.rate[arc])
        inside = min(float(self.worlds.weights.priced.eca_km[arc]), km)
        for clean, run in ((False, km - inside), (True, inside)):
            if run > 0.0:
                self.km[group, clean] = self.km.get((group, clean), 0.0) + run
        number = int(self.worlds.weights.profile[arc])
        if number < 0:
            return self.worlds.minutes(arc)
        per_km = self.worlds.minutes_per_km(arc)
        profile = self.worlds.weights.profiles[number]
        day = self._day(start, profile.minutes_per_km.shape[0])
        self.is_open = self.is_open & (profile.minutes_per_km[day] >= 0.0)
        if profile.delay_hours:
            per_km = per_km + np.array(profile.delay_hours)[day] * MINUTES_PER_HOUR / km
        return np.ceil(km * per_km)

    def _through_ice(self, arc: int, km: float, start: FloatArray) -> FloatArray:
        groups, service, area = (
            self.groups,
            int(self.network.service[arc]),
            int(self.network.area[arc]),
        )
        ice = self.worlds.ice(service, area)
        pricer = groups.pricer
        met = open_days(pricer.closures, arc, pricer.first_day, pricer.terms.days)
        regime_of_day = np.where(met.is_open, ice.regime_of_day, -1)
        rates = [groups.rate_in_ice(service, regime) for regime in ice.regimes]
        if not rates:
            self.is_open = np.zeros(groups.count, bool)
            return np.zeros(groups.count)
        year = self.worlds.ice_of_draw
        found = run_through_draws(
            km,
            np.where(self.is_open, start, 0.0),
            year,
            regime_of_day=regime_of_day,
            minutes_per_km=np.stack([rate.minutes for rate in rates]),
        )
        self.is_open = self.is_open & (found.end >= 0.0)
        for rate, run in zip(rates, found.km_by_regime, strict=True):
            self.sums += rate.amounts * run
        share = ice.escort_share[year, self._day(start, ice.escort_share.shape[1])]
        if (share > 0.0).any():
            self.sums += groups.escort(service, area) * share
        return np.where(self.is_open, np.ceil(found.end - 1e-6) - start, 0.0)

    def _day(self, start: FloatArray, days: int) -> IntArray:
        day = (start // MINUTES_PER_DAY).astype(np.int64)
        self.is_open = self.is_open & (day < days)
        return np.minimum(day, days - 1)
