"""Changed command lines in processes of their own, as a user runs them: `make fuzz` runs 2,000.

Exit codes may be 0, 2 and 3. Nothing may show a traceback, or take longer than ten seconds or more
than 500 MB. The processes are forks of one that has imported the program, which saves half a second
each.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from corridors.cli.main import run
from corridors.errors import LONGEST_FAULT, UNPRINTABLE
from validation.fuzz import seeds
from validation.fuzz.mutators import arguments_changed, bytes_changed, tree_changed, tree_text
from validation.fuzz.targets import COMMANDS, EVERY

SLOW_SECONDS = 10.0
GIVEN_UP_SECONDS = 60
MOST_MB = 500.0
ALLOWED = (0, 2, 3)
# How lines about a fault of the program begin; its help has the same words, in others.
TOLD_BY_FAULTS = ("Traceback (most", "This is an error in the program")
# What computes for long when it is not refused runs on a small question.
QUICK = (
    *[command for command in COMMANDS if command[0] in {"schema", "list", "season", "batch"}],
    ["compare", "a.yaml"],
    ["check", "a.yaml"],
    ["check", "a.csv"],
    ["explain", "a.yaml", "suez"],
    ["route", "Shanghai", "Hamburg", "--corridor", "suez"],
    ["distances", "Shanghai", "Rotterdam", "--format", "json"],
    ["diff", "a.yaml", "b.yaml", "--corridor", "suez"],
    ["batch", "a.yaml", "--out", "x", "--dry-run"],
    ["allocate", "a.yaml"],
    ["invest", "a.yaml"],
    ["design", "a.yaml"],
    ["book", "a.yaml"],
    ["new", "scenario", "n.yaml", "--from", "Xi'an", "--to", "Gdansk"],
    ["catchments", "a.yaml", "--to", "Hamburg", "--to", "Genoa"],
    ["simulate", "a.yaml", "--draws", "16", "--seed", "1"],
    ["breakeven", "a.yaml", "--over", "port.thc", "--from", "1", "--to", "9"],
    ["network", "export", "--no-sea", "--as", "gmns", "--out", "x"],
    ["network", "import", "a.graphml", "--out", "own"],
    ["network", "osm", "a.osm", "--country", "FI", "--out", "own"],
)


def write_files(folder: Path, draw: random.Random) -> None:
    """Write a changed file of each kind."""
    words = seeds.words()
    valid = draw.choice(EVERY)
    tree = tree_changed(valid, draw, words=words, others=EVERY)
    (folder / "a.yaml").write_bytes(tree_text(tree, draw))
    # What it was, for a difference of a few inputs: each takes two comparisons.
    (folder / "b.yaml").write_bytes(tree_text(valid, draw))
    for name, text in (
        ("a.csv", "\n".join(",".join(row) for row in seeds.TERMINALS)),
        ("a.graphml", "\n".join(seeds.graphml_lines())),
        ("a.osm", "\n".join(seeds.osm_lines())),
    ):
        (folder / name).write_bytes(bytes_changed(text.encode(), draw))


@dataclass(frozen=True, slots=True)
class End:
    """How a process ended: its exit code, what it told, seconds of the processor, and MB."""

    code: int
    told: str
    took: float
    peak_mb: float


def ended(folder: Path, arguments: list[str], *, wait_s: float = 10.0 * GIVEN_UP_SECONDS) -> End:
    """Run a command line in a fork of this process, for at most a minute of the processor.

    One that waits for ever uses no processor, and is given `wait_s` seconds.
    """
    child = os.fork()
    if child == 0:
        _become(folder, arguments)
    began = time.perf_counter()
    while True:
        done, status, used = os.wait4(child, os.WNOHANG)
        if done:
            break
        if time.perf_counter() - began > wait_s:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.002)
    told = (folder / "stderr").read_text(encoding="utf-8", errors="replace")
    code = os.waitstatus_to_exitcode(status)
    # Of processor time: by the clock, a busy machine would decide what is slow.
    return End(code, told, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _become(folder: Path, arguments: list[str]) -> NoReturn:
    """Turn a fork into the command line, as if it had been started."""
    code = 1
    resource.setrlimit(resource.RLIMIT_CPU, (GIVEN_UP_SECONDS, GIVEN_UP_SECONDS))
    try:
        os.chdir(folder)
        for number, name in ((1, "stdout"), (2, "stderr")):
            os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        try:
            run(arguments)
        except SystemExit as ending:
            code = ending.code if isinstance(ending.code, int) else 1
        except BaseException as error:  # noqa: BLE001 - as the interpreter does at its end
            sys.excepthook(type(error), error, error.__traceback__)
        sys.stdout.flush()
    finally:
        os._exit(code)


def fault_of(end: End, *, slow: float = SLOW_SECONDS) -> str:
    """Return what is wrong with the end of a command, empty if nothing."""
    lines = end.told.splitlines()
    if end.code not in ALLOWED:
        return f"exit code {end.code}: {end.told[-200:]}"
    if any(line.startswith(TOLD_BY_FAULTS) for line in lines):
        return end.told[-200:]
    if any(len(line) > LONGEST_FAULT for line in lines):
        return f"a line of {max(map(len, lines))} characters"
    if any(UNPRINTABLE.search(line) for line in lines):
        return f"a control character: {end.told[:200]!r}"
    return f"took {end.took:.1f} s" if end.took > slow else ""


def keep(folder: Path, as_file: Path) -> None:
    """Copy the changed scenario of a command line."""
    as_file.parent.mkdir(parents=True, exist_ok=True)
    as_file.write_bytes((folder / "a.yaml").read_bytes())


def main() -> int:
    """Run changed command lines; return 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--found", type=Path, default=Path("fuzz-found"))
    asked = parser.parse_args()
    draw = random.Random(asked.seed)
    codes: Counter[int] = Counter()
    faults: list[str] = []
    heaviest: dict[str, tuple[float, list[str]]] = {"slowest": (0.0, []), "peak": (0.0, [])}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for _ in range(asked.count):
            write_files(folder, draw)
            arguments = draw.choice(QUICK)
            if draw.random() < 0.7:
                arguments = arguments_changed(arguments, draw, words=seeds.words())
            if arguments[:1] == ["batch"]:
                # A batch takes as long as its scenarios do, and may have hundreds of them.
                arguments = [*arguments, "--dry-run"]
            arguments = [each.encode("utf-8", "replace").decode() for each in arguments]
            end = ended(folder, arguments)
            for what, figure in (("slowest", end.took), ("peak", end.peak_mb)):
                if figure > heaviest[what][0]:
                    heaviest[what] = figure, arguments
                    keep(folder, asked.found / f"{what}.yaml")
            codes[end.code] += 1
            if wrong := fault_of(end):
                faults.append(f"{arguments!r}: {wrong}")
                # At once: a run that is stopped has told what it found.
                print(f"! {faults[-1]}", flush=True)  # noqa: T201
                keep(folder, asked.found / f"{len(faults):03d}.yaml")
    ends = ", ".join(f"{count:,} times {code}" for code, count in sorted(codes.items()))
    (slowest, slow), (peak, large) = heaviest.values()
    most = f"slowest {slowest:.1f} s, peak {peak:.0f} MB"
    say = [f"{asked.count:,} command lines: exit code {ends}; {most}"]
    say += [f"slowest: {slow!r}, slowest.yaml", f"peak: {large!r}, peak.yaml"]
    if peak > MOST_MB:
        faults.append(f"{large!r}: {peak:.0f} MB")
        say.append(f"! {faults[-1]}")
    print("\n".join(say))  # noqa: T201
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
