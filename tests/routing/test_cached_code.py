"""Compiled functions are loaded from disk, without numba's compiler."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CODE = """
import sys
import numpy as np
from corridors.routing.dated.compiled import lower_bounds
first, tail, weight = np.array([0, 0, 1, 3]), np.array([0, 0, 1]), np.array([5, 9, 3])
least, heap, place = np.full(3, 1 << 60), np.full(3, -1), np.full(3, -1)
lower_bounds(first, tail, weight, 2, least, heap, place)
print(least.tolist())
"""
LOADED = 'print(lower_bounds.stats.cache_hits != {}, "numba.np.arraymath" in sys.modules)'


def test_a_function_compiled_before_is_loaded_without_the_compiler(tmp_path: Path) -> None:
    told = [lines(CODE + LOADED, NUMBA_CACHE_DIR=str(tmp_path)) for _ in range(2)]
    # 0 to 2 by 1: 5 and 3, less than 9.
    assert told[0] == ["[8, 3, 0]", "False True"]
    assert told[1] == ["[8, 3, 0]", "True False"]


def test_the_counting_of_references_is_compiled_once(tmp_path: Path) -> None:
    refused = "import numba.core.runtime.nrtdynmod as made\nmade.create_nrt_module = None\n"
    first, then = (lines(code, NUMBA_CACHE_DIR=str(tmp_path)) for code in (CODE, refused + CODE))
    assert first == then == ["[8, 3, 0]"]


def test_without_compilation_the_functions_are_plain_python() -> None:
    assert lines(CODE, NUMBA_DISABLE_JIT="1") == ["[8, 3, 0]"]


def lines(code: str, **settings: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout.splitlines()


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
        " that can be written to, so that it is done once\n"
    )
    assert list((tmp_path / "tmp").iterdir()) == []


def test_code_that_was_cut_off_is_compiled_again(tmp_path: Path) -> None:
    for suffix in ("*.nbi", "*.nbc"):
        assert lines(CODE, NUMBA_CACHE_DIR=str(tmp_path)) == ["[8, 3, 0]"]
        kept = list(tmp_path.rglob(suffix))
        assert kept
        for path in kept:
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert lines(CODE, NUMBA_CACHE_DIR=str(tmp_path)) == ["[8, 3, 0]"]
