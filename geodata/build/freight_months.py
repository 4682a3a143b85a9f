"""Compute the sea freights by month and year in `market.csv` from `freight_weeks.csv`.

    python geodata/build/freight_months.py [--check]

A lane has one index of its own, quoted once a week. The rule:

1. A day between two weeks lies on the line between them. A month is the mean of its days.
2. Where the lane's own index is not known for over `LINE_DAYS`, a week of another index over
   `NEAR_DAYS` from those known stands in: the own index of the nearest week in which both are known
   (up to `FURTHEST_DAYS` off), times the movement of the other since. That is the SCFI of the lane,
   else the composite of all lanes of the lane's own index.
3. A line may be up to `FURTHEST_DAYS` long. Over `LINE_DAYS` it is a guess, and low and high are
   those of its ends; by another index they are those of the ratio between the two indices in all
   weeks where both are known. The note says so, and the row has a source of its own, which the
   report names.
4. A month needs half of its days, or a week quoted; a year `YEAR_DAYS` of them, on lines of
   any length. It is told as the least certain way by which a quarter of its days are found.

`how` in `freight_weeks.csv`: quoted; `change`, by the change in USD in the note of the next week;
`per cent`, by that in per cent, within half a per cent; `order`, four weeks of a month retyped
without their days, taken as falling.

Months before `FIRST` stay as they were retyped by hand.
"""

from __future__ import annotations

import csv
import sys
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

HERE = Path(__file__).resolve().parent
WEEKS = HERE / "freight_weeks.csv"
MARKET = HERE.parent / "parameters" / "market.csv"
PARAMETER = "market.sea_freight_usd_per_feu"
OWN = "drewry-wci"
OTHERS = ("scfi", "drewry-wci-composite")
"""The other indices whose movement stands in, first choice first."""
LANES = {
    "asia-neurope": "Shanghai to Rotterdam",
    "asia-med": "Shanghai to Genoa",
    "neurope-asia": "Rotterdam to Shanghai",
}
EXPORTS = ("asia-neurope", "asia-med")
"""The other indices are of exports from China."""
FIRST = date(2022, 1, 1)
NEAR_DAYS = 10
SAME_WEEK_DAYS = 3
LINE_DAYS = 35
FURTHEST_DAYS = 120
YEAR_DAYS = 150
QUOTED, LINED, MOVED = "drewry-wci-weeks", "wci-lines", "wci-moves"


@dataclass(frozen=True)
class Price:
    """A price of a day in USD per FEU, its range, and how it was found."""

    usd: float
    low: float
    high: float
    how: str = QUOTED


Weeks = dict[date, float]
Prices = dict[date, Price]


def read_weeks() -> dict[tuple[str, str], Weeks]:
    """Return the quoted weeks by index and lane; the composite has no lane."""
    weeks: dict[tuple[str, str], Weeks] = {}
    with WEEKS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            of = weeks.setdefault((row["index"], row["lane"]), {})
            of[date.fromisoformat(row["day"])] = float(row["usd"])
    return weeks


def ratios(own: Weeks, other: Weeks) -> dict[date, float]:
    """Return own by other index in the weeks in which both are known."""
    both = {}
    for day, usd in own.items():
        near = [d for d in other if abs((d - day).days) <= SAME_WEEK_DAYS]
        if near:
            both[day] = usd / other[min(near, key=lambda d: abs(d - day))]
    return both


def moved(own: Weeks, others: list[Weeks]) -> Prices:
    """Return the weeks that only another index has, at the own index's level."""
    found: Prices = {}
    for other in others:
        both = ratios(own, other)
        for day, usd in other.items():
            before = [d for d in own if d <= day]
            after = [d for d in own if d >= day]
            short = before and after and (min(after) - max(before)).days <= LINE_DAYS
            near = any(abs((day - d).days) <= NEAR_DAYS for d in [*own, *found])
            if short or near or not both:
                continue
            nearest = min(both, key=lambda d: abs(d - day))
            if abs(nearest - day).days <= FURTHEST_DAYS:
                low, high = min(both.values()), max(both.values())
                found[day] = Price(usd * both[nearest], usd * low, usd * high, MOVED)
    return found


def days_of(lane: str, weeks: dict[tuple[str, str], Weeks], longest: int | None) -> Prices:
    """Return the price of each day of a lane that lies on a line of at most so many days."""
    own = weeks[OWN, lane]
    keys = [(name, of) for name in OTHERS for of in (lane, "")]
    others = [weeks[key] for key in keys if key in weeks and lane in EXPORTS]
    known = {day: Price(usd, usd, usd) for day, usd in own.items()} | moved(own, others)
    days: Prices = dict(known)
    for first, last in pairwise(sorted(known)):
        span = (last - first).days
        if longest is not None and span > longest:
            continue
        a, b = known[first], known[last]
        how = MOVED if MOVED in (a.how, b.how) else LINED if span > LINE_DAYS else QUOTED
        for step in range(1, span):
            part = step / span
            usd = a.usd + (b.usd - a.usd) * part
            if how == QUOTED:
                low = high = usd
            else:
                low, high = min(a.low, b.low), max(a.high, b.high)
            days[first + timedelta(step)] = Price(usd, low, high, how)
    return days


def mean(prices: list[Price]) -> Price:
    """Return the mean of days, its range, and the least certain way of a quarter of them."""
    rank = {way: place for place, way in enumerate((QUOTED, LINED, MOVED))}
    worst = sorted((price.how for price in prices), key=rank.__getitem__)[(3 * len(prices)) // 4]
    sure = [price for price in prices if rank[price.how] <= rank[worst]]
    every = [price.usd for price in prices]
    return Price(
        sum(every) / len(every),
        min([*every, *(price.low for price in sure)]),
        max([*every, *(price.high for price in sure)]),
        worst,
    )


SAID = {
    QUOTED: "",
    LINED: "; some on a line of over a month without a week known",
    MOVED: "; some by the movement of another index, low and high by the ratio of both",
}


def rows_of(lane: str, weeks: dict[tuple[str, str], Weeks]) -> Iterator[tuple[str, Price, str]]:
    """Yield scope, price and note of each month and year of a lane."""
    quoted = weeks[OWN, lane]
    days = days_of(lane, weeks, FURTHEST_DAYS)
    whole = days_of(lane, weeks, None)
    last = max(whole)
    for year in range(FIRST.year, last.year + 1):
        of_year = [price for day, price in whole.items() if day.year == year]
        if len(of_year) >= YEAR_DAYS:
            till = f" to {last:%B}" if year == last.year else ""
            price = mean(of_year)
            note = f"spot, {LANES[lane]}: mean of the days of the year{till} on lines between the"
            known = sum(d.year == year for d in quoted)
            yield f"{year}", price, f"{note} {known} weeks known{SAID[price.how]}"
        for month in range(1, 13):
            length = monthrange(year, month)[1]
            of_month = [p for d, p in days.items() if (d.year, d.month) == (year, month)]
            known = sum((d.year, d.month) == (year, month) for d in quoted)
            if of_month and (2 * len(of_month) >= length or known):
                price = mean(of_month)
                note = f"spot, {LANES[lane]}; mean of the days on lines between weeks"
                yield f"{year}-{month:02d}", price, f"{note}, {known} known{SAID[price.how]}"


def rewritten(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the rows of `market.csv` with the months and years computed anew."""
    weeks = read_weeks()
    made: dict[str, dict[str, str]] = {}
    for lane in LANES:
        latest = None
        for of, price, note in rows_of(lane, weeks):
            usd, low, high = (f"{value:.0f}" for value in (price.usd, price.low, price.high))
            how = price.how if "-" in of else QUOTED
            made[f"{lane}@{of}"] = {
                "parameter": PARAMETER,
                "scope": f"{lane}@{of}",
                "value": usd,
                "low": low,
                "high": high,
                "unit": "USD/FEU",
                "currency_year": of[:4],
                "source_id": how,
                "status": "computed",
                "note": note,
            }
            if "-" not in of:
                latest = made[f"{lane}@{of}"]
        if latest is not None:
            year = latest["currency_year"]
            said = f"years after {year}: the figure of {year}"
            made[lane] = {**latest, "scope": lane, "note": said}
    kept = []
    for row in rows:
        scope = row["scope"]
        of = scope.rpartition("@")[2]
        ours = row["parameter"] == PARAMETER and of[:4].isdigit() and int(of[:4]) >= FIRST.year
        if row["parameter"] == PARAMETER and scope in made:
            kept.append(made.pop(scope))
        elif not ours:
            kept.append(row)
    return [*kept, *made.values()]


def main() -> int:
    """Rewrite `market.csv`, or only say with `--check` whether it would change."""
    with MARKET.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    new = rewritten(rows)
    if "--check" in sys.argv:
        print("market.csv is as computed" if new == rows else "market.csv would change")
        return int(new != rows)
    with MARKET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(new)
    return 0


if __name__ == "__main__":
    sys.exit(main())
