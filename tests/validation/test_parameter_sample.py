"""The rows that were checked again against their sources are those of the draw."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

from validation.campaigns.parameter_sample import drawn, frame

TESTS = Path(__file__).parents[1]
SAMPLE = TESTS / "validation/parameter_sample.csv"
PAGE = TESTS.parent / "docs/explanation/sources.md"
VERDICTS = ("right", "wrong", "doubtful", "uncheckable")
GROWN = 1.35
"""Rows that the tables gained after the draw may come before some of it: so many more are read."""


def test_a_draw_depends_on_its_seed_and_not_on_the_order_of_the_rows() -> None:
    keys = [("fuel", str(number)) for number in range(50)]
    assert drawn(keys, 1, 5) == drawn(reversed(keys), 1, 5)
    assert drawn(keys, 1, 5) == drawn(keys, 1, 10)[:5]
    assert drawn(keys, 1, 5) != drawn(keys, 2, 5)


def test_the_sixty_rows_are_of_the_draw_and_the_page_counts_their_verdicts() -> None:
    with SAMPLE.open(encoding="utf-8", newline="") as stream:
        lines = list(csv.DictReader(stream))
    keys = [(line["parameter"], line["scope"]) for line in lines]
    assert len(set(keys)) == len(keys) == 60
    assert set(keys) <= set(drawn({*keys, *frame()}, 40, round(GROWN * len(keys))))
    for line in lines:
        assert line["checked_against"]
        assert line["note"]
    counts = Counter(line["verdict"] for line in lines)
    assert set(counts) <= set(VERDICTS)
    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    said = re.search(r"(\d+) were right, (\d+) wrong, (\d+) doubtful and (\d+) could not", page)
    assert said is not None
    assert [int(count) for count in said.groups()] == [counts[verdict] for verdict in VERDICTS]
