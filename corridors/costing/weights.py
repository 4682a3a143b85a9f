"""Weigh the arcs of a network with hours, prices and emissions, by date where they depend on it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from corridors.arrays import BoolArray, FloatArray, IntArray
from corridors.costing import operations, pricing
from corridors.costing.groups import Numbers, PriceBooks, Priced, PricedGroups
from corridors.costing.pace import Profile
from corridors.costing.pricer import Pricer
from corridors.domain.values import RunningRate
from corridors.errors import ParameterError
from corridors.network.states.topology import ArcKind, Topology
from corridors.units import CENTS_PER_USD, GRAMS_PER_KG, MINUTES_PER_DAY, MINUTES_PER_HOUR

# An ECA's part of an arc is rounded apart from the rest.
ROUNDED = 1.0
# Of the minutes between departures of a line: 2^24 are 32 years.
INTERVAL_BITS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """Profiles as matrices (profile, day) for the label setting.

    `least` has by profile the least minutes, cents and grams per km and the least fixed cents and
    grams of its open days; zeros if it has none.
    """

    minutes_per_km: FloatArray
    cents_per_km: FloatArray
    grams_per_km: FloatArray
    fixed_cents: FloatArray
    fixed_grams: FloatArray
    through: BoolArray
    change_days: tuple[tuple[int, ...], ...]
    least: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Integer weights for the algorithms, and their parts for the report.

    By arc: `minutes` (without a dated profile), `clock` (the part of them after departure),
    `cents`, `grams` of CO2e well-to-wake, `profile` (index of `profiles`, else -1), `running`
    (index of the rates of `priced`, else -1), `usable`.
    """

    pricer: Pricer

    first_day: date
    minutes: IntArray
    clock: IntArray
    cents: IntArray
    grams: IntArray
    profile: IntArray
    running: IntArray
    usable: BoolArray
    priced: Priced
    profiles: tuple[Profile, ...]
    dates: Dates
    line_waits: LineWaits
    token: object = field(default_factory=object, init=False, repr=False, compare=False)
    """Stands for these weights in keys of what follows from them."""


class LineWaits:
    """What arcs that board a line take more than with the wait of their class, made when asked.

    Parameters
    ----------
    pricer, priced
        Those of the weights; weights at moved prices have the same waits.
    """

    def __init__(self, pricer: Pricer, priced: Priced) -> None:
        self.pricer, self.priced = pricer, priced
        self._waits: dict[int, Numbers] = {}
        # Of an operation: the wait by the time between departures, and what an hour of it takes.
        self._by_interval: dict[int, tuple[operations.WaitByInterval, float, float]] = {}

    def of(self, arcs: IntArray, interval: IntArray) -> Numbers:
        """Return what arcs take more, or less, with the wait for a line than with its class's.

        Parameters
        ----------
        arcs
            Arcs of the network on which lines are boarded.
        interval
            By arc the minutes between departures of its line.
        """
        # An operation stands for its services and terminal.
        keys = self.priced.operation[arcs] << INTERVAL_BITS | interval
        _, first, of = np.unique(keys, return_index=True, return_inverse=True)
        for number in first.tolist():
            key = int(keys[number])
            if key not in self._waits:
                self._waits[key] = self._wait(int(arcs[number]), int(interval[number]))
        rows = np.array([self._waits[int(keys[number])] for number in first], np.int64)
        return Numbers(*rows.reshape(-1, len(Numbers._fields))[of].T)

    def by_timetable(self, arcs: IntArray, boards: BoolArray) -> Numbers:
        """Return what arcs that board a trip of a timetable, or leave one, take more: below 0.

        See `of_trip`: nobody waits for its class or stays before that, and it calls by its times.
        """
        keys = self.priced.operation[arcs].astype(np.int64) * 2 + boards
        _, first, of = np.unique(keys, return_index=True, return_inverse=True)
        rows = [self._timed(int(arcs[number]), bool(boards[number])) for number in first.tolist()]
        return Numbers(*np.array(rows, np.int64).reshape(-1, len(Numbers._fields))[of.ravel()].T)

    def _timed(self, arc: int, boards: bool) -> Numbers:
        operation = int(self.priced.operation[arc])
        made = self.priced.operations[operation] if operation >= 0 else None
        if made is None:
            return Numbers(0, 0, 0, 0)
        wait, calls = operations.hours_left(made.time_parts, boards=boards)
        is_first = int(self.pricer.topology.kind[arc]) == ArcKind.LOAD
        plugs = self.pricer.wait_for_line(arc).bill_per_hour if wait else ()
        parameters = self.pricer.parameters
        usd = wait * pricing.usd(plugs, parameters)
        kg = wait * pricing.co2e_wtw_kg(plugs, parameters)
        return Numbers(
            minutes=-round((wait + calls) * MINUTES_PER_HOUR),
            clock=-round((calls if is_first else wait + calls) * MINUTES_PER_HOUR),
            cents=-round(usd * CENTS_PER_USD),
            grams=-round(kg * GRAMS_PER_KG),
        )

    def _wait(self, arc: int, interval: int) -> Numbers:
        operation = int(self.priced.operation[arc])
        if operation not in self._by_interval:
            made, parameters = self.pricer.wait_for_line(arc), self.pricer.parameters
            bill = made.bill_per_hour
            hourly = pricing.usd(bill, parameters), pricing.co2e_wtw_kg(bill, parameters)
            self._by_interval[operation] = made, *hourly
        by_interval, usd, kg = self._by_interval[operation]
        wait = by_interval.at(interval / MINUTES_PER_HOUR)
        minutes = round(wait.more_hours * MINUTES_PER_HOUR)
        is_first = int(self.pricer.topology.kind[arc]) == ArcKind.LOAD
        return Numbers(
            minutes=minutes,
            # The first vehicle leaves on the day of departure.
            clock=0 if is_first else minutes,
            cents=round(wait.more_hours * usd * CENTS_PER_USD),
            grams=round(wait.more_hours * kg * GRAMS_PER_KG),
        )


def weigh(
    pricer: Pricer,
    groups: PricedGroups,
    priced: Priced | None = None,
    *,
    dated: tuple[IntArray, tuple[Profile, ...]] | None = None,
) -> Weights:
    """Return the weights of the arcs in `groups`; the others are not usable.

    `priced` are the groups at the prices of the question, `dated` by arc the number of its profile
    and the profiles; by default they are made.

    Raises
    ------
    ParameterError
        A leg or operation takes less than no time, costs less than nothing or emits less than
        nothing. A search among such arcs need not end.
    """
    network, priced = pricer.topology, priced or PriceBooks().of(pricer, groups)
    count = network.arc_count
    usable = np.zeros(count, bool)
    usable[groups.arcs] = True
    profile, profiles = dated or _profiles(pricer, groups, priced.rates)
    integers = {name: np.zeros(count, np.int64) for name in Numbers._fields}
    own = np.flatnonzero((groups.rate >= 0) & (profile < 0))
    for column, name in enumerate(("minutes", "cents", "grams")):
        taken = network.km[own] * priced.per_km[groups.rate[own], column]
        integers[name][own] = np.rint(taken).astype(np.int64)
    inside = np.flatnonzero((groups.rate >= 0) & (priced.eca_km > 0.0) & (network.area == 0))
    more = priced.eca_per_km - priced.per_km
    for column, name in ((1, "cents"), (2, "grams")):
        added = priced.eca_km[inside] * more[groups.rate[inside], column]
        integers[name][inside] += np.rint(added).astype(np.int64)
    if groups.hours is not None:
        timed = own[~np.isnan(groups.hours[own])]
        minutes = np.rint(groups.hours[timed] * MINUTES_PER_HOUR).astype(np.int64)
        integers["minutes"][timed] = np.maximum(minutes, 1)
    integers["clock"] = integers["minutes"].copy()
    here = np.flatnonzero(priced.operation >= 0)
    for column, name in enumerate(Numbers._fields):
        integers[name][here] += priced.numbers[priced.operation[here], column]
    for number, of_day in enumerate(profiles):
        if (of_day.minutes_per_km < 0.0).all():
            usable[profile == number] = False
    _refuse_negative(network, priced, usable, integers, profile=profile, profiles=profiles)
    return Weights(
        pricer=pricer,
        first_day=pricer.first_day,
        profile=profile,
        running=groups.rate,
        usable=usable,
        priced=priced,
        line_waits=LineWaits(pricer, priced),
        profiles=profiles,
        dates=_dates(profiles, pricer.terms.days),
        **integers,
    )


def _refuse_negative(
    network: Topology,
    priced: Priced,
    usable: BoolArray,
    integers: Mapping[str, IntArray],
    *,
    profile: IntArray,
    profiles: Sequence[Profile],
) -> None:
    for name, unit, size in (
        ("minutes", "hours", MINUTES_PER_HOUR),
        ("cents", "USD per TEU", CENTS_PER_USD),
        ("grams", "kg CO2e per TEU", GRAMS_PER_KG),
    ):
        low = integers[name].astype(np.float64)
        if name != "minutes":
            # Where a profile counts, the arc itself has only its operation and what an ECA changes.
            for number, dated in enumerate(profiles):
                at = profile == number
                is_open = dated.minutes_per_km >= 0.0
                per_km, fixed = getattr(dated, f"{name}_per_km"), getattr(dated, f"fixed_{name}")
                if is_open.any():
                    low[at] += per_km[is_open].min() * network.km[at] + fixed[is_open].min()
        wrong = np.flatnonzero(usable & (low < -ROUNDED))
        if wrong.size:
            arc = int(wrong[0])
            msg = (
                f"{_in_words(network, priced, arc)}: {low[arc] / size:,.2f} {unit}. No leg or"
                " operation may be below 0; check the overrides and rates that apply to it"
            )
            raise ParameterError(msg)


def _in_words(network: Topology, priced: Priced, arc: int) -> str:
    service = network.services[int(network.service[arc])].title
    operation = int(priced.operation[arc])
    if operation >= 0 and (priced.numbers[operation] < 0).any():
        at = network.head if network.kind[arc] == ArcKind.LOAD else network.tail
        place = network.place_of(int(at[arc])).name
        return f"{priced.operations[operation].label} at {place}, {service}"
    ends = [network.place_of(int(at[arc])).name for at in (network.tail, network.head)]
    return f"{ends[0]} to {ends[1]}, {service}"


def _profiles(
    pricer: Pricer, groups: PricedGroups, rates: Sequence[RunningRate]
) -> tuple[IntArray, tuple[Profile, ...]]:
    """Return by arc the number of its profile, -1 if the day does not matter, and the profiles.

    Arcs with the same service, ice area, closures and rate share a profile, if delayed ones are as
    long.
    """
    network = pricer.topology
    number_of = np.full(network.arc_count, -1, np.int64)
    made: list[Profile] = []
    known: dict[Hashable, int] = {}
    arcs, closures = groups.arcs, pricer.closures
    meets = (
        np.array([closed.arcs[arcs] for closed in closures], bool)
        .reshape(len(closures), arcs.size)
        .T
    )
    dated = (network.area[arcs] > 0) | meets.any(axis=1)
    arcs, meets = arcs[dated], meets[dated]
    # What arcs have in common, by column: the closures met as one text of bits, and below 0 for
    # nothing.
    bits = np.packbits(meets, axis=1) if closures else np.zeros((arcs.size, 1), np.uint8)
    delayed = meets[:, [bool(closed.delay) for closed in closures]].any(axis=1)
    paces = np.full(arcs.size, -1.0)
    if groups.hours is not None:
        hours = groups.hours[arcs]
        paces = np.where(np.isnan(hours), -1.0, hours / network.km[arcs])
    numbers = np.empty(arcs.size, np.int64)
    for at, key in enumerate(
        zip(
            np.ascontiguousarray(bits).view(f"V{bits.shape[1]}").ravel().tolist(),
            network.service[arcs].tolist(),
            network.area[arcs].tolist(),
            groups.rate[arcs].tolist(),
            paces.tolist(),
            np.where(delayed, network.km[arcs], 0.0).tolist(),
            strict=True,
        )
    ):
        number = known.get(key)
        if number is None:
            *_, rate, pace, _ = key
            running = rates[rate] if rate >= 0 else None
            if running is not None and pace >= 0.0:
                running = replace(running, hours_per_km=pace)
            found = pricer.profile(int(arcs[at]), running)
            number = known[key] = -1 if found is None else len(made)
            if found is not None:
                made.append(found)
        numbers[at] = number
    number_of[arcs] = numbers
    return number_of, tuple(made)


def _dates(profiles: Sequence[Profile], days: int) -> Dates:
    names = ("minutes_per_km", "cents_per_km", "grams_per_km", "fixed_cents", "fixed_grams")
    if not profiles:
        # No day matters, but a journey must still end within the horizon.
        nothing = np.zeros((0, days))
        return Dates(
            **dict.fromkeys(names, nothing),
            through=np.zeros(0, bool),
            change_days=(),
            least=np.zeros((0, len(names))),
        )
    matrices = {name: np.stack([getattr(p, name) for p in profiles]) for name in names}
    return Dates(
        **matrices,
        through=np.array([p.through for p in profiles], bool),
        change_days=tuple(p.change_days for p in profiles),
        least=_least(*matrices.values()),
    )


def _least(minutes_per_km: FloatArray, *others: FloatArray) -> FloatArray:
    """Return the least of each matrix by profile on its open days, zeros if it has none."""
    is_open: BoolArray = minutes_per_km >= 0.0
    never = np.asarray(~is_open.any(axis=1))
    least = [np.where(is_open, matrix, np.inf).min(axis=1) for matrix in (minutes_per_km, *others)]
    found: FloatArray = np.where(never[:, None], 0.0, np.stack(least, axis=1))
    return found


class Cents(NamedTuple):
    """What arcs cost: each by itself, then (profile, day) per km and fixed."""

    arcs: IntArray
    per_km: FloatArray
    fixed: FloatArray

    @classmethod
    def of(cls, weights: Weights) -> Cents:
        """Return the cents of weights."""
        return cls(weights.cents, weights.dates.cents_per_km, weights.dates.fixed_cents)


def with_moves(usual: Weights, moved: Sequence[Cents]) -> Weights:
    """Return weights at prices that are all moved, from the cents at which each is moved alone.

    The amount of a line is moved by one of them, so what they add to the cost of an arc adds up;
    of each the cents are rounded.
    """
    if not moved:
        return usual
    arcs, per_km, fixed = (
        own + sum(other - own for other in others)
        for own, others in zip(Cents.of(usual), zip(*moved, strict=True), strict=True)
    )
    dates = usual.dates
    least = _least(dates.minutes_per_km, per_km, dates.grams_per_km, fixed, dates.fixed_grams)
    dates = replace(dates, cents_per_km=per_km, fixed_cents=fixed, least=least)
    return replace(usual, cents=arcs, dates=dates)


def day_of(weights: Weights, minute: int) -> date:
    """Return the calendar day of a minute counted from the first day."""
    return weights.first_day + timedelta(days=minute // MINUTES_PER_DAY)
