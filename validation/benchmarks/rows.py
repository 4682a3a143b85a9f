"""The measurements of the table: one small function a row, which returns its samples.

Commands are timed as processes by wall time, two in turn for a ratio. Work in this process is timed
by its CPU time, which other programs on the machine change little.
"""

from __future__ import annotations

import gc
import random
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from importlib import import_module
from math import isclose, isfinite
from pathlib import Path
from types import ModuleType

from corridors.config import load_scenario
from corridors.data.geodata import load_terminals
from corridors.domain.places import Terminal, TerminalKind
from corridors.domain.scenario import Scenario
from corridors.errors import ConfigError
from corridors.network.locate import Place
from corridors.network.sea.sea_distances import distances, sea_distance, sea_network
from corridors.studies.catchments.run import catchments
from corridors.studies.compare.run import compare
from corridors.studies.session import Session
from validation.benchmarks.inputs import (
    LINER_LIB,
    write_booking,
    write_own_network,
    write_plan,
    write_weekly_batch,
)
from validation.benchmarks.measuring import (
    ROOT,
    Ended,
    Process,
    command,
    cpu_seconds,
    paired,
    reached_ports,
    run,
    watched,
)
from validation.campaigns.drawn_pairs import EAST, WEST

SCENARIO = "shanghai-europe"
# Never changed, so that figures of all times compare.
IMPORTS = "import numpy, yaml, pydantic, typer, folium, ortools.graph.python.min_cost_flow"
ENDS = ("cn-shanghai", "de-hamburg")
YEAR = 2026
DAYS_OF_YEAR = 365
BEFORE_THE_ICE = date(2026, 6, 10)
DAYS_APART = 14
DESTINATIONS = ("Hamburg", "Genoa", "Gdansk")
NEW_DESTINATIONS = (
    *("Rotterdam", "Genoa", "Gdansk", "Barcelona", "Piraeus", "Duisburg", "Warsaw", "Koper"),
    *("Antwerp", "Madrid", "Munich", "Milan", "Gothenburg", "Budapest", "Felixstowe"),
)
SCENARIOS, FEWER_SCENARIOS = 1_000, 100
PLAN, SMALLER_PLAN = (200, 12), (20, 3)
BOOKING, SMALLER_BOOKING = (200, 12), (4, 3)
OWN_TERMINALS = 5_000
MANY, FEWER = 200, 20
DRAWN, FEWER_DRAWN = 120, 40
DRAWN_SEED = 29
ROUNDS = 9
GB_PER_MIB = 1024.0**2 / 1e9
WEST_OF_EUROPE, EAST_OF_EUROPE, SOUTH_OF_EUROPE = -30.0, 30.0, 35.0
LOADED = (
    *(TerminalKind.SEAPORT, TerminalKind.RAIL_TERMINAL, TerminalKind.DRY_PORT),
    TerminalKind.RIVER_PORT,
)


class SkippedError(Exception):
    """A row that cannot be measured here; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How rows are run: short or whole, and what they are given.

    `before` is the commit to compare with, `days_apart` how far apart the departures of a year are.
    """

    whole: bool = False
    days_apart: int = DAYS_APART
    before: str = ""
    liner_lib: Path = LINER_LIB

    def times(self, few: int, many: int) -> int:
        """Return how often to measure."""
        return many if self.whole else few


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """Figures of a row. `ran` says what was run; `part` that it was less than the row asks for."""

    figures: tuple[float, ...]
    ran: str = ""
    part: bool = False


def samples(*figures: float, ran: str = "", part: bool = False) -> Samples:
    """Return the samples of some figures."""
    return Samples(figures=figures, ran=ran, part=part)


@contextmanager
def new_folder() -> Iterator[Path]:
    """Give a temporary folder."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def peer(module: str) -> ModuleType:
    """Return a library that is measured against.

    Raises
    ------
    SkippedError
        It is not installed.
    """
    try:
        return import_module(module)
    except ImportError:
        msg = f"{module} is not installed"
        raise SkippedError(msg) from None


# Commands as processes


def comparison(out: Path, *, root: Path = ROOT) -> Process:
    """Return the comparison of Shanghai and Hamburg with all its files."""
    return command("compare", SCENARIO, "--out", str(out), root=root)


def compare_to_imports(run_: Run) -> Samples:
    """Return wall time of `compare --out` / the fixed import line."""
    with new_folder() as folder:
        ratios = paired(comparison(folder / "out"), Process(code=IMPORTS), pairs=run_.times(5, 15))
    return samples(*ratios)


def compare_to_before(run_: Run) -> Samples:
    """Return wall time of `compare --out` / that of another commit."""
    git = ("git", "-C", str(ROOT))
    commit = subprocess.check_output([*git, "rev-parse", "--short=7", run_.before], text=True)
    with new_folder() as folder:
        tree = folder / "before"
        subprocess.run(
            [*git, "worktree", "add", "--quiet", "--detach", str(tree), run_.before], check=True
        )
        try:
            ratios = paired(
                comparison(folder / "here"),
                comparison(folder / "there", root=tree),
                pairs=run_.times(5, 15),
            )
        finally:
            subprocess.run([*git, "worktree", "remove", "--force", str(tree)], check=True)
    return samples(*ratios, ran=f"before: {commit.strip()}")


def compare_memory(run_: Run) -> Samples:
    """Return peak MiB of `compare --out`."""
    with new_folder() as folder:
        process = comparison(folder / "out")
        run(process)  # compiles
        return samples(*(run(process).peak_mib for _ in range(run_.times(3, 9))))


def route_to_searoute(run_: Run) -> Samples:
    """Return wall time of `route Shanghai Hamburg` / that of one route by searoute."""
    peer("searoute")
    ends = [load_terminals()[end] for end in ENDS]
    points = ", ".join(f"({end.lon}, {end.lat})" for end in ends)
    theirs = Process(code=f"import searoute; print(searoute.searoute({points}))")
    return samples(
        *paired(command("route", "Shanghai", "Hamburg"), theirs, pairs=run_.times(7, 21))
    )


def own_network(run_: Run) -> Samples:
    """Return seconds of `compare` on an own network of 5,000 terminals."""
    with new_folder() as folder:
        write_own_network(folder, terminals=OWN_TERMINALS)
        process = command("compare", SCENARIO, "--own-data", str(folder))
        run(process)
        return samples(*(run(process).seconds for _ in range(run_.times(3, 9))))


def batch(run_: Run) -> Samples:
    """Return seconds of weekly scenarios over a year with two workers."""
    count = run_.times(FEWER_SCENARIOS, SCENARIOS)
    run(command("compare", SCENARIO))  # compiles
    with new_folder() as folder:
        write_weekly_batch(folder, scenarios=count)
        arguments = ("batch", "b.yaml", "--out", "out", "--workers", "2")
        seconds = watched(command(*arguments), folder=folder).seconds
    return samples(seconds, ran=f"{count:,} of {SCENARIOS:,} scenarios", part=count < SCENARIOS)


def allocated(run_: Run, *, pairs: int, months: int) -> Ended:
    """Run `allocate` on a plan of LINER-LIB; see `_solved`."""
    return _solved("allocate", write_plan, run_, pairs=pairs, months=months)


def _solved(
    command_: str, write: Callable[..., None], run_: Run, *, pairs: int, months: int
) -> Ended:
    """Run a command on a plan of LINER-LIB, once a plan of one pair has compiled what it needs.

    Raises
    ------
    SkippedError
        LINER-LIB is not here.
    """
    if not run_.liner_lib.is_dir():
        msg = "LINER-LIB is not here"
        raise SkippedError(msg)
    with new_folder() as folder:
        process = command(command_, str(folder / "p.yaml"), "--format", "csv")
        write(folder / "p.yaml", pairs=1, months=1, liner_lib=run_.liner_lib)
        run(process)
        write(folder / "p.yaml", pairs=pairs, months=months, liner_lib=run_.liner_lib)
        return run(process)


@cache
def planned(run_: Run) -> tuple[float, float, str]:
    """Return seconds and peak MiB of a plan of LINER-LIB, and how large it was."""
    pairs, months = PLAN if run_.whole else SMALLER_PLAN
    ended = allocated(run_, pairs=pairs, months=months)
    return ended.seconds, ended.peak_mib, f"{pairs} pairs, {months} months"


def plan_seconds(run_: Run) -> Samples:
    """Return seconds of `allocate`."""
    seconds, _, ran = planned(run_)
    return samples(seconds, ran=ran, part=not run_.whole)


def plan_memory(run_: Run) -> Samples:
    """Return peak GB of `allocate`."""
    _, mib, ran = planned(run_)
    return samples(mib * GB_PER_MIB, ran=ran, part=not run_.whole)


@cache
def booked(run_: Run) -> tuple[float, float, str]:
    """Return seconds and peak MiB of bookings under ten scenarios, and how large the plan was."""
    pairs, months = BOOKING if run_.whole else SMALLER_BOOKING
    ended = _solved("book", write_booking, run_, pairs=pairs, months=months)
    return ended.seconds, ended.peak_mib, f"{pairs} pairs, {months} months, 10 scenarios"


def booking_seconds(run_: Run) -> Samples:
    """Return seconds of `book`."""
    seconds, _, ran = booked(run_)
    return samples(seconds, ran=ran, part=not run_.whole)


def booking_memory(run_: Run) -> Samples:
    """Return peak GB of `book`."""
    _, mib, ran = booked(run_)
    return samples(mib * GB_PER_MIB, ran=ran, part=not run_.whole)


# Answers in this process


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """CPU seconds of the answers of one destination by day, and the fronts that are cut."""

    seconds: tuple[float, ...]
    cut: int
    ran: str
    part: bool


def shanghai_to(destination: str, *, departure: date | None = None) -> Scenario:
    """Return the shipped scenario to another destination, departing on another day."""
    return load_scenario(SCENARIO, set_values=[f"destination={destination}"], departure=departure)


@cache
def days_of_year(run_: Run, destination: str) -> Days:
    """Answer departures of a year in one session, with fronts, lines and certificates."""
    session, asked = Session(), shanghai_to(destination)
    # Loads what only days before the ice need, which would count as a part of the first of them.
    compare(replace(asked, departure=BEFORE_THE_ICE), session=Session())
    compare(asked, session=session)
    step = 1 if run_.whole else run_.days_apart
    seconds, cut = [], 0
    for number in range(0, DAYS_OF_YEAR, step):
        scenario = replace(asked, departure=date(YEAR, 1, 1) + timedelta(days=number))
        found = []
        # As the command does, without looking for garbage while it answers.
        gc.collect()
        gc.disable()
        seconds.append(cpu_seconds(lambda: found.append(compare(scenario, session=session))))  # noqa: B023
        gc.enable()
        cut += sum(not route.front_complete for route in found[0].routes)
    return Days(
        seconds=tuple(seconds),
        cut=cut,
        ran=f"{len(seconds)} of {DAYS_OF_YEAR} days",
        part=len(seconds) < DAYS_OF_YEAR,
    )


def slowest_day(run_: Run, destination: str) -> Samples:
    """Return the time of each departure of a year / that of the median one."""
    days = days_of_year(run_, destination)
    middle = statistics.median(days.seconds)
    return samples(*(one / middle for one in days.seconds), ran=days.ran, part=days.part)


def slowest_day_to_hamburg(run_: Run) -> Samples:
    """Return the days of Hamburg."""
    return slowest_day(run_, "Hamburg")


def slowest_day_to_genoa(run_: Run) -> Samples:
    """Return the days of Genoa."""
    return slowest_day(run_, "Genoa")


def slowest_day_to_gdansk(run_: Run) -> Samples:
    """Return the days of Gdansk."""
    return slowest_day(run_, "Gdansk")


def cut_fronts(run_: Run) -> Samples:
    """Return the fronts of a year in which routes may be missing, by destination."""
    days = [days_of_year(run_, destination) for destination in DESTINATIONS]
    return samples(*(float(one.cut) for one in days), ran=days[0].ran, part=days[0].part)


def drawn_questions(run_: Run) -> Samples:
    """Return seconds of comparisons between two drawn cities on a drawn day, a session each.

    Cities that are too far from every terminal are refused at once, and not counted.
    """
    draw = random.Random(DRAWN_SEED)
    cities = sorted({*EAST, *WEST})
    compare(load_scenario(SCENARIO), session=Session(), fronts=False)
    seconds: list[float] = []
    while len(seconds) < run_.times(FEWER_DRAWN, DRAWN):
        origin, destination = draw.sample(cities, 2)
        day = date(YEAR, 1, 1) + timedelta(days=draw.randrange(DAYS_OF_YEAR))
        ends = [f"origin={origin}", f"destination={destination}"]
        asked = load_scenario(SCENARIO, set_values=ends, departure=day)
        with suppress(ConfigError):
            seconds.append(cpu_seconds(lambda: compare(asked, session=Session(), fronts=False)))  # noqa: B023 called at once
    return samples(*seconds)


def milliseconds(asked: list[Scenario], session: Session) -> tuple[float, ...]:
    """Return CPU milliseconds of the figures of each scenario."""
    return tuple(
        1e3 * cpu_seconds(lambda: compare(one, session=session, figures_only=True))  # noqa: B023
        for one in asked
    )


def warm_session() -> Session:
    """Return a session that has answered Shanghai to Hamburg."""
    session = Session()
    for price in (500, 510):
        asked = load_scenario(SCENARIO, set_values=[f"overrides.fuel.vlsfo_usd_per_t={price}"])
        compare(asked, session=session, figures_only=True)
    return session


def price_moved(run_: Run) -> Samples:
    """Return milliseconds of an answer after the price of fuel moved."""
    prices = range(520, 520 + 10 * run_.times(10, 30), 10)
    asked = [
        load_scenario(SCENARIO, set_values=[f"overrides.fuel.vlsfo_usd_per_t={price}"])
        for price in prices
    ]
    return samples(*milliseconds(asked, warm_session()))


def date_moved(run_: Run) -> Samples:
    """Return milliseconds of an answer after the departure moved, evenly over a year."""
    count = run_.times(12, 52)
    days = [date(YEAR, 1, 4) + timedelta(days=DAYS_OF_YEAR * k // count) for k in range(count)]
    asked = [load_scenario(SCENARIO, departure=day) for day in days]
    return samples(*milliseconds(asked, warm_session()))


def new_destination(_: Run) -> Samples:
    """Return milliseconds of the answer for a destination not asked before."""
    asked = [shanghai_to(destination) for destination in NEW_DESTINATIONS]
    return samples(*milliseconds(asked, warm_session()))


def european_terminals() -> list[Terminal]:
    """Return the terminals of Europe, up to 30 degrees east, that boxes are loaded at."""
    return [
        terminal
        for terminal in load_terminals().values()
        if WEST_OF_EUROPE < terminal.lon < EAST_OF_EUROPE
        and terminal.lat > SOUTH_OF_EUROPE
        and terminal.kind in LOADED
    ]


def many_destinations(run_: Run) -> Samples:
    """Return the time of one origin to many destinations / that of one pair."""
    count = run_.times(FEWER, MANY)
    ends = european_terminals()
    chosen = [ends[number * len(ends) // count].id for number in range(count)]
    ratios = []
    for _ in range(run_.times(1, 3)):
        one = statistics.median(
            milliseconds([shanghai_to("de-bremerhaven")], warm_session())[0] for _ in range(3)
        )
        session = warm_session()
        asked = load_scenario(SCENARIO)
        many = 1e3 * cpu_seconds(lambda: catchments(asked, chosen, session=session))  # noqa: B023
        ratios.append(many / one)
    return samples(*ratios, ran=f"{count} of {MANY} destinations", part=count < MANY)


# Distances by sea


def port_pairs() -> list[tuple[Place, Place]]:
    """Return 200 pairs of ports that a ship can sail between."""
    ports = reached_ports()
    distances(ports)  # reads the labels
    pairs = ((ports[k], ports[(7 * k + 3) % len(ports)]) for k in range(len(ports)))
    return [(one, other) for one, other in pairs if isfinite(sea_distance(one, other))]


def pair_to_contraction(run_: Run) -> Samples:
    """Return the time of warm pairs by id / scgraph's contraction hierarchy on the same lanes."""
    graph_class = peer("scgraph.cpp").Graph
    lanes = sea_network().graph()
    first, heads, length = lanes.edges
    nodes: list[dict[int, float]] = [{} for _ in range(first.size - 1)]
    for node, ways in enumerate(nodes):
        for edge in range(int(first[node]), int(first[node + 1])):
            head, nm = int(heads[edge]), float(length[edge])
            ways[head] = min(nm, ways.get(head, nm))
    hierarchy = graph_class(nodes).create_contraction_hierarchy()
    pairs = port_pairs()
    ids = [(one.id, other.id) for one, other in pairs]
    ends = [(dict(lanes.access(a).ends), dict(lanes.access(b).ends)) for a, b in pairs]

    def ours() -> None:
        for one, other in ids:
            sea_distance(one, other)

    def theirs() -> None:
        for one, other in ends:
            hierarchy.search(one, other, length_only=True)

    # By place: some ids mean a terminal that lies elsewhere than the port of the world list.
    for (one, other), (start, end) in zip(pairs, ends, strict=True):
        nm = hierarchy.search(start, end, length_only=True)["length"]
        assert isclose(nm, sea_distance(one, other), rel_tol=1e-6), (one, other)
    ours()
    rounds = run_.times(ROUNDS, 5 * ROUNDS)
    return samples(
        *(cpu_seconds(ours) / cpu_seconds(theirs) for _ in range(rounds)), ran=f"{len(ids)} pairs"
    )


FIRST_MATRIX = """
import sys, time
from corridors import distances
began = time.perf_counter()
distances(sys.argv[1:])
print(time.perf_counter() - began)
"""


def first_matrix(run_: Run) -> Samples:
    """Return seconds of the first matrix of 200 ports by id in a new process, imports apart."""
    process = Process(code=FIRST_MATRIX, arguments=tuple(port.id for port in reached_ports()))
    run(process)
    return samples(*(float(run(process).printed) for _ in range(run_.times(5, 15))))
