"""Mutations of a program drawn by hand, and the tests that are run for a module."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from validation import mutations as tool

PROGRAM = """from dataclasses import dataclass

@dataclass(frozen=True)
class Leg:
    km: float = 2.5

def usd(legs: list[Leg], rate: float = 1000.5, *, back: bool = False) -> float:
    é = sum(leg.km * rate for leg in legs if leg) / 7
    text = f"{1 + 1}" + "é"
    if back and é < 9:
        return -é
    return é if text else dict(zip((), (), strict=True))
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tool, "ROOT", tmp_path)
    file = tmp_path / "corridors" / "costing" / "drawn.py"
    file.parent.mkdir(parents=True)
    file.write_text(PROGRAM, encoding="utf-8")
    return file


def test_operators_small_numbers_and_branches_are_turned_and_nothing_else(program: Path) -> None:
    found = {(one.line, one.before, one.after) for one in tool.mutations(program)}
    whole = "sum((leg.km * rate for leg in legs if leg))"
    assert found == {
        (5, "2.5", "3.5"),
        (7, "False", "True"),
        (8, f"{whole} / 7", f"{whole} * 7"),
        (8, "leg.km * rate", "leg.km / rate"),
        (8, "leg", "not leg"),
        (8, "7", "8"),
        (10, "back and é < 9", "back or é < 9"),
        (10, "é < 9", "é > 9"),
        (10, "9", "10"),
        (12, "text", "not text"),
    }


def test_each_is_put_where_it_stands_in_the_bytes_of_the_file(program: Path) -> None:
    text = program.read_bytes()
    for one in tool.mutations(program):
        there = ast.parse(b"(" + text[one.start : one.end] + b")", mode="eval")
        assert ast.unparse(there) == one.before


def test_a_module_is_covered_by_tests_of_its_name_its_folder_and_those_that_import_it() -> None:
    found = tool.tests_of("network.capacity")
    assert found[0] == "tests/network/test_capacity.py"
    assert "tests/network" in found
    assert tool.tests_of("output.html.map.panel")[-1] == "tests/output/html/map"
    assert tool.tests_of("units")[-2:] == ["tests/costing", "tests/output"]
