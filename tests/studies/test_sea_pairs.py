"""Routes by sea between ports outside the table of sea legs are as long as the way on the lanes."""

from __future__ import annotations

import pytest

from corridors.network.sea.sea_distances import sea_distance
from corridors.studies.route.run import route_between
from corridors.units import km_from_nm
from validation.campaigns.sea_pairs import Pair, compared, drawn

# Seas with and without gates between the ports, and both sides of the Kiel Canal.
SAMPLE = (
    ("ESVGO", "IEDUB"),  # Vigo-Dublin, 77 % too long before
    ("FIRAU", "FITOK"),  # Rauma-Tolkkinen: 1,325 nm for 246 before
    ("GBSOU", "FRBES"),
    ("IDSUB", "IDSRG"),
    ("DEITZ", "PLHEL"),  # 446 nm by the Kiel Canal
    ("GBDFD", "PLUST"),
    ("ITVCE", "DKBGZ"),
    ("ESALC", "DKSSV"),
    ("ARSFN", "SEYST"),
    ("ROMID", "ESVGO"),  # the Bosporus, the Dardanelles and Gibraltar
    ("NOLAR", "SEKAS"),  # 14 % longer: the Sound is too shallow for the ship
    ("CAPHW", "AUCVQ"),
)


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    return [compared(*ends) for ends in SAMPLE]


@pytest.mark.long
def test_a_route_between_world_ports_is_as_long_as_the_way_on_the_lanes(
    pairs: list[Pair],
) -> None:
    for pair in pairs:
        assert pair.route_nm is not None, pair
        assert 0.99 <= pair.same <= 1.15, pair
        assert pair.ratio <= 1.3, pair
    assert sorted(pair.same for pair in pairs)[len(pairs) // 2] <= 1.02


def test_ports_of_one_open_sea_are_joined_without_a_detour(pairs: list[Pair]) -> None:
    direct = [pair for pair in pairs if not pair.passages]
    assert len(direct) >= 4
    for pair in direct:
        assert pair.ratio == pytest.approx(1.0, abs=1e-3), pair


def test_pairs_are_drawn_alike_each_time() -> None:
    assert drawn(5, near=True) == drawn(5, near=True)
    assert drawn(5, near=True) != drawn(5, near=False)


def test_a_ship_passes_the_kiel_canal_only_if_it_fits() -> None:
    ends = ("DEITZ", "PLHEL")
    by_feeder, _ = route_between(*ends, services=("sea/feeder",))
    large = ("de-hamburg", "pl-gdansk")
    by_large, _ = route_between(*large, services=("sea/4k",))
    assert by_feeder.passages == ("gate-kiel",)
    assert by_feeder.km("sea") == pytest.approx(km_from_nm(sea_distance(*ends, kiel=True)), abs=1.0)
    assert by_large.passages == ("gate-skagen", "gate-great-belt")
    # The Sound is too shallow for it too.
    by_the_belt = km_from_nm(sea_distance(*large, avoid=["gate-oresund"]))
    assert by_large.km("sea") == pytest.approx(by_the_belt, abs=1.0)
