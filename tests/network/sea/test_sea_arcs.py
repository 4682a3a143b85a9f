"""The arcs that the build of the lanes keeps: ways stay within half a percent, drawn and sailed."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

BUILD = Path(__file__).parents[3] / "geodata" / "build"
COUNT = 80
# Compiled for these tests alone, which takes seven seconds: only who builds the lanes runs it.
pytestmark = pytest.mark.long


@pytest.fixture
def arcs(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BUILD))
    return import_module("sea_arcs")


def seen(arcs: Any, seed: int) -> tuple[Any, Any, Any, Any, Any]:
    """Return nodes at sea as unit vectors, and the arcs between all of them, the shortest first.

    The last array is km as ships sail: some arcs lie near land, and are longer by up to 3 km.
    """
    draw = np.random.default_rng(seed)
    lon, lat = np.radians(draw.uniform(0.0, 20.0, (2, COUNT)))
    unit = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)
    tail, head = (ends.astype(np.int32) for ends in np.triu_indices(COUNT, 1))
    km = arcs.arc_km(unit, tail, head)
    order = np.argsort(km, kind="stable")
    beyond = np.minimum(0.15 * km * draw.integers(0, 2, len(km)), 3.0)
    return unit, tail[order], head[order], km[order], (km + beyond)[order]


def kept_ways(tail: Any, head: Any, km: Any, keep: Any) -> Any:
    graph = csr_matrix((km[keep], (tail[keep], head[keep])), shape=(COUNT, COUNT))
    return dijkstra(graph, directed=False)[tail, head]


@pytest.mark.parametrize("seed", range(3))
def test_an_arc_goes_only_for_a_way_that_is_as_short(arcs: Any, seed: int) -> None:
    unit, tail, head, km, sailed = seen(arcs, seed)
    none, through = np.zeros(len(km), bool), np.ones(COUNT, bool)
    keep, begin, ways = arcs.spanner(unit, tail, head, km, sailed, none, through)
    assert 0 < keep.sum() < len(km)
    for length in (km, sailed):
        assert (kept_ways(tail, head, length, keep) <= length * (1.0 + arcs.EPSILON)).all()
    assert keep[ways].all()
    assert ((np.diff(begin) > 0) == ~keep).all()


@pytest.mark.parametrize("seed", range(3))
def test_only_what_leans_on_a_refused_arc_is_asked_again(arcs: Any, seed: int) -> None:
    unit, tail, head, km, sailed = seen(arcs, seed)
    none, through = np.zeros(len(km), bool), np.ones(COUNT, bool)
    keep, begin, ways = arcs.spanner(unit, tail, head, km, sailed, none, through)
    gone = keep & (np.random.default_rng(seed).random(len(km)) < 0.05)
    sure = keep & ~gone
    some = np.flatnonzero(sure | arcs.leaning(begin, ways, gone))
    every = np.flatnonzero(~gone)
    found = []
    for index in (some, every):
        some_arcs = (array[index] for array in (tail, head, km, sailed, sure))
        again = arcs.spanner(unit, *some_arcs, through)[0]
        found.append(set(index[again].tolist()))
    assert len(some) < len(every)
    assert found[0] == found[1]


@pytest.mark.parametrize("seed", range(3))
def test_a_way_as_short_on_the_map_alone_replaces_no_arc(arcs: Any, seed: int) -> None:
    unit, tail, head, km, sailed = seen(arcs, seed)
    none, through = np.zeros(len(km), bool), np.ones(COUNT, bool)
    drawn = arcs.spanner(unit, tail, head, km, km, none, through)[0]
    both = arcs.spanner(unit, tail, head, km, sailed, none, through)[0]
    assert (kept_ways(tail, head, sailed, drawn) > sailed * (1.0 + arcs.EPSILON)).any()
    assert both.sum() > drawn.sum()
