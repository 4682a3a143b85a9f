"""Write `parameters/volatility.csv`: how quickly prices leave the last one known.

    python geodata/build/volatility.py

The change of a price's logarithm over a gap is taken as normal. A series of `LEAST` points and more
is fitted by greatest likelihood as an Ornstein-Uhlenbeck process, whose pull back to a mean has a
half-life; a shorter one, or one without such a pull, as a random walk. Means of a month or a year
stand in its middle, which smooths what happens within them.
"""

from __future__ import annotations

import csv
import math
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

GEODATA = Path(__file__).resolve().parents[1]
LEAST = 10
# A half-life beyond four years, as long as most series, is no return.
LONGEST_HALF_LIFE = 208.0
DATED = re.compile(r"((?:19|20)\d\d)(?:-(\d\d))?")
HEADER = (
    *("parameter", "scope", "weekly_sd", "half_life_weeks", "long_sd", "quote_sd", "points"),
    *("first", "last", "source_id", "status", "note"),
)
Points = dict[date, float]


@dataclass(frozen=True)
class Fit:
    """Spread of a week, half-life and spread at long lead (None for a random walk)."""

    weekly: float
    half_life: float | None
    long: float | None


def fitted(series: list[Points]) -> Fit:
    """Return the fit of one process to several series, each with a mean of its own."""
    gaps, changes, starts, ends, which = [], [], [], [], []
    for number, points in enumerate(series):
        days = sorted(points)
        logs = [math.log(points[day]) for day in days]
        for i in range(1, len(days)):
            gaps.append((days[i] - days[i - 1]).days / 7.0)
            changes.append(logs[i] - logs[i - 1])
            starts.append(logs[i - 1])
            ends.append(logs[i])
            which.append(number)
    gap, change = np.array(gaps), np.array(changes)
    start, end, of = np.array(starts), np.array(ends), np.array(which)
    walk = math.sqrt(float(np.mean(change**2 / gap)))
    if sum(map(len, series)) < LEAST:
        return Fit(walk, None, None)

    def cost(given: np.ndarray) -> float:
        pull, sigma, means = math.exp(given[0]), math.exp(given[1]), given[2:][of]
        kept = np.exp(-pull * gap)
        variance = sigma**2 * (1.0 - kept**2) / (2.0 * pull)
        miss = end - means - (start - means) * kept
        return float(0.5 * np.sum(np.log(variance) + miss**2 / variance))

    means = [float(np.mean([math.log(v) for v in points.values()])) for points in series]
    tries = [
        minimize(
            cost,
            [math.log(pull), math.log(walk), *means],
            method="Nelder-Mead",
            options={"maxiter": 20_000, "maxfev": 20_000},
        )
        for pull in (0.005, 0.02, 0.1)
    ]
    best = min(tries, key=lambda one: one.fun).x
    pull, sigma = math.exp(best[0]), math.exp(best[1])
    half_life = math.log(2.0) / pull
    if not 1.0 <= half_life <= LONGEST_HALF_LIFE:
        return Fit(walk, None, None)
    weekly = sigma * math.sqrt((1.0 - math.exp(-2.0 * pull)) / (2.0 * pull))
    return Fit(weekly, half_life, sigma / math.sqrt(2.0 * pull))


def dated(file: str, parameter: str, scope: str = "") -> Points:
    """Return the monthly and, where no month of the year is known, yearly rows of a parameter."""
    months: Points = {}
    years: Points = {}
    for row in rows(GEODATA / "parameters" / file):
        start, _, end = row["scope"].rpartition("@")
        found = DATED.fullmatch(end)
        if row["parameter"] != parameter or start != scope or found is None:
            continue
        if found[2]:
            months[date(int(found[1]), int(found[2]), 15)] = float(row["value"])
        else:
            years[date(int(found[1]), 7, 1)] = float(row["value"])
    known = {day.year for day in months}
    return months | {day: value for day, value in years.items() if day.year not in known}


def rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a file."""
    with path.open(encoding="utf-8", newline="") as handle:
        yield from csv.DictReader(handle)


def quoted(series: str) -> Points:
    """Return the points of an index in `price_points.csv`."""
    path = GEODATA / "build" / "price_points.csv"
    return {
        date.fromisoformat(row["day"]): float(row["value"])
        for row in rows(path)
        if row["series"] == series
    }


def weekly(lane: str, index: str = "drewry-wci", unit: str = "USD/FEU") -> Points:
    """Return the weekly points of a house for a lane."""
    return {
        date.fromisoformat(row["day"]): float(row["usd"])
        for row in rows(GEODATA / "build" / "freight_weeks.csv")
        if (row["index"], row["lane"], row["unit"]) == (index, lane, unit)
    }


def between_houses(lane: str) -> float:
    """Return the spread of one house's quote about the mean of Drewry and the SCFI.

    Both quote a lane in the same week; the mean of the logarithm of their ratio is that of a box of
    40 to one of 20 feet. If houses differ alike, the variance between a third and the mean of two
    is three quarters of that between two.
    """
    first = {day.isocalendar()[:2]: usd for day, usd in weekly(lane).items()}
    other = {day.isocalendar()[:2]: usd for day, usd in weekly(lane, "scfi", "USD/TEU").items()}
    ratios = [math.log(first[week] / other[week]) for week in first.keys() & other.keys()]
    return math.sqrt(0.75) * float(np.std(ratios, ddof=1))


def table() -> list[dict[str, object]]:
    """Return the rows of the table."""
    euro = dated("fuel.csv", "currency.usd_per_eur")
    lanes = ("asia-neurope", "asia-med", "neurope-asia")
    freight = "market.sea_freight_usd_per_feu"
    rail = "market.rail_freight_usd_per_feu"
    india = "cn-india-2024-12"
    box = "rail.repositioning_usd_per_teu"
    given: list[tuple[str, str, list[Points], str, str]] = [
        *(
            (name, "", [dated("fuel.csv", name)], "mabux-2021w24", "months of fuel.csv")
            for name in ("fuel.vlsfo_usd_per_t", "fuel.mgo_usd_per_t", "fuel.lng_usd_per_t")
        ),
        ("currency.*", "", [euro], "ecb-hist-2026-10", "months of the euro; taken for the SDR"),
        *(
            (freight, f"{lane}*", [weekly(lane)], "drewry-wci-points", "weekly points of Drewry")
            for lane in lanes
        ),
        *(
            (freight, f"{lane}*", [dated("market.csv", freight, lane)], india, "its set months")
            for lane in ("india-neurope", "neurope-india", "india-med", "med-india")
        ),
        (
            *(rail, "", [dated("market.csv", rail, "china-europe-rail")], "through-rates-2025"),
            "quotes China - Europe of several houses, part of the spread is between them",
        ),
        (
            *("ship.day_usd", "", [quoted("harpex"), quoted("contex")], "harpex-contex"),
            "Harpex 2020 to 2022 and New ConTex 2019 to 2025, hire of 6 to 24 months",
        ),
        (
            *("rail.rate_usd_per_feu_km", "", [quoted("erai")], "erai-2024-07"),
            "ERAI, 2018 to 2025",
        ),
        (
            "*.repositioning_usd_per_teu",
            "",
            [dated("ports.csv", box)],
            "xchange-2024-06",
            "months and years of ports.csv",
        ),
    ]
    quotes = {f"{lane}*": between_houses(lane) for lane in lanes[:2]}
    # The SCFI has no lane back: as on the way out.
    quotes[f"{lanes[2]}*"] = quotes[f"{lanes[0]}*"]
    made: list[dict[str, object]] = []
    for parameter, scope, series, source, note in given:
        fit = fitted(series)
        days = sorted(day for points in series for day in points)
        made.append(
            {
                "parameter": parameter,
                "scope": scope,
                "weekly_sd": round(fit.weekly, 4),
                "half_life_weeks": "" if fit.half_life is None else round(fit.half_life, 1),
                "long_sd": "" if fit.long is None else round(fit.long, 3),
                "quote_sd": round(quotes.get(scope, 0.0), 4),
                "points": len(days),
                "first": f"{days[0]}",
                "last": f"{days[-1]}",
                "source_id": source,
                "status": "computed",
                "note": note,
            }
        )
    made.append(
        {
            "parameter": "ets.price_eur_per_t",
            **dict.fromkeys(("scope", "half_life_weeks", "long_sd", "first", "last"), ""),
            "weekly_sd": 0.05,
            "quote_sd": 0.0,
            "points": 0,
            "source_id": "assumption",
            "status": "assumption",
            "note": "three yearly prices are known; 5 % a week, 36 % a year, is an assumption",
        }
    )
    return made


def main() -> int:
    """Write the table."""
    path = GEODATA / "parameters" / "volatility.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, HEADER, lineterminator="\n")
        writer.writeheader()
        writer.writerows(table())
    return 0


if __name__ == "__main__":
    sys.exit(main())
