"""Service designs: equal to an arc-flow programme, bounded by their relaxation, kept in time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from corridors.optimise.design import selection
from corridors.optimise.design.design_program import (
    Choice,
    Column,
    DesignProgram,
    Fleet,
    Room,
)
from corridors.optimise.design.relaxation import DesignError, Relaxation
from corridors.optimise.design.selection import choose_services
from corridors.optimise.highs_process import HighsAnswer, HighsProcess
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
    assert found.gap_share <= selection.PROVED_SHARE
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


@pytest.mark.parametrize("seed", FEW[:6])
def test_links_only_cut_fractions_off(seed: int, highs: HighsProcess) -> None:
    program = program_of(draw(seed))
    relaxed = Relaxation(program)
    bare = Unlinked(program).solve().value_usd
    assert bare <= relaxed.solve().value_usd + 1e-6
    # A design keeps the links by itself.
    design = choose_services(program, time_limit_s=30.0, highs=highs).chosen
    for n, run in relaxed.run.items():
        run.lower_bound = run.upper_bound = float(n in design)
    alone = Relaxation(program, design).solve().value_usd
    assert relaxed.solve().value_usd == pytest.approx(alone, rel=1e-9)


def test_a_search_that_is_interrupted_returns_the_best_with_its_gap() -> None:
    program = program_of(draw(_open_seed()))

    class Interrupted(HighsProcess):
        def solve(self, *_: object, **__: object) -> HighsAnswer:
            raise KeyboardInterrupt

    found = choose_services(program, time_limit_s=60.0, highs=Interrupted())
    assert found.stopped == "interrupt"
    assert found.bound_usd == pytest.approx(found.root_usd)
    assert found.gap_usd > 0.0
    assert found.value_usd <= found.without.value_usd


def test_a_time_limit_returns_the_best_with_its_gap() -> None:
    program = program_of(draw(_open_seed()))
    with HighsProcess() as highs:
        found = choose_services(program, time_limit_s=1e-9, highs=highs)
    assert found.stopped == "time"
    assert found.gap_usd > 0.0


def test_a_start_is_never_made_worse(highs: HighsProcess) -> None:
    begun = 0
    for seed in FEW[:6]:
        program = program_of(draw(seed))
        rng = np.random.default_rng(seed)
        start = tuple(
            (None, *choices)[int(rng.integers(0, len(choices) + 1))] for choices in program.services
        )
        found = choose_services(program, time_limit_s=1e-9, highs=highs, start=start)
        try:
            alone = Relaxation(program, start).solve()
        except DesignError:  # the fleets are too small for it
            continue
        begun += 1
        assert found.value_usd <= alone.value_usd + 1e-6
    assert begun >= 2


class Unlinked(Relaxation):
    """A relaxation with rooms and no links."""

    def _add_links(self, result: object) -> bool:
        del result
        return False


def _open_seed() -> int:
    """Return a seed whose rounded relaxation leaves a gap."""
    for seed in range(200):
        relaxed = Relaxation(program_of(draw(seed)))
        search = selection._Search(relaxed, relaxed.solve())
        search.round_root()
        if not search.proved:
            return seed
    msg = "every drawn design is proved by its relaxation"
    raise AssertionError(msg)


def test_ships_hired_by_the_season_are_held_as_far_as_they_are_used(highs: HighsProcess) -> None:
    # The service runs in the first of two seasons. A ship costs 300 and 200; idle gives that back.
    program = DesignProgram(
        teu=(10.0, 10.0),
        unmet_usd=(1000.0, 1000.0),
        choices=(Choice(service=0, usd=500.0, needs=((0, 0, 2.0),)),),
        rooms=(Room(choice=0, teu=10.0),),
        columns=(Column(lot=0, name="", usd=100.0, rooms=(0,)),),
        fleets=(Fleet(usd_each=500.0, idle_usd=(-300.0, -200.0 - 1e-9)),),
    )
    found = choose_services(program, time_limit_s=30.0, highs=highs)
    # 10 boxes at 100, the choice at 500, two ships at 300; the boxes of the second season stay.
    assert found.value_usd == pytest.approx(1000.0 + 500.0 + 600.0 + 10_000.0)
