"""Kill every command that writes at random moments, and look at what it leaves.

Run it with `make check-kills`; it takes half an hour on an idle machine. After each kill nothing
may be half-written, after Ctrl-C and SIGTERM nothing may be left, and the next run must end in the
bytes of an undisturbed one, and leave no temporary file or folder of the killed one.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.batch.samples import CODE, ROOT, batch_file
from validation.fuzz import seeds

PLAN = """\
first_month: 2026-08
months: 1
departures: [20]
corridors: [kazakhstan-petropavl, kazakhstan-khorgos, suez]
pairs:
  - {origin: Chongqing, destination: Duisburg, teu_per_month: 900, max_days: 30}
"""
WORKS = """\
budget_usd_m: 1500
projects: [khorgos-second-terminal, malaszewicze]
allocation:
  first_month: 2031-03
  months: 1
  departures: [10]
  corridors: [kazakhstan-petropavl, kazakhstan-khorgos, suez]
  unmet_usd_per_teu: 12000
  pairs:
    - {origin: Chongqing, destination: Lodz, teu_per_month: 9000}
"""
OSM = str(seeds.OSM_FOLDER / "helsinki-rail.osm")
OVER = "fuel.vlsfo_usd_per_t"
# Every command that writes, but for its folder, which comes last.
COMMANDS = {
    "compare": ["compare", "base.yaml", "--out"],
    "batch": ["batch", "b.yaml", "--workers", "2", "--resume", "--out"],
    "allocate": ["allocate", "plan.yaml", "--out"],
    "invest": ["invest", "works.yaml", "--out"],
    "simulate": ["simulate", "base.yaml", "--draws", "256", "--out"],
    "breakeven": ["breakeven", "base.yaml", "--over", OVER, "--out"],
    "phase": ["phase", "base.yaml", "--x", OVER, "--y", "value_of_time", "--out"],
    "stress": ["stress", "base.yaml", "--kinds", "gates", "--out"],
    "season": ["season", "northern-sea-route", "--year", "2024", "--out"],
    "catchments": ["catchments", "base.yaml", "--to", "Hamburg", "--to", "Genoa", "--out"],
    "diff": ["diff", "base.yaml", "dear.yaml", "--out"],
    "network osm": ["network", "osm", OSM, "--country", "FI", "--system", "1520", "--out"],
    "network export": ["network", "export", "--out"],
    "network import": ["network", "import", "gmns", "--out"],
    "schema": ["schema", "--out"],
    "distances": ["distances", "Shanghai", "Rotterdam", "--ways"],
    "gallery": ["gallery"],
}
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
PART = ("batch.journal", "data")


@dataclass(frozen=True, slots=True)
class Fault:
    """What was wrong after a kill."""

    what: str


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the contents of a folder by path."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def out_of(command: str) -> str:
    """Return the folder, or the file in it, that a command is given."""
    return "out/ways.geojson" if command == "distances" else "out"


def begin(folder: Path, command: str, *, told: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    """Start a command in a folder; `told` is where its standard error goes."""
    (folder / "tmp").mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-c", CODE, *COMMANDS[command], out_of(command)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder / "tmp")},
        stdout=subprocess.DEVNULL,
        stderr=told,
        start_new_session=True,
    )


def group_of(leader: int) -> list[int]:
    """Return the processes of a session that live."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                cells = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(cells[3]) == leader and cells[0] != "Z":
                found.append(int(entry.name))
    return found


def faults_after(
    folder: Path,
    number: signal.Signals,
    whole: dict[str, bytes],
    *,
    kept: bool,
    temporary: set[Path],
) -> list[Fault]:
    """Return what is wrong in a folder after a kill, whose earlier results were `kept`.

    `temporary` are the temporary files of before.
    """
    out = folder / "out"
    there = files_of(out) if out.exists() else {}
    faults = []
    for name, content in there.items():
        part = name.split("/")[0] in PART or "/.part-" in name
        if "/.writing-" in f"/{name}" or name.endswith(".writing"):
            if number is not signal.SIGKILL and not part and not name.startswith(".batch"):
                faults.append(Fault(f"left {name}"))
        elif name != "batch.journal" and content != whole.get(name):
            faults.append(Fault(f"half-written {name}"))
    if kept and not set(whole) <= set(there):
        faults.append(Fault("removed earlier results"))
    if number is not signal.SIGKILL and set((folder / "tmp").iterdir()) - temporary:
        faults.append(Fault("left temporary files"))
    return faults


def one(
    command: str, folder: Path, whole: dict[str, bytes], took: float, draw: random.Random
) -> tuple[str, list[Fault]]:
    """Kill a run once, look, and run it again; return the signal and the faults."""
    out = folder / "out"
    # Half of the runs replace an earlier result; a batch would have nothing to do.
    kept = command != "batch" and draw.random() < 0.5
    if not kept and out.exists():
        shutil.rmtree(out)
    number = draw.choice(SIGNALS)
    temporary = set((folder / "tmp").iterdir())
    child = begin(folder, command)
    # Most of them late, where files are written.
    time.sleep(took * min(1.02, draw.random() ** 0.5 * 1.05))
    child.send_signal(number)
    child.wait()
    for _ in range(100):
        if not (living := group_of(child.pid)):
            break
        time.sleep(0.1)
    faults = faults_after(folder, number, whole, kept=kept, temporary=temporary)
    if living:
        faults.append(Fault(f"left {len(living)} processes"))
    again = begin(folder, command)
    if again.wait() != 0:
        faults.append(Fault(f"the next run ended with {again.returncode}"))
    if files_of(out) != whole:
        faults.append(Fault("the next run ended in other files"))
    if any(path.name.startswith(".") for path in out.rglob("*")):
        faults.append(Fault("the next run left temporary folders"))
    if any((folder / "tmp").iterdir()):
        faults.append(Fault("the next run left temporary files"))
    return number.name, faults


def write_inputs(folder: Path) -> None:
    """Write what the commands read."""
    batch_file(folder)
    text = (folder / "base.yaml").read_text(encoding="utf-8")
    (folder / "dear.yaml").write_text(f"{text}overrides: {{{OVER}: 900}}\n", encoding="utf-8")
    (folder / "plan.yaml").write_text(PLAN, encoding="utf-8")
    (folder / "works.yaml").write_text(WORKS, encoding="utf-8")
    (folder / "gmns").mkdir()
    for name, rows in (("node", seeds.NODES), ("link", seeds.LINKS), ("config", seeds.CONFIG)):
        table = "".join(",".join(map(seeds.quoted, row)) + "\n" for row in rows)
        (folder / "gmns" / f"{name}.csv").write_text(table, encoding="utf-8")


def main() -> int:
    """Run the campaign and print a line per command; return 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("commands", nargs="*", default=list(COMMANDS))
    parser.add_argument("--kills", type=int, default=4, help="kills of each command")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    wrong = 0
    for command in asked.commands:
        draw = random.Random(f"{asked.seed} {command}")
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_inputs(folder)
            began = time.monotonic()
            code = begin(folder, command).wait()
            took = time.monotonic() - began
            assert code == 0, f"{command} ended with {code}"
            whole = files_of(folder / "out")
            signals: Counter[str] = Counter()
            found: Counter[str] = Counter()
            for _ in range(asked.kills):
                number, faults = one(command, folder, whole, took, draw)
                signals[number] += 1
                found.update(fault.what for fault in faults)
            wrong += found.total()
            drawn = ", ".join(f"{signals[number.name]} {number.name}" for number in SIGNALS)
            told = f"{command}: {took:.1f} s, {drawn}: {dict(found) or 'nothing wrong'}"
            print(told, flush=True)  # noqa: T201
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
