"""Draw single mutations of lines that tests execute, and say which of them a test catches.

    python -m validation.campaigns.mutations --seed 1 --count 60

The tests of the gate run once under coverage, which says which of them execute a line, and the
CPU seconds that each takes; `--known FOLDER` keeps that for the next run. Then an operator, a
number, a condition or what is returned is turned in a copy of the tree, and the quickest tests
that execute the line run until one fails, for `--seconds` at most, and then their files for as
long: what tests of a file share is made in the first of them. Hashes and recorded figures of pages
count for nothing, so their tests are left out. Compiled kernels are not traced, and so not drawn:
the oracles of tests/oracle hold them. What is not caught may be equivalent: a reader judges.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import accumulate, permutations
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(".*", "dist", "build", "fuzz-found", "interop-files")
MOST_NUMBER, MOST_TESTS, HARD_CAP_TIMES = 1000, 60, 4
INTERRUPTED, NOT_FOUND = pytest.ExitCode.INTERRUPTED, pytest.ExitCode.USAGE_ERROR
PAIRS = "FloorDiv Mult, Mod Mult, Mult Div, Add Sub, And Or"
PAIRS += ", Lt LtE, Gt GtE, Lt GtE, Gt LtE, Eq NotEq, Is IsNot, In NotIn"
NODES = [[getattr(ast, name) for name in pair.split()] for pair in PAIRS.split(", ")]
TURNED = [ends for pair in NODES for ends in permutations(pair)]
TEXT = re.compile(r"""f?['"\[]""")
# How dataclasses and tables are made (`frozen=True`, `strict=True`) changes no answer.
LEFT_AS_IT_IS = {"annotation", "returns", "pattern", "decorator_list"}
BY_BYTES = ("tests/docs/", "tests/browser/", "tests/output/html/gallery/test_examples.py")
PLUGIN = "validation.campaigns.mutation_runs"


class Mutation(NamedTuple):
    """The bytes of an expression in a file of `corridors`, and what stands there instead."""

    file: str
    line: int
    start: int
    end: int
    before: str
    after: str


class Run(NamedTuple):
    """A test, and the CPU seconds that it took beside all others."""

    seconds: float
    test: str


def mutations(file: Path) -> Iterator[Mutation]:
    """Return every mutation of a file."""
    name, text = str(file.relative_to(ROOT)), file.read_bytes()
    starts = [0, *accumulate(map(len, text.splitlines(keepends=True)))]
    for node, role in _evaluated(ast.parse(text)):
        for after in _turned(node, role):
            start = starts[node.lineno - 1] + node.col_offset
            end = starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
            yield Mutation(name, node.lineno, start, end, ast.unparse(node), ast.unparse(after))


def _evaluated(node: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    """Return expressions that can be replaced where they stand, and what they are there for."""
    for name, inner in ast.iter_fields(node):
        as_it_is = name in LEFT_AS_IT_IS or getattr(node, "arg", "") in {"strict", "frozen"}
        for one in inner if isinstance(inner, list) else [inner]:
            if isinstance(one, ast.AST) and not as_it_is:
                if isinstance(one, ast.expr):
                    is_test = name in {"test", "ifs"}
                    yield one, "test" if is_test else type(node).__name__
                # Python 3.11 does not say where the parts of an f-string stand.
                yield from () if isinstance(one, ast.JoinedStr) else _evaluated(one)


def _turned(node: ast.expr, role: str) -> Iterator[ast.expr]:
    match node:
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)) if abs(value) <= MOST_NUMBER:
            yield ast.Constant(value + 1)
        case ast.BinOp(left, op, right):
            # Paths, text and lists cannot be put together otherwise, which shows nothing.
            if not any(TEXT.match(ast.unparse(side)) for side in (left, right)):
                yield from (ast.BinOp(left, to(), right) for to in _instead(op))
        case ast.BoolOp(op, values):
            yield from (ast.BoolOp(to(), values) for to in _instead(op))
        case ast.Compare(left, [op], right):
            yield from (ast.Compare(left, [to()], right) for to in _instead(op))
        case ast.IfExp(test, body, orelse):
            yield ast.IfExp(test, orelse, body)
        case _ if role == "test":
            yield ast.UnaryOp(ast.Not(), node)
        case _ if role == "Return":
            yield ast.Constant(None)


def _instead(op: ast.AST) -> Iterator[type]:
    return (to for of, to in TURNED if type(op) is of)


def measured(folder: Path) -> dict[tuple[str, int], list[Run]]:
    """Return the tests that execute each line, the quickest first; run the suite where unknown."""
    from coverage import CoverageData

    lines, seconds = folder / "lines", folder / "seconds"
    if not lines.exists():
        folder.mkdir(parents=True, exist_ok=True)
        asked = ["--cpu", str(seconds), "--ignore=tests/browser", "--assert=plain", "-n", "2"]
        _pytest(["-p", PLUGIN, *asked], {"LINES_FOLDER": str(folder)}, tree=ROOT)
        whole = CoverageData(str(lines))
        for part in folder.glob("part.*"):
            one = CoverageData(str(part))
            one.read()
            whole.update(one)
        whole.write()
    taken = (line.partition("\t") for line in seconds.read_text("utf-8").splitlines())
    took = {name: seconds_of for seconds_of, _, name in taken}
    data = CoverageData(str(lines))
    data.read()
    found: dict[tuple[str, int], list[Run]] = {}
    for path in data.measured_files():
        name = path[path.rindex("/corridors/") + 1 :]
        for line, tests in data.contexts_by_lineno(path).items():
            behaviour = [one for one in tests if one in took and not one.startswith(BY_BYTES)]
            if behaviour:
                found[name, line] = sorted(Run(float(took[one]), one) for one in behaviour)
    return found


def quickest(runs: list[Run], seconds: float) -> list[str]:
    """Return the tests that run in some seconds together, one at least."""
    sums = accumulate(run.seconds for run in runs)
    within = [run.test for run, total in zip(runs, sums, strict=True) if total <= seconds]
    return within[:MOST_TESTS] or [runs[0].test]


def caught(mutation: Mutation, tests: list[str], *, tree: Path, seconds: float) -> str:
    """Return the test that caught a mutation, empty if none did."""
    file = tree / mutation.file
    kept = file.read_bytes()
    try:
        turned = f"({mutation.after})".encode()
        file.write_bytes(kept[: mutation.start] + turned + kept[mutation.end :])
        ran = _pytest(
            ["-x", "--tb=no", "-n", "0", "-p", PLUGIN, *tests],
            {"LAST_SECOND": str(seconds)},
            tree=tree,
            hard_cap=seconds * HARD_CAP_TIMES,
        )
    finally:
        file.write_bytes(kept)
    failed = re.findall(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", ran.stdout, re.MULTILINE)
    if ran.returncode < 0:
        return "a test that does not end"
    if ran.returncode == NOT_FOUND:
        # A module that no longer loads has no tests to find either; those measured have.
        listed = _pytest(["--collect-only", "-n", "0", *tests], {}, tree=tree)
        if listed.returncode:
            msg = "The tests are no longer those measured: delete the folder of --known"
            sys.exit(f"{listed.stderr}{msg}")
        return "a module that does not load"
    # Where the last second is over, pytest ends as interrupted.
    whole = ran.returncode in {0, INTERRUPTED}
    return "".join(failed[:1]) or ("" if whole else f"exit code {ran.returncode}")


def _pytest(
    options: list[str], environment: dict[str, str], *, tree: Path, hard_cap: float = 0.0
) -> subprocess.CompletedProcess[str]:
    def held() -> None:
        if hard_cap:
            resource.setrlimit(resource.RLIMIT_CPU, (round(hard_cap),) * 2)

    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options],
        env={**os.environ, "PYTHONPATH": str(tree), **environment},
        check=False, cwd=tree, capture_output=True, text=True, preexec_fn=held,
    )  # fmt: skip


def main() -> None:
    """Print a line for each mutation, then how many of them were caught."""
    asked = argparse.ArgumentParser()
    for option, usual in (("--seed", 1), ("--count", 60), ("--seconds", 20)):
        asked.add_argument(option, type=int, default=usual)
    asked.add_argument("--known", type=Path, default=ROOT / ".mutations")
    given = asked.parse_args()
    runs = measured(given.known)
    drawn = [
        one
        for file in sorted(ROOT.glob("corridors/**/*.py"))
        for one in mutations(file)
        if (one.file, one.line) in runs
    ]
    found: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(shutil.copytree(ROOT, Path(folder, "tree"), ignore=LEFT_OUT))
        for one in random.Random(given.seed).sample(drawn, min(given.count, len(drawn))):
            tests = quickest(runs[one.file, one.line], given.seconds)
            # Of what tests of a file share, the lines are known of the first of them alone.
            files = [*dict.fromkeys(test.partition("::")[0] for test in tests)]
            by = caught(one, tests, tree=tree, seconds=given.seconds)
            found.append(by or caught(one, files, tree=tree, seconds=given.seconds))
            said = f"caught by {found[-1]}" if found[-1] else f"NOT CAUGHT by {len(tests)} tests"
            sys.stdout.write(f"{one.file}:{one.line}: {one.before} -> {one.after}: {said}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{sum(map(bool, found))} of {len(found)} caught\n")


if __name__ == "__main__":
    main()
