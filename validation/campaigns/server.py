"""Hold `corridors serve` to its bounds: speed, twenty clients, drawn requests.

    python -m validation.campaigns.server speed load --clients 20 --seconds 120
    python -m validation.campaigns.server attack memory --answers 200
    python -m validation.campaigns.server schema --cases 2000 --schemathesis PROGRAM

`speed`: medians of a question by what has changed since the one before, by the clock and in seconds
of the processor, and the time from the start of the program to the first answer. `load`: clients as
pages are, each moving something every second or three, some asking for lines, maps and twelve
months; in the middle a worker is killed. Nothing may be answered but 200 and 503 with Retry-After.
`attack`: 3,000 half-sent headers, 200 slow bodies and ten streams of months from one client, while
another asks for figures and for `/healthz`. `memory`: whole answers between drawn places, after
which the workers must be no larger than after the first half of them.
`schema`: schemathesis draws requests from the server's own description; none may be answered 500.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import IO, Any

import httpx2

from corridors.server.answering import FIRST_SCENARIO
from validation.campaigns import server_attacks

CODE = "from corridors.cli.main import run; run()"
BOUNDS_S = {
    "price": 0.25,
    "date": 0.25,
    "destination": 0.6,
    "months": 6.0,
    "cold start": 4.0,
    "after the page": 2.0,
}
P95_S = 3.0
SLACK = 1.25
"""How much more memory the second half of a load may take than the first."""
LEVEL = 1.1
"""The same of whole answers one after the other."""
HALF_HEADERS, SLOW_BODIES, STREAMS = 3_000, 200, 10
ATTACK_S = 30.0
MOST_LOG_KB = 300
MOST_FILES = 1_024
"""The limit of open files that most systems give a process."""
CITIES = (
    *("Rotterdam", "Antwerp", "Warsaw", "Munich", "Madrid", "Milan", "Lyon", "Gdansk", "Budapest"),
    *("Piraeus", "Istanbul", "Gothenburg", "Duisburg", "Lodz", "Vienna", "Prague", "Felixstowe"),
)
ORIGINS = ("Shanghai", "Ningbo", "Shenzhen", "Chongqing", "Xi'an", "Qingdao", "Mumbai")
CARGOES = ("general", "electronics", "machinery", "automotive-parts")
BASE: dict[str, Any] = {
    "origin": "Shanghai",
    "destination": "Hamburg",
    "departure": "2026-08-20",
    "shipment": {"teu_per_month": 200, "cargo": "electronics"},
    "world": "reference-open",
}


@dataclass
class Served:
    """A server that runs: its address, its process, when it was started, and its log."""

    address: str
    process: subprocess.Popen[str]
    began: float
    log: IO[str]

    def statuses(self) -> Counter[str]:
        """Return how often it answered with each status, by its log."""
        self.log.seek(0)
        return Counter(re.findall(r"' (\d{3}|ended) \d+ ms$", self.log.read(), re.MULTILINE))


@contextmanager
def served(workers: int) -> Iterator[Served]:
    """Start a server of its own, and end it."""
    asked = [sys.executable, "-c", CODE, "serve", "--port", "0", "--no-open"]
    began = time.monotonic()
    with TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [*asked, "--workers", str(workers)],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            preexec_fn=_usual_files,  # noqa: PLW1509 - no thread runs yet
        )
        assert process.stdout is not None
        found = re.search(r"http://\S+\d", process.stdout.readline())
        assert found is not None
        try:
            yield Served(found[0], process, began, log)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def _usual_files() -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_FILES, hard))


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def first_answer(client: httpx2.Client) -> float:
    """Open the page and ask what it asks first; return when the page was there."""
    while True:
        try:
            client.get("/")
            break
        except httpx2.ConnectError:
            time.sleep(0.02)
    opened = time.monotonic()
    scenarios = client.get("/api/start").json()["scenarios"]
    asked = next(one["scenario"] for one in scenarios if one["name"] == FIRST_SCENARIO)
    while client.post("/api/compare?part=page", json={"scenario": asked}).status_code != 200:
        time.sleep(0.02)
    return opened


def processes(root: int) -> list[int]:
    """Return a process and those that descend from it."""
    files = Path(f"/proc/{root}/task").glob("*/children")
    direct = [int(text) for file in files for text in file.read_text().split()]
    return [root, *(one for child in direct for one in processes(child))]


def cpu_seconds(root: int) -> float:
    """Return the seconds of the processor that a process and its descendants have taken."""
    ticks = 0
    for one in processes(root):
        try:
            cells = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(cells[11]) + int(cells[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def speed(workers: int) -> bool:
    """Print medians, and return whether all are within their bounds."""
    with served(workers) as one, httpx2.Client(base_url=one.address, timeout=120) as client:
        opened = first_answer(client)
        now, cpu = time.monotonic(), cpu_seconds(one.process.pid)
        took: dict[str, list[tuple[float, float]]] = {
            "cold start": [(now - one.began, cpu)],
            "after the page": [(now - opened, cpu)],
        }

        def ask(kind: str, **changed: Any) -> None:
            cpu, began = cpu_seconds(one.process.pid), time.monotonic()
            body = {"scenario": {**BASE, **changed}}
            if kind == "months":
                with client.stream("POST", "/api/months", json=body) as stream:
                    ended = "".join(stream.iter_text())
                assert ended.count("event: month") == 12
            else:
                got = client.post("/api/compare?part=figures", json=body)
                assert got.status_code == 200, got.text
                if kind == "lines and map":
                    key = got.json()["key"]
                    cpu, began = cpu_seconds(one.process.pid), time.monotonic()
                    for part in ("map", "details"):
                        assert client.get(f"/api/compare/{key}/{part}").status_code == 200
            wall = time.monotonic() - began
            took.setdefault(kind, []).append((wall, cpu_seconds(one.process.pid) - cpu))

        for _ in range(2):  # so that each worker knows the first pair of ends
            ask("first", overrides={"fuel.vlsfo_usd_per_t": 300})
        for number in range(15):
            ask("price", overrides={"fuel.vlsfo_usd_per_t": 400 + 30 * number})
            ask("date", departure=f"2026-{1 + number % 12:02d}-{3 + number:02d}")
        for city in CITIES[:15]:
            ask("destination", destination=city)
        for number in range(5):
            ask("lines and map", departure=f"2026-10-{1 + number:02d}")
        for number in range(3):
            ask("months", departure=f"2026-03-{5 + number:02d}")
    held = True
    say(f"{'question':16}{'median s':>10}{'slowest s':>11}{'cpu s':>8}{'bound s':>9}")
    for kind, pairs in took.items():
        walls, cpus = zip(*pairs, strict=True)
        bound = BOUNDS_S.get(kind)
        held &= bound is None or median(walls) <= bound
        say(
            f"{kind:16}{median(walls):10.3f}{max(walls):11.3f}{median(cpus):8.2f}"
            f"{'' if bound is None else f'{bound:9.2f}'}"
        )
    return held


@dataclass
class Told:
    """What clients were answered: status by kind, seconds by kind, memory at times."""

    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    megabytes: list[tuple[float, int]] = field(default_factory=list)


async def one_client(number: int, address: str, ends: float, told: Told) -> None:
    """Move something, look, and move something else, as a page does."""
    draw = random.Random(f"client {number}")
    scenario = dict(BASE)
    headers = {"X-Page": f"page-{number}"}
    async with httpx2.AsyncClient(base_url=address, timeout=60, headers=headers) as client:

        async def asked(kind: str, method: str, path: str, **more: Any) -> httpx2.Response:
            began = time.monotonic()
            got = await client.request(method, path, **more)
            told.statuses[kind, got.status_code] += 1
            told.seconds.setdefault(kind, []).append(time.monotonic() - began)
            fine = got.status_code == 200 or (
                got.status_code == 503 and "retry-after" in got.headers
            )
            if not fine:
                told.faults.append(f"{kind}: {got.status_code} {got.text[:120]}")
            return got

        while time.monotonic() < ends:
            await asyncio.sleep(draw.uniform(1.0, 3.0))
            what = draw.random()
            if what < 0.45:
                scenario["overrides"] = {"fuel.vlsfo_usd_per_t": draw.randrange(300, 1200)}
            elif what < 0.65:
                scenario["departure"] = (
                    f"2026-{draw.randrange(1, 13):02d}-{draw.randrange(1, 28):02d}"
                )
            elif what < 0.8:
                scenario["destination"] = draw.choice(CITIES)
            elif what < 0.87:
                scenario["origin"] = draw.choice(ORIGINS)
            elif what < 0.95:
                scenario["shipment"] = {"teu_per_month": 50, "cargo": draw.choice(CARGOES)}
            else:
                await asked("places", "GET", f"/api/places?q={draw.choice(CITIES)[:4]}")
                continue
            body = {"scenario": scenario}
            got = await asked("figures", "POST", "/api/compare?part=figures", json=body)
            if got.status_code == 200 and draw.random() < 0.4:
                key = got.json()["key"]
                await asked("map", "GET", f"/api/compare/{key}/map")
                await asked("details", "GET", f"/api/compare/{key}/details")
            if draw.random() < 0.02:
                await asked("months", "POST", "/api/months", json=body)


async def watched(address: str, ends: float, told: Told, kill_at: float, root: int) -> None:
    """Note the memory of the workers, and kill one of them once."""
    killed = False
    async with httpx2.AsyncClient(base_url=address, timeout=60) as client:
        while time.monotonic() < ends:
            await asyncio.sleep(2.0)
            state = (await client.get("/healthz")).json()
            told.megabytes.append((time.monotonic(), sum(state["mb"])))
            if not killed and time.monotonic() > kill_at:
                killed = True
                os.kill(max(processes(root)), signal.SIGKILL)


def load(workers: int, *, clients: int, seconds: float) -> bool:
    """Let clients ask for so many seconds; return whether the bounds hold."""
    told = Told()
    with served(workers) as one, httpx2.Client(base_url=one.address, timeout=120) as client:
        first_answer(client)
        began = time.monotonic()
        cpu, ends = cpu_seconds(one.process.pid), began + seconds
        root = one.process.pid

        async def all_of_them() -> None:
            await asyncio.gather(
                watched(one.address, ends, told, began + seconds / 2, root),
                *(one_client(number, one.address, ends, told) for number in range(clients)),
            )

        asyncio.run(all_of_them())
        cpu = cpu_seconds(one.process.pid) - cpu
        state = client.get("/healthz").json()
    busy = os.getloadavg()[0]
    say(f"{clients} clients, {seconds:g} s, {cpu:.0f} s of the processor, load {busy:.1f}")
    for kind, spent in sorted(told.seconds.items()):
        spent.sort()
        statuses = {status: n for (name, status), n in told.statuses.items() if name == kind}
        p95 = spent[int(0.95 * (len(spent) - 1))]
        say(f"{kind:10} {len(spent):5} median {median(spent):.2f} s, p95 {p95:.2f} s, {statuses}")
    half = began + seconds / 2
    before = max((mb for at, mb in told.megabytes if at < half), default=0)
    after = max((mb for at, mb in told.megabytes if at >= half), default=0)
    say(f"memory of the workers: {before} MB in the first half, {after} MB in the second")
    say(f"replaced {state['replaced']}, ready {state['ready']} of {state['workers']}")
    say("\n".join(told.faults[:10]) or "nothing but 200, and 503 with Retry-After")
    figures = sorted(told.seconds["figures"])
    p95 = figures[int(0.95 * (len(figures) - 1))]
    return (
        not told.faults
        and p95 <= P95_S
        and state["ready"] == state["workers"]
        and state["replaced"] >= 1
        and after <= SLACK * before
    )


def attack(workers: int) -> bool:
    """Let one client attack, and return whether others notice nothing of it."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    held = True
    with served(workers) as one, httpx2.Client(base_url=one.address, timeout=120) as client:
        for _ in range(4):  # so that each worker knows the pair of ends
            first_answer(client)
        attacks = {
            "nobody": lambda: asyncio.sleep(ATTACK_S / 2),
            f"{HALF_HEADERS:,} half headers": lambda: server_attacks.held_open(
                one.address, server_attacks.HEAD, count=HALF_HEADERS, seconds=ATTACK_S
            ),
            f"{SLOW_BODIES} slow bodies": lambda: server_attacks.held_open(
                one.address, server_attacks.BODY_HEAD, count=SLOW_BODIES, seconds=ATTACK_S
            ),
            f"{STREAMS} streams of months": lambda: server_attacks.months(
                one.address, BASE, streams=STREAMS, pages="page-"
            ),
        }
        for name, attacked in attacks.items():
            before = os.fstat(one.log.fileno()).st_size
            noticed = server_attacks.noticed_under(one.address, BASE, attacked)
            log_kb = (os.fstat(one.log.fileno()).st_size - before) / 1_000
            told = ", ".join(
                f"{kind} median {median(took):.2f} s, p95 {noticed.within(kind):.2f} s,"
                f" most {max(took):.2f} s"
                for kind, took in sorted(noticed.seconds.items())
            )
            say(f"{name}: {told}, {dict(noticed.statuses)}, log {log_kb:.0f} KB")
            held &= not noticed.refused and log_kb <= MOST_LOG_KB
            held &= noticed.within("figures") <= server_attacks.FIGURES_S
            held &= noticed.within("healthz") <= server_attacks.HEALTH_S
    return held


def memory(workers: int, *, answers: int) -> bool:
    """Ask for whole answers between drawn places; return whether the workers stay as large."""
    draw = random.Random("memory")
    megabytes: list[int] = []
    with served(workers) as one, httpx2.Client(base_url=one.address, timeout=120) as client:
        first_answer(client)
        for number in range(answers):
            day = f"2026-{draw.randrange(1, 13):02d}-{draw.randrange(1, 28):02d}"
            ends = {"origin": draw.choice(ORIGINS), "destination": draw.choice(CITIES)}
            body = {"scenario": {**BASE, **ends, "departure": day}}
            got = client.post("/api/compare", json=body)
            assert got.status_code == 200, got.text
            state = client.get("/healthz").json()
            megabytes.append(max(state["mb"]))
            if (number + 1) % max(1, answers // 10) == 0:
                say(f"{number + 1:4} answers: {state['mb']} MB, replaced {state['replaced']}")
    half = len(megabytes) // 2
    before, after = max(megabytes[:half]), max(megabytes[half:])
    say(f"largest worker: {before} MB in the first half, {after} MB in the second")
    return after <= LEVEL * before and not state["replaced"]


def likely(described: dict[str, Any]) -> dict[str, Any]:
    """Return a description whose places, days and drivers are real, so that most draws are asked.

    A drawn text names no place, and would end every question there.
    """
    shapes = described["components"]["schemas"]
    real = {
        "origin": {"enum": [*ORIGINS, *CITIES[:4], "CNSHA", "cn-shanghai", "121.5,31.2"]},
        "destination": {"enum": [*CITIES, "Lagos", "Murmansk", "nowhere", "8.7,50.1"]},
        "departure": {"enum": [f"2026-{month:02d}-15" for month in range(1, 13)]},
        "places": {"type": "array", "minItems": 2, "maxItems": 4, "items": {"enum": [*CITIES]}},
        "over": {"enum": ["value_of_time", "fuel.vlsfo_usd_per_t", "ets.price_eur_per_t", "no"]},
        "corridor": {"enum": ["suez", "cape", "northern-sea-route", "trans-siberian", "no"]},
        "count": {"enum": [1, 200, 1000]},
        "cells": {"enum": [2, 10]},
        "to": {"type": "array", "maxItems": 3, "items": {"enum": [*CITIES]}},
        "countries": {"type": "array", "maxItems": 1, "items": {"enum": ["SI", "LU", "ZZ"]}},
    }
    for shape in shapes.values():
        for name in real.keys() & shape.get("properties", {}).keys():
            shape["properties"][name] = real[name]
    for name in ("own_data", "on_conflict", "door"):
        shapes["Scenario"]["properties"].pop(name)
    return described


def schema(workers: int, *, cases: int, program: Path) -> bool:
    """Let schemathesis draw so many requests; return whether none was answered 500."""
    with served(workers) as one, httpx2.Client(base_url=one.address, timeout=120) as client:
        first_answer(client)
        described = likely(client.get("/openapi.json").json())
        operations = sum(len(methods) for methods in described["paths"].values())
        with NamedTemporaryFile("w", suffix=".json", delete=False) as file:
            json.dump(described, file)
        # Its own verdict takes every 503 for an error, those with Retry-After too.
        subprocess.run(
            [
                *(str(program), "run", file.name, "--url", one.address),
                *("--checks", "not_a_server_error", "--phases", "fuzzing"),
                *("--max-examples", str(-(-cases // operations)), "--request-timeout", "60"),
                *("--continue-on-failure", "--exclude-path-regex", "^/healthz$", "--seed", "1"),
                *("--workers", "4", "--warnings", "off"),
            ],
            check=False,
        )
        Path(file.name).unlink()
        alive = client.get("/healthz").status_code == 200
        statuses = one.statuses()
    say(f"{statuses.total():,} requests, by status: {dict(statuses.most_common())}")
    return alive and not statuses["500"] and statuses.total() >= cases


PARTS = ("speed", "load", "attack", "memory", "schema")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts that are named; return 1 if a bound is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("parts", nargs="+", choices=PARTS)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--answers", type=int, default=200)
    parser.add_argument("--cases", type=int, default=2_000)
    parser.add_argument("--schemathesis", type=Path, default=Path(".venv-server/bin/schemathesis"))
    asked = parser.parse_args(arguments)
    held = True
    for part in asked.parts:
        say(f"== {part}")
        if part == "speed":
            held &= speed(asked.workers)
        elif part == "load":
            held &= load(asked.workers, clients=asked.clients, seconds=asked.seconds)
        elif part == "attack":
            held &= attack(asked.workers)
        elif part == "memory":
            held &= memory(asked.workers, answers=asked.answers)
        else:
            held &= schema(asked.workers, cases=asked.cases, program=asked.schemathesis)
    say("within the bounds" if held else "a bound was missed")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
