"""How long it takes to close every gate of the best way, and pairs of them."""

from __future__ import annotations

import statistics
import time

import pytest

from corridors.config import load_scenario
from corridors.studies.stress.run import stress

pytestmark = pytest.mark.benchmark
SECONDS = 5.0


def test_stress_over_all_gates_ends_within_five_seconds() -> None:
    asked = load_scenario("shanghai-europe")
    stress(asked, kinds=("gates",))
    took = []
    for _ in range(5):
        start = time.perf_counter()
        found = stress(asked, kinds=("gates",))
        took.append(time.perf_counter() - start)
    assert found is not None
    print(  # noqa: T201
        f"\nstress, gates and pairs: {len(found.rows)} closures, {statistics.median(took):.2f} s"
    )
    assert statistics.median(took) < SECONDS
