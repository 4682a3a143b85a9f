"""Fit the choice among ways to boxes by rail from China to the EU, and leave each span out.

The boxes are those of the panel's facts, westbound until the end of 2024: boxes back and 2025 judge
and are never used. Costs are those of the panel's answers, with the value of days left to the
groups of goods. Prints the result, whatever it says.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory

import corridors
from corridors.studies.calibrate.result import Calibration
from validation.campaigns.history import QUARTERS, WEST
from validation.campaigns.history_scores import facts, panel

SERIES = "boxes from China to the EU by rail"
FIRST_OF_THE_JUDGE = "2025"
SEA_TEU_A_YEAR = 12_500_000
"""Boxes by sea from China to Europe in 2023 (JMC and CTS after JIFFA); taken for each year, since
those of the others were not found. Boxes by rail are 1 to 3 %, so it hardly matters."""


def spans() -> list[dict[str, object]]:
    """Return a row a way and span: boxes, mean USD per TEU and days of the best way of a family."""
    quarters = {day.isoformat() for day in QUARTERS}
    made: list[dict[str, object]] = []
    for fact in facts("trains"):
        first, last = fact["first_day"], fact["last_day"]
        if fact["series"] != SERIES or first >= FIRST_OF_THE_JUDGE:
            continue
        best: dict[tuple[str, str, str], dict[str, tuple[float, float, float]]] = defaultdict(dict)
        for row in panel():
            key = row["origin"], row["destination"], row["departure"]
            family = row["family"]
            inside = first <= row["departure"] <= last and row["departure"] in quarters
            if key[:2] in WEST and inside and family in ("sea", "rail"):
                usd, days = float(row["usd_per_teu"]), float(row["days"])
                figures = float(row["generalised_usd_per_teu"]), usd, days
                held = best[key]
                held[family] = min(held.get(family, figures), figures)
        both = [one for one in best.values() if len(one) == len(("sea", "rail"))]
        years = 0.5 if first[5:7] == "07" or last[5:7] == "06" else 1.0
        teu = {"sea": SEA_TEU_A_YEAR * years, "rail": float(fact["value"])}
        made += [
            {
                "period": f"{first} to {last}",
                "way": way,
                "teu": teu[way],
                "usd_per_teu": fmean(one[way][1] for one in both),
                "days": fmean(one[way][2] for one in both),
            }
            for way in ("sea", "rail")
        ]
    return made


def calibrated() -> Calibration:
    """Return the calibration of the spans."""
    rows = spans()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "boxes.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, rows[0])
            writer.writeheader()
            writer.writerows(rows)
        found: Calibration = corridors.calibrate(str(path))
    return found


if __name__ == "__main__":
    found = calibrated()
    sys.stdout.write("\n".join([*found._texts(), found.table.to_string(), ""]))
