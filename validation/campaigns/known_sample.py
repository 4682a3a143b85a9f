"""Dated rows drawn by a seed, to check by hand since when each is known.

    python -m validation.campaigns.known_sample --seed 64

As in `parameter_sample` rows are ordered by a hash of the seed and their name, and the first of
each table are drawn. What the check of seed 64 found is in `tests/validation/known_sample.csv`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from corridors.data.columns import read_rows
from corridors.data.known import dated_by, known_since
from corridors.data.parameters import load_parameters, load_sources
from corridors.data.paths import parameters_dir
from validation.campaigns.parameter_sample import Key, drawn

TABLES = {"access.csv": 12, "lines.csv": 22, "voyages.csv": 4, "events.csv": 4, "prices": 8}
"""How many rows of each table are drawn, by what may mislead: 50."""


def rows_of(table: str) -> Iterator[tuple[Key, str, str]]:
    """Yield the rows of a table that may be known later: key, day known from, and by what."""
    if table == "prices":
        for price in load_parameters().rows:
            if dated_by(price.scope) and (day := known_since(price.parameter, price.scope)):
                yield (price.parameter, price.scope), day.isoformat(), price.source_id
        return
    for row in read_rows(parameters_dir() / table):
        if row["known_from"]:
            calls = [row.get(name, "") for name in ("voyage", "unlocode", "kind") if "ship" in row]
            name = row.get("id") or ";".join([row["loop"], *calls])
            yield (table, name), row["known_from"], f"{row['known_by']};{row['source_id']}"


def frame(table: str) -> dict[Key, tuple[str, str]]:
    """Return day and source of the rows of a table by key."""
    return {key: (day, by) for key, day, by in rows_of(table)}


def main() -> None:
    """Print the rows that a seed draws, with the sources of their days."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=64)
    seed = parser.parse_args().seed
    sources = load_sources()
    for table, count in TABLES.items():
        rows = frame(table)
        for key in drawn(rows, seed, count):
            day, by = rows[key]
            sys.stdout.write(f"{key[0]}: {key[1]}: known from {day} by {by}\n")
            for one in (sources[name] for name in by.split(";") if name in sources):
                sys.stdout.write(f"   {one.title}, {one.author} {one.year}, {one.url}\n")


if __name__ == "__main__":
    main()
