"""The rows whose day of knowledge was checked by hand are those of the draw."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from validation.campaigns.known_sample import TABLES, frame
from validation.campaigns.parameter_sample import drawn

TESTS = Path(__file__).parents[1]
SAMPLES = {64: "known_sample.csv", 3127: "known_sample_3127.csv"}
PAGE = TESTS.parent / "docs/explanation/sources.md"
VERDICTS = ("right", "wrong", "doubtful", "uncheckable")
GROWN = 1.35
"""Rows that the tables gained after the draw may come before some of it: so many more are read."""


def sample(seed: int) -> list[dict[str, str]]:
    path = TESTS / "validation" / SAMPLES[seed]
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("seed", SAMPLES)
def test_the_fifty_rows_are_of_the_draw_and_the_page_counts_their_verdicts(seed: int) -> None:
    lines = sample(seed)
    for table, count in TABLES.items():
        keys = [(one["parameter"] or table, one["row"]) for one in lines if one["table"] == table]
        assert len(set(keys)) == len(keys) == count
        assert set(keys) <= set(drawn({*keys, *frame(table)}, seed, round(GROWN * count)))
    assert len(lines) == sum(TABLES.values()) == 50
    assert all(line["checked_against"] and line["note"] for line in lines)
    counts = Counter(line["verdict"] for line in lines)
    assert set(counts) <= set(VERDICTS)
    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    counted = r"of fifty such days (\d+) right, (\d+) wrong, (\d+) doubtful and (\d+) not"
    said = dict(zip(SAMPLES, re.findall(counted, page), strict=True))[seed]
    assert [int(count) for count in said] == [counts[verdict] for verdict in VERDICTS]


@pytest.mark.parametrize("seed", SAMPLES)
def test_a_day_that_was_right_stands_and_one_that_was_wrong_was_changed(seed: int) -> None:
    lines = sample(seed)
    frames = {table: frame(table) for table in TABLES}
    for line in lines:
        here = frames[line["table"]].get((line["parameter"] or line["table"], line["row"]))
        if here is not None and line["verdict"] in ("right", "wrong"):
            stands = here[0] == line["known_from_checked"]
            assert stands == (line["verdict"] == "right"), line["row"]
