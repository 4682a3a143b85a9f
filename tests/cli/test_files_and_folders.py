"""Files and folders that cannot be used end every command with exit code 2 and a sentence."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from inspect import signature
from pathlib import Path

import pytest

from corridors.cli.main import command_line
from corridors.errors import ConfigError
from corridors.output.store import SCRATCH, claimed, write_outputs
from corridors.scratch import UNLOCKED, lock_of, make_scratch, remove_stale, scratch_folder
from tests.cli.test_bad_input import CODE, code_of
from tests.config.samples import PLAIN
from validation.campaigns.kills import BOXES, COMMANDS

# Version 3 of Linux's capabilities, and those by which root opens what is shut.
CAPABILITIES_3, DAC_OVERRIDE, DAC_READ_SEARCH = 0x20080522, 1, 2
OSM = "<osm version='0.6'></osm>"
# Every command that writes, but for the folder, which comes last.
WRITING = {
    "compare": ["compare", "s.yaml", "--out"],
    "diff": ["diff", "s.yaml", "s.yaml", "--out"],
    "stress": ["stress", "s.yaml", "--out"],
    "simulate": ["simulate", "s.yaml", "--out"],
    "breakeven": ["breakeven", "s.yaml", "--over", "value_of_time", "--out"],
    "phase": ["phase", "s.yaml", "--x", "value_of_time", "--y", "fuel.vlsfo_usd_per_t", "--out"],
    "catchments": ["catchments", "s.yaml", "--to", "Hamburg", "--out"],
    "season": ["season", "northern-sea-route", "--out"],
    "calibrate": ["calibrate", "boxes.csv", "--out"],
    "batch": ["batch", "red-sea-and-arctic", "--workers", "1", "--out"],
    "allocate": ["allocate", "allocate-eurasia-2026", "--out"],
    "book": ["book", "book-russia-closure", "--out"],
    "design": ["design", "design-shanghai-kaliningrad", "--out"],
    "invest": ["invest", "invest-eurasia", "--out"],
    "gallery": ["gallery"],
    "schema": ["schema", "--out"],
    "network export": ["network", "export", "--out"],
    "network import": ["network", "import", "gmns", "--out"],
    "network osm": ["network", "osm", "a.osm", "--country", "FI", "--out"],
    "distances": ["distances", "Shanghai", "Rotterdam", "--ways"],
    "new": ["new", "scenario"],
}
ONE_FILE = ("distances", "new")
# Every command that reads a file of a user, but for the file, which comes last.
READING = {
    "compare": ["compare"],
    "compare --own-data": ["compare", "s.yaml", "--own-data"],
    "catchments": ["catchments", "--to", "Hamburg"],
    "route": ["route", "Shanghai", "Hamburg", "--own-data"],
    "diff": ["diff", "s.yaml"],
    "explain": ["explain", "s.yaml"],
    "stress": ["stress"],
    "calibrate": ["calibrate"],
    "batch": ["batch", "--out", "out"],
    "allocate": ["allocate"],
    "book": ["book"],
    "design": ["design"],
    "invest": ["invest"],
    "check": ["check"],
    "network export": ["network", "export", "--out", "out", "--own-data"],
    "network import": ["network", "import", "--out", "out"],
    "network osm": ["network", "osm", "--country", "FI", "--out", "out"],
}
LONG = "x" * 300


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a folder with a file of each kind."""
    path = Path(tempfile.mkdtemp())
    (path / "s.yaml").write_text(PLAIN, encoding="utf-8")
    (path / "a.osm").write_text(OSM, encoding="utf-8")
    (path / "boxes.csv").write_text(BOXES, encoding="utf-8")
    (path / "gmns").mkdir()
    (path / "gmns" / "node.csv").write_text("node_id,x_coord,y_coord\na,1,2\nb,3,4\n")
    (path / "gmns" / "link.csv").write_text(
        "link_id,from_node_id,to_node_id,length,system\nx,a,b,500,1520\n"
    )
    yield path
    for inner in path.rglob("*"):
        if inner.is_dir():
            inner.chmod(0o700)
    shutil.rmtree(path)


@pytest.fixture
def not_root() -> Iterator[None]:
    """Give up the rights of root by which nothing is shut."""
    if os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = struct.pack("Ii", CAPABILITIES_3, 0)
    before = ctypes.create_string_buffer(24)
    assert libc.capget(header, before) == 0
    effective, *rest = struct.unpack("6I", before.raw)
    fewer = effective & ~(1 << DAC_OVERRIDE | 1 << DAC_READ_SEARCH)
    assert libc.capset(header, struct.pack("6I", fewer, *rest)) == 0
    yield
    assert libc.capset(header, before.raw) == 0


def told(capsys: pytest.CaptureFixture[str]) -> str:
    """Return what was told: one sentence or a few, and no traceback."""
    text = capsys.readouterr().err
    assert text
    assert "Traceback" not in text
    assert "an error in the program" not in text
    return text


@pytest.mark.parametrize("command", WRITING)
@pytest.mark.parametrize("kind", ["long", "long inside", "shut", "read-only", "a file", "empty"])
def test_a_folder_that_cannot_be_written_to(
    command: str,
    kind: str,
    folder: Path,
    not_root: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (folder / "shut").mkdir(mode=0o000)
    (folder / "read-only").mkdir(mode=0o555)
    (folder / "a file").write_text("x")
    name = {"long": LONG, "long inside": f"new/{LONG}", "empty": ""}.get(kind, kind)
    if command in ONE_FILE and kind in ("shut", "read-only", "a file"):
        name = f"{name}/a.geojson"
    before = sorted(str(path) for path in folder.iterdir())
    assert code_of([*WRITING[command], name], folder, monkeypatch) == 2
    text = told(capsys)
    words = {
        "long": ("File name too long", "a name of 300 bytes; the limit is 255"),
        "long inside": ("a name of 300 bytes; the limit is 255",),
        "shut": ("Permission denied", "may not be written to"),
        "read-only": ("may not be written to",),
        "a file": ("is a file",),
        "empty": ("is empty",),
    }
    assert any(word in text for word in words[kind]), text
    assert sorted(str(path) for path in folder.iterdir()) == before


def test_every_command_that_writes_is_tried_here_and_killed_in_the_campaign() -> None:
    app = command_line()
    found = set()
    groups = [("", app), *((f"{one.name} ", one.typer_instance) for one in app.registered_groups)]
    for above, group in groups:
        assert group is not None
        for one in group.registered_commands:
            assert one.callback is not None
            given = {*signature(one.callback).parameters}
            name = one.name or one.callback.__name__
            if {"out", "ways", "folder"} & given or name == "new":
                found.add(above + name)
    assert set(WRITING) == found
    assert set(COMMANDS) == found


@pytest.mark.parametrize("command", READING)
@pytest.mark.parametrize("kind", ["long", "long.yaml", "long.csv", "shut", "unreadable", "empty"])
def test_a_file_that_cannot_be_read(
    command: str,
    kind: str,
    folder: Path,
    not_root: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (folder / "shut").mkdir(mode=0o000)
    (folder / "no.csv").write_text("x")
    (folder / "no.csv").chmod(0o000)
    name = {
        "long": LONG,
        "long.yaml": f"{LONG}.yaml",
        "long.csv": f"{LONG}.csv",
        "shut": "shut/s.yaml",
        "unreadable": "no.csv",
        "empty": "",
    }[kind]
    assert code_of([*READING[command], name], folder, monkeypatch) == 2
    told(capsys)
    assert not (folder / "out").exists()


# A write that says that it has begun, and then takes a minute.
# A shell lets what it starts in the background ignore Ctrl-C.
HEARING = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
SLOW = (
    "import time; from corridors.output import store; "
    "store._write = lambda *_: (print('writing', flush=True), time.sleep(60))"
)
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}


def ended(folder: Path, *arguments: str, output: int) -> tuple[int, str]:
    """Return the exit code and what was told of a command with such an output."""
    done = subprocess.run(
        [sys.executable, "-c", CODE, *arguments],
        cwd=folder,
        env=ENVIRONMENT,
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.mark.long
@pytest.mark.parametrize(
    "arguments",
    [
        *(["--version"], ["list", "parameters", "--format", "table"]),
        *(
            pytest.param(words, marks=pytest.mark.long)
            for words in (
                *(["--help"], ["check", "s.yaml"], ["schema"]),
                ["list", "parameters", "--format", "json"],
                ["list", "parameters", "--format", "csv"],
            )
        ),
    ],
    ids=" ".join,
)
def test_a_full_output_is_exit_2_and_a_closed_one_is_quiet(
    arguments: list[str], folder: Path
) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    assert ended(folder, *arguments, output=full) == (2, "cannot write: No space left on device\n")
    os.close(full)
    shell = f"exec '{sys.executable}' -c '{CODE}' {' '.join(arguments)} >&-"
    shut = subprocess.run(
        shell, shell=True, cwd=folder, capture_output=True, text=True, check=False, env=ENVIRONMENT
    )
    assert (shut.returncode, shut.stderr) == (0, "")
    reading, writing = os.pipe()
    os.close(reading)
    assert ended(folder, *arguments, output=writing) == (0, "")
    os.close(writing)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_nothing_and_says_so_by_the_exit_code(
    number: signal.Signals, folder: Path
) -> None:
    arguments = ["schema", "scenario", "--out", "new/out"]
    with subprocess.Popen(
        [sys.executable, "-c", f"{HEARING}; {SLOW}; {CODE}", *arguments],
        cwd=folder,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "writing\n"
        assert (folder / "new" / "out").is_dir()
        running.send_signal(number)
        _, told_of = running.communicate(timeout=60)
    assert running.returncode == 128 + number
    assert told_of == ""
    assert not (folder / "new").exists()


def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path: Path) -> None:
    code = (
        "import os, signal\nfrom pathlib import Path\n"
        "from corridors.output.store import write_outputs\n"
        "kill = lambda path: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"write_outputs(Path({str(tmp_path)!r}), {{'a.txt': 'a', 'b.txt': kill}})\n"
    )
    killed = subprocess.run([sys.executable, "-c", code], check=False, env=ENVIRONMENT)
    assert killed.returncode == -signal.SIGKILL
    assert [path.name[:9] for path in tmp_path.iterdir()] == [".writing-"]
    write_outputs(tmp_path, {"a.txt": "a"})
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_what_a_living_run_is_writing_stays(tmp_path: Path) -> None:
    def other(path: Path) -> None:
        remove_stale(tmp_path, SCRATCH)
        path.write_text("whole", encoding="utf-8")

    write_outputs(tmp_path, {"a.txt": "a", "b.txt": other})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "b.txt"]


def test_a_folder_that_a_run_was_killed_before_it_locked_is_removed_once_it_is_old(
    tmp_path: Path,
) -> None:
    old, new = (tmp_path / f"{UNLOCKED}corridors-x-{name}" for name in ("old", "new"))
    for path in (old, new, tmp_path / "corridors-x-of-another", tmp_path / "corridors-data"):
        path.mkdir()
    os.utime(old, (0, 0))
    made = make_scratch(tmp_path, "corridors-x-")
    kept = {new.name, "corridors-x-of-another", "corridors-data"}
    assert {path.name for path in tmp_path.iterdir()} == {made.path.name, *kept}
    made.remove()
    assert {path.name for path in tmp_path.iterdir()} == kept


def test_temporary_files_of_a_killed_run_are_removed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for kind in ("batch", "osm", "serve"):
        killed = tmp_path / f"corridors-{kind}-killed"
        (killed / "batch").mkdir(parents=True)
        with scratch_folder(f"corridors-{kind}-") as path:
            assert [*tmp_path.iterdir()] == [path]
            with pytest.raises(BlockingIOError):
                lock_of(path)
        assert [*tmp_path.iterdir()] == []


@pytest.mark.long
def test_two_commands_with_one_folder_are_one_result_and_a_sentence(folder: Path) -> None:
    arguments = ["schema", "scenario", "--out", "new/out"]
    with subprocess.Popen(
        [sys.executable, "-c", f"{HEARING}; {SLOW}; {CODE}", *arguments],
        cwd=folder,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "writing\n"
        quiet = subprocess.DEVNULL
        other = ended(folder, "network", "export", "--out", "new/out", output=quiet)
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=60)
    said = "new/out: another run is writing there, wait for it or give another folder\n"
    assert other == (2, said)
    # What was refused has left nothing, and the next run is not refused.
    assert not (folder / "new").exists()
    assert ended(folder, *arguments, output=quiet) == (0, "")


def test_a_folder_is_free_again_when_its_run_has_ended(tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    with claimed(out), claimed(out):  # again by the thread that holds it
        write_outputs(out, {"a.txt": "a"})
        with ThreadPoolExecutor(1) as threads:
            asked = threads.submit(claimed(out).__enter__)
            with pytest.raises(ConfigError, match="another run is writing there"):
                asked.result()
    with claimed(out):
        (out / "a.txt").unlink()
    assert out.is_dir()  # it was there before
    out.rmdir()
    with claimed(out):
        assert out.is_dir()
    assert not out.exists()


def test_arguments_that_would_steer_a_terminal_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in (
        ["\x1b]0;x\x07"],
        ["compare", "\x1b]0;x\x07"],
        ["compare", "shanghai-europe", "--set", "origin=\x1b[2J"],
        ["route", "Shanghai", "Ham\u202eburg"],
        ["compare", "shanghai-europe", "--out", "a\nb"],
        ["list", "\udc80"],
    ):
        assert code_of(arguments, tmp_path, monkeypatch) == 2
        text = told(capsys)
        assert text.removesuffix("\n").isprintable()
        assert "contains a character that is not printed" in text


def test_a_long_argument_is_answered_shortly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    long = "y" * 50_000
    for arguments in (
        [long],
        ["compare", long],
        ["compare", "shanghai-europe", "--set", f"{long}=1"],
        ["compare", "shanghai-europe", "--set", f"origin={long}"],
        ["compare", "shanghai-europe", f"--{long}"],
        ["compare", "shanghai-europe", "--departure", long],
        ["route", long, "Hamburg"],
        ["route", "Shanghai", "Hamburg", "--corridor", long],
        ["distances", long, "Hamburg"],
        ["season", long],
        ["list", "corridors", "--format", long],
    ):
        assert code_of(arguments, tmp_path, monkeypatch) == 2
        assert all(len(line) <= 500 for line in told(capsys).splitlines())
