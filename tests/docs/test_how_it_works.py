"""The figures of how-it-works.md are those of the program, on the network of its table."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from corridors.optimise.certificate import certify_dated, certify_static
from corridors.routing.dated import label_setting
from corridors.routing.dated.closed import next_opening
from corridors.routing.dated.departures import best_route, departures_of, front
from corridors.routing.dated.label_search import Wanted, prepared_for, search_routes
from corridors.routing.problem import (
    CENTS,
    CLOCK,
    GRAMS,
    MINUTES,
    NODE,
    SETTLED,
    SINK,
    SOURCE,
    STATE,
    Problem,
)
from corridors.routing.terms import DatedRoute, Terms
from tests.strategies import Arc, Dated, Regime, problem_of

PAGE = Path(__file__).parents[2] / "docs/explanation/how-it-works.md"
TEXT = PAGE.read_text(encoding="utf-8")
FIRST_DAY = date(2026, 6, 1)
DAYS = 60
OPENS = 14
"""15 June."""
NAMES = (
    *("Suzhou", "Hanover", "Taicang, barge", "Shanghai, barge", "Shanghai, ship"),
    *("Busan, ship", "Bering, ship", "Hamburg, ship", "Hamburg, rail", "Hanover, rail"),
)
ROUTES = {
    "direct, then rail": (1, 5, 8, 10, 11, 12),
    "by Busan, then rail": (1, 6, 7, 8, 10, 11, 12),
    "direct, then truck": (1, 5, 8, 9),
}


def rows(head: str) -> list[list[str]]:
    """Return the cells of the table of the page whose first line begins so."""
    table = TEXT[TEXT.index(f"| {head}") :].split("\n\n")[0]
    lines = table.splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def number(cell: str) -> int:
    return int(cell.replace(",", "").removesuffix(" before"))


def day_of(cell: str) -> int:
    """Return the day, from 0 for 1 June, of a cell such as `5 June`."""
    return int(cell.removesuffix(" June")) - 1


def says(text: str) -> bool:
    return text in " ".join(TEXT.replace("**", "").split())


def arc_of(cells: list[str]) -> Arc:
    hours = 60 * number(cells[5])
    before = cells[5].endswith("before")
    return Arc(
        tail=NAMES.index(cells[2]),
        head=NAMES.index(cells[3]),
        clock=0 if before else hours,
        before=hours if before else 0,
        cents=100 * number(cells[4]),
        grams=1000 * number(cells[6]),
        km=1.0,
        place=number(cells[0]) if cells[1].startswith("leg") else -1,
        profile=0 if "from 15 June" in cells[1] else -1,
    )


ARCS = [arc_of(cells) for cells in rows("arc | kind")]


def network(*, wait_usd_per_day: int = 5) -> Problem:
    regimes = [
        Regime(
            pace=0.0 if day >= OPENS else -1.0, cents_per_km=0.0, fixed_cents=0.0, grams_per_km=0.0
        )
        for day in range(DAYS)
    ]
    gate = Dated(regimes=tuple(regimes), through=False)
    nodes, rate = len(NAMES), 100 * wait_usd_per_day
    return problem_of(ARCS, [gate], nodes, wait_cents_per_day=rate, days=DAYS)


def leaving(day: int, *, max_wait_days: int = 0) -> Terms:
    return Terms(start_day=day, max_wait_days=max_wait_days, fast=False)


def figures(route: DatedRoute | None) -> tuple[int, int]:
    """Return USD and hours."""
    assert route is not None
    return route.cents // 100, route.minutes // 60


def arcs_of(problem: Problem, route: DatedRoute) -> tuple[int, ...]:
    """Return the numbers of the page's table of a route's arcs."""
    ends = {(arc.tail, arc.head): number for number, arc in enumerate(ARCS, 1)}
    return tuple(ends[int(problem.tail[arc]), int(problem.head[arc])] for arc in route.arcs)


@pytest.fixture(scope="module")
def problem() -> Problem:
    return network()


def test_the_page_draws_eight_nodes_and_the_two_ends() -> None:
    assert {arc.tail for arc in ARCS} | {arc.head for arc in ARCS} == set(range(len(NAMES)))
    assert len(NAMES) == 8 + 2
    drawing = TEXT.split("```text")[1].split("```")[0]
    assert all(name in drawing for name in NAMES)
    assert set(re.findall(r"\d+", drawing)) == {cells[0] for cells in rows("arc | kind")}
    layered = " ".join(cells[0] for cells in rows("nodes | part"))
    assert all(name in layered for name in NAMES[2:])


def test_the_bill_of_an_arc_comes_to_its_cost_hours_and_emissions() -> None:
    fuel, ship, overhead, total = (number(cells[3]) for cells in rows("cost line"))
    assert (fuel, ship) == (0.16 * 600, 10.5 * 24)
    assert fuel + ship + overhead == total == ARCS[4].cents // 100
    assert 3024 / 12 == ARCS[4].clock / 60 == 10.5 * 24
    assert ARCS[4].grams == pytest.approx(0.16 * 3750 * 1000)


def settled(
    problem: Problem, terms: Terms, patch: pytest.MonkeyPatch
) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Return the labels that the search of the cheapest route of a day settles."""
    kept = []
    search = label_setting.search

    def recorded(*given: object) -> object:
        labels, steps = search(*given)  # type: ignore[arg-type]
        kept.append(labels)
        return labels, steps

    patch.setattr(label_setting, "search", recorded)
    search_routes(prepared_for(problem, terms, criteria=2), terms, Wanted())
    assert len(kept) == 1
    labels = kept[0]
    return np.asarray(labels[labels[:, STATE] == SETTLED])


def test_the_steps_of_the_page_are_the_labels_that_the_search_settles(
    problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = settled(problem, leaving(0), monkeypatch)
    ahead = prepared_for(problem, leaving(0)).bounds[0]
    steps = [
        (NAMES.index(cells[1]), *map(number, cells[2:])) for cells in rows("step | label settled")
    ]
    found = []
    for label in labels.tolist():
        node, usd, hours = label[NODE], label[CENTS] // 100, label[MINUTES] // 60
        left = int(ahead[node]) // 100
        found.append((node, usd, hours, left, usd + left))
    assert sorted(steps) == sorted(found)
    # In the order of the sums, as they are settled.
    assert [step[-1] for step in steps] == sorted(step[-1] for step in steps)


def test_the_label_by_truck_dominates_that_by_barge_which_would_find_the_strait_open(
    problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = settled(problem, leaving(0), monkeypatch)
    at_ship = np.flatnonzero(labels[:, NODE] == NAMES.index("Shanghai, ship"))
    barge = np.flatnonzero(labels[:, NODE] == NAMES.index("Shanghai, barge"))
    assert (at_ship.size, barge.size) == (1, 1)
    # The barge's label goes on by its one arc, the transfer to the ship.
    new, none = labels.shape[0], np.zeros(0, np.int64)
    labels = np.vstack([labels, np.zeros_like(labels[:1])])
    arc = int(problem.first_arc[NAMES.index("Shanghai, barge")])
    sets = label_setting.Sets(*(none,) * 5)
    assert label_setting.extend(
        labels, int(barge[0]), new, arc, problem.arcs(fast=False), problem.by_day, sets
    )
    truck = int(at_ship[0])
    columns = ((CENTS, 100), (MINUTES, 60), (GRAMS, 1000), (CLOCK, 60))
    stated = [[number(cell) for cell in cells[1:]] for cells in rows("label at Shanghai")]
    assert stated == [[labels[row, at] // by for at, by in columns] for row in (truck, new)]
    assert label_setting.dominates(labels, truck, new, False)
    assert not label_setting.dominates(labels, new, truck, False)
    at_the_strait = (labels[new, CLOCK] + ARCS[4].clock) // 60, ARCS[4].clock // 60
    assert at_the_strait == (348, 252)
    assert [hours // 24 for hours in at_the_strait] == [OPENS, 10]
    assert says("after 348 hours, at noon of day 14")
    assert says("after 252 hours on the clock, at noon of day 10")


def test_neither_label_at_the_strait_dominates_the_other(
    problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = settled(problem, leaving(0), monkeypatch)
    direct, slow = np.flatnonzero(labels[:, NODE] == NAMES.index("Bering, ship")).tolist()
    assert not label_setting.dominates(labels, direct, slow, False)
    assert not label_setting.dominates(labels, slow, direct, False)
    assert (labels[slow, GRAMS] // 1000, labels[direct, GRAMS] // 1000) == (600, 700)
    assert says("its label has 600 kg CO2e, that of step 3 has 700")
    assert labels[slow, CLOCK] == 336 * 60 == OPENS * 1440


def test_the_days_of_the_page_are_those_of_the_search(problem: Problem) -> None:
    departures = departures_of(problem, leaving(0))
    best = best_route(problem, leaving(0, max_wait_days=14))
    assert best is not None
    for cells in rows("leaves on"):
        day = day_of(cells[0])
        terms = leaving(day)
        found = search_routes(departures.prepared, terms, Wanted()).routes[0]
        assert arcs_of(problem, found) == ROUTES[cells[1]]
        assert figures(found) == (number(cells[2]), number(cells[3]))
        waited = found.after(day, problem.wait_cents_per_day)
        assert figures(waited) == (number(cells[4]), number(cells[5]))
        beaten = departures.unbeaten(terms) is None
        assert beaten == (cells[6] == "beaten by 5 June")
        assert (day == best.wait_days) == (cells[6] == "**the best**")
        # What costs more than the best at the least is not searched.
        too_dear = departures.least_cents + day * problem.wait_cents_per_day > best.cents
        assert too_dear == (cells[6] == "not searched")
    assert (*figures(best), best.wait_days) == (1500, 708, 4)


def test_the_slow_ship_is_beaten_by_a_later_day_unless_waiting_is_dearer(problem: Problem) -> None:
    assert best_route(problem, leaving(0)) is None
    opening = next_opening(problem, leaving(0), FIRST_DAY, partial(best_route, problem)).day
    assert opening == FIRST_DAY + timedelta(days=4)
    assert says("its `next_usable_date` is 5 June")
    # 12 hours later is no later, and 1,500 USD are less than 1,510.
    dearer = network(wait_usd_per_day=10)
    later = best_route(dearer, leaving(4))
    assert later is not None
    assert figures(later.after(4, 1000)) == (1520, 708)
    best = best_route(dearer, leaving(0, max_wait_days=14))
    assert best is not None
    assert (*figures(best), best.wait_days) == (1510, 696, 0)


@pytest.mark.parametrize("more_hours", [0, 5, 11, 12, 18, 23])
def test_a_direct_ship_of_any_hours_beats_the_slow_one(more_hours: int, problem: Problem) -> None:
    # One of its departures by whole days is at the strait on the day on which it opens.
    direct = problem.number[
        (problem.tail == NAMES.index("Shanghai, ship"))
        & (problem.head == NAMES.index("Bering, ship"))
    ]
    added = np.zeros_like(problem.minutes)
    added[direct] = 60 * more_hours
    slower = replace(
        problem,
        minutes=problem.minutes + added,
        low_minutes=problem.low_minutes + added,
        clock=problem.clock + added,
    )
    assert best_route(slower, leaving(0)) is None


def test_the_front_of_the_page_is_that_of_the_day(problem: Problem) -> None:
    found = front(problem, leaving(4))
    assert found.whole
    stated = [(cells[0], *map(number, cells[1:])) for cells in rows("route | USD")]
    names = {arcs: name for name, arcs in ROUTES.items()}
    assert stated == [
        (names[arcs_of(problem, one)], *figures(one), one.grams // 1000) for one in found.routes
    ]
    assert front(problem, leaving(0)).routes == ()
    by_truck = [ARCS[number - 1] for number in (1, 6, 7, 8, 9)]
    assert sum(arc.cents for arc in by_truck) == 159_000
    assert sum(arc.clock + arc.before for arc in by_truck) == 668 * 60
    assert sum(arc.grams for arc in by_truck) == 1_650_000


def test_or_tools_finds_the_same(problem: Problem) -> None:
    dated = certify_dated(problem, leaving(0, max_wait_days=14), most_cents=150_000)
    assert dated is not None
    assert (dated.cents, dated.minutes) == (150_000, 708 * 60)
    assert "time-expanded" in dated.method
    static = certify_static(problem, day_of("21 June"))
    assert (static.cents, static.minutes) == (148_000, 612 * 60)
    assert figures(best_route(problem, leaving(20))) == (1480, 612)
    assert static.method == "SimpleMinCostFlow"


def test_the_ends_are_the_first_and_the_last_node() -> None:
    assert (NAMES[SOURCE], NAMES[SINK]) == ("Suzhou", "Hanover")
