"""A large plan to its end: pairs of cities over months under scenarios, with space to book.

    python -m validation.campaigns.large_plan --pairs 200 --months 12 --scenarios 10

Two carriers sell space by the Cape and a third through Kazakhstan; scenarios differ in volumes and
in space at spot, which is dearer the more is taken. It writes the answer, its gap, the processor
time and the most memory, and ends with 1 if the bound is above the answer or the gap is not closed.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import threading
from pathlib import Path

import yaml

from corridors.config.plan import load_plan
from corridors.studies.book.run import book_plan
from corridors.units import in_percent
from validation.campaigns.booked import EAST, WEST

# To its end: a plan of contracts has ten minutes otherwise.
TIME_LIMIT_S = 86_400.0
# Cities that have ways both by the Cape and through Kazakhstan.
FROM, TO = EAST[:12], WEST[:13]
KB_PER_GB = 1024.0**2
# How often memory is looked at.
LOOK_S = 0.2
CLOSED_SHARE = 1e-6


def plan_of(pairs: int, months: int, scenarios: int, *, seed: int) -> dict[str, object]:
    """Return a plan of so many pairs; a seed gives the same one each time."""
    chance = random.Random(seed)
    ends = [(one, other) for one in FROM for other in TO]
    chosen = [ends[n % len(ends)] for n in chance.sample(range(2 * len(ends)), pairs)]
    names = {"unused_usd_per_teu": 400, "step_teu": 500, "most_teu_per_month": 1500}
    spot = {
        "spot_teu_per_month": 100.0 * pairs,
        "dearer_spot": [{"teu_per_month": 900.0 * pairs, "usd_per_teu": 120}],
    }
    return {
        "first_month": "2026-01",
        "months": months,
        "departures": [10],
        "objective": "generalised",
        "unmet_usd_per_teu": 12000,
        "perfect_information": False,
        "time_limit_s": TIME_LIMIT_S,
        # Some of the pairs have no price, so that all are answered by cost.
        "scenario": {"price_basis": "cost"},
        "contracts": [
            {"name": "A", "gate": "gate-good-hope", "saves_usd_per_teu": 250, **names, **spot},
            {"name": "B", "gate": "gate-good-hope", "saves_usd_per_teu": 200, **names},
            {"name": "C", "country": "KZ", "saves_usd_per_teu": 150, **names},
        ],
        "scenarios": [
            {
                "name": f"S{n}",
                "probability": 1.0 / scenarios,
                "demand": 0.7 + 0.9 * n / max(1, scenarios - 1),
                "spot": 1.5 - n / max(1, scenarios - 1),
            }
            for n in range(scenarios)
        ],
        "pairs": [
            {
                "name": f"{n}: {one} to {other}",
                "origin": one,
                "destination": other,
                "value_of_time_usd_per_teu_day": chance.choice([15, 30, 60]),
                "teu_per_month": chance.randrange(100, 900, 50),
            }
            for n, (one, other) in enumerate(chosen)
        ],
    }


class Peak:
    """The most memory that this process and the solver's take at one time, from now on.

    What the system counts of a process that has ended begins with that of the one which began it.
    """

    def __init__(self) -> None:
        self._most_kb = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._ended.wait(LOOK_S):
            self._most_kb = max(self._most_kb, sum(map(_resident_kb, _processes())))

    def end(self) -> float:
        """Return it in GB, and look no further."""
        self._ended.set()
        self._thread.join()
        return self._most_kb / KB_PER_GB


def _processes() -> list[Path]:
    tasks = Path("/proc/self/task").glob("*/children")
    return [Path("/proc/self"), *(Path("/proc", n) for one in tasks for n in _read(one).split())]


def _resident_kb(process: Path) -> int:
    lines = _read(process / "status").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def _read(path: Path) -> str:
    # A process may end meanwhile.
    try:
        return path.read_text()
    except OSError:
        return ""


def main() -> int:
    """Solve the plan and write what it took; 1 if it is not proved."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--scenarios", type=int, default=10)
    parser.add_argument("--seed", type=int, default=60)
    chosen = parser.parse_args()
    drawn = plan_of(chosen.pairs, chosen.months, chosen.scenarios, seed=chosen.seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.yaml"
        path.write_text(yaml.safe_dump(drawn, sort_keys=False), encoding="utf-8")
        plan = load_plan(str(path), command="book")
    peak = Peak()
    found = book_plan(plan)
    memory_gb = peak.end()
    own, solver = (os.times()[n] + os.times()[n + 1] for n in (0, 2))
    took = own + solver
    gap_usd = found.value_usd - found.bound_usd
    booked = ", ".join(f"{one.contract.name} {one.teu:,.0f}" for one in found.contracts)
    sys.stdout.write(
        f"{chosen.pairs} pairs, {chosen.months} months, {chosen.scenarios} scenarios:"
        f" book {booked}; USD {found.value_usd:,.2f}, gap {gap_usd:,.2f}"
        f" ({in_percent(gap_usd / found.value_usd, 6)} %);"
        f" {took:,.0f} s of the processor, {memory_gb:.2f} GB\n"
    )
    return int(not -1.0 <= gap_usd <= CLOSED_SHARE * found.value_usd)


if __name__ == "__main__":
    sys.exit(main())
