"""Shares of boxes by way, instead of the best way for all: a logit over goods by value of a day.

One shipper takes the way of least cost. The boxes of a trade are of many shippers with many goods,
and of each there are costs that no table has, so that they spread over the ways. A group of goods
counts a day at the capital in it; of each group the ways have shares by a logit with one scale, in
USD per TEU, which is how much the costs that are not seen differ. Between the Far East and Europe
a train counts less than a ship of the same cost, as the few boxes that trains had in years with
known volumes say. What is said is direction and order, with the range, never a forecast.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from corridors.arrays import BoolArray, FloatArray, IntArray
from corridors.config.scenario import CAPITAL_RATE
from corridors.costing.pricer import trade_between
from corridors.data.cargo import load_goods_groups
from corridors.domain.places import Family
from corridors.domain.results import Candidate, WayShare
from corridors.domain.scenario import Choice, Limits
from corridors.network.states.topology import ArcKind, Topology
from corridors.optimise.candidates import candidate_in
from corridors.optimise.limits import exceeded
from corridors.routing.ladder import SearchedCorridor
from corridors.units import DAYS_PER_YEAR

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from corridors.data.parameters import ParameterTable
    from corridors.domain.values import SourcedValue

Leg = TypeVar("Leg", bound=Hashable)
Uses: TypeAlias = "FloatArray | csr_array"
SCALE = "goods.choice_scale_usd_per_teu"
"""The row of the scale: its value, low and high."""
RAIL_WEIGHT = "goods.choice_rail_weight"
"""The row of what a train counts beside a ship of the same cost, by trade."""


def shares(costs: npt.ArrayLike, scale: float, overlap: npt.ArrayLike = 1.0) -> FloatArray:
    """Return the share of each way by a logit: overlap x exp(-cost / scale), over their sum.

    Parameters
    ----------
    costs
        Generalised cost of each way in USD per TEU along the last axis, inf where there is none;
        earlier axes are groups of goods, periods or both.
    scale
        USD per TEU, >= 0. With 0 the least cost takes all.
    overlap
        Path size of each way, above 0 and at most 1 (`path_sizes`): what it has for itself.

    Returns
    -------
    shares
        Of the shape of `costs`; they sum to one along the last axis, or are 0 where no way is open.
    """
    weights, _ = _weights(costs, scale, overlap)
    total = weights.sum(axis=-1, keepdims=True)
    part: FloatArray = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0.0)
    return part


def logsum(costs: npt.ArrayLike, scale: float, overlap: npt.ArrayLike = 1.0) -> FloatArray:
    """Return the expected least cost in USD per TEU: -scale x ln of the sum in `shares`.

    Its difference between two states of the world is the gain of those who stay and those who
    switch (a gain is a fall of it). With scale 0 it is the least cost; inf where no way is open.
    Parameters are those of `shares`; the last axis is summed over.

    References
    ----------
    Small and Rosen, Econometrica 49 (1981), 105-130.
    """
    weights, least = _weights(costs, scale, overlap)
    total = weights.sum(axis=-1)
    if scale <= 0.0:
        return least
    spread = scale * np.log(total, out=np.zeros_like(total), where=total > 0.0)
    return np.asarray(least - spread, dtype=float)


def _weights(
    costs: npt.ArrayLike, scale: float, overlap: npt.ArrayLike
) -> tuple[FloatArray, FloatArray]:
    """Return what shares are in proportion to, and the least cost, along the last axis."""
    given = np.asarray(costs, dtype=float)
    sizes = np.broadcast_to(np.asarray(overlap, dtype=float), given.shape)
    is_open = np.isfinite(given)
    least = np.min(np.where(is_open, given, np.inf), axis=-1)
    # Costs above the least: exp of them never overflows.
    above = np.where(is_open, given, np.inf) - np.where(np.isfinite(least), least, 0.0)[..., None]
    factor = np.exp(-above / scale) if scale > 0.0 else (above <= 0.0).astype(float)
    return sizes * factor, least


def path_sizes(ways: Sequence[Mapping[Leg, float]]) -> FloatArray:
    """Return the path size of each way: its length by leg over how many ways run that leg.

    A way of its own has 1, two that share half of their length 3/4 each. Ways of the same legs
    have one path size, of which each takes an equal part, and count as one for all others: an
    identical way that is written twice changes nothing.

    Parameters
    ----------
    ways
        The legs of each way with their length in km, > 0; none counts as a way of its own.

    References
    ----------
    Ben-Akiva and Bierlaire, Discrete choice methods and their applications to short term travel
    decisions, in Handbook of Transportation Science (1999), 5-33.
    """
    keys: list[Hashable] = [frozenset(way.items()) or number for number, way in enumerate(ways)]
    copies = Counter(keys)
    used = Counter(leg for way in dict(zip(keys, ways, strict=True)).values() for leg in way)
    sizes = [
        (sum(km / used[leg] for leg, km in way.items()) / sum(way.values()) if way else 1.0)
        / copies[key]
        for key, way in zip(keys, ways, strict=True)
    ]
    return np.array(sizes)


def first_come(
    costs: FloatArray,
    scale: float,
    overlap: FloatArray,
    boxes: FloatArray,
    uses: Uses,
    room: npt.ArrayLike,
) -> tuple[FloatArray, FloatArray]:
    """Return shares, and what a box expects to pay, where places have no room for all.

    Boxes come in an order that has nothing to do with their goods, and choose among the ways that
    are still open. A place that is full is closed to those that come later. Those for which no way
    is left have no share: the sum is then below one.

    Parameters
    ----------
    costs
        USD per TEU by row and way, inf where there is none. A row is a group of goods, of a pair
        and month in plans.
    scale, overlap
        As in `shares`.
    boxes
        TEU by row, >= 0.
    uses
        By place and flat number of (row, way) what a TEU takes of it: an array, dense or sparse.
    room
        By place what it can take, in the unit of `boxes` x `uses`, >= 0.

    Returns
    -------
    shares, usd
        By row and way; and by row the logsum of the ways open to each box, by the part of the row
        that came while they were, without the boxes that stay.
    """
    left, free = 1.0, np.array(room, dtype=float)
    still = np.isfinite(costs)
    taken, usd = np.zeros(costs.shape), np.zeros(costs.shape[0])
    while True:
        is_open = np.where(still, costs, np.inf)
        wanted = shares(is_open, scale, overlap)
        asked = uses @ (boxes[:, None] * wanted).ravel()
        is_short = asked * left > free * (1.0 + 1e-12)
        until = np.divide(free, asked, out=np.full(free.shape, np.inf), where=is_short)
        full = int(np.argmin(until)) if is_short.any() else -1
        part = left if full < 0 else max(0.0, float(until[full]))
        least = logsum(is_open, scale, overlap)
        taken += part * wanted
        usd += part * np.where(np.isfinite(least), least, 0.0)
        left -= part
        if full < 0:
            return taken, usd
        free = np.maximum(0.0, free - part * asked)
        only = np.zeros(free.shape)
        only[full] = 1.0
        still &= (only @ uses == 0.0).reshape(costs.shape)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing:
    """The boxes of a trade and the ways among which they choose, in arrays by row and way.

    A row is a group of goods, of a pair and month in plans. `costs` are in USD per TEU with the
    value of days, inf where there is no way; `overlap` are path sizes, `by_train` says which ways
    are trains. `boxes` are by row; `uses` and `room` are those of `first_come`. `scale` is its row
    of the parameters, `rail` the value, low and high of what a train counts, each by row.
    """

    costs: FloatArray
    overlap: FloatArray
    by_train: BoolArray
    boxes: FloatArray
    uses: Uses
    room: FloatArray
    scale: SourcedValue
    rail: tuple[FloatArray, FloatArray, FloatArray]

    def cases(self) -> list[tuple[FloatArray, FloatArray]]:
        """Return shares and logsums with the two figures as they stand, then each at its ends."""
        value, low, high = self.rail
        scale = self.scale
        figures = [(scale.value, value), (scale.low, value), (scale.high, value)]
        figures += [(scale.value, low), (scale.value, high)]
        return [
            first_come(
                self.costs,
                usd,
                self.overlap * np.where(self.by_train, part[:, None], 1.0),
                self.boxes,
                self.uses,
                self.room,
            )
            for usd, part in figures
        ]


def group_days(parameters: ParameterTable) -> FloatArray:
    """Return what a day costs each group of goods, in USD per TEU: the capital in it."""
    rate = parameters.get(CAPITAL_RATE).value
    return np.array([one.value_usd_per_teu * rate / DAYS_PER_YEAR for one in load_goods_groups()])


def _each(rows: int, row: SourcedValue) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return value, low and high of a parameter, each for so many rows."""
    return np.full(rows, row.value), np.full(rows, row.low), np.full(rows, row.high)


def way_shares(
    found: Iterable[SearchedCorridor], titles: Mapping[str, str]
) -> tuple[WayShare, ...]:
    """Return the shares of the ways of a question that asks for them, the largest first.

    A way counts with the route that its row shows. None has one that nobody offers in a world of
    known lines, that has no price where ways are compared by price, or that breaks a limit. A
    place on it takes its capacity, or `limits.capacity_share` of it, with the shipment's TEU a
    month as those of the trade. Empty unless `choice: shares` is asked.

    Parameters
    ----------
    found
        The searches of the ways.
    titles
        Names of the ways by corridor.
    """
    ways: dict[tuple[int, ...], tuple[Candidate, SearchedCorridor]] = {}
    for one in sorted(found, key=lambda one: one.corridor.id):
        scenario = one.question.scenario
        if scenario.choice is not Choice.SHARES or one.best is None or not one.may_be_recommended:
            continue
        candidate = candidate_in(one, one.best)
        if scenario.limits == Limits() or not exceeded(
            candidate, scenario.limits, scenario.departure
        ):
            # Of one route in two corridors the first has the share.
            ways.setdefault(candidate.arcs, (candidate, one))
    if not ways:
        return ()
    candidates = [candidate for candidate, _ in ways.values()]
    question = next(iter(ways.values()))[1].question
    topology, parameters = question.bundle.topology, question.parameters
    days = np.array([one.days for one in candidates])
    usd = np.array([one.cost_usd_per_teu for one in candidates])
    costs = usd[None, :] + np.outer(group_days(parameters), days)
    weights = np.array([group.share_of_teu for group in load_goods_groups()])
    usable_part = question.scenario.limits.capacity_share or 1.0
    used = {place: share for one in candidates for place, share in one.capacity}
    full = {place: share for place, share in used.items() if share > usable_part}
    passing = [[float(place in dict(one.capacity)) for one in candidates] for place in full]
    rail = parameters.get(RAIL_WEIGHT, trade_between((question.origin, question.destination)))
    found_by_case = Choosing(
        costs=costs,
        overlap=np.broadcast_to(
            path_sizes([legs_of(topology, np.array(one.arcs, np.int64)) for one in candidates]),
            costs.shape,
        ),
        by_train=np.broadcast_to([one.family is Family.RAIL for one in candidates], costs.shape),
        boxes=weights,
        # A place is on a way or not, whatever the goods.
        uses=np.tile(np.reshape(passing, (len(full), len(candidates))), weights.size),
        room=np.array([usable_part / share for share in full.values()]),
        scale=parameters.get(SCALE),
        rail=_each(weights.size, rail),
    ).cases()
    by_case = np.array([weights @ taken for taken, _ in found_by_case])
    made = [
        WayShare(
            corridor=one.corridor,
            title=titles.get(one.corridor, one.corridor),
            usd_per_teu=one.cost_usd_per_teu,
            days=one.days,
            share=float(by_case[0, number]),
            low=float(by_case[:, number].min()),
            high=float(by_case[:, number].max()),
        )
        for number, one in enumerate(candidates)
    ]
    return tuple(sorted(made, key=lambda one: (-one.share, one.corridor)))


def legs_of(topology: Topology, arcs: IntArray) -> dict[Hashable, float]:
    """Return the length of each leg of a route by its two places and its mode."""
    legs: dict[Hashable, float] = {}
    for arc in arcs[topology.kind[arcs] == ArcKind.LEG].tolist():
        if topology.km[arc] > 0.0:
            ends = frozenset(
                topology.state_place[[topology.tail[arc], topology.head[arc]]].tolist()
            )
            legs[ends, topology.services[topology.service[arc]].family] = float(topology.km[arc])
    return legs


def chosen(
    costs: FloatArray, weights: FloatArray, per_usd: float, constants: FloatArray
) -> FloatArray:
    """Return the share of each way over all groups: logit of constant - per_usd x cost.

    Parameters
    ----------
    costs
        Generalised cost in USD per TEU; the last two axes are group and way, inf where closed.
    weights
        Share of each group in all boxes; they sum to one.
    per_usd
        One over the scale; below 0 dearer ways have more.
    constants
        By way.
    """
    is_open = np.isfinite(costs)
    utility = np.where(is_open, constants - per_usd * np.where(is_open, costs, 0.0), -np.inf)
    part = np.exp(utility - utility.max(axis=-1, keepdims=True))
    return np.asarray((weights[:, None] * part / part.sum(axis=-1, keepdims=True)).sum(axis=-2))


def fitted(costs: FloatArray, weights: FloatArray, boxes: FloatArray) -> tuple[float, FloatArray]:
    """Return one over the scale, and the constant of each way, of greatest likelihood.

    The first way has the constant 0. One over the scale may be below 0: the boxes then do not
    follow costs.

    Parameters
    ----------
    costs, weights
        As in `chosen`, with a first axis of periods.
    boxes
        TEU by period and way, >= 0.
    """
    # Imported here: scipy's optimisers take longer to import than most commands to run.
    from scipy.optimize import minimize

    spread = float(np.std(costs[np.isfinite(costs)])) or 1.0

    def against(x: FloatArray) -> float:
        share = chosen(costs, weights, x[0] / spread, np.concatenate(([0.0], x[1:])))
        return float(-(boxes * np.log(np.maximum(share, 1e-300))).sum() / boxes.sum())

    start = np.zeros(costs.shape[-1])
    found = minimize(against, start, method="BFGS", options={"gtol": 1e-9})
    return float(found.x[0]) / spread, np.concatenate(([0.0], found.x[1:]))
