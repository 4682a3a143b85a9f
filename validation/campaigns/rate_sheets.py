"""Rate sheets drawn by a seed: whole ones read to the cent, damaged ones refused by row.

    python -m validation.campaigns.rate_sheets [--sheets 300] [--damaged 500] [--from 0]

Each sheet is made up, in a layout as carriers and forwarders use. A damaged one has one bad cell:
the rows of its rate are refused, all other rates are read as they were meant.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from tests.exchange.drawn_rates import damaged, drawn_sheet
from tests.exchange.test_rate_sheets import figures, meant, read, terms


def main() -> int:
    """Read them all; return 1 where one is not as it was meant."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sheets", type=int, default=300)
    parser.add_argument("--damaged", type=int, default=500)
    parser.add_argument("--from", type=int, default=0, dest="first")
    asked = parser.parse_args()
    wrong: list[str] = []
    layouts: Counter[str] = Counter()
    charges = 0
    for seed in range(asked.first, asked.first + asked.sheets):
        sheet = drawn_sheet(seed)
        found = read(sheet.content(), sheet.name)
        layouts[f"{sheet.layout}, {'Excel' if sheet.excel else 'CSV'}, {sheet.language}"] += 1
        truth = meant(sheet.truth())
        charges += sum(map(len, truth.values()))
        if found.refused or figures(found) != truth or terms(found) != sheet.terms():
            wrong.append(f"sheet {seed}: {found.refused[:2]}")
    kinds: Counter[str] = Counter()
    for seed in range(asked.first, asked.first + asked.damaged):
        sheet, damage = damaged(seed)
        found = read(sheet.content(), sheet.name)
        kinds[damage.kind] += 1
        rows = {one.row for one in found.refused}
        of_rate = {f"{sheet.sheet}!{row}" for row in sheet.rows_of[damage.rate]}
        rest = meant(sheet.truth(without=damage.rate))
        if not rows or not rows <= of_rate or figures(found) != rest:
            wrong.append(f"damaged {seed}, {damage}: {found.refused[:2]}")
    lines = [f"{asked.sheets} sheets, {charges:,} charges; {asked.damaged} damaged"]
    lines += [
        f"  {count:4} {name}" for table in (layouts, kinds) for name, count in sorted(table.items())
    ]
    sys.stdout.write("\n".join([*lines, f"{len(wrong)} wrong", *wrong[:40]]) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
