"""Compiled functions are loaded from disk, without numba's compiler."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from numba import typeof

import corridors
from corridors.cached_code import _described_type
from tests.conftest import LONG, in_both

SHIPPED = Path(corridors.__file__).parent
CODE = """
import sys
import numpy as np
from corridors.routing.dated.compiled_search import lower_bounds
first, tail, weight = np.array([0, 0, 1, 3]), np.array([0, 0, 1]), np.array([5, 9, 3])
least, heap, place = np.full(3, 1 << 60), np.full(3, -1), np.full(3, -1)
lower_bounds(first, tail, weight, 2, least, heap, place, 0)
print(least.tolist())
"""
LOADED = 'print(lower_bounds.stats.cache_hits != {}, "numba.np.arraymath" in sys.modules)'


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """Return a folder with what a first run compiled, and what that printed."""
    folder = tmp_path_factory.mktemp("compiled")
    return folder, lines(CODE + LOADED, NUMBA_CACHE_DIR=str(folder))


def test_a_function_compiled_before_is_loaded_without_the_compiler(
    compiled: tuple[Path, list[str]],
) -> None:
    # Nor is the counting of references compiled again.
    refused = "import numba.core.runtime.nrtdynmod as made\nmade.create_nrt_module = None\n"
    folder, first = compiled
    then = lines(refused + CODE + LOADED, NUMBA_CACHE_DIR=str(folder))
    # 0 to 2 by 1: 5 and 3, less than 9.
    assert first == ["[8, 3, 0]", "False True"]
    assert then == ["[8, 3, 0]", "True False"]


def test_without_compilation_the_functions_are_plain_python() -> None:
    assert lines(CODE, NUMBA_DISABLE_JIT="1") == ["[8, 3, 0]"]


def lines(code: str, *, folder: Path | None = None, **settings: str) -> list[str]:
    return run(code, folder=folder, **settings).stdout.splitlines()


def run(
    code: str, *, folder: Path | None = None, **settings: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )


@pytest.mark.long
def test_without_a_folder_that_can_be_written_to_the_code_is_kept_for_this_run(
    tmp_path: Path,
) -> None:
    (tmp_path / "tmp").mkdir()
    # numba left with the one place that a user names, and none named.
    shut = (
        "from numba.core import caching\n"
        "caching.CacheImpl._locator_classes = [caching.UserProvidedCacheLocator]\n"
    )
    environment = {name: value for name, value in os.environ.items() if "NUMBA" not in name}
    done = subprocess.run(
        [sys.executable, "-c", shut + CODE],
        env={**environment, "TMPDIR": str(tmp_path / "tmp")},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout == "[8, 3, 0]\n"
    assert done.stderr == (
        "corridors: the searches are compiled for this run only; set NUMBA_CACHE_DIR to a folder"
        " that only you can write to, so that it is done once\n"
    )
    assert list((tmp_path / "tmp").iterdir()) == []


CLOCK = """
import math
import numpy as np
from corridors.costing import pace
from corridors.engine import compiled

def minutes_through(km, start, paces):
    end, _, _ = run_through(km, start, paces, paces, paces, 0.0, 0.0, None)
    return -1 if end < 0.0 else math.ceil(end - 1e-6) - start

def days(km, paces):
    return minutes_through(km, 0, paces) / 1440

run_through = compiled(pace.run_through)
minutes_through = compiled(minutes_through, run_through=run_through)
print(compiled(days, minutes_through=minutes_through)(200.0, np.array([6.0, 3.0])))
"""


@pytest.mark.long
def test_an_edit_of_what_a_compiled_function_calls_takes_effect_until_it_is_reverted(
    tmp_path: Path,
) -> None:
    package = tmp_path / "corridors"
    shutil.copytree(SHIPPED, package, ignore=shutil.ignore_patterns("__pycache__", "_data"))
    (tmp_path / "clock.py").write_text(CLOCK, encoding="utf-8")

    def days() -> tuple[str, bool]:
        kept = {*tmp_path.glob("code/*/*.code")}
        environment = {"PYTHONPATH": str(tmp_path), "NUMBA_CACHE_DIR": str(tmp_path / "code")}
        (told,) = lines("import clock", folder=tmp_path, **environment)
        return told, {*tmp_path.glob("code/*/*.code")} == kept

    def edited(*edits: tuple[str, str, str]) -> tuple[str, bool]:
        sources = {file: (package / file).read_text(encoding="utf-8") for file, _, _ in edits}
        for file, old, new in edits:
            assert sources[file].count(old) == 1
            (package / file).write_text(sources[file].replace(old, new), encoding="utf-8")
        told = days()
        for file, source in sources.items():
            (package / file).write_text(source, encoding="utf-8")
        return told

    # 200 km at 6 minutes a km are 1,200 minutes of the first day.
    assert days() == (f"{1200 / 1440}", False)
    # With days of 720 minutes, 120 km are run on the first and 80 at 3 minutes on the second: 960.
    # What another function returns is an hour later.
    later = edited(
        ("units.py", "MINUTES_PER_DAY = 1440", "MINUTES_PER_DAY = 720"),
        ("costing/pace.py", "return clock + minutes,", "return clock + minutes + 60,"),
    )
    assert later == (f"{1020 / 1440}", False)
    # The first code is found again, also beside a comment, which is no part of what runs.
    again = edited(("costing/pace.py", "day = int(", "# A comment.\n    day = int("))
    assert again == (f"{1200 / 1440}", True)


@pytest.mark.long
@in_both
def test_damaged_code_is_never_run_but_compiled_again(
    compiled: tuple[Path, list[str]], tmp_path: Path
) -> None:
    shutil.copytree(compiled[0], tmp_path, dirs_exist_ok=True)

    def told() -> tuple[str, str]:
        done = run(CODE, NUMBA_CACHE_DIR=str(tmp_path))
        return done.stdout, done.stderr

    kept = [*tmp_path.rglob("*.code")]
    assert len(kept) == 2
    one, other = (path.read_bytes() for path in kept)
    # Each of the four damages to a file of its own in `make test-long`; two of them in the gate.
    for damaged in (
        (one[:-99] + bytes([one[-99] ^ 1]) + one[-98:], random.Random(1).randbytes(len(other))),
        *[(one[: len(one) // 2], b"")] * LONG,
    ):
        for path, content in zip(kept, damaged, strict=True):
            path.write_bytes(content)
        answer, said = told()
        assert answer == "[8, 3, 0]\n"
        assert said == f"corridors: damaged compiled code in {kept[0].parent} is compiled again\n"
    assert told() == ("[8, 3, 0]\n", "")


class There(NamedTuple):
    tail: int
    head: int


class Back(NamedTuple):
    head: int
    tail: int


def test_tuples_of_other_fields_are_of_other_code() -> None:
    there, back = (_described_type(typeof((made(1, 2), 1))) for made in (There, Back))  # type: ignore[no-untyped-call]
    assert "('tail', 'head')" in there
    assert "('head', 'tail')" in back
