"""Rows of the parameter tables, drawn by a seed to be checked again against their sources.

    python -m validation.campaigns.parameter_sample --seed 40 --count 60

Rows are ordered by a hash of seed, parameter and scope, and the first are drawn: a row that is
added or removed later leaves the others where they are. Assumptions, which cite nothing, are not
drawn. What the check of the rows of seed 40 found is in `tests/validation/parameter_sample.csv`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from hashlib import sha256

from corridors.data.parameters import load_parameters, load_sources
from corridors.domain.values import Status

Key = tuple[str, str]
"""Parameter and scope."""


def main() -> None:
    """Print the rows that a seed draws, with source and note."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=40)
    parser.add_argument("--count", type=int, default=60)
    asked = parser.parse_args()
    rows = {(row.parameter, row.scope): row for row in load_parameters().rows}
    sources = load_sources()
    for number, key in enumerate(drawn(frame(), asked.seed, asked.count), start=1):
        row = rows[key]
        source = sources[row.source_id]
        value = f"{row.value:g} {row.unit} ({row.low:g} to {row.high:g}; {row.currency_year})"
        lines = (
            f"{number}. {row.parameter}@{row.scope}: {value}, {row.status.value}",
            f"   {source.id}: {source.title}, {source.author} {source.year}, {source.url}",
            f"   {row.note}",
        )
        sys.stdout.write("\n".join(lines) + "\n")


def frame() -> list[Key]:
    """Return the rows that cite a source: all but assumptions."""
    rows = load_parameters().rows
    return [(row.parameter, row.scope) for row in rows if row.status is not Status.ASSUMPTION]


def drawn(keys: Iterable[Key], seed: int, count: int) -> list[Key]:
    """Return the first of the keys in the order of the seed."""

    def rank(key: Key) -> str:
        return sha256(f"{seed}|{key[0]}|{key[1]}".encode()).hexdigest()

    return sorted(set(keys), key=rank)[:count]


if __name__ == "__main__":
    main()
