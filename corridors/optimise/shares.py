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
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from corridors.arrays import BoolArray, FloatArray, IntArray
from corridors.config.scenario import CAPITAL_RATE
from corridors.costing.settings import trade_between
from corridors.data.cargo import load_goods_groups
from corridors.domain.places import Family
from corridors.domain.results import Candidate, WayShare
from corridors.domain.scenario import Choice, Limits
from corridors.network.states.topology import ArcKind, Topology
from corridors.optimise.candidates import candidate_in
from corridors.optimise.limits import exceeded
from corridors.routing.corridor_search import SearchedCorridor
from corridors.units import DAYS_PER_YEAR

Leg = TypeVar("Leg", bound=Hashable)
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


def within_capacity(
    costs: FloatArray,
    scale: float,
    overlap: FloatArray,
    weights: FloatArray,
    places: Sequence[tuple[BoolArray, float]],
) -> FloatArray:
    """Return shares by group and way where places take no more than a share of all boxes.

    What a full place cannot take is refused to all groups in the same proportion, and chooses
    again among the ways that pass no full place. Boxes for which no way is left have no share:
    the sum is then below one.

    Parameters
    ----------
    costs
        By group and way, as in `shares`.
    scale, overlap
        As in `shares`.
    weights
        Share of each group in all boxes; they sum to one.
    places
        For each place which ways pass it, and the share of all boxes that it can take, >= 0.
    """
    taken, left = np.zeros(costs.shape), np.ones(costs.shape[0])
    still = np.ones(costs.shape[1], dtype=bool)
    while True:
        wanted = left[:, None] * shares(np.where(still, costs, np.inf), scale, overlap)
        # The place that is full first, by the part that it can take of what is left for it.
        tightest: tuple[float, BoolArray] | None = None
        for passing, most in places:
            asked = float((weights @ wanted)[passing].sum())
            room = max(0.0, most - float((weights @ taken)[passing].sum()))
            if asked > room * (1.0 + 1e-12) and (tightest is None or room / asked < tightest[0]):
                tightest = room / asked, passing
        if tightest is None:
            return np.asarray(taken + wanted, dtype=float)
        part, passing = tightest
        closing = passing & still
        taken[:, closing] += part * wanted[:, closing]
        left -= part * wanted[:, closing].sum(axis=1)
        still &= ~closing


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
    groups = load_goods_groups()
    day = [
        group.value_usd_per_teu * parameters.get(CAPITAL_RATE).value / DAYS_PER_YEAR
        for group in groups
    ]
    costs = np.array([one.cost_usd_per_teu for one in candidates])[None, :] + np.outer(
        day, [one.days for one in candidates]
    )
    weights = np.array([group.share_of_teu for group in groups])
    overlap = path_sizes([_legs(topology, np.array(one.arcs, np.int64)) for one in candidates])
    usable_part = question.scenario.limits.capacity_share or 1.0
    used = {place: share for one in candidates for place, share in one.capacity}
    places = [
        (np.array([place in dict(one.capacity) for one in candidates]), usable_part / share)
        for place, share in used.items()
        if share > usable_part
    ]
    scale = parameters.get(SCALE)
    rail = parameters.get(RAIL_WEIGHT, trade_between((question.origin, question.destination)))
    by_train = np.array([one.family is Family.RAIL for one in candidates])
    # Each of the two figures at its ends, the other as it stands.
    cases = [(scale.value, rail.value), (scale.low, rail.value), (scale.high, rail.value)]
    cases += [(scale.value, rail.low), (scale.value, rail.high)]
    by_case = np.array(
        [
            weights
            @ within_capacity(costs, usd, overlap * np.where(by_train, part, 1.0), weights, places)
            for usd, part in cases
        ]
    )
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


def _legs(topology: Topology, arcs: IntArray) -> dict[Hashable, float]:
    """Return the length of each leg of a route by its two places and its mode."""
    legs: dict[Hashable, float] = {}
    for arc in arcs[topology.kind[arcs] == ArcKind.LEG].tolist():
        if topology.km[arc] > 0.0:
            ends = frozenset(
                topology.state_place[[topology.tail[arc], topology.head[arc]]].tolist()
            )
            legs[ends, topology.services[topology.service[arc]].family] = float(topology.km[arc])
    return legs
