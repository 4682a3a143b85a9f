"""Compute the sea freights by week and month from `freight_weeks.csv`.

Those by month go to `market.csv`, with the last month as the general row of its lane, those by week
to `market_weeks.csv`.

    python geodata/build/freight_months.py [--check]

A freight from China is the mean of two houses, Drewry's index and the SCFI; they are quoted once a
week. Figures of Xeneta and Freightos are what the freights are judged by: a hash of their ids draws
which of them may set the level of a lane. The rule:

1. The SCFI is per 20-foot box and Drewry per 40-foot box. A 20-foot price becomes that of a
   40-foot box by the median of what carriers announce for both (`freight_boxes.csv`): 1.82 to North
   Europe (1.67 to 1.98, 7 announcements), 1.43 to the Mediterranean (1.33 to 1.44, 7).
2. A day between two weeks of a house lies on the line between them, if it is at most `LINE_DAYS`
   long. A month is the mean of its days.
3. On a day on which both houses are known the freight is their mean, and low and high are theirs.
4. On a day on which one is known, the other is that one times their ratio, so that a month does not
   jump where a house is missing: on the line between the nearest days that know both, up to
   `FURTHEST_DAYS` off on each side, else that of the nearest; else the median of all days that know
   both. Low and high are the house known and the other by the ratio's first and last tenth.
5. Where neither is known, Drewry's line may be up to `FURTHEST_DAYS` long. Over `LINE_DAYS` it is a
   guess, and low and high are those of its ends. A week of the index's composite over `NEAR_DAYS`
   from those known stands in: Drewry's nearest week in which both are known (up to `FURTHEST_DAYS`
   off), times the movement of the composite since; low and high are those of the ratio between the
   two in all weeks. The SCFI is then found as in 4.
6. A month needs half of its days, or a week quoted. It is told as the least certain way by which a
   quarter of its days are found, and each way has a source of its own, which the report names.

7. A lane of `freight_levels.csv` is moved to the level of other houses: times the median of their
   quotes by the freight of 1 to 5 on the same days. To the Mediterranean eight quotes give 1.06, as
   Drewry's Genoa lies a tenth under them and under the SCFI. To North Europe twelve quotes drawn in
   the same way lie on both sides of the freight (0.97), so that none is listed.
8. A week, from Monday to Sunday, is known if a house quotes in it and none of its days is found as
   in 5. It is the mean of its days, of four at least.

Rotterdam to Shanghai has one house, Drewry, and stays so. What the houses include differs: the SCFI
is without terminal handling; of Drewry's index that is not known for certain.

`how` in `freight_weeks.csv`: quoted; `change`, by the change in USD in the note of the next week;
`per cent`, by that in per cent, within half a per cent; `order`, four weeks of a month retyped
without their days, taken as falling.

Months before `FIRST` stay as they were retyped by hand, of Drewry alone.
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
from statistics import median

HERE = Path(__file__).resolve().parent
WEEKS = HERE / "freight_weeks.csv"
BOXES = HERE / "freight_boxes.csv"
LEVELS = HERE / "freight_levels.csv"
MARKET = HERE.parent / "parameters" / "market.csv"
MARKET_WEEKS = HERE.parent / "parameters" / "market_weeks.csv"
PARAMETER = "market.sea_freight_usd_per_feu"
OWN = "drewry-wci"
HOUSE = "scfi"
COMPOSITE = "drewry-wci-composite"
LANES = {
    "asia-neurope": "Shanghai to Rotterdam",
    "asia-med": "Shanghai to Genoa",
    "neurope-asia": "Rotterdam to Shanghai",
}
EXPORTS = ("asia-neurope", "asia-med")
"""The lanes of two houses; the composite is of exports too."""
FIRST = date(2022, 1, 1)
NEAR_DAYS = 10
SAME_WEEK_DAYS = 3
LINE_DAYS = 35
FURTHEST_DAYS = 120
WEEK_DAYS = 4
QUOTED, BOTH, ALONE = "drewry-wci-weeks", "sea-houses", "sea-house-alone"
LINED, MOVED = "wci-lines", "wci-moves"
WAYS = (QUOTED, BOTH, ALONE, LINED, MOVED)
"""The sources of the rows, the surest first."""
SURE = (QUOTED, BOTH, ALONE)
WEEK_COLUMNS = ("lane", "week", "usd_per_feu", "low", "high", "source_id", "status")


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


def read_boxes(lane: str) -> float:
    """Return the price of a 40-foot box by that of a 20-foot box, the median of announcements."""
    with BOXES.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["lane"] == lane]
    return median(float(row["usd_per_40"]) / float(row["usd_per_20"]) for row in rows)


def ratios(own: Weeks, other: Weeks) -> dict[date, float]:
    """Return own by other index in the weeks in which both are known."""
    both = {}
    for day, usd in own.items():
        near = [d for d in other if abs((d - day).days) <= SAME_WEEK_DAYS]
        if near:
            both[day] = usd / other[min(near, key=lambda d: abs(d - day))]
    return both


def moved(own: Weeks, composite: Weeks) -> Prices:
    """Return the weeks that only the composite has, at the own index's level."""
    found: Prices = {}
    both = ratios(own, composite)
    for day, usd in composite.items():
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


def lines(known: Prices, longest: int | None) -> Prices:
    """Return the price of each day that lies on a line of at most so many days."""
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


def ratio_on(day: date, both: dict[date, float]) -> float:
    """Return the ratio of two houses on a day on which one of them is known."""
    near = [d for d in both if abs((d - day).days) <= FURTHEST_DAYS]
    before, after = [d for d in near if d <= day], [d for d in near if d >= day]
    if before and after:
        a, b = max(before), min(after)
        part = (day - a).days / max((b - a).days, 1)
        return both[a] + (both[b] - both[a]) * part
    if near:
        return both[min(near, key=lambda d: abs(d - day))]
    return median(both.values())


def of_houses(own: Prices, other: Prices) -> Prices:
    """Return the mean of two houses on each day that at least one of them knows."""
    sure = {day: price.usd for day, price in own.items() if price.how == QUOTED}
    both = {day: other[day].usd / usd for day, usd in sure.items() if day in other}
    if not both:
        return own
    ranked = sorted(both.values())
    least, most = ranked[len(ranked) // 10], ranked[9 * len(ranked) // 10]
    back = {day: 1.0 / ratio for day, ratio in both.items()}
    days: Prices = {}
    for day in sorted(own.keys() | other.keys()):
        if day in both:
            pair = (sure[day], other[day].usd)
            days[day] = Price(sum(pair) / 2.0, min(pair), max(pair), BOTH)
        elif day in other:
            one, ratio, ends = other[day], ratio_on(day, back), (1.0 / most, 1.0 / least)
            days[day] = alone(one, ratio, ends)
        else:
            days[day] = alone(own[day], ratio_on(day, both), (least, most))
    return days


def alone(one: Price, ratio: float, ends: tuple[float, float]) -> Price:
    """Return the mean of a house and of the other by its ratio and the ratio's range."""
    how = ALONE if one.how == QUOTED else one.how
    low, high = one.low * min(1.0, ends[0]), one.high * max(1.0, ends[1])
    return Price(one.usd * (1.0 + ratio) / 2.0, low, high, how)


def days_of(lane: str, weeks: dict[tuple[str, str], Weeks], longest: int | None) -> Prices:
    """Return the freight of each day of a lane, Drewry's lines of at most so many days."""
    own = weeks[OWN, lane]
    known = {day: Price(usd, usd, usd) for day, usd in own.items()}
    if lane not in EXPORTS:
        return lines(known, longest)
    known |= moved(own, weeks.get((COMPOSITE, ""), {}))
    boxes = read_boxes(lane)
    house = {day: Price(*[usd * boxes] * 3) for day, usd in weeks[HOUSE, lane].items()}
    found = of_houses(lines(known, longest), lines(house, LINE_DAYS))
    shares = [usd / found[day].usd for day, usd in read_levels(lane).items()]
    level = median(shares) if shares else 1.0
    return {
        day: Price(price.usd * level, price.low * level, price.high * level, price.how)
        for day, price in found.items()
    }


def read_levels(lane: str) -> Weeks:
    """Return what other houses quote on a lane, by day."""
    with LEVELS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["lane"] == lane]
    return {date.fromisoformat(row["day"]): float(row["usd_per_40"]) for row in rows}


def mean(prices: list[Price]) -> Price:
    """Return the mean of days, its range, and the least certain way of a quarter of them."""
    rank = {way: place for place, way in enumerate(WAYS)}
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
    BOTH: "; low and high by house",
    ALONE: "; a quarter or more of one house, the other by their ratio",
    LINED: "; some on a line of over a month without a week known",
    MOVED: "; some by the movement of Drewry's composite, low and high by the ratio of both",
}


def rows_of(lane: str, weeks: dict[tuple[str, str], Weeks]) -> Iterator[tuple[str, Price, str]]:
    """Yield scope, price and note of each month of a lane."""
    indices = (OWN, HOUSE) if lane in EXPORTS else (OWN,)
    quoted = [weeks[index, lane] for index in indices]
    days = days_of(lane, weeks, FURTHEST_DAYS)
    last = max(days)
    of_two = f"; mean of Drewry and {read_boxes(lane):.2f} x SCFI" if lane in EXPORTS else ""
    of_two += ", at the level of other houses" if read_levels(lane) else ""
    title = f"spot, {LANES[lane]}{of_two}"
    for year in range(FIRST.year, last.year + 1):
        for month in range(1, 13):
            length = monthrange(year, month)[1]
            of_month = [p for d, p in days.items() if (d.year, d.month) == (year, month)]
            counts = [sum((d.year, d.month) == (year, month) for d in of) for of in quoted]
            if of_month and (2 * len(of_month) >= length or any(counts)):
                price = mean(of_month)
                known = " and ".join(map(str, counts))
                note = f"{title}; mean of the days on lines between weeks, {known} known"
                yield f"{year}-{month:02d}", price, f"{note}{SAID[price.how]}"


def rewritten(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the rows of `market.csv` with the months computed anew."""
    weeks = read_weeks()
    made: dict[str, dict[str, str]] = {}
    for lane in LANES:
        latest = None
        for of, price, note in rows_of(lane, weeks):
            usd, low, high = (f"{value:.0f}" for value in (price.usd, price.low, price.high))
            made[f"{lane}@{of}"] = {
                "parameter": PARAMETER,
                "scope": f"{lane}@{of}",
                "value": usd,
                "low": low,
                "high": high,
                "unit": "USD/FEU",
                "currency_year": of[:4],
                "source_id": price.how,
                "status": "computed",
                "note": note,
            }
            latest = made[f"{lane}@{of}"]
        if latest is not None:
            said = "the last month; a rate of yours in its place holds on all days"
            made[lane] = {**latest, "scope": lane, "note": said}
    kept = []
    for row in rows:
        scope = row["scope"]
        of = scope.rpartition("@")[2]
        ours = row["parameter"] == PARAMETER and scope.partition("@")[0] in LANES
        ours = ours and of[:4].isdigit() and int(of[:4]) >= FIRST.year
        if row["parameter"] == PARAMETER and scope in made:
            kept.append(made.pop(scope))
        elif not ours:
            kept.append(row)
    return [*kept, *made.values()]


def weeks_of(lane: str, weeks: dict[tuple[str, str], Weeks]) -> Iterator[dict[str, str]]:
    """Yield the rows of the weeks of a lane that are known."""
    days = days_of(lane, weeks, FURTHEST_DAYS)
    indices = (OWN, HOUSE) if lane in EXPORTS else (OWN,)
    quoted = {day.isocalendar()[:2] for index in indices for day in weeks[index, lane]}
    for year, number in sorted(quoted):
        monday = date.fromisocalendar(year, number, 1)
        of_week = [days[d] for n in range(7) if (d := monday + timedelta(n)) in days]
        if monday < FIRST or len(of_week) < WEEK_DAYS:
            continue
        if all(price.how in SURE for price in of_week):
            price = mean(of_week)
            values = (price.usd, price.low, price.high)
            cells = (lane, f"{year}-W{number:02d}", *(f"{value:.0f}" for value in values))
            yield dict(zip(WEEK_COLUMNS, (*cells, price.how, "computed"), strict=True))


def main() -> int:
    """Rewrite the tables, or only say with `--check` whether they would change."""
    weeks = read_weeks()
    changed = 0
    for path, columns, made in (
        (MARKET, None, rewritten),
        (
            MARKET_WEEKS,
            WEEK_COLUMNS,
            lambda _: [r for lane in LANES for r in weeks_of(lane, weeks)],
        ),
    ):
        rows: list[dict[str, str]] = []
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                rows = list(csv.DictReader(file))
        new = made(rows)
        if "--check" in sys.argv:
            print(f"{path.name} {'is as computed' if new == rows else 'would change'}")
            changed |= new != rows
            continue
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=columns or list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(new)
    return int(changed)


if __name__ == "__main__":
    sys.exit(main())
