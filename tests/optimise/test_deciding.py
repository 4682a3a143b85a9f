"""Decisions under chance equal the integer programme over all routes, and their enumeration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from corridors.optimise.highs_process import HighsProcess, TimeLimit
from corridors.optimise.planning.deciding import Deciding
from corridors.optimise.planning.program import Decided, Risk
from tests.optimise.drawn_decisions import Drawn, DrawnWorks

# HiGHS is asked in two of them, and the tree grows.
FEW = (1, 8, 14)
MANY = [*FEW, *(pytest.param(n, marks=pytest.mark.long) for n in range(15, 215))]


@pytest.fixture(scope="module")
def highs() -> Iterator[HighsProcess]:
    with HighsProcess() as process:
        yield process


def _deciding(drawn: Drawn, highs: HighsProcess, sources: Any = None) -> Deciding:
    sources = sources or drawn.sources
    return Deciding(drawn.model, [[one] for one in sources], [[] for _ in sources], highs=highs)


def _best(drawn: Drawn, highs: HighsProcess, limit: TimeLimit | None = None) -> Decided:
    found = _deciding(drawn, highs)
    return found.best(drawn.chances, drawn.risk, limit=limit or TimeLimit())


@pytest.mark.parametrize("seed", MANY)
def test_decisions_equal_the_integer_programme_over_all_routes(
    seed: int, highs: HighsProcess
) -> None:
    drawn = Drawn(seed)
    found = _best(drawn, highs)
    assert found.value_usd == pytest.approx(drawn.equivalent(), rel=1e-6)
    assert found.bound_usd == pytest.approx(found.value_usd, rel=1e-6)
    assert not found.stopped
    # Enumeration knows neither tree nor prices.
    assert found.value_usd == pytest.approx(drawn.enumerated(), rel=1e-7)
    for number, scenario in enumerate(found.scenarios):
        assert scenario.value_usd == pytest.approx(drawn.usd(number, found.taken), rel=1e-7)


@pytest.mark.parametrize("seed", MANY)
def test_projects_by_phase_equal_the_enumeration_of_every_opening(
    seed: int, highs: HighsProcess
) -> None:
    drawn = DrawnWorks(seed)
    model = drawn.model
    deciding = Deciding(model, drawn.sources, [[] for _ in model.programs], highs=highs)
    found = deciding.best(model.weights, Risk(), limit=TimeLimit(), budgets=model.budgets)
    assert found.value_usd == pytest.approx(drawn.enumerated(), rel=1e-7)
    assert found.bound_usd == pytest.approx(found.value_usd, rel=1e-6)
    for number, scenario in enumerate(found.scenarios):
        assert scenario.value_usd == pytest.approx(drawn.usd(number, found.taken), rel=1e-7)


def test_another_question_of_the_same_scenarios_is_answered_alike(highs: HighsProcess) -> None:
    drawn = Drawn(3)
    shared = _deciding(drawn, highs)
    shared.best(drawn.chances, drawn.risk, limit=TimeLimit())
    for w in range(len(drawn.chances)):
        alone = [float(n == w) for n in range(len(drawn.chances))]
        again, first = (
            each.best(alone, Risk(), limit=TimeLimit()).value_usd
            for each in (shared, _deciding(drawn, highs))
        )
        assert again == pytest.approx(first, rel=1e-9)


def test_cvar_is_the_mean_of_the_dearest_chances() -> None:
    # The dearest 15 % are the tenth at 400 and a twentieth at 300: (40 + 15) / 0.15.
    chances, usd = [0.5, 0.4, 0.1], [100.0, 300.0, 400.0]
    assert Risk(level=0.85).tail(chances, usd) == pytest.approx(55.0 / 0.15)
    assert Risk(level=1.0).tail([0.5, 0.5], [100.0, 300.0]) == pytest.approx(300.0)
    assert Risk(level=0.0).tail([0.5, 0.5], [100.0, 300.0]) == pytest.approx(200.0)


def test_a_time_limit_returns_the_best_decision_with_its_gap(highs: HighsProcess) -> None:
    gaps = []
    for seed in (8, 11, 13):
        limit = TimeLimit()
        limit.stop()
        found = _best(Drawn(seed), highs, limit)
        assert found.bound_usd <= Drawn(seed).equivalent() + 1e-6
        gaps.append(found.value_usd - found.bound_usd)
        assert found.stopped == (gaps[-1] > 1e-7 * max(1.0, abs(found.value_usd)))
    assert max(gaps) > 1.0, "some search was stopped before its end"


def test_an_interruption_before_there_is_a_bound_ends_the_search(highs: HighsProcess) -> None:
    class Never:
        def of(self, *_: object, **__: object) -> Iterator[Any]:
            raise KeyboardInterrupt

    drawn = Drawn(1)
    with pytest.raises(KeyboardInterrupt):
        _deciding(drawn, highs, [Never() for _ in drawn.sources]).best(
            drawn.chances, drawn.risk, limit=TimeLimit()
        )


def test_an_interruption_keeps_the_best_decision_so_far(
    highs: HighsProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pressed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Deciding, "whole", pressed)
    stopped = 0
    for seed in (8, 11, 13):
        drawn, limit = Drawn(seed), TimeLimit()
        found = _best(drawn, highs, limit)
        assert found.bound_usd <= drawn.equivalent() + 1e-6
        assert found.stopped == limit.stopped
        stopped += found.stopped
    assert stopped
