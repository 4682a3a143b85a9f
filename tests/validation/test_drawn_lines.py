"""A hundred lines, drawn by a seed, agree with the tables of places and of sources."""

from __future__ import annotations

import pytest

from validation.campaigns.drawn_lines import drawn, faults


def test_drawn_lines_have_no_fault() -> None:
    assert {row["loop"]: found for row in drawn() if (found := list(faults(row)))} == {}


@pytest.mark.parametrize(
    ("column", "value", "fault"),
    [
        ("ways", "gate-bering", "does not pass gate-bering"),
        ("bars", "gate-good-hope", "passes gate-good-hope, which it bars"),
        ("from", "CLVAP", "near no port of CLVAP"),
        ("frequency", "700", "leaves 700 times a week"),
        ("last_day", "2001-01-01", "ends on 2001-01-01, before it begins"),
        ("known_from", "2001-01-01", "is known from 2001-01-01, before its sources"),
    ],
)
def test_each_fault_is_found(column: str, value: str, fault: str) -> None:
    row = next(row for row in drawn(400) if row["loop"] == "MED1 (Day 10)")
    found = list(faults({**row, "known_by": row["source_id"], column: value}))
    assert any(fault in text for text in found), found
