"""Draw single mutations of lines that tests execute, and say which of them a test catches.

    python -m validation.mutations --seed 1 --count 60

An operator, a small number, a truth or a branch is turned in a copy of the tree, and the tests that
are likely to cover the module run until one fails. What is turned leaves a mark when it is
evaluated; without a mark it does not count, and another is drawn. Compiled kernels run as plain
Python. What is not caught may be equivalent, which a reader has to judge.
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
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
# The same place each time, since compiled code is kept by the path of its source.
COPIES = Path(tempfile.gettempdir(), "corridors-mutations")
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "dist", "fuzz-found")
MOST_SECONDS, MOST_NUMBER, SLOW_SECONDS = 900, 1000, 1.0
PAIRS = "Add Sub Mult Div FloorDiv Mult Mod Mult And Or Lt Gt LtE GtE Eq NotEq Is IsNot In NotIn"
OPERATORS = [getattr(ast, name) for name in PAIRS.split()]
TURNED = dict(zip(OPERATORS[1::2], OPERATORS[::2], strict=True))
TURNED |= dict(zip(OPERATORS[::2], OPERATORS[1::2], strict=True)) | {ast.Mult: ast.Div}
KERNELS = "costing.pace routing.dated.kernel routing.dated.bounds routing.labels network.walks"
ALSO_COVERS = {
    "cached_code": "routing",
    "domain": "costing optimise output",
    "engine": "routing",
    "errors": "config cli",
    "files": "config cli",
    "kept": "studies",
    "memory": "batch",
    "progress": "cli batch",
    "routing": "oracle studies/test_fronts_by_date.py studies/test_drawn_pairs.py",
    "units": "costing output",
}
"""The tests of a package are its own folder, those that name the module, and these."""


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
    text = file.read_bytes()
    starts = [0]
    for row in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(row))
    for node, is_test in _evaluated(ast.parse(text)):
        for after in _turned(node, is_test=is_test):
            start = starts[node.lineno - 1] + node.col_offset
            end = starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
            name = str(file.relative_to(ROOT))
            yield Mutation(name, node.lineno, start, end, ast.unparse(node), ast.unparse(after))


def _evaluated(node: ast.AST) -> Iterator[tuple[ast.expr, bool]]:
    """Return expressions that can be replaced where they stand, and whether a branch asks them."""
    for name, inner in ast.iter_fields(node):
        for one in inner if isinstance(inner, list) else [inner]:
            # Python 3.11 does not say where the parts of an f-string stand.
            if isinstance(one, ast.AST) and name not in {"annotation", "returns", "pattern"}:
                if isinstance(one, ast.expr):
                    yield one, name in {"test", "ifs"}
                yield from () if isinstance(one, ast.JoinedStr) else _evaluated(one)


def _turned(node: ast.expr, *, is_test: bool) -> Iterator[ast.expr]:
    match node:
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)) if abs(value) <= MOST_NUMBER:
            yield ast.Constant(value + 1)
        case ast.BinOp(left, op, right) if type(op) in TURNED:
            # Paths, text and lists cannot be put together otherwise, which shows nothing.
            joined = ast.JoinedStr | ast.List | ast.Tuple
            texts = (isinstance(getattr(side, "value", None), str) for side in (left, right))
            if not isinstance(left, joined) and not isinstance(right, joined) and not any(texts):
                yield ast.BinOp(left, TURNED[type(op)](), right)
        case ast.BoolOp(op, values):
            yield ast.BoolOp(TURNED[type(op)](), values)
        case ast.Compare(left, [op], right):
            yield ast.Compare(left, [TURNED[type(op)]()], right)
        case _ if is_test:
            yield ast.UnaryOp(ast.Not(), node)


def tests_of(module: str) -> list[str]:
    """Return the tests that are likely to cover a module, those that name it first."""
    (package, *_), (above, _, name) = module.split("."), f"corridors.{module}".rpartition(".")
    names = re.compile(rf"corridors\.{module}\b|from {above} import [^\n]*\b{name}\b")
    tests = [t for t in sorted((ROOT / "tests").glob("*/**/test_*.py")) if "docs" not in t.parts]
    found = [t for t in tests if t.stem == f"test_{name}" or names.search(t.read_text())]
    found += [ROOT / "tests" / one for one in (package, *ALSO_COVERS.get(package, "").split())]
    return [str(one.relative_to(ROOT)) for one in dict.fromkeys(found) if one.exists()]


def caught(mutation: Mutation, tree: Path, left_out: set[str]) -> str | None:
    """Return the test that caught a mutation, empty if none did, None if none evaluates it.

    A test that fails without the mutation too is added to those left out.
    """
    file, mark = tree / mutation.file, tree / "mark"
    module = ".".join(Path(mutation.file).with_suffix("").parts[1:])
    plain = module in KERNELS.split()
    environment = {**os.environ, "PYTHONPATH": str(tree), "NUMBA_DISABLE_JIT": str(int(plain))}
    command = [sys.executable, "-m", "pytest", "-qx", "--tb=no", "-p", "no:cacheprovider"]

    def failing(*tests: str) -> str:
        ran = subprocess.run(
            [*command, *tests], check=False, cwd=tree, env=environment, capture_output=True,
            text=True, timeout=MOST_SECONDS,
        )  # fmt: skip
        found = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", ran.stdout, re.MULTILINE)
        return "" if ran.returncode in {0, 5} else found.group(1) if found else ran.stdout[-99:]

    mark.unlink(missing_ok=True)
    marks = f"__import__('os').close(__import__('os').open({str(mark)!r}, {os.O_CREAT}))"
    kept = file.read_bytes()
    turned = kept[: mutation.start] + f"({marks} or ({mutation.after}))".encode()
    while True:
        try:
            file.write_bytes(turned + kept[mutation.end :])
            out = {*left_out, *(["tests/routing/test_cached_code.py"] if plain else [])}
            by = failing(*tests_of(module), *(f"--deselect={test}" for test in sorted(out)))
        except subprocess.TimeoutExpired:
            by = ""  # a test that does not end has caught it
            return "no end"
        finally:
            file.write_bytes(kept)
        if not mark.exists():
            return None
        if "::" not in by or not failing(by):
            return by
        left_out.add(by)


def main() -> None:
    """Print a line for each mutation, then how many of them were caught."""
    asked = argparse.ArgumentParser(description=__doc__)
    for option, usual in {"seed": 1, "count": 60, "workers": 2, "only": "", "cpu": ""}.items():
        asked.add_argument(f"--{option}", type=type(usual), default=usual)
    given = asked.parse_args()
    # A file of `pytest --cpu`: slow tests are left out, so that fewer may be caught, but sooner.
    timed = (
        [row.split("\t") for row in Path(given.cpu).read_text().splitlines()] if given.cpu else []
    )
    left_out = {test for seconds, test in timed if float(seconds) > SLOW_SECONDS}
    files = sorted(f for f in (ROOT / "corridors").rglob("*.py") if given.only in str(f))
    drawn = [mutation for file in files for mutation in mutations(file)]
    random.Random(given.seed).shuffle(drawn)
    trees: SimpleQueue[Path] = SimpleQueue()
    found: list[str] = []

    def tried(mutation: Mutation) -> str | None:
        tree = trees.get()
        try:
            return caught(mutation, tree, left_out)
        finally:
            trees.put(tree)

    try:
        for number in range(given.workers):
            shutil.rmtree(COPIES / str(number), ignore_errors=True)
            trees.put(Path(shutil.copytree(ROOT, COPIES / str(number), ignore=LEFT_OUT)))
        with ThreadPoolExecutor(given.workers) as pool:
            while drawn and (left := given.count - len(found)) > 0:
                batch, drawn = drawn[:left], drawn[left:]
                for one, by in zip(batch, pool.map(tried, batch), strict=True):
                    if by is not None:
                        found.append(by)
                        said = f"caught by {by}" if by else "NOT CAUGHT"
                        where = f"{one.file}:{one.line}: {one.before} -> {one.after}"
                        print(f"{said}\t{where}", flush=True)  # noqa: T201
    finally:
        shutil.rmtree(COPIES)
    print(f"{sum(map(bool, found))} of {len(found)} caught")  # noqa: T201


if __name__ == "__main__":
    main()
