"""Certify an option: OR-Tools must find the same cost and time by another algorithm."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from corridors.domain.objective import Objective
from corridors.domain.results import Certificate, CertificateStatus, RouteOption
from corridors.errors import CertificateError
from corridors.optimise.certificate import (
    Certified,
    CostsTooLargeError,
    TooManyPathsError,
    agrees,
    certify_dated,
    certify_static,
    meets_dates,
    without_dearer,
)
from corridors.routing.corridor_search import SearchedCorridor, weighing_in
from corridors.routing.problem import Problem, is_dated
from corridors.routing.terms import JOURNEY_DAYS, DatedRoute
from corridors.units import CENTS_PER_USD, MINUTES_PER_DAY, MINUTES_PER_HOUR


def certify(option: RouteOption, found: SearchedCorridor, *, dated: bool = False) -> RouteOption:
    """Return an option with its certificate; a closed one is returned unchanged.

    Parameters
    ----------
    option
        The report of the best route.
    found
        The search it came from.
    dated
        Also certify a route that depends on dates, on the time-expanded network.

    Raises
    ------
    CertificateError
        OR-Tools and the label setting disagree.
    """
    if found.best is None:
        return option
    return replace(option, certificate=_certificate(found, found.best, dated=dated))


def _certificate(found: SearchedCorridor, best: DatedRoute, *, dated: bool) -> Certificate:
    try:
        return _proof(found, best, dated=dated)
    except TooManyPathsError:
        return Certificate(
            status=CertificateStatus.NONE,
            method="too many cheaper paths come to a place twice, which is refused",
        )
    except CostsTooLargeError:
        return Certificate(
            status=CertificateStatus.NONE, method="not certified: costs are too large"
        )


def _proof(found: SearchedCorridor, best: DatedRoute, *, dated: bool) -> Certificate:
    # The proof is of what the objective makes least, then the cost.
    weighing = weighing_in(found.question)
    by_cost = weighing.is_cost
    if not by_cost and found.weighed is None:
        method = "no route was weighed by the objective"
        return Certificate(status=CertificateStatus.NONE, method=method)
    problem = found.problem if by_cost else weighing.problem(found.problem)
    best = found.weighed or best
    if meets_dates(problem, best):
        return _dated_certificate(found, best, problem, dated=dated)
    asked = partial(
        certify_static,
        start_day=0,
        then_minutes=by_cost,
        most_cents=best.cents,
        fast=found.terms.fast,
    )
    certified = asked(problem)
    if not agrees(best, certified):
        # Today's network may have a cheaper route that is closed when the box arrives.
        kept = without_dearer(problem, best)
        if is_dated(kept):
            return _dated_certificate(found, best, kept, dated=dated)
        certified = asked(kept)
    return _agreed(found, best, certified)


def _dated_certificate(
    found: SearchedCorridor, best: DatedRoute, problem: Problem, *, dated: bool
) -> Certificate:
    if not dated:
        return Certificate(
            status=CertificateStatus.DATED, method="the network changes on the way: see --certify"
        )
    kept = without_dearer(problem, best)
    by_cost = found.weighed is None
    certified = certify_dated(
        kept,
        found.terms,
        most_cents=best.cents,
        then_minutes=by_cost,
        costs=None if by_cost else found.problem,
    )
    if certified is None:
        return Certificate(
            status=CertificateStatus.DATED,
            method="not certified: too many ways would have to be tried",
        )
    return _agreed(found, best, certified)


def _agreed(found: SearchedCorridor, best: DatedRoute, certified: Certified) -> Certificate:
    if not agrees(best, certified):
        # The network of one day has no clock: its cheapest route may be one that is not searched.
        if certified.took_minutes > JOURNEY_DAYS * MINUTES_PER_DAY:
            return Certificate(
                status=CertificateStatus.NONE,
                method=f"a cheaper route takes more than {JOURNEY_DAYS} days and is not searched",
            )
        msg = (
            f"{found.corridor.id}: label setting {best.cents} cents and {best.minutes} minutes,"
            f" {certified.method} {certified.cents} and {certified.minutes}"
        )
        raise CertificateError(msg)
    objective = found.question.scenario.objective
    by = "" if objective is Objective.COST else f", for the {objective.best_route}"
    return Certificate(
        status=CertificateStatus.AGREES,
        method=certified.method + by,
        cost_usd_per_teu=found.routes[0].cents / CENTS_PER_USD,
        hours=found.routes[0].minutes / MINUTES_PER_HOUR,
    )
