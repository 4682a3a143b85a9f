"""Prices beside quotes that set none of them: lane-months by sea, through rates by train.

    python -m validation.campaigns.prices

`tests/cases/price_quotes.csv` was drawn by a hash of the ids from all quotes found, before a price
was set; `left_out` says why some of those drawn cannot be compared. A rate by train is compared
with what a through rate holds: the train, borders, changes of gauge and lifts, and where `box` says
that it is the carrier's, its return.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from statistics import median

from corridors.config import load_scenario
from corridors.costing.market import load_lanes, market_of
from corridors.data.lines import LineEnds, Stop
from corridors.data.parameters import load_parameters
from corridors.studies.compare.run import compare
from corridors.studies.session import Session
from corridors.units import TEU_PER_FEU

QUOTES = Path(__file__).resolve().parents[2] / "tests" / "cases" / "price_quotes.csv"
IN_A_THROUGH_RATE = ("rail.", "lane.amount", "border.fee", "gauge_change", "terminal.lift")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A quote and the price of the program, in USD per FEU."""

    id: str
    mode: str
    quoted: float
    ours: float

    @property
    def error(self) -> float:
        """How far the price lies above the quote, as a share of it."""
        return self.ours / self.quoted - 1.0


def drawn() -> list[dict[str, str]]:
    """Return the quotes drawn."""
    with QUOTES.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def compared(*modes: str) -> Iterator[Compared]:
    """Yield each quote of these modes that can be compared, beside the price of the program."""
    session = Session()
    for row in drawn():
        if row["left_out"] or row["mode"] not in modes:
            continue
        day = date.fromisoformat(row["day"])
        ours = by_sea(row["lane"], day) if row["mode"] == "sea" else by_rail(row, day, session)
        yield Compared(id=row["id"], mode=row["mode"], quoted=float(row["usd_per_feu"]), ours=ours)


@cache
def by_sea(lane: str, day: date) -> float:
    """Return the freight per FEU of a lane in the month of a day."""
    found = next(one for one in load_lanes() if one.id == lane)
    ends = any_stop(found.origins), any_stop(found.destinations)
    scenario = load_scenario("shanghai-europe")
    market = market_of(ends, day, load_parameters(), scenario.shipment, by_week=False)
    quote = market.at(lane)
    if quote is None:
        msg = f"{lane}: no freight on {day}"
        raise LookupError(msg)
    return quote.row.value


def any_stop(side: LineEnds) -> Stop:
    """Return an end that a side of a lane serves: at one of its ports, else in a whole country."""
    if positions := {**side.some.positions, **side.calls.positions}:
        country, (lons, lats) = min(positions.items())
        return Stop(country, country, country, lons[0], lats[0])
    country = min(side.whole)
    return Stop(country, country, country, 0.0, 0.0)


def by_rail(row: dict[str, str], day: date, session: Session) -> float:
    """Return the price per FEU of the cheapest train, as a through rate counts it."""
    changes = [f"origin={row['origin']}", f"destination={row['destination']}", "services=[rail]"]
    asked = load_scenario(
        "shanghai-europe",
        set_values=[*changes, "price_basis=price", "objective=cost"],
        departure=day,
    )
    found = compare(asked, session=session, figures_only=True).usable[0]
    held = (*IN_A_THROUGH_RATE, *(["repositioning"] if row["box"] == "carrier" else []))
    lines = [line for line in found.cost_lines if line.driver.startswith(held)]
    return sum(line.usd_per_teu for line in lines) * TEU_PER_FEU


def summary(rows: list[Compared], mode: str) -> str:
    """Return count, median absolute error and signed median of a mode."""
    errors = [row.error for row in rows if row.mode == mode]
    return (
        f"{mode}: {len(errors)} quotes, median absolute error"
        f" {median(map(abs, errors)):.1%}, signed median {median(errors):+.1%},"
        f" {sum(e > 0 for e in errors)} above and {sum(e < 0 for e in errors)} below"
    )


def main() -> None:
    """Write each comparison and the summary."""
    rows = list(compared("sea", "rail"))
    lines = [
        f"{row.mode} {row.id:50} {row.quoted:8,.0f} {row.ours:8,.0f} {row.error:+.0%}"
        for row in sorted(rows, key=lambda one: (one.mode, one.error))
    ]
    lines += [summary(rows, mode) for mode in ("sea", "rail")]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
