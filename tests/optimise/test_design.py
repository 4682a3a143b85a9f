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
    ListedColumns,
    Room,
)
from corridors.optimise.design.relaxation import Relaxation
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
    program, columns = program_of(drawn)
    found = choose_services(program, ListedColumns(columns), time_limit_s=60.0, highs=highs)
    expected = arc_optimum(drawn)
    assert found.value_usd == pytest.approx(expected, rel=1e-7)
    assert found.gap_share <= selection.PROVED_SHARE
    assert found.root_usd <= found.value_usd * (1.0 + 1e-9)
    assert found.stopped == ""


def test_drawn_designs_have_chains_and_full_places(highs: HighsProcess) -> None:
    chained = full = 0
    for seed in FEW:
        program, columns = program_of(draw(seed))
        listed = ListedColumns(columns)
        flows = choose_services(program, listed, time_limit_s=60.0, highs=highs).flows
        chained += any(len(column.rooms) > 1 for column, _ in flows.teu)
        full += bool((flows.prices.capacity_usd > 1.0).any())
    assert chained >= 3
    assert full >= 3


@pytest.mark.parametrize("seed", FEW[:6])
def test_hidden_columns_that_are_generated_give_the_same_relaxation(seed: int) -> None:
    program, columns = program_of(draw(seed))
    whole = Relaxation(program, ListedColumns(columns)).solve()
    generated = Relaxation(program, Hidden(program, columns)).solve()
    assert generated.value_usd == pytest.approx(whole.value_usd, rel=1e-9)


@pytest.mark.parametrize("seed", FEW[:6])
def test_links_only_cut_fractions_off(seed: int, highs: HighsProcess) -> None:
    program, columns = program_of(draw(seed))
    relaxed = Relaxation(program, ListedColumns(columns))
    root = relaxed.solve()
    # Rooms alone, without a link: what the programme is before the first of them is added.
    bare = Unlinked(program, ListedColumns(columns)).solve()
    assert bare.value_usd <= root.value_usd + 1e-6
    listed = ListedColumns(columns)
    design = choose_services(program, listed, time_limit_s=30.0, highs=highs).chosen
    assert relaxed.solve(design).value_usd == pytest.approx(
        Unlinked(program, ListedColumns(columns)).solve(design).value_usd, rel=1e-9
    )


def test_a_basis_that_glop_gives_up_on_is_begun_again() -> None:
    class GivesUp:
        def solve(self) -> object:
            raise AttributeError

    program, columns = program_of(draw(0))
    relaxed = Relaxation(program, ListedColumns(columns))
    expected = relaxed.solve().value_usd
    relaxed._solver = GivesUp()
    assert relaxed.solve().value_usd == pytest.approx(expected, rel=1e-9)
    assert not isinstance(relaxed._solver, GivesUp)


def test_a_search_that_is_interrupted_returns_the_best_with_its_gap() -> None:
    program, columns = program_of(draw(_open_seed()))

    class Interrupted(HighsProcess):
        def solve(self, *_: object, **__: object) -> HighsAnswer:
            raise KeyboardInterrupt

    found = choose_services(program, ListedColumns(columns), time_limit_s=60.0, highs=Interrupted())
    assert found.stopped == "interrupt"
    assert found.bound_usd == pytest.approx(found.root_usd)
    assert found.gap_usd > 0.0
    assert found.value_usd <= found.without.value_usd


def test_a_time_limit_returns_the_best_with_its_gap() -> None:
    program, columns = program_of(draw(_open_seed()))
    with HighsProcess() as highs:
        found = choose_services(program, ListedColumns(columns), time_limit_s=1e-9, highs=highs)
    assert found.stopped == "time"
    assert found.gap_usd > 0.0


def test_a_start_is_never_made_worse(highs: HighsProcess) -> None:
    for seed in FEW[:6]:
        program, columns = program_of(draw(seed))
        rng = np.random.default_rng(seed)
        start = tuple(
            (None, *choices)[int(rng.integers(0, len(choices) + 1))] for choices in program.services
        )
        alone = Relaxation(program, ListedColumns(columns)).solve
        found = choose_services(
            program, ListedColumns(columns), time_limit_s=30.0, highs=highs, start=start
        )
        if selection._Search(Relaxation(program, ListedColumns(columns)), alone()).try_design(
            start
        ):
            assert found.value_usd <= alone(start).value_usd + 1e-6


def _open_seed() -> int:
    """Return a seed whose relaxation and heuristic leave a gap."""
    for seed in range(200):
        program, columns = program_of(draw(seed))
        relaxed = Relaxation(program, ListedColumns(columns))
        root = relaxed.solve()
        search = selection._Search(relaxed, root)
        search.improve(float("inf"))
        if not search.proved:
            return seed
    msg = "every drawn design is proved by its relaxation"
    raise AssertionError(msg)


class Hidden:
    """Columns that are offered one by lot at a time, once they are better."""

    complete = False

    def __init__(self, program: DesignProgram, columns: tuple[Column, ...]) -> None:
        self.program = program
        self.columns = columns

    def first(self) -> tuple[Column, ...]:
        return ()

    def better(self, prices: object) -> list[Column]:
        best: dict[int, tuple[float, Column]] = {}
        for column in self.columns:
            usd = prices.reduced_usd(self.program, column)  # type: ignore[attr-defined]
            if usd < min(-1e-6, best.get(column.lot, (0.0, column))[0]):
                best[column.lot] = usd, column
        return [column for _, column in best.values()]


class Unlinked(Relaxation):
    """A relaxation with rooms and no links."""

    def _add_links(self, result: object) -> int:
        del result
        return 0


def test_ships_hired_by_the_season_are_held_as_far_as_they_are_used(highs: HighsProcess) -> None:
    # The service runs in the first of two seasons. A ship costs 300 and 200; idle gives that back.
    program = DesignProgram(
        teu=(10.0, 10.0),
        unmet_usd=(1000.0, 1000.0),
        choices=(Choice(service=0, usd=500.0, needs=((0, 0, 2.0),)),),
        rooms=(Room(choice=0, teu=10.0),),
        fleets=(Fleet(usd_each=500.0, idle_usd=(-300.0, -200.0 - 1e-9)),),
        periods=2,
    )
    columns = ListedColumns((Column(lot=0, name="", usd=100.0, rooms=(0,)),))
    found = choose_services(program, columns, time_limit_s=30.0, highs=highs)
    # 10 boxes at 100, the choice at 500, two ships at 300; the boxes of the second season stay.
    assert found.value_usd == pytest.approx(1000.0 + 500.0 + 600.0 + 10_000.0)
