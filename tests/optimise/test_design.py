"""Service designs: equal to an arc-flow programme, bounded by their relaxation, kept in time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from corridors.optimise.highs_process import HighsAnswer, HighsProcess
from tests.optimise.designs import (
    Choice,
    Column,
    DesignProgram,
    Fleet,
    Room,
    choose_services,
)
from tests.optimise.drawn_designs import arc_optimum, draw, program_of

FEW = range(12)
MANY = [*FEW, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(12, 400))]


@pytest.fixture(scope="module")
def highs() -> Iterator[HighsProcess]:
    with HighsProcess() as process:
        yield process


@pytest.mark.parametrize("seed", MANY)
def test_a_design_equals_the_arc_programme(seed: int, highs: HighsProcess) -> None:
    drawn = draw(seed)
    found = choose_services(program_of(drawn), time_limit_s=60.0, highs=highs)
    expected = arc_optimum(drawn)
    assert found.value_usd == pytest.approx(expected, rel=1e-7)
    assert found.gap_share <= 1e-6
    assert found.root_usd <= found.value_usd * (1.0 + 1e-9)
    assert found.stopped == ""


def test_drawn_designs_have_chains_and_full_places(highs: HighsProcess) -> None:
    chained = full = 0
    for seed in FEW:
        flows = choose_services(program_of(draw(seed)), time_limit_s=60.0, highs=highs).flows
        chained += any(len(column.rooms) > 1 for column, _ in flows.teu)
        full += bool((flows.prices.capacity_usd > 1.0).any())
    assert chained >= 3
    assert full >= 3


def test_a_search_that_is_interrupted_returns_the_best_with_its_gap() -> None:
    class Interrupted(HighsProcess):
        def solve(self, *_: object, **__: object) -> HighsAnswer:
            raise KeyboardInterrupt

    stopped = 0
    for seed in FEW:
        drawn = draw(seed)
        found = choose_services(program_of(drawn), time_limit_s=60.0, highs=Interrupted())
        # The relaxation may prove a design, which HiGHS is then not asked for.
        if found.stopped:
            stopped += 1
            assert found.stopped == "interrupt"
            assert found.bound_usd == pytest.approx(found.root_usd)
            assert found.gap_usd > 0.0
        assert found.bound_usd <= arc_optimum(drawn) * (1.0 + 1e-9)
        assert found.value_usd <= found.without.value_usd
    assert stopped


def test_a_time_limit_returns_the_best_with_its_gap() -> None:
    class Slow(HighsProcess):
        def solve(self, *_: object, **__: object) -> HighsAnswer:
            return HighsAnswer(values=None, bound=float("-inf"), reason="")

    for seed in FEW:
        found = choose_services(program_of(draw(seed)), time_limit_s=1e-9, highs=Slow())
        if found.stopped:
            assert found.stopped == "time"
            assert found.gap_usd > 0.0
            return
    pytest.fail("every drawn design is proved by its relaxation")


def test_ships_hired_by_the_season_are_held_as_far_as_they_are_used(highs: HighsProcess) -> None:
    # The service runs in the first of two seasons. A ship costs 300 and 200; idle gives that back.
    program = DesignProgram(
        teu=(10.0, 10.0),
        unmet_usd=1000.0,
        choices=(Choice(service=0, usd=500.0, needs=((0, 0, 2.0),)),),
        rooms=(Room(choice=0, teu=10.0),),
        columns=(Column(lot=0, name="", usd=100.0, rooms=(0,)),),
        fleets=(Fleet(usd_each=500.0, idle_usd=(-300.0, -200.0 - 1e-9)),),
    )
    found = choose_services(program, time_limit_s=30.0, highs=highs)
    # 10 boxes at 100, the choice at 500, two ships at 300; the boxes of the second season stay.
    assert found.value_usd == pytest.approx(1000.0 + 500.0 + 600.0 + 10_000.0)
