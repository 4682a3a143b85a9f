"""Compute what ships cost a day from the prices of new ones in 2024, all on one basis.

    python geodata/build/hulls.py [--check]

The rows of `ship.hull_value_musd`, `ship.day_usd` and `ship.running_share` of `vessels.csv` are
written. `hulls.csv` has a row a ship: the price of an order, moved to the size of the class, or the
law, a power of TEU through the classes of `ANCHORS`, times the premium of an ice class. Low and
high are those of the law through the lows and highs of the same classes; above the second, which
was ordered in one market with the third, they are as far off as its own.

A day is a tenth of the hull a year (capital of a new ship, repaid over her life) and what takes her
to run: 7,750 USD a day at 4,250 TEU and 12,000 at 14,052 (`RUNNING`), by a power of TEU between.
What rests on the premium of an ice class, a figure from memory, is recalled. Used ships and
charters stand in notes alone: both move with the market, and no other mode has them.
"""

from __future__ import annotations

import csv
import math
import sys
from itertools import pairwise
from pathlib import Path

HERE = Path(__file__).resolve().parent
HULLS = HERE / "hulls.csv"
VESSELS = HERE.parent / "parameters" / "vessels.csv"
CAPACITY = "ship.capacity_teu"
HULL, DAY, SHARE = "ship.hull_value_musd", "ship.day_usd", "ship.running_share"
ANCHORS = ("sea/feeder", "sea/14k", "sea/20k")
YEAR = "2024"
CAPITAL_A_YEAR = 0.1
"""Part of the hull's price that is paid a year: an annuity of 8 % over 20 years is 10.2 %."""
DAYS_A_YEAR = 365
RUNNING = {"sea/4k": 7750, "sea/14k": 12000}
RUNNING_SOURCE = "tradewinds-2024-03"
RECALLED = "ice-class-premium"
RUNNING_POWER = 0.367
RUNNING_SPREAD = 0.16
BOUNDS = ("musd", "low", "high")
Row = dict[str, str]


def read(path: Path) -> list[Row]:
    """Return the rows of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def hull(row: Row, sizes: dict[str, float], orders: dict[str, Row]) -> tuple[list[str], str]:
    """Return value, low and high of a ship in millions of USD, and how they were found."""
    if row["basis"] == "order":
        return [row[bound] for bound in BOUNDS], row["note"]
    teu = sizes[row["service"]]
    smaller, larger = next(
        (pair for pair in pairwise(ANCHORS) if teu <= sizes[pair[1]]), ANCHORS[-2:]
    )
    ratio = sizes[larger] / sizes[smaller]
    prices = {
        bound: (float(orders[smaller][bound]), float(orders[larger][bound])) for bound in BOUNDS
    }
    powers = {
        bound: math.log(high / low) / math.log(ratio) for bound, (low, high) in prices.items()
    }
    if smaller != ANCHORS[0]:
        powers = dict.fromkeys(powers, powers["musd"])
    premium = float(row["ice_premium"] or 1.0)
    shown = [
        three_digits(prices[bound][0] * (teu / sizes[smaller]) ** powers[bound] * premium)
        for bound in BOUNDS
    ]
    named = {one: "the feeder" if one == "sea/feeder" else f"the {one[4:]}" for one in ANCHORS}
    law = (
        f"{orders[smaller]['musd']} x ({teu:,.0f}/{sizes[smaller]:,.0f})^{powers['musd']:.3f}:"
        f" through {named[smaller]} and {named[larger]} class"
    )
    if premium > 1.0:
        law = f"{law}; x {premium:g}"
    return shown, law + row["note"]


def running_usd(service: str, sizes: dict[str, float]) -> float:
    """Return what a ship takes a day to run, without fuel and capital."""
    known = RUNNING.get(service)
    if known is not None:
        return known
    return RUNNING["sea/4k"] * float((sizes[service] / sizes["sea/4k"]) ** RUNNING_POWER)


def rows_of(row: Row, sizes: dict[str, float], orders: dict[str, Row]) -> dict[str, Row]:
    """Return the three rows of a ship."""
    service, source = row["service"], row["source_id"]
    shown, how = hull(row, sizes, orders)
    running = running_usd(service, sizes)
    days = [
        round(float(value) * 1e6 * CAPITAL_A_YEAR / DAYS_A_YEAR + running, -2) for value in shown
    ]
    share = running / days[0]
    shares = (share, share * (1.0 - RUNNING_SPREAD), share * (1.0 + RUNNING_SPREAD))
    law = f"4k class {RUNNING['sea/4k']:,}, 14k class {RUNNING['sea/14k']:,}, others x"
    cells = {
        HULL: (shown, "MUSD", source, how),
        DAY: (
            [f"{day:.0f}" for day in days],
            "USD/d",
            source,
            f"capital of {shown[0]} MUSD at {CAPITAL_A_YEAR * 100:g} % a year and"
            f" {running:,.0f} operating; low and high by the hull's{row['charters']}",
        ),
        SHARE: (
            [f"{value:.3f}" for value in shares],
            "share",
            RUNNING_SOURCE,
            f"{running:,.0f} operating ({law} (TEU/4,250)^{RUNNING_POWER}) of {days[0]:,.0f} USD a"
            " day",
        ),
    }
    return {
        parameter: {
            "parameter": parameter,
            "scope": service,
            **dict(zip(("value", "low", "high"), values, strict=True)),
            "unit": unit,
            "currency_year": YEAR,
            "source_id": of,
            "status": "recalled" if source == RECALLED else "computed",
            "note": note,
        }
        for parameter, (values, unit, of, note) in cells.items()
    }


def three_digits(musd: float) -> str:
    """Return a price in millions of USD, with one digit after the point below 100."""
    return f"{musd:.0f}" if musd >= 100.0 else f"{musd:.1f}".removesuffix(".0")


def rewritten(rows: list[Row]) -> list[Row]:
    """Return the rows of `vessels.csv`, those of hulls and days computed again."""
    sizes = {row["scope"]: float(row["value"]) for row in rows if row["parameter"] == CAPACITY}
    orders = {row["service"]: row for row in read(HULLS)}
    made = {service: rows_of(row, sizes, orders) for service, row in orders.items()}
    return [
        made[row["scope"]][row["parameter"]] if row["parameter"] in (HULL, DAY, SHARE) else row
        for row in rows
    ]


def main() -> int:
    """Rewrite the table, or only say with `--check` whether it would change."""
    rows = read(VESSELS)
    new = rewritten(rows)
    if "--check" in sys.argv:
        print(f"{VESSELS.name} {'is as computed' if new == rows else 'would change'}")
        return int(new != rows)
    with VESSELS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(new)
    return 0


if __name__ == "__main__":
    sys.exit(main())
