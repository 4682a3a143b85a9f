"""The process of HiGHS: frames of requests and answers."""

from __future__ import annotations

import subprocess
import sys

from corridors.optimise import highs_process


def test_lines_that_highs_prints_do_not_stand_between_its_answers() -> None:
    printing = (
        "import os; from corridors.optimise import highs_process as highs;"
        "highs.answer_to = lambda head, model: os.write(1, b'tmpSolver.run();') and head + model;"
        "highs.main()"
    )
    asked = b"".join(highs_process.LENGTH.pack(len(frame)) + frame for frame in (b"ab", b"cd"))
    run = subprocess.run(
        [sys.executable, "-c", printing], input=asked, capture_output=True, check=True
    )
    assert run.stdout == highs_process.LENGTH.pack(4) + b"abcd"
