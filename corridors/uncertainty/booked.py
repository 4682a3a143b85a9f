"""How sure the figures of the routes of a comparison are, at its speed: no search, few draws.

The routes are booked: each is kept whatever is drawn. Their bills are made once over an array of
draws, of which the first is the median of all rows, so that nothing else need be evaluated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from corridors.data.uncertainty import events_known
from corridors.domain.scenario import PriceBasis
from corridors.domain.simulation import MoneyFans
from corridors.routing.question import Question
from corridors.uncertainty.draws import Draws, Sample
from corridors.uncertainty.evaluation import Booked, Evaluator, Taken, objective_of
from corridors.uncertainty.figures import money_fans, route_fans
from corridors.uncertainty.planning import ice_years_of, plan_for, table_at_cost

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


def booked_draws(question: Question, routes: Sequence[Booked], ranges: Ranges) -> BookedDraws:
    """Draw the levels of booked routes, and with `Ranges.ALL` what happens on them."""
    scenario = question.scenario
    aim = scenario.objective.aim
    # What is late counts where days do.
    with_events = scenario.draws.events and (
        ranges is Ranges.ALL or bool(aim.days or aim.value_of_time)
    )
    table, years = table_at_cost(question), ice_years_of(scenario)
    evaluator = Evaluator(
        question=question,
        table=table,
        routes=tuple(routes),
        events=events_known(scenario.known_on) if with_events else (),
        ice_years=years,
    )
    names = tuple(evaluator.groups_of_events()) if with_events else ()
    plan = plan_for(question, table, ice=bool(years), others=names)
    sample = Sample.stratified(DRAWS, scenario.draws.seed, median_first=True)
    takens = evaluator.centred(Draws(plan=plan, sample=sample))
    return BookedDraws(
        question=question,
        takens={key.corridor: taken for key, taken in takens.items()},
        with_events=ranges is Ranges.ALL,
    )
