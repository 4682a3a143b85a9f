"""What lies around a command: damaged code and tables, and pipes, links and devices for files.

`make fuzz` runs it. Each draw is a process of its own, commands as forks of one that has imported
the program; none may end in a signal, a traceback or another answer, or wait for ever. What a
command is given in place of a file is made in a folder of its own: nothing of the machine is named.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import stat
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from corridors.data.paths import configs_dir, data_root
from validation.fuzz.command_lines import End, ended, fault_of
from validation.fuzz.mutators import bytes_changed

ROOT = Path(__file__).parents[2]
# A search that counts references: two functions that are kept.
COMPILED = """
import numpy as np
from corridors.routing.dated.compiled_search import lower_bounds
first, tail, weight = np.array([0, 0, 1, 3]), np.array([0, 0, 1]), np.array([5, 9, 3])
least, heap, place = np.full(3, 1 << 60), np.full(3, -1), np.full(3, -1)
lower_bounds(first, tail, weight, 2, least, heap, place, 0)
print(least.tolist())
"""
ANSWER = "[8, 3, 0]\n"
WAIT_SECONDS = 120.0
# Commands that read a file, which comes last, and those that write one of these names.
READING = (
    ("check",),
    ("compare",),
    ("compare", "shanghai-europe", "--own-data"),
    ("diff", "shanghai-europe"),
    ("allocate",),
    ("invest",),
    ("batch", "--out", "x", "--dry-run"),
    ("catchments", "--to", "Hamburg"),
    ("network", "import", "--out", "x"),
    ("network", "osm", "--country", "FI", "--out", "x"),
)
WRITING = (
    (("distances", "Shanghai", "Rotterdam", "--ways", "out/a.geojson"), "a.geojson"),
    (("season", "northern-sea-route", "--year", "2024", "--out", "out"), "season.csv"),
    (("schema", "scenario", "--out", "out"), "scenario.schema.json"),
    (("network", "export", "--no-sea", "--out", "out"), "network.gpkg"),
)
KINDS = ("pipe", "link to a pipe", "link to nothing", "link to itself", "folder", "socket")
# Commands that read most of the shipped tables.
READING_TABLES: tuple[tuple[str, ...], ...] = (
    ("route", "Chongqing", "Duisburg"),
    ("distances", "Shanghai", "Rotterdam", "Santos", "4.0,52.3"),
    ("season", "northern-sea-route", "--year", "2024"),
    ("compare", "shanghai-europe", "--set", "corridors=[cape, kazakhstan-dostyk]"),
    ("list", "terminals"),
)
LABELS = "sea_labels.npz"
SUFFIXES = (".yaml", ".csv", ".gpkg", ".json", ".osm", ".osm.pbf", ".graphml", "")


def run_compiled(folder: Path, kept: Path) -> subprocess.CompletedProcess[str]:
    """Run the search with the compiled code that a folder keeps."""
    return subprocess.run(
        [sys.executable, "-c", COMPILED],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": str(kept)},
        capture_output=True,
        text=True,
        check=False,
    )


def damaged(content: bytes, others: Sequence[bytes], draw: random.Random) -> bytes:
    """Return a file of compiled code as a disk, an editor or a copy may leave it."""
    place = draw.randrange(len(content))
    turned = bytes([content[place] ^ 1 << place % 8])
    return draw.choice(
        (
            lambda: b"",
            lambda: content[:place],
            lambda: content + draw.randbytes(draw.randint(1, 99)),
            lambda: content[:place] + turned + content[place + 1 :],
            lambda: draw.randbytes(len(content)),
            lambda: draw.randbytes(32) + content[32:],
            lambda: content[:32] + draw.randbytes(len(content) - 32),
            lambda: bytes(len(content)),
            lambda: draw.choice(others),
            lambda: bytes_changed(content, draw),
        )
    )()


class Caches:
    """Compiled code in a folder, damaged by draws."""

    def __init__(self, folder: Path) -> None:
        self.whole, self.folder = folder / "whole", folder / "code"
        first = run_compiled(folder, self.whole)
        assert (first.returncode, first.stdout, first.stderr) == (0, ANSWER, ""), first

    def fault(self, draw: random.Random) -> str:
        """Damage some files, or shut the folder, and return what is wrong with the answer."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.whole, self.folder)
        kept = sorted(self.folder.rglob("*.code"))
        contents = [path.read_bytes() for path in kept]
        changed = []
        for path, content in zip(kept, contents, strict=True):
            if draw.random() < 0.7:
                path.write_bytes(damaged(content, contents, draw))
                changed.append(path.read_bytes() != content)
        if draw.random() < 0.2:
            # A folder that can be made no more: a file has its name.
            (held,) = {path.parent for path in kept}
            shutil.rmtree(held)
            held.write_bytes(b"")
            changed = []
        done = run_compiled(self.folder.parent, self.folder)
        told = done.stderr
        if (done.returncode, done.stdout) != (0, ANSWER):
            return f"exit code {done.returncode}, {done.stdout!r}: {told[-200:]}"
        if changed and any(changed) != ("is compiled again" in told):
            return f"damaged, and told {told!r}"
        return f"told {told!r}" if told.count("\n") > 1 else ""


class Tables:
    """The shipped data with one file damaged by a draw: named, or without a part in the answer.

    `check` names each damage; the hub labels may also be done without, and that is said.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        self.shown = {command: self._run(command) for command in READING_TABLES}
        assert {end.code for end, _ in self.shown.values()} == {0}, self.shown

    def _run(self, command: Sequence[str]) -> tuple[End, str]:
        end = ended(self.folder, [*command], wait_s=WAIT_SECONDS)
        return end, (self.folder / "stdout").read_text(encoding="utf-8", errors="replace")

    def fault(self, draw: random.Random) -> str:
        """Damage a file, and return what is wrong with a command that may read it."""
        shutil.rmtree(self.data, ignore_errors=True)
        for folder in ("network", "parameters", "derived"):
            shutil.copytree(data_root() / folder, self.data / folder, copy_function=_linked)
        shutil.copytree(configs_dir(), self.data / "configs", copy_function=_linked)
        shutil.copy(data_root() / "README.md", self.data)
        files = sorted(path for path in self.data.glob("*/*.*") if "configs" not in path.parts)
        labels = self.data / "derived" / LABELS
        path = labels if labels.exists() and draw.random() < 0.25 else draw.choice(files)
        content = path.read_bytes()
        path.unlink()
        kind = draw.choice(("cut", "cut", "bits", "empty", "folder", "others"))
        if kind == "folder":
            path.mkdir()
        else:
            path.write_bytes(_left(kind, content, draw))
        command = draw.choice((("check",), *READING_TABLES))
        os.environ["CORRIDORS_DATA"] = str(self.data)
        try:
            end, shown = self._run(command)
        finally:
            del os.environ["CORRIDORS_DATA"]
        what = f"{' '.join(command)}, {path.parent.name}/{path.name}, {kind}: "
        if wrong := fault_of(end, slow=WAIT_SECONDS):
            return what + wrong
        named = path.name in end.told + shown
        if command == ("check",):
            changed = path.is_dir() or path.read_bytes() != content
            return "" if (end.code == 2 and named) or not changed else f"{what}not named"
        if end.code == 2:
            return "" if named else f"{what}{end.told}"
        # A cut between two rows, or a flipped bit of a figure, only `check` can know.
        between = path.suffix == ".csv" and kind in ("cut", "bits", "others")
        same = shown == self.shown[command][1]
        return "" if same or between else f"{what}another answer without a word"


def _linked(source: str, target: str) -> str:
    Path(target).symlink_to(source)
    return target


def _left(kind: str, content: bytes, draw: random.Random) -> bytes:
    """Return what is left of a file."""
    if kind == "cut":
        return content[: draw.randrange(len(content))]
    if kind == "bits":
        made = bytearray(content)
        for _ in range(draw.randint(1, 3)):
            made[draw.randrange(len(made))] ^= 1 << draw.randrange(8)
        return bytes(made)
    return b"" if kind == "empty" else draw.randbytes(draw.randint(1, 9_999))


def put(kind: str, path: Path) -> None:
    """Put something that is no file at a path."""
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "link to a pipe":
        os.mkfifo(path.with_name("a pipe"))
        path.symlink_to("a pipe")
    elif kind == "link to nothing":
        path.symlink_to("nothing")
    elif kind == "link to itself":
        path.symlink_to(path.name)
    elif kind == "folder":
        path.mkdir()
    else:
        os.mknod(path, stat.S_IFSOCK | 0o600)


def asked(folder: Path, command: Sequence[str], *, allowed: tuple[int, ...] = (2,)) -> str:
    """Run a command, and return what is wrong with its end."""
    end = ended(folder, list(command), wait_s=WAIT_SECONDS)
    return fault_of(end) or ("" if end.code in allowed else f"exit code {end.code}: {end.told}")


def read_fault(folder: Path, draw: random.Random) -> str:
    """Give a command something that is no file to read, and return what is wrong."""
    kind, command = draw.choice(KINDS), draw.choice(READING)
    name = f"a{draw.choice(SUFFIXES)}"
    put(kind, folder / name)
    # An empty folder may be own data.
    allowed = (0, 2, 3) if kind == "folder" else (2,)
    wrong = asked(folder, [*command, name], allowed=allowed)
    return f"{' '.join(command)} {name}, a {kind}: {wrong}" if wrong else ""


def write_fault(folder: Path, draw: random.Random) -> str:
    """Put something in the place of a result, and return what is wrong."""
    kind, (command, name) = draw.choice(KINDS), draw.choice(WRITING)
    (folder / "out").mkdir()
    path = folder / "out" / name
    put(kind, path)
    before = sorted((one.name, one.lstat().st_mode) for one in path.parent.iterdir())
    wrong = asked(folder, command)
    if not wrong and before != sorted((o.name, o.lstat().st_mode) for o in path.parent.iterdir()):
        wrong = "it was replaced"
    return f"{' '.join(command)} over a {kind}: {wrong}" if wrong else ""


def count(faults: Counter[str], fault: str) -> None:
    """Count a fault, if there is one, and print it at once: a run that is stopped has told it."""
    if fault:
        faults[fault] += 1
        sys.stdout.write(f"! {fault}\n")
        sys.stdout.flush()


def main() -> int:
    """Draw, and print what is wrong; return 1 if anything was."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--caches", type=int, default=100)
    parser.add_argument("--tables", type=int, default=100)
    parser.add_argument("--places", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    draw, faults = random.Random(given.seed), Counter[str]()
    with tempfile.TemporaryDirectory() as name:
        caches = Caches(Path(name))
        for _ in range(given.caches):
            count(faults, caches.fault(draw))
        tables = Tables(Path(name))
        for _ in range(given.tables):
            count(faults, tables.fault(draw))
    for number in range(given.places):
        with tempfile.TemporaryDirectory() as name:
            count(faults, (read_fault if number % 2 else write_fault)(Path(name), draw))
    told = f"{given.caches} damaged caches, {given.tables} tables"
    told += f", {given.places} places that are no file"
    sys.stdout.write(f"{told}: {faults.total()} faults\n")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
