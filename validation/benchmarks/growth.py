"""How cost grows: terminals of a network, pairs of a plan, scenarios of a batch."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from corridors.data.geodata import load_terminals
from validation.benchmarks.inputs import write_own_network, write_weekly_batch
from validation.benchmarks.measuring import command, run, watched
from validation.benchmarks.rows import SCENARIO, Run, SkippedError, allocated, new_folder

TIMES = (1, 2, 5, 10)
PAIRS, FEWER_PAIRS, MONTHS = (20, 40, 100, 200), (5, 10, 20), 3
SCENARIOS, FEWER_SCENARIOS = (100, 200, 500, 1_000), (50, 100, 200)
HEAD = ("what", "size", "seconds", "times the first", "peak MiB")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Wall seconds and peak MiB of one size; of a batch, the peak of its largest process."""

    size: int
    seconds: float
    peak_mib: float


def terminals(_: Run) -> Iterator[Step]:
    """Yield `compare` on the shipped network, and on own terminals beside it."""
    shipped = len(load_terminals())
    for times in TIMES:
        with new_folder() as folder:
            own: tuple[str, ...] = ()
            if times > 1:
                write_own_network(folder, terminals=(times - 1) * shipped)
                own = ("--own-data", str(folder))
            process = command("compare", SCENARIO, *own)
            run(process)
            ended = run(process)
        yield Step(size=times * shipped, seconds=ended.seconds, peak_mib=ended.peak_mib)


def pairs(run_: Run) -> Iterator[Step]:
    """Yield `allocate` over three months of LINER-LIB."""
    for count in PAIRS if run_.whole else FEWER_PAIRS:
        ended = allocated(run_, pairs=count, months=MONTHS)
        yield Step(size=count, seconds=ended.seconds, peak_mib=ended.peak_mib)


def scenarios(run_: Run) -> Iterator[Step]:
    """Yield `batch` with two workers over fifty weeks."""
    run(command("compare", SCENARIO))  # compiles
    for count in SCENARIOS if run_.whole else FEWER_SCENARIOS:
        with new_folder() as folder:
            write_weekly_batch(folder, scenarios=count)
            arguments = ("batch", "b.yaml", "--out", "out", "--workers", "2")
            found = watched(command(*arguments), folder=folder)
        yield Step(size=count, seconds=found.seconds, peak_mib=max(found.peaks.values()))


GROWTH: dict[str, Callable[[Run], Iterator[Step]]] = {
    "terminals of a network": terminals,
    "pairs of a plan, 3 months": pairs,
    "scenarios of a batch, 2 workers": scenarios,
}


def growth_line(what: str, step: Step, first: Step) -> str:
    """Return the line of a size in the table."""
    cells = (
        what,
        f"{step.size:,}",
        f"{step.seconds:.1f}",
        f"{step.seconds / first.seconds:.1f} (size {step.size / first.size:.1f})",
        f"{step.peak_mib:,.0f}",
    )
    return f"| {' | '.join(cells)} |"


def growth_table(run_: Run) -> list[str]:
    """Return the lines of the table; each is also printed once it is known."""
    lines = []

    def say(line: str) -> None:
        lines.append(line)
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    say(f"| {' | '.join(HEAD)} |")
    say(f"|{'---|' * len(HEAD)}")
    for what, measure in GROWTH.items():
        first = None
        try:
            for step in measure(run_):
                first = first or step
                say(growth_line(what, step, first))
        except SkippedError as skipped:
            say(f"| {what} | - | skipped: {skipped} | - | - |")
    return lines
