"""Quantiles, chances and regret over draws."""

from __future__ import annotations

import numpy as np

from corridors.arrays import FloatArray, IntArray
from corridors.domain.simulation import Fan, MoneyFans, RouteFans
from corridors.uncertainty.evaluation import Taken

QUANTILES = (0.05, 0.10, 0.50, 0.90, 0.95)
WORST_SHARE = 0.05
NO_OPTION = -1


def fan(figures: FloatArray) -> Fan:
    """Return mean and quantiles of the finite figures, of which there is one at least."""
    known = figures[np.isfinite(figures)]
    p5, p10, p50, p90, p95 = np.quantile(known, QUANTILES).tolist()
    return Fan(mean=float(known.mean()), p5=p5, p10=p10, p50=p50, p90=p90, p95=p95)


def price_fan(taken: Taken) -> Fan | None:
    """Return the fan of what is quoted for a route; None if no price of it is known."""
    return fan(taken.price) if np.isfinite(taken.price).any() else None


def money_fans(taken: Taken) -> MoneyFans | None:
    """Return the fans of what a route costs and of what is quoted; None if it is never open."""
    if not taken.is_open.any():
        return None
    return MoneyFans(cost=fan(taken.cost), price=price_fan(taken))


def route_fans(taken: Taken) -> RouteFans | None:
    """Return the fans of a route; None if it is never open."""
    if not taken.is_open.any():
        return None
    return RouteFans(
        cost=fan(taken.cost),
        price=price_fan(taken),
        days=fan(taken.days_with_events),
        days_of_levels=fan(taken.days),
        transit_days=fan(taken.transit_with_events),
        co2e_kg=fan(taken.kg),
    )


def least(values: FloatArray) -> IntArray:
    """Return by draw the row with the least value, the first of equals; -1 if all are infinite.

    `values` are (row, draw); of no rows none is the least.
    """
    if not values.shape[0]:
        return np.full(values.shape[1], NO_OPTION)
    found = np.argmin(values, axis=0)
    return np.where(np.isfinite(values.min(axis=0)), found, NO_OPTION)


def chances(values: FloatArray) -> FloatArray:
    """Return by row of (row, draw) the share of all draws in which its value is the least."""
    chosen = least(values)
    count = np.bincount(chosen[chosen >= 0], minlength=values.shape[0])
    found: FloatArray = count / max(values.shape[1], 1)
    return found


def picked(takens: list[Taken], chosen: IntArray) -> Taken:
    """Return what is taken by the route that is chosen in each draw; closed where none is."""
    rows = np.maximum(chosen, 0)
    draws = np.arange(chosen.shape[0])
    columns = [np.stack(column)[rows, draws] for column in zip(*takens, strict=True)]
    found = Taken(*columns)
    return found._replace(is_open=found.is_open & (chosen >= 0))


def regret(values: FloatArray, row: int) -> tuple[float, float] | None:
    """Return the mean and the greatest regret of a row over the draws in which it is finite.

    None if it never is.
    """
    known = np.isfinite(values[row])
    if not known.any():
        return None
    lost = values[row, known] - values[:, known].min(axis=0)
    return float(lost.mean()), float(lost.max())


def mean_of_worst(values: FloatArray, share: float = WORST_SHARE) -> float:
    """Return the mean of the highest `share` of the finite values: CVaR of a loss.

    References
    ----------
    Rockafellar and Uryasev, Journal of Risk 2 (2000), 21-41.
    """
    known = np.sort(values[np.isfinite(values)])
    tail = max(int(np.ceil(share * known.size - 1e-9)), 1)
    return float(known[-tail:].mean())
