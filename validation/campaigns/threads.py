"""Ask from many threads at once, and compare each answer with that of one thread.

    python -m validation.campaigns.threads --calls 5000 --seconds 120

First eight threads of one process, which change places a thousand times as often as usual, ask the
functions of the package and one session, which refuses them. Then four processes of two threads
each answer drawn questions for so many seconds, as a server would, each thread from a session of
its own. No answer may differ.
"""

from __future__ import annotations

import argparse
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

import corridors
from corridors.domain.scenario import Scenario
from corridors.errors import CorridorsError, SessionError
from corridors.network.locate import locate
from corridors.output.comparison import comparison_json
from corridors.studies.compare.run import compare
from corridors.studies.scenario_keys import ScenarioKeys, scenario_of
from corridors.studies.session import Session

HASTY_SECONDS = 1e-5
PORTS = (
    "Shanghai",
    "NLRTM",
    "Mombasa",
    "sg-singapore",
    "Santos",
    "Busan",
    "Genoa",
    "St Petersburg",
)
CORRIDORS = ("suez", "cape", "kazakhstan-dostyk", "northern-sea-route", "middle-corridor-poti")
GATES = ("gate-suez", "gate-panama", "gate-malacca", "gate-bosporus", "gate-good-hope")
CITIES = ("Hamburg", "Genoa", "Lodz", "Budapest", "Gothenburg", "Istanbul", "Madrid", "Duisburg")
Call = Callable[[], object]


def told(call: Call) -> str:
    """Return what a call answers, or how it refuses."""
    try:
        return str(call())
    except CorridorsError as error:
        return f"{type(error).__name__}: {error}"


def question(number: int) -> ScenarioKeys:
    """Return the keys that pose a drawn question."""
    draw = random.Random(f"question {number}")
    return {
        "destination": draw.choice(CITIES),
        "corridors": draw.choice(CORRIDORS),
        "departure": f"2026-{draw.randint(1, 12):02d}-15",
        "shipment": {"teu_per_month": draw.choice((10, 200))},
        "objective": draw.choice(("cost", "days", "generalised")),
    }


def asked(number: int) -> Scenario:
    """Return the scenario of a drawn question."""
    return scenario_of("shanghai-europe", question(number), call="compare")


def answered(number: int, session: Session | None) -> str:
    """Return the figures of a drawn question, from a session or by the function of the package."""
    if session is None:
        return comparison_json(corridors.compare("shanghai-europe", **question(number)))
    return comparison_json(compare(asked(number), session=session, figures_only=True))


def light(number: int) -> Call:
    """Return a drawn call that takes milliseconds."""
    draw = random.Random(f"light {number}")
    one, other = draw.sample(PORTS, 2)
    avoid = draw.sample(GATES, draw.randint(0, 3))
    city = draw.choice(CITIES)
    return draw.choice(
        (
            lambda: corridors.sea_distance(one, other, avoid=avoid),
            lambda: corridors.sea_way(one, other, avoid=avoid).line,
            lambda: list(corridors.distances(PORTS, avoid=avoid).nm.flat),
            lambda: locate(city),
            lambda: asked(number),
        )
    )


@contextmanager
def hasty() -> Iterator[None]:
    """Let threads change places every ten microseconds."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(HASTY_SECONDS)
    yield
    sys.setswitchinterval(before)


def calls(count: int, *, heavy: int, session: Session) -> list[tuple[str, Call]]:
    """Return named calls, of which `heavy` compare corridors, by a session or by the package."""
    found: list[tuple[str, Call]] = [
        (f"light {n % 400}", light(n % 400)) for n in range(count - 2 * heavy)
    ]
    for number in range(heavy):
        of = number % 12
        found.append((f"compare {of}", lambda of=of: answered(of, None)))  # type: ignore[misc]
        found.append((f"session {of}", lambda of=of: answered(of, session)))  # type: ignore[misc]
    random.Random(1).shuffle(found)
    return found


def differing(count: int, *, threads: int, heavy: int) -> Counter[str]:
    """Ask in threads and in turn; return how many calls were equal, refused and different."""
    session = Session()
    asked = calls(count, heavy=heavy, session=session)
    with hasty(), ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(lambda call: told(call[1]), asked))
    alone: dict[str, str] = {}
    seen = Counter[str]()
    refused = f"{SessionError.__name__}: "
    for (name, call), answer in zip(asked, found, strict=True):
        if name not in alone:
            alone[name] = told(call)
        is_refused = name.startswith("session") and answer.startswith(refused)
        came = "refused" if is_refused else "equal" if answer == alone[name] else "different"
        seen[came] += 1
        if came == "different":
            sys.stderr.write(f"! {name}: {answer[:300]} but {alone[name][:300]}\n")
    return seen


def served(seconds: float, seed: int, threads: int) -> Counter[str]:
    """Answer drawn questions in threads for so long; return how many were equal and different."""
    alone: dict[int, str] = {}
    lock = threading.Lock()
    end = time.monotonic() + seconds

    def serve(of: int) -> Counter[str]:
        session, seen = Session(pairs=3), Counter[str]()
        draw = random.Random(f"{seed} {of}")
        while time.monotonic() < end:
            number = draw.randrange(40)
            answer = answered(number, session)
            with lock:
                seen["equal" if alone.setdefault(number, answer) == answer else "different"] += 1
        return seen

    with hasty(), ThreadPoolExecutor(threads) as pool:
        seen = sum(pool.map(serve, range(threads)), Counter[str]())
    one = Session()
    for number, answer in alone.items():
        seen["alone" if answered(number, one) == answer else "different"] += 1
    return seen


def main() -> int:
    """Ask, and print what came of it; 1 if an answer differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=5_000)
    parser.add_argument("--heavy", type=int, default=120)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=120.0)
    asked = parser.parse_args()
    seen = differing(asked.calls, threads=asked.threads, heavy=asked.heavy)
    sys.stdout.write(f"{asked.calls:,} calls in {asked.threads} threads: {dict(seen)}\n")
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as processes:
        started = [processes.submit(served, asked.seconds, seed, 2) for seed in range(4)]
        of_server = sum((one.result() for one in started), Counter[str]())
    sys.stdout.write(f"4 processes of 2 threads, {asked.seconds:g} s: {dict(of_server)}\n")
    return int(bool(seen["different"] or of_server["different"]))


if __name__ == "__main__":
    sys.exit(main())
