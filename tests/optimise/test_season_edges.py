"""Where the Arctic opens and closes, OR-Tools confirms the route, by the minute and quickly."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from corridors.config import load_corridors, load_scenario
from corridors.domain.results import RouteOption
from corridors.errors import CertificateError
from corridors.optimise import certificate
from corridors.optimise.certificate import certify
from corridors.routing.ladder import SearchedCorridor, search
from corridors.routing.report import report
from corridors.studies.session import Session

EDGES = (
    *(date(2026, 6, day) for day in (4, 8, 18, 28)),
    date(2026, 7, 3),
    *(date(2026, 10, day) for day in (5, 10)),
)
END = date(2026, 10, 5)
LONG = {EDGES[0], EDGES[2], EDGES[3], EDGES[4], EDGES[6]}
"""Those that run in `make test-long`: a certificate takes a second or two."""


@pytest.fixture(scope="module")
def session() -> Session:
    return Session()


def arctic(session: Session, departure: date) -> SearchedCorridor:
    """Return the search of the Northern Sea Route on a date."""
    asked = load_scenario("shanghai-europe", departure=departure, set_values=["objective=cost"])
    question = session.pose(asked, load_corridors(("northern-sea-route",)))
    return search(question, 0, fronts=False)


def certified(found: SearchedCorridor) -> RouteOption:
    return certify(report(found), found, dated=True)


@pytest.mark.long
@pytest.mark.parametrize(
    "departure", [pytest.param(day, marks=[pytest.mark.long] * (day in LONG)) for day in EDGES]
)
def test_a_route_at_the_edge_of_the_season_is_certified(session: Session, departure: date) -> None:
    option = certified(arctic(session, departure))
    assert option.certificate.status == "agrees"
    assert option.certificate.method == "SimpleMinCostFlow, time-expanded"
    assert option.certificate.cost_usd_per_teu == pytest.approx(option.cost_usd_per_teu, abs=0.2)


@pytest.mark.first_case
@pytest.mark.parametrize(
    ("departure", "opens"),
    [(date(2026, 6, 2), date(2026, 6, 17)), (date(2026, 6, 22), date(2026, 7, 21))],
)
def test_a_slow_way_that_a_later_day_beats_is_no_option(
    session: Session, departure: date, opens: date
) -> None:
    # On 22 June the way by a hub is beaten by a ship that leaves later; on 2 June nothing arrives.
    option = report(arctic(session, departure))
    assert (option.status, option.next_usable_date) == ("closed", opens)
    # Asked on that day the ship leaves at once, as on the day after; on the day before it waits.
    before, there, after = (
        report(arctic(session, opens + timedelta(days=days))) for days in (-1, 0, 1)
    )
    assert before.transit_days == there.transit_days == after.transit_days
    assert there.days == after.days == pytest.approx((before.days or 0.0) - 1.0)
    assert (there.cost_usd_per_teu or 0.0) < (before.cost_usd_per_teu or 0.0)


def test_a_route_a_cent_dearer_or_a_minute_slower_is_refused(session: Session) -> None:
    found = arctic(session, END)
    option, best = report(found), found.routes[0]
    wrong = (replace(best, cents=best.cents + 1), replace(best, minutes=best.minutes + 1))
    for route in wrong:
        with pytest.raises(CertificateError, match=f"label setting {route.cents} cents"):
            certify(option, replace(found, routes=(route, *found.routes[1:])), dated=True)


def test_a_certificate_that_takes_too_much_work_says_so(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificate, "MOST_MOVES", 1000)
    option = certified(arctic(session, END))
    assert option.certificate.status == "dated"
    assert option.certificate.method == "not certified: too many ways would have to be tried"
