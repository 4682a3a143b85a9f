"""Few rows that move a corridor's cost by over a hundredth are recalled or assumed."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from corridors.data.parameters import load_parameters
from corridors.domain.values import Status
from validation.campaigns.parameter_movers import ends, may_cost, questions, recorded

TESTS = Path(__file__).parents[1]
MOVERS = TESTS / "validation/parameter_movers.csv"
PAGE = TESTS.parent / "docs/explanation/sources.md"
MOST_WEAK = 0.04


def test_a_row_is_moved_to_its_low_and_high_or_by_a_tenth() -> None:
    row = load_parameters().get("rail.rate_usd_per_feu_km", "rail/1520")
    assert ends(row) == (row.low, row.high)
    assert ends(replace(row, value=2.0, low=2.0, high=2.0)) == pytest.approx((1.8, 2.2))


def test_prices_of_other_months_and_emission_factors_cannot_cost() -> None:
    scenario = replace(questions()[0], departure=date(2025, 3, 10))
    row = load_parameters().get("fuel.vlsfo_usd_per_t", "2024-08")
    assert may_cost(replace(row, scope="2025-05"), scenario)
    assert may_cost(replace(row, scope="2025"), scenario)
    assert not may_cost(replace(row, scope="2025-06"), scenario)
    assert not may_cost(replace(row, parameter="emission.vlsfo_wtw_kg_per_t", scope=""), scenario)


def test_rows_that_are_read_are_recorded() -> None:
    table = load_parameters()
    with recorded() as read:
        general = table.get("sea.overhead_share", "sea/14k")
        listed = table.rows_of("decision.tolerance_share")
    table.get("sea.margin_share")
    assert read == {general, *listed}


def test_under_four_in_a_hundred_movers_are_recalled_or_assumed() -> None:
    rows = {(row.parameter, row.scope): row for row in load_parameters().rows}
    with MOVERS.open(encoding="utf-8", newline="") as stream:
        keys = [(line["parameter"], line["scope"]) for line in csv.DictReader(stream)]
    assert len(set(keys)) == len(keys)
    # A row may be gone, or split by place or month, since the campaign ran.
    held = [rows[key] for key in keys if key in rows]
    weak = {row.parameter for row in held if row.status in (Status.RECALLED, Status.ASSUMPTION)}
    count = sum(row.status in (Status.RECALLED, Status.ASSUMPTION) for row in held)
    assert count / len(keys) < MOST_WEAK, weak
    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    said = re.search(r"(\d+) rows move a corridor by more than 1 %", page)
    assert said is not None
    assert int(said[1]) == len(keys)
