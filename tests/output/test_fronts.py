"""What is on the front, worked by hand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from corridors.domain.objective import unbeaten
from corridors.domain.results import Candidate
from corridors.optimise.candidates import front_points, unbeaten_candidates


def candidate(corridor: str, cost: float, days: float, co2e: float) -> Candidate:
    return Candidate(
        corridor=corridor,
        cost_usd_per_teu=cost,
        days=days,
        transit_days=days,
        co2e_kg_per_teu=co2e,
        countries=frozenset(),
        gates=frozenset(),
    )


CHEAP = candidate("suez", 1000.0, 45.0, 1100.0)
QUICK = candidate("suez", 1500.0, 38.0, 2400.0)
QUICKER = candidate("rail", 1400.0, 20.0, 1700.0)


def test_a_route_worse_in_all_three_is_beaten() -> None:
    assert unbeaten_candidates([CHEAP, QUICK, QUICKER]) == (CHEAP, QUICKER)


def test_equal_routes_do_not_beat_each_other() -> None:
    twin = candidate("cape", 1000.0, 45.0, 1100.0)
    assert unbeaten_candidates([CHEAP, twin]) == (CHEAP, twin)


def test_a_corridors_own_route_may_be_beaten_by_another_corridors() -> None:
    assert [p.overall for p in front_points([CHEAP, QUICK, QUICKER])] == [True, False, True]


def test_figures_that_nothing_beats_come_in_order_and_once() -> None:
    # (38, 1500) is beaten by (20, 1400); (45, 1000) stands twice.
    pairs = [(45.0, 1000.0), (38.0, 1500.0), (20.0, 1400.0), (45.0, 1000.0), (20.0, 1600.0)]
    assert unbeaten(pairs) == [(20.0, 1400.0), (45.0, 1000.0)]


@given(st.lists(st.tuples(*[st.integers(0, 4).map(float)] * 3), max_size=12))
def test_what_is_kept_is_what_no_pair_of_figures_beats(
    figures: list[tuple[float, float, float]],
) -> None:
    def beaten(own: tuple[float, ...]) -> bool:
        return any(
            other != own and all(a <= b for a, b in zip(other, own, strict=True))
            for other in figures
        )

    pairs = [own[:2] for own in figures]
    assert unbeaten(pairs) == [
        own
        for number, own in enumerate(sorted(set(pairs)))
        if all(own[1] < one[1] for one in sorted(set(pairs))[:number])
    ]
    assert unbeaten(figures) == sorted({own for own in figures if not beaten(own)})
