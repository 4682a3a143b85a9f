"""`corridors serve` as it is run: one start, a killed worker, the end; and what it refuses."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from corridors.cli.main import command_line
from corridors.errors import ConfigError, MissingPackageError
from corridors.server import app
from tests.server.asking import SCENARIO

CODE = "from corridors.cli.main import run; run()"


@dataclass
class Served:
    """A server that runs, and a client of it."""

    process: subprocess.Popen[str]
    client: httpx2.Client


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    asked = [sys.executable, "-c", CODE, "serve", "--port", "0", "--workers", "1", "--no-open"]
    process = subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    first = process.stdout.readline()
    found = re.search(r"http://127\.0\.0\.1:\d+", first)
    assert found is not None, first
    with httpx2.Client(base_url=found[0], timeout=120) as client:
        yield Served(process, client)
    if process.poll() is None:
        process.kill()
    process.communicate()


def children(process: int) -> list[int]:
    """Return the processes that descend from one."""
    files = Path(f"/proc/{process}/task").glob("*/children")
    direct = [int(text) for file in files for text in file.read_text().split()]
    return [*direct, *(one for child in direct for one in children(child))]


def test_it_starts_answers_and_outlives_its_workers(served: Served) -> None:
    client = served.client
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            client.get("/healthz")
            break
        except httpx2.ConnectError:
            time.sleep(0.1)
    assert client.get("/").text.startswith("<!DOCTYPE html>")
    body = {"scenario": SCENARIO}
    first = client.post("/api/compare?part=figures", json=body)
    assert first.status_code == 200, first.text
    if not sys.platform.startswith("linux"):
        return
    # The youngest descendant is the worker, forked from the process that holds what workers share.
    os.kill(max(children(served.process.pid)), signal.SIGKILL)
    again = client.post("/api/compare?part=figures", json=body)
    assert (again.status_code, again.content) == (200, first.content)
    assert client.get("/healthz").json()["replaced"] >= 1
    assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 421


def test_it_ends_with_its_processes_and_logs_no_question(served: Served) -> None:
    left = children(served.process.pid)
    served.process.send_signal(signal.SIGTERM)
    _, told = served.process.communicate(timeout=30)
    assert served.process.returncode in (0, 128 + signal.SIGTERM, -signal.SIGTERM)
    deadline = time.monotonic() + 20
    while any(Path(f"/proc/{one}").exists() for one in left) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(Path(f"/proc/{one}").exists() for one in left)
    assert "'/api/compare' 200" in told
    assert "part=figures" not in told
    assert "Hamburg" not in told
    assert "Traceback" not in told


def test_without_its_packages_it_says_how_to_install_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    done = CliRunner().invoke(command_line(), ["serve"])
    assert isinstance(done.exception, MissingPackageError)
    assert str(done.exception) == (
        "serve needs uvicorn, which is not installed: pip install 'corridors[serve]'"
    )


def test_what_it_cannot_listen_on_or_find_is_said(tmp_path: Path) -> None:
    for words, part in (
        (["--host", "203.0.113.7"], "give another port"),
        (["--host", "no such host"], "give another port"),
        (["--data", str(tmp_path / "none")], "no such folder"),
    ):
        done = CliRunner().invoke(command_line(), ["serve", "--no-open", "--port", "0", *words])
        assert isinstance(done.exception, ConfigError), done.output
        assert part in str(done.exception)


def test_an_address_that_others_see_is_told_as_such() -> None:
    hosts = ("127.0.0.1", "127.9.9.9", "::1", "localhost", "0.0.0.0", "::", "192.168.1.5", "box")
    seen = [not app.is_loopback(host) for host in hosts]
    assert seen == [False] * 4 + [True] * 4


def test_the_front_does_without_the_program() -> None:
    code = "import sys, corridors.server.app, corridors.server.workers;"
    code += (
        "print([name for name in ('numba', 'pandas', 'ortools', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []
