"""Draw single mutations of lines that tests execute, and say which of them a test catches.

    python -m validation.mutations --seed 1 --count 60

An operator, a small number, a truth or a branch is turned in a copy of the tree, and the tests that
are likely to cover the module run until one fails; without the mutation they must pass. What is
turned leaves a mark when it is evaluated; without a mark it does not count, and another is drawn.
Compiled kernels run as plain Python. What is not caught may be equivalent: a reader has to judge.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import accumulate, permutations
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "dist", "fuzz-found")
MOST_SECONDS, MOST_NUMBER, MOST_NAMING = 900, 1000, 8
PAIRS = "FloorDiv Mult, Mod Mult, Mult Div, Add Sub, And Or"
PAIRS += ", Lt Gt, LtE GtE, Eq NotEq, Is IsNot, In NotIn"
NODES = [[getattr(ast, name) for name in pair.split()] for pair in PAIRS.split(", ")]
TURNED = {one: other for pair in NODES for one, other in permutations(pair)}
TEXT = re.compile(r"""f?['"\[]""")
# How dataclasses and tables are made (`frozen=True`, `strict=True`) changes no answer.
LEFT_AS_IT_IS = {"annotation", "returns", "pattern", "decorator_list"}
KERNELS = "costing.pace routing.dated.kernel routing.dated.bounds routing.labels network.walks"
# The tests of a module are its folder, a few that name it, and for some packages these.
ALSO_COVERS = {
    "domain": "costing optimise output", "routing": "oracle studies/test_drawn_pairs.py",
    "cached_code": "routing", "engine": "routing", "kept": "studies", "memory": "batch",
    "errors": "config", "files": "config", "progress": "cli", "units": "costing output",
}  # fmt: skip


class Mutation(NamedTuple):
    """The bytes of an expression in a file of `corridors`, and what stands there instead."""

    file: str
    line: int
    start: int
    end: int
    before: str
    after: str


def mutations(file: Path) -> Iterator[Mutation]:
    """Return every mutation of a file."""
    name, text = str(file.relative_to(ROOT)), file.read_bytes()
    starts = [0, *accumulate(map(len, text.splitlines(keepends=True)))]
    for node, is_test in _evaluated(ast.parse(text)):
        for after in _turned(node, is_test=is_test):
            start = starts[node.lineno - 1] + node.col_offset
            end = starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
            yield Mutation(name, node.lineno, start, end, ast.unparse(node), ast.unparse(after))


def _evaluated(node: ast.AST) -> Iterator[tuple[ast.expr, bool]]:
    """Return expressions that can be replaced where they stand, and whether a branch asks them."""
    for name, inner in ast.iter_fields(node):
        as_it_is = name in LEFT_AS_IT_IS or getattr(node, "arg", "") in {"strict", "frozen"}
        for one in inner if isinstance(inner, list) else [inner]:
            if isinstance(one, ast.AST) and not as_it_is:
                if isinstance(one, ast.expr):
                    yield one, name in {"test", "ifs"}
                # Python 3.11 does not say where the parts of an f-string stand.
                yield from () if isinstance(one, ast.JoinedStr) else _evaluated(one)


def _turned(node: ast.expr, *, is_test: bool) -> Iterator[ast.expr]:
    match node:
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)) if abs(value) <= MOST_NUMBER:
            yield ast.Constant(value + 1)
        case ast.BinOp(left, op, right) if type(op) in TURNED:
            # Paths, text and lists cannot be put together otherwise, which shows nothing.
            if not any(TEXT.match(ast.unparse(side)) for side in (left, right)):
                yield ast.BinOp(left, TURNED[type(op)](), right)
        case ast.BoolOp(op, values):
            yield ast.BoolOp(TURNED[type(op)](), values)
        case ast.Compare(left, [op], right):
            yield ast.Compare(left, [TURNED[type(op)]()], right)
        case _ if is_test:
            yield ast.UnaryOp(ast.Not(), node)


def tests_of(module: str) -> list[str]:
    """Return the tests that are likely to cover a module, those that name it first."""
    above, _, name = f"corridors.{module}".rpartition(".")
    names = re.compile(rf"corridors\.{module}\b|from {above} import [^\n]*\b{name}\b")
    tests = [t for t in sorted((ROOT / "tests").glob("*/**/test_*.py")) if "docs" not in t.parts]
    found = [t for t in tests if t.stem == f"test_{name}" or names.search(t.read_text())]
    found = found if len(found) <= MOST_NAMING else []
    path = ROOT / "tests" / module.replace(".", "/")
    found += [one for one in (path, *path.parents[: module.count(".")]) if one.is_dir()][:1]
    found += [ROOT / "tests" / one for one in ALSO_COVERS.get(module.partition(".")[0], "").split()]
    return [str(one.relative_to(ROOT)) for one in dict.fromkeys(found)]


def caught(mutation: Mutation, tree: Path, options: list[str]) -> str | None:
    """Return the test that caught a mutation, empty if none did, None if none evaluates it."""
    file, mark = tree / mutation.file, tree / "mark"
    module = mutation.file.removeprefix("corridors/").removesuffix(".py").replace("/", ".")
    plain = module in KERNELS.split()
    chosen = [*tests_of(module), *(["--deselect=tests/routing/test_cached_code.py"] * plain)]
    marks = f"__import__('os').close(__import__('os').open({str(mark)!r}, {os.O_CREAT}))"
    mark.unlink(missing_ok=True)
    kept = file.read_bytes()
    turned = kept[: mutation.start] + f"({marks} or ({mutation.after}))".encode()
    try:
        file.write_bytes(turned + kept[mutation.end :])
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", "-qx", "--tb=no", *options, *chosen],
            env={**os.environ, "PYTHONPATH": str(tree), "NUMBA_DISABLE_JIT": str(int(plain))},
            check=False, cwd=tree, capture_output=True, text=True, timeout=MOST_SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return "a test that does not end"
    finally:
        file.write_bytes(kept)
    failed = re.findall(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", ran.stdout, re.MULTILINE)
    by = "".join(failed[:1]) or f"exit code {ran.returncode}"
    if ran.returncode and not mark.exists():
        sys.stderr.write(f"{by}, but nothing is turned in {mutation.file}: {ran.stderr}\n")
    return None if not mark.exists() else by if ran.returncode else ""


def main() -> None:
    """Print a line for each mutation, then how many of them were caught."""
    asked = argparse.ArgumentParser(epilog="Other options are for pytest, such as -n 2.")
    for option, usual in (("--seed", 1), ("--count", 60)):
        asked.add_argument(option, type=int, default=usual)
    given, options = asked.parse_known_args()
    drawn = [one for file in sorted(ROOT.glob("corridors/**/*.py")) for one in mutations(file)]
    random.Random(given.seed).shuffle(drawn)
    found: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(shutil.copytree(ROOT, Path(folder, "tree"), ignore=LEFT_OUT))
        for one in drawn:
            if len(found) < given.count and (by := caught(one, tree, options)) is not None:
                found.append(by)
                said = f"caught by {by}" if by else "NOT CAUGHT"
                sys.stdout.write(f"{one.file}:{one.line}: {one.before} -> {one.after}: {said}\n")
                sys.stdout.flush()
    sys.stdout.write(f"{sum(map(bool, found))} of {len(found)} caught\n")


if __name__ == "__main__":
    main()
