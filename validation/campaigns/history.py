"""Ask 40 pairs in 22 quarters as one would have asked then, to be held against what happened.

`make check-history` asks each pair of tests/cases/history_pairs.csv in the middle of every quarter
from 2021 to the middle of 2026, known on the day before, and some pairs each week around the Red
Sea and the Polish border; those by train to the EU also in the middle of each month, since two days
are few for half a year of prices. It writes what was answered to docs/findings/tables/history.csv,
row by row, so that it can be stopped: `--pairs 10` asks the first ten pairs. Scores against the
facts of tests/cases/history_facts.csv are in `history_scores`.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from corridors.config import load_scenario
from corridors.domain.results import RouteOption
from corridors.errors import CorridorsError
from corridors.output.comparison import Comparison
from corridors.studies.compare.run import compare
from corridors.studies.session import Session

ROOT = Path(__file__).parents[2]
PAIRS = ROOT / "tests/cases/history_pairs.csv"
FACTS = ROOT / "tests/cases/history_facts.csv"
FOUND = ROOT / "docs/findings/tables/history.csv"
QUARTERS = tuple(
    date(year, month, 15)
    for year in range(2021, 2027)
    for month in (2, 5, 8, 11)
    if (year, month) < (2026, 7)
)
MONTHS = tuple(
    date(year, month, 15)
    for year in range(2021, 2027)
    for month in range(1, 13)
    if (year, month) < (2026, 7)
)
WEST = (
    *(("Shanghai", "Hamburg"), ("Chongqing", "Duisburg"), ("Xi'an", "Lodz"), ("Yiwu", "Madrid")),
    *(("Zhengzhou", "Hamburg"), ("Chengdu", "Lodz"), ("Wuhan", "Duisburg")),
    ("Shenyang", "Hamburg"),
)
"""Pairs of trains from China to the EU, asked each month."""
WEEKS = (
    *(
        (ends, date(2023, 11, 6) + timedelta(weeks=week))
        for ends in (("Shanghai", "Hamburg"), ("Shanghai", "Piraeus"))
        for week in range(16)
    ),
    *((("Xi'an", "Lodz"), date(2025, 8, 25) + timedelta(weeks=week)) for week in range(10)),
)
"""Pairs asked each week, where days matter: the Red Sea, and the border of Poland."""
OCEANS = {
    "suez": "gate-suez",
    "cape": "gate-good-hope",
    "panama": "gate-panama",
    "arctic": "gate-vilkitsky",
}
HEAD = (
    *("origin", "destination", "departure", "known_on", "corridor", "family", "recommended"),
    *("known", "usd_per_teu", "days", "generalised_usd_per_teu", "basis", "passes", "known_ways"),
)


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def pairs(theme: str = "") -> list[tuple[str, str]]:
    """Return the pairs of the panel, or those of a theme."""
    rows = read(PAIRS)
    return [(row["origin"], row["destination"]) for row in rows if theme in ("", row["theme"])]


def asked(ends: tuple[str, str], day: date, session: Session) -> Comparison:
    """Return the comparison of a departure as known on the day before."""
    scenario = load_scenario("shanghai-hamburg", departure=day)
    return compare(
        replace(
            scenario,
            name=f"{ends[0]} to {ends[1]}",
            origin=ends[0],
            destination=ends[1],
            known_on=day - timedelta(days=1),
            text={},
        ),
        session=session,
        fronts=False,
    )


def family_of(option: RouteOption) -> str:
    """Return the family that carries a route furthest: `sea`, `rail` or another."""
    km: dict[str, float] = {}
    for step in option.steps:
        family = step.service.partition("/")[0]
        km[family] = km.get(family, 0.0) + step.km
    return max(km, key=lambda name: km[name], default="")


def passed_by(option: RouteOption) -> str:
    """Return which of the passages between oceans a route takes, empty for none."""
    return ";".join(name for name, gate in OCEANS.items() if gate in option.passages)


def rows_of(found: Comparison) -> Iterator[tuple[object, ...]]:
    """Yield what is recommended, and the least of ships and of trains with the value of days."""
    scenario, chosen = found.scenario, found.decision.recommended
    day_usd = scenario.shipment.value_of_time_usd_per_teu_day

    def usd(option: RouteOption) -> float:
        priced = option.price_usd_per_teu
        return (option.cost_usd_per_teu or 0.0) if priced is None else priced

    def least(option: RouteOption) -> float:
        return usd(option) + day_usd * (option.transit_days or 0.0)

    in_order = sorted(found.usable, key=least)
    known = ";".join(o.corridor for o in in_order if o.offer is not None and o.offer.known)
    families = {family_of(option): option for option in reversed(in_order)}
    kept = [o for o in in_order if o.corridor == chosen or families.get(family_of(o)) is o]
    for option in kept:
        yield (
            *(scenario.origin, scenario.destination, scenario.departure, scenario.known_on),
            *(option.corridor, family_of(option), int(option.corridor == chosen)),
            int(option.corridor in known.split(";")),
            *(f"{usd(option):.0f}", f"{option.transit_days:.1f}", f"{least(option):.0f}"),
            "cost" if option.price_usd_per_teu is None else "price",
            passed_by(option),
            known if option.corridor == chosen else "",
        )


def main() -> int:
    """Ask what is not asked yet; 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=len(pairs()), help="how many pairs to ask")
    parser.add_argument("--anew", action="store_true", help="ask all again")
    chosen = parser.parse_args()
    if chosen.anew:
        FOUND.unlink(missing_ok=True)
    held = read(FOUND) if FOUND.exists() else []
    done = {(row["origin"], row["destination"], row["departure"]) for row in held}
    wanted = pairs()[: chosen.pairs]
    questions = [*WEEKS, *((ends, day) for ends in wanted for day in QUARTERS)]
    questions += [(ends, day) for ends in WEST if ends in wanted for day in MONTHS]
    # Of one day together: they share the tables as known on it.
    questions = sorted(dict.fromkeys(questions), key=lambda one: one[1])
    session = Session(keeps_searches=False)
    with FOUND.open("a", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        if not done:
            writer.writerow(HEAD)
        for ends, day in questions:
            if (*ends, day.isoformat()) in done:
                continue
            try:
                rows = list(rows_of(asked(ends, day, session)))
            except CorridorsError as error:
                sys.stdout.write(f"{ends} {day}: {error}\n")
                continue
            writer.writerows(rows or [(*ends, day, day - timedelta(days=1), *[""] * 10)])
            stream.flush()
            said = ", ".join(str(row[4]) for row in rows if row[6]) or "nothing"
            sys.stdout.write(f"{ends[0]} - {ends[1]} {day}: {said}\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
