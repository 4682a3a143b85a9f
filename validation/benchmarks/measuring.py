"""Clocks for processes and for work in this process, and the ports of sea distances."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from corridors.errors import PlaceError
from corridors.network.locate import Place, world_ports
from corridors.network.sea.sea_distances import sea_network

ROOT = Path(__file__).parents[2]
BYTES_PER_MIB = 1024.0**2
PORTS = 200
NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"
# The child reports its own peak: what `wait4` reports includes that of the parent it was forked
# from.
COMMAND = """
import atexit, resource, sys
from corridors.cli.main import run

def report():
    try:
        lines = open("/proc/self/status").read().splitlines()
        peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(peak, file=sys.stderr)

atexit.register(report)
run()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """Python code to run as a process, with its arguments, in a checkout."""

    code: str
    arguments: tuple[str, ...] = ()
    root: Path = ROOT

    def start(self, *, folder: Path | None = None) -> subprocess.Popen[str]:
        """Start the process in a folder, by default in its checkout.

        It writes bytecode, as an installed program has it, even if this process does not.
        """
        kept = {key: text for key, text in os.environ.items() if key != NO_BYTECODE}
        paths = (str(self.root), kept.get("PYTHONPATH", ""))
        return subprocess.Popen(
            [sys.executable, "-c", self.code, *self.arguments],
            cwd=folder or self.root,
            env={**kept, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A process that has ended: wall time in seconds, and what it printed."""

    seconds: float
    printed: str
    errors: str

    @property
    def peak_mib(self) -> float:
        """The peak memory in MiB that a `COMMAND` reports."""
        # Linux gives KiB, macOS bytes.
        unit = 1.0 if sys.platform == "darwin" else 1024.0
        return int(self.errors.split()[-1]) * unit / BYTES_PER_MIB


def command(*arguments: str, root: Path = ROOT) -> Process:
    """Return a command of the program, such as `route Shanghai Hamburg`, in a checkout."""
    return Process(code=COMMAND, arguments=arguments, root=root)


def run(process: Process) -> Ended:
    """Run a process to its end.

    Raises
    ------
    RuntimeError
        It failed; the text is what it printed.
    """
    began = time.perf_counter()
    child = process.start()
    printed, errors = child.communicate()
    seconds = time.perf_counter() - began
    if child.returncode:
        msg = f"{' '.join(process.arguments)} failed: {printed}{errors}"
        raise RuntimeError(msg)
    return Ended(seconds=seconds, printed=printed, errors=errors)


def paired(one: Process, other: Process, *, pairs: int) -> list[float]:
    """Return ratios of the wall times of two processes that run in turn.

    Both run once before, which writes bytecode and compiled kernels. Which of the two starts
    alternates from pair to pair.
    """
    for process in (one, other):
        run(process)
    ratios = []
    for number in range(pairs):
        order = (one, other) if number % 2 == 0 else (other, one)
        seconds = {process: run(process).seconds for process in order}
        ratios.append(seconds[one] / seconds[other])
    return ratios


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the CPU time of work in this process, which other programs do not lengthen."""
    began = time.process_time()
    work()
    return time.process_time() - began


@dataclass(slots=True, kw_only=True)
class Watched:
    """Wall time of a process in seconds, and the peak MiB of it and of its largest worker."""

    seconds: float = 0.0
    peaks: dict[str, float] = field(default_factory=lambda: {"parent": 0.0, "worker": 0.0})


def watched(process: Process, *, folder: Path) -> Watched:
    """Run a process with workers in a folder and watch their memory."""
    found = Watched()
    began = time.perf_counter()
    child = process.start(folder=folder)

    def watch() -> None:
        while child.poll() is None:
            for kind, mib in _resident(child.pid):
                found.peaks[kind] = max(found.peaks[kind], mib)
            time.sleep(0.1)

    watcher = threading.Thread(target=watch)
    watcher.start()
    printed, errors = child.communicate()
    watcher.join()
    found.seconds = time.perf_counter() - began
    assert child.returncode == 0, printed + errors
    return found


def _resident(parent: int) -> list[tuple[str, float]]:
    """Return the peak MiB of a process and of its children, where /proc has them."""
    found = []
    try:
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        for kind, process in (("parent", str(parent)), *(("worker", c) for c in children)):
            status = Path(f"/proc/{process}/status").read_text().split()
            found.append((kind, int(status[status.index("VmHWM:") + 1]) / 1024))
    except (OSError, ValueError):
        pass  # it has just ended
    return found


def reached_ports() -> list[Place]:
    """Return 200 ports of the world list, evenly over it, that a lane reaches."""
    graph, found = sea_network().graph(), []
    for port in world_ports()[::13]:
        try:
            graph.access(port)
        except PlaceError:
            continue
        found.append(port)
    return found[:PORTS]
