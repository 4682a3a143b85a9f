"""Run changed inputs against every loader in this process, and print what came of them.

`make fuzz` runs it for half an hour, `make fuzz-short` for seconds. Every target gets the same
time, slow ones half of it. The first tenth runs under `coverage`, to say which branches of the
loaders are reached. An input that raises anything but a CorridorsError, whose message is long or
cannot be printed, or that takes longer than ten seconds is written to `--found`.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

from corridors.errors import LONGEST_FAULT, UNPRINTABLE, CorridorsError

# Of processor time: by the clock, a busy machine would decide what is slow.
SLOW_SECONDS = 10.0
ROUND_SECONDS = 0.25
COVERED_SHARE = 0.1
LOADERS = (
    *("corridors/data/own/*", "corridors/data/spreadsheets.py"),
    *("corridors/exchange/network_files.py", "corridors/exchange/model.py"),
    *("corridors/network/land/osm.py", "corridors/errors.py"),
    *("corridors/studies/batch/scenarios.py", "corridors/studies/saved.py"),
    *("corridors/config/batch_files.py", "corridors/config/checks.py"),
    *("corridors/config/config_files.py", "corridors/config/corridors.py"),
    *("corridors/config/faults.py", "corridors/config/models.py"),
    *("corridors/config/plan.py", "corridors/config/plan_models.py"),
    *("corridors/config/projects.py", "corridors/config/scenario.py"),
)


class SlowError(BaseException):
    """An input takes too long."""


def stop_slow(_number: int, _frame: FrameType | None) -> None:
    """End an input that takes too long."""
    raise SlowError


def fault_in(error: CorridorsError) -> str:
    """Return what is wrong with the message of an error, empty if nothing."""
    lines = str(error).split("\n")
    if len(lines) > 21:
        return f"a message of {len(lines)} lines"
    for line in lines:
        if len(line) > LONGEST_FAULT:
            return f"a message of {len(line)} characters"
        if UNPRINTABLE.search(line):
            return "a message that cannot be printed"
    return "" if lines[0] else "an empty message"


class Campaign:
    """Runs the targets, and counts what came of their inputs."""

    def __init__(self, folder: Path, found: Path, seed: int) -> None:
        from validation.fuzz.targets import TARGETS

        self.targets = TARGETS
        self.folder = folder
        self.found = found
        self.draws = {target.name: random.Random(f"{seed} {target.name}") for target in TARGETS}
        self.counts = {target.name: Counter[str]() for target in TARGETS}
        self.seconds = dict.fromkeys(self.draws, 0.0)
        self.slowest = dict.fromkeys(self.draws, 0.0)
        self.faults: Counter[str] = Counter()
        self.number = 0

    def run(self, seconds: float) -> None:
        """Run the targets in turn for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            target = min(self.targets, key=lambda one: self.seconds[one.name] / one.share)
            began = time.monotonic()
            while time.monotonic() - began < ROUND_SECONDS:
                self.one(target)
            self.seconds[target.name] += time.monotonic() - began

    def one(self, target: Any) -> None:
        """Draw and load one input."""
        draw = self.draws[target.name]
        given, structured = target.make(draw)
        counts = self.counts[target.name]
        counts["inputs"] += 1
        counts["structured"] += structured
        # A name of its own: what is read is kept by name, time and size.
        self.number += 1
        place = self.folder / str(self.number)
        if target.file:
            place.mkdir()
            path = place / target.file
            if isinstance(given, dict):
                path.mkdir()
                for name, content in given.items():
                    (path / name).write_bytes(content)
            else:
                path.write_bytes(given)
        began = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, SLOW_SECONDS)
        wrong = ""
        try:
            target.run(path if target.file else given)
            counts["accepted"] += 1
        except CorridorsError as error:
            wrong = fault_in(error)
        except SlowError:
            wrong = f"took longer than {SLOW_SECONDS:g} s"
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            inside = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(inside.filename).name}:{inside.lineno}"
            wrong = f"{type(error).__name__} at {where}: {str(error)[:100]}"
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        took = time.process_time() - began
        self.slowest[target.name] = max(self.slowest[target.name], took)
        if wrong:
            self.keep(target, wrong, path if target.file else None, given)
        if target.file:
            shutil.rmtree(place)

    def keep(self, target: Any, wrong: str, path: Path | None, given: Any) -> None:
        """Count a fault, and keep the first inputs of each."""
        what = f"{target.name}: {wrong}"
        self.counts[target.name]["faults"] += 1
        self.faults[what] += 1
        if self.faults[what] > 3:
            return
        self.found.mkdir(parents=True, exist_ok=True)
        name = f"{target.name}-{len(list(self.found.iterdir())):04d}"
        (self.found / f"{name}.txt").write_text(
            f"{what}\n{given!r}\n", encoding="utf-8", errors="replace"
        )
        if path is not None and path.is_file():
            shutil.copy(path, self.found / f"{name}-{path.name}")


def measured(campaign: Campaign, seconds: float) -> tuple[int, int]:
    """Run under `coverage`; return how many branches of the loaders were reached, of how many."""
    import coverage

    root = Path(__file__).parents[2]
    tool = coverage.Coverage(
        branch=True,
        data_file=None,
        config_file=False,
        include=[str(root / name) for name in LOADERS],
    )
    tool.start()
    campaign.run(seconds)
    tool.stop()
    report = campaign.folder / "coverage.json"
    held = sys.stdout
    sys.stdout = io.StringIO()
    try:
        tool.json_report(outfile=str(report))
    finally:
        sys.stdout = held
    told = json.loads(report.read_text())
    for name, file in sorted(told["files"].items()):
        sums = file["summary"]
        if sums["num_branches"]:
            share = sums["covered_branches"] / sums["num_branches"]
            lacking = file["missing_branches"][:12]
            say(f"  {share:5.0%} of {sums['num_branches']:4} branches of {name}: not {lacking}")
    return told["totals"]["covered_branches"], told["totals"]["num_branches"]


def say(text: str) -> None:
    """Print a line."""
    print(text, flush=True)  # noqa: T201


def main() -> int:
    """Run the campaign; return 1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--coverage", action="store_true", help="say which branches are reached")
    parser.add_argument("--found", type=Path, default=Path("fuzz-found"))
    asked = parser.parse_args()
    signal.signal(signal.SIGPROF, stop_slow)
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        campaign = Campaign(Path(name), asked.found, asked.seed)
        began = time.monotonic()
        reached = None
        if asked.coverage:
            reached = measured(campaign, asked.seconds * COVERED_SHARE)
        campaign.run(asked.seconds - (time.monotonic() - began))
        took = time.monotonic() - began
    say("target             inputs  structured  accepted  faults  slowest")
    for target, counts in campaign.counts.items():
        shown = f"{counts['inputs']:>9,} {counts['structured']:>11,} {counts['accepted']:>9,}"
        say(f"{target:16}{shown} {counts['faults']:>7,} {campaign.slowest[target]:>7.2f} s")
    total = sum((counts for counts in campaign.counts.values()), Counter[str]())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    share = total["structured"] / total["inputs"]
    say(
        f"{total['inputs']:,} inputs in {took:,.0f} s, {share:.0%} changed in structure,"
        f" {total['accepted']:,} accepted; {total['faults']:,} faults; slowest"
        f" {max(campaign.slowest.values()):.2f} s; peak {peak:.0f} MB"
    )
    if reached is not None:
        share = reached[0] / reached[1]
        say(f"{reached[0]:,} of {reached[1]:,} branches of the loaders reached ({share:.1%})")
    for what, count in campaign.faults.most_common():
        say(f"! {count:,} times {what}")
    return int(bool(campaign.faults))


if __name__ == "__main__":
    sys.exit(main())
