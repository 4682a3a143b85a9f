"""The arcs that the build of the lanes keeps: every way stays within half a percent."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

BUILD = Path(__file__).parents[2] / "geodata" / "build"
COUNT = 80


@pytest.fixture
def arcs(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BUILD))
    return import_module("sea_arcs")


def seen(arcs: Any, seed: int) -> tuple[Any, Any, Any, Any]:
    """Return nodes at sea as unit vectors, and the arcs between all of them, the shortest first."""
    draw = np.random.default_rng(seed)
    lon, lat = np.radians(draw.uniform(0.0, 20.0, (2, COUNT)))
    unit = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)
    tail, head = (ends.astype(np.int32) for ends in np.triu_indices(COUNT, 1))
    km = arcs.arc_km(unit, tail, head)
    order = np.argsort(km, kind="stable")
    return unit, tail[order], head[order], km[order]


def kept_ways(tail: Any, head: Any, km: Any, keep: Any) -> Any:
    graph = csr_matrix((km[keep], (tail[keep], head[keep])), shape=(COUNT, COUNT))
    return dijkstra(graph, directed=False)[tail, head]


@pytest.mark.parametrize("seed", range(3))
def test_an_arc_goes_only_for_a_way_that_is_as_short(arcs: Any, seed: int) -> None:
    unit, tail, head, km = seen(arcs, seed)
    none, through = np.zeros(len(km), bool), np.ones(COUNT, bool)
    keep, begin, ways = arcs.spanner(unit, tail, head, km, none, through)
    assert 0 < keep.sum() < len(km)
    assert (kept_ways(tail, head, km, keep) <= km * (1.0 + arcs.EPSILON)).all()
    assert keep[ways].all()
    assert ((np.diff(begin) > 0) == ~keep).all()


@pytest.mark.parametrize("seed", range(3))
def test_only_what_leans_on_a_refused_arc_is_asked_again(arcs: Any, seed: int) -> None:
    unit, tail, head, km = seen(arcs, seed)
    none, through = np.zeros(len(km), bool), np.ones(COUNT, bool)
    keep, begin, ways = arcs.spanner(unit, tail, head, km, none, through)
    gone = keep & (np.random.default_rng(seed).random(len(km)) < 0.05)
    sure = keep & ~gone
    some = np.flatnonzero(sure | arcs.leaning(begin, ways, gone))
    every = np.flatnonzero(~gone)
    found = []
    for index in (some, every):
        again = arcs.spanner(unit, tail[index], head[index], km[index], sure[index], through)[0]
        found.append(set(index[again].tolist()))
    assert len(some) < len(every)
    assert found[0] == found[1]
