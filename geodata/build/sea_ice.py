"""Write the ice of the seven NSR areas by month: mean, best, worst and named years.

Run `python geodata/build/sea_ice.py [RAW_FOLDER]`. Reads `sea_ice_by_sea_month_year.csv`
(computed from the NSIDC Sea Ice Index G02135 v3.0, regional monthly table); the areas
take the figures of their whole sea. Best and worst are the years of the lowest and the
highest share of that month, so their concentration is that year's, too.
"""

from __future__ import annotations

from common import NETWORK, find_raw, raw_folder, read_rows, write_rows

SEAS = {
    1: "kara",
    2: "kara",
    3: "laptev",
    4: "laptev",
    5: "east-siberian",
    6: "east-siberian",
    7: "chukchi",
}


def number(text: str) -> float:
    """Return a figure; an empty concentration (no ice at all) is 0."""
    return float(text) if text not in ("", "nan") else 0.0


def main() -> None:
    """Write `ice.csv`: area, month, year_kind, share_covered, mean_concentration."""
    source = read_rows(find_raw(raw_folder(), "sea_ice_by_sea_month_year.csv"))
    rows = []
    for area, sea in SEAS.items():
        for month in range(1, 13):
            years = {
                r["year"]: (number(r["extent_share"]), number(r["mean_concentration"]))
                for r in source
                if r["sea"] == sea and int(r["month"]) == month
            }
            share = sum(s for s, _ in years.values()) / len(years)
            ice = sum(s * c for s, c in years.values()) / len(years)
            mean = (round(share, 3), round(ice / share, 3) if share else 0.0)
            best, worst = min(years.values()), max(years.values())
            for kind, pair in {"mean": mean, "best": best, "worst": worst, **years}.items():
                rows.append([area, month, kind, *pair])
    columns = ["area", "month", "year_kind", "share_covered", "mean_concentration"]
    write_rows(NETWORK / "ice.csv", columns, rows)
    print(len(rows), "rows")


if __name__ == "__main__":
    main()
