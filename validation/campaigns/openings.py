"""Check when closed corridors say that they open again against every day of the time until then.

`make check-openings` asks six corridors of one question for 400 departures. Where one is closed,
its two dates must be those that asking each later departure by itself gives: without a wait, and
with waits up to `max_wait_days`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

from corridors.config import load_scenario
from corridors.domain.scenario import Scenario
from corridors.routing.found import search
from corridors.routing.report import report
from corridors.studies.session import Session

SCENARIO = "shanghai-europe"
FIRST_DAY = date(2026, 1, 1)
DAYS = 400
# A closed corridor is asked for this many days more, so that the last of them can open.
BEYOND = 400
CORRIDORS = (
    *("northern-sea-route", "northern-sea-route-coastal", "northern-sea-route-high"),
    *("lena", "yenisei", "arctic-murmansk"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """A closed corridor whose dates differ from those of asking day by day."""

    corridor: str
    departure: date
    told: tuple[date | None, date | None]
    found: tuple[date | None, date | None]


def asked(scenario: Scenario, corridor: str, departure: date, *, waits: bool) -> Scenario:
    """Return the question of one corridor and departure, with or without waits."""
    most = scenario.max_wait_days if waits else 0.0
    return replace(scenario, corridors=(corridor,), departure=departure, max_wait_days=most)


def is_open(session: Session, scenario: Scenario) -> bool:
    """Return whether the corridor of a question has a route."""
    corridors = session.corridors_of(scenario)
    return search(session.pose(scenario, corridors), 0, fronts=False).best is not None


def told(session: Session, scenario: Scenario) -> tuple[date | None, date | None] | None:
    """Return the two dates that the option of a question tells; None if it is open."""
    corridors = session.corridors_of(scenario)
    found = search(session.pose(scenario, corridors), 0, fronts=False)
    if found.best is not None:
        return None
    option = report(found, reopenings=session.reopenings, figures_only=True)
    return option.next_usable_date, option.next_usable_with_waits


def wrong_dates(scenario: Scenario, corridor: str, days: Sequence[date]) -> Iterator[Wrong]:
    """Yield the departures of a corridor whose dates are wrong; None counts as no date."""
    session = Session()
    known: dict[tuple[date, bool], bool] = {}

    def opens(departure: date, *, waits: bool) -> bool:
        key = departure, waits
        if key not in known:
            question = asked(scenario, corridor, departure, waits=waits)
            known[key] = is_open(session, question)
        return known[key]

    def first(after: date, *, waits: bool) -> date | None:
        later = (after + timedelta(days=day) for day in range(1, BEYOND + 1))
        return next(filter(partial(opens, waits=waits), later), None)

    for departure in days:
        dates = told(session, asked(scenario, corridor, departure, waits=True))
        if dates is None:
            continue
        found = first(departure, waits=False), first(departure, waits=True)
        if dates != found:
            yield Wrong(corridor=corridor, departure=departure, told=dates, found=found)


def main() -> int:
    """Check all departures of all corridors; return 1 if a date is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--step", type=int, default=1, help="days between departures")
    parser.add_argument("--corridors", nargs="*", default=CORRIDORS)
    chosen = parser.parse_args()
    days = [FIRST_DAY + timedelta(days=day) for day in range(0, chosen.days, chosen.step)]
    wrong = 0
    for corridor in chosen.corridors:
        here = list(wrong_dates(load_scenario(SCENARIO), corridor, days))
        texts = [f"{corridor}: {len(days)} departures, {len(here)} with a wrong date"]
        texts += [f"  {one.departure}: told {one.told}, found {one.found}" for one in here]
        sys.stdout.write("\n".join(texts) + "\n")
        sys.stdout.flush()
        wrong += len(here)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
