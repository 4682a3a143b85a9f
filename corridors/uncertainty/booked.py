"""How sure the figures of the routes of a comparison are, at its speed: no search, few draws.

The routes are booked: each is kept whatever is drawn. Their bills are made once over an array of
draws, of which the first is the median of all rows, so that nothing else need be evaluated.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from corridors.arrays import FloatArray, IntArray
from corridors.data.uncertainty import events_known
from corridors.domain.scenario import PriceBasis
from corridors.domain.simulation import Fan, MoneyFans, RouteFans
from corridors.domain.values import SourcedValue
from corridors.routing.contract_ways import ContractQuestion
from corridors.routing.question import Question
from corridors.uncertainty.draws import Draws, Sample
from corridors.uncertainty.evaluation import (
    Booked,
    Evaluator,
    Taken,
    ice_years_of,
    objective_of,
    plan_for,
    table_at_cost,
)

# Quantiles, chances, regret and sensitivities over draws.

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
    rows = np.argmin(values, axis=0)
    return np.where(np.isfinite(values.min(axis=0)), rows, NO_OPTION)


def chances(values: FloatArray) -> FloatArray:
    """Return by row of (row, draw) the share of all draws in which its value is the least."""
    chosen = least(values)
    count = np.bincount(chosen[chosen >= 0], minlength=values.shape[0])
    shares: FloatArray = count / max(values.shape[1], 1)
    return shares


def picked(takens: list[Taken], chosen: IntArray) -> Taken:
    """Return what is taken by the route that is chosen in each draw; closed where none is."""
    rows = np.maximum(chosen, 0)
    draws = np.arange(chosen.shape[0])
    columns = [np.stack(column)[rows, draws] for column in zip(*takens, strict=True)]
    taken = Taken(*columns)
    return taken._replace(is_open=taken.is_open & (chosen >= 0))


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


OF_REGRESSION = 2_048
"""So many draws settle what a group is worth to a USD or two."""
Evaluate = Callable[[Sample], FloatArray]


def total_indices(
    evaluate: Evaluate,
    groups: Mapping[str, Collection[str]],
    *,
    count: int,
    seed: int,
) -> dict[str, FloatArray]:
    """Return by group and output the share of the variance that is left if all else is known.

    Parameters
    ----------
    evaluate
        Returns (output, draw) of a sample.
    groups
        The dimensions of each group.
    count
        Draws of the base sample; a group takes as many more.
    seed
        Of both samples, two streams of it.

    Returns
    -------
    indices
        By group an array over outputs, 0 to 1 but for the error of sampling; 0 where an output
        does not vary.
    """
    base, other = (Sample.stratified(count, seed, stream=number) for number in (1, 2))
    outputs = evaluate(base.swapped(other, groups.values()))
    parts = outputs.reshape(outputs.shape[0], len(groups) + 2, count)
    variance = parts[:, :2].reshape(outputs.shape[0], -1).var(axis=1)
    safe = np.where(variance > 0.0, variance, 1.0)
    return {
        name: np.where(
            variance > 0.0,
            ((parts[:, 0] - parts[:, number + 2]) ** 2).mean(axis=1) / (2.0 * safe),
            0.0,
        )
        for number, name in enumerate(groups)
    }


def worth_of_knowing(values: FloatArray, z: FloatArray) -> float:
    """Return how much lower the mean of the best option is if a group is known before choosing.

    Parameters
    ----------
    values
        (option, draw), less is better, finite.
    z
        (draw, dimension) of the group, standard normal scores.

    Returns
    -------
    worth
        In the unit of the values, >= 0: at most that of knowing everything; 0 by too few draws.
    """
    # An option that another one betters in every draw is none, whatever is known: that leaves few.
    least = values[values.mean(axis=1).argmin()]
    kept = (values < least).any(axis=1) | (values == least).all(axis=1)
    values, z = values[kept, :OF_REGRESSION], z[:OF_REGRESSION]
    # Hermite polynomials of independent normal scores are orthogonal: the normal equations are
    # as good as a decomposition, and a hundred times as quick.
    features = np.concatenate([np.ones((z.shape[0], 1)), z, z**2 - 1.0], axis=1)
    if features.shape[0] <= features.shape[1]:
        # As many figures as draws explain whatever is drawn.
        return 0.0
    fit = np.linalg.solve(features.T @ features, features.T @ values.T)
    expected = features @ fit
    worth = values.mean(axis=1).min() - expected.min(axis=1).mean()
    return max(float(worth), 0.0)


DRAWS = 1_024
"""So many keep 10 and 90 % quantiles of costs within 1 % of those of 10,000 draws, prices 2 %."""


class Ranges(StrEnum):
    """What is drawn of a comparison's routes: nothing, money, or days with their events too."""

    NONE = "none"
    MONEY = "money"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedDraws:
    """What the booked routes of a question take in draws, by corridor.

    `with_events` says whether late ships and queues are drawn, without which days are levels.
    """

    question: Question
    takens: Mapping[str, Taken]
    with_events: bool

    def fans(self, corridor: str) -> MoneyFans | None:
        """Return the fans of a route; None if it is not known or never open."""
        taken = self.takens.get(corridor)
        if taken is None:
            return None
        return route_fans(taken) if self.with_events else money_fans(taken)

    def below(self, corridor: str, other: str | None) -> float | None:
        """Return the share of draws in which a route has less of the objective than another.

        Draw by draw, so that what both share cancels. None if one of the two is not known.
        """
        if other is None or not {corridor, other} <= self.takens.keys():
            return None
        scenario = self.question.scenario
        one, than = (
            objective_of(
                self.takens[name], scenario, quoted=scenario.price_basis is PriceBasis.PRICE
            )
            for name in (corridor, other)
        )
        return float((one < than).mean())


def booked_draws(
    question: Question,
    routes: Sequence[Booked],
    ranges: Ranges,
    *,
    by_contract: Sequence[tuple[ContractQuestion, Booked]] = (),
) -> BookedDraws:
    """Draw the levels of booked routes, and with `Ranges.ALL` what happens on them.

    Parameters
    ----------
    question
        The question of the market.
    routes
        Its routes.
    ranges
        What is drawn.
    by_contract
        Routes by contracts, each with its question. What carrying costs is drawn as without the
        contract; of its price, what it does not stand for and what follows an index.
    """
    scenario = question.scenario
    aim = scenario.objective.aim
    # What is late counts where days do.
    with_events = scenario.draws.events and (
        ranges is Ranges.ALL or bool(aim.days or aim.value_of_time)
    )
    sample = Sample.stratified(DRAWS, scenario.draws.seed, median_first=True)

    def drawn(
        question: Question, routes: Sequence[Booked], rows: Sequence[SourcedValue] = ()
    ) -> dict[str, Taken]:
        table, years = table_at_cost(question), ice_years_of(scenario)
        table = table.with_rows(rows) if rows else table
        evaluator = Evaluator(
            question=question,
            table=table,
            routes=tuple(routes),
            events=events_known(scenario.known_on) if with_events else (),
            ice_years=years,
        )
        names = tuple(evaluator.groups_of_events()) if with_events else ()
        plan = plan_for(question, table, ice=bool(years), others=names)
        takens = evaluator.centred(Draws(plan=plan, sample=sample))
        return {key.corridor: taken for key, taken in takens.items()}

    takens = drawn(question, routes) if routes else {}
    for contract, route in by_contract:
        # A row's scores follow from its name and the seed: these are the draws of the market.
        name = route.key.corridor
        ordinary = drawn(contract.ordinary, (route,))[name]
        takens[name] = drawn(contract, (route,), contract.rows)[name]._replace(cost=ordinary.cost)
    return BookedDraws(question=question, takens=takens, with_events=ranges is Ranges.ALL)
