"""What is still to be paid where the hour counts, for the nodes and hours of one departure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corridors.routing.priced import compiled
from corridors.routing.priced.bounds import BoolArray, Bounds
from corridors.routing.priced.network import GRAMS_PER_KG, ChargedNetwork, FloatArray, IntArray
from corridors.routing.priced.timed import STEP
from corridors.units import CENTS_PER_USD, MINUTES_PER_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """The least USD to the sink by row and step of the clock from `first_step` on, sets apart.

    `row_of` is by node, -1 where the hour does not count.
    """

    row_of: IntArray
    by_step: FloatArray
    first_step: int = 0


def without_hours(nodes: int) -> Ahead:
    """Return what no hour changes."""
    return Ahead(row_of=np.full(nodes, -1, np.int64), by_step=np.zeros((1, 1)))


def by_the_hour(
    network: ChargedNetwork,
    bounds: Bounds,
    *,
    kept: BoolArray,
    counts: BoolArray,
    start_day: int,
    most_minutes: int,
    month_of_day: IntArray,
    max_wait_days: int,
) -> Ahead:
    """Return what is still to be paid by the hour, at the nodes where it counts.

    Parameters
    ----------
    network
        Where routes run.
    bounds
        What holds on any day.
    kept
        The arcs that are taken.
    counts
        By node, whether the hour may count; at the sink it never does.
    start_day
        The day of departure.
    most_minutes
        How long routes are under way at most; beyond, `bounds` hold.
    month_of_day
        The month of each day.
    max_wait_days
        Whole days a route may wait; here as often as it likes.
    """
    problem, worth = network.problem, bounds.worth
    nodes = np.flatnonzero(counts)
    row_of = np.full(problem.node_count, -1, np.int64)
    row_of[nodes] = np.arange(nodes.shape[0])
    first_step = start_day * (MINUTES_PER_DAY // STEP)
    by_step = compiled.least_by_step(
        nodes,
        row_of,
        problem.first_arc,
        problem.head,
        kept,
        problem.minutes,
        problem.clock,
        problem.cents,
        problem.grams,
        problem.km,
        problem.profile,
        network.use_first,
        network.use_resource,
        network.use_amount,
        problem.waits,
        problem.minutes_per_km,
        problem.cents_per_km,
        problem.grams_per_km,
        problem.fixed_cents,
        problem.fixed_grams,
        problem.through,
        worth.usd / CENTS_PER_USD,
        worth.day / MINUTES_PER_DAY,
        worth.kg / GRAMS_PER_KG,
        bounds.charges.by_month,
        month_of_day,
        bounds.to_sink,
        max_wait_days > 0,
        problem.wait_cents_per_day,
        first_step,
        most_minutes // STEP + 1,
    )
    return Ahead(row_of=row_of, by_step=by_step, first_step=first_step)
