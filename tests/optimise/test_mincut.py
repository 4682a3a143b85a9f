"""The least cut is the least: against every set of places on drawn networks."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from corridors.optimise.mincut import least_cut

NAMES = "abcdefg"


def joined(links: set[tuple[str, str]], gone: set[str]) -> bool:
    reached = {"S"}
    while True:
        more = {b for a, b in links if a in reached and b not in gone} - reached
        if not more:
            return "T" in reached
        reached |= more


links = st.sets(
    st.tuples(st.sampled_from("S" + NAMES), st.sampled_from(NAMES + "T")), min_size=1, max_size=22
)


@given(links)
def test_no_smaller_set_severs(pairs: set[tuple[str, str]]) -> None:
    cut = least_cut(pairs, {"S"}, {"T"})
    sizes = [
        size
        for size in range(len(NAMES) + 1)
        if any(not joined(pairs, set(gone)) for gone in combinations(NAMES, size))
    ]
    assert cut.size == (sizes[0] if sizes else None)
    for places in (cut.nearest_start, cut.nearest_end):
        assert places is None or not joined(pairs, set(places))


def test_two_cuts_of_one_size_lie_at_either_end() -> None:
    cut = least_cut([("S", "a"), ("a", "b"), ("b", "T")], {"S"}, {"T"})
    assert cut.nearest_start == ("a",)
    assert cut.nearest_end == ("b",)


def test_sides_that_are_not_joined_need_no_closure() -> None:
    assert least_cut([("a", "b")], {"S"}, {"T"}).size == 0
