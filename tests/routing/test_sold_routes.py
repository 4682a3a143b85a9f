"""A route that somebody sells is sought where a few searches can find it, and else not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from corridors.routing import corridor_search
from corridors.routing.corridor_search import MOST_SEARCHES, Routes, sold_routes
from corridors.routing.terms import DatedRoute, Terms
from corridors.routing.weighing import Weighing


@pytest.mark.parametrize(
    ("together", "searches"),
    [(2, 1 + 2), (MOST_SEARCHES, 1 + MOST_SEARCHES), (MOST_SEARCHES + 1, 1)],
)
def test_more_searches_than_are_allowed_are_not_begun(
    together: int, searches: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[frozenset[int]] = []

    def searched(barred: Any, *_: object, **__: object) -> Routes:
        asked.append(barred)
        route = DatedRoute(arcs=(0,), starts=(0,), cents=len(asked), minutes=1, grams=1)
        return Routes(routes=(route,))

    def lacking(_: object, arcs: list[int]) -> tuple[int, ...]:
        # The best of all lacks some arc, what is found without one is sold.
        return tuple(range(together)) if len(asked) == 1 else ()

    monkeypatch.setattr(corridor_search, "routes_of", searched)
    monkeypatch.setattr(corridor_search, "not_sold", lacking)
    monkeypatch.setattr(corridor_search, "without", lambda _, barred: barred)
    problem: Any = SimpleNamespace(base=np.arange(1))
    topology: Any = None
    terms = Terms(start_day=0, max_wait_days=0.0, fast=False)
    found = sold_routes(problem, topology, terms, Weighing(cents=1), fronts=False)
    assert len(asked) == searches
    assert len(found.barred) == (searches > 1)
