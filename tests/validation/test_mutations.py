"""Mutations of a program drawn by hand, and the tests that are run for a module."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from validation.campaigns import mutations as tool

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


def test_operators_numbers_branches_and_returns_are_turned_and_nothing_else(program: Path) -> None:
    found = {(one.line, one.before, one.after) for one in tool.mutations(program)}
    whole = "sum((leg.km * rate for leg in legs if leg))"
    assert found == {
        (5, "2.5", "3.5"),
        (7, "False", "True"),
        (8, f"{whole} / 7", f"{whole} * 7"),
        (8, "leg.km * rate", "leg.km // rate"),
        (8, "leg.km * rate", "leg.km % rate"),
        (8, "leg.km * rate", "leg.km / rate"),
        (8, "leg", "not leg"),
        (8, "7", "8"),
        (10, "back and é < 9", "back or é < 9"),
        (10, "é < 9", "é <= 9"),
        (10, "é < 9", "é >= 9"),
        (10, "9", "10"),
        (11, "-é", "None"),
        (
            12,
            "é if text else dict(zip((), (), strict=True))",
            "dict(zip((), (), strict=True)) if text else é",
        ),
        (12, "text", "not text"),
    }


def test_each_is_put_where_it_stands_in_the_bytes_of_the_file(program: Path) -> None:
    text = program.read_bytes()
    for one in tool.mutations(program):
        there = ast.parse(b"(" + text[one.start : one.end] + b")", mode="eval")
        assert ast.unparse(there) == one.before


def test_a_mutation_is_caught_by_a_test_and_the_file_is_as_before(program: Path) -> None:
    tree = program.parents[2]
    before, after = program.read_bytes(), "é >= 9"
    (one,) = (each for each in tool.mutations(program) if each.after == after)
    for folder in (program.parent, program.parents[1]):
        (folder / "__init__.py").touch()
    (tree / "test_drawn.py").write_text(
        "from corridors.costing.drawn import usd\n"
        "def test_nothing_holds(): usd([])\n"
        "def test_none_is_held(): assert str(usd([], back=True)) == '-0.0'\n",
        encoding="utf-8",
    )
    tests = [f"test_drawn.py::test_{name}" for name in ("nothing_holds", "none_is_held")]
    assert tool.caught(one, tests, tree=tree, seconds=20.0) == "test_drawn.py::test_none_is_held"
    assert tool.caught(one, tests[:1], tree=tree, seconds=20.0) == ""
    assert program.read_bytes() == before


def test_a_module_that_no_longer_loads_is_caught_and_a_test_that_is_gone_is_an_error(
    program: Path,
) -> None:
    tree = program.parents[2]
    for folder in (program.parent, program.parents[1]):
        (folder / "__init__.py").touch()
    program.write_text("assert 9 == 9\n", encoding="utf-8")
    (one,) = (each for each in tool.mutations(program) if each.after == "9 != 9")
    text = "import corridors.costing.drawn\ndef test_it(): pass\n"
    (tree / "test_loads.py").write_text(text, encoding="utf-8")
    caught = tool.caught(one, ["test_loads.py::test_it"], tree=tree, seconds=20.0)
    assert caught == "a module that does not load"
    with pytest.raises(SystemExit, match="no longer those measured"):
        tool.caught(one, ["test_loads.py::test_gone"], tree=tree, seconds=20.0)


def test_the_quickest_tests_that_fit_are_run_and_one_at_least() -> None:
    runs = [tool.Run(0.5, "a"), tool.Run(1.0, "b"), tool.Run(30.0, "c")]
    assert tool.quickest(runs, 20.0) == ["a", "b"]
    assert tool.quickest(runs[2:], 20.0) == ["c"]
