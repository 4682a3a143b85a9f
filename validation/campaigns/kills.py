"""Kill every command that writes at random moments, and look at what it leaves.

Run it with `make check-kills`; it takes half an hour on an idle machine. After each kill nothing
may be half-written, after Ctrl-C and SIGTERM nothing may be left, and the next run must end in the
bytes of an undisturbed one, and leave no temporary file or folder of the killed one. Where Ctrl-C
ends a search with the best found, its files are whole, if others. `serve` is killed while it makes
files; the next one must answer the same.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.request import Request, urlopen

from corridors.server.questions import values_of
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
  months: 12
  departures: [10]
  corridors: [kazakhstan-petropavl, kazakhstan-khorgos, suez]
  unmet_usd_per_teu: 12000
  pairs:
    - {origin: Chongqing, destination: Lodz, teu_per_month: 9000}
"""
DESIGN = """\
first_month: 2026-01
services:
  - {name: Train, corridor: kaliningrad-zabaikalsk, departures_per_week: [1, 2]}
alternatives: none
unmet_usd_per_teu: 9000
scenario: {world: reference-open}
pairs:
  - {origin: Shanghai, destination: Kaliningrad, value_of_time_usd_per_teu_day: 40,
     teu_per_month: 600}
"""
BOOK = """\
first_month: 2026-09
months: 1
departures: [10]
corridors: [kazakhstan-dostyk, cape]
unmet_usd_per_teu: 15000
contracts:
  - {name: Russia, country: RU, saves_usd_per_teu: 300, unused_usd_per_teu: 900, step_teu: 100,
     most_teu_per_month: 200}
scenarios:
  - {name: Open, probability: 0.8}
  - {name: Closed, probability: 0.2, set: {closures: [{place: RU}]}}
pairs:
  - {origin: Chongqing, destination: Duisburg, value_of_time_usd_per_teu_day: 120,
     teu_per_month: 150}
"""
BOXES = """\
period,way,teu,usd_per_teu,days
2021,ships,96000,3000,40
2021,trains,4000,4000,20
2022,ships,93000,5000,40
2022,trains,7000,4000,20
2023,ships,98000,1500,40
2023,trains,2000,4000,20
"""
OSM = str(seeds.OSM_FOLDER / "helsinki-rail.osm")
OVER = "fuel.vlsfo_usd_per_t"
# Every command that writes, but for its folder, which comes last.
COMMANDS = {
    "compare": ["compare", "base.yaml", "--out"],
    "batch": ["batch", "b.yaml", "--workers", "2", "--resume", "--out"],
    "allocate": ["allocate", "plan.yaml", "--out"],
    "invest": ["invest", "works.yaml", "--out"],
    "design": ["design", "design.yaml", "--out"],
    "book": ["book", "book.yaml", "--out"],
    "simulate": ["simulate", "base.yaml", "--draws", "256", "--out"],
    "breakeven": ["breakeven", "base.yaml", "--over", OVER, "--out"],
    "phase": ["phase", "base.yaml", "--x", OVER, "--y", "value_of_time", "--out"],
    "stress": ["stress", "base.yaml", "--kinds", "gates", "--out"],
    "season": ["season", "northern-sea-route", "--year", "2024", "--out"],
    "catchments": ["catchments", "base.yaml", "--to", "Hamburg", "--to", "Genoa", "--out"],
    "diff": ["diff", "base.yaml", "dear.yaml", "--out"],
    "calibrate": ["calibrate", "boxes.csv", "--out"],
    "network osm": ["network", "osm", OSM, "--country", "FI", "--system", "1520", "--out"],
    "network export": ["network", "export", "--out"],
    "network import": ["network", "import", "gmns", "--out"],
    "schema": ["schema", "--out"],
    "distances": ["distances", "Shanghai", "Rotterdam", "--ways"],
    "gallery": ["gallery"],
    "new": ["new", "scenario"],
}
# These are given a file in the folder.
FILES = {"distances": "ways.geojson", "new": "a.yaml"}
# These take Ctrl-C for the end of their time.
BEST_SO_FAR = ("allocate", "invest", "design", "book")
SERVE = "serve"
ASKED = ("legs.gpkg", "options.csv", "report.html")
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
    return f"out/{FILES[command]}" if command in FILES else "out"


def begin(
    folder: Path,
    command: str,
    *,
    output: int = subprocess.DEVNULL,
    told: int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Start a command in a folder; `output` and `told` are where its output and errors go."""
    (folder / "tmp").mkdir(exist_ok=True)
    serving = ["serve", "--port", "0", "--no-open", "--workers", "1"]
    arguments = serving if command == SERVE else [*COMMANDS[command], out_of(command)]
    return subprocess.Popen(
        [sys.executable, "-c", CODE, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder / "tmp")},
        stdout=output,
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
    # Half of the runs replace an earlier result; a batch would have nothing to do, and a new file
    # replaces none.
    kept = command not in ("batch", "new") and draw.random() < 0.5
    if not kept and out.exists():
        shutil.rmtree(out)
    number = draw.choice(SIGNALS)
    temporary = set((folder / "tmp").iterdir())
    child = begin(folder, command)
    # Most of them late, where files are written.
    time.sleep(took * min(1.02, draw.random() ** 0.5 * 1.05))
    child.send_signal(number)
    child.wait()
    living = left_of(child.pid)
    best_so_far = number is signal.SIGINT and command in BEST_SO_FAR and child.returncode == 0
    expected = files_of(out) if best_so_far else whole
    faults = faults_after(folder, number, expected, kept=kept, temporary=temporary)
    if best_so_far and set(expected) != set(whole):
        faults.append(Fault("the best so far has other files"))
    if living:
        faults.append(Fault(f"left {living} processes"))
    if command == "new":
        (out / FILES[command]).unlink(missing_ok=True)
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


def left_of(leader: int) -> int:
    """Return how many processes of a session still live after ten seconds."""
    for _ in range(100):
        if not (living := group_of(leader)):
            break
        time.sleep(0.1)
    return len(living)


def answers(folder: Path, draw: random.Random | None) -> tuple[dict[str, bytes], list[Fault]]:
    """Start a server, ask it for files, and end it: by SIGTERM, or amid the answers by a draw."""
    child = begin(folder, SERVE, output=subprocess.PIPE)
    assert child.stdout is not None
    found = re.search(rb"http://\S+\d", child.stdout.readline())
    assert found is not None
    body = json.dumps({"scenario": values_of((folder / "base.yaml").read_text(encoding="utf-8"))})
    made: dict[str, bytes] = {}

    def ask() -> None:
        for name in ASKED:
            address = f"{found[0].decode()}/api/files/{name}"
            request = Request(address, body.encode(), {"Content-Type": "application/json"})
            with urlopen(request, timeout=300) as got:
                made[name] = got.read()

    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(ask)
        number = signal.SIGTERM
        if draw is None:
            asked.result()
        else:
            number = draw.choice(SIGNALS)
            time.sleep(draw.uniform(0.0, 6.0))
        child.send_signal(number)
        child.wait()
        with suppress(OSError, HTTPException):  # the server has gone amid an answer
            asked.result()
    faults = [Fault(f"left {living} processes")] if (living := left_of(child.pid)) else []
    if number is not signal.SIGKILL and any((folder / "tmp").iterdir()):
        faults.append(Fault(f"left temporary files after {number.name}"))
    return made, faults


def kill_servers(kills: int, draw: random.Random) -> int:
    """Kill servers amid their answers, print a line, and return how many faults there were."""
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_inputs(folder)
        whole, faults = answers(folder, None)
        for _ in range(kills):
            some, left = answers(folder, draw)
            again, later = answers(folder, None)
            faults += [*left, *later]
            if again != whole or any(whole[file] != content for file, content in some.items()):
                faults.append(Fault("another answer"))
        found.update(fault.what for fault in faults)
    print(f"{SERVE}: {kills} kills: {dict(found) or 'nothing wrong'}", flush=True)  # noqa: T201
    return found.total()


def write_inputs(folder: Path) -> None:
    """Write what the commands read."""
    batch_file(folder)
    text = (folder / "base.yaml").read_text(encoding="utf-8")
    (folder / "dear.yaml").write_text(f"{text}overrides: {{{OVER}: 900}}\n", encoding="utf-8")
    (folder / "plan.yaml").write_text(PLAN, encoding="utf-8")
    (folder / "boxes.csv").write_text(BOXES, encoding="utf-8")
    for name, text in (("works", WORKS), ("design", DESIGN), ("book", BOOK)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    (folder / "gmns").mkdir()
    for name, rows in (("node", seeds.NODES), ("link", seeds.LINKS), ("config", seeds.CONFIG)):
        table = "".join(",".join(map(seeds.quoted, row)) + "\n" for row in rows)
        (folder / "gmns" / f"{name}.csv").write_text(table, encoding="utf-8")


def main() -> int:
    """Run the campaign and print a line per command; return 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("commands", nargs="*", default=[*COMMANDS, SERVE])
    parser.add_argument("--kills", type=int, default=4, help="kills of each command")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    wrong = 0
    for command in asked.commands:
        draw = random.Random(f"{asked.seed} {command}")
        if command == SERVE:
            wrong += kill_servers(asked.kills, draw)
            continue
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
