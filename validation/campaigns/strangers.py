"""Answer the questions of strangers and set each beside what a forwarder would book.

`make check-strangers` prints the table, and with `--write` also writes
docs/findings/tables/strangers.csv, which is never edited by hand. Questions and verdicts are in
tests/cases/strangers.yaml.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Mapping
from typing import Any

from corridors.data.cities import name_of
from corridors.domain.results import RouteOption
from corridors.output.comparison import Comparison
from corridors.studies.session import Session
from tests.cases.asked import answer, misses, strangers
from validation.campaigns.page_tables import write_figures, write_table

HEAD = ("question", "recommended", "a forwarder would book", "verdict", "why")


def figures(option: RouteOption) -> str:
    """Return a row in words: its corridor, USD per TEU, transit days and where it passes."""
    passed = [name_of(key) for key in (*option.passages, *option.borders)]
    way = f", by {'; '.join(passed)}" if passed else ""
    return (
        f"{option.title}: {option.printed_usd_per_teu:,.0f} USD, {option.transit_days:.1f} days"
        f"{way}"
    )


def cells(name: str, row: Mapping[str, Any], found: Comparison) -> tuple[str, ...]:
    """Return the cells of a question; what an answer lacks stands in bold after its verdict."""
    best = found.recommended
    booked = next((one for one in found.usable if one.corridor == row.get("row")), None)
    lacks = "; ".join(misses(row, found))
    return (
        name,
        figures(best) if best else "nothing",
        "nothing" if booked is None else "the same" if booked is best else figures(booked),
        f"{row['verdict']}, **but {lacks}**" if lacks else row["verdict"],
        row["why"],
    )


def main() -> int:
    """Print the table; 1 if an answer lacks what a forwarder would say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the page and its table")
    chosen = parser.parse_args()
    session, lines, short = Session(), [], 0
    for name, row in strangers().items():
        found = answer(row, session)
        lines.append(cells(name, row, found))
        short += bool(list(misses(row, found)))
        sys.stdout.write(f"{' | '.join(lines[-1])}\n")
        sys.stdout.flush()
    count = Counter(row["verdict"] for row in strangers().values())
    if chosen.write:
        write_table("strangers", HEAD, lines)
        said = (
            f"Of {len(lines)} answers {count['good']} are good, {count['doubtful']} doubtful and"
            f" {count['wrong']} wrong."
        )
        write_figures("strangers", f"{said}\n\n[All questions](tables/strangers.csv)")
    return int(short > 0)


if __name__ == "__main__":
    sys.exit(main())
