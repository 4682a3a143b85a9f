"""Trying sets and Benders find what the integer programme over arcs finds, on drawn plans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations, product

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from corridors.optimise.highs_process import HighsError, HighsProcess
from corridors.optimise.projects.benders import Benders, Cut
from corridors.optimise.projects.project_choice import (
    Candidates,
    Phasing,
    best_schedule,
    least_value,
    sets_to_value,
)
from tests.conftest import LONG
from tests.optimise.flow_plans import Drawn, arc_mip, flow_plans
from tests.optimise.flow_valuer import FlowValuer

drawn_plans = settings(
    max_examples=150,
    phases=[Phase.explicit, Phase.generate],
    database=None,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def highs() -> Iterator[HighsProcess]:
    with HighsProcess() as process:
        yield process


@drawn_plans
@given(flow_plans())
def test_trying_sets_equals_the_integer_programme_over_arcs(drawn: Drawn) -> None:
    valuer = FlowValuer(drawn.plan)
    phasing = Phasing(
        weights=(1.0,), budgets=(drawn.budget,), opens=(0,) * len(drawn.candidates.costs)
    )
    values = {s: (valuer.value(s)[0],) for s in sets_to_value(drawn.candidates, phasing)}
    found = best_schedule(drawn.candidates, phasing, values)
    assert found.value == pytest.approx(arc_mip(drawn), rel=1e-6, abs=1e-6)
    assert drawn.candidates.affords(found.sets[-1], drawn.budget)


def fewest(drawn: Drawn) -> int:
    """Return how many projects the smallest of the best sets has."""
    valuer, candidates = FlowValuer(drawn.plan), drawn.candidates
    numbers = range(len(candidates.costs))
    values = {
        chosen: valuer.value(frozenset(chosen))[0] + candidates.charge(frozenset(chosen))
        for count in range(len(numbers) + 1)
        for chosen in combinations(numbers, count)
        if candidates.affords(frozenset(chosen), drawn.budget)
    }
    least = min(values.values())
    return min(len(s) for s, value in values.items() if value == pytest.approx(least, rel=1e-9))


@pytest.mark.long
def test_of_equally_good_sets_the_one_of_fewest_projects_is_built(highs: HighsProcess) -> None:
    idle: list[bool] = []

    @settings(drawn_plans, max_examples=400 if LONG else 60)
    @given(flow_plans())
    def compare(drawn: Drawn) -> None:
        valuer, count = FlowValuer(drawn.plan), len(drawn.candidates.costs)
        phasing = Phasing(weights=(1.0,), budgets=(drawn.budget,), opens=(0,) * count)
        values = {s: (valuer.value(s)[0],) for s in sets_to_value(drawn.candidates, phasing)}
        least = fewest(drawn)
        assert len(best_schedule(drawn.candidates, phasing, values).sets[-1]) == least
        benders = Benders(drawn.candidates, valuer, highs=highs, time_limit_s=60.0)
        assert len(benders.best(drawn.budget).chosen) == least
        free = [p for p in range(count) if not drawn.candidates.charges[p]]
        idle.append(len(free) > least)

    compare()
    assert any(idle), "plans in which a free project gains nothing"


@dataclass(frozen=True)
class Phased:
    """A drawn plan of several phases, with the valuer of each."""

    candidates: Candidates
    phasing: Phasing
    valuers: list[FlowValuer]

    def values(self) -> dict[frozenset[int], tuple[float, ...]]:
        """Return the value of every set that may be open, by phase."""
        return {
            chosen: tuple(valuer.value(chosen)[0] for valuer in self.valuers)
            for chosen in sets_to_value(self.candidates, self.phasing)
        }


@st.composite
def phased_plans(draw: st.DrawFn) -> Phased:
    drawn = draw(flow_plans())
    # A fourth project multiplies the schedules by four.
    count = min(3, len(drawn.candidates.costs))
    plan = replace(drawn.plan, change=drawn.plan.change[:, :count])
    candidates = Candidates(
        costs=drawn.candidates.costs[:count],
        charges=drawn.candidates.charges[:count],
        never_dearer=drawn.candidates.never_dearer[:count],
    )
    phases = draw(st.integers(2, 3))
    money = [float(draw(st.integers(0, 9))) for _ in range(phases)]
    phasing = Phasing(
        weights=tuple(float(draw(st.integers(1, 5))) for _ in range(phases)),
        budgets=tuple(sum(money[: n + 1]) for n in range(phases)),
        opens=tuple(draw(st.integers(0, phases)) for _ in range(count)),
    )
    grown = [1.0, *(draw(st.sampled_from((0.5, 1.5, 3.0))) for _ in range(phases - 1))]
    valuers = [
        FlowValuer(
            replace(plan, demands=tuple(replace(d, teu=d.teu * factor) for d in plan.demands))
        )
        for factor in grown
    ]
    return Phased(candidates=candidates, phasing=phasing, valuers=valuers)


def enumerated(drawn: Phased) -> tuple[float, int]:
    """Return the least objective over every year in which each project may open, or never.

    And of the schedules that reach it the fewest projects open, summed over phases.
    """
    phases, count = len(drawn.phasing.weights), len(drawn.candidates.costs)
    found: list[tuple[float, int]] = []
    for opened in product(range(phases + 1), repeat=count):
        spent = [
            sum(drawn.candidates.costs[p] for p in range(count) if opened[p] <= phase)
            for phase in range(phases)
        ]
        early = any(opened[p] < min(phases, drawn.phasing.opens[p]) for p in range(count))
        within = zip(spent, drawn.phasing.budgets, strict=True)
        if early or any(usd > most + 1e-9 for usd, most in within):
            continue
        usd = 0.0
        for phase in range(phases):
            built = frozenset(p for p in range(count) if opened[p] <= phase)
            charge = sum(drawn.candidates.charges[p] for p in built)
            value = drawn.valuers[phase].value(built)[0]
            usd += drawn.phasing.weights[phase] * (value + charge)
        found.append((usd, sum(phases - year for year in opened)))
    best = min(usd for usd, _ in found)
    return best, min(number for usd, number in found if usd == pytest.approx(best, rel=1e-9))


@settings(drawn_plans, max_examples=100)
@given(phased_plans())
def test_phases_equal_the_enumeration_of_every_opening(drawn: Phased) -> None:
    values = drawn.values()
    found = best_schedule(drawn.candidates, drawn.phasing, values)
    least, fewest_open = enumerated(drawn)
    assert found.value == pytest.approx(least, rel=1e-9, abs=1e-6)
    assert sum(map(len, found.sets)) == fewest_open
    for phase, chosen in enumerate(found.sets):
        assert drawn.phasing.allows(drawn.candidates, phase, chosen)
        assert phase == 0 or found.sets[phase - 1] <= chosen


@settings(drawn_plans, max_examples=60)
@given(phased_plans(), st.integers(1, 8))
def test_the_bound_of_a_search_that_was_stopped_is_no_more_than_the_best(
    drawn: Phased, known: int
) -> None:
    values = drawn.values()
    phases = range(len(drawn.phasing.weights))
    least = [min(value[phase] for value in values.values()) for phase in phases]
    some = dict(list(values.items())[:known])
    bound = least_value(drawn.candidates, drawn.phasing, some, least=least)
    assert bound <= best_schedule(drawn.candidates, drawn.phasing, values).value + 1e-6
    assert bound <= best_schedule(drawn.candidates, drawn.phasing, some).value + 1e-6


@pytest.mark.long
def test_benders_equals_the_integer_programme_over_arcs(highs: HighsProcess) -> None:
    chosen: set[int] = set()

    # Drawn inside a test, of which nothing else leaves the gate a share.
    @settings(drawn_plans, max_examples=150 if LONG else 50)
    @given(flow_plans())
    def compare(drawn: Drawn) -> None:
        valuer = FlowValuer(drawn.plan)
        benders = Benders(drawn.candidates, valuer, highs=highs, time_limit_s=60.0)
        # A smaller budget first: what it taught must not mislead the larger one.
        benders.best(drawn.budget / 2)
        found = benders.best(drawn.budget)
        assert found.proved
        assert found.value == pytest.approx(arc_mip(drawn), rel=1e-6, abs=1e-6)
        assert drawn.candidates.affords(found.chosen, drawn.budget)
        chosen.add(len(found.chosen))

    compare()
    assert len(chosen) > 2, "plans that build nothing, one and more"


@drawn_plans
@given(flow_plans())
def test_a_cut_never_says_more_than_a_set_costs(drawn: Drawn) -> None:
    valuer = FlowValuer(drawn.plan)
    count = len(drawn.candidates.costs)
    sets = [frozenset(p for p in range(count) if bits >> p & 1) for bits in range(1 << count)]
    cuts = valuer.value(sets[len(sets) // 2])[1]
    for chosen in sets:
        value, own = valuer.value(chosen)
        assert sum(cut.at(chosen) for cut in cuts) <= value + 1e-6
        assert sum(cut.at(chosen) for cut in own) == pytest.approx(value, abs=1e-6)


def test_sets_above_the_budget_or_not_open_yet_are_not_valued() -> None:
    candidates = Candidates(
        costs=(1.0, 2.0, 3.0), charges=(0.0,) * 3, never_dearer=(True, True, True)
    )
    phasing = Phasing(weights=(1.0, 1.0), budgets=(1.0, 3.0), opens=(0, 0, 2))
    assert set(sets_to_value(candidates, phasing)) == {
        frozenset(), frozenset({0}), frozenset({1}), frozenset({0, 1}),
    }  # fmt: skip


FREE = Candidates(costs=(0.0, 0.0), charges=(0.0,) * 2, never_dearer=(True, True))


def test_of_equal_schedules_the_one_of_fewest_projects_is_chosen() -> None:
    candidates = Candidates(costs=(1.0, 1.0), charges=(0.0,) * 2, never_dearer=(True, True))
    phasing = Phasing(weights=(1.0,), budgets=(2.0,), opens=(0, 0))
    sets = sets_to_value(candidates, phasing)
    found = best_schedule(candidates, phasing, dict.fromkeys(sets, (7.0,)))
    assert found.sets == (frozenset(),)
    # A free project that gains nothing is no part of a set that does, wherever it stands.
    gains = {chosen: (7.0 - 2.0 * (1 in chosen),) for chosen in sets_to_value(FREE, phasing)}
    assert best_schedule(FREE, phasing, gains).sets == (frozenset({1}),)


def test_decimal_costs_that_sum_to_the_budget_are_affordable() -> None:
    candidates = Candidates(costs=(0.1, 0.2), charges=(0.0,) * 2, never_dearer=(True, True))
    assert candidates.affords(frozenset({0, 1}), 0.3)


class Known:
    """Two projects, the dearer of which saves more."""

    least = (0.0,)

    def value(self, chosen: frozenset[int]) -> tuple[float, list[Cut]]:
        cut = Cut(part=0, constant=10.0, slopes=(-3.0, -4.0))
        return cut.at(chosen), [cut]


TWO = Candidates(costs=(1.0, 2.0), charges=(0.0, 0.0), never_dearer=(True, True))


@pytest.mark.parametrize(
    ("budget", "chosen"), [(0.5, set()), (1.0, {0}), (2.0, {1}), (3.0, {0, 1})]
)
def test_the_best_set_is_within_the_budget(
    budget: float, chosen: set[int], highs: HighsProcess
) -> None:
    found = Benders(TWO, Known(), highs=highs, time_limit_s=60.0).best(budget)
    assert set(found.chosen) == chosen
    assert found.proved
    assert found.least == pytest.approx(found.value)


def test_what_is_not_proved_is_said(highs: HighsProcess) -> None:
    found = Benders(TWO, Known(), highs=highs, time_limit_s=0.0).best(1.0)
    assert not found.proved
    assert (found.value, found.least) == (7.0, 0.0)


@pytest.mark.long
def test_a_budget_that_pays_for_nothing_at_all_is_an_error(highs: HighsProcess) -> None:
    with pytest.raises(HighsError, match="INFEASIBLE"):
        Benders(TWO, Known(), highs=highs, time_limit_s=60.0).best(-1.0)
