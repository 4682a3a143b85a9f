"""Check when closed corridors say that they open again against every day of the time until then.

`make check-openings` asks six corridors of one question for 400 departures. Where one is closed,
its date must be the first later one on which the same question leaves at once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from corridors.config import load_scenario
from corridors.domain.scenario import Scenario
from corridors.routing.ladder import SearchedCorridor, search
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
    """A closed corridor whose date differs from that of asking day by day."""

    corridor: str
    departure: date
    told: date | None
    found: date | None


def asked(session: Session, scenario: Scenario, corridor: str, departure: date) -> SearchedCorridor:
    """Return the search of one corridor on a departure."""
    scenario = replace(scenario, corridors=(corridor,), departure=departure)
    return search(session.pose(scenario, session.corridors_of(scenario)), 0, fronts=False)


def wrong_dates(scenario: Scenario, corridor: str, days: Sequence[date]) -> Iterator[Wrong]:
    """Yield the departures of a corridor whose date is wrong; None counts as no date."""
    session = Session()

    @cache
    def opens(departure: date) -> bool:
        best = asked(session, scenario, corridor, departure).best
        return best is not None and not best.wait_days

    for departure in days:
        found = asked(session, scenario, corridor, departure)
        if found.best is not None:
            continue
        told = report(found, reopenings=session.reopenings, figures_only=True).next_usable_date
        later = (departure + timedelta(days=day) for day in range(1, BEYOND + 1))
        first = next(filter(opens, later), None)
        if told != first:
            yield Wrong(corridor=corridor, departure=departure, told=told, found=first)


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
