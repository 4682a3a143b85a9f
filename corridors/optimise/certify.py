"""Certify an option: OR-Tools must find the same cost and time by another algorithm."""

from __future__ import annotations

from dataclasses import replace

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
from corridors.routing.found import Found
from corridors.routing.problem import Problem, dated_ahead
from corridors.routing.terms import JOURNEY_DAYS, FoundRoute
from corridors.units import CENTS_PER_USD, MINUTES_PER_DAY, MINUTES_PER_HOUR

# In USD per TEU and day; costs beyond it are too large for OR-Tools.
MOST_VALUE_OF_TIME = 2_000.0


def certify(option: RouteOption, found: Found, *, dated: bool = False) -> RouteOption:
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


def _certificate(found: Found, best: FoundRoute, *, dated: bool) -> Certificate:
    try:
        return _proof(found, best, dated=dated)
    except TooManyPathsError:
        return Certificate(
            status=CertificateStatus.NONE,
            method="too many cheaper paths run a leg twice, which is refused",
        )
    except CostsTooLargeError:
        return Certificate(
            status=CertificateStatus.NONE, method="not certified: costs are too large"
        )


def _proof(found: Found, best: FoundRoute, *, dated: bool) -> Certificate:
    # If time has a value, the proof is of cost plus time at that value.
    problem, best = found.priced or (found.problem, best)
    if (found.value_of_time or 0.0) > MOST_VALUE_OF_TIME:
        method = f"not certified above {MOST_VALUE_OF_TIME:,.0f} USD a day: costs are too large"
        return Certificate(status=CertificateStatus.NONE, method=method)
    if meets_dates(problem, best):
        return _dated_certificate(found, best, problem, dated=dated)
    certified = certify_static(problem, 0)
    if not agrees(best, certified):
        # Today's network may have a cheaper route that is closed when the box arrives.
        kept = without_dearer(problem, best)
        if dated_ahead(kept).any():
            return _dated_certificate(found, best, kept, dated=dated)
        certified = certify_static(kept, 0)
    return _agreed(found, best, certified)


def _dated_certificate(
    found: Found, best: FoundRoute, problem: Problem, *, dated: bool
) -> Certificate:
    if not dated:
        return Certificate(
            status=CertificateStatus.DATED, method="the network changes on the way: see --certify"
        )
    kept = without_dearer(problem, best)
    certified = certify_dated(kept, found.terms, most_cents=best.cents)
    if certified is None:
        return Certificate(
            status=CertificateStatus.DATED, method="too many states in time to certify"
        )
    return _agreed(found, best, certified)


def _agreed(found: Found, best: FoundRoute, certified: Certified) -> Certificate:
    if not agrees(best, certified):
        # The network of one day has no clock: its cheapest route may be one that is not searched.
        if (certified.minutes or 0) > JOURNEY_DAYS * MINUTES_PER_DAY:
            return Certificate(
                status=CertificateStatus.NONE,
                method=f"a cheaper route takes more than {JOURNEY_DAYS} days and is not searched",
            )
        msg = (
            f"{found.corridor.id}: label setting {best.cents} cents and {best.minutes} minutes,"
            f" {certified.method} {certified.cents} and {certified.minutes}"
        )
        raise CertificateError(msg)
    return Certificate(
        status=CertificateStatus.AGREES,
        method=certified.method,
        cost_usd_per_teu=found.routes[0].cents / CENTS_PER_USD,
        hours=best.minutes / MINUTES_PER_HOUR,
    )
